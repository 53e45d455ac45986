"""What tests of clauses share: the grammar of the committed reference tables, and labelled clauses."""

import csv
from functools import cache
from pathlib import Path
from typing import Any

from sxyd_pipeline.core.access.grammar import Grammar, grammar_of
from sxyd_pipeline.core.access.parse import parse_text
from sxyd_pipeline.core.baseline.two_high import list_of_province
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.reference import load_reference

ROOT = Path(__file__).parents[3]
LABELLED = Path(__file__).parent / "labelled_clauses.csv"
FIELDS = ("verb", "industry", "metric", "threshold", "unit")


def reference() -> Reference:
    return load_reference(ROOT / "data" / "reference")


@cache
def grammar() -> Grammar:
    return grammar_of(reference(), "江苏省")


def read(text: str) -> dict[str, Any]:
    return parse_text(text, grammar()).columns


def labelled() -> list[dict[str, str]]:
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def widest(codes: set[str]) -> set[str]:
    """Drop codes that lie below another one: they add nothing."""
    return {code for code in codes if not any(code != other and code.startswith(other) for other in codes)}


def _wanted(row: dict[str, str]) -> dict[str, set[Any]]:
    listed = ";".join(list_of_province(reference().two_high_industries, "江苏省")["industry_code"].unique())
    codes = row["industry_codes"].replace("@two_high", listed)
    return {
        "verb": {row["verb"]} - {""},
        "industry": widest(set(codes.split(";")) - {""}),
        "metric": {row["metric"]} - {""},
        "threshold": {float(row["threshold"])} if row["threshold"] else set(),
        "unit": {_plain(row["unit"])} - {""},
    }


def _found(text: str) -> dict[str, set[Any]]:
    got = read(text)
    return {
        "verb": {got["verb"]} - {None},
        "industry": set((got["industry_codes"] or "").split(";")) - {""},
        "metric": {got["metric"]} - {None},
        "threshold": {got["threshold"]} - {None},
        "unit": {_plain(got["unit"] or "")} - {""},
    }


def _plain(unit: str) -> str:
    return unit.replace("％", "%").replace("³", "3")


@cache
def measured(part: str) -> dict[str, tuple[int, int, int]]:
    """Return field -> (right, wrongly found, missed) over one part of the labelled clauses."""
    counts = dict.fromkeys(FIELDS, (0, 0, 0))
    for row in labelled():
        if row["part"] != part:
            continue
        wanted, found = _wanted(row), _found(row["clause_text"])
        for field in FIELDS:
            right, wrong, missed = counts[field]
            both = len(wanted[field] & found[field])
            counts[field] = (
                right + both,
                wrong + len(found[field]) - both,
                missed + len(wanted[field]) - both,
            )
    return counts


def precision_and_recall(part: str) -> dict[str, tuple[float, float]]:
    return {
        field: (right / (right + wrong), right / (right + missed))
        for field, (right, wrong, missed) in measured(part).items()
    }
