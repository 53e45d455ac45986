"""Zones and control units are a plan: they cover the city, nest, and follow the grammar of codes."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from sxyd_pipeline.example_city.boundaries import read_territory
from sxyd_pipeline.example_city.partition import albers_area_km2
from sxyd_pipeline.vocabulary.codes import parse_control_unit_code, parse_zone_code
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_DIGIT
from sxyd_pipeline_tests.example_city.reading import LAYERS, ZONES, layer, table

DISTRICTS = {"321102", "321111", "321112", "321181", "321182", "321183"}
TYPES = {
    "ecology": {"111", "112", "114", "311"}, "water": {"121", "221", "222", "223", "321"},
    "air": {"131", "231", "232", "233", "234", "331"}, "soil": {"141", "241", "242", "341"},
    "resources": {"251", "252", "253", "254", "351"},
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_is_a_valid_coverage_of_the_whole_city(example: Path, name: str) -> None:
    polygons = layer(example, name).geometry.to_numpy()
    assert shapely.is_valid(polygons).all()
    assert shapely.coverage_is_valid(polygons)
    # In degrees, where the source's edges are straight: a node set on one of them does not move it.
    city = shapely.area(read_territory("321100").polygons).sum()
    assert shapely.area(polygons).sum() == pytest.approx(city, rel=1e-8)


def test_all_layers_share_the_same_outline(example: Path) -> None:
    outlines = [shapely.coverage_union_all(layer(example, name).geometry.to_numpy()) for name in LAYERS]
    assert all(shapely.equals(outline, outlines[0]) for outline in outlines[1:])


def test_districts_are_the_counties_of_the_registry_package(example: Path) -> None:
    territory, written = read_territory("321100"), layer(example, "districts")
    assert set(written["code"]) == DISTRICTS
    written = written.sort_values("code")
    gap = shapely.area(shapely.symmetric_difference(written.geometry.to_numpy(), territory.polygons))
    assert (gap < 1e-7 * shapely.area(territory.polygons)).all()


def test_control_unit_codes_follow_the_grammar(example: Path) -> None:
    units = layer(example, "control_units")
    assert units["code"].is_unique
    for code, control_class in zip(units["code"], units["control_class"], strict=True):
        parts = parse_control_unit_code(code)
        assert parts is not None
        assert parts.adcode in DISTRICTS
        assert parts.control_class == control_class


@pytest.mark.parametrize("name", ZONES)
def test_zone_codes_follow_the_grammar_and_every_type_occurs(example: Path, name: str) -> None:
    zones = layer(example, name)
    assert zones["code"].is_unique
    assert set(zones["zone_type"]) == TYPES[name]
    for code, control_class, zone_type in zip(
        zones["code"], zones["control_class"], zones["zone_type"], strict=True
    ):
        parts = parse_zone_code(code)
        assert parts is not None
        assert ELEMENT_BY_DIGIT[parts.element_digit].code == name
        assert (parts.triple, parts.control_class) == (zone_type, control_class)
        assert parts.adcode in DISTRICTS


def test_about_ninety_units_with_shares_of_a_lowland_city(example: Path) -> None:
    units = layer(example, "control_units")
    assert 75 <= len(units) <= 110
    share = units.groupby("control_class")["stated_area_km2"].sum() / units["stated_area_km2"].sum()
    assert share[1] == pytest.approx(0.25, abs=0.03)
    assert share[2] == pytest.approx(0.15, abs=0.03)
    assert share[3] == pytest.approx(0.60, abs=0.04)


@pytest.mark.parametrize("name", LAYERS)
def test_stated_areas_are_the_computed_ones_rounded(example: Path, name: str) -> None:
    frame = layer(example, name)
    computed = albers_area_km2(frame.geometry.to_numpy())
    assert np.abs(computed - frame["stated_area_km2"].to_numpy()).max() < 1e-4


def test_a_unit_has_the_highest_class_of_the_zones_that_promote(example: Path) -> None:
    units = layer(example, "control_units")
    points = units.geometry.representative_point()
    # Ecology, water and air make a unit a priority unit; any key zone makes it a key unit.
    for code, point, control_class in zip(units["code"], points, units["control_class"], strict=True):
        classes = {
            name: int(zones.loc[zones.geometry.contains(point), "control_class"].iloc[0])
            for name, zones in ((name, layer_of(example, name)) for name in ZONES)
        }
        if control_class == 1:
            assert 1 in {classes["ecology"], classes["water"], classes["air"]}, code
        elif control_class == 2:
            assert 2 in classes.values(), code
            assert 1 not in {classes["ecology"], classes["water"], classes["air"]}, code
        else:
            assert 2 not in classes.values(), code


def test_names_are_unique_and_name_their_district(example: Path) -> None:
    names = dict(layer(example, "districts")[["code", "name"]].to_numpy())
    for layer_name in ("control_units", *ZONES):
        frame = layer(example, layer_name)
        assert frame["name"].is_unique
        assert all(
            name.startswith(names[code[2:8]]) for code, name in zip(frame["code"], frame["name"], strict=True)
        )


def test_facilities_stand_in_the_district_they_state(example: Path) -> None:
    districts = layer(example, "districts").set_index("code").geometry
    facilities = table(example, "facilities")
    for code, part in facilities.partition_by("district_code", as_dict=True).items():
        assert shapely.contains_xy(districts[code[0]], part["lon"].to_numpy(), part["lat"].to_numpy()).all()


def test_facilities_cluster_in_key_units(example: Path) -> None:
    units = layer(example, "control_units")
    facilities = table(example, "facilities").filter(pl.col("data_label") == "示例数据")
    key = shapely.union_all(units.loc[units["control_class"] == 2].geometry.to_numpy())
    inside = shapely.contains_xy(key, facilities["lon"].to_numpy(), facilities["lat"].to_numpy())
    # 15 % of the land, most of the works.
    assert inside.mean() > 0.8


_CACHE: dict[str, object] = {}


def layer_of(example: Path, name: str):  # noqa: ANN201 - a GeoDataFrame, cached for the loop above
    return _CACHE.setdefault(name, layer(example, name))
