"""Clause rules as values: a row of ``data/reference/clause_rules.csv``, compiled and checked.

How to write one stands in docs/clause-rules.md.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.access.rules_language import Expression, compile_expression
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.vocabulary.elements import DIMENSIONS

FILE = "clause_rules.csv"
#: What a rule is tried for: one clause per city, per zone type, per control unit, or per control unit and
#: industry, limit of ``benchmark_limits.csv`` or measure.
FOR_EACH = ("city", "zone_type", "control_unit", "industry", "limit", "measure")
#: Evidence a rule may name; ``*`` stands for one part of the name. See docs/clause-rules.md for each.
NAMES = (
    "year.near", "year.far", "base_year", "zone.area_km2", "zone.count", "zone.*", "ratio",
    "unit.class", "unit.area_km2", "unit.is_park", "unit.ratio", "emission.*", "cap.*.near", "cap.*.far",
    "gap.*.near", "gap.*.far", "coal.t", "prohibited.t", "electricity.kwh", "fuel.*", "activity.*",
    "facility.count", "two_high.count", "vocs_facility.count", "score.composite", "score.is_top",
    "score.is_double_high", "wastewater.ch4", "wastewater.n2o", "conflict.count", "parent.*", "city.co2",
    "city.conflict_count", "city.cap.*.near", "city.cap.*.far", "industry.count", "industry.co2",
    "industry.nox", "industry.intensity", "limit.advanced",
    "limit.baseline", "product.amount", "measure.co2", "measure.nox", "measure.rank",
)  # fmt: skip
#: Words a text may use beside evidence.
WORDS = (
    "unit", "zone_type", "industry", "industry_code", "measure", "measure_id", "limit_name", "limit_id",
    "limit_unit", "limit_unit_en", "limit_unit_code", "limit_metric", "limit_product", "limit_condition",
    "limit_source", "limit_industries", "cap_basis", "t",
)  # fmt: skip
_BLANK = re.compile(r"\{(?:t:)?([A-Za-z_][\w.]*)(?:\|(wan|pct|tonnes))?\}")
_PATTERNS = tuple(re.compile("^" + re.escape(name).replace(r"\*", r"[A-Za-z0-9_]+") + "$") for name in NAMES)
_WAN = 1e4
_PER_CENT = 100.0
_DIGITS = 4
#: From here on numbers are written without decimals.
_WHOLE = 1000.0


class ClauseRuleError(SxydError):
    """A row of the clause rules cannot be used."""

    def __init__(self, rule_id: str, column: str, zh: str, en: str) -> None:
        """Name rule and column."""
        super().__init__(
            f"条款规则 {rule_id}：{zh}",
            f"clause rule {rule_id}: {en}",
            remedy_zh="按 docs/clause-rules.md 改写该规则",
            remedy_en="mend the rule as docs/clause-rules.md says",
            place=Place(file=FILE, column=column, value=rule_id),
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Attributes:
        rule_id: stable name; part of the clause id.
        for_each: what it is tried for, one of :data:`FOR_EACH`.
        applies_to: zone types, control classes, industry prefixes (or ``carbon_eia``, ``two_high``) or
            kinds of limit; empty means all.
        when: condition; None always holds.
        evidence: names whose rows prove the clause; each must have a value.
        threshold: limit; None for a clause in words.
        fields: further columns of the row as written.
    """

    rule_id: str
    for_each: str
    applies_to: tuple[str, ...]
    when: Expression | None
    evidence: tuple[str, ...]
    threshold: Expression | None
    fields: Mapping[str, str | None]

    def text(self, column: str) -> str:
        """Return a column as written, empty where nothing stands."""
        return self.fields[column] or ""


def rules_of(clause_rules: pl.DataFrame) -> tuple[Rule, ...]:
    """Compile the rules, in the order of the file.

    Raises:
        ClauseRuleError: a rule names unknown evidence, words, dimensions or kinds, or proves nothing.
        RuleExpressionError: an expression cannot be read.
    """
    return tuple(_compile(row) for row in clause_rules.iter_rows(named=True))


def _compile(row: Mapping[str, str | None]) -> Rule:
    rule_id = str(row["rule_id"])
    rule = Rule(
        rule_id=rule_id,
        for_each=str(row["for_each"]),
        applies_to=_parts(row["applies_to"]),
        when=compile_expression(row["when"]) if row["when"] else None,
        evidence=_parts(row["evidence"]),
        threshold=compile_expression(row["threshold"]) if row["threshold"] else None,
        fields=row,
    )
    for column, allowed in (("for_each", FOR_EACH), ("dimension", tuple(DIMENSIONS))):
        if row[column] not in allowed:
            raise ClauseRuleError(
                rule_id, column, f"{column} 应为 {'、'.join(allowed)}", f"{column} must be one of {allowed}"
            )
    if not rule.evidence:
        raise ClauseRuleError(rule_id, "evidence", "没有证据", "it names no evidence")
    if (rule.threshold is None) != (not row["metric"]) or (
        rule.threshold is not None and not row["operator"]
    ):
        raise ClauseRuleError(
            rule_id, "threshold", "指标、比较符与限值须同时给出", "metric, operator and threshold go together"
        )
    if rule.threshold is not None and not row["threshold_source"]:
        raise ClauseRuleError(rule_id, "threshold_source", "限值没有出处", "the threshold has no source")
    _check_names(rule)
    return rule


def _check_names(rule: Rule) -> None:
    asked: dict[str, set[str]] = {"evidence": set(rule.evidence)}
    for column, expression in (("when", rule.when), ("threshold", rule.threshold)):
        asked[column] = set(expression.names) if expression else set()
    for column in ("text_zh", "text_en", "reason_zh", "reason_en", "goes_away_zh", "goes_away_en"):
        asked[column] = {name for name, _ in _BLANK.findall(rule.text(column))} - set(WORDS)
    for column, names in asked.items():
        unknown = sorted(name for name in names if not any(p.match(name) for p in _PATTERNS))
        if unknown:
            raise ClauseRuleError(
                rule.rule_id,
                column,
                f"未知的证据名 {'、'.join(unknown)}",
                f"unknown evidence {', '.join(unknown)}",
            )


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def fill_in(text: str, values: Mapping[str, float], words: Mapping[str, str]) -> str:
    """Fill the blanks of a text: ``{unit}`` by a word, ``{emission.nox}`` by a number.

    ``|wan`` writes ten thousands, ``|pct`` per cent, ``|tonnes`` the unit too (万吨 from ten thousand on).

    Raises:
        KeyError: a blank has neither word nor number.
    """

    def filled(match: re.Match[str]) -> str:
        name, form = match[1], match[2]
        if name in words and form is None:
            return words[name]
        value = values[name]
        if form == "pct":
            return readable(value * _PER_CENT) + "%"
        if form == "tonnes":
            return f"{readable(value / _WAN)}万吨" if value >= _WAN else f"{readable(value)}吨"
        return readable(value / _WAN if form == "wan" else value)

    return _BLANK.sub(filled, text)


def readable(value: float) -> str:
    """Return a number as people write it: four significant digits, none behind the point from 1000 on."""
    if abs(value) >= _WHOLE:
        return f"{value:.0f}"
    if value == 0.0:
        return "0"
    text = f"{value:.{_DIGITS}g}"
    plain = f"{float(text):.10f}".rstrip("0").rstrip(".")
    return "0" if plain in {"-0", ""} else plain
