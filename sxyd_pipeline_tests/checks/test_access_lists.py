import polars as pl

from sxyd_pipeline.checks.access_lists import changes_without_words, counts_off_list, texts_lost

CLAUSES = pl.DataFrame({
    "clause_id": ["A", "B", "C", "P"], "clause_text": ["甲", "乙改", "丙", "上级"], "previous_text": [None, "乙", "丙", None],
    "state": ["kept", "changed", "withdrawn", "kept"], "change": ["same", "stricter", None, None],
    "reason_zh": ["理由"] * 4, "reason_en": ["reason"] * 4, "origin": ["in_force", "in_force", "in_force", "parent"],
})  # fmt: skip
IN_FORCE = pl.DataFrame({"clause_id": ["A", "B", "C"], "clause_text": ["甲", "乙", "丙"]})


def test_a_text_that_stands_as_it_was_is_not_lost() -> None:
    assert texts_lost(CLAUSES, IN_FORCE).is_empty()


def test_a_text_that_was_altered_on_the_way_is_found() -> None:
    altered = CLAUSES.with_columns(previous_text=pl.lit(None, pl.String))
    assert texts_lost(altered, IN_FORCE)["clause_id"].to_list() == ["B"]


def test_changes_need_words_and_withdrawals_a_reason() -> None:
    assert changes_without_words(CLAUSES).is_empty()
    silent = CLAUSES.with_columns(previous_text=pl.lit(None, pl.String), reason_en=pl.lit(None, pl.String))
    assert changes_without_words(silent)["clause_id"].to_list() == ["B", "C"]


def coverage(after: int, dimension_after: int) -> pl.DataFrame:
    rows = [("all", 3, after), ("dimension", 1, 0), ("dimension", 2, dimension_after)]
    frame = pl.DataFrame(
        rows, schema=["breakdown", "clause_count_before", "clause_count_after"], orient="row"
    )
    zeros = {
        f"{what}_{when}": 0 for what in ("checkable_count", "carbon_count") for when in ("before", "after")
    }
    return frame.with_columns(pl.lit(value, pl.Int64).alias(name) for name, value in zeros.items())


def test_coverage_counts_what_stands_and_its_dimensions_sum_to_it() -> None:
    assert counts_off_list(coverage(2, 2), CLAUSES, IN_FORCE).is_empty()
    assert counts_off_list(coverage(3, 3), CLAUSES, IN_FORCE)["expected"].to_list() == [2]
    assert counts_off_list(coverage(2, 1), CLAUSES, IN_FORCE)["expected"].to_list() == [1]
