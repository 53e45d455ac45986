"""The access list of every control unit as one landscape table: a row per unit and dimension."""

from itertools import groupby

from sxyd_pipeline.deliverables.report.queries import Row
from sxyd_pipeline.deliverables.report.story import Story
from sxyd_pipeline.deliverables.typesetting.blocks import Cell, DataTable, Run, Runs, TableColumn
from sxyd_pipeline.deliverables.typesetting.inline import text_runs

_WORDS = {
    "zh": ("单元生态环境准入清单", ("单元编码", "单元名称", "类别", "管控维度", "管控要求", "优化理由"),
           "注：只列单元层级与要素细类层级的条款；省、区域、市级条款对所有单元适用，见总体准入清单。方括号为条款相对现行清单的状态。"),
    "en": ("Access lists of control units", ("Code", "Name", "Class", "Dimension", "Requirements", "Reasons of changes"),
           "Note: clauses of control unit and zone type level; those of province, region and city hold everywhere and stand in the overall list. Brackets give the state against the list in force."),
}  # fmt: skip
_WIDTHS = (1.25, 1.5, 0.75, 1.0, 6.4, 3.6)
_CLASSES = {1: "优先保护", 2: "重点管控", 3: "一般管控"}
UNIT_LIST_SQL = """SELECT l.control_unit_code, u.control_unit_name, u.control_class, l.dimension, l.clause_text, c.state, c.reason_zh, c.reason_en, l.position, l.clause_id
FROM access.control_unit_lists l JOIN zoning.control_units u USING (control_unit_code) JOIN access.clauses c ON l.clause_id = c.clause_id
WHERE l.is_effective AND l.level IN ('zone_type', 'control_unit') AND c.state <> 'withdrawn'
ORDER BY l.control_unit_code, list_position(['space', 'emission', 'risk', 'resource'], l.dimension), l.position, l.clause_id"""
#: A clause as long as a page is set as it is; a reason is shortened by nobody.
_KEPT = "kept"


def unit_list(story: Story) -> DataTable | None:
    """Build the table; None when the release has no lists of units."""
    if not story.queries.can_run(UNIT_LIST_SQL):
        return None
    found = story.queries.rows("unit_list", UNIT_LIST_SQL)
    caption, titles, note = _WORDS[story.language]
    rows: list[tuple[Cell | None, ...]] = []
    for _, unit in groupby(found, key=lambda row: row["control_unit_code"]):
        dimensions = [(name, list(rows_)) for name, rows_ in groupby(unit, key=lambda row: row["dimension"])]
        for position, (dimension, clauses) in enumerate(dimensions):
            head = _unit_cells(story, clauses[0], len(dimensions)) if position == 0 else (None, None, None)
            rows.append((*head, Cell((text_runs(story.names(dimension)),)), *_clause_cells(story, clauses)))
    if not rows:
        return None
    columns = tuple(
        TableColumn(text_runs(title), width, "center" if place in {0, 2, 3} else "left")
        for place, (title, width) in enumerate(zip(titles, _WIDTHS, strict=True))
    )
    return DataTable("unit_list", text_runs(caption), columns, tuple(rows), text_runs(note), small=True, rules=True)


def _unit_cells(story: Story, row: Row, span: int) -> tuple[Cell, Cell, Cell]:
    return (
        Cell((text_runs(row["control_unit_code"]),), span),
        Cell((text_runs(row["control_unit_name"]),), span),
        Cell((text_runs(story.names(_CLASSES[row["control_class"]])),), span),
    )


def _clause_cells(story: Story, clauses: list[Row]) -> tuple[Cell, Cell]:
    texts, reasons = [], []
    for position, row in enumerate(clauses, start=1):
        state = Run(f"[{story.names(row['state'])}]", bold=row["state"] != _KEPT)
        texts.append((Run(f"{position}. "), *text_runs(row["clause_text"]), state))
        if row["state"] != _KEPT:
            reasons.append(_reason(position, row[f"reason_{story.language}"]))
    return Cell(tuple(texts)), Cell(tuple(reasons) or ((Run("—"),),))


def _reason(position: int, reason: str) -> Runs:
    return (Run(f"{position}. "), *text_runs(reason))
