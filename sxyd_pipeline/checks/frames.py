"""Attributes of a result as Polars, whatever frame it came in."""

import geopandas as gpd
import pandas as pd
import polars as pl
import pyarrow as pa

from sxyd_pipeline.contracts.model import DType, Table

GEOMETRY = "geometry"


def attributes_of(frame: pl.DataFrame | gpd.GeoDataFrame, table: Table) -> pl.DataFrame:
    """Return all columns but the geometry as Polars, in the order they came.

    Pandas stores whole numbers with gaps as floats and text without values as objects; such
    columns are brought to the type of the contract where no value changes. A column that does
    not fit keeps the type it has, so that the gate can say so.
    """
    if isinstance(frame, pl.DataFrame):
        return frame.drop(GEOMETRY, strict=False)
    wanted = {name: dtype for name, dtype in table.schema.items() if name != GEOMETRY}
    columns = [
        _fit(_series(str(name), frame[name]), wanted.get(str(name)))
        for name in frame.columns
        if name != GEOMETRY
    ]
    return pl.DataFrame(columns)


def _series(name: str, column: pd.Series) -> pl.Series:
    try:
        array = pa.Array.from_pandas(column)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        # Mixed Python values in one column: keep them readable, the gate reports the type.
        return pl.Series(name, list(column), dtype=pl.Object)
    return pl.Series(name, array)


def _fit(series: pl.Series, dtype: DType | None) -> pl.Series:
    if dtype is None or series.dtype in (dtype, pl.Object):
        return series
    if series.dtype == pl.Null:
        return series.cast(dtype)
    if series.dtype.is_numeric() and dtype in (pl.Int32, pl.Int64, pl.Float64):
        whole = series.fill_nan(None) if series.dtype.is_float() else series
        cast = whole.cast(dtype, strict=False)
        return cast if cast.cast(pl.Float64).equals(whole.cast(pl.Float64), null_equal=True) else series
    return series
