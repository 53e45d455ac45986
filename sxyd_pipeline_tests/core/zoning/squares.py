"""Cities made of rectangles whose areas can be checked in the head (kilometres)."""

from collections.abc import Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig, Methods
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.zoning import clean_districts, clean_zones, settle_control_units
from sxyd_pipeline.core.zoning.projection import STORED_CRS, unproject_points

#: South-west corner of every test city in the working projection (m), near 119.4 E, 32 N.
ORIGIN_M = (1_345_000.0, 3_520_000.0)

CITY = "321100"
WEST, EAST = "321101", "321102"

ZONE_TYPES = pl.DataFrame(
    {
        "zone_type": [
            "111",
            "311",
            "121",
            "221",
            "321",
            "131",
            "231",
            "234",
            "331",
            "141",
            "341",
            "254",
            "351",
        ],
        "province": pl.Series([None] * 13, dtype=pl.String),
    }
).with_columns(
    element=pl.col("zone_type")
    .str.slice(1, 1)
    .replace_strict({"1": "ecology", "2": "water", "3": "air", "4": "soil", "5": "resources"}),
    control_class=pl.col("zone_type").str.head(1).cast(pl.Int32),
    name_zh=pl.lit("类型") + pl.col("zone_type"),
)


def box(west: float, south: float, east: float, north: float) -> shapely.Polygon:
    """Rectangle in kilometres from the corner of the city."""
    return shapely.box(west, south, east, north)


def stored(shapes_km: Sequence[Any], noise_m: float = 0.0) -> list[Any]:
    """Bring shapes in kilometres to EPSG:4490, with vertices every 100 m so that edges stay straight.

    ``noise_m`` moves every vertex by up to that much, each shape in its own way.
    """

    def place(shape: Any, phase: int) -> Any:
        def move(xy: np.ndarray) -> np.ndarray:
            metres = np.round(xy * 1000.0, 6) + ORIGIN_M
            metres += noise_m * np.sin(13.0 * xy + phase)
            return np.column_stack(unproject_points(metres[:, 0], metres[:, 1]))

        return shapely.transform(shape, move)

    # Only valid shapes are densified: segmentize would mend the others.
    densified = [shapely.segmentize(shape, 0.1) if shape.is_valid else shape for shape in shapes_km]
    return [place(shape, phase) for phase, shape in enumerate(densified)]


def lonlat(x_km: float, y_km: float) -> tuple[float, float]:
    """Longitude and latitude of a point given in kilometres from the corner of the city."""
    lon, lat = unproject_points([ORIGIN_M[0] + 1000.0 * x_km], [ORIGIN_M[1] + 1000.0 * y_km])
    return float(lon[0]), float(lat[0])


def layers(
    features: Mapping[str, Mapping[str, Any]],
    stated_km2: Mapping[str, float] | None = None,
    noise_m: float = 0.0,
) -> gpd.GeoDataFrame:
    """``inputs.layers`` from ``{layer: {code: shape in km}}``; class and type come from the codes."""
    rows = [(layer, code, shape) for layer, members in features.items() for code, shape in members.items()]
    frame = pd.DataFrame(
        {
            "city_code": CITY,
            "layer": [layer for layer, _, _ in rows],
            "code": [code for _, code, _ in rows],
            "name": [f"名{code}" for _, code, _ in rows],
            "control_class": [int(code[8]) if layer != "districts" else None for layer, code, _ in rows],
            "zone_type": [code[8:11] if code.startswith("YS") else None for _, code, _ in rows],
            "stated_area_km2": [(stated_km2 or {}).get(code) for _, code, _ in rows],
            "valid_from": None,
            "valid_to": None,
            "predecessors": None,
            "data_label": "示例数据",
            "extra": None,
            "source_file": [f"zones/{layer}.gpkg" for layer, _, _ in rows],
            "source_sheet": None,
            "source_row": range(1, len(rows) + 1),
        }
    )
    return gpd.GeoDataFrame(frame, geometry=stored([shape for _, _, shape in rows], noise_m), crs=STORED_CRS)


def config(*, modules: Sequence[str] = ("ecology",), **methods: Any) -> CityConfig:
    return CityConfig(
        adcode=CITY, name="测试市", province="江苏省", base_year=2020, modules=dict.fromkeys(modules, True),
        methods=Methods(**methods), zoning_valid_from="2024-01-01",
    )  # fmt: skip


def reference(zone_types: pl.DataFrame = ZONE_TYPES) -> Reference:
    nothing = pl.DataFrame()
    return Reference(**dict.fromkeys(Reference.__slots__, nothing) | {"zone_types": zone_types})


#: Two districts of 10 x 10 km; air and resources in halves; a priority block in the west.
TWO_DISTRICTS = {
    "districts": {WEST: box(0, 0, 10, 10), EAST: box(10, 0, 20, 10)},
    "air": {
        f"YS{WEST}2310001": box(0, 0, 10, 4),
        f"YS{WEST}3310001": shapely.union(box(0, 4, 10, 10), box(10, 0, 20, 10)),
    },
    "resources": {f"YS{WEST}3510001": box(0, 0, 20, 10)},
    "ecology": {f"YS{WEST}1110001": box(0, 8, 5, 10)},
}


class City:
    """A cleaned city: districts, zones and control units."""

    def __init__(
        self,
        features: Mapping[str, Mapping[str, Any]] = TWO_DISTRICTS,
        settings: CityConfig | None = None,
        previous: gpd.GeoDataFrame | None = None,
        noise_m: float = 0.0,
    ) -> None:
        self.config = settings or config()
        self.layers = layers(features, noise_m=noise_m)
        self.districts = clean_districts(self.layers).table
        self.zones = clean_zones(self.layers, self.districts, self.config, reference()).table
        self.control_units = settle_control_units(
            self.layers, self.districts, self.zones, self.config, previous
        ).table
