import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.analysis import DECOMPOSITION, DECOUPLING
from sxyd_pipeline.core.baseline.drivers import (
    city_panels,
    describe_decoupling,
    explain_changes,
    pollutant_records,
)
from sxyd_pipeline.core.baseline.identities import IdentityPanel, energy_co2_panel, pollutant_panel
from sxyd_pipeline.core.baseline.sectors import group_of_sector
from sxyd_pipeline_tests.core.baseline.little_city import CITY, economy

#: 100 t CO2 per TJ for coal, 50 for gas: carbon * 1 * 44/12 * 1000.
FUELS = pl.DataFrame(
    {
        "fuel_code": ["bituminous_coal", "natural_gas"],
        "carbon_tc_per_gj": [0.3 / 11, 0.15 / 11],
        "oxidation_share": [1.0, 1.0],
        "fossil_carbon_share": [1.0, 1.0],
    }
)


def energy(*rows: tuple[int, str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        list(rows), schema=["year", "sector_code", "fuel_code", "energy_tj"], orient="row"
    ).with_columns(pl.col("energy_tj").cast(pl.Float64))


TWO_YEARS = energy(
    (2015, "industry", "bituminous_coal", 10), (2020, "industry", "bituminous_coal", 10),
    (2015, "industry", "electricity", 7), (2020, "industry", "electricity", 9),
)  # fmt: skip


def gdp(
    *values: tuple[int, float], base: str | None = "2020"
) -> list[tuple[str, str, int, str, float, str | None]]:
    return [("city", "321100", year, "gdp", value, base) for year, value in values]


def people(*values: tuple[int, float]) -> list[tuple[str, str, int, str, float, str | None]]:
    return [("city", "321100", year, "population", value, None) for year, value in values]


def effects(panel: IdentityPanel, path: str = "end_point") -> dict[str, float]:
    table = explain_changes([panel], CITY).filter(pl.col("path") == path)
    return dict(table.select("factor", "effect_t").iter_rows())


def test_the_tables_are_the_ones_the_contract_promises() -> None:
    figures = economy(*gdp((2015, 100e8), (2018, 150e8), (2020, 200e8)))
    three = pl.concat([TWO_YEARS, energy((2018, "industry", "bituminous_coal", 12))])
    panel = energy_co2_panel(three, figures, FUELS)
    changes, states = (
        explain_changes([panel], CITY),
        describe_decoupling({"co2": panel.totals()}, figures, CITY),
    )
    assert dict(changes.schema) == DECOMPOSITION.schema
    assert dict(states.schema) == DECOUPLING.schema
    assert not changes.select(DECOMPOSITION.key).is_duplicated().any()
    assert not states.select(DECOUPLING.key).is_duplicated().any()
    assert explain_changes([], CITY).schema == changes.schema
    assert describe_decoupling({}, figures, CITY).schema == states.schema


def test_a_city_that_doubles_its_gdp_on_the_same_coal_halves_its_intensity() -> None:
    panel = energy_co2_panel(TWO_YEARS, economy(*gdp((2015, 100e8), (2020, 200e8))), FUELS)
    assert panel.totals()["value_t"].to_list() == pytest.approx([1000.0, 1000.0])
    # ln 2 = 0.693147, L(1000, 1000) = 1000.
    assert effects(panel) == pytest.approx(
        {"gdp": 693.1472, "energy_intensity": -693.1472, "fuel_share": 0.0, "co2_factor": 0.0}, abs=1e-3
    )
    assert panel.price_base == "2020"


def test_population_splits_gdp_into_heads_and_gdp_per_head() -> None:
    figures = economy(*gdp((2015, 100e8), (2020, 200e8)), *people((2015, 1e6), (2020, 2e6)))
    got = effects(energy_co2_panel(TWO_YEARS, figures, FUELS))
    assert got["population"] == pytest.approx(693.1472, abs=1e-3)
    assert got["gdp_per_head"] == pytest.approx(0.0, abs=1e-9)


def test_electricity_is_left_to_the_plants_that_make_it() -> None:
    panel = energy_co2_panel(TWO_YEARS, economy(), FUELS)
    assert set(panel.panel["fuel_code"]) == {"bituminous_coal"}
    assert panel.method_id == "lmdi_energy"
    assert panel.price_base is None


def test_a_fuel_that_appears_is_a_change_of_the_mix_and_of_nothing_else() -> None:
    switch = energy((2015, "industry", "bituminous_coal", 10), (2020, "industry", "natural_gas", 10))
    got = effects(energy_co2_panel(switch, economy(*gdp((2015, 1e8), (2020, 1e8))), FUELS))
    # Coal's 1000 t vanish and gas brings 500 t, both through their share.
    assert got == pytest.approx(
        {"gdp": 0.0, "energy_intensity": 0.0, "fuel_share": -500.0, "co2_factor": 0.0}
    )


def sectors_economy(base: str) -> list[tuple[str, str, int, str, float, str | None]]:
    rows = {2015: (10e8, 50e8, 40e8), 2020: (10e8, 60e8, 130e8)}
    names = ("value_added_primary", "value_added_secondary", "value_added_tertiary")
    return [
        ("city", "321100", year, name, value, base)
        for year, values in rows.items() for name, value in zip(names, values, strict=True)
    ]  # fmt: skip


BALANCE = energy(
    (2015, "industry", "bituminous_coal", 10), (2020, "industry", "bituminous_coal", 10),
    (2015, "transport", "natural_gas", 2), (2020, "transport", "natural_gas", 5),
    (2015, "household", "natural_gas", 1), (2020, "household", "natural_gas", 1),
)  # fmt: skip


def test_structure_and_households_stand_in_the_panel_when_value_added_allows() -> None:
    figures = economy(
        *gdp((2015, 100e8), (2020, 200e8)), *people((2015, 1e6), (2020, 1e6)), *sectors_economy("2020")
    )
    panel = energy_co2_panel(BALANCE, figures, FUELS)
    assert panel.factors == (
        "population", "gdp_per_head", "sector_share", "energy_intensity", "household_energy_per_head",
        "fuel_share", "co2_factor",
    )  # fmt: skip
    got = effects(panel)
    assert sum(got.values()) == pytest.approx(150.0)
    # Industry falls from 0.5 to 0.3 of GDP, transport's sector rises: 1000 ln 0.6 + L(250, 100) ln 1.625.
    assert got["sector_share"] == pytest.approx(-510.826 + 163.704 * 0.485508, abs=1e-2)
    assert got["household_energy_per_head"] == pytest.approx(0.0, abs=1e-9)


def test_shares_at_current_prices_are_said_to_be_so() -> None:
    figures = economy(
        *gdp((2015, 90e8), (2020, 200e8)), *gdp((2015, 100e8), (2020, 200e8), base="current"),
        *people((2015, 1e6), (2020, 1e6)), *sectors_economy("current"),
    )  # fmt: skip
    panel = energy_co2_panel(BALANCE, figures, FUELS)
    assert panel.method_id == "lmdi_kaya_sectors"
    assert panel.price_base == "2020；产业结构按当年价"


def test_a_sector_nobody_knows_leaves_structure_out() -> None:
    odd = BALANCE.with_columns(sector_code=pl.col("sector_code").replace({"transport": "mystery"}))
    figures = economy(
        *gdp((2015, 100e8), (2020, 200e8)), *people((2015, 1e6), (2020, 1e6)), *sectors_economy("2020")
    )
    assert energy_co2_panel(odd, figures, FUELS).method_id == "lmdi_kaya"
    told = energy_co2_panel(
        odd, figures, FUELS,
        sector_groups={"industry": "secondary", "mystery": "tertiary", "household": "households"},
    )  # fmt: skip
    assert told.method_id == "lmdi_kaya_sectors"


def test_constant_prices_go_before_current_ones() -> None:
    both = economy(
        *gdp((2015, 1e8), (2020, 2e8), base="current"), *gdp((2015, 1e8), (2020, 1.5e8), base="2015")
    )
    assert energy_co2_panel(TWO_YEARS, both, FUELS).price_base == "2015"


def test_sector_words_letters_and_divisions_are_understood() -> None:
    words = ("农业", "C", "C30", "44", "48", "54", "居民生活", "power_heat", "nonsense")
    assert [group_of_sector(word) for word in words] == [
        "primary", "secondary", "secondary", "secondary", "secondary", "tertiary", "households", "secondary", None,
    ]  # fmt: skip


def test_a_filter_shows_as_removal_and_not_as_cleaner_production() -> None:
    records = pl.DataFrame(
        {
            "year": [2015, 2020],
            "kiln": ["k", "k"],
            "activity": [10.0, 10.0],
            "generated_t": [100.0, 100.0],
            "emitted_t": [100.0, 20.0],
        }
    )
    got = effects(pollutant_panel(records, economy(*gdp((2015, 1e8), (2020, 1e8))), "SO2", parts=["kiln"]))
    assert got == pytest.approx(
        {"gdp": 0.0, "activity_intensity": 0.0, "generation_intensity": 0.0, "passed_share": -80.0}
    )


def test_generation_is_emission_before_removal() -> None:
    emissions = pl.DataFrame(
        {
            "source_id": ["a", "a"], "year": [2019, 2020], "species": ["SO2", "SO2"], "emission_t": [10.0, 5.0],
            "amount": [100.0, 100.0], "source_category": [1, 1], "activity_code": ["lignite", "lignite"],
        }
    )  # fmt: skip
    activity = pl.DataFrame({"source_id": ["a", "a"], "year": [2019, 2020], "so2_removal_share": [None, 0.5]})
    assert pollutant_records(emissions, activity, "SO2")["generated_t"].sort().to_list() == [10.0, 10.0]
    panels = city_panels(
        energy((2020, "industry", "bituminous_coal", 1)).with_columns(basis=pl.lit("balance")),
        emissions, activity, economy(*gdp((2019, 1e8), (2020, 1e8))), FUELS,
    )  # fmt: skip
    assert [panel.subject for panel in panels] == ["SO2"]
    assert effects(panels[0])["passed_share"] == pytest.approx(-5.0)


def test_decoupling_says_which_prices_growth_is_in() -> None:
    figures = economy(*gdp((2015, 100.0), (2018, 120.0), (2020, 130.0), base="current"))
    co2 = pl.DataFrame({"year": [2015, 2018, 2020], "value_t": [100.0, 105.0, 95.0]})
    got = describe_decoupling({"energy_co2": co2}, figures, CITY)
    assert set(got["activity"]) == {"gdp[current]"}
    states = got.select("path", "start_year", "state").rows()
    assert states == [
        ("chained", 2015, "weak_decoupling"), ("chained", 2018, "strong_decoupling"), ("end_point", 2015, "strong_decoupling"),
    ]  # fmt: skip


def test_a_pressure_that_starts_at_zero_has_no_elasticity() -> None:
    figures = economy(*gdp((2015, 100.0), (2020, 130.0)))
    co2 = pl.DataFrame({"year": [2015, 2020], "value_t": [0.0, 95.0]})
    assert describe_decoupling({"energy_co2": co2}, figures, CITY).is_empty()


AMOUNT = st.one_of(st.just(0.0), st.floats(1e-3, 1e6))


@settings(max_examples=40, deadline=None)
@given(
    amounts=st.lists(AMOUNT, min_size=12, max_size=12), money=st.lists(st.floats(1e6, 1e12), min_size=3, max_size=3),
    heads=st.lists(st.floats(1e3, 1e8), min_size=3, max_size=3), added=st.lists(st.floats(1e6, 1e12), min_size=9, max_size=9),
)  # fmt: skip
def test_every_identity_closes_on_any_data(
    amounts: list[float], money: list[float], heads: list[float], added: list[float]
) -> None:
    years = (2015, 2018, 2020)
    cells = [(s, f) for s in ("industry", "household") for f in ("bituminous_coal", "natural_gas")]
    rows = [(y, s, f) for y in years for s, f in cells]
    balance = energy(*((*row, amount) for row, amount in zip(rows, amounts, strict=True)))
    names = ("value_added_primary", "value_added_secondary", "value_added_tertiary")
    figures = economy(
        *gdp(*zip(years, money, strict=True)), *people(*zip(years, heads, strict=True)),
        *(("city", "321100", y, name, added[3 * i + j], "2020") for i, y in enumerate(years) for j, name in enumerate(names)),
    )  # fmt: skip
    panel = energy_co2_panel(balance, figures, FUELS)
    tonnes = balance.join(
        pl.DataFrame({"fuel_code": ["bituminous_coal", "natural_gas"], "k": [100.0, 50.0]}), on="fuel_code"
    )
    direct = (
        tonnes.group_by("year").agg(v=(pl.col("energy_tj") * pl.col("k")).sum()).sort("year")["v"].to_list()
    )
    assert panel.totals()["value_t"].to_list() == pytest.approx(direct, rel=1e-9, abs=1e-9)
    table = explain_changes([panel], CITY)
    assert table["residual_t"].abs().max() <= 1e-9 * max(1.0, *direct)  # type: ignore[operator]  # a number: the table has rows
    sums = table.group_by("path", "start_year", "end_year").agg(
        pl.col("effect_t").sum(), change=(pl.col("value_end_t") - pl.col("value_start_t")).first()
    )
    assert sums["effect_t"].to_list() == pytest.approx(
        sums["change"].to_list(), rel=1e-9, abs=1e-9 * max(1.0, *direct)
    )
