"""STIRPAT: emissions as a product of powers of their drivers, ``ln C = a + sum of b_k * ln x_k``."""

from collections.abc import Mapping

import polars as pl

from sxyd_pipeline.core.projection.failures import DriverValueError, DuplicateRowsError
from sxyd_pipeline.core.sums import add_up


def stirpat_path(
    coefficients: Mapping[str, float], constant: float, drivers: pl.DataFrame, *, time: str = "year"
) -> pl.DataFrame:
    """Evaluate a fitted STIRPAT model over the years.

    The unit of the result is the one the regression was fitted in, and every driver must be in the unit of
    the regression too: a change of unit shifts the level, but neither the shape nor the peak year.

    Args:
        coefficients: driver -> elasticity ``b_k``.
        constant: ``a``.
        drivers: one row per time with a positive column for every driver.
        time: column of the time.

    Returns:
        ``<time>, value``, sorted by time.

    Raises:
        DriverValueError: a driver is absent, missing or not positive somewhere.
        DuplicateRowsError: a time occurs twice.

    References:
        Dietz and Rosa (1997), PNAS 94, 175-179. Ridge coefficients of 天津: ChinaXiv-201909.00049.
    """
    for name in coefficients:
        if name not in drivers.columns:
            raise DriverValueError(name, drivers.columns)
        value = pl.col(name).cast(pl.Float64)
        # NaN counts as larger than everything, so it is asked for by name.
        bad = drivers.filter(~((value > 0) & value.is_finite()).fill_null(value=False))
        if bad.height:
            raise DriverValueError(name, set(bad[time]))
    if drivers[time].n_unique() != drivers.height:
        raise DuplicateRowsError("drivers", set(drivers.filter(pl.col(time).is_duplicated())[time]))
    terms = [b * pl.col(name).cast(pl.Float64).log() for name, b in coefficients.items()]
    exponent = add_up([pl.lit(constant), *terms])
    return drivers.select(time, value=exponent.exp()).sort(time)
