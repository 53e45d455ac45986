"""Gates: turn a declared function into a Dagster asset that is audited before it is stored.

A result that breaks a contract or an invariant is never handed to the I/O manager: the verdicts
are recorded with the offending rows, the step fails, and the last good shard stays what it was.
"""

import inspect
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import dagster as dg
import polars as pl

from sxyd_pipeline.checks.audit import Case, Rule, audit, panels_of
from sxyd_pipeline.checks.invariants import rules_of
from sxyd_pipeline.checks.results import Audited, CheckResult, sample_json
from sxyd_pipeline.checks.showcase import as_markdown, definition_metadata, result_metadata
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.errors import SxydError

#: Parameters an asset may ask for besides its parents, and the Dagster resource behind each.
RESOURCES = ("packages", "reference", "lake", "publisher")
FAILURES = "sxyd_failures"
_CONTEXT = "context"


class Declared(Protocol):
    """A declared asset: what :mod:`sxyd_pipeline.assets.declaration` keeps of a function."""

    @property
    def function(self) -> Callable[..., Any]: ...  # noqa: D102 - the function itself
    @property
    def group(self) -> str: ...  # noqa: D102 - group of the graph
    @property
    def reads_package(self) -> bool: ...  # noqa: D102 - reads files of the package
    @property
    def after(self) -> tuple[str, ...]: ...  # noqa: D102 - parents that are no parameters
    @property
    def kinds(self) -> tuple[str, ...]: ...  # noqa: D102 - formats of what it writes
    @property
    def name(self) -> str: ...  # noqa: D102 - name of the asset


@dataclass(frozen=True, slots=True)
class House:
    """What all assets share.

    Attributes:
        partitions: one partition per city.
        package: key of the external asset that stands for a city package.
        condition: when automation refreshes an asset.
        code_version: version of the program.
        owner: shown as the owner of every asset.
    """

    partitions: dg.PartitionsDefinition[str]
    package: str
    condition: dg.AutomationCondition[Any] | None
    code_version: str
    owner: str = "team:sxyd"


def gate(declared: Declared, table: Table | None, house: House) -> dg.AssetsDefinition:
    """Return the Dagster asset of a declared function.

    Args:
        declared: function, group and what it reads.
        table: contract of the result; None for deliverables and the release, which store themselves.
        house: what all assets share.
    """
    parameters = inspect.signature(declared.function).parameters
    resources = {name for name in parameters if name in RESOURCES}
    parents = {
        name: dg.AssetIn(name, dagster_type=p.annotation)
        for name, p in parameters.items()
        if name not in resources and name != _CONTEXT
    }
    hands_on_outcome = inspect.signature(declared.function).return_annotation is Outcome
    rules = rules_of(table, hands_on_outcome=hands_on_outcome) if table else ()
    work = _work(declared, table, hands_on_outcome=hands_on_outcome, needed=tuple(parameters))
    with warnings.catch_warnings():
        # Checks by partition are marked a preview; the measured alternatives lose the partition.
        warnings.simplefilter("ignore", dg.PreviewWarning)
        checks = [
            dg.AssetCheckSpec(
                panel.name, asset=declared.name, description=panel.description, blocking=panel.blocks,
                partitions_def=house.partitions,
            )
            for panel in (panels_of(table, rules) if table else [])
        ]  # fmt: skip
    return dg.asset(
        name=declared.name,
        ins=parents,
        # The switch of a module stands in the package: whoever belongs to one follows it.
        deps=[
            *declared.after,
            *([house.package] if declared.reads_package or (table is not None and table.module) else []),
        ],
        group_name=declared.group,
        description=_description(declared, table),
        partitions_def=house.partitions,
        check_specs=checks,
        automation_condition=house.condition,
        required_resource_keys=resources
        | {"lake", "progress"}
        | ({"packages"} if table is not None and table.module else set()),
        metadata=definition_metadata(table) if table else {},
        kinds=set(declared.kinds) or {"polars", "geoparquet" if table and table.has_geometry else "parquet"},
        tags={"stage": declared.group},
        owners=[house.owner],
        code_version=house.code_version,
        pool="publisher" if "duckdb" in declared.kinds else None,
        io_manager_key="io_manager",
    )(work)


def _work(
    declared: Declared, table: Table | None, *, hands_on_outcome: bool, needed: tuple[str, ...]
) -> Callable[..., Iterator[Any]]:
    """Return the step: call the function, audit, and either hand on or stop."""

    def step(context: dg.AssetExecutionContext, **parents: object) -> Iterator[Any]:
        city, started = context.partition_key, time.perf_counter()
        progress = context.resources.progress
        progress(declared.name, "started", 0.0)
        available = {**parents, _CONTEXT: context} | {
            name: getattr(context.resources, name) for name in needed if name in RESOURCES
        }
        try:
            is_off = table is not None and bool(table.module) and not _has_module(context, table.module)
            result = (
                table.empty()
                if table is not None and is_off
                else declared.function(**{name: available[name] for name in needed})
            )
            if table is None:
                progress(declared.name, "done", time.perf_counter() - started)
                yield result
                return
            outcome = result if isinstance(result, Outcome) else Outcome(result)
            # What is empty because its module is off is compared with nothing.
            rules = () if is_off else rules_of(table, hands_on_outcome=hands_on_outcome)
            verdicts = _audit(context, table, outcome, parents, rules)
        except SxydError as error:
            progress(declared.name, "blocked", time.perf_counter() - started)
            raise _stopped_by_error(context, declared.name, error) from None
        answers = _answers(declared.name, verdicts) + (
            _idle_answers(declared.name, table, verdicts, hands_on_outcome=hands_on_outcome) if is_off else []
        )
        broken = [verdict for verdict in verdicts if verdict.blocks]
        if broken:
            yield from answers
            progress(declared.name, "blocked", time.perf_counter() - started)
            raise _stopped_by_gate(context, declared.name, table, broken)
        packed = context.resources.lake.pack(Audited(table, outcome, tuple(verdicts)), city)
        yield dg.MaterializeResult(
            value=packed,
            check_results=answers,
            metadata=result_metadata(table, outcome, parents),
            data_version=dg.DataVersion(packed.result_hash),
        )
        progress(declared.name, "done", time.perf_counter() - started)

    return step


