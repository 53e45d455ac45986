"""Rules on the ledgers a step hands on: nothing vanishes between what came in and what went out."""

import polars as pl

from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.vocabulary.rules import RULE_BY_CODE

#: Relative difference two sums of the same tonnes may have: float noise, nothing more.
MASS_TOLERANCE = 1e-9

#: A city with more rows set aside than this should be looked at before its numbers are used.
QUARANTINE_SHARE = 0.05

PLACE = ("table_name", "source_file", "source_sheet", "source_row")


def blocking_findings(outcome: Outcome) -> pl.DataFrame:
    """Return findings of rules that stop the city, with what is wrong and what to do."""
    wording = pl.DataFrame(
        {
            "rule": list(RULE_BY_CODE),
            "message_zh": [rule.zh for rule in RULE_BY_CODE.values()],
            "message_en": [rule.en for rule in RULE_BY_CODE.values()],
            "remedy_zh": [rule.remedy_zh for rule in RULE_BY_CODE.values()],
            "remedy_en": [rule.remedy_en for rule in RULE_BY_CODE.values()],
        }
    )
    return (
        outcome.findings.filter(pl.col("strength") == "block")
        .join(wording, on="rule", how="left", maintain_order="left")
        .select(*PLACE, "column_name", "value", "rule", "message_zh", "message_en", "remedy_zh", "remedy_en")
    )


def unbalanced_tonnes(outcome: Outcome) -> pl.DataFrame:
    """Return ledger rows where tonnes in differ from tonnes out plus tonnes lost."""
    size = pl.max_horizontal(pl.col("in_t").abs(), pl.col("out_t").abs(), pl.lit(1e-12))
    gap = pl.col("in_t") - pl.col("out_t") - pl.col("lost_t")
    return outcome.balance.filter((gap.abs() > MASS_TOLERANCE * size) | gap.is_null() | gap.is_nan())


def uncounted_rows(outcome: Outcome) -> pl.DataFrame:
    """Return tables where rows read differ from rows accepted plus rows set aside.

    A row that breaks several rules stands in the findings several times and counts once.
    """
    read = outcome.amounts.group_by("table_name", maintain_order=True).agg(
        pl.col("in_rows", "out_rows").sum()
    )
    aside = (
        outcome.findings.filter(pl.col("strength") == "set_aside")
        .select(PLACE)
        .unique()
        .group_by("table_name", maintain_order=True)
        .agg(set_aside_rows=pl.len())
    )
    return (
        read.join(aside, on="table_name", how="left", maintain_order="left")
        # A table without findings set aside no row at all.
        .with_columns(pl.col("set_aside_rows").fill_null(0).cast(pl.Int64))
        .filter(pl.col("in_rows") != pl.col("out_rows") + pl.col("set_aside_rows"))
        .sort("table_name")
    )


def unbalanced_amounts(outcome: Outcome) -> pl.DataFrame:
    """Return amount ledger rows where the amount read differs from accepted plus set aside."""
    size = pl.max_horizontal(pl.col("in_amount").abs(), pl.col("out_amount").abs(), pl.lit(1e-12))
    gap = pl.col("in_amount") - pl.col("out_amount") - pl.col("lost_amount")
    return outcome.amounts.filter(gap.abs() > MASS_TOLERANCE * size)


def large_quarantine(outcome: Outcome) -> pl.DataFrame:
    """Return tables with more than :data:`QUARANTINE_SHARE` of their rows set aside."""
    return (
        outcome.amounts.group_by("table_name", maintain_order=True)
        .agg(pl.col("in_rows", "out_rows").sum())
        .with_columns(set_aside_share=(pl.col("in_rows") - pl.col("out_rows")) / pl.col("in_rows"))
        .filter(pl.col("set_aside_share") > QUARANTINE_SHARE)
        .sort("table_name")
    )
