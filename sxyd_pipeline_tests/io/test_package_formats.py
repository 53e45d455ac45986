"""The same package in every format and encoding gives the same tables."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import polars as pl
import pytest
import shapely

from sxyd_pipeline.core.inputs.coordinates import bd09_of_wgs84, gcj02_of_wgs84
from sxyd_pipeline.io.shapes import FIELDS, TABLE_LABELS
from sxyd_pipeline_tests.core.inputs.standardising import plain, standardise
from sxyd_pipeline_tests.packages import tiny_config, tiny_layers, tiny_tables, write_tiny_city

TABLES = tuple(tiny_tables())


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    outcomes = standardise(write_tiny_city(tmp_path_factory.mktemp("plain")))
    return {name: plain(outcomes[name].table) for name in TABLES}


def rewrite(folder: Path, save: Callable[[pl.DataFrame, str, Path], None]) -> dict[str, pl.DataFrame]:
    """Write the tiny city with its tables saved another way, and standardise it."""
    write_tiny_city(folder, tables=dict.fromkeys(TABLES))
    for name, frame in tiny_tables().items():
        save(frame, name, folder)
    outcomes = standardise(folder)
    assert all(outcomes[name].findings.is_empty() for name in TABLES)
    return {name: plain(outcomes[name].table) for name in TABLES}


def chinese(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    return frame.rename(
        {field.name: field.column.label for field in FIELDS[name] if field.name in frame.columns}
    )


def text_of(frame: pl.DataFrame, separator: str = ",") -> str:
    return frame.write_csv(separator=separator)


def save_gb18030(frame: pl.DataFrame, name: str, folder: Path) -> None:
    (folder / f"{TABLE_LABELS[name]}.csv").write_bytes(text_of(chinese(frame, name)).encode("gb18030"))


def save_bom(frame: pl.DataFrame, name: str, folder: Path) -> None:
    (folder / f"{name}.csv").write_bytes(text_of(frame).replace("\n", "\r\n").encode("utf-8-sig"))


def save_utf16(frame: pl.DataFrame, name: str, folder: Path) -> None:
    (folder / f"{name}.csv").write_bytes(text_of(chinese(frame, name), "\t").encode("utf-16"))


def save_semicolons(frame: pl.DataFrame, name: str, folder: Path) -> None:
    (folder / f"{name}.csv").write_text(text_of(frame, ";"), encoding="utf-8")


def save_titled_csv(frame: pl.DataFrame, name: str, folder: Path) -> None:
    text = "试验市基础数据表\n\n" + text_of(chinese(frame, name)) + "注：本表为示例。\n"
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def save_parquet(frame: pl.DataFrame, name: str, folder: Path) -> None:
    numeric = [c for c in ("year", "amount", "lon", "lat", "value") if c in frame.columns]
    frame.with_columns(pl.col(numeric).cast(pl.Float64)).write_parquet(folder / f"{name}.parquet")


def save_titled_workbook(frame: pl.DataFrame, name: str, folder: Path) -> None:
    """Merged title above, a header of two merged levels, a remark below, a second sheet, numbers as numbers."""
    named = chinese(frame, name)
    book = openpyxl.Workbook()
    cover = book.active
    cover.title = "封面"
    cover["A1"] = "数据报送"
    sheet = book.create_sheet("Sheet2")
    sheet["A1"] = f"试验市{TABLE_LABELS[name]}表"
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=named.width)
    for position, label in enumerate(named.columns, start=1):
        if label in {"经度", "纬度"}:
            sheet.cell(3, position, "坐标" if label == "经度" else None)
            sheet.cell(4, position, label)
        else:
            sheet.cell(3, position, label)
            sheet.merge_cells(start_row=3, start_column=position, end_row=4, end_column=position)
    for row in named.iter_rows():
        sheet.append([float(cell) if cell and is_number(cell) else cell for cell in row])
    sheet.cell(sheet.max_row + 2, 1, "注：数据来源于企业填报")
    book.save(folder / f"{name}.xlsx")


def is_number(cell: str) -> bool:
    return cell.replace(".", "", 1).isdigit() and not cell.startswith("0")


@pytest.mark.parametrize(
    "save",
    [
        save_gb18030, save_bom, save_utf16, save_semicolons, save_titled_csv, save_parquet, save_titled_workbook,
    ],
)  # fmt: skip
def test_tables_are_the_same_however_they_were_saved(
    tmp_path: Path, expected: dict[str, pl.DataFrame], save: Callable[[pl.DataFrame, str, Path], None]
) -> None:
    for name, table in rewrite(tmp_path, save).items():
        assert table.equals(expected[name]), name


@pytest.mark.parametrize(("datum", "shift"), [("gcj02", gcj02_of_wgs84), ("bd09", bd09_of_wgs84)])
def test_points_in_a_shifted_datum_come_back(
    tmp_path: Path,
    expected: dict[str, pl.DataFrame],
    datum: str,
    shift: Callable[..., tuple[np.ndarray, np.ndarray]],
) -> None:
    frame = tiny_tables()["facilities"]
    lon, lat = shift(frame["lon"].cast(float).to_numpy(), frame["lat"].cast(float).to_numpy())
    moved = frame.with_columns(
        lon=pl.Series([repr(float(v)) for v in lon]), lat=pl.Series([repr(float(v)) for v in lat])
    )
    folder = write_tiny_city(tmp_path, tables={"facilities": moved}, config=tiny_config(coordinates=datum))
    got = plain(standardise(folder)["facilities"].table)
    stated = ("lon_stated", "lat_stated", "lon", "lat")
    assert got.drop(stated).equals(expected["facilities"].drop(stated))
    for axis in ("lon", "lat"):
        assert (got[axis] - expected["facilities"][axis]).abs().max() < 1e-7


def comparable(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return frame.drop(columns=["source_file", "source_sheet", "source_row", "extra", "geometry"])


def write_layer(frame: gpd.GeoDataFrame, folder: Path, name: str, how: str) -> None:
    zones = folder / "zones"
    (zones / f"{name}.gpkg").unlink()
    if how == "geojson":
        frame.to_file(zones / f"{name}.geojson", driver="GeoJSON", coordinate_precision=15)
    elif how == "parquet":
        frame.to_parquet(zones / f"{name}.parquet")
    elif how == "fgb":
        frame.to_file(zones / f"{name}.fgb", driver="FlatGeobuf")
    else:
        encoding, is_zipped, has_declaration = SHAPEFILES[how]
        stem = zones / name
        short = frame.rename(
            columns={"code": "编码", "name": "名称", "control_class": "GKFL", "zone_type": "YSXL"}
        )
        short.to_file(stem.with_suffix(".shp"), encoding=encoding)
        if not has_declaration:
            stem.with_suffix(".cpg").unlink()
        if is_zipped:
            parts = [p for p in zones.iterdir() if p.stem == name]
            with zipfile.ZipFile(zones / f"{name}.zip", "w") as archive:
                for part in parts:
                    archive.write(part, f"成果/{part.name}")
                    part.unlink()


SHAPEFILES = {
    "shp gbk": ("GB18030", False, True),
    "shp gbk undeclared": ("GB18030", False, False),
    "shp utf-8": ("UTF-8", False, True),
    "shp utf-8 undeclared": ("UTF-8", False, False),
    "zip gbk": ("GB18030", True, True),
    "zip gbk undeclared": ("GB18030", True, False),
}


@pytest.mark.parametrize("how", ["geojson", "parquet", "fgb", *SHAPEFILES])
def test_layers_are_the_same_however_they_were_saved(tmp_path: Path, how: str) -> None:
    wanted = standardise(write_tiny_city(tmp_path / "plain"))["layers"].table
    folder = write_tiny_city(tmp_path / "other")
    for name, frame in tiny_layers().items():
        write_layer(frame, folder, name, how)
    got = standardise(folder)["layers"].table
    assert comparable(got).equals(comparable(wanted))
    assert shapely.equals_exact(
        shapely.normalize(got.geometry.to_numpy()),
        shapely.normalize(wanted.geometry.to_numpy()),
        tolerance=1e-12,
    ).all()


def test_platform_names_of_files_and_fields_are_read(tmp_path: Path) -> None:
    folder = write_tiny_city(tmp_path, layers={"air": None, "control_units": None})
    units = tiny_layers()["control_units"].rename(
        columns={"code": "HJZHGKDYBM", "name": "HJZHGKDYMC", "control_class": "ZHGKDYFL"}
    )
    units["AREA"] = [12.5, 1.0, 1.0, 1.0]
    units.to_file(folder / "zones" / "HJGKDY.shp", encoding="UTF-8")
    air = tiny_layers()["air"].rename(
        columns={"code": "DQHJGKFQBM", "name": "DQHJGKFQMC", "control_class": "GKFL", "zone_type": "YSXL"}
    )
    air.to_file(folder / "zones" / "DQHJGKFQ.gpkg", layer="anything", driver="GPKG")
    table = standardise(folder)["layers"].table
    assert set(table["layer"]) == {"districts", "control_units", "air", "resources"}
    assert table["stated_area_km2"].max() == 12.5
