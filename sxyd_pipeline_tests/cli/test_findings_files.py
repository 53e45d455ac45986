"""Findings as files: every value is shown as text, never run."""

import csv
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.cli.findings_files import (
    PAGE_ROWS,
    in_language,
    without_formula,
    write_findings_csv,
    write_findings_page,
)
from sxyd_pipeline.cli.settings import Settings


def issues(*values: str, strength: str = "set_aside") -> pl.DataFrame:
    number = len(values)
    return pl.DataFrame(
        {
            "strength": [strength] * number,
            "table_name": ["facilities"] * number,
            "source_file": ["facilities.csv"] * number,
            "source_sheet": pl.Series([None] * number, dtype=pl.String),
            "source_row": list(range(2, 2 + number)),
            "column_name": ["facility_name"] * number,
            "value": list(values),
            "rule": ["unknown_code"] * number,
            "message_zh": ["不在范围内"] * number,
            "message_en": ["not allowed"] * number,
            "remedy_zh": ["改正"] * number,
            "remedy_en": ["mend it"] * number,
        }
    )


HOSTILE = [
    "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "+1+1",
    '"><img src=x onerror=1>',
    "-2-3",
]


def test_the_page_escapes_hostile_values(tmp_path: Path) -> None:
    page = tmp_path / "findings.html"
    settings = Settings()
    write_findings_page(page, in_language(issues(*HOSTILE), settings), "<b>321100</b>", settings)
    text = page.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<img" not in text
    assert "<b>321100" not in text
    assert text.count("<script>") == 1


def test_the_page_needs_no_network(tmp_path: Path) -> None:
    page = tmp_path / "findings.html"
    settings = Settings()
    write_findings_page(page, in_language(issues("x"), settings), "321100", settings)
    text = page.read_text(encoding="utf-8")
    assert "http://" not in text
    assert "https://" not in text
    assert "default-src 'none'" in text


def test_the_page_says_when_it_shows_only_the_first_rows(tmp_path: Path) -> None:
    page = tmp_path / "findings.html"
    settings = Settings(language="en")
    many = issues(*(str(number) for number in range(PAGE_ROWS + 1)))
    write_findings_page(page, in_language(many, settings), "321100", settings)
    text = page.read_text(encoding="utf-8")
    assert f"first {PAGE_ROWS} findings; all {PAGE_ROWS + 1}" in text
    assert text.count("<tr>") == PAGE_ROWS + 1


def test_a_spreadsheet_computes_nothing_from_the_csv(tmp_path: Path) -> None:
    path = tmp_path / "findings.csv"
    settings = Settings()
    write_findings_csv(path, in_language(issues(*HOSTILE, "-5", "甲厂"), settings), settings)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header[:4] == ["程度", "文件", "工作表", "行"]
    values = [row[header.index("值")] for row in rows]
    assert values == [
        "<script>alert(1)</script>", "'=cmd|' /C calc'!A0", "'@SUM(1)", "'+1+1", '"><img src=x onerror=1>', "'-2-3",
        "-5", "甲厂",
    ]  # fmt: skip


@pytest.mark.parametrize(("language", "words"), [("zh", ("隔离", "改正")), ("en", ("set aside", "mend it"))])
def test_findings_are_worded_in_the_chosen_language(language: str, words: tuple[str, str]) -> None:
    worded = in_language(issues("x"), Settings(language=language))  # type: ignore[arg-type]  # a literal
    assert (worded["strength"][0], worded["remedy"][0]) == words


@given(st.text())
def test_no_text_cell_starts_like_a_formula_unless_it_is_a_number(text: str) -> None:
    cell = without_formula(text)
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        float(cell)
