"""Where emissions gather: the grid, its clusters, and whether three sizes of area agree."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.synergy import space_city
from sxyd_pipeline.core.synergy.grid import grid_city
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def grid_emissions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    proxies: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
) -> Outcome:
    """Emissions of the base year on a regular grid; every tonne of the inventory is found again."""
    config = packages.open(context.partition_key).config
    return grid_city(source_emissions, facilities, proxies, districts, reference.load(), config)


@asset()
def clusters(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    grid_emissions: gpd.GeoDataFrame,
    control_unit_emissions: pl.DataFrame,
    district_emissions: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Clusters and outliers (LISA, bivariate LISA, Gi*) of cells, control units and districts."""
    config = packages.open(context.partition_key).config
    tables = (grid_emissions, control_unit_emissions, district_emissions, control_units, districts)
    return space_city.clusters_of_city(*tables, reference.load(), config)


@asset()
def spatial_statistics(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    grid_emissions: gpd.GeoDataFrame,
    control_unit_emissions: pl.DataFrame,
    district_emissions: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Global Moran, bivariate Moran and hot-spot overlap at three levels, and how their answers differ."""
    config = packages.open(context.partition_key).config
    tables = (grid_emissions, control_unit_emissions, district_emissions, control_units, districts)
    return space_city.statistics_of_city(*tables, reference.load(), config)
