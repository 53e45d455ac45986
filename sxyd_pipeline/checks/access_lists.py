"""Rules on the list against today's: no text is lost, changes say from what, coverage counts the list."""

import polars as pl

_COUNTS = ("clause_count", "checkable_count", "carbon_count")


def texts_lost(result: pl.DataFrame, access_list: pl.DataFrame) -> pl.DataFrame:
    """Return clauses in force whose text stands nowhere in the new list, as it is or as it was."""
    texts = pl.concat([result["clause_text"], result["previous_text"].drop_nulls()]).unique()
    return access_list.filter(~pl.col("clause_text").is_in(texts.to_list())).select(
        "clause_id", "clause_text"
    )


def changes_without_words(result: pl.DataFrame) -> pl.DataFrame:
    """Return changed clauses without text before or direction, and withdrawn ones without a reason."""
    changed = pl.col("state") == "changed"
    untold = pl.col("previous_text").is_null() | pl.col("change").is_null()
    no_reason = pl.col("reason_zh").is_null() | pl.col("reason_en").is_null()
    broken = (changed & untold) | ((pl.col("state") == "withdrawn") & no_reason)
    return result.filter(broken).select("clause_id", "state", "change", "previous_text", "reason_zh")


def counts_off_list(result: pl.DataFrame, clauses: pl.DataFrame, access_list: pl.DataFrame) -> pl.DataFrame:
    """Return totals of coverage that are not the number of clauses, or not the sum of the dimensions."""
    standing = clauses.filter((pl.col("origin") != "parent") & (pl.col("state") != "withdrawn")).height
    whole = result.filter(pl.col("breakdown") == "all")
    expected = pl.DataFrame({"clause_count_before": [access_list.height], "clause_count_after": [standing]})
    counts = [f"{what}_{when}" for when in ("before", "after") for what in _COUNTS]
    total = whole.select(counts)
    summed = result.filter(pl.col("breakdown") == "dimension").select(pl.col(counts).sum())
    told = pl.concat(
        [
            expected.cast(pl.Int64).unpivot(variable_name="count", value_name="expected"),
            summed.unpivot(variable_name="count", value_name="expected"),
        ]
    )
    return (
        told.join(total.unpivot(variable_name="count", value_name="found"), on="count", how="left")
        .filter(pl.col("expected") != pl.col("found"))
        .sort("count")
    )


def weak_clauses(result: pl.DataFrame) -> pl.DataFrame:
    """Return every weakness that was found."""
    return result.select("clause_id", "lint_id", "message_zh")
