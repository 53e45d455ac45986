"""Coordinates of points, from the datum they were stated in to CGCS2000.

CGCS2000 and WGS 84 share their ellipsoid but for 0.1 mm of the polar axis, and their frames agree
to centimetres at one epoch; with plate motion since epoch 2000.0 the two differ by well under a
metre today. Stored coordinates are kept to about a metre, so WGS 84 is taken as CGCS2000 unchanged.

GCJ-02 (the shift of Chinese web maps) and BD-09 (Baidu's further shift) were never published; the
formulas are those of the public reconstruction everyone uses.

References:
    googollee/eviltransform (MIT), reconstruction of GCJ-02 and BD-09 and their inverse by iteration.
    Krasovsky 1940 ellipsoid: a = 6378245 m, e2 = 0.00669342162296594323.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from sxyd_pipeline.core.inputs.config import DATUMS

Degrees: TypeAlias = npt.NDArray[np.float64]
Shift: TypeAlias = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

_SEMI_MAJOR_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943_23
_BD_TURN = np.pi * 3000.0 / 180.0
_BD_LON, _BD_LAT = 0.0065, 0.006
#: GCJ-02 shifts only inside this box (lon, lat).
_SHIFTED_BOX = (72.004, 0.8293, 137.8347, 55.8271)
#: The shift changes by less than 1e-3 of a step, so each round gains three digits: five reach 1e-12.
_ROUNDS = 12
_CLOSE_DEG = 1e-11


def to_cgcs2000(lon: Degrees, lat: Degrees, datum: str) -> tuple[Degrees, Degrees]:
    """Bring points to CGCS2000.

    Args:
        lon: longitudes in degrees.
        lat: latitudes in degrees.
        datum: ``cgcs2000``, ``wgs84``, ``gcj02`` or ``bd09``.

    Returns:
        Longitudes and latitudes in degrees; the inverse of the forward shift to better than 1e-7
        degrees (1 cm), checked by the tests.

    Raises:
        KeyError: the datum is none of the four.
    """
    if datum not in DATUMS:
        raise KeyError(datum)
    if datum == "gcj02":
        return _undo(gcj02_of_wgs84, lon, lat)
    if datum == "bd09":
        return _undo(gcj02_of_wgs84, *_undo(bd09_of_gcj02, lon, lat))
    return lon, lat


def gcj02_of_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shift WGS 84 points to GCJ-02, in degrees; points outside the box stay where they are."""
    west, south, east, north = _SHIFTED_BOX
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    common = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north_m = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + common
        + (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
        + (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    )  # fmt: skip
    east_m = (
        300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + common
        + (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
        + (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    )  # fmt: skip
    radians = np.radians(lat)
    bulge = 1.0 - _ECCENTRICITY_SQUARED * np.sin(radians) ** 2
    meridian_m = _SEMI_MAJOR_M * (1.0 - _ECCENTRICITY_SQUARED) / (bulge * np.sqrt(bulge))
    parallel_m = _SEMI_MAJOR_M / np.sqrt(bulge) * np.cos(radians)
    shifted_lon = lon + np.degrees(east_m / parallel_m)
    shifted_lat = lat + np.degrees(north_m / meridian_m)
    return np.where(inside, shifted_lon, lon), np.where(inside, shifted_lat, lat)


def bd09_of_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shift GCJ-02 points to BD-09, in degrees."""
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + _BD_LON, radius * np.sin(angle) + _BD_LAT


def bd09_of_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Shift WGS 84 points to BD-09, in degrees."""
    return bd09_of_gcj02(*gcj02_of_wgs84(lon, lat))


def _undo(shift: Shift, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """Invert a shift by fixed-point iteration: subtract the error of the forward shift until it is gone."""
    guess_lon, guess_lat = lon.copy(), lat.copy()
    for _ in range(_ROUNDS):
        back_lon, back_lat = shift(guess_lon, guess_lat)
        error_lon, error_lat = lon - back_lon, lat - back_lat
        guess_lon, guess_lat = guess_lon + error_lon, guess_lat + error_lat
        if not len(lon) or max(np.abs(error_lon).max(), np.abs(error_lat).max()) < _CLOSE_DEG:
            break
    return guess_lon, guess_lat
