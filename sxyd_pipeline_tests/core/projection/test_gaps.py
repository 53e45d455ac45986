from typing import cast

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.contracts.projection import TARGET_GAPS
from sxyd_pipeline.core.projection.failures import DuplicateRowsError, MissingBaseYearError
from sxyd_pipeline.core.projection.gaps import measure_gaps, targets_without_projection
from sxyd_pipeline.core.projection.quantities import (
    area_emission_levels,
    base_values,
    city_emission_levels,
    concentration_levels,
    energy_levels,
    evaluate_indicators,
    gdp_path,
    mean_concentration,
    project_fuel_use,
)
from sxyd_pipeline.core.projection.rollback import Rollback
from sxyd_pipeline.core.projection.scenario import parse_scenario
from sxyd_pipeline_tests.core.projection.reference_files import BASE, CITY, FUELS, INDICATORS, PARAMETERS

GROWTH = PARAMETERS.filter(pl.col("parameter") == "gdp_growth")
YEARS = [2020, 2025, 2030, 2035]


def projected(values: dict[int, float], indicator: str = "permitted_so2_t") -> pl.DataFrame:
    return pl.DataFrame(
        [("s", "city", CITY, indicator, year, value) for year, value in values.items()],
        schema=["scenario_id", "scope_type", "scope_code", "indicator", "year", "projected"], orient="row",
    )  # fmt: skip


def permitted(target: float, year: int = 2025, indicator: str = "permitted_so2_t") -> pl.DataFrame:
    return pl.DataFrame(
        {
            "scope_type": ["city"],
            "scope_code": [CITY],
            "indicator": [indicator],
            "year": [year],
            "target": [target],
        }
    )


def gap(
    values: dict[int, float], target: float, indicator: str = "permitted_so2_t", year: int = 2025
) -> dict[str, object]:
    got = measure_gaps(
        projected(values, indicator),
        permitted(target, year, indicator),
        INDICATORS,
        city_code=CITY,
        base_year=BASE,
    )
    assert got.schema == TARGET_GAPS.schema
    return got.row(0, named=True)


def test_a_missed_cap_has_a_positive_gap() -> None:
    got = gap({2020: 100.0, 2025: 90.0, 2030: 70.0}, 80.0)
    assert (got["gap"], got["gap_share"], got["is_met"], got["is_binding"]) == (10.0, 0.125, False, True)
    assert got["year_reached"] == 2030


def test_a_floor_that_is_not_reached_has_a_positive_gap_too() -> None:
    got = gap({2020: 0.0, 2025: 0.15, 2035: 0.3}, 0.18, "co2_per_gdp_reduction_share")
    assert got["gap"] == pytest.approx(0.03)
    assert (got["is_met"], got["is_binding"], got["year_reached"]) == (False, True, 2035)


def test_a_level_reached_but_lost_again_counts_from_when_it_is_kept() -> None:
    got = gap({2020: 100.0, 2025: 70.0, 2030: 90.0, 2035: 60.0}, 80.0)
    assert (got["is_met"], got["year_reached"]) == (True, 2035)
    assert gap({2020: 100.0, 2025: 70.0, 2030: 90.0}, 80.0)["year_reached"] is None


def test_a_cap_above_the_base_year_does_not_bind() -> None:
    got = gap({2020: 100.0, 2025: 90.0}, 120.0)
    assert (got["is_binding"], got["is_met"], got["year_reached"]) == (False, True, 2020)


def test_a_cap_of_nothing_has_no_relative_gap() -> None:
    assert gap({2020: 1.0, 2025: 0.5}, 0.0)["gap_share"] is None


def test_a_series_without_base_year_is_refused() -> None:
    with pytest.raises(MissingBaseYearError, match="2020"):
        gap({2025: 90.0}, 80.0)


def test_a_target_without_a_projection_is_listed() -> None:
    got = targets_without_projection(permitted(1.0, 2028), projected({2020: 1.0, 2025: 1.0}))
    assert got["year"].to_list() == [2028]


@given(values=st.lists(st.floats(0.0, 1e6), min_size=4, max_size=4), target=st.floats(0.0, 1e6))
def test_the_sign_of_the_gap_says_whether_the_target_is_met(values: list[float], target: float) -> None:
    got = gap(dict(zip(YEARS, values, strict=True)), target)
    assert got["is_met"] == (values[1] <= target * (1 + 1e-9))
    reached = cast("int | None", got["year_reached"])
    kept = [
        year
        for year, value in zip(YEARS, values, strict=True)
        if year >= (reached or 9999) and value > target * (1 + 1e-9)
    ]
    assert not kept
    assert (reached is None) == (values[-1] > target * (1 + 1e-9))


