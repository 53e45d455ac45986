"""Bottom line and upper line: permitted emissions, caps, gaps, peak, and whether they agree."""

import dagster as dg
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.inventory import gather_activity
from sxyd_pipeline.core.projection import actuals, sureness
from sxyd_pipeline.core.projection import indicators as limits
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore
from sxyd_pipeline.io.scenarios import load_scenarios


@asset(reads_package=True)
def projected_indicators(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    statistical_areas: pl.DataFrame,
    projected_totals: pl.DataFrame,
    projected_area_emissions: pl.DataFrame,
    energy_use: pl.DataFrame,
    air_quality: pl.DataFrame,
) -> pl.DataFrame:
    """Everything a target may limit: emissions, coal, energy, concentrations, per GDP."""
    package = packages.open(context.partition_key)
    activity = gather_activity(facilities, facility_activity, area_activity, statistical_areas)
    tables = (activity, projected_totals, projected_area_emissions, energy_use, air_quality)
    return limits.project_indicators(*tables, load_scenarios(package), reference.load(), package.config)


@asset()
def permitted(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    targets: pl.DataFrame,
    projected_indicators: pl.DataFrame,
    air_quality: pl.DataFrame,
) -> pl.DataFrame:
    """Permitted emissions, caps and targets of city, districts, zones and control units."""
    config = packages.open(context.partition_key).config
    return limits.settle_city(targets, projected_indicators, air_quality, reference.load(), config)


@asset()
def target_gaps(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_indicators: pl.DataFrame,
    permitted: pl.DataFrame,
) -> pl.DataFrame:
    """Projected against target in every scenario: gap, year reached, binding or not."""
    config = packages.open(context.partition_key).config
    return limits.measure_city_gaps(projected_indicators, permitted, reference.load(), config)


@asset(reads_package=True)
def peak(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_totals: pl.DataFrame,
    scenario_sources: pl.DataFrame,
) -> pl.DataFrame:
    """Carbon peak of every scenario: year, level and range."""
    package = packages.open(context.partition_key)
    scenarios = load_scenarios(package)
    return sureness.locate_peak(
        projected_totals, scenario_sources, scenarios, reference.load(), package.config
    )


@asset()
def consistency(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    permitted: pl.DataFrame,
    target_gaps: pl.DataFrame,
    projected_indicators: pl.DataFrame,
    energy_use: pl.DataFrame,
    source_emissions: pl.DataFrame,
) -> pl.DataFrame:
    """Whether zones and city, coal both ways, CO2 both ways, and targets agree."""
    config = packages.open(context.partition_key).config
    tables = (permitted, target_gaps, projected_indicators, energy_use, source_emissions)
    return limits.check_consistency(*tables, reference.load(), config)


@asset()
def back_cast(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_totals: pl.DataFrame,
    projected_indicators: pl.DataFrame,
    source_emissions: pl.DataFrame,
    energy_use: pl.DataFrame,
    economy: pl.DataFrame,
) -> pl.DataFrame:
    """Projections against what happened in years that are past."""
    config = packages.open(context.partition_key).config
    tables = (projected_totals, projected_indicators, source_emissions, energy_use, economy)
    return actuals.compare_with_actuals(*tables, reference.load(), config)
