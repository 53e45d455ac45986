"""Global Moran: hand case, values of the reference library, a real raster, and its laws."""

from pathlib import Path

import esda
import libpysal
import numpy as np
import polars as pl
import pyogrio
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.moran import bivariate_moran, count_ties, global_moran
from sxyd_pipeline.core.synergy.space import (
    QUEEN,
    ROOK,
    Weights,
    raster_neighbours,
    standardise,
    weights_of_pairs,
)
from sxyd_pipeline_tests.core.synergy.printed_tables import jinjiang, lattice

EXAMPLES = Path(libpysal.__file__).parent / "examples"


def as_library(weights: Weights) -> libpysal.weights.W:
    rows = {
        area: weights.neighbour[weights.start[area] : weights.start[area + 1]].tolist()
        for area in range(weights.size)
    }
    return libpysal.weights.W(rows, silence_warnings=True)


def read_gal(path: Path) -> Weights:
    """Contiguity as GeoDa writes it: a head, then two lines for each area; ids in file order."""
    _head, *lines = path.read_text("utf-8").splitlines()
    areas = [line.split()[0] for line in lines[::2]]
    place = {name: index for index, name in enumerate(areas)}
    pairs = [
        (place[own.split()[0]], place[other])
        for own, others in zip(lines[::2], lines[1::2], strict=True)
        for other in others.split()
    ]
    left, right = zip(*pairs, strict=True)
    return standardise(weights_of_pairs(left, right, len(areas), "gal"))


def test_one_to_nine_on_a_rook_lattice_by_hand() -> None:
    # S0 = 24, sum z^2 = 60, sum w z z = 2 x (36 + 4) = 80: I = 9/24 x 80/60; variances as esda's own tests expect.
    got = global_moran(np.arange(1, 10), raster_neighbours(*lattice(3), ROOK))
    assert got.value == pytest.approx(0.5, abs=1e-12)
    assert got.expected == pytest.approx(-0.125)
    assert got.variance_normality == pytest.approx(0.053125)
    assert got.variance_randomisation == pytest.approx(0.0596875)
    assert (got.islands, got.ties, got.permutations) == (0, 0, 0)


def test_st_louis_homicides_as_the_library_expects() -> None:
    rates = pl.read_csv(EXAMPLES / "stl" / "stl_hom.csv", infer_schema_length=None)["HR8893"].to_numpy()
    got = global_moran(rates, read_gal(EXAMPLES / "stl" / "stl.gal"))
    assert got.value == pytest.approx(0.2436558262177166)
    assert got.p_normality / 2 == pytest.approx(0.00013573931385468807)


def test_infant_deaths_of_north_carolina_as_the_library_expects() -> None:
    rates = pyogrio.read_dataframe(EXAMPLES / "sids2" / "sids2.dbf", columns=["SIDR74"])["SIDR74"].to_numpy()
    got = global_moran(rates, read_gal(EXAMPLES / "sids2" / "sids2.gal"))
    assert got.value == pytest.approx(0.24772519320480135)
    assert got.p_normality / 2 == pytest.approx(5.791653907449845e-05)


def test_the_sectors_of_jinjiang_sum_to_its_total() -> None:
    cells = jinjiang()
    gap = (
        cells["total_t"]
        - cells.select(pl.sum_horizontal("industry_t", "residential_t", "transport_t")).to_series()
    )
    assert cells.height == 2953
    assert float(gap.abs().max()) <= 0.005  # type: ignore[arg-type]  # a number
    assert cells["total_t"].sum() == pytest.approx(16.623e6, rel=1e-4)


@pytest.mark.parametrize(("criterion", "expected"), [(ROOK, 0.5223), (QUEEN, 0.4758)])
def test_co2_of_jinjiang_gathers(criterion: str, expected: float) -> None:
    cells = jinjiang()
    weights = standardise(raster_neighbours(cells["column"], cells["row"], criterion))
    got = global_moran(cells["total_t"].to_numpy(), weights, permutations=999, seed=1)
    assert round(got.value, 4) == expected
    assert (got.count, got.islands) == (2953, 2)
    assert got.p_permutation == 0.001
    # 238 cells emit nothing at all.
    assert got.ties >= 238


