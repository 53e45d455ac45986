"""One published tiny city, made once and copied by the tests that change something."""

import shutil
from pathlib import Path

import pytest

from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline.runs import run_city
from sxyd_pipeline_tests.packages import (
    tiny_config,
    tiny_module_layers,
    tiny_module_tables,
    write_tiny_city,
)


@pytest.fixture(scope="session")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with one published city; not to be changed."""
    workspace = find_workspace(tmp_path_factory.mktemp("published"))
    write_tiny_city(workspace.cities / "321100")
    result = run_city(workspace, "321100", deliverables=("data",))
    assert result.success, result.failures
    return workspace


@pytest.fixture
def published(published_once: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the published workspace, free to be changed."""
    root = tmp_path / "home"
    shutil.copytree(published_once.root, root, symlinks=True)
    return find_workspace(root)


@pytest.fixture(scope="session")
def two_cities(published_once: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The published city with another beside it: 321300 has water, ecology and coast on, and the gases off."""
    root = tmp_path_factory.mktemp("two") / "home"
    shutil.copytree(published_once.root, root, symlinks=True)
    workspace = find_workspace(root)
    write_tiny_city(
        workspace.cities / "321300",
        adcode="321300",
        config=tiny_config("321300", modules=("water", "ecology", "coastal")),
        tables=tiny_module_tables("321300"),
        layers=tiny_module_layers("321300"),
    )
    result = run_city(workspace, "321300", deliverables=("data",))
    assert result.success, result.failures
    return workspace
