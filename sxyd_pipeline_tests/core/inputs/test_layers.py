"""Layers: every rule is told with its place, all of them at once, and the city stops."""

from pathlib import Path

import geopandas as gpd
import pandas as pd
import polars as pl
import pytest
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig, StatisticalArea
from sxyd_pipeline.core.inputs.failures import (
    BlockedLayersError,
    LayerOutsideChinaError,
    MissingColumnError,
    MissingCrsError,
)
from sxyd_pipeline.core.inputs.layers import standardise_layers, standardise_proxies
from sxyd_pipeline.core.inputs.raw import RawLayer
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.shapes import shape_of
from sxyd_pipeline_tests.core.inputs.standardising import reference, standardise
from sxyd_pipeline_tests.packages import tiny_layers, write_tiny_city

CONFIG = CityConfig("321100", "试验市", "江苏省", 2020)


def raw(name: str, frame: gpd.GeoDataFrame, shape: str = "") -> RawLayer:
    text = frame.copy()
    for column in frame.columns.drop("geometry"):
        text[column] = pd.Series([None if pd.isna(v) else str(v) for v in frame[column]], dtype=object)
    text["source_sheet"] = None
    text["source_row"] = range(1, len(text) + 1)
    return RawLayer(name, f"zones/{name}.gpkg", text, shape_of(shape or name))


def standardised(config: CityConfig = CONFIG, **changed: gpd.GeoDataFrame) -> Outcome:
    layers = {**tiny_layers(), **changed}
    return standardise_layers([raw(name, frame) for name, frame in layers.items()], config, reference())


def with_cell(layer: str, row: int, column: str, value: object) -> gpd.GeoDataFrame:
    frame = tiny_layers()[layer].astype({column: object})
    frame.loc[row, column] = value
    return frame


BROKEN = [
    ("control_units", "code", "ZH32110240001", "bad_code_grammar"),
    ("control_units", "code", "ZH99110220001", "bad_code_grammar"),
    ("control_units", "code", "ZH32110210009", "class_digit_mismatch"),
    ("control_units", "control_class", "绝密", "unknown_code"),
    ("air", "code", "YS3211022410001", "element_digit_mismatch"),
    ("air", "zone_type", "239", "unknown_zone_type"),
    ("air", "name", None, "required_value_missing"),
    ("districts", "code", "320102", "bad_code_grammar"),
    ("districts", "code", "321199", "bad_code_grammar"),
    ("districts", "code", "321111", "duplicate_code"),
]


@pytest.mark.parametrize(("layer", "column", "value", "rule"), BROKEN)
def test_a_broken_code_stops_the_city_and_is_named_where_it_stands(
    layer: str, column: str, value: str | None, rule: str
) -> None:
    with pytest.raises(BlockedLayersError) as caught:
        standardised(**{layer: with_cell(layer, 0, column, value)})
    found = caught.value.findings
    mine = found.filter(found["rule"] == rule).row(0, named=True)
    row = 2 if rule == "duplicate_code" else 1
    assert (mine["source_file"], mine["source_row"], mine["column_name"]) == (
        f"zones/{layer}.gpkg",
        row,
        column,
    )
    assert mine["strength"] == "block"
    assert value is None or value in str(mine["value"])
    assert f"zones/{layer}.gpkg" in str(caught.value)


def test_all_broken_places_of_all_layers_are_told_together() -> None:
    with pytest.raises(BlockedLayersError) as caught:
        standardised(
            air=with_cell("air", 0, "zone_type", "239"),
            control_units=with_cell("control_units", 1, "control_class", "3"),
        )
    assert set(caught.value.findings["rule"]) == {"unknown_zone_type", "class_digit_mismatch"}


@pytest.mark.parametrize("shape", [None, shapely.Point(119.45, 32.15), shapely.Polygon()])
def test_a_feature_without_a_polygon_stops_the_city(shape: shapely.Geometry | None) -> None:
    units = tiny_layers()["control_units"]
    units.loc[0, "geometry"] = shape
    with pytest.raises(BlockedLayersError) as caught:
        standardised(control_units=units)
    assert caught.value.findings["rule"].to_list() == ["missing_geometry"]


def test_an_invalid_polygon_is_left_to_the_zoning() -> None:
    air = tiny_layers()["air"]
    air.loc[0, "geometry"] = shapely.Polygon([(119.4, 32.1), (119.5, 32.15), (119.5, 32.1), (119.4, 32.15)])
    assert len(standardised(air=air).table) == 12


