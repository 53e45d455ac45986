"""The lake: one versioned shard per asset and city.

``data/lake/<asset>/<city>/<content hash>/`` holds the parts of a result; a tiny file ``current``
names the version that counts. A version is complete before it gets its name, and the pointer is
replaced at once: whatever is killed, the last good shard stays readable. Works without links,
so also on Windows.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import polars as pl
import pyarrow as pa

from sxyd_pipeline.checks.frames import GEOMETRY, attributes_of
from sxyd_pipeline.checks.results import Audited, checks_frame
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.durable import explained, new_folder, replace_file, sweep, write_file
from sxyd_pipeline.io.geoparquet import geometry_bytes

POINTER = "current"
INDEX = "shard.json"
BLOCKED = "_blocked"
TABLE, CHECKS = "table", "checks"
LEDGERS = ("findings", "balance", "amounts", "held")
KEPT_VERSIONS = 2
_HASH_LENGTH = 20


class ShardMissingError(SxydError):
    """A result that is needed was never stored."""

    def __init__(self, asset: str, city: str) -> None:
        """Keep the asset and the city."""
        self.asset, self.city = asset, city
        super().__init__(
            f"城市 {city} 没有 {asset} 的结果",
            f"there is no result of {asset} for city {city}",
            remedy_zh=f"先运行 sxyd run {city}（不加 --select）",
            remedy_en=f"run sxyd run {city} first (without --select)",
        )


class ShardDamagedError(SxydError):
    """A stored result cannot be read: a file is missing, cut short or changed."""

    def __init__(self, asset: str, city: str, path: Path, reason: str) -> None:
        """Keep the asset, the city and the file."""
        self.asset, self.city = asset, city
        super().__init__(
            f"城市 {city} 的 {asset} 结果已损坏：{reason}",
            f"the result of {asset} for city {city} is damaged: {reason}",
            remedy_zh=f"删除该文件夹后重新运行 sxyd run {city}",
            remedy_en=f"delete the folder and run sxyd run {city} again",
            place=Place(file=str(path)),
        )


@dataclass(frozen=True, slots=True)
class Shard:
    """One stored version.

    Attributes:
        asset: asset it is the result of.
        city: adcode.
        version: content hash; the name of the folder.
        folder: where it lies.
        parts: ``{part: {"bytes": ..., "rows": ..., "sha256": ...}}``.
        result_hash: hash of all parts but the checks; the data version shown to Dagster.
        has_geometry: whether the table is GeoParquet.
    """

    asset: str
    city: str
    version: str
    folder: Path
    parts: Mapping[str, Mapping[str, Any]]
    result_hash: str
    has_geometry: bool

    def path(self, part: str) -> Path:
        """Return the file of a part."""
        return self.folder / f"{part}.parquet"


@dataclass(frozen=True, slots=True)
class Packed:
    """An audited result as bytes, ready to be stored.

    Attributes:
        asset: asset it is the result of.
        has_geometry: whether the table is GeoParquet.
        contents: bytes of each part.
        result_hash: hash of all parts but the checks; the data version shown to Dagster.
    """

    asset: str
    has_geometry: bool
    contents: Mapping[str, bytes]
    result_hash: str


@dataclass(frozen=True, slots=True)
class ShardStore:
    """Shards below one folder."""

    root: Path

    def write(self, city: str, packed: Packed) -> Shard:
        """Store a result that passed its gate and make it current.

        Raises:
            DiskFullError: no space; the current shard stays as it was.
            NotWritableError: the folder cannot be written; the same holds.
        """
        parts = {
            part: {"bytes": len(content), "sha256": digest(content)}
            for part, content in sorted(packed.contents.items())
        }
        version = hash_of({part: str(facts["sha256"]) for part, facts in parts.items()})[:_HASH_LENGTH]
        asset = packed.asset
        home = self.root / asset / city
        index = {
            "asset": asset, "city": city, "parts": parts, "result_hash": packed.result_hash,
            "has_geometry": packed.has_geometry,
        }  # fmt: skip
        with explained(home):
            sweep(home)
            if not self._is_whole(home / version):
                shutil.rmtree(home / version, ignore_errors=True)
                with new_folder(home / version) as folder:
                    for part, content in packed.contents.items():
                        write_file(folder / f"{part}.parquet", content)
                    write_file(folder / INDEX, json.dumps(index, indent=1, sort_keys=True).encode())
            # The newest version is the one touched last, also when an old result comes back.
            os.utime(home / version)
            replace_file(home / POINTER, version.encode())
            self._forget_old(home, version)
        self.clear_block(asset, city)
        return Shard(asset, city, version, home / version, parts, packed.result_hash, packed.has_geometry)

    def current(self, asset: str, city: str) -> Shard | None:
        """Return the last good shard, or None when there never was one.

        Raises:
            ShardDamagedError: the pointer or the folder cannot be read.
        """
        home = self.root / asset / city
        pointer = home / POINTER
        if not pointer.is_file():
            return None
        version = pointer.read_text(encoding="utf-8").strip()
        folder = home / version
        try:
            index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            parts, result_hash, geometry = index["parts"], index["result_hash"], index["has_geometry"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ShardDamagedError(asset, city, folder / INDEX, str(error)) from error
        return Shard(asset, city, version, folder, parts, result_hash, bool(geometry))

    def need(self, asset: str, city: str) -> Shard:
        """Return the last good shard.

        Raises:
            ShardMissingError: there is none.
            ShardDamagedError: it cannot be read.
        """
        shard = self.current(asset, city)
        if shard is None:
            raise ShardMissingError(asset, city)
        return shard

    def load_table(self, asset: str, city: str) -> pl.DataFrame:
        """Return the table without its geometry."""
        return self._part(self.need(asset, city), TABLE)

    def load_layer(self, asset: str, city: str) -> gpd.GeoDataFrame:
        """Return the table with its geometry in EPSG:4490."""
        shard = self.need(asset, city)
        content = self._content(shard, TABLE)
        try:
            return gpd.read_parquet(io.BytesIO(content))
        except (pa.ArrowException, OSError, ValueError) as error:
            raise ShardDamagedError(asset, city, shard.path(TABLE), str(error)) from error

    def load_outcome(self, asset: str, city: str) -> Outcome:
        """Return all parts; empty ledgers come back with their schema."""
        shard = self.need(asset, city)
        table = self.load_layer(asset, city) if shard.has_geometry else self._part(shard, TABLE)
        ledgers = {part: self._part(shard, part) for part in LEDGERS if part in shard.parts}
        return Outcome(table, **ledgers)

    def load_checks(self, asset: str, city: str) -> pl.DataFrame:
        """Return the verdicts stored beside the current shard."""
        return self._part(self.need(asset, city), CHECKS)

    def record_block(self, asset: str, city: str, record: Mapping[str, Any]) -> None:
        """Keep why a result was not stored, beside the last good one."""
        path = self._block_path(asset, city)
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, json.dumps(dict(record), ensure_ascii=False, indent=1, default=str).encode())

    def clear_block(self, asset: str, city: str) -> None:
        """Forget an earlier block: the result passed."""
        self._block_path(asset, city).unlink(missing_ok=True)

    def blocks(self, city: str) -> dict[str, dict[str, Any]]:
        """Return the recorded blocks of a city, by asset."""
        files = sorted((self.root / BLOCKED).glob(f"*/{city}.json"))
        return {path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in files}

    def _block_path(self, asset: str, city: str) -> Path:
        return self.root / BLOCKED / asset / f"{city}.json"

    def _content(self, shard: Shard, part: str) -> bytes:
        path = shard.path(part)
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ShardDamagedError(shard.asset, shard.city, path, str(error.strerror)) from error
        if digest(content) != shard.parts[part]["sha256"]:
            raise ShardDamagedError(shard.asset, shard.city, path, "sha256 不符 / sha256 differs")
        return content

    def _part(self, shard: Shard, part: str) -> pl.DataFrame:
        content = self._content(shard, part)
        try:
            return pl.read_parquet(io.BytesIO(content)).drop(GEOMETRY, strict=False)
        except (pl.exceptions.PolarsError, OSError) as error:
            raise ShardDamagedError(shard.asset, shard.city, shard.path(part), str(error)) from error

    @staticmethod
    def _is_whole(folder: Path) -> bool:
        """Tell whether a version is complete: its index lists every file with its size."""
        index = folder / INDEX
        if not index.is_file():
            return False
        parts = json.loads(index.read_text(encoding="utf-8"))["parts"]
        files = {part: folder / f"{part}.parquet" for part in parts}
        return all(
            path.is_file() and digest(path.read_bytes()) == parts[part]["sha256"]
            for part, path in files.items()
        )

    @staticmethod
    def _forget_old(home: Path, current: str) -> None:
        versions = [path for path in home.iterdir() if path.is_dir() and not path.name.startswith(".")]
        versions.sort(key=lambda path: (path.name == current, path.stat().st_mtime_ns), reverse=True)
        for path in versions[KEPT_VERSIONS:]:
            shutil.rmtree(path, ignore_errors=True)


def pack(audited: Audited, city: str) -> Packed:
    """Encode a result; ledgers without rows and columns of their own are left out."""
    outcome = audited.outcome
    result = {TABLE: table_bytes(outcome.table, audited.table)}
    ledgers = {part: getattr(outcome, part) for part in LEDGERS}
    # The held rows have the columns of their table, so an empty frame still says something there.
    result |= {
        part: frame_bytes(frame)
        for part, frame in ledgers.items()
        if frame.height or (part == "held" and frame.width)
    }
    result_hash = hash_of({part: digest(content) for part, content in result.items()})
    checks = frame_bytes(checks_frame(audited.checks, audited.table, city))
    return Packed(audited.table.asset, audited.table.has_geometry, {**result, CHECKS: checks}, result_hash)


def table_bytes(frame: pl.DataFrame | gpd.GeoDataFrame, table: Table) -> bytes:
    """Encode a table as Parquet, or GeoParquet where it has geometry; the same rows give the same bytes."""
    attributes = attributes_of(frame, table)
    if isinstance(frame, gpd.GeoDataFrame):
        return geometry_bytes(attributes, frame.geometry)
    return frame_bytes(attributes)


def frame_bytes(frame: pl.DataFrame) -> bytes:
    """Encode a frame as Parquet; the same rows give the same bytes."""
    buffer = io.BytesIO()
    frame.rechunk().write_parquet(buffer, compression="zstd")
    return buffer.getvalue()


def digest(content: bytes) -> str:
    """Return the sha256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def hash_of(hashes: Mapping[str, str]) -> str:
    """Return one sha256 over named hashes, independent of their order."""
    return digest(json.dumps(dict(hashes), sort_keys=True).encode())
