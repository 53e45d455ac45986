"""What the reference tables of the access list must look like."""

import polars as pl

from sxyd_pipeline.io.reference_rules import KNOWN, FrameRule, RowRule, any_unknown, unknown
from sxyd_pipeline.vocabulary.activities import ACTIVITY_CODES, FUEL_CODES
from sxyd_pipeline.vocabulary.elements import DIMENSIONS

_TEXT, _REAL, _WHOLE = pl.String, pl.Float64, pl.Int32


def _texts(names: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names.split(), _TEXT)


_CITED = _texts("cited_from confidence")
_OPERATORS = ("<=", "<", ">=", ">", "==", "in", "not_in")
_VERBS = (
    "禁止", "不得", "限制", "严格控制", "应当", "鼓励", "退出", "搬迁", "替代", "达到", "完成",
)  # fmt: skip
FRAMES: dict[str, FrameRule] = {
    "clause_metrics": FrameRule(
        {
            **_texts("metric name_zh name_en unit accepted_units kind subject direction comparable project"),
            **_texts("missing_zh missing_en"),
            **_CITED,
        },
        ("metric",),
        ("accepted_units", "subject", "missing_zh", "missing_en"),
    ),
    "clause_rules": FrameRule(
        {
            **_texts("rule_id for_each applies_to dimension when "
"evidence verb object_type object_key metric"),
            **_texts("operator threshold unit target_year industry_codes text_zh text_en condition basis"),
            **_texts("threshold_source"),
            "is_carbon": pl.Boolean,
            **_texts("synergy_tag raises matches_zh reason_zh reason_en goes_away_zh goes_away_en"),
            **_CITED,
        },
        ("rule_id",),
        (
            "applies_to", "when", "object_key", "metric", "operator", "threshold", "unit", "target_year",
            "industry_codes", "condition", "basis", "threshold_source", "synergy_tag", "raises", "matches_zh",
        ),
    ),
    "clause_resolutions": FrameRule(
        {**_texts("subject resolution statement_zh statement_en"), **_CITED}, ("subject",)
    ),
    "parent_clauses": FrameRule(
        {
            **_texts("clause_id level scope_code scope_name adcode_prefixes dimension clause_text verb"),
            **_texts("object_type object_key metric operator"),
            "threshold": _REAL,
            **_texts("unit industry_codes condition"),
            "base_year": _WHOLE,
            "target_year": _WHOLE,
            **_texts("basis basis_url effective_from effective_to"),
            "is_carbon": pl.Boolean,
            **_CITED,
        },
        ("clause_id",),
        (
            "object_key", "metric", "operator", "threshold", "unit", "industry_codes", "condition",
            "base_year", "target_year", "basis_url", "effective_from", "effective_to",
        ),
    ),
    "benchmark_limits": FrameRule(
        {
            **_texts("limit_id kind activity_codes name_zh name_en metric operator unit"),
            "advanced": _REAL,
            "baseline": _REAL,
            **_texts("industry_codes condition_zh"),
            **_CITED,
        },
        ("limit_id",),
        ("activity_codes", "advanced", "condition_zh"),
    ),
    "replacement_ratios": FrameRule(
        {"zone_type": _TEXT, "ratio": _REAL, "word_zh": _TEXT, **_CITED}, ("zone_type",)
    ),
    "prohibited_fuels": FrameRule(
        {**_texts("fuel_code category exempt_industry_codes condition_zh"), **_CITED},
        ("fuel_code",),
        ("exempt_industry_codes", "condition_zh"),
    ),
    "project_objects": FrameRule(
        {"position": _WHOLE, **_texts("words applies_if outcome why_zh why_en"), **_CITED}, ("position",)
    ),
    "carbon_eia_industries": FrameRule(
        {**_texts("group group_zh group_en industry_code"), **_CITED}, ("industry_code",)
    ),
}  # fmt: skip

RULES = (
    RowRule("clause_metrics", "direction", unknown("direction", ("at_most", "at_least")), *KNOWN),
    RowRule("clause_metrics", "comparable", unknown("comparable", ("object", "total")), *KNOWN),
    RowRule("clause_rules", "dimension", unknown("dimension", tuple(DIMENSIONS)), *KNOWN),
    RowRule("clause_rules", "verb", unknown("verb", _VERBS), *KNOWN),
    RowRule("clause_rules", "operator", unknown("operator", _OPERATORS), *KNOWN),
    RowRule("clause_rules", "synergy_tag", unknown("synergy_tag", ("协同", "中性", "冲突")), *KNOWN),
    RowRule("parent_clauses", "level", unknown("level", ("province", "region")), *KNOWN),
    RowRule("parent_clauses", "dimension", unknown("dimension", tuple(DIMENSIONS)), *KNOWN),
    RowRule("parent_clauses", "verb", unknown("verb", _VERBS), *KNOWN),
    RowRule("parent_clauses", "operator", unknown("operator", _OPERATORS), *KNOWN),
    RowRule("benchmark_limits", "kind", unknown("kind", ("benchmark", "stack")), *KNOWN),
    RowRule("benchmark_limits", "activity_codes", any_unknown("activity_codes", ACTIVITY_CODES), *KNOWN),
    RowRule(
        "project_objects",
        "outcome",
        unknown("outcome", ("refuse", "argue", "in_park", "not_applicable")),
        *KNOWN,
    ),
    RowRule("prohibited_fuels", "fuel_code", unknown("fuel_code", FUEL_CODES), *KNOWN),
    RowRule(
        "replacement_ratios",
        "ratio",
        pl.col("ratio") < 1,
        "替代倍数不应小于 1",
        "a replacement ratio is at least one",
    ),
)
