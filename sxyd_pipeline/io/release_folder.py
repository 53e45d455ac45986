"""One release: ``out/<release>/`` with database, result tables and manifest."""

import importlib.metadata
import json
import platform
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sxyd_pipeline.contracts.meta import RELEASE
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.io import database
from sxyd_pipeline.io.assembly import Content, release_row
from sxyd_pipeline.io.durable import new_folder, replace_file, sync_file, write_file
from sxyd_pipeline.io.fingerprints import hash_file
from sxyd_pipeline.io.lake import digest, frame_bytes, hash_of
from sxyd_pipeline.io.staging import Staged

DATABASE = "sxyd.duckdb"
MANIFEST = "manifest.json"
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
    "matplotlib",
    "pyogrio",
    "python-docx",
    "scipy",
    "typst",
    "xlsxwriter",
)


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
        """Return all tables of the release's database; those of modules that were off are not in it."""
        connection = database.reader(self.database)
        try:
            return {table: database.read_table(connection, table) for table in database.tables_in(connection)}
        finally:
            connection.close()

    def holds(self, parts: Sequence[Staged]) -> bool:
        """Tell whether the release is intact and carries these deliverables."""
        wanted = {name: facts["sha256"] for part in parts for name, facts in part.files.items()}
        try:
            listed = {name: facts.get("sha256") for name, facts in self.manifest()["files"].items()}
        except (OSError, ValueError, KeyError):
            return False
        return listed | wanted == listed and self.is_intact()

    def takes(self, parts: Sequence[Staged]) -> bool:
        """Tell whether the release is intact and can take these deliverables in beside what it has."""
        try:
            manifest = self.manifest()
        except (OSError, ValueError):
            return False
        listed = {name: facts.get("sha256") for name, facts in manifest["files"].items()}
        wanted = {name: facts["sha256"] for part in parts for name, facts in part.files.items()}
        agreed = all(listed.get(name, sha256) == sha256 for name, sha256 in wanted.items())
        return agreed and manifest["versions"] == versions() and self.is_intact()

    def write(
        self,
        content: Content,
        tables: Mapping[Table, pl.DataFrame],
        release_id: str,
        created: str,
        parts: Sequence[Staged] = (),
    ) -> None:
        """Write everything under a temporary name, then give the folder its own.

        A release that is there and intact is not written again: it takes in what it does not have, and its
        manifest changes last, so that it is intact at every moment.

        Args:
            content: what the release is made of.
            tables: every table but ``meta.release``.
            release_id: name of the folder.
            created: when it is written; the only clock, and not part of any hash.
            parts: staged deliverables; their files are copied in and checked on the way.

        Raises:
            OSError: of the file system; nothing was replaced.
            DatabaseNotWrittenError: of DuckDB; the same holds.
            StagedFileChangedError: a staged file is not what was staged; the same holds.
        """
        made = {name: {"sha256": facts["sha256"]} for part in parts for name, facts in part.files.items()}
        names = {part.deliverable for part in parts}
        if self.takes(parts):
            before = self.manifest()
            for part in parts:
                part.copy_into(self.folder, before["files"])
            told = describe(content, release_id, before["files"] | made, names | set(before["deliverables"]))
            replace_file(self.folder / MANIFEST, _document(told))
            return
        everything = {**tables, RELEASE: release_row(content, release_id, created)}
        # What is there was damaged, or made with other libraries: it goes when the new one is complete.
        with new_folder(self.folder, replacing=True) as folder:
            database.create(folder / DATABASE, everything)
            sync_file(folder / DATABASE)
            for part in parts:
                part.copy_into(folder)
            files = {DATABASE: {"content_sha256": content_hash(everything)}, **made}
            write_file(folder / MANIFEST, _document(describe(content, release_id, files, names)))


def _document(manifest: Mapping[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()


def content_hash(tables: Mapping[Table, pl.DataFrame]) -> str:
    """Return one sha256 over all rows of all tables; the clock of ``meta.release`` does not count."""
    return hash_of(
        {
            table.full_name: digest(frame_bytes(frame.drop(_CLOCK, strict=False)))
            for table, frame in tables.items()
        }
    )


def describe(
    content: Content, release_id: str, files: Mapping[str, Mapping[str, Any]], deliverables: Collection[str]
) -> dict[str, Any]:
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
        "deliverables": sorted(deliverables),
        "files": dict(sorted(files.items())),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions of Python and of every library that may change a number or a byte."""
    return {"python": platform.python_version()} | {n: importlib.metadata.version(n) for n in _LIBRARIES}
