"""Where the tonnes of each source come down: in which district, control unit and zones.

Emissions are extensive: a source is divided over the features of a layer by shares that sum
to one. Points go whole into one feature; area sources are divided by area, or by the weights
of a proxy, inside their district.
"""

from collections.abc import Sequence

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.baseline.area_sources import Spread, place_areas
from sxyd_pipeline.core.baseline.errors import UnknownSpreadError, UnplacedEmissionError
from sxyd_pipeline.core.baseline.layer import Layer
from sxyd_pipeline.core.baseline.points import place_points
from sxyd_pipeline.core.zoning.gates import covering_elements
from sxyd_pipeline.core.zoning.projection import polygons_of, project_points

_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "spread_id": pl.String, "layer": pl.String, "code": pl.String,
    "share": pl.Float64, "how": pl.String,
}  # fmt: skip


def place_sources(
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    proxies: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Find the share of every spread that lies in each district, control unit and zone.

    Points (``facility:<id>``) go to the one feature that holds them; on a shared boundary to the one
    with the lowest code (``boundary_tie``); in a gap of a covering layer to the nearest feature within 50 m
    (``nearest``). Area sources (``area:<district>:areal`` or ``area:<district>:<proxy>``) are divided
    by area, ``share = area(district and feature) / area(district)``, or by proxy weight,
    ``share = sum of w_c area(c and district and feature) / area(c)``, over its total in the district.
    What an element leaves uncovered goes to ``*``, so that shares always sum to 1.

    Args:
        source_emissions: ``inventory.emissions``; only ``city_code`` and ``spread_id`` are read.
        facilities: ``inputs.facilities``.
        proxies: ``inputs.proxies`` (EPSG:4490); may be empty.
        districts: ``zoning.districts``.
        zones: ``zoning.zones``.
        control_units: ``zoning.control_units``.

    Returns:
        ``baseline.placements``, sorted by spread, layer and code; per spread and layer the shares
        sum to 1 within 1e-9.

    Raises:
        UnknownSpreadError: a spread id cannot be read.
        UnplacedEmissionError: a source lies in no district or control unit.
        MissingProxyError: a proxy is not in the package.
        ProxyWithoutWeightError: a proxy has no weight in a district.

    References:
        Goodchild and Lam (1980), Geo-Processing 1, 297-312: areal weighting.
    """
    return place_in_layers(source_emissions, facilities, proxies, _layers(districts, zones, control_units))


def place_in_layers(
    source_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    proxies: gpd.GeoDataFrame,
    layers: Sequence[Layer],
) -> pl.DataFrame:
    """Find the share of every spread that lies in each feature of any layers; see :func:`place_sources`.

    Args:
        source_emissions: ``inventory.emissions``; only ``city_code`` and ``spread_id`` are read.
        facilities: ``inputs.facilities``.
        proxies: ``inputs.proxies`` (EPSG:4490); may be empty.
        layers: layers that receive; the first one is the districts.

    Returns:
        Columns of ``baseline.placements``, sorted by spread, layer and code.
    """
    spreads = _read_spreads(source_emissions)
    facility_spreads = _locate(spreads.filter(pl.col("facility_id").is_not_null()), facilities)
    x, y = project_points(facility_spreads["lon"].to_numpy(), facility_spreads["lat"].to_numpy())
    points = [place_points(facility_spreads["spread_id"], x, y, layer) for layer in layers]
    area_spreads = [
        Spread(*row)
        for row in spreads.filter(pl.col("district_code").is_not_null())
        .select("spread_id", "district_code", "proxy")
        .iter_rows()
    ]
    areas = place_areas(area_spreads, proxies, layers)
    city_code = source_emissions["city_code"].unique().sort()
    return (
        pl.concat([*points, areas])
        .with_columns(city_code=pl.lit(city_code[0] if len(city_code) else None, dtype=pl.String))
        .select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
        .sort("spread_id", "layer", "code")
    )


def _read_spreads(source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Take every spread id apart: facility, or district and proxy."""
    spread_id = pl.col("spread_id")
    area = spread_id.str.extract_groups(r"^area:(?<district>\d{6}):(?<proxy>.+)$")
    spreads = (
        source_emissions.select("spread_id")
        .unique()
        .sort("spread_id")
        .with_columns(
            facility_id=spread_id.str.extract(r"^facility:(.+)$", 1),
            district_code=area.struct.field("district"),
            proxy=area.struct.field("proxy"),
        )
    )
    unknown = spreads.filter(pl.all_horizontal(pl.col("facility_id", "district_code").is_null()))
    if not unknown.is_empty():
        raise UnknownSpreadError(unknown["spread_id"].to_list())
    return spreads


def district_layer(districts: gpd.GeoDataFrame) -> Layer:
    """Return the districts as the layer that area sources are spread in."""
    return _layer("district", districts, "district_code", covers_city=True, may_miss=False)


def _layers(
    districts: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, control_units: gpd.GeoDataFrame
) -> list[Layer]:
    covering = covering_elements(zones)
    return [
        district_layer(districts),
        _layer("control_unit", control_units, "control_unit_code", covers_city=True, may_miss=False),
        *(
            _layer(str(element), members, "zone_code", covers_city=element in covering, may_miss=True)
            for element, members in zones.groupby("element", sort=True)
        ),
    ]


def _layer(name: str, features: gpd.GeoDataFrame, code: str, *, covers_city: bool, may_miss: bool) -> Layer:
    # Ascending codes make the lowest index the lowest code: ties need no further rule.
    features = features.sort_values(code, kind="stable")
    return Layer(name, features[code].tolist(), polygons_of(features, name), covers_city, may_miss)


def _locate(spreads: pl.DataFrame, facilities: pl.DataFrame) -> pl.DataFrame:
    located = spreads.join(
        facilities.select("facility_id", "lon", "lat"), on="facility_id", how="left", maintain_order="left"
    )
    nowhere = located.filter(
        pl.any_horizontal(pl.col("lon", "lat").is_null() | pl.col("lon", "lat").is_nan())
    )
    if not nowhere.is_empty():
        raise UnplacedEmissionError(nowhere["spread_id"].to_list(), "facilities")
    return located
