"""Totals, energy, Scope 2, quarantined tonnes, livestock and the tracker's coal units."""

import polars as pl
import pytest

from sxyd_pipeline.contracts import inputs
from sxyd_pipeline.contracts.inventory import (
    EMISSION_TOTALS,
    ENERGY_USE,
    INDIRECT_EMISSIONS,
    QUARANTINED_EMISSIONS,
)
from sxyd_pipeline.core import inventory
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline_tests.core.inventory.examples import (
    CONFIG,
    area,
    areas,
    computed,
    facilities,
    measured,
    point,
    points,
    reference,
    rows_of,
    table,
    tonnes,
)

LAYERS = pl.DataFrame({"layer": ["districts"], "code": ["321102"], "name": ["京口区"]})

#: Global Energy Monitor, Global Coal Plant Tracker, July 2024, CC BY 4.0: 镇江 units of 镇江金东, 谏壁, 镇江, 句容.
#: unit, fuel, MW, capacity factor, Btu/kWh, kgCO2/TJ, Mt CO2 a year
COAL_UNITS = [
    ("Jindong 1", "unknown", 50.0, 0.53, 12182.8, 96100.0, 0.2868),
    ("Jindong 2", "unknown", 80.0, 0.53, 12182.8, 96100.0, 0.4588),
    ("Jindong 3", "unknown", 80.0, 0.53, 12182.8, 96100.0, 0.4588),
    ("Jindong 4", "unknown", 80.0, 0.53, 11312.6, 96100.0, 0.4260),
    ("Jianbi 11", "bituminous", 330.0, 0.53, 11312.6, 94600.0, 1.7300),
    ("Jianbi 12", "bituminous", 330.0, 0.53, 11312.6, 94600.0, 1.7300),
    ("Jianbi 13", "bituminous", 1000.0, 0.53, 9099.2, 94600.0, 4.2167),
    ("Jianbi 14", "bituminous", 1000.0, 0.53, 9099.2, 94600.0, 4.2167),
    ("Zhenjiang 3", "bituminous", 140.0, 0.53, 12182.8, 94600.0, 0.7904),
    ("Zhenjiang 4", "bituminous", 140.0, 0.53, 12182.8, 94600.0, 0.7904),
    ("Zhenjiang 5", "bituminous", 630.0, 0.53, 9249.9, 94600.0, 2.7005),
    ("Zhenjiang 6", "bituminous", 630.0, 0.53, 9249.9, 94600.0, 2.7005),
    ("Jurong 1", "bituminous", 1000.0, 0.53, 9099.2, 94600.0, 4.2167),
    ("Jurong 2", "bituminous", 1000.0, 0.53, 9099.2, 94600.0, 4.2167),
    ("Jurong 3", "unknown", 1000.0, 0.53, 8272.0, 96100.0, 3.8941),
    ("Jurong 4", "unknown", 1000.0, 0.53, 8272.0, 96100.0, 3.8941),
]


def coal_units() -> pl.DataFrame:
    columns = (
        "unit_id",
        "coal",
        "capacity_mw",
        "capacity_factor",
        "heat_rate_btu_per_kwh",
        "ef_kgco2_per_tj",
        "mt",
    )
    return pl.DataFrame(COAL_UNITS, schema=columns, orient="row").with_columns(
        fuel_code=pl.lit("bituminous_coal"), tracker_co2_t=pl.col("mt") * 1e6
    )


def test_every_coal_unit_agrees_with_the_tracker_within_three_percent() -> None:
    compared = inventory.compare_with_tracker(coal_units(), reference())
    assert compared.height == 16
    assert compared["same_factor_difference_share"].abs().max() < 0.03


def test_the_inventory_itself_gives_the_tracker_s_co2_for_the_tracker_s_factors() -> None:
    units = inventory.compare_with_tracker(coal_units(), reference())
    ncv, carbon = 22.35, {row[0]: row[5] / 1e6 * 12 / 44 for row in COAL_UNITS}
    stated = points(
        *(
            point(
                "bituminous_coal",
                unit["heat_gj"] / ncv,
                equipment_id=unit["unit_id"],
                ncv_gj_per_t=ncv,
                carbon_tc_per_gj=carbon[unit["unit_id"]],
                oxidation_share=1.0,
            )
            for unit in units.iter_rows(named=True)
        )
    )
    co2 = rows_of(computed(stated)).filter(pl.col("species") == "CO2").sort("equipment_id")
    published = coal_units().sort("unit_id")["tracker_co2_t"]
    assert ((co2["emission_t"] - published).abs() / published).max() < 0.03


