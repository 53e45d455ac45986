import json
import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.access import CLAUSE_MODEL
from sxyd_pipeline.core.access.parse import SCHEMA, parse_clauses, parse_text
from sxyd_pipeline_tests.core.access.reading import grammar, labelled, read, reference

WORDS = [row["clause_text"] for row in labelled()]
HOSTILE = (
    "=1+1",
    "\x00",
    "\u202e",
    "|",
    "《",
    "〔2021",
    "百分之",
    "1:1:1",
    "((((",
    "９９９",
    "、、",
    "10—",
    "\r\n",
    "不得不",
    "²³⁴",
    "Ⅲ类",
    "𠮷",
)


def limit(text: str) -> tuple[Any, ...]:
    got = read(text)
    return got["metric"], got["operator"], got["threshold"], got["unit"]


@pytest.mark.parametrize(("text", "verb"), [
    ("严禁新增钢铁产能", "禁止"), ("不准在湖区围网养殖", "不得"), ("原则上不再新建自备燃煤机组", "限制"), ("严控煤炭消费", "严格控制"),
    ("须执行特别排放限值", "应当"), ("优先使用再生水", "鼓励"), ("关停小散乱污企业", "退出"), ("城区化工企业搬迁入园", "搬迁"),
    ("散煤改用天然气", "替代"), ("出水稳定达到一级标准", "达到"), ("2025年底前完成改造", "完成"),
])  # fmt: skip
def test_surface_forms_give_the_canonical_verb(text: str, verb: str) -> None:
    assert read(text)["verb"] == verb


@pytest.mark.parametrize(
    "text", ["供应充足", "应急预案", "禁燃区", "限制类项目目录", "优先保护单元", "淘汰类设备名录"]
)
def test_words_that_only_look_like_verbs_are_none(text: str) -> None:
    assert read(text)["verb"] is None


@pytest.mark.parametrize(("text", "expected"), [
    ("颗粒物排放浓度不高于10毫克/立方米", ("stack_pm_mg_per_m3", "<=", 10.0, "毫克/立方米")),
    ("氮氧化物排放总量不得超过1.2万吨", ("permitted_nox_t", "<=", 1.2, "万吨")),
    ("单位地区生产总值能耗较2020年下降百分之十三点五", ("energy_per_gdp_reduction_share", ">=", 13.5, "%")),
    ("污水集中收集率达到88%以上", ("sewage_collection_share", ">=", 88.0, "%")),
    ("再生水利用率至少25％", ("reclaimed_water_share", ">=", 25.0, "％")),
    ("漏损率控制在9‰以内", ("pipe_leakage_share", "<=", 9.0, "‰")),
    ("煤炭消费总量比2020年削减10%—15%", ("coal_reduction_share", ">=", 10.0, "%")),
    ("煤炭消费总量控制在200—260万吨以内", ("coal_cap_t", "<=", 260.0, "万吨")),
    ("二氧化碳排放强度低于1.05tCO2/万元", ("co2_t_per_1e4_cny", "<", 1.05, "tCO2/万元")),
    ("万元工业增加值用水量≤18立方米/万元", ("water_m3_per_1e4_cny", "<=", 18.0, "立方米/万元")),
    ("供电煤耗降至300gce/kWh以下", ("coal_power_gce_per_kwh", "<=", 300.0, "gce/kWh")),
    ("水泥熟料综合能耗不高于100kgce/t", ("energy_kgce_per_t", "<=", 100.0, "kgce/t")),
    ("实行现役源两倍削减量替代", ("replacement_ratio", ">=", 2.0, "倍")),
    ("替代比例不低于1.25:1的产能置换", ("capacity_replacement_ratio", ">=", 1.25, "倍")),
    ("PM2.5年均浓度达到30微克/立方米以下", ("pm25_ug_per_m3", "<=", 30.0, "微克/立方米")),
    ("项目总投资2亿元以上", (None, ">=", 2.0, "亿元")),
])  # fmt: skip
def test_limits_are_read_with_operator_and_unit(text: str, expected: tuple[Any, ...]) -> None:
    assert limit(text) == expected


def test_what_is_forbidden_below_a_size_is_allowed_above_it() -> None:
    assert limit("禁止新建35蒸吨/小时及以下燃煤锅炉")[1:3] == (">", 35.0)
    assert limit("淘汰10蒸吨/小时以下燃煤锅炉")[1:3] == (">", 10.0)
    assert limit("禁止新建容积低于1000立方米的高炉")[1:3] == (">=", 1000.0)


