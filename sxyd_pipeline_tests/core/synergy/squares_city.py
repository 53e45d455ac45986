"""The city of two squares with three sources that can be placed in the head: a chimney, homes, farms."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline_tests.core.baseline.sources import facilities, proxies, sources
from sxyd_pipeline_tests.core.zoning.squares import EAST, TWO_DISTRICTS, WEST, City, box

UNITS = {
    f"ZH{WEST}20001": box(0, 0, 10, 5), f"ZH{WEST}30001": box(0, 5, 10, 10),
    f"ZH{EAST}20001": box(10, 0, 20, 5), f"ZH{EAST}30001": box(10, 5, 20, 10),
}  # fmt: skip
CITY = City({**TWO_DISTRICTS, "control_units": UNITS})
FACILITIES = facilities({"chimney": (3.4, 2.6)})
#: Homes: all of the weight of the west in two cells of 1 km.
PROXIES = proxies([("people", 3.0, (1, 1, 2, 2)), ("people", 1.0, (8, 8, 9, 9))])


def city_sources() -> pl.DataFrame:
    """Chimney 900 t, homes of the west 80 t, fields of the east 100 t; SO2 a tenth of CO2."""
    tonnes = {"facility:chimney": 900.0, f"area:{WEST}:people": 80.0, f"area:{EAST}:areal": 100.0}
    co2 = sources(tonnes, species="CO2")
    so2 = sources({spread: value / 10.0 for spread, value in tonnes.items()})
    return pl.concat([co2, so2]).with_columns(
        source_kind=pl.when(pl.col("spread_id").str.starts_with("facility:"))
        .then(pl.lit("point"))
        .otherwise(pl.lit("area")),
        data_label=pl.lit("示例数据"),
    )


def cell(grid: gpd.GeoDataFrame, x_km: float, y_km: float) -> dict[str, float]:
    """The cell that holds a point given in kilometres from the corner of the city."""
    name = f"R{3520 + int(y_km):06d}C{1345 + int(x_km):06d}"
    return dict(grid.set_index("cell_id").loc[name].drop("geometry"))
