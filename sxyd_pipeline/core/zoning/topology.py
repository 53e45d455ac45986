"""Report of the topology: what was repaired, and what overlaps, gaps and strips remain."""

from collections.abc import Iterator

import geopandas as gpd
import polars as pl
import shapely

from sxyd_pipeline.core.zoning.gates import (
    TOLERATED_M2,
    TOLERATED_WIDTH_M,
    covering_elements,
    gaps_of,
    offending_gap,
    outside_of,
    overlaps_of,
)
from sxyd_pipeline.core.zoning.layers import stated_area_gaps
from sxyd_pipeline.core.zoning.projection import M2_PER_KM2, attributes_of, polygons_of

_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "layer": pl.String, "code": pl.String, "finding": pl.String,
    "other_code": pl.String, "measured_km2": pl.Float64, "relative": pl.Float64, "message": pl.String,
}  # fmt: skip

_WHOLE_LAYER = "*"

Row = dict[str, object]


def report_topology(
    layers: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Report what was found in every layer, whether it offends or not.

    Repairs come from the delivered layers; overlaps, gaps, parts outside the city, differences from
    stated areas and the covered share from the cleaned ones. Overlaps and gaps within the tolerance
    (1 m2, or along the outer border 25 m) are summed up as ``sliver``.

    Args:
        layers: ``inputs.layers``, as delivered.
        districts: ``zoning.districts``.
        zones: ``zoning.zones``.
        control_units: ``zoning.control_units``.

    Returns:
        ``zoning.topology``; ``*`` stands for the whole layer, gaps are numbered from the largest.
    """
    city_code = str(districts["city_code"].iloc[0])
    cleaned = [
        ("districts", districts.rename(columns={"district_code": "code"})),
        *(
            (str(e), members.rename(columns={"zone_code": "code"}))
            for e, members in zones.groupby("element", sort=True)
        ),
        ("control_units", control_units.rename(columns={"control_unit_code": "code"})),
    ]
    covering = {*covering_elements(zones), "control_units"}
    rows: list[Row] = []
    for layer, features in cleaned:
        frame = features[["code", "area_km2", "stated_area_km2", "geometry"]]
        found = [
            *_repairs(layers[layers["layer"] == layer], frame),
            *_area_differences(frame),
            *_overlaps(frame),
            *(_gaps(frame, districts) if layer in covering else ()),
            *(_against_territory(frame, districts) if layer != "districts" else ()),
        ]
        rows.extend({"city_code": city_code, "layer": layer, **row} for row in found)
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("layer", "finding", "code", "other_code")


def _row(finding: str, code: str, message: str, **measures: object) -> Row:
    nothing = {"other_code": None, "measured_km2": None, "relative": None}
    return {**nothing, **measures, "finding": finding, "code": code, "message": message}


def _repairs(delivered: gpd.GeoDataFrame, cleaned: gpd.GeoDataFrame) -> Iterator[Row]:
    invalid = delivered[~delivered.geometry.is_valid].sort_values("code", kind="stable")
    areas = dict(zip(cleaned["code"], cleaned["area_km2"], strict=True))
    for code, geometry in zip(invalid["code"], invalid.geometry, strict=True):
        reason = shapely.is_valid_reason(geometry)
        yield _row(
            "repaired",
            str(code),
            f"图形无效（{reason}），已按结构法修复 / invalid, repaired",
            measured_km2=areas.get(code),
        )


def _area_differences(frame: gpd.GeoDataFrame) -> Iterator[Row]:
    areas = attributes_of(frame, _AREAS)
    for row in stated_area_gaps(areas).iter_rows(named=True):
        message = f"计算 {row['area_km2']:.4f}，填报 {row['stated_area_km2']:.4f} km2 / computed, stated"
        yield _row(
            "area_differs_from_stated",
            row["code"],
            message,
            measured_km2=row["area_km2"],
            relative=row["relative"],
        )


_AREAS: dict[str, type[pl.DataType]] = {
    "code": pl.String,
    "area_km2": pl.Float64,
    "stated_area_km2": pl.Float64,
}


def _overlaps(frame: gpd.GeoDataFrame) -> Iterator[Row]:
    overlaps = overlaps_of(frame)
    offending = pl.col("shared_km2") > TOLERATED_M2 / M2_PER_KM2
    area = dict(zip(frame["code"], frame["area_km2"], strict=True))
    for row in overlaps.filter(offending).iter_rows(named=True):
        smaller = min(area[row["code"]], area[row["other_code"]])
        yield _row(
            "overlap",
            row["code"],
            f"与 {row['other_code']} 重叠 / overlaps",
            other_code=row["other_code"],
            measured_km2=row["shared_km2"],
            relative=row["shared_km2"] / smaller,
        )
    yield from _slivers("overlap", overlaps.filter(~offending)["shared_km2"])


def _gaps(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> Iterator[Row]:
    gaps = gaps_of(frame, districts)
    for number, row in enumerate(gaps.filter(offending_gap()).iter_rows(named=True), start=1):
        yield _row(
            "gap",
            _WHOLE_LAYER,
            f"空隙位于 {row['lon']:.6f}, {row['lat']:.6f} / gap there",
            other_code=str(number),
            measured_km2=row["area_km2"],
            relative=row["area_km2"] / _territory_km2(districts),
        )
    yield from _slivers("gap", gaps.filter(~offending_gap())["area_km2"])


def _against_territory(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> Iterator[Row]:
    above_noise = (pl.col("outside_km2") > TOLERATED_M2 / M2_PER_KM2) & (
        pl.col("width_m") > TOLERATED_WIDTH_M
    )
    outside = outside_of(frame, districts)
    for row in outside.filter(above_noise).iter_rows(named=True):
        yield _row(
            "outside_city",
            row["code"],
            f"超出市域，平均宽 {row['width_m']:.3f} m / reaches out of the city",
            measured_km2=row["outside_km2"],
            relative=row["outside_share"],
        )
    covered_km2 = float(frame["area_km2"].sum()) - float(outside["outside_km2"].sum())
    yield _row(
        "coverage",
        _WHOLE_LAYER,
        "图层面积占市域的比例 / area of the layer in the city over the city's",
        measured_km2=covered_km2,
        relative=covered_km2 / _territory_km2(districts),
    )


def _territory_km2(districts: gpd.GeoDataFrame) -> float:
    return float(shapely.area(polygons_of(districts, "districts")).sum()) / M2_PER_KM2


def _slivers(kind: str, areas_km2: pl.Series) -> Iterator[Row]:
    if areas_km2.len():
        zh, en = {"overlap": ("重叠", "overlaps"), "gap": ("空隙", "gaps")}[kind]
        yield _row(
            "sliver",
            _WHOLE_LAYER,
            f"容差以内的{zh} {areas_km2.len()} 处 / {en} within the tolerance",
            other_code=kind,
            measured_km2=float(areas_km2.sum()),
        )
