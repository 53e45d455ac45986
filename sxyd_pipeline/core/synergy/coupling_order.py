"""Composite-system synergy degree (复合系统协同度): do subsystems become more orderly together.

Unlike the coupling degree it compares two times: what counts is the change, and one subsystem that falls
makes the whole negative.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
import polars as pl

from sxyd_pipeline.core.panels import require_columns, require_numbers, require_single_rows
from sxyd_pipeline.core.synergy.coupling import Floats, weights_of
from sxyd_pipeline.core.synergy.coupling_errors import NegativeSubsystemError, UnmatchedValuesError


def order_subsystem(
    frame: pl.DataFrame,
    columns: Sequence[str],
    name: str,
    *,
    how: Literal["geometric", "weighted"] = "geometric",
    weights: Sequence[float] | None = None,
) -> pl.DataFrame:
    """Bring the order degrees of a subsystem's parameters together.

    Args:
        frame: order degrees of the parameters (0..1), as :func:`..normalise.normalise` gives them.
        columns: parameters of the subsystem.
        name: name of the new column.
        how: ``geometric``, ``U = (u_1 ... u_n)^(1/n)``, or ``weighted``, ``U = sum_j w_j u_j``.
        weights: weights of ``weighted``; equal when None.

    Raises:
        MissingPanelColumnError: a parameter is no column of the frame.
        NegativeSubsystemError: an order degree is negative: its root is not defined.
    """
    require_numbers(frame, columns)
    values = frame.select(pl.col(columns).cast(pl.Float64)).to_numpy().astype(float)
    if (values < 0.0).any():
        raise NegativeSubsystemError(columns, int((values < 0.0).any(axis=1).sum()))
    if how == "geometric":
        order = values.prod(axis=1) ** (1.0 / len(columns))
    else:
        order = values @ weights_of(len(columns), weights)
    return frame.with_columns(pl.Series(name, order).fill_nan(None))


def synergy_degree(before: npt.ArrayLike, after: npt.ArrayLike) -> Floats:
    """Return ``DS = theta * (prod_k |U_k(t1) - U_k(t0)|)^(1/K)`` of each row.

    ``theta = +1`` only where every subsystem rises, else -1. DS is 0 where any subsystem stands still.

    Args:
        before: subsystem order at t0, shape ``(rows, K)``; a single list is one row.
        after: the same at t1.

    Returns:
        Values from -1 to 1; NaN where an order is missing.

    Raises:
        UnmatchedValuesError: the two differ in shape.

    References:
        Formula and cut-offs (0, 0.3, 0.7) as in common use for composite systems; recalled.
    """
    start, end = (np.atleast_2d(np.asarray(order, dtype=float)) for order in (before, after))
    if start.shape != end.shape:
        raise UnmatchedValuesError([*start.shape, *end.shape])
    change = end - start
    size = np.abs(change).prod(axis=1) ** (1.0 / change.shape[1])
    rises = (change > 0.0).all(axis=1)
    # Written so that standing still is 0 and not -0.
    return np.asarray(np.where(rises, size, np.where(size > 0.0, -size, size)))


def measure_synergy(
    frame: pl.DataFrame, systems: Sequence[str], *, by: Sequence[str], time: str, base: float
) -> pl.DataFrame:
    """Compute the synergy degree of every later time against the base period.

    Args:
        frame: one row per ``by`` and time; one column per subsystem.
        systems: names of the subsystems.
        by: columns that identify an area (and scenario).
        time: column of the time.
        base: time of the base period.

    Returns:
        Rows other than those of the base period, with ``synergy_degree`` (-1..1); empty where the area has
        no base period or a subsystem is empty.

    Raises:
        MissingPanelColumnError: a column is missing.
        RepeatedPanelRowError: an area has several rows in the base period.
    """
    require_columns(frame, [*by, time])
    require_numbers(frame, systems)
    start = frame.filter(pl.col(time) == base).select(*by, *(pl.col(s).alias(f"_{s}_0") for s in systems))
    require_single_rows(start, by)
    # Without a column that tells areas apart there is one area.
    one = pl.lit(0).alias("_area")
    later = (
        frame.filter(pl.col(time) != base)
        .with_columns(one)
        .join(start.with_columns(one), on=["_area", *by], how="left", maintain_order="left")
        .drop("_area")
    )
    before = later.select(pl.col(f"_{s}_0").cast(pl.Float64) for s in systems).to_numpy()
    after = later.select(pl.col(systems).cast(pl.Float64)).to_numpy()
    degree = pl.Series("synergy_degree", synergy_degree(before, after)).fill_nan(None)
    return later.drop(f"_{s}_0" for s in systems).with_columns(degree)
