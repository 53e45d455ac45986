"""Our own delivery holds; every damage to a copy of it is found, and located."""

import json
import zipfile
from pathlib import Path

import polars as pl
import pytest
import shapely

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.deliverables.delivery_check.check import NoDeliveryError, check_delivery
from sxyd_pipeline.deliverables.delivery_check.findings import MOST_ROWS, SCHEMA
from sxyd_pipeline.deliverables.delivery_check.specification import (
    UnknownSpecificationError,
    load_specification,
    versions_of,
)
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.result_data.files import write
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline_tests.conftest import FinishedDemo
from sxyd_pipeline_tests.deliverables.delivery_check.damages import (
    BRIDGE,
    COUNTY,
    GEOPACKAGE,
    LISTS,
    SHAPES,
    bow_tie,
    copy_of,
    edit_package,
    edit_shapes,
    edit_table,
    one_county,
    rename_dbf_field,
    set_rows,
    set_shapes,
    set_values,
)
from sxyd_pipeline_tests.deliverables.result_data.reading import put, silent


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(reference_folder())


@pytest.fixture(scope="module")
def delivery(example_edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result data of one county: as sound as the whole city's, and quick to check."""
    files = write(one_county(example_edition, COUNTY), "zh", silent)
    return put(tmp_path_factory.mktemp("county"), files) / "data"


@pytest.fixture
def copied(delivery: Path, tmp_path: Path) -> Path:
    return copy_of(delivery, tmp_path)


class Found:
    """What a check found, asked by rule and place."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __call__(self, rule: str, file: str = "", **place: object) -> bool:
        rows = self.frame.filter(
            pl.col("rule") == rule, pl.col("source_file").str.contains(file, literal=True)
        )
        for column, value in place.items():
            rows = rows.filter(pl.col(column) == value)
        return rows.height > 0

    @property
    def rules(self) -> set[str]:
        return set(self.frame["rule"])


def test_our_own_release_holds(finished_demo: FinishedDemo, reference: Reference) -> None:
    found = check_delivery(finished_demo.release, reference)
    assert found.select("rule", "source_file", "message_zh").rows() == []


def test_a_county_of_it_holds_in_both_versions(delivery: Path, reference: Reference) -> None:
    for version in versions_of(reference):
        found = check_delivery(delivery, reference, version)
        assert found.select("rule", "source_file", "message_zh").rows() == []


def test_damaged_attributes_are_found_with_file_row_and_field(copied: Path, reference: Reference) -> None:
    edit_shapes(
        copied,
        set_values(
            HJZHGKDYBM=(0, "ZH32110240001"), HJZHGKDYMC=(1, None), ZHGKDYFL=(2, 3), CO2_T=(3, -5.0), CO2_DEN=(4, 1e9),
            SYN_TYPE=(5, "很高"), AREA=(6, 30_000_000.0), COUNTY=(7, "姓名�"),
        ),
    )  # fmt: skip
    found = Found(check_delivery(copied, reference))
    assert found("wrong_code", SHAPES, source_row=1, column_name="HJZHGKDYBM", value="ZH32110240001")
    assert found("missing_value", SHAPES, source_row=2, column_name="HJZHGKDYMC")
    assert found("class_contradicts_code", SHAPES, source_row=3, column_name="ZHGKDYFL")
    assert found("out_of_bounds", SHAPES, source_row=4, column_name="CO2_T", value="-5")
    assert found("density_differs", SHAPES, source_row=5, column_name="CO2_DEN")
    assert found("not_allowed", SHAPES, source_row=6, column_name="SYN_TYPE", value="很高")
    assert found("area_differs", SHAPES, source_row=7, column_name="AREA") or found(
        "area_unit", SHAPES, source_row=7
    )
    assert found("garbled", SHAPES, source_row=8, column_name="COUNTY")
    assert found("totals_differ", SHAPES, column_name="CO2_T")


def test_codes_that_repeat_or_name_no_county_are_found(copied: Path, reference: Reference) -> None:
    def change(frame: object) -> object:
        codes = frame["HJZHGKDYBM"].tolist()  # type: ignore[index]  # a GeoDataFrame
        codes[1], codes[2] = codes[0], f"ZH999999{codes[2][8:]}"
        frame["HJZHGKDYBM"] = codes  # type: ignore[index]  # a GeoDataFrame
        return frame

    edit_shapes(copied, change)  # type: ignore[arg-type]  # a GeoDataFrame in, the same out
    found = Found(check_delivery(copied, reference))
    assert found("repeated_code", SHAPES, source_row=1)
    assert found("repeated_code", SHAPES, source_row=2)
    assert found("unknown_area_code", SHAPES, source_row=3)


def test_areas_in_square_metres_are_told_as_such(copied: Path, reference: Reference) -> None:
    def change(frame: object) -> object:
        frame["AREA"] = frame["AREA"] * 1e6  # type: ignore[index]  # a GeoDataFrame
        return frame

    edit_shapes(copied, change)  # type: ignore[arg-type]  # a GeoDataFrame in, the same out
    rows = check_delivery(copied, reference).filter(pl.col("rule") == "area_unit")
    assert set(rows["source_file"]) == {SHAPES}
    assert all("m2" in message for message in rows["message_en"])


def test_damaged_polygons_are_found_with_their_feature(copied: Path, reference: Reference) -> None:
    edit_package(
        copied,
        "control_units",
        set_shapes({0: bow_tie, 1: lambda _: None, 2: lambda shape: shape.buffer(0.002), 3: lambda shape: shape.buffer(-0.002)}),
    )  # fmt: skip
    found = Found(check_delivery(copied, reference))
    assert found("invalid_geometry", GEOPACKAGE, source_sheet="control_units", source_row=1)
    assert found("empty_geometry", GEOPACKAGE, source_sheet="control_units", source_row=2)
    assert found("overlap", GEOPACKAGE, source_sheet="control_units")
    assert found("gap", GEOPACKAGE, source_sheet="control_units")
    assert found("not_covered", GEOPACKAGE, source_sheet="control_units")
    place = found.frame.filter(pl.col("rule") == "gap")["value"][0]
    lon, lat = (float(part) for part in place.split(","))
    assert 118.9 < lon < 120.0
    assert 31.6 < lat < 32.4


def test_a_layer_without_system_or_in_another_one_is_found(copied: Path, reference: Reference) -> None:
    (copied / SHAPES).with_suffix(".prj").unlink()
    edit_package(copied, "zones_air", lambda frame: frame.to_crs("EPSG:3857"))
    found = Found(check_delivery(copied, reference))
    assert found("no_crs", SHAPES)
    assert found("missing_sidecar", SHAPES, value=".prj")
    assert found("other_crs", GEOPACKAGE, source_sheet="zones_air")


def test_missing_parts_of_a_delivery_are_named(copied: Path, reference: Reference) -> None:
    for path in [*copied.rglob("*resources*"), *copied.rglob("ZRZYGKFQ.*")]:
        path.unlink()
    (copied / GEOPACKAGE).unlink()
    (copied / "shapefile" / "field_mapping.csv").unlink()
    for path in (copied / "metadata").iterdir():
        path.unlink()
    edit_table(copied, BRIDGE, lambda frame: frame.drop("element"))
    found = Found(check_delivery(copied, reference))
    assert found("missing_layer", table_name="zones_resources")
    assert found("missing_mapping")
    assert found("missing_metadata")
    assert found("missing_field", BRIDGE, column_name="element")


def test_shapefile_fields_that_others_cannot_read_are_found(copied: Path, reference: Reference) -> None:
    table = (copied / SHAPES).with_suffix(".dbf")
    rename_dbf_field(table, b"PROV", "省份".encode())
    rename_dbf_field(table, b"CITY", b"CITYNAME")
    found = Found(check_delivery(copied, reference))
    assert found("field_name_not_ascii", SHAPES, column_name="省份")
    assert found("field_not_mapped", SHAPES, column_name="CITYNAME")


def test_text_that_fills_its_dbf_field_and_wrong_encodings_are_found(
    copied: Path, reference: Reference
) -> None:
    edit_shapes(copied, set_values(HJZHGKDYMC=(0, "单" * 84)))
    (copied / "zoning.districts.csv").write_bytes(
        "区县\n\xff\xfe京口\n".encode("latin-1", errors="replace") + b"\xff\xff\x81"
    )
    (copied / "shapefile" / "XZQ.cpg").write_text("GB18030")
    found = Found(check_delivery(copied, reference))
    assert found("text_cut", SHAPES, source_row=1, column_name="HJZHGKDYMC")
    assert found("encoding", "zoning.districts.csv")
    assert found("encoding", "shapefile/XZQ.shp")


def test_a_bridge_that_does_not_sum_and_codes_of_no_unit_are_found(
    copied: Path, reference: Reference
) -> None:
    rows = pl.read_csv(copied / BRIDGE, infer_schema=False).with_row_index()
    air = rows.filter(pl.col("element") == "air")
    edit_table(copied, BRIDGE, set_rows("area_km2", "500", rows=(air["index"][0],)))
    edit_table(copied, LISTS, set_rows("control_unit_code", "ZH32110220999"))
    found = Found(check_delivery(copied, reference))
    sums = found.frame.filter(pl.col("rule") == "bridge_sum")
    assert any(air["control_unit_code"][0] in message for message in sums["message_zh"])
    assert found("clause_unit_unknown", LISTS, source_row=2, value="ZH32110220999")


def test_units_without_clauses_and_key_units_without_a_dimension_are_found(
    copied: Path, reference: Reference
) -> None:
    rows = pl.read_csv(copied / LISTS, infer_schema=False)
    codes = rows["control_unit_code"].unique().sort()
    none, key = codes[0], next(code for code in codes if code[8] == "2")

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        lacks = (pl.col("control_unit_code") == key) & (pl.col("dimension") == "risk")
        return set_rows("clause_text", "无。", rows=(5,))(
            frame.filter(pl.col("control_unit_code") != none, ~lacks)
        )

    edit_table(copied, LISTS, change)
    found = Found(check_delivery(copied, reference))
    assert found("unit_without_clauses", value=none)
    assert found("key_unit_lacks_dimension", value=key)
    assert found("empty_clause", LISTS, source_row=7, value="无。")


def test_totals_that_are_not_the_inventorys_and_lost_features_are_found(
    copied: Path, reference: Reference
) -> None:
    edit_table(
        copied,
        "inventory.totals.csv",
        lambda frame: frame.with_columns(emission_t=pl.col("emission_t").cast(pl.Float64) * 2),
    )
    edit_shapes(copied, lambda frame: frame.iloc[:-1])
    found = Found(check_delivery(copied, reference))
    assert found("total_not_inventory", column_name="co2_t")
    assert found("count_differs", SHAPES)


def test_changed_and_missing_files_of_a_manifest_are_found(
    delivery: Path, tmp_path: Path, reference: Reference
) -> None:
    copied = copy_of(delivery, tmp_path)
    (copied / "datapackage.json").write_bytes((delivery / "datapackage.json").read_bytes())
    (copied / "README.md").write_text("changed", encoding="utf-8")
    (copied / "results.xlsx").unlink()
    found = Found(check_delivery(copied, reference))
    assert found("listed_file_changed", "datapackage.json", value="README.md")
    assert found("listed_file_missing", "datapackage.json", value="results.xlsx")


def test_hostile_files_are_told_and_not_opened(copied: Path, reference: Reference, tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
    (copied / "metadata" / "bomb.xml").write_text(bomb, encoding="utf-8")
    (copied / "metadata" / "broken.xml").write_text("<x>\n<y></x>", encoding="utf-8")
    with zipfile.ZipFile(copied / "out.zip", "w") as archive:
        archive.writestr("../../etc/passwd", "x")
    with zipfile.ZipFile(copied / "burst.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", b"\0" * (80 * 1024**2))
    with zipfile.ZipFile(copied / "plain.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with zipfile.ZipFile(copied / "entities.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", bomb)
    (copied / "broken.gpkg").write_bytes(b"SQLite format 3\0broken")
    (copied / "datapackage.json").write_text(
        json.dumps({"resources": [{"path": "../secret"}]}), encoding="utf-8"
    )
    secret = tmp_path / "secret.csv"
    secret.write_text("code\n1\n", encoding="utf-8")
    (copied / "link.csv").symlink_to(secret)
    found = Found(check_delivery(copied, reference))
    assert found("unsafe", "metadata/bomb.xml")
    assert found("unreadable", "metadata/broken.xml", source_row=2)
    assert found("unsafe", "out.zip")
    assert found("unsafe", "burst.zip")
    assert found("not_looked_into", "plain.zip")
    assert found("unsafe", "entities.xlsx")
    assert found("unreadable", "broken.gpkg")
    assert found("unsafe", "datapackage.json", value="../secret")
    assert found("unsafe", "link.csv")


def test_a_delivery_of_another_team_in_chinese_and_geojson_is_read(
    tmp_path: Path, reference: Reference
) -> None:
    features = [
        {
            "type": "Feature",
            "properties": {
                "环境管控单元编码": f"ZH32110220{number:03d}", "环境管控单元名称": f"单元{number}", "管控类别": 2,
                "面积": 1.0, "COUNTY": "京口区",
            },
            "geometry": shapely.geometry.mapping(shapely.box(119.4 + number / 100, 32.1, 119.41 + number / 100, 32.11)),
        }
        for number in range(1, 4)
    ]  # fmt: skip
    (tmp_path / "环境管控单元.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False), encoding="utf-8"
    )
    found = Found(check_delivery(tmp_path, reference, "2018"))
    assert found("other_crs", "环境管控单元.geojson")
    assert found("missing_layer", table_name="districts")
    assert found("area_differs", "环境管控单元.geojson", source_row=1, column_name="面积")
    assert not found("missing_field", "环境管控单元.geojson")
    newer = Found(check_delivery(tmp_path, reference, "2021"))
    assert newer("missing_field", "环境管控单元.geojson", column_name="CO2_T")


def test_an_empty_folder_lacks_everything_and_no_folder_is_an_error(
    tmp_path: Path, reference: Reference
) -> None:
    found = check_delivery(tmp_path, reference)
    wanted = {rule.name for rule in load_specification(reference, None).layers if rule.required}
    assert set(found.filter(pl.col("rule") == "missing_layer")["table_name"]) == wanted
    assert found.schema == SCHEMA
    with pytest.raises(NoDeliveryError):
        check_delivery(tmp_path / "nothing", reference)
    with pytest.raises(UnknownSpecificationError, match="2021"):
        check_delivery(tmp_path, reference, "1999")


def test_many_equal_findings_are_told_once_with_their_number(tmp_path: Path, reference: Reference) -> None:
    number = MOST_ROWS + 25
    pl.DataFrame({"管控单元编码": ["x"] * number, "条款编号": [str(n) for n in range(number)]}).write_csv(
        tmp_path / "单元准入清单.csv"
    )
    rows = check_delivery(tmp_path, reference).filter(pl.col("rule") == "wrong_code")
    assert rows.height == MOST_ROWS + 1
    assert rows["message_zh"].str.contains("另有 25 处").any()


def test_every_rule_has_words_and_a_remedy_in_both_languages(reference: Reference) -> None:
    for version in versions_of(reference):
        rules = load_specification(reference, version).rules
        assert all(
            one.message_zh and one.message_en and one.remedy_zh and one.remedy_en for one in rules.values()
        )
