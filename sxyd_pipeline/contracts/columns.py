"""Columns that several tables share, declared once."""

from dataclasses import replace

import polars as pl

from sxyd_pipeline.contracts.model import Column
from sxyd_pipeline.vocabulary.activities import ACTIVITY_CODES, FUEL_CODES
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE
from sxyd_pipeline.vocabulary.species import SPECIES_CODES


def nullable(column: Column) -> Column:
    """Return the same column with missing values allowed."""
    return replace(column, nullable=True)


CITY_CODE = Column("city_code", pl.String, "城市代码", "city, GB/T 2260 code", pattern=r"^\d{6}$")
YEAR = Column(
    "year", pl.Int32, "年份", "calendar year", minimum=1990, maximum=2100, aliases=("年度", "NF", "YEAR")
)
SPECIES = Column(
    "species",
    pl.String,
    "物种",
    "emitted species",
    allowed=SPECIES_CODES,
    aliases=("污染物", "污染物名称", "排放物种"),
)
EMISSION_T = Column("emission_t", pl.Float64, "排放量", "emission", "t/a", minimum=0.0)
LOW_T = Column("low_t", pl.Float64, "排放量下限", "lower bound of the 95 % interval", "t/a", minimum=0.0)
HIGH_T = Column("high_t", pl.Float64, "排放量上限", "upper bound of the 95 % interval", "t/a", minimum=0.0)
FACILITY_ID = Column(
    "facility_id", pl.String, "企业编号", "facility id", aliases=("企业代码", "污染源编号", "设施编号")
)
FACILITY_NAME = Column(
    "facility_name", pl.String, "企业名称", "facility name", aliases=("单位名称", "污染源名称", "设施名称")
)
INDUSTRY_CODE = Column(
    "industry_code", pl.String, "行业代码", "class of GB/T 4754-2017", pattern=r"^\d{4}$",
    aliases=("行业类别代码", "国民经济行业代码", "行业小类代码"),
)  # fmt: skip
DISTRICT_CODE = Column(
    "district_code", pl.String, "区县代码", "district or county, GB/T 2260", pattern=r"^\d{6}$",
    aliases=("行政区代码", "行政区划代码", "县区代码", "COUNTY_CODE"),
)  # fmt: skip
EQUIPMENT_ID = Column(
    "equipment_id",
    pl.String,
    "设备编号",
    "equipment within the facility",
    nullable=True,
    aliases=("机组编号", "锅炉编号"),
)
ACTIVITY_CODE = Column(
    "activity_code", pl.String, "活动水平代码", "fuel, product or process", allowed=ACTIVITY_CODES,
    aliases=("活动代码", "燃料或产品", "燃料名称", "产品名称", "活动水平类型"),
)  # fmt: skip
FUEL_CODE = Column(
    "fuel_code",
    pl.String,
    "能源品种",
    "fuel or energy carrier",
    allowed=(*FUEL_CODES, "electricity", "heat"),
    aliases=("能源名称", "燃料代码"),
)
AMOUNT = Column(
    "amount",
    pl.Float64,
    "活动水平",
    "amount in the standard unit of the activity",
    "见 amount_unit",
    minimum=0.0,
    aliases=("数量", "消费量", "产量", "活动量"),
)
AMOUNT_UNIT = Column("amount_unit", pl.String, "计量单位", "unit of the amount", aliases=("单位", "数量单位"))
AMOUNT_STATED = Column(
    "amount_stated", pl.Float64, "填报数量", "amount as stated in the package", "见 amount_unit_stated"
)
AMOUNT_UNIT_STATED = Column("amount_unit_stated", pl.String, "填报单位", "unit as stated in the package")
TECHNOLOGY_CODE = Column(
    "technology_code",
    pl.String,
    "技术代码",
    "technology of combustion, process or control",
    nullable=True,
    aliases=("工艺代码", "技术类型"),
)
SOURCE_CATEGORY = Column(
    "source_category",
    pl.Int32,
    "源类",
    "one of the ten source categories",
    minimum=1,
    maximum=10,
    aliases=("源类编号", "排放源类", "源类代码"),
)
CONTROL_CLASS = Column(
    "control_class",
    pl.Int32,
    "管控类别",
    "control class: 1 priority, 2 key, 3 general",
    allowed=(1, 2, 3),
    aliases=("管控单元分类", "ZHGKDYFL", "GKFL", "管控分类"),
)
ELEMENT = Column(
    "element",
    pl.String,
    "环境要素",
    "environmental element",
    allowed=tuple(ELEMENT_BY_CODE),
    aliases=("要素", "HJYS"),
)
ZONE_CODE = Column("zone_code", pl.String, "要素分区编码", "element zone code")
CONTROL_UNIT_CODE = Column(
    "control_unit_code", pl.String, "管控单元编码", "control unit code", pattern=r"^(ZH|HY)\d{6}[123]\d{4}$"
)
AREA_KM2 = Column(
    "area_km2", pl.Float64, "面积", "area in the equal-area working projection", "km2", minimum=0.0
)
STATED_AREA_KM2 = Column(
    "stated_area_km2",
    pl.Float64,
    "填报面积",
    "area as stated in the package",
    "km2",
    minimum=0.0,
    nullable=True,
    aliases=("面积", "面积（平方公里）", "AREA", "面积km2"),
)
VALID_FROM = Column(
    "valid_from", pl.String, "生效日期", "date the zoning version came into force", "ISO 8601", nullable=True
)
VALID_TO = Column(
    "valid_to", pl.String, "失效日期", "date it was replaced; empty while in force", "ISO 8601", nullable=True
)
GWP_SET = Column("gwp_set", pl.String, "GWP 取值", "set of global warming potentials", nullable=True)
CO2E = Column(
    "co2e_tco2e",
    pl.Float64,
    "二氧化碳当量",
    "CO2 equivalent with the stated GWP set; empty for pollutants",
    "tCO2e/a",
    minimum=0.0,
    nullable=True,
)
DATA_LABEL = Column(
    "data_label",
    pl.String,
    "数据性质",
    "nature of the data: empty, 真实数据 or 示例数据",
    nullable=True,
    aliases=("数据标识", "示例数据标识"),
)
GEOMETRY = Column("geometry", pl.Binary, "图形", "geometry, EPSG:4490", "WKB, EPSG:4490")

