"""CSV as spreadsheet programs write it in China: encodings, separators, titles, quoted line breaks."""

import codecs
import csv
import io
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv

from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.errors import Place
from sxyd_pipeline.io.package_errors import (
    RaggedRowError,
    TooManyColumnsError,
    UndecodableFileError,
    UnreadableFileError,
)
from sxyd_pipeline.io.readers_tabular import (
    HEADER_WITHIN,
    MOST_COLUMNS,
    Header,
    assemble,
    find_header,
    is_note,
)
from sxyd_pipeline.io.shapes import FIELDS

_DELIMITERS = (",", ";", "\t")
_ENCODINGS = ("UTF-8", "GB18030", "UTF-16 (BOM)")
#: Characters looked at for the header; its rows with titles fit in well.
_HEAD_CHARACTERS = 1_000_000
_BLOCK_BYTES = 16 * 1024**2
#: A damaged UTF-8 file still reads as UTF-8 nearly everywhere; GBK text almost nowhere does.
_DAMAGED_SHARE = 0.25


def decode_text(data: bytes, file: str) -> str:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030; never with replacement.

    Raises:
        UndecodableFileError: the bytes fit none; names the first byte that does not fit.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
    ):  # fmt: skip
        if data.startswith(mark):
            return _decode(data, encoding, file)
    if b"\0" in data:
        offset = data.index(b"\0")
        raise UndecodableFileError(file, offset, "0x00", _ENCODINGS)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if _is_damaged_utf8(data):
            raise UndecodableFileError(file, error.start, f"0x{data[error.start]:02X}", ("UTF-8",)) from error
    return _decode(data, "gb18030", file)


def read_csv_table(path: Path, name: str, file: str) -> RawTable:
    """Read a CSV file as text.

    ``source_row`` counts records as a spreadsheet shows them: a line break inside quotes does not
    begin a new row, blank and title rows count.

    Args:
        path: the file.
        name: table of the package.
        file: path within the package, for messages.

    Raises:
        UndecodableFileError: the encoding is none of the accepted ones.
        RaggedRowError: a row has more or fewer cells than the header.
        UnreadableFileError: the file is empty or its quotes do not close.
    """
    text = decode_text(path.read_bytes(), file)
    if not text.strip():
        raise UnreadableFileError(file, "文件为空 / the file is empty")
    delimiter, header, offset = _find_head(text, name, file)
    cells, numbers = _parse(text[offset:].encode("utf-8"), delimiter, header, file)
    return assemble(name, file, None, header.cells, cells.with_columns(source_row=numbers + header.after))


def _decode(data: bytes, encoding: str, file: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UndecodableFileError(file, error.start, f"0x{data[error.start]:02X}", _ENCODINGS) from error


def _is_damaged_utf8(data: bytes) -> bool:
    text = data.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(1 for character in text if character > "\x7f") - bad
    return good > 0 and bad < _DAMAGED_SHARE * good


def _find_head(text: str, name: str, file: str) -> tuple[str, Header, int]:
    """Return separator, header, and the character at which the data begin."""
    candidates = []
    for delimiter in _DELIMITERS:
        records, ends = _first_records(text[:_HEAD_CHARACTERS], delimiter, file)
        header = find_header(FIELDS[name], records)
        if header is not None:
            candidates.append((header.is_complete, header.score, delimiter, header, ends[header.after - 1]))
        elif delimiter == ",":
            # No header at all: the first row stands for it, and the missing columns are named later.
            width = tuple(cell or "" for cell in records[0]) if records else ("",)
            candidates.append(
                (False, 0, delimiter, Header(width, 1, 0, is_complete=False), ends[0] if ends else 0)
            )
    *_, delimiter, header, offset = max(candidates, key=lambda candidate: candidate[:2])
    if len(header.cells) > MOST_COLUMNS:
        raise TooManyColumnsError(file, len(header.cells), MOST_COLUMNS)
    return delimiter, header, offset


def _first_records(text: str, delimiter: str, file: str) -> tuple[list[list[str]], list[int]]:
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter)
    records: list[list[str]] = []
    ends: list[int] = []
    try:
        for record in reader:
            records.append(record)
            ends.append(lines.tell())
            if len(records) == HEADER_WITHIN:
                break
    except csv.Error as error:
        raise UnreadableFileError(file, str(error)) from error
    return records, ends


def _parse(data: bytes, delimiter: str, header: Header, file: str) -> tuple[pl.DataFrame, pl.Series]:
    """Parse the rows below the header; return the cells and the number of each row, counting from 1."""
    names = [f"c{position}" for position in range(len(header.cells))]
    if not data.strip():
        return pl.DataFrame(schema=dict.fromkeys(names, pl.String)), pl.Series([], dtype=pl.Int64)
    skipped: list[int] = []
    ragged: list[pa.csv.InvalidRow] = []

    def judge(row: pa.csv.InvalidRow) -> str:
        if not row.text.strip(f'{delimiter} \t\r\n"\u3000') or (
            row.actual_columns == 1 and is_note(row.text)
        ):
            skipped.append(row.number)
            return "skip"
        ragged.append(row)
        return "error"

    try:
        table = pa.csv.read_csv(
            io.BytesIO(data),
            read_options=pa.csv.ReadOptions(use_threads=False, column_names=names, block_size=_BLOCK_BYTES),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                ignore_empty_lines=False,
                invalid_row_handler=judge,
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        if ragged:
            place = Place(file, row=ragged[0].number + header.after, value=ragged[0].text[:80])
            raise RaggedRowError(place, ragged[0].expected_columns, ragged[0].actual_columns) from error
        raise UnreadableFileError(file, str(error)) from error
    frame = pl.DataFrame(pl.from_arrow(table))
    numbers = pl.int_range(1, frame.height + len(skipped) + 1, dtype=pl.Int64, eager=True)
    return frame, numbers.filter(~numbers.is_in(skipped))
