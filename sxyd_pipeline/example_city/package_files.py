"""Writes a city package so that the same content gives the same bytes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import geopandas as gpd
import polars as pl
import pyogrio

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.errors import SxydError

#: Tables with more rows than this are written as Parquet: nobody opens them in a spreadsheet.
_LARGEST_CSV = 100_000
#: Instead of the time of writing; the date the pilot's work plan was issued.
_FIXED_TIME = "2021-10-27T00:00:00.000Z"


class PackageExistsError(SxydError):
    """The folder holds a package that was not made by this generator."""

    def __init__(self, folder: Path) -> None:
        """Name the folder."""
        super().__init__(
            f"目录 {folder} 中已有城市数据包且不是示例数据，不会覆盖",
            f"the folder {folder} already holds a city package that is not an example; it is not overwritten",
            remedy_zh="换一个目录，或先移走其中的文件",
            remedy_en="choose another folder, or move its files away first",
        )


@dataclass(frozen=True, slots=True)
class PackageContent:
    """Everything that goes into the folder of a package."""

    config: CityConfig
    tables: Mapping[str, pl.DataFrame]
    layers: Mapping[str, gpd.GeoDataFrame]
    proxies: Mapping[str, gpd.GeoDataFrame]
    card: str


#: Present in every package of this generator, and in no other.
CARD_FILE = "DATASET_CARD.md"


def write_package(folder: Path, content: PackageContent) -> Path:
    """Write a package into a folder and return the folder.

    Raises:
        PackageExistsError: the folder holds a package of somebody else.
    """
    if (folder / "city.toml").exists() and not (folder / CARD_FILE).exists():
        raise PackageExistsError(folder)
    for part in ("", "zones", "proxies"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for name, table in content.tables.items():
        _write_table(folder, name, table)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_TIME})
    try:
        for part, layers in (("zones", content.layers), ("proxies", content.proxies)):
            for name, layer in layers.items():
                _write_layer(folder / part / f"{name}.gpkg", name, layer)
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    (folder / CARD_FILE).write_text(content.card, encoding="utf-8", newline="\n")
    # Last, so that a folder with a city.toml is a whole package.
    (folder / "city.toml").write_text(render_config(content.config), encoding="utf-8", newline="\n")
    return folder


def _write_table(folder: Path, name: str, table: pl.DataFrame) -> None:
    csv, parquet = folder / f"{name}.csv", folder / f"{name}.parquet"
    if len(table) > _LARGEST_CSV:
        csv.unlink(missing_ok=True)
        table.write_parquet(parquet, compression="zstd")
        return
    parquet.unlink(missing_ok=True)
    # With a byte order mark spreadsheets read the Chinese right.
    table.write_csv(csv, include_bom=True, line_terminator="\n")


def _write_layer(path: Path, name: str, layer: gpd.GeoDataFrame) -> None:
    path.unlink(missing_ok=True)
    pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG")


def render_config(config: CityConfig) -> str:
    """Return ``city.toml`` of a package."""
    lines = [
        "# 城市数据包设置 / settings of the city package",
        f'adcode = "{config.adcode}"',
        f'name = "{config.name}"',
        f'province = "{config.province}"',
        f"base_year = {config.base_year}",
        f"horizons = [{', '.join(str(year) for year in config.horizons)}]",
        f'data_label = "{config.data_label}"',
        f'zoning_valid_from = "{config.zoning_valid_from}"',
        "",
        "[crs]",
        f'stored = "{config.stored_crs}"',
        f'coordinates = "{config.coordinates}"',
        "",
        "[modules]",
        *(f"{module} = {str(on).lower()}" for module, on in config.modules.items()),
        "",
        "[methods]",
        f'gwp_set = "{config.methods.gwp_set}"',
        f"priority_elements = [{', '.join(_toml(element) for element in config.methods.priority_elements)}]",
        f"minimum_control_unit_km2 = {config.methods.minimum_control_unit_km2}",
        *(f"{key} = {_toml(value)}" for key, value in config.methods.extra.items()),
        "",
        "[spec]",
        f'version = "{config.spec_version}"',
        "",
        "[publication]",
        *(f"{key} = {_toml(value)}" for key, value in asdict(config.publication).items() if value),
    ]
    for area in config.statistical_areas:
        lines += [
            "",
            "[[statistical_areas]]",
            f'code = "{area.code}"',
            f'name = "{area.name}"',
            f'host_district = "{area.host_district}"',
            f'basis = "{area.basis}"',
        ]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
