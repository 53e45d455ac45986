"""Coupling of a city: which subsystems, every formula and scheme, bounds and lints beside the numbers."""

import json

import polars as pl
import pytest

from sxyd_pipeline.contracts.synergy import COUPLING
from sxyd_pipeline.core.synergy.coupling_city import couple_city
from sxyd_pipeline_tests.core.synergy.printed_tables import reference
from sxyd_pipeline_tests.core.synergy.squares_city import CITY
from sxyd_pipeline_tests.core.zoning.squares import EAST, WEST

REFERENCE = reference()
SPECIES = {"SO2": 1.0, "NOx": 2.0, "PM2.5": 0.5, "VOCs": 1.0, "NH3": 0.2, "CO2": 1000.0}
#: Tonnes relative to the base year of the west: (pollution, carbon).
PATHS = {
    (WEST, 2020): (1.0, 1.0), (WEST, 2025): (0.6, 1.2), (WEST, 2035): (0.5, 0.8),
    (EAST, 2020): (0.2, 0.2), (EAST, 2025): (0.2, 0.2), (EAST, 2035): (0.1, 0.15),
}  # fmt: skip


def projected() -> pl.DataFrame:
    """Two districts and their control units on the paths above, one scenario."""
    rows = [
        ("321100", "policy", year, layer, code, species, tonnes * PATHS[district, year][species == "CO2"] * share)
        for district, year in PATHS
        for layer, code, share in (
            ("district", district, 1.0), ("control_unit", f"ZH{district}20001", 0.7),
            ("control_unit", f"ZH{district}30001", 0.3),
        )
        for species, tonnes in SPECIES.items()
    ]  # fmt: skip
    schema = {
        "city_code": pl.String, "scenario_id": pl.String, "year": pl.Int32, "layer": pl.String, "code": pl.String,
        "species": pl.String, "emission_t": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def economy(districts: tuple[str, ...] = (WEST, EAST)) -> pl.DataFrame:
    rows = [("district", code, 2020, "gdp", 5e10, "current") for code in districts]
    schema = {
        "scope_type": pl.String, "scope_code": pl.String, "year": pl.Int32, "indicator": pl.String,
        "value": pl.Float64, "price_base": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def coupled(emissions: pl.DataFrame | None = None, money: pl.DataFrame | None = None) -> pl.DataFrame:
    return couple_city(
        projected() if emissions is None else emissions, economy() if money is None else money,
        CITY.control_units, CITY.districts, REFERENCE, CITY.config,
    )  # fmt: skip


GOT = coupled()


def test_every_formula_and_scheme_is_a_row() -> None:
    assert GOT.columns == [column.name for column in COUPLING.columns]
    by_method = dict(GOT.filter(pl.col("layer") == "district").group_by("method_id").len().iter_rows())
    # 6 rows x 4 schemes for logarithmic, linear and three systems; the k variant; 4 later rows.
    assert by_method == {"coupling_coordination": 72, "coupling_coordination_k": 24, "synergy_degree": 4}
    assert not GOT.select(COUPLING.key).is_duplicated().any()


def test_the_synergy_degree_counts_falls_against_the_highest_year_by_hand() -> None:
    # West 2035: pollution falls from 1.0 to 0.5 of its highest; carbon 1.0/1.2 to 0.8/1.2: sqrt(0.5 / 6).
    degrees = {
        (code, year): value
        for code, year, value in GOT.filter(
            pl.col("method_id") == "synergy_degree", pl.col("layer") == "district"
        )
        .select("code", "year", "synergy_degree")
        .iter_rows()
    }
    assert degrees[WEST, 2035] == pytest.approx((0.5 * 0.2 / 1.2) ** 0.5)
    # West 2025: pollution falls, carbon rises.
    assert degrees[WEST, 2025] == pytest.approx(-((0.4 * 0.2 / 1.2) ** 0.5))
    assert degrees[EAST, 2025] == 0.0
    assert degrees[EAST, 2035] == pytest.approx((0.5 * 0.25) ** 0.5)


def test_less_emission_is_better_in_both_subsystems() -> None:
    rows = GOT.filter(
        pl.col("method_id") == "coupling_coordination", pl.col("grade_scheme_id") == "ten_class_0.1",
        pl.col("layer") == "district", pl.col("year") == 2035, pl.col("subsystems") == "pollution;carbon",
    ).sort("code")  # fmt: skip
    values = {
        code: [json.loads(text) for text in rows.filter(pl.col("code") == code)["subsystem_values"]]
        for code in (WEST, EAST)
    }
    assert len(values[WEST]) == 2
    for west, east in zip(values[WEST], values[EAST], strict=True):
        assert set(west) == {"pollution", "carbon"}
        assert all(east[system] > west[system] for system in west)


def test_bounds_and_their_panel_stand_with_the_result() -> None:
    text = GOT.filter(pl.col("method_id") == "coupling_coordination_k")["bounds"][0]
    stored = json.loads(text)
    assert stored["scale"] == "ln"
    assert "2020/2025/2035" in stored["panel"]
    assert {direction for _, _, direction in stored["indicators"].values()} == {"cost"}
    for other in GOT["bounds"].unique():
        assert json.loads(other)["indicators"]


def test_no_economy_where_a_district_reports_none() -> None:
    partly = coupled(money=economy((WEST,)))
    assert set(partly["subsystems"]) == {"pollution;carbon"}
    three = GOT.filter(pl.col("subsystems") == "pollution;carbon;economy")
    assert set(three["layer"]) == {"district"}


def test_a_panel_is_told_to_depend_on_itself_and_evenly_bad_areas_are_named() -> None:
    west = GOT.filter(
        pl.col("code") == WEST, pl.col("year") == 2020, pl.col("grade_scheme_id") == "ten_class_0.1",
        pl.col("subsystems") == "pollution;carbon",
    )  # fmt: skip
    assert all("high_c_low_t" in text for text in west.filter(pl.col("coupling_c") > 0.9)["lints"])
    assert (
        GOT.filter(pl.col("method_id") != "synergy_degree")["lints"]
        .str.contains("panel_dependent_bounds")
        .all()
    )


def test_scores_do_not_change_with_the_order_of_rows_or_the_unit_of_mass() -> None:
    numbers = ("coupling_c", "development_index", "coordination_d", "synergy_degree")
    shuffled = coupled(projected().sample(fraction=1.0, shuffle=True, seed=3))
    rescaled = coupled(projected().with_columns(pl.col("emission_t") * 1e-3))
    for other in (shuffled, rescaled):
        for name in numbers:
            assert other[name].to_list() == pytest.approx(GOT[name].to_list(), abs=1e-9, nan_ok=True)
        assert other["grade"].to_list() == GOT["grade"].to_list()
