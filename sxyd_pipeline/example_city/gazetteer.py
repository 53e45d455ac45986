"""Named places a zoning plan is drawn around: towns, parks, hills, waters, farmland.

The example city brings its own list (``data/reference/example_city/places.csv``); for any other
city places are scattered at random and carry invented names.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from sxyd_pipeline.example_city.boundaries import Territory
from sxyd_pipeline.example_city.partition import Floats, Frame, Integers, albers_area_km2

KINDS = ("town", "park", "hill", "water", "farm")
#: Invented places per control unit wanted, and how their names end.
_PER_CONTROL_UNIT = {"town": 0.44, "park": 0.16, "hill": 0.105, "water": 0.065, "farm": 0.03}
_SUFFIX = {"town": "镇", "park": "示例园区", "hill": "山", "water": "水源地", "farm": "种植片区"}
#: Median size of a place relative to the mean radius of a town's surroundings.
_SIZE = {"town": 0.24, "park": 0.24, "hill": 0.62, "water": 0.42, "farm": 0.45}
_NAME_FIRST = "永安和平兴隆清溪长青太白双丰三元新华东明西桥南塘北原高庄大河白云青石金竹龙泉凤台石门柳林"
_NAME_SECOND = "桥塘庄河岭店湾岗埠集沟堰坪圩浦"


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places of a city, one array entry each.

    Attributes:
        kind: town, park, hill, water or farm.
        name: Chinese name.
        district: index of the district the place works in.
        x, y: km in the city's frame.
        size_km: radius of its built-up area, ground or hill.
    """

    kind: npt.NDArray[np.str_]
    name: npt.NDArray[np.object_]
    district: Integers
    x: Floats
    y: Floats
    size_km: Floats

    def select(self, kind: str, district: int) -> Integers:
        """Return indices of places of one kind in one district."""
        return np.flatnonzero((self.kind == kind) & (self.district == district))

    def density(self, x: Floats, y: Floats) -> Floats:
        """Return how finely the plan is drawn at points, 0 to 1: finest around towns and parks."""
        chosen = np.isin(self.kind, ("town", "park"))
        result = np.full(len(x), 0.16)
        # Chunks keep the distance matrix small for cities with thousands of places.
        for start in range(0, len(x), 4096):
            part = slice(start, start + 4096)
            distance = np.hypot(x[part, None] - self.x[chosen], y[part, None] - self.y[chosen])
            near = np.exp(-np.maximum(distance / self.size_km[chosen] - 1.0, 0.0)).max(axis=1, initial=0.0)
            result[part] = 0.16 + 0.84 * near
        return result


def read_places(territory: Territory, file: Path) -> Gazetteer:
    """Return the places listed in a CSV of the reference data."""
    table = pl.read_csv(file, schema_overrides={"district_code": pl.String}, comment_prefix="#")
    frame = Frame.of(territory)
    x, y = frame.to_km(table["lon"].to_numpy(), table["lat"].to_numpy())
    index = {code: position for position, code in enumerate(territory.district_codes)}
    return Gazetteer(
        kind=np.array(table["kind"].to_list()),
        name=np.array(table["name"].to_list(), dtype=object),
        district=np.array([index[code] for code in table["district_code"]], dtype=np.int64),
        x=x,
        y=y,
        size_km=table["size_km"].to_numpy(),
    )


def invent_places(territory: Territory, control_units: int, rng: np.random.Generator) -> Gazetteer:
    """Scatter places for about ``control_units`` control units; every district gets a town and a park."""
    frame = Frame.of(territory)
    area = albers_area_km2(territory.polygons)
    # A small urban district is cut finer than its area alone would have it.
    weight = np.sqrt(area)
    towns = max(len(area), round(_PER_CONTROL_UNIT["town"] * control_units))
    radius = float(np.sqrt(area.sum() / towns / np.pi))
    parts = [
        _scatter(territory, frame, kind, district, int(number), radius, rng)
        for kind in KINDS
        for district, number in enumerate(
            _shares(weight, round(_PER_CONTROL_UNIT[kind] * control_units), kind)
        )
    ]
    names = _invent_names(np.concatenate([part[0] for part in parts]), rng)
    columns: list[Any] = [np.concatenate([part[i] for part in parts]) for i in range(5)]
    return Gazetteer(columns[0], names, columns[1], columns[2], columns[3], columns[4])


def _shares(weight: Floats, total: int, kind: str) -> Integers:
    wanted = weight / weight.sum() * total
    numbers: Integers = np.floor(wanted).astype(np.int64)
    if kind in {"town", "park"}:
        numbers = np.maximum(numbers, 1)
    left = max(total - int(numbers.sum()), 0)
    numbers[np.argsort(numbers - wanted, kind="stable")[:left]] += 1
    return numbers


def _scatter(
    territory: Territory,
    frame: Frame,
    kind: str,
    district: int,
    number: int,
    radius: float,
    rng: np.random.Generator,
) -> tuple[Any, Any, Any, Any, Any]:
    polygon = territory.polygons[district]
    shapely.prepare(polygon)
    west, south, east, north = shapely.bounds(polygon)
    lon, lat = np.empty(0), np.empty(0)
    while len(lon) < number:
        points = rng.uniform((west, south), (east, north), (4 * number + 16, 2))
        inside = shapely.contains_xy(polygon, points[:, 0], points[:, 1])
        lon, lat = np.concatenate([lon, points[inside, 0]]), np.concatenate([lat, points[inside, 1]])
    x, y = frame.to_km(lon[:number], lat[:number])
    local = min(radius, float(np.sqrt(albers_area_km2(np.array([polygon]))[0] / max(number, 1) / np.pi)))
    size = local * _SIZE[kind] * rng.lognormal(0.0, 0.35, number)
    return np.full(number, kind), np.full(number, district, dtype=np.int64), x, y, size


def _invent_names(kinds: npt.NDArray[np.str_], rng: np.random.Generator) -> npt.NDArray[np.object_]:
    """Return names that do not repeat within a kind; a number is added when syllables run out."""
    first = np.array(list(dict.fromkeys(_NAME_FIRST)), dtype=object)
    second = np.array(list(_NAME_SECOND), dtype=object)
    pairs = np.array([a + b for a in first for b in second], dtype=object)
    names = np.empty(len(kinds), dtype=object)
    for kind in KINDS:
        chosen = np.flatnonzero(kinds == kind)
        order = rng.permutation(len(pairs))
        names[chosen] = [
            pairs[order[i % len(pairs)]]
            + (str(i // len(pairs) + 1) if i >= len(pairs) else "")
            + _SUFFIX[kind]
            for i in range(len(chosen))
        ]
    return names
