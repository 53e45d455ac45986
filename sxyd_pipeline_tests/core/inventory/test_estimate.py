"""Emissions of activity rows: the formulas, the published cases, the laws."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.inventory import COMPUTED_EMISSIONS
from sxyd_pipeline.core import inventory
from sxyd_pipeline.vocabulary.activities import ALL_ACTIVITIES
from sxyd_pipeline_tests.core.inventory.examples import (
    CONFIG,
    area,
    areas,
    computed,
    facilities,
    hosts,
    point,
    points,
    reference,
    rows_of,
    tonnes,
)

AMOUNTS = st.floats(1e-3, 1e7)
SHARES = st.floats(0.0, 1.0)

#: Heliyon 9(11) e21241 (2023), table 2: NCV kJ/kg, carbon kgC/GJ, oxidation, published tCO2/t.
PUBLISHED_FUELS = [
    ("bituminous_coal", 20.908, 0.0264, 0.98, 2.0),
    ("coke", 28.435, 0.0295, 0.93, 2.9),
    ("diesel", 42.653, 0.0203, 0.98, 3.1),
    ("kerosene", 43.070, 0.0196, 0.98, 3.0),
    ("fuel_oil", 41.816, 0.0211, 0.98, 3.2),
    ("gasoline", 43.070, 0.0189, 0.98, 2.9),
    ("crude_oil", 41.816, 0.0201, 0.98, 3.0),
]

#: Enterprise accounting guides: tonnes of CO2 per tonne, or per 10^4 m3 of a gas.
GUIDE_FUELS = {
    "anthracite": 2.190, "bituminous_coal": 2.038, "lignite": 1.438, "coal_gangue": 0.741, "coal_slime": 1.110,
    "coke": 2.914, "petroleum_coke": 3.212, "crude_oil": 3.017, "fuel_oil": 3.171, "gasoline": 2.925,
    "diesel": 3.096, "kerosene": 3.033, "lng": 3.183, "lpg": 3.101, "coal_tar": 2.645, "refinery_gas": 3.039,
    "natural_gas": 21.650, "blast_furnace_gas": 8.481, "converter_gas": 15.124, "coke_oven_gas": 7.636,
}  # fmt: skip
GASES = {"natural_gas", "blast_furnace_gas", "converter_gas", "coke_oven_gas"}


@pytest.mark.parametrize(("fuel", "ncv", "carbon", "oxidation", "published"), PUBLISHED_FUELS)
def test_a_published_fuel_table_is_reproduced_from_its_parameters(
    fuel: str, ncv: float, carbon: float, oxidation: float, published: float
) -> None:
    row = point(fuel, 1.0, ncv_gj_per_t=ncv, carbon_tc_per_gj=carbon, oxidation_share=oxidation)
    assert round(tonnes(rows_of(computed(points(row))), "CO2"), 1) == published


def test_natural_gas_is_in_cubic_metres_and_its_calorific_value_per_ten_thousand() -> None:
    row = point("natural_gas", 1e4, ncv_gj_per_t=389.31, carbon_tc_per_gj=0.0153, oxidation_share=0.99)
    assert tonnes(rows_of(computed(points(row))), "CO2") == pytest.approx(21.6, abs=0.05)


@pytest.mark.parametrize(("fuel", "expected"), sorted(GUIDE_FUELS.items()))
def test_the_default_of_each_fuel_agrees_with_the_guides(fuel: str, expected: float) -> None:
    amount = 1e4 if fuel in GASES else 1.0
    table = rows_of(computed(points(point(fuel, amount))))
    assert tonnes(table, "CO2") == pytest.approx(expected, abs=6e-4)


def test_every_activity_of_the_vocabulary_emits_something_and_keeps_the_contract() -> None:
    stated = points(
        *(
            point(each.code, 10.0, equipment_id=each.code)
            for each in ALL_ACTIVITIES
            if each.kind in {"fuel", "product"}
        )
    )
    spread = areas(*(area(each.code, 10.0) for each in ALL_ACTIVITIES if each.kind == "area"))
    table = rows_of(computed(stated, spread))
    emitting = {each.code for each in ALL_ACTIVITIES if each.kind != "energy_carrier"}
    assert set(table["activity_code"]) == emitting
    assert dict(table.schema) == COMPUTED_EMISSIONS.schema
    assert not table.select(pl.struct(COMPUTED_EMISSIONS.key).is_duplicated().any()).item()
    required = [column.name for column in COMPUTED_EMISSIONS.columns if not column.nullable]
    assert table.select(pl.col(required).null_count()).sum_horizontal().item() == 0


def test_bought_electricity_never_enters_the_inventory() -> None:
    table = rows_of(computed(points(point("electricity", 1e6), point("diesel", 1.0))))
    assert set(table["activity_code"]) == {"diesel"}


def test_sulfur_dioxide_follows_the_sulfur_and_what_the_scrubber_leaves() -> None:
    row = point(
        "bituminous_coal", 1000.0, technology_code="pulverized_coal", sulfur_share=0.01, so2_removal_share=0.9
    )
    # 20 kg per % of sulfur, 15 % kept by the ash: 17 kg/t x 1000 t x 10 % left = 1.7 t
    assert tonnes(rows_of(computed(points(row))), "SO2") == pytest.approx(1.7)


def test_wet_limestone_sets_free_0_687_tonnes_of_co2_per_tonne_of_sulfur_dioxide_removed() -> None:
    row = point(
        "bituminous_coal",
        1000.0,
        technology_code="pulverized_coal_fgd",
        sulfur_share=0.01,
        so2_removal_share=0.9,
    )
    table = rows_of(computed(points(row)))
    limestone = table.filter(pl.col("activity_code") == "limestone_fgd")
    removed_t = 17.0 * 0.9
    assert limestone["emission_t"].to_list() == pytest.approx([0.687 * removed_t], rel=1e-3)
    assert limestone["source_category"].to_list() == [2]
    assert limestone["source_id"].to_list() == ["F1/E1/bituminous_coal/pulverized_coal_fgd/limestone_fgd"]


def test_ammonia_of_denitrification_stands_in_category_nine() -> None:
    row = point("bituminous_coal", 1000.0, technology_code="pulverized_coal_fgd_scr", nox_removal_share=0.8)
    slip = rows_of(computed(points(row))).filter(pl.col("species") == "NH3")
    assert slip["source_category"].to_list() == [9]
    assert slip["emission_t"].to_list() == pytest.approx([0.025])


def test_particles_follow_the_ash_and_black_carbon_the_particles() -> None:
    row = point(
        "bituminous_coal", 1000.0, technology_code="pulverized_coal", ash_share=0.2, pm_removal_share=0.99
    )
    table = rows_of(computed(points(row)))
    # 10 kg per % of ash, a quarter stays at the bottom: 150 kg/t; shares .23 and .06; 1 % is left
    assert tonnes(table, "PM10") == pytest.approx(150 * 0.23 * 0.01)
    assert tonnes(table, "PM2.5") == pytest.approx(150 * 0.06 * 0.01)
    assert tonnes(table, "BC") == pytest.approx(0.006 * tonnes(table, "PM2.5"))


def test_a_variant_of_a_technology_uses_the_factors_of_its_base() -> None:
    plain = rows_of(computed(points(point("anthracite", 10.0, technology_code="pulverized_coal"))))
    variant = rows_of(computed(points(point("anthracite", 10.0, technology_code="pulverized_coal_fgd_scr"))))
    assert tonnes(plain, "NOx") == tonnes(variant, "NOx") == pytest.approx(0.08)


def test_an_unknown_technology_falls_back_to_the_default_of_the_activity() -> None:
    known = rows_of(computed(points(point("anthracite", 10.0))))
    unknown = rows_of(computed(points(point("anthracite", 10.0, technology_code="perpetuum_mobile"))))
    assert tonnes(known, "NOx") == tonnes(unknown, "NOx")


def test_biogenic_co2_is_a_memo_and_methane_counts() -> None:
    table = rows_of(computed(points(point("biomass", 100.0))))
    assert tonnes(table, "CO2") == 0.0
    assert tonnes(table, "CO2", "biogenic_co2") == pytest.approx(100 * 15.0 * 0.0305 * 0.98 * 44 / 12)
    assert tonnes(table, "CH4") == pytest.approx(100 * 0.015 * 30e-3)


def test_only_the_fossil_share_of_waste_counts_and_nothing_of_its_carbon_is_lost() -> None:
    table = rows_of(computed(points(point("municipal_solid_waste", 1000.0))))
    assert tonnes(table, "CO2") == pytest.approx(1000 * 0.2 * 0.39 * 0.95 * 44 / 12, rel=1e-6)
    assert tonnes(table, "CO2", "biogenic_co2") == pytest.approx(1000 * 0.2 * 0.61 * 0.95 * 44 / 12, rel=1e-6)


def test_captured_co2_is_taken_off_and_shown() -> None:
    free = tonnes(rows_of(computed(points(point("natural_gas", 1e6)))), "CO2")
    table = rows_of(computed(points(point("natural_gas", 1e6, co2_captured_share=0.9))))
    assert tonnes(table, "CO2") == pytest.approx(0.1 * free)
    assert tonnes(table, "CO2", "captured_co2") == pytest.approx(0.9 * free)


def test_co2_equivalents_of_waste_water_agree_with_the_published_ones() -> None:
    # 闫旭 et al. 2018, 环境科学 39(3): t of gas; CO2e 6054.57 + 769.08 + 524.95 Gg with AR5. The total agrees
    # within 0.03 %; each gas within the rounding of its printed mass (0.005 Gg).
    rows = pl.DataFrame(
        {"species": ["CO2", "CH4", "N2O", "SO2"], "emission_t": [6_054_570.0, 27_470.0, 1_980.0, 5.0]}
    ).with_columns(co2e_tco2e=inventory.potentials.co2e_of(reference(), "AR5"))
    total = 6_054_570 + 769_080 + 524_950
    assert rows["co2e_tco2e"].sum() == pytest.approx(total, rel=3e-4)
    assert rows["co2e_tco2e"].to_list()[1] == pytest.approx(769_080, abs=5 * 28)
    assert rows["co2e_tco2e"].to_list()[2] == pytest.approx(524_950, abs=5 * 265)
    assert rows["co2e_tco2e"].to_list()[3] is None


def test_pollutants_carry_no_gwp_set() -> None:
    table = rows_of(computed(points(point("diesel", 1.0))))
    assert set(table.filter(pl.col("species").is_in(["CO2", "CH4", "N2O"]))["gwp_set"]) == {"AR5"}
    assert table.filter(pl.col("species") == "NOx")["gwp_set"].to_list() == [None]


def test_an_area_without_a_polygon_is_counted_in_its_host_and_the_ledger_says_so() -> None:
    outcome = computed(
        area_rows=areas(area("livestock_pig", 10.0), area("livestock_pig", 5.0, district_code="321171"))
    )
    table = rows_of(outcome)
    assert set(table["district_code"]) == {"321102"}
    assert set(table["source_id"]) == {"321102/5/livestock_pig", "321171/5/livestock_pig"}
    assert set(table["spread_id"]) == {"area:321102:areal"}
    moved = outcome.balance.filter(pl.col("why").str.contains("321171"), pl.col("species") == "NH3")
    assert moved["in_t"].to_list() == pytest.approx([tonnes(table, "NH3") / 3])
    assert moved["lost_t"].to_list() == [0.0]


def test_the_ledger_of_the_step_conserves_every_tonne() -> None:
    outcome = computed(points(point("biomass", 10.0), point("natural_gas", 1e5, co2_captured_share=0.5)))
    ledger = outcome.balance
    assert ledger["in_t"].sum() == pytest.approx(rows_of(outcome)["emission_t"].sum())
    assert (ledger["in_t"] - ledger["out_t"] - ledger["lost_t"]).abs().max() == 0.0


def test_activity_of_an_unknown_facility_is_refused() -> None:
    with pytest.raises(inventory.errors.UnplacedActivityError, match="F9"):
        inventory.gather_activity(
            facilities("F1"), points(point("coke", 1.0, facility_id="F9")), areas(), hosts()
        )


def test_two_rows_of_one_source_are_refused() -> None:
    with pytest.raises(inventory.errors.DuplicateSourceError, match="F1/E1/coke"):
        computed(points(point("coke", 1.0), point("coke", 2.0)))


def test_a_gwp_set_without_the_gas_is_refused() -> None:
    with pytest.raises(inventory.errors.UnknownGwpSetError, match="NF3"):
        inventory.potentials.require_potentials(["SO2", "NF3"], reference(), "SAR")


@settings(deadline=None, max_examples=15)
@given(amount=AMOUNTS, factor=st.floats(0.1, 100.0))
def test_emissions_are_linear_in_the_amount(amount: float, factor: float) -> None:
    once, more = (rows_of(computed(points(point("washed_coal", each)))) for each in (amount, amount * factor))
    assert more["emission_t"].to_list() == pytest.approx((once["emission_t"] * factor).to_list(), rel=1e-9)


@settings(deadline=None, max_examples=15)
@given(less=SHARES, more=SHARES)
def test_more_removal_never_means_more_emission(less: float, more: float) -> None:
    less, more = sorted((less, more))

    def with_removal(share: float) -> pl.DataFrame:
        removal = {f"{name}_removal_share": share for name in ("so2", "nox", "pm", "vocs")}
        return rows_of(computed(points(point("bituminous_coal", 100.0, **removal))))

    weak, strong = with_removal(less), with_removal(more)
    assert (strong["emission_t"] <= weak["emission_t"] * (1 + 1e-12)).all()


@settings(deadline=None, max_examples=15)
@given(amount=st.floats(0.0, 1e7), removal=SHARES)
def test_the_interval_contains_the_point_and_particles_keep_their_order(
    amount: float, removal: float
) -> None:
    table = rows_of(computed(points(point("lignite", amount, pm_removal_share=removal))))
    assert ((table["low_t"] <= table["emission_t"]) & (table["emission_t"] <= table["high_t"])).all()
    assert tonnes(table, "PM10") >= tonnes(table, "PM2.5") >= tonnes(table, "BC") + tonnes(table, "OC")


def test_the_same_activity_gives_the_same_table_in_any_order() -> None:
    rows = [point("coke", 1.0), point("diesel", 2.0), point("natural_gas", 3.0)]
    forward, backward = computed(points(*rows)), computed(points(*reversed(rows)))
    assert rows_of(forward).equals(rows_of(backward))


def test_the_city_chooses_its_gwp_set() -> None:
    assert CONFIG.methods.gwp_set == "AR5"
