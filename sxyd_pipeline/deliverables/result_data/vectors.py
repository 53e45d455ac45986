"""Layers as GeoPackage, FlatGeobuf and Shapefile; the same layers give the same bytes.

GDAL stamps files with the time of writing unless it is told another one.
"""

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyogrio
import shapely

from sxyd_pipeline.deliverables.result_data.fields import DBF_TEXT_BYTES, Field
from sxyd_pipeline.deliverables.result_data.layers import FilledLayer
from sxyd_pipeline.deliverables.result_data.styles import qml
from sxyd_pipeline.io.geoparquet import GEOMETRY, STORED_CRS
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE, ControlClass

#: Instead of the time of writing; the date the pilot's work plan was issued.
FIXED_TIME, FIXED_DATE = "2021-10-27T00:00:00.000Z", "2021-10-27"
_CUT = "…"
_ENUM, _RANGE = "enum", "range"
_SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def geopackage(layers: Sequence[FilledLayer], language: str) -> bytes:
    """Return one GeoPackage with all layers, their aliases, units, domains and QGIS styles."""
    with tempfile.TemporaryDirectory() as folder, _fixed_time():
        path = Path(folder) / "layers.gpkg"
        for place, one in enumerate(layers):
            title = one.layer.zh if language == "zh" else one.layer.en
            _write(
                one.frame, path, "GPKG", layer=one.layer.name, append=place > 0,
                GEOMETRY_NAME=GEOMETRY, IDENTIFIER=title, DESCRIPTION=f"{title} ({one.layer.code})",
            )  # fmt: skip
        with closing(sqlite3.connect(path)) as connection:
            _describe_columns(connection, layers, language)
            _add_styles(connection, layers, language)
            connection.commit()
        return path.read_bytes()


def flatgeobuf(one: FilledLayer, language: str) -> bytes:
    """Return a layer as FlatGeobuf."""
    title = one.layer.zh if language == "zh" else one.layer.en
    with tempfile.TemporaryDirectory() as folder, _fixed_time():
        path = Path(folder) / f"{one.layer.name}.fgb"
        _write(one.frame, path, "FlatGeobuf", layer=one.layer.name, TITLE=title)
        return path.read_bytes()


def shapefile(one: FilledLayer) -> dict[str, bytes]:
    """Return a layer as Shapefile with ASCII field codes and UTF-8 texts.

    Texts longer than a DBF field holds are cut at a whole character and end in an ellipsis; clause
    texts are left out.
    """
    kept = [field for field in one.layer.fields if field.code]
    frame = one.frame.select(*(_for_dbf(one.frame, field) for field in kept), pl.col(GEOMETRY))
    with tempfile.TemporaryDirectory() as folder, _fixed_time():
        path = Path(folder) / f"{one.layer.code}.shp"
        _write(
            frame, path, "ESRI Shapefile", layer=one.layer.code, ENCODING="UTF-8",
            DBF_DATE_LAST_UPDATE=FIXED_DATE,
        )  # fmt: skip
        return {f"{one.layer.code}{suffix}": path.with_suffix(suffix).read_bytes() for suffix in _SIDECARS}


def cut_texts(one: FilledLayer, field: Field) -> int:
    """Return how many values of a field do not fit into a DBF field."""
    if field.column.dtype is not pl.String:
        return 0
    return int((one.frame[field.name].str.len_bytes() > DBF_TEXT_BYTES).sum())


def _for_dbf(frame: pl.DataFrame, field: Field) -> pl.Series:
    values = frame[field.name]
    if field.column.dtype is pl.String and values.str.len_bytes().max() is not None:
        values = pl.Series([_fitting(text) for text in values], dtype=pl.String)
    return values.alias(field.code)


def _fitting(text: str | None) -> str | None:
    if text is None or len(text.encode()) <= DBF_TEXT_BYTES:
        return text
    room = DBF_TEXT_BYTES - len(_CUT.encode())
    return text.encode()[:room].decode(errors="ignore") + _CUT


@contextmanager
def _fixed_time() -> Iterator[None]:
    """Let GDAL write one fixed time, and not wait for the disk: the files are copied before they count."""
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_TIME, "OGR_SQLITE_SYNCHRONOUS": "OFF"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None, "OGR_SQLITE_SYNCHRONOUS": None})


