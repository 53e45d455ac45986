"""Paths over the years: from the few numbers of a lever to a value for every year."""

from collections.abc import Mapping, Sequence

import numpy as np

from sxyd_pipeline.core.projection.scenario import Lever

Array = np.ndarray


def follow_rate(
    values: Mapping[int, float], years: Sequence[int], base_year: int, scale: float | Array = 1.0
) -> Array:
    """Return the ratio to the base year that yearly rates give.

    ``ratio(t) = prod over y in (base, t] of (1 + g(y))`` where ``g(y)`` is the rate of the first keyed year
    that is not before ``y``; after the last keyed year its rate goes on.

    Args:
        values: keyed year -> rate per year (share).
        years: years asked for.
        base_year: year whose ratio is 1; earlier years are 1 too.
        scale: factor on every rate; an array of draws gives one path per draw.

    Returns:
        Array of shape (*scale.shape, years).
    """
    keys = np.array(sorted(values))
    rates = np.array([values[key] for key in keys], dtype=float)
    steps = np.arange(base_year + 1, max(*years, base_year) + 1)
    chosen = rates[np.minimum(np.searchsorted(keys, steps), len(keys) - 1)]
    draws = np.asarray(scale, dtype=float)[..., None]
    # A draw may push a decline beyond -100 %: an activity cannot be less than nothing.
    growth = np.maximum(1.0 + draws * chosen, 0.0)
    ratio = np.concatenate([np.ones_like(draws), np.cumprod(growth, axis=-1)], axis=-1)
    position = np.clip(np.asarray(years) - base_year, 0, None)
    result: Array = ratio[..., position]
    return result


def follow_level(
    values: Mapping[int, float],
    years: Sequence[int],
    base_year: int,
    neutral: float,
    scale: float | Array = 1.0,
) -> Array:
    """Return the level in every year, linear between keyed years.

    The base year is neutral unless it is keyed itself; after the last keyed year the level stays.

    Args:
        values: keyed year -> level.
        years: years asked for.
        base_year: year of the inventory.
        neutral: level that changes nothing.
        scale: factor on the distance from neutral; an array of draws gives one path per draw.

    Returns:
        Array of shape (*scale.shape, years).
    """
    points = {base_year: neutral, **values} if base_year not in values else dict(values)
    keys = sorted(points)
    levels = np.interp(np.asarray(years, dtype=float), keys, [points[key] for key in keys])
    result: Array = neutral + np.asarray(scale, dtype=float)[..., None] * (levels - neutral)
    return result


def lever_path(lever: Lever, years: Sequence[int], base_year: int, scale: float | Array = 1.0) -> Array:
    """Return the path of a lever: a ratio for rates, a level otherwise, clipped to the lever's bounds."""
    if lever.kind.path == "yearly_rate":
        return follow_rate(lever.values, years, base_year, scale)
    level = follow_level(lever.values, years, base_year, lever.kind.neutral, scale)
    clipped: Array = np.clip(level, lever.kind.minimum, lever.kind.maximum)
    return clipped
