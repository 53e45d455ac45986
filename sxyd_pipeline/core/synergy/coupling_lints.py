"""Misuses of the coupling coordination degree, each as a function that returns the offending rows.

They read printed tables of other people as well as ours. What rounding of the printed numbers can explain
is worked out from their digits, so a table printed to two digits is not accused of rounding.
"""

import itertools
from collections.abc import Sequence

import numpy as np
import polars as pl

from sxyd_pipeline.core.panels import require_numbers
from sxyd_pipeline.core.synergy.coupling import Floats, coupling_degree, subsystem_values, weights_of

#: Thresholds of "high C, low T"; the graph takes them from data/reference/synergy_parameters.csv.
HIGH_C, LOW_T = 0.9, 0.3
#: Largest value C can take without the factor n, for two systems.
HALF = 0.5

#: What may have been printed in place of D, in the order in which a tie is settled; D itself first.
CANDIDATES = ("D", "C", "T", "C·T", "C/n", "√(C/n·T)", "D(k=1)", "D(k=2)")
#: What may have been printed as C.
C_VARIANTS = ("C", "C(k=1)", "C(k=2)", "C/n")

#: A column whose values all end in zeros (1.000, 1.000) still was printed to two digits at least.
_MINIMUM_DIGITS, _MAXIMUM_DIGITS = 2, 9
_EXACT = 1e-9


