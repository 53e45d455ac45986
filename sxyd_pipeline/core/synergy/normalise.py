"""Bring indicators to 0..1, with the bounds kept beside the result.

A normalised value means nothing without its bounds: the same area scores differently on another panel.
So bounds are a table of their own, with the direction of each indicator and the panel they come from.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

from sxyd_pipeline.core.panels import require_numbers
from sxyd_pipeline.core.sums import add_up
from sxyd_pipeline.core.synergy.coupling_errors import NegativeIndicatorError, UnknownDirectionError

Direction = Literal["benefit", "cost"]

BOUND_SCHEMA: dict[str, type[pl.DataType]] = {
    "indicator": pl.String, "direction": pl.String, "low": pl.Float64, "high": pl.Float64, "panel": pl.String,
}  # fmt: skip
#: Panel of bounds that come from targets or standards and not from the areas themselves.
TARGETS = "targets"
#: Relative differences below this come from rounding.
_NOISE = 1e-12
_DIRECTIONS = ("benefit", "cost")


def bounds_of_panel(frame: pl.DataFrame, directions: Mapping[str, Direction], panel: str) -> pl.DataFrame:
    """Take least and greatest value of each indicator over a panel of areas and years.

    Args:
        frame: one row per area and year; one column per indicator.
        directions: ``benefit`` (more is better) or ``cost`` (less is better) of each indicator.
        panel: which areas, years and scenarios the frame holds, in words; stored with the bounds.

    Returns:
        :data:`BOUND_SCHEMA`, one row per indicator.

    Raises:
        UnknownDirectionError: a direction is neither ``benefit`` nor ``cost``.
        MissingPanelColumnError: an indicator is no column of the frame.
    """
    require_numbers(frame, directions)
    rows = [
        (name, direction, *frame.select(low=pl.col(name).min(), high=pl.col(name).max()).row(0), panel)
        for name, direction in directions.items()
    ]
    return _bounds(rows)


def bounds_from_targets(targets: Mapping[str, tuple[float, float]], basis: str = TARGETS) -> pl.DataFrame:
    """Take the bounds from outside: the value that counts as worst and the one that counts as best.

    Args:
        targets: ``(worst, best)`` of each indicator; best below worst makes it a cost.
        basis: where the values come from; stored as the panel.

    Returns:
        :data:`BOUND_SCHEMA`, one row per indicator; it does not change when areas join or leave.
    """
    return _bounds(
        [
            (name, "cost" if best < worst else "benefit", min(worst, best), max(worst, best), basis)
            for name, (worst, best) in targets.items()
        ]
    )


def normalise(
    frame: pl.DataFrame, bounds: pl.DataFrame, *, epsilon: float = 0.0, suffix: str = "_u"
) -> pl.DataFrame:
    """Bring each indicator to 0..1, higher is better.

    ``u = (x - low) / (high - low)`` for a benefit, ``(high - x) / (high - low)`` for a cost, held within 0
    and 1; then ``u' = epsilon + (1 - epsilon) u``, so that the worst area of a panel is not a zero that
    drags a product of subsystems to zero.

    Args:
        frame: one column per indicator.
        bounds: :data:`BOUND_SCHEMA`.
        epsilon: least value a normalised indicator takes (1).
        suffix: added to the name of the indicator.

    Returns:
        ``frame`` with one more column per indicator. An indicator that is the same everywhere says nothing:
        its column is empty.

    Raises:
        UnknownDirectionError: a direction is neither ``benefit`` nor ``cost``.
        MissingPanelColumnError: an indicator is no column of the frame.
    """
    require_numbers(frame, bounds["indicator"])
    columns = []
    for name, direction, low, high in bounds.select("indicator", "direction", "low", "high").iter_rows():
        _require_direction(name, direction)
        span = (high or 0.0) - (low or 0.0)
        # Bounds that differ by rounding only would blow noise up to 0..1.
        if low is None or high is None or span <= _NOISE * max(abs(high), abs(low)):
            columns.append(pl.lit(None, dtype=pl.Float64).alias(f"{name}{suffix}"))
            continue
        value = pl.col(name).cast(pl.Float64).fill_nan(None)
        distance = value - low if direction == "benefit" else high - value
        share = (distance / span).clip(0.0, 1.0)
        columns.append((epsilon + (1.0 - epsilon) * share).alias(f"{name}{suffix}"))
    return frame.with_columns(columns)


def index_subsystem(
    frame: pl.DataFrame, columns: Sequence[str], name: str, weights: Sequence[float] | None = None
) -> pl.DataFrame:
    """Sum the normalised indicators of a subsystem, ``U = sum_j w_j x_j / sum_j w_j``.

    Indicators without a value in a row are left out there, and the weights of the others scaled up.

    Args:
        frame: normalised indicators.
        columns: indicators of the subsystem.
        name: name of the new column.
        weights: weight of each indicator; equal when None.
    """
    shares = [1.0] * len(columns) if weights is None else list(weights)
    parts = [pl.col(column) * share for column, share in zip(columns, shares, strict=True)]
    present = [
        pl.when(pl.col(column).is_not_null()).then(pl.lit(share))
        for column, share in zip(columns, shares, strict=True)
    ]
    total = add_up(present)
    index = pl.when(total > 0.0).then(add_up(parts) / total)
    return frame.with_columns(index.alias(name))


def weigh_by_entropy(frame: pl.DataFrame, columns: Sequence[str]) -> list[float]:
    """Weigh indicators by how much they differ between rows.

    ``p_ij = x_ij / sum_i x_ij``, ``e_j = -sum_i p_ij ln p_ij / ln m``, ``w_j = (1 - e_j) / sum (1 - e_j)``.
    Weights by entropy depend on the panel, as bounds do.

    Args:
        frame: ``m`` rows of normalised indicators, 0..1.
        columns: indicators.

    Returns:
        One weight per column; they sum to 1 (equal ones where no indicator differs). Rows with an empty
        indicator are left out; an indicator of nothing but zeros differs nowhere and weighs 0.

    Raises:
        MissingPanelColumnError: an indicator is no column of the frame.
        NegativeIndicatorError: an indicator is negative somewhere.
    """
    require_numbers(frame, columns)
    known = frame.select(pl.col(columns).cast(pl.Float64).fill_nan(None)).drop_nulls()
    values = known.to_numpy().astype(float)
    negative = [name for name, column in zip(columns, values.T, strict=True) if (column < 0.0).any()]
    if negative:
        raise NegativeIndicatorError(negative)
    total = values.sum(axis=0)
    parts = np.divide(values, total, out=np.zeros_like(values), where=total > 0)
    terms = np.where(parts > 0, parts * np.log(np.where(parts > 0, parts, 1.0)), 0.0)
    spread = 1.0 + terms.sum(axis=0) / np.log(max(len(values), 2))
    # One row, like a column of zeros, has nothing to differ from.
    spread = np.where((spread > _NOISE) & (total > 0) & (len(values) > 1), spread, 0.0)
    if not spread.any():
        return [1.0 / len(columns)] * len(columns)
    return [float(weight) for weight in spread / spread.sum()]


def bounds_json(bounds: pl.DataFrame, *, epsilon: float, scale: str) -> str:
    """Write bounds as JSON: panel, scale of the indicators, shift, and ``[low, high, direction]`` of each."""
    return json.dumps(
        {
            "panel": "；".join(bounds["panel"].unique().sort()),
            "scale": scale,
            "epsilon": epsilon,
            "indicators": {
                row["indicator"]: [_short(row["low"]), _short(row["high"]), row["direction"]]
                for row in bounds.iter_rows(named=True)
            },
        },
        ensure_ascii=False,
    )


def _short(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _bounds(rows: list[tuple[str, str, float | None, float | None, str]]) -> pl.DataFrame:
    for name, direction, *_ in rows:
        _require_direction(name, direction)
    return pl.DataFrame(rows, schema=BOUND_SCHEMA, orient="row")


def _require_direction(name: str, direction: str) -> None:
    if direction not in _DIRECTIONS:
        raise UnknownDirectionError(name, direction)
