import numpy as np
import pytest

from sxyd_pipeline.deliverables.mapkit.projection import (
    OutsideChinaError,
    bar_of,
    graticule_step,
    plane_of,
    scale_of,
)


@pytest.mark.parametrize(
    ("west", "east", "meridian", "epsg"),
    [(118.9, 120.0, 120, 4549), (103.9, 104.9, 105, 4544), (75.0, 76.0, 75, 4534), (134.0, 135.0, 135, 4554)],
)
def test_a_city_is_drawn_in_the_zone_of_its_own_meridian(
    west: float, east: float, meridian: int, epsg: int
) -> None:
    plane = plane_of((west, 30.0, east, 31.0))
    assert (plane.meridian_deg, plane.epsg) == (meridian, epsg)


def test_the_central_meridian_lies_at_500_kilometres() -> None:
    metres = plane_of((119.0, 31.0, 121.0, 33.0)).metres(np.array([[120.0, 32.0]]))
    assert metres[0, 0] == pytest.approx(500_000.0, abs=1e-3)


def test_a_city_wider_than_its_zone_says_so() -> None:
    assert plane_of((118.0, 30.0, 121.0, 31.0)).spans_zones
    assert not plane_of((119.0, 30.0, 120.5, 31.0)).spans_zones


def test_a_city_outside_the_national_zones_is_refused() -> None:
    with pytest.raises(OutsideChinaError, match=r"30\.0"):
        plane_of((29.5, 50.0, 30.5, 51.0))


def test_the_graticule_has_round_minutes() -> None:
    assert graticule_step(1.0, 7) == 10
    plane = plane_of((119.0, 31.6, 119.9, 32.3))
    corners = plane.metres(np.array([[119.0, 31.6], [119.9, 32.3]])).ravel()
    labels = [label for label, _ in plane.graticule((corners[0], corners[1], corners[2], corners[3]))]
    assert "119°30′E" in labels
    assert "32°00′N" in labels


def test_scales_and_bars_are_round_and_fit() -> None:
    # 95 km on 289 mm need at least 1:328,720.
    assert scale_of(95_000.0, 40_000.0, 289.0, 226.0) == 350_000.0
    # Four fields of 5 km are 57 mm at 1:350,000; four of 10 km would be 114 mm.
    assert bar_of(350_000.0, 66.0) == 5.0
