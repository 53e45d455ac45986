"""Least-cost portfolio: options, chosen measures, targets met, and the front of cost and removal."""

import dagster as dg
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.synergy import pareto as fronts
from sxyd_pipeline.core.synergy import portfolio as least_cost
from sxyd_pipeline.core.synergy.portfolio_options import list_options
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def portfolio_options(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    projected_emissions: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    measures: pl.DataFrame,
) -> pl.DataFrame:
    """What every stack of measures does to every scope, in every scenario and horizon year."""
    config = packages.open(context.partition_key).config
    return list_options(projected_emissions, scenario_sources, measures, reference.load(), config)


@asset()
def portfolio(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    portfolio_options: pl.DataFrame,
    measure_effects: pl.DataFrame,
    target_gaps: pl.DataFrame,
    permitted: pl.DataFrame,
) -> pl.DataFrame:
    """Least-cost measures that meet the city's targets: uptake by measure and scope."""
    config = packages.open(context.partition_key).config
    tables = (portfolio_options, measure_effects, target_gaps, permitted)
    return least_cost.choose_measures(*tables, reference.load(), config)


@asset()
def portfolio_targets(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    portfolio_options: pl.DataFrame,
    portfolio: pl.DataFrame,
    measure_effects: pl.DataFrame,
    target_gaps: pl.DataFrame,
    permitted: pl.DataFrame,
) -> pl.DataFrame:
    """Targets of the portfolio, recomputed from its uptakes: needed, reached, shadow price, clashes."""
    config = packages.open(context.partition_key).config
    tables = (portfolio_options, portfolio, measure_effects, target_gaps, permitted)
    return least_cost.judge_targets(*tables, reference.load(), config)


@asset()
def pareto(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    portfolio_options: pl.DataFrame,
    measure_effects: pl.DataFrame,
) -> pl.DataFrame:
    """Pareto front of pollution against carbon against cost."""
    config = packages.open(context.partition_key).config
    return fronts.list_front(portfolio_options, measure_effects, reference.load(), config)
