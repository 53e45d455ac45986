"""One release: ``out/<release>/`` with database, result tables and manifest."""

import importlib.metadata
import io
import json
import platform
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.frames import GEOMETRY
from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline.contracts.meta import RELEASE
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.io import database
from sxyd_pipeline.io.assembly import Content, release_row
from sxyd_pipeline.io.durable import new_folder, sync_file, write_file
from sxyd_pipeline.io.fingerprints import hash_file
from sxyd_pipeline.io.geoparquet import STORED_CRS, geometry_bytes
from sxyd_pipeline.io.lake import digest, frame_bytes, hash_of

DATABASE = "sxyd.duckdb"
MANIFEST = "manifest.json"
DATA = "data"
_CLOCK = "created"
#: Libraries whose version may change a number or a byte.
_LIBRARIES = (
    "polars",
    "duckdb",
    "geopandas",
    "shapely",
    "pyproj",
    "pyarrow",
    "numpy",
    "dagster",
    "great_expectations",
)
#: Rows up to which a table is written as CSV too; longer ones are for programs, which read Parquet.
CSV_ROWS = 50_000
#: A spreadsheet takes a cell that starts like this for a formula.
_FORMULA = r"^[=+\-@\t\r]"


@dataclass(frozen=True, slots=True)
class ReleaseFolder:
    """A release on disk."""

    folder: Path

    @property
    def database(self) -> Path:
        """Database of this release only."""
        return self.folder / DATABASE

    def manifest(self) -> dict[str, Any]:
        """Return the manifest.

        Raises:
            OSError: it cannot be read.
            ValueError: it is not JSON.
        """
        return dict(json.loads((self.folder / MANIFEST).read_text(encoding="utf-8")))

    def is_intact(self) -> bool:
        """Tell whether every file has the hash of the manifest, and the database its content."""
        try:
            files: Mapping[str, Mapping[str, str]] = self.manifest()["files"]
            for name, facts in files.items():
                if name == DATABASE:
                    if content_hash(self.read()) != facts["content_sha256"]:
                        return False
                elif hash_file(self.folder / name) != facts["sha256"]:
                    return False
        except (OSError, ValueError, KeyError, duckdb.Error):
            return False
        return True

    def read(self) -> dict[Table, pl.DataFrame]:
        """Return all tables of the release's database."""
        connection = database.reader(self.database)
        try:
            return {table: database.read_table(connection, table) for table in TABLES}
        finally:
            connection.close()

    def write(
        self, content: Content, tables: Mapping[Table, pl.DataFrame], release_id: str, created: str
    ) -> None:
        """Write everything under a temporary name, then give the folder its own.

        Raises:
            OSError: of the file system; nothing was replaced.
            DatabaseNotWrittenError: of DuckDB; the same holds.
        """
        everything = {**tables, RELEASE: release_row(content, release_id, created)}
        if self.folder.exists():
            # It was damaged, or somebody changed it: the manifest no longer holds.
            shutil.rmtree(self.folder)
        with new_folder(self.folder) as folder:
            database.create(folder / DATABASE, everything)
            sync_file(folder / DATABASE)
            files = {DATABASE: {"content_sha256": content_hash(everything)}}
            (folder / DATA).mkdir()
            for table, frame in tables.items():
                for name, written in result_files(table, frame).items():
                    write_file(folder / DATA / name, written)
                    files[f"{DATA}/{name}"] = {"sha256": digest(written)}
            manifest = json.dumps(
                describe(content, release_id, files), ensure_ascii=False, indent=1, sort_keys=True
            )
            write_file(folder / MANIFEST, manifest.encode())


def content_hash(tables: Mapping[Table, pl.DataFrame]) -> str:
    """Return one sha256 over all rows of all tables; the clock of ``meta.release`` does not count."""
    return hash_of(
        {
            table.full_name: digest(frame_bytes(frame.drop(_CLOCK, strict=False)))
            for table, frame in tables.items()
        }
    )


def describe(content: Content, release_id: str, files: Mapping[str, Mapping[str, str]]) -> dict[str, Any]:
    """Return the manifest: files, inputs and versions. No clock, no machine."""
    return {
        "release_id": release_id,
        "city_code": content.config.adcode,
        "city_name": content.config.name,
        "base_year": content.config.base_year,
        "data_label": content.data_label,
        "spec_version": content.config.spec_version,
        "code_version": content.prints.code_version,
        "program_sha256": content.prints.program_hash,
        "inputs_sha256": content.prints.inputs_hash,
        "inputs": content.prints.files.to_dicts(),
        "files": dict(sorted(files.items())),
        "versions": {"python": platform.python_version()}
        | {n: importlib.metadata.version(n) for n in _LIBRARIES},
    }


def result_files(table: Table, frame: pl.DataFrame) -> dict[str, bytes]:
    """Return a table as (Geo)Parquet, and as CSV without geometry while a spreadsheet can hold it."""
    plain = frame.drop(GEOMETRY, strict=False)
    parquet = frame_bytes(frame)
    if table.has_geometry:
        parquet = geometry_bytes(plain, gpd.GeoSeries.from_wkb(frame[GEOMETRY].to_list(), crs=STORED_CRS))
    files = {f"{table.full_name}.parquet": parquet}
    if frame.height <= CSV_ROWS:
        files[f"{table.full_name}.csv"] = csv_bytes(plain)
    return files


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Encode a frame as CSV that spreadsheets open as text: BOM, and no cell that starts a formula."""
    guarded = frame.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in frame.schema.items()
        if dtype == pl.String
    )
    buffer = io.BytesIO()
    guarded.write_csv(buffer, include_bom=True)
    return buffer.getvalue()
