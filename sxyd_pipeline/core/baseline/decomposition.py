"""Index decomposition (LMDI-I): how much of a change each factor explains, with nothing left over.

A quantity is a sum over parts of a product of factors, ``V = sum_i prod_k x_ik``. The additive
form splits the difference, the multiplicative form the ratio; both close exactly.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import numpy as np
import polars as pl

from sxyd_pipeline.core.panels import (
    MissingPanelColumnError,
    require_choice,
    require_columns,
    require_numbers,
    require_single_rows,
)
from sxyd_pipeline.errors import SxydError

Path = Literal["end_point", "chained"]
PATHS: tuple[Path, ...] = ("end_point", "chained")
#: Ends the name of a factor at the later time; no column of a user is called so.
_AT_END = "\x00end"


class UndecomposableValueError(SxydError):
    """A factor is negative or missing where its product is not zero: its logarithm does not exist."""

    def __init__(self, factor: str, rows: list[dict[str, object]]) -> None:
        """Name the factor and the first rows."""
        self.factor, self.rows = factor, rows
        super().__init__(
            f"因素 {factor} 有负值或缺失值，无法取对数：{rows[:3]}",
            f"factor {factor} is negative or missing, so it has no logarithm: {rows[:3]}",
            remedy_zh="核对该行数据；真正的零请写 0",
            remedy_en="check these rows; write 0 where the value really is zero",
        )


class TooFewYearsError(SxydError):
    """A change needs two points in time."""

    def __init__(self, times: list[object]) -> None:
        """Name the times found."""
        super().__init__(
            f"只有 {times}，分解或脱钩至少需要两个年份",
            f"only {times}: a decomposition or a decoupling needs two years at least",
            remedy_zh="补充另一年份的数据",
            remedy_en="add data of another year",
        )


def logarithmic_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return ``L(a, b) = (a - b) / (ln a - ln b)`` elementwise; ``L(a, a) = a``; 0 where either is 0.

    Args:
        a: non-negative values.
        b: non-negative values of the same shape.

    References:
        Ang (2005), Energy Policy 33, 867-871.
    """
    positive = (a > 0) & (b > 0)
    ratio = np.divide(a, b, out=np.ones_like(a, dtype=float), where=positive)
    # Near equality (a-b)/ln(a/b) loses all digits; log1p of the relative difference keeps them.
    relative = ratio - 1.0
    flat = np.abs(relative) < 1e-8  # noqa: PLR2004 - below it the series is exact to double precision
    slope = np.divide(relative, np.log(ratio), out=np.ones_like(ratio), where=positive & ~flat)
    return np.where(positive, b * np.where(flat, 1.0 + relative / 2.0, slope), 0.0)


