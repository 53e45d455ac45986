"""Decoupling of emissions from growth after Tapio: eight states, signs tested before the ratio."""

import polars as pl

from sxyd_pipeline.core.baseline.decomposition import PATHS, Path, TooFewYearsError
from sxyd_pipeline.core.panels import require_choice, require_columns, require_numbers, require_single_rows

#: Cuts of the elasticity between decoupling and coupling (Tapio 2005, Transport Policy 12, 137-151).
WEAK_CUT, STRONG_CUT = 0.8, 1.2
#: Digits of an elasticity before it meets a cut: 8 % over 10 % is 0.8 and not a hair below.
_DIGITS = 9

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
        panel: one row per time (and ``by``) with the two columns. Each panel has its own times; a value that
            is missing, or not positive at the start, leaves the period undefined.
        pressure: column of the environmental pressure (CO2, SO2 ...), in any unit.
        activity: column of the driving activity (GDP at constant prices ...), in any unit.
        time: column of the time.
        by: column that separates panels (city, sector).
        path: ``end_point`` compares first and last time, ``chained`` every step.

    Returns:
        One row per period (and ``by``): ``start, end, change_share_pressure, change_share_activity,
        elasticity`` (null when activity does not change or a value is missing or not positive), ``state``,
        ``state_zh``, ``path``, sorted.

    Raises:
        TooFewYearsError: fewer than two times, everywhere.
        RepeatedPanelRowError: several rows of one time (and ``by``).
        MissingPanelColumnError: a column is missing.
        NotANumberError: a value is text or infinite.
        NotOnListError: ``path`` is not known.

    References:
        Tapio (2005), Transport Policy 12, 137-151.
    """
    require_choice("path", path, PATHS)
    group = [by] if by else []
    require_columns(panel, [*group, time])
    require_numbers(panel, [pressure, activity])
    known = panel.drop_nulls(time)
    require_single_rows(known, [*group, time])
    times = known[time].unique().sort().to_list()
    if len(times) < 2:  # noqa: PLR2004 - a change has two ends
        raise TooFewYearsError(times)
    c, g = (pl.col(name).cast(pl.Float64).fill_nan(None) for name in (pressure, activity))
    ends = known.select(*group, end=time, c1=c, g1=g).sort(*group, "end")
    if path == "end_point":
        position, count = _over(pl.int_range(pl.len()), group), _over(pl.len(), group)
        ends = ends.filter((position == 0) | (position == count - 1))
    change_c, change_g = pl.col("change_share_pressure"), pl.col("change_share_activity")
    is_defined = (pl.col("c0") > 0) & (pl.col("g0") > 0) & (pl.col("c1") >= 0) & (pl.col("g1") >= 0)
    return (
        ends.with_columns(
            _over(pl.col(now).shift(1), group).alias(then)
            for now, then in (("end", "start"), ("c1", "c0"), ("g1", "g0"))
        )
        .drop_nulls("start")
        .with_columns(
            change_share_pressure=pl.when(is_defined).then((pl.col("c1") - pl.col("c0")) / pl.col("c0")),
            change_share_activity=pl.when(is_defined).then((pl.col("g1") - pl.col("g0")) / pl.col("g0")),
        )
        .with_columns(elasticity=pl.when(change_g != 0).then(change_c / change_g))
        .with_columns(state=_state(change_c, change_g, pl.col("elasticity").round(_DIGITS)))
        .with_columns(state_zh=pl.col("state").replace_strict(STATES), path=pl.lit(path))
        .select(
            *group, "start", "end", "change_share_pressure", "change_share_activity", "elasticity", "state",
            "state_zh", "path",
        )
        .sort(*group, "start", "end")
    )  # fmt: skip


def _over(expression: pl.Expr, group: list[str]) -> pl.Expr:
    return expression.over(group) if group else expression


def _state(change_c: pl.Expr, change_g: pl.Expr, elasticity: pl.Expr) -> pl.Expr:
    grows, shrinks = change_g > 0, change_g < 0
    return (
        pl.when((change_g == 0) | change_g.is_null() | change_c.is_null()).then(pl.lit("undefined"))
        .when(grows & (change_c < 0)).then(pl.lit("strong_decoupling"))
        .when(grows & (elasticity < WEAK_CUT)).then(pl.lit("weak_decoupling"))
        .when(grows & (elasticity <= STRONG_CUT)).then(pl.lit("expansive_coupling"))
        .when(grows).then(pl.lit("expansive_negative_decoupling"))
        .when(shrinks & (change_c > 0)).then(pl.lit("strong_negative_decoupling"))
        .when(shrinks & (elasticity < WEAK_CUT)).then(pl.lit("weak_negative_decoupling"))
        .when(shrinks & (elasticity <= STRONG_CUT)).then(pl.lit("recessive_coupling"))
        .otherwise(pl.lit("recessive_decoupling"))
    )  # fmt: skip
