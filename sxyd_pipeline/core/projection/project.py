"""From the inventory to every scenario: assemble sources, project, place, and say how sure it is."""

from collections.abc import Sequence
from difflib import get_close_matches

import geopandas as gpd
import numpy as np
import polars as pl

from sxyd_pipeline.core.baseline.placements import place_sources
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.activity import ACTIVITY_SCHEMA
from sxyd_pipeline.core.inventory.estimate import estimate_emissions
from sxyd_pipeline.core.projection.additions import (
    ADDITION_SCHEMA,
    describe_new_projects,
    describe_switches,
)
from sxyd_pipeline.core.projection.engine import attribute_to_levers, project_sources
from sxyd_pipeline.core.projection.scenario import Lever, Scenario
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import Place, SxydError

Array = np.ndarray

METHOD = "scenario_levers"


#: What an addition owes its existence to, and what it replaces; null for rows of the inventory.
_ORIGIN = ("addition", "from_activity_code", "from_technology_code")

_LAST_YEAR = 2035


def years_of(config: CityConfig) -> tuple[int, ...]:
    """Return every year from the base year to the last horizon, 2035 at least."""
    return tuple(range(config.base_year, max(_LAST_YEAR, *config.horizons) + 1))


class UnknownFacilityInScenarioError(SxydError):
    """A scenario retires or retrofits a facility that emits nothing in the inventory."""

    def __init__(self, lever: Lever, scenario_id: str, near: list[str]) -> None:
        """Name lever, facility and the nearest ids."""
        wanted = "/".join(
            str(lever.details[key]) for key in ("facility_id", "equipment_id") if key in lever.details
        )
        hint = "、".join(near) or "-"
        super().__init__(
            f"情景 {scenario_id} 的“{lever.label}”所指企业或设备 {wanted} 不在清单中；相近的有：{hint}",
            f"scenario {scenario_id}, '{lever.label}': {wanted} is not in the inventory; near: {hint}",
            remedy_zh="改正 facility_id 或 equipment_id",
            remedy_en="mend facility_id or equipment_id",
            place=Place(file=f"scenarios/{scenario_id}.toml", column=lever.label, value=wanted),
        )


def require_named_facilities(sources: pl.DataFrame, scenario: Scenario) -> None:
    """Refuse a retirement or retrofit that would act on nothing.

    Raises:
        UnknownFacilityInScenarioError: facility or equipment is not among the sources.
    """
    known = sources.select("facility_id", "equipment_id").unique()
    for lever in scenario.levers:
        if lever.kind.code not in {"retirement", "retrofit"}:
            continue
        facility = str(lever.details["facility_id"])
        mine = known.filter(pl.col("facility_id") == facility)
        equipment = lever.details.get("equipment_id")
        if mine.is_empty() or (equipment is not None and str(equipment) not in mine["equipment_id"]):
            names = known["facility_id"] if mine.is_empty() else mine["equipment_id"]
            wanted = facility if mine.is_empty() else str(equipment)
            near = get_close_matches(wanted, sorted(names.drop_nulls().unique().to_list()), n=3)
            raise UnknownFacilityInScenarioError(lever, scenario.scenario_id, near)