def test_control_classes_and_zone_types_may_be_words() -> None:
    air = tiny_layers()["air"].astype({"control_class": object})
    air["control_class"] = ["重点管控单元", "优先保护区", "２", "一般"]
    names = dict(reference().zone_types.select("zone_type", "name_zh").iter_rows())
    air["zone_type"] = [names[kind] for kind in air["zone_type"]]
    table = standardised(air=air).table
    got = table[table["layer"] == "air"].sort_values("source_row")
    assert got["control_class"].to_list() == [2, 1, 2, 3]
    assert got["zone_type"].to_list() == ["231", "131", "234", "331"]


def test_a_subtype_digit_that_differs_is_told_and_goes_on() -> None:
    outcome = standardised(air=with_cell("air", 0, "zone_type", "232"))
    assert outcome.findings.select("rule", "strength").rows() == [("subtype_digit_mismatch", "warn")]


def test_sea_zones_have_codes_of_their_own() -> None:
    kind = reference().zone_types.filter(pl.col("element") == "coastal")["zone_type"][0]
    sea = gpd.GeoDataFrame(
        {"code": ["HY-A-01"], "name": ["近岸"], "control_class": ["优先"], "zone_type": [kind]},
        geometry=[shapely.box(119.4, 32.1, 119.5, 32.15)],
        crs=4490,
    )
    table = standardised(coastal=sea).table
    assert table[table["layer"] == "coastal"]["code"].to_list() == ["HY-A-01"]


def test_codes_of_a_declared_statistical_area_are_known() -> None:
    area = StatisticalArea("321171", "新区", "321111", "无独立图斑")
    config = CityConfig("321100", "试验市", "江苏省", 2020, statistical_areas=(area,))
    units = with_cell("control_units", 2, "code", "ZH32117120001")
    assert len(standardised(config, control_units=units).table) == 12
    with pytest.raises(BlockedLayersError):
        standardised(control_units=units)


def test_projected_layers_come_back_to_degrees() -> None:
    plain = standardised().table
    moved = standardised(air=tiny_layers()["air"].to_crs(4549)).table
    assert shapely.equals_exact(plain.geometry.to_numpy(), moved.geometry.to_numpy(), tolerance=1e-9).all()


def test_a_layer_without_crs_is_taken_as_declared_only_if_it_is_in_degrees() -> None:
    bare = tiny_layers()["air"]
    assert len(standardised(air=bare.set_crs(None, allow_override=True)).table) == 12
    metres = bare.to_crs(4549).set_crs(None, allow_override=True)
    with pytest.raises(MissingCrsError, match=r"zones/air\.gpkg"):
        standardised(air=metres)


def test_coordinates_and_crs_that_do_not_belong_together_are_refused() -> None:
    metres = tiny_layers()["air"].to_crs(4549).set_crs(4528, allow_override=True)
    with pytest.raises(LayerOutsideChinaError):
        standardised(air=metres)


def test_a_third_dimension_is_dropped() -> None:
    air = tiny_layers()["air"]
    air["geometry"] = shapely.force_3d(air.geometry.to_numpy(), 7.0)
    assert not standardised(air=air).table.has_z.any()


def test_codes_of_the_base_map_lose_the_country() -> None:
    districts = tiny_layers()["districts"].rename(columns={"code": "gb"})
    districts["gb"] = "156" + districts["gb"]
    table = standardised(districts=districts).table
    assert table[table["layer"] == "districts"]["code"].to_list() == ["321102", "321111"]


def test_a_layer_without_its_class_names_the_column() -> None:
    with pytest.raises(MissingColumnError, match="control_class"):
        standardised(air=tiny_layers()["air"].drop(columns="control_class"))


def test_proxies_without_a_usable_weight_are_set_aside() -> None:
    cells = gpd.GeoDataFrame(
        {"weight": ["1", "-2", "x", None, "1,000"]},
        geometry=[shapely.box(119.4 + i / 100, 32.1, 119.41 + i / 100, 32.11) for i in range(5)],
        crs=4490,
    )
    outcome = standardise_proxies([raw("population", cells, "proxies")], CONFIG)
    assert outcome.table["weight"].to_list() == [1.0, 1000.0]
    assert outcome.table["cell_id"].to_list() == ["1", "5"]
    assert outcome.findings["rule"].to_list() == ["negative_amount", "not_a_number", "required_value_missing"]


def test_no_proxies_are_an_empty_layer_with_all_columns(tmp_path: Path) -> None:
    empty = standardise(write_tiny_city(tmp_path))["proxies"].table
    assert [*empty.columns] == [*(name for name, _ in shape_of("proxies").columns), "geometry"]
    assert empty.crs.to_epsg() == 4490
