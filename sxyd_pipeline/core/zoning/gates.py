"""Rules across the features of a layer. Each returns the offending rows; none means the rule holds."""

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.zoning.areas import Indices, mean_widths, polygon_parts
from sxyd_pipeline.core.zoning.bridge import COVERED_SHARE
from sxyd_pipeline.core.zoning.projection import M2_PER_KM2, Geometries, polygons_of, unproject_points
from sxyd_pipeline.vocabulary.elements import ControlClass

#: Overlaps and gaps up to this area are tolerated (domain 8.5: no gap above 1 m2).
TOLERATED_M2 = 1.0

#: Strips narrower than the working grid come from rounding a vertex on a neighbour's edge.
TOLERATED_WIDTH_M = 1e-3

#: Along the outer border two drawings of the same border may lie apart by the accuracy of the work:
#: 0.5 mm at 1:50 000 (domain 8.4).
BORDER_WIDTH_M = 25.0

#: Elements whose zones cover the whole territory (domain 1.1); ecology only when it has general zones.
COVERING_ELEMENTS = ("air", "water", "soil", "resources")

_CODE_COLUMNS = ("control_unit_code", "zone_code", "district_code", "code")

#: Units at sea (HY) lie outside the districts by nature.
_SEA_PREFIX = "HY"
_SEA = "coastal"


def covering_elements(zones: gpd.GeoDataFrame | pl.DataFrame) -> tuple[str, ...]:
    """Tell which elements of a zoning cover the whole territory.

    Args:
        zones: ``element`` and ``control_class`` of every zone.

    Returns:
        Air, water, soil and resources as far as present; ecology when it has general zones too.
    """
    pairs = set(zip(list(zones["element"]), [int(value) for value in zones["control_class"]], strict=True))
    present = {element for element, _ in pairs}
    covering = [element for element in COVERING_ELEMENTS if element in present]
    if ("ecology", int(ControlClass.GENERAL)) in pairs:
        covering.append("ecology")
    return tuple(sorted(covering))


def overlapping_features(features: gpd.GeoDataFrame, by: str | None = None) -> pl.DataFrame:
    """List pairs of features that share more than 1 m2 over a width above 1 mm.

    Args:
        features: a cleaned layer (``zoning.districts``, ``zones`` or ``control_units``).
        by: column within whose values features must not overlap (``element`` for zones); None: all.

    Returns:
        ``group, code, other_code, shared_km2, width_m``, sorted; ``width_m`` is of the widest part.
    """
    groups = [("", features)] if by is None else list(features.groupby(by, sort=True))
    found = [overlaps_of(members).with_columns(group=pl.lit(str(group))) for group, members in groups]
    return (
        pl.concat(found)
        .filter(pl.col("shared_km2") > TOLERATED_M2 / M2_PER_KM2)
        .select("group", "code", "other_code", "shared_km2", "width_m")
        .sort("group", "code", "other_code")
    )


def overlaps_of(features: gpd.GeoDataFrame) -> pl.DataFrame:
    """List every pair of features with a shared part wider than 1 mm, however small its area."""
    features = features.sort_values(_code_column(features), kind="stable")
    polygons = polygons_of(features, _code_column(features))
    codes = np.array(features[_code_column(features)].tolist(), dtype=object)
    left, right = _suspects(polygons)
    parts, pair = polygon_parts(shapely.intersection(polygons[left], polygons[right]))
    rows = pl.DataFrame({"pair": pair, "m2": shapely.area(parts), "width_m": mean_widths(parts)}).filter(
        pl.col("width_m") > TOLERATED_WIDTH_M
    )
    pairs = pl.DataFrame(
        {
            "pair": np.arange(len(left)),
            "code": pl.Series(codes[left].tolist(), dtype=pl.String),
            "other_code": pl.Series(codes[right].tolist(), dtype=pl.String),
        }
    )
    return (
        rows.group_by("pair", maintain_order=True)
        .agg(shared_km2=pl.col("m2").sum() / M2_PER_KM2, width_m=pl.col("width_m").max())
        .join(pairs, on="pair", maintain_order="left")
        .select("code", "other_code", "shared_km2", "width_m")
        .sort("code", "other_code")
    )


