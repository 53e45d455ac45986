"""Tables of group ``synergy`` that belong to optional modules: non-CO2 gases, water, ecology, coast.

A stock is in ``_tc`` and a flux in ``_tco2_per_year``: the two never meet in one column or one table.
"""

import polars as pl

from sxyd_pipeline.contracts.columns import (
    CITY_CODE,
    CONTROL_CLASS,
    CONTROL_UNIT_CODE,
    DATA_LABEL,
    FACILITY_ID,
    FACILITY_NAME,
    SOURCE_CATEGORY,
    YEAR,
    ZONE_CODE,
)
from sxyd_pipeline.contracts.inputs_modules import AREA_HA, LAND_USE
from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.contracts.synergy import PROVENANCE

GASES = ("CH4", "N2O", "HFCs", "PFCs", "SF6", "NF3")
VERDICTS = ("prohibited", "conditional", "allowed")
_GAS = Column("species", pl.String, "气体", "greenhouse gas other than CO2", allowed=GASES)
_GWP_SET = Column("gwp_set", pl.String, "GWP 取值", "set of global warming potentials")
_SCOPE = (LAND_USE.column("scope_type"), LAND_USE.column("scope_code"))
_LAND_CLASS = LAND_USE.column("land_class")
_BASIS = Column("basis", pl.String, "取值方式", "reference or package", allowed=("reference", "package"))


def _number(
    name: str,
    label: str,
    english: str,
    unit: str,
    *,
    low: float | None = None,
    high: float | None = None,
    empty: bool = False,
) -> Column:
    return Column(name, pl.Float64, label, english, unit, minimum=low, maximum=high, nullable=empty)


def _text(name: str, label: str, english: str, *, empty: bool = False) -> Column:
    return Column(name, pl.String, label, english, nullable=empty)


NON_CO2 = Table(
    group="synergy", name="non_co2", asset="non_co2", label="非二氧化碳温室气体", english="greenhouse gases other than CO2 by control unit and source category", module="non_co2",
    grain="control unit, source category, gas and year", key=("control_unit_code", "source_category", "species", "year"), may_be_empty=True, source="inventory.emissions × baseline.placements",
    columns=(
        CITY_CODE, CONTROL_UNIT_CODE, SOURCE_CATEGORY, _GAS, YEAR, _number("emission_t", "排放量", "emission of the gas", "t/a", low=0.0), _number("co2e_tco2e", "二氧化碳当量", "with the stated GWP set", "tCO2e/a", low=0.0), _GWP_SET,
        _number("co2e_share_of_city", "占全市非二氧化碳比例", "share of the city's non-CO2 gases in CO2e", "1", low=0.0, high=1.000001), *PROVENANCE,
    ),
)  # fmt: skip

FUGITIVE_GASES = Table(
    group="synergy", name="fugitive_gases", asset="fugitive_gases", label="企业含氟气体逸散", english="fluorinated gases of facilities, with their park", module="non_co2",
    grain="facility, gas and year", key=("facility_id", "species", "year"), may_be_empty=True, source="inventory.emissions（facility_emissions 填报）",
    columns=(
        CITY_CODE, FACILITY_ID, FACILITY_NAME, _text("park_name", "园区名称", "industrial park", empty=True), Column("control_unit_code", pl.String, "管控单元编码", "control unit of the facility", nullable=True),
        Column("species", pl.String, "气体", "fluorinated gas", allowed=GASES[2:]), YEAR, _number("emission_t", "排放量", "emission of the gas", "t/a", low=0.0), _number("co2e_tco2e", "二氧化碳当量", "with the stated GWP set", "tCO2e/a", low=0.0), _GWP_SET, DATA_LABEL, *PROVENANCE,
    ),
)  # fmt: skip

