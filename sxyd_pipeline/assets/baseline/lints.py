"""Common misuses of factors, units and price bases, looked for in the city's own tables."""

import dagster as dg
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.lints.package import lint_city
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def lints(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    facility_emissions: pl.DataFrame,
    economy: pl.DataFrame,
    computed_emissions: pl.DataFrame,
    source_emissions: pl.DataFrame,
    indirect_emissions: pl.DataFrame,
) -> pl.DataFrame:
    """Misuses found, each with its row, the rule and the remedy; they warn and block nothing."""
    config = packages.open(context.partition_key).config
    activities = {"facility_activity": facility_activity, "area_activity": area_activity}
    inventory = (computed_emissions, source_emissions, indirect_emissions)
    return lint_city(activities, facility_emissions, economy, *inventory, reference.load(), config)
