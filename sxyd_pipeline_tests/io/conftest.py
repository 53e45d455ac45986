"""One published tiny city, made once and copied by the tests that change something."""

import shutil
from pathlib import Path

import pytest

from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline.runs import run_city
from sxyd_pipeline_tests.packages import write_tiny_city


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one published city; not to be changed."""
    workspace = find_workspace(tmp_path_factory.mktemp("published"))
    write_tiny_city(workspace.cities / "321100")
    result = run_city(workspace, "321100")
    assert result.success, result.failures
    return workspace


@pytest.fixture
def published(published_once: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the published workspace, free to be changed."""
    root = tmp_path / "home"
    shutil.copytree(published_once.root, root, symlinks=True)
    return find_workspace(root)
