"""Where pollution and carbon fall together: indices, weights, scores with their reasons, homology."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.synergy import homology_table, indices_table, ranks_city, scores_city, scores_tables
from sxyd_pipeline.core.synergy.indices import list_areas
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore
from sxyd_pipeline.io.scenarios import load_scenarios


@asset(reads_package=True)
def synergy_indicators(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_area_emissions: pl.DataFrame,
    projected_emissions: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    project_placements: pl.DataFrame,
    projected_indicators: pl.DataFrame,
    permitted: pl.DataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Densities, location quotients, pressure, potential and homology of every area."""
    package = packages.open(context.partition_key)
    emitted = (projected_area_emissions, projected_emissions, scenario_sources)
    placed = pl.concat([placements, project_placements])
    tables = indices_table.Projection(*emitted, placed, projected_indicators, permitted)
    areas, scenarios = list_areas(control_units, zones, districts), load_scenarios(package)
    return indices_table.describe_indicators(tables, areas, scenarios, reference.load(), package.config)


@asset()
def score_weights(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    synergy_indicators: pl.DataFrame,
) -> pl.DataFrame:
    """Weights of the components: equal, by entropy, by judgement, and the city's own."""
    config = packages.open(context.partition_key).config
    return scores_city.weigh_components(synergy_indicators, reference.load(), config)


@asset()
def score_contributions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    synergy_indicators: pl.DataFrame,
    score_weights: pl.DataFrame,
    projected_emissions: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    project_placements: pl.DataFrame,
    facilities: pl.DataFrame,
) -> pl.DataFrame:
    """Why: what each component adds to each score, and the sources behind it."""
    config = packages.open(context.partition_key).config
    placed = pl.concat([placements, project_placements])
    emitted = (projected_emissions, scenario_sources, placed, facilities)
    return scores_city.explain_contributions(
        synergy_indicators, score_weights, *emitted, reference.load(), config
    )


@asset()
def score_variants(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    synergy_indicators: pl.DataFrame,
    score_weights: pl.DataFrame,
) -> pl.DataFrame:
    """Every area under every method and weight scheme."""
    config = packages.open(context.partition_key).config
    return scores_city.compare_methods(synergy_indicators, score_weights, reference.load(), config)


@asset(reads_package=True)
def control_unit_scores(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    synergy_indicators: pl.DataFrame,
    score_weights: pl.DataFrame,
    score_contributions: pl.DataFrame,
    score_variants: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    project_placements: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Synergy scores of control units: rank, how sure it is, and why."""
    package = packages.open(context.partition_key)
    scored = (synergy_indicators, score_weights, score_contributions, score_variants)
    placed = pl.concat([placements, project_placements])
    scenarios, facts = load_scenarios(package), reference.load()
    return scores_tables.score_control_units(
        ranks_city.Scoring(*scored), control_units, scenario_sources, placed, scenarios, facts, package.config
    )


@asset(reads_package=True)
def zone_scores(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    synergy_indicators: pl.DataFrame,
    score_weights: pl.DataFrame,
    score_contributions: pl.DataFrame,
    score_variants: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    project_placements: pl.DataFrame,
    zones: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Synergy scores of element zones, ranked within their element."""
    package = packages.open(context.partition_key)
    scored = (synergy_indicators, score_weights, score_contributions, score_variants)
    placed = pl.concat([placements, project_placements])
    scenarios, facts = load_scenarios(package), reference.load()
    return scores_tables.score_zones(
        ranks_city.Scoring(*scored), zones, scenario_sources, placed, scenarios, facts, package.config
    )


@asset()
def homology(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Whether carbon and pollutants come from the same sources: H1 to H4, by pollutant and area."""
    config = packages.open(context.partition_key).config
    areas = list_areas(control_units, zones, districts)
    return homology_table.describe_homology(source_emissions, placements, areas, reference.load(), config)
