from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.projection.engine import attribute_to_levers, multiply_levers, project_sources
from sxyd_pipeline.core.projection.scenario import (
    LeverValueError,
    Scenario,
    UnknownLeverError,
    parse_scenario,
)

BASE, YEARS = 2020, range(2020, 2036)


def scenario(*levers: dict[str, Any]) -> Scenario:
    full = [{"cited_from": "test", **lever} for lever in levers]
    return parse_scenario(
        {"id": "s", "name_zh": "情景", "name_en": "s", "cited_from": "test", "levers": full}, "s.toml"
    )


def sources() -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("A/1/coal", "point", "1", "bituminous_coal", None, "4411", "321102", "A", "1", "CO2", 100.0),
            ("A/1/coal", "point", "1", "bituminous_coal", None, "4411", "321102", "A", "1", "SO2", 10.0),
            ("B/1/clinker", "point", "2", "cement_clinker", None, "3011", "321111", "B", "1", "CO2", 50.0),
            ("321102/3/car", "area", "3", "vehicle_km_car", None, None, "321102", None, None, "NOx", 20.0),
        ],
        schema=["source_id", "source_kind", "source_category", "activity_code", "technology_code", "industry_code",
                "district_code", "facility_id", "equipment_id", "species", "emission_t"],
        orient="row",
    )  # fmt: skip


def emission(got: pl.DataFrame, source: str, species: str, year: int) -> float:
    row = got.filter(pl.col("source_id") == source, pl.col("species") == species, pl.col("year") == year)
    return float(row["emission_t"][0])


def test_without_levers_every_year_is_the_base_year() -> None:
    got = project_sources(sources(), scenario(), YEARS, BASE)
    assert got.height == 4 * 16
    assert got.group_by("year").agg(pl.col("emission_t").sum())["emission_t"].to_list() == pytest.approx(
        [180.0] * 16
    )


def test_growth_compounds_by_period() -> None:
    got = project_sources(
        sources(), scenario({"lever": "activity_growth", "values": {"2025": 0.1, "2035": -0.5},
                             "applies_to": {"industry_code": ["44"]}}), YEARS, BASE)  # fmt: skip
    assert emission(got, "A/1/coal", "CO2", 2022) == pytest.approx(121.0)
    assert emission(got, "A/1/coal", "CO2", 2026) == pytest.approx(100 * 1.1**5 * 0.5)
    assert emission(got, "B/1/clinker", "CO2", 2035) == pytest.approx(50.0)


def test_removal_acts_on_its_species_only() -> None:
    got = project_sources(
        sources(),
        scenario({"lever": "removal", "species": "SO2", "values": {"2030": 0.8}, "penetration_share": 0.5}),
        YEARS,
        BASE,
    )
    assert emission(got, "A/1/coal", "SO2", 2030) == pytest.approx(10 * (1 - 0.8 * 0.5))
    assert emission(got, "A/1/coal", "SO2", 2025) == pytest.approx(10 * (1 - 0.4 * 0.5))
    assert emission(got, "A/1/coal", "CO2", 2035) == pytest.approx(100.0)


def test_a_retired_plant_stops_in_its_year_and_nothing_else_changes() -> None:
    got = project_sources(
        sources(), scenario({"lever": "retirement", "facility_id": "A", "year": 2028}), YEARS, BASE
    )
    assert emission(got, "A/1/coal", "CO2", 2027) == 100.0
    assert emission(got, "A/1/coal", "CO2", 2028) == 0.0
    others = got.filter(pl.col("source_id") != "A/1/coal", pl.col("year") == 2035)
    assert others["emission_t"].sum() == pytest.approx(70.0)


def test_levers_share_the_change_without_remainder() -> None:
    plan = scenario(
        {"lever": "activity_growth", "values": {"2035": 0.03}, "label": "增长"},
        {"lever": "energy_intensity_change", "values": {"2035": -0.02}, "label": "节能"},
        {"lever": "retirement", "facility_id": "B", "year": 2030, "label": "退役"},
    )
    got = attribute_to_levers(sources(), plan, 2035, BASE)
    base = project_sources(sources(), plan, [2020], BASE)
    end = project_sources(sources(), plan, [2035], BASE)
    for species in ("CO2", "SO2", "NOx"):
        change = sum(
            sign * frame.filter(pl.col("species") == species)["emission_t"].sum()
            for sign, frame in ((1, end), (-1, base))
        )
        effects = got.filter(pl.col("species") == species)["effect_t"].sum()
        assert effects == pytest.approx(change)


