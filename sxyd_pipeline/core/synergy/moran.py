"""Global Moran's I, of one variable and of two: do areas resemble their neighbours.

An area without a neighbour counts in ``n`` and in the variance of the variable, and has a lag of 0 (as in
GeoDa and esda); how many there are is part of the result.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from sxyd_pipeline.core.synergy.space import Weights, require_values, without_noise

Floats = npt.NDArray[np.float64]

#: Permuted fields held at one time; their number times the number of areas is the memory in use.
_CHUNK = 250
#: Closer values of I count as equal.
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class Moran:
    """Global Moran's I and how it is judged; a part that is not defined is NaN.

    Attributes:
        value: I.
        expected: ``-1 / (n - 1)``; 0 for two variables, of which one is shuffled.
        variance_normality: variance if the values were drawn from a normal distribution.
        variance_randomisation: variance over all permutations of the values.
        z_normality: ``(I - expected) / sqrt(variance)``.
        z_randomisation: the same under randomisation.
        p_normality: two-sided p of ``z_normality``.
        p_randomisation: two-sided p of ``z_randomisation``.
        p_permutation: pseudo p, share of permutations at least as far out on the same side (one-sided).
        permutations: how many were drawn; 0 = none.
        count: areas.
        islands: areas without a neighbour.
        ties: areas that share their value with another.
    """

    value: float
    expected: float
    variance_normality: float
    variance_randomisation: float
    z_normality: float
    z_randomisation: float
    p_normality: float
    p_randomisation: float
    p_permutation: float
    permutations: int
    count: int
    islands: int
    ties: int


def global_moran(values: npt.ArrayLike, weights: Weights, *, permutations: int = 0, seed: int = 0) -> Moran:
    """Compute Moran's I.

    ``I = n / S0 * sum_ij w_ij z_i z_j / sum_i z_i^2``, ``z = x - mean``; ``E = -1 / (n - 1)``;
    ``V_N = (n^2 S1 - n S2 + 3 S0^2) / (S0^2 (n^2 - 1)) - E^2``; ``V_R`` with the kurtosis of the values.

    Args:
        values: one value per area, any unit: I does not change with shift or scale.
        weights: binary or row-standardised.
        permutations: random permutations for the pseudo p; 0 for none.
        seed: seed of the permutations.

    Returns:
        I and its judgement. All NaN where the values are all the same or nobody has a neighbour;
        the variance under randomisation needs four areas.

    Raises:
        UnmatchedValuesError: not one value per area.
        UndefinedAmountError: an area has no value.

    References:
        Cliff and Ord (1981), Spatial Processes. Checked by hand: 1..9 on a 3 x 3 rook lattice has I = 0.5,
        V_N = 0.053125, V_R = 0.0596875.
    """
    z, spread = _centred(require_values(values, weights.size))
    n, (s0, s1, s2) = len(z), weights.sums
    defined = spread > 0.0 and s0 > 0.0
    value = n / s0 * float(z @ weights.lag(z)) / spread if defined else np.nan
    expected = -1.0 / (n - 1) if n > 1 else np.nan
    normality = randomisation = np.nan
    if defined:
        normality = (n**2 * s1 - n * s2 + 3.0 * s0**2) / (s0**2 * (n**2 - 1.0)) - expected**2
        randomisation = _variance_randomisation(z, (s0, s1, s2), expected)
    drawn = permutations if defined else 0
    scale = n / s0 / spread if drawn else 0.0
    fields = _permuted(z, drawn, seed)
    simulated = [scale * np.einsum("ij,ij->j", field, weights.lag(field)) for field in fields]
    return _judged(
        value, expected, (normality, randomisation), np.concatenate([np.empty(0), *simulated]), weights, z
    )


def bivariate_moran(
    x: npt.ArrayLike, y: npt.ArrayLike, weights: Weights, *, permutations: int = 0, seed: int = 0
) -> Moran:
    """Compute the bivariate Moran's I: is ``x`` high where the neighbours' ``y`` is high.

    ``I_xy = n / S0 * sum_ij w_ij zx_i zy_j / sqrt(sum zx^2 sum zy^2)``. ``y`` is shuffled over the areas, so
    the expectation is 0 and, with ``v = W' zx``, the variance
    ``(n / S0)^2 * sum (v - mean v)^2 / ((n - 1) sum zx^2)`` holds without an assumption on the distribution.

    Args:
        x: variable of the area itself.
        y: variable of its neighbours.
        weights: binary or row-standardised.
        permutations: random permutations of ``y`` for the pseudo p.
        seed: seed of the permutations.

    Returns:
        As :func:`global_moran`; ``variance_normality`` is not defined. Ties are those of ``y``. A relation in
        space between two variables that are correlated at the place itself proves no spill-over.

    References:
        Lee (2001), J. Geogr. Syst. 3, 369-385; Anselin, Syabri and Smirnov (2002).
    """
    (zx, spread_x), (zy, spread_y) = (_centred(require_values(v, weights.size)) for v in (x, y))
    n, (s0, _, _) = len(zx), weights.sums
    defined = spread_x > 0.0 and spread_y > 0.0 and s0 > 0.0
    scale = n / s0 / np.sqrt(spread_x * spread_y) if defined else np.nan
    pull = weights.matrix.T @ zx
    variance = np.nan
    if defined:
        variance = (n / s0) ** 2 * float(((pull - pull.mean()) ** 2).sum()) / ((n - 1) * spread_x)
    fields = _permuted(zy, permutations if defined else 0, seed)
    simulated = [scale * (pull @ field) for field in fields]
    value = scale * float(pull @ zy) if defined else np.nan
    return _judged(value, 0.0, (np.nan, variance), np.concatenate([np.empty(0), *simulated]), weights, zy)


def count_ties(values: npt.ArrayLike) -> int:
    """Count areas that share their value with another, to twelve digits."""
    _, counts = np.unique(without_noise(values), return_counts=True)
    return int(counts[counts > 1].sum())


def _centred(values: npt.ArrayLike) -> tuple[Floats, float]:
    """Return the values less their mean, and the sum of squares; 0 where they differ by rounding only."""
    x = np.asarray(values, dtype=float)
    if not len(x):
        return x, 0.0
    z = x - x.mean()
    spread = float(z @ z)
    noise = 1e-24 * len(x) * float(np.abs(x).max()) ** 2
    return z, spread if spread > noise else 0.0


def _variance_randomisation(z: Floats, sums: tuple[float, float, float], expected: float) -> float:
    n, (s0, s1, s2) = len(z), sums
    if n < 4:  # noqa: PLR2004 - the moments divide by n - 3
        return float("nan")
    kurtosis = n * float((z**4).sum()) / float((z**2).sum()) ** 2
    first = n * ((n**2 - 3 * n + 3) * s1 - n * s2 + 3.0 * s0**2)
    second = kurtosis * ((n**2 - n) * s1 - 2 * n * s2 + 6.0 * s0**2)
    return (first - second) / ((n - 1) * (n - 2) * (n - 3) * s0**2) - expected**2


def _permuted(z: Floats, permutations: int, seed: int) -> list[Floats]:
    """Return permuted copies of a field, in tables ``(n, up to 250)``."""
    rng = np.random.default_rng(seed)
    sizes = [min(_CHUNK, permutations - done) for done in range(0, permutations, _CHUNK)]
    return [np.ascontiguousarray(rng.permuted(np.tile(z, (size, 1)), axis=1).T) for size in sizes]


def _judged(
    value: float, expected: float, variances: tuple[float, float], simulated: Floats, weights: Weights,
    z: Floats,
) -> Moran:  # fmt: skip
    by_normality, by_randomisation = (
        float((value - expected) / np.sqrt(variance)) if variance > 0.0 else float("nan")
        for variance in variances
    )
    p = float("nan")
    if len(simulated):
        # A permutation that only swaps equal or alike neighbours gives I again, up to rounding: a tie.
        margin = _SAME * (1.0 + abs(value))
        above, below = int((simulated >= value - margin).sum()), int((simulated <= value + margin).sum())
        p = (min(above, below) + 1) / (len(simulated) + 1)
    return Moran(
        value=value,
        expected=expected,
        variance_normality=variances[0],
        variance_randomisation=variances[1],
        z_normality=by_normality,
        z_randomisation=by_randomisation,
        p_normality=float(2.0 * stats.norm.sf(abs(by_normality))),
        p_randomisation=float(2.0 * stats.norm.sf(abs(by_randomisation))),
        p_permutation=p,
        permutations=len(simulated),
        count=len(z),
        islands=int(weights.islands.sum()),
        ties=count_ties(z),
    )
