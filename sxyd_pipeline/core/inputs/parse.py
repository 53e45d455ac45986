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


def to_number(cells: pl.Series) -> pl.Series:
    """Read numbers with Latin or full-width digits and thousands separators; else null.

    ``1,234.5``, ``12,3456`` (groups of four) and ``１２．５`` are numbers; ``约120``, ``1,5`` and
    anything that overflows are not. Cells of plain digits are read all at once, the rest with care.
    """
    return _read_rest(cells, lambda rest: _cast(_ungroup(rest)))


def to_share(cells: pl.Series) -> pl.Series:
    """Read shares: ``0.85`` or ``85%``; else null. The range is checked elsewhere."""

    def read(rest: pl.Series) -> pl.Series:
        percent, number = to_share_of_percent(rest), _cast(_ungroup(rest))
        return percent.zip_with(has_percent_sign(rest), number)

    return _read_rest(cells, read)


def to_share_of_percent(cells: pl.Series) -> pl.Series:
    """Read shares under a header that says %: ``85`` and ``85%`` are both 0.85."""
    digits = _ungroup(cells.str.normalize("NFKC").str.strip_suffix("%"))
    # Shifting the exponent in the text rounds once: 95% is the number nearest to 0.95.
    is_plain = digits.str.contains(_NO_EXPONENT)
    return _cast(digits + "e-2").zip_with(is_plain, _cast(digits) * 0.01)


def has_percent_sign(cells: pl.Series) -> pl.Series:
    """Tell whether cells end with a percent sign of either width."""
    return cells.str.normalize("NFKC").str.ends_with("%")


def _read_rest(cells: pl.Series, read: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """Cast plain numbers at once and read only the other cells one way further."""
    plain = cells.cast(pl.Float64, strict=False)
    is_hard = cells.is_not_null() & ~plain.is_finite().fill_null(value=False)
    return plain.scatter(is_hard.arg_true(), read(cells.filter(is_hard))) if is_hard.any() else plain


def _ungroup(cells: pl.Series) -> pl.Series:
    """Fold width and take out thousands separators."""
    # U+2212 is a minus sign that NFKC leaves alone.
    text = cells.str.normalize("NFKC").str.replace_all("\u2212", "-", literal=True).str.replace_all(r"\s", "")
    return text.str.replace_all(",", "", literal=True).zip_with(text.str.contains(_GROUPED), text)


def _cast(digits: pl.Series) -> pl.Series:
    """Cast what is written as a number and is finite."""
    number = digits.cast(pl.Float64, strict=False)
    is_number = digits.str.contains(_PLAIN) & number.is_finite()
    return number.set(~is_number.fill_null(value=False), None)


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
