from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.analysis import STRUCTURE
from sxyd_pipeline.core.baseline.structure import describe_structure
from sxyd_pipeline.core.baseline.two_high import find_two_high, list_of_province
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline_tests.core.baseline.little_city import (
    CITY,
    DISTRICTS,
    INDUSTRIES,
    TWO_HIGH,
    UNITS,
    WITH_AREA,
    ZONES,
    economy,
    placements,
    sources,
)


def structure(
    emissions: pl.DataFrame | None = None, figures: pl.DataFrame | None = None, config: CityConfig = CITY
) -> pl.DataFrame:
    return describe_structure(
        sources() if emissions is None else emissions,
        placements(), economy() if figures is None else figures, DISTRICTS, ZONES, UNITS, TWO_HIGH, INDUSTRIES, config,
    )  # fmt: skip


def row(table: pl.DataFrame, breakdown: str, code: str, species: str = "CO2") -> dict[str, object]:
    found = table.filter(
        (pl.col("breakdown") == breakdown) & (pl.col("code") == code) & (pl.col("species") == species)
    )
    assert found.height == 1, (breakdown, code)
    return found.row(0, named=True)


def test_the_table_is_the_one_the_contract_promises() -> None:
    got = structure()
    assert dict(got.schema) == STRUCTURE.schema
    assert not got.select(STRUCTURE.key).is_duplicated().any()
    assert set(got["breakdown"]) == set(STRUCTURE.column("breakdown").allowed)
    assert got.sort(STRUCTURE.key).equals(got)


def test_emissions_are_broken_down_eight_ways() -> None:
    got = structure()
    assert row(got, "city", "321100")["emission_t"] == pytest.approx(1000.0)
    assert row(got, "district", "321102")["share_of_city"] == pytest.approx(0.64)
    assert row(got, "source_category", "1")["emission_t"] == pytest.approx(660.0)
    assert row(got, "industry", "3011")["name"] == "水泥制造"
    assert row(got, "industry", "*")["emission_t"] == pytest.approx(40.0)
    assert row(got, "activity", "natural_gas")["name"] == "天然气"
    assert row(got, "zone_type", "231")["emission_t"] == pytest.approx(640.0)
    assert row(got, "zone_type", "resources:*")["emission_t"] == pytest.approx(360.0)
    assert row(got, "control_class", "3")["name"] == "一般管控"


def test_two_high_holds_the_verdict_and_its_groups() -> None:
    got = structure()
    assert row(got, "two_high", "yes")["share_of_city"] == pytest.approx(0.9)
    assert row(got, "two_high", "no")["share_of_city"] == pytest.approx(0.1)
    assert row(got, "two_high", "group:coal_power")["emission_t"] == pytest.approx(600.0)
    assert row(got, "two_high", "group:building_materials")["name"] == "建材"


def test_intensities_divide_by_what_is_known_and_stay_empty_otherwise() -> None:
    got = structure(
        figures=economy(
            ("city", "321100", 2020, "gdp", 50e8, "current"),
            ("district", "321102", 2020, "population", 2000.0, None),
            ("industry", "C", 2020, "value_added", 10e8, "2020"),
        )
    )
    city, west, east = (
        row(got, *key) for key in (("city", "321100"), ("district", "321102"), ("district", "321111"))
    )
    assert city["per_gdp_t_per_1e8cny"] == pytest.approx(20.0)
    assert city["price_base"] == "current"
    assert city["per_capita_kg"] is None
    assert west["per_capita_kg"] == pytest.approx(320.0)
    assert west["density_t_per_km2"] == pytest.approx(64.0)
    assert east["per_capita_kg"] is None
    assert city["density_t_per_km2"] == pytest.approx(25.0)
    # Section C holds cement and car works: 360 t over 10e8 CNY; power is section D, without value added.
    assert row(got, "industry", "3011")["per_value_added_t_per_1e8cny"] == pytest.approx(36.0)
    assert row(got, "industry", "3611")["per_value_added_t_per_1e8cny"] == pytest.approx(36.0)
    assert row(got, "industry", "4411")["per_value_added_t_per_1e8cny"] is None


