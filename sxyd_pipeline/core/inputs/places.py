"""Which district a point lies in, and whether the declared datum is believable."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb, erfc, sqrt
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.coordinates import Degrees, to_cgcs2000

#: One-sided sign test of the points whose agreement a change of datum alters (McNemar 1947,
#: Psychometrika 12, 153-157, exact form): the change must be better at this level.
_SIGNIFICANCE = 0.05
#: Above this many tosses the normal approximation is good to three digits.
_EXACT_TOSSES = 1000
#: Position of a point that lies in no district.
OUTSIDE = -1
Positions: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Territory:
    """Districts of a city, ready to be searched: codes sorted, polygons valid and prepared."""

    codes: tuple[str, ...]
    polygons: npt.NDArray[np.object_]

    def find(self, lon: Degrees, lat: Degrees) -> Positions:
        """Return the position of each point's district in ``codes``, -1 outside.

        Points are in degrees of CGCS2000. A boundary counts as inside; a tie takes the lowest code.
        """
        found = np.full(len(lon), OUTSIDE, dtype=np.int64)
        # Going backwards through the sorted codes, the lowest is written last.
        for position in reversed(range(len(self.codes))):
            west, south, east, north = shapely.bounds(self.polygons[position])
            near = np.flatnonzero((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))
            hits = shapely.intersects_xy(self.polygons[position], lon[near], lat[near])
            found[near[hits]] = position
        return found

    def name(self, found: Positions) -> pl.Series:
        """Return the codes of positions, null outside."""
        codes = pl.Series([*self.codes, None], dtype=pl.String)
        return codes.gather(pl.Series(np.where(found == OUTSIDE, len(self.codes), found)))


def open_territory(layers: gpd.GeoDataFrame) -> Territory:
    """Take the districts out of the layers (EPSG:4490); invalid polygons are mended for the search only."""
    districts = layers[layers["layer"] == "districts"].sort_values("code")
    polygons = shapely.make_valid(districts.geometry.to_numpy())
    shapely.prepare(polygons)
    return Territory(tuple(str(code) for code in districts["code"]), polygons)


def district_codes(layers: gpd.GeoDataFrame, areas: pl.DataFrame) -> set[str]:
    """Return the codes figures may be stated for: districts with a polygon, and statistical areas."""
    polygons = layers.loc[layers["layer"] == "districts", "code"]
    return {str(code) for code in polygons} | set(areas.get_column("code").to_list())


def host_districts(config: CityConfig) -> Mapping[str, str]:
    """Return the host district of each statistical area."""
    return {area.code: area.host_district for area in config.statistical_areas}


def place_points(points: pl.DataFrame, territory: Territory, config: CityConfig) -> pl.DataFrame:
    """Convert points to CGCS2000 and find their districts.

    Args:
        points: ``lon_stated`` and ``lat_stated`` in degrees of ``config.coordinates``, without gaps.
        territory: districts of the city.
        config: settings of the city.

    Returns:
        The same rows with ``lon_standard``, ``lat_standard``, ``district_code_standard`` (null outside)
        and ``is_swapped`` (outside, but inside with longitude and latitude changed over).
    """
    stated_lon, stated_lat = points["lon_stated"].to_numpy(), points["lat_stated"].to_numpy()
    lon, lat = to_cgcs2000(stated_lon, stated_lat, config.coordinates)
    found = territory.find(lon, lat)
    swapped = territory.find(*to_cgcs2000(stated_lat, stated_lon, config.coordinates))
    is_swapped = (found == OUTSIDE) & (swapped != OUTSIDE)
    return points.with_columns(
        pl.Series("lon_standard", lon, dtype=pl.Float64),
        pl.Series("lat_standard", lat, dtype=pl.Float64),
        territory.name(found).alias("district_code_standard"),
        pl.Series("is_swapped", is_swapped, dtype=pl.Boolean),
    )


def suspect_datum(points: pl.DataFrame, territory: Territory, config: CityConfig) -> str | None:
    """Name the datum that fits better than the declared one, if the difference is significant.

    A point agrees with a datum when it falls into the district stated for it (or into the city,
    where none is stated). Only points whose agreement changes can tell two datums apart; the other
    datum must win them by a one-sided sign test.

    Args:
        points: ``lon_stated``, ``lat_stated`` in degrees, and ``district_code_stated`` (may be null).
        territory: districts of the city.
        config: settings of the city.
    """
    positions = {code: position for position, code in enumerate(territory.codes)}
    hosts = {code: positions[host] for code, host in host_districts(config).items() if host in positions}
    known = {**positions, **hosts}
    code = points["district_code_stated"]
    # A code that is no district of this city can tell nothing; the point must then only lie inside.
    stated = code.replace_strict(list(known), list(known.values()), default=OUTSIDE, return_dtype=pl.Int64)
    wanted = stated.fill_null(OUTSIDE).to_numpy()
    lon, lat = points["lon_stated"].to_numpy(), points["lat_stated"].to_numpy()

    def agreement(datum: str) -> npt.NDArray[np.bool_]:
        found = territory.find(*to_cgcs2000(lon, lat, datum))
        agrees: npt.NDArray[np.bool_] = np.where(wanted == OUTSIDE, found != OUTSIDE, found == wanted)
        return agrees

    # WGS 84 and CGCS2000 are the same here, so the shifted datums have one plain rival.
    plain = config.coordinates in {"cgcs2000", "wgs84"}
    rivals = ["gcj02", "bd09"] if plain else ["wgs84", *({"gcj02", "bd09"} - {config.coordinates})]
    declared = agreement(config.coordinates)
    best: tuple[float, str] | None = None
    for rival in rivals:
        other = agreement(rival)
        won, lost = int((other & ~declared).sum()), int((declared & ~other).sum())
        chance = _chance_of(won, lost)
        if chance < _SIGNIFICANCE and (best is None or chance < best[0]):
            best = (chance, rival)
    return best[1] if best else None


def _chance_of(won: int, lost: int) -> float:
    """Return the chance of winning at least ``won`` of all by coin tosses (one-sided sign test)."""
    tosses = won + lost
    if tosses <= _EXACT_TOSSES:
        return float(sum(comb(tosses, k) for k in range(won, tosses + 1)) / 2**tosses)
    # Normal approximation with continuity correction; the exact sum has thousands of huge terms.
    return 0.5 * erfc((won - lost - 1) / sqrt(2 * tosses))
