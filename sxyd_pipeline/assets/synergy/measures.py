"""What every measure does to the city's sources, where, and at what cost per tonne."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.synergy import mac, overlaps
from sxyd_pipeline.core.synergy import measures as cocontrol
from sxyd_pipeline.core.synergy.measures import LAND
from sxyd_pipeline.core.zoning.projection import attributes_of
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def measure_effects(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    measures: pl.DataFrame,
) -> pl.DataFrame:
    """Co-control effect, elasticity, quadrant and unit cost of every measure."""
    config = packages.open(context.partition_key).config
    land = attributes_of(zones, LAND)
    return cocontrol.evaluate_measures(source_emissions, land, measures, reference.load(), config)


@asset()
def measure_reductions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    measures: pl.DataFrame,
) -> Outcome:
    """Tonnes each measure removes by species and control unit, overlaps resolved in sequence."""
    config = packages.open(context.partition_key).config
    return overlaps.place_reductions(source_emissions, placements, measures, reference.load(), config)


@asset()
def mac_curve(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    measure_effects: pl.DataFrame,
    measure_reductions: pl.DataFrame,
) -> pl.DataFrame:
    """Measures by cost per tonne, cheapest first, without double counting."""
    config = packages.open(context.partition_key).config
    return mac.draw_curve(measure_effects, measure_reductions, reference.load(), config)
