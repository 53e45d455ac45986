"""Sources and proxies for the cities of squares."""

from collections.abc import Mapping, Sequence

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.baseline import place_sources
from sxyd_pipeline.core.zoning.projection import STORED_CRS
from sxyd_pipeline_tests.core.zoning.squares import CITY, City, box, lonlat, stored

SCHEMA = {
    "city_code": pl.String, "source_id": pl.String, "spread_id": pl.String, "year": pl.Int32, "species": pl.String,
    "emission_t": pl.Float64, "low_t": pl.Float64, "high_t": pl.Float64, "factor_id": pl.String,
    "co2e_tco2e": pl.Float64, "gwp_set": pl.String,
}  # fmt: skip


def sources(tonnes: Mapping[str, float], species: str = "SO2") -> pl.DataFrame:
    """One source per spread, with its tonnes; CO2 counts one to one as CO2 equivalent."""
    return pl.DataFrame(
        [
            {
                "city_code": CITY, "source_id": spread, "spread_id": spread, "year": 2020, "species": species,
                "emission_t": t, "low_t": 0.5 * t, "high_t": 2.0 * t, "factor_id": f"f-{species}",
                "co2e_tco2e": t if species == "CO2" else None, "gwp_set": "AR5" if species == "CO2" else None,
            }
            for spread, t in tonnes.items()
        ],
        schema=SCHEMA,
    )  # fmt: skip


def facilities(places_km: Mapping[str, tuple[float, float]]) -> pl.DataFrame:
    """Facilities at places given in kilometres from the corner of the city."""
    points = [lonlat(*place) for place in places_km.values()]
    return pl.DataFrame(
        {
            "facility_id": list(places_km),
            "lon": [lon for lon, _ in points],
            "lat": [lat for _, lat in points],
        },
        schema={"facility_id": pl.String, "lon": pl.Float64, "lat": pl.Float64},
    )


def proxies(cells: Sequence[tuple[str, float, tuple[float, float, float, float]]] = ()) -> gpd.GeoDataFrame:
    """Proxy cells as (proxy, weight, rectangle in km)."""
    return gpd.GeoDataFrame(
        {
            "proxy": [proxy for proxy, _, _ in cells],
            "cell_id": [str(number) for number in range(len(cells))],
            "weight": [weight for _, weight, _ in cells],
        },
        geometry=stored([box(*rectangle) for _, _, rectangle in cells]),
        crs=STORED_CRS,
    )


def place(
    city: City,
    emissions: pl.DataFrame,
    places_km: Mapping[str, tuple[float, float]] | None = None,
    cells: gpd.GeoDataFrame | None = None,
) -> pl.DataFrame:
    """Place sources in a city of squares."""
    return place_sources(
        emissions,
        facilities(places_km or {}),
        proxies() if cells is None else cells,
        city.districts,
        city.zones,
        city.control_units,
    )
