"""Settle the control units: as delivered, or drawn from the element zones with stable codes."""

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.zoning.codes import settle_codes
from sxyd_pipeline.core.zoning.errors import UnknownControlClassError
from sxyd_pipeline.core.zoning.layers import clean_layer, districts_of, frame_of
from sxyd_pipeline.core.zoning.overlay import draw_control_units
from sxyd_pipeline.core.zoning.projection import M2_PER_KM2, attributes_of
from sxyd_pipeline.vocabulary.codes import CONTROL_UNIT_CODE
from sxyd_pipeline.vocabulary.elements import ControlClass

_COLUMNS = (
    "city_code", "control_unit_code", "control_unit_name", "control_class", "district_code", "area_km2",
    "stated_area_km2", "origin", "valid_from", "valid_to", "predecessors", "data_label",
)  # fmt: skip

#: A table drawn from labelled layers carries the label of the least real one.
_EXAMPLE, _REAL = "示例数据", "真实数据"


def settle_control_units(
    layers: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    config: CityConfig,
    previous: gpd.GeoDataFrame | None,
) -> Outcome:
    """Clean the delivered control units, or draw them where the package has none.

    Args:
        layers: ``inputs.layers`` (EPSG:4490).
        districts: ``zoning.districts``.
        zones: ``zoning.zones``; only read when units are drawn.
        config: which elements promote, the smallest unit, and the date of the zoning version.
        previous: control units of the last release, whose codes drawn units keep; or None.

    Returns:
        ``zoning.control_units``, sorted by code. Drawn units tile the districts exactly and carry
        ``origin = overlay`` and the codes they replace.

    Raises:
        CollapsedGeometryError: a delivered unit has no area.
        StatedAreaError: an area differs from the stated one by over 2 %.
        UnknownControlClassError: neither attribute nor code tells the class.
        SerialsExhaustedError: a county has used all serials of a class.
    """
    if (layers["layer"] == "control_units").any():
        return _take_delivered(layers, districts, config)
    return _draw(districts, zones, config, previous)


def sum_areas_by_class(control_units: pl.DataFrame) -> pl.DataFrame:
    """Sum the area of control units by class, with the share of the whole.

    Args:
        control_units: ``control_class`` and ``area_km2``.

    Returns:
        ``control_class, control_unit_count, area_km2, area_share`` (0 to 1), sorted by class.
    """
    return (
        control_units.group_by("control_class", maintain_order=True)
        .agg(control_unit_count=pl.len(), area_km2=pl.col("area_km2").sum())
        .with_columns(area_share=pl.col("area_km2") / pl.col("area_km2").sum())
        .sort("control_class")
    )


def _take_delivered(layers: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, config: CityConfig) -> Outcome:
    layer = clean_layer(layers, "control_units")
    codes = layer.rows["code"].to_list()
    rows = layer.rows.with_columns(
        control_class=pl.coalesce(
            "control_class", pl.col("code").str.extract(CONTROL_UNIT_CODE.pattern, 3).cast(pl.Int32)
        ),
        district_code=pl.Series(districts_of(layer.polygons, codes, districts), dtype=pl.String),
        origin=pl.lit("package"),
        valid_from=pl.coalesce("valid_from", _in_force_from(config)),
    ).rename({"code": "control_unit_code", "name": "control_unit_name"})
    without_class = rows.filter(pl.col("control_class").is_null())["control_unit_code"].to_list()
    if without_class:
        raise UnknownControlClassError(layer.name, without_class)
    return Outcome(frame_of(rows.select(_COLUMNS), layer.polygons), findings=layer.findings())


def _draw(
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    config: CityConfig,
    previous: gpd.GeoDataFrame | None,
) -> Outcome:
    drawn = draw_control_units(
        districts, zones, config.methods.priority_elements, config.methods.minimum_control_unit_km2
    )
    codes = settle_codes(drawn, districts["district_code"].tolist(), previous)
    names = districts["district_name"].to_numpy()[drawn.district]
    rows = pl.DataFrame(
        {
            "control_unit_code": codes.codes,
            "control_unit_name": [
                f"{name}{ControlClass(int(control_class)).zh}单元{code[-4:]}"
                for name, control_class, code in zip(names, drawn.control_class, codes.codes, strict=True)
            ],
            "control_class": pl.Series(drawn.control_class, dtype=pl.Int32),
            "district_code": districts["district_code"].to_numpy()[drawn.district].tolist(),
            "area_km2": shapely.area(drawn.polygons) / M2_PER_KM2,
            "predecessors": pl.Series(codes.predecessors, dtype=pl.String),
        }
    ).with_columns(
        city_code=pl.lit(config.adcode),
        stated_area_km2=pl.lit(None, dtype=pl.Float64),
        origin=pl.lit("overlay"),
        valid_from=_in_force_from(config),
        valid_to=pl.lit(None, dtype=pl.String),
        data_label=pl.lit(_common_label(districts, zones), dtype=pl.String),
    )
    order = np.argsort(np.array(codes.codes))
    return Outcome(frame_of(rows.select(_COLUMNS)[order], drawn.polygons[order]))


def _in_force_from(config: CityConfig) -> pl.Expr:
    return pl.lit(config.zoning_valid_from or None, dtype=pl.String)


def _common_label(*frames: gpd.GeoDataFrame) -> str | None:
    labels = {
        label for frame in frames for label in attributes_of(frame, {"data_label": pl.String})["data_label"]
    }
    if _EXAMPLE in labels:
        return _EXAMPLE
    return _REAL if labels == {_REAL} else None
