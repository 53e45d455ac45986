"""Tables of group ``inputs``: the standardised city package, one row per accepted row."""

from dataclasses import replace

import polars as pl

from sxyd_pipeline.contracts.columns import (
    ACTIVITY_CODE,
    ACTIVITY_OVERRIDES,
    AMOUNT,
    AMOUNT_STATED,
    AMOUNT_UNIT,
    AMOUNT_UNIT_STATED,
    CITY_CODE,
    CONTROL_CLASS,
    DATA_LABEL,
    DISTRICT_CODE,
    EMISSION_T,
    EQUIPMENT_ID,
    EXTRA,
    FACILITY_ID,
    FACILITY_NAME,
    FUEL_CODE,
    GEOMETRY,
    INDUSTRY_CODE,
    LINEAGE,
    SOURCE_CATEGORY,
    SOURCE_FILE,
    SOURCE_ROW,
    SOURCE_SHEET,
    SPECIES,
    STATED_AREA_KM2,
    TECHNOLOGY_CODE,
    VALID_FROM,
    VALID_TO,
    YEAR,
    nullable,
)
from sxyd_pipeline.contracts.inputs_modules import TABLES as TABLES_OF_MODULES
from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, LAYERS

_PACKAGE = "城市数据包"


def _text(
    name: str, label: str, english: str, *, required: bool = False, aliases: tuple[str, ...] = ()
) -> Column:
    return Column(name, pl.String, label, english, nullable=not required, aliases=aliases)


FACILITIES = Table(
    group="inputs", name="facilities", asset="facilities", label="企业", english="facilities",
    grain="one facility", key=("facility_id",), source=_PACKAGE,
    columns=(
        CITY_CODE, FACILITY_ID, FACILITY_NAME, INDUSTRY_CODE,
        Column("lon", pl.Float64, "经度", "longitude", "度，CGCS2000", minimum=73.0, maximum=136.0, aliases=("JD", "longitude", "中心经度")),
        Column("lat", pl.Float64, "纬度", "latitude", "度，CGCS2000", minimum=3.0, maximum=54.0, aliases=("WD", "latitude", "中心纬度")),
        Column("lon_stated", pl.Float64, "填报经度", "longitude as stated", "度，填报坐标系"),
        Column("lat_stated", pl.Float64, "填报纬度", "latitude as stated", "度，填报坐标系"),
        replace(DISTRICT_CODE, source="由坐标落区得到"),
        _text("district_code_stated", "填报区县代码", "district code as stated"),
        _text("uscc", "统一社会信用代码", "unified social credit code", aliases=("信用代码",)),
        _text("permit_code", "排污许可证编号", "pollutant discharge permit", aliases=("许可证编号",)),
        _text("park_name", "园区名称", "industrial park", aliases=("所在园区",)),
        _text("status", "运行状态", "operating status"),
        *LINEAGE,
    ),
)  # fmt: skip

FACILITY_ACTIVITY = Table(
    group="inputs", name="facility_activity", asset="facility_activity", label="企业活动水平", english="activity of facilities",
    grain="facility, equipment, activity, technology and year",
    key=("facility_id", "equipment_id", "activity_code", "technology_code", "year"), source=_PACKAGE,
    columns=(
        CITY_CODE, FACILITY_ID, EQUIPMENT_ID, YEAR, ACTIVITY_CODE, AMOUNT, AMOUNT_UNIT, AMOUNT_STATED,
        AMOUNT_UNIT_STATED, TECHNOLOGY_CODE, *ACTIVITY_OVERRIDES, *LINEAGE,
    ),
)  # fmt: skip

