"""Chinese clauses to the clause model, as far as they can be understood; the text stays whole.

What is stated in columns of the package wins over what is read, and where the two differ it is said. A clause
with several requirements has them all in ``requirements``; the columns hold the main one: the first limit in
numbers whose metric is known, else the first limit, else the verb that governs the clause.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from sxyd_pipeline.core.access.dates import Dates, blank, document_spans, mask, read_basis, read_dates
from sxyd_pipeline.core.access.grammar import Grammar, grammar_of
from sxyd_pipeline.core.access.industries import IndustryFound, find_industries, joined_codes
from sxyd_pipeline.core.access.numbers import find_quantities
from sxyd_pipeline.core.access.parse_limits import Limit, find_limits
from sxyd_pipeline.core.access.parse_tags import is_carbon, synergy_tag
from sxyd_pipeline.core.access.parse_verbs import (
    VerbFound,
    find_verbs,
    governing,
    governing_of_clause,
    implied_verb,
    within,
)
from sxyd_pipeline.core.access.stated import stated_columns
from sxyd_pipeline.core.access.words import SILENT, Span, fold, segments, sentences
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.clauses import DUTY

#: What the parser adds to a frame of clauses.
SCHEMA: dict[str, type[pl.DataType]] = {
    "verb": pl.String, "object_type": pl.String, "object_key": pl.String, "metric": pl.String,
    "operator": pl.String, "threshold": pl.Float64, "unit": pl.String, "industry_codes": pl.String,
    "condition": pl.String, "base_year": pl.Int32, "target_year": pl.Int32, "basis": pl.String,
    "is_carbon": pl.Boolean, "synergy_tag": pl.String, "requirements": pl.String, "contradictions": pl.String,
    "is_checkable": pl.Boolean, "not_understood": pl.String,
}  # fmt: skip
_SILENT_LEAST = 2
_MARKS = re.compile(r"[\W_]+")
#: Particles around what is left over; inside a word they are part of it.
_PARTICLE = r"[\W_]|[的和与及或并在对等其以由将应从向于且可已该本内中前后年月底末各每均为区量率类性者]"
_LEADING = re.compile(rf"^(?:{_PARTICLE})+")
_TRAILING = re.compile(rf"(?:{_PARTICLE})+$")
#: The name of the control unit in front of a clause says where, not what.
#: 在符合规划的前提下 is a premise; its verb is not what the clause asks for.
_PREMISE = re.compile(r"在[^，,。；;]{2,60}(?:前提|基础|条件|情况)下")
_SCOPE = re.compile(r"^[^，,。；;:：]{2,40}(?:单元|片区)\s*[:：]")
_SEPARATOR = ";"


@dataclass(frozen=True, slots=True)
class ParsedClause:
    """What is understood of one text.

    Attributes:
        columns: values of :data:`SCHEMA`, those that compare with stated columns left out.
        pieces: (what it is, text) in order: verb, limit, metric, industry, object, condition, date, basis,
            scope (name of the unit in front), silent (words without a demand of their own) or rest. Joined
            they are the text.
    """

    columns: dict[str, Any]
    pieces: tuple[tuple[str, str], ...]


def parse_clauses(clauses: pl.DataFrame, reference: Reference, province: str = "") -> pl.DataFrame:
    """Turn clauses into the clause model.

    Args:
        clauses: any frame with ``clause_text``; where there are ``metric, operator, threshold, unit,
            industry_codes, basis`` they are what the package states and win; ``dimension`` may be canonical
            or a name that provinces use (区域布局管控). Rows of ``inputs.access_list`` fit as they are.
        reference: reference tables.
        province: name of the city's province.

    Returns:
        The frame with its rows and columns in order, ``clause_text`` byte for byte, and the columns of
        :data:`SCHEMA` (see ``CLAUSE_MODEL`` of the contract). ``threshold`` and ``unit`` are as written
        (18 and %); :func:`sxyd_pipeline.core.access.metrics.in_metric_unit` brings them to the metric's unit.
        ``industry_codes`` that are read have two to four digits and hold for all codes that begin with them.
        ``is_checkable``: metric, operator and threshold are there and a table holds the metric.
    """
    grammar = grammar_of(reference, province)
    texts = clauses["clause_text"].to_list()
    parsed: dict[str, ParsedClause] = {
        text: parse_text(text, grammar) for text in dict.fromkeys(text or "" for text in texts)
    }
    stated = [name for name in SCHEMA if name in clauses.columns]
    rows = [
        stated_columns(row, parsed[text or ""].columns, grammar)
        for text, row in zip(
            texts, clauses.select(stated).to_dicts() if stated else [{}] * len(texts), strict=True
        )
    ]
    read = pl.DataFrame(rows, schema=SCHEMA, orient="row")
    kept = clauses.with_columns(read.select(stated)) if stated else clauses
    result = kept.hstack(read.drop(stated))
    if "dimension" in clauses.columns:
        named = pl.col("dimension")
        result = result.with_columns(named.replace(grammar.dimensions).alias("dimension"))
    return result


def parse_text(text: str, grammar: Grammar) -> ParsedClause:
    """Understand one clause as far as its words go."""
    whole = fold(text)
    scope = _SCOPE.match(whole)
    folded = blank(whole, [Span(0, scope.end() - 1)]) if scope else whole
    dates = read_dates(folded)
    parts = [(segment, sentence) for sentence in sentences(folded) for segment in segments(folded, sentence)]
    documents = document_spans(folded)
    passed = [*documents, *(Span(m.start(), m.end()) for m in _PREMISE.finditer(folded))]
    verbs = [
        v for v in find_verbs(folded, grammar) if not any(d.start <= v.span.start < d.end for d in passed)
    ]
    quantities = find_quantities(mask(folded, dates), folded, text)
    found = find_limits(folded, quantities, parts, verbs, grammar)
    limits = [limit for limit in found if not limit.is_condition]
    industries = find_industries(folded, grammar.industries)
    main = next((limit for limit in limits if limit.metric is not None), limits[0] if limits else None)
    governed = _verb_of(folded, main, verbs, parts)
    objects = _objects(folded, grammar, governed, industries)
    conditions = _conditions(folded, grammar)
    words = main.metric if main is not None else None
    columns: dict[str, Any] = {
        "verb": governed.verb if governed else implied_verb(main.operator if main else None),
        "object_type": objects[0], "object_key": objects[1],
        "metric": words,
        "operator": main.operator if main else None,
        "threshold": main.value if main else None,
        "unit": main.unit if main else None,
        "industry_codes": joined_codes(industries),
        "condition": _joined([*(text[s.start : s.end] for s in conditions), *_sizes(text, found)]),
        "base_year": dates.base_year, "target_year": dates.target_year,
        "basis": read_basis(text, folded),
        "is_carbon": is_carbon(folded, grammar.by_metric[words].is_carbon if words else None),
        "synergy_tag": synergy_tag(folded),
        "requirements": _requirements(text, folded, limits, verbs, parts),
    }  # fmt: skip
    marks = [
        *([(Span(0, scope.end()), "scope")] if scope else []),
        *_marks(verbs, found, industries, objects[2], conditions, dates, documents),
    ]
    pieces = _pieces(text, folded, marks)
    columns["not_understood"] = _rest(pieces, found)
    return ParsedClause(columns, pieces)


def _verb_of(
    text: str, main: Limit | None, verbs: Sequence[VerbFound], parts: Sequence[tuple[Span, Span]]
) -> VerbFound | None:
    """Return the verb that governs a clause, or one limit of it; None where a limit stands without one."""
    if main is None:
        return governing_of_clause(verbs, [segment for segment, _ in parts])
    segment, sentence = next(part for part in parts if part[0].start <= main.span.start < part[0].end)
    # 减少5%, 保持100%, 压减6%: the word belongs to the number.
    own = Span(main.span.start, main.span.end)
    free = [v for v in verbs if not (_of_number(v, text) and own.start <= v.span.end <= own.end)]
    whole = [one for one, of in parts if of == sentence]
    chosen = governing_of_clause(free, [one for one in whole if one.start <= segment.start])
    if chosen is None and _is_place(main):
        return governing_of_clause(free, whole)
    return chosen


def _of_number(verb: VerbFound, folded: str) -> bool:
    return verb.kind == DUTY or folded.startswith(("压减", "压缩"), verb.span.start)


def _is_place(limit: Limit) -> bool:
    """Tell whether a limit says where: 岸线1公里范围内，禁止……."""
    return limit.metric is not None and limit.metric.startswith("distance")


def _objects(
    folded: str, grammar: Grammar, verb: VerbFound | None, industries: Sequence[IndustryFound]
) -> tuple[str | None, str | None, list[tuple[Span, str]]]:
    """Return kind and words of the object, and where words of any kind stand."""
    marks = [
        (Span(match.start(), match.end()), kind)
        for kind, pattern in grammar.objects
        for match in pattern.finditer(folded)
    ]
    behind = [mark for mark in marks if verb is None or mark[0].start >= verb.span.start] or marks
    kinds = [kind for kind, _ in grammar.objects]
    specific = [mark for mark in behind if mark[1] != "project"]
    if industries and (
        verb is None or any(one.span.start >= verb.span.start for one in industries) or not specific
    ):
        return "industry", joined_codes(industries), marks
    if not behind:
        return None, None, marks
    kind = min((mark[1] for mark in (specific or behind)), key=kinds.index)
    names = dict.fromkeys(folded[span.start : span.end] for span, one in behind if one == kind)
    return kind, _SEPARATOR.join(names), marks


def _conditions(folded: str, grammar: Grammar) -> list[Span]:
    return [Span(m.start(), m.end()) for pattern in grammar.conditions for m in pattern.finditer(folded)]


def _sizes(text: str, found: Sequence[Limit]) -> list[str]:
    return [text[limit.span.start : limit.span.end] for limit in found if limit.is_condition]


def _joined(words: Sequence[str]) -> str | None:
    return _SEPARATOR.join(dict.fromkeys(word.strip() for word in words if word.strip())) or None


def _requirements(
    text: str,
    folded: str,
    limits: Sequence[Limit],
    verbs: Sequence[VerbFound],
    parts: Sequence[tuple[Span, Span]],
) -> str | None:
    """Return every segment with a verb or a limit, as JSON; None where there is only one without more."""
    rows = []
    for segment, sentence in parts:
        own = [limit for limit in limits if segment.start <= limit.span.start < segment.end]
        verb = governing(within(verbs, segment))
        words = text[segment.start : segment.end].strip(" ，,。；;：:、\n\r\t")
        if verb is None and not own:
            continue
        each: list[Limit | None] = [*own] or [None]
        for limit in each:
            governed = _verb_of(folded, limit, verbs, [(segment, sentence)]) if limit else verb
            rows.append({
                "verb": governed.verb if governed else implied_verb(limit.operator if limit else None),
                "metric": limit.metric if limit else None, "operator": limit.operator if limit else None,
                "threshold": limit.value if limit else None, "unit": limit.unit if limit else None,
                "text": words,
            })  # fmt: skip
    return json.dumps(rows, ensure_ascii=False) if len(rows) > 1 else None


def _marks(
    verbs: Sequence[VerbFound],
    found: Sequence[Limit],
    industries: Sequence[IndustryFound],
    objects: Sequence[tuple[Span, str]],
    conditions: Sequence[Span],
    dates: Dates,
    documents: Sequence[Span],
) -> list[tuple[Span, str]]:
    """Return what is understood where; of overlapping marks the earlier one in this list counts."""
    return [
        *((span, "basis") for span in documents),
        *((limit.span, "limit") for limit in found),
        *((span, "date") for span in dates.spans),
        *((one.span, "verb") for one in verbs),
        *((one.span, "industry") for one in industries),
        *((span, "metric") for limit in found for span in limit.words),
        *((span, "object") for span, _ in objects),
        *((span, "condition") for span in conditions),
    ]


def _pieces(text: str, folded: str, marks: Sequence[tuple[Span, str]]) -> tuple[tuple[str, str], ...]:
    kinds = [""] * len(text)
    for span, kind in reversed(marks):
        kinds[span.start : span.end] = [kind] * (span.end - span.start)
    pieces: list[tuple[str, str]] = []
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or kinds[at] != kinds[start]:
            whole = text[start:at]
            pieces += [(kinds[start], whole)] if kinds[start] else _unmarked(whole, folded[start:at])
            start = at
    return tuple(pieces)


def _unmarked(text: str, folded: str) -> list[tuple[str, str]]:
    """Divide what nothing was made of at marks of punctuation, and set aside what asks for nothing."""
    pieces, start = [], 0
    for end in [*(match.end() for match in _MARKS.finditer(folded)), len(text)]:
        if end > start:
            part = folded[start:end]
            first = start + len(part) - len(_LEADING.sub("", part))
            last = max(first, start + len(_TRAILING.sub("", part)))
            kind = "silent" if SILENT.fullmatch(folded[first:last]) else "rest"
            cuts = ((start, first, "silent"), (first, last, kind), (last, end, "silent"))
            pieces += [(name, text[a:b]) for a, b, name in cuts if b > a]
        start = end
    return pieces


def _rest(pieces: Sequence[tuple[str, str]], found: Sequence[Limit]) -> str | None:
    """Return words and numbers nothing was made of; single characters say nothing and are left out."""
    words = [
        words for kind, words in pieces
        if kind == "rest" and (len(words.strip()) >= _SILENT_LEAST or re.search(r"\d", words))
    ]  # fmt: skip
    ranges = [
        f"区间另一端 {limit.upper:g} {limit.unit or ''}".strip() for limit in found if limit.upper is not None
    ]
    return "；".join(dict.fromkeys([*words, *ranges])) or None
