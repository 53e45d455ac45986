"""Tables of group ``synergy``: where and with what measures pollution and carbon fall together.

Every value carries how it was made: method, formula variant, grade scheme where there is one,
and a hash of the tables it was computed from. Nothing is published without them.
"""

import polars as pl

from sxyd_pipeline.contracts.analysis import METHOD_ID, REASON_EN, REASON_ZH
from sxyd_pipeline.contracts.columns import (
    CITY_CODE,
    CONTROL_CLASS,
    CONTROL_UNIT_CODE,
    DATA_LABEL,
    DISTRICT_CODE,
    ELEMENT,
    GEOMETRY,
    SPECIES,
    YEAR,
    ZONE_CODE,
)
from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.contracts.projection import SCENARIO_ID

FORMULA_VARIANT = Column(
    "formula_variant", pl.String, "公式变体", "variant of the formula and the choices made in it"
)
GRADE_SCHEME_ID = Column(
    "grade_scheme_id",
    pl.String,
    "分级方案",
    "grade or class scheme of the row; empty where nothing is graded",
    nullable=True,
)
INPUTS_HASH = Column(
    "inputs_hash",
    pl.String,
    "输入校验和",
    "hash of the tables the value was computed from",
    pattern=r"^[0-9a-f]{16}$",
)
#: How a value was made; closes every table of this group.
PROVENANCE = (METHOD_ID, FORMULA_VARIANT, GRADE_SCHEME_ID, INPUTS_HASH)

SCOPE_TYPE = Column(
    "scope_type",
    pl.String,
    "范围类型",
    "city, district, control_unit, zone or grid",
    allowed=("city", "district", "control_unit", "zone", "grid"),
)
LAYER = Column(
    "layer",
    pl.String,
    "图层",
    "control_unit, district, grid or an element",
    allowed=(
        "city",
        "control_unit",
        "district",
        "grid",
        "air",
        "resources",
        "ecology",
        "water",
        "soil",
        "coastal",
    ),
)
CODE = Column("code", pl.String, "编码", "code of the area")
MEASURE_ID = Column("measure_id", pl.String, "措施编号", "measure; see synergy.measures")
MEASURE_NAME = Column("measure_name", pl.String, "措施名称", "Chinese name of the measure")
QUADRANTS = ("双高", "高污低碳", "低污高碳", "双低")
TOP_CLASS = Column(
    "score_class",
    pl.String,
    "协同等级",
    "class of the composite score",
    allowed=("极显著", "显著", "一般", "不显著"),
)


def _number(
    name: str,
    label: str,
    english: str,
    unit: str = "",
    *,
    low: float | None = None,
    high: float | None = None,
    empty: bool = False,
) -> Column:
    return Column(name, pl.Float64, label, english, unit, minimum=low, maximum=high, nullable=empty)


