"""The data dictionary of a release, and the table that maps layer fields to shapefile names."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.result_data.fields import CLAUSE_TEXT_CODES
from sxyd_pipeline.deliverables.result_data.layers import FilledLayer
from sxyd_pipeline.deliverables.result_data.vectors import cut_texts
from sxyd_pipeline.io.assembly import bounds_of

#: Columns of the mapping table.
FIELD_COLUMNS = tuple(
    Column(name, dtype, label, english)
    for name, dtype, label, english in (
        ("layer", pl.String, "图层", "layer"),
        ("layer_code", pl.String, "图层代码", "name of the shapefile"),
        ("layer_label", pl.String, "图层名称", "Chinese name of the layer"),
        ("position", pl.Int64, "序号", "order"),
        ("field", pl.String, "字段", "field in GeoPackage, FlatGeobuf and tables"),
        ("shapefile_field", pl.String, "SHP 字段代码", "field in the shapefile; empty when it has none"),
        ("platform_field", pl.String, "平台字段", "name in the platform database"),
        ("label", pl.String, "中文名", "Chinese name"),
        ("english", pl.String, "英文名", "English name"),
        ("dtype", pl.String, "类型", "type"),
        ("measured_in", pl.String, "单位", "unit of measure"),
        ("domain", pl.String, "取值", "allowed values or bounds"),
        ("origin", pl.String, "来源表", "table it comes from"),
        ("cut_values", pl.Int64, "SHP 截断数", "texts cut in the shapefile"),
    )
)


def field_table(layers: Sequence[FilledLayer]) -> pl.DataFrame:
    """Return one row per layer and field: what it is, and what it is called in a shapefile."""
    rows = [
        {
            "layer": one.layer.name,
            "layer_code": one.layer.code,
            "layer_label": one.layer.zh,
            "position": position,
            "field": field.name,
            "shapefile_field": field.code,
            "platform_field": CLAUSE_TEXT_CODES.get(field.name, field.code),
            "label": field.column.label,
            "english": field.column.english,
            "dtype": field.column.dtype.__name__,
            "measured_in": field.column.measured_in,
            "domain": bounds_of(field.column),
            "origin": field.origin,
            "cut_values": cut_texts(one, field) if field.code else 0,
        }
        for one in layers
        for position, field in enumerate(one.layer.fields, start=1)
    ]
    return pl.DataFrame(rows, schema={column.name: column.dtype for column in FIELD_COLUMNS})


def dictionary_page(edition: Edition, fields: pl.DataFrame, language: Language) -> str:
    """Return the data dictionary as Markdown: the tables of this release, then the fields of its layers."""
    zh = language == "zh"
    title = f"# {edition.city_name} · {'数据字典' if zh else 'data dictionary'}"
    about = (
        f"{edition.release_id} · {edition.data_label or ('数据性质未声明' if zh else 'nature not declared')}"
    )
    parts = [title, about, *(_section(edition.contract(name), zh=zh) for name in edition.tables)]
    parts.append(
        f"## {'图层字段与 SHP 字段代码' if zh else 'fields of layers and their names in shapefiles'}"
    )
    labels = [column.label if zh else column.english for column in FIELD_COLUMNS]
    parts.append("\n".join([_line(labels), _line(["---"] * len(labels)), *map(_line, fields.iter_rows())]))
    return "\n\n".join(parts) + "\n"


def _section(table: Table, *, zh: bool) -> str:
    heading = f"## {table.full_name} · {table.label if zh else table.english}"
    about = f"{table.english}。粒度：{table.grain}。来源：{table.source}" if zh else f"grain: {table.grain}"
    names = ("列", "含义", "英文", "类型", "单位", "主键", "可空", "取值")
    if not zh:
        names = ("column", "Chinese", "meaning", "type", "unit", "key", "nullable", "values")
    rows = [
        _line(
            (
                column.name, column.label, column.english, column.dtype.__name__, column.measured_in,
                "●" if column.name in table.key else "", "●" if column.nullable else "", bounds_of(column),
            )
        )
        for column in table.columns
    ]  # fmt: skip
    return "\n".join([heading, "", about, "", _line(names), _line(["---"] * len(names)), *rows])


def _line(cells: Sequence[object]) -> str:
    texts = ("" if cell is None else str(cell) for cell in cells)
    return "| " + " | ".join(text.replace("|", "\\|").replace("\n", " ") for text in texts) + " |"
