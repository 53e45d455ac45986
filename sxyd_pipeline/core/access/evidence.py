"""Evidence by name and scope: numbers a rule may use, each with the rows of the release it stands on."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from sxyd_pipeline.contracts.access import RULE_EVIDENCE
from sxyd_pipeline.contracts.model import Table

#: Parts of a scope without an object.
_PLACE = ("kind", "code")
#: Stands where a scope has no object, and where a number stands on no row.
NO_OBJECT = "*"
#: Rows shown under one name; a sum over more rows names its largest ones.
SHOWN_ROWS = 3


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row of a table of the release.

    Attributes:
        table_name: ``schema.table``.
        row_key: key of the row without the city, JSON with sorted names.
        column_name: column that holds the number.
        value: the number; None where the row itself is the evidence.
        measured_in: unit of measure.
        statement_zh: what it shows.
        statement_en: the same in English.
    """

    table_name: str
    row_key: str
    column_name: str
    value: float | None
    measured_in: str
    statement_zh: str
    statement_en: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name stands for in a scope: a number, its rows, and where a limit comes from."""

    value: float
    rows: tuple[EvidenceRow, ...] = ()
    basis: str = ""


@dataclass(slots=True)
class Book:
    """All evidence: entries by scope and name.

    A scope is ``(kind, code)`` or ``(kind, code, object)``: ``("control_unit", "ZH…")``,
    ``("industry", "ZH…", "3120")``.
    """

    entries: dict[tuple[str, ...], dict[str, Entry]] = field(default_factory=dict)

    def put(self, scope: tuple[str, ...], name: str, entry: Entry) -> None:
        """Enter a number under a name."""
        self.entries.setdefault(scope, {})[name] = entry

    def of(self, *scopes: tuple[str, ...]) -> dict[str, Entry]:
        """Return the evidence of scopes together; a later scope goes before an earlier one."""
        merged: dict[str, Entry] = {}
        for scope in scopes:
            merged |= self.entries.get(scope, {})
        return merged

    def scopes(self, kind: str) -> list[tuple[str, ...]]:
        """Return the scopes of a kind, sorted."""
        return sorted(scope for scope in self.entries if scope[0] == kind)


def row_of(
    table: Table, row: Mapping[str, Any], column: str, unit: str, zh: str, en: str, *, holds: bool = True
) -> EvidenceRow:
    """Return a row of a table as evidence.

    Args:
        table: contract of the table; its key names the row.
        row: the row; it must hold the key.
        column: column that is looked at.
        unit: unit of measure.
        zh: what it shows.
        en: the same in English.
        holds: whether the column holds a number; otherwise the row itself is the evidence.
    """
    key = {name: row[name] for name in table.key}
    return EvidenceRow(
        table_name=table.full_name,
        row_key=json.dumps(key, ensure_ascii=False, sort_keys=True),
        column_name=column,
        value=float(row[column]) if holds and row[column] is not None else None,
        measured_in=unit,
        statement_zh=zh,
        statement_en=en,
    )


def summed(rows: Iterable[EvidenceRow]) -> Entry:
    """Return the sum of rows; the largest ones are shown, the order of equal ones is that of their keys."""
    known = sorted(rows, key=lambda row: (-(row.value or 0.0), row.row_key))
    return Entry(sum(row.value or 0.0 for row in known), tuple(known[:SHOWN_ROWS]))


def counted(rows: Sequence[EvidenceRow]) -> Entry:
    """Return how many rows there are; the first ones by key are shown."""
    known = sorted(rows, key=lambda row: row.row_key)
    return Entry(float(len(known)), tuple(known[:SHOWN_ROWS]))


def write_book(book: Book, city: str) -> pl.DataFrame:
    """Return the book as ``access.rule_evidence``, sorted by its key."""
    rows = [
        (
            city,
            scope[0],
            scope[1],
            scope[2] if len(scope) > len(_PLACE) else NO_OBJECT,
            name,
            *cells,
            entry.basis or None,
        )
        for scope, entries in book.entries.items()
        for name, entry in entries.items()
        for cells in _cells(entry)
    ]
    return pl.DataFrame(rows, schema=RULE_EVIDENCE.schema, orient="row").sort(RULE_EVIDENCE.key)


def _cells(entry: Entry) -> list[tuple[Any, ...]]:
    if not entry.rows:
        return [(0, entry.value, *(None,) * 7)]
    return [
        (
            number, entry.value, row.table_name, row.row_key, row.column_name, row.value, row.measured_in,
            row.statement_zh, row.statement_en,
        )
        for number, row in enumerate(entry.rows, start=1)
    ]  # fmt: skip


def read_book(rule_evidence: pl.DataFrame) -> Book:
    """Return the book that ``access.rule_evidence`` holds."""
    book = Book()
    columns = rule_evidence.sort(RULE_EVIDENCE.key).select(list(RULE_EVIDENCE.schema))
    for _, kind, code, key, name, number, value, *cells, basis in columns.iter_rows():
        scope = (kind, code) if key == NO_OBJECT else (kind, code, key)
        before = book.entries.get(scope, {}).get(name, Entry(value))
        rows = (*before.rows, EvidenceRow(*cells)) if number else ()
        book.put(scope, name, Entry(value, rows, basis or ""))
    return book