def _has_module(context: dg.AssetExecutionContext, module: str) -> bool:
    """Tell whether the city has an optional module on: an asset of a module that is off is not called."""
    return bool(context.resources.packages.open(context.partition_key).config.has_module(module))


def _audit(
    context: dg.AssetExecutionContext,
    table: Table,
    outcome: Outcome,
    parents: Mapping[str, object],
    rules: Sequence[Rule],
) -> list[CheckResult]:
    last: pl.DataFrame | None = None
    if any(rule.compares_runs for rule in rules):
        store = context.resources.lake.store
        last = (
            store.load_table(table.asset, context.partition_key)
            if store.current(table.asset, context.partition_key)
            else None
        )
    return audit(Case(table, outcome, context.partition_key, parents, last), rules)


def _answers(asset: str, verdicts: list[CheckResult]) -> list[dg.AssetCheckResult]:
    """Return the verdicts as checks of the UI, neighbours under one panel."""
    panels = dict.fromkeys(verdict.panel for verdict in verdicts)
    return [_answer(asset, panel, [v for v in verdicts if v.panel == panel]) for panel in panels]


def _idle_answers(
    asset: str, table: Table, verdicts: list[CheckResult], *, hands_on_outcome: bool
) -> list[dg.AssetCheckResult]:
    """Return the checks of the UI that have nothing to judge while the module is off."""
    judged = {verdict.panel for verdict in verdicts}
    return [
        dg.AssetCheckResult(
            passed=True, asset_key=asset, check_name=panel.name, description="模块未启用 / the module is off"
        )
        for panel in panels_of(table, rules_of(table, hands_on_outcome=hands_on_outcome))
        if panel.name not in judged
    ]


def _answer(asset: str, panel: str, verdicts: list[CheckResult]) -> dg.AssetCheckResult:
    """Return one check of the UI, with up to 20 offending rows for each broken rule."""
    broken = [verdict for verdict in verdicts if not verdict.passed]
    shown: dict[str, Any] = {"offending_rows": sum(verdict.offending_rows for verdict in verdicts)}
    for verdict in broken:
        words = f"{verdict.zh} / {verdict.en}: {verdict.offending_rows}"
        table = f"\n\n{as_markdown(verdict.sample)}" if not verdict.sample.is_empty() else ""
        shown[verdict.name] = dg.MetadataValue.md(f"{words} {verdict.detail}{table}")
    only_warns = all(verdict.strength == "plausibility" for verdict in broken or verdicts)
    return dg.AssetCheckResult(
        passed=not broken,
        asset_key=asset,
        check_name=panel,
        severity=dg.AssetCheckSeverity.WARN if only_warns else dg.AssetCheckSeverity.ERROR,
        description="；".join(f"{verdict.zh} / {verdict.en}" for verdict in broken) or None,
        metadata=shown,
    )


def _stopped_by_gate(
    context: dg.AssetExecutionContext, asset: str, table: Table, broken: list[CheckResult]
) -> dg.Failure:
    failures = [
        {
            "asset": asset,
            "rule": verdict.name,
            "message_zh": f"{table.label}（{table.full_name}）未通过检查“{verdict.zh}”，"
            f"{verdict.offending_rows} 行" + (f"：{verdict.detail}" if verdict.detail else ""),
            "message_en": f"{table.english} ({table.full_name}) fail the check '{verdict.en}', "
            f"{verdict.offending_rows} row(s)" + (f": {verdict.detail}" if verdict.detail else ""),
            "remedy_zh": "按所列行修改数据包后重新运行；上一次的结果保持不变",
            "remedy_en": "mend the package as the rows say and run again; the last result is untouched",
            "rows": verdict.offending_rows,
            "sample": sample_json(verdict.sample),
        }
        for verdict in broken
    ]
    return _stop(context, asset, failures)


def _stopped_by_error(context: dg.AssetExecutionContext, asset: str, error: SxydError) -> dg.Failure:
    failure = {
        "asset": asset,
        "rule": error.rule,
        "message_zh": error.zh + (f"（{error.place}）" if str(error.place) else ""),
        "message_en": error.en + (f" ({error.place})" if str(error.place) else ""),
        "remedy_zh": error.remedy_zh,
        "remedy_en": error.remedy_en,
        "rows": 0,
        "sample": None,
    }
    return _stop(context, asset, [failure])


def _stop(context: dg.AssetExecutionContext, asset: str, failures: list[dict[str, Any]]) -> dg.Failure:
    """Record why a result was not stored, and return the failure to raise."""
    record = {
        "asset": asset,
        "city": context.partition_key,
        "run_id": context.run.run_id,
        "failures": failures,
    }
    context.resources.lake.store.record_block(asset, context.partition_key, record)
    described = "\n".join(
        f"{f['message_zh']} → {f['remedy_zh']}\n{f['message_en']} → {f['remedy_en']}" for f in failures
    )
    return dg.Failure(
        description=described, metadata={FAILURES: dg.MetadataValue.json(failures)}, allow_retries=False
    )


def _description(declared: Declared, table: Table | None) -> str:
    sentence = inspect.getdoc(declared.function) or ""
    if table is None:
        return sentence
    return f"**{table.label}** · {sentence}\n\n`{table.full_name}` · {table.grain} · {table.source}"
