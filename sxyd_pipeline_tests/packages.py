"""Small city packages for tests: complete, valid, and with numbers that can be checked by hand.

The city is fictional: two square districts of 0.1 degrees side by side, four control units,
four air zones, two resource zones, four facilities, base year 2020. Codes follow the grammar.

    write_tiny_city(tmp_path / "321100")                            # the plain package
    write_tiny_city(folder, tables={"energy": None})                # without a table
    write_tiny_city(folder, tables={"facilities": changed_frame})   # with another one
    write_tiny_city(folder, layers={"air": other}, config=text)     # other layers, other settings
"""

from collections.abc import Collection, Mapping
from pathlib import Path

import geopandas as gpd
import polars as pl
import pyogrio
import shapely

TINY_ADCODE = "321100"
#: Cities whose districts ...02 and ...11 both exist in GB/T 2260, for tests with several cities.
SIBLING_ADCODES = ("321100", "321300", "320400", "320300")
BASE_YEAR = 2020
YEARS = (2015, 2016, 2017, 2018, 2019, 2020)
SOUTH, NORTH, MIDDLE = 32.10, 32.20, 32.15


def west_of(adcode: str) -> float:
    """Western edge of a tiny city: 119.4 degrees for 321100, siblings lie beside it."""
    return round(118.3 + 0.1 * int(adcode[2:4]), 6)


def district_codes(adcode: str = TINY_ADCODE) -> tuple[str, str]:
    """The western and the eastern district."""
    return f"{adcode[:4]}02", f"{adcode[:4]}11"


def tiny_config(
    adcode: str = TINY_ADCODE,
    *,
    coordinates: str = "cgcs2000",
    more: str = "",
    modules: Collection[str] = ("non_co2",),
) -> str:
    """Text of city.toml; ``more`` is put before the tables (top-level keys), ``modules`` are on."""
    return (
        f'adcode = "{adcode}"\nname = "试验市"\nprovince = "江苏省"\nbase_year = {BASE_YEAR}\n'
        f'horizons = [2025, 2035]\ndata_label = "示例数据"\n{more}\n'
        f'[crs]\nstored = "EPSG:4490"\ncoordinates = "{coordinates}"\n\n'
        "[modules]\n"
        + "".join(
            f"{name} = {str(name in modules).lower()}\n"
            for name in ("water", "ecology", "coastal", "non_co2")
        )
        + "\n"
        '[methods]\ngwp_set = "AR5"\n'
    )


def _facilities(adcode: str) -> pl.DataFrame:
    west, (first, second) = west_of(adcode), district_codes(adcode)
    # One point in the middle of every control unit.
    return pl.DataFrame(
        [
            ("F001", "试验一电厂", "4411", west + 0.05, 32.125, first, "开发区"),
            ("0002", "试验二水泥厂", "3011", west + 0.05, 32.175, first, None),
            ("F003", "试验三造纸厂", "2221", west + 0.15, 32.125, second, None),
            ("F004", "试验四汽车厂", "3611", west + 0.15, 32.175, second, "汽车园"),
        ],
        schema=["facility_id", "facility_name", "industry_code", "lon", "lat", "district_code", "park_name"],
        orient="row",
    ).with_columns(pl.col("lon", "lat").round(6).cast(pl.String))


def _facility_activity() -> pl.DataFrame:
    year = str(BASE_YEAR)
    return pl.DataFrame(
        [
            ("F001", "B1", year, "bituminous_coal", "100", "万t", "0.95", "0.8"),
            ("0002", "K1", year, "bituminous_coal", "70000", "t", None, None),
            ("0002", "K1", year, "cement_clinker", "50", "万吨", None, None),
            ("F003", "B1", year, "natural_gas", "1000", "万m3", None, None),
            ("F003", None, year, "electricity", "2000", "万kWh", None, None),
            ("F004", None, year, "solvent_paint", "100", "t", None, None),
        ],
        schema=[
            "facility_id", "equipment_id", "year", "activity_code", "amount", "amount_unit",
            "so2_removal_share", "nox_removal_share",
        ],
        orient="row",
    )  # fmt: skip


