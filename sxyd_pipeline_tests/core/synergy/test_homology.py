"""Homology: indices by hand, the expected pattern of a small city, and what is not defined."""

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy import homology
from sxyd_pipeline.core.synergy.homology_table import describe_homology
from sxyd_pipeline_tests.core.synergy.score_frames import BASE_YEAR, config, reference, scale

STRUCTURE = st.lists(st.floats(0.01, 1e6), min_size=3, max_size=3)


def test_half_of_the_structure_in_common_overlaps_by_a_half() -> None:
    assert homology.overlap([50.0, 50.0, 0.0], [0.0, 5.0, 5.0]) == 0.5


def test_the_cosine_of_two_sectors_against_one_is_one_over_root_two() -> None:
    assert homology.cosine([1.0, 1.0], [1.0, 0.0]) == pytest.approx(0.5**0.5)


def test_reversed_ranks_correlate_by_minus_one() -> None:
    assert homology.rank_correlation([1, 2, 3, 4, 5], [50, 40, 30, 20, 10]) == pytest.approx(-1.0)


def test_nothing_is_said_of_few_areas_or_of_equal_ones() -> None:
    assert homology.rank_correlation([1, 2], [2, 1]) is None
    assert homology.rank_correlation([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]) is None


def test_a_source_below_the_threshold_is_not_dual() -> None:
    # The second source has 1 of 1000 t of CO2: dual at 0.1 %, not at 0.2 %.
    assert homology.dual_source_share([999.0, 1.0], [30.0, 70.0], threshold_share=0.001) == 1.0
    assert homology.dual_source_share([999.0, 1.0], [30.0, 70.0], threshold_share=0.002) == 0.3


def test_twice_the_pollution_for_the_same_carbon_has_ratio_two() -> None:
    assert homology.relative_ratio(10.0, 4.0, 100.0, 20.0) == pytest.approx(2.0)
    assert homology.relative_ratio(0.0, 4.0, 100.0, 20.0) is None


@pytest.mark.parametrize("index", [homology.overlap, homology.cosine])
def test_nothing_emitted_leaves_an_index_undefined(index: Callable[..., float | None]) -> None:
    assert index([0.0, 0.0], [1.0, 2.0]) is None


@settings(max_examples=40)
@given(STRUCTURE, STRUCTURE, st.floats(0.01, 100.0))
def test_indices_are_symmetric_bounded_and_free_of_units(
    carbon: list[float], pollutant: list[float], factor: float
) -> None:
    for index in (homology.overlap, homology.cosine):
        got = index(carbon, pollutant)
        assert got is not None
        assert 0.0 <= got <= 1.0 + 1e-9
        assert index(pollutant, carbon) == pytest.approx(got)
        assert index([factor * value for value in carbon], pollutant) == pytest.approx(got)
        assert index(carbon, carbon) == pytest.approx(1.0)


#: A power plant, a farm and a building site: all CO2 and most SO2 from the first, all NH3 from the second.
SOURCES = (
    ("F1/B1", "F1", "4411", 1, "facility:F1", {"CO2": 1000.0, "SO2": 95.0, "NOx": 95.0}),
    ("321102/5/livestock", None, None, 5, "area:321102:areal", {"NH3": 50.0, "CO2": 0.5}),
    ("321102/6/dust", None, None, 6, "area:321102:areal", {"PM10": 40.0}),
)


def sources() -> pl.DataFrame:
    return pl.DataFrame(
        [
            (*row[:5], species, tonnes, BASE_YEAR)
            for row in SOURCES
            for species, tonnes in row[5].items()
        ],
        schema={
            "source_id": pl.String, "facility_id": pl.String, "industry_code": pl.String,
            "source_category": pl.Int32, "spread_id": pl.String, "species": pl.String, "emission_t": pl.Float64,
            "year": pl.Int32,
        },
        orient="row",
    )  # fmt: skip


def placements() -> pl.DataFrame:
    return pl.DataFrame(
        [
            ("facility:F1", "control_unit", "a", 1.0),
            ("area:321102:areal", "control_unit", "a", 0.25),
            ("area:321102:areal", "control_unit", "b", 0.75),
        ],
        schema=["spread_id", "layer", "code", "share"],
        orient="row",
    )


def units() -> pl.DataFrame:
    return pl.DataFrame({"layer": ["control_unit"] * 2, "code": ["a", "b"], "district_code": ["321102"] * 2})


def value(table: pl.DataFrame, code: str, species: str, index_id: str) -> float | None:
    found = table.filter(pl.col("code") == code, pl.col("species") == species, pl.col("index_id") == index_id)
    assert found.height == 1
    return found["value"][0]


def test_burning_shares_its_sources_with_carbon_and_farming_and_dust_do_not() -> None:
    got = describe_homology(sources(), placements(), units(), reference(), config())
    assert value(got, "321100", "SO2", "H1") == pytest.approx(1000 / 1000.5)
    assert value(got, "321100", "NH3", "H1") == pytest.approx(0.5 / 1000.5)
    assert value(got, "321100", "PM10", "H1") == 0.0
    assert value(got, "321100", "NOx", "H4") == 1.0
    assert value(got, "321100", "PM10", "H4") == 0.0
    # APeq: 200 of the plant, 5.5 of the farm, 18.3 of dust; only the plant has a thousandth of the CO2.
    whole = 200.0 + 50 / 9.09 + 40 / 2.18
    assert value(got, "321100", "APeq", "H4") == pytest.approx(200.0 / whole)


def test_a_unit_without_the_plant_is_heavy_in_ammonia_and_has_no_sulphur_index() -> None:
    got = describe_homology(sources(), placements(), units(), reference(), config())
    # Unit b: 37.5 t NH3 to 0.375 t CO2; the city: 50 to 1000.5.
    assert value(got, "b", "NH3", "ratio") == pytest.approx(100.0 / (50.0 / 1000.5))
    assert value(got, "b", "SO2", "H1") is None
    missing = got.filter(pl.col("code") == "b", pl.col("species") == "SO2", pl.col("index_id") == "H1")
    assert "无定义" in missing["statement_zh"][0]


def test_homology_of_a_frame_is_the_homology_of_its_columns() -> None:
    weighed = pl.DataFrame(
        {
            "scenario_id": ["s"] * 3, "year": [2020] * 3, "layer": ["air"] * 3, "code": ["a"] * 3,
            "sector": ["I44", "I30", "A5"], "co2_t": [50.0, 50.0, 0.0], "apeq_t": [0.0, 5.0, 5.0],
        }
    )  # fmt: skip
    got = homology.overlap_of_areas(weighed)["homology"].to_list()
    assert got == [homology.overlap(weighed["co2_t"], weighed["apeq_t"])]


def test_emitters_keep_the_tonnes_of_their_sources() -> None:
    projected = sources().with_columns(scenario_id=pl.lit("s"))
    weighed = homology.weigh_sources(
        projected.select("scenario_id", "year", "source_id", "species", "emission_t", "spread_id"),
        projected,
        scale(),
    )
    placed = homology.place_emitters(weighed, placements(), units())
    assert placed["co2_t"].sum() == pytest.approx(1000.5)
    of_a = placed.filter(pl.col("code") == "a", pl.col("emitter") == "A5")
    assert of_a["apeq_t"].to_list() == pytest.approx([0.25 * 50 / 9.09])