def test_the_difference_to_our_default_factors_is_reported() -> None:
    compared = inventory.compare_with_tracker(coal_units(), reference())
    difference = dict(zip(compared["unit_id"], compared["default_difference_share"], strict=True))
    assert difference["Jianbi 13"] == pytest.approx(0.02618 * 0.95 * 44 / 12 / 0.0946 - 1, abs=1e-3)
    assert difference["Jurong 3"] == pytest.approx(-0.051, abs=2e-3)


def test_each_breakdown_of_the_totals_adds_up_to_the_city() -> None:
    emitted = rows_of(
        computed(points(point("coke", 5.0), point("diesel", 1.0)), areas(area("livestock_pig", 9.0)))
    )
    counted = rows_of(inventory.count_emissions(emitted, measured(), facilities(), reference(), CONFIG))
    outcome = inventory.total_emissions(counted, LAYERS, reference(), CONFIG)
    totals = rows_of(outcome)
    assert dict(totals.schema) == EMISSION_TOTALS.schema
    by = (
        totals.group_by("breakdown", "species")
        .agg(pl.col("emission_t").sum())
        .filter(pl.col("species") == "NH3")
    )
    assert by["emission_t"].to_list() == pytest.approx([tonnes(counted, "NH3")] * 5)
    names = set(totals["breakdown_name"])
    assert {"镇江市", "京口区", "农业源", "点源", "无行业归属（面源）", "电力、热力生产和供应业"} <= names
    assert outcome.balance["lost_t"].abs().max() == pytest.approx(0.0, abs=1e-12)


def test_energy_is_converted_once_for_the_balance_and_once_for_the_sources() -> None:
    balance = table(
        inputs.ENERGY,
        [
            {
                "year": 2020,
                "sector_code": "industry",
                "fuel_code": "natural_gas",
                "amount": 1e4,
                "amount_unit": "m3",
            },
            {
                "year": 2020,
                "sector_code": "industry",
                "fuel_code": "electricity",
                "amount": 1e6,
                "amount_unit": "kWh",
            },
        ],
    )
    used = inventory.convert_energy(
        balance,
        points(point("bituminous_coal", 10.0, ncv_gj_per_t=20.0)),
        areas(area("vessel_diesel", 1.0)),
        reference(),
    )
    assert dict(used.schema) == ENERGY_USE.schema
    energy = {(row["basis"], row["fuel_code"]): row["energy_tj"] for row in used.iter_rows(named=True)}
    assert energy["balance", "natural_gas"] == pytest.approx(0.38931)
    assert energy["balance", "electricity"] == pytest.approx(3.6)
    assert energy["inventory", "bituminous_coal"] == pytest.approx(0.2)
    assert energy["inventory", "diesel"] == pytest.approx(0.042652)
    assert used["energy_tce"].to_list() == pytest.approx((used["energy_tj"] / 0.0293076).to_list())


def indirect(*rows: dict[str, object], city: CityConfig = CONFIG) -> Outcome:
    return inventory.estimate_indirect_emissions(facilities(), points(*rows), areas(), reference(), city)


def test_scope_two_takes_the_province_s_factor_of_the_same_year() -> None:
    outcome = indirect(point("electricity", 1e6, year=2022), point("heat", 100.0, year=2022))
    found = rows_of(outcome)
    assert found["indirect_tco2"].to_list() == pytest.approx([597.8, 11.0])
    assert found["factor_id"].to_list() == ["grid.320000.2022", "heat.100000"]
    assert outcome.findings.is_empty()
    assert dict(found.schema) == INDIRECT_EMISSIONS.schema


@pytest.mark.parametrize(("year", "factor"), [(2020, "grid.320000.2021"), (2024, "grid.320000.2023")])
def test_a_factor_of_another_year_is_a_finding(year: int, factor: str) -> None:
    outcome = indirect(point("electricity", 1e6, year=year))
    assert rows_of(outcome)["factor_id"].to_list() == [factor]
    assert outcome.findings["rule"].to_list() == ["grid_factor_substituted"]
    assert outcome.findings["value"].to_list() == [f"{year} → {factor}"]


def test_a_province_without_a_factor_takes_the_nation_s_and_says_so() -> None:
    outcome = indirect(point("electricity", 1e6, year=2022), city=CityConfig("710100", "示例", "示例", 2022))
    assert rows_of(outcome)["factor_id"].to_list() == ["grid.100000.2022"]
    assert outcome.findings.height == 1


