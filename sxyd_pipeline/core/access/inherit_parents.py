"""Clauses of province, region and basin that hold in a city: ``data/reference/parent_clauses.csv``."""

import polars as pl

from sxyd_pipeline.contracts.access import CLAUSES
from sxyd_pipeline.core.access.metrics import in_metric_unit, is_checkable, is_stricter, metrics_of
from sxyd_pipeline.core.reference import Reference

PARENT = "parent"
NEUTRAL = "中性"


def parents_of(reference: Reference, adcode: str) -> pl.DataFrame:
    """Return the parent clauses that hold in a city, as rows of ``access.clauses``.

    A row holds where the code of the city begins with one of its ``adcode_prefixes``. Where a limit stands
    with the confidence of its source (read, recalled, default) is told in ``threshold_source``.
    """
    metrics = metrics_of(reference.clause_metrics)
    rows = [
        {
            "city_code": adcode,
            **{name: row.get(name) for name in CLAUSES.schema if name in row},
            "scope_type": row["level"],
            "state": "kept",
            "origin": PARENT,
            "synergy_tag": NEUTRAL,
            "threshold_source": f"{row['basis']}（{row['confidence']}：{row['cited_from']}）",
            "is_checkable": is_checkable(row, metrics),
            "reason_zh": f"上级要求：{row['scope_name']}（{row['basis']}）",
            "reason_en": f"requirement of a higher level: {row['scope_code']}",
        }
        for row in reference.parent_clauses.iter_rows(named=True)
        if any(adcode.startswith(prefix) for prefix in row["adcode_prefixes"].split(";"))
    ]
    return pl.DataFrame(rows, schema=CLAUSES.schema, orient="row") if rows else CLAUSES.empty()


def strictest_of_parents(reference: Reference, adcode: str) -> dict[str, float]:
    """Return the strictest parent limit of every metric, in the unit of the metric."""
    metrics, strictest = metrics_of(reference.clause_metrics), dict[str, float]()
    for row in parents_of(reference, adcode).iter_rows(named=True):
        metric = metrics.get(row["metric"] or "")
        value = (
            None
            if metric is None or row["threshold"] is None
            else in_metric_unit(row["threshold"], row["unit"], metric)
        )
        if metric is None or value is None:
            continue
        if metric.code not in strictest or is_stricter(value, strictest[metric.code], metric):
            strictest[metric.code] = value
    return strictest
