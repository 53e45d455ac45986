"""What the reference tables of optional modules must look like."""

import polars as pl

from sxyd_pipeline.io.reference_rules import KNOWN, FrameRule, RowRule, unknown
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE

_TEXT, _REAL = pl.String, pl.Float64


def _texts(names: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names.split(), _TEXT)


def _reals(names: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names.split(), _REAL)


_CITED = _texts("cited_from confidence")
_POOLS = ("c_above_t_per_ha", "c_below_t_per_ha", "c_soil_t_per_ha", "c_dead_t_per_ha")
FRAMES: dict[str, FrameRule] = {
    "carbon_densities": FrameRule(
        {**_texts("density_set land_class name_zh name_en"), **_reals(" ".join(_POOLS)), **_CITED},
        ("density_set", "land_class"),
    ),
    "carbon_fluxes": FrameRule(
        {**_texts("flux_id land_class kind"), **_reals("value low high"), "unit": _TEXT, **_CITED},
        ("flux_id",),
    ),
    "blue_carbon": FrameRule(
        {
            **_texts("habitat name_zh name_en"),
            **_reals("burial_gc_per_m2 low_gc_per_m2 high_gc_per_m2"),
            **_CITED,
        },
        ("habitat",),
    ),
    "water_equivalents": FrameRule(
        {**_texts("pollutant name_zh"), "equivalent_value_kg": _REAL, **_CITED}, ("pollutant",)
    ),
    "water_parameters": FrameRule(
        {**_texts("parameter plant_kind"), **_reals("value low high"), **_texts("unit meaning_zh"), **_CITED},
        ("parameter", "plant_kind"),
    ),
    "siting_project_types": FrameRule(
        {
            **_texts("project_type name_zh name_en size_unit effect_basis"),
            **_reals("value low high"),
            **_texts("effect_unit needs_module note_zh"),
            **_CITED,
        },
        ("project_type",),
        ("needs_module",),
    ),
    "siting_rules": FrameRule(
        {
            **_texts("rule_id project_type element zone_type verdict required_studies condition_zh"),
            **_CITED,
        },
        ("rule_id",),
        ("element", "zone_type", "required_studies"),
    ),
}

_RANGE = ("要求 下限 ≤ 值 ≤ 上限", "low <= value <= high must hold")
_NOT_NEGATIVE = ("不能为负", "must not be negative")
RULES = (
    *(RowRule("carbon_densities", pool, pl.col(pool) < 0, *_NOT_NEGATIVE) for pool in _POOLS),
    RowRule("carbon_fluxes", "kind", unknown("kind", ("nep", "npp")), *KNOWN),
    *(
        RowRule(frame, "value", ~pl.col("value").is_between(pl.col("low"), pl.col("high")), *_RANGE)
        for frame in ("carbon_fluxes", "water_parameters", "siting_project_types")
    ),
    RowRule(
        "blue_carbon",
        "burial_gc_per_m2",
        ~pl.col("burial_gc_per_m2").is_between(pl.col("low_gc_per_m2"), pl.col("high_gc_per_m2")),
        *_RANGE,
    ),
    RowRule("water_equivalents", "equivalent_value_kg", pl.col("equivalent_value_kg") <= 0, *_NOT_NEGATIVE),
    RowRule(
        "siting_project_types", "effect_basis", unknown("effect_basis", ("grid_displaced", "direct")), *KNOWN
    ),
    RowRule("siting_rules", "verdict", unknown("verdict", ("prohibited", "conditional", "allowed")), *KNOWN),
    RowRule("siting_rules", "element", unknown("element", tuple(ELEMENT_BY_CODE)), *KNOWN),
)
