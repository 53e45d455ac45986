"""What a numeric limit is about, and when two limits can be compared at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sxyd_pipeline.core.access.metrics import Metric, in_metric_unit

#: Kinds of metric and metrics whose object decides what they mean: a limit per product, a distance of a
#: kind of plant.
_BY_OBJECT_KINDS = ("benchmark", "benchmark_electricity", "co2_per_product", "facility_count")
_BY_OBJECT_METRICS = ("distance_to_river_km", "distance_to_sea_km")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """A numeric limit in the unit of its metric.

    Attributes:
        clause_id: clause that states it.
        metric: what is limited.
        value: the limit in ``metric.unit``.
        object_key: product or kind of plant, where the metric needs one.
        industries: industries it addresses; empty means all.
        target_year: year it must be met by; None means always.
    """

    clause_id: str
    metric: Metric
    value: float
    object_key: str
    industries: tuple[str, ...]
    target_year: int | None

    @property
    def subject(self) -> tuple[str, str, tuple[str, ...]]:
        """Metric, object and industries: equal subjects are limits on the same thing."""
        return (self.metric.code, self.object_key, self.industries)


def limit_of(clause: Row, metrics: Mapping[str, Metric]) -> Limit | None:
    """Return the numeric limit of a clause; None where it has none or states it in another unit."""
    metric = metrics.get(clause["metric"] or "")
    if metric is None or clause["threshold"] is None or clause["operator"] is None:
        return None
    value = in_metric_unit(float(clause["threshold"]), clause["unit"], metric)
    if value is None:
        return None
    # The total of a scope is one number, whichever industries a text happens to name.
    industries = () if metric.is_total else _codes(clause["industry_codes"])
    needs_object = metric.kind in _BY_OBJECT_KINDS or (metric.code in _BY_OBJECT_METRICS and not industries)
    return Limit(
        clause_id=str(clause["clause_id"]),
        metric=metric,
        value=value,
        object_key=str(clause["object_key"] or "") if needs_object else "",
        industries=industries,
        target_year=clause["target_year"],
    )


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(sorted(code for code in (text or "").split(";") if code))


def covers(parent: Limit, child: Limit) -> bool:
    """Tell whether everything the child addresses is addressed by the parent too.

    A clause without a year holds in every year, so it meets a parent of any year; two years that differ do
    not meet.
    """
    meet = None in {parent.target_year, child.target_year} or parent.target_year == child.target_year
    if parent.metric.code != child.metric.code or not meet:
        return False
    if parent.object_key and parent.object_key != child.object_key:
        return False
    if not parent.industries:
        return True
    return bool(child.industries) and all(
        any(code.startswith(prefix) for prefix in parent.industries) for code in child.industries
    )


def are_alike(one: Limit, other: Limit) -> bool:
    """Tell whether two limits address the same thing in the same year: one can take the other's place."""
    return one.subject == other.subject and one.target_year == other.target_year
