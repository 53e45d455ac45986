"""Clean the delivered layers: project, snap, repair, compare areas, complete the attributes."""

from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.outcome import Outcome, finding, findings_frame
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.zoning.areas import largest_share, share_areas
from sxyd_pipeline.core.zoning.errors import (
    MissingLayerError,
    StatedAreaError,
    UnknownControlClassError,
    UnknownZoneTypeError,
)
from sxyd_pipeline.core.zoning.projection import (
    M2_PER_KM2,
    Geometries,
    attributes_of,
    clean_polygons,
    polygons_of,
    require_stored_crs,
    stored_frame,
)
from sxyd_pipeline.errors import Place
from sxyd_pipeline.vocabulary.elements import REQUIRED_LAYERS, ZONE_LAYERS

#: Relative difference of computed and stated area that is told, and that blocks (domain 1.4).
AREA_WARN_RELATIVE, AREA_BLOCK_RELATIVE = 0.005, 0.02
#: Areas are stated with two decimals as a rule: a difference within their rounding proves nothing (km2).
STATED_ROUNDING_KM2 = 0.005

#: Layers that count only when their module is switched on in ``city.toml``.
MODULE_LAYERS = ("water", "ecology", "coastal")

#: Class, element and subtype inside a zone code (grammar of vocabulary.codes).
TRIPLE_IN_ZONE_CODE = r"^YS\d{6}([123][1-5]\d)\d{4}$"

_ATTRIBUTES: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "layer": pl.String, "code": pl.String, "name": pl.String,
    "control_class": pl.Int32, "zone_type": pl.String, "stated_area_km2": pl.Float64,
    "valid_from": pl.String, "valid_to": pl.String,
    "predecessors": pl.String, "data_label": pl.String, "source_file": pl.String, "source_sheet": pl.String,
    "source_row": pl.Int64,
}  # fmt: skip


