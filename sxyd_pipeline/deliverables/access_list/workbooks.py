"""The lists as workbooks: published form, overall list, changes, evidence; and one sheet per control unit.

Cells are written by type, so no text becomes a formula, a link or a number. The same tables
give the same bytes.
"""

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import xlsxwriter

from sxyd_pipeline.deliverables.access_list.pages import worded
from sxyd_pipeline.deliverables.access_list.words import (
    DIMENSION_WORDS,
    HEADINGS,
    PLATFORM_ELEMENTS,
    STATE_COLOURS,
    TITLES,
    UNIT_HEADERS,
)

#: Instead of the time of writing; the date the pilot's work plan was issued.
_FIXED_TIME = dt.datetime(2021, 10, 27, tzinfo=dt.UTC).replace(tzinfo=None)
_OPTIONS = {
    "in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}  # fmt: skip
#: A cell of a spreadsheet holds no more; longer text goes on in the rows below.
LONGEST_CELL = 32_767
_WIDTHS = {
    "clause_text": 60, "previous_text": 40, "space": 48, "emission": 48, "risk": 48, "resource": 48,
    "zone_types": 28,
    "statement_zh": 48, "statement_en": 48, "goes_away_when_zh": 40, "goes_away_when_en": 40,
    "control_unit_name": 24,
    "reason_zh": 36, "reason_en": 36, "control_unit_code": 18, "row_key": 30, "table_name": 24, "basis": 28,
    "clause_id": 14, "threshold_source": 28, "inherited_from": 18,
}  # fmt: skip
_NARROW = 11
_OVERALL = (
    "dimension", "position", "clause_id", "scope_name", "level", "clause_text", "state", "change",
    "previous_text", "basis", "threshold_source",
)  # fmt: skip
_UNIT = (
    "dimension", "position", "clause_id", "clause_text", "level", "inherited_from", "via_zones", "state",
    "change", "previous_text", "basis", "threshold_source",
)  # fmt: skip
_EVIDENCE = ("clause_id", "evidence_no", "table_name", "row_key", "column_name", "value", "measured_in")
_WITHDRAWN = ("clause_id", "dimension", "clause_text")


def lists_workbook(
    units: pl.DataFrame,
    overall: pl.DataFrame,
    withdrawn: pl.DataFrame,
    evidence: pl.DataFrame,
    place: int,
    *,
    platform: bool,
) -> bytes:
    """Return the workbook with unit lists in published form, overall list, withdrawn clauses, evidence.

    Args:
        units: result of :func:`sxyd_pipeline.core.access.layout.unit_rows`.
        overall: result of :func:`sxyd_pipeline.core.access.layout.overall_rows`.
        withdrawn: result of :func:`sxyd_pipeline.core.access.layout.withdrawn_rows`.
        evidence: ``access.clause_evidence``.
        place: 0 Chinese, 1 English.
        platform: head the published form with the field names of government platforms.
    """
    book = _Book()
    heads = [UNIT_HEADERS[name][2 if platform else place] for name in UNIT_HEADERS]
    rows = units.select(list(UNIT_HEADERS))
    if platform:
        at = heads.index("YSXL")
        heads.insert(at, PLATFORM_ELEMENTS)
        rows = rows.insert_column(
            at, rows["zone_types"].map_elements(_elements, return_dtype=pl.String).alias("elements")
        )
    book.sheet(TITLES["units"][place], heads, rows, place)
    words = ("zh", "en")[place]
    book.sheet(TITLES["overall"][place], _heads(_OVERALL, place), overall.select(_OVERALL), place)
    gone = (*_WITHDRAWN, f"reason_{words}")
    book.sheet(TITLES["withdrawn"][place], _heads(gone, place), withdrawn.select(gone), place)
    shown = (*_EVIDENCE, f"statement_{words}", f"goes_away_when_{words}")
    book.sheet(TITLES["evidence"][place], _heads(shown, place), evidence.select(shown), place)
    return book.closed()


def pages_workbook(units: pl.DataFrame, clauses: pl.DataFrame, place: int) -> bytes:
    """Return the workbook with one sheet per control unit, an index in front.

    Args:
        units: result of :func:`sxyd_pipeline.core.access.layout.unit_rows`.
        clauses: result of :func:`sxyd_pipeline.core.access.layout.effective_clauses`.
        place: 0 Chinese, 1 English.
    """
    book = _Book()
    by_unit = clauses.partition_by("control_unit_code", as_dict=True, maintain_order=True)
    none = clauses.clear()
    index = units.select("control_unit_code", "control_unit_name", "control_class").with_columns(
        count=pl.Series(
            [by_unit.get((code,), none).height for code in units["control_unit_code"]], dtype=pl.Int64
        )
    )
    heads = [*(UNIT_HEADERS[name][place] for name in index.columns[:3]), TITLES["count"][place]]
    book.sheet(TITLES["contents"][place], heads, index, place)
    for code in units["control_unit_code"]:
        book.sheet(code, _heads(_UNIT, place), by_unit.get((code,), none).select(_UNIT), place)
    return book.closed()


def _heads(names: Sequence[str], place: int) -> list[str]:
    return [HEADINGS[name][place] for name in names]


def _elements(zone_types: str | None) -> str:
    """Return the elements whose zones a unit has, from the names of their types."""
    words = {
        "生态": "生态",
        "水": "水环境",
        "大气": "大气环境",
        "土": "土壤",
        "农用地": "土壤",
        "禁燃": "自然资源",
        "海域": "近岸海域",
    }
    return "；".join(dict.fromkeys(element for word, element in words.items() if word in (zone_types or "")))


class _Book:
    """A workbook whose sheets are filled from frames."""

    def __init__(self) -> None:
        self._buffer = io.BytesIO()
        self._book: Any = xlsxwriter.Workbook(self._buffer, _OPTIONS)
        self._book.set_properties({"created": _FIXED_TIME})
        wrapped = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#BFBFBF"}
        self._head = self._book.add_format(
            {**wrapped, "bold": True, "bg_color": "#E8EEF1", "valign": "vcenter"}
        )
        self._plain = self._book.add_format(wrapped)
        self._number = self._book.add_format({**wrapped, "num_format": "#,##0.####"})
        self._states = {
            state: self._book.add_format({**wrapped, "bg_color": colour})
            for state, colour in STATE_COLOURS.items()
        }

    def sheet(self, name: str, heads: Sequence[str], rows: pl.DataFrame, place: int) -> None:
        """Add a sheet: bold headings that stay in view and repeat in print, wrapped text, states coloured."""
        page = self._book.add_worksheet(name)
        page.freeze_panes(1, 1)
        page.set_landscape()
        page.set_paper(8)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        for column, (head, key) in enumerate(zip(heads, rows.columns, strict=True)):
            page.set_column(column, column, _WIDTHS.get(key, _NARROW))
            page.write_string(0, column, head, self._head)
        at = 1
        for row in rows.iter_rows(named=True):
            at += self._row(page, at, row, place)
        page.autofilter(0, 0, max(at - 1, 1), max(len(heads) - 1, 0))

    def _row(self, page: Any, at: int, row: Mapping[str, Any], place: int) -> int:
        """Write a row and return how many lines it takes: text beyond what a cell holds goes on below."""
        used = 1
        for column, (name, value) in enumerate(row.items()):
            style = self._states.get(str(value), self._plain) if name == "state" else self._plain
            if value is None:
                page.write_blank(at, column, None, style)
            elif isinstance(value, (int, float)) and not isinstance(value, bool):
                page.write_number(at, column, value, self._number)
            else:
                text = str(worded(name, value, place))
                parts = [text[i : i + LONGEST_CELL] for i in range(0, len(text), LONGEST_CELL)] or [""]
                for below, part in enumerate(parts):
                    page.write_string(at + below, column, part, style)
                used = max(used, len(parts))
        return used

    def closed(self) -> bytes:
        """Finish the workbook and return its bytes."""
        self._book.close()
        return self._buffer.getvalue()


#: Dimensions of the published form; the order is that of the form.
DIMENSION_COLUMNS = tuple(DIMENSION_WORDS)
