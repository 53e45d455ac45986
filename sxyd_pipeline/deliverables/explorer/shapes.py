"""Polygons small enough for a page: simplified together, in whole numbers, as first point and steps."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

#: Width of the city in steps of the page's grid: finer than a pixel of a wide screen at tenfold zoom.
GRID_WIDTH = 16_000
#: Corners that move an outline by less than this share of the city's width are left out.
_TOLERANCE = 1 / 4_000
Rings = list[list[int]]
Geometries = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the page's grid lies.

    Attributes:
        box: west, south, east, north in degrees.
        size: width and height in steps; a step is as long on the ground both ways.
    """

    box: tuple[float, float, float, float]
    size: tuple[int, int]


def frame_of(layer: gpd.GeoDataFrame) -> Frame:
    """Return the grid that holds a layer (EPSG:4490)."""
    west, south, east, north = (float(value) for value in layer.total_bounds)
    # A degree of longitude is shorter than one of latitude.
    shrink = float(np.cos(np.radians((south + north) / 2.0)))
    height = round(GRID_WIDTH * (north - south) / ((east - west) * shrink))
    return Frame((west, south, east, north), (GRID_WIDTH, max(1, height)))


def pack_layer(layer: gpd.GeoDataFrame, frame: Frame, *, tiles: bool) -> list[Rings]:
    """Return the rings of every feature, in the order of the layer.

    Args:
        layer: polygons in EPSG:4490.
        frame: the page's grid.
        tiles: the features share their edges, which then stay shared; needs a layer without overlaps.

    Returns:
        Per feature its rings, each ``[x, y, dx, dy, dx, dy, ...]`` in steps, y downwards.
    """
    west, _, east, _ = frame.box
    tolerance = (east - west) * _TOLERANCE
    shapes = np.asarray(layer.geometry.array, dtype=object)
    if tiles and shapely.coverage_is_valid(shapes):
        simple = shapely.coverage_simplify(shapes, tolerance)
    else:
        simple = shapely.simplify(shapes, tolerance)
    return [_rings(shape, original, frame) for shape, original in zip(simple, shapes, strict=True)]


def _rings(shape: Any, original: Any, frame: Frame) -> Rings:
    found = [_steps(ring, frame) for ring in _outlines(shape)]
    kept = [ring for ring in found if len(ring) >= 6]  # noqa: PLR2004 - three corners
    if kept:
        return kept
    # A feature smaller than a step keeps its corners, so that it can still be found.
    return [ring for ring in (_steps(line, frame) for line in _outlines(original)) if ring][:1]


def _outlines(shape: Any) -> list[npt.NDArray[np.float64]]:
    polygons = shapely.get_parts(shape)
    return [
        shapely.get_coordinates(ring)
        for polygon in polygons
        if shapely.get_type_id(polygon) == shapely.GeometryType.POLYGON
        for ring in shapely.get_rings(polygon)
    ]


def _steps(corners: npt.NDArray[np.float64], frame: Frame) -> list[int]:
    (west, south, east, north), (width, height) = frame.box, frame.size
    x = np.rint((corners[:-1, 0] - west) / (east - west) * width).astype(np.int64)
    y = np.rint((north - corners[:-1, 1]) / (north - south) * height).astype(np.int64)
    points = np.column_stack([x, y])
    moved = np.ones(len(points), dtype=bool)
    moved[1:] = np.any(points[1:] != points[:-1], axis=1)
    points = points[moved]
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    return [int(value) for value in steps.ravel()]
