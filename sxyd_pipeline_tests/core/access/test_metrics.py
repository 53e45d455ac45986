"""Metrics of clauses: units brought together, strictness, margins."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.access.metrics import holds, in_metric_unit, is_stricter, margin_of, metrics_of
from sxyd_pipeline_tests.core.access.reading import reference

METRICS = metrics_of(reference().clause_metrics)
POSITIVE = st.floats(min_value=1e-3, max_value=1e6)


@pytest.mark.parametrize(
    ("metric", "value", "unit", "expected"),
    [
        ("permitted_nox_t", 1.2, "万t", 12000.0),
        ("permitted_nox_t", 5.0, "kt", 5000.0),
        ("nox_reduction_share", 10.0, "%", 0.1),
        ("stack_nox_mg_per_m3", 0.05, "g/m3", 50.0),
        ("energy_tce_per_1e4_cny", 0.45, "tce", 0.45),
        ("energy_kgce_per_t", 0.061, "tce/t", 61.0),
        ("replacement_ratio", 2.0, "倍", 2.0),
        ("coal_boiler_t_per_h", 35.0, "t", 35.0),
        ("permitted_nox_t", 3.0, None, 3.0),
        ("permitted_nox_t", 3.0, "km", None),
    ],
)
def test_thresholds_are_brought_to_the_unit_of_their_metric(
    metric: str, value: float, unit: str | None, expected: float | None
) -> None:
    found = in_metric_unit(value, unit, METRICS[metric])
    assert found == (None if expected is None else pytest.approx(expected))


def test_less_is_stricter_for_caps_and_more_for_reductions() -> None:
    assert is_stricter(350.0, 724.0, METRICS["permitted_nox_t"])
    assert is_stricter(0.12, 0.1, METRICS["nox_reduction_share"])
    assert not is_stricter(0.1, 0.1 * (1 + 1e-12), METRICS["permitted_nox_t"])


@given(actual=POSITIVE, threshold=POSITIVE)
def test_a_limit_is_kept_exactly_when_its_margin_is_not_negative(actual: float, threshold: float) -> None:
    for operator in ("<=", ">="):
        margin = margin_of(actual, threshold, operator)
        if abs(margin) > 1e-6 * max(actual, threshold):
            assert holds(actual, threshold, operator) == (margin > 0)
    assert margin_of(actual, threshold, "<=") == -margin_of(actual, threshold, ">=")


def test_every_metric_says_how_it_is_computed_or_what_is_missing() -> None:
    frame = reference().clause_metrics
    silent = frame.filter(frame["kind"].is_in(["none"]) & frame["missing_zh"].is_null())
    assert silent["metric"].to_list() == []
