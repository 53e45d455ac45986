"""What each file of ``data/reference`` must look like: columns, keys, and rules on rows."""

from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.inventory.factors import FACTOR_UNITS, SPECIES_GROUPS
from sxyd_pipeline.core.synergy.measures_library import DEVICES, EFFECT_KINDS, EFFECT_SUBJECTS, STAGES
from sxyd_pipeline.vocabulary.activities import ACTIVITY_CODES, FUEL_CODES
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ELEMENT_BY_CODE
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

_TEXT, _REAL, _WHOLE, _FLAG = pl.String, pl.Float64, pl.Int32, pl.Boolean


@dataclass(frozen=True, slots=True)
class FrameRule:
    """One file: columns with types, its key, and the columns that may be empty."""

    schema: dict[str, type[pl.DataType]]
    key: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowRule:
    """A rule on rows: ``broken`` is true where a row breaks it."""

    frame: str
    column: str
    broken: pl.Expr
    zh: str
    en: str


def _texts(names: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names.split(), _TEXT)


_CITED = _texts("cited_from confidence")
FRAMES: dict[str, FrameRule] = {
    "fuels": FrameRule(
        {
            **_texts("fuel_code amount_unit"),
            **dict.fromkeys(
                (
                    "ncv_gj_per_unit",
                    "carbon_tc_per_gj",
                    "oxidation_share",
                    "sulfur_share",
                    "ash_share",
                    "fossil_carbon_share",
                    "co2_low_ratio",
                    "co2_high_ratio",
                ),
                _REAL,
            ),
            **_texts("cited_from page confidence"),
        },
        ("fuel_code",),
        ("sulfur_share", "ash_share", "page"),
    ),
    "emission_factors": FrameRule(
        {
            **_texts("factor_id activity_code technology_code species method_id"),
            "value": _REAL,
            "unit": _TEXT,
            "low": _REAL,
            "high": _REAL,
            **_texts("applies_removal cited_from page confidence note"),
        },
        ("factor_id",),
        ("technology_code", "applies_removal", "page", "note"),
    ),
    "technologies": FrameRule(
        {
            **_texts(
                "technology_code name_zh activity_codes pollutants_counted_with co2_counted_with "
                "base_technology"
            ),
            "has_limestone_fgd": _FLAG,
            "denitrification": _TEXT,
            **_CITED,
        },
        ("technology_code",),
        ("pollutants_counted_with", "co2_counted_with", "base_technology", "denitrification"),
    ),
    "gwp": FrameRule(
        {**_texts("gwp_set gas species"), "value": _REAL, **_CITED}, ("gwp_set", "gas"), ("species",)
    ),
    "grid_factors": FrameRule(
        {
            **_texts("factor_id region_code region_name"),
            "year": _WHOLE,
            "factor_kind": _TEXT,
            "value": _REAL,
            "unit": _TEXT,
            **_CITED,
        },
        ("factor_id",),
        ("year",),
    ),
    "pollution_equivalents": FrameRule(
        {**_texts("species substance_zh"), "equivalent_value_kg": _REAL, **_CITED, "note": _TEXT},
        ("substance_zh",),
        ("species", "note"),
    ),
    "industries": FrameRule(
        {"code": _TEXT, "level": _WHOLE, **_texts("name section division group"), **_CITED},
        ("code",),
        ("division", "group"),
    ),
    "adcodes": FrameRule({**_texts("adcode name level vintage"), **_CITED}, ("adcode",)),
    "zone_types": FrameRule(
        {**_texts("zone_type element"), "control_class": _WHOLE, **_texts("name_zh province"), **_CITED},
        ("zone_type", "province"),
        ("province",),
    ),
    "activity_ranges": FrameRule(
        {**_texts("table_name method"), "low_ratio": _REAL, "high_ratio": _REAL, **_CITED},
        ("table_name", "method"),
    ),
    "methods": FrameRule({**_texts("method_id name_zh name_en formula"), **_CITED}, ("method_id",)),
    "counting_gates": FrameRule(
        {
            **_texts("gate_id activity_codes technology_codes species_group scope when_activity_codes"),
            **_texts("when_technology_codes why_zh why_en"),
            **_CITED,
        },
        ("gate_id",),
        ("activity_codes", "technology_codes", "when_technology_codes"),
    ),
    "two_high_industries": FrameRule(
        {
            **_texts("province group group_zh group_en industry_code"),
            "counts": _FLAG,
            **_texts("product_zh activity_codes"),
            **_CITED,
        },
        ("province", "group", "industry_code"),
        ("province", "product_zh", "activity_codes"),
    ),
    "key_item_rules": FrameRule(
        {
            **_texts("rule_id scope"),
            "value": _REAL,
            "low": _REAL,
            "high": _REAL,
            **_texts("unit meaning_zh meaning_en"),
            **_CITED,
        },
        ("rule_id",),
    ),
    "national_targets": FrameRule(
        {
            "indicator": _TEXT,
            "year": _WHOLE,
            "value": _REAL,
            "unit": _TEXT,
            "relative_to_year": _WHOLE,
            "region": _TEXT,
            "applies_to_city": _FLAG,
            "name_zh": _TEXT,
            **_CITED,
        },
        ("indicator", "year", "region"),
        ("relative_to_year",),
    ),
    "target_indicators": FrameRule(
        {
            **_texts("indicator name_zh name_en quantity species form comparison unit formula method_id"),
            **_CITED,
        },
        ("indicator",),
        ("species",),
    ),
    "projection_parameters": FrameRule(
        {"parameter": _TEXT, "year": _WHOLE, "value": _REAL, **_texts("unit name_zh"), **_CITED},
        ("parameter", "year"),
        ("year",),
    ),
    "consistency_tests": FrameRule(
        {"test": _TEXT, "tolerance": _REAL, **_texts("name_zh name_en rule_zh"), **_CITED}, ("test",)
    ),
    "metric_words": FrameRule(
        {
            **_texts("metric name_zh name_en unit other_units better dimension"),
            "is_carbon": _FLAG,
            "words": _TEXT,
            **_CITED,
        },
        ("metric",),
        ("other_units",),
    ),
    "dimension_aliases": FrameRule(
        {**_texts("province alias dimension"), **_CITED}, ("province", "alias"), ("province",)
    ),
    "industry_aliases": FrameRule(
        {**_texts("word codes"), "needs_context": _FLAG, "note": _TEXT, **_CITED}, ("word",), ("note",)
    ),
    "basis_documents": FrameRule(
        {**_texts("document number issued_on valid_to replaced_by"), **_CITED},
        ("document",),
        ("number", "valid_to", "replaced_by"),
    ),
    "measures": FrameRule(
        {
            **_texts("measure_id name_zh name_en stage"),
            "sequence": _WHOLE,
            **_texts("exclusive_group module activity_codes technology_codes device industry_codes"),
            **_texts("source_categories source_kind zone_types"),
            "start_year": _WHOLE,
            "uptake_2025_share": _REAL,
            "uptake_2035_share": _REAL,
            "cost_basis": _TEXT,
            "capex_cny_per_unit": _REAL,
            "opex_cny_per_unit": _REAL,
            "saving_cny_per_unit": _REAL,
            "lifetime_years": _REAL,
            **_texts("mechanism_zh mechanism_en"),
            **_CITED,
            **_texts("cost_cited_from cost_confidence"),
        },
        ("measure_id",),
        (
            "exclusive_group",
            "module",
            "activity_codes",
            "technology_codes",
            "device",
            "industry_codes",
            "source_categories",
            "source_kind",
            "zone_types",
        ),
    ),
    "measure_effects": FrameRule(
        {
            **_texts("measure_id species kind reference_species"),
            "value": _REAL,
            **_texts("activity_codes industry_codes note"),
            **_CITED,
        },
        ("measure_id", "species", "kind", "reference_species", "activity_codes", "industry_codes", "note"),
        ("reference_species", "activity_codes", "industry_codes", "note"),
    ),
    "cost_parameters": FrameRule(
        {"parameter": _TEXT, "value": _REAL, **_texts("unit name_zh name_en"), **_CITED}, ("parameter",)
    ),
    "coordination_rules": FrameRule(
        {
            **_texts("pair_id object_type object_code object_name_zh"),
            **_texts("environment_requirement carbon_requirement"),
            "verdict": _REAL,
            "condition": _TEXT,
            "verdict_if_true": _REAL,
            "verdict_if_false": _REAL,
            **_texts("mechanism_zh mechanism_en clause_pattern"),
            **_CITED,
        },
        ("pair_id", "object_type", "object_code"),
        ("condition", "verdict_if_true", "verdict_if_false", "clause_pattern"),
    ),
    "lint_rules": FrameRule(
        {**_texts("rule_id kind"), "value": _REAL, **_texts("unit meaning_zh meaning_en"), **_CITED},
        ("rule_id",),
        ("value",),
    ),
    "score_components": FrameRule(
        {
            **_texts("component name_zh name_en unit"),
            "direction": _WHOLE,
            **_texts("transform bound_kind"),
            "bound_low": _REAL,
            "bound_high": _REAL,
            "meaning_zh": _TEXT,
            **_CITED,
        },
        ("component",),
        ("bound_low", "bound_high"),
    ),
    "score_weights": FrameRule(
        {
            **_texts("weight_scheme_id kind name_zh name_en component other_component"),
            "judgement": _REAL,
            "is_main": _FLAG,
            **_CITED,
        },
        ("weight_scheme_id", "component", "other_component"),
        ("component", "other_component", "judgement"),
    ),
    "score_classes": FrameRule(
        {
            **_texts("grade_scheme_id score_class name_en"),
            "position": _WHOLE,
            "upper_rank_share": _REAL,
            **_CITED,
        },
        ("grade_scheme_id", "position"),
    ),
    "score_parameters": FrameRule(
        {"parameter": _TEXT, "value": _REAL, **_texts("unit name_zh name_en"), **_CITED}, ("parameter",)
    ),
    "grade_schemes": FrameRule(
        {
            **_texts("scheme_id quantity"),
            "lower": _REAL,
            "upper": _REAL,
            **_texts("closed grade_zh grade_en"),
            **_CITED,
        },
        ("scheme_id", "lower"),
    ),
    "synergy_parameters": FrameRule(
        {"parameter": _TEXT, "value": _REAL, **_texts("unit name_zh name_en"), **_CITED}, ("parameter",)
    ),
}