FACILITY_EMISSIONS = Table(
    group="inputs", name="facility_emissions", asset="facility_emissions", label="企业实测排放", english="measured or permitted emissions of facilities",
    grain="facility, year and species", key=("facility_id", "year", "species"), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE, FACILITY_ID, YEAR, SPECIES, EMISSION_T,
        Column("amount_stated", pl.Float64, "填报数量", "amount as stated", "见 amount_unit_stated", aliases=("amount", "排放数量", "排放量")),
        AMOUNT_UNIT_STATED,
        Column("method", pl.String, "核算方法", "how it was obtained", allowed=("cems", "permit", "balance", "survey"), aliases=("数据来源方法", "监测方式")),
        *LINEAGE,
    ),
)  # fmt: skip

AREA_ACTIVITY = Table(
    group="inputs", name="area_activity", asset="area_activity", label="面源活动水平", english="activity of area sources",
    grain="district, category, activity, technology and year",
    key=("district_code", "source_category", "activity_code", "technology_code", "year"), source=_PACKAGE,
    columns=(
        CITY_CODE, DISTRICT_CODE, YEAR, SOURCE_CATEGORY, ACTIVITY_CODE, AMOUNT, AMOUNT_UNIT, AMOUNT_STATED,
        AMOUNT_UNIT_STATED, TECHNOLOGY_CODE, *ACTIVITY_OVERRIDES,
        _text("spatial_proxy", "空间分配因子", "proxy layer that spreads the activity", aliases=("空间代用参数",)),
        *LINEAGE,
    ),
)  # fmt: skip

ENERGY = Table(
    group="inputs", name="energy", asset="energy", label="能源消费", english="energy balance by sector and fuel",
    grain="sector, fuel and year", key=("sector_code", "fuel_code", "year"), source=_PACKAGE,
    columns=(
        CITY_CODE, YEAR,
        Column("sector_code", pl.String, "部门代码", "sector of the energy balance", aliases=("部门", "行业部门")),
        FUEL_CODE, AMOUNT, AMOUNT_UNIT, AMOUNT_STATED, AMOUNT_UNIT_STATED, *LINEAGE,
    ),
)  # fmt: skip

ECONOMY = Table(
    group="inputs", name="economy", asset="economy", label="社会经济", english="economy and population",
    grain="scope, indicator and year", key=("scope_type", "scope_code", "indicator", "price_base", "year"), source=_PACKAGE,
    columns=(
        CITY_CODE,
        Column("scope_type", pl.String, "范围类型", "kind of scope", allowed=("province", "city", "district", "industry"), aliases=("范围",)),
        Column("scope_code", pl.String, "范围代码", "area or industry code", aliases=("范围编码",)),
        YEAR,
        Column("indicator", pl.String, "指标", "indicator", aliases=("指标名称",)),
        Column("value", pl.Float64, "数值", "value in the standard unit", "见 unit", aliases=("指标值",)),
        Column("unit", pl.String, "单位", "standard unit of measure"),
        Column("value_stated", pl.Float64, "填报数值", "value as stated", "见 unit_stated"),
        Column("unit_stated", pl.String, "填报单位", "unit as stated"),
        _text("price_base", "价格基期", "price base: current, or the year of constant prices", aliases=("价格口径",)),
        _text("cited_from", "数据出处", "where the figure comes from", aliases=("来源", "source")),
        *LINEAGE,
    ),
)  # fmt: skip

AIR_QUALITY = Table(
    group="inputs", name="air_quality", asset="air_quality", label="环境空气质量", english="ambient concentrations",
    grain="district, pollutant and year", key=("district_code", "pollutant", "year"), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE, DISTRICT_CODE, YEAR,
        Column("pollutant", pl.String, "污染物", "ambient pollutant", aliases=("污染物名称",)),
        Column("concentration_ug_per_m3", pl.Float64, "浓度", "annual concentration", "µg/m³", minimum=0.0, aliases=("年均浓度",)),
        *LINEAGE,
    ),
)  # fmt: skip

