"""Rank intervals: counted by hand, agreeing with the point scores where nothing is uncertain."""

import numpy as np
import polars as pl
import pytest

from sxyd_pipeline.core.synergy import ranks, scores
from sxyd_pipeline_tests.core.synergy.score_frames import BASE_YEAR, reference

NAMES = list(scores.COLUMN_OF)


def peers(co2: list[float], apeq: list[float], draws: int = 4) -> ranks.PeerDraws:
    """Areas of 1 km2 without any spread."""
    return ranks.PeerDraws(
        codes=[f"u{i}" for i in range(len(co2))],
        area_km2=np.ones(len(co2)),
        co2_t=np.tile(co2, (draws, 1)),
        apeq_t=np.tile(apeq, (draws, 1)),
        iapeq_t=np.tile(np.asarray(apeq) + 0.05 * np.asarray(co2), (draws, 1)),
        potential=np.full((draws, len(co2)), 0.25),
        fixed={"homology": np.full(len(co2), 0.5), "target_pressure": np.full(len(co2), 0.5)},
    )


def scorer() -> ranks.Scorer:
    bounds = {
        "co2_density": (1.0, 100.0, True), "apeq_density": (1.0, 100.0, True), "homology": (0.0, 1.0, False),
        "target_pressure": (0.5, 2.5, False), "reduction_potential": (0.0, 0.5, False),
    }  # fmt: skip
    return ranks.Scorer(bounds, {"equal": dict.fromkeys(NAMES, 0.2)}, "equal")


def test_ranks_are_counted_over_draws_and_methods() -> None:
    # Two methods, two draws: the first area wins three times of four.
    first, second = np.array([[2.0, 1.0], [2.0, 1.0]]), np.array([[2.0, 1.0], [1.0, 2.0]])
    counts = ranks.count_ranks(iter((first, second)), 2)
    assert counts.tolist() == [[3, 1], [1, 3]]
    low, high, top = ranks.summarise_ranks(counts, 1)
    assert (low.tolist(), high.tolist(), top.tolist()) == ([1, 1], [2, 2], [0.75, 0.25])


def test_equal_draws_are_ranked_by_code() -> None:
    counts = ranks.count_ranks(iter((np.zeros((5, 3)),)), 3)
    assert np.diag(counts).tolist() == [5, 5, 5]


def test_without_spread_and_dispute_the_interval_is_the_rank() -> None:
    got = ranks.rank_intervals(
        peers([1.0, 10.0, 100.0], [1.0, 10.0, 100.0]),
        scorer(),
        ("s", BASE_YEAR, "air"),
        reference().score_classes,
    )
    assert got.select("rank_low", "rank_high").rows() == [(3, 3), (2, 2), (1, 1)]
    assert got["top_class_probability"].to_list() == [0.0, 0.0, 1.0]


def test_methods_that_disagree_widen_the_interval() -> None:
    # More pollutants against more carbon: IAPeq looks at carbon here, the product of quotients at both.
    got = ranks.rank_intervals(
        peers([100.0, 60.0], [1.0, 3.0]), scorer(), ("s", BASE_YEAR, "air"), reference().score_classes
    )
    assert got.select("rank_low", "rank_high").rows() == [(1, 2), (1, 2)]


def test_a_draw_is_scored_as_the_point_is() -> None:
    co2, apeq = [2.0, 30.0, 70.0], [90.0, 5.0, 20.0]
    composite, topsis = (
        array[0] for _, array in zip(range(2), ranks.score_draws(peers(co2, apeq), scorer()), strict=False)
    )
    table = pl.DataFrame(
        {
            "scenario_id": ["s"] * 3, "year": [BASE_YEAR] * 3, "layer": ["air"] * 3, "code": ["u0", "u1", "u2"],
            "co2_density_t_per_km2": co2, "apeq_density_t_per_km2": apeq, "homology": [0.5] * 3,
            "target_pressure": [1.5] * 3, "reduction_potential_share": [0.25] * 3,
        }
    ).with_columns(pl.col("year").cast(pl.Int32))  # fmt: skip
    bounds = pl.DataFrame(
        [
            ("air", name, "log" if is_log else "linear", 1, low, high)
            for name, (low, high, is_log) in (
                (name, bound) for name, bound in scorer().bounds.items() if bound is not None
            )
        ],
        schema=["layer", "component", "transform", "direction", "bound_low", "bound_high"],
        orient="row",
    )
    weights = pl.DataFrame({"layer": ["air"] * 5, "component": NAMES, "weight_share": [0.2] * 5})
    normalised = scores.normalise_components(table, bounds)
    assert composite == pytest.approx(scores.composite(normalised, weights)["score"].to_numpy())
    assert topsis == pytest.approx(scores.closeness(normalised, weights)["score"].to_numpy())


def test_an_area_that_emits_nothing_ranks_last_and_breaks_nothing() -> None:
    got = ranks.rank_intervals(
        peers([0.0, 10.0], [0.0, 10.0]), scorer(), ("s", BASE_YEAR, "air"), reference().score_classes
    )
    assert got["rank_low"].to_list() == [2, 1]


def test_an_interval_is_stretched_to_its_rank() -> None:
    table = pl.DataFrame(
        {
            "scenario_id": ["s"], "year": [2020], "layer": ["air"], "code": ["a"], "rank": [5], "rank_low": [6],
            "rank_high": [9],
        }
    )  # fmt: skip
    assert ranks.hold_rank(table).select("rank_low", "rank_high").row(0) == (5, 9)