def test_values_and_variances_are_those_of_esda() -> None:
    cells = jinjiang()
    weights = standardise(raster_neighbours(cells["column"], cells["row"]))
    values = cells["total_t"].to_numpy()
    theirs = esda.Moran(values, as_library(weights), transformation="r", permutations=0)
    ours = global_moran(values, weights)
    assert ours.value == pytest.approx(theirs.I, abs=1e-12)
    assert ours.variance_normality == pytest.approx(theirs.VI_norm, rel=1e-9)
    assert ours.variance_randomisation == pytest.approx(theirs.VI_rand, rel=1e-9)
    assert ours.z_randomisation == pytest.approx(theirs.z_rand, rel=1e-9)


def test_two_variables_as_esda_and_the_variance_as_permutations_show() -> None:
    rng = np.random.default_rng(3)
    weights = standardise(raster_neighbours(*lattice(12)))
    x, y = rng.lognormal(size=144), rng.lognormal(size=144)
    np.random.seed(4)  # noqa: NPY002 - esda draws from the global generator
    theirs = esda.Moran_BV(x, y, as_library(weights), permutations=4999)
    ours = bivariate_moran(x, y, weights, permutations=999, seed=1)
    assert ours.value == pytest.approx(theirs.I, abs=1e-12)
    assert ours.expected == 0.0
    assert ours.variance_randomisation == pytest.approx(theirs.VI_sim, rel=0.08)


def test_a_field_without_variation_or_neighbours_is_not_defined() -> None:
    weights = standardise(raster_neighbours(*lattice(3)))
    flat = global_moran(np.full(9, 0.1), weights, permutations=99)
    assert np.isnan([flat.value, flat.z_normality, flat.p_permutation]).all()
    assert (flat.ties, flat.permutations) == (9, 0)
    alone = global_moran([1.0, 2.0], raster_neighbours([0, 9], [0, 9]))
    assert np.isnan(alone.value)
    assert alone.islands == 2


def test_three_areas_are_too_few_for_the_variance_under_randomisation() -> None:
    got = global_moran([1.0, 2.0, 4.0], standardise(raster_neighbours([0, 1, 2], [0, 0, 0])))
    assert np.isnan(got.variance_randomisation)
    assert got.variance_normality > 0.0


def test_ties_are_areas_that_share_a_value() -> None:
    assert count_ties([0.0, 0.0, 1.0, 2.0, 2.0, 2.0]) == 5


@settings(max_examples=25)
@given(
    st.lists(st.integers(-1000, 1000), min_size=16, max_size=16).filter(lambda values: len(set(values)) > 1),
    st.floats(-1e6, 1e6), st.one_of(st.floats(0.01, 1e3), st.floats(-1e3, -0.01)),
)  # fmt: skip
def test_moran_does_not_change_with_shift_and_scale(values: list[int], shift: float, scale: float) -> None:
    weights = standardise(raster_neighbours(*lattice(4)))
    x = np.array(values, dtype=float)
    one, other = global_moran(x, weights), global_moran(shift + scale * x, weights)
    assert other.value == pytest.approx(one.value, abs=1e-5)
    assert other.variance_randomisation == pytest.approx(one.variance_randomisation, rel=1e-3)
    pair = bivariate_moran(x, shift + abs(scale) * x, weights)
    assert pair.value == pytest.approx(one.value, abs=1e-5)


@settings(max_examples=15)
@given(st.permutations(range(16)))
def test_the_order_of_the_areas_does_not_matter(order: list[int]) -> None:
    column, row = lattice(4)
    values = np.arange(16.0) ** 2
    one = global_moran(values, standardise(raster_neighbours(column, row)))
    other = global_moran(values[order], standardise(raster_neighbours(column[order], row[order])))
    assert other.value == pytest.approx(one.value, abs=1e-12)
