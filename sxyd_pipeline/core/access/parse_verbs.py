"""Which verb governs a clause."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sxyd_pipeline.core.access.grammar import Grammar
from sxyd_pipeline.core.access.words import Span
from sxyd_pipeline.vocabulary.clauses import ACT, BAN, BOUND, DUTY, MUST, PROMOTE

#: Within one segment: a ban governs, then an incentive, then what is done, then that it must be done.
_ORDER = (BAN, PROMOTE, ACT, MUST, BOUND, DUTY)
#: What is done, most telling first: 完成搬迁 is a move, 完成改造 a task.
_ACTS = ("退出", "搬迁", "替代", "完成", "达到")
_WEAK = (DUTY,)
#: Verbs that forbid, so that the size they name is what must not be there.
FORBIDDING = ("禁止", "不得", "限制", "严格控制", "退出")


@dataclass(frozen=True, slots=True)
class VerbFound:
    """A verb in a text."""

    span: Span
    verb: str
    kind: str


def find_verbs(folded: str, grammar: Grammar) -> list[VerbFound]:
    """Return the verbs of a text in order; of overlapping ones the earlier, then the longer counts."""
    found = [
        VerbFound(Span(match.start(), match.end()), verb, kind)
        for verb, kind, pattern in grammar.verbs
        for match in pattern.finditer(folded)
        if match.end() > match.start()
    ]
    found.sort(key=lambda one: (one.span.start, -one.span.end, _ORDER.index(one.kind)))
    kept: list[VerbFound] = []
    for one in found:
        if not kept or one.span.start >= kept[-1].span.end:
            kept.append(one)
    return kept


def within(verbs: Iterable[VerbFound], span: Span) -> list[VerbFound]:
    """Return the verbs that begin in a stretch of the text."""
    return [one for one in verbs if span.start <= one.span.start < span.end]


def governing(verbs: Sequence[VerbFound]) -> VerbFound | None:
    """Return the verb that governs one segment, None where it has none."""
    if not verbs:
        return None
    return min(verbs, key=lambda one: (_ORDER.index(one.kind), _rank_of_act(one), one.span.start))


def _rank_of_act(one: VerbFound) -> int:
    return _ACTS.index(one.verb) if one.kind == ACT else 0


def governing_of_clause(verbs: Sequence[VerbFound], parts: Iterable[Span]) -> VerbFound | None:
    """Return the verb that governs a clause: of the first segment with more than a duty, else the first."""
    chosen = [one for part in parts if (one := governing(within(verbs, part))) is not None]
    strong = [one for one in chosen if one.kind not in _WEAK]
    if strong and strong[0].kind == MUST:
        # 应以保护为主，禁止……: what is forbidden is the point.
        return next((one for one in strong if one.kind == BAN), strong[0])
    return strong[0] if strong else (chosen[0] if chosen else None)


_LOWER_BOUND = re.compile(r"[>≥]")


def implied_verb(operator: str | None) -> str | None:
    """Return the verb of a limit that stands without one: 不高于 forbids to exceed, 不低于 asks to reach."""
    if operator is None:
        return None
    return "达到" if _LOWER_BOUND.search(operator) else "不得"