def _effects(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Additive effects of each part and factor; arrays are (parts, factors), missing = NaN.

    Zeros by analytic limits (Ang and Liu 2007, Energy Policy 35, 238-246): where a product appears
    or vanishes, the factors that were zero share the whole change, the others explain none of it.
    """
    missing = np.isnan(start) | np.isnan(end)
    before = np.where(np.isnan(start), 1.0, start).prod(axis=1)
    after = np.where(np.isnan(end), 1.0, end).prod(axis=1)
    weight = logarithmic_mean(after, before)[:, None]
    usable = ~missing & (start > 0) & (end > 0)
    ratio = np.divide(end, start, out=np.ones_like(start), where=usable)
    plain = weight * np.log(ratio)

    appears = (before == 0) & (after > 0)
    vanishes = (before > 0) & (after == 0)
    zero_before, zero_after = (start == 0) & appears[:, None], (end == 0) & vanishes[:, None]
    share_before = zero_before / np.maximum(zero_before.sum(axis=1, keepdims=True), 1)
    share_after = zero_after / np.maximum(zero_after.sum(axis=1, keepdims=True), 1)
    result: np.ndarray = plain + share_before * after[:, None] - share_after * before[:, None]
    return result


def split_product(base: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Split ``base * prod(end) - base * prod(start)`` over the factors, row by row, without remainder.

    Args:
        base: values that all factors multiply, shape (rows,).
        start: factors at the start, shape (rows, factors), non-negative.
        end: factors at the end, same shape.

    Returns:
        Effects, shape (rows, factors); each row sums to its change.
    """
    effects: np.ndarray = _effects(np.column_stack([base, start]), np.column_stack([base, end]))[:, 1:]
    return effects


def _check_factors(panel: pl.DataFrame, factors: Sequence[str], keys: Sequence[str]) -> None:
    """Raise when a factor is negative, or missing while the rest of its product is not zero."""
    for factor in factors:
        rest = [pl.col(other) == 0 for other in factors if other != factor]
        is_zero_anyway = pl.any_horizontal(*rest) if rest else pl.lit(value=False)
        value = pl.col(factor)
        bad = panel.filter(
            (value < 0) | ((value.is_null() | value.is_nan()) & ~is_zero_anyway.fill_null(value=False))
        )
        if bad.height:
            raise UndecomposableValueError(factor, bad.select(*keys, factor).head(5).to_dicts())


def decompose_change(
    panel: pl.DataFrame,
    factors: Sequence[str],
    *,
    time: str = "year",
    parts: Sequence[str] = (),
    path: Path = "end_point",
) -> pl.DataFrame:
    """Decompose the change of ``V = sum over parts of the product of factors`` by LMDI-I.

    Args:
        panel: one row per time and part; the product of ``factors`` in a row is that part's value. A part
            that is missing at one time is zero there. A factor may be null where another one is zero
            (the intensity of a sector without activity).
        factors: columns whose product is the value, in the order they are to be shown.
        time: column of the time.
        parts: columns that identify a part (sector, fuel ...); none when there is a single product.
        path: ``end_point`` compares first and last time; ``chained`` adds up the steps between.

    Returns:
        One row per period and factor: ``start, end, factor, effect`` (unit of V), ``effect_ratio``
        (its share of the ratio V_end / V_start; the product over factors is that ratio; null when either
        end is zero), ``value_start, value_end, change, residual, path``. For ``chained`` a last period
        spans the whole time and holds the sums.

    Raises:
        UndecomposableValueError: a factor is negative or missing where its product is not zero.
        TooFewYearsError: fewer than two times.
        RepeatedPanelRowError: several rows of one time and part: ``parts`` does not tell them apart.
        MissingPanelColumnError: a column is missing, or no factor is named.
        NotANumberError: a factor is text or infinite.
        NotOnListError: ``path`` is not known.

    References:
        Ang (2005), Energy Policy 33, 867-871; Ang and Liu (2007), Energy Policy 35, 238-246.
    """
    require_choice("path", path, PATHS)
    if not factors:
        raise MissingPanelColumnError(["factors"], panel.columns)
    require_columns(panel, [time, *parts])
    require_numbers(panel, factors)
    panel = panel.drop_nulls(time).with_columns(pl.col(factors).cast(pl.Float64))
    require_single_rows(panel, [time, *parts])
    _check_factors(panel, factors, [time, *parts])
    times = panel[time].unique().sort().to_list()
    if len(times) < 2:  # noqa: PLR2004 - a change has two ends
        raise TooFewYearsError(times)
    periods = [(times[0], times[-1])] if path == "end_point" else list(pairwise(times))
    rows = [_one_period(panel, factors, time, parts, period) for period in periods]
    steps = pl.concat([row for row, _ in rows])
    if path == "chained" and len(periods) > 1:
        first, last = rows[0][1][0], rows[-1][1][1]
        whole = (
            steps.group_by("factor", maintain_order=True)
            .agg(effect=pl.col("effect").sum(), effect_ratio=pl.col("effect_ratio").product())
            .with_columns(start=pl.lit(times[0]), end=pl.lit(times[-1]), value_start=first, value_end=last)
        )
        # A single step without a ratio leaves the whole without one.
        if steps["effect_ratio"].null_count():
            whole = whole.with_columns(effect_ratio=pl.lit(None, pl.Float64))
        steps = pl.concat([steps, whole.select(steps.columns)], how="vertical_relaxed")
    return steps.with_columns(change=pl.col("value_end") - pl.col("value_start")).with_columns(
        residual=pl.col("change") - pl.col("effect").sum().over("start", "end"), path=pl.lit(path)
    )


def _one_period(
    panel: pl.DataFrame,
    factors: Sequence[str],
    time: str,
    parts: Sequence[str],
    period: tuple[object, object],
) -> tuple[pl.DataFrame, tuple[float, float]]:
    """Return the effects of one period and the value at both ends."""
    start, end = period
    columns = [pl.col(factor).cast(pl.Float64) for factor in factors]
    before = panel.filter(pl.col(time) == start).select(*parts, *columns)
    after = panel.filter(pl.col(time) == end).select(*parts, *columns)
    both = (
        before.join(
            after,
            on=list(parts),
            how="full",
            coalesce=True,
            suffix=_AT_END,
            nulls_equal=True,
            maintain_order="left_right",
        )
        if parts
        else pl.concat(
            [before, after.rename({factor: f"{factor}{_AT_END}" for factor in factors})], how="horizontal"
        )
    )
    x0, missing0 = _matrix(both, factors, "")
    x1, missing1 = _matrix(both, factors, _AT_END)
    # A part absent at one time has no value there: all its factors count as zero together.
    x0[missing0], x1[missing1] = 0.0, 0.0
    additive = _effects(x0, x1).sum(axis=0)
    value = [float(np.where(np.isnan(x), 1.0, x).prod(axis=1).sum()) for x in (x0, x1)]
    mean = float(logarithmic_mean(np.array([value[1]]), np.array([value[0]]))[0])
    ratio = [float(np.exp(effect / mean)) if mean > 0 else None for effect in additive]
    frame = pl.DataFrame(
        {"start": [start] * len(factors), "end": [end] * len(factors), "factor": list(factors),
         "effect": additive, "effect_ratio": pl.Series(ratio, dtype=pl.Float64),
         "value_start": [value[0]] * len(factors), "value_end": [value[1]] * len(factors)}
    )  # fmt: skip
    return frame, (value[0], value[1])


def _matrix(both: pl.DataFrame, factors: Sequence[str], suffix: str) -> tuple[np.ndarray, np.ndarray]:
    """Return factors as an array with NaN for missing, and which rows are absent altogether."""
    values = both.select(pl.col(f"{factor}{suffix}").cast(pl.Float64) for factor in factors)
    array = np.column_stack([column.to_numpy().astype(float) for column in values])
    return array, np.isnan(array).all(axis=1)
