"""The lists as Markdown: the overall list, and one page per control unit."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from sxyd_pipeline.deliverables.access_list.words import (
    CHANGE_WORDS,
    DIMENSION_WORDS,
    HEADINGS,
    LEVEL_WORDS,
    STATE_WORDS,
    TITLES,
    UNIT_HEADERS,
)

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
Row = Mapping[str, Any]


def escaped(text: object) -> str:
    """Return a value as the text of one cell: Markdown shows it as it is, and it stays in its cell."""
    if text is None:
        return ""
    if isinstance(text, float):
        return f"{text:.4f}".rstrip("0").rstrip(".")
    lines = _SPECIAL.sub(r"\\\1", str(text)).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<br>".join(lines)


def overall_page(rows: pl.DataFrame, withdrawn: pl.DataFrame, label: str, place: int) -> str:
    """Return the overall list, dimension by dimension, then what is withdrawn.

    Args:
        rows: result of :func:`sxyd_pipeline.core.access.layout.overall_rows`.
        withdrawn: result of :func:`sxyd_pipeline.core.access.layout.withdrawn_rows`.
        label: nature of the data, shown below the title; empty for none.
        place: 0 Chinese, 1 English.
    """
    lines = [f"# {TITLES['overall'][place]}", *_label(label)]
    names = ("position", "clause_id", "scope_name", "level", "clause_text", "state", "change", "basis")
    for code, words in DIMENSION_WORDS.items():
        lines += [f"\n## {words[place]}\n", *_table(rows.filter(pl.col("dimension") == code), names, place)]
    reason = ("reason_zh", "reason_en")[place]
    lines += [
        f"\n## {TITLES['withdrawn'][place]}\n",
        *_table(withdrawn, ("clause_id", "clause_text", reason), place),
    ]
    return "\n".join(lines) + "\n"


def unit_page(unit: Row, clauses: pl.DataFrame, evidence: pl.DataFrame, place: int) -> str:
    """Return the page of one control unit.

    Args:
        unit: its row of :func:`sxyd_pipeline.core.access.layout.unit_rows`.
        clauses: its rows of :func:`sxyd_pipeline.core.access.layout.effective_clauses`.
        evidence: rows of ``access.clause_evidence`` of these clauses.
        place: 0 Chinese, 1 English.
    """
    facts = [name for name in UNIT_HEADERS if name not in DIMENSION_WORDS]
    lines = [
        f"# {escaped(unit['control_unit_name'])} {unit['control_unit_code']}\n",
        "| | |\n| --- | --- |",
        *(f"| {UNIT_HEADERS[name][place]} | {escaped(unit[name])} |" for name in facts),
    ]
    names = (
        "position",
        "clause_id",
        "clause_text",
        "level",
        "inherited_from",
        "state",
        "change",
        "previous_text",
        "basis",
    )
    for code, words in DIMENSION_WORDS.items():
        lines += [
            f"\n## {words[place]}\n",
            *_table(clauses.filter(pl.col("dimension") == code), names, place),
        ]
    statement, away = (("statement_zh", "goes_away_when_zh"), ("statement_en", "goes_away_when_en"))[place]
    shown = ("clause_id", statement, "value", "measured_in", "table_name", away)
    lines += [f"\n## {TITLES['evidence'][place]}\n", *_table(evidence, shown, place)]
    return "\n".join(lines) + "\n"


def worded(name: str, value: object, place: int) -> object:
    """Return a value in words where it is a code of the list."""
    words = {"level": LEVEL_WORDS, "state": STATE_WORDS, "change": CHANGE_WORDS, "dimension": DIMENSION_WORDS}
    known = words.get(name, {}).get(str(value))
    return known[place] if known else value


def _label(label: str) -> Iterable[str]:
    return [f"\n> {label}"] if label else []


def _table(rows: pl.DataFrame, names: Sequence[str], place: int) -> list[str]:
    if rows.is_empty():
        return [TITLES["none"][place]]
    head = [HEADINGS[name][place] for name in names]
    return [
        f"| {' | '.join(head)} |",
        f"| {' | '.join('---' for _ in head)} |",
        *(
            f"| {' | '.join(escaped(worded(name, row[name], place)) for name in names)} |"
            for row in rows.select(names).iter_rows(named=True)
        ),
    ]
