"""Coordination of requirements: verdicts, numbers, and the conflicts with units, tonnes and clauses."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.synergy.conflicts import list_conflicts
from sxyd_pipeline.core.synergy.coordination import judge_requirements
from sxyd_pipeline.core.synergy.measures import LAND
from sxyd_pipeline.core.zoning.projection import attributes_of
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def coordination(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    measure_effects: pl.DataFrame,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    control_unit_zones: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    key_industries: pl.DataFrame,
    measures: pl.DataFrame,
) -> pl.DataFrame:
    """Environmental against carbon requirement: verdict, mechanism and number."""
    settings = (measures, reference.load(), packages.open(context.partition_key).config)
    land = attributes_of(zones, LAND)
    tables = (measure_effects, source_emissions, placements, control_unit_zones, land, key_industries)
    return judge_requirements(*tables, settings)


@asset()
def conflicts(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    coordination: pl.DataFrame,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    control_unit_zones: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    access_list: pl.DataFrame,
    measures: pl.DataFrame,
) -> pl.DataFrame:
    """Conflicts with the control units, tonnes and clauses they touch."""
    settings = (measures, reference.load(), packages.open(context.partition_key).config)
    land = attributes_of(zones, LAND)
    tables = (coordination, source_emissions, placements, control_unit_zones, land, access_list)
    return list_conflicts(*tables, settings)
