"""Tables of group ``projection``: drivers, scenarios, caps and gaps, peaks, and how sure they are."""

import polars as pl

from sxyd_pipeline.contracts.analysis import METHOD_ID
from sxyd_pipeline.contracts.baseline import PLACEMENTS
from sxyd_pipeline.contracts.columns import (
    CITY_CODE,
    CO2E,
    CONTROL_UNIT_CODE,
    DATA_LABEL,
    EMISSION_T,
    GWP_SET,
    SPECIES,
    YEAR,
)
from sxyd_pipeline.contracts.inventory import SOURCE_EMISSIONS
from sxyd_pipeline.contracts.model import Column, Table

SCENARIO_ID = Column("scenario_id", pl.String, "情景编号", "scenario")
P05, P50, P95 = (
    Column(
        f"p{q:02d}_t",
        pl.Float64,
        f"{q}% 分位",
        f"{q} % quantile of the draws",
        "t/a",
        minimum=0.0,
        nullable=True,
    )
    for q in (5, 50, 95)
)

DRIVERS = Table(
    group="projection", name="drivers", asset="drivers", label="情景参数", english="every lever of every scenario, year by year",
    grain="scenario, lever and year", key=("scenario_id", "lever", "year"), may_be_empty=True, source="data/reference/scenarios 与数据包 scenarios/",
    columns=(
        CITY_CODE, SCENARIO_ID, Column("scenario_name", pl.String, "情景名称", "Chinese name"), Column("lever", pl.String, "参数名称", "label of the lever"),
        Column("kind", pl.String, "参数类型", "kind of lever"), Column("applies_to", pl.String, "作用对象", "selector, as JSON"), YEAR,
        Column("value", pl.Float64, "取值", "rate, level, or 1 from the year of an event on", "1"), Column("range_share", pl.Float64, "区间半宽", "half-width of the 95 % range, relative", "1", minimum=0.0),
        Column("cited_from", pl.String, "出处", "source"), Column("confidence", pl.String, "可信度", "read, computed, recalled or default"),
    ),
)  # fmt: skip

PROJECTED_EMISSIONS = Table(
    group="projection", name="emissions", asset="projected_emissions", label="情景排放", english="emissions of every source in every scenario and year",
    grain="scenario, year, source and species", key=("scenario_id", "year", "source_id", "species"), source="inventory.emissions × 情景参数",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, Column("source_id", pl.String, "排放源编号", "emission source"), SPECIES, EMISSION_T,
        Column("spread_id", pl.String, "空间落位编号", "how the source is placed"), Column("origin", pl.String, "来源", "inventory, fuel_switch or new_project", allowed=("inventory", "fuel_switch", "new_project")),
        METHOD_ID, DATA_LABEL,
    ),
)  # fmt: skip

PROJECTED_TOTALS = Table(
    group="projection", name="totals", asset="projected_totals", label="情景汇总", english="city totals per scenario and year with quantiles",
    grain="scenario, year and species", key=("scenario_id", "year", "species"), source="projection.emissions 与蒙特卡洛",
    columns=(CITY_CODE, SCENARIO_ID, YEAR, SPECIES, EMISSION_T, P05, P50, P95, CO2E, GWP_SET, METHOD_ID),
)  # fmt: skip

PROJECTED_CONTROL_UNIT_EMISSIONS = Table(
    group="projection", name="control_unit_emissions", asset="projected_control_unit_emissions", label="管控单元情景排放",
    english="emissions of control units per scenario and year", grain="scenario, year, control unit and species",
    key=("scenario_id", "year", "control_unit_code", "species"), source="projection.emissions × baseline.placements",
    columns=(CITY_CODE, SCENARIO_ID, YEAR, CONTROL_UNIT_CODE, SPECIES, EMISSION_T, P05, P50, P95),
)  # fmt: skip

PROJECTED_AREA_EMISSIONS = Table(
    group="projection", name="area_emissions", asset="projected_area_emissions", label="分区情景排放",
    english="emissions of districts, element zones and control units in every year", grain="scenario, year, layer, code and species",
    key=("scenario_id", "year", "layer", "code", "species"), source="projection.emissions × baseline.placements",
    columns=(CITY_CODE, SCENARIO_ID, YEAR, Column("layer", pl.String, "图层", "district, control_unit or an element"), Column("code", pl.String, "编码", "feature; * is outside every zone of the element"), SPECIES, EMISSION_T),
)  # fmt: skip

