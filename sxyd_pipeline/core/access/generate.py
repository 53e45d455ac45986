"""Draw up clauses from rules and evidence: each with its reason, its rows and the source of its limit."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from sxyd_pipeline.contracts.access import CLAUSE_EVIDENCE, CLAUSES
from sxyd_pipeline.core.access.evidence import Book, Entry
from sxyd_pipeline.core.access.ids import clause_id_of
from sxyd_pipeline.core.access.inherit_parents import NEUTRAL
from sxyd_pipeline.core.access.metrics import is_checkable, metrics_of
from sxyd_pipeline.core.access.rules import Rule, fill_in, readable, rules_of
from sxyd_pipeline.core.access.rules_language import UndefinedEvidenceError
from sxyd_pipeline.core.baseline.two_high import list_of_province
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference

GENERATED = "generated"
_KEY_CLASS = "unit.class"
_CLASS_LEVEL = 4  # level of GB/T 4754 that has four digits
_CARBON_EIA, _TWO_HIGH = "carbon_eia", "two_high"


@dataclass(frozen=True, slots=True)
class Draft:
    """Generated clauses and what proves them: rows of ``access.clauses`` and ``access.clause_evidence``."""

    clauses: pl.DataFrame
    evidence: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Scope:
    """What a rule is tried for: where the clause will hold, its object, its evidence and its words."""

    level: str
    code: str
    object_key: str
    evidence: Mapping[str, Entry]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Names:
    """Chinese names by code: control units, zone types, measures."""

    control_units: Mapping[str, str]
    zone_types: Mapping[str, str]
    measures: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Desk:
    """What stays the same while rules are tried."""

    book: Book
    names: Names
    config: CityConfig
    industries: Mapping[str, str]
    limits: Mapping[str, dict[str, Any]]
    lists: Mapping[str, tuple[str, ...]]


def draw_up_clauses(book: Book, names: Names, reference: Reference, config: CityConfig) -> Draft:
    """Try every rule on every scope.

    Args:
        book: evidence by scope and name.
        names: names of units, zone types and measures.
        reference: rules and what they look up.
        config: city, base year, horizons, province.

    Returns:
        Clauses sorted by id, with ``state`` new and ``origin`` generated, and their evidence numbered in the
        order the rule names it.

    Raises:
        ClauseRuleError: a rule is wrong.
        RuleExpressionError: an expression is wrong.
    """
    desk = _desk(book, names, reference, config)
    metrics = metrics_of(reference.clause_metrics)
    clauses: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    for rule in rules_of(reference.clause_rules):
        for scope in _scopes(rule, desk):
            made = _clause(rule, scope, desk)
            if made is None:
                continue
            made["is_checkable"] = is_checkable(made, metrics)
            clauses.append(made)
            evidence += _evidence(rule, scope, str(made["clause_id"]), config.adcode)
    return Draft(
        _frame(clauses, CLAUSES.schema).sort("clause_id"),
        _frame(evidence, CLAUSE_EVIDENCE.schema).sort("clause_id", "evidence_no"),
    )


def _frame(rows: list[dict[str, Any]], schema: Mapping[str, type[pl.DataType]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=dict(schema), orient="row")


def _desk(book: Book, names: Names, reference: Reference, config: CityConfig) -> _Desk:
    carbon = tuple(reference.carbon_eia_industries["industry_code"])
    high = list_of_province(reference.two_high_industries, config.province)
    classes = reference.industries.filter(pl.col("level") == _CLASS_LEVEL)
    return _Desk(
        book=book,
        names=names,
        config=config,
        industries=dict(classes.select("code", "name").iter_rows()),
        limits={row["limit_id"]: row for row in reference.benchmark_limits.iter_rows(named=True)},
        lists={_CARBON_EIA: carbon, _TWO_HIGH: tuple(sorted(set(high["industry_code"])))},
    )


def _scopes(rule: Rule, desk: _Desk) -> Iterator[_Scope]:
    """Yield the scopes a rule is tried on, in a stable order."""
    city = ("city", desk.config.adcode)
    if rule.for_each == "city":
        yield _Scope("city", desk.config.adcode, "", desk.book.of(city), {})
        return
    for scope in desk.book.scopes(rule.for_each):
        if rule.for_each == "zone_type":
            if scope[1] in rule.applies_to:
                words = {"zone_type": desk.names.zone_types[scope[1]]}
                yield _Scope("zone_type", scope[1], "", desk.book.of(city, scope), words)
            continue
        evidence = desk.book.of(city, ("control_unit", scope[1]), scope)
        if _applies(rule, scope, evidence, desk):
            words = {"unit": desk.names.control_units[scope[1]], **_words(rule, scope, desk)}
            yield _Scope("control_unit", scope[1], "".join(scope[2:]), evidence, words)


def _applies(rule: Rule, scope: tuple[str, ...], evidence: Mapping[str, Entry], desk: _Desk) -> bool:
    if rule.for_each == "control_unit":
        return not rule.applies_to or str(int(evidence[_KEY_CLASS].value)) in rule.applies_to
    if rule.for_each == "industry":
        prefixes = [code for name in rule.applies_to for code in desk.lists.get(name, (name,))]
        return not prefixes or any(scope[2].startswith(prefix) for prefix in prefixes)
    if rule.for_each == "limit":
        return not rule.applies_to or desk.limits[scope[2]]["kind"] in rule.applies_to
    return True


def _words(rule: Rule, scope: tuple[str, ...], desk: _Desk) -> dict[str, str]:
    if rule.for_each == "industry":
        return {"industry": desk.industries[scope[2]], "industry_code": scope[2]}
    if rule.for_each == "measure":
        return {"measure": desk.names.measures[scope[2]], "measure_id": scope[2]}
    if rule.for_each == "limit":
        limit = desk.limits[scope[2]]
        spelled = {
            "kgce/t": "千克标准煤/吨",
            "kWh/t": "千瓦时/吨",
            "mg/m3": "毫克/立方米",
            "g/kWh": "克标准煤/千瓦时",
        }
        condition = limit["condition_zh"]
        return {
            "limit_id": scope[2],
            "limit_name": limit["name_zh"],
            "limit_unit": spelled[limit["unit"]],
            "limit_unit_en": limit["unit"],
            "limit_unit_code": limit["unit"],
            "limit_metric": limit["metric"],
            "limit_product": limit["activity_codes"] or "",
            "limit_condition": f"（{condition}）" if condition else "",
            "limit_source": f"{limit['cited_from']}（{limit['confidence']}）",
            "limit_industries": limit["industry_codes"],
        }
    return {}


def _clause(rule: Rule, scope: _Scope, desk: _Desk) -> dict[str, Any] | None:
    """Return the row of a clause, or None where the rule does not apply."""
    values = {name: entry.value for name, entry in scope.evidence.items()}
    if any(not scope.evidence.get(name, _NOTHING).rows for name in rule.evidence):
        return None
    if rule.when is not None and not rule.when.holds(values):
        return None
    try:
        threshold = rule.threshold.value(values) if rule.threshold else None
    except UndefinedEvidenceError:
        return None
    words = {
        **scope.words,
        "t": "" if threshold is None else readable(threshold),
        "cap_basis": scope.evidence[rule.evidence[0]].basis,
    }
    if threshold is not None:
        values = {**values, "t": threshold}
    filled = {name: fill_in(rule.text(name), values, words) for name in _FILLED}
    year = rule.text("target_year")
    return {
        "city_code": desk.config.adcode,
        "clause_id": clause_id_of(rule.rule_id, scope.level, scope.code, scope.object_key),
        "level": scope.level,
        "scope_type": scope.level,
        "scope_code": scope.code,
        "dimension": rule.text("dimension"),
        "clause_text": filled["text_zh"],
        "verb": rule.text("verb"),
        "object_type": rule.text("object_type"),
        "object_key": filled["object_key"] or None,
        "metric": filled["metric"] or None,
        "operator": rule.text("operator") or None,
        "threshold": threshold,
        "unit": filled["unit"] or None,
        "industry_codes": _industry_codes(filled["industry_codes"], desk),
        "condition": rule.text("condition") or None,
        "base_year": desk.config.base_year if year else None,
        "target_year": int(values[year]) if year else None,
        "basis": rule.text("basis") or rule.text("cited_from"),
        "is_carbon": bool(rule.fields["is_carbon"]),
        "synergy_tag": rule.text("synergy_tag") or NEUTRAL,
        "state": "new",
        "change": None,
        "origin": GENERATED,
        "rule_id": rule.rule_id,
        "measure_id": scope.object_key if rule.for_each == "measure" else None,
        "threshold_source": filled["threshold_source"] or None,
        "reason_zh": filled["reason_zh"],
        "reason_en": filled["reason_en"],
    }


_NOTHING = Entry(0.0)
_FILLED = (
    "text_zh", "object_key", "metric", "unit", "industry_codes", "threshold_source", "reason_zh", "reason_en",
)  # fmt: skip


def _industry_codes(text: str, desk: _Desk) -> str | None:
    codes: list[str] = []
    for part in (part for part in text.split(";") if part):
        codes += desk.lists[part[1:]] if part.startswith("@") else (part,)
    return ";".join(dict.fromkeys(codes)) or None


def _evidence(rule: Rule, scope: _Scope, clause_id: str, city: str) -> Iterator[dict[str, Any]]:
    values = {name: entry.value for name, entry in scope.evidence.items()}
    away = {name: fill_in(rule.text(name), values, scope.words) for name in ("goes_away_zh", "goes_away_en")}
    rows = dict.fromkeys(row for name in rule.evidence for row in scope.evidence[name].rows)
    for number, row in enumerate(rows, start=1):
        yield {
            "city_code": city,
            "clause_id": clause_id,
            "evidence_no": number,
            "table_name": row.table_name,
            "row_key": row.row_key,
            "column_name": row.column_name,
            "value": row.value,
            "measured_in": row.measured_in or None,
            "statement_zh": row.statement_zh,
            "statement_en": row.statement_en,
            "goes_away_when_zh": away["goes_away_zh"],
            "goes_away_when_en": away["goes_away_en"],
        }
