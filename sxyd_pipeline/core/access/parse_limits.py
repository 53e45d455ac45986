"""Limits in numbers: which quantity of a clause limits what, in which direction."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sxyd_pipeline.core.access.grammar import Grammar
from sxyd_pipeline.core.access.numbers import Quantity
from sxyd_pipeline.core.access.parse_metrics import best_metrics
from sxyd_pipeline.core.access.parse_verbs import FORBIDDING, VerbFound, within
from sxyd_pipeline.core.access.words import Span
from sxyd_pipeline.vocabulary.clauses import read_unit

#: A change by so much: the limit is a least reduction (or a growth that is allowed).
_CHANGE = re.compile(
    r"(?P<down>下降|降低|削减|减少|压减|压降|消减|减排|下调|降幅|递减|(?<![增])减)(?:比例|率|幅度|总量)?(?:要|应|须|需)?(?:控制在|保持在|稳定在|达到?|至少|约|不低于|不少于|不得低于|超过|大于|力争|不小于|高于|≥|>=|为|了)*\s*$"
)
#: Objects that a size picks out: 65蒸吨以上锅炉, 5万吨标准煤以上的项目.
_PICKED = re.compile(
    r"^\s*的(?:[，,]|$)|^\s*的?[^，,。；;:：]{0,14}?(?:项目|企业|单位|锅炉|机组|炉窑|高炉|转炉|焦炉|装置|车辆|船舶|场|园区|用户|工程|设施|建筑|装机|窑|井|地块|生产线|数据中心|厂房|屋顶|公共建筑|排放源|医院|加油站|河流|湖泊|码头|轮胎|矿山|产能|电机|企(?=业))"
)
_NEGATED = re.compile(r"^(?:不|均不|严禁|禁止|未|控制|限)")
_FLIPPED = {"<=": ">", "<": ">=", ">=": "<", ">": "<="}
_STATES = re.compile(
    r"(?:控制|限制|稳定|保持|维持|达|达到|降低?|提高|提升|下降|增加|减少|压减)(?:在|到|至)?\s*约?$"
)
_MULTIPLE_REPLACEMENT = re.compile(
    r"倍量(?:削减)?(?:替代|置换)|倍量削减|等量(?:或减量|或倍量)?(?:替代|置换|削减)"
)
_PARENTHESIS = re.compile(r"^\s*[(（][^)）]{0,20}[)）]")
#: 持证率100%: a share without comparison is still a demand.
_SHARE_NAME = re.compile(r"(?:率|比例|比重|占比|系数)(?:为|是|达)?\s*$")
_WHOEVER = re.compile(r"^\s*(?:(?:的|时|的情况下)[，,]|的(?=禁止|严禁|不得|不予|应|须|必须|限期|一律|纳入))")
#: 综合能耗达到100千克标准煤/吨: of what should be little, reaching a level means no more than it.
_REACHED = re.compile(r"(?:达到|达)(?:或优于)?(?:到)?$")
#: 燃煤锅炉（每小时10蒸吨及以下）不予审批: the size stands in brackets behind its object.
_IN_BRACKETS = re.compile(r"[(（][^)）]*$")
_AMOUNTS = ("mass", "energy", "volume", "money", "area", "electricity", "head", "installed_capacity")
_TIMES = ("小时", "天", "日", "时", "h", "d", "年")


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a clause.

    Attributes:
        span: comparison, number and unit.
        metric: what is limited; None where no word says it.
        operator: comparison that must hold; None where none can be told.
        value: threshold.
        upper: upper end of a range whose lower end binds, or None.
        unit: as the text writes it.
        is_condition: it picks out what the clause is about and limits nothing.
        words: where the words of the metric stand.
    """

    span: Span
    metric: str | None
    operator: str | None
    value: float
    upper: float | None
    unit: str | None
    is_condition: bool
    words: tuple[Span, ...]


def find_limits(
    folded: str,
    quantities: Sequence[Quantity],
    parts: Sequence[tuple[Span, Span]],
    verbs: Sequence[VerbFound],
    grammar: Grammar,
) -> list[Limit]:
    """Return the limits of a clause in order; a list of numbers gives one limit each.

    Args:
        folded: folded text.
        quantities: see :func:`sxyd_pipeline.core.access.numbers.find_quantities`.
        parts: (segment, its sentence), in order.
        verbs: verbs of the text.
        grammar: words.
    """
    limits: list[Limit] = []
    previous = 0
    for quantity in quantities:
        segment, sentence = next(
            (part for part in parts if part[0].start <= quantity.span.start < part[0].end), parts[-1]
        )
        limits += _limits_of(folded, quantity, segment, sentence, previous, verbs, grammar)
        previous = quantity.span.end
    return limits or _implicit(folded)