def uncovered_area(features: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """List gaps a layer leaves in the territory, and the territory itself when under 99.9 % is covered.

    A gap counts above 1 m2 and 1 mm mean width. Along the outer border only gaps wider than 25 m
    count one by one: narrower ones are two drawings of the same border, and count for the 99.9 %.

    Args:
        features: one covering layer: control units, or the zones of one element.
        districts: ``zoning.districts``.

    Returns:
        ``finding`` (gap or coverage), ``area_km2``, ``width_m``, ``covered_share``, ``lon, lat`` of a
        point inside; gaps in descending size.
    """
    gaps = gaps_of(features, districts)
    gap_km2 = float(gaps["area_km2"].sum())
    covered_share = 1.0 - gap_km2 / (float(shapely.area(_territory(districts))) / M2_PER_KM2)
    whole = pl.DataFrame({"finding": ["coverage"], "area_km2": [gap_km2], "covered_share": [covered_share]})
    offending = gaps.filter(offending_gap()).select(
        "area_km2", "width_m", "lon", "lat", finding=pl.lit("gap"), covered_share=pl.lit(covered_share)
    )
    return pl.concat(
        [offending, whole.filter(pl.col("covered_share") < COVERED_SHARE)], how="diagonal"
    ).select("finding", "area_km2", "width_m", "covered_share", "lon", "lat")


def offending_gap() -> pl.Expr:
    """Tell which rows of :func:`gaps_of` are gaps; the others are within the tolerance."""
    width_allowed = pl.when("on_border").then(BORDER_WIDTH_M).otherwise(TOLERATED_WIDTH_M)
    return (pl.col("area_km2") > TOLERATED_M2 / M2_PER_KM2) & (pl.col("width_m") > width_allowed)


def gaps_of(features: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """List every part of the territory a layer does not cover, however small.

    Returns:
        ``area_km2, width_m, on_border`` (touches the outer border), ``lon, lat``; largest first.
    """
    territory = _territory(districts)
    covered = _union(polygons_of(features, _code_column(features)))
    parts, _ = polygon_parts(np.array([shapely.difference(territory, covered)], dtype=object))
    border = shapely.boundary(territory)
    shapely.prepare(border)
    inside = shapely.point_on_surface(parts)
    lon, lat = unproject_points(shapely.get_x(inside), shapely.get_y(inside))
    return pl.DataFrame(
        {
            "area_km2": shapely.area(parts) / M2_PER_KM2,
            "width_m": mean_widths(parts),
            "on_border": np.asarray(shapely.dwithin(border, parts, TOLERATED_WIDTH_M), dtype=bool),
            "lon": lon,
            "lat": lat,
        }
    ).sort(["area_km2", "lon", "lat"], descending=[True, False, False])


def units_outside_city(control_units: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """List control units on land that reach out of the territory.

    A unit offends when a part outside is above 1 m2 and 25 m mean width, or when over 0.1 % of it is
    outside. Units at sea (``HY``) are left out.

    Returns:
        ``code, outside_km2, outside_share, width_m`` of the widest part, sorted by code.
    """
    return outside_of(control_units, districts).filter(
        ((pl.col("outside_km2") > TOLERATED_M2 / M2_PER_KM2) & (pl.col("width_m") > BORDER_WIDTH_M))
        | (pl.col("outside_share") > 1.0 - COVERED_SHARE)
    )


def outside_of(features: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """List features on land with any part outside the territory; columns of :func:`units_outside_city`."""
    column = _code_column(features)
    land = features[~features[column].str.startswith(_SEA_PREFIX)].sort_values(column, kind="stable")
    polygons = polygons_of(land, column)
    territory = _territory(districts)
    shapely.prepare(territory)
    reaching = np.flatnonzero(~shapely.covers(territory, polygons))
    parts, index = polygon_parts(shapely.difference(polygons[reaching], territory))
    codes = np.array(land[column].tolist(), dtype=object)[reaching]
    return (
        pl.DataFrame(
            {
                "code": pl.Series(codes[index].tolist(), dtype=pl.String),
                "m2": shapely.area(parts),
                "width_m": mean_widths(parts),
                "whole_m2": shapely.area(polygons[reaching])[index],
            }
        )
        .group_by("code", maintain_order=True)
        .agg(
            outside_km2=pl.col("m2").sum() / M2_PER_KM2,
            outside_share=pl.col("m2").sum() / pl.col("whole_m2").first(),
            width_m=pl.col("width_m").max(),
        )
        .sort("code")
    )


def class_contradictions(features: gpd.GeoDataFrame | pl.DataFrame) -> pl.DataFrame:
    """List features whose control class is not the class digit of their code.

    No grammar of codes was published for nearshore zones: one whose code has no class digit is left out.

    Args:
        features: ``zoning.control_units`` or ``zoning.zones``.

    Returns:
        ``code, class_in_code, control_class``, sorted by code.
    """
    column = _code_column(features)
    elements = list(features["element"]) if "element" in features.columns else [None] * len(features)
    class_in_code = pl.col("class_in_code")
    return (
        pl.DataFrame(
            {
                "code": pl.Series(list(features[column]), dtype=pl.String),
                "element": pl.Series(elements, dtype=pl.String),
                "control_class": pl.Series(list(features["control_class"]), dtype=pl.Int32),
            }
        )
        .with_columns(
            class_in_code=pl.col("code").str.extract(r"^(?:ZH|HY|YS)\d{6}([123])\d{4,7}$", 1).cast(pl.Int32)
        )
        .filter(class_in_code.ne_missing(pl.col("control_class")))
        .filter(class_in_code.is_not_null() | pl.col("element").ne_missing(_SEA))
        .select("code", "class_in_code", "control_class")
        .sort("code")
    )


def bridge_gaps(control_units: gpd.GeoDataFrame, control_unit_zones: pl.DataFrame) -> pl.DataFrame:
    """List units and covering elements whose shared areas do not sum to the unit's area.

    More than the unit's area (by over 1e-6 and 1 m2) means overlapping zones; less means a gap,
    unless the missing strip may be a second drawing of the border: up to 0.1 % of the unit, or
    25 m along half its outline.

    Args:
        control_units: ``zoning.control_units``.
        control_unit_zones: ``zoning.control_unit_zones``.

    Returns:
        ``control_unit_code, element, unit_km2, bridge_km2, missing_km2``, sorted.
    """
    polygons = polygons_of(control_units, "control_units")
    units = pl.DataFrame(
        {
            "control_unit_code": control_units["control_unit_code"].tolist(),
            "unit_km2": shapely.area(polygons) / M2_PER_KM2,
            "strip_km2": shapely.length(polygons) / 2.0 * BORDER_WIDTH_M / M2_PER_KM2,
        }
    ).filter(~pl.col("control_unit_code").str.starts_with(_SEA_PREFIX))
    elements = pl.DataFrame({"element": pl.Series(covering_elements(control_unit_zones), dtype=pl.String)})
    sums = control_unit_zones.group_by("control_unit_code", "element", maintain_order=True).agg(
        bridge_km2=pl.col("area_km2").sum()
    )
    missing = pl.col("missing_km2")
    return (
        units.join(elements, how="cross")
        .join(sums, on=["control_unit_code", "element"], how="left", maintain_order="left")
        # No row of the bridge means that the element shares nothing with the unit.
        .with_columns(pl.col("bridge_km2").fill_null(0.0))
        .with_columns(missing_km2=pl.col("unit_km2") - pl.col("bridge_km2"))
        .filter(
            (missing < -pl.max_horizontal(1e-6 * pl.col("unit_km2"), pl.lit(TOLERATED_M2 / M2_PER_KM2)))
            | (missing > pl.max_horizontal((1.0 - COVERED_SHARE) * pl.col("unit_km2"), "strip_km2"))
        )
        .select("control_unit_code", "element", "unit_km2", "bridge_km2", "missing_km2")
        .sort("control_unit_code", "element")
    )


def _suspects(polygons: Geometries) -> tuple[Indices, Indices]:
    """Return the pairs that can overlap: those whose edges do not fit, or one inside the other."""
    none = np.empty(0, dtype=np.intp)
    if shapely.coverage_is_valid(polygons):
        return none, none
    misfit = ~shapely.is_empty(shapely.coverage_invalid_edges(polygons))
    left, right = shapely.STRtree(polygons).query(polygons)
    chosen = (left < right) & (misfit[left] | misfit[right])
    left, right = left[chosen], right[chosen]
    shapely.prepare(polygons)
    meeting = np.asarray(shapely.intersects(polygons[left], polygons[right]))
    return left[meeting], right[meeting]


def _territory(districts: gpd.GeoDataFrame) -> shapely.Geometry:
    return _union(polygons_of(districts, "districts"))


def _union(polygons: Geometries) -> shapely.Geometry:
    # On a valid coverage the union only drops shared edges; otherwise lines have to be noded.
    if shapely.coverage_is_valid(polygons):
        return shapely.coverage_union_all(polygons)
    return shapely.union_all(polygons)


def _code_column(features: gpd.GeoDataFrame | pl.DataFrame) -> str:
    return next(name for name in _CODE_COLUMNS if name in features.columns)
