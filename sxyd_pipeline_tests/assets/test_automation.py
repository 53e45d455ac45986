"""Three cities, one changed file: only that city is refreshed."""

import json
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from sxyd_pipeline.assets.declaration import Declaration
from sxyd_pipeline.automation import (
    CITY,
    CITY_PACKAGE,
    PACKAGE,
    note_failures,
    report_package,
    watch_packages,
)
from sxyd_pipeline.checks.gates import gate
from sxyd_pipeline.io.resources import Lake, ShardIOManager
from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline_tests.checks.small import AMOUNTS, HOUSE, amounts_frame

CITIES = ("320100", "320500", "321100")
ITEMS = AMOUNTS.__class__(
    group="inventory", name="items", asset="items", label="条目", english="items", grain="code", key=("code",),
    columns=AMOUNTS.columns,
)  # fmt: skip


class Trial:
    """A tiny graph on three packages: amounts read the package, items follow amounts."""

    def __init__(self, root: Path, instance: dg.DagsterInstance) -> None:
        self.workspace: Workspace = find_workspace(root)
        self.instance = instance
        self.cursor: dg.AssetDaemonCursor | None = None
        self.sensor_cursor: str | None = None
        self.bad: set[str] = set()
        for city in CITIES:
            self.change(city, "1")
        lake = str(self.workspace.lake)

        def amounts(context: dg.AssetExecutionContext) -> pl.DataFrame:
            """Amounts of the city."""
            city = context.partition_key
            value = (
                -1.0
                if city in self.bad
                else float((self.workspace.cities / city / "amounts.csv").read_text())
            )
            return amounts_frame(city_code=[city] * 2, emission_t=[value, value])

        def items(amounts: pl.DataFrame) -> pl.DataFrame:
            """The same again."""
            return amounts

        self.assets = [
            gate(Declaration(amounts, "inputs", reads_package=True), AMOUNTS, HOUSE),
            gate(Declaration(items, "inventory"), ITEMS, HOUSE),
        ]
        self.defs = dg.Definitions(
            assets=[CITY_PACKAGE, *self.assets],
            resources={
                "lake": Lake(root=lake), "io_manager": ShardIOManager(root=lake),
                "progress": dg.ResourceDefinition.hardcoded_resource(lambda *_: None),
            },
        )  # fmt: skip
        self.sensor = watch_packages(self.workspace)

    def change(self, city: str, content: str) -> None:
        folder = self.workspace.cities / city
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "city.toml").write_text(f'adcode = "{city}"\n')
        (folder / "amounts.csv").write_text(content)

    def sense(self) -> list[str]:
        """Let the sensor look once; returns the cities it reports."""
        with dg.build_sensor_context(instance=self.instance, cursor=self.sensor_cursor) as context:
            answer = self.sensor(context)
            self.sensor_cursor = context.cursor
        if isinstance(answer, dg.SkipReason):
            return []
        assert isinstance(answer, dg.SensorResult)
        self.sensor_cursor = answer.cursor
        for request in answer.dynamic_partitions_requests or ():
            self.instance.add_dynamic_partitions(str(CITY.name), list(request.partition_keys))
        for found in answer.asset_events:
            self.instance.report_runless_asset_event(found)
        return [str(found.partition) for found in answer.asset_events]

    def requested(self) -> set[tuple[str, str]]:
        """Evaluate the conditions once; returns (asset, city) to be refreshed."""
        result = dg.evaluate_automation_conditions(
            defs=self.defs,
            instance=self.instance,
            cursor=self.cursor,
            asset_selection=dg.AssetSelection.all(),
        )
        self.cursor = result.cursor
        return {
            (key.to_user_string(), city)
            for key in (dg.AssetKey("amounts"), dg.AssetKey("items"))
            for city in result.get_requested_partitions(key)
        }

    def run(self, city: str) -> bool:
        return dg.materialize(
            self.assets, partition_key=city, instance=self.instance, raise_on_error=False,
            resources=dict(self.defs.resources or {}),
        ).success  # fmt: skip


@pytest.fixture
def trial(tmp_path: Path) -> Iterator[Trial]:
    with dg.DagsterInstance.ephemeral(settings={"python_logs": {"python_log_level": "CRITICAL"}}) as instance:
        yield Trial(tmp_path, instance)


def test_the_sensor_registers_new_cities_and_reports_each_once(trial: Trial) -> None:
    assert trial.sense() == list(CITIES)
    assert set(trial.instance.get_dynamic_partitions("city")) == set(CITIES)
    assert trial.sense() == []
    record = trial.instance.fetch_materializations(dg.AssetKey(PACKAGE), limit=1).records[0]
    materialization = record.asset_materialization
    assert materialization is not None
    assert len(materialization.tags["dagster/data_version"]) == 64


def test_a_file_that_is_touched_but_not_changed_is_not_reported(trial: Trial) -> None:
    trial.sense()
    path = trial.workspace.cities / "320500" / "amounts.csv"
    path.write_text(path.read_text())
    assert trial.sense() == []


def test_one_changed_file_refreshes_that_city_only(trial: Trial) -> None:
    trial.sense()
    trial.requested()
    for city in CITIES:
        assert trial.run(city)
    trial.requested()
    assert trial.requested() == set()
    trial.change("320500", "2")
    assert trial.sense() == ["320500"]
    assert trial.requested() == {("amounts", "320500"), ("items", "320500")}
    assert trial.run("320500")
    assert trial.requested() == set()


def test_a_blocked_city_goes_on_only_after_it_is_mended(trial: Trial) -> None:
    trial.sense()
    trial.requested()
    for city in CITIES:
        trial.run(city)
    trial.requested()
    trial.bad.add("320500")
    trial.change("320500", "3")
    trial.sense()
    assert trial.requested() == {("amounts", "320500"), ("items", "320500")}
    assert not trial.run("320500")
    assert trial.requested() == set()
    trial.bad.clear()
    trial.change("320500", "4")
    trial.sense()
    assert trial.requested() == {("amounts", "320500"), ("items", "320500")}
    assert trial.run("320500")


def test_a_failed_run_leaves_one_line_for_alerts(trial: Trial) -> None:
    trial.sense()
    trial.bad.add("321100")
    result = dg.materialize(
        trial.assets, partition_key="321100", instance=trial.instance, raise_on_error=False,
        resources=dict(trial.defs.resources or {}),
    )  # fmt: skip
    run = trial.instance.get_run_by_id(result.run_id)
    assert run is not None
    event = result.get_run_failure_event()
    context = dg.build_run_status_sensor_context(
        sensor_name="failed_runs", dagster_event=event, dagster_instance=trial.instance, dagster_run=run
    ).for_run_failure()
    note_failures(trial.workspace)(context)
    line = json.loads((trial.workspace.published / "failures.jsonl").read_text(encoding="utf-8"))
    assert line["city"] == "321100"
    assert line["steps"] == ["amounts"]
    assert "数值在允许范围内" in line["message"]


def test_a_package_that_a_run_reported_itself_is_not_refreshed_again(trial: Trial) -> None:
    for city in CITIES:
        trial.instance.add_dynamic_partitions(str(CITY.name), [city])
    report_package(trial.instance, trial.workspace, "320500")
    assert trial.sense() == ["320100", "321100"]
    trial.change("320500", "2")
    assert trial.sense() == ["320500"]
