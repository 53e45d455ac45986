"""Tables of the report from their declarations in tables.toml."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sxyd_pipeline.deliverables.report import numbers
from sxyd_pipeline.deliverables.report.declarations import read_toml
from sxyd_pipeline.deliverables.report.queries import Row
from sxyd_pipeline.deliverables.report.story import Story
from sxyd_pipeline.deliverables.typesetting.blocks import Cell, DataTable, Runs, TableColumn
from sxyd_pipeline.deliverables.typesetting.inline import code_runs, text_runs

#: A unit in brackets at the end of a title goes to a line of its own.
_TITLE = re.compile(r"(?P<title>.+?)\s*(?P<unit>[（(][^（(]+[）)])")


def declared_tables() -> Mapping[str, Mapping[str, Any]]:
    """Return the declarations by id."""
    return {one["id"]: one for one in read_toml("tables.toml")["table"]}


def table_sql(story: Story, table_id: str) -> str:
    """Return the query of a declared table as it runs; empty for one with fixed text."""
    return story.queries.filled(declared_tables()[table_id].get("sql", ""))


def declared_table(story: Story, table_id: str) -> DataTable | None:
    """Build a table of tables.toml; None when the release lacks its tables or has no row.

    Raises:
        KeyError: there is no such table.
    """
    entry = declared_tables()[table_id]
    rows = _fixed_rows(story, entry["fixed"]) if "fixed" in entry else _queried(story, entry)
    if not rows:
        return None
    language = story.language
    entry = {**entry, "columns": _with_values(entry["columns"], rows)}
    columns = tuple(_column(story, one) for one in entry["columns"])
    city = story.edition.city_name if language == "zh" and not entry.get("small") else ""
    caption = "" if table_id in {"documents", "inputs"} else city
    return DataTable(
        table_id,
        text_runs(caption + entry[language]),
        columns,
        _cells(story, entry, rows),
        text_runs(entry.get(f"note_{language}", "")),
        small=entry.get("small", False),
        rules=entry.get("rules", False),
    )


def _with_values(columns: Sequence[Mapping[str, Any]], rows: Sequence[Row]) -> list[Mapping[str, Any]]:
    """Return the columns that hold a value in some row: one of dashes tells nothing."""
    return [one for one in columns if any(row.get(one["field"], "") is not None for row in rows)]


def _column(story: Story, entry: Mapping[str, Any]) -> TableColumn:
    # Titles may name what differs from city to city: {policy}, {strong}, {near}, {far}.
    whole = entry[story.language]
    for name, word in story.words.items():
        whole = whole.replace(f"{{{name}}}", word)
    found = _TITLE.fullmatch(whole)
    title, unit = (found["title"], found["unit"]) if found else (whole, "")
    return TableColumn(
        text_runs(title), float(entry.get("width", 1.0)), entry.get("align", "left"), text_runs(unit)
    )


def _queried(story: Story, entry: Mapping[str, Any]) -> list[Row]:
    sql: str = entry["sql"]
    return story.queries.rows(entry["id"], sql) if story.queries.can_run(sql) else []


def _fixed_rows(story: Story, name: str) -> list[Row]:
    rows: list[Row] = []
    for one in read_toml(f"{name}.toml")["document"]:
        english = story.language == "en"
        rows.append(
            {
                "date": one["date"],
                "title": one["title_en" if english else "title"],
                "use": one["use_en" if english else "use"],
            }
        )
    return rows


def _cells(
    story: Story, entry: Mapping[str, Any], rows: Sequence[Row]
) -> tuple[tuple[Cell | None, ...], ...]:
    columns, spanned = entry["columns"], entry.get("span", ())
    return tuple(
        tuple(
            _cell(story, column, rows, position, spanned)
            for column in columns
        )
        for position in range(len(rows))
    )  # fmt: skip


def _cell(
    story: Story, column: Mapping[str, Any], rows: Sequence[Row], position: int, spanned: Sequence[str]
) -> Cell | None:
    row, name = rows[position], column["field"]
    span = 1
    if name in spanned:
        # A group is a run of rows that agree in this and all spanned columns before it.
        keys = spanned[: spanned.index(name) + 1]
        same = [all(row.get(key) == other.get(key) for key in keys) for other in rows]
        if position > 0 and same[position - 1]:
            return None
        while position + span < len(rows) and same[position + span]:
            span += 1
    return Cell((_shown(story, column["kind"], row, name),), span, bold=bool(row.get("bold", False)))


def _shown(story: Story, kind: str, row: Row, name: str) -> Runs:
    side = story.language
    if kind == "code":
        return code_runs(_or_dash(row[name]))
    return text_runs(_written(story, kind, row, name, side))


def _or_dash(value: object) -> str:
    return "—" if value is None or value == "" else str(value)


def _written(story: Story, kind: str, row: Row, name: str, side: numbers.Language) -> str:
    found = ""
    match kind:
        case "text":
            found = _or_dash(row[name])
        case "name":
            found = story.names(_or_dash(row[name]))
        case "by_indicator":
            found = story.writing.by_indicator_bare(row[name], row["indicator"])
        case "indicator_unit":
            found = story.writing.indicator_with_unit(row[name])
        case "scenario":
            found = story.scenario(_or_dash(row[name]))
        case "statement" | "reason":
            found = _or_dash(row[f"{kind}_{side}"])
        case "method_name":
            found = row[f"name_{side}"]
        case _:
            found = numbers.written(row[name], kind, side)
    return found
