"""Tables as they were printed; sources stand in ``published/README.md``."""

from pathlib import Path

import numpy as np
import polars as pl

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.reference import load_reference

PUBLISHED = Path(__file__).parent / "published"
ROOT = Path(__file__).parents[3]


def lanzhou() -> pl.DataFrame:
    """Two systems, weights .5/.5, ChinaXiv-202208.00078."""
    return pl.read_csv(PUBLISHED / "lanzhou_2010_2019.csv")


def aksu() -> pl.DataFrame:
    """The k = 2 variant, ChinaXiv-201911.00067."""
    return pl.read_csv(PUBLISHED / "aksu_1990_2015.csv")


def jinjiang() -> pl.DataFrame:
    """CO2 of Jinjiang 2013 by cell and sector, Dai et al. 2020 (CC BY 4.0)."""
    return pl.read_csv(PUBLISHED / "jinjiang_2013_co2_500m.csv.gz")


def reference() -> Reference:
    """The reference data that ships."""
    return load_reference(ROOT / "data" / "reference")


def lattice(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Columns and rows of a square grid, row by row."""
    row, column = np.divmod(np.arange(side * side), side)
    return column, row
