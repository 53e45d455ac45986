"""Zonal superposition (分区叠加): densities, location quotients, quadrants, pressure and potential of areas.

Tonnes are extensive, densities are not. Areas are compared within their own layer (control units with
control units, zones with zones of the same element); elements overlap and are never added. All functions take
plain frames and leave the order of the areas to the keys, never to the input.
"""

from collections.abc import Sequence
from dataclasses import replace

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.synergy.indices_choices import Scale

#: What identifies an area in a scenario and year.
AREA_KEY = ("scenario_id", "year", "layer", "code")
#: Areas that are compared with each other.
PEERS = ("scenario_id", "year", "layer")
#: Levers that move activity; all others are measures.
ACTIVITY_LEVERS = ("activity_growth", "activity_level", "new_project")
#: Ends the id of a scenario whose measures are taken away.
FROZEN = ":frozen"
HIGH_HIGH, HIGH_POLLUTION, HIGH_CARBON, LOW_LOW = "双高", "高污低碳", "低污高碳", "双低"
_QUANTITIES = ("co2", "co2e", "apeq")


def list_areas(
    control_units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, districts: gpd.GeoDataFrame
) -> pl.DataFrame:
    """List the areas in force of every layer.

    Args:
        control_units: ``zoning.control_units``.
        zones: ``zoning.zones``; an element is a layer of its own.
        districts: ``zoning.districts``.

    Returns:
        ``layer, code, name, area_km2, control_class, district_code, zone_type``, sorted by layer and code;
        areas that are no longer in force are left out.
    """
    parts = [
        list_control_units(control_units),
        _area_rows(districts, "district", "district_code", "district_name"),
        list_zones(zones),
    ]
    return pl.concat(parts).sort("layer", "code")


def list_control_units(control_units: gpd.GeoDataFrame) -> pl.DataFrame:
    """List the control units in force; columns as in :func:`list_areas`."""
    return _area_rows(control_units, "control_unit", "control_unit_code", "control_unit_name")


def list_zones(zones: gpd.GeoDataFrame) -> pl.DataFrame:
    """List the element zones in force; an element is a layer. Columns as in :func:`list_areas`."""
    members = [
        _area_rows(rows, str(element), "zone_code", "zone_name")
        for element, rows in zones.groupby("element", sort=True)
    ]
    return pl.concat([_area_rows(zones.iloc[:0], "", "zone_code", "zone_name"), *members])


def _area_rows(layer: gpd.GeoDataFrame, name: str, code: str, label: str) -> pl.DataFrame:
    in_force = layer[layer["valid_to"].isna()] if "valid_to" in layer.columns else layer

    def text(column: str) -> pl.Series:
        values = [str(value) for value in in_force[column]] if column in in_force.columns else None
        return pl.Series(values if values is not None else [None] * len(in_force), dtype=pl.String)

    classes = [int(value) for value in in_force["control_class"]] if "control_class" in in_force else None
    return pl.DataFrame(
        {
            "layer": pl.Series([name] * len(in_force), dtype=pl.String),
            "code": text(code),
            "name": text(label),
            "area_km2": pl.Series([float(value) for value in in_force["area_km2"]], dtype=pl.Float64),
            "control_class": pl.Series(classes or [None] * len(in_force), dtype=pl.Int32),
            "district_code": text("district_code"),
            "zone_type": text("zone_type"),
        }
    )