def test_the_longest_code_with_value_added_is_used() -> None:
    figures = economy(
        ("industry", "C", 2020, "value_added", 10e8, None),
        ("industry", "C30", 2020, "value_added", 2e8, None),
        ("industry", "3611", 2020, "value_added", 6e8, None),
    )
    got = structure(figures=figures)
    assert row(got, "industry", "3011")["per_value_added_t_per_1e8cny"] == pytest.approx(150.0)
    assert row(got, "industry", "3611")["per_value_added_t_per_1e8cny"] == pytest.approx(10.0)
    assert row(got, "industry", "3611")["price_base"] == "unstated"


def test_a_statistical_area_is_counted_in_its_host() -> None:
    figures = economy(
        ("district", "321102", 2020, "population", 1500.0, None),
        ("district", "321171", 2020, "population", 500.0, None),
        ("district", "321111", 2020, "population", 3000.0, None),
    )
    got = structure(figures=figures, config=WITH_AREA)
    assert row(got, "district", "321102")["per_capita_kg"] == pytest.approx(320.0)
    # All districts report, so the city's heads are their sum.
    assert row(got, "city", "321100")["per_capita_kg"] == pytest.approx(200.0)


def test_a_partial_sum_of_a_host_and_its_area_is_no_denominator() -> None:
    figures = economy(
        ("district", "321171", 2019, "population", 400.0, None),
        ("district", "321102", 2020, "population", 1500.0, None),
    )
    got = structure(figures=figures, config=WITH_AREA)
    assert row(got, "district", "321102")["per_capita_kg"] is None


def test_a_gas_plant_is_not_coal_power_and_an_unseen_product_stays_open() -> None:
    plants = pl.DataFrame(
        {
            "facility_id": ["G", "H", "Y", "K", None],
            "industry_code": ["4411", "4412", "2619", "2621", None],
            "activity_code": ["natural_gas", "lignite", None, "ammonia", "rice_paddy"],
        }
    )
    got = dict(find_two_high(plants, TWO_HIGH, "江苏省").select("facility_id", "is_two_high").iter_rows())
    assert got == {"G": False, "H": True, "K": True, "Y": None}


def test_a_province_overrides_the_national_list_row_by_row() -> None:
    own = TWO_HIGH.head(1).with_columns(
        province=pl.lit("江苏"), industry_code=pl.lit("3031"), counts=pl.lit(value=False)
    )
    paper = own.with_columns(
        industry_code=pl.lit("2221"), counts=pl.lit(value=True), product_zh=pl.lit(None, pl.String)
    )
    listed = pl.concat([TWO_HIGH, own, paper], how="vertical_relaxed")
    here, there = (set(list_of_province(listed, name)["industry_code"]) for name in ("江苏省", "浙江省"))
    assert "3031" not in here
    assert "2221" in here
    assert "3031" in there
    assert "2221" not in there


def test_every_code_of_the_list_is_a_class_of_the_standard() -> None:
    assert set(TWO_HIGH["industry_code"]) <= set(INDUSTRIES["code"])
    assert TWO_HIGH.select("cited_from", "confidence").null_count().sum_horizontal()[0] == 0


@settings(max_examples=25, deadline=None)
@given(co2=st.lists(st.floats(0.0, 1e9), min_size=4, max_size=4))
def test_shares_of_a_partition_sum_to_one(co2: list[float]) -> None:
    base = sources().sort("species", "source_id")
    values = [*co2, *base.filter(pl.col("species") == "NOx")["emission_t"].to_list()]
    got = structure(base.with_columns(emission_t=pl.Series(values))).filter(
        ~pl.col("code").str.starts_with("group:")
    )
    for breakdown in set(got["breakdown"]) - {"zone_type"}:
        shares = got.filter((pl.col("breakdown") == breakdown) & (pl.col("species") == "CO2"))[
            "share_of_city"
        ]
        assert shares.sum() == pytest.approx(1.0 if sum(co2) > 0 else 0.0)


def test_another_base_year_does_not_change_the_structure() -> None:
    assert structure(config=replace(CITY, base_year=2021)).equals(structure())
