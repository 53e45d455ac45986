"""95 % intervals of sums: lognormal error propagation, and a seeded Monte Carlo beside it.

Rows that share a factor err together; different factors err independently. A group's sum is a
lognormal whose 2.5 % and 97.5 % points are the sums of its rows' bounds.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

#: Standard normal quantile of a two-sided 95 % interval.
Z95 = 1.959963984540054

DRAWS = 10_000
SEED = 20_210_027

#: Columns of ``quality.uncertainty``.
UNCERTAINTY_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String,
    "year": pl.Int32,
    "species": pl.String,
    "method": pl.String,
    "emission_t": pl.Float64,
    "low_t": pl.Float64,
    "high_t": pl.Float64,
    "draws": pl.Int64,
}

# Columns of the sampling matrix held at once: 256 groups x 10 000 draws are 20 MB.
_CHUNK = 256


def sum_with_interval(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Sum emissions and propagate their 95 % intervals.

    Per group of rows with one factor the bounds add (full correlation); groups are independent
    lognormals whose means and variances add, and the sum is taken as lognormal again. A measured row
    has no factor and errs by itself. Where all ranges are zero, both bounds equal the sum.

    Args:
        rows: ``emission_t``, ``low_t``, ``high_t`` in t/a, ``factor_id`` (may be null), ``source_id``.
        by: columns to sum by.

    Returns:
        One row per combination of ``by`` with ``emission_t``, ``low_t``, ``high_t``, sorted by ``by``;
        ``low_t <= emission_t <= high_t``.

    References:
        Fenton (1960), IRE Transactions on Communications Systems 8, 57-67: moments of sums of lognormals;
        IPCC 2006 Guidelines, volume 1, chapter 3.
    """
    return sum_groups(correlated_groups(rows, by), by).drop("source_count")


def correlated_groups(rows: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Sum rows that err together.

    Args:
        rows: ``emission_t``, ``low_t``, ``high_t``, ``factor_id`` (may be null), ``source_id``.
        by: columns to sum by.

    Returns:
        One row per ``by`` and ``errs_with``: the three sums and ``source_count``, the number of rows.
    """
    return (
        rows.with_columns(errs_with=pl.coalesce("factor_id", "source_id"))
        .group_by([*by, "errs_with"], maintain_order=True)
        .agg(pl.col("emission_t", "low_t", "high_t").sum(), source_count=pl.len().cast(pl.Int64))
        .sort([*by, "errs_with"])
    )


def sum_groups(groups: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Sum independent groups as :func:`sum_with_interval` does; groups of one factor are joined first.

    Args:
        groups: rows of :func:`correlated_groups`, by at least the columns ``by``.
        by: columns to sum by.

    Returns:
        One row per ``by`` with ``emission_t``, ``low_t``, ``high_t`` and ``source_count``, sorted by ``by``.
    """
    mean, variance = pl.col("mean_t").sum(), pl.col("variance").sum()
    spread = (1.0 + variance / mean.pow(2)).log().sqrt()
    middle = mean.log() - spread.pow(2) / 2.0
    has_width = (pl.col("emission_t") > 0.0) & (pl.col("width") > 0.0)
    return (
        _with_moments(groups, by)
        .group_by(list(by), maintain_order=True)
        .agg(
            pl.col("emission_t", "source_count").sum(),
            # A group without emission has neither mean nor width: its logarithm is not used below.
            low_t=(middle - Z95 * spread).exp(),
            high_t=(middle + Z95 * spread).exp(),
            width=pl.col("sigma").max(),
        )
        .with_columns(
            low_t=pl.when(has_width)
            .then(pl.min_horizontal("low_t", "emission_t"))
            .otherwise(pl.col("emission_t")),
            high_t=pl.when(has_width)
            .then(pl.max_horizontal("high_t", "emission_t"))
            .otherwise(pl.col("emission_t")),
        )
        .select(*by, "emission_t", "low_t", "high_t", "source_count")
        .sort(list(by))
    )


def _with_moments(groups: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Fit a lognormal to the bounds of each group: ``log_middle``, ``sigma``, ``mean_t``, ``variance``."""
    low, high = pl.col("low_t"), pl.col("high_t")
    has_width = (low > 0.0) & (high > low)
    return (
        groups.group_by([*by, "errs_with"], maintain_order=True)
        .agg(pl.col("emission_t", "low_t", "high_t", "source_count").sum())
        .with_columns(
            log_middle=pl.when(has_width)
            .then((low * high).log() / 2.0)
            .otherwise(pl.col("emission_t").log()),
            sigma=pl.when(has_width).then((high / low).log() / (2.0 * Z95)).otherwise(0.0),
        )
        .with_columns(mean_t=(pl.col("log_middle") + pl.col("sigma").pow(2) / 2.0).exp())
        .with_columns(variance=pl.col("mean_t").pow(2) * (pl.col("sigma").pow(2).exp() - 1.0))
        .sort([*by, "errs_with"])
    )


def compare_intervals(source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Give the city's 95 % intervals twice: propagated, and sampled with a fixed seed.

    Args:
        source_emissions: ``inventory.emissions``.

    Returns:
        ``quality.uncertainty``: two rows per year and species, sorted.
    """
    by = ["city_code", "year", "species"]
    groups = correlated_groups(source_emissions, by)
    propagated = sum_groups(groups, by).with_columns(
        method=pl.lit("propagation"), draws=pl.lit(None, dtype=pl.Int64)
    )
    sampled = _sample(_with_moments(groups, by), by)
    return (
        pl.concat([propagated.select(list(UNCERTAINTY_SCHEMA)), sampled.select(list(UNCERTAINTY_SCHEMA))])
        .select(pl.col(name).cast(dtype) for name, dtype in UNCERTAINTY_SCHEMA.items())
        .sort(*by, "method")
    )


def _sample(groups: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    generator = np.random.default_rng(SEED)
    rows = []
    for key, group in groups.filter(pl.col("emission_t") > 0.0).group_by(by, maintain_order=True):
        total = float(group["emission_t"].sum())
        low, high = np.quantile(_draw(group, generator), [0.025, 0.975])
        rows.append((*key, "monte_carlo", total, min(float(low), total), max(float(high), total), DRAWS))
    empty = (
        groups.group_by(by, maintain_order=True)
        .agg(pl.col("emission_t").sum())
        .filter(pl.col("emission_t") == 0.0)
    )
    rows.extend((*row[:-1], "monte_carlo", 0.0, 0.0, 0.0, DRAWS) for row in empty.iter_rows())
    return pl.DataFrame(rows, schema=UNCERTAINTY_SCHEMA, orient="row")


def _draw(group: pl.DataFrame, generator: np.random.Generator) -> NDArray[np.float64]:
    """Sample the sum of independent lognormals; returns ``DRAWS`` totals in t/a."""
    middle, sigma = group["log_middle"].to_numpy(), group["sigma"].to_numpy()
    totals = np.zeros(DRAWS)
    for start in range(0, len(middle), _CHUNK):
        part = slice(start, start + _CHUNK)
        normal = generator.standard_normal((DRAWS, len(middle[part])))
        totals += np.exp(middle[part] + sigma[part] * normal).sum(axis=1)
    return totals
