"""Gates of measures and portfolios pass what holds and catch what does not."""

import polars as pl
import pytest

from sxyd_pipeline.checks import synergy_measures as rules
from sxyd_pipeline.core.outcome import BALANCE_SCHEMA, Outcome
from sxyd_pipeline_tests.core.synergy.portfolio_frames import PLANT, options


def effects(
    apeq: float, co2e: float, quadrant: str, state: str, elasticity: float | None = None
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "measure_id": ["m"], "year": [2035], "delta_apeq_t": [apeq], "delta_co2e_tco2e": [co2e],
            "quadrant": [quadrant], "elasticity_state": [state], "elasticity": [elasticity],
        },
        schema_overrides={"elasticity": pl.Float64},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "caught"),
    [
        (effects(1, 1, "I", "synergy", 1.0), 0),
        (effects(1, -1, "IV", "pollutant_only", -1.0), 0),
        (effects(-1, -1, "III", "both_rise"), 0),
        (effects(1, -1, "I", "pollutant_only", -1.0), 1),
        (effects(-1, -1, "III", "synergy", 1.0), 1),
        (effects(-1, -1, "III", "both_rise", 1.0), 1),
    ],
)
def test_quadrants_must_follow_signs(row: pl.DataFrame, caught: int) -> None:
    assert rules.quadrants_against_signs(row).height == caught


def reductions(tonnes: float) -> pl.DataFrame:
    return pl.DataFrame({"year": [2035], "species": ["SO2"], "delta_t": [tonnes], "control_unit_code": ["*"]})


def test_more_than_there_is_cannot_be_removed() -> None:
    emitted = pl.DataFrame({"species": ["SO2"], "emission_t": [10.0]})
    assert rules.removed_more_than_emitted(reductions(10.0), emitted).is_empty()
    assert rules.removed_more_than_emitted(reductions(10.1), emitted).height == 1


def test_units_must_sum_to_the_ledger() -> None:
    ledger = pl.DataFrame(
        [{"step": "s", "year": 2035, "species": "SO2", "in_t": 10.0, "out_t": 6.0, "lost_t": 4.0, "why": "w"}],
        schema=BALANCE_SCHEMA, orient="row",
    )  # fmt: skip
    assert rules.units_off_ledger(Outcome(reductions(4.0), balance=ledger)).is_empty()
    assert rules.units_off_ledger(Outcome(reductions(3.9), balance=ledger)).height == 1


def test_a_curve_ascends() -> None:
    curve = pl.DataFrame(
        {
            "basis": ["co2e"] * 2, "year": [2035] * 2, "step": [1, 2], "measure_id": ["a", "b"],
            "unit_cost_cny_per_t": [1.0, 2.0],
        }
    )  # fmt: skip
    known = pl.DataFrame(
        {
            "measure_id": ["a", "b"],
            "year": [2035] * 2,
            "delta_co2e_tco2e": [1.0, 1.0],
            "delta_iapeq_t": [1.0, 1.0],
        }
    )
    assert rules.steps_out_of_order(curve, known).is_empty()
    assert rules.steps_out_of_order(curve.with_columns(step=3 - pl.col("step")), known).height == 1
    assert rules.steps_out_of_order(curve, known.head(1)).height == 1


def chosen(share: float, limit: float = 1.0) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "scenario_id": ["policy"], "year": [2035], "scope_code": ["plant"], "segment": [1],
            "measure_id": ["filter"], "uptake_share": [share], "uptake_limit_share": [limit],
        }
    )  # fmt: skip


def test_parts_fit_their_scope_and_measures_their_limit() -> None:
    assert rules.overfull_scopes(chosen(0.5)).is_empty()
    assert rules.overfull_scopes(chosen(0.5, limit=0.4))["measure_id"].to_list() == ["filter"]
    twice = pl.concat([chosen(0.6), chosen(0.6).with_columns(segment=pl.lit(2, pl.Int64))])
    assert rules.overfull_scopes(twice)["measure_id"].to_list() == ["*", "filter"]


@pytest.mark.parametrize(("said", "share", "caught"), [(25.0, 0.5, 0), (25.0, 0.4, 1), (30.0, 0.5, 1)])
def test_targets_are_computed_again(said: float, share: float, caught: int) -> None:
    judged = pl.DataFrame(
        {
            "scenario_id": ["policy"], "year": [2035], "indicator": ["permitted_nox_t"], "projected": [1000.0], "target": [975.0],
            "achieved": [said], "is_met": [True],
        }
    )  # fmt: skip
    keys = {"scenario_id": pl.lit("policy"), "year": pl.lit(2035, pl.Int64)}
    found = rules.targets_off_uptake(judged, chosen(share), options(PLANT).with_columns(**keys))
    assert found.height == caught


def test_a_beaten_point_is_found() -> None:
    front = pl.DataFrame(
        {
            "scenario_id": ["p"] * 2, "year": [2035] * 2, "point": [1, 2], "annual_cost_cny": [10.0, 20.0],
            "delta_apeq_t": [5.0, 6.0], "delta_co2e_tco2e": [5.0, 6.0],
        }
    )  # fmt: skip
    assert rules.beaten_points(front).is_empty()
    worse = front.with_columns(delta_apeq_t=pl.Series([5.0, 4.0]), delta_co2e_tco2e=pl.Series([5.0, 4.0]))
    assert rules.beaten_points(worse)["point"].to_list() == [2]


def test_strong_synergy_must_not_raise_carbon() -> None:
    matrix = pl.DataFrame(
        {
            "pair_id": ["M-x"], "object_type": ["measure"], "object_code": ["x"], "verdict": [2.0],
            "delta_co2e_tco2e": [5.0], "delta_indirect_tco2": [-4.0],
        }
    )  # fmt: skip
    assert rules.verdicts_against_numbers(matrix).is_empty()
    assert rules.verdicts_against_numbers(matrix.with_columns(delta_indirect_tco2=pl.lit(-6.0))).height == 1