def _facility_emissions() -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("F001", "2020", "SO2", "300", "t", "cems"),
            ("F001", "2020", "PM10", "90", "t", "cems"),
            ("F001", "2020", "PM2.5", "60", "t", "cems"),
        ],
        schema=["facility_id", "year", "species", "amount", "amount_unit", "method"],
        orient="row",
    )


def _area_activity(adcode: str) -> pl.DataFrame:
    activities = (
        (1, "briquette", "2000", "t"),
        (3, "vehicle_km_car", "10", "亿辆·km"),
        (4, "architectural_coating", "500", "t"),
        (5, "fertilizer_n", "3000", "t"),
        (5, "livestock_pig", "5", "万头"),
        (6, "construction_area", "200", "ha"),
        (7, "straw_open_burning", "1000", "t"),
        (8, "gasoline_sales", "4", "万t"),
        (9, "landfill_msw", "6", "万t"),
        (10, "cooking_population", "30", "万人"),
    )
    return pl.DataFrame(
        [
            (district, str(BASE_YEAR), str(category), activity, amount, unit)
            for district in district_codes(adcode)
            for category, activity, amount, unit in activities
        ],
        schema=["district_code", "year", "source_category", "activity_code", "amount", "amount_unit"],
        orient="row",
    )


def _energy() -> pl.DataFrame:
    return pl.DataFrame(
        [
            (str(year), sector, fuel, str(amount + 10 * (year - BASE_YEAR)), unit)
            for year in YEARS
            for sector, fuel, amount, unit in (
                ("industry", "bituminous_coal", 1200, "kt"),
                ("industry", "natural_gas", 3000, "万m3"),
                ("transport", "diesel", 200, "kt"),
                ("residential", "electricity", 5000, "万kWh"),
            )
        ],
        schema=["year", "sector_code", "fuel_code", "amount", "amount_unit"],
        orient="row",
    )


def _economy(adcode: str) -> pl.DataFrame:
    scopes = (("city", adcode, 100), *(("district", code, 50) for code in district_codes(adcode)))
    return pl.DataFrame(
        [
            row
            for year in YEARS
            for scope_type, code, size in scopes
            for row in (
                (scope_type, code, str(year), "gdp", str(10 * size + year - BASE_YEAR), "亿元", "current"),
                (scope_type, code, str(year), "population", str(size), "万人", None),
            )
        ]
        + [
            ("industry", "C", str(year), "value_added", str(400 + year - BASE_YEAR), "亿元", "current")
            for year in YEARS
        ],
        schema=["scope_type", "scope_code", "year", "indicator", "value", "unit", "price_base"],
        orient="row",
    )


def _targets(adcode: str) -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("city", adcode, "2025", "permitted_so2_t", "5000", "t", "试验目标"),
            ("city", adcode, "2025", "co2_cap_t", "600", "万t", "试验目标"),
            ("city", adcode, "2025", "energy_cap_tce", "200", "万tce", "试验目标"),
            ("city", adcode, "2025", "pm25_ug_per_m3", "33", "ug/m3", "试验目标"),
        ],
        schema=["scope_type", "scope_code", "year", "indicator", "value", "unit", "basis"],
        orient="row",
    )


def tiny_tables(adcode: str = TINY_ADCODE) -> dict[str, pl.DataFrame]:
    """All tables of the tiny city as text, under their English headers."""
    return {
        "facilities": _facilities(adcode),
        "facility_activity": _facility_activity(),
        "facility_emissions": _facility_emissions(),
        "area_activity": _area_activity(adcode),
        "energy": _energy(),
        "economy": _economy(adcode),
        "targets": _targets(adcode),
    }


