"""Run one city as a Dagster job in this process; what ``sxyd run`` and ``refresh_all`` call."""

import shutil
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dagster as dg

from sxyd_pipeline import automation
from sxyd_pipeline.checks.gates import FAILURES
from sxyd_pipeline.definitions import CHAPTERS, REFRESH_CITY, build_definitions
from sxyd_pipeline.deliverables import catalogue
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.durable import explained
from sxyd_pipeline.io.event_log import open_quick_instance
from sxyd_pipeline.io.locks import Waiting, city_lock, exclusive, is_free, say_nothing
from sxyd_pipeline.io.workspace import Workspace

OnEvent = Callable[[str, str, float], None]

SETTINGS = "dagster.yaml"
LAUNCHER_TAG, LAUNCHER = "sxyd/launcher", "in_process"
#: Events go to the event log and to ``on_event``; the console belongs to the caller.
_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


class UnknownGroupError(SxydError):
    """A group that is asked for is none of the graph."""

    def __init__(self, group: str) -> None:
        """Keep the group."""
        listed = "、".join(CHAPTERS)
        super().__init__(
            f"没有分组 {group}；可选：{listed}",
            f"there is no group {group}; known: {listed}",
            remedy_zh="改用上列分组名",
            remedy_en="use one of these names",
        )


@dataclass(frozen=True, slots=True)
class AssetFailure:
    """Why one asset was not stored.

    Attributes:
        asset: the asset.
        rule: check or error that stopped it.
        zh: message in Chinese.
        en: message in English.
        remedy_zh: what to do, Chinese.
        remedy_en: what to do, English.
        rows: how many rows break the rule.
        sample: up to 20 of them as JSON, or None.
        expected: False when the program itself failed, which is not the user's to mend.
    """

    asset: str
    rule: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    rows: int = 0
    sample: str | None = None
    expected: bool = True


@dataclass(frozen=True, slots=True)
class CityRun:
    """Outcome of one run of one city.

    Attributes:
        city: adcode.
        success: everything asked for was stored, and published when that was part of it.
        release_id: id of the release, None when nothing was published.
        run_id: run in the Dagster instance.
        failures: assets that were stopped, in order.
        skipped: assets that were not tried because a parent failed.
        seconds: wall time.
    """

    city: str
    success: bool
    release_id: str | None
    run_id: str
    failures: tuple[AssetFailure, ...]
    skipped: tuple[str, ...]
    seconds: float


def _silent(_asset: str, _state: str, _seconds: float) -> None:
    """Tell nobody."""


def run_city(
    workspace: Workspace,
    city: str,
    select: Sequence[str] | None = None,
    on_event: OnEvent = _silent,
    *,
    deliverables: Collection[str] = (catalogue.ALL,),
    waiting: Waiting = say_nothing,
    instance: dg.DagsterInstance | None = None,
) -> CityRun:
    """Materialise a city through its gates and publish it.

    Args:
        workspace: where packages, lake and releases lie.
        city: adcode.
        select: groups to run; None runs everything. Parents outside are read from the lake.
        on_event: told ``(asset, started | done | blocked | skipped, seconds)``.
        deliverables: words of those to make anew for the release; what lies staged for it goes in as well.
        waiting: told in Chinese and English when another run of the city is at work.
        instance: Dagster instance; None opens the one of the workspace.

    Raises:
        UnknownGroupError: a selected group does not exist.
        UnknownDeliverableError: a deliverable does not exist.
        BusyError: another run of the city does not end.
        DiskFullError: the state of Dagster cannot be written.
    """
    for group in select or ():
        if group not in CHAPTERS:
            raise UnknownGroupError(group)
    made = catalogue.chosen(deliverables)
    started = time.perf_counter()
    definitions = build_definitions(workspace, on_event)
    lock = city_lock(workspace.lake, city)
    with exclusive(lock, f"城市 / city {city}", waiting=waiting), explained(workspace.dagster_home):
        if instance is not None:
            result, wanted = _execute(definitions, instance, workspace, city, select, made)
        else:
            with open_instance(workspace) as own:
                bury_dead_runs(own, workspace, city)
                result, wanted = _execute(definitions, own, workspace, city, select, made)
    tried = {event.step_key for event in result.all_events if event.is_step_start}
    skipped = tuple(asset for asset in wanted if asset not in tried)
    for asset in skipped:
        on_event(asset, "skipped", 0.0)
    return CityRun(
        city=city,
        success=result.success,
        release_id=_release_of(result),
        run_id=result.run_id,
        failures=tuple(
            failure for event in result.all_events if event.is_step_failure for failure in _failures_of(event)
        ),
        skipped=skipped,
        seconds=time.perf_counter() - started,
    )