_SCORES = (
    _number("co2_t", "CO2 排放", "CO2", "t/a", low=0.0),
    _number("apeq_t", "污染当量", "pollution equivalents of the pollutants", "t 当量/a", low=0.0),
    _number("iapeq_t", "综合当量", "integrated equivalents: pollutants plus weighted CO2e", "t 当量/a", low=0.0),
    _number("co2_density_t_per_km2", "CO2 排放密度", "CO2 per area", "t/(km2·a)", low=0.0),
    _number("apeq_density_t_per_km2", "污染当量密度", "pollution equivalents per area", "t 当量/(km2·a)", low=0.0),
    _number("co2_lq", "CO2 区位商", "location quotient of CO2 against area, within the layer; empty where the layer emits none", "1", low=0.0, empty=True),
    _number("apeq_lq", "污染当量区位商", "location quotient of pollution equivalents, within the layer; empty where the layer emits none", "1", low=0.0, empty=True),
    Column("quadrant", pl.String, "污碳象限", "four-quadrant class, cut at a location quotient of 1", allowed=QUADRANTS),
    _number("target_pressure", "目标压力", "projected over permitted, mean over indicators with a target (the first target year not before the year); empty without one", "1", low=0.0, empty=True),
    _number("reduction_potential_share", "减排潜力", "share of IAPeq the measures of the strongest scenario remove from its own activity in that year (base year: by the first horizon)", "1", high=1.0, empty=True),
    _number("homology", "同源性", "overlap of the sector structures of CO2 and pollution equivalents (H1)", "1", low=0.0, high=1.000001, empty=True),
    _number("composite_score", "综合得分", "weighted sum of the normalised components", "1", low=0.0, high=1.000001),
    Column("rank", pl.Int64, "位次", "rank by composite score within layer, scenario and year; 1 is highest", minimum=1),
    Column("rank_low", pl.Int64, "位次下界", "5 % quantile of the rank over draws, weights and methods; never above the rank", minimum=1),
    Column("rank_high", pl.Int64, "位次上界", "95 % quantile of the rank over draws, weights and methods; never below the rank", minimum=1),
    _number("top_class_probability", "进入首档概率", "share of draws, weights and methods in which it is in the top class", "1", low=0.0, high=1.0),
    TOP_CLASS,
    Column("consensus_class", pl.String, "共识等级", "class most methods agree on", allowed=("极显著", "显著", "一般", "不显著")),
    _number("consensus_share", "共识比例", "share of methods that agree on it", "1", low=0.0, high=1.0),
    Column("weight_scheme_id", pl.String, "权重方案", "scheme of weights behind the composite score"),
    REASON_ZH, REASON_EN,
)  # fmt: skip

CONTROL_UNIT_SCORES = Table(
    group="synergy", name="control_unit_scores", asset="control_unit_scores", label="管控单元协同评分", english="synergy scores of control units",
    grain="scenario, year and control unit", key=("scenario_id", "year", "control_unit_code"), source="baseline 与 projection 账户、目标差距",
    columns=(CITY_CODE, SCENARIO_ID, YEAR, CONTROL_UNIT_CODE, Column("control_unit_name", pl.String, "管控单元名称", "name"), CONTROL_CLASS, DISTRICT_CODE, *_SCORES, *PROVENANCE),
)  # fmt: skip

ZONE_SCORES = Table(
    group="synergy", name="zone_scores", asset="zone_scores", label="要素分区协同评分", english="synergy scores of element zones, ranked within their element",
    grain="scenario, year and zone", key=("scenario_id", "year", "zone_code"), source="baseline 与 projection 账户、目标差距",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, ELEMENT, ZONE_CODE, Column("zone_name", pl.String, "要素分区名称", "name"), CONTROL_CLASS,
        Column("zone_type", pl.String, "要素细类代码", "class-element-subtype triple"), *_SCORES, *PROVENANCE,
    ),
)  # fmt: skip

SCORE_CONTRIBUTIONS = Table(
    group="synergy", name="score_contributions", asset="score_contributions", label="评分贡献", english="why: the contributions that add up to each composite score, and the sources behind them",
    grain="scenario, year, layer, code and component", key=("scenario_id", "year", "layer", "code", "component"), source="synergy 评分",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, LAYER, CODE, Column("component", pl.String, "分项", "component of the composite score"), Column("component_name", pl.String, "分项名称", "Chinese name"),
        _number("value", "原值", "value of the component", "见分项", empty=True), _number("normalised", "归一值", "value brought to 0..1 with the stored bounds", "1", low=0.0, high=1.000001),
        _number("weight_share", "权重", "weight of the component", "1", low=0.0, high=1.000001), _number("contribution", "贡献", "weight x normalised value; they sum to the composite score", "1", low=0.0, high=1.000001),
        _number("bound_low", "归一下界", "value that becomes 0", "见分项", empty=True), _number("bound_high", "归一上界", "value that becomes 1", "见分项", empty=True),
        Column("top_sources", pl.String, "主要排放源", "largest sources behind the component: source, name, tonnes, share; JSON", nullable=True), *PROVENANCE,
    ),
)  # fmt: skip

