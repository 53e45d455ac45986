"""Gaps: projected against permitted, in every scenario, with the year the target is reached for good."""

import polars as pl

from sxyd_pipeline.core.projection.failures import MissingBaseYearError

_SCOPE = ["scope_type", "scope_code", "indicator"]
#: A level that equals its target but for rounding has met it.
_ROUNDING = 1e-9

GAP_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "scenario_id": pl.String, "scope_type": pl.String, "scope_code": pl.String,
    "indicator": pl.String, "year": pl.Int32, "projected": pl.Float64, "target": pl.Float64,
    "gap": pl.Float64, "gap_share": pl.Float64, "is_met": pl.Boolean, "is_binding": pl.Boolean,
    "year_reached": pl.Int32, "method_id": pl.String,
}  # fmt: skip


def measure_gaps(
    projected: pl.DataFrame,
    permitted: pl.DataFrame,
    indicators: pl.DataFrame,
    *,
    city_code: str,
    base_year: int,
) -> pl.DataFrame:
    """Compare every scenario with every cap and target.

    ``gap`` is ``projected - target`` where the target is a ceiling (``at_most``) and ``target - projected``
    where it is a floor (``at_least``): a positive gap is always missed. A target is binding when the base
    year would miss it. ``year_reached`` is the first year from which the target is met in every later year
    of the horizon; empty when the last year misses it.

    Args:
        projected: ``scenario_id, scope_type, scope_code, indicator, year, projected``, every year of the
            horizon with the base year.
        permitted: ``projection.permitted``.
        indicators: ``target_indicators``.
        city_code: city.
        base_year: year of the inventory.

    Returns:
        ``projection.target_gaps``, sorted by its key; targets without a projected value in their year are
        left out (:func:`targets_without_projection`).

    Raises:
        MissingBaseYearError: a series that has a target has no value in the base year.
    """
    kinds = indicators.select("indicator", "comparison", kind_method="method_id")
    wanted = permitted.select(*_SCOPE, "year", "target").join(kinds, on="indicator", maintain_order="left")
    series = projected.select("scenario_id", *_SCOPE, "projected", path_year=pl.col("year").cast(pl.Int32))
    paths = series.join(wanted, on=_SCOPE, maintain_order="left")
    sign = pl.when(pl.col("comparison") == "at_most").then(1.0).otherwise(-1.0)
    gap = sign * (pl.col("projected") - pl.col("target"))
    row = ["scenario_id", *_SCOPE, "year"]
    met_until = paths.with_columns(gap=gap).with_columns(
        is_met=pl.col("gap") <= _ROUNDING * pl.col("target").abs()
    )
    last_missed = pl.col("path_year").filter(~pl.col("is_met")).max()
    first_kept = pl.col("path_year").filter((pl.col("path_year") > last_missed) | last_missed.is_null()).min()
    years = met_until.group_by(row, maintain_order=True).agg(
        year_reached=first_kept,
        base_is_met=pl.col("is_met").filter(pl.col("path_year") == base_year).first(),
    )
    without = years.filter(pl.col("base_is_met").is_null())
    if without.height:
        raise MissingBaseYearError(
            base_year, {str(one) for one in without.select("scenario_id", *_SCOPE).rows()}
        )
    return (
        met_until.filter(pl.col("path_year") == pl.col("year"))
        .join(years, on=row, maintain_order="left")
        .with_columns(
            city_code=pl.lit(city_code),
            gap_share=pl.when(pl.col("target") != 0).then(pl.col("gap") / pl.col("target").abs()),
            is_binding=~pl.col("base_is_met"),
            method_id=pl.col("kind_method"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in GAP_SCHEMA.items())
        .sort(row)
    )  # fmt: skip


def targets_without_projection(permitted: pl.DataFrame, projected: pl.DataFrame) -> pl.DataFrame:
    """Return the targets that no scenario has a value for, so that a report can say so.

    Returns:
        ``scope_type, scope_code, indicator, year, target``, sorted by its key.
    """
    key = [*_SCOPE, "year"]
    return (
        permitted.select(*key, "target")
        .join(projected.select(_SCOPE[0], _SCOPE[1], _SCOPE[2], "year"), on=key, how="anti")
        .sort(key)
    )
