import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.inputs.coordinates import bd09_of_wgs84, gcj02_of_wgs84, to_cgcs2000

LON = st.floats(min_value=74.0, max_value=134.0)
LAT = st.floats(min_value=18.0, max_value=53.0)


def test_gcj02_agrees_with_the_published_reconstruction() -> None:
    # Points of the test suite of googollee/eviltransform: (lon, lat) WGS 84 and GCJ-02.
    wgs = np.array([[121.5272106, 31.1774276], [113.912316, 22.543847], [116.377817, 39.911954]])
    gcj = np.array(
        [[121.531541859215, 31.17530398], [113.9171764808, 22.5407961317], [116.3840472246, 39.9133454554]]
    )
    lon, lat = gcj02_of_wgs84(wgs[:, 0], wgs[:, 1])
    assert np.abs(np.stack([lon, lat], axis=1) - gcj).max() < 1e-6


@given(lon=LON, lat=LAT)
def test_the_inverse_brings_every_point_back_to_a_centimetre(lon: float, lat: float) -> None:
    point = np.array([lon]), np.array([lat])
    for datum, shift in (("gcj02", gcj02_of_wgs84), ("bd09", bd09_of_wgs84)):
        back = to_cgcs2000(*shift(*point), datum)
        assert max(abs(back[0][0] - lon), abs(back[1][0] - lat)) < 1e-7


@given(lon=LON, lat=LAT)
def test_the_shift_is_of_the_order_of_half_a_kilometre(lon: float, lat: float) -> None:
    shifted = gcj02_of_wgs84(np.array([lon]), np.array([lat]))
    assert 0 < np.hypot(shifted[0][0] - lon, shifted[1][0] - lat) < 0.02


def test_points_abroad_are_not_shifted() -> None:
    lon, lat = gcj02_of_wgs84(np.array([2.35]), np.array([48.85]))
    assert (lon[0], lat[0]) == (2.35, 48.85)


def test_wgs84_is_taken_as_it_is_and_other_names_are_refused() -> None:
    lon, lat = to_cgcs2000(np.array([119.4]), np.array([32.2]), "wgs84")
    assert (lon[0], lat[0]) == (119.4, 32.2)
    with pytest.raises(KeyError):
        to_cgcs2000(lon, lat, "wgs72")
