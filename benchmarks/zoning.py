"""Time the zoning and placement steps on a synthetic city, beside geopandas, in one run.

The city has the size of a large prefecture: 112 x 112 km, some 600 control units with irregular
edges, seven element layers of about 100 polygons (four are unions of control units, three are drawn
on their own) and 20 000 points. Printed are CPU seconds (least of the repeats) and the ratio to
``gpd.overlay`` and ``gpd.sjoin``; areas and assignments of both sides are compared first.

Run: ``python benchmarks/zoning.py``
"""

import time
from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import polars as pl
import shapely

from sxyd_pipeline.core.baseline import place_sources
from sxyd_pipeline.core.baseline.layer import Layer
from sxyd_pipeline.core.baseline.points import place_points
from sxyd_pipeline.core.zoning import (
    bridge_control_units,
    bridge_gaps,
    clean_districts,
    overlapping_features,
    report_topology,
    uncovered_area,
)
from sxyd_pipeline.core.zoning.overlay import draw_control_units
from sxyd_pipeline.core.zoning.projection import polygons_of, stored_frame, unproject_points

SIDE_M = 112_000.0
ORIGIN_M = (1_300_000.0, 3_480_000.0)
UNITS, ZONES_PER_LAYER, DISTRICTS, POINTS = 600, 100, 8, 20_000
DISPLACEMENT, LEVELS = 0.12, 7
CITY = "321100"
NESTED = ("water", "soil", "ecology", "coastal")
INDEPENDENT = ("air", "resources", "noise")


def main() -> None:
    """Build the city, time every step, print the table."""
    rng = np.random.default_rng(20)
    units = irregular_cells(UNITS, rng)
    control_units = frame_of("control_unit_code", [f"ZH3211013{n:04d}" for n in range(len(units))], units)
    districts = frame_of("district_code", *dissolve(units, DISTRICTS, "3211{:02d}", rng))
    layers = [dissolve(units, ZONES_PER_LAYER, f"{element}-{{:04d}}", rng) for element in NESTED]
    layers += [
        ([f"{element}-{n:04d}" for n in range(len(cells))], cells)
        for element, cells in ((e, irregular_cells(ZONES_PER_LAYER, rng)) for e in INDEPENDENT)
    ]
    zones = pd.concat([frame_of("zone_code", codes, cells) for codes, cells in layers], ignore_index=True)
    zones["element"] = zones["zone_code"].str.split("-").str[0]
    zones["control_class"] = rng.choice([1, 2, 3], len(zones), p=[0.2, 0.2, 0.6])
    zones["zone_type"] = zones["control_class"].astype(str) + "31"
    vertices = shapely.get_num_coordinates(polygons_of(control_units, "units")).sum()
    print(f"{len(units)} control units, {vertices} vertices; {len(zones)} zones; {len(districts)} districts")

    compare_bridge(control_units, zones)
    compare_points(control_units, rng)
    time_steps(control_units, zones, districts, rng)


def compare_bridge(control_units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> None:
    """Bridge of all layers against one overlay per layer."""
    projected_units = projected(control_units)
    projected_zones = projected(zones)

    def overlay() -> float:
        return sum(
            float(gpd.overlay(projected_units, members, keep_geom_type=True).area.sum())
            for _, members in projected_zones.groupby("element")
        )

    ours, bridge = best(lambda: bridge_control_units(control_units, zones))
    theirs, area_m2 = best(overlay, repeats=1)
    gap = abs(bridge["area_km2"].sum() * 1e6 / area_m2 - 1.0)
    print(f"bridge, {zones['element'].nunique()} layers: {ours:.2f} s; gpd.overlay {theirs:.2f} s; "
          f"{theirs / ours:.1f}x; areas differ by {gap:.1e}; {bridge.height} rows")  # fmt: skip


def compare_points(control_units: gpd.GeoDataFrame, rng: np.random.Generator) -> None:
    """Placement of points against a spatial join."""
    x, y = (np.round(rng.uniform(0, SIDE_M, POINTS), 3) + origin for origin in ORIGIN_M)
    projected_units = projected(control_units)
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(x, y))
    codes = control_units["control_unit_code"].tolist()
    layer = Layer(
        "control_unit", codes, polygons_of(control_units, "units"), covers_city=True, may_miss=False
    )
    ids = pl.Series(np.arange(POINTS)).cast(pl.String)
    ours, placed = best(lambda: place_points(ids, x, y, layer), repeats=3)
    theirs, joined = best(lambda: gpd.sjoin(points, projected_units, predicate="within"), repeats=3)
    same = (placed["code"].to_numpy()[joined.index] == joined["control_unit_code"].to_numpy()).all()
    print(f"{POINTS} points: {ours:.3f} s; gpd.sjoin {theirs:.3f} s; {theirs / ours:.1f}x; same: {same}")


