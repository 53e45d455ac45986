"""The example city, run once for the whole session: it takes a minute, and many tests only read it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.io.release_folder import ReleaseFolder

# Speed is measured in benchmarks: on a busy machine a law must not fail because one example took long.
settings.register_profile("laws", deadline=None)
settings.load_profile("laws")

EXAMPLE = "321100"
_LONGEST_SECONDS = 900

#: Files that take longest come first, so that no worker is left alone with one of them at the end. The
#: first makes the demo that others wait for; the second keeps another worker busy meanwhile.
_FIRST = (
    "whole_run/test_example_city.py", "faults/test_kill.py", "whole_run/test_bad_packages.py", "io/test_published.py",
    "cli/test_run.py", "whole_run/", "io/", "deliverables/report/", "deliverables/",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order files by how long they take; the order within a file stays."""
    home = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(home).as_posix()
        return next((at for at, prefix in enumerate(_FIRST) if path.startswith(prefix)), len(_FIRST))

    items.sort(key=place)


def sxyd(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command line as users do, in a folder of its own."""
    environment = {**os.environ, "SXYD_HOME": str(home), "PYTHONWARNINGS": "default", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "sxyd_pipeline.cli", *arguments],
        env=environment, capture_output=True, text=True, encoding="utf-8", timeout=_LONGEST_SECONDS, check=False,
    )  # fmt: skip


@dataclass(frozen=True)
class FinishedDemo:
    """A finished ``sxyd demo``. Only read it: other tests see the same folder.

    Attributes:
        home: folder with ``data`` and ``out``.
        printed: what it printed.
        release: ``out/<release>``.
    """

    home: Path
    printed: str
    release: Path


@pytest.fixture(scope="session")
def finished_demo(tmp_path_factory: pytest.TempPathFactory) -> FinishedDemo:
    """``sxyd demo`` in an empty folder; processes of one session share the run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    home, printed = shared / "finished_demo", shared / "finished_demo.txt"
    with FileLock(shared / "finished_demo.lock"):
        if not printed.exists():
            home.mkdir()
            run = sxyd(home, "demo")
            assert run.returncode == 0, run.stdout + run.stderr
            printed.write_text(run.stdout, encoding="utf-8")
    releases = sorted(path.parent for path in home.glob("out/*/manifest.json"))
    assert len(releases) == 1
    return FinishedDemo(home, printed.read_text(encoding="utf-8"), releases[0])


@pytest.fixture(scope="session")
def example_edition(finished_demo: FinishedDemo) -> Edition:
    """The example city's release as deliverables see it."""
    return Edition.of(ReleaseFolder(finished_demo.release).read())
