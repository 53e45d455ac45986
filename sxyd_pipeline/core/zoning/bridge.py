"""The bridge between control units and element zones (环境管控单元与要素管控分区的对应关系)."""

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.zoning.areas import Indices, share_areas
from sxyd_pipeline.core.zoning.projection import M2_PER_KM2, Geometries, polygons_of

#: A shared part that is both smaller and narrower than this is a sliver of two drawings of one line.
#: Width: 0.5 mm on the 1:10 000 maps cities work on (domain 8.4). Area: 0.01 km2, the last decimal
#: of published areas (开化县 2024).
SLIVER_WIDTH_M, SLIVER_AREA_M2 = 5.0, 1e4

#: An element covers a unit when their shared area agrees with the unit's to this share (domain 8.5: 99.9 %).
COVERED_SHARE = 0.999

#: A unit of whose area less than this is covered has no main zone that must be kept.
_MAINLY = 0.5


def bridge_control_units(control_units: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> pl.DataFrame:
    """Measure the area every control unit shares with every element zone.

    ``share_of_control_unit = shared area / area of the unit`` and ``share_of_zone = shared area /
    area of the zone``. Slivers are not listed, but their area stays: the listed areas of a unit and
    element are scaled to the area the element shares with the unit, the listed shares of a zone to
    the share of the zone that lies in units. Where the element covers the unit (over 99.9 %), areas
    sum to the unit's area and shares to 1; where it does not (ecology), to what it covers.

    Args:
        control_units: ``zoning.control_units``.
        zones: ``zoning.zones``.

    Returns:
        ``zoning.control_unit_zones``, sorted by control unit and zone.
    """
    unit_polygons = polygons_of(control_units, "control_units")
    zone_polygons = polygons_of(zones, "zones")
    units = pl.DataFrame(
        {
            "left": np.arange(len(unit_polygons)),
            "city_code": control_units["city_code"].tolist(),
            "control_unit_code": control_units["control_unit_code"].tolist(),
            "unit_m2": shapely.area(unit_polygons),
        }
    )
    features = pl.DataFrame(
        {
            "right": np.arange(len(zone_polygons)),
            "zone_code": zones["zone_code"].tolist(),
            "element": zones["element"].tolist(),
            "control_class": pl.Series(zones["control_class"].tolist(), dtype=pl.Int32),
            "zone_m2": shapely.area(zone_polygons),
        }
    )
    pairs = pl.concat(
        _pairs_of_element(unit_polygons, zone_polygons, np.flatnonzero(zones["element"] == element))
        for element in sorted(zones["element"].unique())
    )
    return (
        _without_slivers(
            pairs.join(units, on="left", maintain_order="left").join(
                features, on="right", maintain_order="left"
            )
        )
        .select(
            "city_code",
            "control_unit_code",
            "zone_code",
            "element",
            "control_class",
            area_km2=pl.col("area_m2") / M2_PER_KM2,
            share_of_control_unit=pl.col("area_m2") / pl.col("unit_m2"),
            share_of_zone=pl.col("share_of_zone"),
        )
        .sort("control_unit_code", "zone_code")
    )


def _pairs_of_element(units: Geometries, zones: Geometries, members: Indices) -> pl.DataFrame:
    # One element at a time: its zones mostly tile the city, which the kernel makes use of.
    tiles = bool(shapely.coverage_is_valid(zones[members]))
    shared = share_areas(units, zones[members], right_tiles=tiles)
    return pl.DataFrame(
        {
            "left": shared.left,
            "right": members[shared.right],
            "raw_m2": shared.area_m2,
            "width_m": shared.width_m,
        }
    )


def _without_slivers(pairs: pl.DataFrame) -> pl.DataFrame:
    """Drop slivers and hand their area to the pairs that stay."""
    by_unit, by_zone = ["left", "element"], ["right"]
    raw = pl.col("raw_m2")
    sliver = (raw < SLIVER_AREA_M2) & (pl.col("width_m") < SLIVER_WIDTH_M)
    unit_covered = pl.col("covered_m2") / pl.col("unit_m2")
    zone_covered = pl.min_horizontal(pl.col("zone_covered_m2") / pl.col("zone_m2"), pl.lit(1.0))
    # A unit that an element mostly covers keeps a zone of it, and a zone keeps a unit, however small.
    main_of_unit = (raw == raw.max().over(by_unit)) & (unit_covered >= _MAINLY)
    main_of_zone = raw == raw.max().over(by_zone)
    is_covered = (unit_covered - 1.0).abs() <= 1.0 - COVERED_SHARE
    target = pl.when(is_covered).then(pl.col("unit_m2")).otherwise(pl.col("covered_m2"))
    return (
        pairs.with_columns(covered_m2=raw.sum().over(by_unit), zone_covered_m2=raw.sum().over(by_zone))
        .filter(~sliver | main_of_unit | main_of_zone)
        .with_columns(
            area_m2=raw * target / raw.sum().over(by_unit),
            share_of_zone=raw * zone_covered / raw.sum().over(by_zone),
        )
    )
