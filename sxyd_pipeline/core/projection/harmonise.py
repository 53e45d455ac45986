"""Harmonise projections to what was observed, and look back at years that are already past.

A model and statistics never agree in the base year. Harmonisation says how the difference is carried
forward, and the method is stored with every row.
"""

from collections.abc import Sequence
from typing import Literal, get_args

import polars as pl

from sxyd_pipeline.core.projection.failures import DuplicateRowsError, UnharmonisableSeriesError
from sxyd_pipeline.errors import SxydError

Method = Literal["ratio", "offset", "ratio_converging"]

UNHARMONISED = "none"


class HarmonisationMethodError(SxydError):
    """The method is not known, or the year it converges by is missing or too early."""

    def __init__(self, method: str, zh: str, en: str) -> None:
        """Say what is wrong with the choice."""
        super().__init__(
            f"校准方法 {method}：{zh}",
            f"harmonisation method {method}: {en}",
            remedy_zh="方法取 ratio、offset 或 ratio_converging；后者须给出晚于基准年的 convergence_year",
            remedy_en="use ratio, offset or ratio_converging (with a convergence_year after the base year)",
        )


def harmonise(
    series: pl.DataFrame,
    observed: pl.DataFrame,
    method: Method,
    *,
    base_year: int,
    keys: Sequence[str] = ("species",),
    convergence_year: int | None = None,
) -> pl.DataFrame:
    """Bring projected series to the observed value of the base year.

    With ``o`` observed and ``m`` projected in the base year: ``ratio`` multiplies every year by ``o / m``;
    ``offset`` adds ``o - m`` to every year; ``ratio_converging`` multiplies by a ratio that runs linearly
    from ``o / m`` in the base year to 1 in the convergence year. A negative result of ``offset`` is held at
    zero and marked, because an emission cannot be below zero.

    Args:
        series: ``*keys, year, value`` (non-negative), every series with the base year.
        observed: ``*keys, observed`` of the base year; series without a row stay as they are.
        method: how the difference is carried forward.
        base_year: year of the observation.
        keys: columns that identify a series; columns of ``series`` beside them (a scenario) are kept.
        convergence_year: year from which ``ratio_converging`` leaves the series as it is.

    Returns:
        The rows of ``series`` with ``harmonised``, ``adjustment`` (factor, or offset in the unit of the
        value; null where nothing was observed), ``harmonisation`` (method, or ``none``), ``is_floored``.

    Raises:
        HarmonisationMethodError: unknown method, or no convergence year after the base year.
        DuplicateRowsError: a series is observed twice.
        UnharmonisableSeriesError: a ratio is asked for a series that is zero in the base year or has no
            value there.

    References:
        Gidden et al. (2018), Environmental Modelling & Software 105, 187-200 (methods of aneris).
    """
    if method not in get_args(Method):
        raise HarmonisationMethodError(method, "未知", "not known")
    if method == "ratio_converging" and (convergence_year is None or convergence_year <= base_year):
        raise HarmonisationMethodError(
            method, "缺少晚于基准年的收敛年份", "no convergence year after the base year"
        )
    key = list(keys)
    if observed.select(key).is_duplicated().any():
        raise DuplicateRowsError("observed", {str(row) for row in observed.select(key).rows()})
    identity = [name for name in series.columns if name not in {"year", "value"}]
    base = series.filter(pl.col("year") == base_year).select(*identity, _model="value")
    joined = series.join(base, on=identity, how="left", nulls_equal=True, maintain_order="left").join(
        observed.select(*key, _observed="observed"),
        on=key,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    _refuse_impossible(joined, method, key)
    # Zero observed and zero projected need no change, although 0/0 is no number.
    is_zero = (pl.col("_model") == 0) & (pl.col("_observed") == 0)
    ratio = pl.when(is_zero).then(1.0).otherwise(pl.col("_observed") / pl.col("_model"))
    if method == "ratio_converging":
        span = (convergence_year or base_year) - base_year
        weight = (1.0 - (pl.col("year") - base_year) / span).clip(0.0, 1.0)
        ratio = 1.0 + (ratio - 1.0) * weight
    adjustment = pl.col("_observed") - pl.col("_model") if method == "offset" else ratio
    moved = (
        pl.col("value") + pl.col("adjustment")
        if method == "offset"
        else pl.col("value") * pl.col("adjustment")
    )
    return (
        joined.with_columns(adjustment=pl.when(pl.col("_observed").is_not_null()).then(adjustment))
        .with_columns(_moved=pl.coalesce(moved, "value"))
        .with_columns(
            harmonised=pl.col("_moved").clip(lower_bound=0.0),
            harmonisation=pl.when(pl.col("adjustment").is_null())
            .then(pl.lit(UNHARMONISED))
            .otherwise(pl.lit(method)),
            is_floored=pl.col("_moved") < 0,
        )
        .drop("_model", "_observed", "_moved")
    )


def _refuse_impossible(joined: pl.DataFrame, method: Method, key: list[str]) -> None:
    is_observed = pl.col("_observed").is_not_null()
    is_without = pl.col("_model").is_null()
    is_zero = (
        (pl.col("_model") == 0) & (pl.col("_observed") != 0) if method != "offset" else pl.lit(value=False)
    )
    bad = joined.filter(is_observed & (is_without | is_zero))
    if bad.height:
        raise UnharmonisableSeriesError({str(row) for row in bad.select(key).unique().rows()})


def back_cast(
    projected: pl.DataFrame, observed: pl.DataFrame, *, keys: Sequence[str] = ("species",)
) -> pl.DataFrame:
    """Compare projections with actual values of years that are past (2025 among them).

    Args:
        projected: ``*keys, year, value`` and further columns such as the scenario, which are kept.
        observed: ``*keys, year, observed``; only years with an actual value are compared.
        keys: columns that identify a series.

    Returns:
        The projected rows of those years with ``observed, difference`` (projected minus observed),
        ``difference_share`` (null where nothing was observed) and ``statement_zh``, sorted by key and year.

    Raises:
        DuplicateRowsError: a series and year is observed twice.
    """
    key = [*keys, "year"]
    if observed.select(key).is_duplicated().any():
        raise DuplicateRowsError("observed", {str(row) for row in observed.select(key).rows()})
    share = pl.col("difference") / pl.col("observed")
    return (
        projected.join(observed.select(*key, "observed"), on=key, how="inner", maintain_order="left")
        .with_columns(difference=pl.col("value") - pl.col("observed"))
        .with_columns(difference_share=pl.when(pl.col("observed") != 0).then(share))
        .with_columns(
            statement_zh=pl.format("{} 年已过：回溯检验，情景值与实际值之差见 difference", pl.col("year"))
        )
        .sort(*key, *[name for name in projected.columns if name not in {*key, "value"}])
    )
