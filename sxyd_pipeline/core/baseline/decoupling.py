"""Decoupling of emissions from growth after Tapio: eight states, signs tested before the ratio."""

from itertools import pairwise

import polars as pl

from sxyd_pipeline.core.baseline.decomposition import Path, TooFewYearsError

#: Cuts of the elasticity between decoupling and coupling (Tapio 2005, Transport Policy 12, 137-151).
WEAK_CUT, STRONG_CUT = 0.8, 1.2

#: State -> Chinese term.
STATES = {
    "strong_decoupling": "强脱钩",
    "weak_decoupling": "弱脱钩",
    "expansive_coupling": "扩张连结",
    "expansive_negative_decoupling": "扩张负脱钩",
    "strong_negative_decoupling": "强负脱钩",
    "weak_negative_decoupling": "弱负脱钩",
    "recessive_coupling": "衰退连结",
    "recessive_decoupling": "衰退脱钩",
    "undefined": "无定义",
}


def measure_decoupling(
    panel: pl.DataFrame,
    *,
    pressure: str,
    activity: str,
    time: str = "year",
    by: str | None = None,
    path: Path = "end_point",
) -> pl.DataFrame:
    """Return Tapio's elasticity ``e = (dC / C0) / (dG / G0)`` and its state.

    The signs of both changes are tested before the ratio: two negative changes give a positive
    elasticity that means something else.

    Args:
        panel: one row per time (and ``by``) with the two columns, both positive.
        pressure: column of the environmental pressure (CO2, SO2 ...), in any unit.
        activity: column of the driving activity (GDP at constant prices ...), in any unit.
        time: column of the time.
        by: column that separates panels (city, sector).
        path: ``end_point`` compares first and last time, ``chained`` every step.

    Returns:
        One row per period (and ``by``): ``start, end, change_share_pressure, change_share_activity,
        elasticity`` (null when activity does not change), ``state``, ``state_zh``, ``path``.

    Raises:
        TooFewYearsError: fewer than two times.

    References:
        Tapio (2005), Transport Policy 12, 137-151.
    """
    times = panel[time].unique().sort().to_list()
    if len(times) < 2:  # noqa: PLR2004 - a change has two ends
        raise TooFewYearsError(times)
    periods = [(times[0], times[-1])] if path == "end_point" else list(pairwise(times))
    group = [by] if by else []
    pairs = pl.DataFrame(periods, schema=["start", "end"], orient="row").cast(panel.schema[time])
    values = panel.select(
        *group, time, c=pl.col(pressure).cast(pl.Float64), g=pl.col(activity).cast(pl.Float64)
    )
    before = values.rename({time: "start", "c": "c0", "g": "g0"})
    after = values.rename({time: "end", "c": "c1", "g": "g1"})
    change_c, change_g = pl.col("change_share_pressure"), pl.col("change_share_activity")
    return (
        pairs.join(before, on="start", maintain_order="left")
        .join(after, on=["end", *group], maintain_order="left")
        .with_columns(
            change_share_pressure=(pl.col("c1") - pl.col("c0")) / pl.col("c0"),
            change_share_activity=(pl.col("g1") - pl.col("g0")) / pl.col("g0"),
        )
        .with_columns(elasticity=pl.when(change_g != 0).then(change_c / change_g))
        .with_columns(state=_state(change_c, change_g, pl.col("elasticity")))
        .with_columns(state_zh=pl.col("state").replace_strict(STATES), path=pl.lit(path))
        .select(
            *group, "start", "end", "change_share_pressure", "change_share_activity", "elasticity", "state",
            "state_zh", "path",
        )
        .sort(*group, "start", "end")
    )  # fmt: skip


def _state(change_c: pl.Expr, change_g: pl.Expr, elasticity: pl.Expr) -> pl.Expr:
    grows, shrinks = change_g > 0, change_g < 0
    return (
        pl.when(change_g == 0).then(pl.lit("undefined"))
        .when(grows & (change_c < 0)).then(pl.lit("strong_decoupling"))
        .when(grows & (elasticity < WEAK_CUT)).then(pl.lit("weak_decoupling"))
        .when(grows & (elasticity <= STRONG_CUT)).then(pl.lit("expansive_coupling"))
        .when(grows).then(pl.lit("expansive_negative_decoupling"))
        .when(shrinks & (change_c > 0)).then(pl.lit("strong_negative_decoupling"))
        .when(shrinks & (elasticity < WEAK_CUT)).then(pl.lit("weak_negative_decoupling"))
        .when(shrinks & (elasticity <= STRONG_CUT)).then(pl.lit("recessive_coupling"))
        .otherwise(pl.lit("recessive_decoupling"))
    )  # fmt: skip