def _outside_shares(column: str) -> pl.Expr:
    return ~pl.col(column).is_between(0.0, 1.0)


def unknown(column: str, allowed: tuple[str, ...]) -> pl.Expr:
    """Return where a column holds none of the allowed values."""
    return ~pl.col(column).is_in(list(allowed))


def any_unknown(column: str, allowed: tuple[str, ...]) -> pl.Expr:
    """Return where a list separated by ; holds a value that is not allowed."""
    return pl.col(column).str.split(";").list.set_difference(pl.lit(list(allowed))).list.len() > 0


KNOWN = ("代码不在词汇表中", "the code is not in the vocabulary")
_RANGE = (
    "要求 0 ≤ 下限 ≤ 值 ≤ 上限，且值为正时下限为正",
    "0 <= low <= value <= high must hold, low positive with the value",
)
_SHARE = ("比例应在 0 与 1 之间", "a share must lie between 0 and 1")
_POSITIVE = ("应为正数", "must be positive")
_VERDICT = (
    "判定须在 −2 与 +2 之间；有条件时写明成立与不成立的判定",
    "a verdict lies between -2 and +2; a condition needs both outcomes",
)

RULES = (
    RowRule("fuels", "fuel_code", unknown("fuel_code", FUEL_CODES), *KNOWN),
    RowRule(
        "fuels",
        "amount_unit",
        unknown("amount_unit", ("t", "10^4 m3")),
        "单位应为 t 或 10^4 m3",
        "the unit must be t or 10^4 m3",
    ),
    *(
        RowRule("fuels", name, _outside_shares(name), *_SHARE)
        for name in ("oxidation_share", "sulfur_share", "ash_share", "fossil_carbon_share")
    ),
    *(
        RowRule("fuels", name, pl.col(name) <= 0, *_POSITIVE)
        for name in ("ncv_gj_per_unit", "carbon_tc_per_gj")
    ),
    RowRule(
        "fuels",
        "co2_low_ratio",
        ~((pl.col("co2_low_ratio") > 0) & (pl.col("co2_low_ratio") <= 1) & (pl.col("co2_high_ratio") >= 1)),
        *_RANGE,
    ),
    RowRule("emission_factors", "activity_code", unknown("activity_code", ACTIVITY_CODES), *KNOWN),
    RowRule("emission_factors", "species", unknown("species", SPECIES_CODES), *KNOWN),
    RowRule(
        "emission_factors",
        "unit",
        unknown("unit", tuple(FACTOR_UNITS)),
        "因子单位无法识别",
        "the unit of the factor is not known",
    ),
    RowRule(
        "emission_factors",
        "applies_removal",
        unknown("applies_removal", ("so2", "nox", "pm", "vocs")),
        *KNOWN,
    ),
    RowRule(
        "emission_factors",
        "value",
        ~((pl.col("low") >= 0) & (pl.col("low") <= pl.col("value")) & (pl.col("value") <= pl.col("high")))
        | ((pl.col("value") > 0) & (pl.col("low") <= 0)),
        *_RANGE,
    ),
    RowRule("technologies", "activity_codes", any_unknown("activity_codes", ACTIVITY_CODES), *KNOWN),
    RowRule("technologies", "denitrification", unknown("denitrification", ("scr", "sncr")), *KNOWN),
    RowRule("measures", "stage", unknown("stage", STAGES), *KNOWN),
    RowRule("measures", "device", unknown("device", DEVICES), *KNOWN),
    RowRule("measures", "activity_codes", any_unknown("activity_codes", ACTIVITY_CODES), *KNOWN),
    *(
        RowRule("measures", name, _outside_shares(name), *_SHARE)
        for name in ("uptake_2025_share", "uptake_2035_share")
    ),
    RowRule("measure_effects", "species", unknown("species", EFFECT_SUBJECTS), *KNOWN),
    RowRule("measure_effects", "kind", unknown("kind", EFFECT_KINDS), *KNOWN),
    RowRule("measure_effects", "reference_species", unknown("reference_species", SPECIES_CODES), *KNOWN),
    RowRule(
        "measure_effects",
        "value",
        (pl.col("kind") == "share") & (pl.col("value") > 1),
        "去除的比例不应大于 1",
        "no more than all can be removed",
    ),
    RowRule(
        "measure_effects",
        "reference_species",
        (pl.col("kind") == "t_per_t") & pl.col("reference_species").is_null(),
        "按去除量计的效果须写明参照物种",
        "an effect per tonne removed names the species removed",
    ),
    RowRule("coordination_rules", "verdict", ~pl.col("verdict").is_between(-2.0, 2.0), *_VERDICT),
    *(
        RowRule(
            "coordination_rules",
            name,
            (pl.col("condition").is_not_null() & pl.col(name).is_null())
            | ~pl.col(name).is_between(-2.0, 2.0),
            *_VERDICT,
        )
        for name in ("verdict_if_true", "verdict_if_false")
    ),
    RowRule(
        "coordination_rules",
        "object_type",
        unknown("object_type", ("measure", "industry", "zone_type")),
        *KNOWN,
    ),
    RowRule("gwp", "value", pl.col("value") <= 0, *_POSITIVE),
    RowRule(
        "grade_schemes",
        "upper",
        pl.col("upper") <= pl.col("lower"),
        "上限应大于下限",
        "the upper bound must exceed the lower one",
    ),
    RowRule("grade_schemes", "quantity", unknown("quantity", ("coordination_d", "synergy_degree")), *KNOWN),
    RowRule("grade_schemes", "closed", unknown("closed", ("left", "right")), *KNOWN),
    RowRule("gwp", "species", unknown("species", SPECIES_CODES), *KNOWN),
    RowRule("grid_factors", "value", pl.col("value") <= 0, *_POSITIVE),
    RowRule("pollution_equivalents", "equivalent_value_kg", pl.col("equivalent_value_kg") <= 0, *_POSITIVE),
    RowRule("pollution_equivalents", "species", unknown("species", SPECIES_CODES), *KNOWN),
    RowRule(
        "industries", "level", ~pl.col("level").is_between(1, 4), "层级应为 1–4", "the level must be 1 to 4"
    ),
    RowRule(
        "adcodes",
        "adcode",
        ~pl.col("adcode").str.contains(r"^\d{6}$"),
        "区划代码应为 6 位数字",
        "an area code has six digits",
    ),
    RowRule(
        "zone_types",
        "zone_type",
        ~pl.col("zone_type").str.contains(r"^\d{3,4}$"),
        "细类应为 3–4 位数字",
        "a zone type has three or four digits",
    ),
    RowRule("zone_types", "element", unknown("element", tuple(ELEMENT_BY_CODE)), *KNOWN),
    RowRule(
        "zone_types",
        "control_class",
        pl.col("zone_type").str.head(1) != pl.col("control_class").cast(_TEXT),
        "类别与细类首位不一致",
        "the class contradicts the first digit of the type",
    ),
    RowRule(
        "activity_ranges",
        "low_ratio",
        ~((pl.col("low_ratio") > 0) & (pl.col("low_ratio") <= 1) & (pl.col("high_ratio") >= 1)),
        *_RANGE,
    ),
    RowRule("counting_gates", "activity_codes", any_unknown("activity_codes", ACTIVITY_CODES), *KNOWN),
    RowRule(
        "counting_gates", "when_activity_codes", any_unknown("when_activity_codes", ACTIVITY_CODES), *KNOWN
    ),
    RowRule("counting_gates", "species_group", unknown("species_group", SPECIES_GROUPS), *KNOWN),
    RowRule("counting_gates", "scope", unknown("scope", ("owner", "city")), *KNOWN),
    RowRule("score_components", "direction", ~pl.col("direction").is_in([1, -1]), *KNOWN),
    RowRule("score_components", "transform", unknown("transform", ("log", "linear")), *KNOWN),
    RowRule("score_components", "bound_kind", unknown("bound_kind", ("base_year", "fixed")), *KNOWN),
    RowRule(
        "score_components",
        "bound_low",
        (pl.col("bound_kind") == "fixed")
        & ~((pl.col("bound_low") < pl.col("bound_high")).fill_null(value=False)),
        "固定的归一界须给出，且下界小于上界",
        "fixed bounds must be given, the lower below the upper",
    ),
    RowRule("score_weights", "kind", unknown("kind", ("equal", "entropy", "ahp")), *KNOWN),
    RowRule("score_weights", "judgement", pl.col("judgement") <= 0, *_POSITIVE),
    RowRule("score_classes", "upper_rank_share", _outside_shares("upper_rank_share"), *_SHARE),
    RowRule("metric_words", "better", unknown("better", ("low", "high")), *KNOWN),
    RowRule("metric_words", "dimension", unknown("dimension", tuple(DIMENSIONS)), *KNOWN),
    RowRule("dimension_aliases", "dimension", unknown("dimension", tuple(DIMENSIONS)), *KNOWN),
)
