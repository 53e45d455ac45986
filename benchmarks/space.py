"""Local and global Moran against esda, both sides in one run.

esda draws 999 conditional permutations; we are timed with 999 and with the 9,999 of the product. Weights are
built beforehand on both sides and timed apart.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import esda
import libpysal
import numpy as np

from sxyd_pipeline.core.synergy.moran import bivariate_moran, global_moran
from sxyd_pipeline.core.synergy.moran_local import gi_star, local_moran
from sxyd_pipeline.core.synergy.space import Weights, raster_neighbours, standardise

#: Sides of the square rasters: a city at 1 km, and a city at 500 m (50,176 cells).
SIDES = (64, 224)
PERMUTATIONS, OURS = 999, 9999


def main() -> None:
    """Time every statistic on both rasters, print the table."""
    # esda announces another default of its p values and a change of its weights; neither changes the time.
    warnings.simplefilter("ignore")
    for side in SIDES:
        row, column = np.divmod(np.arange(side * side), side)
        values = np.random.default_rng(1).lognormal(sigma=2.0, size=side * side)
        other = values * np.random.default_rng(2).lognormal(size=side * side)
        built, weights = best(lambda c=column, r=row: standardise(raster_neighbours(c, r)))
        theirs_built, library = best(lambda s=side: libpysal.weights.lat2W(s, s, rook=False), repeats=1)
        library.transform = "r"
        print(f"{side * side} cells: weights {built:.3f} s; libpysal {theirs_built:.3f} s; "
              f"{theirs_built / built:.0f}x")  # fmt: skip
        compare_local(values, weights, library)
        compare_global(values, other, weights, library)


def compare_local(values: np.ndarray, weights: Weights, library: Any) -> None:
    """Local Moran and Gi*."""
    theirs, found = best(
        lambda: esda.Moran_Local(values, library, permutations=PERMUTATIONS, seed=1, n_jobs=1), repeats=1
    )
    for permutations in (PERMUTATIONS, OURS):
        ours, local = best(lambda p=permutations: local_moran(values, weights, permutations=p, seed=1))
        same = float(((local.p_value <= 0.05) == (found.p_sim <= 0.05)).mean())
        print(f"  local Moran, {permutations}: {ours:.3f} s; esda, {PERMUTATIONS}: {theirs:.2f} s; "
              f"{theirs / ours:.0f}x; same call at 0.05: {same:.1%}")  # fmt: skip
    theirs, _ = best(
        lambda: esda.G_Local(
            values, library, transform="B", star=True, permutations=PERMUTATIONS, seed=1, n_jobs=1
        ),
        repeats=1,
    )
    ours, _ = best(lambda: gi_star(values, weights, permutations=OURS, seed=1))
    print(f"  Gi*, {OURS}: {ours:.3f} s; esda, {PERMUTATIONS}: {theirs:.2f} s; {theirs / ours:.0f}x")


def compare_global(values: np.ndarray, other: np.ndarray, weights: Weights, library: Any) -> None:
    """Global Moran of one variable and of two, 999 permutations on both sides."""
    theirs, found = best(lambda: esda.Moran(values, library, permutations=PERMUTATIONS), repeats=1)
    ours, moran = best(lambda: global_moran(values, weights, permutations=PERMUTATIONS, seed=1))
    print(f"  global Moran: {ours:.2f} s; esda {theirs:.2f} s; {theirs / ours:.1f}x; "
          f"I differs by {abs(moran.value - found.I):.0e}")  # fmt: skip
    theirs, found = best(lambda: esda.Moran_BV(values, other, library, permutations=PERMUTATIONS), repeats=1)
    ours, pair = best(lambda: bivariate_moran(values, other, weights, permutations=PERMUTATIONS, seed=1))
    print(f"  bivariate Moran: {ours:.2f} s; esda {theirs:.2f} s; {theirs / ours:.1f}x; "
          f"I differs by {abs(pair.value - found.I):.0e}")  # fmt: skip


def best(step: Callable[[], Any], repeats: int = 2) -> tuple[float, Any]:
    """Return the least CPU seconds of some runs, and the result."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        result = step()
        seconds.append(time.process_time() - start)
    return min(seconds), result


if __name__ == "__main__":
    main()
