"""Local statistics: against esda, against every subset counted out, and their laws."""

import itertools

import esda
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.coupling_errors import UnequalWeightsError
from sxyd_pipeline.core.synergy.moran import global_moran
from sxyd_pipeline.core.synergy.moran_local import (
    adjust_fdr,
    bivariate_local_moran,
    conditional_tails,
    gi_star,
    local_moran,
)
from sxyd_pipeline.core.synergy.space import Weights, raster_neighbours, standardise, weights_of_pairs
from sxyd_pipeline_tests.core.synergy.printed_tables import jinjiang, lattice
from sxyd_pipeline_tests.core.synergy.test_moran import as_library

FEW = {"permutations": 999, "seed": 7}


def patch_field(side: int = 12) -> tuple[np.ndarray, Weights]:
    """A hot corner and a cold one on a noisy field, and one outlier in the cold."""
    column, row = lattice(side)
    values = np.random.default_rng(1).normal(0.0, 0.3, side * side)
    values[(column < 4) & (row < 4)] += 5.0
    cold = (column >= 8) & (row >= 8)
    values[cold] -= 5.0
    values[(column == 9) & (row == 9)] = 6.0
    return values, standardise(raster_neighbours(column, row))


def test_a_hot_corner_a_cold_corner_and_an_outlier_are_found() -> None:
    values, weights = patch_field()
    labels = local_moran(values, weights, **FEW).cluster.reshape(12, 12)
    assert (labels[:3, :3] == "HH").all()
    assert labels[11, 11] == "LL"
    assert labels[9, 9] == "HL"
    hot = gi_star(values, weights, **FEW).cluster.reshape(12, 12)
    assert (hot[:3, :3] == "hot").all()
    assert hot[11, 11] == "cold"


def test_local_values_sum_to_the_global_one() -> None:
    values, weights = patch_field()
    local = local_moran(values, weights, **FEW)
    assert local.value.mean() == pytest.approx(global_moran(values, weights).value)


def test_values_are_those_of_esda_and_calls_agree_on_a_real_raster() -> None:
    cells = jinjiang()
    every = raster_neighbours(cells["column"], cells["row"])
    # esda divides by zero on islands, so the two there are stay out of the comparison.
    cells = cells.filter(~every.islands)
    weights = standardise(raster_neighbours(cells["column"], cells["row"]))
    values, n = cells["total_t"].to_numpy(), cells.height
    ours = local_moran(values, weights, permutations=9999, seed=1)
    library = as_library(weights)
    # This esda prints the smaller tail, as we do, and says that the next one will double it.
    with pytest.warns(DeprecationWarning, match="two-sided"):
        theirs = esda.Moran_Local(values, library, permutations=999, seed=1, n_jobs=1)
    # esda divides by the variance with n - 1.
    assert ours.value * (n - 1) / n == pytest.approx(theirs.Is, abs=1e-9)
    assert np.abs(ours.p_value - theirs.p_sim).mean() < 0.01
    assert ((ours.p_value <= 0.05) == (theirs.p_sim <= 0.05)).mean() > 0.97


def test_islands_of_a_real_raster_are_named_and_have_no_value() -> None:
    cells = jinjiang()
    weights = standardise(raster_neighbours(cells["column"], cells["row"]))
    found = local_moran(cells["total_t"].to_numpy(), weights, **FEW)
    assert (found.cluster == "island").sum() == 2
    assert np.isnan(found.value[found.cluster == "island"]).all()
    assert {"HH", "LL", "HL", "LH"} <= set(found.cluster)


def test_gi_star_is_the_z_score_of_esda() -> None:
    values, weights = patch_field()
    ours = gi_star(values, weights, **FEW)
    theirs = esda.G_Local(values, as_library(weights), transform="B", star=True, permutations=0)
    assert ours.value == pytest.approx(theirs.Zs, abs=1e-9)


@pytest.mark.parametrize("reach", [1, 2])
def test_draws_agree_with_every_subset_counted_out(reach: int) -> None:
    # Ten areas on a ring; of 2 neighbours the draws are shared, of 4 every area has its own.
    values = np.array([3.0, 9.0, 4.0, 1.0, 7.0, 8.0, 2.0, 6.0, 5.0, 20.0])
    pairs = [(area, (area + step) % 10) for area in range(10) for step in range(-reach, reach + 1)]
    weights = standardise(weights_of_pairs(*zip(*pairs, strict=True), 10, "ring"))
    tails = conditional_tails(values, weights, permutations=40_000, seed=1)
    for area in range(10):
        others = np.delete(values, area)
        own = weights.lag(values)[area] * 2 * reach
        sums = np.array([sum(chosen) for chosen in itertools.combinations(others, 2 * reach)])
        assert tails.upper[area] == pytest.approx((sums >= own - 1e-9).mean(), abs=0.012)
        assert tails.lower[area] == pytest.approx((sums <= own + 1e-9).mean(), abs=0.012)
    assert tails.drawn.min() >= 40_000