def tiny_module_tables(adcode: str = TINY_ADCODE) -> dict[str, pl.DataFrame]:
    """Tables of the optional modules as text; numbers that can be checked in the head.

    100 ha of forest become 90 ha of forest and 10 ha of built-up land between 2015 and 2020.
    """
    first, second = district_codes(adcode)
    west = west_of(adcode)
    unit = f"ZH{first}10001"
    return {
        "land_use": pl.DataFrame(
            [
                ("control_unit", unit, "林地", "2015", "100", "公顷", None, None),
                ("control_unit", unit, "forest", "2020", "90", "ha", None, None),
                ("control_unit", unit, "建设用地", "2020", "0.1", "km2", None, None),
                ("control_unit", f"ZH{second}30001", "grassland", "2020", "50", "ha", "1.5", "nep"),
            ],
            schema=["scope_type", "scope_code", "land_class", "year", "area", "area_unit", "flux_tco2_per_ha", "flux_kind"],
            orient="row",
        ),
        "land_changes": pl.DataFrame(
            [
                ("管控单元", unit, "forest", "forest", "2015", "2020", "90", "ha"),
                ("管控单元", unit, "forest", "built", "2015", "2020", "10", "ha"),
            ],
            schema=["scope_type", "scope_code", "from_class", "to_class", "from_year", "to_year", "area", "area_unit"],
            orient="row",
        ),
        "wastewater": pl.DataFrame(
            [
                ("W1", "西区污水厂", "城镇", f"YS{first}2220001", "2020", "1000", "万m3", "300", "50", "30", "5", "4", "0.5", "10", "3000000"),
                ("W2", "东区污水厂", "工业", f"YS{second}3210001", "2020", "100", "万m3", "500", "50", "30", "5", "4", "0.5", None, None),
            ],
            schema=[
                "plant_id", "plant_name", "plant_kind", "zone_code", "year", "flow", "flow_unit",
                "cod_in_mg_per_l", "cod_out_mg_per_l", "nh3n_in_mg_per_l", "nh3n_out_mg_per_l",
                "tp_in_mg_per_l", "tp_out_mg_per_l", "tn_out_mg_per_l", "electricity_kwh",
            ],
            orient="row",
        ),
        "carbon_projects": pl.DataFrame(
            [
                ("P1", "西区红线内光伏", "光伏发电", str(round(west + 0.05, 6)), "32.175", "10", "MW"),
                ("P2", "东区光伏", "pv", str(round(west + 0.15, 6)), "32.175", "20", "MW"),
            ],
            schema=["project_id", "project_name", "project_type", "lon", "lat", "size", "size_unit"],
            orient="row",
        ),
        "coastal_habitats": pl.DataFrame(
            [("HY-A-01", "盐沼", "2020", "100", "ha")],
            schema=["zone_code", "habitat", "year", "area", "area_unit"],
            orient="row",
        ),
    }  # fmt: skip


def tiny_module_layers(adcode: str = TINY_ADCODE) -> dict[str, gpd.GeoDataFrame]:
    """Layers of the optional modules: red line in the north-west, two water zones, one zone at sea."""
    first, second = district_codes(adcode)
    west = west_of(adcode)
    centre, east, sea = round(west + 0.1, 6), round(west + 0.2, 6), round(west + 0.3, 6)
    return {
        "ecology": _layer([
            (f"YS{first}1110001", "西区红线", 1, "111", (west, MIDDLE, centre, NORTH)),
            (f"YS{first}3110001", "西区生态一般", 3, "311", (west, SOUTH, centre, MIDDLE)),
            (f"YS{second}3110001", "东区生态一般", 3, "311", (centre, SOUTH, east, NORTH)),
        ]),
        "water": _layer([
            (f"YS{first}2220001", "西区城镇生活", 2, "222", (west, SOUTH, centre, NORTH)),
            (f"YS{second}3210001", "东区水一般", 3, "321", (centre, SOUTH, east, NORTH)),
        ]),
        "coastal": _layer([("HY-A-01", "近岸优先", 1, "161", (east, SOUTH, sea, NORTH))]),
    }  # fmt: skip


