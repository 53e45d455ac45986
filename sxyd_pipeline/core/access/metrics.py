"""Metrics a clause may limit: what each means, in what unit, how it is computed, and when two compare.

A row of ``data/reference/clause_metrics.csv`` says by which ``kind`` a metric is computed from the tables
(:mod:`sxyd_pipeline.core.access.checks_of`), by which word of ``project`` a proposed project is judged
(:mod:`sxyd_pipeline.core.access.project`), and what is missing where it cannot be computed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.vocabulary.clauses import read_unit

#: Relative slack of comparisons: figures that people type are rounded.
SLACK = 1e-9


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric of a clause.

    Attributes:
        code: name; the suffix says the unit.
        zh: Chinese name.
        en: English name.
        unit: unit values are brought to.
        accepted_units: spellings that mean the unit itself although they look like another.
        kind: how it is computed from the tables; ``none`` where no table holds it.
        subject: species, fuels or activities it is about.
        is_at_most: a smaller value is the stricter limit.
        is_total: it limits the total of its own scope, so a part is never compared with the whole but
            for being greater than it.
        project: word that says how a project is judged, with what follows the colon.
        missing_zh: what is missing where it cannot be computed.
        missing_en: the same in English.
    """

    code: str
    zh: str
    en: str
    unit: str
    accepted_units: tuple[str, ...]
    kind: str
    subject: tuple[str, ...]
    is_at_most: bool
    is_total: bool
    project: str
    missing_zh: str
    missing_en: str


def metrics_of(clause_metrics: pl.DataFrame) -> dict[str, Metric]:
    """Return the metrics of ``clause_metrics.csv`` by name."""
    return {
        row["metric"]: Metric(
            code=row["metric"],
            zh=row["name_zh"],
            en=row["name_en"],
            unit=row["unit"],
            accepted_units=_parts(row["accepted_units"]),
            kind=row["kind"],
            subject=_parts(row["subject"]),
            is_at_most=row["direction"] == "at_most",
            is_total=row["comparable"] == "total",
            project=row["project"],
            missing_zh=row["missing_zh"] or "没有保存该指标的数据表",
            missing_en=row["missing_en"] or "no table holds the metric",
        )
        for row in clause_metrics.iter_rows(named=True)
    }


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(part for part in (text or "").split(";") if part)


def in_metric_unit(value: float, unit: str | None, metric: Metric) -> float | None:
    """Bring a threshold to the unit of its metric.

    Args:
        value: threshold as stated.
        unit: unit as stated; empty means the unit of the metric.
        metric: what is limited.

    Returns:
        The value in ``metric.unit``; None when the unit measures something else.
    """
    if not unit or unit == metric.unit or unit in metric.accepted_units:
        return value
    stated, wanted = read_unit(unit), read_unit(metric.unit)
    if stated is None or wanted is None or stated.quantity != wanted.quantity:
        return None
    return value * stated.factor / wanted.factor


def is_stricter(value: float, than: float, metric: Metric) -> bool:
    """Tell whether a limit is stricter than another one, both in the unit of the metric."""
    slack = SLACK * max(abs(value), abs(than))
    return value < than - slack if metric.is_at_most else value > than + slack


def margin_of(actual: float, threshold: float, operator: str) -> float:
    """Return the distance to the limit in the metric's unit; negative when it is broken."""
    if operator in {"<=", "<"}:
        return threshold - actual
    if operator in {">=", ">"}:
        return actual - threshold
    return -abs(actual - threshold)


def holds(actual: float, threshold: float, operator: str) -> bool:
    """Tell whether a limit is kept, with the slack of rounded figures."""
    margin, slack = margin_of(actual, threshold, operator), SLACK * max(abs(actual), abs(threshold))
    if operator in {"<", ">"}:
        return margin > slack
    return margin >= -slack


def is_checkable(clause: Mapping[str, object], metrics: Mapping[str, Metric]) -> bool:
    """Tell whether metric, operator and threshold are there and a table holds the metric."""
    metric = metrics.get(str(clause.get("metric") or ""))
    complete = clause.get("operator") is not None and clause.get("threshold") is not None
    return metric is not None and complete and metric.kind != "none"
