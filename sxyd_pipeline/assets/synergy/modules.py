"""Optional modules: non-CO2 gases, wastewater, carbon of ecological space, blue carbon, siting.

An asset of a module that is off in ``city.toml`` is not called; its table has no rows and is in no release.
"""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.synergy.modules import blue_carbon as core_blue_carbon
from sxyd_pipeline.core.synergy.modules import ecology, gases
from sxyd_pipeline.core.synergy.modules import siting as core_siting
from sxyd_pipeline.core.synergy.modules import wastewater as water
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def non_co2(source_emissions: pl.DataFrame, placements: pl.DataFrame) -> pl.DataFrame:
    """Greenhouse gases other than CO2 by control unit and source category."""
    return gases.account_gases(source_emissions, placements)


@asset()
def fugitive_gases(
    source_emissions: pl.DataFrame, facilities: pl.DataFrame, placements: pl.DataFrame
) -> pl.DataFrame:
    """Fluorinated gases of facilities, with their park and control unit."""
    return gases.list_fugitive_gases(source_emissions, facilities, placements)


@asset()
def water_synergy(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    wastewater: pl.DataFrame,
) -> pl.DataFrame:
    """Pollutants removed and greenhouse gases of wastewater treatment by water zone."""
    config = packages.open(context.partition_key).config
    return water.account_wastewater(wastewater, reference.load(), config)


@asset()
def carbon_stocks(land_use: pl.DataFrame, reference: ReferenceStore) -> pl.DataFrame:
    """Carbon that stands in ecological space, by area, land class and year."""
    return ecology.account_carbon_stocks(land_use, reference.load())


@asset()
def carbon_changes(land_changes: pl.DataFrame, reference: ReferenceStore) -> pl.DataFrame:
    """Carbon gained and lost by land that changed its class."""
    return ecology.account_carbon_changes(land_changes, reference.load())


@asset()
def carbon_sinks(land_use: pl.DataFrame, reference: ReferenceStore) -> pl.DataFrame:
    """Carbon dioxide that ecological space takes up in a year."""
    return ecology.account_carbon_sinks(land_use, reference.load())


@asset()
def blue_carbon(coastal_habitats: pl.DataFrame, reference: ReferenceStore) -> pl.DataFrame:
    """Carbon that nearshore habitats bury in a year."""
    return core_blue_carbon.account_blue_carbon(coastal_habitats, reference.load())


@asset()
def siting_projects(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    carbon_projects: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Planned negative-carbon projects against the zones at their point."""
    config = packages.open(context.partition_key).config
    return core_siting.check_projects(carbon_projects, zones, control_units, reference.load(), config)


@asset()
def siting(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    control_units: gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    siting_projects: pl.DataFrame,
) -> pl.DataFrame:
    """Where projects of each type may stand, by control unit."""
    parents = (control_units, control_unit_zones, zones, siting_projects)
    return core_siting.draw_up_siting(*parents, reference.load(), packages.open(context.partition_key).config)
