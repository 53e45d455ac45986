"""Facts and assumptions of the example city: CSV tables of the reference data, each row with its source."""

from functools import cache
from pathlib import Path

import polars as pl

from sxyd_pipeline.io.workspace import reference_folder

#: Columns that stay text in every table: codes are never numbers.
_TEXT = (
    "facility_id", "industry_code", "district_code", "scope_code", "division", "start_year", "unit_name",
    "capacity",
)  # fmt: skip


def facts_file(name: str) -> Path:
    """Return the path of one table of the example city."""
    return reference_folder() / "example_city" / f"{name}.csv"


@cache
def read_facts(name: str) -> pl.DataFrame:
    """Return one table: ``facilities``, ``economy``, ``industries`` ... ; codes as text."""
    table = pl.read_csv(facts_file(name), infer_schema_length=None)
    return pl.read_csv(
        facts_file(name),
        infer_schema_length=None,
        schema_overrides={column: pl.String for column in _TEXT if column in table.columns},
    )


@cache
def assumptions() -> dict[str, float]:
    """Return the named assumptions behind derived figures."""
    table = read_facts("assumptions")
    return dict(zip(table["assumption"].to_list(), table["value"].cast(pl.Float64).to_list(), strict=True))
