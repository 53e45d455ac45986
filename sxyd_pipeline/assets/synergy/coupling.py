"""Coupling coordination and synergy degree of control units and districts."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.synergy import coupling_city
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def coupling(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_area_emissions: pl.DataFrame,
    economy: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Coupling (C, T, D) and synergy degree of control units and districts, by every formula and scheme."""
    config = packages.open(context.partition_key).config
    tables = (projected_area_emissions, economy, control_units, districts)
    return coupling_city.couple_city(*tables, reference.load(), config)