def test_a_ban_within_a_distance_asks_for_that_distance() -> None:
    assert limit("禁止在长江干支流岸线三公里范围内新建尾矿库") == ("distance_to_river_km", ">=", 3.0, "公里")


def test_a_size_that_picks_out_objects_is_a_condition() -> None:
    got = read("65蒸吨/小时以上燃煤锅炉应完成超低排放改造")
    assert got["threshold"] is None
    assert "65蒸吨/小时以上" in got["condition"]


def test_years_documents_and_names_of_species_are_no_numbers() -> None:
    got = read("按照国发〔2021〕33号和GB 13271-2014，到2025年PM2.5、SO2、NH3-N等“十四五”指标达到国家要求")
    assert (got["threshold"], got["target_year"]) == (None, 2025)
    assert got["basis"] == "国发〔2021〕33号;GB 13271-2014"


def test_base_and_target_year_are_told_apart() -> None:
    got = read("到2030年，碳排放强度比2005年下降65%")
    assert (got["base_year"], got["target_year"]) == (2005, 2030)


def test_a_list_of_numbers_gives_one_requirement_each_and_the_first_is_the_main_one() -> None:
    got = read("颗粒物、二氧化硫、氮氧化物排放浓度分别不高于10、35、50毫克/立方米")
    rows = json.loads(got["requirements"])
    assert [(row["metric"], row["threshold"]) for row in rows] == [
        ("stack_pm_mg_per_m3", 10.0), ("stack_so2_mg_per_m3", 35.0), ("stack_nox_mg_per_m3", 50.0),
    ]  # fmt: skip
    assert got["threshold"] == 10.0


def test_industries_become_codes_and_things_that_share_their_name_do_not() -> None:
    assert read("严禁新增钢铁、平板玻璃、电解铝产能")["industry_codes"] == "31;3041;3216"
    assert read("推广化肥减量和低VOCs含量涂料")["industry_codes"] is None
    assert read("涂料、油墨等行业")["industry_codes"] == "2641;2642"
    assert "3011" in read("严控“两高”项目")["industry_codes"]


def test_the_name_of_the_unit_in_front_is_no_industry() -> None:
    got = read("某区大港化工园区重点管控单元：氮氧化物排放总量不超过724吨/年")
    assert (got["industry_codes"], got["threshold"]) == (None, 724.0)


def test_carbon_is_found_in_words_and_metrics() -> None:
    assert read("单位工业增加值能耗不高于0.5吨标准煤/万元")["is_carbon"]
    assert not read("非甲烷总烃排放浓度不高于40毫克/立方米")["is_carbon"]
    assert not read("禁止新建活性炭再生项目")["is_carbon"]


def test_what_is_not_understood_is_said() -> None:
    assert "圌山景观" in read("严禁破坏圌山景观")["not_understood"]
    assert "区间另一端 15 %" in read("煤炭消费总量下降10—15%")["not_understood"]


def test_stated_columns_win_and_contradictions_are_told() -> None:
    frame = pl.DataFrame({
        "clause_text": ["PM2.5年均浓度不高于35微克/立方米", "二氧化硫排放浓度不高于35毫克/立方米"],
        "metric": ["pm25_ug_per_m3"] * 2, "operator": ["<=", None], "threshold": [30.0, None], "unit": ["ug/m3", None],
        "industry_codes": ["4411", None], "basis": [None, None], "dimension": ["区域布局管控", "emission"],
    })  # fmt: skip
    got = parse_clauses(frame, reference(), "广东省")
    assert got["threshold"].to_list() == [30.0, None]
    assert got["contradictions"][0] == "threshold: 30 ug/m3 ≠ 35 微克/立方米"
    assert got["contradictions"][1].startswith("metric: pm25_ug_per_m3 ≠ stack_so2_mg_per_m3")
    assert got["dimension"].to_list() == ["space", "emission"]


def test_equal_amounts_in_other_units_are_no_contradiction() -> None:
    frame = pl.DataFrame({
        "clause_text": ["2025年单位地区生产总值能耗较2020年下降13.5%"], "metric": ["energy_per_gdp_reduction_share"],
        "operator": [">="], "threshold": [0.135], "unit": ["share"],
    })  # fmt: skip
    got = parse_clauses(frame, reference())
    assert got["contradictions"].to_list() == [None]
    assert got["is_checkable"].to_list() == [True]


def test_the_parser_fills_the_columns_of_the_contract() -> None:
    model = {column.name: column for column in CLAUSE_MODEL}
    got = parse_clauses(pl.DataFrame({"clause_text": [*WORDS, "", None]}), reference())
    for name in set(SCHEMA) & set(model):
        column = model[name]
        assert got.schema[name] == column.dtype
        values = set(got[name].to_list())
        assert not column.allowed or values - {None} <= set(column.allowed), name
        assert column.nullable or None not in values, name


