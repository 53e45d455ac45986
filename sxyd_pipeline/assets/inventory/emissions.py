"""The co-inventory: pollutants and greenhouse gases of each source from one activity row."""

import dagster as dg
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core import inventory
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def computed_emissions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    statistical_areas: pl.DataFrame,
) -> Outcome:
    """Emissions of every activity row by factor, mass balance or stoichiometry, before any override."""
    config = packages.open(context.partition_key).config
    activity = inventory.gather_activity(facilities, facility_activity, area_activity, statistical_areas)
    return inventory.estimate_emissions(activity, reference.load(), config)


@asset()
def source_emissions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    computed_emissions: pl.DataFrame,
    facility_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
) -> Outcome:
    """Counted emissions: measured values override computed ones, nothing is counted twice."""
    config = packages.open(context.partition_key).config
    return inventory.count_emissions(
        computed_emissions, facility_emissions, facilities, reference.load(), config
    )


@asset()
def memo_emissions(computed_emissions: pl.DataFrame, facility_emissions: pl.DataFrame) -> pl.DataFrame:
    """Emissions that are shown but not counted, each with the reason."""
    return inventory.list_memo_emissions(computed_emissions, facility_emissions)


@asset()
def indirect_emissions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
) -> Outcome:
    """Scope 2 of bought electricity and heat, apart from the inventory."""
    config = packages.open(context.partition_key).config
    return inventory.estimate_indirect_emissions(
        facilities, facility_activity, area_activity, reference.load(), config
    )


@asset()
def quarantined_emissions(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    facilities: Outcome,
    facility_activity: Outcome,
    area_activity: Outcome,
) -> Outcome:
    """Tonnes at stake: emissions of quarantined activity rows, as far as they can be computed."""
    config = packages.open(context.partition_key).config
    return inventory.estimate_quarantined(
        facilities, facility_activity, area_activity, reference.load(), config
    )
