"""Overlap of hot spots: counts one can see, ties together, chance told."""

import numpy as np
import pytest

from sxyd_pipeline.core.synergy.hotspots import mark_hot_spots, overlap_hot_spots

TEN = np.arange(10.0)


def test_two_of_ten_hot_and_one_in_common() -> None:
    # Hot: {8, 9} and {9, 0}; one in common, three in either.
    other = np.array([10.0, 1, 2, 3, 4, 5, 6, 7, 0, 9])
    got = overlap_hot_spots(TEN, other, top_share=0.2)
    assert (got.jaccard, got.overlap) == (pytest.approx(1 / 3), pytest.approx(1 / 2))
    assert got.expected_overlap == pytest.approx(0.2)
    # At least one of two in common out of ten: 1 - C(8,2)/C(10,2) = 17/45.
    assert got.p_value == pytest.approx(17 / 45)


def test_the_same_field_overlaps_itself_and_its_reverse_not_at_all() -> None:
    assert overlap_hot_spots(TEN, TEN * 3 + 1, top_share=0.3).jaccard == 1.0
    assert overlap_hot_spots(TEN, TEN[::-1], top_share=0.3).both_count == 0


def test_ties_at_the_threshold_all_count_or_none_and_are_reported() -> None:
    # Two wanted: with the three fives there are four, without them one.
    marked, ties = mark_hot_spots([1.0, 5.0, 5.0, 5.0, 9.0], 0.4)
    assert marked.tolist() == [False, False, False, False, True]
    assert ties == 3
    # Three wanted: four come nearer than one.
    marked, _ = mark_hot_spots([1.0, 5.0, 5.0, 5.0, 9.0], 0.6)
    assert marked.tolist() == [False, True, True, True, True]
    # Nothing lies above: the tied ones are the highest there are.
    assert mark_hot_spots([5.0, 5.0, 5.0, 1.0], 0.25)[0].sum() == 3


def test_what_emits_nothing_is_never_hot() -> None:
    marked, ties = mark_hot_spots([0.0, 0.0, 0.0, 7.0], 0.5)
    assert marked.tolist() == [False, False, False, True]
    assert ties == 0
    assert np.isnan(overlap_hot_spots(np.zeros(4), np.ones(4), top_share=0.5).jaccard)
