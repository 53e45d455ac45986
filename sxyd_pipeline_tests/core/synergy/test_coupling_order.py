"""Synergy degree: positive only when all subsystems rise."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.coupling_order import measure_synergy, order_subsystem, synergy_degree

SHARE = st.floats(0.0, 1.0)


def test_both_rise_by_hand() -> None:
    # Rises of 0.2 and 0.8: sqrt(0.16) = 0.4.
    assert synergy_degree([[0.1, 0.1]], [[0.3, 0.9]]) == pytest.approx([0.4])


def test_one_that_falls_makes_it_negative_and_two_that_fall_do_too() -> None:
    assert synergy_degree([[0.5, 0.5], [0.5, 0.5]], [[0.7, 0.3], [0.3, 0.3]]) == pytest.approx([-0.2, -0.2])


def test_one_that_stands_still_gives_zero_without_a_sign() -> None:
    got = synergy_degree([[0.5, 0.5]], [[0.5, 0.9]])
    assert str(got[0]) == "0.0"


def test_order_of_a_subsystem_is_a_geometric_or_a_weighted_mean() -> None:
    frame = pl.DataFrame({"a": [0.2], "b": [0.8]})
    assert order_subsystem(frame, ["a", "b"], "u")["u"].to_list() == pytest.approx([0.4])
    got = order_subsystem(frame, ["a", "b"], "u", how="weighted", weights=[0.25, 0.75])
    assert got["u"].to_list() == pytest.approx([0.65])


def test_every_later_year_is_measured_against_the_base_year_of_its_own_area() -> None:
    frame = pl.DataFrame(
        {
            "code": ["a", "a", "a", "b"], "year": [2020, 2025, 2035, 2025],
            "p": [0.1, 0.3, 0.1, 0.5], "c": [0.1, 0.3, 0.9, 0.5],
        }
    )  # fmt: skip
    got = measure_synergy(frame, ["p", "c"], by=["code"], time="year", base=2020)
    assert got.select("code", "year").rows() == [("a", 2025), ("a", 2035), ("b", 2025)]
    assert got["synergy_degree"].to_list() == [pytest.approx(0.2), 0.0, None]


@settings(max_examples=40)
@given(st.lists(st.tuples(SHARE, SHARE), min_size=2, max_size=4))
def test_it_lies_within_minus_1_and_1_and_is_positive_only_if_all_rise(
    pairs: list[tuple[float, float]],
) -> None:
    before, after = [[pair[0] for pair in pairs]], [[pair[1] for pair in pairs]]
    degree = float(synergy_degree(before, after)[0])
    assert -1.0 <= degree <= 1.0
    if degree > 0.0:
        assert all(later > earlier for earlier, later in pairs)
