"""Parquet tables as text, numbers without loss."""

from pathlib import Path

import polars as pl

from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.errors import Place
from sxyd_pipeline.io.package_errors import UnreadableFileError
from sxyd_pipeline.io.readers_tabular import assemble, text_of_float


def read_parquet_table(path: Path, name: str, file: str) -> RawTable:
    """Read a Parquet file; every column becomes text, ``source_row`` counts from 1.

    Args:
        path: the file.
        name: table of the package.
        file: path within the package, for messages.

    Raises:
        UnreadableFileError: the file is damaged, or a column is nested or binary.
    """
    try:
        frame = pl.read_parquet(path)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise UnreadableFileError(file, str(error).splitlines()[0]) from error
    text = frame.select(_as_text(column, dtype, file) for column, dtype in frame.schema.items())
    header = list(frame.columns)
    renamed = text.rename({column: f"c{position}" for position, column in enumerate(header)})
    rows = pl.int_range(1, frame.height + 1, dtype=pl.Int64, eager=True)
    return assemble(name, file, None, header, renamed.with_columns(source_row=rows))


def _as_text(column: str, dtype: pl.DataType, file: str) -> pl.Expr:
    cell = pl.col(column)
    if dtype.is_float():
        return text_of_float(cell.cast(pl.Float64)).alias(column)
    if dtype == pl.Datetime:
        return cell.dt.to_string("iso").alias(column)
    if dtype.is_nested() or dtype == pl.Binary:
        where = Place(file, column=column)
        raise UnreadableFileError(file, f"{where}: {dtype}")
    return cell.cast(pl.String)
