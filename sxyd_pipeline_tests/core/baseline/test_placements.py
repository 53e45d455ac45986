import numpy as np
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.baseline import PLACEMENTS
from sxyd_pipeline.core.baseline.errors import (
    MissingProxyError,
    ProxyWithoutWeightError,
    UnknownSpreadError,
    UnplacedEmissionError,
)
from sxyd_pipeline.core.zoning.projection import polygons_of
from sxyd_pipeline_tests.core.baseline.sources import place, proxies, sources
from sxyd_pipeline_tests.core.zoning.squares import EAST, ORIGIN_M, TWO_DISTRICTS, WEST, City, box

WEST_UNIT, EAST_UNIT = f"ZH{WEST}20001", f"ZH{EAST}30001"
KEY_AIR, GENERAL_AIR = f"YS{WEST}2310001", f"YS{WEST}3310001"
ECOLOGY = f"YS{WEST}1110001"
CITY = City({**TWO_DISTRICTS, "control_units": {WEST_UNIT: box(0, 0, 10, 10), EAST_UNIT: box(10, 0, 20, 10)}})


def shares(table: pl.DataFrame, layer: str) -> dict[str, float]:
    return {row["code"]: row["share"] for row in table.filter(layer=layer).iter_rows(named=True)}


def hows(table: pl.DataFrame, layer: str) -> set[str]:
    return set(table.filter(layer=layer)["how"])


def test_a_point_goes_whole_into_the_feature_that_holds_it() -> None:
    table = place(CITY, sources({"facility:a": 1.0}), {"a": (3.0, 2.0)})
    assert table.columns == [column.name for column in PLACEMENTS.columns]
    assert shares(table, "district") == {WEST: 1.0}
    assert shares(table, "control_unit") == {WEST_UNIT: 1.0}
    assert shares(table, "air") == {KEY_AIR: 1.0}
    assert set(table["how"]) == {"point"}


def test_a_point_outside_every_priority_zone_lies_outside_ecology() -> None:
    assert shares(place(CITY, sources({"facility:a": 1.0}), {"a": (3.0, 2.0)}), "ecology") == {"*": 1.0}
    assert shares(place(CITY, sources({"facility:a": 1.0}), {"a": (3.0, 9.0)}), "ecology") == {ECOLOGY: 1.0}


def test_a_point_on_a_boundary_goes_to_the_lowest_code() -> None:
    table = place(CITY, sources({"facility:a": 1.0}), {"a": (10.0, 5.0)})
    assert shares(table, "district") == {WEST: 1.0}
    assert shares(table, "control_unit") == {WEST_UNIT: 1.0}
    assert hows(table, "district") == {"boundary_tie"}


def test_a_point_just_outside_goes_to_the_nearest_feature() -> None:
    table = place(CITY, sources({"facility:a": 1.0}), {"a": (20.04, 5.0)})
    assert shares(table, "control_unit") == {EAST_UNIT: 1.0}
    assert hows(table, "control_unit") == {"nearest"}


def test_a_point_far_outside_is_named() -> None:
    with pytest.raises(UnplacedEmissionError, match="facility:a"):
        place(CITY, sources({"facility:a": 1.0}), {"a": (20.06, 5.0)})


def test_a_facility_without_coordinates_is_named() -> None:
    with pytest.raises(UnplacedEmissionError, match="facility:b"):
        place(CITY, sources({"facility:b": 1.0}), {"a": (3.0, 2.0)})


def test_a_spread_that_cannot_be_read_is_named() -> None:
    with pytest.raises(UnknownSpreadError, match="road-7"):
        place(CITY, sources({"road-7": 1.0}))


def test_an_area_source_is_divided_by_area() -> None:
    table = place(CITY, sources({f"area:{WEST}:areal": 1.0}))
    assert shares(table, "district") == {WEST: 1.0}
    assert shares(table, "control_unit") == pytest.approx({WEST_UNIT: 1.0})
    assert shares(table, "air") == pytest.approx({KEY_AIR: 0.4, GENERAL_AIR: 0.6})
    assert shares(table, "ecology") == pytest.approx({ECOLOGY: 0.1, "*": 0.9})
    assert set(table["how"]) == {"areal"}


def test_an_area_source_is_divided_by_the_weight_of_a_proxy() -> None:
    # Weight 3 in the key air zone, 1 beside it; half of the second cell lies in the other district.
    cells = proxies([("people", 3.0, (0, 0, 1, 1)), ("people", 2.0, (9, 5, 11, 6))])
    table = place(CITY, sources({f"area:{WEST}:people": 1.0}), cells=cells)
    assert shares(table, "air") == pytest.approx({KEY_AIR: 0.75, GENERAL_AIR: 0.25})
    assert shares(table, "control_unit") == pytest.approx({WEST_UNIT: 1.0})
    assert set(table["how"]) == {"proxy"}


def test_a_cell_across_two_zones_is_split_by_area() -> None:
    cells = proxies([("people", 1.0, (2, 3, 3, 5))])
    table = place(CITY, sources({f"area:{WEST}:people": 1.0}), cells=cells)
    assert shares(table, "air") == pytest.approx({KEY_AIR: 0.5, GENERAL_AIR: 0.5})


