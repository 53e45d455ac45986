from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.deliverables.mapkit.classes import classes_of, natural_breaks, quantiles_of

VALUES = st.lists(st.floats(0.01, 1e6), min_size=1, max_size=9)


def within(values: np.ndarray, cuts: tuple[int, ...]) -> float:
    """Sum of squares inside the groups that a choice of cuts makes."""
    return sum(float(((part - part.mean()) ** 2).sum()) for part in np.split(values, list(cuts)))


def test_breaks_fall_into_the_gaps() -> None:
    assert natural_breaks(np.array([1.0, 2.0, 2.0, 10.0, 11.0, 50.0]), 3) == (2.0, 11.0, 50.0)


def test_few_different_values_make_few_classes() -> None:
    assert natural_breaks(np.array([3.0, 3.0, 7.0]), 5) == (3.0, 7.0)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.integers(0, 60), min_size=5, max_size=9, unique=True), count=st.integers(2, 4))
def test_no_other_partition_has_less_variance_within(values: list[int], count: int) -> None:
    ordered = np.sort(np.array(values, dtype=np.float64))
    bounds = natural_breaks(ordered, count)
    got = within(ordered, tuple(int(np.searchsorted(ordered, bound, side="right")) for bound in bounds[:-1]))
    best = min(within(ordered, cuts) for cuts in combinations(range(1, len(ordered)), count - 1))
    assert got == pytest.approx(best, abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(values=VALUES, count=st.integers(1, 5))
def test_every_value_has_a_class_and_no_value_has_none(values: list[float], count: int) -> None:
    numbers = np.array([*values, np.nan])
    for classes in (classes_of(numbers, count), quantiles_of(numbers, count)):
        places = classes.of(numbers)
        assert places[-1] == -1
        assert ((places[:-1] >= 0) & (places[:-1] < len(classes.bounds))).all()


@settings(max_examples=30, deadline=None)
@given(values=VALUES, seed=st.integers(0, 5))
def test_the_order_of_values_does_not_matter(values: list[float], seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(values)
    assert classes_of(np.array(values), 4) == classes_of(shuffled, 4)


def test_values_that_spread_widely_are_classed_by_their_logarithm() -> None:
    classes = classes_of(np.array([1.0, 2.0, 100.0, 150.0, 9_000.0, 10_000.0]), 3)
    assert classes.method == "natural_log"
    assert classes.bounds == (2.0, 150.0, 10_000.0)


def test_bounds_are_round_and_the_last_is_rounded_up() -> None:
    assert classes_of(np.array([10.31, 11.0, 47.7, 48.123]), 2).bounds == (11.0, 49.0)
