"""Great Expectations judges metric rows; the only module that imports it.

The import costs seconds and hundreds of megabytes, so it happens once per process, at the first
judgement. The context lives in memory and sends nothing anywhere.
"""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Limit:
    """Bounds of one metric; None means open on that side."""

    minimum: float | None = None
    maximum: float | None = None

    def __str__(self) -> str:
        """Say the bounds in words."""
        if self.minimum is not None and self.maximum is not None:
            return (
                f"= {self.minimum:g}"
                if self.minimum == self.maximum
                else f"{self.minimum:g} … {self.maximum:g}"
            )
        return f"≤ {self.maximum:g}" if self.maximum is not None else f"≥ {self.minimum:g}"


NONE_BROKEN = Limit(0.0, 0.0)


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


def judge(metrics: Mapping[str, float], limits: Mapping[str, Limit]) -> dict[str, bool]:
    """Judge one metric row.

    Args:
        metrics: value of each metric by check name.
        limits: bounds of each metric; the same names.

    Returns:
        Whether each check holds.

    Raises:
        ExpectationFailedToRunError: Great Expectations reports an exception for a check.
    """
    if not metrics:
        return {}
    batches = _batches()
    import great_expectations as gx  # noqa: PLC0415 - lazy on purpose
    import great_expectations.expectations as gxe  # noqa: PLC0415

    row = pl.DataFrame({name: [float(value)] for name, value in metrics.items()}).to_pandas()
    suite = gx.ExpectationSuite(
        name="gate",
        expectations=[
            gxe.ExpectColumnValuesToBeBetween(
                column=name, min_value=limit.minimum, max_value=limit.maximum, meta={"check": name}
            )
            for name, limit in limits.items()
        ],
    )
    report = batches.get_batch(batch_parameters={"dataframe": row}).validate(
        suite, result_format="BOOLEAN_ONLY"
    )
    verdicts: dict[str, bool] = {}
    for result in report.results:
        check = str(result.expectation_config.meta["check"])
        if reason := _exception(result.exception_info):
            raise ExpectationFailedToRunError(check, reason)
        # A metric that is not a number would pass as "missing": it is a failure of its own.
        verdicts[check] = bool(result.success) and math.isfinite(metrics[check])
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
