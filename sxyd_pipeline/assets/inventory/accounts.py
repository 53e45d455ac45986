"""Energy, totals and their uncertainty."""

import dagster as dg
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core import inventory
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset()
def energy_use(
    energy: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    reference: ReferenceStore,
) -> pl.DataFrame:
    """Energy by fuel, from the balance and as the inventory sums it up."""
    return inventory.convert_energy(energy, facility_activity, area_activity, reference.load())


@asset()
def emission_totals(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    source_emissions: pl.DataFrame,
    layers: pl.DataFrame,
) -> Outcome:
    """Totals of the city, districts, categories and industries with 95 % intervals."""
    config = packages.open(context.partition_key).config
    return inventory.total_emissions(source_emissions, layers, reference.load(), config)


@asset()
def uncertainty(source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Intervals of city totals by error propagation, and a seeded Monte Carlo that checks them."""
    return inventory.compare_intervals(source_emissions)
