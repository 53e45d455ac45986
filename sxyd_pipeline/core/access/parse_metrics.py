"""Which metric a quantity of a clause limits: by the words around it and by what its unit measures."""

import re

from sxyd_pipeline.core.access.grammar import Grammar, MetricWords
from sxyd_pipeline.core.access.numbers import Quantity
from sxyd_pipeline.core.access.words import Span
from sxyd_pipeline.vocabulary.clauses import ClauseUnit, read_unit

#: Ambient concentrations are some thousand times smaller than those of stacks; the unit tells them apart.
_AMBIENT_LARGEST = 1e-10
#: What says that a number is per something, by what the denominator measures: 万元增加值能耗, 吨钢综合能耗.
_PER = {
    "money": re.compile(
        r"(?:万元|单位)(?:工业|国内|地区|规上|规模以上)*(?:增加值|产值|gdp|生产总值)|强度"
    ),
    "mass": re.compile(r"单位产品|吨(?:钢|产品|水泥|熟料|纸|氨|铝|铜|布)|每吨"),
    "area": re.compile(r"亩均|每亩|单位面积|单位用地|每公顷|每平方米|地均"),
    "volume": re.compile(r"每立方米|吨水|单位水量"),
    "litre": re.compile(r"每升"),
    "electricity": re.compile(r"供电|发电|度电|每千瓦时"),
}  # fmt: skip
_LEVEL_SUFFIX = "_reduction_share"
#: 减排比例不低于10% is a reduction although no verb of change stands at the number; 下降到50% is a level.
_NAMED_CHANGE = re.compile(r"(?:下降|降低|削减|减少|减排|压减|降)(?:比例|率|幅度|量|总量)|减排")
_PART_BONUS = 2
_PER_BONUS = 6


def best_metrics(
    folded: str, quantity: Quantity, place: tuple[int, Span, Span, int], grammar: Grammar, *, reduced: bool
) -> list[tuple[str, tuple[Span, ...]]]:
    """Return the metrics a quantity may limit, in the order of the text.

    Windows grow from the words right before the number to the whole sentence; the first window with words of
    a metric whose unit fits decides, and in it the longest words. General words (替代比例) count where none
    else does. Metrics that differ only in the species
    (颗粒物、二氧化硫排放浓度) come together.

    Args:
        folded: folded text.
        quantity: number and unit.
        place: end of the quantity before, segment, sentence, and where the comparison begins.
        grammar: words of metrics.
        reduced: the number is a change, so only metrics of reductions fit.

    Returns:
        (metric, where its words stand), empty where no metric fits.
    """
    unit = read_unit(quantity.unit) if quantity.unit else None
    previous, segment, sentence, start = place
    named = _NAMED_CHANGE.search(folded, sentence.start, quantity.span.start) is not None
    candidates = [
        words for words in grammar.metrics
        if _fits(words, quantity, unit, reduced=reduced)
        and (reduced or named or "_reduction_" not in words.metric)
    ]  # fmt: skip
    own = max(previous, segment.start)
    windows = (
        Span(own, quantity.span.start), Span(own, _stop(folded, quantity.span.end, segment.end)),
        Span(segment.start, segment.end), Span(sentence.start, segment.end), Span(0, segment.end),
    )  # fmt: skip
    for general in (False, True):
        for window in windows:
            found = [
                (score, words, spans)
                for words in candidates
                for score, spans in [_match(folded, window, words, unit, start, general=general)]
                if spans
            ]
            if found:
                return _family(found)
    return []


def _stop(folded: str, start: int, end: int) -> int:
    """Words behind a number are its own up to the next number's."""
    for at in range(start, end):
        if folded[at] in "、和及":
            return at
    return end


def _fits(words: MetricWords, quantity: Quantity, unit: ClauseUnit | None, *, reduced: bool) -> bool:
    is_change = words.metric.endswith(_LEVEL_SUFFIX)
    measured = unit.quantity if unit else "ratio"
    if reduced and measured in {"ratio", "mass"}:
        return is_change if measured == "ratio" else words.metric.endswith("_reduction_t")
    if unit is None:
        return measured in words.quantities and not is_change
    if measured not in words.quantities:
        # 万元工业增加值能耗不高于0.45吨标准煤: the denominator stands in front of the number.
        return any(q.startswith(f"{measured}/") for q in words.quantities)
    if measured == "mass/volume":
        return (unit.factor < _AMBIENT_LARGEST) == (words.scale < _AMBIENT_LARGEST)
    return quantity.unit != "倍" or (words.scale == 1.0 and "ratio" in words.metric)


def _match(
    folded: str, window: Span, words: MetricWords, unit: ClauseUnit | None, start: int, *, general: bool
) -> tuple[tuple[float, int], tuple[Span, ...]]:
    best: tuple[tuple[float, int], tuple[Span, ...]] = ((0.0, 0), ())
    is_per = unit is not None and unit.quantity not in words.quantities
    if is_per and not _says_per(folded[window.start : window.end], words, unit):
        return best
    for phrase in words.general if general else words.phrases:
        spans: list[Span] = []
        for part in phrase:
            matches = list(part.finditer(folded, window.start, window.end))
            matches = [match for match in matches if match.end() > match.start()]
            if not matches:
                spans = []
                break
            near = [match for match in matches if match.end() <= start] or matches
            last = near[-1]
            spans.append(Span(last.start(), last.end()))
        if spans:
            # 排放总量 and 排放 overlap; what is covered twice counts once.
            length = len({at for span in spans for at in range(span.start, span.end)})
            score = (
                length + _PART_BONUS * (len(spans) - 1) + _PER_BONUS * is_per,
                max(span.end for span in spans),
            )
            best = max(best, (score, tuple(spans)), key=lambda one: one[0])
    return best


def _says_per(words_around: str, words: MetricWords, unit: ClauseUnit | None) -> bool:
    if unit is None:
        return False
    denominators = [q.partition("/")[2] for q in words.quantities if q.startswith(f"{unit.quantity}/")]
    return any(below in _PER and _PER[below].search(words_around) for below in denominators)


def _family(
    found: list[tuple[tuple[float, int], MetricWords, tuple[Span, ...]]],
) -> list[tuple[str, tuple[Span, ...]]]:
    top = max(found, key=lambda one: one[0])
    same = [one for one in found if one[1].family == top[1].family and len(one[2]) == len(top[2])]
    same.sort(key=lambda one: one[2][0].start)
    kept: dict[int, tuple[str, tuple[Span, ...]]] = {}
    for _, words, spans in same:
        kept.setdefault(spans[0].start, (words.metric, spans))
    return list(kept.values())
