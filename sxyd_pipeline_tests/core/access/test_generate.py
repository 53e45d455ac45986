"""Clauses drawn up from rules and evidence: stable ids, proof, and what becomes of today's list."""

import json

import polars as pl
import pytest

from sxyd_pipeline.core.access.evidence import read_book, write_book
from sxyd_pipeline.core.access.evidence_book import open_book
from sxyd_pipeline.core.access.generate import draw_up_clauses
from sxyd_pipeline.core.access.inherit import list_control_units
from sxyd_pipeline.core.access.metrics import metrics_of
from sxyd_pipeline.core.access.resolve import prove_clauses
from sxyd_pipeline.core.access.rules import ClauseRuleError, fill_in, readable, rules_of
from sxyd_pipeline.vocabulary.elements import DIMENSIONS
from sxyd_pipeline_tests.core.access.little_access import (
    CITY,
    CONFIG,
    PARK,
    TOWN,
    drawn,
    facts,
    ground,
    in_force,
    rule_evidence,
    waivers,
)
from sxyd_pipeline_tests.core.access.reading import reference

RULES = reference().clause_rules
METRICS = metrics_of(reference().clause_metrics)


def of_rule(table: pl.DataFrame, rule_id: str, scope_code: str = PARK) -> dict[str, object]:
    return table.filter(pl.col("rule_id") == rule_id, pl.col("scope_code") == scope_code).row(0, named=True)


def list_of(table: pl.DataFrame, unit: str) -> bytes:
    """The list of one unit as the bytes that are printed."""
    bridge = ground(facts()).bridge
    rows = list_control_units(table, bridge, METRICS, waivers()).filter(pl.col("control_unit_code") == unit)
    return rows.write_csv().encode("utf-8")


def test_every_shipped_rule_can_be_compiled() -> None:
    rules = rules_of(RULES)
    assert len(rules) == RULES.height > 80
    assert {rule.for_each for rule in rules} == {
        "city",
        "zone_type",
        "control_unit",
        "industry",
        "limit",
        "measure",
    }


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("when", "no.such.evidence > 1"), ("evidence", None), ("threshold_source", None), ("dimension", "air"),
        ("for_each", "district"), ("text_zh", "超出{gap.permitted_nox_t.soon}吨"), ("operator", None),
    ],
)  # fmt: skip
def test_a_rule_that_cannot_be_used_is_named(column: str, value: str | None) -> None:
    broken = RULES.filter(pl.col("rule_id") == "U-cap-nox").with_columns(
        pl.lit(value, dtype=pl.String).alias(column)
    )
    with pytest.raises(ClauseRuleError, match="U-cap-nox"):
        rules_of(broken)


def test_blanks_are_filled_with_words_and_numbers_as_people_write_them() -> None:
    text = fill_in(
        "{unit}：{co2|tonnes}，{small|tonnes}，{x.y|pct}，{n}",
        {"co2": 391000.0, "small": 3920.0, "x.y": 0.18, "n": 0.4844999},
        {"unit": "园区"},
    )
    assert text == "园区：39.1万吨，3920吨，18%，0.4845"
    assert [readable(value) for value in (0.0, 12345.678, -65.87, 1e-9, 87.6)] == [
        "0",
        "12346",
        "-65.87",
        "0.000000001",
        "87.6",
    ]


