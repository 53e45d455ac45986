"""Sums across columns do not depend on how many threads there are."""

import polars as pl

from sxyd_pipeline.core.sums import add_up


def test_columns_are_added_from_left_to_right() -> None:
    frame = pl.DataFrame({"a": [1e16], "b": [1.0], "c": [-1e16]})
    # (1e16 + 1) - 1e16 loses the one; 1e16 - 1e16 + 1 would keep it.
    assert frame.select(s=add_up(["a", "b", "c"]))["s"].to_list() == [0.0]
    assert frame.select(s=add_up(["a", "c", "b"]))["s"].to_list() == [1.0]


def test_what_is_missing_adds_nothing() -> None:
    frame = pl.DataFrame({"a": [1.0, None], "b": [None, None]}, schema={"a": pl.Float64, "b": pl.Float64})
    assert frame.select(s=add_up([pl.col("a"), "b"]))["s"].to_list() == [1.0, 0.0]
