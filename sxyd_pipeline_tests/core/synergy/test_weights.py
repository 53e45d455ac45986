"""Weights: the eigenvector of judgements, entropy, the city's own; what contradicts itself is refused."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.core.synergy.weights import (
    IncompleteJudgementsError,
    InconsistentJudgementsError,
    UnknownWeightSchemeError,
    matrix_of,
    require_consistent,
    settle_weights,
    weigh_by_judgement,
)
from sxyd_pipeline_tests.core.synergy.score_frames import config, reference

NAMES = ["co2_density", "apeq_density", "homology", "target_pressure", "reduction_potential"]


def panel() -> pl.DataFrame:
    return pl.DataFrame(
        {"layer": ["air", "air"], **{name: [1.0, 0.5] for name in NAMES[:-1]}, NAMES[-1]: [1.0, 0.0]}
    )


def settled(**methods: object) -> pl.DataFrame:
    return settle_weights(panel(), NAMES, reference().score_weights, config(**methods))


def test_consistent_judgements_give_back_their_ratios() -> None:
    judged = weigh_by_judgement([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])
    assert judged.weights == pytest.approx([4 / 7, 2 / 7, 1 / 7])
    assert judged.consistency_ratio == pytest.approx(0.0, abs=1e-9)


def test_the_textbook_matrix_of_three_five_three_has_a_ratio_of_three_hundredths() -> None:
    # lambda solves lambda^3 - 3 lambda^2 = 5/9 + 9/5 - 2: 3.0385; CR = 0.0385 / 2 / 0.58.
    judged = weigh_by_judgement([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]])
    assert judged.largest_eigenvalue == pytest.approx(3.0385, abs=1e-4)
    assert judged.weights == pytest.approx([0.637, 0.258, 0.105], abs=1e-3)
    assert judged.consistency_ratio == pytest.approx(0.0332, abs=1e-4)


def test_judgements_that_go_round_in_a_circle_are_refused_with_the_pair_furthest_off() -> None:
    matrix = np.array([[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]])
    judged = weigh_by_judgement(matrix)
    with pytest.raises(InconsistentJudgementsError, match="CR = ") as caught:
        require_consistent(judged, matrix, ["甲", "乙", "丙"])
    assert caught.value.consistency_ratio > 0.1


def test_two_items_cannot_contradict_each_other() -> None:
    assert weigh_by_judgement([[1, 9], [1 / 9, 1]]).consistency_ratio == 0.0


def test_a_matrix_that_is_not_reciprocal_is_refused() -> None:
    with pytest.raises(IncompleteJudgementsError, match=r"\(1, 2\)"):
        weigh_by_judgement([[1, 3], [3, 1]])


def judgements(*rows: tuple[str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=["component", "other_component", "judgement"], orient="row")


@pytest.mark.parametrize(
    "rows",
    [
        (("a", "b", 2.0), ("a", "c", 2.0)),
        (("a", "b", 2.0), ("b", "a", 2.0), ("a", "c", 2.0), ("b", "c", 1.0)),
        (("a", "b", 0.0), ("a", "c", 2.0), ("b", "c", 1.0)),
        (("a", "x", 1.0), ("a", "c", 2.0), ("b", "c", 1.0)),
    ],
    ids=["missing", "twice", "zero", "unknown"],
)
def test_a_pair_without_exactly_one_positive_judgement_is_refused(
    rows: tuple[tuple[str, str, float], ...],
) -> None:
    with pytest.raises(IncompleteJudgementsError):
        matrix_of(judgements(*rows), ["a", "b", "c"])


def test_a_judgement_may_be_stated_in_either_direction() -> None:
    assert matrix_of(judgements(("b", "a", 4.0)), ["a", "b"]).tolist() == [[1.0, 0.25], [4.0, 1.0]]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.1, 9.0), min_size=2, max_size=6))
def test_judgements_made_of_weights_give_those_weights(values: list[float]) -> None:
    weights = np.array(values)
    judged = weigh_by_judgement(weights[:, None] / weights[None, :])
    assert judged.weights == pytest.approx(weights / weights.sum())
    assert judged.consistency_ratio == pytest.approx(0.0, abs=1e-6)


def test_the_shipped_judgements_agree_and_every_scheme_sums_to_one() -> None:
    got = settled()
    assert set(got["weight_scheme_id"]) == {"equal", "entropy", "ahp"}
    sums = got.group_by("weight_scheme_id", "layer").agg(pl.col("weight_share").sum())
    assert sums["weight_share"].to_list() == pytest.approx([1.0] * 3)
    assert got.filter(pl.col("kind") == "ahp")["consistency_ratio"].max() < 0.1
    assert set(got.filter("is_main")["weight_scheme_id"]) == {"ahp"}


def test_entropy_gives_most_to_what_differs_most() -> None:
    own = settled().filter(pl.col("kind") == "entropy")
    weights = dict(own.select("component", "weight_share").iter_rows())
    assert max(weights, key=lambda name: weights[name]) == "reduction_potential"


def test_the_city_may_bring_its_own_weights_and_make_them_the_main_ones() -> None:
    own = dict(zip(NAMES, (0.4, 0.3, 0.1, 0.1, 0.1), strict=True))
    got = settled(score_weights=own, score_weight_scheme="user")
    assert dict(got.filter("is_main").select("component", "weight_share").iter_rows()) == own


@pytest.mark.parametrize(
    "stated",
    [
        {"co2_density": 1.0},
        dict.fromkeys(NAMES, 0.3),
        {**dict.fromkeys(NAMES, 0.25), "homology": -0.0001, "co2_density": 0.2501},
        [0.2] * 5,
        {**dict.fromkeys(NAMES, 0.25), "homology": "0"},
    ],
    ids=["incomplete", "sum", "negative", "list", "text"],
)
def test_own_weights_that_cannot_be_used_are_refused(stated: object) -> None:
    with pytest.raises(InvalidConfigError, match=r"methods\.score_weights"):
        settled(score_weights=stated)


def test_a_main_scheme_that_does_not_exist_is_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownWeightSchemeError, match="equal"):
        settled(score_weight_scheme="user")


def test_data_that_name_two_main_schemes_are_refused() -> None:
    schemes = reference().score_weights.with_columns(is_main=pl.lit(value=True))
    with pytest.raises(UnknownWeightSchemeError, match="exactly one"):
        settle_weights(panel(), NAMES, schemes, config())
