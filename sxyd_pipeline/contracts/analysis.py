"""Tables of group ``baseline`` that explain the inventory: structure, drivers, key items."""

import polars as pl

from sxyd_pipeline.contracts.columns import CITY_CODE, EMISSION_T, SPECIES, YEAR
from sxyd_pipeline.contracts.model import Column, Table

METHOD_ID = Column("method_id", pl.String, "方法编号", "method; see meta.methods")
CODE = Column("code", pl.String, "代码", "code within the breakdown or scope")
NAME = Column("name", pl.String, "名称", "Chinese name of the code")
REASON_ZH = Column("reason_zh", pl.String, "理由", "why, in Chinese")
REASON_EN = Column("reason_en", pl.String, "理由（英文）", "why, in English")
START = Column("start_year", pl.Int32, "起始年", "first year of the period")
END = Column("end_year", pl.Int32, "终止年", "last year of the period")
PATH = Column(
    "path",
    pl.String,
    "路径",
    "end_point compares two years, chained adds up yearly steps",
    allowed=("end_point", "chained"),
)


def _ratio(name: str, label: str, english: str, unit: str) -> Column:
    return Column(name, pl.Float64, label, english, unit, minimum=0.0, nullable=True)


STRUCTURE = Table(
    group="baseline", name="structure", asset="structure", label="排放结构", english="structure and intensities of emissions",
    grain="year, breakdown, code and species", key=("year", "breakdown", "code", "species"), source="inventory.emissions 与 inputs.economy",
    columns=(
        CITY_CODE, YEAR,
        Column("breakdown", pl.String, "口径", "what it is broken down by",
               allowed=("city", "district", "source_category", "industry", "activity", "zone_type", "control_class", "two_high")),
        CODE, NAME, SPECIES, EMISSION_T,
        Column("share_of_city", pl.Float64, "占全市比例", "share of the city's total of the species", "1", minimum=0.0, maximum=1.000001),
        _ratio("per_gdp_t_per_1e8cny", "单位GDP排放", "per GDP", "t/亿元"),
        _ratio("per_value_added_t_per_1e8cny", "单位增加值排放", "per value added of the industry", "t/亿元"),
        _ratio("per_capita_kg", "人均排放", "per head", "kg/人"),
        _ratio("density_t_per_km2", "单位面积排放", "per area", "t/km2"),
        Column("price_base", pl.String, "价格口径", "price base of GDP or value added: current, or the year of constant prices", nullable=True),
        METHOD_ID,
    ),
)  # fmt: skip

DECOMPOSITION = Table(
    group="baseline", name="decomposition", asset="decomposition", label="因素分解", english="LMDI-I decomposition of the change",
    grain="subject, path, period and factor", key=("subject", "path", "start_year", "end_year", "factor"), source="inputs.energy、inputs.economy 与因子", may_be_empty=True,
    columns=(
        CITY_CODE, Column("subject", pl.String, "对象", "what is decomposed: energy_co2, or a pollutant"), PATH, START, END,
        Column("factor", pl.String, "因素", "factor of the identity"), Column("factor_name", pl.String, "因素名称", "Chinese name"),
        Column("effect_t", pl.Float64, "贡献", "additive effect", "t"),
        Column("effect_ratio", pl.Float64, "倍数贡献", "multiplicative effect", "1", minimum=0.0, nullable=True),
        Column("value_start_t", pl.Float64, "起始值", "value at the start", "t", minimum=0.0), Column("value_end_t", pl.Float64, "终止值", "value at the end", "t", minimum=0.0),
        Column("residual_t", pl.Float64, "残差", "what is left over; zero but for rounding", "t"),
        Column("price_base", pl.String, "价格口径", "price base of GDP", nullable=True), METHOD_ID,
    ),
)  # fmt: skip

DECOUPLING = Table(
    group="baseline", name="decoupling", asset="decoupling", label="脱钩分析", english="Tapio decoupling states",
    grain="pressure, activity, path and period", key=("pressure", "activity", "path", "start_year", "end_year"), source="inventory 与 inputs.economy", may_be_empty=True,
    columns=(
        CITY_CODE, Column("pressure", pl.String, "压力指标", "pressure"), Column("activity", pl.String, "驱动指标", "activity and its price base"), PATH, START, END,
        Column("change_share_pressure", pl.Float64, "压力变化率", "relative change of the pressure", "1"),
        Column("change_share_activity", pl.Float64, "驱动变化率", "relative change of the activity", "1"),
        Column("elasticity", pl.Float64, "弹性", "elasticity; empty when the activity does not change", nullable=True),
        Column("state", pl.String, "状态", "state"), Column("state_zh", pl.String, "状态名称", "Chinese name of the state"), METHOD_ID,
    ),
)  # fmt: skip


def _key_table(name: str, label: str, english: str, grain: str) -> Table:
    return Table(
        group="baseline", name=name, asset=name, label=label, english=english, grain=grain, key=("scope_type", "code"),
        source="inventory.emissions、baseline.placements 与 data/reference/key_item_rules.csv", may_be_empty=True,
        columns=(
            CITY_CODE, Column("scope_type", pl.String, "范围类型", "industry, source_category, district, zone or control_unit"), CODE, NAME,
            Column("co2_t", pl.Float64, "CO2 排放", "CO2", "t/a", minimum=0.0), Column("apeq_t", pl.Float64, "污染当量", "pollution equivalents of pollutants", "t 当量/a", minimum=0.0),
            Column("co2_share", pl.Float64, "CO2 占比", "share of the city's CO2", "1", minimum=0.0, maximum=1.000001), Column("apeq_share", pl.Float64, "污染当量占比", "share of the city's equivalents", "1", minimum=0.0, maximum=1.000001),
            Column("co2_rank", pl.Int64, "CO2 位次", "rank by CO2", minimum=1), Column("apeq_rank", pl.Int64, "污染当量位次", "rank by equivalents", minimum=1),
            Column("intensity_ratio", pl.Float64, "强度比", "intensity relative to the mean of the comparison group", "1", minimum=0.0, nullable=True),
            Column("is_two_high", pl.Boolean, "是否两高", "on the list of two-high industries", nullable=True),
            Column("is_key", pl.Boolean, "是否重点", "key by the rule"), Column("robustness_share", pl.Float64, "稳健性", "share of threshold variants in which it is key", "1", minimum=0.0, maximum=1.0),
            REASON_ZH, REASON_EN, METHOD_ID,
        ),
    )  # fmt: skip


KEY_INDUSTRIES = _key_table("key_industries", "重点行业", "key industries", "one industry")
KEY_FIELDS = _key_table("key_fields", "重点领域", "key fields (source categories)", "one source category")
KEY_AREAS = _key_table("key_areas", "重点区域", "key areas: districts, zones and control units", "one area")

TABLES = (STRUCTURE, DECOMPOSITION, DECOUPLING, KEY_INDUSTRIES, KEY_FIELDS, KEY_AREAS)