def explain_d(
    frame: pl.DataFrame, systems: Sequence[str], printed_d: str,
    *, alphas: Sequence[float] | None = None, k: float | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Say for every row which quantity the printed D is.

    Candidates (:data:`CANDIDATES`): D as it should be; C or T in its place; the product without the root;
    C without the factor n, alone and inside D; D with ``k = 1`` (no n-th root) and ``k = 2``.

    Args:
        frame: subsystems and printed D.
        systems: names of the subsystems.
        printed_d: column of the printed D.
        alphas: weights of T; equal when None (:func:`..coupling.fit_alphas` recovers unstated ones).
        k: exponent the table says it uses; None for the standard formula.

    Returns:
        ``frame`` with ``coupling_c, development_index, coordination_d`` (recomputed), ``tolerance_c`` and
        ``tolerance_d`` (what rounding explains), ``printed_is`` (nearest candidate; D wherever D is within
        rounding) and ``difference`` (printed minus D). Empty where a number is missing.
    """
    values = subsystem_values(frame, systems)
    printed = _numbers(frame, printed_d)
    weights = weights_of(len(systems), alphas)
    found = _candidates(values, weights, k)
    slack = {name: reach + _half_unit(printed) for name, reach in _rounding_of(values, weights, k).items()}
    gaps = np.abs(np.stack([found[name] for name in CANDIDATES]) - printed)
    defined = ~np.isnan(gaps).any(axis=0)
    nearest = np.where(defined, np.nan_to_num(gaps, nan=np.inf).argmin(axis=0), -1)
    nearest[defined & (gaps[0] <= slack["D"])] = 0
    names = [CANDIDATES[i] if i >= 0 else None for i in nearest]
    return frame.with_columns(
        pl.Series("coupling_c", found["C"]).fill_nan(None),
        pl.Series("development_index", found["T"]).fill_nan(None),
        pl.Series("coordination_d", found["D"]).fill_nan(None),
        pl.Series("tolerance_c", slack["C"]).fill_nan(None),
        pl.Series("tolerance_d", slack["D"]).fill_nan(None),
        pl.Series("printed_is", names, dtype=pl.String),
        pl.Series("difference", printed - found["D"]).fill_nan(None),
    )


def lint_c_as_d(
    frame: pl.DataFrame, systems: Sequence[str], printed_d: str,
    *, alphas: Sequence[float] | None = None, k: float | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return rows whose printed D is C: close to the recomputed C, and off the recomputed D.

    A row where every subsystem is low then reads as "coordinated".

    Args:
        frame: subsystems and printed D.
        systems: names of the subsystems.
        printed_d: column of the printed D.
        alphas: weights of T; equal when None.
        k: exponent the table says it uses; None for the standard formula.

    Returns:
        Offending rows as :func:`explain_d` describes them, with ``rule``.
    """
    told = explain_d(frame, systems, printed_d, alphas=alphas, k=k)
    is_c = (pl.col(printed_d).cast(pl.Float64) - pl.col("coupling_c")).abs() <= pl.col("tolerance_c")
    off_d = pl.col("difference").abs() > pl.col("tolerance_d")
    return _named(told.filter(is_c & off_d), "c_printed_as_d")


def lint_misprinted_d(
    frame: pl.DataFrame, systems: Sequence[str], printed_d: str,
    *, alphas: Sequence[float] | None = None, k: float | None = None,
) -> pl.DataFrame:  # fmt: skip
    """Return rows whose printed D is off the recomputed D by more than rounding, and what it is instead."""
    told = explain_d(frame, systems, printed_d, alphas=alphas, k=k)
    return _named(told.filter(pl.col("difference").abs() > pl.col("tolerance_d")), "d_off_recomputed")


def rank_c_variants(frame: pl.DataFrame, systems: Sequence[str], printed_c: str) -> pl.DataFrame:
    """Rank the formulas by how well they reproduce a printed column of C.

    Returns:
        ``variant`` (:data:`C_VARIANTS`), ``max_difference``, ``mean_difference``, ``rows_explained_share``
        (within rounding); best first.
    """
    values, printed = subsystem_values(frame, systems), _numbers(frame, printed_c)
    slack = _rounding_of(values, weights_of(len(systems), None))
    found = _c_variants(values)
    rows = []
    for order, name in enumerate(C_VARIANTS):
        gap = np.abs(found[name] - printed)
        used = ~np.isnan(gap)
        if used.any():
            explained = gap[used] <= (slack[name] + _half_unit(printed))[used]
            rows.append(
                (name, float(gap[used].max()), float(gap[used].mean()), float(explained.mean()), order)
            )
    schema = ["variant", "max_difference", "mean_difference", "rows_explained_share", "order"]
    return pl.DataFrame(rows, schema=schema, orient="row").sort("mean_difference", "order").drop("order")


def lint_c_variant(frame: pl.DataFrame, systems: Sequence[str], printed_c: str) -> pl.DataFrame:
    """Return rows off the standard C where another formula explains the column better.

    Catches the older formula with ``k``, the n-system formula without its root (``k = 1``), and C without
    its factor n.

    Returns:
        Offending rows with ``coupling_c``, ``tolerance_c``, ``variant`` (formula of the column) and ``rule``.
    """
    values, printed = subsystem_values(frame, systems), _numbers(frame, printed_c)
    slack = _rounding_of(values, weights_of(len(systems), None))["C"] + _half_unit(printed)
    standard = coupling_degree(values)
    ranked = rank_c_variants(frame, systems, printed_c)
    best = "C" if ranked.is_empty() else ranked["variant"][0]
    told = frame.with_columns(
        pl.Series("coupling_c", standard).fill_nan(None),
        pl.Series("tolerance_c", slack).fill_nan(None),
        variant=pl.lit(best),
    )
    off = np.abs(printed - standard) > slack
    return _named(told.filter(pl.Series(off) & (pl.col("variant") != "C")), "c_not_standard")


def lint_capped_c(frame: pl.DataFrame, printed_c: str, systems: Sequence[str] | None = None) -> pl.DataFrame:
    """Return the rows of a panel whose C never exceeds 0.5: ``sqrt(U1 U2) / (U1 + U2)`` lacks its factor 2.

    Ten-class grades made for 0..1 then never reach their upper half.

    Args:
        frame: a whole panel.
        printed_c: column of C.
        systems: subsystems where they are printed; rows whose true C is as low are then not accused.

    Returns:
        Offending rows with ``rule``; none where C exceeds 0.5 anywhere in the panel.
    """
    printed = _numbers(frame, printed_c)
    limit = HALF + float(_half_unit(printed))
    known = ~np.isnan(printed)
    if not known.any() or (printed[known] > limit).any():
        return _named(frame.clear(), "c_capped")
    accused = known
    if systems is not None:
        values = subsystem_values(frame, systems)
        slack = _rounding_of(values, weights_of(len(systems), None))["C"] + _half_unit(printed)
        accused = known & (np.abs(coupling_degree(values) - printed) > slack)
    return _named(frame.filter(pl.Series(accused)), "c_capped")


def lint_high_c_low_t(
    frame: pl.DataFrame, coupling_c: str = "coupling_c", development_index: str = "development_index",
    *, high_c: float = HIGH_C, low_t: float = LOW_T,
) -> pl.DataFrame:  # fmt: skip
    """Return rows with C above ``high_c`` and T below ``low_t``: evenly bad, not coordinated."""
    return _named(
        frame.filter((pl.col(coupling_c) > high_c) & (pl.col(development_index) < low_t)), "high_c_low_t"
    )


def lint_zeros(frame: pl.DataFrame, normalised: Sequence[str]) -> pl.DataFrame:
    """Return rows with a normalised value of exactly 0.

    Min-max gives the worst area of a panel a 0, and the product under the root then gives it D = 0 whatever
    its other subsystems are. Shift by epsilon, or take the bounds from targets.
    """
    zero = pl.any_horizontal(pl.col(normalised).cast(pl.Float64).abs() <= _EXACT)
    return _named(frame.filter(zero), "zero_from_min_max")


def lint_mixed_bounds(bounds: pl.DataFrame) -> pl.DataFrame:
    """Return bounds of one indicator that differ between panels shown together: their values do not compare.

    Args:
        bounds: bounds of all panels (:data:`..normalise.BOUND_SCHEMA`), one below the other.
    """
    different = pl.struct("low", "high", "direction").n_unique().over("indicator") > 1
    return _named(bounds.filter(different), "panel_dependent_bounds")


def lint_directions(directions: pl.DataFrame) -> pl.DataFrame:
    """Return indicators of one kind that are counted as benefit in one place and as cost in another.

    Pollution as "less is better" beside carbon as "more is better" turns coordination upside down.

    Args:
        directions: ``kind`` (what the indicator measures, as ``emission``), ``indicator``, ``direction``.
    """
    mixed = pl.col("direction").n_unique().over("kind") > 1
    return _named(directions.filter(mixed), "mixed_direction")


def _candidates(values: Floats, weights: Floats, k: float | None) -> dict[str, Floats]:
    c, t = coupling_degree(values, k=k), values @ weights
    variants = _c_variants(values)
    halved = variants["C/n"]
    return {
        "D": np.sqrt(c * t), "C": c, "T": t, "C·T": c * t, "C/n": halved, "√(C/n·T)": np.sqrt(halved * t),
        "D(k=1)": np.sqrt(variants["C(k=1)"] * t), "D(k=2)": np.sqrt(variants["C(k=2)"] * t),
    }  # fmt: skip


def _c_variants(values: Floats) -> dict[str, Floats]:
    c = coupling_degree(values)
    return {
        "C": c, "C(k=1)": coupling_degree(values, k=1.0), "C(k=2)": coupling_degree(values, k=2.0),
        "C/n": c / values.shape[1],
    }  # fmt: skip


def _rounding_of(values: Floats, weights: Floats, k: float | None = None) -> dict[str, Floats]:
    """Return how far each quantity can move when every printed subsystem moves by half its last digit."""
    half = np.array([_half_unit(values[:, column]) for column in range(values.shape[1])])
    middle = {**_c_variants(values), **_candidates(values, weights, k)}
    reach = {name: np.full(len(values), _EXACT) for name in middle}
    for signs in itertools.product((-1.0, 1.0), repeat=values.shape[1]):
        moved = np.maximum(values + half * np.array(signs), 0.0)
        for name, shifted in {**_c_variants(moved), **_candidates(moved, weights, k)}.items():
            reach[name] = np.fmax(reach[name], np.abs(shifted - middle[name]) + _EXACT)
    return reach


def _half_unit(numbers: Floats) -> Floats:
    """Return half a unit of the last digit in which a column is printed."""
    digits = _MINIMUM_DIGITS
    for number in numbers[~np.isnan(numbers)]:
        text = f"{number:.{_MAXIMUM_DIGITS}f}".rstrip("0")
        digits = max(digits, len(text.partition(".")[2]))
    return np.asarray(0.5 * 10.0**-digits)


def _numbers(frame: pl.DataFrame, column: str) -> Floats:
    require_numbers(frame, [column])
    return np.asarray(frame[column].cast(pl.Float64).to_numpy(), dtype=float)


def _named(rows: pl.DataFrame, rule: str) -> pl.DataFrame:
    return rows.with_columns(rule=pl.lit(rule))
