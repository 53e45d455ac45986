"""Tables of group ``inventory``: the co-inventory of pollutants and greenhouse gases."""

import polars as pl

from sxyd_pipeline.contracts.columns import (
    ACTIVITY_CODE,
    AMOUNT,
    AMOUNT_UNIT,
    CITY_CODE,
    CO2E,
    DATA_LABEL,
    DISTRICT_CODE,
    EMISSION_T,
    EQUIPMENT_ID,
    FACILITY_ID,
    FUEL_CODE,
    GWP_SET,
    HIGH_T,
    INDUSTRY_CODE,
    LOW_T,
    SOURCE_CATEGORY,
    SPECIES,
    TECHNOLOGY_CODE,
    YEAR,
    nullable,
)
from sxyd_pipeline.contracts.model import Column, Table

SOURCE_ID = Column(
    "source_id",
    pl.String,
    "排放源编号",
    "emission source: facility/equipment/activity or district/category/activity",
)
SOURCE_KIND = Column("source_kind", pl.String, "源型", "point or area source", allowed=("point", "area"))
SPREAD_ID = Column(
    "spread_id",
    pl.String,
    "空间落位编号",
    "how the source is placed: a facility, or a district and its proxy",
)
METHOD = Column("method", pl.String, "核算方法", "method of the number; see meta.methods")
FACTOR_ID = Column("factor_id", pl.String, "因子编号", "factor used; see meta.factors", nullable=True)

SOURCE_EMISSIONS = Table(
    group="inventory", name="emissions", asset="source_emissions", label="排放清单", english="counted emissions per source",
    grain="source, year and species", key=("source_id", "year", "species"),
    source="活动水平 × 排放因子 ×（1−去除率）；实测值优先",
    columns=(
        CITY_CODE, SOURCE_ID, SOURCE_KIND, YEAR, SPECIES, EMISSION_T, LOW_T, HIGH_T,
        nullable(FACILITY_ID), EQUIPMENT_ID, DISTRICT_CODE, nullable(INDUSTRY_CODE), SOURCE_CATEGORY,
        nullable(ACTIVITY_CODE), TECHNOLOGY_CODE, SPREAD_ID, METHOD, FACTOR_ID,
        Column("factor_value", pl.Float64, "因子值", "emission per amount after removal", "t/计量单位", minimum=0.0, nullable=True),
        nullable(AMOUNT), nullable(AMOUNT_UNIT), CO2E, GWP_SET, DATA_LABEL,
    ),
)  # fmt: skip

ROLE = Column(
    "role", pl.String, "计入方式", "counted, or why it is shown only as a memo",
    allowed=("counted", "biogenic_co2", "counted_elsewhere", "captured_co2"),
)  # fmt: skip
WHY = Column(
    "why", pl.String, "说明", "why it is not counted, and where it is counted instead", nullable=True
)

COMPUTED_EMISSIONS = Table(
    group="inventory", name="computed_emissions", asset="computed_emissions", label="计算排放", english="computed emissions of every activity row",
    grain="source, year, species and role", key=("source_id", "year", "species", "role"),
    source="活动水平 × 排放因子 ×（1−去除率）", columns=(*SOURCE_EMISSIONS.columns, ROLE, WHY),
)  # fmt: skip

MEMO_EMISSIONS = Table(
    group="inventory", name="memo_emissions", asset="memo_emissions", label="备忘排放", english="emissions shown but not counted",
    grain="source, year, species and reason", key=("source_id", "year", "species", "memo_kind"), may_be_empty=True,
    source="生物源二氧化碳、被实测值替代的计算值、避免重复计算的部分、被捕集的二氧化碳",
    columns=(
        CITY_CODE, SOURCE_ID, SOURCE_KIND, YEAR, SPECIES,
        Column("memo_kind", pl.String, "备忘类型", "why it is not counted",
               allowed=("biogenic_co2", "superseded_by_measurement", "counted_elsewhere", "captured_co2")),
        EMISSION_T, nullable(FACILITY_ID), DISTRICT_CODE, SOURCE_CATEGORY, nullable(ACTIVITY_CODE), METHOD, FACTOR_ID,
        WHY, DATA_LABEL,
    ),
)  # fmt: skip

