"""Macros of the published database: made where their tables are, and nowhere else."""

from pathlib import Path

import polars as pl

from sxyd_pipeline.contracts.synergy import CONTROL_UNIT_SCORES, HOMOLOGY
from sxyd_pipeline.io import database


def scores() -> pl.DataFrame:
    """Three units of a city; whatever a column holds does not matter but rank, scenario and year."""
    filled = {
        pl.String: pl.lit("x"), pl.Float64: pl.lit(0.5), pl.Int64: pl.lit(1, pl.Int64),
        pl.Int32: pl.lit(2025, pl.Int32),
    }  # fmt: skip
    plain = pl.DataFrame({"rank": pl.Series([3, 1, 2], dtype=pl.Int64)})
    return plain.select(
        pl.col("rank")
        if column.name == "rank"
        else pl.lit("policy").alias("scenario_id")
        if column.name == "scenario_id"
        else pl.format("u{}", "rank").alias(column.name)
        if column.name == "control_unit_code"
        else filled[column.dtype].alias(column.name)
        for column in CONTROL_UNIT_SCORES.columns
    )


def test_the_first_units_come_in_one_call(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    database.create(path, {CONTROL_UNIT_SCORES: scores()})
    connection = database.reader(path)
    try:
        rows = connection.sql(
            "select control_unit_code, rank from synergy.top_units('policy', 2025, 2)"
        ).fetchall()
        assert connection.sql("select * from synergy.top_units('policy', 2035, 2)").fetchall() == []
        comments = connection.sql(
            "select comment from duckdb_functions() where function_name = 'top_units'"
        ).fetchall()
    finally:
        connection.close()
    assert rows == [("u1", 1), ("u2", 2)]
    assert comments[0][0]


def test_a_database_without_the_table_has_no_macro(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    database.create(path, {HOMOLOGY: HOMOLOGY.empty()})
    connection = database.reader(path)
    try:
        names = connection.sql(
            "select function_name from duckdb_functions() where schema_name = 'synergy'"
        ).fetchall()
    finally:
        connection.close()
    assert names == []
