"""Great Expectations judges metric rows; the only module that imports it.

The import costs seconds and hundreds of megabytes, so it happens once per process, at the first
judgement. The context lives in memory and sends nothing anywhere.
"""

import math
import threading
import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

import polars as pl

from sxyd_pipeline.errors import SxydError


class ExpectationFailedToRunError(SxydError):
    """Great Expectations could not evaluate an expectation: that is a fault of the gate, not of the data."""

    def __init__(self, check: str, reason: str) -> None:
        """Name the check and the reason Great Expectations gives."""
        super().__init__(
            f"检查 {check} 无法执行：{reason}",
            f"check {check} could not be evaluated: {reason}",
            remedy_zh="运行 sxyd doctor 核对已安装的版本",
            remedy_en="run sxyd doctor to compare the installed versions",
        )


#: What every metric is held to: no row (or column, or geometry) may break its rule.
NONE_BROKEN = "= 0"
CHECK, BROKEN = "check", "broken"


_BEGINNING = threading.Lock()


@cache
def _batches() -> Any:
    """Return the batch definition all metric rows go through (one in-memory context per process)."""
    with warnings.catch_warnings():
        # Its import still touches a deprecated module of the standard library; that is not ours to mend.
        warnings.simplefilter("ignore", DeprecationWarning)
        import great_expectations as gx  # noqa: PLC0415 - lazy on purpose, see the module's docstring
        from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.enable_analytics(enable=False)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("metrics").add_dataframe_asset("metric_row")
    return asset.add_batch_definition_whole_dataframe("whole")


def warm_up() -> None:
    """Begin to import the judge in the background, while packages are read and Dagster starts.

    The import takes longer than most steps; a first gate that comes too early waits for it. To be called
    when the caller's own imports are done: two threads that import libraries with circular imports at once
    may see one of them half made.
    """
    threading.Thread(target=_ready, name="warm-up", daemon=True).start()


def _ready() -> Any:
    """Return the batch definition; two threads that ask at once get the same one."""
    with _BEGINNING:
        return _batches()


def judge(broken: Mapping[str, float]) -> dict[str, bool]:
    """Judge how many rows break each rule: none may.

    The metrics form a frame with one row per check, so that one expectation judges all of them and
    its cost depends neither on the size of the table nor on the number of rules.

    Args:
        broken: number of offending rows by check.

    Returns:
        Whether each check holds; a metric that is not a number does not.

    Raises:
        ExpectationFailedToRunError: Great Expectations reports an exception.
    """
    if not broken:
        return {}
    batches = _ready()
    from great_expectations.expectations.core.expect_column_values_to_be_between import (  # noqa: PLC0415 - lazy
        ExpectColumnValuesToBeBetween,
    )

    # A missing value would be passed over; minus one is outside the bounds like any offence.
    metrics = [float(value) if math.isfinite(value) else -1.0 for value in broken.values()]
    frame = pl.DataFrame({CHECK: list(broken), BROKEN: metrics}).to_pandas()
    batch = batches.get_batch(batch_parameters={"dataframe": frame})
    expectation = ExpectColumnValuesToBeBetween(column=BROKEN, min_value=0.0, max_value=0.0)
    result = batch.validate(expectation, result_format="BOOLEAN_ONLY")
    if result.success is False:
        # Which ones is asked only where some do: the answer takes twice as long.
        named = {"result_format": "COMPLETE", "unexpected_index_column_names": [CHECK]}
        result = batch.validate(expectation, result_format=named)
    if reason := _exception(result.exception_info):
        raise ExpectationFailedToRunError("、".join(broken), reason)
    failed = {str(row[CHECK]) for row in result.result.get("unexpected_index_list") or ()}
    verdicts = {check: check not in failed for check in broken}
    if all(verdicts.values()) != bool(result.success):
        raise ExpectationFailedToRunError(
            "、".join(broken), "success and unexpected rows contradict each other"
        )
    return verdicts


def _exception(info: Mapping[str, Any] | None) -> str:
    """Return the message of an exception Great Expectations caught, else an empty text."""
    if not info:
        return ""
    if "raised_exception" in info:
        return str(info.get("exception_message")) if info["raised_exception"] else ""
    caught = [
        nested for nested in info.values() if isinstance(nested, Mapping) and nested.get("raised_exception")
    ]
    return str(caught[0].get("exception_message")) if caught else ""