TARGETS = Table(
    group="inputs", name="targets", asset="targets", label="目标指标", english="targets and caps",
    grain="scope, indicator and year", key=("scope_type", "scope_code", "indicator", "year"), source=_PACKAGE,
    columns=(
        CITY_CODE,
        Column("scope_type", pl.String, "范围类型", "kind of scope", allowed=("city", "district", "zone", "control_unit"), aliases=("范围",)),
        Column("scope_code", pl.String, "范围代码", "code of the scope", aliases=("范围编码",)),
        YEAR,
        Column("indicator", pl.String, "指标", "indicator; its suffix names the unit", aliases=("指标名称",)),
        Column("value", pl.Float64, "目标值", "target in the indicator's unit", "见 unit", aliases=("数值", "指标值")),
        Column("unit", pl.String, "单位", "unit of measure as stated"),
        _text("basis", "依据", "legal or planning basis", aliases=("文件依据",)),
        *LINEAGE,
    ),
)  # fmt: skip

ACCESS_LIST = Table(
    group="inputs", name="access_list", asset="access_list", label="现行准入清单", english="access list in force",
    grain="one clause", key=("clause_id",), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE,
        Column("clause_id", pl.String, "条款编号", "clause id", aliases=("条款序号",)),
        Column("level", pl.String, "层级", "level of the list", allowed=("overall", "control_unit"), aliases=("清单层级",)),
        Column("scope_type", pl.String, "范围类型", "kind of scope", aliases=("范围",)),
        Column("scope_code", pl.String, "范围代码", "code of the scope", aliases=("范围编码", "HJZHGKDYBM")),
        Column("dimension", pl.String, "管控维度", "dimension of the list", allowed=tuple(DIMENSIONS), aliases=("维度",)),
        Column("clause_text", pl.String, "条款内容", "text of the clause", aliases=("管控要求",)),
        _text("metric", "指标", "metric the clause limits"),
        _text("operator", "比较符", "comparison"),
        Column("threshold", pl.Float64, "限值", "threshold", "见 unit", nullable=True),
        _text("unit", "单位", "unit of the threshold"),
        _text("industry_codes", "行业代码", "industries the clause addresses, separated by ;"),
        _text("basis", "依据", "legal basis", aliases=("文件依据",)),
        *LINEAGE,
    ),
)  # fmt: skip

WAIVERS = Table(
    group="inputs", name="waivers", asset="waivers", label="放宽豁免", english="waivers of clauses that are looser than a higher level",
    grain="clause and the clause it relaxes", key=("clause_id", "parent_clause_id"), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE,
        Column("clause_id", pl.String, "条款编号", "clause that is looser", aliases=("下级条款编号",)),
        Column("parent_clause_id", pl.String, "上级条款编号", "clause it relaxes", aliases=("被放宽条款编号",)),
        Column("author", pl.String, "豁免人", "who allows it", aliases=("批准人", "批准单位")),
        Column("reason", pl.String, "豁免理由", "why", aliases=("理由",)),
        Column("waived_on", pl.String, "豁免日期", "date of the waiver", "ISO 8601", pattern=r"^\d{4}-\d{2}-\d{2}$", aliases=("日期", "date")),
        *LINEAGE,
    ),
)  # fmt: skip

MEASURES = Table(
    group="inputs", name="measures", asset="measures", label="减排措施", english="abatement measures of the city",
    grain="one measure", key=("measure_id",), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE,
        Column("measure_id", pl.String, "措施编号", "measure id"),
        Column("name", pl.String, "措施名称", "name"),
        Column("applies_to", pl.String, "适用对象", "activities or technologies it applies to"),
        Column("start_year", pl.Int32, "起始年", "first year", nullable=True),
        Column("uptake_2025_share", pl.Float64, "2025年普及率", "uptake in 2025", "1", minimum=0, maximum=1, nullable=True),
        Column("uptake_2035_share", pl.Float64, "2035年普及率", "uptake in 2035", "1", minimum=0, maximum=1, nullable=True),
        _text("effects", "分物种效果", "effect per species, as JSON"),
        Column("energy_penalty_share", pl.Float64, "能耗增加比例", "extra energy", "1", nullable=True),
        Column("capex_cny", pl.Float64, "投资", "investment", "CNY", minimum=0, nullable=True),
        Column("opex_cny_per_year", pl.Float64, "年运行费", "yearly operating cost", "CNY/a", nullable=True),
        Column("saving_cny_per_year", pl.Float64, "年节约", "yearly saving", "CNY/a", nullable=True),
        Column("lifetime_years", pl.Float64, "寿命", "lifetime", "a", minimum=0, nullable=True),
        *LINEAGE,
    ),
)  # fmt: skip

