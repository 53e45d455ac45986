"""All files of the result data."""

from collections.abc import Sequence

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.result_data.descriptions import data_package, iso_metadata
from sxyd_pipeline.deliverables.result_data.dictionary import dictionary_page, field_table
from sxyd_pipeline.deliverables.result_data.layers import FilledLayer, fill_layers
from sxyd_pipeline.deliverables.result_data.tables import csv_bytes, result_files
from sxyd_pipeline.deliverables.result_data.vectors import flatgeobuf, geopackage, shapefile
from sxyd_pipeline.deliverables.result_data.workbooks import dictionary_workbook, result_workbook
from sxyd_pipeline.io.staging import PREVIEW

#: Folder of the result data in a release.
FOLDER = "data"
GEOPACKAGE, WORKBOOK, FIELDS = "layers.gpkg", "results.xlsx", "field_mapping.csv"
DICTIONARY = "data_dictionary"
_STEPS = {
    "tables": ("表格 Parquet 与 CSV", "tables as Parquet and CSV"),
    "layers": ("GeoPackage、FlatGeobuf、SHP", "GeoPackage, FlatGeobuf, shapefiles"),
    "workbooks": ("工作簿", "workbooks"),
    "metadata": ("元数据与数据字典", "metadata and dictionary"),
}


def write(edition: Edition, language: Language, progress: Progress) -> dict[str, bytes]:
    """Return the result data of a release below ``data/``, and a list of them for the UI."""
    place = 0 if language == "zh" else 1

    def step(name: str) -> None:
        progress(_STEPS[name][place], list(_STEPS).index(name) + 1, len(_STEPS))

    step("tables")
    files = _tables(edition)
    step("layers")
    layers = list(fill_layers(edition))
    files[GEOPACKAGE] = geopackage(layers, language)
    for one in layers:
        files[f"flatgeobuf/{one.layer.name}.fgb"] = flatgeobuf(one, language)
        files |= {f"shapefile/{name}": content for name, content in shapefile(one).items()}
    fields = field_table(layers)
    files[f"shapefile/{FIELDS}"] = csv_bytes(fields)
    step("workbooks")
    files[WORKBOOK] = result_workbook(edition, layers[0], language)
    files[f"{DICTIONARY}.xlsx"] = dictionary_workbook(edition, fields, language)
    step("metadata")
    files[f"{DICTIONARY}.md"] = dictionary_page(edition, fields, language).encode()
    files |= {
        f"metadata/{name}": content for name, content in iso_metadata(edition, layers, language).items()
    }
    files["README.md"] = _page(edition, layers, language).encode()
    files["datapackage.json"] = data_package(edition, files, language)
    return {f"{FOLDER}/{name}": content for name, content in files.items()} | {
        f"{PREVIEW}files.md": files["README.md"]
    }


def _tables(edition: Edition) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, frame in edition.tables.items():
        # The time of publication stands in meta.release of the database only.
        if name != "meta.release":
            files |= result_files(edition.contract(name), frame)
    return files


def _page(edition: Edition, layers: Sequence[FilledLayer], language: Language) -> str:
    """Return the page that says what lies where."""
    zh = language == "zh"
    nature = edition.data_label or ("未声明" if zh else "not declared")
    nature_word, year_word = ("数据性质", "基准年") if zh else ("nature of the data", "base year")
    title = f"{edition.city_name}（{edition.city_code}）{'成果数据' if zh else 'result data'}"
    facts = f"`{edition.release_id}` · {year_word} {edition.base_year} · {nature_word}：{nature}"
    imprint = [f"* {heading}：{text}" for heading, text in edition.imprint(language).items()]
    rows = [f"| `{name}` | {words[0 if zh else 1]} |" for name, words in _CONTENTS.items()]
    listed = [f"* `{one.layer.name}`（{one.layer.code}）{one.layer.zh}：{one.frame.height}" for one in layers]
    head = [f"# {title}", "", facts, "", *imprint, "", "| 文件 file | 内容 content |", "| --- | --- |"]
    return "\n".join([*head, *rows, "", *listed, "", _REMARK[0 if zh else 1]]) + "\n"


_REMARK = (
    "坐标系 EPSG:4490（CGCS2000）。SHP 字段代码取自已公开的平台字段，未声称符合未公开的数据规范。",
    "CRS EPSG:4490 (CGCS2000). Shapefile names follow published platform fields; no conformity is claimed.",
)
_CONTENTS = {
    GEOPACKAGE: (
        "全部图层；字段别名、单位、值域与 QGIS 样式在文件内",
        "all layers, with aliases, units, domains and QGIS styles inside",
    ),
    "flatgeobuf/": ("各图层，一层一个文件", "each layer in a file of its own"),
    "shapefile/": (
        f"各图层，UTF-8；字段代码对照见 {FIELDS}",
        f"each layer, UTF-8; names of fields in {FIELDS}",
    ),
    WORKBOOK: ("结果表，含说明与数据字典", "result tables with contents and dictionary"),
    "*.csv": ("UTF-8 带 BOM；行数过多的表仅有 Parquet", "UTF-8 with BOM; long tables are Parquet only"),
    "*.parquet": ("全部表，含图形的为 GeoParquet", "all tables; those with geometry are GeoParquet"),
    f"{DICTIONARY}.md / .xlsx": ("数据字典", "data dictionary"),
    "datapackage.json": ("文件清单、校验和与表结构（Frictionless）", "files, hashes, schemas (Frictionless)"),
    "metadata/": ("ISO 19115 元数据（ISO 19139 XML）", "ISO 19115 metadata (ISO 19139 XML)"),
}
