"""``sxyd export``: writes the result tables and the database of a release again."""

from pathlib import Path

import polars as pl

from sxyd_pipeline.cli.faults import UnknownChoiceError
from sxyd_pipeline.cli.listing import show_files
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io import database
from sxyd_pipeline.io.combined import list_releases
from sxyd_pipeline.io.durable import explained, replace_file, temporary_beside
from sxyd_pipeline.io.release_folder import DATABASE, MANIFEST, ReleaseFolder, content_hash, result_files
from sxyd_pipeline.io.workspace import Workspace

#: What a release carries, and the words of the interface that it does not carry yet.
CARRIED = ("data", "database", "all")
NOT_CARRIED = ("report", "case", "atlas", "explorer")
ARGUMENT = "export CITY"


class NotCarriedError(SxydError):
    """The deliverable exists as a word, but releases do not hold it yet."""

    def __init__(self, what: str) -> None:
        """Name it, and what there is instead."""
        listed = "、".join(CARRIED)
        super().__init__(
            f"当前版本的发布还不包含 {what}",
            f"releases of this version do not carry {what} yet",
            remedy_zh=f"现在可以写出：{listed}",
            remedy_en=f"what can be written now: {', '.join(CARRIED)}",
        )


class NoReleaseError(SxydError):
    """The city was never published, or not under this id."""

    def __init__(self, city: str, release: str | None, known: list[str]) -> None:
        """List the releases there are."""
        listed = "、".join(known) or "—"
        wanted = release or city
        super().__init__(
            f"没有 {wanted} 的发布；已有：{listed}",
            f"there is no release of {wanted}; known: {listed}",
            remedy_zh=f"先运行 sxyd run {city}",
            remedy_en=f"run sxyd run {city} first",
        )


class ReleaseChangedError(SxydError):
    """The release on disk no longer holds what its manifest says."""

    def __init__(self, folder: Path, name: str) -> None:
        """Name the file."""
        super().__init__(
            f"发布内容与清单不一致：{name}",
            f"the release differs from its manifest: {name}",
            remedy_zh="重新运行 sxyd run，发布会被重新写出",
            remedy_en="run sxyd run again; the release is written anew",
            place=Place(str(folder / name)),
        )


def export_release(
    screen: Screen, workspace: Workspace, city: str, what: str, *, as_of: str | None, target: Path | None
) -> int:
    """Write the deliverables of a release.

    Args:
        screen: where to tell what was written.
        workspace: where releases lie.
        city: adcode.
        what: ``data``, ``database`` or ``all``.
        as_of: id of a release; None takes the newest of the city.
        target: folder to write to; None takes ``out/export/<release>``.

    Raises:
        UnknownChoiceError: ``what`` is no deliverable.
        NotCarriedError: ``what`` is one that releases do not carry yet.
        NoReleaseError: there is no such release.
        ReleaseChangedError: the release was damaged or edited.
    """
    if what in NOT_CARRIED:
        raise NotCarriedError(what)
    if what not in CARRIED:
        raise UnknownChoiceError(ARGUMENT, what, (*CARRIED, *NOT_CARRIED))
    known = [str(manifest["release_id"]) for manifest in list_releases(workspace, city)]
    chosen = next((one for one in known if as_of in {None, one}), None)
    if chosen is None:
        raise NoReleaseError(city, as_of, known)
    release = ReleaseFolder(workspace.out / chosen)
    folder = (target or workspace.out / "export" / chosen).resolve()
    files = release.manifest()["files"]
    tables = release.read()
    if content_hash(tables) != files[DATABASE]["content_sha256"]:
        raise ReleaseChangedError(release.folder, DATABASE)
    with explained(folder):
        written = _write(folder, tables, what)
        replace_file(folder / MANIFEST, (release.folder / MANIFEST).read_bytes())
    screen.say(f"由发布 {chosen} 写出 {folder}", f"written from release {chosen}: {folder}", "green")
    listed = show_files(screen, [*written, folder / MANIFEST], folder)
    screen.finish(ok=True, verb="export", release_id=chosen, folder=str(folder), files=listed)
    return 0


def _write(folder: Path, tables: dict[Table, pl.DataFrame], what: str) -> list[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []
    if what in {"database", "all"}:
        path = folder / DATABASE
        temporary = temporary_beside(path)
        try:
            database.create(temporary, tables)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        written.append(path)
    if what in {"data", "all"}:
        (folder / "data").mkdir(exist_ok=True)
        for table, frame in tables.items():
            # The time of publication stands in meta.release of the database only.
            if table.asset == "release_info":
                continue
            for name, content in result_files(table, frame).items():
                replace_file(folder / "data" / name, content)
                written.append(folder / "data" / name)
    return written
