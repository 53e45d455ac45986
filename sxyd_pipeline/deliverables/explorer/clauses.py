"""Clauses, lists and checks by position: what a card shows and a project is judged against."""

from collections.abc import Sequence
from typing import Any

import polars as pl

from sxyd_pipeline.deliverables.edition import Edition

_CLAUSES, _LISTS = "access.clauses", "access.control_unit_lists"
_EVIDENCE, _CHECKS = "access.clause_evidence", "access.clause_checks"
#: Checks of units are what a card shows; those of facilities stay in the database.
_SHOWN_CHECKS = ("scope_code", "scenario_id", "year", "verdict", "actual", "threshold", "unit")


def pack_clauses(edition: Edition, codes: Sequence[str]) -> dict[str, Any]:
    """Return clauses with evidence, the effective list of every unit, and the checks of units."""
    if not edition.has(_CLAUSES):
        return {"clauses": [], "lists": [[] for _ in codes], "checks": []}
    clauses = edition.table(_CLAUSES).filter(pl.col("state") != "withdrawn").sort("clause_id")
    place = {clause: i for i, clause in enumerate(clauses["clause_id"])}
    evidence = _evidence(edition)
    return {
        "clauses": [_clause(row, evidence) for row in clauses.iter_rows(named=True)],
        "lists": _lists(edition, codes, place),
        "checks": _checks(edition, codes, place),
    }


def _clause(row: dict[str, Any], evidence: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    kept = ("verb", "object_type", "object_key", "metric", "operator", "threshold", "unit", "condition")
    said = {name: row[name] for name in kept if row[name] is not None}
    return {
        "id": row["clause_id"],
        "dimension": row["dimension"],
        "state": row["state"],
        "text": row["clause_text"],
        "industries": row["industry_codes"] or "",
        "carbon": bool(row["is_carbon"]),
        "basis": row["basis"] or "",
        "from": f"{row['level']} {row['scope_code']}",
        "level": row["level"],
        "scope": row["scope_code"],
        "reason_zh": row["reason_zh"],
        "reason_en": row["reason_en"],
        "threshold": row["threshold"],
        "evidence": evidence.get(row["clause_id"], []),
        **said,
    }


def _evidence(edition: Edition) -> dict[str, list[dict[str, Any]]]:
    if not edition.has(_EVIDENCE):
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for row in edition.table(_EVIDENCE).sort("clause_id", "evidence_no").iter_rows(named=True):
        found.setdefault(row["clause_id"], []).append(
            {
                "zh": row["statement_zh"],
                "en": row["statement_en"],
                "table": row["table_name"],
                "gone_zh": row["goes_away_when_zh"],
                "gone_en": row["goes_away_when_en"],
            }
        )
    return found


def _lists(edition: Edition, codes: Sequence[str], place: dict[str, int]) -> list[list[list[Any]]]:
    rows = (
        edition.table(_LISTS)
        .filter(pl.col("is_effective"))
        .sort("control_unit_code", "dimension", "position")
    )
    listed: dict[str, list[list[Any]]] = {}
    for unit, clause, via in rows.select("control_unit_code", "clause_id", "via_zones").rows():
        if clause in place:
            listed.setdefault(unit, []).append([place[clause], via or ""])
    return [listed.get(code, []) for code in codes]


def _checks(edition: Edition, codes: Sequence[str], place: dict[str, int]) -> list[list[Any]]:
    if not edition.has(_CHECKS):
        return []
    years = edition.table("synergy.control_unit_scores")["year"].unique().sort().to_list()
    position = {year: i for i, year in enumerate(years)}
    of_units = edition.table(_CHECKS).filter(
        pl.col("scope_type") == "control_unit",
        pl.col("scope_code").is_in(list(codes)),
        pl.col("year").is_in(years),
    )
    rows = of_units.sort("clause_id", "scope_code", "scenario_id", "year")
    return [
        [place[clause], unit, scenario, position[year], verdict, actual, threshold, measure]
        for clause, unit, scenario, year, verdict, actual, threshold, measure in rows.select(
            "clause_id", *_SHOWN_CHECKS
        ).rows()
        if clause in place
    ]
