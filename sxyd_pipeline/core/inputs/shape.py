"""What a file of the package may hold and what becomes of it, told to core by its callers.

The contracts declare all of it once; ``io`` hands it over together with the file that was read.
"""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a package's file.

    Attributes:
        name: name in the working frame and preferred header.
        is_required: whether the column must be in the file and every cell filled.
        spellings: all headers accepted, the preferred one first.
        measured_in: unit of measure the column is kept in; ``1`` is a share.
        minimum: least value allowed.
        maximum: greatest value allowed.
    """

    name: str
    is_required: bool
    spellings: tuple[str, ...]
    measured_in: str = ""
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """Fields of a file, and columns and key of the table it becomes (without the geometry)."""

    fields: tuple[Field, ...]
    columns: tuple[tuple[str, type[pl.DataType]], ...]
    key: tuple[str, ...]

    def empty(self) -> pl.DataFrame:
        """Return the table without rows."""
        return pl.DataFrame(schema=dict(self.columns))
