"""Invented activity of area sources over all ten categories, and the proxies that spread it."""

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.example_city import landscape as land
from sxyd_pipeline.example_city.boundaries import Territory
from sxyd_pipeline.example_city.facts import read_facts
from sxyd_pipeline.example_city.gazetteer import Gazetteer
from sxyd_pipeline.example_city.labels import INVENTED, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.landscape import Landscape
from sxyd_pipeline.example_city.partition import Cells, Floats
from sxyd_pipeline.example_city.profile import Profile
from sxyd_pipeline.example_city.zoning_plan import CRS

PROXIES = ("population", "roads", "cropland", "industrial_land")
#: Cells of a proxy per cell of the partition; a proxy is coarser than the zoning, as real ones are.
_PROXY_CELLS_PER_CELL = 0.5
_SHARES = (
    "sulfur_share", "ash_share",
    "so2_removal_share", "nox_removal_share", "pm_removal_share", "vocs_removal_share",
)  # fmt: skip


def invent_area_activity(profile: Profile, year: int, rng: np.random.Generator) -> pl.DataFrame:
    """Invent the rows of ``area_activity``: amount = driver x intensity x scatter of some 10 %.

    A category counted in a statistical area of its own leaves its people out of the host district;
    any other category counts them with the host.
    """
    with_own = _drivers(profile, merged=False)
    merged = _drivers(profile, merged=True)
    parts = []
    for position, line in enumerate(read_facts("area_activities").iter_rows(named=True)):
        driver = (with_own if line["counted_in_new_area"] else merged)[str(line["driver"])]
        amount = driver * line["amount_per_driver"]
        if line["amount_per_driver"] != 1:
            # Scatter would make people fractional; where the amount is people, it is exact.
            amount = amount * rng.lognormal(0.0, 0.1, len(driver))
        chosen = np.flatnonzero(driver > 0)
        text = {
            name: pl.lit(line[name], dtype=pl.String)
            for name in ("activity_code", "amount_unit", "technology_code", "spatial_proxy")
        }
        shares = {name: pl.lit(line[name], dtype=pl.Float64) for name in _SHARES}
        parts.append(
            pl.DataFrame(
                {
                    "district_code": [profile.codes[i] for i in chosen],
                    "amount": np.round(amount[chosen], 3),
                    "_line": [position] * len(chosen),
                }
            ).with_columns(source_category=pl.lit(int(line["source_category"])), **text, **shares)
        )
    return (
        pl.concat(parts)
        .with_columns(
            year=pl.lit(year),
            data_label=pl.lit(SYNTHETIC),
            data_nature=pl.lit(INVENTED),
            cited_from=pl.lit(SYNTHETIC_SOURCE),
        )
        .sort("district_code", "_line")
        .drop("_line")
    )


def _drivers(profile: Profile, *, merged: bool) -> dict[str, Floats]:
    persons, urban = profile.persons, profile.persons * profile.urban_share
    if merged:
        host = np.array(profile.host)
        is_host = host == np.arange(len(host))
        persons, urban = (
            np.where(is_host, np.bincount(host, weights=v, minlength=len(host)), 0.0)
            for v in (persons, urban)
        )
    return {
        "persons": np.round(persons),
        "urban_persons": urban,
        "rural_persons": persons - urban,
        "area_km2": profile.area_km2,
        "farm_area_km2": profile.farm_km2,
    }


def draw_proxies(
    territory: Territory, cells: Cells, scene: Landscape, places: Gazetteer
) -> dict[str, gpd.GeoDataFrame]:
    """Draw the proxies: square cells over the city with a weight for people, roads, cropland and industry."""
    polygons, x, y = _squares(territory, cells)
    nearest = shapely.STRtree(cells.polygons).nearest(shapely.centroid(polygons))
    kind = scene.kind[nearest]
    near_town, near_park = _nearness(places, "town", x, y), _nearness(places, "park", x, y)
    weights = {
        "population": 0.03 + np.isin(kind, (land.TOWN,)) * 3.0 + 4.0 * near_town,
        "roads": 0.2 + 1.5 * near_town + 1.0 * near_park + np.isin(kind, (land.TOWN, land.PARK, land.FRINGE)),
        "cropland": np.where(np.isin(kind, (land.OPEN, land.FARM)), 1.0, 0.05),
        "industrial_land": 0.02 + np.isin(kind, (land.PARK,)) * 3.0 + 2.0 * near_park,
    }
    return {
        name: gpd.GeoDataFrame(
            {
                "cell_id": [f"G{i:06d}" for i in range(1, len(polygons) + 1)],
                "weight": np.round(weight, 4),
                "data_label": SYNTHETIC,
                "data_nature": INVENTED,
                "cited_from": SYNTHETIC_SOURCE,
            },
            geometry=polygons,
            crs=CRS,
        )
        for name, weight in weights.items()
    }


def _squares(territory: Territory, cells: Cells) -> tuple[np.ndarray, Floats, Floats]:
    frame = cells.frame
    side = float(np.sqrt(cells.area_km2.mean() / _PROXY_CELLS_PER_CELL))
    west, south, east, north = shapely.total_bounds(territory.polygons)
    (x0, x1), (y0, y1) = frame.to_km([west, east], [south, north])
    x, y = (a.ravel() for a in np.meshgrid(np.arange(x0, x1, side), np.arange(y0, y1, side)))
    lon0, lat0 = frame.to_degrees(x, y)
    lon1, lat1 = frame.to_degrees(x + side, y + side)
    squares = shapely.box(*(np.round(a, 6) for a in (lon0, lat0, lon1, lat1)))
    outline = shapely.union_all(territory.polygons)
    shapely.prepare(outline)
    chosen = shapely.intersects(outline, squares)
    return squares[chosen], x[chosen] + side / 2, y[chosen] + side / 2


def _nearness(places: Gazetteer, kind: str, x: Floats, y: Floats) -> Floats:
    """Return 1 at the seat of the nearest place of a kind, falling with distance in units of its size."""
    chosen = places.kind == kind
    result = np.zeros(len(x))
    for start in range(0, len(x), 4096):
        part = slice(start, start + 4096)
        distance = np.hypot(x[part, None] - places.x[chosen], y[part, None] - places.y[chosen])
        result[part] = np.exp(-0.5 * (distance / places.size_km[chosen]) ** 2).max(axis=1, initial=0.0)
    return result
