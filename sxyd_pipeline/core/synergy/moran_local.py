"""Local Moran, bivariate local Moran and Gi*: which areas make the pattern, and how sure that is.

All three ask the same question of an area: is the sum over its neighbours unusual among sums over as many
areas drawn at random, the area itself held where it is (conditional permutation). So they share one
reference distribution (:func:`conditional_tails`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sxyd_pipeline.core.synergy.coupling_errors import UnequalWeightsError
from sxyd_pipeline.core.synergy.space import Weights, require_values

Floats = npt.NDArray[np.float64]
Indices = npt.NDArray[np.intp]
Words = npt.NDArray[np.object_]

#: Above this share of all areas a neighbourhood gets draws of its own, since shared ones too often hold
#: the area itself and would have to be thrown away.
_LARGEST_SHARED = 0.25
#: Standard deviations of the number of draws that hold an area, drawn on top: hardly any area falls short.
_SPARE = 5.0
#: Sums of the same values in another order differ by rounding; closer ones count as equal.
_SAME = 1e-9
_CHUNK_VALUES = 4_000_000

NOT_SIGNIFICANT, ISLAND = "not_significant", "island"


@dataclass(frozen=True, slots=True)
class Tails:
    """How unusual each area's neighbourhood is; NaN for islands.

    Attributes:
        upper: pseudo p of a sum at least as high.
        lower: pseudo p of a sum at least as low.
        drawn: permutations that count for the area.
    """

    upper: Floats
    lower: Floats
    drawn: Indices

    @property
    def folded(self) -> Floats:
        """The smaller tail: the pseudo p that GeoDa and esda print. One-sided; doubled, it is two-sided."""
        return np.fmin(self.upper, self.lower)


@dataclass(frozen=True, slots=True)
class Local:
    """A local statistic of every area.

    Attributes:
        value: the statistic; NaN for islands and where nothing varies.
        p_value: pseudo p of the conditional permutations.
        p_fdr: Benjamini-Hochberg adjusted p, from the two-sided pseudo p.
        cluster: HH, LL, HL, LH (Moran) or hot, cold (Gi*), ``not_significant`` or ``island``.
        drawn: permutations that count for the area.
    """

    value: Floats
    p_value: Floats
    p_fdr: Floats
    cluster: Words
    drawn: Indices


def local_moran(
    values: npt.ArrayLike, weights: Weights,
    *, permutations: int = 999, seed: int = 0, significance_p: float = 0.05, tails: Tails | None = None,
) -> Local:  # fmt: skip
    """Compute local Moran (LISA): ``I_i = z_i / m2 * sum_j w_ij z_j``, ``m2 = sum z^2 / n``.

    Args:
        values: one value per area.
        weights: equal within each neighbourhood (binary or row-standardised).
        permutations: conditional permutations, 999 or more; 0 for none: no p and no cluster then.
        seed: their seed.
        significance_p: areas with a larger pseudo p have no cluster.
        tails: what :func:`conditional_tails` found for these values; drawn here when None.

    Returns:
        HH and LL are areas like their neighbours, HL and LH unlike them; signs of ``z_i`` and of the lag.

    Raises:
        UnequalWeightsError: weights differ within a neighbourhood.
        UnmatchedValuesError: not one value per area.
        UndefinedAmountError: an area has no value.

    References:
        Anselin (1995), Geographical Analysis 27, 93-115.
    """
    return bivariate_local_moran(
        values, values, weights,
        permutations=permutations, seed=seed, significance_p=significance_p, tails=tails,
    )  # fmt: skip


def bivariate_local_moran(
    x: npt.ArrayLike, y: npt.ArrayLike, weights: Weights,
    *, permutations: int = 999, seed: int = 0, significance_p: float = 0.05, tails: Tails | None = None,
) -> Local:  # fmt: skip
    """Compute bivariate local Moran: ``I_i = zx_i * sum_j w_ij zy_j / sqrt(m2_x m2_y)``.

    HL is an area high in ``x`` among neighbours low in ``y``. See :func:`local_moran`;
    ``tails`` are those of ``y``.
    """
    zx, zy = (_centred(require_values(v, weights.size)) for v in (x, y))
    scale = float(np.sqrt((zx @ zx) * (zy @ zy))) / max(len(zx), 1)
    lag = weights.lag(zy)
    tails = tails or conditional_tails(zy, weights, permutations=permutations, seed=seed)
    value = np.where(weights.islands, np.nan, zx * lag / scale if scale > 0.0 else np.nan)
    letters = np.where(zx > 0.0, "H", "L").astype(object) + np.where(lag > 0.0, "H", "L").astype(object)
    p = np.where(np.isnan(value), np.nan, tails.folded)
    certain = (p <= significance_p) & (value != 0.0)
    return _labelled(value, p, np.where(certain, letters, NOT_SIGNIFICANT), tails, weights)


def gi_star(
    values: npt.ArrayLike, weights: Weights,
    *, permutations: int = 999, seed: int = 0, significance_p: float = 0.05, tails: Tails | None = None,
) -> Local:  # fmt: skip
    """Compute Getis-Ord Gi*: is the sum over an area and its neighbours high (hot) or low (cold).

    ``Gi* = (sum_j w_ij x_j - mean W_i) / (s sqrt((n W_i - W_i^2) / (n - 1)))``, binary weights, the area
    itself among its neighbours, ``W_i = k_i + 1``, ``s^2 = sum (x - mean)^2 / n``: a z-score.

    Args:
        values: one value per area.
        weights: neighbours; their values are taken as 1.
        permutations: conditional permutations.
        seed: their seed.
        significance_p: areas with a larger pseudo p, on the side the sign points to, have no cluster.
        tails: what :func:`conditional_tails` found for these values; drawn here when None.

    Returns:
        The p is that of the upper tail where Gi* is positive and of the lower one where it is negative: a
        high area among low neighbours has a positive Gi* and is still no hot spot.

    References:
        Ord and Getis (1995), Geographical Analysis 27, 286-306.
    """
    z = _centred(require_values(values, weights.size))
    n, held = len(z), weights.counts + 1.0
    deviation = float(np.sqrt(z @ z / max(n, 1)))
    width = deviation * np.sqrt(np.maximum(n * held - held**2, 0.0) / max(n - 1, 1))
    total = z + _neighbour_sums(z, weights)
    value = np.divide(total, width, out=np.full(n, np.nan), where=width > 0.0)
    value = np.where(weights.islands, np.nan, value)
    tails = tails or conditional_tails(z, weights, permutations=permutations, seed=seed)
    p = np.where(np.isnan(value), np.nan, np.where(value > 0.0, tails.upper, tails.lower))
    certain = (p <= significance_p) & (value != 0.0)
    cluster = np.where(certain, np.where(value > 0.0, "hot", "cold"), NOT_SIGNIFICANT)
    return _labelled(value, p, cluster, tails, weights)


def conditional_tails(values: npt.ArrayLike, weights: Weights, *, permutations: int, seed: int) -> Tails:
    """Compare each area's sum over its neighbours with sums over as many areas drawn at random.

    With equal weights the reference of an area depends on its number of neighbours and on leaving itself out,
    so areas with as many neighbours share one sorted set of draws; the draws that hold the area itself are
    taken away from it, and as many more are drawn. Large neighbourhoods, of which that would take too much,
    get draws of their own. Ties count on both sides, so a field of equal values is never significant.

    Args:
        values: one value per area.
        weights: equal within each neighbourhood.
        permutations: draws for each number of neighbours.
        seed: their seed.

    Returns:
        ``p = (draws as far out or further + 1) / (draws + 1)`` of either side.

    Raises:
        UnequalWeightsError: weights differ within a neighbourhood.
    """
    _require_equal(weights)
    z = _centred(require_values(values, weights.size))
    n, counts = len(z), weights.counts
    sums = _neighbour_sums(z, weights)
    margin = _SAME * float(np.abs(z).max(initial=0.0))
    above, below, drawn = (np.zeros(n, dtype=np.int64) for _ in range(3))
    for k in np.unique(counts[counts > 0]) if permutations > 0 else ():
        members = np.flatnonzero(counts == k)
        rng = np.random.default_rng((seed, int(k)))
        if k <= _LARGEST_SHARED * n:
            draws = _subsets(n, int(k), _with_spare(permutations, k / n), rng)
            found = _shared(z, sums, members, draws, margin)
        else:
            draws = _subsets(n - 1, int(k), permutations, rng)
            found = _own(z, sums, members, draws, margin)
        above[members], below[members], drawn[members] = found
    tested = (counts > 0) & (permutations > 0)
    upper, lower = (np.where(tested, (tail + 1.0) / (drawn + 1.0), np.nan) for tail in (above, below))
    return Tails(upper, lower, np.where(counts > 0, drawn, permutations))


def adjust_fdr(p_values: npt.ArrayLike) -> Floats:
    """Adjust p values for the number of tests (Benjamini and Hochberg 1995); NaN stays NaN and counts not.

    ``p_(r) adjusted = min over s >= r of p_(s) m / s``, at most 1.
    """
    p = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(~np.isnan(p))
    order = known[np.argsort(p[known], kind="stable")]
    scaled = p[order] * len(order) / np.arange(1, len(order) + 1)
    adjusted = np.full(len(p), np.nan)
    adjusted[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return adjusted


def _labelled(value: Floats, p: Floats, cluster: Words, tails: Tails, weights: Weights) -> Local:
    two_sided = np.where(np.isnan(p), np.nan, np.minimum(2.0 * tails.folded, 1.0))
    words = np.where(weights.islands, ISLAND, cluster).astype(object)
    return Local(value, p, adjust_fdr(two_sided), words, tails.drawn)


def _shared(
    z: Floats, sums: Floats, members: Indices, draws: Indices, margin: float
) -> tuple[Indices, Indices, Indices]:
    """Count shared draws at least as high and as low as each member's sum, without those that hold it."""
    n, drawn_sums = len(z), z[draws].sum(axis=1)
    ordered = np.sort(drawn_sums)
    own = sums[members]
    above = len(ordered) - np.searchsorted(ordered, own - margin, side="left")
    below = np.searchsorted(ordered, own + margin, side="right")
    flat, of_draw = draws.ravel(), np.repeat(drawn_sums, draws.shape[1])
    holding = np.bincount(flat, minlength=n)
    holding_above = np.bincount(flat, weights=of_draw >= sums[flat] - margin, minlength=n).astype(np.int64)
    holding_below = np.bincount(flat, weights=of_draw <= sums[flat] + margin, minlength=n).astype(np.int64)
    return (
        above - holding_above[members], below - holding_below[members], len(ordered) - holding[members],
    )  # fmt: skip