SCENARIO_SOURCES = Table(
    group="projection", name="scenario_sources", asset="scenario_sources", label="情景源清单",
    english="what every scenario starts from: the inventory, and what it adds at full effect",
    grain="scenario, source and species", key=("scenario_id", "source_id", "species"), source="inventory.emissions 与情景新增",
    columns=(
        CITY_CODE, SCENARIO_ID, *SOURCE_EMISSIONS.columns[1:],
        Column("addition", pl.String, "新增所属参数", "lever the row owes its existence to; empty for the inventory", nullable=True),
        Column("from_activity_code", pl.String, "被替代活动水平", "fuel the row replaces", nullable=True),
        Column("from_technology_code", pl.String, "被替代技术", "technology the row replaces", nullable=True),
        Column("origin", pl.String, "来源", "inventory, fuel_switch or new_project", allowed=("inventory", "fuel_switch", "new_project")),
    ),
)  # fmt: skip

PROJECT_PLACEMENTS = Table(
    group="projection", name="project_placements", asset="project_placements", label="新建项目落位", english="where new projects of scenarios lie",
    grain="spread, layer and code", key=("spread_id", "layer", "code"), may_be_empty=True, source="情景文件中的坐标", columns=PLACEMENTS.columns,
)  # fmt: skip

INDICATORS = Table(
    group="projection", name="indicators", asset="projected_indicators", label="情景指标", english="everything a target may limit, projected",
    grain="scenario, scope, layer, indicator and year", key=("scenario_id", "scope_type", "scope_code", "layer", "indicator", "year"),
    source="projection.totals、area_emissions 与燃料消费",
    columns=(
        CITY_CODE, SCENARIO_ID, Column("scope_type", pl.String, "范围类型", "city, district, zone or control_unit"), Column("scope_code", pl.String, "范围代码", "code"),
        Column("layer", pl.String, "图层", "city, district, control_unit or an element"), Column("indicator", pl.String, "指标", "indicator; its suffix names the unit"), YEAR,
        Column("projected", pl.Float64, "预测值", "value", "见指标"),
    ),
)  # fmt: skip

LEVER_EFFECTS = Table(
    group="projection", name="lever_effects", asset="lever_effects", label="情景贡献", english="change against the base year, split over the levers",
    grain="scenario, year, species and lever", key=("scenario_id", "year", "species", "lever"), may_be_empty=True, source="LMDI 乘积分解",
    columns=(CITY_CODE, SCENARIO_ID, YEAR, SPECIES, Column("lever", pl.String, "参数名称", "label of the lever"), Column("effect_t", pl.Float64, "贡献", "change it causes; negative = reduction", "t/a"), METHOD_ID),
)  # fmt: skip

PERMITTED = Table(
    group="projection", name="permitted", asset="permitted", label="允许排放量", english="permitted emissions and caps, given or derived",
    grain="scope, indicator and year", key=("scope_type", "scope_code", "indicator", "year"), source="inputs.targets，或按规则推导",
    columns=(
        CITY_CODE, Column("scope_type", pl.String, "范围类型", "city, district, zone or control_unit"), Column("scope_code", pl.String, "范围代码", "code"), YEAR,
        Column("indicator", pl.String, "指标", "indicator; its suffix names the unit"), Column("base_value", pl.Float64, "基准年值", "value in the base year", "见指标", nullable=True),
        Column("target", pl.Float64, "目标值", "cap or target", "见指标"), Column("reduction_share", pl.Float64, "削减比例", "reduction against the base year", "1", nullable=True),
        Column("origin", pl.String, "来源方式", "given, equal_ratio, capacity_share, rollback (粗略), or national target", allowed=("given", "equal_ratio", "capacity_share", "rollback", "national")),
        Column("basis", pl.String, "依据", "basis in words", nullable=True), METHOD_ID,
    ),
)  # fmt: skip

TARGET_GAPS = Table(
    group="projection", name="target_gaps", asset="target_gaps", label="目标差距", english="projected against target",
    grain="scenario, scope, indicator and year", key=("scenario_id", "scope_type", "scope_code", "indicator", "year"), may_be_empty=True, source="projection.emissions 与 projection.permitted",
    columns=(
        CITY_CODE, SCENARIO_ID, Column("scope_type", pl.String, "范围类型", "kind of scope"), Column("scope_code", pl.String, "范围代码", "code"), Column("indicator", pl.String, "指标", "indicator"), YEAR,
        Column("projected", pl.Float64, "预测值", "projected value", "见指标"), Column("target", pl.Float64, "目标值", "target", "见指标"),
        Column("gap", pl.Float64, "差距", "distance to the target; positive = missed (projected minus target for caps, target minus projected for floors)", "见指标"), Column("gap_share", pl.Float64, "差距比例", "gap relative to the target", "1", nullable=True),
        Column("is_met", pl.Boolean, "是否达标", "whether the target is met"), Column("is_binding", pl.Boolean, "是否约束", "whether the base-year level would miss it"),
        Column("year_reached", pl.Int32, "达到年份", "first year the level is reached and kept; empty = not within the horizon", nullable=True), METHOD_ID,
    ),
)  # fmt: skip

