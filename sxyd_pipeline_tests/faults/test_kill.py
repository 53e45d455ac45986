"""SIGKILL at random moments: no release is lost, no reader sees half of one, the next run completes."""

import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sxyd_pipeline.contracts.catalog import ASSET_TABLES
from sxyd_pipeline.io.lake import ShardStore
from sxyd_pipeline.io.published import open_published, publish
from sxyd_pipeline.io.release_folder import ReleaseFolder
from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline.runs import run_city
from sxyd_pipeline_tests.faults.victims import CITY, publish_for_ever, run_for_ever, set_state, start
from sxyd_pipeline_tests.packages import write_tiny_city

pytestmark = pytest.mark.usefixtures("posix")
KILLS = 20


@pytest.fixture
def posix() -> None:
    """SIGKILL exists; elsewhere the same code is covered by the full-disk tests."""
    assert hasattr(signal, "SIGKILL"), sys.platform


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = find_workspace(tmp_path_factory.mktemp("kill"))
    write_tiny_city(workspace.cities / CITY)
    set_state(workspace.root, "a")
    assert run_city(workspace, CITY).success
    return workspace


@pytest.fixture
def workspace(first: Workspace, tmp_path: Path) -> Workspace:
    root = tmp_path / "home"
    shutil.copytree(first.root, root, symlinks=True)
    return find_workspace(root)


class Reader:
    """An analyst who opens the published database, reads, and opens it again, all the time."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace, self.queries = workspace, 0
        self.torn: list[object] = []
        self.errors: list[str] = []
        self.truth = self._look()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def __enter__(self) -> "Reader":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(30)

    def _look(self) -> tuple[object, ...]:
        connection = open_published(self.workspace)
        try:
            releases = connection.execute("SELECT count(*), count(DISTINCT city_code) FROM meta.release").fetchone()
            rows = connection.execute("SELECT count(*), round(sum(emission_t), 3) FROM inventory.emissions").fetchone()
            units = connection.execute("SELECT count(*) FROM baseline.control_unit_emissions").fetchone()
            files = connection.execute("SELECT count(*) FROM meta.inputs WHERE file = 'state.txt'").fetchone()
        finally:
            connection.close()
        return releases, rows, units, files

    def _loop(self) -> None:
        while not self._stop.is_set():
            try:
                seen = self._look()
            except Exception as error:  # noqa: BLE001 - any error of a reader is what the test looks for
                self.errors.append(repr(error))
                continue
            self.queries += 1
            if seen != self.truth:
                self.torn.append(seen)


def kills(workspace: Workspace, work: object, *, longest_s: float, seed: int) -> Iterator[None]:
    """Start the victim, kill it at a random moment, twenty times; yields after each kill."""
    dice = random.Random(seed)
    for _ in range(KILLS):
        victim = start(work, str(workspace.root))
        time.sleep(dice.uniform(0.05, longest_s))
        assert victim.is_alive()
        os.kill(victim.pid, signal.SIGKILL)
        victim.join(10)
        yield


def everything_is_whole(workspace: Workspace) -> None:
    """Check that all releases and all shards on disk are complete."""
    releases = [path for path in workspace.out.iterdir() if not path.name.startswith(".tmp-")]
    assert releases
    assert all(ReleaseFolder(path).is_intact() for path in releases)
    store = ShardStore(workspace.lake)
    for table in ASSET_TABLES:
        store.load_outcome(table.asset, CITY)


def test_a_publisher_killed_twenty_times_loses_and_tears_nothing(workspace: Workspace) -> None:
    with Reader(workspace) as reader:
        for _ in kills(workspace, publish_for_ever, longest_s=1.6, seed=1):
            everything_is_whole(workspace)
    assert reader.queries > KILLS
    assert reader.errors == []
    assert reader.torn == []
    assert publish(workspace, CITY).folder.is_dir()


def test_a_run_killed_twenty_times_loses_and_tears_nothing(workspace: Workspace) -> None:
    with Reader(workspace) as reader:
        for _ in kills(workspace, run_for_ever, longest_s=2.5, seed=2):
            everything_is_whole(workspace)
    assert reader.queries > KILLS
    assert reader.errors == []
    assert reader.torn == []
    result = run_city(workspace, CITY)
    assert result.success, result.failures
    assert result.release_id is not None
