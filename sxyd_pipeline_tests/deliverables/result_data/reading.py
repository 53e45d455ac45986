"""Result data written once, and editions with hostile content."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import polars as pl

from sxyd_pipeline.deliverables.edition import Edition

#: What must come out as text everywhere: markup, formulas, template signs, rare characters, control characters.
HOSTILE = "</name><script>alert(1)</script>=cmd|' /C calc'!A0 # $ * _ @ \\ ` 𠮷㙟\x07\n二"


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody is told."""


def with_hostile_names(edition: Edition, text: str = HOSTILE) -> Edition:
    """The same city with a unit, a clause and a city named like an attack."""

    def spoiled(name: str, column: str) -> pl.DataFrame:
        frame = edition.tables[name]
        return frame.with_columns(
            pl.when(pl.int_range(pl.len()) == 0).then(pl.lit(text)).otherwise(pl.col(column)).alias(column)
        )

    tables = {
        **edition.tables,
        "zoning.control_units": spoiled("zoning.control_units", "control_unit_name"),
        "access.clauses": spoiled("access.clauses", "clause_text"),
        "access.control_unit_lists": spoiled("access.control_unit_lists", "clause_text"),
    }
    return replace(edition, city_name=text, tables=tables)


def put(folder: Path, files: Mapping[str, bytes]) -> Path:
    """Write files below a folder."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder
