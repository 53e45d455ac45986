"""A city is meant by its code, by the folder of its package, or by the folder of packages."""

from pathlib import Path

import pytest

from sxyd_pipeline.cli.cities import CityFolder, FolderNameError, NoPackageError, find_cities, workspace_of
from sxyd_pipeline.io.workspace import Workspace


def workspace(root: Path) -> Workspace:
    return Workspace(root, root / "cities", root / "out")


def package(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "city.toml").write_text("", encoding="utf-8")
    return folder


def test_a_code_means_the_folder_of_that_name(tmp_path: Path) -> None:
    folder = package(tmp_path / "cities" / "321100")
    assert find_cities(workspace(tmp_path), "321100") == [CityFolder(folder)]


def test_dir_may_be_the_package_itself(tmp_path: Path) -> None:
    folder = package(tmp_path / "321100")
    direct = Workspace(tmp_path, folder, tmp_path / "out")
    assert find_cities(direct, "321100") == [CityFolder(folder)]


def test_a_path_means_one_package_or_all_packages_inside(tmp_path: Path) -> None:
    first, second = package(tmp_path / "x" / "320100"), package(tmp_path / "x" / "320200")
    assert find_cities(workspace(tmp_path), str(first)) == [CityFolder(first)]
    assert find_cities(workspace(tmp_path), str(tmp_path / "x")) == [CityFolder(first), CityFolder(second)]


def test_a_missing_package_is_told_with_those_that_are_there(tmp_path: Path) -> None:
    package(tmp_path / "cities" / "320100")
    with pytest.raises(NoPackageError, match="320100"):
        find_cities(workspace(tmp_path), "321100")
    with pytest.raises(NoPackageError, match=r"city\.toml"):
        find_cities(workspace(tmp_path), str(tmp_path / "nowhere"))


def test_a_run_wants_the_folder_named_after_the_city(tmp_path: Path) -> None:
    good, bad = CityFolder(package(tmp_path / "x" / "321100")), CityFolder(package(tmp_path / "mine"))
    assert workspace_of(workspace(tmp_path), good).cities == tmp_path / "x"
    with pytest.raises(FolderNameError, match="mine"):
        workspace_of(workspace(tmp_path), bad)
