from itertools import pairwise

import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.zoning import CONTROL_UNIT_ZONES
from sxyd_pipeline.core.zoning import bridge_control_units, bridge_gaps
from sxyd_pipeline.core.zoning.areas import share_areas
from sxyd_pipeline_tests.core.zoning.squares import EAST, TWO_DISTRICTS, WEST, City, box, config

KEY_AIR, GENERAL_AIR = f"YS{WEST}2310001", f"YS{WEST}3310001"
WEST_UNIT, EAST_UNIT = f"ZH{WEST}20001", f"ZH{EAST}30001"
UNITS = {"control_units": {WEST_UNIT: box(0, 0, 10, 10), EAST_UNIT: box(10, 0, 20, 10)}}


def bridge(features: dict[str, dict[str, object]], noise_m: float = 0.0) -> pl.DataFrame:
    city = City({**TWO_DISTRICTS, **UNITS, **features}, noise_m=noise_m)
    return bridge_control_units(city.control_units, city.zones)


def row(table: pl.DataFrame, unit: str, zone: str) -> dict[str, object]:
    return table.filter(control_unit_code=unit, zone_code=zone).row(0, named=True)


def test_a_unit_of_two_air_zones_shares_forty_and_sixty_square_kilometres() -> None:
    table = bridge({})
    assert table.columns == [column.name for column in CONTROL_UNIT_ZONES.columns]
    assert row(table, WEST_UNIT, KEY_AIR)["area_km2"] == pytest.approx(40.0)
    general = row(table, WEST_UNIT, GENERAL_AIR)
    assert general["area_km2"] == pytest.approx(60.0)
    assert general["share_of_control_unit"] == pytest.approx(0.6)
    assert general["share_of_zone"] == pytest.approx(60.0 / 160.0)
    assert table.filter(control_unit_code=EAST_UNIT, zone_code=KEY_AIR).is_empty()


def test_ecology_shares_only_what_it_covers() -> None:
    ecology = row(bridge({}), WEST_UNIT, f"YS{WEST}1110001")
    assert ecology["area_km2"] == pytest.approx(10.0)
    assert ecology["share_of_control_unit"] == pytest.approx(0.1)
    assert ecology["share_of_zone"] == pytest.approx(1.0)


def test_a_sliver_is_not_listed_but_its_area_stays() -> None:
    # The key zone reaches 2 m into the eastern unit, over 4 km: 8000 m2.
    air = {
        KEY_AIR: box(0, 0, 10.002, 4),
        GENERAL_AIR: shapely.difference(box(0, 0, 20, 10), box(0, 0, 10.002, 4)),
    }
    table = bridge({"air": air})
    assert table.filter(control_unit_code=EAST_UNIT, zone_code=KEY_AIR).is_empty()
    assert row(table, EAST_UNIT, GENERAL_AIR)["area_km2"] == pytest.approx(100.0, rel=1e-12)
    assert row(table, WEST_UNIT, KEY_AIR)["share_of_zone"] == pytest.approx(1.0, rel=1e-12)


def test_a_broader_strip_is_listed() -> None:
    air = {
        KEY_AIR: box(0, 0, 10.02, 4),
        GENERAL_AIR: shapely.difference(box(0, 0, 20, 10), box(0, 0, 10.02, 4)),
    }
    assert row(bridge({"air": air}), EAST_UNIT, KEY_AIR)["area_km2"] == pytest.approx(0.08)


def test_noise_below_the_grid_makes_no_slivers() -> None:
    nested = {
        "control_units": {
            WEST_UNIT: box(0, 0, 10, 4),
            EAST_UNIT: shapely.difference(box(0, 0, 20, 10), box(0, 0, 10, 4)),
        }
    }
    clean = City({**TWO_DISTRICTS, **nested})
    noisy = City({**TWO_DISTRICTS, **nested}, noise_m=1e-9)
    left = [frame.geometry.to_wkb().tolist() for frame in (clean.zones, clean.control_units)]
    right = [frame.geometry.to_wkb().tolist() for frame in (noisy.zones, noisy.control_units)]
    assert left == right
    assert len(bridge_control_units(noisy.control_units, noisy.zones).filter(element="air")) == 2


def test_a_bridge_without_one_zone_has_a_gap() -> None:
    city = City({**TWO_DISTRICTS, **UNITS})
    table = bridge_control_units(city.control_units, city.zones)
    assert bridge_gaps(city.control_units, table).is_empty()
    cut = table.filter(~((pl.col("control_unit_code") == WEST_UNIT) & (pl.col("zone_code") == KEY_AIR)))
    gap = bridge_gaps(city.control_units, cut).row(0, named=True)
    assert (gap["control_unit_code"], gap["element"]) == (WEST_UNIT, "air")
    assert gap["missing_km2"] == pytest.approx(40.0)


def test_overlapping_zones_make_a_unit_too_large() -> None:
    air = {KEY_AIR: box(0, 0, 10, 4), GENERAL_AIR: box(0, 0, 20, 10)}
    city = City({**TWO_DISTRICTS, **UNITS, "air": air})
    gaps = bridge_gaps(city.control_units, bridge_control_units(city.control_units, city.zones))
    assert gaps["missing_km2"].to_list() == pytest.approx([-40.0])


@settings(max_examples=20, deadline=None)
@given(
    cuts=st.lists(st.floats(0.5, 19.5), min_size=1, max_size=5, unique_by=lambda value: round(value, 1)),
    height=st.floats(0.3, 9.7),
)
def test_shares_of_every_unit_and_covering_element_sum_to_one(cuts: list[float], height: float) -> None:
    edges = [0.0, *sorted(round(cut, 3) for cut in cuts), 20.0]
    units = {
        f"ZH{WEST}3{number:04d}": box(west, 0, east, 10)
        for number, (west, east) in enumerate(pairwise(edges), start=1)
    }
    level = round(height, 3)
    air = {KEY_AIR: box(0, 0, 20, level), GENERAL_AIR: box(0, level, 20, 10)}
    city = City({**TWO_DISTRICTS, "control_units": units, "air": air}, settings=config(modules=()))
    sums = (
        bridge_control_units(city.control_units, city.zones)
        .group_by("control_unit_code", "element")
        .agg(pl.col("share_of_control_unit").sum())
    )
    assert sums["share_of_control_unit"].to_numpy() == pytest.approx(np.ones(2 * len(units)), abs=1e-9)


def test_shared_areas_do_not_depend_on_the_order_of_polygons() -> None:
    left = np.array([box(0, 0, 2, 2), box(2, 0, 4, 2), box(1, 1, 3, 3)], dtype=object)
    right = np.array([box(0, 0, 4, 1), box(0, 1, 4, 2)], dtype=object)
    straight, turned = share_areas(left, right), share_areas(left[::-1].copy(), right[::-1].copy())
    assert dict(zip(zip(straight.left, straight.right, strict=True), straight.area_m2, strict=True)) == dict(
        zip(zip(2 - turned.left, 1 - turned.right, strict=True), turned.area_m2, strict=True)
    )
    assert straight.area_m2.sum() == pytest.approx(10.0)
