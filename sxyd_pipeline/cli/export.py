"""``sxyd export``: writes deliverables and database of a release again."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from sxyd_pipeline.cli.faults import UnknownChoiceError
from sxyd_pipeline.cli.listing import show_files
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.deliverables.catalogue import ALL, BY_WORD
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.explorer.page import write_without_sql
from sxyd_pipeline.deliverables.stage import RELEASE_LANGUAGE
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io import database
from sxyd_pipeline.io.combined import list_releases
from sxyd_pipeline.io.durable import explained, replace_file, temporary_beside
from sxyd_pipeline.io.release_folder import DATABASE, MANIFEST, ReleaseFolder, content_hash
from sxyd_pipeline.io.staging import PREVIEW
from sxyd_pipeline.io.workspace import Workspace

#: The deliverables have words of their own.
DATABASE_WORD = "database"
EXPLORER_WORD = "explorer"
ARGUMENT = "export CITY"


def choices() -> tuple[str, ...]:
    """Return what can be exported."""
    return (*BY_WORD, DATABASE_WORD, ALL)


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
    screen: Screen,
    workspace: Workspace,
    city: str,
    what: str,
    *,
    as_of: str | None,
    target: Path | None,
    with_sql: bool = True,
) -> int:
    """Write the deliverables of a release from its database.

    In Chinese they are byte for byte the ones of the release; ``--lang en`` writes the English edition.

    Args:
        screen: where to tell what was written; its language is the language of the documents.
        workspace: where releases lie.
        city: adcode.
        what: one of :func:`choices`.
        as_of: id of a release, ``latest`` or ``previous``; None takes the newest of the city.
        target: folder to write to; None takes ``out/export/<release>``.
        with_sql: whether the explorer carries its query engine.

    Raises:
        UnknownChoiceError: ``what`` is no deliverable.
        NoReleaseError: there is no such release.
        ReleaseChangedError: the release was damaged or edited.
        TooOldReleaseError: the release lacks what covers need.
    """
    if what not in choices():
        raise UnknownChoiceError(ARGUMENT, what, choices())
    release = find_release(workspace, city, as_of)
    language = screen.settings.language
    suffix = "" if language == RELEASE_LANGUAGE else f"-{language}"
    folder = (target or workspace.out / "export" / f"{release.folder.name}{suffix}").resolve()
    tables = release.read()
    if content_hash(tables) != release.manifest()["files"][DATABASE]["content_sha256"]:
        raise ReleaseChangedError(release.folder, DATABASE)
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        written = list(_write_documents(screen, folder, tables, what, language, with_sql=with_sql))
        if what in {DATABASE_WORD, ALL}:
            written.append(_write_database(folder, tables))
        replace_file(folder / MANIFEST, (release.folder / MANIFEST).read_bytes())
    chosen = release.folder.name
    screen.say(f"由发布 {chosen} 写出 {folder}", f"written from release {chosen}: {folder}", "green")
    listed = show_files(screen, [*written, folder / MANIFEST], folder)
    screen.finish(ok=True, verb="export", release_id=chosen, folder=str(folder), files=listed)
    return 0


def find_release(workspace: Workspace, city: str, wanted: str | None) -> ReleaseFolder:
    """Return a release of a city by its id, by ``latest`` or by ``previous``; None is the latest.

    Raises:
        NoReleaseError: there is no such release.
    """
    known = [str(manifest["release_id"]) for manifest in list_releases(workspace, city)]
    places = {None: 0, "latest": 0, "previous": 1}
    place = places.get(wanted)
    if place is not None and place < len(known):
        return ReleaseFolder(workspace.out / known[place])
    if wanted not in known:
        raise NoReleaseError(city, wanted, known)
    return ReleaseFolder(workspace.out / str(wanted))


def _write_documents(
    screen: Screen,
    folder: Path,
    tables: Mapping[Table, pl.DataFrame],
    what: str,
    language: Language,
    *,
    with_sql: bool,
) -> Iterator[Path]:
    if what == DATABASE_WORD:
        return
    edition = Edition.of(tables)
    for one in (one for word, one in BY_WORD.items() if what in {word, ALL}):

        def tell(step: str, done: int, total: int, label: str = screen.pick(one.zh, one.en)) -> None:
            screen.note(f"{label} {done}/{total}：{step}", f"{label} {done}/{total}: {step}", "dim")

        write = one.write if with_sql or one.word != EXPLORER_WORD else write_without_sql
        for name, content in write(edition, language, tell).items():
            if not name.startswith(PREVIEW):
                path = folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_file(path, content)
                yield path


def _write_database(folder: Path, tables: Mapping[Table, pl.DataFrame]) -> Path:
    path = folder / DATABASE
    temporary = temporary_beside(path)
    try:
        database.create(temporary, tables)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
