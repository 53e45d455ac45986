"""Standardise a package folder in one call, and change single cells of a table."""

from functools import cache
from pathlib import Path

import polars as pl

from sxyd_pipeline.core.inputs import layers, tables
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.package import open_package
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline_tests.packages import tiny_tables, write_tiny_city

PROVENANCE = ("source_file", "source_sheet", "source_row")


@cache
def reference() -> Reference:
    """Return the reference data the product ships."""
    return load_reference(reference_folder())


def standardise(folder: Path) -> dict[str, Outcome]:
    """Standardise everything a package holds, as the assets do."""
    package, known = open_package(folder), reference()
    config = package.config
    shapes = layers.standardise_layers(package.layers(), config, known)
    areas = tables.list_statistical_areas(config)
    facilities = tables.standardise_facilities(package.table("facilities"), shapes.table, config, known)
    read = package.table
    return {
        "layers": shapes,
        "facilities": facilities,
        "facility_activity": tables.standardise_facility_activity(
            read("facility_activity"), facilities, config, known
        ),
        "facility_emissions": tables.standardise_facility_emissions(
            read("facility_emissions"), facilities, config
        ),
        "area_activity": tables.standardise_area_activity(
            read("area_activity"), shapes.table, areas, config, known
        ),
        "energy": tables.standardise_energy(read("energy"), config, known),
        "economy": tables.standardise_economy(read("economy"), shapes.table, areas, config),
        "air_quality": tables.standardise_air_quality(read("air_quality"), shapes.table, areas, config),
        "targets": tables.standardise_targets(read("targets"), config),
        "access_list": tables.standardise_access_list(read("access_list"), config),
        "measures": tables.standardise_measures(read("measures"), config),
        "proxies": layers.standardise_proxies(package.proxies(), config),
    }


def changed(name: str, row: int, **cells: str | None) -> pl.DataFrame:
    """Return a table of the tiny city with other cells in one row (0 is the first)."""
    frame = tiny_tables()[name].with_row_index("_i")
    return frame.with_columns(
        pl.when(pl.col("_i") == row)
        .then(pl.lit(value, dtype=pl.String))
        .otherwise(pl.col(column) if column in frame.columns else pl.lit(None, dtype=pl.String))
        .alias(column)
        for column, value in cells.items()
    ).drop("_i")


def outcome_of(folder: Path, name: str, frame: pl.DataFrame, *, config: str | None = None) -> Outcome:
    """Standardise the tiny city with another table and return that table's outcome."""
    return standardise(write_tiny_city(folder, tables={name: frame}, config=config))[name]


def plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table without the columns that say where its rows were read."""
    return frame.drop(*PROVENANCE, "extra")
