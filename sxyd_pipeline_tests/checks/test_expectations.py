import subprocess
import sys

import pandas as pd
import pytest

from sxyd_pipeline.checks import expectations
from sxyd_pipeline.checks.expectations import ExpectationFailedToRunError, judge


def test_zero_broken_rows_pass_and_one_fails() -> None:
    assert judge({"a": 0.0, "b": 1.0, "c": 0.0}) == {"a": True, "b": False, "c": True}


def test_no_check_needs_no_judge() -> None:
    assert judge({}) == {}


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_a_metric_that_is_not_a_number_never_passes(value: float) -> None:
    assert judge({"a": value, "b": 0.0}) == {"a": False, "b": True}


def test_a_check_that_cannot_run_is_an_error_not_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    judge({"a": 0.0})
    monkeypatch.setattr(expectations, "BROKEN", "no column of the frame")
    monkeypatch.setattr(expectations.pl, "DataFrame", lambda _: _Frame())
    with pytest.raises(ExpectationFailedToRunError, match="a"):
        judge({"a": 0.0})


class _Frame:
    """A metric frame without the metric."""

    def to_pandas(self) -> object:
        return pd.DataFrame({"check": ["a"]})


def test_the_gate_module_does_not_import_great_expectations_by_itself() -> None:
    code = "import sys, sxyd_pipeline.checks.gates as g; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
