"""XLSX as people keep it: titles above the table, merged headers, several sheets, formulas."""

import datetime as dt
import re
import xml.etree.ElementTree as ET
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.errors import Place
from sxyd_pipeline.io.archives import check_archive, check_entities
from sxyd_pipeline.io.package_errors import AmbiguousSheetError, FormulaWithoutValueError, UnreadableFileError
from sxyd_pipeline.io.readers_tabular import HEADER_WITHIN, Header, assemble, find_header
from sxyd_pipeline.io.shapes import FIELDS, TABLE_LABELS

#: What openpyxl raises on files that are not what their name says.
_DAMAGE = (
    InvalidFileException, zipfile.BadZipFile, zlib.error, ET.ParseError, KeyError, ValueError, TypeError,
    AttributeError, IndexError, EOFError,
)  # fmt: skip
_FORMULA = re.compile(rb"<f[ >/]")
_CHUNK = 1024**2
_OVERLAP = 4
#: Whole numbers up to this size are exact in a spreadsheet.
_EXACT = 2**53


def read_workbook_table(path: Path, name: str, file: str) -> RawTable:
    """Read one sheet of an XLSX workbook as text.

    The sheet named as the table or its Chinese label; else the only sheet with a complete header; else
    the only sheet. Formulas count with the result that was saved.

    Args:
        path: the file.
        name: table of the package.
        file: path within the package, for messages.

    Raises:
        AmbiguousSheetError: no single sheet can be told to be the one meant.
        FormulaWithoutValueError: the result of a formula was never saved.
        UnsafeArchiveError: the file would burst, or hides entities.
        UnreadableFileError: the file is damaged or encrypted.
    """
    check_archive(path, file)
    check_entities(path, file)
    try:
        return _read(path, name, file)
    except _DAMAGE as error:
        raise UnreadableFileError(file, f"{type(error).__name__}: {error}") from error


def _read(path: Path, name: str, file: str) -> RawTable:
    # Both readings stay open together: values as saved, and formulas where the file has any.
    values = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    formulas = (
        openpyxl.load_workbook(path, read_only=True, data_only=False, keep_links=False)
        if _has_formulas(path)
        else None
    )
    try:
        sheet, header = _choose_sheet(values, name, file)
        if formulas is not None:
            _refuse_unsaved_results(values[sheet], formulas[sheet], file, sheet)
        rows = [
            [_text(cell.value) for cell in row] for row in islice(_rows(values[sheet]), header.after, None)
        ]
    finally:
        values.close()
        if formulas is not None:
            formulas.close()
    width = max([len(header.cells), *(len(row) for row in rows)])
    cells = header.cells + ("",) * (width - len(header.cells))
    columns = {
        f"c{position}": pl.Series(
            [row[position] if position < len(row) else None for row in rows], dtype=pl.String
        )
        for position in range(width)
    }
    frame = pl.DataFrame(columns).with_columns(
        source_row=pl.int_range(header.after + 1, header.after + 1 + len(rows), dtype=pl.Int64, eager=True)
    )
    return assemble(name, file, sheet, cells, frame)


def _choose_sheet(workbook: Any, name: str, file: str) -> tuple[str, Header]:
    headers = {sheet.title: _find_header(name, sheet) for sheet in workbook.worksheets}
    wanted = (name, TABLE_LABELS[name])
    named = [title for title in headers if title.strip().casefold() in {w.casefold() for w in wanted}]
    complete = [title for title, header in headers.items() if header is not None and header.is_complete]
    for titles in (named, complete, list(headers)):
        if len(titles) == 1:
            header = headers[titles[0]]
            if header is None:
                first = next(islice(_rows(workbook[titles[0]]), 1), ())
                header = Header(tuple(_text(cell.value) or "" for cell in first), 1, 0, is_complete=False)
            return titles[0], header
    raise AmbiguousSheetError(file, wanted, list(headers))


def _find_header(name: str, sheet: Any) -> Header | None:
    return find_header(
        FIELDS[name], [[_text(cell.value) for cell in row] for row in islice(_rows(sheet), HEADER_WITHIN)]
    )


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:
    # Some programs write wrong dimensions; without them every row is read as it is.
    sheet.reset_dimensions()
    yield from sheet.iter_rows()


def _text(value: object) -> str | None:
    """Write a cell as text: whole numbers without a decimal point, dates as ISO 8601."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return repr(value) if isinstance(value, float) else str(value)


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if not entry.filename.startswith("xl/worksheets/"):
                continue
            with archive.open(entry) as part:
                tail = b""
                while chunk := part.read(_CHUNK):
                    if _FORMULA.search(tail + chunk):
                        return True
                    tail = chunk[-_OVERLAP:]
    return False


def _refuse_unsaved_results(values: Any, formulas: Any, file: str, sheet: str) -> None:
    for number, (row, sources) in enumerate(zip(_rows(values), _rows(formulas), strict=False), start=1):
        for position, (cell, source) in enumerate(zip(row, sources, strict=False), start=1):
            # A formula whose saved result is the empty text says so in its type.
            if source.data_type == "f" and cell.value is None and cell.data_type != "str":
                column = get_column_letter(position)
                raise FormulaWithoutValueError(Place(file, sheet, number, column, str(source.value)[:80]))
