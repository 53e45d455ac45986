"""Grades by scheme. No scheme is official, so every grade carries the id of its scheme."""

import numpy as np
import polars as pl

from sxyd_pipeline.core.synergy.coupling_errors import BrokenGradeSchemeError, UnknownGradeSchemeError

#: Quantities that schemes grade.
COORDINATION, SYNERGY = "coordination_d", "synergy_degree"

#: Digits kept before a value meets a bound: 0.1 + 0.2 belongs to the class that begins at 0.3.
_DIGITS = 12


def schemes_for(grade_schemes: pl.DataFrame, quantity: str) -> list[str]:
    """Return the ids of the schemes that grade a quantity, in the order of the table."""
    return (
        grade_schemes.filter(pl.col("quantity") == quantity)["scheme_id"]
        .unique(maintain_order=True)
        .to_list()
    )


def grade(values: pl.Series, grade_schemes: pl.DataFrame, scheme_id: str) -> pl.Series:
    """Grade values by a scheme.

    Classes hold their lower bound, ``[lower, upper)``, and the last one its upper bound too; a scheme with
    ``closed = right`` holds the upper ones, ``(lower, upper]``, and the first one its lower bound too.

    Args:
        values: values to grade.
        grade_schemes: ``data/reference/grade_schemes.csv``.
        scheme_id: which scheme.

    Returns:
        Grades (Chinese names); empty where the value is empty or outside the scheme.

    Raises:
        UnknownGradeSchemeError: there is no such scheme.
        BrokenGradeSchemeError: its classes leave a gap or overlap.
    """
    classes = grade_schemes.filter(pl.col("scheme_id") == scheme_id).sort("lower")
    if classes.is_empty():
        raise UnknownGradeSchemeError(scheme_id, grade_schemes["scheme_id"].unique().to_list())
    lower, upper = classes["lower"].to_numpy(), classes["upper"].to_numpy()
    parted = np.flatnonzero(np.abs(lower[1:] - upper[:-1]) > 10.0**-_DIGITS)
    if len(parted):
        raise BrokenGradeSchemeError(scheme_id, float(upper[parted[0]]))
    numbers = values.cast(pl.Float64).round(_DIGITS).to_numpy().astype(float)
    edges = np.append(lower, upper[-1])
    holds_upper = classes["closed"][0] == "right"
    index = np.searchsorted(edges, numbers, side="left" if holds_upper else "right") - 1
    index = np.where(numbers == upper[-1], len(lower) - 1, np.where(numbers == lower[0], 0, index))
    inside = (numbers >= lower[0]) & (numbers <= upper[-1])
    names = classes["grade_zh"].to_list()
    return pl.Series(
        "grade", [names[i] if ok else None for i, ok in zip(index, inside, strict=True)], dtype=pl.String
    )
