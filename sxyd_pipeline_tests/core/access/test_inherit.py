"""Effective lists: the strictest limit wins, what it replaces stays visible, relaxations need a waiver."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.synergy import CONFLICTS
from sxyd_pipeline.core.access.inherit import bridge_of, list_control_units, list_overall
from sxyd_pipeline.core.access.inherit_parents import parents_of
from sxyd_pipeline.core.access.metrics import metrics_of
from sxyd_pipeline.core.access.resolve_conflicts import list_conflicts
from sxyd_pipeline.core.access.waivers import RelaxationBlockedError, UnknownWaiverError
from sxyd_pipeline_tests.core.access.little_access import PARK, TOWN, clause, clauses, facts, waivers
from sxyd_pipeline_tests.core.access.reading import reference

METRICS = metrics_of(reference().clause_metrics)
KNOWN = facts()
BRIDGE = bridge_of(KNOWN.control_units, KNOWN.control_unit_zones, KNOWN.zones)
ZONE = {"level": "zone_type", "scope_type": "zone_type"}
UNIT = {"level": "control_unit", "scope_type": "control_unit", "scope_code": PARK}


def listed(table: pl.DataFrame, waived: pl.DataFrame | None = None) -> pl.DataFrame:
    return list_control_units(table, BRIDGE, METRICS, waivers() if waived is None else waived)


def effective(table: pl.DataFrame, unit: str = PARK) -> dict[str, str | None]:
    """Clause -> what replaces it, in one unit."""
    rows = table.filter(pl.col("control_unit_code") == unit)
    return dict(rows.select("clause_id", "replaced_by").iter_rows())


def test_a_clause_of_a_zone_type_reaches_only_units_that_hold_such_a_zone() -> None:
    table = listed(clauses(clause("Z", **ZONE, scope_code="254"), clause("C", metric=None, threshold=None)))
    assert effective(table) == {"C": None, "Z": None}
    assert effective(table, TOWN) == {"C": None}
    via = table.filter(pl.col("clause_id") == "Z")
    assert via["via_zones"].to_list() == ["YS3211022540001"]
    assert via["inherited_from"].to_list() == ["254"]


def test_the_strictest_limit_wins_and_the_loser_says_by_what_it_is_replaced() -> None:
    table = listed(
        clauses(
            clause("C"),
            clause("Z", **ZONE, scope_code="231", threshold=2.5),
            clause("U", **UNIT, threshold=3.0),
        )
    )
    assert effective(table) == {"C": "U", "Z": "U", "U": None}
    assert effective(table, TOWN) == {"C": None}
    assert table.filter(~pl.col("is_effective"))["replaced_by"].to_list() == ["U", "U"]


def test_units_of_measure_are_brought_together_before_limits_are_compared() -> None:
    cap = {"metric": "stack_nox_mg_per_m3", "operator": "<="}
    table = listed(
        clauses(
            clause("C", **cap, threshold=0.05, unit="g/m3"),
            clause("U", **UNIT, **cap, threshold=35.0, unit="mg/m3"),
        )
    )
    assert effective(table) == {"C": "U", "U": None}


def test_a_relaxation_is_blocked_and_both_clauses_are_named() -> None:
    with pytest.raises(RelaxationBlockedError) as told:
        listed(clauses(clause("C"), clause("U", **UNIT, threshold=1.5)))
    assert told.value.pairs == [("U", "C")]
    assert all(word in told.value.zh for word in ("U", "C", "1.5", "2"))
    assert "waivers" in told.value.remedy_zh


@pytest.mark.parametrize(
    ("parent", "child"),
    [
        (
            {"metric": "pm25_ug_per_m3", "operator": "<=", "threshold": 35.0, "unit": "ug/m3"},
            {"threshold": 40.0},
        ),
        (
            {"metric": "nox_reduction_share", "operator": ">=", "threshold": 0.1, "unit": "share"},
            {"threshold": 5.0, "unit": "%"},
        ),
        (
            {"metric": "co2_cap_t", "operator": "<=", "threshold": 60.0, "unit": "万t"},
            {"threshold": 700000.0, "unit": "t"},
        ),
    ],
)
def test_concentrations_shares_and_caps_above_the_whole_are_relaxations(parent: dict, child: dict) -> None:
    with pytest.raises(RelaxationBlockedError):
        listed(clauses(clause("C", **parent), clause("U", **{**parent, **UNIT, **child})))


def test_a_clause_without_a_year_must_keep_a_parent_of_any_year_and_one_of_another_year_need_not() -> None:
    share = {"metric": "nox_reduction_share", "operator": ">=", "unit": "share"}
    parent = clause("C", **share, threshold=0.1, target_year=2025)
    with pytest.raises(RelaxationBlockedError):
        listed(clauses(parent, clause("U", **UNIT, **share, threshold=0.05)))
    later = clauses(parent, clause("U", **UNIT, **share, threshold=0.05, target_year=2035))
    assert effective(listed(later)) == {"C": None, "U": None}


def test_the_cap_of_a_unit_does_not_replace_the_cap_of_the_city() -> None:
    cap = {"metric": "permitted_nox_t", "operator": "<=", "unit": "t"}
    table = listed(
        clauses(clause("C", **cap, threshold=27500.0), clause("U", **UNIT, **cap, threshold=350.0))
    )
    assert effective(table) == {"C": None, "U": None}


def test_limits_of_other_years_objects_and_industries_stand_side_by_side() -> None:
    cap = {"metric": "permitted_nox_t", "operator": "<=", "unit": "t"}
    table = listed(
        clauses(
            clause("U1", **UNIT, **cap, threshold=350.0, target_year=2025),
            clause("U2", **UNIT, **cap, threshold=233.0, target_year=2035),
            clause("D1", metric="distance_to_river_km", threshold=1.0, unit="km", industry_codes="2611"),
            clause("D2", metric="distance_to_river_km", threshold=3.0, unit="km", object_key="尾矿库"),
            clause(
                "S1",
                metric="stack_pm_mg_per_m3",
                operator="<=",
                threshold=10.0,
                unit="mg/m3",
                industry_codes="3011",
            ),
            clause(
                "S2",
                **UNIT,
                metric="stack_pm_mg_per_m3",
                operator="<=",
                threshold=30.0,
                unit="mg/m3",
                industry_codes="2211",
            ),
        )
    )
    assert set(effective(table).values()) == {None}


def test_a_waiver_lets_a_relaxation_pass_and_is_printed() -> None:
    table = clauses(clause("C"), clause("U", **UNIT, threshold=1.5))
    passed = listed(table, waivers(("U", "C")))
    assert effective(passed) == {"C": "U", "U": None}
    printed = passed.filter(pl.col("waiver").is_not_null())
    assert printed.select("clause_id", "waiver").rows() == [("U", "张三 于 2024-05-01 豁免：历史遗留问题")]
    conflicts = list_conflicts(table, BRIDGE, waivers(("U", "C")), CONFLICTS.empty(), reference())
    row = conflicts.row(0, named=True)
    assert (row["kind"], row["resolution"], row["control_unit_code"]) == ("relaxation", "waived", PARK)
    assert (row["author"], row["waiver_reason"], row["waived_on"]) == ("张三", "历史遗留问题", "2024-05-01")
    assert "张三" in row["statement_zh"]


RULE = {**ZONE, "scope_code": "231", "origin": "generated", "state": "new"}


def test_a_rule_that_tightens_replaces_what_is_in_force_and_stops_nobody() -> None:
    table = listed(clauses(clause("G", **RULE, threshold=2.0), clause("U", **UNIT, threshold=1.5)))
    assert effective(table) == {"G": None, "U": "G"}


def test_a_waived_clause_stands_against_rules_too() -> None:
    table = clauses(clause("C"), clause("G", **RULE, threshold=2.0), clause("U", **UNIT, threshold=1.5))
    assert effective(listed(table, waivers(("U", "C")))) == {"C": "U", "G": "U", "U": None}


def test_a_waiver_of_another_pair_waives_nothing() -> None:
    table = clauses(
        clause("C"),
        clause("D", metric="pm25_ug_per_m3", operator="<=", unit="ug/m3"),
        clause("U", **UNIT, threshold=1.5),
    )
    with pytest.raises(RelaxationBlockedError):
        listed(table, waivers(("U", "D")))


def test_a_waiver_of_clauses_that_are_not_there_is_refused() -> None:
    with pytest.raises(UnknownWaiverError, match="X9"):
        listed(clauses(clause("C")), waivers(("X9", "C")))


def test_a_withdrawn_clause_holds_nowhere() -> None:
    assert listed(clauses(clause("C"), clause("W", state="withdrawn", threshold=9.0)))[
        "clause_id"
    ].unique().to_list() == ["C"]


def test_positions_count_within_each_dimension() -> None:
    table = listed(
        clauses(
            clause("A"),
            clause("B", metric=None, threshold=None),
            clause("R", dimension="risk", metric=None, threshold=None),
        )
    )
    rows = table.filter(pl.col("control_unit_code") == PARK).select("dimension", "position").rows()
    assert rows == [("emission", 1), ("emission", 2), ("risk", 1)]


def test_parents_hold_where_the_code_of_the_city_begins_with_theirs() -> None:
    assert {"P-JS-01", "P-YZ-01", "P-KR-03"} <= set(parents_of(reference(), "321100")["clause_id"])
    assert set(parents_of(reference(), "370100")["clause_id"]) == set()
    assert not set(parents_of(reference(), "510100")["clause_id"]) & {"P-JS-01", "P-KR-03"}


def test_the_overall_list_names_scopes_in_words() -> None:
    table = clauses(
        *parents_of(reference(), "321100").filter(pl.col("clause_id") == "P-JS-01").to_dicts(),
        clause("C"),
        clause("Z", **ZONE, scope_code="254"),
        clause("U", **UNIT),
    )
    names = dict(list_overall(table, KNOWN.zones, "试验市").select("clause_id", "scope_name").iter_rows())
    assert names == {"P-JS-01": "江苏省", "C": "试验市", "Z": "高污染燃料禁燃区"}


@settings(max_examples=40)
@given(thresholds=st.lists(st.integers(min_value=1, max_value=9), min_size=3, max_size=3))
def test_in_every_unit_the_effective_limit_is_the_strictest_or_the_city_is_stopped(
    thresholds: list[int],
) -> None:
    city, zone, unit = (float(value) for value in thresholds)
    table = clauses(
        clause("C", threshold=city),
        clause("Z", **ZONE, scope_code="231", threshold=zone),
        clause("U", **UNIT, threshold=unit),
    )
    if city <= zone <= unit:
        kept = [one for one, by in effective(listed(table)).items() if by is None]
        assert kept == ["U"]
    else:
        with pytest.raises(RelaxationBlockedError):
            listed(table)
