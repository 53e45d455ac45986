"""Synthetic packages: any number, any size, the same every time."""

import hashlib
import tomllib
from pathlib import Path

import numpy as np
import pytest
import shapely

from sxyd_pipeline.core.inputs.config_parsing import parse_config
from sxyd_pipeline.example_city import build_synthetic_cities
from sxyd_pipeline.example_city.boundaries import (
    TooFewPrefecturesError,
    UnknownPrefectureError,
    list_prefectures,
    read_territory,
)
from sxyd_pipeline.example_city.partition import draw_cells
from sxyd_pipeline.example_city.synth import BadSizeError
from sxyd_pipeline_tests.example_city.reading import LAYERS, TABLES, layer, table


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return build_synthetic_cities(tmp_path_factory.mktemp("synth"), cities=2, facilities=60, control_units=40)


def test_each_city_is_a_package_named_by_its_code(two: list[Path]) -> None:
    assert [folder.name for folder in two] == list_prefectures()[:2]
    for folder in two:
        config = parse_config(tomllib.loads((folder / "city.toml").read_text(encoding="utf-8")))
        assert config.adcode == folder.name
        assert config.data_label == "示例数据"
        assert config.name.endswith("（示例）")
        # Invented targets may be out of reach of the measures: trials show the shortfall instead of stopping.
        assert config.methods.extra["portfolio_infeasible"] == "report"


def test_every_layer_covers_its_city_and_every_row_is_labelled_synthetic(two: list[Path]) -> None:
    for folder in two:
        assert len(table(folder, "facilities")) == 60
        for name in LAYERS:
            assert shapely.coverage_is_valid(layer(folder, name).geometry.to_numpy())
        for name in TABLES:
            assert set(table(folder, name)["data_label"]) <= {"示例数据"}


def test_more_cities_leave_the_first_ones_as_they_were(two: list[Path], tmp_path: Path) -> None:
    (alone,) = build_synthetic_cities(tmp_path, cities=1, facilities=60, control_units=40)
    for path in sorted(alone.rglob("*")):
        if path.is_file():
            other = two[0] / path.relative_to(alone)
            assert _hash(path) == _hash(other), path.name


def test_control_units_come_close_to_what_was_asked(tmp_path: Path) -> None:
    (folder,) = build_synthetic_cities(tmp_path, cities=1, facilities=20, control_units=150)
    assert 105 <= len(layer(folder, "control_units")) <= 195


def test_many_facilities_go_to_parquet(tmp_path: Path) -> None:
    (folder,) = build_synthetic_cities(tmp_path, cities=1, facilities=120_000, control_units=40)
    assert (folder / "facilities.parquet").exists()
    assert not (folder / "facilities.csv").exists()
    ids = table(folder, "facilities")["facility_id"]
    assert ids.n_unique() == 120_000


@pytest.mark.parametrize(
    ("sizes", "name"),
    [((0, 5, 90), "cities"), ((1, 0, 90), "facilities"), ((1, 5, 3), "control_units")],
)
def test_a_size_that_makes_no_sense_is_refused(
    tmp_path: Path, sizes: tuple[int, int, int], name: str
) -> None:
    with pytest.raises(BadSizeError, match=name):
        build_synthetic_cities(tmp_path, *sizes)
    assert list(tmp_path.iterdir()) == []


def test_more_cities_than_prefectures_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TooFewPrefecturesError, match="10000"):
        build_synthetic_cities(tmp_path, cities=10_000, facilities=5)


def test_a_code_that_is_no_prefecture_is_named() -> None:
    with pytest.raises(UnknownPrefectureError, match="999900"):
        read_territory("999900")


@pytest.mark.parametrize("adcode", ["330100", "460200", "650100"])
def test_a_partition_of_any_shape_of_city_is_a_valid_coverage(adcode: str) -> None:
    territory = read_territory(adcode)
    cells = draw_cells(territory, 400, lambda x, _: np.full(len(x), 0.4), np.random.default_rng(3))
    assert shapely.coverage_is_valid(cells.polygons)
    assert set(cells.district) == set(range(len(territory.polygons)))


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
