"""What a step hands on: its table, what it set aside, and where the tonnes went.

Every step that reads, joins, allocates or aggregates returns an :class:`Outcome`; the lake
stores its parts side by side, and the release gathers them into ``quality.*``.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import polars as pl

from sxyd_pipeline.vocabulary.rules import RULE_BY_CODE

#: Findings: rows that broke a rule, whether set aside or kept with a warning.
FINDING_SCHEMA: dict[str, type[pl.DataType]] = {
    "table_name": pl.String, "source_file": pl.String, "source_sheet": pl.String, "source_row": pl.Int64,
    "column_name": pl.String, "value": pl.String, "rule": pl.String, "strength": pl.String,
    "row_json": pl.String, "activity_code": pl.String, "amount": pl.Float64, "amount_unit": pl.String,
}  # fmt: skip

#: Emission ledger of a step: ``in_t = out_t + lost_t`` per year, species and reason.
BALANCE_SCHEMA: dict[str, type[pl.DataType]] = {
    "step": pl.String, "year": pl.Int32, "species": pl.String,
    "in_t": pl.Float64, "out_t": pl.Float64, "lost_t": pl.Float64, "why": pl.String,
}  # fmt: skip

#: Ledger of a reading step: rows and amounts per activity and unit.
AMOUNT_SCHEMA: dict[str, type[pl.DataType]] = {
    "table_name": pl.String, "activity_code": pl.String, "unit": pl.String, "in_rows": pl.Int64,
    "out_rows": pl.Int64, "in_amount": pl.Float64, "out_amount": pl.Float64, "lost_amount": pl.Float64,
}  # fmt: skip

CONSERVED = "守恒 / conserved"


def no_findings() -> pl.DataFrame:
    """Return an empty frame of findings."""
    return pl.DataFrame(schema=FINDING_SCHEMA)


def no_balance() -> pl.DataFrame:
    """Return an empty emission ledger."""
    return pl.DataFrame(schema=BALANCE_SCHEMA)


def no_amounts() -> pl.DataFrame:
    """Return an empty amount ledger."""
    return pl.DataFrame(schema=AMOUNT_SCHEMA)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result of one step for one city.

    Attributes:
        table: the rows that go on; a GeoDataFrame (EPSG:4490) where the contract has geometry.
        findings: rows that broke a rule, with :data:`FINDING_SCHEMA`.
        balance: emission ledger of the step, with :data:`BALANCE_SCHEMA`.
        amounts: rows and amounts read, with :data:`AMOUNT_SCHEMA`.
        held: standardised rows that were set aside but can still be computed (same columns as
            ``table`` plus ``rule``), so that the tonnes at stake can be told.
    """

    table: pl.DataFrame | gpd.GeoDataFrame
    findings: pl.DataFrame = field(default_factory=no_findings)
    balance: pl.DataFrame = field(default_factory=no_balance)
    amounts: pl.DataFrame = field(default_factory=no_amounts)
    held: pl.DataFrame = field(default_factory=pl.DataFrame)


def finding(
    rule: str,
    table_name: str,
    *,
    source_file: str,
    source_sheet: str | None = None,
    source_row: int | None = None,
    column_name: str | None = None,
    value: object = None,
    row: Mapping[str, object] | None = None,
) -> dict[str, object]:
    """Build one finding as a row of :data:`FINDING_SCHEMA`."""
    return {
        "table_name": table_name,
        "source_file": source_file,
        "source_sheet": source_sheet,
        "source_row": source_row,
        "column_name": column_name,
        "value": None if value is None else str(value),
        "rule": rule,
        "strength": RULE_BY_CODE[rule].strength,
        "row_json": None if row is None else json.dumps(row, ensure_ascii=False, default=str),
        "activity_code": None,
        "amount": None,
        "amount_unit": None,
    }


def findings_frame(rows: Sequence[Mapping[str, object]]) -> pl.DataFrame:
    """Turn findings built one by one into a frame."""
    return pl.DataFrame(list(rows), schema=FINDING_SCHEMA, orient="row") if rows else no_findings()


def balance_of(step: str, before: pl.DataFrame, after: pl.DataFrame, *, why: str = CONSERVED) -> pl.DataFrame:
    """Compare the tonnes before and after a step, per year and species.

    Args:
        step: name of the step, ``group.asset``.
        before: rows with ``year``, ``species`` and ``emission_t``.
        after: rows with the same columns.
        why: reason written beside a difference above 1e-9 relative; conserved rows say so themselves.

    Returns:
        Ledger with :data:`BALANCE_SCHEMA`; species on either side only are kept.
    """
    keys = ["year", "species"]
    left = before.group_by(keys, maintain_order=True).agg(in_t=pl.col("emission_t").sum())
    right = after.group_by(keys, maintain_order=True).agg(out_t=pl.col("emission_t").sum())
    return (
        left.join(right, on=keys, how="full", coalesce=True, maintain_order="left_right")
        # A species on one side only has zero tonnes on the other: that is what the ledger must show.
        .with_columns(pl.col("in_t", "out_t").fill_null(0.0))
        .with_columns(step=pl.lit(step), lost_t=pl.col("in_t") - pl.col("out_t"))
        .with_columns(
            why=pl.when(
                pl.col("lost_t").abs() <= 1e-9 * pl.max_horizontal(pl.col("in_t").abs(), pl.lit(1e-12))
            )
            .then(pl.lit(CONSERVED))
            .otherwise(pl.lit(why))
        )
        .select(pl.col(name).cast(dtype) for name, dtype in BALANCE_SCHEMA.items())
        .sort(keys)
    )