def test_proxies_on_the_same_cells_keep_their_own_weights() -> None:
    south, north = (0, 0, 1, 1), (0, 5, 1, 6)
    cells = proxies(
        [("people", 1.0, south), ("people", 1.0, north), ("roads", 9.0, south), ("roads", 1.0, north)]
    )
    spreads = [f"area:{WEST}:people", f"area:{WEST}:roads"]
    table = place(CITY, sources(dict.fromkeys(spreads, 1.0)), cells=cells)
    assert shares(table.filter(spread_id=spreads[0]), "air") == pytest.approx(
        {KEY_AIR: 0.5, GENERAL_AIR: 0.5}
    )
    assert shares(table.filter(spread_id=spreads[1]), "air") == pytest.approx(
        {KEY_AIR: 0.9, GENERAL_AIR: 0.1}
    )


def test_a_proxy_that_is_not_there_is_named() -> None:
    with pytest.raises(MissingProxyError, match="people"):
        place(CITY, sources({f"area:{WEST}:people": 1.0}))


def test_a_proxy_without_weight_in_the_district_is_named() -> None:
    cells = proxies([("people", 1.0, (0, 0, 1, 1))])
    with pytest.raises(ProxyWithoutWeightError, match=EAST):
        place(CITY, sources({f"area:{EAST}:people": 1.0}), cells=cells)


def test_an_unknown_district_is_named() -> None:
    with pytest.raises(UnplacedEmissionError, match="321199"):
        place(CITY, sources({"area:321199:areal": 1.0}))


def test_a_district_without_control_units_is_named() -> None:
    half = City({**TWO_DISTRICTS, "control_units": {WEST_UNIT: box(0, 0, 10, 10)}})
    with pytest.raises(UnplacedEmissionError, match=f"area:{EAST}"):
        place(half, sources({f"area:{EAST}:areal": 1.0}))


def test_every_boundary_vertex_gets_exactly_one_feature_of_every_layer() -> None:
    # Three zones meet in a corner, and the lines are not parallel to the grid.
    wedge = shapely.Polygon([(0, 0), (10, 0), (7.3, 4.1), (2.2, 8.7)])
    rest = shapely.difference(box(0, 0, 20, 10), wedge)
    city = City({**TWO_DISTRICTS, "air": {KEY_AIR: wedge, GENERAL_AIR: rest}})
    polygons = np.concatenate([polygons_of(city.zones, "zones"), polygons_of(city.control_units, "units")])
    vertices = np.unique(shapely.get_coordinates(polygons), axis=0)
    places = {str(number): tuple((vertex - ORIGIN_M) / 1000.0) for number, vertex in enumerate(vertices)}
    table = place(city, sources({f"facility:{name}": 1.0 for name in places}), places)
    counts = table.group_by("spread_id", "layer").agg(pl.len(), pl.col("share").sum())
    assert counts.height == 5 * len(vertices)
    assert counts["len"].unique().to_list() == [1]
    assert counts["share"].unique().to_list() == [1.0]
    assert "*" not in shares(table, "air")


@settings(max_examples=30, deadline=None)
@given(
    points=st.lists(st.tuples(st.floats(0, 20), st.floats(0, 10)), max_size=8),
    weights=st.lists(st.floats(0.001, 1e6), min_size=4, max_size=4),
    corner=st.tuples(st.floats(0, 18), st.floats(0, 8)),
)
def test_shares_of_every_spread_and_layer_sum_to_one(
    points: list[tuple[float, float]], weights: list[float], corner: tuple[float, float]
) -> None:
    x, y = corner
    rectangles = [(0, 0, 20, 10), (x, y, x + 2, y + 2), (1, 1, 4, 7), (12, 2, 13, 9)]
    cells = proxies(
        [("people", weight, tuple(box_)) for weight, box_ in zip(weights, rectangles, strict=True)]
    )
    places = {str(number): point for number, point in enumerate(points)}
    spreads = [
        *(f"facility:{name}" for name in places),
        *(f"area:{d}:{p}" for d in (WEST, EAST) for p in ("areal", "people")),
    ]
    table = place(CITY, sources(dict.fromkeys(spreads, 1.0)), places, cells)
    sums = table.group_by("spread_id", "layer").agg(pl.col("share").sum())
    assert sums.height == 5 * len(spreads)
    assert sums["share"].to_numpy() == pytest.approx(np.ones(sums.height), abs=1e-9)


def test_the_order_of_sources_and_cells_changes_nothing() -> None:
    cells = proxies(
        [("people", 3.0, (0, 0, 1, 1)), ("people", 2.0, (9, 5, 11, 6)), ("people", 5.0, (3, 3, 5, 5))]
    )
    emissions = sources(
        {"facility:a": 1.0, "facility:b": 2.0, f"area:{WEST}:people": 3.0, f"area:{WEST}:areal": 4.0}
    )
    places = {"a": (3.0, 2.0), "b": (10.0, 5.0)}
    straight = place(CITY, emissions, places, cells)
    turned = place(CITY, emissions.reverse(), dict(reversed(places.items())), cells.iloc[::-1])
    assert straight.equals(turned)
