import datetime as dt
import json
import subprocess
import sys
from pathlib import Path

import dagster as dg

from sxyd_pipeline.contracts.catalog import ASSET_TABLES, TABLE_BY_ASSET
from sxyd_pipeline.definitions import CHAPTERS, build_definitions, defs
from sxyd_pipeline.io.workspace import find_workspace
from sxyd_pipeline.runs import settings_file

ROOT = Path(__file__).resolve().parents[2]


def test_every_asset_has_a_group_a_contract_checks_and_a_city() -> None:
    graph = defs.resolve_asset_graph()
    for key in graph.materializable_asset_keys:
        node, name = graph.get(key), key.to_user_string()
        assert node.group_name in CHAPTERS
        assert node.partitions_def is not None
        assert node.description
        if node.group_name != "published":
            assert name in TABLE_BY_ASSET
            assert len(graph.get_check_keys_for_assets({key})) >= 3


def test_every_contract_of_a_step_has_its_asset() -> None:
    made = {key.to_user_string() for key in defs.resolve_asset_graph().materializable_asset_keys}
    assert {table.asset for table in ASSET_TABLES} <= made


def test_jobs_schedules_and_sensors_are_there() -> None:
    repository = defs.get_repository_def()
    assert {"refresh_city", "refresh_all"} <= set(repository.job_names)
    assert [schedule.name for schedule in repository.schedule_defs] == ["monthly_refresh"]
    assert {sensor.name for sensor in repository.sensor_defs} == {
        "changed_packages",
        "failed_runs",
        "follow_changes",
    }
    assert all(s.default_status == dg.DefaultSensorStatus.RUNNING for s in repository.sensor_defs)


def test_the_monthly_schedule_asks_for_one_run_per_city(tmp_path: Path) -> None:
    definitions = build_definitions(find_workspace(tmp_path))
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("city", ["320100", "321100"])
        schedule = definitions.resolve_schedule_def("monthly_refresh")
        with dg.build_schedule_context(
            instance=instance,
            scheduled_execution_time=dt.datetime(2026, 1, 1, 3, tzinfo=dt.UTC),
            repository_def=definitions.get_repository_def(),
        ) as context:
            requests = schedule.evaluate_tick(context).run_requests or []
    assert [request.partition_key for request in requests] == ["320100", "321100"]
    assert requests[0].run_key == "320100-2026-01"


def test_settings_of_the_instance_keep_telemetry_off_and_free_slots_of_killed_runs() -> None:
    text = settings_file().read_text(encoding="utf-8")
    assert "telemetry:\n  enabled: false" in text
    assert "nux:\n  enabled: false" in text
    assert "free_slots_after_run_end_seconds: 30" in text
    assert "retry_on_asset_or_op_failure: false" in text


def test_the_definitions_validate_from_a_clean_process(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text(settings_file().read_text(encoding="utf-8"), encoding="utf-8")
    code = (
        "import json; from sxyd_pipeline.definitions import defs; import dagster as dg; "
        "dg.Definitions.validate_loadable(defs); g = defs.resolve_asset_graph(); "
        "print(json.dumps(sorted({g.get(k).group_name for k in g.get_all_asset_keys()})))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert set(json.loads(done.stdout)) == set(CHAPTERS)
