"""Layers as other programs read them: every attribute, alias, domain and style is there."""

import sqlite3
from contextlib import closing
from pathlib import Path
from xml.etree import ElementTree as ET

import polars as pl
import pyogrio
import pytest
import shapely

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.result_data.fields import DBF_NAME_BYTES, DBF_TEXT_BYTES
from sxyd_pipeline.deliverables.result_data.layers import FilledLayer, fill_layers
from sxyd_pipeline.deliverables.result_data.vectors import cut_texts, flatgeobuf, geopackage, shapefile
from sxyd_pipeline_tests.deliverables.result_data.reading import put, with_hostile_names


@pytest.fixture(scope="module")
def layers(example_edition: Edition) -> list[FilledLayer]:
    return list(fill_layers(example_edition))


@pytest.fixture(scope="module")
def package(layers: list[FilledLayer], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("gpkg") / "layers.gpkg"
    path.write_bytes(geopackage(layers, "zh"))
    return path


def same_values(read: pl.Series, written: pl.Series) -> bool:
    """Whether GDAL read what was written; a missing number may come back as not a number."""
    if written.dtype.is_numeric():
        # A DBF writes numbers as text with fifteen decimals.
        found, wanted = read.cast(pl.Float64).fill_nan(None), written.cast(pl.Float64)
        near = (found - wanted).abs() <= 1e-12 * wanted.abs() + 1e-15
        return bool((near.fill_null(value=True) & (found.is_null() == wanted.is_null())).all())
    return read.cast(pl.String).equals(written.cast(pl.String), check_names=False)


def read_back(path: Path, layer: str) -> pl.DataFrame:
    frame = pyogrio.read_dataframe(path, layer=layer)
    columns = [name for name in frame.columns if name != "geometry"]
    return pl.DataFrame({name: pl.Series(frame[name].tolist(), strict=False) for name in columns})


def test_units_carry_loads_scores_keys_and_clauses(
    layers: list[FilledLayer], example_edition: Edition
) -> None:
    units = layers[0]
    assert units.layer.name == "control_units"
    emitted = example_edition.table("baseline.control_unit_emissions").filter(
        pl.col("year") == 2020, pl.col("species") == "CO2"
    )
    assert units.frame["co2_t"].sum() == pytest.approx(emitted["emission_t"].sum(), rel=1e-12)
    scores = example_edition.table("synergy.control_unit_scores").filter(
        pl.col("scenario_id") == "baseline", pl.col("year") == 2020
    )
    joined = units.frame.join(scores, on="control_unit_code", suffix="_scored")
    assert joined.height == units.frame.height
    assert joined.filter(pl.col("rank") != pl.col("rank_scored")).is_empty()
    lists = example_edition.table("access.control_unit_lists").filter("is_effective")
    assert units.frame["clause_count"].sum() == lists.height
    assert units.frame["coordination_d"].null_count() < units.frame.height


def test_element_layers_stand_apart_since_they_overlap(layers: list[FilledLayer]) -> None:
    names = [one.layer.name for one in layers]
    assert names[:2] == ["control_units", "districts"]
    assert {"zones_air", "zones_resources"} <= set(names)
    assert len(set(names)) == len(names)


def test_gdal_reads_every_attribute_of_the_geopackage(layers: list[FilledLayer], package: Path) -> None:
    for one in layers:
        read = read_back(package, one.layer.name)
        assert read.height == one.frame.height
        for field in one.layer.fields:
            assert same_values(read[field.name], one.frame[field.name]), f"{one.layer.name}.{field.name}"
        info = pyogrio.read_info(package, layer=one.layer.name)
        assert info["crs"] == "EPSG:4490"
        assert info["layer_metadata"]["IDENTIFIER"] == one.layer.zh


def test_the_geopackage_tells_chinese_names_units_and_domains(
    layers: list[FilledLayer], package: Path
) -> None:
    with closing(sqlite3.connect(package)) as connection:
        titles = dict(
            connection.execute(
                "SELECT column_name, title FROM gpkg_data_columns WHERE table_name = 'control_units'"
            )
        )
        domains = connection.execute(
            "SELECT value, description FROM gpkg_data_column_constraints "
            "WHERE constraint_name = 'control_units_control_class' ORDER BY value"
        ).fetchall()
        described = connection.execute(
            "SELECT description FROM gpkg_data_columns WHERE table_name = 'control_units' AND column_name = 'co2_t'"
        ).fetchone()
        intact = connection.execute("PRAGMA integrity_check").fetchone()
    assert titles["control_unit_code"] == "管控单元编码"
    assert set(titles) == {field.name for field in layers[0].layer.fields}
    assert domains == [("1", "优先保护"), ("2", "重点管控"), ("3", "一般管控")]
    assert "t/a" in described[0]
    assert intact == ("ok",)


def test_every_layer_has_a_qgis_style_of_its_own(layers: list[FilledLayer], package: Path) -> None:
    with closing(sqlite3.connect(package)) as connection:
        styles = connection.execute(
            "SELECT f_table_name, f_geometry_column, styleQML, useAsDefault FROM layer_styles"
        ).fetchall()
        columns = dict(
            connection.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall()
        )
    assert [name for name, *_ in styles] == [one.layer.name for one in layers]
    for name, geometry, qml, is_default in styles:
        assert geometry == columns[name]
        assert is_default == 1
        root = ET.fromstring(qml.partition(">")[2])  # noqa: S314 - our own file
        assert root.find("renderer-v2") is not None


def test_shapefiles_have_ascii_names_and_lose_no_value(layers: list[FilledLayer], tmp_path: Path) -> None:
    for one in layers:
        put(tmp_path, shapefile(one))
        read = read_back(tmp_path / f"{one.layer.code}.shp", one.layer.code)
        codes = [field.code for field in one.layer.fields if field.code]
        assert len(set(codes)) == len(codes)
        assert all(code.isascii() and len(code) <= DBF_NAME_BYTES for code in codes)
        assert read.columns == codes
        for field in one.layer.fields:
            if field.code:
                assert same_values(read[field.code], one.frame[field.name]), f"{one.layer.code}.{field.code}"
        assert (tmp_path / f"{one.layer.code}.cpg").read_text() == "UTF-8"


def test_the_carbon_fields_are_where_the_platform_looks_for_them(layers: list[FilledLayer]) -> None:
    codes = {field.code for field in layers[0].layer.fields}
    asked = "HJZHGKDYBM HJZHGKDYMC ZHGKDYFL AREA CO2_T CO2E_T APEQ_T CO2_DEN APEQ_DEN SYN_TYPE H1 D_CCD"
    assert set(asked.split()) <= codes
    assert {"KEY_CARBON", "CLAUSE_N", "YEAR", "GWP_SET", "METHOD"} <= codes


def test_a_text_too_long_for_a_dbf_is_cut_at_a_whole_character_and_counted(
    example_edition: Edition, tmp_path: Path
) -> None:
    units = next(fill_layers(with_hostile_names(example_edition, "长" * 4000)))
    put(tmp_path, shapefile(units))
    name = read_back(tmp_path / "HJGKDY.shp", "HJGKDY")["HJZHGKDYMC"]
    longest = max(name.to_list(), key=len)
    assert set(longest) == {"长", "…"}
    assert len(longest.encode()) <= DBF_TEXT_BYTES
    cut = {field.name: cut_texts(units, field) for field in units.layer.fields}
    assert cut["control_unit_name"] == 1
    assert cut["province"] == 0


def test_flatgeobuf_holds_the_same_polygons(layers: list[FilledLayer], tmp_path: Path) -> None:
    one = layers[0]
    path = put(tmp_path, {"units.fgb": flatgeobuf(one, "zh")}) / "units.fgb"
    frame = pyogrio.read_dataframe(path)
    area = dict(zip(frame["control_unit_code"], shapely.area(frame.geometry), strict=True))
    wkb = dict(one.frame.select("control_unit_code", "geometry").iter_rows())
    assert all(area[code] == pytest.approx(shapely.from_wkb(shape).area) for code, shape in wkb.items())
