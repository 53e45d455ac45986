"""Hot spots of two quantities: how far the highest cells of one are those of the other."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from sxyd_pipeline.core.synergy.coupling_errors import TopShareOutOfRangeError, UnmatchedValuesError
from sxyd_pipeline.core.synergy.space import require_values, without_noise

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Overlap of two sets of hot spots; NaN where one of them is empty.

    Attributes:
        jaccard: areas in both over areas in either.
        overlap: areas in both over the smaller set.
        expected_jaccard: Jaccard if the sets had nothing to do with each other (mean intersection).
        expected_overlap: the same of the overlap.
        p_value: chance of at least that many common areas between random sets (hypergeometric).
        first_count: size of the first set.
        second_count: size of the second set.
        both_count: areas in both.
        ties: areas that stand at a threshold value they share with others.
    """

    jaccard: float
    overlap: float
    expected_jaccard: float
    expected_overlap: float
    p_value: float
    first_count: int
    second_count: int
    both_count: int
    ties: int


def mark_hot_spots(values: npt.ArrayLike, top_share: float) -> tuple[Flags, int]:
    """Mark the highest areas, ``ceil(top_share n)`` of them.

    Areas that tie at the threshold are all hot or all not, whichever comes nearer to that number; areas that
    emit nothing are never hot.

    Args:
        values: one value per area, not negative.
        top_share: share of the areas that counts as hot, 0..1.

    Returns:
        The marks, and how many areas stand at a shared threshold value (0 without a tie).

    Raises:
        TopShareOutOfRangeError: the share is not within 0..1.
        UndefinedAmountError: an area has no value, or an infinite one.
    """
    if not 0.0 <= top_share <= 1.0:
        raise TopShareOutOfRangeError(top_share)
    x = without_noise(require_values(values))
    wanted = min(len(x), math.ceil(top_share * len(x) - 1e-9))
    if not wanted:
        return np.zeros(len(x), dtype=bool), 0
    threshold = np.partition(x, len(x) - wanted)[len(x) - wanted]
    above, tied = x > threshold, int((x == threshold).sum())
    leave_out = above.any() and wanted - above.sum() < above.sum() + tied - wanted
    marked = above if leave_out else x >= threshold
    return marked & (x > 0.0), tied if tied > 1 and threshold > 0.0 else 0


def overlap_hot_spots(first: npt.ArrayLike, second: npt.ArrayLike, *, top_share: float) -> Overlap:
    """Compare the hot spots of two quantities over the same areas.

    ``Jaccard = |A and B| / |A or B|``, ``overlap = |A and B| / min(|A|, |B|)``.

    Args:
        first: one value per area.
        second: the same areas.
        top_share: share of the areas that counts as hot.

    Returns:
        Both measures, what chance alone would give, and its probability.

    Raises:
        TopShareOutOfRangeError: the share is not within 0..1.
        UnmatchedValuesError: the two lists differ in length.
        UndefinedAmountError: an area has no value, or an infinite one.
    """
    if np.shape(first) != np.shape(second):
        raise UnmatchedValuesError([np.size(first), np.size(second)])
    (a, ties_a), (b, ties_b) = mark_hot_spots(first, top_share), mark_hot_spots(second, top_share)
    n, size_a, size_b, both = len(a), int(a.sum()), int(b.sum()), int((a & b).sum())
    if not size_a or not size_b:
        nan = float("nan")
        return Overlap(nan, nan, nan, nan, nan, size_a, size_b, both, ties_a + ties_b)
    expected = size_a * size_b / n
    return Overlap(
        jaccard=both / (size_a + size_b - both),
        overlap=both / min(size_a, size_b),
        expected_jaccard=expected / (size_a + size_b - expected),
        expected_overlap=expected / min(size_a, size_b),
        p_value=float(stats.hypergeom.sf(both - 1, n, size_a, size_b)),
        first_count=size_a,
        second_count=size_b,
        both_count=both,
        ties=ties_a + ties_b,
    )