def _with_spare(permutations: int, holding_share: float) -> int:
    """Return how many shared draws leave an area about ``permutations`` that do not hold it, or more."""
    needed = permutations / (1.0 - holding_share)
    return int(np.ceil(needed + _SPARE * np.sqrt(needed * holding_share)))


def _own(
    z: Floats, sums: Floats, members: Indices, draws: Indices, margin: float
) -> tuple[Indices, Indices, Indices]:
    """Count draws over the others only: ``j`` means area ``j`` or, from the member on, area ``j + 1``."""
    above, below = np.empty(len(members), dtype=np.int64), np.empty(len(members), dtype=np.int64)
    step = max(1, _CHUNK_VALUES // draws.size)
    for begin in range(0, len(members), step):
        block = members[begin : begin + step]
        # Leaving the member out moves every later index up by one.
        reference = z[draws[None] + (draws[None] >= block[:, None, None])].sum(axis=2)
        own = sums[block][:, None]
        above[begin : begin + step] = (reference >= own - margin).sum(axis=1)
        below[begin : begin + step] = (reference <= own + margin).sum(axis=1)
    return above, below, np.full(len(members), len(draws), dtype=np.int64)


def _subsets(n: int, k: int, count: int, rng: np.random.Generator) -> Indices:
    """Draw ``count`` subsets of ``k`` out of ``n``, shape ``(count, k)``."""
    if k * k > n:
        step = max(1, _CHUNK_VALUES // n)
        blocks = [
            np.argpartition(rng.random((min(step, count - done), n)), k - 1, axis=1)[:, :k]
            for done in range(0, count, step)
        ]
        return np.concatenate(blocks)
    draws = rng.integers(0, n, (count, k))
    while True:
        repeated = np.flatnonzero((np.diff(np.sort(draws, axis=1), axis=1) == 0).any(axis=1))
        if not len(repeated):
            return draws
        draws[repeated] = rng.integers(0, n, (len(repeated), k))


def _neighbour_sums(z: Floats, weights: Weights) -> Floats:
    row = np.repeat(np.arange(weights.size), weights.counts)
    return np.bincount(row, weights=z[weights.neighbour], minlength=weights.size).astype(np.float64)


def _require_equal(weights: Weights) -> None:
    row = np.repeat(np.arange(weights.size), weights.counts)
    first = weights.value[weights.start[row]] if len(row) else np.empty(0)
    unequal = np.abs(weights.value - first) > 1e-12 * np.abs(first)
    if unequal.any():
        raise UnequalWeightsError(int(np.unique(row[unequal]).size))


def _centred(values: npt.ArrayLike) -> Floats:
    """Return the values less their mean; exactly 0 where they differ by rounding only."""
    x = np.asarray(values, dtype=float)
    if not len(x):
        return x
    z = x - x.mean()
    return np.zeros_like(z) if np.abs(z).max() <= 1e-12 * np.abs(x).max() else z
