"""The drawing plane: the local 3-degree Gauss-Krueger zone of the city, its graticule and its scales."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyproj import Transformer

from sxyd_pipeline.errors import SxydError

Points = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]

#: EPSG codes of CGCS2000 / 3-degree Gauss-Krueger with central meridian 75 E, 78 E, ... 135 E.
_FIRST_EPSG, _FIRST_MERIDIAN, _LAST_MERIDIAN, _ZONE_DEG = 4534, 75, 135, 3
_GRATICULE_MINUTES = (1, 2, 5, 10, 15, 20, 30, 60, 120, 300)
#: Steps of scale denominators and of scale bars.
_SCALE_STEPS = (1.0, 1.1, 1.2, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.5)
_BAR_STEPS = (1.0, 2.0, 5.0)
MM_PER_M = 1000.0


class OutsideChinaError(SxydError):
    """A city lies where CGCS2000 has no 3-degree Gauss-Krueger zone."""

    def __init__(self, longitude_deg: float) -> None:
        """Keep the longitude."""
        super().__init__(
            f"经度 {longitude_deg:.3f}° 不在 CGCS2000 三度带（73.5°E—136.5°E）内，无法选择制图投影",
            f"longitude {longitude_deg:.3f} is outside the CGCS2000 3-degree zones (73.5 E to 136.5 E)",
            remedy_zh="检查图层坐标系与经纬度顺序",
            remedy_en="check the CRS of the layers and the order of longitude and latitude",
        )


@dataclass(frozen=True, slots=True)
class Plane:
    """The projection a city is drawn in.

    Attributes:
        meridian_deg: central meridian.
        epsg: code of the projection.
        spans_zones: the city reaches beyond the zone, which the footer must say.
        geographic: bounds of the city in degrees.
    """

    meridian_deg: int
    epsg: int
    spans_zones: bool
    geographic: Box

    def metres(self, degrees: Points) -> Points:
        """Project ``(n, 2)`` longitudes and latitudes to metres."""
        transformer = Transformer.from_crs("EPSG:4490", f"EPSG:{self.epsg}", always_xy=True)
        return np.column_stack(transformer.transform(degrees[:, 0], degrees[:, 1]))

    def graticule(self, frame: Box, lines: int = 7) -> Iterator[tuple[str, Points]]:
        """Yield ``(label, line)`` of meridians and parallels that may cross a frame in metres."""
        transformer = Transformer.from_crs(f"EPSG:{self.epsg}", "EPSG:4490", always_xy=True)
        west, south, east, north = transformer.transform_bounds(*frame, densify_pts=21)
        step = graticule_step(max(east - west, north - south), lines)
        along = np.linspace(0.0, 1.0, 41)
        for minutes in _multiples(west, east, step):
            lon = np.full(41, minutes / 60.0)
            yield (
                _label(minutes, "E", "W"),
                self.metres(np.column_stack([lon, south + (north - south) * along])),
            )
        for minutes in _multiples(south, north, step):
            lat = np.full(41, minutes / 60.0)
            yield _label(minutes, "N", "S"), self.metres(np.column_stack([west + (east - west) * along, lat]))


def plane_of(bounds_deg: Box) -> Plane:
    """Return the zone whose central meridian is next to the middle of the city.

    Raises:
        OutsideChinaError: there is no such zone.
    """
    west, _, east, _ = bounds_deg
    middle = (west + east) / 2.0
    meridian = round(middle / _ZONE_DEG) * _ZONE_DEG
    if not _FIRST_MERIDIAN <= meridian <= _LAST_MERIDIAN:
        raise OutsideChinaError(middle)
    spans = west < meridian - _ZONE_DEG / 2 or east > meridian + _ZONE_DEG / 2
    return Plane(meridian, _FIRST_EPSG + (meridian - _FIRST_MERIDIAN) // _ZONE_DEG, spans, bounds_deg)


def graticule_step(span_deg: float, lines: int) -> int:
    """Return the minutes between lines so that about ``lines`` cross the span."""
    return next((m for m in _GRATICULE_MINUTES if span_deg * 60 / m <= lines), _GRATICULE_MINUTES[-1])


def scale_of(width_m: float, height_m: float, width_mm: float, height_mm: float) -> float:
    """Return the denominator of the largest round scale at which an area fits a paper."""
    needed = max(width_m * MM_PER_M / width_mm, height_m * MM_PER_M / height_mm)
    power = 10.0 ** math.floor(math.log10(needed))
    return next((s * power for s in _SCALE_STEPS if s * power >= needed), 10.0 * power)


def bar_of(scale: float, longest_mm: float) -> float:
    """Return the length in km of one field of a scale bar of four fields."""
    longest = scale * longest_mm / MM_PER_M / 1000.0 / 4.0
    power = 10.0 ** math.floor(math.log10(longest))
    return max(s * power for s in _BAR_STEPS if s * power <= longest)


def _multiples(low_deg: float, high_deg: float, step: int) -> range:
    return range(math.ceil(low_deg * 60 / step) * step, math.floor(high_deg * 60 / step) * step + 1, step)


def _label(minutes: int, positive: str, negative: str) -> str:
    degrees, rest = divmod(abs(minutes), 60)
    return f"{degrees}°{rest:02d}′{positive if minutes >= 0 else negative}"