def test_a_cap_says_target_load_and_gap_and_proves_each_with_its_row() -> None:
    known = facts()
    table = drawn(known)
    cap = of_rule(table, "U-cap-nox")
    assert cap["clause_text"] == "西区示例园区重点管控单元：到2025年，氮氧化物排放总量控制在130吨/年以内。"
    assert (cap["metric"], cap["operator"], cap["threshold"], cap["unit"], cap["target_year"]) == (
        "permitted_nox_t",
        "<=",
        130.0,
        "t",
        2025,
    )
    assert "试验目标" in str(cap["threshold_source"])
    proof = prove_clauses(table, rule_evidence(known), ground(known).names, reference(), CONFIG)
    rows = (
        proof.filter(pl.col("clause_id") == cap["clause_id"])
        .select("table_name", "column_name", "value")
        .rows()
    )
    assert rows == [
        ("projection.permitted", "target", 130.0),
        ("baseline.control_unit_emissions", "emission_t", 105.0),
        ("projection.target_gaps", "gap", -25.0),
    ]
    key = json.loads(proof.filter(pl.col("clause_id") == cap["clause_id"])["row_key"][0])
    assert key == {
        "scope_type": "control_unit",
        "scope_code": PARK,
        "indicator": "permitted_nox_t",
        "year": 2025,
    }
    assert proof["goes_away_when_zh"].null_count() == 0


def test_coal_benchmark_and_intensity_follow_from_the_plants_of_the_unit() -> None:
    table = drawn()
    coal = of_rule(table, "U-coal")
    assert (coal["threshold"], coal["is_carbon"]) == (19000.0, True)
    assert "2万吨" in str(coal["clause_text"])
    benchmark = of_rule(table, "P-benchmark")
    assert (benchmark["object_key"], benchmark["threshold"], benchmark["unit"]) == (
        "crude_steel_eaf",
        72.0,
        "kgce/t",
    )
    assert "recalled" in str(benchmark["threshold_source"])
    intensity = of_rule(table, "I-intensity")
    # 20000 t per 10^8 CNY are 2 t per 10^4 CNY; less 18 % that is 1.64.
    assert (intensity["threshold"], intensity["industry_codes"]) == (1.64, "3120")


def test_every_key_unit_has_a_clause_of_its_own_or_of_its_zones_in_each_dimension() -> None:
    table = drawn()
    units = list_control_units(table, ground(facts()).bridge, METRICS, waivers())
    local = units.filter("is_effective", pl.col("level").is_in(["zone_type", "control_unit"]))
    for unit in (PARK, TOWN):
        assert set(local.filter(pl.col("control_unit_code") == unit)["dimension"]) == set(DIMENSIONS)


def test_every_generated_clause_has_evidence_and_every_threshold_a_source() -> None:
    known = facts()
    table = drawn(known)
    proof = prove_clauses(table, rule_evidence(known), ground(known).names, reference(), CONFIG)
    generated = table.filter(pl.col("origin") == "generated")
    assert set(generated["clause_id"]) == set(proof["clause_id"])
    assert table.filter(pl.col("threshold").is_not_null(), pl.col("threshold_source").is_null()).is_empty()


def test_the_book_of_evidence_reads_as_it_was_written() -> None:
    book = open_book(facts(), reference(), CONFIG)
    assert read_book(write_book(book, CITY)).entries == book.entries


def test_a_unit_whose_evidence_did_not_change_keeps_its_list_byte_for_byte() -> None:
    before, after = drawn(facts()), drawn(facts(co2={"F1": 25000.0}))
    assert list_of(before, TOWN) == list_of(after, TOWN)
    assert of_rule(before, "U-cap-co2")["reason_zh"] != of_rule(after, "U-cap-co2")["reason_zh"]


def test_the_same_evidence_gives_the_same_bytes_whatever_the_order_of_the_rows() -> None:
    known = facts()
    turned = facts()
    for name in (
        "facilities",
        "facility_activity",
        "source_emissions",
        "placements",
        "permitted",
        "target_gaps",
    ):
        object.__setattr__(turned, name, getattr(turned, name).reverse())
    assert drawn(known).write_csv() == drawn(turned).write_csv()


