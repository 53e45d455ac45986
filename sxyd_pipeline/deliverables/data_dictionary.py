"""The data dictionary as Markdown, from the contracts.

``python -m sxyd_pipeline.deliverables.data_dictionary > docs/data-dictionary.md``
"""

import sys

from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline.contracts.model import SCHEMAS, Column, Table

_HEAD = """# 数据字典 · Data dictionary

由契约生成，与数据库中的 COMMENT、`meta.columns` 同源：

```
python -m sxyd_pipeline.deliverables.data_dictionary > docs/data-dictionary.md
```

加粗的列是主键。中文视图与表同模式，名为 `"v_<表名>"`。

*Generated from the contracts; bold columns are the key.*
"""


_HEADER = """| 列 column | 含义 | meaning | 类型 | 单位 | 可空 | 取值 |
| --- | --- | --- | --- | --- | --- | --- |"""


def dictionary_markdown() -> str:
    """Return the whole dictionary: one section per schema, one table per contract."""
    parts = [_HEAD]
    for schema in SCHEMAS:
        tables = [table for table in TABLES if table.group == schema]
        if tables:
            parts.append(f"## {schema}\n")
            parts += [_section(table) for table in tables]
    return "\n".join(parts)


def _section(table: Table) -> str:
    rows = "\n".join(_row(table, column) for column in table.columns)
    module = f" 仅当模块 / only with module `{table.module}`." if table.module else ""
    about = f"{table.english}. 粒度 / grain: {table.grain}. 来源：{table.source}{module}"
    return f"### {table.full_name} · {table.label}\n\n{about}\n\n{_HEADER}\n{rows}\n"


def _row(table: Table, column: Column) -> str:
    name = f"**`{column.name}`**" if column.name in table.key else f"`{column.name}`"
    cells = (
        name,
        column.label,
        column.english,
        str(column.dtype()),
        column.measured_in,
        "是" if column.nullable else "",
        _bounds(column),
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _bounds(column: Column) -> str:
    if column.allowed:
        shown = [str(value) for value in column.allowed]
        return "、".join(shown) if len(shown) <= 16 else f"{'、'.join(shown[:8])} … （共 {len(shown)} 项）"  # noqa: PLR2004
    parts = [
        f"≥ {column.minimum:g}" if column.minimum is not None else "",
        f"≤ {column.maximum:g}" if column.maximum is not None else "",
        f"`{column.pattern}`" if column.pattern else "",
    ]
    return "；".join(part for part in parts if part)


if __name__ == "__main__":
    sys.stdout.write(dictionary_markdown())