SCORE_VARIANTS = Table(
    group="synergy", name="score_variants", asset="score_variants", label="评分方案对照", english="score, rank and class of each area under every method and weight scheme",
    grain="scenario, year, layer, code and method", key=("scenario_id", "year", "layer", "code", "method_id", "formula_variant"), source="synergy 评分",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, LAYER, CODE, _number("score", "得分", "score under this method", "1"), Column("rank", pl.Int64, "位次", "rank under this method", minimum=1), TOP_CLASS, *PROVENANCE,
    ),
)  # fmt: skip

WEIGHTS = Table(
    group="synergy", name="weights", asset="score_weights", label="评分权重", english="weights of the components under every scheme",
    grain="weight scheme, layer and component", key=("weight_scheme_id", "layer", "component"), source="data/reference/score_weights.csv、熵权、AHP 与 city.toml",
    columns=(
        CITY_CODE, Column("weight_scheme_id", pl.String, "权重方案", "equal, entropy, ahp or user"), LAYER, Column("component", pl.String, "分项", "component"),
        _number("weight_share", "权重", "weight; sums to one over the components", "1", low=0.0, high=1.000001), _number("consistency_ratio", "一致性比例", "AHP consistency ratio; above 0.1 blocks", "1", low=0.0, empty=True),
        Column("is_main", pl.Boolean, "主方案", "scheme behind composite_score"), Column("cited_from", pl.String, "出处", "where the weights come from"), *PROVENANCE,
    ),
)  # fmt: skip

INDICATOR_VALUES = Table(
    group="synergy", name="indicators", asset="synergy_indicators", label="协同指标", english="every indicator of every area, long",
    grain="scenario, year, layer, code, indicator and variant", key=("scenario_id", "year", "layer", "code", "indicator", "method_id", "formula_variant"), source="synergy 各方法",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, LAYER, CODE, Column("indicator", pl.String, "指标", "indicator"), Column("indicator_name", pl.String, "指标名称", "Chinese name"),
        _number("value", "数值", "value; empty = not defined, see the variant", "见 measured_in", empty=True), Column("measured_in", pl.String, "单位", "unit of measure"), Column("grade", pl.String, "等级", "class under the grade scheme", nullable=True), *PROVENANCE,
    ),
)  # fmt: skip

HOMOLOGY = Table(
    group="synergy", name="homology", asset="homology", label="碳污同源性", english="homology of carbon and pollutants: H1 overlap, H2 cosine, H3 rank, H4 dual-source share",
    grain="scope, pollutant, index and variant", key=("scope_type", "code", "species", "index_id", "formula_variant"), source="inventory.emissions 按行业结构",
    columns=(
        CITY_CODE, SCOPE_TYPE, CODE, Column("species", pl.String, "物种", "pollutant, or APeq"), Column("index_id", pl.String, "指数", "H1, H2, H3, H4 or ratio", allowed=("H1", "H2", "H3", "H4", "ratio")),
        _number("value", "数值", "value; empty = not defined", "1", empty=True), Column("statement_zh", pl.String, "说明", "in words"), *PROVENANCE,
    ),
)  # fmt: skip

COUPLING = Table(
    group="synergy", name="coupling", asset="coupling", label="耦合协调度", english="coupling coordination (C, T, D) and composite-system synergy degree",
    grain="layer, code, scenario, year and variant", key=("scenario_id", "year", "layer", "code", "method_id", "formula_variant", "grade_scheme_id"), source="synergy 分项与其归一界",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, LAYER, CODE, Column("subsystems", pl.String, "子系统", "names of the subsystems, separated by ;"), Column("subsystem_values", pl.String, "子系统值", "value of each subsystem, JSON"),
        _number("coupling_c", "耦合度 C", "coupling degree", "1", low=0.0, high=1.000001, empty=True), _number("development_index", "综合发展度 T", "weighted mean of the subsystems", "1", low=0.0, high=1.000001, empty=True),
        _number("coordination_d", "协调度 D", "coordination degree: sqrt(C·T)", "1", low=0.0, high=1.000001, empty=True), _number("synergy_degree", "复合系统协同度", "composite-system synergy degree against the base year", "1", low=-1.000001, high=1.000001, empty=True),
        Column("grade", pl.String, "等级", "class under the grade scheme", nullable=True), Column("bounds", pl.String, "归一界", "normalisation bounds and their panel, JSON"), Column("lints", pl.String, "误用提示", "misuses to beware of in this row, separated by ;", nullable=True), *PROVENANCE,
    ),
)  # fmt: skip

