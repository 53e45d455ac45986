"""Uncertainty ranges of data other than factors, as distances in log space."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.inventory.errors import MissingRangeError
from sxyd_pipeline.core.reference import Reference


@dataclass(frozen=True, slots=True)
class LogRange:
    """A 95 % range around a value: natural logs of the ratios value/low and high/value."""

    low_log: float
    high_log: float


class RangeTable(dict[str, LogRange]):
    """Ranges of one table by method; a missing method is an error that names both."""

    def __init__(self, table_name: str, ranges: dict[str, LogRange]) -> None:
        """Keep the table's name for the error."""
        super().__init__(ranges)
        self.table_name = table_name

    def require(self, methods: Iterable[str]) -> None:
        """Refuse any method without a range.

        Raises:
            MissingRangeError: names the first one.
        """
        for method in methods:
            if method not in self:
                raise MissingRangeError(self.table_name, method)

    def __missing__(self, method: str) -> LogRange:
        """Refuse an unknown method."""
        raise MissingRangeError(self.table_name, method)


def range_of(table_name: str, reference: Reference) -> RangeTable:
    """Return the ranges of one table (``facility_activity``, ``facility_emissions``, ``fuels`` ...)."""
    rows = reference.activity_ranges.filter(pl.col("table_name") == table_name)
    return RangeTable(
        table_name,
        {
            row["method"]: LogRange(-math.log(row["low_ratio"]), math.log(row["high_ratio"]))
            for row in rows.iter_rows(named=True)
        },
    )
