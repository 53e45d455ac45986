"""An independent check of coal units: the tracker's CO2, ours with its factors, ours with defaults."""

import polars as pl

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

GJ_PER_BTU = 1.055056e-6
HOURS_PER_YEAR = 8760.0
KWH_PER_MWH = 1e3


def heat_of_units(units: pl.DataFrame) -> pl.DataFrame:
    """Add the yearly heat of each unit: ``capacity * 8760 * capacity factor * heat rate`` in GJ.

    Args:
        units: ``capacity_mw``, ``capacity_factor`` (0 to 1), ``heat_rate_btu_per_kwh``.

    Returns:
        The same rows with ``heat_gj``.
    """
    generation_kwh = pl.col("capacity_mw") * HOURS_PER_YEAR * KWH_PER_MWH * pl.col("capacity_factor")
    return units.with_columns(heat_gj=generation_kwh * pl.col("heat_rate_btu_per_kwh") * GJ_PER_BTU)


def compare_with_tracker(units: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Compare the CO2 of coal units with a tracker's own figure, and show what our defaults change.

    Args:
        units: ``unit_id``, ``fuel_code``, ``capacity_mw``, ``capacity_factor``, ``heat_rate_btu_per_kwh``,
            ``ef_kgco2_per_tj``, ``tracker_co2_t`` (t/a).
        reference: default carbon content and oxidation of the fuels.

    Returns:
        Per unit ``heat_gj``, ``tracker_co2_t``, ``same_factor_co2_t`` (the tracker's factor, oxidation 1),
        ``default_co2_t`` (our factors), and both differences relative to the tracker, sorted by ``unit_id``.

    References:
        Global Energy Monitor, Global Coal Plant Tracker, July 2024, CC BY 4.0.
    """
    fuels = reference.fuels.select("fuel_code", "carbon_tc_per_gj", "oxidation_share")
    kg_per_t_and_gj_per_tj = 1e6
    return (
        heat_of_units(units)
        .join(fuels, on="fuel_code", how="left", maintain_order="left")
        .with_columns(
            same_factor_co2_t=pl.col("heat_gj") * pl.col("ef_kgco2_per_tj") / kg_per_t_and_gj_per_tj,
            default_co2_t=pl.col("heat_gj")
            * pl.col("carbon_tc_per_gj")
            * pl.col("oxidation_share")
            * CO2_PER_CARBON,
        )
        .select(
            "unit_id",
            "fuel_code",
            "heat_gj",
            "tracker_co2_t",
            "same_factor_co2_t",
            "default_co2_t",
            same_factor_difference_share=pl.col("same_factor_co2_t") / pl.col("tracker_co2_t") - 1.0,
            default_difference_share=pl.col("default_co2_t") / pl.col("tracker_co2_t") - 1.0,
        )
        .sort("unit_id")
    )