def totals(ratio: float = 0.5) -> pl.DataFrame:
    return pl.DataFrame(
        [("s", 2020, "CO2", 100.0), ("s", 2025, "CO2", 100.0 * ratio), ("s", 2020, "SO2", 10.0), ("s", 2025, "SO2", 5.0)],
        schema=["scenario_id", "year", "species", "emission_t"], orient="row",
    )  # fmt: skip


def indicators_of(levels: pl.DataFrame) -> dict[tuple[str, int], float]:
    got = evaluate_indicators(levels, INDICATORS, BASE, gdp_path(GROWTH, YEARS, BASE))
    return {
        (name, year): value for name, year, value in got.select("indicator", "year", "projected").iter_rows()
    }


def test_co2_per_gdp_falls_by_emission_and_by_growth() -> None:
    got = indicators_of(city_emission_levels(totals(), CITY))
    assert got["co2_cap_t", 2025] == 50.0
    assert got["co2_reduction_share", 2025] == 0.5
    assert got["co2_per_gdp_reduction_share", 2025] == pytest.approx(1 - 0.5 / 1.05**5)
    assert got["co2_per_gdp_reduction_share", 2020] == 0.0
    assert got["permitted_so2_t", 2025] == 5.0


def test_gdp_follows_the_default_rates() -> None:
    got = gdp_path(GROWTH, YEARS, BASE)["gdp_ratio"].to_list()
    assert got == pytest.approx([1.0, 1.05**5, 1.05**5 * 1.045**5, 1.05**5 * 1.045**5 * 1.04**5])


def test_levels_without_base_year_or_given_twice_are_refused() -> None:
    levels = city_emission_levels(totals(), CITY)
    gdp = gdp_path(GROWTH, YEARS, BASE)
    with pytest.raises(MissingBaseYearError):
        evaluate_indicators(levels.filter(pl.col("year") != BASE), INDICATORS, BASE, gdp)
    with pytest.raises(DuplicateRowsError):
        evaluate_indicators(pl.concat([levels, levels]), INDICATORS, BASE, gdp)


def test_areas_keep_their_layer_and_what_is_outside_has_no_scope() -> None:
    rows = pl.DataFrame(
        [("s", 2020, layer, code, "SO2", 1.0) for layer, code in (("district", "321102"), ("air", "YS3211022310001"), ("air", "*"), ("control_unit", "ZH32110220001"))],
        schema=["scenario_id", "year", "layer", "code", "species", "emission_t"], orient="row",
    )  # fmt: skip
    got = area_emission_levels(rows)
    assert sorted(got.select("scope_type", "layer").rows()) == [
        ("control_unit", "control_unit"), ("district", "district"), ("zone", "air")]  # fmt: skip
    base = base_values(evaluate_indicators(got, INDICATORS, BASE, gdp_path(GROWTH, YEARS, BASE)), BASE)
    zone = base.filter(pl.col("scope_type") == "zone", pl.col("indicator") == "permitted_so2_t")
    assert zone["base_value"].to_list() == [1.0]


def activity() -> pl.DataFrame:
    rows = [("A", "bituminous_coal", "2211", 1000.0, None), ("B", "natural_gas", "2211", 2.0e4, None),
            ("C", "electricity", "2211", 1e6, None), ("D", "vessel_diesel", None, 10.0, None), ("E", "coke", "3110", 50.0, 28.0)]  # fmt: skip
    table = pl.DataFrame(
        rows, schema=["source_id", "activity_code", "industry_code", "amount", "ncv_gj_per_t"], orient="row"
    )
    text = dict.fromkeys(("technology_code", "equipment_id"), pl.lit(None, pl.String))
    return table.with_columns(
        source_kind=pl.lit("point"),
        source_category=pl.lit(1),
        facility_id=pl.col("source_id"),
        district_code=pl.when(pl.col("source_id") != "B").then(pl.lit("321102")),
        **text,
    )


def scenario(*levers: dict[str, object]) -> object:
    full = [{"cited_from": "t", "label": f"l{number}", **lever} for number, lever in enumerate(levers)]
    return parse_scenario(
        {"id": "s", "name_zh": "情", "name_en": "s", "cited_from": "t", "levers": full}, "s.toml"
    )


def by_fuel(got: pl.DataFrame) -> dict[tuple[str, int], float]:
    sums = got.group_by("year", "fuel_code").agg(pl.col("amount").sum())
    return {(fuel, year): value for year, fuel, value in sums.iter_rows()}


def fuel_use(*levers: dict[str, object]) -> dict[tuple[str, int], float]:
    got = project_fuel_use(activity(), scenario(*levers), [2020, 2030], BASE, FUELS)  # type: ignore[arg-type] # a scenario
    return {
        (fuel, year): value for year, fuel, value in got.select("year", "fuel_code", "amount").iter_rows()
    }


