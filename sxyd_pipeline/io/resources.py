"""Resources the assets ask for by type: the package, the reference data, the lake, the publisher."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.results import Audited
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.combined import last_other_totals
from sxyd_pipeline.io.fingerprints import Signature, package_folder, signature_of
from sxyd_pipeline.io.lake import Packed, ShardStore, pack
from sxyd_pipeline.io.locks import city_lock, exclusive
from sxyd_pipeline.io.package import CityPackage, open_package
from sxyd_pipeline.io.published import Prepared, Published, prepare, publish
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.staging import Staged
from sxyd_pipeline.io.workspace import Workspace, reference_folder


@lru_cache(maxsize=8)
def _package(folder: Path, _signature: Signature) -> CityPackage:
    return open_package(folder)


@lru_cache(maxsize=2)
def _reference(folder: Path, _signature: Signature) -> Reference:
    return load_reference(folder)


class PackageStore(dg.ConfigurableResource[Any]):
    """City packages, one folder per adcode; read once per process while the files stay the same."""

    cities: str

    def open(self, city: str) -> CityPackage:
        """Return the package of a city.

        Raises:
            SxydError: the folder or its ``city.toml`` is missing or wrong.
        """
        folder = package_folder(Path(self.cities), city)
        return _package(folder, signature_of(folder))


class ReferenceStore(dg.ConfigurableResource[Any]):
    """Reference data: factors, codes, methods."""

    folder: str = ""

    def load(self) -> Reference:
        """Return the reference tables."""
        folder = Path(self.folder) if self.folder else reference_folder()
        return _reference(folder, signature_of(folder))


class Lake(dg.ConfigurableResource[Any]):
    """Last good shards, for steps that keep something stable over the years."""

    root: str

    @property
    def store(self) -> ShardStore:
        """Shards below the root."""
        return ShardStore(Path(self.root))

    def last_good_layer(self, asset: str, city: str) -> gpd.GeoDataFrame | None:
        """Return the layer an earlier run stored, or None on the first run."""
        store = self.store
        return store.load_layer(asset, city) if store.current(asset, city) else None

    def pack(self, audited: Audited, city: str) -> Packed:
        """Encode a result that passed its gate."""
        return pack(audited, city)

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator["Lake"]:
        """Hold the city's lock for the whole run, whoever started it: command line, schedule or UI."""
        city = context.run.tags.get("dagster/partition") if context.run else None
        if city is None:
            yield self
            return

        def tell(zh: str, en: str) -> None:
            if context.log:
                context.log.info("%s / %s", zh, en)

        with exclusive(city_lock(Path(self.root), city), f"城市 / city {city}", waiting=tell):
            yield self


class Publisher(dg.ConfigurableResource[Any]):
    """Writes the release of a city and swaps the published database."""

    root: str
    cities: str
    out: str

    @property
    def workspace(self) -> Workspace:
        """Where lake, packages, releases and published database lie."""
        return Workspace(Path(self.root), Path(self.cities), Path(self.out))

    def prepare(self, city: str) -> Prepared:
        """Read and audit what is on disk, and give the release its id.

        Raises:
            SxydError: a blocking rule is broken on disk, or a result is missing.
        """
        return prepare(self.workspace, city)

    def publish(self, city: str, parts: Sequence[Staged]) -> Published:
        """Write the release with its deliverables and swap the database.

        Raises:
            SxydError: a blocking rule is broken on disk, or nothing can be written.
        """
        return publish(self.workspace, city, parts)

    def last_totals(self, city: str, totals: pl.DataFrame) -> pl.DataFrame | None:
        """Return ``inventory.totals`` of the last release of a city whose totals were others.

        A release with the same totals is this very state published before: what is compared with it would
        depend on how often one runs.

        Args:
            city: adcode.
            totals: totals of this run.
        """
        return last_other_totals(self.workspace, city, totals)


class ShardIOManager(dg.ConfigurableIOManager):
    """Hands results from asset to asset through the lake."""

    root: str

    def handle_output(self, context: dg.OutputContext, obj: Packed) -> None:
        """Store a result that passed its gate."""
        shard = ShardStore(Path(self.root)).write(context.partition_key, obj)
        context.add_output_metadata(
            {"path": dg.MetadataValue.path(str(shard.folder)), "version": shard.version}
        )

    def load_input(self, context: dg.InputContext) -> object:
        """Return a parent in the form the parameter is annotated with."""
        store = ShardStore(Path(self.root))
        asset, city = context.asset_key.path[-1], context.partition_key
        wanted = context.dagster_type.typing_type
        if wanted is Outcome:
            return store.load_outcome(asset, city)
        if wanted is gpd.GeoDataFrame:
            return store.load_layer(asset, city)
        if wanted is pl.DataFrame:
            return store.load_table(asset, city)
        message = f"parameter {context.name}: no form for {wanted}"
        raise TypeError(message)
