"""The language of clause rules: closed, computed as written, undefined where evidence is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.access.rules_language import (
    RuleExpressionError,
    UndefinedEvidenceError,
    ceil_to,
    compile_expression,
    floor_to,
    round_to,
)

VALUES = {"a": 6.0, "b": 2.0, "cap.permitted_nox_t.near": 724.0, "zero": 0.0}
NUMBERS = st.floats(min_value=-1e6, max_value=1e6, allow_nan=False).filter(lambda x: x == 0 or abs(x) > 1e-3)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b * 2", 10.0),
        ("(a + b) * 2", 16.0),
        ("a - b - 1", 3.0),
        ("a / b / 3", 1.0),
        ("-a + 7", 1.0),
        ("a > 5 and b < 3", 1.0),
        ("a > 7 or not b == 2", 0.0),
        ("max(a, b) - min(a, b)", 4.0),
        ("floor_to(cap.permitted_nox_t.near * 0.999, 3)", 723.0),
        ("has(a) and not has(missing)", 1.0),
        ("has(missing) and missing > 0", 0.0),
        ("zero == 0 or 1 / zero > 0", 1.0),
    ],
)
def test_an_expression_is_worth_what_it_says(text: str, value: float) -> None:
    assert compile_expression(text).value(VALUES) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "a.b()",
        "a if b else 1",
        "a[0]",
        "lambda: 1",
        "a ** b",
        "a; b",
        "max(a)",
        "has(1)",
        "",
        "a +",
        "(a",
        "'x'",
    ],
)
def test_nothing_outside_the_language_is_read(text: str) -> None:
    with pytest.raises(RuleExpressionError):
        compile_expression(text)


def test_missing_evidence_makes_a_condition_false_and_a_threshold_undefined() -> None:
    expression = compile_expression("missing > 1")
    assert not expression.holds(VALUES)
    with pytest.raises(UndefinedEvidenceError):
        expression.value(VALUES)


def test_a_division_by_zero_names_the_expression() -> None:
    with pytest.raises(RuleExpressionError, match="a / zero"):
        compile_expression("a / zero").value(VALUES)


def test_an_expression_knows_the_names_it_asks_for() -> None:
    assert compile_expression("has(x.y) and a > min(b, 1)").names == {"x.y", "a", "b"}


@given(x=NUMBERS, y=NUMBERS)
def test_arithmetic_is_that_of_numbers(x: float, y: float) -> None:
    values = {"x": x, "y": y}
    assert compile_expression("x * 2 - y").value(values) == x * 2 - y
    assert compile_expression("x <= y").value(values) == float(x <= y)


@given(x=NUMBERS, digits=st.integers(min_value=1, max_value=6))
def test_rounding_never_passes_the_number_the_wrong_way(x: float, digits: int) -> None:
    slack = 1e-9 * abs(x)
    assert floor_to(x, digits) <= x + slack
    assert ceil_to(x, digits) >= x - slack
    assert floor_to(x, digits) - slack <= round_to(x, digits) <= ceil_to(x, digits) + slack


def test_round_numbers_stay_what_they_are() -> None:
    assert [floor_to(v, 4) for v in (724.0, 0.45, 1160.0, 3420.0, 87.6)] == [
        724.0,
        0.45,
        1160.0,
        3420.0,
        87.6,
    ]
