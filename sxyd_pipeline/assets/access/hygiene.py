"""How good the list is: coverage before and after, and weak clauses."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.access.clause_lints import lint_clauses
from sxyd_pipeline.core.access.coverage import measure_coverage
from sxyd_pipeline.core.access.evidence_book import plain_rows
from sxyd_pipeline.core.access.resolve import read_in_force
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def list_coverage(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    access_list: pl.DataFrame,
    clauses: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    key_industries: pl.DataFrame,
) -> pl.DataFrame:
    """Clauses, checkable ones and carbon ones by dimension, key industry and unit, before and after."""
    config, known = packages.open(context.partition_key).config, reference.load()
    before = read_in_force(access_list, known, config)
    own = clauses.filter(pl.col("origin") != "parent")
    return measure_coverage(before, own, plain_rows(control_units), key_industries, known.industries)


@asset()
def clause_lints(
    reference: ReferenceStore, clauses: pl.DataFrame, control_unit_zones: pl.DataFrame
) -> pl.DataFrame:
    """Weak clauses: duplicates, empty phrases, limits without unit, expired basis, wrong zone."""
    return lint_clauses(clauses, reference.load(), control_unit_zones)