def assemble_sources(
    source_emissions: pl.DataFrame,
    activity: pl.DataFrame,
    scenarios: Sequence[Scenario],
    project_placements: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Return the rows every scenario starts from: the inventory, and what the scenario adds at full effect.

    Args:
        source_emissions: ``inventory.emissions``; rows of the base year are used.
        activity: gathered activity (:func:`sxyd_pipeline.core.inventory.gather_activity`).
        scenarios: scenarios.
        project_placements: placements of new projects (:func:`place_new_projects`); gives their district.
        reference: factors and fuels.
        config: settings of the city.

    Returns:
        ``projection.scenario_sources``: one row per scenario, source and species; ``addition`` names the
        lever a row owes its existence to, ``origin`` is inventory, fuel_switch or new_project.
    """
    base = source_emissions.filter(pl.col("year") == config.base_year)
    for scenario in scenarios:
        require_named_facilities(base, scenario)
    of_base_year = activity.filter(pl.col("year") == config.base_year)
    parts = []
    for scenario in scenarios:
        inventory = base.with_columns(
            **{name: pl.lit(None, dtype=pl.String) for name in _ORIGIN},
            origin=pl.lit("inventory"),
            scenario_id=pl.lit(scenario.scenario_id),
        )
        parts.append(inventory)
        added = _additions(of_base_year, scenario, project_placements, reference, config)
        if added.height:
            parts.append(added.select(inventory.columns))
    return (
        pl.concat(parts)
        .select("city_code", "scenario_id", pl.exclude("city_code", "scenario_id"))
        .sort("scenario_id", "source_id", "species")
    )


def _additions(
    activity: pl.DataFrame,
    scenario: Scenario,
    project_placements: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Estimate what a scenario adds, with the factors and gates of the inventory."""
    columns = [*ADDITION_SCHEMA, "origin"]
    switches = describe_switches(activity, scenario, reference.fuels).with_columns(
        origin=pl.lit("fuel_switch")
    )
    district = project_placements.filter(pl.col("layer") == "district").select("spread_id", placed_in="code")
    projects = (
        describe_new_projects(scenario, config.adcode, config.base_year, scenario.scenario_id)
        .join(district, on="spread_id", how="left", maintain_order="left")
        .with_columns(district_code=pl.col("placed_in"), origin=pl.lit("new_project"))
    )
    added = pl.concat([switches.select(columns), projects.select(columns)])
    if added.is_empty():
        return added
    labels = added.select("source_id", *_ORIGIN, "origin")
    # Coal that becomes gas is no by-product gas of a furnace: the estimator's gates see additions alone.
    estimated = estimate_emissions(added.select(ACTIVITY_SCHEMA.keys()), reference, config).table
    return (
        estimated.filter(pl.col("role") == "counted")
        .join(labels, on="source_id", how="left", maintain_order="left")
        .with_columns(scenario_id=pl.lit(scenario.scenario_id))
    )


def place_new_projects(
    scenarios: Sequence[Scenario],
    proxies: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
    config: CityConfig,
) -> pl.DataFrame:
    """Place the new projects of all scenarios like any other point source.

    Returns:
        Placements with the columns of ``baseline.placements``, one set per project; empty without projects.

    Raises:
        UnplacedEmissionError: a project lies outside the city.
    """
    described = [describe_new_projects(s, config.adcode, config.base_year, s.scenario_id) for s in scenarios]
    projects = pl.concat(described).unique("facility_id", keep="first", maintain_order=True)
    points = projects.select("city_code", "facility_id", "spread_id", "lon", "lat")
    return place_sources(points, points, proxies, districts, zones, control_units)


def project_scenarios(
    scenario_sources: pl.DataFrame, scenarios: Sequence[Scenario], config: CityConfig
) -> pl.DataFrame:
    """Project every source of every scenario over all years.

    Returns:
        ``projection.emissions``: one row per scenario, year, source and species, t/a.
    """
    keys = ("city_code", "source_id", "species", "spread_id", "origin", "data_label")
    parts = [
        project_sources(
            rows_of(scenario_sources, scenario), scenario, years_of(config), config.base_year, keys
        )
        for scenario in scenarios
    ]
    return (
        pl.concat(parts)
        .with_columns(method_id=pl.lit(METHOD))
        .select(
            "city_code",
            "scenario_id",
            "year",
            "source_id",
            "species",
            "emission_t",
            "spread_id",
            "origin",
            "method_id",
            "data_label",
        )
        .sort("scenario_id", "year", "source_id", "species")
    )


def attribute_scenarios(
    scenario_sources: pl.DataFrame, scenarios: Sequence[Scenario], config: CityConfig
) -> pl.DataFrame:
    """Split the change of every horizon year over the levers (``projection.lever_effects``)."""
    parts = [
        attribute_to_levers(rows_of(scenario_sources, scenario), scenario, year, config.base_year).select(
            pl.lit(config.adcode).alias("city_code"),
            pl.lit(scenario.scenario_id).alias("scenario_id"),
            pl.lit(year, dtype=pl.Int32).alias("year"),
            "species",
            "lever",
            "effect_t",
            pl.lit("lmdi_product").alias("method_id"),
        )
        for scenario in scenarios
        for year in config.horizons
    ]
    return pl.concat(parts).sort("scenario_id", "year", "species", "lever")


def allocate_projection(
    projected: pl.DataFrame, placements: pl.DataFrame, layers: Sequence[str], years: Sequence[int]
) -> pl.DataFrame:
    """Bring projected emissions to the features of layers, through the placements of the base year.

    Args:
        projected: ``projection.emissions``.
        placements: ``baseline.placements`` and those of new projects.
        layers: layers wanted (``district``, ``control_unit``, elements).
        years: years wanted.

    Returns:
        ``city_code, scenario_id, year, layer, code, species, emission_t``; what lies outside every feature of
        an element keeps the code ``*``, so each layer sums to the city.
    """
    keys = ["city_code", "scenario_id", "year", "species"]
    # Aggregated before it is multiplied: sources are many, places are few.
    spreads = (
        projected.filter(pl.col("year").is_in(list(years)))
        .group_by(*keys, "spread_id", maintain_order=True)
        .agg(pl.col("emission_t").sum())
    )
    # Layer by layer: what every spread gives to every place of all layers at once is what takes memory.
    placed = [
        spreads.join(placements.filter(pl.col("layer") == layer), on="spread_id", maintain_order="left")
        .group_by(*keys, "layer", "code", maintain_order=True)
        .agg(emission_t=(pl.col("emission_t") * pl.col("share")).sum())
        for layer in sorted(set(layers))
    ]
    return (
        pl.concat(placed)
        .select("city_code", "scenario_id", "year", "layer", "code", "species", "emission_t")
        .sort("scenario_id", "year", "layer", "code", "species")
    )


def rows_of(scenario_sources: pl.DataFrame, scenario: Scenario) -> pl.DataFrame:
    """Return the rows of one scenario."""
    return scenario_sources.filter(pl.col("scenario_id") == scenario.scenario_id)
