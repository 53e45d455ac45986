# ruff: noqa: E501 - one source of factors, one block: this page is read as a table
"""Every number of the reference data as one list: ``meta.factors``."""

from collections.abc import Callable

import polars as pl

from sxyd_pipeline.contracts.meta import FACTORS
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.factors_modules import factors_of_modules

#: Properties of a fuel: column, unit, whether the CO2 range of the fuel applies.
_FUEL_PROPERTIES = {
    "ncv_gj_per_unit": "GJ/计量单位", "carbon_tc_per_gj": "tC/GJ", "oxidation_share": "1", "sulfur_share": "1",
    "ash_share": "1", "fossil_carbon_share": "1",
}  # fmt: skip
_NO_TEXT = pl.lit(None, dtype=pl.String)
_NO_NUMBER = pl.lit(None, dtype=pl.Float64)


def list_factors(reference: Reference, has_module: Callable[[str], bool]) -> pl.DataFrame:
    """Return all factors with value, range, unit, source and confidence.

    Args:
        reference: all reference tables.
        has_module: tells whether an optional module is on; factors of the others are left out.

    Returns:
        Columns of ``meta.factors`` without ``city_code``, sorted by ``factor_id``.
    """
    technology = (
        pl.when(pl.col("technology_code").is_null())
        .then(pl.lit(""))
        .otherwise("/" + pl.col("technology_code"))
    )
    parts = [
        reference.emission_factors.select(
            "factor_id", kind=pl.lit("emission_factor"), applies_to=pl.col("activity_code") + technology,
            species="species", value="value", low="low", high="high", unit="unit", cited_from="cited_from", page="page",
            confidence="confidence",
        ),
        reference.grid_factors.select(
            "factor_id", kind="factor_kind", applies_to=pl.concat_str("region_name", "year", separator=" ", ignore_nulls=True), species=_NO_TEXT,
            value="value", low=_NO_NUMBER, high=_NO_NUMBER, unit="unit", cited_from="cited_from", page=_NO_TEXT,
            confidence="confidence",
        ),
        reference.gwp.select(
            factor_id=pl.concat_str(pl.lit("gwp"), "gwp_set", "gas", separator="."), kind=pl.lit("gwp"), applies_to="gas",
            species="species", value="value", low=_NO_NUMBER, high=_NO_NUMBER, unit=pl.lit("tCO2e/t"), cited_from="cited_from",
            page=_NO_TEXT, confidence="confidence",
        ),
        reference.pollution_equivalents.select(
            factor_id=pl.concat_str(pl.lit("equivalent"), "substance_zh", separator="."),
            kind=pl.lit("pollution_equivalent"), applies_to="substance_zh", species="species", value="equivalent_value_kg",
            low=_NO_NUMBER, high=_NO_NUMBER, unit=pl.lit("kg"), cited_from="cited_from", page=_NO_TEXT, confidence="confidence",
        ),
        reference.activity_ranges.select(
            factor_id=pl.concat_str(pl.lit("range"), "table_name", "method", separator="."), kind=pl.lit("activity_range"),
            applies_to=pl.concat_str("table_name", "method", separator="/"), species=_NO_TEXT, value=pl.lit(1.0),
            low="low_ratio", high="high_ratio", unit=pl.lit("1"), cited_from="cited_from", page=_NO_TEXT, confidence="confidence",
        ),
        *[
            reference.fuels.filter(pl.col(name).is_not_null()).select(
                factor_id=pl.concat_str(pl.lit("fuel"), "fuel_code", pl.lit(name), separator="."), kind=pl.lit("fuel_property"),
                applies_to="fuel_code", species=_NO_TEXT, value=name, low=_NO_NUMBER, high=_NO_NUMBER, unit=pl.lit(unit),
                cited_from="cited_from", page="page", confidence="confidence",
            )
            for name, unit in _FUEL_PROPERTIES.items()
        ],
        *(part for module, factors in factors_of_modules(reference).items() if has_module(module) for part in factors),
    ]  # fmt: skip
    schema = {name: dtype for name, dtype in FACTORS.schema.items() if name != "city_code"}
    typed = [part.select(pl.col(name).cast(dtype) for name, dtype in schema.items()) for part in parts]
    return pl.concat(typed).sort("factor_id")