def open_instance(workspace: Workspace) -> dg.DagsterInstance:
    """Open the Dagster instance of a workspace; its folder and settings are made when missing.

    Raises:
        DiskFullError: no space.
        NotWritableError: the folder cannot be written.
    """
    home = workspace.dagster_home
    with explained(home):
        home.mkdir(parents=True, exist_ok=True)
        settings = home / SETTINGS
        wanted = settings_file().read_bytes()
        if not settings.is_file() or settings.read_bytes() != wanted:
            shutil.copyfile(settings_file(), settings)
        return open_quick_instance(home)


def settings_file() -> Path:
    """Return ``dagster.yaml``: inside the installed package, or in the source tree."""
    package = Path(__file__).resolve().parent
    installed = package / "settings" / SETTINGS
    return installed if installed.is_file() else package.parent / SETTINGS


def bury_dead_runs(instance: dg.DagsterInstance, workspace: Workspace, held: str) -> list[str]:
    """Close runs whose process was killed, and free the publisher's slot they may still claim.

    A run of this kind holds its city's lock as long as it lives, so a free lock proves its death, and
    so does a lock that the caller holds.

    Args:
        instance: Dagster instance.
        workspace: where the locks lie.
        held: city whose lock the caller holds.

    Returns:
        Ids of the runs that were closed.
    """
    alive = dg.RunsFilter(
        statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.NOT_STARTED], tags={LAUNCHER_TAG: LAUNCHER}
    )
    buried = []
    for run in instance.get_runs(filters=alive):
        city = run.tags[automation.CITY_TAG]
        if city == held or is_free(city_lock(workspace.lake, city)):
            instance.report_run_failed(run, "进程已终止 / the process was killed")
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            buried.append(run.run_id)
    return buried


def _execute(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    workspace: Workspace,
    city: str,
    select: Sequence[str] | None,
    made: Collection[str],
) -> tuple[dg.ExecuteInProcessResult, list[str]]:
    instance.add_dynamic_partitions(str(automation.CITY.name), [city])
    automation.report_package(instance, workspace, city)
    graph = definitions.resolve_asset_graph()
    ordered = [
        key
        for layer in graph.toposorted_asset_keys_by_level
        for key in sorted(layer, key=dg.AssetKey.to_user_string)
        if key in graph.materializable_asset_keys
    ]
    left_out = catalogue.DELIVERABLES.keys() - set(made)
    wanted = [
        key
        for key in ordered
        if (select is None or graph.get(key).group_name in select) and key.to_user_string() not in left_out
    ]
    result = definitions.resolve_job_def(REFRESH_CITY.name).execute_in_process(
        partition_key=city,
        instance=instance,
        raise_on_error=False,
        run_config=_QUIET,
        tags={LAUNCHER_TAG: LAUNCHER, **({catalogue.TAG: catalogue.tag_of(made)} if left_out else {})},
        asset_selection=None if select is None and not left_out else wanted,
    )
    return result, [key.to_user_string() for key in wanted]


def _release_of(result: dg.ExecuteInProcessResult) -> str | None:
    for event in result.get_asset_materialization_events():
        metadata = event.materialization.metadata
        if "release_id" in metadata:
            return str(metadata["release_id"].value)
    return None


def _failures_of(event: dg.DagsterEvent) -> list[AssetFailure]:
    """Return what stopped a step: the rules a gate or an error recorded, else the program's own failure."""
    asset = str(event.step_key)
    data = event.step_failure_data
    recorded: Any = data.user_failure_data.metadata.get(FAILURES) if data.user_failure_data else None
    if recorded is not None:
        return [
            AssetFailure(
                asset,
                f["rule"],
                f["message_zh"],
                f["message_en"],
                f["remedy_zh"],
                f["remedy_en"],
                f["rows"],
                f["sample"],
            )
            for f in recorded.value
        ]
    # Dagster wraps an error of a step; the innermost cause is the one that tells something.
    error = data.error
    while error is not None and error.cause is not None:
        error = error.cause
    reason = error.message.strip() if error else ""
    remedy_zh, remedy_en = (
        "请将 sxyd doctor 的输出与该信息一并反馈",
        "report this with the output of sxyd doctor",
    )
    zh, en = f"程序内部错误：{reason}", f"internal error: {reason}"
    return [AssetFailure(asset, "UnexpectedError", zh, en, remedy_zh, remedy_en, expected=False)]