LAYER_FEATURES = Table(
    group="inputs", name="layers", asset="layers", label="空间图层", english="polygons of the package before cleaning",
    grain="layer and feature", key=("layer", "code"), has_geometry=True, source=_PACKAGE,
    columns=(
        CITY_CODE,
        Column("layer", pl.String, "图层", "layer of the package", allowed=LAYERS),
        Column("code", pl.String, "编码", "code of the feature", aliases=("HJZHGKDYBM", "HJGKDYBM", "HJYSGKFQBM", "STHJYSGKFQBM", "SHJGKFQBM", "DQHJGKFQBM", "环境管控单元编码", "管控单元编码", "要素分区编码", "行政区划代码", "gb")),
        Column("name", pl.String, "名称", "name of the feature", aliases=("HJZHGKDYMC", "HJGKDYMC", "HJYSGKFQMC", "STHJYSGKFQMC", "SHJGKFQMC", "DQHJGKFQMC", "环境管控单元名称", "管控单元名称", "要素分区名称")),
        nullable(CONTROL_CLASS),
        Column("zone_type", pl.String, "要素细类", "class-element-subtype triple", pattern=r"^\d{3,4}$", nullable=True, aliases=("YSXL", "细类")),
        STATED_AREA_KM2, VALID_FROM, VALID_TO,
        _text("predecessors", "前身编码", "codes this feature replaces, separated by ;"),
        DATA_LABEL, EXTRA, SOURCE_FILE, SOURCE_SHEET, SOURCE_ROW, GEOMETRY,
    ),
)  # fmt: skip

PROXIES = Table(
    group="inputs", name="proxies", asset="proxies", label="空间分配因子", english="weights that spread area sources",
    grain="proxy and cell", key=("proxy", "cell_id"), has_geometry=True, may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE,
        Column("proxy", pl.String, "分配因子", "name of the proxy (the file's name)"),
        Column("cell_id", pl.String, "单元格", "cell or polygon"),
        Column("weight", pl.Float64, "权重", "weight of the whole cell", "任意单位", minimum=0.0),
        DATA_LABEL, SOURCE_FILE, SOURCE_SHEET, SOURCE_ROW, GEOMETRY,
    ),
)  # fmt: skip

STATISTICAL_AREAS = Table(
    group="inputs", name="statistical_areas", asset="statistical_areas", label="统计区", english="areas with statistics but no polygon of their own",
    grain="one area", key=("code",), may_be_empty=True, source="city.toml [[statistical_areas]]",
    columns=(
        CITY_CODE,
        Column("code", pl.String, "统计区代码", "code of the area", pattern=r"^\d{6}$"),
        Column("name", pl.String, "统计区名称", "name of the area"),
        Column("host_district", pl.String, "归并区县", "district whose polygon covers it", pattern=r"^\d{6}$"),
        Column("basis", pl.String, "归并依据", "why it is counted there"),
    ),
)  # fmt: skip

TABLES = (
    FACILITIES, FACILITY_ACTIVITY, FACILITY_EMISSIONS, AREA_ACTIVITY, ENERGY, ECONOMY, AIR_QUALITY, TARGETS,
    ACCESS_LIST, WAIVERS, MEASURES, LAYER_FEATURES, PROXIES, STATISTICAL_AREAS, *TABLES_OF_MODULES,
)  # fmt: skip
