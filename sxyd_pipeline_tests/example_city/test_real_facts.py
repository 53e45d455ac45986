"""Facts are keyed in as they are; what follows from them is arithmetic a reader can repeat."""

from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.example_city.facts import assumptions, read_facts
from sxyd_pipeline_tests.example_city.reading import table

GJ_PER_BTU = 1.055056e-6


def test_thirty_units_and_plants_are_real_and_the_package_has_four_hundred(example: Path) -> None:
    facilities = table(example, "facilities")
    assert len(facilities) == 400
    assert (facilities["data_label"] == "真实数据").sum() == 30


def test_points_capacities_and_start_years_are_the_trackers(example: Path) -> None:
    columns = [
        "facility_id",
        "lon",
        "lat",
        "district_code",
        "start_year",
        "capacity",
        "tracker_co2_mt_per_yr",
    ]
    written = table(example, "facilities").filter(pl.col("data_label") == "真实数据").select(columns)
    assert written.equals(read_facts("facilities").select(columns))


def test_a_unit_known_by_heart_is_there(example: Path) -> None:
    unit = (
        table(example, "facilities")
        .filter(pl.col("facility_name") == "国电谏壁发电厂（13号机组）")
        .to_dicts()[0]
    )
    assert (unit["lon"], unit["lat"], unit["district_code"]) == (119.57554, 32.17693, "321102")
    assert (unit["capacity"], unit["start_year"], unit["industry_code"]) == ("1000.0", "2012", "4411")
    assert "Global Coal Plant Tracker" in unit["cited_from"]
    assert "CC BY 4.0" in unit["cited_from"]


def test_co2_of_every_coal_unit_agrees_with_the_tracker_within_three_percent(example: Path) -> None:
    plants = table(example, "facilities").drop_nulls("tracker_co2_mt_per_yr")
    burnt = table(example, "facility_activity").filter(pl.col("activity_code") == "bituminous_coal")
    compared = plants.join(burnt, on="facility_id").with_columns(
        co2_mt=pl.col("amount")
        * pl.col("ncv_gj_per_t")
        * pl.col("carbon_tc_per_gj")
        * pl.col("oxidation_share")
        * 44
        / 12
        / 1e6
    )
    difference = (compared["co2_mt"] / compared["tracker_co2_mt_per_yr"] - 1).abs()
    assert len(compared) == 16
    assert difference.max() < 0.03


def test_the_first_unit_burns_what_its_facts_say(example: Path) -> None:
    # 50 MW x 8760 h x 0.53 = 232.14 GWh; x 12182.8 Btu/kWh = 2 983 827 GJ; / 22.35 GJ/t
    row = table(example, "facility_activity").filter(pl.col("facility_id") == "R321100-001").to_dicts()[0]
    heat_gj = 50_000 * 8760 * 0.53 * 12182.8 * GJ_PER_BTU
    assert row["amount"] == pytest.approx(heat_gj / assumptions()["coal_ncv"], rel=1e-5)
    assert row["carbon_tc_per_gj"] == pytest.approx(0.0961 * 12 / 44, rel=1e-6)


def test_a_plant_without_a_capacity_has_an_empty_amount(example: Path) -> None:
    activity = table(example, "facility_activity")
    empty = activity.filter(pl.col("amount").is_null())
    assert empty.select("facility_id", "activity_code").rows() == [("R321100-030", "cement_clinker")]


def test_units_that_started_later_stand_in_the_list_without_activity(example: Path) -> None:
    facilities, activity = table(example, "facilities"), table(example, "facility_activity")
    idle = facilities.join(activity, on="facility_id", how="anti").filter(pl.col("data_label") == "真实数据")
    assert idle["facility_id"].to_list() == ["R321100-017", "R321100-018", "R321100-021", "R321100-022"]
    assert idle["status"].str.contains("晚于基准年").all()


