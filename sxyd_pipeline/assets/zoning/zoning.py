"""Clean layers, control units, and the bridge that everything travels through."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core import zoning as core_zoning
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.resources import Lake, PackageStore, ReferenceStore


@asset()
def districts(layers: gpd.GeoDataFrame) -> Outcome:
    """Districts, repaired and snapped; they define the territory of the city."""
    return core_zoning.clean_districts(layers)


@asset()
def zones(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    layers: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
) -> Outcome:
    """Element zones, one class per element at every point."""
    config = packages.open(context.partition_key).config
    return core_zoning.clean_zones(layers, districts, config, reference.load())


@asset()
def control_units(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    lake: Lake,
    layers: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
) -> Outcome:
    """Control units: as delivered, or built from the element zones with stable codes."""
    config = packages.open(context.partition_key).config
    previous = lake.last_good_layer("control_units", context.partition_key)
    return core_zoning.settle_control_units(layers, districts, zones, config, previous)


@asset()
def control_unit_zones(control_units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pl.DataFrame:
    """Bridge: area that each control unit shares with each element zone."""
    return core_zoning.bridge_control_units(control_units, zones)


@asset()
def topology(
    layers: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """What was found in the layers: repairs, overlaps, gaps, differing areas."""
    return core_zoning.report_topology(layers, districts, zones, control_units)
