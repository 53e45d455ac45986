"""The access list of every control unit as one landscape table: a band per unit, a row per clause."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sxyd_pipeline.deliverables.report.declarations import read_toml
from sxyd_pipeline.deliverables.report.queries import Row
from sxyd_pipeline.deliverables.report.story import Story
from sxyd_pipeline.deliverables.typesetting.blocks import Cell, DataTable, Runs, TableColumn
from sxyd_pipeline.deliverables.typesetting.inline import merged, text_runs

_WIDTHS = (1.55, 0.5, 5.3, 0.6, 4.3)
_CLASSES = {1: "优先保护", 2: "重点管控", 3: "一般管控"}
_SQL: Mapping[str, str] = read_toml("annex.toml")["sql"]


def _words(story: Story) -> Mapping[str, Any]:
    words: Mapping[str, Any] = read_toml("annex.toml")["unit_list"][story.language]
    return words


def unit_list(story: Story) -> DataTable | None:
    """Build the table; None when the release has no lists of units."""
    if not story.queries.can_run(_SQL["unit_list"]):
        return None
    words = _words(story)
    types = _zone_types(story)
    rows: list[tuple[Cell | None, ...]] = []
    for code, unit in groupby(
        story.queries.rows("unit_list", _SQL["unit_list"]), key=lambda row: row["control_unit_code"]
    ):
        clauses = list(unit)
        band = Cell((_unit_line(story, clauses[0], types.get(code, "")),), column_span=len(_WIDTHS))
        rows.append((band, *([None] * (len(_WIDTHS) - 1))))
        rows += [_clause_row(story, row, position) for position, row in enumerate(clauses, start=1)]
    if not rows:
        return None
    columns = tuple(
        TableColumn(text_runs(title), width, "center" if place in {0, 1, 3} else "left")
        for place, (title, width) in enumerate(zip(words["titles"], _WIDTHS, strict=True))
    )
    caption, note = text_runs(str(words["caption"])), text_runs(str(words["note"]))
    return DataTable("unit_list", caption, columns, tuple(rows), note, small=True)


def _zone_types(story: Story) -> dict[str, str]:
    """Return the zone types whose clauses a unit inherits, as one phrase by unit."""
    words = _words(story)
    found = story.queries.rows("zone_types", _SQL["zone_types"])
    return {
        code: str(words["types"])
        + str(words["comma"]).join(story.names(row["zone_type_name"]) for row in rows)
        for code, rows in groupby(found, key=lambda row: row["control_unit_code"])
    }


def _unit_line(story: Story, row: Row, types: str) -> Runs:
    kind = str(_words(story)["class"]).format(story.names(_CLASSES[row["control_class"]]))
    name = text_runs(f"{row['control_unit_code']}　{row['control_unit_name']}{kind}", bold=True)
    return merged((*name, *text_runs(types)))


def _clause_row(story: Story, row: Row, position: int) -> tuple[Cell, ...]:
    # The unit stands in the band above; its name in front of every clause only fills the page.
    clause = row["clause_text"].removeprefix(f"{row['control_unit_name']}：")
    reason = row[f"reason_{story.language}"] if row["state"] != "kept" else ""
    return tuple(
        Cell((text_runs(text),))
        for text in (
            story.names(row["dimension"]),
            str(position),
            clause,
            story.names(row["state"]),
            reason or "—",
        )
    )
