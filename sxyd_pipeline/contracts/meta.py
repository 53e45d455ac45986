"""Tables of schema ``meta``: what the release is, and what every number rests on."""

import polars as pl

from sxyd_pipeline.contracts.columns import CITY_CODE
from sxyd_pipeline.contracts.model import Column, Table

RELEASE_ID = Column("release_id", pl.String, "发布编号", "id of the release")

RELEASE = Table(
    group="meta", name="release", asset="release_info", label="发布", english="releases in this database",
    grain="city", key=("release_id",), source="发布步骤",
    columns=(
        CITY_CODE, RELEASE_ID, Column("city_name", pl.String, "城市名称", "name of the city"),
        Column("base_year", pl.Int32, "基准年", "base year"),
        Column("created", pl.String, "发布时间", "when it was first published", "ISO 8601, UTC"),
        Column("code_version", pl.String, "程序版本", "version of sxyd_pipeline"),
        Column("spec_version", pl.String, "规范版本", "version of the data specification"),
        Column("inputs_hash", pl.String, "输入校验和", "sha256 over all inputs and reference data"),
        Column("data_label", pl.String, "数据性质", "示例数据 when any input is synthetic", nullable=True),
        # Releases written before these columns existed leave them empty.
        Column("province", pl.String, "省份", "province", nullable=True),
        Column("horizons", pl.String, "目标年", "years of the projection, separated by ;", nullable=True),
        Column("modules", pl.String, "可选模块", "optional modules that ran, separated by ;", nullable=True),
        Column("gwp_set", pl.String, "GWP 方案", "set of global warming potentials", nullable=True),
        Column("publication", pl.String, "编制信息", "words on covers and in footers, JSON", nullable=True),
    ),
)  # fmt: skip

INPUT_FILES = Table(
    group="meta", name="inputs", asset="input_files", label="输入文件", english="files the release was made from",
    grain="file", key=("file",), source="数据包与参考数据",
    columns=(
        CITY_CODE, Column("file", pl.String, "文件", "path within the package or reference data"),
        Column("role", pl.String, "用途", "package or reference", allowed=("package", "reference")),
        Column("sha256", pl.String, "校验和", "sha256 of the bytes"), Column("bytes", pl.Int64, "字节数", "size", "B", minimum=0),
        Column("rows", pl.Int64, "行数", "data rows, when it is a table", nullable=True),
    ),
)  # fmt: skip

FACTORS = Table(
    group="meta", name="factors", asset="factors", label="因子", english="every factor with its source",
    grain="factor", key=("factor_id",), source="data/reference",
    columns=(
        CITY_CODE, Column("factor_id", pl.String, "因子编号", "factor"), Column("kind", pl.String, "因子类型", "kind of factor"),
        Column("applies_to", pl.String, "适用对象", "activity, technology or area it belongs to"),
        Column("species", pl.String, "物种", "species, when it has one", nullable=True),
        Column("value", pl.Float64, "值", "value", "见 unit"), Column("low", pl.Float64, "下限", "95 % low", "见 unit", nullable=True),
        Column("high", pl.Float64, "上限", "95 % high", "见 unit", nullable=True), Column("unit", pl.String, "单位", "unit of measure"),
        Column("cited_from", pl.String, "出处", "source"), Column("page", pl.String, "页码", "page or table of the source", nullable=True),
        Column("confidence", pl.String, "可信度", "read, computed, recalled (editable default) or default", allowed=("read", "computed", "recalled", "default")),
    ),
)  # fmt: skip

COLUMNS = Table(
    group="meta", name="columns", asset="columns", label="数据字典", english="data dictionary",
    grain="table and column", key=("table_name", "column_name"), source="契约",
    columns=(
        CITY_CODE, Column("table_name", pl.String, "数据表", "schema.table"), Column("table_label", pl.String, "表名", "Chinese name"),
        Column("position", pl.Int64, "序号", "order", minimum=1), Column("column_name", pl.String, "列", "column"),
        Column("label", pl.String, "含义", "Chinese meaning"), Column("english", pl.String, "含义（英文）", "meaning"),
        Column("dtype", pl.String, "类型", "type"), Column("measured_in", pl.String, "单位", "unit of measure"),
        Column("is_key", pl.Boolean, "主键", "part of the key"), Column("nullable", pl.Boolean, "可空", "may be empty"),
        Column("bounds", pl.String, "取值范围", "bounds or allowed values"), Column("source", pl.String, "来源", "source"),
    ),
)  # fmt: skip

METHODS = Table(
    group="meta", name="methods", asset="methods", label="方法", english="methods with formula and source",
    grain="method", key=("method_id",), source="data/reference/methods.csv",
    columns=(
        CITY_CODE, Column("method_id", pl.String, "方法编号", "method"), Column("name_zh", pl.String, "方法名称", "Chinese name"),
        Column("name_en", pl.String, "方法名称（英文）", "name"), Column("formula", pl.String, "公式", "formula"),
        Column("cited_from", pl.String, "出处", "source"),
    ),
)  # fmt: skip

TABLES = (RELEASE, INPUT_FILES, FACTORS, COLUMNS, METHODS)