def time_steps(
    control_units: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> None:
    """Seconds of the other steps."""
    delivered = districts.rename(columns={"district_code": "code"}).assign(
        layer="districts", name="", control_class=None, zone_type=None, valid_from=None, valid_to=None,
        predecessors=None, source_file="", source_sheet=None, source_row=1,
    )  # fmt: skip
    districts = clean_districts(delivered).table
    covering = zones[zones["element"] == "air"]
    bridge = bridge_control_units(control_units, zones)
    cells = grid(1000.0, rng)
    lon, lat = unproject_points(*(rng.uniform(1, SIDE_M - 1, 400) + origin for origin in ORIGIN_M))
    facilities = pl.DataFrame({"facility_id": [str(n) for n in range(400)], "lon": lon, "lat": lat})
    spreads = [
        *(f"facility:{n}" for n in range(400)),
        *(
            f"area:{code}:{proxy}"
            for code in districts["district_code"]
            for proxy in ("areal", "people", "roads")
        ),
    ]
    emissions = pl.DataFrame({"city_code": CITY, "spread_id": spreads})
    steps: dict[str, Callable[[], Any]] = {
        "clean districts": lambda: clean_districts(delivered),
        "overlaps of control units": lambda: overlapping_features(control_units),
        "overlaps of zones": lambda: overlapping_features(zones, by="element"),
        "uncovered area, control units": lambda: uncovered_area(control_units, districts),
        "uncovered area, air": lambda: uncovered_area(covering, districts),
        "bridge gaps": lambda: bridge_gaps(control_units, bridge),
        "topology report": lambda: report_topology(delivered, districts, zones, control_units),
        "draw control units by overlay": lambda: draw_control_units(districts, zones, ("air",), 0.5),
        f"placements, 400 points, 24 area spreads, {len(cells)} cells": lambda: place_sources(
            emissions, facilities, cells, districts, zones, control_units
        ),
    }  # fmt: skip
    for name, step in steps.items():
        print(f"{name}: {best(step, repeats=1)[0]:.2f} s")


def best(step: Callable[[], Any], repeats: int = 2) -> tuple[float, Any]:
    """Return the least CPU seconds of some runs, and the result."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = step()
        seconds.append(time.process_time() - start)
    return min(seconds), result


def projected(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame in the working projection, as plain geopandas work starts from."""
    return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=polygons_of(frame, "layer"))


def frame_of(code: str, codes: list[str], polygons: np.ndarray) -> gpd.GeoDataFrame:
    """Build a layer in EPSG:4490."""
    data = {"city_code": CITY, code: codes, "area_km2": shapely.area(polygons) / 1e6, "stated_area_km2": None}
    return stored_frame({**data, "data_label": "示例数据"}, polygons)


def dissolve(
    units: np.ndarray, count: int, pattern: str, rng: np.random.Generator
) -> tuple[list[str], np.ndarray]:
    """Union units around random seeds: a layer that nests in the units."""
    seeds = rng.uniform(0, SIDE_M, (count, 2)) + ORIGIN_M
    centre = shapely.get_coordinates(shapely.centroid(units))
    owner = ((centre[:, None, :] - seeds[None]) ** 2).sum(axis=2).argmin(axis=1)
    groups = [shapely.coverage_union_all(units[owner == group]) for group in np.unique(owner)]
    return [pattern.format(number) for number in range(len(groups))], np.array(groups, dtype=object)


def irregular_cells(count: int, rng: np.random.Generator) -> np.ndarray:
    """Cut the square into Voronoi cells whose shared edges wander (midpoint displacement)."""
    seeds = shapely.MultiPoint(rng.uniform(0, SIDE_M, (count, 2)))
    square = shapely.box(0, 0, SIDE_M, SIDE_M)
    inner = shapely.get_parts(shapely.voronoi_polygons(seeds, extend_to=square, only_edges=True))
    edges = shapely.get_parts(shapely.intersection(shapely.union_all(inner), square))
    wandering = [shapely.LineString(wander(shapely.get_coordinates(edge)[[0, -1]], rng)) for edge in edges]
    lines = shapely.union_all([*shapely.intersection(wandering, square), square.boundary], grid_size=1e-3)
    cells = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    return np.asarray(shapely.transform(cells, lambda xy: np.round(xy + ORIGIN_M, 3)), dtype=object)


def wander(line: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Displace midpoints again and again."""
    for _ in range(LEVELS):
        step = np.diff(line, axis=0)
        if np.hypot(*step.T).min() < 20.0:
            break
        normal = np.column_stack([-step[:, 1], step[:, 0]])
        middle = line[:-1] + step / 2 + normal * rng.uniform(-DISPLACEMENT, DISPLACEMENT, (len(step), 1))
        line = np.insert(line, np.arange(1, len(line)), middle, axis=0)
    return line


def grid(side_m: float, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Two proxies on one grid of square cells."""
    west, south = (axis.ravel() for axis in np.meshgrid(*[np.arange(0, SIDE_M, side_m)] * 2))
    boxes = shapely.box(west, south, west + side_m, south + side_m)
    boxes = shapely.transform(boxes, lambda xy: xy + ORIGIN_M)
    names = [str(number) for number in range(len(boxes))]
    frames = [
        stored_frame({"proxy": proxy, "cell_id": names, "weight": rng.lognormal(size=len(boxes))}, boxes)
        for proxy in ("people", "roads")
    ]
    return pd.concat(frames, ignore_index=True)


if __name__ == "__main__":
    main()
