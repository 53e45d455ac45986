"""SIGKILL at random moments: no release is lost, no reader sees half of one, the next run completes."""

import math
import os
import random
import shutil
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

import pytest

from sxyd_pipeline.contracts.catalog import ASSET_TABLES
from sxyd_pipeline.io.lake import ShardStore
from sxyd_pipeline.io.published import open_published
from sxyd_pipeline.io.release_folder import ReleaseFolder
from sxyd_pipeline.io.staging import Staging
from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline.runs import run_city
from sxyd_pipeline_tests.faults.victims import (
    CITY,
    change,
    publish_for_ever,
    publish_with_data,
    run_for_ever,
    start,
)
from sxyd_pipeline_tests.packages import write_tiny_city

pytestmark = pytest.mark.usefixtures("posix")
KILLS = 20
CO2_OF = (
    "SELECT sum(emission_t) FROM inventory.emissions WHERE species = 'CO2'",
    "SELECT sum(emission_t) FROM baseline.control_unit_emissions WHERE species = 'CO2'",
    "SELECT sum(emission_t) FROM baseline.district_emissions WHERE species = 'CO2'",
)


@pytest.fixture
def posix() -> None:
    """SIGKILL exists; elsewhere the same code is covered by the full-disk tests."""
    assert hasattr(signal, "SIGKILL"), sys.platform


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = find_workspace(tmp_path_factory.mktemp("kill"))
    write_tiny_city(workspace.cities / CITY)
    change(workspace.root, 1000)
    assert run_city(workspace, CITY, deliverables=("data", "access")).success
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
        self.releases: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._loop)

    def __enter__(self) -> Self:
        """Start reading."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop reading."""
        self._stop.set()
        self._thread.join(30)

    def _look(self) -> None:
        """Read one snapshot: its tables must tell the same story."""
        connection = open_published(self.workspace)
        try:
            releases = connection.execute("SELECT release_id FROM meta.release").fetchall()
            sums = [connection.execute(sql).fetchone() for sql in CO2_OF]
        finally:
            connection.close()
        tonnes = [row[0] for row in sums if row is not None]
        same = len(tonnes) == 3 and all(math.isclose(value, tonnes[0], rel_tol=1e-9) for value in tonnes)
        if len(releases) != 1 or not same:
            self.torn.append((releases, sums))
        self.releases |= {release for (release,) in releases}

    def _loop(self) -> None:
        while not self._stop.wait(0.02):
            try:
                self._look()
            except Exception as error:  # noqa: BLE001 - any error of a reader is what the test looks for
                self.errors.append(repr(error))
            self.queries += 1


def kills(
    workspace: Workspace, work: object, *, longest_s: float, seed: int, by_part: bool = False
) -> Iterator[None]:
    """Start the victim, kill it at a random moment of its work, twenty times; yields after each kill."""
    dice = random.Random(seed)  # noqa: S311 - moments of a test
    for turn in range(KILLS):
        victim = start(work, str(workspace.root), *([turn] if by_part else []))
        time.sleep(dice.uniform(0.0, longest_s))
        assert victim.is_alive()
        os.kill(victim.pid, signal.SIGKILL)
        victim.join(10)
        yield


def everything_is_whole(workspace: Workspace, seen: set[Path]) -> None:
    """Check that all shards, staged deliverables, and releases not seen before, are complete on disk."""
    releases = {path for path in workspace.out.iterdir() if not path.name.startswith(".tmp-")}
    assert releases >= seen
    assert all(ReleaseFolder(path).is_intact() for path in releases - seen)
    seen |= releases
    store = ShardStore(workspace.lake)
    for table in ASSET_TABLES:
        store.load_outcome(table.asset, CITY)
    staging = Staging.of(workspace.lake, CITY)
    staged = [path for path in staging.home.glob("*/*") if not path.name.startswith(".tmp-")]
    assert all(staging.find(path.parent.name, path.name) for path in staged)


def test_a_publisher_killed_twenty_times_loses_and_tears_nothing(workspace: Workspace) -> None:
    seen: set[Path] = set()
    change(workspace.root, 2000)
    one_publication_s = _seconds(lambda: publish_with_data(workspace))
    with Reader(workspace) as reader:
        for _ in kills(workspace, publish_for_ever, longest_s=1.5 * one_publication_s, seed=1):
            everything_is_whole(workspace, seen)
    assert reader.queries > KILLS
    assert (reader.errors, reader.torn) == ([], [])
    # Kills met a publisher while it wrote (a temporary name is left), or after it had finished.
    half_written = [*workspace.out.glob(".tmp-*"), *workspace.published.glob(".tmp-*")]
    assert half_written
    assert len(half_written) + len(seen) > KILLS / 3
    assert publish_with_data(workspace).folder.is_dir()


def test_a_run_killed_twenty_times_loses_and_tears_nothing(workspace: Workspace) -> None:
    seen: set[Path] = set()
    with Reader(workspace) as reader:
        for _ in kills(workspace, run_for_ever, longest_s=2.5, seed=2, by_part=True):
            everything_is_whole(workspace, seen)
    assert reader.queries > KILLS
    assert (reader.errors, reader.torn) == ([], [])
    result = run_city(workspace, CITY, deliverables=("data", "access"))
    assert result.success, result.failures
    assert result.release_id is not None


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
