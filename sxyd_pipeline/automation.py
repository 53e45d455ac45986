"""What starts runs: changed packages, the first of the month, and a look at failures."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg

from sxyd_pipeline.io.durable import explained
from sxyd_pipeline.io.fingerprints import hash_package, package_folder, signature_of
from sxyd_pipeline.io.package import find_packages
from sxyd_pipeline.io.workspace import Workspace

CITY = dg.DynamicPartitionsDefinition(name="city")
PACKAGE = "city_package"
CITY_TAG = "dagster/partition"
VERSION_TAG = "dagster/data_version"
FAILURES_FILE = "failures.jsonl"

#: A step follows its parents, city by city, once every blocking check of the parents has passed.
#: Without the second clause automation would carry blocked data on.
GATED = dg.AutomationCondition.eager() & dg.AutomationCondition.all_deps_blocking_checks_passed()

#: The package lies outside the graph: the user changes it, a sensor reports it.
CITY_PACKAGE = dg.AssetSpec(
    PACKAGE,
    partitions_def=CITY,
    group_name="inputs",
    description=(
        "**城市数据包** · 由用户维护的 data/cities/<adcode>；文件变化由传感器报告 / "
        "kept by the user; a sensor reports changes"
    ),
    kinds={"csv", "gpkg"},
)


def watch_packages(workspace: Workspace) -> dg.SensorDefinition:
    """Return the sensor that reports changed packages, and registers new cities.

    Names, sizes and times are compared first; only a package where they moved is hashed, and only a
    package whose hash changed is reported, so that one city's change touches no other city.
    """

    @dg.sensor(
        name="changed_packages",
        minimum_interval_seconds=30,
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="数据包变化时报告该城市 / reports the city whose package changed",
    )
    def changed_packages(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        known = json.loads(context.cursor or "{}")
        packages = find_packages(workspace.cities)
        now = {city: look_at(folder, known.get(city)) for city, folder in packages.items()}
        moved = [city for city, seen in now.items() if seen["sha256"] != known.get(city, {}).get("sha256")]
        # A run from the command line reports the package itself; it need not be refreshed again.
        changed = [city for city in moved if now[city]["sha256"] != reported_hash(context.instance, city)]
        cursor = json.dumps(now)
        if not changed:
            context.update_cursor(cursor)
            return dg.SkipReason("没有变化 / no change")
        registered = set(context.instance.get_dynamic_partitions(str(CITY.name)))
        new = [city for city in changed if city not in registered]
        return dg.SensorResult(
            asset_events=[package_event(city, now[city]["sha256"]) for city in changed],
            dynamic_partitions_requests=[CITY.build_add_request(new)] if new else [],
            cursor=cursor,
        )

    return changed_packages


def look_at(folder: Path, before: dict[str, str] | None) -> dict[str, str]:
    """Return signature and hash of a package; it is hashed only when its signature moved."""
    signature = json.dumps(signature_of(folder))
    if before and before["signature"] == signature:
        return before
    return {"signature": signature, "sha256": hash_package(folder)}


def package_event(city: str, sha256: str) -> dg.AssetMaterialization:
    """Return the event that says a package has this content."""
    return dg.AssetMaterialization(PACKAGE, partition=city, tags={VERSION_TAG: sha256})


def reported_hash(instance: dg.DagsterInstance, city: str) -> str | None:
    """Return the hash of a package that was reported last, or None."""
    wanted = dg.AssetRecordsFilter(asset_key=dg.AssetKey(PACKAGE), asset_partitions=[city])
    for record in instance.fetch_materializations(wanted, limit=1).records:
        materialization = record.asset_materialization
        return None if materialization is None else (materialization.tags or {}).get(VERSION_TAG)
    return None


def report_package(instance: dg.DagsterInstance, workspace: Workspace, city: str) -> None:
    """Report a package that is about to be run, unless its content was reported already."""
    folder = package_folder(workspace.cities, city)
    if folder.is_dir() and (sha256 := hash_package(folder)) != reported_hash(instance, city):
        instance.report_runless_asset_event(package_event(city, sha256))


def refresh_monthly(job: Any) -> dg.ScheduleDefinition:
    """Return the schedule that refreshes every registered city on the first of the month at three."""

    @dg.schedule(
        name="monthly_refresh",
        job=job,
        cron_schedule="0 3 1 * *",
        execution_timezone="Asia/Shanghai",
        default_status=dg.DefaultScheduleStatus.RUNNING,
        description="每月 1 日 3 时，每个城市一次运行 / one run per city on the first of the month",
    )
    def monthly_refresh(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
        month = context.scheduled_execution_time.strftime("%Y-%m")
        for city in sorted(context.instance.get_dynamic_partitions(str(CITY.name))):
            yield dg.RunRequest(run_key=f"{city}-{month}", partition_key=city)

    return monthly_refresh


def note_failures(workspace: Workspace) -> dg.SensorDefinition:
    """Return the hook that writes one JSON line per failed run, for alerts of the user's choice."""

    @dg.run_failure_sensor(
        name="failed_runs",
        default_status=dg.DefaultSensorStatus.RUNNING,
        description="运行失败时向 data/published/failures.jsonl 追加一行 / one line per failed run",
    )
    def failed_runs(context: dg.RunFailureSensorContext) -> None:
        steps = context.get_step_failure_events()
        line = {
            "run_id": context.dagster_run.run_id,
            "job": context.dagster_run.job_name,
            "city": context.dagster_run.tags.get(CITY_TAG),
            "steps": [event.step_key for event in steps],
            "message": next(
                (
                    e.step_failure_data.user_failure_data.description
                    for e in steps
                    if e.step_failure_data.user_failure_data
                ),
                context.failure_event.message,
            ),
        }
        path = workspace.published / FAILURES_FILE
        with explained(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("a", encoding="utf-8") as handle:
                handle.write(json.dumps(line, ensure_ascii=False) + "\n")

    return failed_runs


def refresh_all(workspace: Workspace) -> dg.JobDefinition:
    """Return the job that refreshes all cities, one run each; a failing city stops no other."""

    @dg.op(name="refresh_every_city")
    def refresh_every_city(context: dg.OpExecutionContext) -> None:
        from sxyd_pipeline.runs import run_city  # noqa: PLC0415 - runs need the definitions this job is part of

        results = [
            run_city(workspace, city, instance=context.instance) for city in find_packages(workspace.cities)
        ]
        failed = [result for result in results if not result.success]
        for result in results:
            context.log.info("%s: %s", result.city, result.release_id or "failed")
        if failed:
            described = "\n".join(
                f"{f.city} {failure.asset}: {failure.zh} / {failure.en}"
                for f in failed
                for failure in f.failures
            )
            raise dg.Failure(described, metadata={"cities": [f.city for f in failed]}, allow_retries=False)

    @dg.job(
        name="refresh_all",
        executor_def=dg.in_process_executor,
        description="刷新全部城市 / refresh all cities",
    )
    def refresh_all() -> None:
        refresh_every_city()

    return refresh_all
