"""Finding and opening packages, and everything that can be wrong with their files."""

import zipfile
from pathlib import Path

import geopandas as gpd
import openpyxl
import polars as pl
import pytest

from sxyd_pipeline.core.inputs.failures import DuplicateColumnError, InvalidConfigError, MissingColumnError
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.package import find_packages, open_package
from sxyd_pipeline.io.package_errors import (
    AmbiguousSheetError,
    AmbiguousTableError,
    CutFieldNameError,
    DuplicateCityError,
    FormulaWithoutValueError,
    GarbledTextError,
    MissingConfigError,
    MissingLayerError,
    MissingTableError,
    PathOutsidePackageError,
    RaggedRowError,
    TooManyColumnsError,
    UndecodableFileError,
    UnreadableConfigError,
    UnreadableFileError,
    UnsafeArchiveError,
    UnsupportedFormatError,
)
from sxyd_pipeline_tests.packages import tiny_config, tiny_layers, tiny_tables, write_tiny_city

HEADER = "facility_id,facility_name,industry_code,lon,lat\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_city(tmp_path / "321100")


def facilities(folder: Path, data: bytes, name: str = "facilities.csv") -> pl.DataFrame:
    (folder / "facilities.csv").unlink()
    (folder / name).write_bytes(data)
    return open_package(folder).table("facilities").frame


def workbook(folder: Path, fill: dict[str, list[list[object]]]) -> None:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in fill.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    (folder / "facilities.csv").unlink()
    book.save(folder / "facilities.xlsx")


# --- finding and opening ---------------------------------------------------------------------


def test_packages_are_found_by_their_folders_or_as_the_folder_itself(folder: Path) -> None:
    write_tiny_city(folder.parent / "苏州", adcode="321300")
    assert find_packages(folder.parent) == {"321100": folder, "321300": folder.parent / "苏州"}
    assert find_packages(folder) == {"321100": folder}
    assert find_packages(folder / "nowhere") == {}


def test_a_broken_config_does_not_hide_the_other_cities(folder: Path) -> None:
    for name in ("321300", "坏"):
        (folder.parent / name).mkdir()
        (folder.parent / name / "city.toml").write_text("adcode = [", encoding="utf-8")
    assert sorted(find_packages(folder.parent)) == ["321100", "321300", "坏"]


def test_two_folders_of_one_city_are_refused(folder: Path) -> None:
    write_tiny_city(folder.parent / "copy")
    with pytest.raises(DuplicateCityError, match="copy"):
        find_packages(folder.parent)


def test_a_folder_without_config_and_a_config_that_is_no_toml_are_named(folder: Path) -> None:
    (folder / "city.toml").write_text('adcode = "321100\n', encoding="utf-8")
    with pytest.raises(UnreadableConfigError, match="line 1"):
        open_package(folder)
    (folder / "city.toml").unlink()
    with pytest.raises(MissingConfigError):
        open_package(folder)


def test_a_config_saved_by_a_chinese_editor_is_read(folder: Path) -> None:
    (folder / "city.toml").write_bytes(tiny_config().encode("gb18030"))
    assert open_package(folder).config.name == "试验市"


def test_a_config_with_a_wrong_value_is_refused_when_opened(folder: Path) -> None:
    (folder / "city.toml").write_text(tiny_config().replace("cgcs2000", "gcj"), encoding="utf-8")
    with pytest.raises(InvalidConfigError, match=r"crs\.coordinates"):
        open_package(folder)


def test_a_missing_table_is_told_with_the_names_it_may_have(folder: Path) -> None:
    (folder / "energy.csv").unlink()
    with pytest.raises(MissingTableError, match=r"energy\.csv.*energy\.xlsx.*能源消费\.csv"):
        open_package(folder).table("energy")


def test_an_optional_table_may_be_left_out(folder: Path) -> None:
    raw = open_package(folder).table("measures")
    assert (raw.file, raw.frame.height) == ("", 0)


def test_two_files_for_one_table_are_refused(folder: Path) -> None:
    tiny_tables()["energy"].write_parquet(folder / "能源消费.parquet")
    with pytest.raises(AmbiguousTableError, match=r"energy\.csv"):
        open_package(folder).table("energy")


def test_lock_files_and_hidden_files_are_no_part_of_the_package(folder: Path) -> None:
    before = open_package(folder).content_hash()
    (folder / "~$energy.xlsx").write_bytes(b"lock")
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "zones" / "Thumbs.db").write_bytes(b"x")
    package = open_package(folder)
    assert package.content_hash() == before
    assert package.table("energy").file == "energy.csv"
    names = [name for name, _ in package.files()]
    assert names == sorted(names)
    assert "zones/air.gpkg" in names


