"""Areas that the polygons of two layers share: the one geometric kernel of bridge and accounts.

Everything that needs to know "how much of this lies in that" comes here, so that a faster
kernel can take the place of this one without a change elsewhere.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from sxyd_pipeline.core.zoning.projection import Geometries

Indices = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]

#: Two cores are what every machine we run on has; the result does not depend on the number.
_THREADS = 2
_PAIRS_WORTH_THREADS = 200


@dataclass(frozen=True, slots=True)
class SharedAreas:
    """Pairs of polygons that share area, sorted by left and right index.

    Attributes:
        left: index into the left layer.
        right: index into the right layer.
        area_m2: shared area, above zero.
        width_m: mean width of the shared part, ``2 area / perimeter``; a long strip has its width.
    """

    left: Indices
    right: Indices
    area_m2: Floats
    width_m: Floats


def share_areas(left: Geometries, right: Geometries, *, right_tiles: bool = False) -> SharedAreas:
    """Measure the area every polygon of ``left`` shares with every polygon of ``right``.

    Args:
        left: valid polygons on the working grid (metres).
        right: valid polygons on the same grid.
        right_tiles: the polygons of ``right`` are known not to overlap each other; nested layers are
            then much faster.

    Returns:
        The pairs with a positive area; pairs that only touch are left out.
    """
    pairs = shapely.STRtree(right).query(left)
    i, j = (side[np.lexsort((pairs[1], pairs[0]))] for side in (pairs[0], pairs[1]))
    if i.size == 0:
        return SharedAreas(i, j, np.empty(0), np.empty(0))
    area = np.zeros(i.size)
    perimeter = np.zeros(i.size)
    shapely.prepare(left)
    shapely.prepare(right)

    open_ = np.asarray(shapely.intersects(right[j], left[i]))
    inside = open_ & np.asarray(shapely.covers(left[i], right[j]))
    area[inside], perimeter[inside] = shapely.area(right[j[inside]]), shapely.length(right[j[inside]])
    open_ &= ~inside
    around = np.zeros(i.size, dtype=bool)
    around[open_] = shapely.covers(right[j[open_]], left[i[open_]])
    area[around], perimeter[around] = shapely.area(left[i[around]]), shapely.length(left[i[around]])
    open_ &= ~around
    if right_tiles:
        # What lies wholly in one tile shares nothing with the tiles it touches.
        open_ &= ~np.isin(i, i[around])
    parts = _intersect(left[i[open_]], right[j[open_]])
    area[open_] = shapely.area(parts)
    # Lines where the pair merely touches are part of the intersection, but not of its boundary.
    perimeter[open_] = _perimeter(parts)

    kept = area > 0.0
    return SharedAreas(i[kept], j[kept], area[kept], 2.0 * area[kept] / perimeter[kept])


def _intersect(left: Geometries, right: Geometries) -> Geometries:
    """Intersect pair by pair; the work is GEOS's, which needs no interpreter, so threads share it."""
    if left.size < _PAIRS_WORTH_THREADS:
        return np.asarray(shapely.intersection(left, right))
    found = np.empty(left.size, dtype=object)

    def work(thread: int) -> None:
        # Neighbouring pairs hold the same large polygons: dealing them out in turn balances the threads.
        found[thread::_THREADS] = shapely.intersection(left[thread::_THREADS], right[thread::_THREADS])

    with ThreadPoolExecutor(_THREADS) as pool:
        list(pool.map(work, range(_THREADS)))
    return found


def polygon_parts(geometries: Geometries) -> tuple[Geometries, Indices]:
    """Take geometries apart into their polygons, with the index of the geometry each comes from."""
    parts, index = shapely.get_parts(geometries, return_index=True)
    nested = shapely.get_type_id(parts) == shapely.GeometryType.MULTIPOLYGON
    if nested.any():  # multipolygons inside geometry collections
        inner, inner_index = shapely.get_parts(parts[nested], return_index=True)
        index = np.concatenate([index[~nested], index[nested][inner_index]])
        parts = np.concatenate([parts[~nested], inner])
    polygonal = shapely.area(parts) > 0.0
    return parts[polygonal], index[polygonal]


def mean_widths(polygons: Geometries) -> Floats:
    """Return ``2 area / perimeter`` (m): the width of a strip, half the side of a square."""
    return np.asarray(2.0 * shapely.area(polygons) / shapely.length(polygons))


def contain_points(polygons: Geometries, x: Floats, y: Floats) -> tuple[Indices, Indices]:
    """Find the polygons that hold points strictly inside.

    Args:
        polygons: valid polygons on the working grid.
        x: eastings (metres).
        y: northings (metres).

    Returns:
        Index of the point and of the polygon, for every hit.
    """
    point, polygon = shapely.STRtree(polygons).query(shapely.points(x, y))
    # Grouped by polygon, the prepared index of each is used while it is in the cache.
    order = np.argsort(polygon, kind="stable")
    point, polygon = point[order], polygon[order]
    shapely.prepare(polygons)
    hit = np.asarray(shapely.contains_xy(polygons[polygon], x[point], y[point]), dtype=bool)
    return point[hit], polygon[hit]


def first_containing(polygons: Geometries, x: Floats, y: Floats) -> Indices:
    """Return for each point the lowest index of a polygon that holds it strictly inside, or -1."""
    point, polygon = contain_points(polygons, x, y)
    first = np.full(len(x), len(polygons), dtype=np.intp)
    np.minimum.at(first, point, polygon)
    first[first == len(polygons)] = -1
    return first


def largest_share(shared: SharedAreas, count: int) -> Indices:
    """Return for each left polygon the right one it shares most area with (ties: lowest), or -1."""
    best = np.full(count, -1, dtype=np.intp)
    order = np.lexsort((-shared.right, shared.area_m2))
    best[shared.left[order]] = shared.right[order]
    return best


def _perimeter(geometries: Geometries) -> Floats:
    parts, index = polygon_parts(geometries)
    return np.bincount(index, weights=shapely.length(parts), minlength=len(geometries)).astype(np.float64)
