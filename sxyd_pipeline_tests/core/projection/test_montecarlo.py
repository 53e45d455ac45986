import numpy as np
import polars as pl
import pytest
from scipy import sparse

from sxyd_pipeline.core.projection.engine import project_sources
from sxyd_pipeline.core.projection.montecarlo import (
    draw_inputs,
    draw_places,
    draw_totals,
    prepare_spread,
    share_variance,
    sign_rows,
    split_ranges,
)
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline_tests.core.projection.test_engine import BASE, scenario, sources

YEARS = [2020, 2025, 2035]


def uncertain(factor: float = 0.2, activity: float = 0.1) -> pl.DataFrame:
    return sources().with_columns(
        factor_id=pl.col("activity_code") + pl.lit(".") + pl.col("species"),
        factor_sigma=pl.lit(factor),
        activity_sigma=pl.lit(activity),
    )


def growth(range_share: float = 0.0) -> Scenario:
    return scenario(
        {"lever": "activity_growth", "label": "增长", "values": {"2035": 0.02}, "range_share": range_share}
    )


def test_zero_ranges_give_the_point_estimate() -> None:
    rows = uncertain(0.0, 0.0)
    draws = draw_inputs(rows, growth().levers, 50, seed=1)
    got = draw_totals(rows, growth(), draws, YEARS, BASE)
    point = (
        project_sources(rows, growth(), YEARS, BASE)
        .group_by("species", "year")
        .agg(pl.col("emission_t").sum())
    )
    for species, year, emission in point.select("species", "year", "emission_t").iter_rows():
        assert got[species][:, YEARS.index(year)] == pytest.approx(np.full(50, emission))


def test_the_same_seed_gives_the_same_draws() -> None:
    rows = uncertain()
    first, second = (
        draw_totals(rows, growth(0.3), draw_inputs(rows, growth(0.3).levers, 100, seed=7), YEARS, BASE)
        for _ in range(2)
    )
    assert all((first[species] == second[species]).all() for species in first)


def test_the_spread_of_one_source_is_the_lognormal_it_was_given() -> None:
    rows = uncertain(0.3, 0.4).filter(pl.col("species") == "NOx")
    draws = draw_inputs(rows, (), 40_000, seed=3)
    got = draw_totals(rows, scenario(), draws, [BASE], BASE)["NOx"][:, 0]
    assert np.log(got).std() == pytest.approx(0.5, rel=0.02)
    assert np.median(got) == pytest.approx(20.0, rel=0.02)


def test_places_share_what_the_city_has() -> None:
    rows = uncertain(0.0, 0.0)
    draws = draw_inputs(rows, growth().levers, 20, seed=1)
    shares = sparse.csr_array(np.array([[1.0, 0.0], [1.0, 0.0], [0.25, 0.75], [0.5, 0.5]]).T)
    places = draw_places(rows, growth(), draws, YEARS, BASE, shares)
    totals = draw_totals(rows, growth(), draws, YEARS, BASE)
    for species, quantiles in places.items():
        assert quantiles[1].sum(axis=0) == pytest.approx(totals[species][0])
        assert (quantiles[0] <= quantiles[2] + 1e-12).all()


def test_rows_that_feel_the_same_levers_share_a_signature() -> None:
    plan = scenario(
        {"lever": "activity_growth", "values": {"2035": 0.01}, "applies_to": {"facility_id": ["A"]}},
        {"lever": "removal", "species": "SO2", "values": {"2030": 0.5}},
    )
    got = sign_rows(sources(), plan)
    assert len(set(got.of_row)) == 3  # A's CO2; A's SO2; the two others


def test_a_single_uncertain_input_explains_all_variance() -> None:
    rows = uncertain(0.0, 0.0)
    plan = growth(0.5)
    draws = draw_inputs(rows, plan.levers, 2000, seed=5)
    got = share_variance(rows, draws, prepare_spread(rows, plan, draws, YEARS, BASE), "CO2", 2035)
    assert got.rows() == [("lever:增长", "lever", pytest.approx(1.0, abs=1e-6))]


def test_first_order_shares_of_independent_inputs_add_up_to_nearly_one() -> None:
    rows = uncertain(0.1, 0.05)
    plan = growth(0.2)
    draws = draw_inputs(rows, plan.levers, 20_000, seed=11)
    got = share_variance(rows, draws, prepare_spread(rows, plan, draws, YEARS, BASE), "CO2", 2035)
    assert got["first_order_share"].sum() == pytest.approx(1.0, abs=0.05)
    assert got["input_group"][0] == "factor:bituminous_coal.CO2"


def test_an_interval_splits_into_factor_and_activity() -> None:
    rows = pl.DataFrame(
        {
            "emission_t": [100.0, 0.0],
            "low_t": [50.0, 0.0],
            "high_t": [200.0, 0.0],
            "source_kind": ["point", "area"],
        }
    )
    got = split_ranges(rows, {"point": 0.1, "area": 0.2})
    total = np.log(4) / (2 * 1.959964)
    assert got["activity_sigma"].to_list() == [0.1, 0.0]
    assert got["factor_sigma"][0] == pytest.approx(np.sqrt(total**2 - 0.01))
    assert got["factor_sigma"][1] == 0.0