def test_ids_stay_when_texts_and_numbers_change() -> None:
    reworded = RULES.with_columns(pl.col("text_zh").str.replace("控制在", "须控制在"))
    other = reference()
    changed = type(other)(
        **{name: getattr(other, name) for name in other.__dataclass_fields__ if name != "clause_rules"},
        clause_rules=reworded,
    )
    book, names = open_book(facts(co2={"F1": 99.0}), other, CONFIG), ground(facts()).names
    again = draw_up_clauses(book, names, changed, CONFIG).clauses
    first = draw_up_clauses(open_book(facts(), other, CONFIG), names, other, CONFIG).clauses
    assert again["clause_id"].to_list() == first["clause_id"].to_list()
    assert again["clause_text"].to_list() != first["clause_text"].to_list()


NOX = {
    "clause_id": "C1",
    "level": "control_unit",
    "scope_type": "control_unit",
    "scope_code": PARK,
    "metric": "permitted_nox_t",
    "operator": "<=",
    "unit": "t",
}


def test_a_clause_in_force_keeps_its_id_when_a_rule_asks_more() -> None:
    table = drawn(
        today=in_force({**NOX, "clause_text": "园区氮氧化物排放总量不超过150吨/年。", "threshold": 150.0})
    )
    row = table.filter(pl.col("clause_id") == "C1").row(0, named=True)
    assert (row["state"], row["change"], row["threshold"], row["rule_id"]) == (
        "changed",
        "stricter",
        130.0,
        "U-cap-nox",
    )
    assert row["previous_text"] == "园区氮氧化物排放总量不超过150吨/年。"
    assert table.filter(pl.col("rule_id") == "U-cap-nox", pl.col("scope_code") == PARK).height == 1


@pytest.mark.parametrize("threshold", [100.0, 130.0])
def test_a_rule_that_asks_no_more_leaves_the_clause_in_force_alone(threshold: float) -> None:
    text = f"园区氮氧化物排放总量不超过{threshold:g}吨/年。"
    table = drawn(today=in_force({**NOX, "clause_text": text, "threshold": threshold}))
    row = table.filter(pl.col("clause_id") == "C1").row(0, named=True)
    assert (row["state"], row["origin"], row["clause_text"], row["threshold"]) == (
        "kept",
        "in_force",
        text,
        threshold,
    )
    assert table.filter(pl.col("rule_id") == "U-cap-nox", pl.col("scope_code") == PARK).is_empty()


def test_a_clause_that_repeats_another_of_its_scope_is_withdrawn() -> None:
    twice = in_force(
        {"clause_id": "C1", "clause_text": "建立应急清单并按年更新。"},
        {"clause_id": "C2", "clause_text": "建立应急清单，并按年更新。"},
    )
    states = dict(
        drawn(today=twice).filter(pl.col("origin") == "in_force").select("clause_id", "state").iter_rows()
    )
    assert states == {"C1": "kept", "C2": "withdrawn"}


def test_of_two_clauses_that_say_the_same_the_first_by_id_stays_in_any_order_of_rows() -> None:
    today = in_force(
        {"clause_id": "C1", "clause_text": "建立重污染天气应急减排清单。"},
        {"clause_id": "C2", "clause_text": "建立重污染天气应急减排清单"},
    )
    one, other = drawn(today=today), drawn(today=today.reverse())
    assert one.equals(other)
    states = dict(
        one.filter(pl.col("clause_id").is_in(["C1", "C2"])).select("clause_id", "state").iter_rows()
    )
    assert states == {"C1": "kept", "C2": "withdrawn"}


def test_no_rule_relaxes_what_stands_above_it() -> None:
    strict = in_force(
        {
            "clause_id": "C1",
            "clause_text": "新建项目主要污染物实行三倍削减量替代。",
            "metric": "replacement_ratio",
            "operator": ">=",
            "threshold": 3.0,
            "unit": "1",
        }
    )
    table = drawn(today=strict)
    ratios = table.filter(pl.col("metric") == "replacement_ratio")
    assert ratios["clause_id"].to_list() == ["C1"]
    assert list_control_units(table, ground(facts()).bridge, METRICS, waivers()).height > 0
