"""Tables of schema ``quality``: what was checked, what was set aside, and where every tonne went."""

import polars as pl

from sxyd_pipeline.contracts.columns import CITY_CODE, EMISSION_T, HIGH_T, LOW_T, SPECIES, YEAR
from sxyd_pipeline.contracts.model import Column, Table

QUARANTINE = Table(
    group="quality", name="quarantine", asset="quarantine", label="隔离区", english="rows not used, with the reason",
    grain="row and rule", key=("table_name", "source_file", "source_sheet", "source_row", "rule", "column_name"), may_be_empty=True,
    source="inputs 各步",
    columns=(
        CITY_CODE, Column("table_name", pl.String, "数据表", "table of the package"),
        Column("source_file", pl.String, "来源文件", "file"), Column("source_sheet", pl.String, "来源工作表", "sheet", nullable=True),
        Column("source_row", pl.Int64, "来源行号", "row", nullable=True),
        Column("column_name", pl.String, "列", "column", nullable=True),
        Column("value", pl.String, "值", "value found", nullable=True),
        Column("rule", pl.String, "规则", "code of the broken rule"),
        Column("strength", pl.String, "强度", "set_aside, warn or block", allowed=("set_aside", "warn", "block")),
        Column("message_zh", pl.String, "问题", "what is wrong, Chinese"), Column("message_en", pl.String, "问题（英文）", "what is wrong, English"),
        Column("remedy_zh", pl.String, "处理办法", "what to do, Chinese"), Column("remedy_en", pl.String, "处理办法（英文）", "what to do, English"),
        Column("row_json", pl.String, "原始行", "the whole row as read, JSON", nullable=True),
        Column("activity_code", pl.String, "活动水平代码", "activity, when it could be read", nullable=True),
        Column("amount", pl.Float64, "活动水平", "amount in the standard unit, when it could be read", nullable=True),
        Column("amount_unit", pl.String, "计量单位", "standard unit", nullable=True),
        Column("tonnes_at_stake", pl.Float64, "涉及排放量", "CO2 the row would have counted; empty when it cannot be computed", "tCO2/a", nullable=True),
        Column("pollutant_tonnes_at_stake", pl.Float64, "涉及污染物排放量", "SO2+NOx+VOCs+NH3+PM10 the row would have counted", "t/a", nullable=True),
    ),
)  # fmt: skip

FINDINGS = Table(
    group="quality", name="findings", asset="findings", label="提示", english="rows kept although a rule warns",
    grain="row and rule", key=QUARANTINE.key, may_be_empty=True, source="inputs 各步", columns=QUARANTINE.columns,
)  # fmt: skip

MASS_BALANCE = Table(
    group="quality", name="mass_balance", asset="mass_balance", label="质量平衡", english="tonnes in, out and lost, per step and species",
    grain="step, year, species and reason", key=("step", "year", "species", "why"), source="各步台账",
    columns=(
        CITY_CODE, Column("step", pl.String, "步骤", "step of the graph, group.asset"), YEAR, SPECIES,
        Column("in_t", pl.Float64, "进入量", "tonnes that entered", "t/a"), Column("out_t", pl.Float64, "输出量", "tonnes that left", "t/a"),
        Column("lost_t", pl.Float64, "差额", "tonnes set aside or not counted", "t/a"),
        Column("why", pl.String, "原因", "reason of the difference, or conserved"),
    ),
)  # fmt: skip

AMOUNT_BALANCE = Table(
    group="quality", name="amount_balance", asset="amount_balance", label="活动水平平衡", english="rows and amounts read, accepted and set aside",
    grain="table, activity and unit", key=("table_name", "activity_code", "unit"), may_be_empty=True, source="inputs 各步",
    columns=(
        CITY_CODE, Column("table_name", pl.String, "数据表", "table of the package"),
        Column("activity_code", pl.String, "活动水平代码", "activity; * for tables without amounts"),
        Column("unit", pl.String, "计量单位", "unit of the amounts; rows when the table has none"),
        Column("in_rows", pl.Int64, "读入行数", "rows read", minimum=0), Column("out_rows", pl.Int64, "接受行数", "rows accepted", minimum=0),
        Column("in_amount", pl.Float64, "读入量", "amount read", "见 unit"), Column("out_amount", pl.Float64, "接受量", "amount accepted", "见 unit"),
        Column("lost_amount", pl.Float64, "隔离量", "amount set aside", "见 unit"),
    ),
)  # fmt: skip

CHECKS = Table(
    group="quality", name="checks", asset="checks", label="检查结果", english="results of every gate",
    grain="asset and check", key=("asset", "check_name"), source="门控",
    columns=(
        CITY_CODE, Column("asset", pl.String, "资产", "asset"), Column("table_name", pl.String, "数据表", "schema.table"),
        Column("check_name", pl.String, "检查", "check"),
        Column("strength", pl.String, "强度", "contract and invariant block, plausibility warns", allowed=("contract", "invariant", "plausibility")),
        Column("passed", pl.Boolean, "通过", "whether it passed"),
        Column("observed", pl.Float64, "观测值", "observed metric", nullable=True),
        Column("expected", pl.String, "期望", "what was expected"),
        Column("description", pl.String, "说明", "in words"),
        Column("offending_rows", pl.Int64, "问题行数", "rows that break it", minimum=0),
        Column("sample", pl.String, "示例行", "up to 20 offending rows, JSON", nullable=True),
    ),
)  # fmt: skip

UNCERTAINTY = Table(
    group="quality", name="uncertainty", asset="uncertainty", label="不确定性", english="95 % intervals of totals, two methods",
    grain="year, species and method", key=("year", "species", "method"), source="误差传递与蒙特卡洛（固定种子）",
    columns=(
        CITY_CODE, YEAR, SPECIES, Column("method", pl.String, "方法", "propagation or monte_carlo", allowed=("propagation", "monte_carlo")),
        EMISSION_T, LOW_T, HIGH_T, Column("draws", pl.Int64, "抽样次数", "draws of the Monte Carlo", nullable=True),
    ),
)  # fmt: skip

LINTS = Table(
    group="quality", name="lints", asset="lints", label="误用检查", english="common misuses found in the city's own tables",
    grain="lint and place", key=("lint_id", "table_name", "source_file", "source_sheet", "source_row", "column_name", "value"), may_be_empty=True,
    source="inputs 与 inventory，按 data/reference/lint_rules.csv",
    columns=(
        CITY_CODE, Column("lint_id", pl.String, "误用编号", "kind of misuse"), Column("table_name", pl.String, "数据表", "table"),
        Column("source_file", pl.String, "来源文件", "file", nullable=True), Column("source_sheet", pl.String, "来源工作表", "sheet", nullable=True),
        Column("source_row", pl.Int64, "来源行号", "row", nullable=True), Column("column_name", pl.String, "列", "column", nullable=True),
        Column("value", pl.String, "值", "value found", nullable=True), Column("message_zh", pl.String, "问题", "what is wrong, Chinese"),
        Column("message_en", pl.String, "问题（英文）", "what is wrong, English"), Column("remedy_zh", pl.String, "处理办法", "what to do, Chinese"),
        Column("remedy_en", pl.String, "处理办法（英文）", "what to do, English"),
    ),
)  # fmt: skip

TABLES = (LINTS, QUARANTINE, FINDINGS, MASS_BALANCE, AMOUNT_BALANCE, CHECKS, UNCERTAINTY)
