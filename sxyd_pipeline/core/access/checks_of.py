"""Check every quantitative clause: pass, fail with margin, or not computable and what is missing.

Checked now (base year) and in the horizons of every scenario, from the target year of the clause on; the
state of now is always told, so that a limit of 2035 shows how far it is.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from sxyd_pipeline.contracts.access import CLAUSE_CHECKS
from sxyd_pipeline.core.access.checks_of_finders import FINDERS, Desk, Found, missing, no_table
from sxyd_pipeline.core.access.checks_of_tables import BASELINE, CheckedTables
from sxyd_pipeline.core.access.inherit_subjects import Limit, limit_of
from sxyd_pipeline.core.access.metrics import Metric, holds, margin_of, metrics_of
from sxyd_pipeline.core.access.rules import readable
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference

Row = Mapping[str, Any]


def check_clauses(
    clauses: pl.DataFrame, tables: CheckedTables, reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Check the quantitative clauses of a list.

    Args:
        clauses: ``access.clauses``; withdrawn ones are left out.
        tables: inventory and projections.
        reference: metrics, fuels, prohibited fuels.
        config: base year and horizons.

    Returns:
        ``access.clause_checks``, sorted by its key. Fuels and emissions are judged by facility and by
        control unit, totals in their scope, shares and concentrations for the city.
    """
    metrics = metrics_of(reference.clause_metrics)
    desk = Desk(tables, reference, config, metrics.values())
    quantitative = clauses.filter(
        pl.col("state") != "withdrawn",
        pl.col("metric").is_not_null() & pl.col("operator").is_not_null() & pl.col("threshold").is_not_null(),
    )
    rows = [row for clause in quantitative.iter_rows(named=True) for row in _check(clause, metrics, desk)]
    frame = pl.DataFrame(rows, schema=CLAUSE_CHECKS.schema, orient="row")
    return frame.sort(*CLAUSE_CHECKS.key)


def _check(clause: Row, metrics: Mapping[str, Metric], desk: Desk) -> Iterator[dict[str, Any]]:
    limit = limit_of(clause, metrics)
    if limit is None:
        metric = metrics.get(clause["metric"])
        zh = (
            "没有保存该指标的数据表"
            if metric is None
            else f"限值单位 {clause['unit']} 不能换算为 {metric.unit}"
        )
        en = (
            "no table holds the metric"
            if metric is None
            else f"the unit {clause['unit']} does not convert to {metric.unit}"
        )
        yield _row(clause, clause["threshold"], clause["unit"], missing(clause, desk, zh, en))
        return
    finder = FINDERS.get(limit.metric.kind, no_table)
    found = [one for one in finder(clause, limit, desk) if _is_due(one, limit, desk)]
    for one in found or [missing(clause, desk, *_WHEN_EMPTY)]:
        yield _row(clause, limit.value, limit.metric.unit, one)


_WHEN_EMPTY = ("范围内没有该条款的检验对象", "nothing in the scope falls under the clause")


def _is_due(one: Found, limit: Limit, desk: Desk) -> bool:
    """Now is told once: every scenario starts from the same base year."""
    if one.year == desk.config.base_year:
        return one.scenario_id == BASELINE
    return limit.target_year is None or one.year >= limit.target_year


def _row(clause: Row, threshold: float | None, unit: str | None, one: Found) -> dict[str, Any]:
    operator = clause["operator"]
    base = {
        "city_code": clause["city_code"], "clause_id": clause["clause_id"], "scope_type": one.scope_type,
        "scope_code": one.scope_code, "scenario_id": one.scenario_id, "year": one.year,
        "metric": clause["metric"], "operator": operator, "threshold": threshold, "actual": one.actual,
        "unit": unit,
    }  # fmt: skip
    if one.actual is None or threshold is None:
        return {
            **base,
            "margin": None,
            "margin_share": None,
            "verdict": "not_computable",
            "why_zh": one.note_zh,
            "why_en": one.note_en,
        }
    margin = margin_of(one.actual, threshold, operator)
    passed = holds(one.actual, threshold, operator)
    told = f"{readable(one.actual)} {unit} {operator} {readable(threshold)} {unit}"
    return {
        **base,
        "margin": margin,
        "margin_share": margin / abs(threshold) if threshold else None,
        "verdict": "pass" if passed else "fail",
        "why_zh": f"{one.year} 年：{told}，"
        + (f"余量 {readable(margin)}" if passed else f"差 {readable(-margin)}")
        + f"{one.note_zh}",
        "why_en": f"{one.year}: {told}, "
        + (f"margin {readable(margin)}" if passed else f"short by {readable(-margin)}")
        + f"{one.note_en}",
    }
