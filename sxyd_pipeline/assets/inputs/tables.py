"""Tables of the city package, standardised row by row; what does not fit goes to quarantine."""

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.inputs import tables
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset(reads_package=True)
def statistical_areas(context: dg.AssetExecutionContext, packages: PackageStore) -> pl.DataFrame:
    """Areas that have statistics but no polygon of their own, and the district that hosts them."""
    return tables.list_statistical_areas(packages.open(context.partition_key).config)


@asset(reads_package=True)
def facilities(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    layers: gpd.GeoDataFrame,
) -> Outcome:
    """Facilities with checked ids, industries and points inside the city."""
    package = packages.open(context.partition_key)
    return tables.standardise_facilities(
        package.table("facilities"), layers, package.config, reference.load()
    )


@asset(reads_package=True)
def facility_activity(
    context: dg.AssetExecutionContext, packages: PackageStore, reference: ReferenceStore, facilities: Outcome
) -> Outcome:
    """Fuel, product and process amounts of facilities in standard units."""
    package = packages.open(context.partition_key)
    raw = package.table("facility_activity")
    return tables.standardise_facility_activity(raw, facilities, package.config, reference.load())


@asset(reads_package=True)
def facility_emissions(
    context: dg.AssetExecutionContext, packages: PackageStore, facilities: Outcome
) -> Outcome:
    """Measured, permitted or balanced emissions that override computed ones."""
    package = packages.open(context.partition_key)
    return tables.standardise_facility_emissions(
        package.table("facility_emissions"), facilities, package.config
    )


@asset(reads_package=True)
def area_activity(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    layers: gpd.GeoDataFrame,
    statistical_areas: pl.DataFrame,
) -> Outcome:
    """Activity of area sources by district and source category."""
    package = packages.open(context.partition_key)
    raw = package.table("area_activity")
    return tables.standardise_area_activity(raw, layers, statistical_areas, package.config, reference.load())


@asset(reads_package=True)
def energy(context: dg.AssetExecutionContext, packages: PackageStore, reference: ReferenceStore) -> Outcome:
    """Energy balance by sector, fuel and year."""
    package = packages.open(context.partition_key)
    return tables.standardise_energy(package.table("energy"), package.config, reference.load())


@asset(reads_package=True)
def economy(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    layers: gpd.GeoDataFrame,
    statistical_areas: pl.DataFrame,
) -> Outcome:
    """Economy and population by area or industry and year."""
    package = packages.open(context.partition_key)
    return tables.standardise_economy(package.table("economy"), layers, statistical_areas, package.config)


@asset(reads_package=True)
def air_quality(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    layers: gpd.GeoDataFrame,
    statistical_areas: pl.DataFrame,
) -> Outcome:
    """Ambient concentrations by district, pollutant and year."""
    package = packages.open(context.partition_key)
    return tables.standardise_air_quality(
        package.table("air_quality"), layers, statistical_areas, package.config
    )


@asset(reads_package=True)
def targets(context: dg.AssetExecutionContext, packages: PackageStore) -> Outcome:
    """Targets and caps by scope, indicator and year."""
    package = packages.open(context.partition_key)
    return tables.standardise_targets(package.table("targets"), package.config)


@asset(reads_package=True)
def access_list(context: dg.AssetExecutionContext, packages: PackageStore) -> Outcome:
    """Clauses of the access list in force."""
    package = packages.open(context.partition_key)
    return tables.standardise_access_list(package.table("access_list"), package.config)


@asset(reads_package=True)
def waivers(context: dg.AssetExecutionContext, packages: PackageStore) -> Outcome:
    """Waivers of clauses that are looser than a higher level: who allowed it, why and when."""
    package = packages.open(context.partition_key)
    return tables.standardise_waivers(package.table("waivers"), package.config)


@asset(reads_package=True)
def measures(context: dg.AssetExecutionContext, packages: PackageStore) -> Outcome:
    """Abatement measures the city brings itself."""
    package = packages.open(context.partition_key)
    return tables.standardise_measures(package.table("measures"), package.config)
