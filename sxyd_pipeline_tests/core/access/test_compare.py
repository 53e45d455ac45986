from typing import Any

import polars as pl
import pytest

from sxyd_pipeline.core.access.compare import compare_lists
from sxyd_pipeline.core.access.likeness import likeness

SCHEMA = {
    "clause_id": pl.String, "scope_type": pl.String, "scope_code": pl.String, "dimension": pl.String,
    "clause_text": pl.String, "verb": pl.String, "metric": pl.String, "operator": pl.String, "threshold": pl.Float64,
    "unit": pl.String, "industry_codes": pl.String, "object_key": pl.String, "target_year": pl.Int32,
}  # fmt: skip


def clauses(*rows: dict[str, Any]) -> pl.DataFrame:
    usual = {"scope_type": "city", "scope_code": "321100", "dimension": "emission", "clause_text": "条款"}
    return pl.DataFrame([{**dict.fromkeys(SCHEMA), **usual, **row} for row in rows], schema=SCHEMA)


def only(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    got = compare_lists(clauses({"clause_id": "A", **before}), clauses({"clause_id": "A", **after}))
    assert got.height == 1
    return got.row(0, named=True)


def cap(value: float, unit: str, operator: str = "<=", **more: Any) -> dict[str, Any]:
    return {"metric": "permitted_nox_t", "operator": operator, "threshold": value, "unit": unit, **more}


def test_a_clause_that_did_not_change_is_kept() -> None:
    row = only(cap(5, "t"), cap(5, "t"))
    assert (row["state"], row["change"], row["previous_text"]) == ("kept", "same", None)


@pytest.mark.parametrize(("before", "after", "change"), [
    (cap(1, "万吨"), cap(9000, "吨"), "stricter"),
    (cap(9000, "吨"), cap(1, "万吨"), "looser"),
    (cap(50, "%", ">="), cap(0.6, "share", ">="), "stricter"),
    (cap(60, "%", ">="), cap(0.5, "share", ">="), "looser"),
    (cap(1, "万吨"), cap(10000, "吨"), "same"),
    (cap(1, "万吨", target_year=2030), cap(1, "万吨", target_year=2025), "stricter"),
    (cap(1, "万吨", target_year=2025), cap(1, "万吨", target_year=2030), "looser"),
    (cap(5, "t"), cap(5, "mg/m3"), "not_comparable"),
    (cap(5, "t"), cap(5, "t", ">="), "not_comparable"),
    ({"verb": "鼓励"}, cap(5, "t"), "stricter"),
    (cap(5, "t"), {"verb": "鼓励"}, "looser"),
    ({"verb": "鼓励"}, {"verb": "禁止"}, "stricter"),
    ({"verb": "禁止"}, {"verb": "限制"}, "looser"),
    ({"verb": "应当", "clause_text": "甲"}, {"verb": "应当", "clause_text": "乙"}, "same"),
    ({"verb": "应当", "object_key": "甲"}, {"verb": "应当", "object_key": "乙"}, "not_comparable"),
])  # fmt: skip
def test_a_changed_clause_says_in_which_direction(
    before: dict[str, Any], after: dict[str, Any], change: str
) -> None:
    row = only(before, after)
    assert (row["state"], row["change"]) == ("changed", change)


def test_another_id_is_matched_by_metric_within_its_scope() -> None:
    before = clauses(
        {"clause_id": "C1", **cap(10, "t")}, {"clause_id": "C2", **cap(9, "t"), "scope_code": "other"}
    )
    after = clauses({"clause_id": "G1", "clause_text": "全新写法", **cap(8, "t")})
    got = compare_lists(before, after)
    assert got.select("clause_id", "previous_clause_id", "state", "change").rows() == [
        ("G1", "C1", "changed", "stricter"), ("C2", "C2", "withdrawn", None),
    ]  # fmt: skip


def test_industries_that_do_not_overlap_are_not_matched() -> None:
    before = clauses({"clause_id": "C1", "industry_codes": "31", **cap(10, "t")})
    after = clauses({"clause_id": "G1", "industry_codes": "2511", "clause_text": "炼油", **cap(8, "t")})
    assert compare_lists(before, after)["state"].to_list() == ["new", "withdrawn"]
    nearer = clauses({"clause_id": "G1", "industry_codes": "3110", "clause_text": "炼铁", **cap(8, "t")})
    assert compare_lists(before, nearer)["state"].to_list() == ["changed"]


def test_similar_texts_of_one_scope_and_dimension_are_versions_of_one_clause() -> None:
    before = clauses({"clause_id": "C1", "clause_text": "禁止新建、扩建高污染、高耗能项目。"})
    after = clauses({"clause_id": "G1", "clause_text": "禁止新建、扩建高污染、高耗能、高排放项目。"})
    assert compare_lists(before, after)["state"].to_list() == ["changed"]
    assert compare_lists(before, after.with_columns(dimension=pl.lit("risk")))["state"].to_list() == [
        "new",
        "withdrawn",
    ]


def test_every_clause_of_both_lists_stands_once_and_withdrawals_have_reasons() -> None:
    before = clauses(*({"clause_id": f"C{n}", "clause_text": f"要求{n}{n}{n}"} for n in range(5)))
    after = clauses(
        {"clause_id": "C1", "clause_text": "要求111"}, {"clause_id": "N", "clause_text": "另外一件事情"}
    )
    told = pl.DataFrame({"clause_id": ["C2"], "reason_zh": ["上位法已覆盖"], "reason_en": ["covered by law"]})
    got = compare_lists(before, after, told)
    assert got["clause_id"].to_list() == ["C1", "N", "C0", "C2", "C3", "C4"]
    assert got["state"].to_list() == ["kept", "new", *["withdrawn"] * 4]
    reasons = dict(got.select("clause_id", "reason_zh").rows())
    assert reasons["C2"] == "上位法已覆盖"
    assert reasons["C3"].startswith("新清单中没有")


def test_likeness_counts_shared_pairs() -> None:
    # 甲乙丙 has pairs 甲乙, 乙丙; 甲乙丁 has 甲乙, 乙丁: one of two shared, 2*1/4.
    assert likeness("甲乙丙", "甲乙丁") == 0.5
    assert (likeness("甲", "甲"), likeness("甲", "乙")) == (1.0, 0.0)
