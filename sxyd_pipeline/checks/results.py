"""What a gate found: one value per check, and the frame that ``quality.checks`` is made of."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.contracts.quality import CHECKS
from sxyd_pipeline.core.outcome import Outcome

#: Rows shown of those that break a rule; enough to see the pattern, small enough for an event.
SAMPLE_ROWS = 20

CheckStrength = Literal["contract", "invariant", "plausibility"]

#: Columns of ``quality.checks``, and whether the check compares with an earlier run.
CHECKS_SCHEMA: dict[str, type[pl.DataType]] = {**CHECKS.schema, "compares_runs": pl.Boolean}


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Verdict on one rule for one asset and city.

    Attributes:
        name: identifier of the check within its asset.
        panel: check of the UI it is shown under.
        strength: contract and invariant block, plausibility warns.
        passed: whether the rule holds.
        observed: the metric that was judged.
        expected: what was expected, in words.
        zh: the rule in Chinese.
        en: the rule in English.
        offending_rows: how many rows break it.
        sample: up to :data:`SAMPLE_ROWS` of them.
        detail: where it breaks, in words (columns and counts), empty when it holds.
        compares_runs: the verdict depends on an earlier run, so it is shown but not released.
    """

    name: str
    panel: str
    strength: CheckStrength
    passed: bool
    observed: float | None
    expected: str
    zh: str
    en: str
    offending_rows: int = 0
    sample: pl.DataFrame = field(default_factory=pl.DataFrame)
    detail: str = ""
    compares_runs: bool = False

    @property
    def blocks(self) -> bool:
        """Tell whether the result stops the city."""
        return not self.passed and self.strength != "plausibility"


@dataclass(frozen=True, slots=True)
class Audited:
    """A result that passed its gate, with the verdicts that are stored beside it."""

    table: Table
    outcome: Outcome
    checks: tuple[CheckResult, ...]


def checks_frame(results: Sequence[CheckResult], table: Table, city: str) -> pl.DataFrame:
    """Return the verdicts as rows with :data:`CHECKS_SCHEMA`, sorted by check."""
    rows = [
        {
            "city_code": city,
            "asset": table.asset,
            "table_name": table.full_name,
            "check_name": result.name,
            "strength": result.strength,
            "passed": result.passed,
            "observed": result.observed,
            "expected": result.expected,
            "description": f"{result.zh} / {result.en}" + (f"：{result.detail}" if result.detail else ""),
            "offending_rows": result.offending_rows,
            "sample": sample_json(result.sample),
            "compares_runs": result.compares_runs,
        }
        for result in results
    ]
    return pl.DataFrame(rows, schema=CHECKS_SCHEMA, orient="row").sort("check_name")


def sample_json(sample: pl.DataFrame) -> str | None:
    """Return offending rows as JSON text, or None when there are none."""
    if sample.is_empty():
        return None
    return json.dumps(sample.head(SAMPLE_ROWS).to_dicts(), ensure_ascii=False, default=str)
