"""Pairs of clauses that pull in opposite directions, and relaxations with their waivers.

A pair is settled by a rule of ``data/reference/clause_resolutions.csv`` or stays open and is listed.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl

from sxyd_pipeline.contracts.access import CLAUSE_CONFLICTS
from sxyd_pipeline.core.access.inherit import EVERYWHERE, Holding, Relaxation, gather_units
from sxyd_pipeline.core.access.inherit_subjects import Limit, limit_of
from sxyd_pipeline.core.access.metrics import metrics_of
from sxyd_pipeline.core.reference import Reference

Row = Mapping[str, Any]
_AGAINST = ("禁止", "不得", "限制", "严格控制", "退出")
_FOR = ("鼓励",)
#: Metric that caps what some clauses raise.
_CAPS = {"CO2": "co2_cap_t"}
_UPPER, _LOWER = ("<=", "<"), (">=", ">")


def list_conflicts(
    clauses: pl.DataFrame,
    bridge: pl.DataFrame,
    waivers: pl.DataFrame,
    conflicts: pl.DataFrame,
    reference: Reference,
) -> pl.DataFrame:
    """List conflicts of the effective lists.

    Args:
        clauses: ``access.clauses``.
        bridge: zones of every control unit, see :func:`sxyd_pipeline.core.access.inherit.bridge_of`.
        waivers: ``inputs.waivers``.
        conflicts: ``synergy.conflicts``: clauses in force a conflict of pollutants and carbon touches.
        reference: rules (what a clause raises) and resolutions.

    Returns:
        ``access.clause_conflicts``: relaxations with author and reason of their waiver, bans against
        encouragements of one object, clauses that raise what another caps, limits that exclude each
        other. A pair that holds in every unit has one row with ``*``.
    """
    metrics = metrics_of(reference.clause_metrics)
    units = gather_units(clauses, bridge, metrics, waivers)
    raises = dict(reference.clause_rules.select("rule_id", "raises").drop_nulls().iter_rows())
    settled = {row["subject"]: row for row in reference.clause_resolutions.iter_rows(named=True)}
    limits = {row["clause_id"]: limit_of(row, metrics) for row in clauses.iter_rows(named=True)}
    rows: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for unit, (holdings, relaxations) in units.items():
        found = [
            *_relaxed(relaxations, unit), *_opposed(holdings, unit, settled),
            *_raised(holdings, unit, raises, settled), *_excluded(holdings, unit, limits),
        ]  # fmt: skip
        for row in found:
            rows.setdefault((row["clause_id"], row["other_clause_id"]), []).append(row)
    listed = [row for pairs in rows.values() for row in _gathered(pairs, len(units))]
    listed += _touched(conflicts, units, settled)
    frame = pl.DataFrame(listed, schema=CLAUSE_CONFLICTS.schema, orient="row")
    return frame.unique(CLAUSE_CONFLICTS.key, keep="first", maintain_order=True).sort(CLAUSE_CONFLICTS.key)


def _gathered(pairs: list[dict[str, Any]], unit_count: int) -> Iterator[dict[str, Any]]:
    """One row for all units where a pair meets everywhere."""
    if len(pairs) == unit_count and unit_count > 1:
        yield {**pairs[0], "control_unit_code": EVERYWHERE}
    else:
        yield from pairs


def _pair(one: Row, other: Row, unit: str, kind: str, resolution: str, zh: str, en: str) -> dict[str, Any]:
    return {
        "city_code": one["city_code"], "clause_id": one["clause_id"], "other_clause_id": other["clause_id"],
        "control_unit_code": unit, "kind": kind, "resolution": resolution, "statement_zh": zh,
        "statement_en": en, "author": None, "waiver_reason": None, "waived_on": None,
    }  # fmt: skip


def _relaxed(relaxations: Iterable[Relaxation], unit: str) -> Iterator[dict[str, Any]]:
    for one in relaxations:
        child, parent = one.child, one.parent
        zh = (
            f"{child['clause_id']}（{child['threshold']:g}）比上级条款 "
            f"{parent['clause_id']}（{parent['threshold']:g}）宽松"
        )
        en = (
            f"{child['clause_id']} ({child['threshold']:g}) is looser "
            f"than {parent['clause_id']} ({parent['threshold']:g})"
        )
        row = _pair(child, parent, unit, "relaxation", "open" if one.waiver is None else "waived", zh, en)
        if one.waiver is not None:
            row |= {
                "author": one.waiver.author,
                "waiver_reason": one.waiver.reason,
                "waived_on": one.waiver.waived_on,
            }
            row["statement_zh"] += (
                f"；{one.waiver.author} 于 {one.waiver.waived_on} 豁免：{one.waiver.reason}"
            )
            row["statement_en"] += (
                f"; waived by {one.waiver.author} on {one.waiver.waived_on}: {one.waiver.reason}"
            )
        yield row


def _opposed(holdings: Iterable[Holding], unit: str, settled: Mapping[str, Row]) -> Iterator[dict[str, Any]]:
    """Bans against encouragements of the same object."""
    known = [h.clause for h in holdings if h.replaced_by is None and h.clause["object_key"]]
    encouraged = [row for row in known if row["verb"] in _FOR]
    for row in known:
        if row["verb"] not in _AGAINST:
            continue
        for other in encouraged:
            if other["object_key"] == row["object_key"]:
                zh = (
                    f"{row['clause_id']}“{row['verb']}”与 {other['clause_id']}"
                    f"“{other['verb']}”指向同一对象“{row['object_key']}”"
                )
                en = f"{row['clause_id']} and {other['clause_id']} ask opposite things of the same object"
                yield _decided(row, other, unit, str(row["object_key"]), (zh, en), settled)


def _raised(
    holdings: Iterable[Holding], unit: str, raises: Mapping[str, str], settled: Mapping[str, Row]
) -> Iterator[dict[str, Any]]:
    """Clauses that raise what another clause of the unit caps."""
    known = [h.clause for h in holdings if h.replaced_by is None]
    for row in known:
        quantity = raises.get(row["rule_id"] or "")
        if quantity is None:
            continue
        # The nearest cap stands for all horizons.
        caps = [other for other in known if other["metric"] == _CAPS[quantity]]
        for other in sorted(caps, key=lambda cap: (cap["target_year"] or 0, cap["clause_id"]))[:1]:
            zh = f"{row['clause_id']} 会增加 {quantity}，{other['clause_id']} 控制 {quantity} 总量"
            en = f"{row['clause_id']} raises {quantity}, which {other['clause_id']} caps"
            yield _decided(row, other, unit, quantity, (zh, en), settled)


def _decided(
    one: Row, other: Row, unit: str, subject: str, said: tuple[str, str], settled: Mapping[str, Row]
) -> dict[str, Any]:
    rule = settled.get(subject)
    if rule is None:
        return _pair(
            one,
            other,
            unit,
            "opposite_sign",
            "open",
            f"{said[0]}；尚无处理规则，须人工裁定",
            f"{said[1]}; no rule settles it",
        )
    zh, en = f"{said[0]}；{rule['statement_zh']}", f"{said[1]}; {rule['statement_en']}"
    return _pair(one, other, unit, "opposite_sign", str(rule["resolution"]), zh, en)


def _excluded(
    holdings: Iterable[Holding], unit: str, limits: Mapping[str, Limit | None]
) -> Iterator[dict[str, Any]]:
    """Limits on one thing that no value can keep together: at least more than at most."""
    groups: dict[tuple[Any, ...], list[tuple[Row, Limit]]] = {}
    for holding in holdings:
        limit = limits.get(holding.clause["clause_id"])
        if limit is not None and holding.replaced_by is None:
            scope = holding.clause["scope_code"] if limit.metric.is_total else ""
            groups.setdefault((limit.subject, limit.target_year, scope), []).append((holding.clause, limit))
    for members in groups.values():
        for low, least in members:
            for high, most in members:
                crossed = (
                    low["operator"] in _LOWER and high["operator"] in _UPPER and least.value > most.value
                )
                if crossed:
                    zh = (
                        f"{low['clause_id']} 要求 {low['metric']} 不低于 {least.value:g}，"
                        f"{high['clause_id']} 要求不高于 {most.value:g}，不能同时满足"
                    )
                    en = f"{low['clause_id']} and {high['clause_id']} cannot both hold for {low['metric']}"
                    yield _pair(low, high, unit, "contradiction", "open", zh, en)


def _touched(
    conflicts: pl.DataFrame,
    units: Mapping[str, tuple[list[Holding], list[Relaxation]]],
    settled: Mapping[str, Row],
) -> Iterator[dict[str, Any]]:
    """Clauses in force that a conflict of pollutants and carbon touches, against the cap of their unit."""
    rows = conflicts.drop_nulls("clause_ids").sort("pair_id", "object_code", "control_unit_code")
    for row in rows.iter_rows(named=True):
        known = {
            h.clause["clause_id"]: h.clause
            for h in units[row["control_unit_code"]][0]
            if h.replaced_by is None
        }
        caps = sorted(
            (one for one in known.values() if one["metric"] == _CAPS["CO2"]),
            key=lambda cap: (cap["target_year"] or 0, cap["clause_id"]),
        )
        for touched in row["clause_ids"].split(";"):
            if caps and touched in known and touched != caps[0]["clause_id"]:
                en = (
                    f"{touched} and {caps[0]['clause_id']}: pollutants "
                    f"and carbon pull apart at {row['object_code']}"
                )
                yield _decided(
                    known[touched],
                    caps[0],
                    row["control_unit_code"],
                    "CO2",
                    (row["statement_zh"], en),
                    settled,
                )
