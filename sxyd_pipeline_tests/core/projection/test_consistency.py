import polars as pl
import pytest

from sxyd_pipeline.contracts.projection import CONSISTENCY
from sxyd_pipeline.core.projection.consistency import (
    MissingToleranceError,
    balance_rows,
    check_co2_both_ways,
    check_co2_cap_not_looser,
    check_coal_both_ways,
    check_parts_within_city,
    check_pm25_reachable,
    check_projected_within_permitted,
    gather_tests,
    tolerance_of,
)
from sxyd_pipeline_tests.core.projection.reference_files import BASE, CITY, FUELS, INDICATORS, TESTS


def judge(part: pl.DataFrame) -> pl.DataFrame:
    got = gather_tests(CITY, [part])
    assert got.schema == CONSISTENCY.schema
    assert not got.select(CONSISTENCY.key).is_duplicated().any()
    return got


def permitted(*rows: tuple[str, str, str, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [(*row[:3], 2025, 100.0, row[3]) for row in rows],
        schema={"scope_type": pl.String, "scope_code": pl.String, "indicator": pl.String, "year": pl.Int32,
                "base_value": pl.Float64, "target": pl.Float64}, orient="row",
    )  # fmt: skip


def test_districts_above_the_city_fail_and_elements_are_never_added() -> None:
    rows = permitted(
        ("city", CITY, "permitted_so2_t", 100.0),
        ("district", "321102", "permitted_so2_t", 60.0), ("district", "321111", "permitted_so2_t", 50.0),
        ("zone", "YS3211022310001", "permitted_so2_t", 90.0), ("zone", "YS3211022540001", "permitted_so2_t", 80.0),
    )  # fmt: skip
    got = judge(check_parts_within_city(rows, TESTS))
    passed = dict(got.select("scope_code", "passed").iter_rows())
    assert passed == {"district": False, "zone:3": True, "zone:5": True}
    assert got.filter(pl.col("scope_code") == "district")["relative_difference"][0] == pytest.approx(0.1)


def test_concentrations_and_shares_are_not_summed() -> None:
    rows = permitted(
        ("city", CITY, "pm25_ug_per_m3", 30.0), ("district", "321102", "pm25_ug_per_m3", 29.0),
        ("district", "321111", "pm25_ug_per_m3", 29.0), ("city", CITY, "nox_reduction_share", 0.1),
        ("district", "321102", "nox_reduction_share", 0.2),
    )  # fmt: skip
    assert check_parts_within_city(rows, TESTS).is_empty()


def test_areas_that_miss_their_cap_are_counted_and_named() -> None:
    gaps = pl.DataFrame(
        [("policy", "city", CITY, 90.0, 100.0, True), ("policy", "district", "b", 9.0, 5.0, False),
         ("policy", "district", "a", 9.0, 5.0, False), ("policy", "district", "c", 1.0, 5.0, True)],
        schema=["scenario_id", "scope_type", "scope_code", "projected", "target", "is_met"], orient="row",
    ).with_columns(indicator=pl.lit("permitted_so2_t"), year=pl.lit(2025))  # fmt: skip
    got = judge(check_projected_within_permitted(gaps, INDICATORS, TESTS)).sort("scope_code")
    assert got["passed"].to_list() == [True, False]
    assert got["left_value"].to_list() == [90.0, 2.0]
    assert "a、b" in got["message"][1]


def energy(inventory: float, balance: float) -> pl.DataFrame:
    return pl.DataFrame(
        [("inventory", "1", "bituminous_coal", inventory), ("balance", "industry", "bituminous_coal", balance),
         ("balance", "industry", "coke", 99.0)],
        schema=["basis", "sector_code", "fuel_code", "amount"], orient="row",
    ).with_columns(year=pl.lit(BASE, pl.Int32))  # fmt: skip


@pytest.mark.parametrize(("balance", "passed"), [(100.0, True), (103.0, True), (97.1, True), (104.0, False)])
def test_coal_agrees_within_three_percent(balance: float, passed: bool) -> None:  # noqa: FBT001 - a case
    got = judge(check_coal_both_ways(energy(100.0, balance), CITY, [BASE], TESTS))
    assert got["passed"].to_list() == [passed]


def test_a_test_without_its_data_has_not_passed_and_says_what_is_missing() -> None:
    rows = energy(100.0, 100.0).filter(pl.col("basis") == "inventory")
    got = judge(check_coal_both_ways(rows, CITY, [BASE], TESTS))
    assert got["passed"].to_list() == [False]
    assert "未检验" in got["message"][0]


def test_a_total_of_a_balance_is_not_counted_again() -> None:
    rows = pl.concat([energy(1.0, 10.0), energy(1.0, 10.0).with_columns(sector_code=pl.lit("合计"))])
    assert balance_rows(rows, "balance").filter(pl.col("fuel_code") == "bituminous_coal")[
        "amount"
    ].to_list() == [10.0]
    only = energy(1.0, 10.0).with_columns(sector_code=pl.lit("total"))
    assert balance_rows(only, "balance").height == 2


def emissions(co2_t: float) -> pl.DataFrame:
    return pl.DataFrame(
        [("bituminous_coal", 1, "CO2", co2_t), ("vehicle_km_car", 3, "CO2", 0.0), ("cement_clinker", 2, "CO2", 1e9),
         ("bituminous_coal", 1, "SO2", 5.0), ("municipal_solid_waste", 9, "CO2", 1e9)],
        schema=["activity_code", "source_category", "species", "emission_t"], orient="row",
    ).with_columns(year=pl.lit(BASE, pl.Int32))  # fmt: skip


def test_co2_of_the_balance_meets_co2_of_the_burning_sources() -> None:
    coal = energy(0.0, 1000.0).filter(pl.col("fuel_code") == "bituminous_coal")
    # 1000 t * 22.35 GJ/t * 0.02618 tC/GJ * 0.95 * 44/12
    expected = 1000 * 22.35 * 0.02618 * 0.95 * 44 / 12
    got = judge(check_co2_both_ways(coal, emissions(expected * 1.04), FUELS, CITY, TESTS))
    assert got["left_value"][0] == pytest.approx(expected)
    assert got["passed"].to_list() == [True]
    assert not judge(check_co2_both_ways(coal, emissions(expected * 1.06), FUELS, CITY, TESTS))["passed"][0]


def test_a_pm25_target_below_every_scenario_is_not_reachable() -> None:
    projected = pl.DataFrame(
        {"scenario_id": ["a", "b"], "scope_type": ["city"] * 2, "indicator": ["pm25_ug_per_m3"] * 2,
         "year": pl.Series([2025, 2025], dtype=pl.Int32), "projected": [33.0, 31.0]}
    )  # fmt: skip
    assert judge(
        check_pm25_reachable(projected, permitted(("city", CITY, "pm25_ug_per_m3", 32.0)), CITY, TESTS)
    )["passed"][0]
    cap = permitted(("city", CITY, "pm25_ug_per_m3", 30.0))
    assert not judge(check_pm25_reachable(projected, cap, CITY, TESTS))["passed"][0]
    assert "未检验" in judge(check_pm25_reachable(projected.head(0), cap, CITY, TESTS))["message"][0]


def test_a_co2_cap_looser_than_the_intensity_target_fails() -> None:
    gdp = pl.DataFrame({"year": pl.Series([2025], dtype=pl.Int32), "gdp_ratio": [1.25]})
    share = ("city", CITY, "co2_per_gdp_reduction_share", 0.2)  # 100 * 0.8 * 1.25 = 100
    for cap, passed in ((100.0, True), (101.0, False)):
        rows = permitted(("city", CITY, "co2_cap_t", cap), share)
        assert judge(check_co2_cap_not_looser(rows, gdp, CITY, TESTS))["passed"].to_list() == [passed]


def test_a_test_without_tolerance_is_refused() -> None:
    with pytest.raises(MissingToleranceError, match="weather"):
        tolerance_of(TESTS, "weather")
