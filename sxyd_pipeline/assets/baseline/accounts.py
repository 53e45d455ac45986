"""Base-year accounts of districts, element zones and control units."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core import baseline as core_baseline
from sxyd_pipeline.core.outcome import Outcome


@asset()
def placements(
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    proxies: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Share of every source's place in each district, zone and control unit."""
    return core_baseline.place_sources(source_emissions, facilities, proxies, districts, zones, control_units)


@asset()
def district_emissions(
    source_emissions: pl.DataFrame, placements: pl.DataFrame, districts: gpd.GeoDataFrame
) -> Outcome:
    """Emission of each species in each district."""
    return core_baseline.account_districts(source_emissions, placements, districts)


@asset()
def zone_emissions(
    source_emissions: pl.DataFrame, placements: pl.DataFrame, zones: gpd.GeoDataFrame
) -> Outcome:
    """Emission of each species in each element zone; elements overlap and are never added."""
    return core_baseline.account_zones(source_emissions, placements, zones)


@asset()
def control_unit_emissions(
    source_emissions: pl.DataFrame, placements: pl.DataFrame, control_units: gpd.GeoDataFrame
) -> Outcome:
    """Emission of each species in each control unit."""
    return core_baseline.account_control_units(source_emissions, placements, control_units)