def sum_areas(emissions: pl.DataFrame, areas: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """Weigh the emissions of areas.

    ``APeq = sum_p E_p / w_p`` (w_p kg per equivalent), ``CO2e = sum_g E_g GWP_g``,
    ``IAPeq = APeq + w_c CO2e``.

    Args:
        emissions: ``scenario_id, year, layer, code, species, emission_t`` (t/a); rows outside
            ``areas`` (``*``) are left out.
        areas: ``layer, code, area_km2``; an area without rows emits nothing.
        scale: weights.

    Returns:
        One row per area, scenario and year: the key, ``area_km2, co2_t, co2e_tco2e, apeq_t, iapeq_t``,
        sorted by the key.
    """
    frame = areas.join(emissions.select("scenario_id", "year").unique(), how="cross")
    weighted = (
        emissions.join(areas.select("layer", "code"), on=["layer", "code"], how="semi")
        .join(scale.weights, on="species", maintain_order="left")
        # One order of addition whatever the order of the rows.
        .sort(*AREA_KEY, "species")
        .group_by(AREA_KEY, maintain_order=True)
        .agg((pl.col("emission_t") * pl.col(f"{name}_weight")).sum().alias(name) for name in _QUANTITIES)
    )
    return (
        frame.join(weighted, on=AREA_KEY, how="left")
        # No row means that nothing is emitted there.
        .with_columns(pl.col(_QUANTITIES).fill_null(0.0))
        .with_columns(iapeq_t=pl.col("apeq") + scale.carbon_weight * pl.col("co2e"))
        .select(*AREA_KEY, "area_km2", co2_t="co2", co2e_tco2e="co2e", apeq_t="apeq", iapeq_t="iapeq_t")
        .sort(AREA_KEY)
    )


def location_quotient(amount: str, area: str = "area_km2", *, within: Sequence[str] = PEERS) -> pl.Expr:
    """Return ``LQ_z = (E_z / sum E) / (A_z / sum A)``; its area-weighted mean over the peers is 1.

    Args:
        amount: column of the amount (t/a).
        area: column of the area (km2).
        within: columns whose equal rows are compared with each other; none compares all rows.

    Returns:
        Expression, 1 = mean density of the peers; empty where the peers have no amount or no area.
    """
    whole, whole_area = (total_of(pl.col(name).sum(), within) for name in (amount, area))
    share = pl.col(amount) / whole
    return pl.when((whole > 0) & (pl.col(area) > 0)).then(share / (pl.col(area) / whole_area))


def total_of(expression: pl.Expr, within: Sequence[str]) -> pl.Expr:
    """Evaluate an expression over rows that are equal in some columns; over all rows without any."""
    return expression.over(list(within)) if within else expression


def quadrant(co2_lq: str = "co2_lq", apeq_lq: str = "apeq_lq", *, cut: float = 1.0) -> pl.Expr:
    """Return the four-quadrant class of two location quotients; above the cut is high, at the cut is not.

    Args:
        co2_lq: column of the location quotient of CO2.
        apeq_lq: column of the location quotient of pollution equivalents.
        cut: quotient that separates high from low.
    """
    is_carbon = (pl.col(co2_lq) > cut).fill_null(value=False)
    is_pollution = (pl.col(apeq_lq) > cut).fill_null(value=False)
    return (
        pl.when(is_carbon & is_pollution)
        .then(pl.lit(HIGH_HIGH))
        .when(is_pollution)
        .then(pl.lit(HIGH_POLLUTION))
        .when(is_carbon)
        .then(pl.lit(HIGH_CARBON))
        .otherwise(pl.lit(LOW_LOW))
    )


def measure_areas(
    emissions: pl.DataFrame, areas: pl.DataFrame, scale: Scale, *, lq_cut: float = 1.0
) -> pl.DataFrame:
    """Measure every area: amounts, densities, location quotients, quadrant.

    Args:
        emissions: ``scenario_id, year, layer, code, species, emission_t`` (t/a).
        areas: ``layer, code, area_km2``.
        scale: weights.
        lq_cut: location quotient that separates high from low.

    Returns:
        :func:`sum_areas` with ``co2_density_t_per_km2, apeq_density_t_per_km2, iapeq_density_t_per_km2,
        co2_lq, apeq_lq, iapeq_lq, quadrant``. Densities are empty where there is no area.
    """
    names = ("co2", "apeq", "iapeq")
    return (
        sum_areas(emissions, areas, scale)
        .with_columns(
            *(
                pl.when(pl.col("area_km2") > 0)
                .then(pl.col(f"{name}_t") / pl.col("area_km2"))
                .alias(f"{name}_density_t_per_km2")
                for name in names
            ),
            *(location_quotient(f"{name}_t").alias(f"{name}_lq") for name in names),
        )
        .with_columns(quadrant=quadrant(cut=lq_cut))
    )


def press_on_targets(
    projected: pl.DataFrame, permitted: pl.DataFrame, *, years: tuple[int, ...], cap: float
) -> pl.DataFrame:
    """Compare emissions with what is permitted: mean over the indicators of ``projected / permitted``.

    A year looks at the first target year not before it (the base year at the first target to come): the
    pressure says how far the area must come down.

    Args:
        projected: ``scenario_id, code, indicator, year, projected`` of caps on tonnes.
        permitted: ``code, indicator, year, target`` of the same indicators.
        years: years wanted.
        cap: largest ratio of one indicator; also taken where nothing is permitted and something is emitted.

    Returns:
        ``scenario_id, year, code, target_pressure, target_count, worst_indicator, worst_ratio,
        target_year``; areas without a target have no row.
    """
    wanted = pl.DataFrame({"year": pl.Series(years, dtype=pl.Int32)})
    targets = (
        permitted.select("code", "indicator", pl.col("year").cast(pl.Int32).alias("target_year"), "target")
        .join(wanted, how="cross")
        .filter(pl.col("target_year") >= pl.col("year"))
        .sort("target_year")
        .group_by("code", "indicator", "year", maintain_order=True)
        .first()
    )
    ratio = (
        pl.when(pl.col("target") > 0)
        .then(pl.col("projected") / pl.col("target"))
        .when(pl.col("projected") > 0)
        .then(cap)
        # Nothing emitted and nothing permitted: no pressure, and no ratio.
    )
    return (
        projected.with_columns(pl.col("year").cast(pl.Int32))
        .join(targets, on=["code", "indicator", "year"])
        .with_columns(ratio=ratio.clip(upper_bound=cap))
        .drop_nulls("ratio")
        .sort(
            "scenario_id", "year", "code", "ratio", "indicator", descending=[False, False, False, True, False]
        )
        .group_by("scenario_id", "year", "code", maintain_order=True)
        .agg(
            target_pressure=pl.col("ratio").mean(),
            target_count=pl.len().cast(pl.Int64),
            worst_indicator=pl.col("indicator").first(),
            worst_ratio=pl.col("ratio").first(),
            target_year=pl.col("target_year").first(),
        )
        .sort("scenario_id", "year", "code")
    )


def find_strongest(measured: pl.DataFrame, layer: str = "control_unit") -> str:
    """Return the scenario that emits least in the last year.

    Args:
        measured: ``scenario_id, year, layer, code, iapeq_t``.
        layer: layer that covers the city; its areas are summed.

    Returns:
        Scenario; of equal ones the first by id.
    """
    least = (
        measured.filter(pl.col("layer") == layer, pl.col("year") == pl.col("year").max())
        .sort(AREA_KEY)
        .group_by("scenario_id", maintain_order=True)
        .agg(pl.col("iapeq_t").sum())
        .sort("iapeq_t", "scenario_id")
    )
    return str(least["scenario_id"][0])


def freeze_policy(scenario: Scenario) -> Scenario:
    """Return the scenario with its activity, without its measures: what growth alone emits (冻结政策).

    The neutral scenario has no growth; measured against it, growth would be set off against measures.
    """
    activity = tuple(lever for lever in scenario.levers if lever.kind.code in ACTIVITY_LEVERS)
    return replace(scenario, scenario_id=f"{scenario.scenario_id}{FROZEN}", levers=activity)


def reduction_potential(
    measured: pl.DataFrame, *, base_year: int, strongest: str, reference: str
) -> pl.DataFrame:
    """Say what a scenario removes: ``1 - IAPeq_strongest / IAPeq_reference`` of the same year.

    In the base year all scenarios are the same; its potential is the one of the next year there is.

    Args:
        measured: ``scenario_id, year, layer, code, iapeq_t``.
        base_year: year of the inventory.
        strongest: scenario that removes.
        reference: scenario it is measured against (the same activity without measures).

    Returns:
        ``year, layer, code, reduction_potential_share``, sorted; empty where the reference emits nothing,
        negative where the strongest scenario emits more.
    """
    place = ["year", "layer", "code"]
    whole, left = (
        measured.filter(pl.col("scenario_id") == name).select(*place, pl.col("iapeq_t").alias(label))
        for name, label in ((reference, "whole_t"), (strongest, "left_t"))
    )
    share = pl.when(pl.col("whole_t") > 0).then(1.0 - pl.col("left_t") / pl.col("whole_t"))
    later = (
        whole.join(left, on=place)
        .filter(pl.col("year") > base_year)
        .select(pl.col("year").cast(pl.Int32), "layer", "code", reduction_potential_share=share)
    )
    first = later.filter(pl.col("year") == pl.col("year").min())
    return pl.concat([first.with_columns(year=pl.lit(base_year, pl.Int32)), later]).sort(place)
