# ruff: noqa: E501 - one source of factors, one block: this page is read as a table
"""Numbers of the reference tables of optional modules, as factors, by module."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.reference import Reference

_POOLS = {
    "c_above_t_per_ha": "above",
    "c_below_t_per_ha": "below",
    "c_soil_t_per_ha": "soil",
    "c_dead_t_per_ha": "dead",
}


def factors_of_modules(reference: Reference) -> dict[str, Sequence[pl.DataFrame]]:
    """Return the factors of each optional module, with the columns of ``meta.factors`` but ``city_code``."""
    no_text, no_number = pl.lit(None, dtype=pl.String), pl.lit(None, dtype=pl.Float64)
    densities = [
        reference.carbon_densities.select(
            factor_id=pl.concat_str(pl.lit("carbon_density"), "density_set", "land_class", pl.lit(pool), separator="."), kind=pl.lit("carbon_density"),
            applies_to="land_class", species=no_text, value=column, low=no_number, high=no_number, unit=pl.lit("tC/ha"), cited_from="cited_from", page=no_text, confidence="confidence",
        )
        for column, pool in _POOLS.items()
    ]  # fmt: skip
    fluxes = reference.carbon_fluxes.select(
        factor_id=pl.concat_str(pl.lit("carbon_flux"), "flux_id", separator="."), kind=pl.concat_str(pl.lit("carbon_flux_"), "kind"), applies_to="land_class", species=no_text,
        value="value", low="low", high="high", unit="unit", cited_from="cited_from", page=no_text, confidence="confidence",
    )  # fmt: skip
    projects = reference.siting_project_types.select(
        factor_id=pl.concat_str(pl.lit("project_effect"), "project_type", separator="."), kind=pl.lit("project_effect"), applies_to="project_type", species=pl.lit("CO2"),
        value="value", low="low", high="high", unit="effect_unit", cited_from="cited_from", page=no_text, confidence="confidence", needs=pl.col("needs_module").fill_null("ecology"),
    )  # fmt: skip
    burial = reference.blue_carbon.select(
        factor_id=pl.concat_str(pl.lit("blue_carbon"), "habitat", separator="."), kind=pl.lit("burial_rate"), applies_to="habitat", species=no_text, value="burial_gc_per_m2",
        low="low_gc_per_m2", high="high_gc_per_m2", unit=pl.lit("gC/(m2·a)"), cited_from="cited_from", page=no_text, confidence="confidence",
    )  # fmt: skip
    equivalents = reference.water_equivalents.select(
        factor_id=pl.concat_str(pl.lit("water_equivalent"), "pollutant", separator="."), kind=pl.lit("water_equivalent"), applies_to="pollutant", species=no_text,
        value="equivalent_value_kg", low=no_number, high=no_number, unit=pl.lit("kg"), cited_from="cited_from", page=no_text, confidence="confidence",
    )  # fmt: skip
    parameters = reference.water_parameters.select(
        factor_id=pl.concat_str(pl.lit("water"), "parameter", "plant_kind", separator="."), kind=pl.lit("water_parameter"), applies_to="plant_kind", species=no_text,
        value="value", low="low", high="high", unit="unit", cited_from="cited_from", page=no_text, confidence="confidence",
    )  # fmt: skip
    return {
        "water": (equivalents, parameters),
        "ecology": (*densities, fluxes, projects.filter(pl.col("needs") == "ecology")),
        "coastal": (burial, projects.filter(pl.col("needs") == "coastal")),
    }