def _limits_of(
    folded: str,
    quantity: Quantity,
    segment: Span,
    sentence: Span,
    previous: int,
    verbs: Sequence[VerbFound],
    grammar: Grammar,
) -> list[Limit]:
    before = folded[segment.start : quantity.number.start]
    operator, start, word = _before(before, segment.start, grammar)
    behind, end = _behind(folded, quantity.span.end, segment.end, grammar)
    changed = _CHANGE.search(before)
    is_within = behind == "within"
    flip = False
    if changed is not None:
        operator, start = ">=", segment.start + changed.start()
    elif is_within or (behind in {"<=", ">=", ">"} and (operator is None or _STATES.search(before))):
        operator, flip = ("<=" if is_within else behind), True
    elif operator in {"<", ">"} and not _NEGATED.match(word):
        flip = True
    elif operator in {None, "=="} and behind == "~":
        operator = "=="
    span = Span(start, end)
    picked = _PICKED.match(_after_parenthesis(folded[end : segment.end]))
    in_brackets = behind in {"<=", ">="} and _IN_BRACKETS.search(before) is not None
    banned_in = Span(segment.start, segment.end if in_brackets else span.start)
    ban_before = [v for v in within(verbs, banned_in) if _forbids(v, before)]
    phase_out = [v for v in within(verbs, Span(segment.start, sentence.end)) if v.verb in {"退出", "搬迁"}]
    state_words = bool(_STATES.search(before)) and not is_within
    is_size = flip and picked is not None and not state_words
    is_condition = is_size and not is_within and not ban_before and not phase_out
    # 排放速率≥2千克/小时的，应……: whoever does, must.
    is_condition = is_condition or (_WHOEVER.match(folded[end : sentence.end]) is not None and not ban_before)
    if is_within and not ban_before:
        banned = [v for v in within(verbs, sentence) if _forbids(v, "") or v.verb == "搬迁"]
        is_condition = not banned
        flip = bool(banned)
    elif flip:
        flip = (bool(ban_before) or (is_size and bool(phase_out))) and not state_words
    flipped = _FLIPPED[operator] if flip and operator in _FLIPPED else operator
    if is_within and flip:
        flipped = ">="
    metrics = best_metrics(
        folded, quantity, (previous, segment, sentence, start), grammar, reduced=changed is not None
    )
    return _worded(
        quantity,
        span,
        flipped,
        metrics,
        grammar,
        is_condition=is_condition,
        named=_SHARE_NAME.search(before) is not None,
        reached=_REACHED.search(word) is not None,
    )


def _worded(
    quantity: Quantity,
    span: Span,
    operator: str | None,
    metrics: list[tuple[str, tuple[Span, ...]]],
    grammar: Grammar,
    *,
    is_condition: bool,
    named: bool,
    reached: bool,
) -> list[Limit]:
    is_timed = not metrics and quantity.unit in _TIMES
    is_told = operator is None and bool(metrics) and _is_amount(quantity)
    if (operator is None and not metrics and not named) or is_timed or is_told:
        return []
    if not metrics:
        limit = Limit(
            span, None, operator, quantity.values[0], quantity.upper, quantity.unit, is_condition, ()
        )
        return [replace(limit, operator=None if operator == "==" else operator)]
    limits = []
    count = max(len(metrics), len(quantity.values)) if len(quantity.values) > 1 else len(metrics)
    for at in range(count):
        metric, words = metrics[min(at, len(metrics) - 1)]
        better = "<=" if grammar.by_metric[metric].is_low_better else ">="
        chosen = better if operator in {None, "=="} or (reached and operator == ">=") else operator
        value, upper = quantity.values[min(at, len(quantity.values) - 1)], quantity.upper
        if chosen in {">=", ">"} and grammar.by_metric[metric].is_low_better and _is_amount(quantity):
            # 年捕集二氧化碳不低于10万吨 is no cap: at least so much of a low-better amount is something else.
            limits.append(Limit(span, None, chosen, value, upper, quantity.unit, is_condition, ()))
            continue
        if upper is not None and chosen in {"<=", "<"}:
            # An upper bound between two ends binds at the upper one.
            value, upper = upper, value
        limits.append(Limit(span, metric, chosen, value, upper, quantity.unit, is_condition, words))
    return limits


def _is_amount(quantity: Quantity) -> bool:
    """Tell whether a number is an amount: 可减少二氧化碳10616吨 reports, 利用率95% and 50mg/m³ ask."""
    unit = read_unit(quantity.unit) if quantity.unit else None
    return unit is not None and unit.quantity in _AMOUNTS


def _before(text: str, offset: int, grammar: Grammar) -> tuple[str | None, int, str]:
    best: tuple[str | None, int, str] = (None, offset + len(text), "")
    tail = text[-24:]
    shift = offset + len(text) - len(tail)
    for operator, pattern in grammar.before:
        match = pattern.search(tail)
        if match is not None and shift + match.start() < best[1]:
            best = (operator, shift + match.start(), match[0])
    return best


def _behind(folded: str, at: int, stop: int, grammar: Grammar) -> tuple[str | None, int]:
    skipped = _PARENTHESIS.match(folded[at:stop])
    for start in (at, at + skipped.end()) if skipped else (at,):
        for operator, pattern in grammar.behind:
            match = pattern.match(folded, start, stop)
            if match is not None:
                return operator, match.end()
    return None, at


def _after_parenthesis(text: str) -> str:
    skipped = _PARENTHESIS.match(text)
    return text[skipped.end() :] if skipped else text


def _forbids(verb: VerbFound, before: str) -> bool:
    is_state = verb.verb == "严格控制" and before.rstrip().endswith(("控制在", "压减", "控制"))
    return verb.verb in FORBIDDING and not is_state


def _implicit(folded: str) -> list[Limit]:
    """Read 倍量替代 as twice and 等量替代 as once: the words are the numbers."""
    match = _MULTIPLE_REPLACEMENT.search(folded)
    if match is None:
        return []
    before = folded[max(0, match.start() - 12) : match.start()]
    metric = "replacement_ratio"
    if re.search(r"产能|能力", before):
        metric = "capacity_replacement_ratio"
    elif re.search(r"煤", before):
        metric = "coal_replacement_ratio"
    value = 2.0 if match[0].startswith("倍") else 1.0
    span = Span(match.start(), match.end())
    return [Limit(span, metric, ">=", value, None, "倍", is_condition=False, words=(span,))]
