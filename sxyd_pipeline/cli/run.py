"""``sxyd run``: cities through their gates, one after the other; a failing one stops no other."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from sxyd_pipeline.assets.declaration import DECLARATIONS
from sxyd_pipeline.checks.expectations import warm_up
from sxyd_pipeline.cli.cities import CityFolder, find_cities, workspace_of
from sxyd_pipeline.cli.faults import UnknownChoiceError
from sxyd_pipeline.cli.screen import Screen, describe
from sxyd_pipeline.cli.side_by_side import run_apart
from sxyd_pipeline.definitions import CHAPTERS
from sxyd_pipeline.deliverables.catalogue import (
    ALL,
    BY_WORD,
    DELIVERABLES,
    NONE,
    UnknownDeliverableError,
    chosen,
)
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.workspace import Workspace
from sxyd_pipeline.runs import AssetFailure, CityRun, OnEvent, run_city

SELECT, DELIVERABLES_OPTION = "--select", "--deliverables"
#: Offending rows shown below a failed check.
SHOWN_ROWS = 20
_OVER = frozenset({"done", "blocked", "skipped"})


@dataclass(frozen=True, slots=True)
class Report:
    """How one city went: the run, or the fault that kept it from starting."""

    city: str
    run: CityRun | None
    fault: SxydError | None = None

    @property
    def succeeded(self) -> bool:
        """Whether everything asked for was stored and published."""
        return self.run is not None and self.run.success

    def document(self) -> dict[str, object]:
        """Return the report for machine output."""
        if self.run is None:
            error = describe(self.fault) if self.fault else None
            return {"city": self.city, "success": False, "release_id": None, "failures": [], "error": error}
        run = self.run
        return {
            "city": run.city, "success": run.success, "release_id": run.release_id, "run_id": run.run_id,
            "seconds": round(run.seconds, 3), "skipped": list(run.skipped),
            "failures": [{**asdict(failure), "sample": _rows_of(failure)} for failure in run.failures],
        }  # fmt: skip


def run_cities(
    screen: Screen,
    workspace: Workspace,
    cities: Sequence[str],
    select: Sequence[str],
    deliverables: Sequence[str] = (),
    jobs: int = 1,
) -> int:
    """Run cities; exit code 1 when one of them failed.

    Args:
        screen: where to tell how it goes.
        workspace: where packages, lake and releases lie.
        cities: codes or folders. Names of groups among them belong to ``--select``.
        select: groups, also separated by commas; none means all.
        deliverables: words of those the release shall have, also separated by commas; none means all.
        jobs: cities at a time; with more than one, each city runs in a process of its own.

    Raises:
        UnknownChoiceError: a group or a deliverable does not exist.
        NoPackageError: a city has no package.
    """
    groups = [group for part in select for group in part.split(",") if group]
    if groups:
        # `--select inputs inventory` reads naturally; the second word reaches us as a city.
        groups += [word for word in cities if word in CHAPTERS]
        cities = [word for word in cities if word not in CHAPTERS]
    unknown = next((group for group in groups if group not in CHAPTERS), None)
    if unknown is not None:
        raise UnknownChoiceError(SELECT, unknown, tuple(CHAPTERS))
    made = deliverables_in(deliverables)
    if not cities:
        raise UnknownChoiceError("CITY", "", ("ADCODE", "DIR"))
    found = {folder.folder: folder for wanted in cities for folder in find_cities(workspace, wanted)}
    if jobs > 1 and len(found) > 1:
        options = [
            *(f"{SELECT}={group}" for group in groups),
            *(f"{DELIVERABLES_OPTION}={one}" for one in made),
        ]
        reports = _run_side_by_side(screen, workspace, list(found.values()), options, jobs)
    else:
        reports = [run_one(screen, workspace, folder, groups, made) for folder in found.values()]
    summarise(screen, workspace, reports)
    failed = [report for report in reports if not report.succeeded]
    screen.finish(ok=not failed, verb="run", cities=[report.document() for report in reports])
    return 1 if failed else 0


def deliverables_in(words: Sequence[str]) -> tuple[str, ...]:
    """Return the words of an option that may be repeated and may hold several, separated by commas.

    Raises:
        UnknownChoiceError: there is no such deliverable.
    """
    asked = tuple(word for part in words for word in part.split(",") if word)
    try:
        chosen(asked)
    except UnknownDeliverableError as error:
        raise UnknownChoiceError(DELIVERABLES_OPTION, ",".join(asked), (*BY_WORD, ALL, NONE)) from error
    return asked


def run_one(
    screen: Screen,
    workspace: Workspace,
    folder: CityFolder,
    groups: Sequence[str],
    deliverables: Sequence[str] = (),
) -> Report:
    """Run one city, show its progress, and tell what stopped it."""
    left_out = DELIVERABLES.keys() - chosen(deliverables)
    number = sum(
        (not groups or declared.group in groups) and name not in left_out
        for name, declared in DECLARATIONS.items()
    )
    try:
        own = workspace_of(workspace, folder)
        warm_up()
        with progress_of(screen, folder.name, number) as on_event:
            run = run_city(
                own, folder.name, groups or None, on_event, deliverables=deliverables, waiting=screen.note
            )
    except SxydError as error:
        if not screen.settings.as_json:
            screen.fail(error)
        return Report(folder.name, None, error)
    _show_problems(screen, run)
    return Report(folder.name, run)


def _run_side_by_side(
    screen: Screen, workspace: Workspace, folders: Sequence[CityFolder], options: Sequence[str], jobs: int
) -> list[Report]:
    """Run cities in processes of their own and tell what stopped each."""

    def tell(city: str, succeeded: bool) -> None:  # noqa: FBT001 - called by run_apart
        screen.line(city=city, state="done" if succeeded else "failed")

    reports = []
    for folder, (run, fault) in zip(folders, run_apart(workspace, folders, options, jobs, tell), strict=True):
        if fault is not None and not screen.settings.as_json:
            screen.fail(fault)
        if run is not None:
            _show_problems(screen, run)
        reports.append(Report(folder.name, run, fault))
    return reports


def _show_problems(screen: Screen, run: CityRun) -> None:
    for failure in run.failures:
        show_failure(screen, failure)
    if run.skipped:
        listed = ", ".join(run.skipped)
        screen.note(f"因上游未通过而未计算：{listed}", f"not tried because a parent failed: {listed}")


@contextmanager
def progress_of(screen: Screen, city: str, number: int) -> Iterator[OnEvent]:
    """Yield what to call for every asset: a bar on a terminal, plain lines elsewhere.

    Args:
        screen: where to show it.
        city: adcode.
        number: assets expected.
    """
    if not screen.is_terminal:

        def write_line(asset: str, state: str, seconds: float) -> None:
            if state in _OVER:
                screen.line(city=city, asset=asset, state=state, seconds=f"{seconds:.2f}")

        yield write_line
        return
    columns = (
        TextColumn("{task.fields[city]}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )  # fmt: skip
    with Progress(*columns, console=screen.console, transient=True) as bar:
        task = bar.add_task("", total=number, city=city)

        def move_bar(asset: str, state: str, _seconds: float) -> None:
            bar.update(task, description=asset, advance=1 if state in _OVER else 0)

        yield move_bar


def show_failure(screen: Screen, failure: AssetFailure) -> None:
    """Print what stopped an asset: the check, up to 20 offending rows, and what to do."""
    screen.note(
        f"✗ {failure.asset} · {failure.rule}：{failure.zh}",
        f"✗ {failure.asset} · {failure.rule}: {failure.en}",
        "bold red",
    )
    rows = _rows_of(failure)[:SHOWN_ROWS]
    if rows:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        screen.table(columns, [[row.get(name) for name in columns] for row in rows])
        if failure.rows > len(rows):
            screen.note(
                f"（共 {failure.rows} 行，列出 {len(rows)} 行）", f"({len(rows)} of {failure.rows} rows)"
            )
    screen.note(f"处理办法：{failure.remedy_zh}", f"what to do: {failure.remedy_en}")


def summarise(screen: Screen, workspace: Workspace, reports: Sequence[Report]) -> None:
    """Print one line per city."""
    words = {True: screen.pick("完成", "done"), False: screen.pick("未通过", "failed")}
    screen.table(
        [screen.pick("城市", "city"), screen.pick("结果", "result"), screen.pick("发布编号", "release"), "s",
         screen.pick("位置", "where")],
        [
            [
                report.city, words[report.succeeded], report.run.release_id if report.run else None,
                f"{report.run.seconds:.1f}" if report.run else None,
                workspace.out / report.run.release_id if report.run and report.run.release_id else None,
            ]
            for report in reports
        ],
        numeric=(3,),
        styles={words[True]: "green", words[False]: "bold red"},
    )  # fmt: skip
    if not all(report.succeeded for report in reports):
        screen.note("未通过的城市，上一次发布保持不变", "the last release of a failed city is untouched")


def _rows_of(failure: AssetFailure) -> list[dict[str, object]]:
    """Return the offending rows that were kept with a failure."""
    return [dict(row) for row in json.loads(failure.sample)] if failure.sample else []
