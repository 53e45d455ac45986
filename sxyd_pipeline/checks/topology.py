"""Rules on polygons: the functions of zoning, in the form the gates ask for."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.zoning import (
    bridge_gaps,
    class_contradictions,
    covering_elements,
    overlapping_features,
    uncovered_area,
    units_outside_city,
)


def overlaps(layer: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return pairs of features that overlap."""
    return overlapping_features(layer)


def zone_overlaps(layer: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return pairs of zones of one element that overlap; zones of different elements may."""
    return overlapping_features(layer, by="element")


def zone_gaps(layer: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return gaps of elements that have to cover the whole territory."""
    found = [
        uncovered_area(layer[layer["element"] == element], districts).with_columns(element=pl.lit(element))
        for element in covering_elements(layer)
    ]
    return pl.concat(found) if found else pl.DataFrame()


def unit_gaps(layer: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return gaps the control units leave in the territory."""
    return uncovered_area(layer, districts)


def units_outside(layer: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return control units that reach out of the territory."""
    return units_outside_city(layer, districts)


def contradictions(layer: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return features whose class is not the digit of their code."""
    return class_contradictions(layer)


def bridge_differences(result: pl.DataFrame, control_units: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return units whose shared areas do not sum to their own."""
    return bridge_gaps(control_units, result)
