import subprocess
import sys

import pytest

from sxyd_pipeline.checks.expectations import NONE_BROKEN, ExpectationFailedToRunError, Limit, judge


def test_zero_broken_rows_pass_and_one_fails() -> None:
    assert judge({"a": 0.0, "b": 1.0}, {"a": NONE_BROKEN, "b": NONE_BROKEN}) == {"a": True, "b": False}


def test_a_metric_that_is_not_a_number_never_passes() -> None:
    assert judge({"a": float("nan")}, {"a": Limit(0.0, 1.0)}) == {"a": False}


def test_an_open_side_has_no_bound() -> None:
    assert judge({"a": 1e12, "b": -1.0}, {"a": Limit(minimum=0.0), "b": Limit(minimum=0.0)}) == {"a": True, "b": False}


def test_a_check_that_cannot_run_is_an_error_not_a_failure() -> None:
    with pytest.raises(ExpectationFailedToRunError, match="lost"):
        judge({"a": 0.0}, {"lost": NONE_BROKEN})


def test_the_gate_module_does_not_import_great_expectations_by_itself() -> None:
    code = "import sys, sxyd_pipeline.checks.gates as g; sys.exit('great_expectations' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
