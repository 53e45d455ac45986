import pytest
import shapely

from sxyd_pipeline.contracts.zoning import TOPOLOGY
from sxyd_pipeline.core.zoning import (
    class_contradictions,
    covering_elements,
    overlapping_features,
    report_topology,
    uncovered_area,
    units_outside_city,
)
from sxyd_pipeline_tests.core.zoning.squares import EAST, TWO_DISTRICTS, WEST, City, box

WEST_UNIT, EAST_UNIT = f"ZH{WEST}20001", f"ZH{EAST}30001"


def city(west: shapely.Geometry, east: shapely.Geometry, **features: dict[str, shapely.Geometry]) -> City:
    return City({**TWO_DISTRICTS, "control_units": {WEST_UNIT: west, EAST_UNIT: east}, **features})


def test_fitting_units_pass_every_gate() -> None:
    fitting = city(box(0, 0, 10, 10), box(10, 0, 20, 10))
    assert overlapping_features(fitting.control_units).is_empty()
    assert overlapping_features(fitting.zones, by="element").is_empty()
    assert uncovered_area(fitting.control_units, fitting.districts).is_empty()
    assert units_outside_city(fitting.control_units, fitting.districts).is_empty()
    assert class_contradictions(fitting.control_units).is_empty()
    assert class_contradictions(fitting.zones).is_empty()


def test_an_overlap_is_listed_with_its_area() -> None:
    found = overlapping_features(city(box(0, 0, 10.5, 10), box(10, 0, 20, 10)).control_units)
    assert found.row(0, named=True)["code"] == WEST_UNIT
    assert found.row(0, named=True)["other_code"] == EAST_UNIT
    assert found["shared_km2"].to_list() == pytest.approx([5.0])


def test_a_unit_inside_another_overlaps_it() -> None:
    found = overlapping_features(city(box(0, 0, 20, 10), box(12, 2, 13, 3)).control_units)
    assert found["shared_km2"].to_list() == pytest.approx([1.0])


def test_zones_of_different_elements_may_overlap() -> None:
    zones = city(box(0, 0, 10, 10), box(10, 0, 20, 10)).zones
    assert not overlapping_features(zones).is_empty()
    assert overlapping_features(zones, by="element").is_empty()


def test_a_hole_of_two_square_metres_is_a_gap() -> None:
    hole = box(4, 4, 4.001, 4.002)
    holed = city(shapely.difference(box(0, 0, 10, 10), hole), box(10, 0, 20, 10))
    found = uncovered_area(holed.control_units, holed.districts)
    assert found["finding"].to_list() == ["gap"]
    assert found["area_km2"].to_list() == pytest.approx([2e-6])


def test_a_missing_quarter_is_a_gap_and_too_little_coverage() -> None:
    part = city(box(0, 0, 10, 10), box(10, 0, 20, 5))
    found = uncovered_area(part.control_units, part.districts)
    assert found["finding"].to_list() == ["gap", "coverage"]
    assert found["area_km2"].to_list() == pytest.approx([50.0, 50.0])
    assert found["covered_share"].to_list() == pytest.approx([0.75, 0.75])


def test_a_border_drawn_ten_metres_inside_is_tolerated_and_fifty_metres_is_not() -> None:
    near = city(box(0, 0, 10, 10), box(10, 0, 19.99, 10))
    assert uncovered_area(near.control_units, near.districts).is_empty()
    far = city(box(0, 0, 10, 10), box(10, 0, 19.95, 10))
    assert "gap" in uncovered_area(far.control_units, far.districts)["finding"].to_list()


def test_a_vertex_on_a_neighbours_long_edge_opens_no_gap() -> None:
    # The western unit has no vertex where the two eastern parts meet; edges are straight in degrees.
    west, upper, lower = box(0, 0, 10, 10), box(10, 3.337, 20, 10), box(10, 0, 20, 3.337)
    city_ = City(
        {**TWO_DISTRICTS, "control_units": {WEST_UNIT: west, EAST_UNIT: upper, f"ZH{EAST}30002": lower}}
    )
    assert uncovered_area(city_.control_units, city_.districts).is_empty()
    assert overlapping_features(city_.control_units).is_empty()


def test_a_unit_that_reaches_out_of_the_city_is_listed() -> None:
    found = units_outside_city(*outside())
    assert found["code"].to_list() == [EAST_UNIT]
    assert found["outside_km2"].to_list() == pytest.approx([10.0])
    assert found["outside_share"].to_list() == pytest.approx([10.0 / 110.0])


def outside() -> tuple[object, object]:
    reaching = city(box(0, 0, 10, 10), box(10, 0, 21, 10))
    return reaching.control_units, reaching.districts


def test_a_unit_at_sea_may_lie_outside() -> None:
    at_sea = City(
        {
            **TWO_DISTRICTS,
            "control_units": {WEST_UNIT: box(0, 0, 20, 10), f"HY{EAST}20001": box(20, 0, 30, 10)},
        }
    )
    assert units_outside_city(at_sea.control_units, at_sea.districts).is_empty()


def test_a_class_that_contradicts_its_code_is_listed() -> None:
    units = city(box(0, 0, 10, 10), box(10, 0, 20, 10)).control_units
    units.loc[units["control_unit_code"] == WEST_UNIT, "control_class"] = 1
    assert class_contradictions(units).to_dicts() == [
        {"code": WEST_UNIT, "class_in_code": 2, "control_class": 1}
    ]


def test_ecology_covers_the_city_only_with_general_zones() -> None:
    zones = City().zones
    assert covering_elements(zones) == ("air", "resources")
    ecology = {f"YS{WEST}1110001": box(0, 0, 5, 10), f"YS{WEST}3110001": box(5, 0, 20, 10)}
    assert covering_elements(City({**TWO_DISTRICTS, "ecology": ecology}).zones) == (
        "air",
        "ecology",
        "resources",
    )


def test_the_report_tells_repairs_overlaps_gaps_and_coverage() -> None:
    bow_tie = shapely.Polygon([(0, 8), (2, 10), (2, 8), (0, 10)])
    found = city(box(0, 0, 10.5, 10), box(10, 0, 19, 10), ecology={f"YS{WEST}1110001": bow_tie})
    report = report_topology(found.layers, found.districts, found.zones, found.control_units)
    assert report.columns == [column.name for column in TOPOLOGY.columns]
    rows = {(row["layer"], row["finding"]): row for row in report.iter_rows(named=True)}
    assert rows["ecology", "repaired"]["measured_km2"] == pytest.approx(2.0)
    assert rows["control_units", "overlap"]["measured_km2"] == pytest.approx(5.0)
    assert rows["control_units", "gap"]["measured_km2"] == pytest.approx(10.0)
    assert rows["ecology", "coverage"]["relative"] == pytest.approx(0.01)
    assert ("ecology", "gap") not in rows
    keys = report.select(TOPOLOGY.key)
    assert keys.height == keys.unique().height
