"""Tables of the release as the page's engine takes them: typed DDL and text, so that bytes never move.

An embedded database file would differ from one build to the next; statements and CSV do not.
"""

import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from sxyd_pipeline.contracts.catalog import TABLE_BY_NAME
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.io.database import column_comment, headers, table_comment
from sxyd_pipeline.io.macros import MACROS

#: What all tables may take when compressed; a page with much else has less room for them.
MOST_TABLE_BYTES = 1_650_000
#: Longer tables would take all of it; they stay in the database.
_MOST_TEXT = 4_000_000
#: Taken in before others; then the small ones, which are the ones people look up.
_FIRST = (
    "inventory.emissions",
    "inventory.totals",
    "synergy.control_unit_scores",
    "baseline.control_unit_emissions",
    "projection.totals",
    "access.clauses",
    "access.control_unit_lists",
    "access.clause_checks",
    "access.clause_evidence",
)
#: How an empty text is told from a missing value.
_MISSING = "\\N"
_TYPES: Mapping[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Boolean: "BOOLEAN",
}


@dataclass(frozen=True, slots=True)
class PageTables:
    """Tables that travel with the page.

    Attributes:
        opening: statements that come first.
        statements: per table its file, text, and the statements that create, fill and describe it.
        listed: per table its name, label, rows and columns, for the side bar.
        left_out: tables the page has no room for, with their rows.
        macros: statements that make the macros whose tables are there.
    """

    opening: list[str]
    statements: list[dict[str, Any]]
    listed: list[dict[str, Any]]
    left_out: list[str]
    macros: list[str]


def pack_tables(edition: Edition, most_bytes: int = MOST_TABLE_BYTES) -> PageTables:
    """Return as many tables of an edition as the page takes, without geometry.

    Args:
        edition: one release.
        most_bytes: what their text may take when compressed.
    """
    texts = {name: _text_of(edition.table(name)) for name in edition.tables}
    sizes = {
        name: len(zlib.compress(text.encode("utf-8"), 6))
        for name, text in texts.items()
        if len(text) <= _MOST_TEXT
    }
    chosen, room = set[str](), most_bytes
    for name in sorted(sizes, key=lambda one: (one not in _FIRST, sizes[one], one)):
        if sizes[name] <= room:
            chosen.add(name)
            room -= sizes[name]
    names = [name for name in edition.tables if name in chosen]
    schemas = dict.fromkeys(TABLE_BY_NAME[name].group for name in names)
    return PageTables(
        opening=[f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)};" for schema in schemas],
        statements=[_statements(TABLE_BY_NAME[name], edition.table(name), texts[name]) for name in names],
        listed=[_listed(TABLE_BY_NAME[name], edition.table(name)) for name in names],
        left_out=[f"{name} ({edition.table(name).height})" for name in edition.tables if name not in chosen],
        macros=[
            f"CREATE MACRO {macro.schema}.{macro.name}({', '.join(macro.parameters)}) AS TABLE {macro.query}"
            for macro in MACROS
            if chosen.issuperset(macro.needs)
        ],
    )


def _text_of(frame: pl.DataFrame) -> str:
    buffer = io.BytesIO()
    frame.write_csv(buffer, null_value=_MISSING, quote_style="necessary")
    return buffer.getvalue().decode("utf-8")


def _listed(table: Table, frame: pl.DataFrame) -> dict[str, Any]:
    return {
        "name": table.full_name,
        "label": table.label,
        "rows": frame.height,
        "columns": list(frame.columns),
    }


def _statements(table: Table, frame: pl.DataFrame, text: str) -> dict[str, Any]:
    target = f"{_quoted(table.group)}.{_quoted(table.name)}"
    columns = [column for column in table.columns if column.name in frame.columns]
    declared = ", ".join(f"{_quoted(column.name)} {_TYPES[column.dtype]}" for column in columns)
    file = f"{table.full_name}.csv"
    shown = dict(zip((column.name for column in table.columns), headers(table), strict=True))
    listed = ", ".join(f"{_quoted(c.name)} AS {_quoted(shown[c.name])}" for c in columns)
    view = f"{_quoted(table.group)}.{_quoted(f'v_{table.label}')}"
    comments = [
        f"COMMENT ON TABLE {target} IS {_text(table_comment(table))};",
        *(
            f"COMMENT ON COLUMN {target}.{_quoted(c.name)} IS {_text(column_comment(c, table))};"
            for c in columns
        ),
        f"CREATE VIEW {view} AS SELECT {listed} FROM {target};",  # noqa: S608 - contract names
    ]
    return {
        "file": file,
        "csv": text,
        "create": f"CREATE TABLE {target} ({declared});",
        "load": f"COPY {target} FROM {_text(file)} (FORMAT csv, HEADER true, NULL {_text(_MISSING)}, "
        "DELIMITER ',', QUOTE '\"', ESCAPE '\"', NEW_LINE '\\n');",
        "more": comments,
    }


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(literal: str) -> str:
    return "'" + literal.replace("'", "''") + "'"
