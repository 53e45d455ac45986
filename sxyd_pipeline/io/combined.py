"""The published database with all cities: versioned files, one link to the newest.

``data/published/sxyd-<hash>.duckdb`` is a copy of its predecessor with one city's rows replaced
in one transaction. ``sxyd.duckdb`` is a relative link that one rename moves to the new file; where
links cannot be made (Windows), the file ``sxyd.current`` names it instead.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline.contracts.inventory import EMISSION_TOTALS
from sxyd_pipeline.contracts.meta import COLUMNS, RELEASE
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io import database
from sxyd_pipeline.io.durable import replace_file, sync_file, sync_folder, temporary_beside
from sxyd_pipeline.io.lake import hash_of
from sxyd_pipeline.io.release_folder import MANIFEST, ReleaseFolder
from sxyd_pipeline.io.workspace import Workspace

LINK = "sxyd.duckdb"
POINTER = "sxyd.current"
KEPT_VERSIONS = 3
_HASH_LENGTH = 12


class NothingPublishedError(SxydError):
    """There is no published database yet."""

    def __init__(self, path: Path) -> None:
        """Keep where it was looked for."""
        self.path = path
        super().__init__(
            "尚无已发布的数据库",
            "nothing has been published yet",
            remedy_zh="先运行 sxyd demo 或 sxyd run <城市代码>",
            remedy_en="run sxyd demo or sxyd run <adcode> first",
        )


class UnknownReleaseError(SxydError):
    """A release that is asked for does not exist."""

    def __init__(self, release: str, known: list[str]) -> None:
        """Keep the id and the newest known ones."""
        self.release, self.known = release, known
        listed = "、".join(known[:5]) or "—"
        super().__init__(
            f"没有发布 {release}；已有：{listed}",
            f"there is no release {release}; known: {listed}",
            remedy_zh="用 sxyd status 查看发布编号",
            remedy_en="see the release ids with sxyd status",
        )


def link_of(workspace: Workspace) -> Path:
    """Return the name under which the newest published database is found."""
    return workspace.published / LINK


def newest(workspace: Workspace) -> Path | None:
    """Return the real file of the newest published database, or None."""
    link, pointer = link_of(workspace), workspace.published / POINTER
    if pointer.is_file():
        path = workspace.published / pointer.read_text(encoding="utf-8").strip()
        return path if path.is_file() else None
    return link.resolve() if link.is_file() else None


def put_city(workspace: Workspace, city: str, release: ReleaseFolder) -> Path:
    """Put a release's rows into the published database and make that the newest one.

    The caller holds the publisher's lock.
    """
    workspace.published.mkdir(parents=True, exist_ok=True)
    last = newest(workspace)
    releases = _releases_in(last) | {city: release.folder.name}
    path = workspace.published / f"sxyd-{hash_of(releases)[:_HASH_LENGTH]}.duckdb"
    if not _is_whole(path, releases):
        temporary = temporary_beside(path)
        try:
            if set(releases) == {city}:
                # With one city the published database is the release's own: the same rows, already audited.
                shutil.copyfile(release.database, temporary)
            elif last is not None:
                _build(temporary, last, city, release.read())
            sync_file(temporary)
            temporary.replace(path)
            sync_folder(path.parent)
        finally:
            temporary.unlink(missing_ok=True)
            temporary.with_name(f"{temporary.name}.wal").unlink(missing_ok=True)
    # The newest version is the one touched last, also when an old state comes back.
    os.utime(path)
    _point_to(workspace, path)
    _forget_old(workspace, path)
    return path


def open_published(workspace: Workspace, as_of: str | None = None) -> duckdb.DuckDBPyConnection:
    """Open the published database read-only, shut in (no files, network, extensions or settings).

    Args:
        workspace: where releases lie.
        as_of: id of a release; None opens the newest state of all cities.

    Returns:
        A connection that keeps its snapshot however often a new one is published.

    Raises:
        NothingPublishedError: there is no database yet.
        UnknownReleaseError: ``as_of`` names no release.
    """
    if as_of is not None:
        known = [str(manifest["release_id"]) for manifest in list_releases(workspace)]
        if as_of not in known:
            raise UnknownReleaseError(as_of, known)
        return database.reader(ReleaseFolder(workspace.out / as_of).database)
    path = newest(workspace)
    if path is None:
        raise NothingPublishedError(link_of(workspace))
    return database.reader(path)


def list_releases(workspace: Workspace, city: str | None = None) -> list[dict[str, Any]]:
    """Return the manifests of all complete releases, the one written last first."""
    files = [path for path in workspace.out.glob(f"*/{MANIFEST}") if not path.parent.name.startswith(".")]
    files.sort(key=lambda path: (path.stat().st_mtime_ns, path.parent.name), reverse=True)
    manifests = [dict(json.loads(path.read_text(encoding="utf-8"))) for path in files]
    return [manifest for manifest in manifests if city is None or manifest["city_code"] == city]


def last_other_totals(workspace: Workspace, city: str, totals: pl.DataFrame) -> pl.DataFrame | None:
    """Return ``inventory.totals`` of the newest release of a city that differs from ``totals``, or None."""
    keys = list(EMISSION_TOTALS.key)
    wanted = totals.select(*keys, "emission_t").sort(keys)
    for manifest in list_releases(workspace, city):
        path = ReleaseFolder(workspace.out / str(manifest["release_id"])).database
        if not path.is_file():
            continue
        connection = database.reader(path)
        try:
            found = database.read_table(connection, EMISSION_TOTALS)
        finally:
            connection.close()
        if not found.select(*keys, "emission_t").sort(keys).equals(wanted):
            return found
    return None


def _build(path: Path, last: Path, city: str, content: dict[Table, pl.DataFrame]) -> None:
    kept = _tables_of_others(last, city)
    if database.follows_contracts(last) and kept | set(content) == _tables_in(last):
        shutil.copyfile(last, path)
        database.replace_city(path, city, content)
    else:
        # Columns were added, or a module was switched on or off, since: a new file takes the other
        # cities' rows over by name.
        tables = [table for table in TABLES if table in kept or table in content]
        others = database.other_cities(last, city, tables)
        database.create(
            path, {t: pl.concat([others[t], *([content[t]] if t in content else [])]) for t in tables}
        )


def _tables_in(path: Path) -> set[Table]:
    connection = database.reader(path)
    try:
        return set(database.tables_in(connection))
    finally:
        connection.close()


def _tables_of_others(path: Path, city: str) -> set[Table]:
    """Return the tables the other cities have; every city lists its own in ``meta.columns``."""
    connection = database.reader(path)
    try:
        listed = database.read_table(connection, COLUMNS)
    finally:
        connection.close()
    names = set(listed.filter(pl.col("city_code") != city)["table_name"])
    return {table for table in TABLES if not table.module or table.full_name in names}


def _releases_in(path: Path | None) -> dict[str, str]:
    """Return ``{city: release}`` of a published database."""
    if path is None:
        return {}
    connection = database.reader(path)
    try:
        rows = database.read_table(connection, RELEASE)
    finally:
        connection.close()
    return dict(rows.select("city_code", "release_id").iter_rows())


def _is_whole(path: Path, releases: dict[str, str]) -> bool:
    """Tell whether a version is there and holds the releases its name stands for."""
    if not path.is_file():
        return False
    try:
        return database.follows_contracts(path) and _releases_in(path) == releases
    except duckdb.Error:
        return False


def _point_to(workspace: Workspace, path: Path) -> None:
    link = link_of(workspace)
    if os.name == "nt":
        replace_file(workspace.published / POINTER, path.name.encode())
        return
    temporary = temporary_beside(link)
    temporary.symlink_to(path.name)
    temporary.replace(link)
    sync_folder(link.parent)


def _forget_old(workspace: Workspace, current: Path) -> None:
    versions = list(workspace.published.glob("sxyd-*.duckdb"))
    versions.sort(key=lambda path: (path == current, path.stat().st_mtime_ns), reverse=True)
    for path in versions[KEPT_VERSIONS:]:
        path.unlink(missing_ok=True)