GRID = Table(
    group="synergy", name="grid", asset="grid_emissions", label="网格排放", english="emissions of the base year on a regular grid, mass conserved",
    grain="one cell", key=("cell_id",), has_geometry=True, source="inventory.emissions 按点位与分配因子落格",
    columns=(
        CITY_CODE, Column("cell_id", pl.String, "网格编号", "cell: row and column of the grid", pattern=r"^R-?\d+C-?\d+$"), YEAR, _number("area_km2", "市域内面积", "area inside the city", "km2", low=0.0), _number("cell_km2", "网格面积", "area of the whole cell", "km2", low=0.0), _number("co2_t", "CO2 排放", "CO2", "t/a", low=0.0), _number("apeq_t", "污染当量", "pollution equivalents", "t 当量/a", low=0.0),
        *(_number(column, f"{species} 排放", species, "t/a", low=0.0) for species, column in (("SO2", "so2_t"), ("NOx", "nox_t"), ("VOCs", "vocs_t"), ("NH3", "nh3_t"), ("CO", "co_t"), ("PM10", "pm10_t"), ("PM2.5", "pm25_t"))),
        _number("co2_point_t", "其中点源 CO2", "CO2 of point sources, part of co2_t", "t/a", low=0.0), _number("apeq_point_t", "其中点源污染当量", "pollution equivalents of point sources, part of apeq_t", "t 当量/a", low=0.0),
        DATA_LABEL, *PROVENANCE, GEOMETRY,
    ),
)  # fmt: skip

CLUSTERS = Table(
    group="synergy", name="clusters", asset="clusters", label="空间聚类", english="local Moran, bivariate local Moran and Gi* of every area",
    grain="layer, code, variable and statistic", key=("layer", "code", "variable", "statistic"), source="baseline 账户与网格；条件置换检验",
    columns=(
        CITY_CODE, LAYER, CODE, YEAR, Column("variable", pl.String, "变量", "co2_density, apeq_density, or co2_with_apeq (CO2 against the lag of APeq); ln_ before it: on a logarithmic scale"), Column("statistic", pl.String, "统计量", "local_moran, bivariate_local_moran or gi_star", allowed=("local_moran", "bivariate_local_moran", "gi_star")),
        _number("value", "数值", "value of the statistic; empty for islands and where nothing varies", "1", empty=True), _number("p_value", "P 值", "pseudo p of the permutations, one-sided (as GeoDa and esda print it)", "1", low=0.0, high=1.0, empty=True), _number("p_fdr", "FDR 校正 P 值", "Benjamini-Hochberg adjusted, from the two-sided p", "1", low=0.0, high=1.0, empty=True),
        Column("cluster", pl.String, "聚类类型", "HH, LL, HL, LH, hot, cold, not_significant or island", allowed=("HH", "LL", "HL", "LH", "hot", "cold", "not_significant", "island")), Column("is_significant_fdr", pl.Boolean, "FDR 显著", "significant after the correction"),
        Column("neighbour_count", pl.Int64, "邻居数", "neighbours", minimum=0), Column("permutations", pl.Int64, "置换次数", "permutations", minimum=999), *PROVENANCE,
    ),
)  # fmt: skip

