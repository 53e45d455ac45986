"""Quantitative clauses against inventory and projections."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.access.checks_of import check_clauses
from sxyd_pipeline.core.access.checks_of_tables import CheckedTables
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def clause_checks(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    clauses: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    placements: pl.DataFrame,
    project_placements: pl.DataFrame,
    structure: pl.DataFrame,
    projected_indicators: pl.DataFrame,
    projected_emissions: pl.DataFrame,
    scenario_sources: pl.DataFrame,
) -> pl.DataFrame:
    """Every quantitative clause, now and in every scenario: pass, fail, or why it cannot be told."""
    tables = CheckedTables(zones, facilities, facility_activity, placements, project_placements, structure,
        projected_indicators, projected_emissions, scenario_sources)  # fmt: skip
    config = packages.open(context.partition_key).config
    return check_clauses(clauses, tables, reference.load(), config)
