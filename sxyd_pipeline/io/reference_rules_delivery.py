"""What the reference tables of the delivery check must look like."""

import polars as pl

from sxyd_pipeline.io.reference_rules import KNOWN, FrameRule, RowRule, unknown

_TEXT, _REAL, _WHOLE, _FLAG = pl.String, pl.Float64, pl.Int32, pl.Boolean
KINDS = ("text", "whole", "number", "unit_code", "zone_code", "adcode")


def _texts(names: str) -> dict[str, type[pl.DataType]]:
    return dict.fromkeys(names.split(), _TEXT)


_CITED = _texts("cited_from confidence")
FRAMES: dict[str, FrameRule] = {
    "delivery_fields": FrameRule(
        {
            **_texts("spec_version layer form layer_names"),
            "required": _FLAG,
            "position": _WHOLE,
            **_texts("field field_names"),
            "mandatory": _FLAG,
            **_texts("kind measured_in"),
            "minimum": _REAL,
            "maximum": _REAL,
            "allowed": _TEXT,
            **_CITED,
        },
        ("spec_version", "layer", "field"),
        ("measured_in", "minimum", "maximum", "allowed"),
    ),
    "delivery_rules": FrameRule(
        {
            **_texts("spec_version rule_id strength"),
            "tolerance": _REAL,
            **_texts("unit message_zh message_en remedy_zh remedy_en"),
            **_CITED,
        },
        ("spec_version", "rule_id"),
        ("tolerance", "unit"),
    ),
}
RULES = (
    RowRule("delivery_fields", "form", unknown("form", ("layer", "table")), *KNOWN),
    RowRule("delivery_fields", "kind", unknown("kind", KINDS), *KNOWN),
    RowRule("delivery_rules", "strength", unknown("strength", ("block", "warn")), *KNOWN),
)
