"""The access list drawn up: evidence by name, clauses of every level, and what proves each."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.access.evidence import write_book
from sxyd_pipeline.core.access.evidence_book import Facts, open_book
from sxyd_pipeline.core.access.resolve import Ground, draw_up_list, prove_clauses
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def rule_evidence(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    control_units: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    control_unit_emissions: pl.DataFrame,
    structure: pl.DataFrame,
    permitted: pl.DataFrame,
    target_gaps: pl.DataFrame,
    control_unit_scores: pl.DataFrame,
    measure_reductions: pl.DataFrame,
    conflicts: pl.DataFrame,
) -> pl.DataFrame:
    """Every number a clause rule may look at, by scope and name, with the rows it stands on."""
    facts = Facts(control_units, zones, control_unit_zones, facilities, facility_activity, source_emissions,
        placements, control_unit_emissions, structure, permitted, target_gaps, control_unit_scores,
        measure_reductions, conflicts)  # fmt: skip
    config = packages.open(context.partition_key).config
    return write_book(open_book(facts, reference.load(), config), config.adcode)


@asset()
def clauses(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    access_list: pl.DataFrame,
    rule_evidence: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    measure_effects: pl.DataFrame,
) -> pl.DataFrame:
    """Clauses of every level: parents, today's and generated ones; kept, changed, new or withdrawn."""
    config = packages.open(context.partition_key).config
    ground = Ground(control_units, zones, control_unit_zones, measure_effects)
    return draw_up_list(access_list, rule_evidence, ground, reference.load(), config)


@asset()
def clause_evidence(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    clauses: pl.DataFrame,
    rule_evidence: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    measure_effects: pl.DataFrame,
) -> pl.DataFrame:
    """Rows and numbers that triggered each generated clause, and what would make it go away."""
    config = packages.open(context.partition_key).config
    names = Ground(control_units, zones, control_unit_zones, measure_effects).names
    return prove_clauses(clauses, rule_evidence, names, reference.load(), config)
