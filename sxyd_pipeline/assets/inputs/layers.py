"""Polygons of the city package in EPSG:4490, with checked codes, before any cleaning."""

import dagster as dg

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.core.inputs import layers as core_layers
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.resources import PackageStore, ReferenceStore


@asset(reads_package=True)
def layers(context: dg.AssetExecutionContext, packages: PackageStore, reference: ReferenceStore) -> Outcome:
    """Districts, element zones and control units as delivered."""
    package = packages.open(context.partition_key)
    return core_layers.standardise_layers(
        package.layers(), package.config, reference.load(), package.unread()
    )


@asset(reads_package=True)
def proxies(context: dg.AssetExecutionContext, packages: PackageStore) -> Outcome:
    """Weights that spread area sources inside a district."""
    package = packages.open(context.partition_key)
    return core_layers.standardise_proxies(package.proxies(), package.config)
