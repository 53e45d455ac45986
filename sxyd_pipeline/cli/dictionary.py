"""The data dictionary of a package as a workbook: one sheet per table, and the code lists."""

import datetime as dt
from collections.abc import Iterable, Sequence
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook

from sxyd_pipeline.cli.examples import EXAMPLES
from sxyd_pipeline.contracts import inputs
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.shapes import FIELDS, OPTIONAL_TABLES, TABLE_NAMES, Field
from sxyd_pipeline.vocabulary.activities import ALL_ACTIVITIES, SOURCE_CATEGORIES, SOURCE_CATEGORIES_EN
from sxyd_pipeline.vocabulary.amounts import STANDARD_UNITS, spellings_of_dimension
from sxyd_pipeline.vocabulary.elements import LAYERS
from sxyd_pipeline.vocabulary.species import ALL_SPECIES

#: A workbook carries the time it was made; a fixed one keeps the bytes the same.
_CREATED = dt.datetime(2020, 1, 1)  # noqa: DTZ001 - the format stores no time zone
_COLUMN_HEADS = (
    "列名 column", "中文名", "含义 meaning", "单位 unit", "必填 required", "允许值 allowed",
    "取值范围 bounds", "示例 example", "也接受的表头 aliases",
)  # fmt: skip
_WIDTHS = (22, 18, 40, 16, 10, 44, 16, 24, 40)

Rows = Iterable[Sequence[object]]


def write_dictionary(path: Path, reference: Reference) -> None:
    """Write the workbook; the same product version gives the same bytes.

    Args:
        path: file to write.
        reference: code lists that belong to it (technologies, zone types).
    """
    workbook = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    workbook.set_properties(
        {"title": "城市数据包数据字典 / data dictionary of a city package", "created": _CREATED}
    )
    bold = workbook.add_format({"bold": True, "bg_color": "#DDEBF7", "text_wrap": True, "valign": "top"})
    plain = workbook.add_format({"text_wrap": True, "valign": "top"})

    contracts = {table.name: table for table in inputs.TABLES}
    tables = (
        [
            name,
            contracts[name].label,
            contracts[name].english,
            contracts[name].grain,
            _yes(name not in OPTIONAL_TABLES),
            contracts[name].module,
        ]
        for name in TABLE_NAMES
    )
    _sheet(
        workbook,
        "数据表",
        ("表名 table", "中文名", "含义 meaning", "一行是什么 grain", "必需 required", "所属模块 module"),
        tables,
        bold,
        plain,
    )
    for name in (*TABLE_NAMES, *LAYERS, "proxies"):
        _sheet(workbook, name, _COLUMN_HEADS, (_described(field) for field in FIELDS[name]), bold, plain)
    for name, heads, rows in _code_lists(reference):
        _sheet(workbook, name, heads, rows, bold, plain)
    workbook.close()


def _sheet(
    workbook: Workbook, name: str, heads: Sequence[str], rows: Rows, bold: Format, plain: Format
) -> None:
    sheet = workbook.add_worksheet(name)
    sheet.freeze_panes(1, 1)
    for position, head in enumerate(heads):
        sheet.set_column(position, position, _WIDTHS[position] if len(heads) == len(_COLUMN_HEADS) else 26)
        sheet.write_string(0, position, head, bold)
    for number, row in enumerate(rows, start=1):
        for position, value in enumerate(row):
            sheet.write_string(number, position, "" if value is None else str(value), plain)


def _described(field: Field) -> list[str]:
    column = field.column
    aliases = " | ".join(
        spelling for spelling in field.spellings if spelling not in {field.name, column.label}
    )
    return [
        field.name, column.label, column.english, column.measured_in, _yes(field.is_required),
        _allowed(field), _bounds(field), EXAMPLES.get(field.name, ""), aliases,
    ]  # fmt: skip


def _allowed(field: Field) -> str:
    if field.name in {"activity_code", "fuel_code"}:
        return "见工作表“活动水平代码” / see sheet"
    if field.name == "amount_unit":
        return "见工作表“计量单位” / see sheet"
    return " | ".join(str(value) for value in field.column.allowed)


def _bounds(field: Field) -> str:
    column = field.column
    low = "" if column.minimum is None else f"≥ {column.minimum:g}"
    high = "" if column.maximum is None else f"≤ {column.maximum:g}"
    return " ".join(part for part in (low, high, column.pattern) if part)


def _code_lists(reference: Reference) -> Iterable[tuple[str, Sequence[str], Rows]]:
    yield (
        "活动水平代码",
        ("代码 code", "中文名", "类别 kind", "标准单位 unit", "源类 category", "也接受 aliases"),
        [
            [
                one.code,
                one.zh,
                one.kind,
                one.standard_unit,
                one.source_category or "",
                " | ".join(one.aliases),
            ]
            for one in ALL_ACTIVITIES
        ],
    )
    yield (
        "计量单位",
        ("量纲 dimension", "标准单位 standard", "接受的写法（可加 万、亿、千）accepted"),
        [[name, unit, " | ".join(spellings_of_dimension(name))] for name, unit in STANDARD_UNITS.items()],
    )
    yield (
        "物种",
        ("代码 code", "中文名", "说明 note"),
        [[one.code, one.zh, one.note] for one in ALL_SPECIES],
    )
    yield (
        "源类",
        ("编号 number", "中文名", "含义 meaning"),
        [[number, name, SOURCE_CATEGORIES_EN[number]] for number, name in SOURCE_CATEGORIES.items()],
    )
    technologies = reference.technologies.select("technology_code", "name_zh", "activity_codes", "cited_from")
    yield "技术代码", ("代码 code", "中文名", "适用活动 activities", "出处 source"), technologies.rows()
    types = reference.zone_types.select("zone_type", "element", "control_class", "name_zh", "cited_from")
    yield "要素细类", ("代码 code", "要素 element", "类别 class", "中文名", "出处 source"), types.rows()


def _yes(value: bool) -> str:  # noqa: FBT001 - the value to be worded
    return "是 yes" if value else "否 no"
