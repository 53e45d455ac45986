"""Cross-elasticity of pollution and carbon: how many per cent of one fall per cent of the other.

``Els = (dA/A0) / (dC/C0)`` with reductions counted positive. Two rises also give a positive quotient, so the
signs are looked at first and no number is given where both rise.
"""

import polars as pl

from sxyd_pipeline.core.panels import require_choice

POLLUTANT_PER_CARBON, CARBON_PER_POLLUTANT = "pollutant_per_carbon", "carbon_per_pollutant"
DEFINITIONS = (POLLUTANT_PER_CARBON, CARBON_PER_POLLUTANT)
#: Changes below this share of the base are nothing but rounding.
NO_CHANGE = 1e-12


def cross_elasticity(
    pollutant_share: str | pl.Expr,
    carbon_share: str | pl.Expr,
    *,
    definition: str = POLLUTANT_PER_CARBON,
    zero_share: float,
) -> tuple[pl.Expr, pl.Expr]:
    """Return elasticity and its state.

    Args:
        pollutant_share: reduction of pollution relative to its base; negative = rises.
        carbon_share: the same for carbon.
        definition: which of them stands above; papers swap them, so it is stored beside the number.
        zero_share: below this size the denominator counts as zero (1e-4 is usual).

    Returns:
        ``elasticity`` (null when both rise or the denominator is near zero) and ``elasticity_state``:
        ``both_rise``, ``undefined`` (also where a change is missing), ``synergy`` (both fall),
        ``pollutant_only``, ``carbon_only``.

    Raises:
        NotOnListError: ``definition`` is neither of :data:`DEFINITIONS`.

    References:
        毛显强 等 (2012): cross-elasticity of co-control; PMC11666946 table 2: how it is read.
    """
    require_choice("definition", definition, DEFINITIONS)
    a, c = _change(pollutant_share), _change(carbon_share)
    above, below = (a, c) if definition == POLLUTANT_PER_CARBON else (c, a)
    both_rise = (a < 0) & (c < 0)
    near_zero = below.abs() < zero_share
    value = pl.when(~both_rise & ~near_zero).then(above / below)
    state = (
        pl.when(both_rise)
        .then(pl.lit("both_rise"))
        .when(near_zero)
        .then(pl.lit("undefined"))
        .when((a > 0) & (c > 0))
        .then(pl.lit("synergy"))
        .when((a > 0) & (c < 0))
        .then(pl.lit("pollutant_only"))
        .when((a < 0) & (c > 0))
        .then(pl.lit("carbon_only"))
        .otherwise(pl.lit("undefined"))
    )
    return value, state


def quadrant(pollutant_share: str | pl.Expr, carbon_share: str | pl.Expr) -> pl.Expr:
    """Return the quadrant of the co-control coordinate system (x = pollution removed, y = carbon removed).

    I both fall; II carbon falls, pollution rises; III both rise; IV pollution falls, carbon rises; ``axis``
    where one of them does not change. Empty where one of them is missing.
    """
    a, c = _change(pollutant_share), _change(carbon_share)
    still = (a.abs() < NO_CHANGE) | (c.abs() < NO_CHANGE)
    return (
        pl.when(still)
        .then(pl.lit("axis"))
        .when((a > 0) & (c > 0))
        .then(pl.lit("I"))
        .when((a < 0) & (c > 0))
        .then(pl.lit("II"))
        .when((a < 0) & (c < 0))
        .then(pl.lit("III"))
        .when((a > 0) & (c < 0))
        .then(pl.lit("IV"))
    )


def _change(share: str | pl.Expr) -> pl.Expr:
    value = pl.col(share) if isinstance(share, str) else share
    return value.cast(pl.Float64).fill_nan(None)
