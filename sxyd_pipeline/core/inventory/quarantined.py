"""Tonnes at stake: what the quarantined activity rows would have counted."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.activity import ACTIVITY_SCHEMA, gather_areas, gather_points
from sxyd_pipeline.core.inventory.estimate import emissions_of_rows
from sxyd_pipeline.core.inventory.factors import emits
from sxyd_pipeline.core.outcome import BALANCE_SCHEMA, CONSERVED, Outcome
from sxyd_pipeline.core.reference import Reference

STEP = "inventory.quarantined_emissions"

#: Columns of ``inventory.quarantined_emissions``.
QUARANTINED_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String,
    "table_name": pl.String,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "rule": pl.String,
    "year": pl.Int32,
    "species": pl.String,
    "emission_t": pl.Float64,
    "method": pl.String,
    "factor_id": pl.String,
}

_PLACE = ["table_name", "source_file", "source_sheet", "source_row"]


def estimate_quarantined(
    facilities: Outcome,
    facility_activity: Outcome,
    area_activity: Outcome,
    reference: Reference,
    config: CityConfig,
) -> Outcome:
    """Compute quarantined activity rows as if they had been accepted.

    Args:
        facilities: outcome of reading ``facilities``; its ``held`` facilities are not needed.
        facility_activity: outcome of reading ``facility_activity`` with its ``held`` rows and their ``rule``.
        area_activity: outcome of reading ``area_activity`` with its ``held`` rows.
        reference: all reference tables.
        config: settings of the city.

    Returns:
        Outcome whose table is ``inventory.quarantined_emissions``. The ledger: accepted rows go out as
        they came in, quarantined ones are lost with their rule as the reason.
    """
    hosts = {area.code: area.host_district for area in config.statistical_areas}
    where = _frame(facilities.table)
    accepted = pl.concat(
        [
            gather_points(where, _frame(facility_activity.table)),
            gather_areas(_frame(area_activity.table), hosts),
        ]
    )
    accepted = accepted.filter(emits()).with_row_index("row")
    held = [_held_points(where, facility_activity.held), _held_areas(area_activity.held, hosts)]
    rows = (
        pl.concat(held)
        .filter(emits())
        .unique(_PLACE, keep="first", maintain_order=True)
        .with_row_index("row")
    )
    table = _at_stake(rows, accepted, reference)
    counted = emissions_of_rows(accepted, reference).filter(pl.col("role") == "counted")
    kept = counted.join(accepted.select("row", "year"), on="row", maintain_order="left")
    return Outcome(table, balance=_ledger(kept, table))


def _frame(table: object) -> pl.DataFrame:
    if not isinstance(table, pl.DataFrame):
        message = f"a table without geometry is expected, not {type(table).__name__}"
        raise TypeError(message)
    return table


def _held_points(facilities: pl.DataFrame, held: pl.DataFrame) -> pl.DataFrame:
    usable = _computable(held, ("facility_id", "activity_code"))
    named = (
        gather_points(facilities, usable) if not usable.is_empty() else pl.DataFrame(schema=ACTIVITY_SCHEMA)
    )
    return _with_rule(named, usable, "facility_activity")


def _held_areas(held: pl.DataFrame, hosts: dict[str, str]) -> pl.DataFrame:
    usable = _computable(held, ("district_code", "source_category", "activity_code"))
    named = gather_areas(usable, hosts) if not usable.is_empty() else pl.DataFrame(schema=ACTIVITY_SCHEMA)
    return _with_rule(named, usable, "area_activity")


def _computable(held: pl.DataFrame, needed: Sequence[str]) -> pl.DataFrame:
    """Rows with all that a computation needs; the others have no tonnes that could be told."""
    if held.is_empty():
        return held
    return held.filter(
        pl.all_horizontal(pl.col(*needed, "year", "amount").is_not_null()),
        pl.col("amount").is_finite(),
        pl.col("amount") >= 0.0,
    )


def _with_rule(named: pl.DataFrame, held: pl.DataFrame, table_name: str) -> pl.DataFrame:
    columns = [*ACTIVITY_SCHEMA, "rule", "table_name"]
    if named.is_empty():
        return named.with_columns(rule=pl.lit(None, dtype=pl.String), table_name=pl.lit(table_name)).select(
            columns
        )
    place = ["source_file", "source_sheet", "source_row"]
    rules = held.select(*place, "rule").unique(place, keep="first", maintain_order=True)
    return (
        named.join(rules, on=place, how="left", nulls_equal=True, maintain_order="left")
        .with_columns(table_name=pl.lit(table_name))
        .select(columns)
    )


def _at_stake(rows: pl.DataFrame, accepted: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    # A quarantined row is judged beside the accepted ones, so kiln fuel is not told twice here either.
    beside = accepted.select("row", "owner_id", "city_code", "year", "activity_code", "technology_code")
    emitted = emissions_of_rows(rows, reference, beside).filter(pl.col("role") == "counted")
    return (
        emitted.join(
            rows.select("row", "city_code", "year", *_PLACE, "rule"), on="row", maintain_order="left"
        )
        .sort(*_PLACE, "species", "derived", nulls_last=False)
        .group_by("city_code", *_PLACE, "rule", "year", "species", maintain_order=True)
        .agg(pl.col("emission_t").sum(), pl.col("method").first(), pl.col("factor_id").first())
        .select(pl.col(name).cast(dtype) for name, dtype in QUARANTINED_SCHEMA.items())
        .sort(*_PLACE, "species")
    )


def _ledger(kept: pl.DataFrame, lost: pl.DataFrame) -> pl.DataFrame:
    accepted = kept.group_by("year", "species", maintain_order=True).agg(
        in_t=pl.col("emission_t").sum(), out_t=pl.col("emission_t").sum()
    )
    held = lost.group_by(
        "year", "species", why=pl.concat_str(pl.lit("隔离 / quarantined: "), "rule"), maintain_order=True
    ).agg(in_t=pl.col("emission_t").sum(), out_t=pl.lit(0.0))
    return (
        pl.concat([accepted.with_columns(why=pl.lit(CONSERVED)), held], how="diagonal")
        .with_columns(step=pl.lit(STEP), lost_t=pl.col("in_t") - pl.col("out_t"))
        .select(pl.col(name).cast(dtype) for name, dtype in BALANCE_SCHEMA.items())
        .sort("year", "species", "why")
    )