@given(
    st.lists(st.one_of(st.sampled_from(HOSTILE), st.sampled_from(WORDS), st.text(max_size=12)), max_size=6)
)
@settings(max_examples=60, deadline=None)
def test_no_text_is_lost_or_altered(parts: list[str]) -> None:
    text = "".join(parts)
    parsed = parse_text(text, grammar())
    assert "".join(piece for _, piece in parsed.pieces) == text
    frame = pl.DataFrame({"clause_text": [text], "extra": ["kept"]})
    got = parse_clauses(frame, reference())
    assert got.select("clause_text", "extra").equals(frame)


def test_a_clause_of_four_thousand_characters_is_read_whole() -> None:
    text = "".join(WORDS)[:3980] + "；氨氮浓度不高于5毫克/升"
    parsed = parse_text(text, grammar())
    assert "".join(piece for _, piece in parsed.pieces) == text
    assert len(json.loads(parsed.columns["requirements"])) > 50


def test_full_width_digits_read_like_half_width_ones() -> None:
    half = "到2025年，煤炭消费总量控制在260万吨以内"
    wide = half.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert limit(half) == limit(wide)


@pytest.mark.parametrize(
    "text",
    [
        "涂料" + "和" * 3900,
        "不超过" + "9" * 600 + "吨",
        "排放" + "九万亿" * 1300 + "吨",
        "、" * 4000,
        "《" * 4000,
        "(" * 4000,
    ],
)
def test_hostile_texts_are_read_whole_and_limits_stay_finite(text: str) -> None:
    parsed = parse_text(text, grammar())
    assert "".join(piece for _, piece in parsed.pieces) == text
    threshold = parsed.columns["threshold"]
    assert threshold is None or math.isfinite(threshold)


def test_every_name_of_a_dimension_is_read_from_packages_too() -> None:
    known = grammar().dimensions
    for row in reference().dimension_aliases.iter_rows(named=True):
        assert known[row["alias"]] == row["dimension"]
    frame = pl.DataFrame({"clause_text": ["甲"] * 2, "dimension": ["空间布局引导", "能源资源利用"]})
    assert parse_clauses(frame, reference(), "浙江省")["dimension"].to_list() == ["space", "resource"]


@pytest.mark.parametrize(
    ("text", "metric", "operator", "threshold", "unit"),
    [
        # The step before 克 belongs to the unit: 530 kg, not 1530 g.
        ("钢铁企业吨钢综合能耗降至五百三十千克标准煤以下。", "energy_kgce_per_t", "<=", 530.0, "千克标准煤"),
        ("能耗强度下降控制在15%左右。", "energy_per_gdp_reduction_share", ">=", 15.0, "%"),
        # Reaching a level of what should be little is no least value.
        ("工业硅项目综合能耗须达到2500千克标准煤/吨。", "energy_kgce_per_t", "<=", 2500.0, "千克标准煤/吨"),
        ("秸秆综合利用率达到86%。", "straw_use_share", ">=", 86.0, "%"),
        ("燃煤锅炉（每小时10蒸吨及以下）一律不予审批。", "coal_boiler_t_per_h", ">", 10.0, "蒸吨"),
        # At least so much CO2 is no cap on CO2.
        ("二氧化碳捕集项目年捕集能力须在10万吨以上。", None, ">=", 10.0, "万吨"),
        ("二氧化硫排放浓度在每立方米一百毫克以下。", "stack_so2_mg_per_m3", "<=", 100.0, "毫克"),
    ],
)
def test_limits_written_in_other_ways(
    text: str, metric: str | None, operator: str, threshold: float, unit: str
) -> None:
    got = read(text)
    assert (got["metric"], got["operator"], got["threshold"], got["unit"]) == (
        metric, operator, threshold, unit,
    )  # fmt: skip


@pytest.mark.parametrize("year", ["二〇二五年", "二零二五年", "二○二五年", "２０２５年"])
def test_years_in_chinese_digits_are_years(year: str) -> None:
    text = f"到{year}底，煤炭占比压减到30%以内。"
    got = read(text)
    assert (got["target_year"], got["metric"], got["threshold"]) == (2025, "coal_share", 30.0)
    assert "".join(piece for _, piece in parse_text(text, grammar()).pieces) == text


def test_whoever_exceeds_a_size_is_a_condition_and_no_limit() -> None:
    got = read("甲烷浓度8%以上的禁止直接排放。")
    assert (got["verb"], got["threshold"], got["condition"]) == ("禁止", None, "8%以上")