def test_fuel_use_follows_activity_and_intensity_but_not_removal() -> None:
    got = fuel_use(
        {"lever": "activity_level", "values": {"2030": 2.0}},
        {"lever": "energy_intensity_change", "values": {"2030": -0.1}, "applies_to": {"activity_code": ["bituminous_coal"]}},
        {"lever": "removal", "species": "CO2", "values": {"2030": 0.9}},
        {"lever": "capture", "values": {"2030": 0.9}},
    )  # fmt: skip
    assert got["bituminous_coal", 2020] == 1000.0
    assert got["bituminous_coal", 2030] == pytest.approx(2000 * 0.9**10)
    assert got["diesel", 2030] == pytest.approx(20.0)
    assert ("electricity", 2030) not in got


def test_a_switched_fuel_leaves_and_its_addition_arrives() -> None:
    switch = {
        "lever": "fuel_switch",
        "values": {"2030": 0.5},
        "from_activity": "bituminous_coal",
        "to_activity": "natural_gas",
    }
    added = activity().head(1).with_columns(
        source_id=pl.lit("A→gas"), activity_code=pl.lit("natural_gas"), amount=pl.lit(8.0e4), addition=pl.lit("l0"))  # fmt: skip
    rows = pl.concat([activity().with_columns(addition=pl.lit(None, pl.String)), added])
    got = project_fuel_use(rows, scenario(switch), [2020, 2030], BASE, FUELS)  # type: ignore[arg-type] # a scenario
    values = by_fuel(got)
    assert values["bituminous_coal", 2030] == 500.0
    assert (values["natural_gas", 2020], values["natural_gas", 2030]) == (2.0e4, 2.0e4 + 4.0e4)


def test_coal_leaves_out_coke_and_energy_is_in_standard_coal() -> None:
    got = project_fuel_use(activity(), scenario(), [2020, 2030], BASE, FUELS)  # type: ignore[arg-type] # a scenario
    levels = energy_levels(got, CITY, BASE)
    values = {
        (name, year): value
        for name, year, value in levels.filter(pl.col("scope_type") == "city")
        .select("quantity", "year", "level")
        .iter_rows()
    }
    assert values["coal", 2030] == 1000.0
    gj = 1000 * 22.35 + 2 * 389.31 + 10 * 42.652 + 50 * 28.0
    assert values["energy", 2020] == pytest.approx(gj / 29.3076)
    stated = energy_levels(got, CITY, BASE, stated_energy_tce=5000.0)
    assert stated.filter(pl.col("quantity") == "energy", pl.col("scope_type") == "city")[
        "level"
    ].to_list() == pytest.approx([5000.0, 5000.0])


def test_pm25_by_rollback_answers_its_indicators() -> None:
    levels = concentration_levels(totals(), Rollback(45.0, 15.0, {"SO2": 1.0}), CITY, BASE)
    got = indicators_of(levels)
    assert got["pm25_ug_per_m3", 2025] == pytest.approx(30.0)
    assert got["pm25_reduction_share", 2025] == pytest.approx(1 / 3)


def test_the_city_concentration_is_the_mean_of_its_districts() -> None:
    air = pl.DataFrame({"district_code": ["a", "b"], "pollutant": ["PM2.5"] * 2, "year": [2020] * 2,
                        "concentration_ug_per_m3": [30.0, 40.0]})  # fmt: skip
    assert mean_concentration(air, "PM2.5", 2020) == 35.0
    assert mean_concentration(air, "PM2.5", 2021) is None


def test_districts_share_what_the_city_burns() -> None:
    got = project_fuel_use(activity(), scenario(), [2020, 2030], BASE, FUELS)  # type: ignore[arg-type] # a scenario
    for stated in (None, 5000.0):
        levels = energy_levels(got, CITY, BASE, stated).filter(
            pl.col("year") == 2030, pl.col("quantity") == "energy"
        )
        by_scope = dict(levels.select("scope_code", "level").iter_rows())
        gas = 2 * 389.31 / (1000 * 22.35 + 2 * 389.31 + 10 * 42.652 + 50 * 28.0)
        # The gas burner has no district.
        assert by_scope["321102"] == pytest.approx(by_scope[CITY] * (1 - gas))


def test_a_district_follows_the_city_above_the_background_and_a_clean_one_stays() -> None:
    districts = pl.DataFrame({"district_code": ["a", "b"], "concentration_ug_per_m3": [35.0, 12.0]})
    levels = concentration_levels(totals(), Rollback(45.0, 15.0, {"SO2": 1.0}), CITY, BASE, districts)
    later = dict(levels.filter(pl.col("year") == 2025).select("scope_code", "level").iter_rows())
    assert later == pytest.approx({CITY: 30.0, "a": 25.0, "b": 12.0})
