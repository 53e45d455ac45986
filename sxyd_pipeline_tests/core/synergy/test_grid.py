"""The grid: every tonne is found again, in the cell where one would look for it."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.baseline.equivalents import choose_equivalents
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.core.outcome import CONSERVED
from sxyd_pipeline.core.synergy.grid import (
    cells_of_codes,
    choose_side_km,
    draw_cells,
    grid_city,
    grid_emissions,
)
from sxyd_pipeline.core.synergy.space_settings import MissingSynergyParameterError, cell_side_km, setting
from sxyd_pipeline_tests.core.synergy.printed_tables import reference
from sxyd_pipeline_tests.core.synergy.squares_city import CITY, FACILITIES, PROXIES, cell, city_sources

REFERENCE = reference()
OUTCOME = grid_city(city_sources(), FACILITIES, PROXIES, CITY.districts, REFERENCE, CITY.config)
GRID = OUTCOME.table


def test_a_city_of_20_by_10_km_has_200_cells_of_1_km() -> None:
    assert len(GRID) == 200
    assert GRID["area_km2"].sum() == pytest.approx(200.0, rel=1e-6)
    assert GRID["cell_km2"].unique().tolist() == [1.0]
    assert GRID["cell_id"].is_monotonic_increasing


def test_the_chimney_stands_in_its_cell_and_homes_where_people_live() -> None:
    assert cell(GRID, 3.4, 2.6)["co2_t"] == pytest.approx(900.0)
    assert cell(GRID, 3.4, 2.6)["co2_point_t"] == pytest.approx(900.0)
    assert cell(GRID, 1.5, 1.5)["co2_t"] == pytest.approx(60.0)
    assert cell(GRID, 8.5, 8.5)["co2_t"] == pytest.approx(20.0)
    assert cell(GRID, 8.5, 8.5)["co2_point_t"] == 0.0
    assert cell(GRID, 15.5, 5.5)["co2_t"] == pytest.approx(1.0)
    assert cell(GRID, 0.5, 9.5)["co2_t"] == pytest.approx(0.0, abs=1e-6)


def test_pollution_equivalents_follow_the_law() -> None:
    # 90 t of SO2 at 0.95 kg per equivalent.
    assert cell(GRID, 3.4, 2.6)["apeq_t"] == pytest.approx(90.0 / 0.95)


def test_the_ledger_shows_every_species_conserved() -> None:
    assert OUTCOME.balance["species"].to_list() == ["CO2", "SO2"]
    assert OUTCOME.balance["in_t"].to_list() == pytest.approx([1080.0, 108.0])
    assert OUTCOME.balance["lost_t"].abs().max() < 1e-9  # type: ignore[operator]  # a number
    assert OUTCOME.balance["why"].unique().to_list() == [CONSERVED]


def test_the_squares_say_where_they_are() -> None:
    column, row = cells_of_codes(pl.Series(GRID["cell_id"].tolist()))
    assert (column.min(), column.max(), row.min(), row.max()) == (1345, 1364, 3520, 3529)
    assert GRID.crs == "EPSG:4490"
    west, south, east, north = GRID.total_bounds
    assert 119.0 < west < east < 120.0
    assert 31.0 < south < north < 33.0


def test_cells_at_the_border_are_whole_and_know_what_lies_inside() -> None:
    cells = draw_cells(np.array([shapely.box(250, 250, 1750, 900)], dtype=object), 1.0)
    assert cells.codes == ["R000000C000000", "R000000C000001"]
    assert cells.inside_m2.tolist() == [750.0 * 650.0, 750.0 * 650.0]
    assert shapely.area(cells.polygons).tolist() == [1e6, 1e6]


def test_cells_west_of_the_meridian_have_names_that_can_be_read_back() -> None:
    cells = draw_cells(np.array([shapely.box(-1500, -500, 500, 500)], dtype=object), 1.0)
    column, row = cells_of_codes(pl.Series(cells.codes))
    assert (column == cells.column).all()
    assert (row == cells.row).all()


def test_a_large_city_gets_larger_cells() -> None:
    assert choose_side_km(3844.0, 1.0, 20_000) == 1.0
    assert choose_side_km(82_000.0, 1.0, 20_000) == 4.0


def test_the_city_may_choose_its_cells_and_nonsense_is_refused() -> None:
    def with_side(value: object) -> float:
        methods = replace(CITY.config.methods, extra={"grid_cell_km": value})
        return cell_side_km(REFERENCE.synergy_parameters, replace(CITY.config, methods=methods))

    assert with_side(0.5) == 0.5
    for wrong in (0, -1, "1 km", True):
        with pytest.raises(InvalidConfigError, match="grid_cell_km"):
            with_side(wrong)


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(MissingSynergyParameterError, match="grid_cell_km"):
        setting(REFERENCE.synergy_parameters.clear(), "grid_cell_km")


@settings(max_examples=8, deadline=None)
@given(side_km=st.sampled_from([0.7, 1.3, 2.5, 30.0]), factor=st.floats(1e-3, 1e6))
def test_no_tonne_is_lost_whatever_the_cell(side_km: float, factor: float) -> None:
    emissions = city_sources().with_columns(pl.col("emission_t") * factor)
    equivalents = choose_equivalents(REFERENCE.pollution_equivalents)
    got = grid_emissions(
        emissions, FACILITIES, PROXIES, CITY.districts, equivalents, side_km=side_km, cell_limit=10_000
    ).table
    assert got["co2_t"].sum() == pytest.approx(1080.0 * factor, rel=1e-9)
    assert got["so2_t"].sum() == pytest.approx(108.0 * factor, rel=1e-9)
    assert got["area_km2"].sum() == pytest.approx(200.0, rel=1e-6)