WATER_SYNERGY = Table(
    group="synergy", name="water_synergy", asset="water_synergy", label="水环境减污降碳协同", english="pollutants removed and greenhouse gases of wastewater treatment by water zone", module="water",
    grain="water zone and year", key=("zone_code", "year"), may_be_empty=True, source="inputs.wastewater × water_equivalents、water_parameters、电网因子",
    columns=(
        CITY_CODE, ZONE_CODE, YEAR, Column("plant_count", pl.Int64, "污水厂数", "plants in the zone", minimum=1), _number("flow_m3", "处理水量", "water treated", "m3/a", low=0.0),
        _number("cod_removed_t", "COD 去除量", "COD removed", "t/a", low=0.0), _number("nh3n_removed_t", "氨氮去除量", "ammonia nitrogen removed", "t/a", low=0.0), _number("tp_removed_t", "总磷去除量", "total phosphorus removed", "t/a", low=0.0),
        _number("bod5_removed_t", "BOD5 去除量", "BOD5 removed, where every plant states it; shown, not added to COD", "t/a", low=0.0, empty=True), _number("ss_removed_t", "SS 去除量", "suspended solids removed, where every plant states them", "t/a", low=0.0, empty=True),
        _number("equivalents_removed_t", "去除水污染当量", "pollution equivalents of COD, NH3-N and TP removed; BOD5 is part of COD and SS is not always stated", "t 当量/a", low=0.0),
        _number("electricity_kwh", "用电量", "electricity, stated or estimated", "kWh/a", low=0.0), _number("electricity_stated_share", "电量实填比例", "share of the electricity that plants state", "1", low=0.0, high=1.000001),
        _number("energy_tco2", "电力间接排放", "CO2 of electricity (Scope 2)", "tCO2/a", low=0.0), _number("ch4_t", "CH4 排放", "CH4 of treatment", "t/a", low=0.0), _number("n2o_t", "N2O 排放", "N2O of effluent nitrogen", "t/a", low=0.0),
        _number("co2e_tco2e", "二氧化碳当量", "energy, CH4 and N2O with the stated GWP set", "tCO2e/a", low=0.0), _GWP_SET,
        _number("equivalents_per_tco2e", "协同度", "pollution equivalents removed per tCO2e emitted; more is better", "t 当量/tCO2e", low=0.0, empty=True),
        _number("synergy_quotient", "协同区位商", "synergy of the zone over that of the city", "1", low=0.0, empty=True),
        Column("nitrogen_basis", pl.String, "总氮取值", "measured, estimated from NH3-N, or both", allowed=("measured", "estimated", "mixed")), *PROVENANCE,
    ),
)  # fmt: skip

CARBON_STOCKS = Table(
    group="synergy", name="carbon_stocks", asset="carbon_stocks", label="生态空间碳储量", english="carbon stock by land class: what is there, not what is taken up", module="ecology",
    grain="area, land class and year", key=("scope_type", "scope_code", "land_class", "year"), may_be_empty=True, source="inputs.land_use × carbon_densities",
    columns=(
        CITY_CODE, *_SCOPE, _LAND_CLASS, _text("land_class_zh", "地类名称", "Chinese name of the class"), YEAR, AREA_HA,
        _number("above_tc", "地上碳", "carbon above ground", "tC", low=0.0, empty=True), _number("below_tc", "地下碳", "carbon of roots", "tC", low=0.0, empty=True), _number("soil_tc", "土壤碳", "carbon of the soil", "tC", low=0.0, empty=True), _number("dead_tc", "死有机碳", "carbon of dead matter", "tC", low=0.0, empty=True),
        _number("density_tc_per_ha", "碳密度", "sum of the pools", "tC/ha", low=0.0), _number("stock_tc", "碳储量", "area times density", "tC", low=0.0), _BASIS, *PROVENANCE,
    ),
)  # fmt: skip

CARBON_CHANGES = Table(
    group="synergy", name="carbon_changes", asset="carbon_changes", label="土地转移碳变化", english="change of the stock by land transition, and the sink lost or gained with it", module="ecology",
    grain="area, pair of classes and period", key=("scope_type", "scope_code", "from_class", "to_class", "from_year", "to_year"), may_be_empty=True, source="inputs.land_changes × carbon_densities、carbon_fluxes",
    columns=(
        CITY_CODE, *_SCOPE, _text("from_class", "原地类", "land class before"), _text("to_class", "现地类", "land class after"), Column("from_year", pl.Int32, "起始年", "first year"), Column("to_year", pl.Int32, "终止年", "last year"), AREA_HA,
        _number("from_density_tc_per_ha", "原碳密度", "density before", "tC/ha", low=0.0), _number("to_density_tc_per_ha", "现碳密度", "density after", "tC/ha", low=0.0), _number("stock_change_tc", "碳储量变化", "area x difference of densities; negative = lost", "tC"),
        _number("sink_change_tco2_per_year", "碳汇变化", "area x difference of fluxes; negative = sink lost. Never added to the change of the stock", "tCO2/a"), *PROVENANCE,
    ),
)  # fmt: skip

CARBON_SINKS = Table(
    group="synergy", name="carbon_sinks", asset="carbon_sinks", label="生态空间碳汇", english="yearly sink (NEP type) by land class; NPP is refused", module="ecology",
    grain="area, land class and year", key=("scope_type", "scope_code", "land_class", "year"), may_be_empty=True, source="inputs.land_use × carbon_fluxes",
    columns=(
        CITY_CODE, *_SCOPE, _LAND_CLASS, _text("land_class_zh", "地类名称", "Chinese name of the class"), YEAR, AREA_HA, Column("flux_kind", pl.String, "通量类型", "kind of the flux", allowed=("nep", "nee", "nbp", "npp", "gpp")),
        Column("state", pl.String, "采用状态", "counted, or refused because the flux is no sink", allowed=("counted", "refused")), _number("flux_tco2_per_ha", "单位面积碳汇", "flux used; empty where refused", "tCO2/(ha·a)", empty=True),
        _number("sink_tco2_per_year", "碳汇量", "area times flux; empty where refused", "tCO2/a", empty=True), _number("low_tco2_per_year", "碳汇量下限", "with the lower flux", "tCO2/a", empty=True), _number("high_tco2_per_year", "碳汇量上限", "with the upper flux", "tCO2/a", empty=True), _BASIS, *PROVENANCE,
    ),
)  # fmt: skip

