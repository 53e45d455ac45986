"""Scenarios over the inventory: levers, sources, emissions, and where they come down."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.inventory import gather_activity
from sxyd_pipeline.core.projection import project, sureness
from sxyd_pipeline.core.projection.drivers import list_drivers
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore
from sxyd_pipeline.io.scenarios import load_scenarios


@asset(reads_package=True)
def drivers(context: dg.AssetExecutionContext, packages: PackageStore) -> pl.DataFrame:
    """Every lever of every scenario, year by year, with its source."""
    package = packages.open(context.partition_key)
    years, base_year = project.years_of(package.config), package.config.base_year
    return list_drivers(load_scenarios(package), years, base_year, package.config.adcode)


@asset(reads_package=True)
def project_placements(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    proxies: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """District, zones and control unit of every new project of a scenario."""
    package = packages.open(context.partition_key)
    layers = (proxies, districts, zones, control_units)
    return project.place_new_projects(load_scenarios(package), *layers, package.config)


@asset(reads_package=True)
def scenario_sources(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    statistical_areas: pl.DataFrame,
    project_placements: pl.DataFrame,
) -> pl.DataFrame:
    """What every scenario starts from: the inventory, and what it adds at full effect."""
    package = packages.open(context.partition_key)
    activity = gather_activity(facilities, facility_activity, area_activity, statistical_areas)
    scenarios = load_scenarios(package)
    return project.assemble_sources(
        source_emissions, activity, scenarios, project_placements, reference.load(), package.config
    )


@asset(reads_package=True)
def projected_emissions(
    context: dg.AssetExecutionContext, packages: PackageStore, scenario_sources: pl.DataFrame
) -> pl.DataFrame:
    """Emission of every source in every scenario and year."""
    package = packages.open(context.partition_key)
    return project.project_scenarios(scenario_sources, load_scenarios(package), package.config)


@asset(reads_package=True)
def lever_effects(
    context: dg.AssetExecutionContext, packages: PackageStore, scenario_sources: pl.DataFrame
) -> pl.DataFrame:
    """Change against the base year, split over the levers without remainder."""
    package = packages.open(context.partition_key)
    return project.attribute_scenarios(scenario_sources, load_scenarios(package), package.config)


@asset()
def projected_area_emissions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    projected_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    project_placements: pl.DataFrame,
) -> pl.DataFrame:
    """Projected emissions of districts, element zones and control units, through the base year's bridge."""
    placed = pl.concat([placements, project_placements])
    layers = placements["layer"].unique().to_list()
    years = project.years_of(packages.open(context.partition_key).config)
    return project.allocate_projection(projected_emissions, placed, layers, years)


@asset(reads_package=True)
def projected_totals(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_emissions: pl.DataFrame,
    scenario_sources: pl.DataFrame,
) -> pl.DataFrame:
    """City totals of every scenario and year, with quantiles of the draws."""
    package = packages.open(context.partition_key)
    scenarios = load_scenarios(package)
    return sureness.total_projections(
        projected_emissions, scenario_sources, scenarios, reference.load(), package.config
    )


@asset(reads_package=True)
def projected_control_unit_emissions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_emissions: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    project_placements: pl.DataFrame,
) -> pl.DataFrame:
    """Projected emissions of control units in base year and horizons, with quantiles of the draws."""
    package = packages.open(context.partition_key)
    placed = pl.concat([placements, project_placements])
    return sureness.draw_control_units(
        projected_emissions,
        scenario_sources,
        placed,
        load_scenarios(package),
        reference.load(),
        package.config,
    )


@asset(reads_package=True)
def variance_shares(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    scenario_sources: pl.DataFrame,
) -> pl.DataFrame:
    """Which input explains how much of each total's variance: what to improve first."""
    package = packages.open(context.partition_key)
    return sureness.explain_variance(
        scenario_sources, load_scenarios(package), reference.load(), package.config
    )
