"""The audit of one result: contract, invariants and plausibility, judged together.

Used twice: by the gate before a result is stored, and by the release on what lies on disk.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.expectations import NONE_BROKEN, judge
from sxyd_pipeline.checks.frames import attributes_of
from sxyd_pipeline.checks.metrics import COLUMNS, kinds_of, measure
from sxyd_pipeline.checks.results import SAMPLE_ROWS, CheckResult, CheckStrength
from sxyd_pipeline.contracts.catalog import TABLE_BY_ASSET
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule beyond one column: a function that returns the rows that break it.

    Parameters of the function are matched by name: ``result`` (table of the asset without
    geometry), ``layer`` (the same with geometry), ``outcome`` (all parts), ``last`` (table of the
    last good shard, or None), or any parent of the asset. Annotations say in which form.
    """

    name: str
    strength: CheckStrength
    zh: str
    en: str
    function: Callable[..., pl.DataFrame]
    shown_under: str = ""

    @property
    def panel(self) -> str:
        """Check of the UI the rule is shown under; its own unless it shares one."""
        return self.shown_under or self.name

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(inspect.signature(self.function).parameters)

    @property
    def compares_runs(self) -> bool:
        """Tell whether the rule looks at an earlier run."""
        return "last" in self.needs


@dataclass(frozen=True, slots=True)
class Case:
    """What is audited: a result, its parents and the city.

    Attributes:
        table: contract of the result.
        outcome: all parts of the result.
        city: adcode.
        parents: results of the parents, by asset name.
        last: table of the last good shard, or None.
    """

    table: Table
    outcome: Outcome
    city: str
    parents: Mapping[str, object]
    last: pl.DataFrame | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One check of the UI: the verdicts shown under it, known before any run."""

    name: str
    blocks: bool
    description: str


def panels_of(table: Table, rules: Sequence[Rule]) -> list[Panel]:
    """Return the checks of the UI for a table, in order."""
    members = [(k.panel, True, f"{k.zh} / {k.en}") for k in kinds_of(table)]
    members += [(r.panel, r.strength != "plausibility", f"{r.zh} / {r.en}") for r in rules]
    names = dict.fromkeys(panel for panel, _, _ in members)
    return [
        Panel(
            name,
            any(blocks for panel, blocks, _ in members if panel == name),
            "；".join(words for panel, _, words in members if panel == name),
        )
        for name in names
    ]


def audit(case: Case, rules: Sequence[Rule]) -> list[CheckResult]:
    """Audit one result.

    Args:
        case: the result with what it is compared to.
        rules: invariants and plausibility rules of the asset.

    Returns:
        One verdict per check. Rules across tables are left out when columns are missing, since
        they could not be computed; the columns check says what is missing.

    Raises:
        ExpectationFailedToRunError: a check could not be evaluated.
    """
    measured = measure(case.table, case.outcome.table, case.city)
    readable = all(m.count == 0 for m in measured if m.kind is COLUMNS)
    broken = {rule.name: (rule, apply(rule, case)) for rule in rules} if readable else {}
    metrics = {m.kind.name: float(m.count) for m in measured} | {
        name: float(rows.height) for name, (_, rows) in broken.items()
    }
    verdicts = judge(metrics)
    contract = [
        CheckResult(
            name=m.kind.name,
            panel=m.kind.panel,
            strength="contract",
            passed=verdicts[m.kind.name],
            observed=float(m.count),
            expected=NONE_BROKEN,
            zh=m.kind.zh,
            en=m.kind.en,
            offending_rows=m.count,
            sample=m.sample,
            detail=m.detail,
        )
        for m in measured
    ]
    return contract + [
        CheckResult(
            name=name,
            panel=rule.panel,
            strength=rule.strength,
            passed=verdicts[name],
            observed=float(rows.height),
            expected=NONE_BROKEN,
            zh=rule.zh,
            en=rule.en,
            offending_rows=rows.height,
            sample=rows.head(SAMPLE_ROWS),
            compares_runs=rule.compares_runs,
        )
        for name, (rule, rows) in broken.items()
    ]


def count_broken(case: Case, rules: Sequence[Rule]) -> dict[str, float]:
    """Count broken rows per blocking rule without judging them; the release judges all tables at once."""
    counts = {m.kind.name: float(m.count) for m in measure(case.table, case.outcome.table, case.city)}
    if counts[COLUMNS.name]:
        return counts
    blocking = [rule for rule in rules if rule.strength != "plausibility" and not rule.compares_runs]
    return counts | {rule.name: float(apply(rule, case).height) for rule in blocking}


def apply(rule: Rule, case: Case) -> pl.DataFrame:
    """Return the rows of a case that break a rule."""
    own = dict.fromkeys(("outcome", "result", "layer", case.table.asset), case.outcome)
    available: dict[str, object] = {**case.parents, "last": case.last, **own}
    contracts = {**TABLE_BY_ASSET, **dict.fromkeys(own, case.table)}
    parameters = inspect.signature(rule.function).parameters
    return rule.function(
        **{name: _as(available[name], p.annotation, contracts.get(name)) for name, p in parameters.items()}
    )


def _as(value: object, annotation: Any, contract: Table | None) -> object:
    """Bring a result to the form a parameter is annotated with."""
    if isinstance(value, Outcome) and annotation is not Outcome:
        value = value.table
    if annotation is pl.DataFrame and contract is not None and isinstance(value, gpd.GeoDataFrame):
        return attributes_of(value, contract)
    return value