def _write(
    frame: pl.DataFrame, path: Path, driver: str, *, layer: str, append: bool = False, **options: Any
) -> None:
    polygons = shapely.from_wkb(frame[GEOMETRY].to_list())
    many = [p if p.geom_type == "MultiPolygon" else shapely.MultiPolygon([p]) for p in polygons]
    table = frame.drop(GEOMETRY).rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    geometry = pa.array(shapely.to_wkb(many, byte_order=1).tolist(), type=pa.binary())
    named = pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    pyogrio.write_arrow(
        table.append_column(named, geometry), path, driver=driver, layer=layer, append=append,
        geometry_name=GEOMETRY, geometry_type="MultiPolygon", crs=STORED_CRS, **options,
    )  # fmt: skip


def _describe_columns(connection: sqlite3.Connection, layers: Sequence[FilledLayer], language: str) -> None:
    """Fill the tables of the GeoPackage schema extension: aliases, units and domains of all columns."""
    connection.executescript(_SCHEMA_EXTENSION)
    for one in layers:
        for field in one.layer.fields:
            domain = _domain(field)
            name = f"{one.layer.name}_{field.name}" if domain else None
            connection.execute(
                "INSERT INTO gpkg_data_columns VALUES (?, ?, NULL, ?, ?, NULL, ?)",
                (one.layer.name, field.name, field.label(language), _told(field), name),
            )
            connection.executemany(
                "INSERT INTO gpkg_data_column_constraints VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [(name, *row) for row in domain],
            )


def _told(field: Field) -> str:
    parts = [field.column.label, field.column.english, field.column.measured_in, field.code, field.origin]
    return "；".join(part for part in parts if part)


def _domain(field: Field) -> list[tuple[object, ...]]:
    """Return the rows of a field's domain: one per allowed value, or one range; none when anything goes."""
    column = field.column
    if column.allowed:
        return [
            (_ENUM, str(value), None, None, None, None, meaning(field, value)) for value in column.allowed
        ]
    low, high = column.minimum, column.maximum
    if low is None and high is None:
        return []
    return [(_RANGE, None, low, low is not None, high, high is not None, column.measured_in)]


def meaning(field: Field, value: str | int) -> str:
    """Return what a value of a closed list means, in Chinese."""
    if field.name == "control_class":
        return ControlClass(int(value)).zh
    return ELEMENT_BY_CODE[str(value)].zh if str(value) in ELEMENT_BY_CODE else str(value)


def _add_styles(connection: sqlite3.Connection, layers: Sequence[FilledLayer], language: str) -> None:
    connection.executescript(_STYLES)
    for place, one in enumerate(layers, start=1):
        connection.execute(
            "INSERT INTO layer_styles VALUES (?, '', '', ?, ?, ?, ?, '', 1, ?, '', NULL, ?)",
            (
                place,
                one.layer.name,
                GEOMETRY,
                one.layer.zh,
                qml(one.layer, language),
                one.layer.en,
                FIXED_TIME,
            ),
        )
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', 'QGIS', ?)",
        (FIXED_TIME,),
    )


_SCHEMA_EXTENSION = """
CREATE TABLE IF NOT EXISTS gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE IF NOT EXISTS gpkg_data_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, name TEXT, title TEXT, description TEXT,
  mime_type TEXT, constraint_name TEXT, CONSTRAINT pk_gdc PRIMARY KEY (table_name, column_name),
  CONSTRAINT gdc_tn UNIQUE (table_name, name));
CREATE TABLE IF NOT EXISTS gpkg_data_column_constraints (
  constraint_name TEXT NOT NULL, constraint_type TEXT NOT NULL, value TEXT, min NUMERIC,
  min_is_inclusive BOOLEAN, max NUMERIC, max_is_inclusive BOOLEAN, description TEXT,
  CONSTRAINT gdcc_ntv UNIQUE (constraint_name, constraint_type, value));
INSERT OR IGNORE INTO gpkg_extensions
  SELECT name, NULL, 'gpkg_schema', 'http://www.geopackage.org/spec121/#extension_schema', 'read-write'
  FROM (SELECT 'gpkg_data_columns' AS name UNION ALL SELECT 'gpkg_data_column_constraints');
"""
_STYLES = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME);
"""
