"""A table as it was read: text cells, the file's own headers, and where each row stands."""

from dataclasses import dataclass

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.inputs.shape import Shape


@dataclass(frozen=True, slots=True)
class RawTable:
    """Rows of one file before any interpretation.

    Attributes:
        name: table of the package (``facilities``, ``energy`` ...).
        file: path within the package folder, with forward slashes.
        frame: all cells as text (missing = null) under the headers of the file, plus
            ``source_sheet`` (text or null) and ``source_row`` (Int64, as a spreadsheet counts rows).
        shape: fields the file may hold, and the table it becomes.
    """

    name: str
    file: str
    frame: pl.DataFrame
    shape: Shape


@dataclass(frozen=True, slots=True)
class RawLayer:
    """Polygons of one file before any interpretation; attributes as text, CRS of the file.

    ``frame`` has the attributes as text under the headers of the file, ``source_sheet`` (layer name
    inside the file, or None), ``source_row`` (1 for the first feature) and ``geometry``.
    """

    name: str
    file: str
    frame: gpd.GeoDataFrame
    shape: Shape


@dataclass(frozen=True, slots=True)
class UnreadFile:
    """A file of the package that belongs to a module that is off: it is named, and not read."""

    name: str
    file: str
    module: str
