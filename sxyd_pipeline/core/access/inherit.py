"""Effective lists: province, region, city, zone type and unit flow together; the strictest limit wins.

A limit looser than one it inherits is a relaxation: it stops the city unless a waiver with author and reason
stands in the package. What a stricter limit replaces stays in the list and says by which clause.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import polars as pl

from sxyd_pipeline.contracts.access import CONTROL_UNIT_LISTS, LEVELS, OVERALL_LIST
from sxyd_pipeline.core.access.evidence_book import plain_rows
from sxyd_pipeline.core.access.inherit_subjects import Limit, are_alike, covers, limit_of
from sxyd_pipeline.core.access.metrics import Metric, is_stricter
from sxyd_pipeline.core.access.waivers import RelaxationBlockedError, Waiver, refuse_unknown
from sxyd_pipeline.vocabulary.elements import DIMENSIONS

_RANK = {level: rank for rank, level in enumerate(LEVELS)}
_DIMENSION = {dimension: rank for rank, dimension in enumerate(DIMENSIONS)}
EVERYWHERE = "*"
_GENERATED = "generated"
#: Columns the overall list takes over from the clauses.
_COPIED = ("city_code", "clause_id", "dimension", "level", "clause_text", "state")
_INHERITED = ("province", "region", "city")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A limit looser than one it inherits, and the waiver if there is one.

    Attributes:
        child: looser clause.
        parent: clause it relaxes.
        control_unit_code: unit where both hold; ``*`` for the whole city.
        waiver: who allowed it; None where nobody did.
    """

    child: Row
    parent: Row
    control_unit_code: str
    waiver: Waiver | None


@dataclass(frozen=True, slots=True)
class Holding:
    """A clause that reaches a unit: what replaces it, if anything does, and the waiver it stands on."""

    clause: Row
    via_zones: tuple[str, ...]
    replaced_by: str | None
    waiver: Waiver | None = None


def list_control_units(
    clauses: pl.DataFrame, bridge: pl.DataFrame, metrics: Mapping[str, Metric], waivers: pl.DataFrame
) -> pl.DataFrame:
    """Return the effective list of every control unit.

    Args:
        clauses: ``access.clauses``; withdrawn ones hold nowhere.
        bridge: ``control_unit_code, zone_code, zone_type`` of every control unit, units without zones
            with a null zone.
        metrics: metrics by name.
        waivers: ``inputs.waivers``.

    Returns:
        ``access.control_unit_lists``: one row per unit and clause, sorted by unit, dimension and position.

    Raises:
        RelaxationBlockedError: a clause relaxes one it inherits and no waiver says why.
        UnknownWaiverError: a waiver names a clause that is not there.
    """
    refuse_unknown(waivers, clauses)
    units = gather_units(clauses, bridge, metrics, waivers)
    open_ones = [r for unit in units.values() for r in unit[1] if r.waiver is None]
    if open_ones:
        raise RelaxationBlockedError([(dict(r.child), dict(r.parent)) for r in _distinct(open_ones)])
    rows = [row for unit, (holdings, _) in units.items() for row in _rows_of(unit, holdings)]
    return pl.DataFrame(rows, schema=CONTROL_UNIT_LISTS.schema, orient="row")


def gather_units(
    clauses: pl.DataFrame, bridge: pl.DataFrame, metrics: Mapping[str, Metric], waivers: pl.DataFrame
) -> dict[str, tuple[list[Holding], list[Relaxation]]]:
    """Return for every unit the clauses that reach it, and the relaxations among them."""
    standing = clauses.filter(pl.col("state") != "withdrawn").to_dicts()
    allowed = {(row["clause_id"], row["parent_clause_id"]): Waiver.of(row) for row in waivers.to_dicts()}
    limits = {row["clause_id"]: limit for row in standing if (limit := limit_of(row, metrics)) is not None}
    by_scope: dict[tuple[str, str], list[Row]] = {}
    for row in standing:
        key = ("all", "") if row["level"] in _INHERITED else (row["level"], row["scope_code"])
        by_scope.setdefault(key, []).append(row)
    found = {}
    for unit, zones in _zones_of(bridge).items():
        reaching: list[tuple[Row, tuple[str, ...]]] = [(row, ()) for row in by_scope.get(("all", ""), ())]
        for zone_type in sorted(zones):
            reaching += [(row, tuple(zones[zone_type])) for row in by_scope.get(("zone_type", zone_type), ())]
        reaching += [(row, ()) for row in by_scope.get(("control_unit", unit), ())]
        found[unit] = settle(reaching, limits, allowed, unit)
    return found


