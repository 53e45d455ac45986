"""Effective lists of control units, the overall list, and clauses that pull in opposite directions."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.access.inherit import list_control_units, list_overall
from sxyd_pipeline.core.access.metrics import metrics_of
from sxyd_pipeline.core.access.resolve import bridge_layers
from sxyd_pipeline.core.access.resolve_conflicts import list_conflicts
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def control_unit_lists(
    reference: ReferenceStore,
    clauses: pl.DataFrame,
    waivers: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    zones: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Effective list of every control unit: what it inherits, what is its own, what replaces what."""
    bridge = bridge_layers(control_units, control_unit_zones, zones)
    return list_control_units(clauses, bridge, metrics_of(reference.load().clause_metrics), waivers)


@asset()
def overall_list(
    context: dg.AssetExecutionContext, packages: PackageStore, clauses: pl.DataFrame, zones: gpd.GeoDataFrame
) -> pl.DataFrame:
    """Overall list of the city in four dimensions."""
    return list_overall(clauses, zones, packages.open(context.partition_key).config.name)


@asset(after=("control_unit_lists",))
def clause_conflicts(
    reference: ReferenceStore,
    clauses: pl.DataFrame,
    waivers: pl.DataFrame,
    conflicts: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    zones: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Clause pairs of opposite sign on one object, and relaxations with their waivers."""
    bridge = bridge_layers(control_units, control_unit_zones, zones)
    return list_conflicts(clauses, bridge, waivers, conflicts, reference.load())
