"""Each rule on scores lets a sound table pass and names the row that is broken."""

import polars as pl
import pytest

from sxyd_pipeline.checks import synergy_scores as rules


def unit(code: str, rank: int, **changes: object) -> dict[str, object]:
    return {
        "scenario_id": "policy", "year": 2025, "control_unit_code": code, "composite_score": 0.5, "rank": rank,
        "rank_low": rank, "rank_high": rank, "quadrant": "双高", "co2_lq": 2.0, "apeq_lq": 2.0,
        "method_id": "composite_score", "formula_variant": "weights=ahp", "inputs_hash": "0" * 16, **changes,
    }  # fmt: skip


def units(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows) or [unit("a", 1), unit("b", 2)])


def indicators(**values: float | None) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "scenario_id": "policy", "year": 2025, "layer": "control_unit", "code": code, "indicator": name,
                "value": value, "formula_variant": "x", "grade_scheme_id": "quadrant_lq_cut_1",
            }
            for code in ("a", "b")
            for name, value in values.items()
        ],
        schema_overrides={"value": pl.Float64},
    )  # fmt: skip


def contributions(*parts: float) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "scenario_id": "policy",
                "year": 2025,
                "layer": "control_unit",
                "code": code,
                "contribution": part,
            }
            for code in ("a", "b")
            for part in parts
        ]
    )


def test_contributions_that_miss_the_score_are_found() -> None:
    known = indicators(co2_lq=1.0)
    assert rules.contributions_off_score(units(), contributions(0.2, 0.3), known).is_empty()
    assert rules.contributions_off_score(units(), contributions(0.2, 0.3 + 1e-8), known).height == 2
    assert rules.contributions_off_score(units(), contributions(0.5).head(1), known)["code"].to_list() == [
        "b"
    ]


def test_a_contribution_is_weight_times_normalised_value() -> None:
    table = pl.DataFrame({"weight_share": [0.5, 0.5], "normalised": [0.4, 0.4], "contribution": [0.2, 0.3]})
    assert rules.parts_off_product(table).height == 1


@pytest.mark.parametrize("ranks", [(1, 1), (2, 3), (0, 1)])
def test_ranks_with_a_gap_or_a_tie_are_found(ranks: tuple[int, int]) -> None:
    assert rules.ranks_of_units_off(units()).is_empty()
    assert rules.ranks_of_units_off(units(unit("a", ranks[0]), unit("b", ranks[1]))).height == 1


def test_zones_are_ranked_within_their_element() -> None:
    table = units().with_columns(element=pl.Series(["air", "water"]))
    assert rules.ranks_of_zones_off(table).height == 1
    assert rules.ranks_of_zones_off(table.with_columns(rank=pl.lit(1))).is_empty()


def test_a_rank_outside_its_interval_is_found() -> None:
    assert rules.ranks_outside_interval(units()).is_empty()
    assert rules.ranks_outside_interval(units(unit("a", 1, rank_low=2, rank_high=3))).height == 1


@pytest.mark.parametrize(
    ("said", "co2_lq", "apeq_lq"), [("双高", 2.0, 0.5), ("双低", 1.1, 0.5), ("高污低碳", 1.0, None)]
)
def test_a_quadrant_that_contradicts_its_quotients_is_found(
    said: str, co2_lq: float | None, apeq_lq: float | None
) -> None:
    known = indicators(co2_lq=1.0)
    assert rules.quadrants_off_quotients(units(), known).is_empty()
    broken = units(unit("a", 1, quadrant=said, co2_lq=co2_lq, apeq_lq=apeq_lq))
    assert rules.quadrants_off_quotients(broken, known).height == 1


def test_a_quadrant_without_a_known_cut_cannot_pass() -> None:
    known = indicators(co2_lq=1.0).with_columns(grade_scheme_id=pl.lit(None, dtype=pl.String))
    assert rules.quadrants_off_quotients(units(), known).height == 2


def test_quotients_that_do_not_average_one_are_found() -> None:
    sound = indicators(area_km2=1.0, co2_lq=1.0, apeq_lq=1.0, iapeq_lq=1.0)
    assert rules.quotients_off_mean(sound).is_empty()
    assert (
        rules.quotients_off_mean(indicators(area_km2=1.0, co2_lq=1.1, apeq_lq=1.0, iapeq_lq=1.0)).height == 1
    )


def weights(*shares: float, main: bool = True, ratio: float | None = 0.05) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "weight_scheme_id": "ahp", "layer": "air", "weight_share": share, "is_main": main,
                "consistency_ratio": ratio, "method_id": "weights_ahp",
            }
            for share in shares
        ],
        schema_overrides={"consistency_ratio": pl.Float64},
    )  # fmt: skip


def test_weights_must_sum_to_one_under_one_main_scheme() -> None:
    assert rules.weights_off_one(weights(0.5, 0.5)).is_empty()
    assert rules.weights_off_one(weights(0.5, 0.4)).height == 1
    assert rules.weights_off_one(weights(0.5, 0.5, main=False)).height == 1


@pytest.mark.parametrize("ratio", [0.11, None])
def test_judgements_that_contradict_each_other_do_not_pass(ratio: float | None) -> None:
    assert rules.inconsistent_judgements(weights(1.0)).is_empty()
    assert rules.inconsistent_judgements(weights(1.0, ratio=ratio)).height == 1


def test_a_score_must_be_that_of_the_main_method() -> None:
    variants = pl.DataFrame(
        [
            {
                "scenario_id": "policy", "year": 2025, "code": code, "method_id": "composite_score",
                "formula_variant": "weights=ahp", "rank": rank, "score": 0.5,
            }
            for code, rank in (("a", 1), ("b", 2))
        ]
    )  # fmt: skip
    assert rules.scores_off_main_variant(units(), variants).is_empty()
    assert rules.scores_off_main_variant(units(unit("a", 2), unit("b", 2)), variants).height == 1
    assert rules.scores_off_main_variant(units(), variants.filter(pl.col("code") == "a")).height == 1


def test_an_empty_value_must_say_why_and_nan_is_no_value() -> None:
    assert rules.empty_without_reason(indicators(co2_lq=1.0)).is_empty()
    assert rules.empty_without_reason(indicators(co2_lq=None)).height == 2
    assert rules.empty_without_reason(indicators(co2_lq=float("nan"))).height == 2


@pytest.mark.parametrize("column", ["method_id", "formula_variant", "inputs_hash"])
def test_a_row_that_does_not_say_how_it_was_made_is_found(column: str) -> None:
    assert rules.anonymous_rows(units()).is_empty()
    assert rules.anonymous_rows(units(unit("a", 1, **{column: " "}))).height == 1
