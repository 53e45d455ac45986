"""What all readers of tables share: find the header, drop notes, name columns, refuse mojibake."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.inputs.failures import DuplicateColumnError
from sxyd_pipeline.core.inputs.headers import is_complete, recognise_headers
from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.core.inputs.shape import Field
from sxyd_pipeline.errors import Place
from sxyd_pipeline.io.package_errors import GarbledTextError, TooManyColumnsError
from sxyd_pipeline.io.shapes import shape_of

#: Rows looked at for the header; titles, units and remarks may stand above it.
HEADER_WITHIN = 20
MOST_COLUMNS = 500
#: What U+FFFD becomes, and what two of them in UTF-8 become when read as GBK.
GARBLED = "\ufffd|锟斤拷"
_NOTE = re.compile(
    r"^\s*(注|备注|说明|附注|数据来源|资料来源|填表|制表|审核|note|source)s?\s*[\d一二三四]*\s*[:：.、]?",
    re.IGNORECASE,
)
_RESERVED = {"source_sheet", "source_row", "_row"}
_BLANK = "^[\\s\u3000\u00a0]*$"

Cells = Sequence[str | None]
Fields = Sequence[Field]


@dataclass(frozen=True, slots=True)
class Header:
    """Where the header stands and what it says.

    Attributes:
        cells: one text per column, two levels already merged.
        after: number of rows up to and with the header; the data begin below.
        score: how many fields were recognised.
        is_complete: whether every required column is there.
    """

    cells: tuple[str, ...]
    after: int
    score: int
    is_complete: bool


def find_header(fields: Fields, rows: Sequence[Cells]) -> Header | None:
    """Find the header of a table among its first rows.

    The first row that names every required column; else the first two rows that do together (a
    merged header of two levels); else the row that names most columns; None when no row names any.

    Args:
        fields: fields of the table.
        rows: the first rows of the file.
    """
    head = [tuple(cell or "" for cell in row) for row in rows[:HEADER_WITHIN]]
    best: Header | None = None
    for number, cells in enumerate(head):
        header = _judge(fields, cells, number + 1)
        if header.is_complete:
            return header
        if header.score and (best is None or header.score > best.score):
            best = header
    for number in range(len(head) - 1):
        header = _judge(fields, _merge_levels(fields, head[number], head[number + 1]), number + 2)
        if header.is_complete:
            return header
    return best


def assemble(name: str, file: str, sheet: str | None, header: Sequence[str], cells: pl.DataFrame) -> RawTable:
    """Name the columns and leave out what is no data: blank rows, blank columns, notes below the table.

    Args:
        name: table of the package.
        file: path within the package.
        sheet: sheet, or None.
        header: one text per column of ``cells``, in order.
        cells: text columns in the file's order, and ``source_row``.

    Raises:
        DuplicateColumnError: a header stands twice.
        TooManyColumnsError: the header is too wide.
        GarbledTextError: a cell holds replacement characters.
    """
    if len(header) > MOST_COLUMNS:
        raise TooManyColumnsError(file, len(header), MOST_COLUMNS)
    columns = [column for column in cells.columns if column != "source_row"]
    filled = cells.with_columns(
        pl.when(pl.col(columns).str.contains(_BLANK)).then(None).otherwise(pl.col(columns)).name.keep()
    )
    names = _name_columns(
        file, sheet, header, [bool(filled[column].is_not_null().any()) for column in columns]
    )
    kept = [column for column, label in zip(columns, names, strict=True) if label]
    named = filled.select(*kept, "source_row").rename(
        {column: label for column, label in zip(columns, names, strict=True) if label}
    )
    labels = [label for label in names if label]
    rows = _drop_notes(named.filter(pl.any_horizontal(pl.col(labels).is_not_null())), labels)
    _refuse_garbled(rows, labels, file, sheet)
    return RawTable(
        name, file, rows.with_columns(source_sheet=pl.lit(sheet, dtype=pl.String)), shape_of(name)
    )


def text_of_float(column: pl.Expr) -> pl.Expr:
    """Write whole numbers without a decimal point and others with the fewest digits that read back."""
    whole = (column == column.floor()) & (column.abs() < 2.0**53)
    text = (
        pl.when(whole)
        .then(column.cast(pl.Int64, strict=False).cast(pl.String))
        .otherwise(column.cast(pl.String))
    )
    return pl.when(column.is_nan()).then(None).otherwise(text)


def _judge(fields: Fields, cells: Sequence[str], after: int) -> Header:
    score = len(recognise_headers(fields, cells)) if len(cells) <= MOST_COLUMNS else 0
    return Header(tuple(cells), after, score, bool(score) and is_complete(fields, cells))


def _merge_levels(fields: Fields, upper: Sequence[str], lower: Sequence[str]) -> tuple[str, ...]:
    """Merge two header rows: the lower cell, where it says nothing the upper, else both together."""
    merged, above = [], ""
    for position in range(max(len(upper), len(lower))):
        top = upper[position].strip() if position < len(upper) else ""
        low = lower[position].strip() if position < len(lower) else ""
        above = top or above
        both = above + low
        is_known_alone = bool(low) and bool(recognise_headers(fields, [low]))
        merged.append(
            both if low and not is_known_alone and recognise_headers(fields, [both]) else low or top
        )
    return tuple(merged)


def _name_columns(
    file: str, sheet: str | None, header: Sequence[str], has_content: Sequence[bool]
) -> list[str]:
    """Return the name of each column, empty where it is left out."""
    stripped = [cell.strip() for cell in header]
    for label, count in Counter(label for label in stripped if label).items():
        if count > 1:
            raise DuplicateColumnError(Place(file, sheet=sheet or "", column=label), label, [label] * count)
    names = []
    for position, (label, is_filled) in enumerate(zip(stripped, has_content, strict=True), start=1):
        if label in _RESERVED:
            names.append(f"{label}（原文件）")
        elif label or not is_filled:
            names.append(label)
        else:
            names.append(f"未命名列{position}")
    return names


def _drop_notes(rows: pl.DataFrame, labels: Sequence[str]) -> pl.DataFrame:
    """Leave out remarks below a table: single cells at its end that begin like a remark."""
    filled = pl.sum_horizontal(pl.col(label).is_not_null() for label in labels)
    tail = rows.tail(HEADER_WITHIN).select(text=pl.coalesce(labels), count=filled).to_dicts()
    notes = 0
    for row in reversed(tail):
        if row["count"] != 1 or not _NOTE.match(row["text"]):
            break
        notes += 1
    return rows.head(rows.height - notes)


def is_note(text: str) -> bool:
    """Tell whether a text begins like a remark below a table."""
    return bool(_NOTE.match(text))


def _refuse_garbled(rows: pl.DataFrame, labels: Sequence[str], file: str, sheet: str | None) -> None:
    for label in labels:
        garbled = rows.filter(pl.col(label).str.contains(GARBLED))
        if garbled.height or re.search(GARBLED, label):
            first = garbled.row(0, named=True) if garbled.height else {}
            raise GarbledTextError(
                Place(file, sheet or "", first.get("source_row"), label, first.get(label, label))
            )
