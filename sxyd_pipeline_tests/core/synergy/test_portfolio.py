"""Least-cost portfolios: solved in the head, laws for all small cities, and reasons when there is none."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.cocontrol import Scales
from sxyd_pipeline.core.synergy.measures import MeasureBook
from sxyd_pipeline.core.synergy.measures_library import Cost, Effect, Measure, Selector
from sxyd_pipeline.core.synergy.measures_sources import SPECIES_AT, tabulate_sources
from sxyd_pipeline.core.synergy.pareto import trace_front
from sxyd_pipeline.core.synergy.portfolio import Plan, chosen_rows, explain, plan_portfolio, reached
from sxyd_pipeline.core.synergy.portfolio_options import options_of
from sxyd_pipeline.core.synergy.portfolio_solver import build_programme
from sxyd_pipeline_tests.core.synergy.measures_frames import (
    TECHNOLOGIES,
    measure,
    share,
    sources_frame,
    table,
)
from sxyd_pipeline_tests.core.synergy.portfolio_frames import LIMITS, PLANT, options, targets


def plan(*, nox: float | None = None, co2: float | None = None, without: tuple[str, ...] = ()) -> Plan:
    return plan_portfolio(options(PLANT), LIMITS, targets(nox=nox, co2=co2), without)


def test_the_cheaper_measure_is_taken_as_far_as_needed() -> None:
    got = plan(nox=25.0)
    assert got.solution.cost_cny == pytest.approx(50.0)
    # 100 CNY for 50 t: one more tonne costs 2.
    assert got.solution.prices["permitted_nox_t"] == pytest.approx(2.0)
    assert chosen_rows(got, LIMITS)["uptake_share"].to_list() == pytest.approx([0.5])


def test_a_carbon_target_brings_the_switch() -> None:
    got = plan(nox=30.0, co2=80.0)
    assert got.is_feasible
    assert got.targets["is_met"].all()
    assert set(chosen_rows(got, LIMITS)["measure_id"]) == {"filter", "switch"}


def test_a_target_that_is_met_costs_nothing() -> None:
    assert plan(nox=0.0).solution.cost_cny == 0.0


def test_a_saving_is_taken_without_any_target() -> None:
    saving = options([("a", "retrofit", -10.0, 1.0, 1.0)])
    got = plan_portfolio(saving, {"retrofit": 0.4}, targets(nox=0.0))
    assert got.solution.cost_cny == pytest.approx(-4.0)


def test_a_cap_that_is_just_met_may_not_be_broken_for_another() -> None:
    # The filter alone would do for NOx, but it raises CO2; the switch has to make up for it.
    got = plan(nox=25.0, co2=0.0)
    assert got.targets["achieved"].to_list()[1] == pytest.approx(0.0, abs=1e-3)
    assert {"filter", "switch"} == set(chosen_rows(got, LIMITS)["measure_id"])
    assert plan(nox=25.0, co2=0.0, without=("switch",)).clashes == (("permitted_nox_t", "co2_cap_t"),)


def test_one_target_out_of_reach_says_what_can_be_reached() -> None:
    got = plan(nox=90.0)
    assert got.clashes == (("permitted_nox_t",),)
    row = got.targets.row(0, named=True)
    assert (row["is_met"], row["achievable"]) == (False, pytest.approx(60.0))
    assert row["shortfall"] == pytest.approx(30.0, rel=1e-5)
    zh, en = explain(got)
    assert "60" in zh
    assert "needs 90" in en


def test_targets_that_clash_are_named_as_a_pair() -> None:
    # Half the plant switched gives 100 t CO2; the filter that NOx needs on the rest takes some back.
    got = plan(nox=59.0, co2=99.0)
    assert got.clashes == (("permitted_nox_t", "co2_cap_t"),)
    assert got.targets["clashes_with"].to_list() == ["co2_cap_t", "permitted_nox_t"]
    assert "不能同时达到" in explain(got)[0]


def test_without_a_measure_nothing_of_it_is_left() -> None:
    got = plan(nox=30.0, without=("switch",))
    assert set(chosen_rows(got, LIMITS)["measure_id"]) == {"filter"}


def test_what_only_rounding_keeps_out_of_reach_is_met() -> None:
    barely = plan(nox=60.0 + 1e-5)
    assert barely.is_feasible
    assert barely.targets["is_met"].all()
    assert not plan(nox=60.01).is_feasible


def test_without_options_only_zero_can_be_met() -> None:
    empty = options(PLANT).clear()
    assert plan_portfolio(empty, {}, targets(nox=0.0)).is_feasible
    assert plan_portfolio(empty, {}, targets(nox=1.0)).clashes == (("permitted_nox_t",),)


def test_what_the_uptakes_give_is_computed_again_from_the_table() -> None:
    got = plan(nox=55.0, co2=80.0)
    keys = {"scenario_id": pl.lit("policy"), "year": pl.lit(2035)}
    again = reached(chosen_rows(got, LIMITS).with_columns(**keys), options(PLANT).with_columns(**keys))
    achieved = dict(again.select("delta_column", "achieved").iter_rows())
    for row in got.targets.iter_rows(named=True):
        assert achieved[row["delta_column"]] == pytest.approx(row["achieved"])


def test_stacked_measures_share_the_total_between_them() -> None:
    got = plan(nox=60.0)
    rows = chosen_rows(got, LIMITS)
    assert rows["annual_cost_cny"].sum() == pytest.approx(got.solution.cost_cny)
    assert rows["delta_apeq_t"].sum() == pytest.approx(60.0)


AMOUNT = st.floats(0.0, 100.0)
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), AMOUNT, AMOUNT, st.floats(-50, 100)), min_size=1, max_size=5
)


@st.composite
def cities(draw: st.DrawFn) -> tuple[pl.DataFrame, dict[str, float]]:
    rows = draw(ROWS)
    made = [(scope, f"m{i}", cost, nox, co2) for i, (scope, cost, nox, co2) in enumerate(rows)]
    return options(made), {f"m{i}": draw(st.floats(0.05, 1.0)) for i in range(len(rows))}


@settings(max_examples=40, deadline=None)
@given(city=cities(), nox=AMOUNT, co2=AMOUNT)
def test_a_portfolio_meets_every_target_it_says_it_meets(
    city: tuple[pl.DataFrame, dict[str, float]], nox: float, co2: float
) -> None:
    choices, limits = city
    got = plan_portfolio(choices, limits, targets(nox=nox, co2=co2))
    used = chosen_rows(got, limits)
    parts = used.unique(["scope_code", "segment"]).group_by("scope_code").agg(pl.col("uptake_share").sum())
    assert (parts["uptake_share"] <= 1 + 1e-6).all()
    assert (used["uptake_share"] <= used["uptake_limit_share"] + 1e-6).all()
    for row in got.targets.iter_rows(named=True):
        removed = float(choices[row["delta_column"]].to_numpy() @ got.solution.uptake)
        left, slack = row["projected"] - removed, 1e-6 * max(row["projected"], row["target"])
        assert row["is_met"] == (left <= row["target"] + slack)
    assert got.is_feasible == got.targets["is_met"].all()


@settings(max_examples=40, deadline=None)
@given(city=cities(), nox=AMOUNT, co2=AMOUNT, tighter=st.floats(0, 50))
def test_removing_a_measure_or_tightening_a_target_never_lowers_the_cost(
    city: tuple[pl.DataFrame, dict[str, float]], nox: float, co2: float, tighter: float
) -> None:
    choices, limits = city
    best = plan_portfolio(choices, limits, targets(nox=nox, co2=co2))
    if not best.is_feasible:
        return
    # A target counts as met within 1e-6 of 1,000 t; what that may save is its price times the tolerance.
    saved = sum(price * 1e-6 * 1000 for price in best.solution.prices.values())
    slack = 1e-6 * (1 + abs(best.solution.cost_cny)) + saved
    for other in (
        plan_portfolio(choices, limits, targets(nox=nox, co2=co2), ["m0"]),
        plan_portfolio(choices, limits, targets(nox=nox + tighter, co2=co2)),
    ):
        if other.is_feasible:
            assert other.solution.cost_cny >= best.solution.cost_cny - slack


def test_the_front_starts_free_and_no_point_is_beaten() -> None:
    front = trace_front(build_programme(options(PLANT), LIMITS), 5)
    assert front["annual_cost_cny"].to_list() == sorted(front["annual_cost_cny"].to_list())
    values = front.select("annual_cost_cny", -pl.col("delta_apeq_t"), -pl.col("delta_co2e_tco2e")).to_numpy()
    for row in values:
        assert not ((values <= row).all(axis=1) & (values < row - 1e-6).any(axis=1)).any()
    assert front["delta_co2e_tco2e"].max() == pytest.approx(100.0, rel=1e-5)


def book(*measures: Measure) -> MeasureBook:
    apeq, co2e = np.zeros(len(SPECIES_AT)), np.zeros(len(SPECIES_AT))
    apeq[SPECIES_AT["SO2"]], co2e[SPECIES_AT["CO2"]] = 1.0, 1.0
    scales = Scales(apeq, co2e, 0.05, "pollutant_per_carbon", "test")
    return MeasureBook(measures, scales, 0.0005, 0.09, {"discount_rate": 0.0})


def test_stacks_are_exact_and_disjoint() -> None:
    first, second = (
        measure("a", share("SO2", 0.5)),
        measure("b", share("SO2", 0.5), sequence=2, unit_cost=20.0),
    )
    got = options_of(table(SO2=100.0), book(first, second), 2035)
    found = {
        row["measures"]: (row["annual_cost_cny"], row["delta_so2_t"]) for row in got.iter_rows(named=True)
    }
    # Cost is that of the installation (50 t alone), the reduction is what the stack leaves out of 100 t.
    assert found == {"a": (500.0, 50.0), "b": (1000.0, 50.0), "a;b": (1500.0, 75.0)}


def test_measures_that_exclude_each_other_are_never_stacked() -> None:
    pair = [measure(m, share("SO2", 0.5), exclusive_group="fuel", sequence=i) for i, m in enumerate("ab")]
    assert set(options_of(table(SO2=100.0), book(*pair), 2035)["measures"]) == {"a", "b"}


def test_nothing_is_added_where_nothing_is_left() -> None:
    closed = measure("close", Effect("activity", "share", 1.0))
    after = measure("filter", share("SO2", 0.5), sequence=2)
    assert set(options_of(table(SO2=100.0), book(closed, after), 2035)["measures"]) == {"close", "filter"}


def test_measures_without_a_price_or_before_their_start_are_no_options() -> None:
    unpriced = measure("a", share("SO2", 0.5), cost=None)
    later = measure("b", share("SO2", 0.5), start_year=2031)
    assert options_of(table(SO2=100.0), book(unpriced, later), 2025).is_empty()


def test_nobody_replaces_the_coke_and_keeps_the_iron() -> None:
    rows = [("F1/BF/coke", "coke", {"CO2": 1000.0}), ("F1/BOF/steel", "crude_steel_bof", {"SO2": 5.0})]
    sources = tabulate_sources(sources_frame(rows, "3120"), TECHNOLOGIES)
    switch = measure(
        "eaf", Effect("activity", "share", 1.0), stage="structure",
        selector=Selector(activity_codes=("coke", "crude_steel_bof")),
        cost=Cost("activity:crude_steel_bof", 0.0, 7.0, 0.0, 1.0),
    )  # fmt: skip
    got = options_of(sources, book(switch), 2035)
    assert got.height == 1
    assert got.row(0, named=True)["annual_cost_cny"] == 700.0
    assert got["delta_co2_t"].item() == 1000.0