SPATIAL_STATISTICS = Table(
    group="synergy", name="spatial_statistics", asset="spatial_statistics", label="空间统计", english="global Moran, bivariate Moran, hot-spot overlap at grid, unit and district level: the areal-unit problem shown",
    grain="layer, variable and statistic", key=("layer", "variable", "statistic"), source="baseline 账户与网格",
    columns=(
        CITY_CODE, LAYER, YEAR, Column("variable", pl.String, "变量", "variable or pair"), Column("statistic", pl.String, "统计量", "moran_i, bivariate_moran_i, jaccard or overlap", allowed=("moran_i", "bivariate_moran_i", "jaccard", "overlap")),
        _number("value", "数值", "value", "1", empty=True), _number("expected", "期望", "expected without pattern", "1", empty=True), _number("variance", "方差", "variance under randomisation", "1", low=0.0, empty=True), _number("z_score", "Z 值", "z under randomisation", "1", empty=True), _number("z_score_normality", "Z 值（正态假设）", "z under normality", "1", empty=True), _number("p_value", "P 值", "pseudo p of the permutations, one-sided; hypergeometric for hot spots", "1", low=0.0, high=1.0, empty=True),
        Column("feature_count", pl.Int64, "要素数", "areas", minimum=0), Column("island_count", pl.Int64, "孤立要素数", "areas without a neighbour", minimum=0), Column("tie_count", pl.Int64, "并列数", "areas that share their value with another", minimum=0), Column("permutations", pl.Int64, "置换次数", "permutations", nullable=True), Column("note_zh", pl.String, "说明", "in words", nullable=True), *PROVENANCE,
    ),
)  # fmt: skip

MEASURES = Table(
    group="synergy", name="measures", asset="measure_effects", label="措施协同效应", english="co-control effect and cost of every measure on the city's sources",
    grain="measure and year", key=("measure_id", "year"), source="data/reference/measures.csv 或数据包 measures，作用于 inventory.emissions",
    columns=(
        CITY_CODE, MEASURE_ID, MEASURE_NAME, YEAR, Column("applies_to", pl.String, "适用对象", "activities, technologies or industries"), _number("uptake_share", "普及率", "share of the eligible sources that take it up by that year", "1", low=0.0, high=1.0),
        Column("source_count", pl.Int64, "适用源数", "eligible sources", minimum=0), _number("delta_apeq_t", "污染当量减少量", "pollution equivalents removed; negative = they rise", "t 当量/a"), _number("delta_co2e_tco2e", "CO2 当量减少量", "greenhouse gases removed, Scope 1; negative = they rise", "tCO2e/a"), _number("delta_iapeq_t", "综合当量减少量", "integrated equivalents removed", "t 当量/a"),
        _number("delta_indirect_tco2", "间接 CO2 减少量", "Scope 2: power saved x grid factor; negative = more power; never added to Scope 1", "tCO2/a"), _number("delta_sink_tco2", "碳汇增加量", "sink gained on land; no emission, apart from both scopes", "tCO2/a"),
        *(_number(f"delta_{code.lower().replace('.', '')}_t", f"{code} 减少量", f"{code} removed; negative = rises", "t/a") for code in ("SO2", "NOx", "CO", "VOCs", "NH3", "PM10", "PM2.5")),
        _number("apeq_share_of_city", "污染当量减少比例", "of the city's total", "1"), _number("co2e_share_of_city", "CO2 当量减少比例", "of the city's total", "1"), _number("elasticity", "交叉弹性", "pollutant % per carbon %; empty when undefined or the signs forbid it", "1", empty=True), Column("elasticity_definition", pl.String, "弹性口径", "numerator and denominator", allowed=("pollutant_per_carbon", "carbon_per_pollutant")), Column("elasticity_state", pl.String, "弹性判定", "synergy, pollutant_only, carbon_only, both_rise or undefined", allowed=("synergy", "pollutant_only", "carbon_only", "both_rise", "undefined")),
        Column("quadrant", pl.String, "协同象限", "I both fall, II carbon falls and pollutants rise, III both rise, IV pollutants fall and carbon rises, axis near zero", allowed=("I", "II", "III", "IV", "axis")),
        Column("quadrant_with_indirect", pl.String, "协同象限（含间接）", "the same with Scope 2 and sinks beside Scope 1", allowed=("I", "II", "III", "IV", "axis")), Column("stage", pl.String, "措施类别", "structure, fuel, process, end_of_pipe, capture or sink", allowed=("structure", "fuel", "process", "end_of_pipe", "capture", "sink")), Column("rule_id", pl.String, "措施库编号", "row of the library it stands for; its own id when it stands for none"),
        _number("annual_cost_cny", "年化成本", "capex x CRF + opex - savings", "CNY/a", empty=True), _number("cost_per_iapeq_cny_per_t", "单位综合当量成本", "per tonne of IAPeq", "CNY/t 当量", empty=True), _number("cost_per_co2e_cny_per_t", "单位 CO2 成本", "per tCO2e", "CNY/tCO2e", empty=True), _number("energy_penalty_share", "能耗增加比例", "extra energy; negative saves", "1", empty=True),
        Column("origin", pl.String, "来源方式", "library or package", allowed=("library", "package")), Column("cited_from", pl.String, "出处", "source"), Column("confidence", pl.String, "可信度", "read, computed, recalled or default"), Column("mechanism_zh", pl.String, "机理", "why it acts as it does"), *PROVENANCE,
    ),
)  # fmt: skip

