"""What drives the emissions, and which industries, fields and areas are key."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.baseline import drivers, key_items
from sxyd_pipeline.core.baseline import key_areas as core_key_areas
from sxyd_pipeline.core.baseline.equivalents import choose_city_equivalents
from sxyd_pipeline.core.baseline.structure import describe_structure
from sxyd_pipeline.core.inventory import gather_activity
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def structure(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    economy: pl.DataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Emissions by sector, industry, fuel, district and zone class, with intensities."""
    config, facts = packages.open(context.partition_key).config, reference.load()
    lists = (facts.two_high_industries, facts.industries)
    layers = (districts, zones, control_units)
    return describe_structure(source_emissions, placements, economy, *layers, *lists, config)


@asset()
def decomposition(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    energy_use: pl.DataFrame,
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    statistical_areas: pl.DataFrame,
    economy: pl.DataFrame,
) -> pl.DataFrame:
    """How much of each change every factor explains: LMDI-I, end-point and chained."""
    activity = gather_activity(facilities, facility_activity, area_activity, statistical_areas)
    panels = drivers.city_panels(energy_use, source_emissions, activity, economy, reference.load().fuels)
    return drivers.explain_changes(panels, packages.open(context.partition_key).config)


@asset()
def decoupling(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    energy_use: pl.DataFrame,
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    statistical_areas: pl.DataFrame,
    economy: pl.DataFrame,
) -> pl.DataFrame:
    """Whether emissions part from growth: Tapio's eight states."""
    activity = gather_activity(facilities, facility_activity, area_activity, statistical_areas)
    panels = drivers.city_panels(energy_use, source_emissions, activity, economy, reference.load().fuels)
    pressures = {panel.subject: panel.totals() for panel in panels}
    return drivers.describe_decoupling(pressures, economy, packages.open(context.partition_key).config)


@asset()
def key_industries(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    economy: pl.DataFrame,
) -> pl.DataFrame:
    """Industries that matter most for pollution and carbon, with reasons."""
    config, facts = packages.open(context.partition_key).config, reference.load()
    equivalents = choose_city_equivalents(facts.pollution_equivalents, config)
    lists = (facts.two_high_industries, facts.industries)
    return key_items.identify_key_industries(
        source_emissions, economy, *lists, equivalents, facts.key_item_rules, config
    )


@asset()
def key_fields(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
) -> pl.DataFrame:
    """Source categories that matter most for pollution and carbon, with reasons."""
    config, facts = packages.open(context.partition_key).config, reference.load()
    equivalents = choose_city_equivalents(facts.pollution_equivalents, config)
    return key_items.identify_key_fields(source_emissions, equivalents, facts.key_item_rules, config)


@asset()
def key_areas(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    district_emissions: pl.DataFrame,
    zone_emissions: pl.DataFrame,
    control_unit_emissions: pl.DataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Districts, zones and control units that matter most, with reasons."""
    config, facts = packages.open(context.partition_key).config, reference.load()
    equivalents = choose_city_equivalents(facts.pollution_equivalents, config)
    accounts = (district_emissions, zone_emissions, control_unit_emissions)
    layers = (districts, zones, control_units)
    return core_key_areas.identify_key_areas(*accounts, *layers, equivalents, facts.key_item_rules, config)
