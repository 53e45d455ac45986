"""A city of four sources that can be added up in the head, for structure and key items."""

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig, StatisticalArea

CITY = CityConfig(adcode="321100", name="试验市", province="江苏省", base_year=2020)
WITH_AREA = replace(
    CITY, statistical_areas=(StatisticalArea("321171", "试验新区", "321102", "新区统计，区划属西区"),)
)
REFERENCE = Path(__file__).parents[3] / "data" / "reference"
_TEXTS = {"industry_code": pl.String, "province": pl.String, "code": pl.String}


def reference(name: str) -> pl.DataFrame:
    """One file of the reference data that ships."""
    frame = pl.read_csv(REFERENCE / f"{name}.csv", infer_schema_length=None)
    return pl.read_csv(
        REFERENCE / f"{name}.csv",
        infer_schema_length=None,
        schema_overrides={column: kind for column, kind in _TEXTS.items() if column in frame.columns},
    )


TWO_HIGH = reference("two_high_industries")
INDUSTRIES = reference("industries")
RULES = reference("key_item_rules")
EQUIVALENTS = reference("pollution_equivalents")


def sources(**changes: float) -> pl.DataFrame:
    """Power (coal), cement, car works and farms; CO2 600/300/60/40, NOx 50/30/10/10."""
    rows = [
        ("P1", "P1/B1/bituminous_coal", "4411", 1, "bituminous_coal", "facility:P1", 600.0, 50.0),
        ("C1", "C1/K1/cement_clinker", "3011", 2, "cement_clinker", "facility:C1", 300.0, 30.0),
        ("A1", "A1/-/natural_gas", "3611", 1, "natural_gas", "facility:A1", 60.0, 10.0),
        (None, "321102/5/fertilizer_n", None, 5, "fertilizer_n", "area:321102:areal", 40.0, 10.0),
    ]
    frame = pl.DataFrame(
        rows,
        schema=[
            "facility_id",
            "source_id",
            "industry_code",
            "source_category",
            "activity_code",
            "spread_id",
            "CO2",
            "NOx",
        ],
        orient="row",
    ).with_columns(pl.lit(value).alias(name) for name, value in changes.items())
    return (
        frame.unpivot(
            ["CO2", "NOx"], index=frame.columns[:6], variable_name="species", value_name="emission_t"
        )
        .with_columns(year=pl.lit(2020, pl.Int32), city_code=pl.lit("321100"), amount=pl.lit(100.0))
        .sort("source_id", "species")
    )


def _layer(**columns: list[object]) -> gpd.GeoDataFrame:
    size = len(next(iter(columns.values())))
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.box(0, 0, 1, 1)] * size, crs="EPSG:4490")
    frame.insert(0, "city_code", "321100")
    return frame


DISTRICTS = _layer(district_code=["321102", "321111"], district_name=["西区", "东区"], area_km2=[10.0, 30.0])
ZONES = _layer(
    zone_code=["YS3211022310001", "YS3211113310001", "YS3211022540001"],
    zone_name=["西区高排放", "东区一般", "西区禁燃区"],
    element=["air", "air", "resources"], control_class=[2, 3, 2], zone_type=["231", "331", "254"],
    zone_type_name=["大气环境高排放重点管控区", "大气环境一般管控区", "高污染燃料禁燃区"], area_km2=[10.0, 30.0, 10.0],
)  # fmt: skip
UNITS = _layer(
    control_unit_code=["ZH32110220001", "ZH32111130001"], control_unit_name=["西区产业园区", "东区一般管控单元"],
    control_class=[2, 3], district_code=["321102", "321111"], area_km2=[10.0, 30.0],
)  # fmt: skip


def placements() -> pl.DataFrame:
    """Power and farms in the west, cement and cars in the east; fuel-free zone only covers the west."""
    west = {
        "district": "321102",
        "control_unit": "ZH32110220001",
        "air": "YS3211022310001",
        "resources": "YS3211022540001",
    }
    east = {"district": "321111", "control_unit": "ZH32111130001", "air": "YS3211113310001", "resources": "*"}
    where = {"facility:P1": west, "area:321102:areal": west, "facility:C1": east, "facility:A1": east}
    rows = [
        ("321100", spread, layer, code, 1.0, "point")
        for spread, codes in where.items()
        for layer, code in codes.items()
    ]
    return pl.DataFrame(
        rows, schema=["city_code", "spread_id", "layer", "code", "share", "how"], orient="row"
    )


def economy(*rows: tuple[str, str, int, str, float, str | None]) -> pl.DataFrame:
    """Rows of ``inputs.economy``: scope type, scope code, year, indicator, value, price base."""
    return pl.DataFrame(
        list(rows),
        schema={
            "scope_type": pl.String, "scope_code": pl.String, "year": pl.Int32, "indicator": pl.String,
            "value": pl.Float64, "price_base": pl.String,
        },
        orient="row",
    )  # fmt: skip
