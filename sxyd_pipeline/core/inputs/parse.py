"""Cells as people type them, as expressions that turn text into values or into nothing."""

import unicodedata
from collections.abc import Callable, Mapping

import polars as pl

#: What people write where there is nothing to say.
MISSING_TOKENS = (
    "",
    "-",
    "--",
    "—",
    "——",
    "–",
    "－",
    "/",
    "\\",
    "无",
    "空",
    "n/a",
    "na",
    "null",
    "none",
    "nan",
)
#: What a spreadsheet shows where a formula failed.
ERROR_CELLS = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!")
_BLANKS = " \t\r\n\u3000\u00a0\ufeff\u200b"
_GROUPED = r"^[+-]?(\d{1,3}(,\d{3})+|\d{1,4}(,\d{4})+)(\.\d*)?$"
_PLAIN = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
_NO_EXPONENT = r"^[+-]?(\d+(\.\d*)?|\.\d+)$"
_YEAR = r"^\d{4}$"


def clean_text(column: pl.Expr) -> pl.Expr:
    """Strip blanks of every width; what only marks a gap becomes missing."""
    text = column.str.strip_chars(_BLANKS)
    return pl.when(text.str.to_lowercase().is_in(MISSING_TOKENS)).then(None).otherwise(text)


def fold(text: str) -> str:
    """Fold width, case and blanks of one value, for look-ups in the vocabulary."""
    return unicodedata.normalize("NFKC", text).strip().casefold().replace(" ", "")


def _plain_digits(column: pl.Expr) -> pl.Expr:
    # U+2212 is a minus sign that NFKC leaves alone.
    text = (
        column.str.normalize("NFKC").str.replace_all("\u2212", "-", literal=True).str.replace_all(r"\s", "")
    )
    return (
        pl.when(text.str.contains(_GROUPED)).then(text.str.replace_all(",", "", literal=True)).otherwise(text)
    )


def to_number(column: pl.Expr) -> pl.Expr:
    """Read a number with Latin or full-width digits and thousands separators; else null.

    ``1,234.5``, ``12,3456`` (groups of four) and ``１２．５`` are numbers; ``约120``, ``1,5`` and
    anything that overflows are not.
    """
    text = _plain_digits(column)
    number = pl.when(text.str.contains(_PLAIN)).then(text).cast(pl.Float64, strict=False)
    return pl.when(number.is_finite()).then(number)


def read_cells(cells: pl.Series, read: Callable[[pl.Expr], pl.Expr]) -> pl.Series:
    """Apply an expression to a column lazily, so that its shared parts are computed once."""
    return cells.alias("cell").to_frame().lazy().select(read(pl.col("cell"))).collect().to_series()


def numbers_of(cells: pl.Series, read: Callable[[pl.Expr], pl.Expr] = to_number) -> pl.Series:
    """Read a column of numbers, the plain ones all at once and only the rest with care.

    Args:
        cells: text.
        read: how a cell that is not plain ASCII digits is read; :func:`to_number` or :func:`to_share`.
    """
    plain = cells.cast(pl.Float64, strict=False)
    is_hard = cells.is_not_null() & (plain.is_null() | ~plain.is_finite().fill_null(value=False))
    if not is_hard.any():
        return plain
    hard = read_cells(cells.filter(is_hard), read)
    return plain.scatter(is_hard.arg_true(), hard)


def to_share(column: pl.Expr) -> pl.Expr:
    """Read a share: ``0.85`` or ``85%``; else null. The range is checked elsewhere."""
    return pl.when(has_percent_sign(column)).then(_hundredth(column)).otherwise(to_number(column))


def to_share_of_percent(column: pl.Expr) -> pl.Expr:
    """Read a share under a header that says %: ``85`` and ``85%`` are both 0.85."""
    return _hundredth(column)


def has_percent_sign(column: pl.Expr) -> pl.Expr:
    """Tell whether a cell ends with a percent sign of either width."""
    return column.str.normalize("NFKC").str.ends_with("%")


def _hundredth(column: pl.Expr) -> pl.Expr:
    # Shifting the exponent in the text rounds once: 95% is the number nearest to 0.95.
    digits = _plain_digits(column.str.normalize("NFKC").str.strip_suffix("%"))
    shifted = pl.when(digits.str.contains(_NO_EXPONENT)).then(digits + "e-2")
    return pl.coalesce(to_number(shifted), to_number(digits) * 0.01)


def to_year(column: pl.Expr) -> pl.Expr:
    """Read a four-digit year, also ``2020年`` and ``2020年度``; else null."""
    text = column.str.normalize("NFKC").str.replace(r"年度?$", "")
    return pl.when(text.str.contains(_YEAR)).then(text).cast(pl.Int32, strict=False)


def look_up(frame: pl.DataFrame, column: str, find: Callable[[str], str | None]) -> pl.Expr:
    """Translate the text of a column value by value; what is not found becomes null.

    The distinct values are translated one by one, the rows all at once.
    """
    distinct = frame.get_column(column).drop_nulls().unique().to_list()
    found = {value: code for value in distinct if (code := find(value)) is not None}
    if not found:
        return pl.lit(None, dtype=pl.String)
    return pl.col(column).replace_strict(
        list(found), list(found.values()), default=None, return_dtype=pl.String
    )


def spelled(spellings: Mapping[str, str]) -> Callable[[str], str | None]:
    """Return a finder that folds width, case and blanks on both sides."""
    folded = {fold(spelling): code for spelling, code in spellings.items()}
    return lambda value: folded.get(fold(value))