def _layer(
    rows: list[tuple[str, str, int | None, str | None, tuple[float, float, float, float]]],
) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(
        {
            "code": [row[0] for row in rows],
            "name": [row[1] for row in rows],
            "control_class": [row[2] for row in rows],
            "zone_type": [row[3] for row in rows],
        },
        geometry=[shapely.box(*row[4]) for row in rows],
        crs="EPSG:4490",
    )
    return frame.dropna(axis="columns", how="all")


def tiny_layers(adcode: str = TINY_ADCODE) -> dict[str, gpd.GeoDataFrame]:
    """Districts, four control units (quarters), four air zones (the same quarters) and two resource zones."""
    first, second = district_codes(adcode)
    west = west_of(adcode)
    centre, east = round(west + 0.1, 6), round(west + 0.2, 6)
    quarters = {
        "sw": (west, SOUTH, centre, MIDDLE), "nw": (west, MIDDLE, centre, NORTH),
        "se": (centre, SOUTH, east, MIDDLE), "ne": (centre, MIDDLE, east, NORTH),
    }  # fmt: skip
    halves = {first: (west, SOUTH, centre, NORTH), second: (centre, SOUTH, east, NORTH)}
    return {
        "districts": _layer(
            [(first, "西区", None, None, halves[first]), (second, "东区", None, None, halves[second])]
        ),
        "control_units": _layer([
            (f"ZH{first}20001", "西区重点管控单元", 2, None, quarters["sw"]),
            (f"ZH{first}10001", "西区优先保护单元", 1, None, quarters["nw"]),
            (f"ZH{second}20001", "东区重点管控单元", 2, None, quarters["se"]),
            (f"ZH{second}30001", "东区一般管控单元", 3, None, quarters["ne"]),
        ]),
        "air": _layer([
            (f"YS{first}2310001", "西区高排放", 2, "231", quarters["sw"]),
            (f"YS{first}1310001", "西区大气优先", 1, "131", quarters["nw"]),
            (f"YS{second}2340001", "东区受体敏感", 2, "234", quarters["se"]),
            (f"YS{second}3310001", "东区大气一般", 3, "331", quarters["ne"]),
        ]),
        "resources": _layer([
            (f"YS{first}2540001", "西区禁燃区", 2, "254", halves[first]),
            (f"YS{second}3510001", "东区资源一般", 3, "351", halves[second]),
        ]),
    }  # fmt: skip


def write_tiny_city(
    folder: Path,
    *,
    adcode: str = TINY_ADCODE,
    config: str | None = None,
    tables: Mapping[str, pl.DataFrame | None] | None = None,
    layers: Mapping[str, gpd.GeoDataFrame | None] | None = None,
) -> Path:
    """Write a complete package into ``folder`` (CSV in UTF-8, layers as GeoPackage) and return the folder.

    Args:
        folder: the package's own folder; made when missing.
        adcode: one of :data:`SIBLING_ADCODES`.
        config: another text of city.toml.
        tables: tables that replace the plain ones; None leaves a table out.
        layers: layers that replace the plain ones; None leaves a layer out.
    """
    (folder / "zones").mkdir(parents=True, exist_ok=True)
    (folder / "city.toml").write_text(config or tiny_config(adcode), encoding="utf-8")
    for name, frame in {**tiny_tables(adcode), **(tables or {})}.items():
        if frame is not None:
            frame.write_csv(folder / f"{name}.csv")
    # GeoPackages carry the time they were written; a fixed one makes the same package the same bytes.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2021-01-01T00:00:00Z"})
    try:
        for name, layer in {**tiny_layers(adcode), **(layers or {})}.items():
            if layer is not None:
                layer.to_file(folder / "zones" / f"{name}.gpkg", layer=name, driver="GPKG")
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    return folder