_ZONE_COLUMNS = (
    "city_code", "zone_code", "zone_name", "element", "control_class", "zone_type", "zone_type_name",
    "district_code", "area_km2", "stated_area_km2", "valid_from", "valid_to", "data_label",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CleanLayer:
    """One layer after cleaning, in order of its codes.

    Attributes:
        name: layer of the package.
        rows: attributes, one row per feature, with ``area_km2`` in the working projection.
        polygons: valid polygons on the working grid, in the order of ``rows``.
        was_invalid: whether the feature had been delivered invalid.
    """

    name: str
    rows: pl.DataFrame
    polygons: Geometries
    was_invalid: npt.NDArray[np.bool_]

    def findings(self) -> pl.DataFrame:
        """Report repairs, and areas that differ from the stated ones by over 0.5 %."""
        repaired = [
            self._finding("geometry_repaired", row, column_name="geometry", value=row["code"])
            for row in self.rows.filter(pl.Series(self.was_invalid)).iter_rows(named=True)
        ]
        told = ("code", "area_km2", "stated_area_km2", "relative")
        differing = [
            self._finding(
                "area_differs_from_stated",
                row,
                column_name="stated_area_km2",
                value=row["stated_area_km2"],
                row={name: row[name] for name in told},
            )
            for row in stated_area_gaps(self.rows).iter_rows(named=True)
        ]
        return findings_frame([*repaired, *differing])

    def _finding(self, rule: str, at: dict[str, Any], **told: Any) -> dict[str, object]:
        place = {name: at[name] for name in ("source_file", "source_sheet", "source_row")}
        return finding(rule, self.name, **place, **told)


def clean_districts(layers: gpd.GeoDataFrame) -> Outcome:
    """Clean the districts; together they define the territory of the city.

    Args:
        layers: ``inputs.layers`` (EPSG:4490).

    Returns:
        ``zoning.districts`` with ``area_km2`` in the working projection; findings list repairs and
        areas that differ from the stated ones by over 0.5 %.

    Raises:
        MissingLayerError: there is no layer of districts.
        CollapsedGeometryError: a district has no area.
        StatedAreaError: an area differs from the stated one by over 2 %.
    """
    layer = clean_layer(layers, "districts")
    columns = layer.rows.select(
        "city_code", "area_km2", "stated_area_km2", "data_label", district_code="code", district_name="name"
    )
    order = ("city_code", "district_code", "district_name", "area_km2", "stated_area_km2", "data_label")
    return Outcome(frame_of(columns.select(order), layer.polygons), findings=layer.findings())


def clean_zones(
    layers: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, config: CityConfig, reference: Reference
) -> Outcome:
    """Clean the zones of every element the city's settings ask for.

    Air and resources always count; water, ecology and coastal when their module is on; soil
    whenever it is delivered. A zone belongs to the district it shares most area with.

    Args:
        layers: ``inputs.layers`` (EPSG:4490).
        districts: ``zoning.districts``.
        config: settings of the city.
        reference: ``zone_types`` gives the name of a type, the province's own before the nation's.

    Returns:
        ``zoning.zones``, sorted by code; findings as in :func:`clean_districts`.

    Raises:
        MissingLayerError: a required layer, or the layer of a module that is on, is missing.
        UnknownZoneTypeError: a type is in no list.
        UnknownControlClassError: neither attribute nor code tells the class.
        CollapsedGeometryError: a zone has no area.
        StatedAreaError: an area differs from the stated one by over 2 %.
    """
    cleaned = [clean_layer(layers, name) for name in _counted_layers(layers, config)]
    polygons = np.concatenate([layer.polygons for layer in cleaned])
    rows = pl.concat([_complete_zones(layer, config, reference) for layer in cleaned])
    rows = rows.with_columns(
        district_code=pl.Series(districts_of(polygons, rows["code"].to_list(), districts), dtype=pl.String),
        valid_from=pl.coalesce("valid_from", pl.lit(config.zoning_valid_from or None, dtype=pl.String)),
    )
    order = rows["code"].arg_sort().to_numpy()
    columns = rows.rename({"code": "zone_code", "name": "zone_name"}).select(_ZONE_COLUMNS)[order]
    return Outcome(
        frame_of(columns, polygons[order]), findings=pl.concat([layer.findings() for layer in cleaned])
    )


def clean_layer(layers: gpd.GeoDataFrame, name: str) -> CleanLayer:
    """Clean one layer of the package; see :func:`clean_districts` for what is raised."""
    require_stored_crs(layers, name)
    features = layers[layers["layer"] == name].sort_values("code", kind="stable")
    if features.empty:
        raise MissingLayerError(name, module=False)
    rows = attributes_of(features, _ATTRIBUTES)
    polygons, was_invalid = clean_polygons(features, name, rows["code"].to_list())
    rows = rows.with_columns(area_km2=pl.Series(shapely.area(polygons) / M2_PER_KM2))
    _block_wrong_areas(rows, name)
    return CleanLayer(name, rows, polygons, was_invalid)


def districts_of(polygons: Geometries, codes: list[str], districts: gpd.GeoDataFrame) -> list[str]:
    """Tell which district each polygon belongs to.

    It is the one that holds the largest part of it. A polygon at sea lies in none: then its code
    tells, and if the code names no district of the city, the nearest district.
    """
    district_codes = districts["district_code"].tolist()
    territory = polygons_of(districts, "districts")
    best = largest_share(share_areas(polygons, territory), len(polygons))
    for index in np.flatnonzero(best < 0):
        adcode = codes[index][2:8]
        best[index] = (
            district_codes.index(adcode)
            if adcode in district_codes
            else int(np.argmin(shapely.distance(territory, polygons[index])))
        )
    return [district_codes[index] for index in best]


def stated_area_gaps(rows: pl.DataFrame) -> pl.DataFrame:
    """List features whose area differs from the stated one by over 0.5 %, and by more than rounding does.

    Args:
        rows: ``area_km2`` and ``stated_area_km2``; features without a stated area are left out.

    Returns:
        The same rows with ``relative = area / stated - 1``.
    """
    return (
        rows.filter(pl.col("stated_area_km2") > 0.0)
        .with_columns(relative=pl.col("area_km2") / pl.col("stated_area_km2") - 1.0)
        .filter(
            pl.col("relative").abs() > AREA_WARN_RELATIVE,
            (pl.col("area_km2") - pl.col("stated_area_km2")).abs() > STATED_ROUNDING_KM2,
        )
    )


def _counted_layers(layers: gpd.GeoDataFrame, config: CityConfig) -> list[str]:
    present = set(layers["layer"])
    missing = [
        (name, name in MODULE_LAYERS)
        for name in ZONE_LAYERS
        if name not in present
        and (name in REQUIRED_LAYERS or (name in MODULE_LAYERS and config.has_module(name)))
    ]
    if missing:
        raise MissingLayerError(missing[0][0], module=missing[0][1])
    return [
        name
        for name in ZONE_LAYERS
        if name in present and (name not in MODULE_LAYERS or config.has_module(name))
    ]


def _complete_zones(layer: CleanLayer, config: CityConfig, reference: Reference) -> pl.DataFrame:
    """Complete class, type and the type's name from the code and the lists."""
    types = reference.zone_types.select("element", "zone_type", "province", zone_type_name="name_zh")
    national = pl.col("province").is_null() | (pl.col("province") == "")
    lists = (
        types.filter(national | (pl.col("province") == config.province))
        .sort("element", "zone_type", national.cast(pl.Int8))  # the province's own name comes first
        .unique(["element", "zone_type"], keep="first", maintain_order=True)
        .drop("province")
    )
    triple = pl.col("code").str.extract(TRIPLE_IN_ZONE_CODE)
    rows = (
        layer.rows.with_columns(element=pl.lit(layer.name), zone_type=pl.coalesce("zone_type", triple))
        .with_columns(
            control_class=pl.coalesce(
                "control_class", pl.col("zone_type").str.head(1).cast(pl.Int32, strict=False)
            )
        )
        .join(lists, on=["element", "zone_type"], how="left", maintain_order="left")
    )
    unknown = rows.filter(pl.col("zone_type_name").is_null())
    if not unknown.is_empty():
        pairs = [
            (code, zone_type or "") for code, zone_type in unknown.select("code", "zone_type").iter_rows()
        ]
        raise UnknownZoneTypeError(pairs, place_of(unknown, "zone_type"))
    without_class = rows.filter(pl.col("control_class").is_null())["code"].to_list()
    if without_class:
        raise UnknownControlClassError(layer.name, without_class)
    return rows


def place_of(rows: pl.DataFrame, column: str) -> Place:
    """Return the place of the first row in its package file."""
    first = rows.row(0, named=True)
    value = first[column]
    return Place(
        file=first["source_file"] or "",
        sheet=first["source_sheet"] or "",
        row=first["source_row"],
        column=column,
        value="" if value is None else str(value),
    )


def _block_wrong_areas(rows: pl.DataFrame, layer: str) -> None:
    wrong = stated_area_gaps(rows).filter(pl.col("relative").abs() > AREA_BLOCK_RELATIVE)
    if not wrong.is_empty():
        listed = wrong.select("code", "area_km2", "stated_area_km2").rows()
        raise StatedAreaError(layer, listed, place_of(wrong, "stated_area_km2"))


def frame_of(rows: pl.DataFrame, polygons: Geometries) -> gpd.GeoDataFrame:
    """Join attributes and working polygons to a frame in EPSG:4490; columns keep their order."""
    return stored_frame(rows.to_pandas().to_dict("series"), polygons)
