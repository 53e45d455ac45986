"""How a value was made: stands on every row of group ``synergy``, and nothing is published without it."""

import hashlib
import io
from collections.abc import Iterable

import geopandas as gpd
import polars as pl

_HEX_DIGITS = 16


def inputs_hash(*frames: pl.DataFrame | gpd.GeoDataFrame) -> str:
    """Return one hash over the tables a result is computed from.

    Args:
        frames: tables in the order they enter; the order of their rows and columns counts, chunks do not.

    Returns:
        First 16 hex digits of sha256 over names, types and values.
    """
    total = hashlib.sha256()
    for frame in frames:
        for part in _parts(frame):
            total.update(hashlib.sha256(part).digest())
    return total.hexdigest()[:_HEX_DIGITS]


def with_provenance(
    frame: pl.DataFrame,
    *,
    method_id: str | pl.Expr,
    formula_variant: str | pl.Expr,
    inputs: str,
    grade_scheme_id: str | pl.Expr | None = None,
) -> pl.DataFrame:
    """Add the columns that say how each row was made.

    Args:
        frame: any table.
        method_id: method of ``data/reference/methods.csv``, or an expression of it.
        formula_variant: variant of the formula and the choices made in it.
        inputs: what :func:`inputs_hash` returned.
        grade_scheme_id: scheme the rows are graded with; None where nothing is graded.

    Returns:
        ``frame`` with ``method_id, formula_variant, grade_scheme_id, inputs_hash``.
    """
    return frame.with_columns(
        _text(method_id).alias("method_id"),
        _text(formula_variant).alias("formula_variant"),
        _text(grade_scheme_id).alias("grade_scheme_id"),
        _text(inputs).alias("inputs_hash"),
    )


def _text(value: str | pl.Expr | None) -> pl.Expr:
    return value if isinstance(value, pl.Expr) else pl.lit(value, dtype=pl.String)


def _parts(frame: pl.DataFrame | gpd.GeoDataFrame) -> Iterable[bytes]:
    if isinstance(frame, gpd.GeoDataFrame):
        plain = frame.drop(columns=frame.geometry.name)
        yield b"".join(frame.geometry.to_wkb())
        frame = pl.from_pandas(plain)
    buffer = io.BytesIO()
    frame.rechunk().write_ipc(buffer, compression="uncompressed")
    yield buffer.getvalue()