def settle(
    reaching: Sequence[tuple[Row, tuple[str, ...]]],
    limits: Mapping[str, Limit],
    allowed: Mapping[tuple[str, str], Waiver],
    unit: str,
) -> tuple[list[Holding], list[Relaxation]]:
    """Decide among clauses that hold in one place: which are in effect, which relax another.

    Args:
        reaching: clauses with the element zones they came through.
        limits: numeric limits by clause id.
        allowed: waivers by (clause, parent).
        unit: control unit the clauses meet in.
    """
    ordered = sorted((row for row, _ in reaching), key=_order)
    by_metric: dict[str, list[tuple[Row, Limit]]] = {}
    for row in ordered:
        limit = limits.get(row["clause_id"])
        if limit is not None:
            by_metric.setdefault(limit.metric.code, []).append((row, limit))
    replaced: dict[str, str] = {}
    relaxations: list[Relaxation] = []
    for members in by_metric.values():
        for position, (parent, upper) in enumerate(members):
            for child, lower in members[position + 1 :]:
                _compare(parent, upper, child, lower, allowed, unit, replaced, relaxations)
    via = {row["clause_id"]: zones for row, zones in reaching}
    waived = {one.child["clause_id"]: one.waiver for one in relaxations if one.waiver is not None}
    holdings = [
        Holding(row, via[one], _last(one, replaced), waived.get(one))
        for row in ordered
        for one in (str(row["clause_id"]),)
    ]
    return holdings, relaxations


def _compare(
    parent: Row,
    upper: Limit,
    child: Row,
    lower: Limit,
    allowed: Mapping[tuple[str, str], Waiver],
    unit: str,
    replaced: dict[str, str],
    relaxations: list[Relaxation],
) -> None:
    """Enter what follows from two limits on one metric, the parent standing first in the order of levels."""
    ids = (str(parent["clause_id"]), str(child["clause_id"]))
    is_above = _RANK[parent["level"]] < _RANK[child["level"]]
    is_looser = is_stricter(upper.value, lower.value, lower.metric)
    if lower.metric.is_total and (parent["scope_type"], parent["scope_code"]) != (
        child["scope_type"],
        child["scope_code"],
    ):
        # The total of a part is no limit on the whole, but it cannot exceed it.
        if is_above and is_looser and covers(upper, lower):
            _relax(parent, child, allowed, unit, relaxations)
        return
    if is_above and is_looser and covers(upper, lower) and parent["origin"] != _GENERATED:
        waiver = _relax(parent, child, allowed, unit, relaxations)
        if waiver is not None and upper.subject == lower.subject:
            replaced[ids[0]] = ids[1]
        return
    if not are_alike(upper, lower):
        return
    # Equal limits of two levels: the one nearer to the unit stays; of one level: the first stays. A rule that
    # tightens makes no clause in force a relaxation: it replaces it, but for one that is waived.
    is_waived = is_above and any(one == ids[1] for one, _ in allowed)
    loser_first = (
        is_stricter(lower.value, upper.value, lower.metric) or (is_above and not is_looser) or is_waived
    )
    loser, winner = ids if loser_first else (ids[1], ids[0])
    replaced.setdefault(loser, winner)


def _relax(
    parent: Row,
    child: Row,
    allowed: Mapping[tuple[str, str], Waiver],
    unit: str,
    relaxations: list[Relaxation],
) -> Waiver | None:
    waiver = allowed.get((str(child["clause_id"]), str(parent["clause_id"])))
    where = unit if child["level"] in {"zone_type", "control_unit"} else EVERYWHERE
    relaxations.append(Relaxation(child, parent, where, waiver))
    return waiver


def _last(clause_id: str, replaced: Mapping[str, str]) -> str | None:
    """Follow replacements to the clause that is in effect."""
    seen, current = {clause_id}, replaced.get(clause_id)
    while current is not None and current in replaced and current not in seen:
        seen.add(current)
        current = replaced[current]
    return current


