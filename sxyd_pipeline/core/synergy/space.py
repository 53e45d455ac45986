"""Who is whose neighbour: weights for spatial statistics, from polygons, raster cells or points.

Weights are kept as compressed rows. They are binary until :func:`standardise` divides each row by its sum;
an area without a neighbour is an island: its lag is 0, and it is counted and reported, never dropped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import shapely
from scipy import sparse
from scipy.spatial import cKDTree

from sxyd_pipeline.core.panels import require_choice
from sxyd_pipeline.core.synergy.coupling_errors import UndefinedAmountError, UnmatchedValuesError
from sxyd_pipeline.core.zoning.areas import Floats, Indices
from sxyd_pipeline.core.zoning.projection import Geometries

ROOK, QUEEN = "rook", "queen"

_SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0))
_CORNERS = ((1, 1), (1, -1), (-1, 1), (-1, -1))

#: A border shorter than this many snapping distances is a corner, not a side.
_SIDE_IN_SNAPS = 4.0


@dataclass(frozen=True)
class Weights:
    """Spatial weights of ``n`` areas.

    Attributes:
        start: ``n + 1`` offsets; the neighbours of area ``i`` stand at ``start[i]:start[i + 1]``.
        neighbour: index of each neighbour, ascending within a row.
        value: its weight.
        criterion: how neighbours were found, in words.
    """

    start: Indices
    neighbour: Indices
    value: Floats
    criterion: str

    @property
    def size(self) -> int:
        """Number of areas."""
        return len(self.start) - 1

    @cached_property
    def counts(self) -> Indices:
        """Neighbours of each area."""
        return np.diff(self.start)

    @property
    def islands(self) -> npt.NDArray[np.bool_]:
        """Areas without a neighbour."""
        return np.asarray(self.counts == 0)

    @cached_property
    def matrix(self) -> sparse.csr_array:
        """The weights as a sparse matrix ``(n, n)``."""
        return sparse.csr_array((self.value, self.neighbour, self.start), shape=(self.size, self.size))

    @cached_property
    def sums(self) -> tuple[float, float, float]:
        """``S0 = sum w``, ``S1 = sum (w_ij + w_ji)^2 / 2``, ``S2 = sum_i (w_i. + w_.i)^2``."""
        both = self.matrix + self.matrix.T
        rows, columns = self.matrix.sum(axis=1), self.matrix.sum(axis=0)
        return (
            float(self.value.sum()),
            0.5 * float((both.data**2).sum()),
            float(((rows + columns) ** 2).sum()),
        )

    def lag(self, values: Floats) -> Floats:
        """Return ``sum_j w_ij x_j`` of each area (0 for islands); columns of a table one by one."""
        return np.asarray(self.matrix @ values)


def weights_of_pairs(left: Iterable[int], right: Iterable[int], size: int, criterion: str) -> Weights:
    """Build binary weights from pairs of areas; repeated pairs count once, an area with itself not at all.

    Args:
        left: area.
        right: neighbour of it; give both directions for a symmetric relation.
        size: number of areas.
        criterion: how the pairs were found, in words.
    """
    i, j = np.asarray(left, dtype=np.intp), np.asarray(right, dtype=np.intp)
    keys = np.unique(i[i != j] * size + j[i != j])
    start = np.zeros(size + 1, dtype=np.intp)
    np.cumsum(np.bincount(keys // max(size, 1), minlength=size), out=start[1:])
    return Weights(start, keys % max(size, 1), np.ones(len(keys)), criterion)


def standardise(weights: Weights) -> Weights:
    """Divide each row by its sum, so that a lag is the mean over the neighbours."""
    row = np.repeat(np.arange(weights.size), weights.counts)
    sums = np.bincount(row, weights=weights.value, minlength=weights.size)
    criterion = f"{weights.criterion}, row-standardised"
    return replace(weights, value=weights.value / sums[row], criterion=criterion)


def raster_neighbours(column: npt.ArrayLike, row: npt.ArrayLike, criterion: str = QUEEN) -> Weights:
    """Find the neighbours of cells of a regular grid; cells that are not there leave holes.

    Args:
        column: whole column number of each cell.
        row: whole row number of each cell.
        criterion: :data:`ROOK` (cells that share a side) or :data:`QUEEN` (a corner is enough).

    Returns:
        Binary, symmetric weights.

    Raises:
        NotOnListError: the criterion is neither of the two.
        UnmatchedValuesError: not one row number per column number.
    """
    require_choice("criterion", criterion, (QUEEN, ROOK))
    if np.shape(column) != np.shape(row):
        raise UnmatchedValuesError([np.size(column), np.size(row)])
    x, y = np.asarray(column, dtype=np.int64), np.asarray(row, dtype=np.int64)
    if not len(x):
        return weights_of_pairs([], [], 0, criterion)
    # One more column on either side keeps the last cell of a row apart from the first of the next.
    width = int(x.max() - x.min()) + 3
    keys = (y - y.min() + 1) * width + (x - x.min() + 1)
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    left, right = [], []
    for dx, dy in (*_SIDES, *(_CORNERS if criterion == QUEEN else ())):
        wanted = keys + dy * width + dx
        place = np.minimum(np.searchsorted(ordered, wanted), len(ordered) - 1)
        found = np.flatnonzero(ordered[place] == wanted)
        left.append(found)
        right.append(order[place[found]])
    return weights_of_pairs(np.concatenate(left), np.concatenate(right), len(x), criterion)


def polygon_neighbours(polygons: Geometries, *, snap_m: float, criterion: str = QUEEN) -> Weights:
    """Find polygons that touch each other, lines that miss each other by up to ``snap_m`` included.

    Args:
        polygons: valid polygons in metres.
        snap_m: how far apart two drawings of one border may lie (m).
        criterion: :data:`QUEEN` (within the snapping distance) or :data:`ROOK` (a shared border longer than
            four snapping distances).

    Returns:
        Binary, symmetric weights.
    """
    tree = shapely.STRtree(polygons)
    i, j = tree.query(polygons, predicate="dwithin", distance=snap_m)
    first = i < j
    i, j = i[first], j[first]
    if criterion == ROOK and len(i):
        near = shapely.buffer(polygons[i], snap_m)
        shared = shapely.length(shapely.intersection(near, shapely.boundary(polygons[j])))
        i, j = i[shared > _SIDE_IN_SNAPS * snap_m], j[shared > _SIDE_IN_SNAPS * snap_m]
    words = f"{criterion} contiguity within {snap_m:g} m"
    return weights_of_pairs(np.concatenate([i, j]), np.concatenate([j, i]), len(polygons), words)


def require_values(values: npt.ArrayLike, size: int | None = None) -> Floats:
    """Return values as an array; refuse missing ones, and another number of them than there are areas.

    Raises:
        UnmatchedValuesError: not one value per area.
        UndefinedAmountError: an area has no value, or an infinite one: leave the area out together with its
            neighbours.
    """
    x = np.asarray(values, dtype=float)
    if size is not None and len(x) != size:
        raise UnmatchedValuesError([len(x), size])
    missing = int((~np.isfinite(x)).sum())
    if missing:
        raise UndefinedAmountError("缺失或无穷", "missing or infinite", missing)
    return x


def without_noise(values: npt.ArrayLike) -> Floats:
    """Round values to some twelve digits, so that equal tonnes summed in another order are equal again."""
    digits, exponent = np.frexp(np.asarray(values, dtype=float))
    return np.asarray(np.ldexp(np.round(digits, 12), exponent))


def nearest_neighbours(x: Floats, y: Floats, k: int) -> Weights:
    """Take the ``k`` nearest points of each point (not symmetric); ties go to the lower index.

    Args:
        x: eastings (m).
        y: northings (m).
        k: neighbours of each point; all others where there are fewer.
    """
    points, size = np.column_stack([x, y]), len(x)
    wanted = min(k, size - 1)
    if wanted < 1:
        return weights_of_pairs([], [], size, f"{k} nearest")
    # A few more than wanted, so that ties at the edge are settled by index and not by the tree.
    distance, index = cKDTree(points).query(points, k=min(size, wanted + 9))
    distance = np.where(index == np.arange(size)[:, None], -1.0, distance)
    order = np.lexsort((index, distance), axis=1)[:, 1 : wanted + 1]
    right = np.take_along_axis(index, order, axis=1)
    return weights_of_pairs(np.repeat(np.arange(size), wanted), right.ravel(), size, f"{k} nearest")
