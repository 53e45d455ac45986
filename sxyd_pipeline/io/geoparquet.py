"""GeoParquet 1.0 with attribute types that survive the way there and back.

Pandas would turn whole numbers with gaps into floats and text without values into nothing; the
attributes therefore travel as Arrow, and only the geometry comes from GeoPandas.
"""

import io
import json
from typing import Any

import geopandas as gpd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from pyproj import CRS

GEOMETRY = "geometry"
STORED_CRS = "EPSG:4490"


def geometry_bytes(attributes: pl.DataFrame, geometry: gpd.GeoSeries) -> bytes:
    """Encode attributes and polygons (EPSG:4490) as one GeoParquet file.

    Args:
        attributes: one row per polygon, in the same order.
        geometry: the polygons.

    Returns:
        The file's bytes; the same rows give the same bytes.
    """
    table = attributes.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    table = table.append_column(GEOMETRY, pa.array(geometry.to_wkb(), type=pa.binary()))
    layer: dict[str, Any] = {
        "encoding": "WKB",
        "geometry_types": sorted(str(kind) for kind in geometry.geom_type.dropna().unique()),
        "crs": CRS(STORED_CRS).to_json_dict(),
    }
    if len(geometry):
        layer["bbox"] = [float(edge) for edge in geometry.total_bounds]
    described = {"version": "1.0.0", "primary_column": GEOMETRY, "columns": {GEOMETRY: layer}}
    buffer = io.BytesIO()
    pq.write_table(
        table.replace_schema_metadata({b"geo": json.dumps(described).encode()}), buffer, compression="zstd"
    )
    return buffer.getvalue()