MEASURE_REDUCTIONS = Table(
    group="synergy", name="measure_reductions", asset="measure_reductions", label="措施减排量", english="tonnes each measure removes by species and control unit, overlaps on a source resolved in sequence",
    grain="measure, year, control unit and species", key=("measure_id", "year", "control_unit_code", "species"), may_be_empty=True, source="synergy.measures 逐源作用，经 baseline.placements 落位",
    columns=(CITY_CODE, MEASURE_ID, YEAR, Column("control_unit_code", pl.String, "管控单元编码", "control unit"), SPECIES, _number("alone_t", "单独减少量", "removed if it were the only measure; negative = rises", "t/a"), _number("delta_t", "叠加减少量", "removed in sequence with the measures before it, no double counting", "t/a"), *PROVENANCE),
)  # fmt: skip

COORDINATION = Table(
    group="synergy", name="coordination", asset="coordination", label="协调性分析", english="environmental requirement x carbon requirement: verdict, mechanism and number",
    grain="pair and object", key=("pair_id", "object_type", "object_code"), source="data/reference/coordination_rules.csv 与 synergy.measures",
    columns=(
        CITY_CODE, Column("pair_id", pl.String, "要求对编号", "pair"), Column("object_type", pl.String, "对象类型", "measure, industry or zone_type", allowed=("measure", "industry", "zone_type")), Column("object_code", pl.String, "对象代码", "code"), Column("object_name", pl.String, "对象名称", "Chinese name"),
        Column("environment_requirement", pl.String, "环境要求", "requirement on pollutants or space"), Column("carbon_requirement", pl.String, "碳要求", "requirement on carbon"), _number("verdict", "判定", "+2 strong synergy to -2 conflict", "1", low=-2.0, high=2.0), Column("verdict_zh", pl.String, "判定名称", "协同, 中性, 冲突 or 条件协同"), Column("condition_zh", pl.String, "条件", "what decides a conditional verdict", nullable=True),
        Column("mechanism_zh", pl.String, "机理", "mechanism in Chinese"), Column("mechanism_en", pl.String, "机理（英文）", "mechanism in English"), _number("delta_apeq_t", "污染当量减少量", "in this city, where the inventory allows it", "t 当量/a", empty=True), _number("delta_co2e_tco2e", "CO2 当量减少量", "in this city, Scope 1; negative = rises", "tCO2e/a", empty=True), _number("delta_indirect_tco2", "间接 CO2 减少量", "in this city, Scope 2; negative = rises", "tCO2/a", empty=True),
        Column("number_zh", pl.String, "量化说明", "number in words, with its source"), Column("control_unit_count", pl.Int64, "涉及管控单元数", "units with an object of this kind", minimum=0), Column("cited_from", pl.String, "出处", "source"), Column("confidence", pl.String, "可信度", "read, computed, recalled or default"), *PROVENANCE,
    ),
)  # fmt: skip

