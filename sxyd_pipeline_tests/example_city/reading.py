"""Reads a package the plain way, without the product's own readers."""

from pathlib import Path

import geopandas as gpd
import polars as pl

TABLES = (
    "facilities", "facility_activity", "facility_emissions", "area_activity", "energy", "economy", "air_quality",
    "targets", "access_list", "measures", "land_use", "land_changes", "wastewater", "carbon_projects",
)  # fmt: skip
ZONES = ("ecology", "water", "air", "soil", "resources")
LAYERS = ("districts", "control_units", *ZONES)
PROXIES = ("population", "roads", "cropland", "industrial_land")
_TEXT = dict.fromkeys(("facility_id", "district_code", "industry_code", "scope_code", "start_year", "uscc", "threshold", "park_name", "capacity", "price_base", "note", "industry_codes"), pl.String)  # fmt: skip


def table(folder: Path, name: str) -> pl.DataFrame:
    path = folder / f"{name}.csv"
    if not path.exists():
        return pl.read_parquet(folder / f"{name}.parquet")
    names = pl.read_csv(path, n_rows=0).columns
    overrides = {column: dtype for column, dtype in _TEXT.items() if column in names}
    return pl.read_csv(path, schema_overrides=overrides, infer_schema_length=None)


def layer(folder: Path, name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "zones" / f"{name}.gpkg")


def proxy(folder: Path, name: str) -> gpd.GeoDataFrame:
    return gpd.read_file(folder / "proxies" / f"{name}.gpkg")
