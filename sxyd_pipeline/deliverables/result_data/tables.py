"""Every table as (Geo)Parquet, and as CSV while a spreadsheet can hold it."""

import io

import geopandas as gpd
import polars as pl

from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.io.geoparquet import GEOMETRY, STORED_CRS, geometry_bytes
from sxyd_pipeline.io.lake import frame_bytes

#: Size up to which a table is written as CSV too; larger ones are for programs, which read Parquet.
CSV_BYTES = 900_000
#: No row is shorter than the code of its city and a few digits; saves encoding what is too large anyway.
_SHORTEST_ROW = 20
#: A spreadsheet takes a cell that starts like this for a formula.
_FORMULA = r"^[=+\-@\t\r]"


def result_files(table: Table, frame: pl.DataFrame) -> dict[str, bytes]:
    """Return a table as (Geo)Parquet, and as CSV without geometry while a spreadsheet can hold it."""
    plain = frame.drop(GEOMETRY, strict=False)
    parquet = frame_bytes(frame)
    if table.has_geometry:
        parquet = geometry_bytes(plain, gpd.GeoSeries.from_wkb(frame[GEOMETRY].to_list(), crs=STORED_CRS))
    files = {f"{table.full_name}.parquet": parquet}
    if plain.height <= CSV_BYTES // _SHORTEST_ROW and len(csv := csv_bytes(plain)) <= CSV_BYTES:
        files[f"{table.full_name}.csv"] = csv
    return files


def csv_bytes(frame: pl.DataFrame) -> bytes:
    """Encode a frame as CSV that spreadsheets open as text: BOM, and no cell that starts a formula."""
    guarded = frame.with_columns(
        pl.when(pl.col(name).str.contains(_FORMULA))
        .then("'" + pl.col(name))
        .otherwise(pl.col(name))
        .alias(name)
        for name, dtype in frame.schema.items()
        if dtype == pl.String
    )
    buffer = io.BytesIO()
    guarded.write_csv(buffer, include_bom=True)
    return buffer.getvalue()