CONFLICTS = Table(
    group="synergy", name="conflicts", asset="conflicts", label="冲突清单", english="conflicts with the control units, tonnes and clauses they touch",
    grain="pair, object and control unit", key=("pair_id", "object_code", "control_unit_code"), may_be_empty=True, source="synergy.coordination × baseline.placements × inputs.access_list",
    columns=(
        CITY_CODE, Column("pair_id", pl.String, "要求对编号", "pair"), Column("object_code", pl.String, "对象代码", "measure, industry or zone type"), CONTROL_UNIT_CODE, _number("verdict", "判定", "verdict of the pair", "1", low=-2.0, high=2.0), _number("co2e_at_stake_tco2e", "涉及 CO2 当量", "greenhouse gases of the object in this unit", "tCO2e/a", low=0.0), _number("apeq_at_stake_t", "涉及污染当量", "pollution equivalents of the object in this unit", "t 当量/a", low=0.0), Column("clause_ids", pl.String, "涉及条款", "clauses of the list in force, separated by ;", nullable=True), Column("statement_zh", pl.String, "说明", "in words"), *PROVENANCE,
    ),
)  # fmt: skip

PORTFOLIO_OPTIONS = Table(
    group="synergy", name="portfolio_options", asset="portfolio_options", label="组合选项", english="what every stack of measures does to every scope: the data of the portfolio",
    grain="scenario, year, scope and option", key=("scenario_id", "year", "scope_code", "option"), may_be_empty=True, source="projection.emissions × synergy.measures",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, Column("scope_code", pl.String, "范围代码", "group of sources"), Column("scope_name", pl.String, "范围名称", "sector and its main activities"), Column("source_count", pl.Int64, "源数", "sources of the scope", minimum=1), Column("option", pl.Int64, "选项号", "option within the scope", minimum=1), Column("measures", pl.String, "措施组合", "measures in the order they act, separated by ;"),
        _number("annual_cost_cny", "年化成本", "cost if the whole scope took it up", "CNY/a"), *(_number(f"delta_{code.lower().replace('.', '')}_t", f"{code} 减少量", f"{code} removed if the whole scope took it up; negative = rises", "t/a") for code in ("SO2", "NOx", "PM10", "PM2.5", "VOCs", "NH3", "CO2")),
        _number("delta_apeq_t", "污染当量减少量", "removed", "t 当量/a"), _number("delta_co2e_tco2e", "CO2 当量减少量", "removed, Scope 1", "tCO2e/a"), _number("delta_indirect_tco2", "间接 CO2 减少量", "Scope 2; negative = more power", "tCO2/a"), *PROVENANCE,
    ),
)  # fmt: skip

PORTFOLIO = Table(
    group="synergy", name="portfolio", asset="portfolio", label="最低成本组合", english="least-cost measures that meet the targets: uptake by measure and scope",
    grain="year, scenario, measure, scope and part of the scope", key=("scenario_id", "year", "measure_id", "scope_code", "segment"), may_be_empty=True, source="HiGHS 线性规划",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, MEASURE_ID, MEASURE_NAME, Column("scope_code", pl.String, "范围代码", "group of sources: I + division of industry or C + source category, and a number"), Column("scope_name", pl.String, "范围名称", "sector and its main activities"), Column("segment", pl.Int64, "部分序号", "disjoint part of the scope; measures with the same number act on the same part, one after the other", minimum=1), _number("uptake_share", "普及率", "part of the scope that takes it up", "1", low=0.0, high=1.000001), _number("uptake_limit_share", "普及率上限", "greatest uptake allowed", "1", low=0.0, high=1.000001), _number("annual_cost_cny", "年化成本", "cost of the chosen uptake", "CNY/a"), _number("delta_apeq_t", "污染当量减少量", "removed", "t 当量/a"), _number("delta_co2e_tco2e", "CO2 当量减少量", "removed", "tCO2e/a"), Column("is_marginal", pl.Boolean, "边际措施", "partly used: it sets the price"), *PROVENANCE,
    ),
)  # fmt: skip

