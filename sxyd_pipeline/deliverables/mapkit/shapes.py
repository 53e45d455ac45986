"""Areas of a city, projected, simplified to what paper can show, and turned into outlines once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely
from matplotlib.path import Path

from sxyd_pipeline.deliverables.mapkit.projection import Box, Plane

Geometries = npt.NDArray[Any]
#: Corners that move an outline by less than this share of the city's width (0.1 mm on A3) are left out.
_TOLERANCE = 1.0 / 3000.0


@dataclass(frozen=True, slots=True)
class Areas:
    """Polygons in the order of their codes.

    Attributes:
        codes: code of each.
        shapes: geometry in metres of the drawing plane.
        outlines: outline of each, holes included.
    """

    codes: tuple[str, ...]
    shapes: Geometries
    outlines: tuple[Path, ...]

    def middles(self) -> npt.NDArray[np.float64]:
        """Return ``(n, 2)`` points well inside each polygon."""
        lines = shapely.maximum_inscribed_circle(self.shapes, tolerance=self.extent / 500.0)
        found: npt.NDArray[np.float64] = shapely.get_coordinates(shapely.get_point(lines, 0))
        return found

    def rooms(self) -> npt.NDArray[np.float64]:
        """Return the radius in metres of the largest circle inside each polygon."""
        found: npt.NDArray[np.float64] = shapely.length(
            shapely.maximum_inscribed_circle(self.shapes, tolerance=self.extent / 500.0)
        )
        return found

    @property
    def extent(self) -> float:
        """Width of all areas in metres."""
        west, _, east, _ = shapely.total_bounds(self.shapes)
        return float(east - west)

    @property
    def bounds(self) -> Box:
        """West, south, east and north in metres."""
        west, south, east, north = (float(value) for value in shapely.total_bounds(self.shapes))
        return west, south, east, north


def areas_of(layer: gpd.GeoDataFrame, code: str, plane: Plane, *, simplify: bool = True) -> Areas:
    """Return the polygons of a layer (EPSG:4490) for drawing.

    Args:
        layer: polygons; rows come in the order of the layer.
        code: column with their codes.
        plane: projection to draw in.
        simplify: leave out corners that no paper shows; neighbours keep their common edges.
    """
    shapes = shapely.transform(np.asarray(layer.geometry.array, dtype=object), plane.metres)
    if simplify and len(shapes):
        west, _, east, _ = shapely.total_bounds(shapes)
        tolerance = float(east - west) * _TOLERANCE
        if shapely.coverage_is_valid(shapes):
            simple = shapely.coverage_simplify(shapes, tolerance)
        else:
            simple = shapely.simplify(shapes, tolerance)
        # What vanishes keeps its corners: it has a row in the tables and must be seen.
        shapes = np.where(shapely.is_empty(simple), shapes, simple)
    return Areas(tuple(str(value) for value in layer[code]), shapes, tuple(outline_of(one) for one in shapes))


def outline_of(shape: Any) -> Path:
    """Return the outline of a polygon or multipolygon."""
    # Holes run against their outer ring, or the fill would cover them.
    rings = [
        shapely.get_coordinates(ring)
        for part in shapely.get_parts(shapely.orient_polygons(shape))
        if shapely.get_type_id(part) == shapely.GeometryType.POLYGON
        for ring in shapely.get_rings(part)
    ]
    return joined([Path(ring, closed=True) for ring in rings])


def joined(outlines: Sequence[Path]) -> Path:
    """Return several outlines as one: a class of cells is drawn in one stroke."""
    return Path.make_compound_path(*outlines) if outlines else Path(np.empty((0, 2)))


def union_of(areas: Areas) -> Path:
    """Return the outer outline of all areas together."""
    whole = (
        shapely.coverage_union_all(areas.shapes)
        if shapely.coverage_is_valid(areas.shapes)
        else shapely.union_all(areas.shapes)
    )
    return outline_of(whole)
