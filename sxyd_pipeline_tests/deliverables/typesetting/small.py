"""A small document with every kind of block."""

import io

from matplotlib.figure import Figure as Drawing

from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    Cell,
    Cover,
    DataTable,
    Document,
    Figure,
    Heading,
    Orientation,
    Paragraph,
    Run,
    TableColumn,
)
from sxyd_pipeline.deliverables.typesetting.inline import text_runs

HOSTILE = (
    "# $ * _ @ ` \\ <script>alert(1)</script> =cmd|' /C calc'!A0 {{ v.x }} {% if %} #include \"/etc\" [a](b)"
)


def picture() -> bytes:
    """A PNG without clock."""
    buffer = io.BytesIO()
    drawing = Drawing(figsize=(2, 1))
    drawing.add_subplot().plot([1, 2])
    drawing.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def table(table_id: str = "units", rows: int = 4) -> DataTable:
    """A table whose first column spans two rows each."""
    columns = (
        TableColumn(text_runs("单元"), 1),
        TableColumn(text_runs("要求"), 4),
        TableColumn(text_runs("CO2"), 1, "right", text_runs("（万吨）")),
    )
    body = tuple(
        (
            Cell((text_runs(f"单元{row // 2}"),), 2) if row % 2 == 0 else None,
            Cell((text_runs(f"第{row}条 {HOSTILE}"), text_runs("第二段"))),
            Cell((text_runs(f"{row}.5"),)),
        )
        for row in range(rows)
    )
    return DataTable(table_id, text_runs("清单"), columns, body, text_runs("注：示例。"), rules=True)


def document(*extra: Block, language: str = "zh") -> Document:
    """Two chapters, a landscape section and an annex."""
    blocks: tuple[Block, ...] = (
        Heading(1, text_runs("总则")),
        Heading(2, text_runs("范围")),
        Paragraph((*text_runs("CO2 排放量 4662.8万吨，见"), Run("", ref="tbl:units"), Run("。"))),
        Paragraph((Run("12.5%", link="source-a"), *text_runs("来自煤电。"))),
        Paragraph(text_runs("C = A·B"), "equation"),
        table(),
        Heading(1, text_runs("分析")),
        Figure("map", text_runs("CO2 密度"), picture(), width_share=0.5),
        Orientation(landscape=True),
        Heading(2, text_runs("横表")),
        table("wide", 40),
        Orientation(landscape=False),
        *extra,
        Heading(1, text_runs("数据溯源"), annex=True),
        DataTable(
            "sources",
            text_runs("来源"),
            (TableColumn(text_runs("编号")), TableColumn(text_runs("查询"))),
            (
                (Cell((text_runs("单元甲"),), column_span=2), None),
                (Cell((text_runs("D01"),), anchor="source-a"), Cell((text_runs("select 1"),))),
            ),
        ),
    )
    return Document(
        title="小报告",
        language="zh" if language == "zh" else "en",
        cover=Cover(("试验市",), "研究报告", ("基准年：2020年",), "示例数据", ("校验和 abc",)),
        header="试验市研究报告",
        footer="发布编号 r-1 · 示例数据",
        blocks=blocks,
    )