def test_an_addition_grows_as_its_lever_says_and_owes_its_tonnes_to_it() -> None:
    plan = scenario(
        {
            "lever": "fuel_switch",
            "label": "煤改气",
            "from_activity": "bituminous_coal",
            "to_activity": "natural_gas",
            "values": {"2030": 1.0},
        },
        {"lever": "activity_growth", "label": "增长", "values": {"2035": 0.1}},
    )
    coal = (
        sources()
        .filter(pl.col("source_id") == "A/1/coal", pl.col("species") == "CO2")
        .with_columns(addition=pl.lit(None, dtype=pl.String))
    )
    gas = coal.with_columns(
        source_id=pl.lit("A/1/gas"),
        activity_code=pl.lit("natural_gas"),
        emission_t=pl.lit(60.0),
        addition=pl.lit("煤改气"),
    )
    rows = pl.concat([coal, gas])
    got = project_sources(rows, plan, [2020, 2025, 2030], BASE)
    assert emission(got, "A/1/gas", "CO2", 2020) == 0.0
    assert emission(got, "A/1/coal", "CO2", 2025) == pytest.approx(50 * 1.1**5)
    assert emission(got, "A/1/gas", "CO2", 2025) == pytest.approx(30 * 1.1**5)
    assert emission(got, "A/1/coal", "CO2", 2030) == 0.0
    effects = dict(attribute_to_levers(rows, plan, 2025, BASE).select("lever", "effect_t").iter_rows())
    assert sum(effects.values()) == pytest.approx(80 * 1.1**5 - 100)
    assert effects["增长"] > 0 > effects["煤改气"]


def test_two_switches_of_one_fuel_move_it_once() -> None:
    plan = scenario(
        {
            "lever": "fuel_switch",
            "label": "煤改气",
            "from_activity": "bituminous_coal",
            "to_activity": "natural_gas",
            "values": {"2030": 0.5},
        },
        {
            "lever": "fuel_switch",
            "label": "煤改油",
            "from_activity": "bituminous_coal",
            "to_activity": "diesel",
            "values": {"2030": 0.5},
        },
    )
    coal = (
        sources()
        .filter(pl.col("source_id") == "A/1/coal", pl.col("species") == "CO2")
        .with_columns(
            pl.lit(None, dtype=pl.String).alias(name)
            for name in ("addition", "from_activity_code", "from_technology_code")
        )
    )
    moved = [
        coal.with_columns(
            source_id=pl.lit(to),
            activity_code=pl.lit(to),
            addition=pl.lit(label),
            from_activity_code=pl.lit("bituminous_coal"),
        )
        for to, label in (("natural_gas", "煤改气"), ("diesel", "煤改油"))
    ]
    got = project_sources(pl.concat([coal, *moved]), plan, [2030], BASE)
    # Energy is kept: with equal factors the three add up to what the coal alone emitted.
    assert got["emission_t"].sum() == pytest.approx(100.0)
    assert emission(got, "A/1/coal", "CO2", 2030) == pytest.approx(25.0)
    assert emission(got, "natural_gas", "CO2", 2030) == pytest.approx(50.0)
    assert emission(got, "diesel", "CO2", 2030) == pytest.approx(25.0)


def test_capture_takes_energy_that_others_pay_for() -> None:
    got = project_sources(
        sources(),
        scenario(
            {
                "lever": "capture",
                "values": {"2030": 0.9},
                "energy_penalty_share": 0.25,
                "applies_to": {"facility_id": ["A"]},
            }
        ),
        [2030],
        BASE,
    )
    assert emission(got, "A/1/coal", "CO2", 2030) == pytest.approx(100 * 0.1 * 1.225)
    assert emission(got, "A/1/coal", "SO2", 2030) == pytest.approx(10 * 1.225)
    assert emission(got, "B/1/clinker", "CO2", 2030) == pytest.approx(50.0)


