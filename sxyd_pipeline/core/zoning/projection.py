"""Working projection, the millimetre grid, and the way back to stored coordinates.

Geometry is stored in EPSG:4490 (CGCS2000, degrees). Areas, overlaps and coverage are
measured in an equal-area projection whose coordinates are whole millimetres: edges shared
by neighbours stay identical, and noise below the grid makes no slivers.
"""

from functools import cache
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import polars as pl
import shapely
from pyproj import CRS, Proj

from sxyd_pipeline.core.zoning.errors import CollapsedGeometryError, CrsMismatchError

Geometries = npt.NDArray[np.object_]

STORED_CRS = "EPSG:4490"

#: Albers equal-area conic with the standard parallels 25 and 47 N and the meridian 105 E in use for
#: maps of the whole country, on GRS80 (same axis as CGCS2000). Areas of irregular units agree with
#: geodesic ones to 8e-5 %, city sums to 1.4e-8 % (Snyder 1987, USGS PP 1395, chapter 14; measured).
WORKING_PROJECTION = (
    "+proj=aea +lat_0=0 +lon_0=105 +lat_1=25 +lat_2=47 +x_0=0 +y_0=0 +ellps=GRS80 +units=m +no_defs"
)

#: Side of the grid that working coordinates are rounded to (domain rule: snap to 1 mm).
GRID_M = 1e-3

#: Longer edges get vertices before they are projected. A straight edge in degrees bends in the
#: projection by L^2 tan(lat) / 8R: 0.2-0.3 mm for 150 m. Areas would allow 5 km, but a vertex of one
#: zone in the middle of a neighbour's 5 km edge would then open a gap 0.3 m wide that nobody drew.
MAXIMUM_EDGE_DEG = 0.0015

M2_PER_KM2 = 1e6


@cache
def _projection() -> Proj:
    return Proj(WORKING_PROJECTION)


def project_points(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Project points (degrees, CGCS2000) to whole millimetres of the working projection (metres)."""
    x, y = _projection()(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    return _on_grid(np.asarray(x)), _on_grid(np.asarray(y))


def unproject_points(x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Bring working coordinates (metres) back to longitude and latitude (degrees, CGCS2000)."""
    lon, lat = _projection()(np.asarray(x, dtype=float), np.asarray(y, dtype=float), inverse=True)
    return np.asarray(lon), np.asarray(lat)


def polygons_of(frame: gpd.GeoDataFrame, layer: str) -> Geometries:
    """Return the polygons of a stored or cleaned layer on the working grid, valid (metres).

    Args:
        frame: polygons in EPSG:4490 that an earlier step has cleaned; no vertices are added.
        layer: name for messages.

    Raises:
        CrsMismatchError: the frame is not in EPSG:4490.
    """
    require_stored_crs(frame, layer)
    return _valid_on_grid(_project(np.asarray(frame.geometry.array, dtype=object)))


def clean_polygons(
    frame: gpd.GeoDataFrame, layer: str, codes: list[str]
) -> tuple[Geometries, npt.NDArray[Any]]:
    """Project raw polygons, snap them to the grid and repair what is invalid.

    Args:
        frame: polygons in EPSG:4490 as delivered.
        layer: name for messages.
        codes: code of each feature, for messages.

    Returns:
        The valid polygons (metres), and for each whether it had been delivered invalid.

    Raises:
        CrsMismatchError: the frame is not in EPSG:4490.
        CollapsedGeometryError: a feature has no area.
    """
    require_stored_crs(frame, layer)
    stated = shapely.force_2d(np.asarray(frame.geometry.array, dtype=object))
    was_invalid = ~shapely.is_valid(stated)
    # Repaired before vertices are added: segmentize would mend an invalid polygon its own way, and
    # lose half of a bow-tie.
    stated[was_invalid] = shapely.make_valid(stated[was_invalid], method="structure", keep_collapsed=False)
    polygons = _valid_on_grid(_project(shapely.segmentize(stated, max_segment_length=MAXIMUM_EDGE_DEG)))
    empty = [code for code, area in zip(codes, shapely.area(polygons), strict=True) if not area > 0.0]
    if empty:
        raise CollapsedGeometryError(layer, empty)
    return polygons, was_invalid


def to_stored(polygons: Geometries) -> Geometries:
    """Bring working polygons back to EPSG:4490; projecting them again gives the same millimetres."""

    def back(xy: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.column_stack(unproject_points(xy[:, 0], xy[:, 1]))

    stored = np.asarray(shapely.transform(polygons, back), dtype=object)
    # An edge one millimetre from a vertex may cross it once it is straight in degrees.
    invalid = ~shapely.is_valid(stored)
    stored[invalid] = shapely.make_valid(stored[invalid], method="structure", keep_collapsed=False)
    return stored


def stored_frame(data: dict[str, Any], polygons: Geometries) -> gpd.GeoDataFrame:
    """Build a frame in EPSG:4490 from columns and working polygons."""
    return gpd.GeoDataFrame(data, geometry=to_stored(polygons), crs=STORED_CRS)


def attributes_of(frame: gpd.GeoDataFrame, schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
    """Return the attributes of a layer with the given columns; missing text is null."""
    return pl.from_pandas(frame[list(schema)].reset_index(drop=True)).select(
        pl.col(name).cast(dtype) for name, dtype in schema.items()
    )


def require_stored_crs(frame: gpd.GeoDataFrame, layer: str) -> None:
    """Raise :class:`CrsMismatchError` unless the frame is in EPSG:4490."""
    if frame.crs is None or CRS(frame.crs) != CRS(STORED_CRS):
        raise CrsMismatchError(layer, "未声明 / undeclared" if frame.crs is None else str(frame.crs))


def _on_grid(metres: npt.NDArray[Any]) -> npt.NDArray[Any]:
    # One rule per coordinate, so that a vertex shared by two polygons lands on the same millimetre.
    return np.round(metres, 3)


def _project(degrees: Geometries) -> Geometries:
    def forward(lonlat: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.column_stack(project_points(lonlat[:, 0], lonlat[:, 1]))

    return np.asarray(shapely.transform(degrees, forward), dtype=object)


def _valid_on_grid(polygons: Geometries) -> Geometries:
    polygons = polygons.copy()
    invalid = ~shapely.is_valid(polygons)
    if invalid.any():
        repaired = shapely.make_valid(polygons[invalid], method="structure", keep_collapsed=False)
        # The points where a ring crosses itself are new and off the grid: set_precision nodes them anew.
        polygons[invalid] = shapely.set_precision(repaired, GRID_M)
    return polygons