def test_the_hash_covers_every_file_and_its_place(folder: Path) -> None:
    before = open_package(folder).content_hash()
    (folder / "scenarios").mkdir()
    (folder / "scenarios" / "policy.toml").write_text("x = 1", encoding="utf-8")
    after = open_package(folder).content_hash()
    (folder / "scenarios" / "policy.toml").rename(folder / "scenarios" / "other.toml")
    assert len({before, after, open_package(folder).content_hash()}) == 3


def test_a_format_that_is_not_read_is_named_instead_of_missing(folder: Path) -> None:
    (folder / "energy.csv").rename(folder / "energy.xls")
    with pytest.raises(UnsupportedFormatError, match=r"\.xlsx"):
        open_package(folder).table("energy")


def test_required_layers_and_layers_of_modules_must_be_there(folder: Path) -> None:
    (folder / "zones" / "air.gpkg").unlink()
    with pytest.raises(MissingLayerError, match=r"zones/air\.gpkg"):
        open_package(folder).layers()
    config = tiny_config().replace("water = false", "water = true")
    other = write_tiny_city(folder.parent / "b", config=config)
    with pytest.raises(MissingLayerError, match=r"zones/water\.gpkg"):
        open_package(other).layers()


def test_proxies_are_named_by_their_files(folder: Path) -> None:
    (folder / "proxies").mkdir()
    cells = tiny_layers()["districts"].assign(weight=[1, 2])
    cells.to_file(folder / "proxies" / "population.gpkg", driver="GPKG")
    assert [raw.name for raw in open_package(folder).proxies()] == ["population"]


# --- text ------------------------------------------------------------------------------------


def test_bytes_that_fit_no_encoding_are_named_by_their_place(folder: Path) -> None:
    with pytest.raises(UndecodableFileError, match="byte 49 "):
        facilities(folder, HEADER.encode() + b"F\xff\xff\xff,x,4411,1,2\n")


def test_a_damaged_utf8_file_is_not_taken_for_gb18030(folder: Path) -> None:
    good = "F1,镇江某某发电有限公司热电厂,4411,1,2\n".encode()
    with pytest.raises(UndecodableFileError, match="UTF-8"):
        facilities(folder, HEADER.encode() + good * 3 + good.replace("热".encode(), b"\x81\x40"))


def test_text_that_was_already_damaged_is_refused_with_its_cell(folder: Path) -> None:
    with pytest.raises(GarbledTextError) as caught:
        facilities(folder, (HEADER + "F1,锟斤拷电厂,4411,1,2\n").encode())
    assert (caught.value.place.row, caught.value.place.column) == (2, "facility_name")


def test_utf16_without_a_mark_is_refused(folder: Path) -> None:
    with pytest.raises(UndecodableFileError, match="UTF-16"):
        facilities(folder, (HEADER + "F1,a,4411,1,2\n").encode("utf-16-le"))


def test_a_line_break_in_quotes_does_not_begin_a_row(folder: Path) -> None:
    frame = facilities(folder, (HEADER + 'F1,"甲\n厂",4411,1,2\n\nF2,乙,4411,1,2\n').encode())
    assert frame["facility_name"].to_list() == ["甲\n厂", "乙"]
    # The blank record is row 3 of a spreadsheet.
    assert frame["source_row"].to_list() == [2, 4]


def test_a_ragged_row_is_named(folder: Path) -> None:
    with pytest.raises(RaggedRowError) as caught:
        facilities(folder, (HEADER + "F1,a,4411,1,2\nF2,b,4411,1,2,3\n").encode())
    assert caught.value.place.row == 3


def test_a_quote_that_never_closes_is_an_error_with_a_remedy(folder: Path) -> None:
    with pytest.raises(SxydError):
        facilities(folder, (HEADER + 'F1,"a,4411,1,2\n' + "F2,b,4411,1,2\n" * 3).encode())


def test_remarks_below_the_table_are_no_rows(folder: Path) -> None:
    frame = facilities(folder, (HEADER + "F1,a,4411,1,2\n注：合计,,,,\n数据来源：统计局\n").encode())
    assert frame.height == 1


def test_a_header_of_thousands_of_columns_is_refused(folder: Path) -> None:
    header = HEADER.strip() + "," + ",".join(f"c{i}" for i in range(2000))
    with pytest.raises((TooManyColumnsError, MissingColumnError)):
        facilities(folder, (header + "\n" + "1," * 2004 + "1\n").encode())


