"""The quality report: it says what the release's own tables say, and no name in them becomes markup."""

import re
from dataclasses import replace

import polars as pl
import pytest

from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.quality.page import FILE, MOST_ROWS, write

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)>"


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody is told."""


def page(edition: Edition, language: Language = "zh") -> str:
    return write(edition, language, silent)[FILE].decode("utf-8")


def with_table(edition: Edition, name: str, frame: pl.DataFrame) -> Edition:
    return replace(edition, tables={**edition.tables, name: frame})


def chapter(text: str, title: str) -> str:
    """Return what stands below one heading."""
    found = re.search(rf"<h2>{title}</h2>(.*?)(?=<h2>|</body>)", text, re.DOTALL)
    assert found, title
    return found[1]


def test_every_rule_stands_in_it_with_its_verdict(example_edition: Edition) -> None:
    checks = example_edition.table("quality.checks")
    rules = chapter(page(example_edition), "全部规则")
    assert rules.count("<tr>") - rules.count("<thead>") == checks.height
    assert rules.count("<td>未通过</td>") == checks.filter(~pl.col("passed")).height
    failed = chapter(page(example_edition), "未通过的规则")
    for name in checks.filter(~pl.col("passed"))["check_name"]:
        assert f"<td>{name}</td>" in failed


def test_a_ledger_that_does_not_balance_is_counted_as_open(example_edition: Edition) -> None:
    assert "未平 0 行" in chapter(page(example_edition), "质量账本")
    ledger = example_edition.tables["quality.mass_balance"]
    first = pl.int_range(pl.len()) == 0
    leaking = ledger.with_columns(out_t=pl.when(first).then(pl.col("out_t") - 1.0).otherwise(pl.col("out_t")))
    broken = with_table(example_edition, "quality.mass_balance", leaking)
    assert "未平 1 行" in chapter(page(broken), "质量账本")


def test_rows_set_aside_are_told_with_place_reason_and_remedy(example_edition: Edition) -> None:
    for language, title in (("zh", "隔离的行（不计入任何数字）"), ("en", "Rows set aside, in no number")):
        told = chapter(page(example_edition, language), title)
        for row in example_edition.table("quality.quarantine").iter_rows(named=True):
            wanted = (
                row["source_file"],
                str(row["source_row"]),
                row[f"message_{language}"],
                row[f"remedy_{language}"],
            )
            assert all(f">{one}</td>" in told for one in wanted)


def test_a_long_table_says_how_much_it_leaves_out(example_edition: Edition) -> None:
    row = example_edition.tables["quality.quarantine"].head(1)
    many = with_table(example_edition, "quality.quarantine", pl.concat([row] * (MOST_ROWS + 7)))
    told = chapter(page(many), "隔离的行（不计入任何数字）")
    assert told.count("<tr>") - 1 == MOST_ROWS
    assert "另有 7 行" in told


def test_no_value_becomes_markup_and_nothing_is_asked_for(example_edition: Edition) -> None:
    spoilt = example_edition.tables["quality.quarantine"].with_columns(
        value=pl.lit(HOSTILE), rule=pl.lit(HOSTILE)
    )
    text = page(replace(with_table(example_edition, "quality.quarantine", spoilt), city_name=HOSTILE))
    assert "<script" not in text
    assert "<img" not in text
    assert text.count("&lt;script&gt;") >= 3
    assert not re.search(r"(src|href)=|https?://|url\(", text.replace("src=x", ""))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_two_builds_are_the_same_bytes_and_example_data_are_marked(
    example_edition: Edition, language: Language
) -> None:
    first, second = (write(example_edition, language, silent)[FILE] for _ in range(2))
    assert first == second
    assert '<p class="mark">示例数据</p>' in first.decode("utf-8")
