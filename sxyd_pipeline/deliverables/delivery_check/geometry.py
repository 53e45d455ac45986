"""Polygons of a layer: reference system, validity, overlaps, gaps, cover, and areas stated beside them."""

import geopandas as gpd
import numpy as np
import polars as pl
import shapely
from pyproj import CRS

from sxyd_pipeline.core.zoning.gates import overlapping_features, uncovered_area
from sxyd_pipeline.core.zoning.projection import (
    M2_PER_KM2,
    STORED_CRS,
    clean_polygons,
    polygons_of,
    stored_frame,
)
from sxyd_pipeline.deliverables.delivery_check.findings import Findings
from sxyd_pipeline.deliverables.delivery_check.reading import Delivered
from sxyd_pipeline.errors import SxydError

#: Layers that leave parts of the territory free by nature.
_NOT_COVERING = ("districts", "zones_ecology", "zones_coastal")
#: Stated over measured area when another unit was used: square metres, hectares, mu.
_OTHER_UNITS = {"m2": 1e6, "ha": 100.0, "亩 mu": 1500.0}
_POLYGONS = ("Polygon", "MultiPolygon")


def check_geometry(one: Delivered, findings: Findings) -> gpd.GeoDataFrame | None:
    """Check reference system and validity of one layer.

    Returns:
        ``code`` (with the number of the feature) and the usable polygons in EPSG:4490; None when the
        layer has no reference system, no codes or no polygon that can be used.
    """
    shapes = one.shapes
    if shapes is None:
        return None
    if shapes.crs is None:
        findings.add("no_crs", one.whole())
        return None
    if not _is_cgcs2000(CRS(shapes.crs)):
        findings.add("other_crs", one.whole(), str(shapes.crs.name))
    usable = [_check_shape(one, row, shape, findings) for row, shape in enumerate(shapes)]
    codes = one.texts("code")
    if not any(usable) or codes is None:
        return None
    named = [f"{code or '—'} #{row + 1}" for row, code in enumerate(codes.to_list()) if usable[row]]
    return gpd.GeoDataFrame({"code": named}, geometry=list(shapes[usable].to_crs(STORED_CRS)), crs=STORED_CRS)


def clean(one: Delivered, frame: gpd.GeoDataFrame, findings: Findings) -> gpd.GeoDataFrame | None:
    """Return the polygons of a layer ready to be compared with each other, or None when they collapse."""
    try:
        polygons, _ = clean_polygons(frame, one.rule.name, frame["code"].tolist())
    except SxydError as error:
        findings.add("invalid_geometry", one.whole(), None, error.zh, error.en)
        return None
    return stored_frame({"code": frame["code"].tolist()}, polygons)


def _is_cgcs2000(crs: CRS) -> bool:
    geodetic = crs.geodetic_crs
    return geodetic is not None and geodetic.to_epsg() == CRS(STORED_CRS).to_epsg()


def _check_shape(one: Delivered, row: int, shape: shapely.Geometry | None, findings: Findings) -> bool:
    if shape is None or shape.is_empty:
        findings.add("empty_geometry", one.at(row))
        return False
    if shape.geom_type not in _POLYGONS:
        findings.add("invalid_geometry", one.at(row), shape.geom_type, "不是面", "not a polygon")
        return False
    if not shapely.is_valid(shape):
        reason = shapely.is_valid_reason(shape)
        findings.add("invalid_geometry", one.at(row), reason, reason, reason)
    return True


def check_coverage(
    one: Delivered, features: gpd.GeoDataFrame, districts: gpd.GeoDataFrame | None, findings: Findings
) -> None:
    """Check that features do not overlap and, together, leave no gap in the territory."""
    for pair in overlapping_features(features).iter_rows(named=True):
        square_metres = pair["shared_km2"] * M2_PER_KM2
        if square_metres > findings.specification.tolerance("overlap"):
            told = f"{pair['code']} × {pair['other_code']}，{square_metres:.1f} m2"
            findings.add("overlap", one.at(_row_of(pair["code"])), pair["other_code"], told, told)
    if districts is None or one.rule.name in _NOT_COVERING:
        return
    for gap in uncovered_area(features, districts).iter_rows(named=True):
        if gap["finding"] == "gap":
            place = f"{gap['lon']:.6f}, {gap['lat']:.6f}"
            told = f"{gap['area_km2'] * M2_PER_KM2:.1f} m2（{place}）"
            findings.add("gap", one.whole(), place, told, told)
        elif 1.0 - gap["covered_share"] > findings.specification.tolerance("not_covered"):
            told = f"{gap['covered_share']:.3%}"
            findings.add("not_covered", one.whole(), told, told, told)


def _row_of(named: str) -> int:
    """Return the row (from 0) a feature of the clean frame was delivered in."""
    return int(named.rpartition("#")[2]) - 1


def check_areas(one: Delivered, features: gpd.GeoDataFrame, findings: Findings) -> None:
    """Compare stated areas (km2) with the areas of the polygons, and densities with load over area."""
    stated = one.numbers("area")
    if stated is not None:
        measured = shapely.area(polygons_of(features, one.rule.name)) / M2_PER_KM2
        for named, km2 in zip(features["code"], measured, strict=True):
            row = _row_of(named)
            if stated[row] is not None and km2 > 0:
                _check_area(one, row, float(stated[row]), float(km2), findings)
    area, load, density = stated, one.numbers("co2"), one.numbers("co2_density")
    if area is None or load is None or density is None:
        return
    tolerance = findings.specification.tolerance("density_differs")
    told = pl.DataFrame({"area": area, "load": load, "density": density}).with_row_index()
    expected = pl.col("load") / pl.col("area")
    wrong = told.filter(
        pl.col("area") > 0, (pl.col("density") - expected).abs() > tolerance * expected.abs() + tolerance
    ).with_columns(expected=expected)
    for index, density_found, wanted in wrong.select("index", "density", "expected").iter_rows():
        words = f"{wanted:.6g}"
        findings.add(
            "density_differs", one.at(index, one.columns["co2_density"]), density_found, words, words
        )


def _check_area(one: Delivered, row: int, stated: float, measured: float, findings: Findings) -> None:
    tolerance = findings.specification.tolerance("area_differs")
    ratio = stated / measured
    if abs(ratio - 1.0) <= tolerance:
        return
    spot, words = one.at(row, one.columns["area"]), f"{measured:.6g} km2"
    unit = next(
        (name for name, scale in _OTHER_UNITS.items() if np.isclose(ratio, scale, rtol=tolerance)), None
    )
    if unit is None:
        findings.add("area_differs", spot, stated, words, words)
    else:
        findings.add("area_unit", spot, stated, f"{words}，疑为 {unit}", f"{words}, looks like {unit}")
