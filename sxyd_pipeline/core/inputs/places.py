"""Which district a point lies in, and whether the declared datum is believable."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import comb

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.coordinates import Degrees, to_cgcs2000

#: One-sided sign test of the points whose agreement a change of datum alters (McNemar 1947,
#: Psychometrika 12, 153-157, exact form): the change must be better at this level.
_SIGNIFICANCE = 0.05


@dataclass(frozen=True, slots=True)
class Territory:
    """Districts of a city, ready to be searched: codes sorted, polygons valid."""

    codes: tuple[str, ...]
    tree: shapely.STRtree

    def find(self, lon: Degrees, lat: Degrees) -> list[str | None]:
        """Return the district of each point (degrees, CGCS2000); a boundary counts as inside, ties take the lowest code."""
        points = shapely.points(lon, lat)
        hits = self.tree.query(points, predicate="intersects")
        found: list[str | None] = [None] * len(points)
        # Polygons are sorted by code: going backwards, the lowest code is written last.
        for point, district in sorted(zip(*hits.tolist(), strict=True), reverse=True):
            found[point] = self.codes[district]
        return found


def open_territory(layers: gpd.GeoDataFrame) -> Territory:
    """Take the districts out of the layers (EPSG:4490); invalid polygons are mended for the search only."""
    districts = layers[layers["layer"] == "districts"].sort_values("code")
    codes = tuple(str(code) for code in districts["code"])
    return Territory(codes, shapely.STRtree(shapely.make_valid(districts.geometry.to_numpy())))


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
    swapped = territory.find(*to_cgcs2000(stated_lat, stated_lon, config.coordinates))
    return points.with_columns(
        lon_standard=pl.Series(lon, dtype=pl.Float64),
        lat_standard=pl.Series(lat, dtype=pl.Float64),
        district_code_standard=pl.Series(territory.find(lon, lat), dtype=pl.String),
        is_swapped=pl.Series([code is not None for code in swapped], dtype=pl.Boolean),
    ).with_columns(is_swapped=pl.col("is_swapped") & pl.col("district_code_standard").is_null())


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
    hosts = host_districts(config)
    stated = [hosts.get(code, code) if code else None for code in points["district_code_stated"]]
    lon, lat = points["lon_stated"].to_numpy(), points["lat_stated"].to_numpy()

    def agreement(datum: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        found = territory.find(*to_cgcs2000(lon, lat, datum))
        return np.array(
            [f is not None if s is None else f == s for f, s in zip(found, stated, strict=True)],
            dtype=np.bool_,
        )

    # WGS 84 and CGCS2000 are the same here, so the shifted datums have one plain rival.
    plain = config.coordinates in {"cgcs2000", "wgs84"}
    rivals = ["gcj02", "bd09"] if plain else ["wgs84", *({"gcj02", "bd09"} - {config.coordinates})]
    declared = agreement(config.coordinates)
    best: tuple[float, str] | None = None
    for rival in rivals:
        other = agreement(rival)
        won, lost = int((other & ~declared).sum()), int((declared & ~other).sum())
        chance = sum(comb(won + lost, k) for k in range(won, won + lost + 1)) / 2 ** (won + lost)
        if chance < _SIGNIFICANCE and (best is None or chance < best[0]):
            best = (chance, rival)
    return best[1] if best else None
