"""Damages a delivery can have, each done to a copy of our own."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import polars as pl
import pyogrio
import shapely

from sxyd_pipeline.deliverables.edition import Edition

SHAPES = "shapefile/HJGKDY.shp"
GEOPACKAGE = "layers.gpkg"
LISTS, BRIDGE = "access.control_unit_lists.csv", "zoning.control_unit_zones.csv"


COUNTY = "321102"


def one_county(edition: Edition, county: str) -> Edition:
    """The edition of one county alone: its areas, their loads and clauses, and totals that are theirs."""
    tables = dict(edition.tables)

    def keep(name: str, column: str, values: pl.Series) -> None:
        tables[name] = tables[name].filter(pl.col(column).is_in(values.to_list()))

    for name in ("zoning.districts", "zoning.control_units", "zoning.zones"):
        keep(name, "district_code", pl.Series([county]))
    units, zones = (
        tables["zoning.control_units"]["control_unit_code"],
        tables["zoning.zones"]["zone_code"],
    )
    for name in (
        "zoning.control_unit_zones", "baseline.control_unit_emissions", "synergy.control_unit_scores",
        "access.control_unit_lists",
    ):  # fmt: skip
        keep(name, "control_unit_code", units)
    keep("zoning.control_unit_zones", "zone_code", zones)
    keep("baseline.zone_emissions", "zone_code", zones)
    keep("baseline.district_emissions", "district_code", pl.Series([county]))
    tables["synergy.grid"] = tables["synergy.grid"].head(50)
    loads = (pl.col("species") == "CO2") & (pl.col("year") == edition.base_year)
    carbon = tables["baseline.control_unit_emissions"].filter(loads)["emission_t"].sum()
    city = loads & (pl.col("breakdown") == "city")
    tables["inventory.totals"] = tables["inventory.totals"].with_columns(
        emission_t=pl.when(city).then(carbon).otherwise(pl.col("emission_t"))
    )
    # Long tables are of no use here and take time to write.
    return replace(edition, tables={name: frame.head(5000) for name, frame in tables.items()})


def copy_of(delivery: Path, folder: Path) -> Path:
    """A copy of a delivery that lists no hashes, so that only the damage is found."""
    copied = folder / "delivery"
    shutil.copytree(delivery, copied)
    (copied / "datapackage.json").unlink()
    return copied


def edit_shapes(delivery: Path, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
    """Change the shapefile of the control units."""
    path = delivery / SHAPES
    changed = change(pyogrio.read_dataframe(path, encoding="UTF-8"))
    pyogrio.write_dataframe(changed, path, driver="ESRI Shapefile", encoding="UTF-8")


def edit_package(delivery: Path, layer: str, change: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> None:
    """Change one layer of the GeoPackage."""
    path = delivery / GEOPACKAGE
    changed = change(pyogrio.read_dataframe(path, layer=layer))
    pyogrio.write_dataframe(changed, path, layer=layer, driver="GPKG", geometry_type="Unknown")


def edit_table(delivery: Path, name: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change a CSV, and drop its Parquet twin."""
    path = delivery / name
    changed = change(pl.read_csv(path, infer_schema=False))
    changed.write_csv(path, include_bom=True)
    path.with_suffix(".parquet").unlink(missing_ok=True)


def set_values(**cells: tuple[int, object]) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:
    """Return a change that sets single cells: ``column=(row, value)``."""

    def change(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        for column, (row, value) in cells.items():
            values = frame[column].astype(object).tolist()
            values[row] = value
            frame[column] = values
        return frame

    return change


def bow_tie(at: shapely.Geometry) -> shapely.Geometry:
    """A polygon that crosses itself, at the place of another."""
    x, y = at.centroid.x, at.centroid.y
    return shapely.Polygon([(x, y), (x + 0.01, y + 0.01), (x + 0.01, y), (x, y + 0.01)])


def set_shapes(shapes: dict[int, Callable[[shapely.Geometry], shapely.Geometry | None]]) -> Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]:  # fmt: skip
    """Return a change that replaces single polygons."""

    def change(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        geometry = list(frame.geometry)
        for row, make in shapes.items():
            geometry[row] = make(geometry[row])
        return frame.set_geometry(gpd.GeoSeries(geometry, crs=frame.crs))

    return change


def set_rows(column: str, value: str, rows: Sequence[int] = (0,)) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Return a change that sets a column of some rows."""

    def change(frame: pl.DataFrame) -> pl.DataFrame:
        hit = pl.int_range(pl.len()).is_in(list(rows))
        return frame.with_columns(pl.when(hit).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))

    return change


def rename_dbf_field(path: Path, old: bytes, new: bytes) -> None:
    """Write another name into the header of a DBF."""
    data = bytearray(path.read_bytes())
    place = 32
    while data[place] != 0x0D:
        if data[place : place + 11].split(b"\0")[0] == old:
            data[place : place + 11] = new.ljust(11, b"\0")
        place += 32
    path.write_bytes(bytes(data))
