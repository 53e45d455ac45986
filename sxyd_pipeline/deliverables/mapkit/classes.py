"""Classes of a choropleth map: natural breaks and quantiles, the same whenever the values are the same."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

#: Values that spread over more than this ratio are classed by their logarithm.
_SPREAD_FOR_LOG = 50.0
#: The exact partition takes the square of the number of values; more are stood for by their quantiles.
_MOST_EXACT = 1_000


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes of a value.

    Attributes:
        bounds: upper bounds; a value belongs to the first class whose bound it does not exceed.
        method: ``natural``, ``natural_log``, ``quantile`` or ``fixed``.
    """

    bounds: tuple[float, ...]
    method: str

    def of(self, values: Values) -> npt.NDArray[np.int64]:
        """Return the class of every value, from 0; -1 where there is none."""
        found = np.searchsorted(np.asarray(self.bounds), values, side="left")
        found = np.minimum(found, len(self.bounds) - 1)
        return np.where(np.isfinite(values), found, -1).astype(np.int64)


def natural_breaks(values: Values, count: int) -> tuple[float, ...]:
    """Return the upper bounds of the classes with the least sum of squares within them.

    Args:
        values: finite values, in any order.
        count: how many classes; fewer come back when there are fewer different values. More than 1,000
            values are stood for by 1,000 of their quantiles.

    References:
        Fisher (1958), JASA 53, 789-798: exact partition of ordered values; Jenks (1977).
    """
    ordered = np.sort(values)
    if len(ordered) > _MOST_EXACT:
        ordered = np.quantile(ordered, np.linspace(0.0, 1.0, _MOST_EXACT))
    different = np.unique(ordered)
    if len(different) <= count:
        return tuple(float(value) for value in different)
    size = len(ordered)
    centred = ordered - ordered.mean()
    total = np.concatenate([[0.0], np.cumsum(centred)])
    square = np.concatenate([[0.0], np.cumsum(centred**2)])
    # best[j]: least sum of squares of the first j values in the classes made so far.
    ends = np.arange(1, size + 1)
    best = square[1:] - total[1:] ** 2 / ends
    cuts = np.zeros((count, size), dtype=np.int64)
    for made in range(1, count):
        now = np.full(size, np.inf)
        for end in range(made, size):
            starts = np.arange(made, end + 1)
            length = end + 1 - starts
            inside = (square[end + 1] - square[starts]) - (total[end + 1] - total[starts]) ** 2 / length
            costs = best[starts - 1] + inside
            place = int(np.argmin(costs))
            now[end], cuts[made, end] = costs[place], starts[place]
        best = now
    bounds, end = [], size - 1
    for made in range(count - 1, -1, -1):
        bounds.append(float(ordered[end]))
        end = int(cuts[made, end]) - 1
    return tuple(bounds[::-1])


def classes_of(values: Values, count: int) -> Classes:
    """Return natural classes of positive values with bounds a reader can say aloud.

    Values that spread over more than a factor of 50 are classed by their logarithm, since a few
    large ones would otherwise leave all others in one class. The bounds are rounded to two digits
    and the last is rounded up, so that every value has a class.
    """
    known = values[np.isfinite(values) & (values > 0)]
    if known.size == 0:
        return Classes((1.0,), "fixed")
    by_log = float(known.max() / known.min()) > _SPREAD_FOR_LOG
    breaks = natural_breaks(np.log10(known) if by_log else known, count)
    raw = [10**value for value in breaks] if by_log else list(breaks)
    rounded = [_round(value) for value in raw[:-1]] + [_round_up(raw[-1])]
    return Classes(tuple(dict.fromkeys(rounded)), "natural_log" if by_log else "natural")


def quantiles_of(values: Values, count: int) -> Classes:
    """Return classes with about as many values each; equal values stay together."""
    known = np.sort(values[np.isfinite(values)])
    if known.size == 0:
        return Classes((1.0,), "fixed")
    bounds = [float(np.quantile(known, (place + 1) / count)) for place in range(count)]
    return Classes(tuple(dict.fromkeys(bounds)), "quantile")


def fixed(bounds: Sequence[float]) -> Classes:
    """Return classes with given upper bounds."""
    return Classes(tuple(bounds), "fixed")


def _round(value: float) -> float:
    return float(f"{value:.2g}")


def _round_up(value: float) -> float:
    step = 10.0 ** (np.floor(np.log10(value)) - 1)
    return float(f"{np.ceil(value / step - 1e-9) * step:.6g}")
