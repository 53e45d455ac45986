"""A small graph with contracts of its own, so that gates can be tested without a city."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import geopandas as gpd
import polars as pl
from shapely.geometry import box

from sxyd_pipeline.assets.declaration import Declaration
from sxyd_pipeline.automation import CITY, GATED, PACKAGE
from sxyd_pipeline.checks.gates import House, gate
from sxyd_pipeline.contracts.columns import CITY_CODE, EMISSION_T, GEOMETRY, SPECIES, YEAR
from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.io.resources import Lake, ShardIOManager

HOUSE = House(CITY, PACKAGE, GATED, "1")
CODE = Column("code", pl.String, "编码", "code", pattern=r"^[a-z]\d$")
SHARE = Column("share", pl.Float64, "份额", "share", "1", minimum=0.0, maximum=1.0, nullable=True)

AMOUNTS = Table(
    group="inputs", name="amounts", asset="amounts", label="数量", english="amounts", grain="code", key=("code",),
    columns=(CITY_CODE, CODE, YEAR, SPECIES, EMISSION_T, SHARE),
)  # fmt: skip
SQUARES = Table(
    group="zoning", name="squares", asset="squares", label="方格", english="squares", grain="code", key=("code",),
    columns=(CITY_CODE, CODE, GEOMETRY), has_geometry=True,
)  # fmt: skip


def amounts_frame(**changed: list[Any]) -> pl.DataFrame:
    """Two good rows; any column may be replaced."""
    columns: dict[str, list[Any]] = {
        "city_code": ["321100", "321100"], "code": ["a1", "b2"], "year": [2020, 2020], "species": ["SO2", "CO2"],
        "emission_t": [1.0, 2.0], "share": [0.5, None],
    }  # fmt: skip
    return pl.DataFrame({**columns, **changed}, schema_overrides={"year": pl.Int32, "share": pl.Float64})


def squares_frame() -> gpd.GeoDataFrame:
    """Two unit squares side by side."""
    shapes = [box(119.0, 32.0, 119.1, 32.1), box(119.1, 32.0, 119.2, 32.1)]
    return gpd.GeoDataFrame(
        {"city_code": ["321100"] * 2, "code": ["a1", "b2"]}, geometry=shapes, crs="EPSG:4490"
    )


def run(
    root: Path, *assets: tuple[Callable[..., Any], Table], city: str = "321100"
) -> tuple[dg.ExecuteInProcessResult, list[tuple[str, str]]]:
    """Materialise some gated functions for one city; returns the result and the progress that was told."""
    told: list[tuple[str, str]] = []
    resources = {
        "lake": Lake(root=str(root)),
        "io_manager": ShardIOManager(root=str(root)),
        "progress": dg.ResourceDefinition.hardcoded_resource(
            lambda asset, state, _: told.append((asset, state))
        ),
    }
    quiet = dg.DagsterInstance.ephemeral(settings={"python_logs": {"python_log_level": "CRITICAL"}})
    with quiet as instance:
        instance.add_dynamic_partitions("city", [city])
        result = dg.materialize(
            [gate(Declaration(function, table.group), table, HOUSE) for function, table in assets],
            partition_key=city, instance=instance, resources=resources, raise_on_error=False,
        )  # fmt: skip
    return result, told