def test_quarantined_rows_are_told_in_tonnes_with_their_rule() -> None:
    accepted = Outcome(points(point("diesel", 10.0)))
    held = points(
        point("diesel", 2.0, equipment_id="E2"), point("coke", None, facility_id="F9")
    ).with_columns(rule=pl.lit("duplicate_key"))
    outcome = inventory.estimate_quarantined(
        Outcome(facilities()), Outcome(accepted.table, held=held), Outcome(areas()), reference(), CONFIG
    )
    stake = rows_of(outcome)
    assert dict(stake.schema) == QUARANTINED_EMISSIONS.schema
    assert tonnes(stake, "CO2") == pytest.approx(2 * 3.0959, rel=1e-4)
    assert set(stake["rule"]) == {"duplicate_key"}
    ledger = outcome.balance.filter(pl.col("species") == "CO2")
    assert ledger["in_t"].sum() == pytest.approx(12 * 3.0959, rel=1e-4)
    assert ledger["out_t"].sum() == pytest.approx(10 * 3.0959, rel=1e-4)
    assert ledger["lost_t"].sum() == pytest.approx(2 * 3.0959, rel=1e-4)


def test_a_quarantined_row_of_a_facility_that_was_set_aside_still_has_tonnes() -> None:
    held = points(point("diesel", 2.0, facility_id="GONE")).with_columns(rule=pl.lit("facility_set_aside"))
    outcome = inventory.estimate_quarantined(
        Outcome(facilities()), Outcome(points(), held=held), Outcome(areas()), reference(), CONFIG
    )
    assert tonnes(rows_of(outcome), "NOx") == pytest.approx(2 * 3.03e-3)


def test_nothing_in_quarantine_means_no_tonnes_at_stake() -> None:
    outcome = inventory.estimate_quarantined(
        Outcome(facilities()), Outcome(points(point("coke", 1.0))), Outcome(areas()), reference(), CONFIG
    )
    assert rows_of(outcome).is_empty()
    assert outcome.balance["lost_t"].sum() == 0.0


#: 廖仁郡 (2017), ChinaXiv-201711.02349: parameters of 重庆, published tonnes of 2013.
LIVESTOCK = {
    "animal": ["layer", "broiler", "dairy", "beef", "pig"],
    "days": [365, 52, 365, 365, 122],
    "urine_kg_d": [0.0, 0.0, 12.89, 8.34, 3.36],
    "faeces_kg_d": [0.12, 0.09, 30.67, 15.67, 2.04],
    "urine_N_pct": [0.0, 0.0, 0.9, 0.9, 0.4],
    "faeces_N_pct": [1.63, 1.63, 0.38, 0.38, 0.34],
    "urine_TAN_pct": [70.0, 70.0, 60.0, 60.0, 70.0],
    "faeces_TAN_pct": [50.0, 50.0, 20.0, 20.0, 30.0],
    "EF_house_urine_pctTAN": [0.0, 0.0, 14.0, 14.0, 18.5],
    "EF_house_faeces_pctTAN": [35.9, 40.3, 14.0, 14.0, 18.5],
    "EF_store_urine_NH3_pctTAN": [0.0, 0.0, 15.8, 15.8, 3.8],
    "EF_store_faeces_NH3_pctTAN": [3.7, 0.8, 4.2, 4.2, 4.6],
    "EF_spread_urine_pctTAN": [0.0, 0.0, 55.0, 55.0, 40.0],
    "EF_spread_faeces_pctTAN": [63.0, 63.0, 79.0, 79.0, 81.0],
}


def test_livestock_nitrogen_passes_housing_storage_and_spreading() -> None:
    chain = inventory.livestock_ammonia(pl.DataFrame(LIVESTOCK))
    pig = chain.filter(pl.col("animal") == "pig").row(0, named=True)
    # N in urine 122 x 3.36 x 0.4 % x 70 % = 1.1478 kg, in faeces 122 x 2.04 x 0.34 % x 30 % = 0.2539 kg
    assert pig["house_kg"] == pytest.approx((1.14778 + 0.25386) * 0.185 * 17.031 / 14.007, rel=1e-4)
    assert pig["nh3_kg_per_head"] == pytest.approx(1.002, abs=2e-3)
    nitrogen_kg = (1.14778 + 0.25386) * 17.031 / 14.007
    assert pig["nh3_kg_per_head"] < nitrogen_kg


def test_the_ammonia_factors_of_livestock_are_that_chain_over_a_year() -> None:
    chain = inventory.livestock_ammonia(pl.DataFrame(LIVESTOCK).with_columns(days=pl.lit(365)))
    per_head = dict(zip(chain["animal"], chain["nh3_kg_per_head"], strict=True))
    codes = {
        "layer": "layer", "broiler": "broiler", "dairy": "cattle_dairy", "beef": "cattle_beef", "pig": "pig",
    }  # fmt: skip
    emitted = rows_of(
        computed(area_rows=areas(*(area(f"livestock_{code}", 1000.0) for code in codes.values())))
    )
    for animal, code in codes.items():
        row = emitted.filter(pl.col("activity_code") == f"livestock_{code}")
        assert tonnes(row, "NH3") == pytest.approx(per_head[animal], rel=1e-5)
