"""The quick event log holds what Dagster's own holds, and its answers are never old."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from sxyd_pipeline.io.event_log import open_quick_instance

_CITY = dg.StaticPartitionsDefinition(["321100"])
_KEY = dg.AssetKey("totals")


@dg.asset(
    partitions_def=_CITY, check_specs=[dg.AssetCheckSpec(name, asset="totals") for name in ("keys", "bounds")]
)
def totals() -> Iterator[Any]:
    """Two checks and a result."""
    for name in ("keys", "bounds"):
        yield dg.AssetCheckResult(passed=True, check_name=name)
    yield dg.MaterializeResult(metadata={"rows": 1})


@pytest.fixture(name="instance")
def open_instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    (tmp_path / "dagster.yaml").write_text("telemetry: {enabled: false}\n", encoding="utf-8")
    with open_quick_instance(tmp_path) as instance:
        yield instance


def materialise(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    job = dg.Definitions(
        assets=[totals], jobs=[dg.define_asset_job("all", executor_def=dg.in_process_executor)]
    )
    return job.resolve_job_def("all").execute_in_process(
        instance=instance, partition_key="321100", run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    )  # fmt: skip


def targets(result: dg.ExecuteInProcessResult) -> list[str | None]:
    return [
        evaluation.target_materialization_data.run_id if evaluation.target_materialization_data else None
        for evaluation in result.get_asset_check_evaluations()
    ]


def test_checks_name_the_materialisation_that_was_the_latest(instance: dg.DagsterInstance) -> None:
    first, second, third = (materialise(instance) for _ in range(3))
    assert targets(first) == [None, None]
    assert targets(second) == [first.run_id, first.run_id]
    assert targets(third) == [second.run_id, second.run_id]


def test_dagsters_own_log_reads_every_event(instance: dg.DagsterInstance, tmp_path: Path) -> None:
    run = materialise(instance)
    own = SqliteEventLogStorage(str(tmp_path / "history" / "runs"))
    read = [entry.dagster_event_type for entry in own.get_logs_for_run(run.run_id)]
    assert read == [entry.dagster_event_type for entry in instance.all_logs(run.run_id)]
    planned = [kind for kind in read if kind is not None and kind.value.endswith("PLANNED")]
    assert len(planned) == 3  # the asset and its two checks
    latest = own.get_latest_materialization_events([_KEY])[_KEY]
    assert latest is not None
    assert latest.run_id == run.run_id
    own.dispose()


def test_an_event_is_stored_whole_or_not_at_all(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    log, run = instance.event_log_storage, materialise(instance)
    before = len(instance.all_logs(run.run_id))
    event = next(
        e
        for e in instance.all_logs(run.run_id)
        if e.dagster_event and e.dagster_event.is_step_materialization
    )

    def fail(*_arguments: object) -> None:
        raise OSError

    monkeypatch.setattr(log, "_store_asset_event", fail)
    with pytest.raises(OSError):  # noqa: PT011 - the one raised above
        log.store_event(event)
    assert len(instance.all_logs(run.run_id)) == before
