"""Point sources: every point goes whole into exactly one feature of a layer."""

import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.baseline.errors import UnplacedEmissionError
from sxyd_pipeline.core.baseline.layer import OUTSIDE, Layer
from sxyd_pipeline.core.zoning.areas import Floats, Indices, contain_points
from sxyd_pipeline.core.zoning.projection import GRID_M, Geometries

#: A point in a gap that cleaning left goes to the nearest feature up to here: twice the accuracy of
#: the work, 0.5 mm at 1:50 000 for either of two lines (domain 8.4).
NEAREST_M = 50.0

_NOWHERE = -1


def place_points(spread_ids: pl.Series, x: Floats, y: Floats, layer: Layer) -> pl.DataFrame:
    """Place points in a layer.

    Args:
        spread_ids: id of each point.
        x: eastings on the working grid (metres).
        y: northings on the working grid (metres).
        layer: features that receive the points.

    Returns:
        One row per point: ``spread_id, layer, code, share`` (1) and ``how``.

    Raises:
        UnplacedEmissionError: a layer that must hold every point has none within 50 m of one.
    """
    feature, how = _assign(layer.polygons, x, y, nearest=layer.covers_city)
    unplaced = feature == _NOWHERE
    if unplaced.any() and not layer.may_miss:
        raise UnplacedEmissionError(spread_ids.filter(pl.Series(unplaced)).to_list(), layer.name)
    codes = pl.Series([*layer.codes, OUTSIDE], dtype=pl.String)
    return pl.DataFrame(
        {
            "spread_id": spread_ids,
            # The last code stands for the outside; no feature has that index.
            "code": codes.gather(np.where(unplaced, len(layer.codes), feature)),
            "how": pl.Series(how, dtype=pl.String),
        }
    ).select("spread_id", "code", "how", layer=pl.lit(layer.name), share=pl.lit(1.0))


def _assign(polygons: Geometries, x: Floats, y: Floats, *, nearest: bool) -> tuple[Indices, list[str]]:
    """Return the feature of each point (-1: none) and how it was found."""
    point, polygon = contain_points(polygons, x, y)
    feature = _lowest(point, polygon, len(x))
    how = np.where(np.bincount(point, minlength=len(x)) > 1, "boundary_tie", "point").astype(object)

    rest = np.flatnonzero(feature == _NOWHERE)
    tree = shapely.STRtree(polygons)
    near, polygon = tree.query(shapely.points(x[rest], y[rest]), predicate="dwithin", distance=GRID_M)
    found = _lowest(near, polygon, len(rest))
    feature[rest] = found
    how[rest[found != _NOWHERE]] = "boundary_tie"

    if nearest:
        rest = rest[found == _NOWHERE]
        near, polygon = tree.query_nearest(shapely.points(x[rest], y[rest]), max_distance=NEAREST_M)
        found = _lowest(near, polygon, len(rest))
        feature[rest] = found
        how[rest[found != _NOWHERE]] = "nearest"
    return feature, [str(word) for word in how]


def _lowest(point: Indices, polygon: Indices, count: int) -> Indices:
    lowest = np.full(count, np.iinfo(np.intp).max, dtype=np.intp)
    np.minimum.at(lowest, point, polygon)
    lowest[lowest == np.iinfo(np.intp).max] = _NOWHERE
    return lowest
