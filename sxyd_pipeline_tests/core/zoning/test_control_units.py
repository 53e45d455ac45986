import csv
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely

from sxyd_pipeline.contracts.zoning import CONTROL_UNITS
from sxyd_pipeline.core.zoning import overlapping_features, sum_areas_by_class, uncovered_area
from sxyd_pipeline.core.zoning.projection import polygons_of
from sxyd_pipeline_tests.core.zoning.squares import EAST, TWO_DISTRICTS, WEST, City, box, config

DELIVERED = {
    **TWO_DISTRICTS,
    "control_units": {f"ZH{WEST}10001": box(0, 0, 12, 10), f"ZH{EAST}30001": box(12, 0, 20, 10)},
}


def areas(city: City) -> dict[str, float]:
    units = city.control_units
    return dict(zip(units["control_unit_code"], units["area_km2"].round(6), strict=True))


def test_delivered_units_are_taken_as_they_are() -> None:
    units = City(DELIVERED).control_units
    assert list(units.columns) == [column.name for column in CONTROL_UNITS.columns]
    assert units["control_unit_code"].tolist() == [f"ZH{WEST}10001", f"ZH{EAST}30001"]
    assert units["area_km2"].tolist() == pytest.approx([120.0, 80.0])
    assert set(units["origin"]) == {"package"}
    assert units["district_code"].tolist() == [WEST, EAST]


def test_priority_comes_before_key_and_key_before_general() -> None:
    assert areas(City()) == {
        f"ZH{WEST}10001": 10.0, f"ZH{WEST}20001": 40.0, f"ZH{WEST}30001": 50.0, f"ZH{EAST}30001": 100.0,
    }  # fmt: skip


def test_a_priority_zone_takes_from_a_key_zone() -> None:
    city = City({**TWO_DISTRICTS, "ecology": {f"YS{WEST}1110001": box(0, 0, 5, 4)}})
    assert areas(city) == {
        f"ZH{WEST}10001": 20.0, f"ZH{WEST}20001": 20.0, f"ZH{WEST}30001": 60.0, f"ZH{EAST}30001": 100.0,
    }  # fmt: skip


def test_which_elements_promote_is_a_switch() -> None:
    city = City(settings=config(priority_elements=("water",)))
    assert areas(city) == {f"ZH{WEST}20001": 40.0, f"ZH{WEST}30001": 60.0, f"ZH{EAST}30001": 100.0}


def test_a_zone_across_counties_gives_a_unit_to_each() -> None:
    city = City({**TWO_DISTRICTS, "ecology": {f"YS{WEST}1110001": box(8, 8, 12, 10)}})
    assert areas(city)[f"ZH{WEST}10001"] == pytest.approx(4.0)
    assert areas(city)[f"ZH{EAST}10001"] == pytest.approx(4.0)


def test_a_small_piece_joins_the_neighbour_with_the_longest_edge() -> None:
    # 0.4 km2 of ecology between the key area (1 km of edge) and the general one (1.8 km of edge).
    city = City({**TWO_DISTRICTS, "ecology": {f"YS{WEST}1110001": box(4, 4, 5, 4.4)}})
    assert areas(city) == {f"ZH{WEST}20001": 40.0, f"ZH{WEST}30001": 60.0, f"ZH{EAST}30001": 100.0}


def test_a_small_park_is_never_merged() -> None:
    air = {
        f"YS{WEST}2310001": box(4, 4, 5, 4.4),
        f"YS{WEST}3310001": shapely.difference(box(0, 0, 20, 10), box(4, 4, 5, 4.4)),
    }
    assert areas(City({**TWO_DISTRICTS, "air": air}))[f"ZH{WEST}20001"] == pytest.approx(0.4)


def test_a_small_town_zone_is_merged() -> None:
    air = {
        f"YS{WEST}2340001": box(4, 4, 5, 4.4),
        f"YS{WEST}3310001": shapely.difference(box(0, 0, 20, 10), box(4, 4, 5, 4.4)),
    }
    assert f"ZH{WEST}20001" not in areas(City({**TWO_DISTRICTS, "air": air}))


def test_drawn_units_tile_the_city_exactly() -> None:
    city = City()
    polygons = polygons_of(city.control_units, "control_units")
    assert shapely.coverage_is_valid(polygons)
    assert float(np.sum(shapely.area(polygons))) == pytest.approx(2e8, rel=1e-12)
    assert overlapping_features(city.control_units).is_empty()
    assert uncovered_area(city.control_units, city.districts).is_empty()


def test_unchanged_units_keep_their_codes() -> None:
    first = City()
    again = City(previous=first.control_units)
    assert areas(again) == areas(first)
    assert again.control_units["predecessors"].isna().all()


def test_a_shifted_zone_keeps_the_code_of_its_unit() -> None:
    first = City()
    moved = City(
        {**TWO_DISTRICTS, "ecology": {f"YS{WEST}1110001": box(1, 8, 6, 10)}}, previous=first.control_units
    )
    assert areas(moved) == areas(first)


def test_a_unit_elsewhere_gets_the_next_serial_and_names_what_it_replaces() -> None:
    first = City()
    ecology = {f"YS{WEST}1110001": box(0, 4, 10, 8)}
    moved = City({**TWO_DISTRICTS, "ecology": ecology}, previous=first.control_units)
    assert areas(moved) == {
        f"ZH{WEST}10002": 40.0, f"ZH{WEST}20001": 40.0, f"ZH{WEST}30002": 20.0, f"ZH{EAST}30001": 100.0,
    }  # fmt: skip
    replaced = dict(
        zip(moved.control_units["control_unit_code"], moved.control_units["predecessors"], strict=True)
    )
    # The old general unit lay at 4-10 km without the corner; 40 of its 50 km2 are priority now.
    assert replaced[f"ZH{WEST}10002"] == f"ZH{WEST}30001"
    assert replaced[f"ZH{WEST}30002"] == f"ZH{WEST}10001;ZH{WEST}30001"


def test_a_withdrawn_code_is_never_given_again() -> None:
    first = City()
    second = City(
        {**TWO_DISTRICTS, "ecology": {f"YS{WEST}1110001": box(0, 4, 10, 8)}}, previous=first.control_units
    )
    third = City(previous=second.control_units)
    assert f"ZH{WEST}10003" in areas(third)
    assert f"ZH{WEST}10001" not in areas(third)


def test_the_shares_published_for_kaihua_follow_from_the_areas() -> None:
    with (Path(__file__).parent / "kaihua_units_2024.csv").open(encoding="utf-8") as file:
        published = list(csv.DictReader(file))
    units = pl.DataFrame(
        {
            "control_class": [1, 2, 2, 3],
            "area_km2": [float(row["area_km2"]) for row in published if row["subtype"] != "合计"][:4],
        }
    )
    got = sum_areas_by_class(units)
    assert (100 * got["area_share"]).round(2).to_list() == pytest.approx([75.23, 6.99, 17.78], abs=0.0151)
    assert got["area_km2"].sum() == pytest.approx(2232.25, abs=0.0101)
