"""Nothing is lost on the way: tonnes before and after a step, compared group by group."""

from collections.abc import Sequence

import polars as pl

#: Largest relative difference that rounding of sums can explain.
TOLERATED_RELATIVE = 1e-9


def mass_gaps(
    before: pl.DataFrame, after: pl.DataFrame, by: Sequence[str] = ("year", "species")
) -> pl.DataFrame:
    """List groups whose tonnes differ before and after a step by more than 1e-9 relative.

    Args:
        before: rows with ``emission_t`` and the columns ``by``.
        after: rows with the same columns.
        by: columns that make a group.

    Returns:
        ``by, in_t, out_t, gap_t`` (out minus in) of the offending groups, sorted; a group on one
        side only has zero tonnes on the other.
    """
    keys = list(by)
    left = before.group_by(keys, maintain_order=True).agg(in_t=pl.col("emission_t").sum())
    right = after.group_by(keys, maintain_order=True).agg(out_t=pl.col("emission_t").sum())
    return (
        left.join(right, on=keys, how="full", coalesce=True, maintain_order="left_right")
        .with_columns(pl.col("in_t", "out_t").fill_null(0.0))
        .with_columns(gap_t=pl.col("out_t") - pl.col("in_t"))
        .filter(
            pl.col("gap_t").abs()
            > TOLERATED_RELATIVE * pl.max_horizontal(pl.col("in_t").abs(), pl.col("out_t").abs())
        )
        .sort(keys)
    )
