"""Nothing is counted twice, and a gate only closes when the other row is there."""

import polars as pl
import pytest

from sxyd_pipeline_tests.core.inventory.examples import area, areas, computed, point, points, rows_of, tonnes


def of(table: pl.DataFrame, activity: str) -> pl.DataFrame:
    return table.filter(pl.col("activity_code") == activity)


def test_kiln_fuel_gives_co2_with_the_fuel_and_pollutants_with_the_clinker() -> None:
    table = rows_of(
        computed(
            points(
                point("bituminous_coal", 150.0, technology_code="cement_dry_kiln"),
                point("cement_clinker", 1000.0),
            )
        )
    )
    fuel = of(table, "bituminous_coal")
    assert tonnes(fuel, "CO2") == pytest.approx(150 * 2.038, rel=1e-3)
    assert tonnes(fuel, "SO2") == 0.0
    assert tonnes(fuel, "SO2", "counted_elsewhere") == pytest.approx(0.15 * 2.9)
    assert tonnes(of(table, "cement_clinker"), "SO2") == pytest.approx(2.9 * 0.15)
    assert tonnes(of(table, "cement_clinker"), "CO2") == pytest.approx(538.0)
    assert "cement_clinker" in fuel.filter(pl.col("role") == "counted_elsewhere")["why"][0]


def test_kiln_fuel_without_a_reported_product_keeps_its_pollutants() -> None:
    table = rows_of(computed(points(point("bituminous_coal", 150.0, technology_code="cement_dry_kiln"))))
    assert tonnes(table, "NOx") == pytest.approx(0.15 * 10.9)


def test_the_product_that_closes_a_gate_is_never_hidden_itself() -> None:
    table = rows_of(
        computed(
            points(
                point("bituminous_coal", 150.0, technology_code="cement_shaft_kiln"),
                point("cement_clinker", 1000.0, technology_code="cement_shaft_kiln"),
            )
        )
    )
    assert tonnes(of(table, "cement_clinker"), "PM10") == pytest.approx(19.8)


def test_the_kiln_of_another_plant_does_not_close_the_gate() -> None:
    table = rows_of(
        computed(
            points(
                point("bituminous_coal", 150.0, technology_code="cement_dry_kiln"),
                point("cement_clinker", 1000.0, facility_id="F2"),
            )
        )
    )
    assert tonnes(of(table, "bituminous_coal"), "SO2") > 0.0


def test_carbon_of_the_blast_furnace_is_counted_once_with_the_coke() -> None:
    steelworks = points(
        point("coke", 400.0, technology_code="blast_furnace_reductant"),
        point("pig_iron", 1000.0),
        point("crude_steel_bof", 1100.0),
        point("blast_furnace_gas", 1e6, facility_id="POWER"),
        point("converter_gas", 1e5),
    )
    table = rows_of(computed(steelworks))
    assert tonnes(table, "CO2") == pytest.approx(400 * 2.914, rel=1e-3)
    for activity in ("pig_iron", "crude_steel_bof", "blast_furnace_gas", "converter_gas"):
        assert tonnes(of(table, activity), "CO2", "counted_elsewhere") > 0.0
    assert tonnes(of(table, "blast_furnace_gas"), "NOx") > 0.0


def test_bought_blast_furnace_gas_counts_where_the_city_has_no_furnace() -> None:
    table = rows_of(computed(points(point("blast_furnace_gas", 1e4))))
    assert tonnes(table, "CO2") == pytest.approx(8.481, abs=1e-3)


def test_pig_iron_without_reported_coke_carries_the_carbon_itself() -> None:
    table = rows_of(computed(points(point("pig_iron", 1000.0), point("blast_furnace_gas", 1e6))))
    assert tonnes(table, "CO2") == pytest.approx(1350.0)


def test_coke_oven_gas_is_counted_with_the_coal_charged() -> None:
    table = rows_of(
        computed(
            points(
                point("coking_coal", 1000.0, technology_code="coke_oven_charge"),
                point("coke_production", 750.0),
                point("coke_oven_gas", 3e5, facility_id="F2"),
            )
        )
    )
    assert tonnes(table, "CO2") == pytest.approx(420.0)
    assert tonnes(of(table, "coke_production"), "PM2.5") > 0.0


def test_cement_of_a_plant_with_clinker_has_no_process_co2_of_its_own() -> None:
    table = rows_of(
        computed(
            points(
                point("cement", 1400.0, technology_code="cement_integrated"), point("cement_clinker", 1000.0)
            )
        )
    )
    assert tonnes(table, "CO2") == pytest.approx(538.0)


def test_a_grinding_plant_has_no_process_co2() -> None:
    assert tonnes(rows_of(computed(points(point("cement", 1000.0)))), "CO2") == 0.0


def test_road_fuel_gives_co2_and_vehicle_kilometres_give_the_rest() -> None:
    table = rows_of(
        computed(
            area_rows=areas(
                area("gasoline", 100.0, source_category=3, technology_code="road_fuel"),
                area("vehicle_km_car", 1e6),
            )
        )
    )
    assert tonnes(table, "CO2") == pytest.approx(292.51, abs=0.01)
    assert tonnes(of(table, "gasoline"), "CO") == 0.0
    assert tonnes(of(table, "gasoline"), "CH4") == 0.0
    assert tonnes(of(table, "vehicle_km_car"), "CO") == pytest.approx(0.7)


def test_limestone_reported_by_itself_replaces_the_co2_derived_from_the_scrubber() -> None:
    table = rows_of(
        computed(
            points(
                point(
                    "bituminous_coal", 1000.0, technology_code="pulverized_coal_fgd", so2_removal_share=0.9
                ),
                point("limestone_fgd", 30.0),
            )
        )
    )
    counted = table.filter(pl.col("role") == "counted", pl.col("activity_code") == "limestone_fgd")
    assert counted["source_id"].to_list() == ["F1/E1/limestone_fgd"]
