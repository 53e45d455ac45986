"""Normalised values stay within 0..1, know their bounds, and point the same way."""

import json

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.coupling_errors import UnknownDirectionError
from sxyd_pipeline.core.synergy.normalise import (
    bounds_from_targets,
    bounds_json,
    bounds_of_panel,
    index_subsystem,
    normalise,
    weigh_by_entropy,
)

PANEL = pl.DataFrame({"so2": [10.0, 20.0, 30.0], "gdp": [1.0, 2.0, 5.0]})


def test_costs_are_turned_round_and_benefits_are_not() -> None:
    bounds = bounds_of_panel(PANEL, {"so2": "cost", "gdp": "benefit"}, "three areas")
    got = normalise(PANEL, bounds)
    assert got["so2_u"].to_list() == [1.0, 0.5, 0.0]
    assert got["gdp_u"].to_list() == [0.0, 0.25, 1.0]


def test_a_shift_leaves_the_best_at_1_and_lifts_the_worst() -> None:
    bounds = bounds_of_panel(PANEL, {"so2": "cost"}, "three areas")
    assert normalise(PANEL, bounds, epsilon=0.01)["so2_u"].to_list() == pytest.approx([1.0, 0.505, 0.01])


def test_bounds_from_targets_do_not_move_with_the_panel() -> None:
    bounds = bounds_from_targets({"so2": (40.0, 20.0)})
    assert bounds["direction"].to_list() == ["cost"]
    assert normalise(PANEL, bounds)["so2_u"].to_list() == pytest.approx([1.0, 1.0, 0.5])
    assert normalise(PANEL.head(1), bounds)["so2_u"].to_list() == [1.0]


def test_an_indicator_that_is_the_same_everywhere_says_nothing() -> None:
    flat = pl.DataFrame({"so2": [0.1 + 0.2, 0.3], "nox": [1.0, 2.0]})
    got = normalise(flat, bounds_of_panel(flat, {"so2": "cost", "nox": "cost"}, "two areas"))
    assert got["so2_u"].to_list() == [None, None]
    assert index_subsystem(got, ["so2_u", "nox_u"], "u")["u"].to_list() == [1.0, 0.0]


def test_a_subsystem_is_the_weighted_mean_of_what_is_there() -> None:
    frame = pl.DataFrame({"a": [0.2, 0.2, None], "b": [0.8, None, None]})
    got = index_subsystem(frame, ["a", "b"], "u", weights=[3.0, 1.0])["u"].to_list()
    assert got == [pytest.approx(0.35), pytest.approx(0.2), None]


def test_a_word_that_is_no_direction_is_refused() -> None:
    with pytest.raises(UnknownDirectionError, match="so2"):
        bounds_of_panel(PANEL, {"so2": "down"}, "three areas")  # type: ignore[dict-item]  # a wrong word


def test_bounds_are_written_with_their_panel() -> None:
    bounds = bounds_of_panel(PANEL, {"so2": "cost"}, "three areas")
    stored = json.loads(bounds_json(bounds, epsilon=0.01, scale="linear"))
    assert stored["panel"] == "three areas"
    assert stored["indicators"] == {"so2": [10.0, 30.0, "cost"]}


def test_entropy_weighs_what_differs_and_ignores_what_does_not() -> None:
    frame = pl.DataFrame({"flat": [0.5, 0.5, 0.5], "steep": [0.1, 0.2, 0.9]})
    assert weigh_by_entropy(frame, ["flat", "steep"]) == pytest.approx([0.0, 1.0])
    alike = frame.select("flat", other=pl.lit(0.2))
    assert weigh_by_entropy(alike, ["flat", "other"]) == [0.5, 0.5]


@settings(max_examples=40)
@given(
    st.lists(st.floats(0.0, 1e6), min_size=2, max_size=8), st.floats(0.001, 1000.0), st.sampled_from([0.0, 0.01])
)  # fmt: skip
def test_units_do_not_matter(values: list[float], scale: float, epsilon: float) -> None:
    one, other = pl.DataFrame({"x": values}), pl.DataFrame({"x": [value * scale for value in values]})
    first = normalise(one, bounds_of_panel(one, {"x": "cost"}, "p"), epsilon=epsilon)["x_u"]
    second = normalise(other, bounds_of_panel(other, {"x": "cost"}, "p"), epsilon=epsilon)["x_u"]
    if first.null_count() == 0 and second.null_count() == 0:
        assert second.to_list() == pytest.approx(first.to_list(), abs=1e-6)
        assert first.min() == pytest.approx(epsilon)
        assert first.max() == pytest.approx(1.0)
