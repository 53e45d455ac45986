"""Tables of optional modules; an asset of a module that is off is not called and has no rows."""

import dagster as dg
import geopandas as gpd

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.inputs import tables_modules
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset(reads_package=True)
def land_use(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    layers: gpd.GeoDataFrame,
) -> Outcome:
    """Area of land classes by control unit, zone or district, and year."""
    package = packages.open(context.partition_key)
    raw = package.table("land_use")
    return tables_modules.standardise_land_use(raw, layers, package.config, reference.load())


@asset(reads_package=True)
def land_changes(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    layers: gpd.GeoDataFrame,
) -> Outcome:
    """Land that went from one class to another between two years."""
    package = packages.open(context.partition_key)
    raw = package.table("land_changes")
    return tables_modules.standardise_land_changes(raw, layers, package.config, reference.load())


@asset(reads_package=True)
def wastewater(
    context: dg.AssetExecutionContext, packages: PackageStore, layers: gpd.GeoDataFrame
) -> Outcome:
    """Wastewater plants with flow, influent, effluent and electricity."""
    package = packages.open(context.partition_key)
    return tables_modules.standardise_wastewater(package.table("wastewater"), layers, package.config)


@asset(reads_package=True)
def carbon_projects(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    layers: gpd.GeoDataFrame,
) -> Outcome:
    """Planned negative-carbon and low-carbon projects with their points."""
    package = packages.open(context.partition_key)
    raw = package.table("carbon_projects")
    return tables_modules.standardise_carbon_projects(raw, layers, package.config, reference.load())


@asset(reads_package=True)
def coastal_habitats(
    context: dg.AssetExecutionContext,
    packages: PackageStore,
    reference: ReferenceStore,
    layers: gpd.GeoDataFrame,
) -> Outcome:
    """Area of mangrove, salt marsh and seagrass in nearshore zones."""
    package = packages.open(context.partition_key)
    raw = package.table("coastal_habitats")
    return tables_modules.standardise_coastal_habitats(raw, layers, package.config, reference.load())
