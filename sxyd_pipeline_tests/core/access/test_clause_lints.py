from typing import Any

import polars as pl
import pytest

from sxyd_pipeline.contracts.access import CLAUSE_LINTS
from sxyd_pipeline.core.access.clause_lint_words import MESSAGES
from sxyd_pipeline.core.access.clause_lints import lint_clauses
from sxyd_pipeline.core.access.parse import parse_clauses
from sxyd_pipeline_tests.core.access.reading import labelled, reference

USUAL: dict[str, Any] = {
    "city_code": "321100", "scope_type": "city", "scope_code": "321100", "dimension": "emission", "metric": None,
    "operator": None, "threshold": None, "unit": None, "industry_codes": None, "basis": None, "parent_clause_id": None,
}  # fmt: skip
TYPES = {"threshold": pl.Float64}
BRIDGE = pl.DataFrame({"control_unit_code": ["ZH32110220001"], "zone_code": ["YS3211022310001"]})


def found(*rows: dict[str, Any]) -> list[tuple[str, str]]:
    frame = pl.DataFrame(
        [{"clause_id": f"C{at}", **USUAL, **row} for at, row in enumerate(rows)],
        schema_overrides=dict.fromkeys(USUAL, pl.String) | TYPES,
    )
    parsed = parse_clauses(frame, reference(), "江苏省")
    lints = lint_clauses(parsed, reference(), BRIDGE)
    assert set(lints.columns) == set(CLAUSE_LINTS.schema)
    return lints.select("clause_id", "lint_id").rows()


BAD = {
    "not_tied_to_zone": [{"scope_type": "zone_type", "scope_code": "231", "clause_text": "推进畜禽粪污就近还田"}],
    "duplicate": [{"clause_text": "餐饮单位应安装油烟净化设施。"}, {"clause_text": "餐饮单位应安装油烟净化设施"}],
    "near_duplicate": [{"clause_text": "餐饮服务单位应安装高效油烟净化设施"}, {"clause_text": "餐饮服务单位均应安装高效油烟净化设施"}],
    "empty_phrase": [{"clause_text": "加强环境风险管理，提高防范能力。"}],
    "threshold_without_unit": [{"clause_text": "氮氧化物排放总量不超过1200", "metric": "permitted_nox_t", "operator": "<=", "threshold": 1200.0}],
    "expired_basis": [{"clause_text": "淘汰小锅炉", "basis": "国务院《大气污染防治行动计划》"}],
    "unknown_industry": [{"clause_text": "严控相关项目", "industry_codes": "4411;9999"}],
    "dimension_mismatch": [{"clause_text": "再生水利用率不低于25%", "dimension": "space"}],
    "contradicts_text": [{"clause_text": "氮氧化物排放总量不超过1200吨", "metric": "permitted_nox_t", "operator": "<=", "threshold": 120.0, "unit": "t"}],
    "broken_parent": [{"clause_text": "淘汰小锅炉", "parent_clause_id": "P0001"}],
}  # fmt: skip


@pytest.mark.parametrize("lint", sorted(MESSAGES))
def test_each_weakness_is_found_and_nothing_else_with_it(lint: str) -> None:
    got = found(*BAD[lint])
    assert [one for _, one in got] == [lint]
    assert got[0][0] == f"C{len(BAD[lint]) - 1}"


def test_a_demand_within_a_zone_the_unit_does_not_have_is_not_tied_to_it() -> None:
    row = {"scope_type": "control_unit", "scope_code": "ZH32110220001"}
    assert found({**row, "clause_text": "某单元：禁燃区内禁止燃用高污染燃料"}) == [("C0", "not_tied_to_zone")]
    assert found({**row, "clause_text": "某单元：高排放重点管控区内实行倍量替代"}) == []


def test_good_clauses_are_silent() -> None:
    assert found(
        {"clause_text": "2025年氮氧化物重点工程减排比例不低于10%", "basis": "深入打好污染防治攻坚战的意见"},
        {"clause_text": "燃煤机组烟尘排放浓度不高于10毫克/立方米", "metric": "stack_pm_mg_per_m3", "operator": "<=", "threshold": 10.0, "unit": "mg/m3", "industry_codes": "4411;4412"},
        {"clause_text": "燃煤机组烟尘排放浓度不高于5毫克/立方米"},
        {"clause_text": "加强施工扬尘管理，裸土全部覆盖"},
        {"clause_text": "实施两倍削减替代", "metric": "replacement_ratio", "operator": ">=", "threshold": 2.0},
        {"clause_text": "淘汰落后产能", "basis": "《产业结构调整指导目录（2024年本）》"},
        {"scope_type": "zone_type", "scope_code": "231", "clause_text": "实施主要污染物总量管控和倍量替代"},
        {"scope_type": "zone_type", "scope_code": "254", "clause_text": "禁燃区内禁止销售、燃用高污染燃料", "dimension": "resource"},
    ) == []  # fmt: skip


def test_few_of_the_labelled_clauses_are_called_weak_beside_the_empty_ones() -> None:
    rows = [{"clause_text": row["clause_text"], "dimension": row["dimension"]} for row in labelled()]
    got = found(*rows)
    hollow = [rows[int(clause[1:])]["clause_text"] for clause, lint in got if lint == "empty_phrase"]
    assert "加强环境风险防范，提升应急处置能力。" in hollow
    assert len(got) - len(hollow) <= 4


def test_a_basis_is_judged_by_the_date_asked_for() -> None:
    frame = pl.DataFrame([{"clause_id": "C0", **USUAL, "clause_text": "淘汰小锅炉", "basis": "国发〔2021〕33号"}], schema_overrides=dict.fromkeys(USUAL, pl.String) | TYPES)  # fmt: skip
    parsed = parse_clauses(frame, reference())
    assert lint_clauses(parsed, reference(), as_of="2025-06-30").is_empty()
    assert lint_clauses(parsed, reference(), as_of="2026-01-31")["lint_id"].to_list() == ["expired_basis"]


def test_withdrawn_clauses_are_passed_over() -> None:
    frame = pl.DataFrame([{"clause_id": "C0", **USUAL, "clause_text": "加强管理", "state": "withdrawn"}], schema_overrides=dict.fromkeys(USUAL, pl.String) | TYPES)  # fmt: skip
    assert lint_clauses(parse_clauses(frame, reference()), reference()).is_empty()