PEAK = Table(
    group="projection", name="peak", asset="peak", label="达峰", english="carbon peak per scenario with its range",
    grain="scenario and species", key=("scenario_id", "species"), source="projection.totals 与蒙特卡洛",
    columns=(
        CITY_CODE, SCENARIO_ID, SPECIES, Column("peak_year", pl.Int32, "达峰年", "year of the highest emission"), Column("peak_t", pl.Float64, "峰值", "emission in that year", "t/a", minimum=0.0),
        Column("peak_year_p05", pl.Int32, "达峰年 5%", "5 % quantile", nullable=True), Column("peak_year_p95", pl.Int32, "达峰年 95%", "95 % quantile", nullable=True), P05, P95,
        Column("is_within_horizon", pl.Boolean, "期内达峰", "false when the last year is the highest: no peak yet"), Column("probability_by_2030", pl.Float64, "2030年前达峰概率", "share of draws that peak by 2030", "1", minimum=0.0, maximum=1.0, nullable=True), METHOD_ID,
    ),
)  # fmt: skip

CONSISTENCY = Table(
    group="projection", name="consistency", asset="consistency", label="一致性检验", english="do bottom line, upper line and inventory agree",
    grain="test, scope and year", key=("test", "scope_code", "year"), source="清单、能源与目标互校",
    columns=(
        CITY_CODE, Column("test", pl.String, "检验", "test"), Column("scope_code", pl.String, "范围代码", "scope"), YEAR,
        Column("left_value", pl.Float64, "左值", "first value", "见说明", nullable=True), Column("right_value", pl.Float64, "右值", "second value", "见说明", nullable=True),
        Column("relative_difference", pl.Float64, "相对差", "relative difference", "1", nullable=True), Column("tolerance", pl.Float64, "容差", "tolerance", "1"),
        Column("passed", pl.Boolean, "通过", "whether it holds"), Column("message", pl.String, "说明", "in words, with units"),
    ),
)  # fmt: skip

BACK_CAST = Table(
    group="projection", name="back_cast", asset="back_cast", label="回溯检验", english="projections against what happened in years that are past",
    grain="scenario, quantity and year", key=("scenario_id", "quantity", "year"), may_be_empty=True, source="inputs.economy、inventory.energy_use 中晚于基准年的实际值",
    columns=(
        CITY_CODE, SCENARIO_ID, Column("quantity", pl.String, "指标", "what is compared; its suffix names the unit"), YEAR,
        Column("projected", pl.Float64, "预测值", "projected value", "见指标"), Column("observed", pl.Float64, "实际值", "observed value", "见指标"),
        Column("difference", pl.Float64, "差值", "projected minus observed", "见指标"), Column("difference_share", pl.Float64, "相对差", "difference relative to the observed value", "1", nullable=True),
        Column("statement_zh", pl.String, "说明", "in words"), METHOD_ID,
    ),
)  # fmt: skip

VARIANCE_SHARES = Table(
    group="projection", name="variance_shares", asset="variance_shares", label="方差贡献", english="first-order contribution of each input group to the variance",
    grain="scenario, year, species and input group", key=("scenario_id", "year", "species", "input_group"), may_be_empty=True, source="蒙特卡洛（固定种子）",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, SPECIES, Column("input_group", pl.String, "输入组", "factor, activity table or lever"), Column("input_kind", pl.String, "输入类型", "factor, activity or lever", allowed=("factor", "activity", "lever")),
        Column("first_order_share", pl.Float64, "一阶方差贡献", "share of the variance explained by it alone", "1", minimum=0.0, maximum=1.000001), METHOD_ID,
    ),
)  # fmt: skip

TABLES = (
    DRIVERS, PROJECT_PLACEMENTS, SCENARIO_SOURCES, PROJECTED_EMISSIONS, PROJECTED_TOTALS, PROJECTED_CONTROL_UNIT_EMISSIONS, PROJECTED_AREA_EMISSIONS, LEVER_EFFECTS,
    INDICATORS, PERMITTED, TARGET_GAPS, PEAK, CONSISTENCY, BACK_CAST, VARIANCE_SHARES,
)  # fmt: skip
