"""Workbooks: the result tables with Chinese headers and units, and the data dictionary.

Cells are written by type, so no text becomes a formula, a link or a number; the same tables give the
same bytes.
"""

import datetime as dt
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
import xlsxwriter

from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.result_data.dictionary import FIELD_COLUMNS
from sxyd_pipeline.deliverables.result_data.layers import FilledLayer
from sxyd_pipeline.io.geoparquet import GEOMETRY

#: Instead of the time of writing; the date the pilot's work plan was issued.
_FIXED_TIME = dt.datetime(2021, 10, 27, tzinfo=dt.UTC).replace(tzinfo=None)
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}  # fmt: skip
#: A cell of a spreadsheet holds no more.
_LONGEST_CELL = 32_767
_WIDEST, _NARROWEST = 48, 8
_LONGEST_SHEET_NAME = 31
#: Groups whose tables stand in the workbook; inputs and factors are in CSV and Parquet.
GROUPS = ("inventory", "zoning", "baseline", "projection", "synergy", "access", "quality")
#: Rows up to which a table is a sheet; longer ones are in CSV and Parquet.
SHEET_ROWS = 4_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, a line about it, the columns and the rows."""

    name: str
    about: str
    columns: Sequence[Column]
    frame: pl.DataFrame


def result_workbook(edition: Edition, units: FilledLayer, language: Language) -> bytes:
    """Return the workbook of the results: contents, control units, every result table, dictionary."""
    place = 0 if language == "zh" else 1
    shown, left_out = result_tables(edition)
    sheets = [
        Sheet(
            ("管控单元一览", "Control units")[place],
            ("一行一个管控单元", "one row per control unit")[place],
            [field.column for field in units.layer.fields],
            units.frame.drop(GEOMETRY),
        ),
        *(_sheet(edition, table, language) for table in shown),
    ]
    dictionary = _dictionary_sheet(edition, [t.full_name for t in shown], language)
    contents = _contents(edition, [*sheets, dictionary], left_out, language)
    return _write([contents, *sheets, dictionary], edition, language)


def dictionary_workbook(edition: Edition, fields: pl.DataFrame, language: Language) -> bytes:
    """Return the data dictionary of all tables, and of the fields of all layers, as a workbook."""
    name, about = ("图层字段", "一行一个字段") if language == "zh" else ("Layer fields", "one row per field")
    layers = Sheet(name, about, FIELD_COLUMNS, fields)
    return _write([_dictionary_sheet(edition, None, language), layers], edition, language)


def result_tables(edition: Edition) -> tuple[list[Table], list[Table]]:
    """Return the tables that are sheets of the workbook, and those that are too long for it."""
    tables = [edition.contract(name) for name in edition.tables]
    results = [table for table in tables if table.group in GROUPS and edition.has(table.full_name)]
    short = [table for table in results if edition.tables[table.full_name].height <= SHEET_ROWS]
    return short, [table for table in results if table not in short]


def header(column: Column, language: Language) -> str:
    """Return the heading of a column: label and unit."""
    label = column.label if language == "zh" else column.english
    return f"{label}（{column.measured_in}）" if column.measured_in else label


def _sheet(edition: Edition, table: Table, language: Language) -> Sheet:
    about = f"{table.full_name} · {table.grain}"
    name = table.label if language == "zh" else table.full_name
    columns = [column for column in table.columns if column.name != GEOMETRY]
    return Sheet(name, about, columns, edition.table(table.full_name))


def _dictionary_sheet(edition: Edition, tables: Sequence[str] | None, language: Language) -> Sheet:
    frame = edition.table("meta.columns")
    if tables is not None:
        frame = frame.filter(pl.col("table_name").is_in(list(tables)))
    contract = edition.contract("meta.columns")
    name = "数据字典" if language == "zh" else "Dictionary"
    return Sheet(name, f"meta.columns · {contract.grain}", contract.columns, frame)


def _contents(
    edition: Edition, sheets: Sequence[Sheet], left_out: Sequence[Table], language: Language
) -> Sheet:
    zh = language == "zh"
    about = [
        *((heading, text) for heading, text in edition.imprint(language).items()),
        ("发布编号" if zh else "release", edition.release_id),
        ("城市" if zh else "city", f"{edition.city_name} {edition.city_code}"),
        ("基准年" if zh else "base year", str(edition.base_year)),
        (
            "数据性质" if zh else "nature of the data",
            edition.data_label or ("未声明" if zh else "not declared"),
        ),
        ("GWP 取值" if zh else "GWP set", edition.gwp_set),
    ]
    listed = [(sheet.name, f"{sheet.about} · {sheet.frame.height}") for sheet in sheets]
    where = "行数较多，见 CSV 与 Parquet" if zh else "longer; see CSV and Parquet"
    listed += [(table.label if zh else table.full_name, f"{table.full_name} · {where}") for table in left_out]
    columns = [Column("item", pl.String, "项目", "item"), Column("content", pl.String, "内容", "content")]
    frame = pl.DataFrame([*about, *listed], schema=["item", "content"], orient="row")
    name = "说明" if zh else "Contents"
    return Sheet(name, f"{edition.city_name} · {edition.release_id}", columns, frame)


def _write(sheets: Sequence[Sheet], edition: Edition, language: Language) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, _OPTIONS)
    workbook.set_properties(
        {
            "title": f"{edition.city_name} {edition.release_id}",
            "comments": edition.data_label,
            "created": _FIXED_TIME,
        }
    )
    formats = {
        "title": workbook.add_format({"bold": True, "font_size": 12}),
        "header": workbook.add_format(
            {"bold": True, "text_wrap": True, "valign": "vcenter", "bottom": 1, "bg_color": "#E8EEF1"}
        ),
        "number": workbook.add_format({"num_format": "#,##0.####"}),
    }
    names: set[str] = set()
    for sheet in sheets:
        _fill(workbook.add_worksheet(_sheet_name(sheet.name, names)), sheet, formats, edition, language)
    workbook.close()
    return buffer.getvalue()


def _sheet_name(wanted: str, taken: set[str]) -> str:
    """Return a name Excel takes: no reserved characters, short enough, used once."""
    plain = "".join(character for character in wanted if character not in "[]:*?/\\'")
    name, number = plain[:_LONGEST_SHEET_NAME], 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[: _LONGEST_SHEET_NAME - 3]}_{number}"
    taken.add(name.casefold())
    return name


def _fill(page: Any, sheet: Sheet, formats: dict[str, Any], edition: Edition, language: Language) -> None:
    mark = f" · {edition.data_label}" if edition.data_label else ""
    page.write_string(0, 0, f"{sheet.name} · {sheet.about} · {edition.release_id}{mark}", formats["title"])
    page.freeze_panes(2, 1)
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 0)
    page.repeat_rows(1)
    for place, column in enumerate(sheet.columns):
        heading = header(column, language)
        page.write_string(1, place, heading, formats["header"])
        values = sheet.frame[column.name]
        _fill_column(page, place, values, formats)
        page.set_column(place, place, _width(heading, values))
    if sheet.frame.height:
        page.autofilter(1, 0, 1 + sheet.frame.height, len(sheet.columns) - 1)


def _fill_column(page: Any, place: int, values: pl.Series, formats: dict[str, Any]) -> None:
    number = formats["number"]
    if values.dtype == pl.String:
        for row, text in enumerate(values.to_list(), start=2):
            if text is not None:
                page.write_string(row, place, text[:_LONGEST_CELL])
    elif values.dtype == pl.Boolean:
        for row, flag in enumerate(values.to_list(), start=2):
            if flag is not None:
                page.write_boolean(row, place, flag)
    else:
        for row, value in enumerate(values.to_list(), start=2):
            if value is not None and math.isfinite(value):
                page.write_number(row, place, value, number if isinstance(value, float) else None)


def _width(heading: str, values: pl.Series) -> int:
    longest = max(
        (_columns(str(value)) for value in values.head(200).to_list() if value is not None), default=0
    )
    if values.dtype.is_float():
        longest = min(longest, 14)
    return max(_NARROWEST, min(_WIDEST, max(longest, _columns(heading) // 2) + 2))


def _columns(text: str) -> int:
    """Return the width of a text; Chinese characters take two columns."""
    return sum(2 if ord(character) > 0x2E80 else 1 for character in text)  # noqa: PLR2004 - start of CJK