BLUE_CARBON = Table(
    group="synergy", name="blue_carbon", asset="blue_carbon", label="近岸蓝碳", english="carbon buried by nearshore habitats", module="coastal",
    grain="nearshore zone, habitat and year", key=("zone_code", "habitat", "year"), may_be_empty=True, source="inputs.coastal_habitats × blue_carbon",
    columns=(
        CITY_CODE, ZONE_CODE, _text("habitat", "生境", "habitat"), _text("habitat_zh", "生境名称", "Chinese name"), YEAR, AREA_HA, _number("burial_gc_per_m2", "埋藏速率", "burial rate", "gC/(m2·a)", low=0.0),
        _number("burial_tco2_per_year", "埋藏量", "carbon buried in a year as CO2", "tCO2/a", low=0.0), _number("low_tco2_per_year", "埋藏量下限", "with the lower rate", "tCO2/a", low=0.0), _number("high_tco2_per_year", "埋藏量上限", "with the upper rate", "tCO2/a", low=0.0), _BASIS, *PROVENANCE,
    ),
)  # fmt: skip

_VERDICT = Column("verdict", pl.String, "判定", "prohibited, conditional or allowed", allowed=VERDICTS)
_STUDIES = _text("required_studies", "须开展的论证", "studies required, separated by ;", empty=True)
_CONDITIONS = _text("condition_zh", "条件", "conditions of the rules that decide", empty=True)
_RULES = _text("rule_ids", "依据规则", "rules that decide, separated by ;")

SITING = Table(
    group="synergy", name="siting", asset="siting", label="负碳项目准入判定", english="where projects of each type may stand: verdict by control unit", module="ecology",
    grain="control unit and project type", key=("control_unit_code", "project_type"), may_be_empty=True, source="zoning.control_unit_zones × siting_rules",
    columns=(
        CITY_CODE, CONTROL_UNIT_CODE, CONTROL_CLASS, _text("project_type", "项目类型", "type of project"), _text("project_type_zh", "项目类型名称", "Chinese name"), _VERDICT,
        _number("prohibited_share_low", "禁止面积比例下限", "share of the unit that is surely prohibited: the largest of its elements", "1", low=0.0, high=1.000001), _number("prohibited_share_high", "禁止面积比例上限", "share prohibited if the elements did not overlap", "1", low=0.0, high=1.000001), _number("conditional_share_high", "有条件面积比例上限", "share under conditions if the elements did not overlap", "1", low=0.0, high=1.000001),
        Column("planned_count", pl.Int64, "拟建项目数", "projects of the package in this unit", minimum=0), _number("planned_co2_effect_tco2", "拟建项目减碳量", "CO2 effect of planned projects that are not prohibited; negative = emits", "tCO2/a"), _RULES, _CONDITIONS, _STUDIES, *PROVENANCE,
    ),
)  # fmt: skip

SITING_PROJECTS = Table(
    group="synergy", name="siting_projects", asset="siting_projects", label="拟建负碳项目检查", english="planned projects against the zones at their point", module="ecology",
    grain="one project", key=("project_id",), may_be_empty=True, source="inputs.carbon_projects × zoning.zones × siting_rules",
    columns=(
        CITY_CODE, _text("project_id", "项目编号", "project"), _text("project_name", "项目名称", "name"), _text("project_type", "项目类型", "type of project"), Column("control_unit_code", pl.String, "管控单元编码", "control unit at the point", nullable=True), _number("size", "规模", "size", "见 size_unit", low=0.0), _text("size_unit", "规模单位", "unit of the size"),
        _VERDICT, _number("co2_effect_tco2", "减碳量", "CO2 avoided or taken up in a year; negative = emits", "tCO2/a"), _number("low_tco2", "减碳量下限", "lower bound", "tCO2/a"), _number("high_tco2", "减碳量上限", "upper bound", "tCO2/a"),
        _text("zone_codes", "所在要素分区", "zones at the point, separated by ;", empty=True), _RULES, _CONDITIONS, _STUDIES, DATA_LABEL, *PROVENANCE,
    ),
)  # fmt: skip

TABLES = (
    NON_CO2, FUGITIVE_GASES, WATER_SYNERGY, CARBON_STOCKS, CARBON_CHANGES, CARBON_SINKS, BLUE_CARBON, SITING, SITING_PROJECTS,
)  # fmt: skip