def test_an_empty_file_and_one_without_a_header_are_told_apart(folder: Path) -> None:
    with pytest.raises(UnreadableFileError, match="empty"):
        facilities(folder, b" \n")
    (folder / "facilities.csv").write_bytes(b"x")
    frame = facilities(folder, b"1,2\n3,4\n")
    assert frame.columns[:2] == ["1", "2"]


def test_a_repeated_header_is_refused(folder: Path) -> None:
    with pytest.raises(DuplicateColumnError):
        facilities(folder, (HEADER.strip() + ",备注,备注\nF1,a,4411,1,2,x,y\n").encode())


def test_columns_without_a_header_are_carried_if_they_hold_anything(folder: Path) -> None:
    frame = facilities(folder, (HEADER.strip() + ",,\nF1,a,4411,1,2,,y\n").encode())
    assert frame.columns[5:] == ["未命名列7", "source_row", "source_sheet"]


# --- workbooks -------------------------------------------------------------------------------

FIELDS = ["facility_id", "facility_name", "industry_code", "lon", "lat"]


def test_numeric_ids_have_no_decimal_point_and_text_keeps_its_zeros(folder: Path) -> None:
    workbook(
        folder, {"facilities": [FIELDS, [1.0, "a", "0111", 119.45, 32.125], ["0001", "b", 4411, 1e-7, 2]]}
    )
    frame = open_package(folder).table("facilities").frame
    assert frame["facility_id"].to_list() == ["1", "0001"]
    assert frame["industry_code"].to_list() == ["0111", "4411"]
    assert frame["lon"].to_list() == ["119.45", "1e-07"]
    assert frame["source_sheet"].unique().to_list() == ["facilities"]


def test_the_sheet_is_the_one_named_or_the_only_one_with_a_header(folder: Path) -> None:
    row = ["F1", "a", "4411", 1, 2]
    workbook(folder, {"说明": [["填表说明"]], "x": [FIELDS, row], "企业": [FIELDS, row, row]})
    assert open_package(folder).table("facilities").frame.height == 2
    (folder / "facilities.csv").write_bytes(b"")
    workbook(folder, {"说明": [["填表说明"]], "x": [FIELDS, row]})
    assert open_package(folder).table("facilities").frame.height == 1


def test_two_sheets_that_would_do_are_refused(folder: Path) -> None:
    row = ["F1", "a", "4411", 1, 2]
    workbook(folder, {"x": [FIELDS, row], "y": [FIELDS, row]})
    with pytest.raises(AmbiguousSheetError, match="x、y"):
        open_package(folder).table("facilities")


def test_a_formula_without_a_saved_result_is_named_by_its_cell(folder: Path) -> None:
    workbook(folder, {"facilities": [FIELDS, ["F1", "a", "4411", "=100+19", 32]]})
    with pytest.raises(FormulaWithoutValueError) as caught:
        open_package(folder).table("facilities")
    assert (caught.value.place.row, caught.value.place.column) == (2, "D")


def test_a_file_that_is_no_workbook_is_unreadable(folder: Path) -> None:
    with pytest.raises(UnreadableFileError):
        facilities(folder, b"PK\x03\x04 not a zip", "facilities.xlsx")
    (folder / "facilities.csv").write_bytes(b"")
    (folder / "facilities.xlsx").unlink()
    with pytest.raises(UnreadableFileError):
        facilities(folder, b"PAR1 not parquet", "facilities.parquet")


# --- hostile files ---------------------------------------------------------------------------


