"""Common misuses of factors, units and price bases, looked for in the city's own tables."""

import dagster as dg
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.lints.package import lint_city
from sxyd_pipeline.io.resources import PackageStore, Publisher, ReferenceStore


# A line for each kind of parent: fifteen lines of parents would hide the sentence.
# fmt: off
@asset()
def lints(
    context: dg.AssetExecutionContext,
    packages: PackageStore, reference: ReferenceStore, publisher: Publisher,
    facility_activity: pl.DataFrame, area_activity: pl.DataFrame, facility_emissions: pl.DataFrame,
    energy: pl.DataFrame, economy: pl.DataFrame, land_use: pl.DataFrame, land_changes: pl.DataFrame,
    computed_emissions: pl.DataFrame, source_emissions: pl.DataFrame, indirect_emissions: pl.DataFrame,
    emission_totals: pl.DataFrame,
) -> pl.DataFrame:
    """Misuses found, each with its row, the rule and the remedy; they warn and block nothing."""
    tables = {
        "facility_activity": facility_activity, "area_activity": area_activity, "energy": energy,
        "facility_emissions": facility_emissions, "economy": economy, "land_use": land_use,
        "land_changes": land_changes, "computed_emissions": computed_emissions,
        "source_emissions": source_emissions, "indirect_emissions": indirect_emissions,
        "emission_totals": emission_totals,
    }
    last = publisher.last_totals(context.partition_key, emission_totals)
    return lint_city(tables, reference.load(), packages.open(context.partition_key).config, last)
# fmt: on
