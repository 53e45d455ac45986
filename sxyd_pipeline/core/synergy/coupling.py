"""Coupling coordination degree (耦合协调度): are subsystems high together, and how high.

``C`` says how even the subsystems are, ``T`` how high they are, ``D = sqrt(C T)`` both. An area where
everything is equally bad has C = 1: C alone is never a verdict.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.optimize import nnls

from sxyd_pipeline.core.panels import require_numbers
from sxyd_pipeline.core.synergy.coupling_errors import (
    NegativeSubsystemError,
    TooFewSubsystemsError,
    UnsettledWeightsError,
    WeightsOffOneError,
)

Floats = npt.NDArray[np.float64]

#: Formula of C with the n-th root; every other exponent is a variant and named so.
STANDARD = "C=n(ΠU)^(1/n)/ΣU"


def couple(
    frame: pl.DataFrame,
    systems: Sequence[str],
    *,
    alphas: Sequence[float] | None = None,
    k: float | None = None,
) -> pl.DataFrame:
    """Compute coupling degree, development and coordination degree of every row.

    ``C = n (U_1 ... U_n)^(1/n) / (U_1 + ... + U_n)`` (two systems: ``2 sqrt(U1 U2) / (U1 + U2)``),
    ``T = sum_i alpha_i U_i``, ``D = sqrt(C T)``; with ``k``,
    ``C = {U_1 ... U_n / [(U_1 + ... + U_n) / n]^n}^k``.

    Args:
        frame: one column per subsystem, 0 (worst) to 1 (best). Larger values are not refused, but D then is
            on their scale and no grade scheme holds it.
        systems: names of two or more subsystems.
        alphas: weight of each subsystem in T; equal when None. Sum to 1.
        k: exponent of the older formula (often 2); None for the standard one, which is ``k = 1 / n``.

    Returns:
        ``frame`` with ``coupling_c``, ``development_index`` and ``coordination_d`` (1). C, and with it D,
        is empty where a subsystem is empty or all of them are 0.

    Raises:
        TooFewSubsystemsError: fewer than two subsystems, or one named twice.
        MissingPanelColumnError: a subsystem is no column of the frame.
        NotANumberError: a subsystem is text or infinite.
        NegativeSubsystemError: a subsystem is negative.
        WeightsOffOneError: the alphas are not one per subsystem, or do not sum to 1.

    References:
        Checked against ChinaXiv-202208.00078 (two systems) and ChinaXiv-201911.00067 (k = 2).
    """
    values = subsystem_values(frame, systems)
    c = coupling_degree(values, k=k)
    t = values @ weights_of(len(systems), alphas)
    return frame.with_columns(
        pl.Series("coupling_c", c).fill_nan(None),
        pl.Series("development_index", t).fill_nan(None),
        pl.Series("coordination_d", np.sqrt(c * t)).fill_nan(None),
    )


def coupling_degree(values: npt.ArrayLike, *, k: float | None = None) -> Floats:
    """Return C of each row of subsystem values (shape ``(rows, systems)``); NaN where all are 0.

    Args:
        values: subsystems, not negative; a single list is one row.
        k: exponent of the older formula; None for the standard root ``1 / n``.
    """
    table = np.atleast_2d(np.asarray(values, dtype=float))
    mean = table.mean(axis=1, keepdims=True)
    # Divided before they are multiplied: products of small values would run out of digits.
    evenness = np.divide(table, mean, out=np.full_like(table, np.nan), where=mean > 0.0).prod(axis=1)
    exponent = 1.0 / table.shape[1] if k is None else k
    # By the inequality of means the product is at most 1; rounding may lift it by one digit.
    return np.asarray(np.minimum(evenness, 1.0) ** exponent)


def describe_variant(systems: Sequence[str], alphas: Sequence[float] | None, k: float | None) -> str:
    """Name formula and weights, as they stand in ``formula_variant``."""
    count = len(systems)
    weights = ",".join(f"{weight:g}" for weight in weights_of(count, alphas).round(4))
    formula = STANDARD if k is None else f"k变体 C={{ΠU/[ΣU/n]^n}}^k, k={k:g}"
    return f"{count} 系统; {formula}; α={weights}; D=√(C·T)"


def fit_alphas(frame: pl.DataFrame, systems: Sequence[str], development_index: str) -> list[float]:
    """Recover the weights behind a printed T by least squares (weights >= 0, sum 1).

    Args:
        frame: subsystems and printed T.
        systems: names of the subsystems.
        development_index: column of the printed T; where only C and D are printed, ``D**2 / C``.

    Returns:
        One weight per subsystem.

    Raises:
        UnsettledWeightsError: too few rows, or subsystems so alike that other weights give the same T.
    """
    require_numbers(frame, [*systems, development_index])
    columns = [pl.col(name).cast(pl.Float64).fill_nan(None) for name in (*systems, development_index)]
    rows = frame.select(columns).drop_nulls()
    values = rows.select(systems).to_numpy().astype(float)
    # A heavy row holds the sum to 1; the others are on the scale of the subsystems.
    heavy = 1e4 * max(1.0, float(np.abs(values).max(initial=0.0)))
    left = np.vstack([values, np.full((1, len(systems)), heavy)])
    right = np.append(rows[development_index].to_numpy().astype(float), heavy)
    # Rows of the panel together with the sum of 1 must leave one answer only.
    if np.linalg.matrix_rank(np.vstack([values, np.ones((1, len(systems)))])) < len(systems):
        raise UnsettledWeightsError(systems, len(values))
    weights, _ = nnls(left, right)
    return [float(weight) for weight in weights / weights.sum()]


def subsystem_values(frame: pl.DataFrame, systems: Sequence[str]) -> Floats:
    """Return subsystems as an array ``(rows, systems)``, NaN where empty.

    Raises:
        TooFewSubsystemsError: fewer than two subsystems, or one named twice.
        MissingPanelColumnError: a subsystem is no column of the frame.
        NotANumberError: a subsystem is text or infinite.
        NegativeSubsystemError: a subsystem is negative.
    """
    if len(set(systems)) < 2 or len(set(systems)) < len(systems):  # noqa: PLR2004 - coupling needs two
        raise TooFewSubsystemsError(systems)
    require_numbers(frame, systems)
    values = np.asarray(frame.select(pl.col(systems).cast(pl.Float64)).to_numpy(), dtype=float)
    negative = values < 0.0
    if negative.any():
        names = [name for index, name in enumerate(systems) if negative[:, index].any()]
        raise NegativeSubsystemError(names, int(negative.any(axis=1).sum()))
    return values


def weights_of(count: int, alphas: Sequence[float] | None) -> Floats:
    """Return the weights of subsystems, equal when None.

    Raises:
        WeightsOffOneError: not one per subsystem, or they do not sum to 1.
    """
    if alphas is None:
        return np.full(count, 1.0 / count)
    weights = np.asarray(alphas, dtype=float)
    if len(weights) != count or abs(float(weights.sum()) - 1.0) > 1e-6 or (weights < 0.0).any():  # noqa: PLR2004 - rounding of stated weights
        raise WeightsOffOneError([float(weight) for weight in weights], count)
    return weights