def test_gdp_of_the_city_is_the_yearbook_figure(example: Path) -> None:
    economy = table(example, "economy")
    gdp = economy.filter(
        pl.col("scope_type") == "city", pl.col("indicator") == "gdp", pl.col("price_base") == "current"
    )
    assert dict(gdp.select("year", "value").rows())[2020] == 4220.09
    assert set(gdp["data_label"]) == {"真实数据"}
    assert set(gdp["year"]) == set(range(2010, 2024))


def test_district_gdp_adds_up_to_the_city(example: Path) -> None:
    gdp = table(example, "economy").filter(pl.col("indicator") == "gdp", pl.col("price_base") == "current")
    city = dict(gdp.filter(pl.col("scope_type") == "city").select("year", "value").rows())
    districts = gdp.filter(pl.col("scope_type") == "district").group_by("year").agg(pl.col("value").sum())
    assert districts.height == 6
    for year, value in districts.rows():
        assert value == pytest.approx(city[year])


def test_the_development_zone_without_a_polygon_keeps_its_people(example: Path) -> None:
    economy = table(example, "economy").filter(pl.col("indicator") == "population", pl.col("year") == 2020)
    by_code = dict(economy.select("scope_code", "value").rows())
    assert by_code["321171"] == 263813
    assert by_code["321100"] == sum(v for code, v in by_code.items() if code not in {"321100", "320000"})
    assert "321171" in (example / "city.toml").read_text(encoding="utf-8")


def test_people_are_counted_once_whether_or_not_the_zone_has_a_row(example: Path) -> None:
    area = table(example, "area_activity").filter(pl.col("activity_code") == "cooking_population")
    assert area["amount"].sum() == 3_210_418
    assert "321171" in area["district_code"].to_list()
    vehicles = table(example, "area_activity").filter(pl.col("activity_code") == "vehicle_km_motorcycle")
    assert "321171" not in vehicles["district_code"].to_list()


def test_all_ten_source_categories_are_there(example: Path) -> None:
    assert set(table(example, "area_activity")["source_category"]) == set(range(1, 11))


def test_every_district_has_area_sources_and_points(example: Path) -> None:
    districts = {"321102", "321111", "321112", "321181", "321182", "321183"}
    assert districts <= set(table(example, "area_activity")["district_code"])
    assert districts == set(table(example, "facilities")["district_code"])


def test_coal_of_the_balance_is_the_coal_of_the_inventory(example: Path) -> None:
    coals = ["bituminous_coal", "anthracite", "coal_gangue"]
    point, area = (
        table(example, name).filter(pl.col("activity_code").is_in(coals))["amount"].sum()
        for name in ("facility_activity", "area_activity")
    )
    balance = table(example, "energy").filter(
        pl.col("year") == 2020, pl.col("fuel_code").is_in(coals), pl.col("amount_unit") == "万t"
    )
    assert balance["amount"].sum() * 1e4 == pytest.approx(point + area, rel=0.03)


def test_the_balance_covers_2015_to_2020(example: Path) -> None:
    assert set(table(example, "energy")["year"]) == set(range(2015, 2021))


def test_targets_reach_every_scope_and_both_horizons(example: Path) -> None:
    targets = table(example, "targets")
    assert set(targets["scope_type"]) == {"city", "district", "zone", "control_unit"}
    assert set(targets["year"]) == {2025, 2035}
    wanted = {
        "permitted_so2_t", "permitted_nox_t", "permitted_pm25_t", "permitted_vocs_t", "coal_cap_t",
        "energy_cap_tce", "co2_cap_t", "pm25_ug_per_m3", "co2_per_gdp_reduction_share",
        "energy_per_gdp_reduction_share",
    }  # fmt: skip
    assert set(targets.filter(pl.col("scope_type") == "city")["indicator"]) == wanted


def test_the_access_list_covers_four_dimensions_on_two_levels(example: Path) -> None:
    clauses = table(example, "access_list")
    assert clauses.group_by("level", "dimension").len().height == 8
    assert clauses["clause_id"].is_unique().all()
    assert not clauses["clause_text"].str.contains("[{}]").any()