def repack(path: Path, **replaced: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {entry.filename: archive.read(entry) for entry in archive.infolist()}
    parts |= {name.replace("__", "/"): data for name, data in replaced.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)


def test_a_workbook_with_entities_is_refused(folder: Path) -> None:
    workbook(folder, {"facilities": [FIELDS]})
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><sst>&b;</sst>'
    repack(folder / "facilities.xlsx", **{"xl__sharedStrings.xml": bomb})
    with pytest.raises(UnsafeArchiveError, match="entities"):
        open_package(folder).table("facilities")


def test_a_workbook_that_would_burst_is_refused_before_it_is_opened(folder: Path) -> None:
    workbook(folder, {"facilities": [FIELDS]})
    repack(folder / "facilities.xlsx", **{"xl__media__x.bin": bytes(80 * 1024**2)})
    with pytest.raises(UnsafeArchiveError, match="zip bomb"):
        open_package(folder).table("facilities")


def test_an_archive_that_leads_out_of_its_folder_is_refused(folder: Path) -> None:
    (folder / "zones" / "air.gpkg").unlink()
    with zipfile.ZipFile(folder / "zones" / "air.zip", "w") as archive:
        archive.writestr("../../evil.shp", b"x")
    with pytest.raises(UnsafeArchiveError, match="evil"):
        open_package(folder).layers()
    assert not list(folder.parent.rglob("evil.shp"))


def test_a_link_out_of_the_package_is_refused(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "secret.csv"
    outside.write_text(HEADER, encoding="utf-8")
    (folder / "facilities.csv").unlink()
    (folder / "facilities.csv").symlink_to(outside)
    package = open_package(folder)
    with pytest.raises(PathOutsidePackageError, match=r"facilities\.csv"):
        package.table("facilities")
    with pytest.raises(PathOutsidePackageError):
        package.files()


def save_shape(folder: Path, encoding: str, **renamed: str) -> Path:
    """Save the air zones as a shapefile under names of up to ten bytes, in place of the GeoPackage."""
    (folder / "zones" / "air.gpkg").unlink(missing_ok=True)
    shape = folder / "zones" / "air.shp"
    names = {"code": "code", "name": "name", "control_class": "GKFL", "zone_type": "YSXL", **renamed}
    tiny_layers()["air"].rename(columns=names).to_file(shape, encoding=encoding)
    return shape


# --- layers ----------------------------------------------------------------------------------


def test_a_declaration_that_the_bytes_contradict_is_refused(folder: Path) -> None:
    shape = save_shape(folder, "GB18030")
    shape.with_suffix(".cpg").write_text("UTF-8", encoding="ascii")
    with pytest.raises(UndecodableFileError, match="utf-8"):
        open_package(folder).layers()
    save_shape(folder, "UTF-8")
    shape.with_suffix(".cpg").write_text("GBK", encoding="ascii")
    with pytest.raises(UndecodableFileError, match="GB18030"):
        open_package(folder).layers()


def test_a_file_with_several_layers_needs_one_named_as_the_layer(folder: Path) -> None:
    air = folder / "zones" / "air.gpkg"
    tiny_layers()["resources"].to_file(air, layer="other", driver="GPKG")
    names = {raw.name: len(raw.frame) for raw in open_package(folder).layers()}
    assert names["air"] == 4
    air.unlink()
    for layer in ("one", "two"):
        tiny_layers()["air"].to_file(air, layer=layer, driver="GPKG")
    with pytest.raises(AmbiguousSheetError, match="one、two"):
        open_package(folder).layers()


@pytest.mark.parametrize(
    ("name", "data"), [("air.gpkg", b"x"), ("air.geojson", b"{"), ("air.fgb", b"x"), ("air.parquet", b"x")]
)
def test_a_damaged_layer_is_unreadable_and_named(folder: Path, name: str, data: bytes) -> None:
    (folder / "zones" / "air.gpkg").unlink()
    (folder / "zones" / name).write_bytes(data)
    with pytest.raises(UnreadableFileError, match=name):
        open_package(folder).layers()


def test_a_shapefile_without_attributes_is_unreadable(folder: Path) -> None:
    shape = save_shape(folder, "UTF-8")
    shape.with_suffix(".dbf").write_bytes(b"\x03")
    with pytest.raises(UnreadableFileError, match="dbf"):
        open_package(folder).layers()


def test_a_field_name_cut_inside_a_character_is_told_as_such(folder: Path) -> None:
    # Four characters need twelve bytes in UTF-8; the format keeps ten.
    shape = save_shape(folder, "UTF-8", name="NAME456789")
    data = shape.with_suffix(".dbf").read_bytes()
    shape.with_suffix(".dbf").write_bytes(data.replace(b"NAME456789", "分区名称".encode()[:10]))
    with pytest.raises(CutFieldNameError, match="分区名"):
        open_package(folder).layers()


def test_attributes_are_text_without_decimal_points(folder: Path) -> None:
    frame = tiny_layers()["air"].assign(number=[1.0, 2.5, None, 4.0])
    frame.to_file(folder / "zones" / "air.gpkg", layer="air", driver="GPKG")
    air = next(raw for raw in open_package(folder).layers() if raw.name == "air")
    assert air.frame["number"].to_list()[:2] == ["1", "2.5"]
    assert air.frame["control_class"].to_list() == ["2", "1", "2", "3"]
    assert isinstance(air.frame, gpd.GeoDataFrame)
