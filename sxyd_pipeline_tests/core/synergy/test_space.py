"""Neighbours: counted on lattices one can draw, snapped over gaps, islands kept."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.space import (
    QUEEN,
    ROOK,
    Weights,
    nearest_neighbours,
    polygon_neighbours,
    raster_neighbours,
    standardise,
    weights_of_pairs,
)
from sxyd_pipeline_tests.core.synergy.printed_tables import lattice


def neighbours(weights: Weights, area: int) -> list[int]:
    return weights.neighbour[weights.start[area] : weights.start[area + 1]].tolist()


def squares(*corners: tuple[float, float]) -> np.ndarray:
    return np.array([shapely.box(x, y, x + 100, y + 100) for x, y in corners], dtype=object)


def test_the_middle_of_a_3_by_3_lattice_has_4_rook_and_8_queen_neighbours() -> None:
    rook, queen = (raster_neighbours(*lattice(3), criterion) for criterion in (ROOK, QUEEN))
    assert neighbours(rook, 4) == [1, 3, 5, 7]
    assert neighbours(queen, 4) == [0, 1, 2, 3, 5, 6, 7, 8]
    assert rook.counts.sum() == 24  # 12 edges, both ways
    assert queen.counts.tolist() == [3, 5, 3, 5, 8, 5, 3, 5, 3]


def test_the_end_of_a_row_is_no_neighbour_of_the_start_of_the_next() -> None:
    weights = raster_neighbours([0, 1, 0, 1], [0, 0, 5, 5])
    assert [neighbours(weights, area) for area in range(4)] == [[1], [0], [3], [2]]


def test_a_cell_by_itself_is_an_island_and_has_a_lag_of_zero() -> None:
    weights = standardise(raster_neighbours([0, 1, 9], [0, 0, 9]))
    assert weights.islands.tolist() == [False, False, True]
    assert weights.lag(np.array([1.0, 2.0, 5.0])).tolist() == [2.0, 1.0, 0.0]


def test_numbers_of_cells_may_be_large_and_negative() -> None:
    weights = raster_neighbours([-3, -2, 10**6], [3_400_000, 3_400_000, -7])
    assert weights.counts.tolist() == [1, 1, 0]


def test_polygons_touch_at_a_side_or_a_corner() -> None:
    layer = squares((0, 0), (100, 0), (100, 100), (500, 500))
    assert polygon_neighbours(layer, snap_m=1.0).counts.tolist() == [2, 2, 2, 0]
    assert polygon_neighbours(layer, snap_m=1.0, criterion=ROOK).counts.tolist() == [1, 2, 1, 0]


def test_a_gap_below_the_snapping_distance_does_not_part_neighbours() -> None:
    layer = squares((0, 0), (100.5, 0))
    assert polygon_neighbours(layer, snap_m=1.0).counts.tolist() == [1, 1]
    assert polygon_neighbours(layer, snap_m=1.0, criterion=ROOK).counts.tolist() == [1, 1]
    assert polygon_neighbours(layer, snap_m=0.1).counts.tolist() == [0, 0]


def test_the_nearest_point_wins_and_ties_go_to_the_lower_index() -> None:
    weights = nearest_neighbours(np.array([0.0, 1.0, 2.0, 10.0]), np.zeros(4), 1)
    assert [neighbours(weights, area) for area in range(4)] == [[1], [0], [1], [2]]
    assert nearest_neighbours(np.zeros(1), np.zeros(1), 3).counts.tolist() == [0]


def test_two_points_in_one_place_are_each_others_neighbour() -> None:
    weights = nearest_neighbours(np.zeros(3), np.zeros(3), 2)
    assert [neighbours(weights, area) for area in range(3)] == [[1, 2], [0, 2], [0, 1]]


def test_sums_of_the_rook_lattice_by_hand() -> None:
    # S0 = 24; every pair counts (1 + 1)^2 / 2 both ways: S1 = 48; S2 = sum (2 k)^2 = 4 x (4x4 + 4x9 + 16).
    s0, s1, s2 = raster_neighbours(*lattice(3), ROOK).sums
    assert (s0, s1, s2) == (24.0, 48.0, 272.0)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30, unique=True))
def test_contiguity_goes_both_ways_and_rows_sum_to_one(cells: list[tuple[int, int]]) -> None:
    column, row = np.array(cells).T
    weights = raster_neighbours(column, row)
    table = weights.matrix.toarray()
    assert (table == table.T).all()
    expected = [
        sum(max(abs(a - x), abs(b - y)) == 1 for a, b in cells) for x, y in cells
    ]  # fmt: skip
    assert weights.counts.tolist() == expected
    sums = standardise(weights).matrix.sum(axis=1)
    assert sums == pytest.approx((weights.counts > 0).astype(float))


def test_a_pair_named_twice_or_of_one_area_counts_once_or_not_at_all() -> None:
    weights = weights_of_pairs([0, 0, 1, 1], [1, 1, 1, 0], 2, "by hand")
    assert weights.counts.tolist() == [1, 1]
