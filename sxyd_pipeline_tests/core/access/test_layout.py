from sxyd_pipeline.core.access.layout import (
    LAYOUT,
    effective_clauses,
    overall_rows,
    unit_rows,
    withdrawn_rows,
)
from sxyd_pipeline_tests.core.access.little_lists import TEXTS, UNITS, tables


def test_a_unit_is_one_row_with_its_effective_clauses_by_dimension() -> None:
    rows = unit_rows(tables())
    assert tuple(rows.columns) == LAYOUT
    hill, park = rows.to_dicts()
    assert (park["control_unit_code"], park["province"], park["city"], park["district"]) == (
        UNITS[0],
        "江苏省",
        "镇江市",
        "京口区",
    )
    assert (park["control_class"], park["remarks"]) == ("重点管控单元", "示例数据")
    assert park["zone_types"] == "大气环境高排放重点管控区；高污染燃料禁燃区"
    assert park["emission"] == f"1. [单元] {TEXTS['C2']}"
    assert hill["emission"] is None


def test_what_is_replaced_by_a_stricter_limit_is_not_listed() -> None:
    listed = effective_clauses(tables()).filter(control_unit_code=UNITS[1])
    assert listed["clause_id"].to_list() == ["C1", "G1"]


def test_overall_list_and_withdrawn_clauses_carry_their_reasons() -> None:
    assert overall_rows(tables()).select("clause_id", "reason_zh").rows() == [("C1", "理由")]
    assert withdrawn_rows(tables())["clause_id"].to_list() == ["C9"]