PORTFOLIO_TARGETS = Table(
    group="synergy", name="portfolio_targets", asset="portfolio_targets", label="组合目标达成", english="targets of the portfolio: needed, reached, shadow price, or why they clash",
    grain="scenario, year and indicator", key=("scenario_id", "year", "indicator"), may_be_empty=True, source="projection.permitted 与 HiGHS 对偶解",
    columns=(
        CITY_CODE, SCENARIO_ID, YEAR, Column("indicator", pl.String, "指标", "indicator"), _number("projected", "预测值", "without the portfolio", "见指标"), _number("target", "目标值", "target", "见指标"), _number("needed", "需减少量", "reduction needed", "见指标"), _number("achieved", "可减少量", "reduction of the portfolio", "见指标"), _number("achievable", "最大可减少量", "reduction with every measure at its limit", "见指标"), _number("shortfall", "缺口", "what the measures cannot reach; 0 when met", "见指标", low=0.0), Column("is_met", pl.Boolean, "是否达标", "met by the portfolio"), _number("shadow_price_cny_per_t", "影子价格", "cost of one more tonne", "CNY/t", empty=True), Column("clashes_with", pl.String, "冲突约束", "constraints it cannot be met together with, separated by ;", nullable=True), Column("statement_zh", pl.String, "说明", "in words"), *PROVENANCE,
    ),
)  # fmt: skip

PARETO = Table(
    group="synergy", name="pareto", asset="pareto", label="帕累托前沿", english="Pareto front of pollution against carbon against cost",
    grain="scenario, year and point", key=("scenario_id", "year", "point"), may_be_empty=True, source="HiGHS 多目标（ε-约束）",
    columns=(CITY_CODE, SCENARIO_ID, YEAR, Column("point", pl.Int64, "点号", "point", minimum=1), _number("annual_cost_cny", "年化成本", "cost", "CNY/a"), _number("delta_apeq_t", "污染当量减少量", "removed", "t 当量/a"), _number("delta_co2e_tco2e", "CO2 当量减少量", "removed", "tCO2e/a"), Column("measures", pl.String, "措施组合", "uptake by measure, JSON"), *PROVENANCE),
)  # fmt: skip

MAC = Table(
    group="synergy", name="mac_curve", asset="mac_curve", label="边际减排成本曲线", english="marginal abatement cost curve, cheapest first",
    grain="basis, year and step", key=("basis", "year", "step"), may_be_empty=True, source="synergy.measures",
    columns=(CITY_CODE, Column("basis", pl.String, "口径", "co2e or iapeq", allowed=("co2e", "iapeq")), YEAR, Column("step", pl.Int64, "序号", "order by unit cost", minimum=1), MEASURE_ID, MEASURE_NAME, _number("width_t", "减排量", "tonnes of this step", "t/a", low=0.0), _number("cumulative_t", "累计减排量", "tonnes up to and with it", "t/a", low=0.0), _number("unit_cost_cny_per_t", "单位成本", "cost per tonne", "CNY/t"), *PROVENANCE),
)  # fmt: skip

#: Tables that an asset makes. A table enters here together with its asset, its gate and its tests.
TABLES: tuple[Table, ...] = (
    INDICATOR_VALUES, WEIGHTS, SCORE_CONTRIBUTIONS, SCORE_VARIANTS, CONTROL_UNIT_SCORES, ZONE_SCORES, HOMOLOGY,
    COUPLING, GRID, CLUSTERS, SPATIAL_STATISTICS, MEASURES, MEASURE_REDUCTIONS, MAC, PORTFOLIO_OPTIONS, PORTFOLIO,
    PORTFOLIO_TARGETS, PARETO, COORDINATION, CONFLICTS,
)  # fmt: skip