def _order(row: Row) -> tuple[int, str, bool, str, str]:
    """Order of a list: level, scope, clauses in force before new ones, these by rule."""
    is_new = row["state"] == "new"
    return (
        _RANK[row["level"]],
        str(row["scope_code"]),
        is_new,
        str(row["rule_id"] or ""),
        str(row["clause_id"]),
    )


def _zones_of(bridge: pl.DataFrame) -> dict[str, dict[str, list[str]]]:
    """Return unit -> zone type -> zones, units and zones sorted."""
    units: dict[str, dict[str, list[str]]] = {}
    for row in bridge.sort("control_unit_code", "zone_code").iter_rows(named=True):
        types = units.setdefault(row["control_unit_code"], {})
        if row["zone_code"] is not None:
            types.setdefault(row["zone_type"], []).append(row["zone_code"])
    return units


def _rows_of(unit: str, holdings: Iterable[Holding]) -> list[dict[str, Any]]:
    ordered = sorted(holdings, key=lambda h: (_DIMENSION[h.clause["dimension"]], *_order(h.clause)))
    counts: dict[str, int] = {}
    rows = []
    for holding in ordered:
        clause = holding.clause
        counts[clause["dimension"]] = counts.get(clause["dimension"], 0) + 1
        rows.append({
            "city_code": clause["city_code"],
            "control_unit_code": unit,
            "clause_id": clause["clause_id"],
            "dimension": clause["dimension"],
            "position": counts[clause["dimension"]],
            "level": clause["level"],
            "inherited_from": clause["scope_code"],
            "clause_text": clause["clause_text"],
            "is_effective": holding.replaced_by is None,
            "replaced_by": holding.replaced_by,
            "via_zones": ";".join(holding.via_zones) or None,
            "waiver": None if holding.waiver is None else holding.waiver.in_words(),
        })  # fmt: skip
    return rows


def _distinct(relaxations: Iterable[Relaxation]) -> list[Relaxation]:
    """Return one relaxation per pair of clauses, in a stable order."""
    pairs: dict[tuple[str, str], Relaxation] = {}
    for one in relaxations:
        pairs.setdefault((one.child["clause_id"], one.parent["clause_id"]), one)
    return [pairs[key] for key in sorted(pairs)]


def bridge_of(
    control_units: pl.DataFrame, control_unit_zones: pl.DataFrame, zones: pl.DataFrame
) -> pl.DataFrame:
    """Return ``control_unit_code, zone_code, zone_type`` of all units; a unit without zones keeps one row."""
    return (
        control_units.select("control_unit_code")
        .join(
            control_unit_zones.select("control_unit_code", "zone_code"),
            on="control_unit_code", how="left", maintain_order="left",
        )
        .join(zones.select("zone_code", "zone_type"), on="zone_code", how="left", maintain_order="left")
    )  # fmt: skip


def list_overall(
    clauses: pl.DataFrame, zones: pl.DataFrame | gpd.GeoDataFrame, city_name: str
) -> pl.DataFrame:
    """Return the overall list: clauses of province, region, city and zone types, withdrawn ones marked.

    Args:
        clauses: ``access.clauses``.
        zones: ``zone_type, zone_type_name``.
        city_name: name of the city.
    """
    names = dict(
        plain_rows(zones).select("zone_type", "zone_type_name").unique().sort("zone_type").iter_rows()
    )
    ordered = sorted(
        (row for row in clauses.to_dicts() if row["level"] != "control_unit"),
        key=lambda row: (_DIMENSION[row["dimension"]], *_order(row)),
    )
    counts: dict[str, int] = {}
    rows = []
    for row in ordered:
        counts[row["dimension"]] = counts.get(row["dimension"], 0) + 1
        scope = names.get(row["scope_code"], row["scope_code"]) if row["level"] == "zone_type" else None
        rows.append({
            **{name: row[name] for name in _COPIED},
            "position": counts[row["dimension"]],
            "scope_name": scope or _scope_name(row, city_name),
        })  # fmt: skip
    return pl.DataFrame(rows, schema=OVERALL_LIST.schema, orient="row")


def _scope_name(row: Row, city_name: str) -> str:
    if row["level"] == "city":
        return city_name
    # Parents say in their reason where they come from: 上级要求：江苏省（…）.
    said = str(row["reason_zh"] or "")
    return (
        said.removeprefix("上级要求：").partition("（")[0]
        if said.startswith("上级要求：")
        else str(row["scope_code"])
    )