INDIRECT_EMISSIONS = Table(
    group="inventory", name="indirect_emissions", asset="indirect_emissions", label="间接排放", english="Scope 2: bought electricity and heat; never added to Scope 1",
    grain="source and year", key=("source_id", "year"), may_be_empty=True, source="外购电量、热量 × 平均排放因子",
    columns=(
        CITY_CODE, SOURCE_ID, SOURCE_KIND, YEAR, nullable(FACILITY_ID), DISTRICT_CODE, nullable(INDUSTRY_CODE),
        ACTIVITY_CODE, AMOUNT, AMOUNT_UNIT,
        Column("indirect_tco2", pl.Float64, "间接排放量", "Scope 2 emission", "tCO2/a", minimum=0.0),
        METHOD, FACTOR_ID, DATA_LABEL,
    ),
)  # fmt: skip

QUARANTINED_EMISSIONS = Table(
    group="inventory", name="quarantined_emissions", asset="quarantined_emissions", label="隔离数据对应排放",
    english="emissions of activity rows in quarantine, as far as they can be computed",
    grain="quarantined row and species", key=("source_file", "source_sheet", "source_row", "species"), may_be_empty=True,
    source="对被隔离的活动水平行按同一方法试算",
    columns=(
        CITY_CODE,
        Column("table_name", pl.String, "数据表", "table of the package"),
        Column("source_file", pl.String, "来源文件", "file"),
        Column("source_sheet", pl.String, "来源工作表", "sheet", nullable=True),
        Column("source_row", pl.Int64, "来源行号", "row", minimum=1),
        Column("rule", pl.String, "规则", "broken rule"),
        YEAR, SPECIES, EMISSION_T, METHOD, FACTOR_ID,
    ),
)  # fmt: skip

ENERGY_USE = Table(
    group="inventory", name="energy_use", asset="energy_use", label="能源使用", english="energy by basis, sector or source and fuel",
    grain="basis, sector, fuel and year", key=("basis", "sector_code", "fuel_code", "year"), source="能源平衡表与清单燃料消费",
    columns=(
        CITY_CODE,
        Column("basis", pl.String, "口径", "balance = energy table; inventory = summed from sources", allowed=("balance", "inventory")),
        Column("sector_code", pl.String, "部门代码", "sector (balance) or source category (inventory)"),
        YEAR, FUEL_CODE, AMOUNT, AMOUNT_UNIT,
        Column("energy_tj", pl.Float64, "能量", "energy", "TJ", minimum=0.0),
        Column("energy_tce", pl.Float64, "标准煤", "energy in standard coal", "tce", minimum=0.0),
        FACTOR_ID, DATA_LABEL,
    ),
)  # fmt: skip

EMISSION_TOTALS = Table(
    group="inventory", name="totals", asset="emission_totals", label="排放汇总", english="totals with uncertainty",
    grain="year, breakdown, its code and species", key=("year", "breakdown", "breakdown_code", "species"), source="由 inventory.emissions 汇总",
    columns=(
        CITY_CODE, YEAR,
        Column("breakdown", pl.String, "汇总口径", "what the total is broken down by", allowed=("city", "district", "source_category", "industry", "source_kind")),
        Column("breakdown_code", pl.String, "口径代码", "code within the breakdown"),
        Column("breakdown_name", pl.String, "口径名称", "Chinese name of the code"),
        SPECIES, EMISSION_T, LOW_T, HIGH_T, CO2E, GWP_SET,
        Column("source_count", pl.Int64, "源数", "sources that add up to it", minimum=0),
    ),
)  # fmt: skip

TABLES = (
    COMPUTED_EMISSIONS, SOURCE_EMISSIONS, MEMO_EMISSIONS, INDIRECT_EMISSIONS, QUARANTINED_EMISSIONS, ENERGY_USE, EMISSION_TOTALS,
)  # fmt: skip