def test_levers_must_be_tables() -> None:
    for levers in ({"lever": "removal"}, ["removal"]):
        with pytest.raises(LeverValueError, match="array of tables"):
            parse_scenario(
                {"id": "s", "name_zh": "情", "name_en": "s", "cited_from": "t", "levers": levers}, "s.toml"
            )


def test_a_typo_in_a_lever_lists_the_valid_names() -> None:
    with pytest.raises(UnknownLeverError, match=r"activity_growth.*retirement"):
        scenario({"lever": "activty_growth", "values": {"2025": 0.1}})


@pytest.mark.parametrize(
    ("lever", "word"),
    [
        ({"lever": "removal", "species": "SO2", "values": {"2025": 1.2}}, "between"),
        ({"lever": "removal", "species": "SO2"}, "values"),
        ({"lever": "removal", "values": {"2025": 0.2}}, "species is missing"),
        ({"lever": "activity_growth", "values": {"soon": 0.1}}, "years"),
        ({"lever": "activity_growth", "values": {"2025": "much"}}, "number"),
        ({"lever": "retirement", "facility_id": "A", "year": "2030"}, "four-digit"),
        ({"lever": "retirement", "facility_id": ["A"], "year": 2030}, "one value"),
        ({"lever": "activity_growth", "values": 0.1}, "year = number"),
        ({"lever": "activity_growth", "values": {"²": 0.1}}, "years"),
        (
            {"lever": "activity_growth", "values": {"2025": 0.1}, "applies_to": {"industry_code": []}},
            "not empty",
        ),
        (
            {"lever": "activity_growth", "values": {"2025": 0.1}, "applies_to": {"industry_code": {"a": 1}}},
            "not empty",
        ),
        ({"lever": "activity_growth", "values": {"2025": 0.1}, "applies_to": "44"}, "table"),
        ({"lever": "removal", "species": [], "values": {"2025": 0.2}}, "not empty"),
        ({"lever": "removal", "species": [["SO2"]], "values": {"2025": 0.2}}, "not empty"),
        (
            {
                "lever": "fuel_switch",
                "from_activity": ["coke"],
                "to_activity": "natural_gas",
                "values": {"2025": 1},
            },
            "one value",
        ),
    ],
)
def test_a_lever_out_of_bounds_says_what_is_wrong(lever: dict[str, Any], word: str) -> None:
    with pytest.raises(LeverValueError, match=word):
        scenario(lever)


@pytest.mark.parametrize(
    ("lever", "name"),
    [
        ({"lever": "activity_growth", "values": {"2025": 0.1}, "applies_to": {"sector": ["x"]}}, "selector"),
        (
            {"lever": "activity_growth", "values": {"2025": 0.1}, "applies_to": {"activity_code": ["cola"]}},
            "cola",
        ),
        ({"lever": "removal", "species": "SOx", "values": {"2025": 0.1}}, "SOx"),
        ({"lever": "activity_growth", "valuse": {"2025": 0.1}}, "valuse"),
    ],
)
def test_an_unknown_word_is_refused(lever: dict[str, Any], name: str) -> None:
    with pytest.raises(UnknownLeverError, match=name):
        scenario(lever)


@given(rate=st.floats(-0.3, 0.3), cut=st.floats(0.0, 0.3), year=st.integers(2020, 2035))
def test_cutting_an_activity_never_raises_emissions(rate: float, cut: float, year: int) -> None:
    with_rate = scenario({"lever": "activity_growth", "values": {"2035": rate}})
    less = scenario({"lever": "activity_growth", "values": {"2035": max(rate - cut, -1.0)}})
    more_t = multiply_levers(sources(), with_rate, [year], BASE).total
    less_t = multiply_levers(sources(), less, [year], BASE).total
    assert (less_t <= more_t * (1 + 1e-12)).all()


@given(levels=st.lists(st.floats(0, 1), min_size=2, max_size=2))
def test_the_order_of_levers_does_not_matter(levels: list[float]) -> None:
    a = {"lever": "removal", "species": "SO2", "values": {"2030": levels[0]}, "label": "a"}
    b = {"lever": "factor_change", "species": "SO2", "values": {"2030": levels[1]}, "label": "b"}
    one = multiply_levers(sources(), scenario(a, b), YEARS, BASE).total
    other = multiply_levers(sources(), scenario(b, a), YEARS, BASE).total
    assert one == pytest.approx(other)