SOURCE_FILE = Column("source_file", pl.String, "来源文件", "file of the package the row was read from")
SOURCE_SHEET = Column(
    "source_sheet", pl.String, "来源工作表", "sheet, empty when the file has none", nullable=True
)
SOURCE_ROW = Column(
    "source_row", pl.Int64, "来源行号", "row in the file, as a spreadsheet shows it", minimum=1
)
EXTRA = Column("extra", pl.String, "其他列", "further columns of the package, as JSON", nullable=True)
#: Columns every standardised row of a package carries at its end.
LINEAGE = (DATA_LABEL, EXTRA, SOURCE_FILE, SOURCE_SHEET, SOURCE_ROW)


def share(name: str, label: str, english: str, aliases: tuple[str, ...] = ()) -> Column:
    """Declare an optional share between 0 and 1."""
    return Column(
        name, pl.Float64, label, english, "1", minimum=0.0, maximum=1.0, nullable=True, aliases=aliases
    )


SO2_REMOVAL = share("so2_removal_share", "SO2 去除率", "removal of SO2", ("脱硫效率",))
NOX_REMOVAL = share("nox_removal_share", "NOx 去除率", "removal of NOx", ("脱硝效率",))
PM_REMOVAL = share("pm_removal_share", "颗粒物去除率", "removal of particulate matter", ("除尘效率",))
VOCS_REMOVAL = share("vocs_removal_share", "VOCs 去除率", "removal of VOCs", ("VOCs治理效率",))
#: Characteristics of an activity row that override the defaults of the reference tables.
ACTIVITY_OVERRIDES = (
    Column(
        "ncv_gj_per_t",
        pl.Float64,
        "低位热值",
        "net calorific value; gases per 10^4 m3",
        "GJ/t 或 GJ/10⁴m³",
        minimum=0.0,
        maximum=1000.0,
        nullable=True,
        aliases=("热值", "收到基低位发热量"),
    ),
    Column(
        "carbon_tc_per_gj",
        pl.Float64,
        "单位热值含碳量",
        "carbon content per energy",
        "tC/GJ",
        minimum=0.0,
        maximum=0.2,
        nullable=True,
        aliases=("含碳量",),
    ),
    share("oxidation_share", "碳氧化率", "share of carbon oxidised"),
    share("sulfur_share", "含硫率", "sulfur content of the fuel", ("硫分", "收到基硫分")),
    share("ash_share", "灰分", "ash content of the fuel", ("收到基灰分",)),
    SO2_REMOVAL,
    NOX_REMOVAL,
    PM_REMOVAL,
    VOCS_REMOVAL,
    share("co2_captured_share", "CO2 捕集率", "share of CO2 captured"),
)