def test_shared_draws_leave_the_area_itself_out() -> None:
    # One giant: where its own draws would count, every other area would look low.
    column, row = lattice(30)
    values = np.random.default_rng(2).normal(size=900)
    values[435] = 1e6
    weights = standardise(raster_neighbours(column, row))
    tails = conditional_tails(values, weights, permutations=9999, seed=3)
    assert 9999 <= tails.drawn.min() < tails.drawn.max() < 10_200
    rest = np.delete(values, 435)
    rng = np.random.default_rng(4)
    sums = np.array([rest[rng.choice(899, 8, replace=False)].sum() for _ in range(9999)])
    own = weights.lag(values)[435] * 8
    assert tails.upper[435] == pytest.approx((sums >= own).mean(), abs=0.03)


def test_a_field_of_equal_values_is_never_significant() -> None:
    weights = standardise(raster_neighbours(*lattice(6)))
    flat = local_moran(np.full(36, 2.5), weights, **FEW)
    assert set(flat.cluster) == {"not_significant"}
    assert np.isnan(flat.value).all()
    # One area that differs: the sums of all but its neighbours tie with most draws, and ties count on both sides.
    values = np.zeros(36)
    values[0] = 1.0
    tails = conditional_tails(values, weights, **FEW)
    assert (tails.upper[20:] == 1.0).all()
    assert (tails.lower[20:] > 0.5).all()


def test_two_variables_tell_high_among_low() -> None:
    values, weights = patch_field()
    labels = bivariate_local_moran(values, -values, weights, **FEW).cluster.reshape(12, 12)
    assert (labels[:3, :3] == "HL").all()
    assert labels[11, 11] == "LH"


def test_an_area_whose_neighbours_are_everyone_has_nothing_to_compare_with() -> None:
    weights = standardise(raster_neighbours([0, 1], [0, 0]))
    got = local_moran([1.0, 5.0], weights, **FEW)
    assert got.p_value.tolist() == [1.0, 1.0]
    assert gi_star([1.0, 5.0], weights, **FEW).cluster.tolist() == ["not_significant"] * 2


def test_unequal_weights_are_refused() -> None:
    even = raster_neighbours([0, 1, 2], [0, 0, 0])
    uneven = Weights(even.start, even.neighbour, np.array([1.0, 1.0, 2.0, 1.0]), "by hand")
    with pytest.raises(UnequalWeightsError):
        conditional_tails([1.0, 2.0, 3.0], uneven, **FEW)


def test_the_false_discovery_rate_by_hand() -> None:
    # m = 4: 0.01 x 4/1, 0.02 x 4/2, 0.03 x 4/3, 0.5 x 4/4, made monotone from the end; NaN counts not.
    got = adjust_fdr([0.02, np.nan, 0.01, 0.5, 0.03])
    assert got[[0, 2, 3, 4]] == pytest.approx([0.04, 0.04, 0.5, 0.04])
    assert np.isnan(got[1])


def test_noise_gives_about_as_many_calls_as_the_level_says() -> None:
    rng = np.random.default_rng(11)
    weights = standardise(raster_neighbours(*lattice(40)))
    found = local_moran(rng.lognormal(size=1600), weights, permutations=9999, seed=1)
    # The pseudo p is that of the smaller tail: a level of 0.05 lets 10 % through.
    assert (found.p_value <= 0.05).mean() == pytest.approx(0.10, abs=0.025)
    assert (found.p_fdr <= 0.05).mean() < 0.01


@settings(max_examples=15, deadline=None)
@given(st.floats(-100.0, 100.0), st.floats(0.01, 100.0), st.integers(0, 1000))
def test_clusters_do_not_change_with_shift_and_scale(shift: float, scale: float, seed: int) -> None:
    values, weights = patch_field(8)
    one = local_moran(values, weights, permutations=199, seed=seed)
    other = local_moran(shift + scale * values, weights, permutations=199, seed=seed)
    assert other.cluster.tolist() == one.cluster.tolist()
    assert other.p_value == pytest.approx(one.p_value)


def test_the_same_seed_gives_the_same_digits() -> None:
    values, weights = patch_field()
    one, other = (local_moran(values, weights, **FEW) for _ in range(2))
    assert (one.p_value == other.p_value).all()
