"""Years, documents and names whose digits count nothing: what is read from them, and where they stand."""

import re
from dataclasses import dataclass

from sxyd_pipeline.core.access.words import Span

_YEAR = r"(?:19|20)\d{2}(?!\d)"
_BASE = re.compile(
    rf"(?:较|比|与|相比于?|相对于?|以|对比)(?:于)?({_YEAR})年?(?:水平|基准|为基[准期]|的?基础上|同期|相比)?"
    rf"|({_YEAR})年(?:为)?(?:的)?(?:基数|基准年|基年|水平为基)|在({_YEAR})年(?:的)?(?:基础上|水平上)"
    rf"|(?:不高于|不超过|不低于|高于|低于)({_YEAR})年(?:的)?(?:水平|同期|实际)"
)
_PLAN_END = {"十二五": 2015, "十三五": 2020, "十四五": 2025, "十五五": 2030, "十六五": 2035}
_PLAN = re.compile(r"[“\"]?(十[二三四五六]五)[”\"]?(?:时期|期间|末|规划期|期末)?")
_DATE = re.compile(
    rf"(?<!\d)({_YEAR})(?:年|(?=\s*[-—~至]{{1,2}}\s*{_YEAR}年))(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?(?:年?底|末|起|初|以?前|之前|前后|间|内)*"
)
_DOCUMENT = re.compile(r"《[^》]{1,80}》(?:\s*[(（][^)）]{2,40}[)）])?")
_NUMBERED = re.compile(
    r"[\u4e00-\u9fff]{1,10}[〔\[(]\s*(?:19|20)\d{2}\s*[〕\])]\s*\d{1,4}\s*号|公告(?:19|20)\d{2}年第\d+号"
)
_LEADING = re.compile(r"^(?:依据|按照|按|根据|落实|执行|符合|满足|参照|严格|和|及|与|的|应|须)+")
_STANDARD = re.compile(
    r"(?<![a-z])(?:gb|hj|hy|db\d{0,4}|ny|jb|cjj?|gbz|sl|ly|yb|jc|dl|qb|wst?)(?:/t|/z)?\s*/?\s*t?\s*\d{1,5}(?:\.\d+)?(?:\s*[-—–]\s*(?:19|20)\d{2})?"
)
#: Names with digits or Chinese numerals that are words, not numbers.
_NAMES = re.compile(
    r"pm\s?2\.5|pm\s?10|so2|so₂|no2|nox|nh3(?:-n)?|co2e?|o3|n2o|ch4|sf6|nf3|h2s|bod5|codcr|cod|9\+1|1\+3\+n|1\+5\+n|"
    r"第[一二三四五六七八九十百\d]+(?:条|章|款|类|项|批|阶段|产业)|[一二三四五六七八九十]、|[(（][一二三四五六七八九十\d]{1,2}[)）]|^\s*\d{1,2}\s*[.、)）]|"
    r"三线一单|三区三线|三同时|三废|三级防控|一企一策|一园一策|一厂一策|一类(?:功能)?区|二类(?:功能)?区|双碳|两高|四水四定|一级a?标准|一级[ab]|二级标准|准[ⅲⅳ]类|十四五|统一|一律|一般|一批|一体|唯一|"
    r"万元(?=(?:工业)?(?:增加值|产值|gdp|国内|地区|生产总值))|百万(?=千瓦级)|"
    r"(?:基准)?(?:含氧量|氧含量|o2)\s*(?:为|按)?\s*\d+(?:\.\d+)?\s*%|\d+(?:\.\d+)?\s*%\s*(?:含氧量|o2)|国[一二三四五六ⅰ-ⅵ]|[一二三四五六七八九十\d]+类(?:工业|水源|功能)|cas"
)  # fmt: skip
_REACHED = re.compile(rf"(?:到|至|自)?({_YEAR})\s*年")
_BLANK = "\x00"


@dataclass(frozen=True, slots=True)
class Dates:
    """What a clause says about time.

    Attributes:
        target_year: year by which it must be met; the last one named that is no base year.
        base_year: year it compares with.
        spans: where both stand.
    """

    target_year: int | None
    base_year: int | None
    spans: tuple[Span, ...]


def read_dates(folded: str) -> Dates:
    """Return target and base year of a clause; years inside titles and document numbers do not count."""
    plain = blank(folded, document_spans(folded))
    spans: list[Span] = []
    base: int | None = None
    rest = plain
    for match in _BASE.finditer(plain):
        base = base if base is not None else int(next(group for group in match.groups() if group))
        spans.append(Span(match.start(), match.end()))
    rest = blank(rest, spans)
    years = []
    for match in _REACHED.finditer(rest):
        # 自2021年起 says from when, not until when.
        if match[0].startswith("自") or rest[match.end() : match.end() + 1] == "起":
            continue
        years.append((match.start(), int(match[1])))
    for match in _PLAN.finditer(rest):
        years.append((match.start(), _PLAN_END[match[1]]))
        spans.append(Span(match.start(), match.end()))
    spans += [Span(match.start(), match.end()) for match in _DATE.finditer(rest)]
    return Dates(min(years)[1] if years else None, base, tuple(spans))


def document_spans(folded: str) -> list[Span]:
    """Return where titles, document numbers and standards stand."""
    return [
        Span(match.start(), match.end())
        for pattern in (_DOCUMENT, _NUMBERED, _STANDARD)
        for match in pattern.finditer(folded)
    ]


def read_basis(text: str, folded: str) -> str | None:
    """Return the documents a clause names, in order, separated by ;, as the text writes them."""
    covered = 0
    parts = []
    for span in sorted(document_spans(folded), key=lambda span: (span.start, -span.end)):
        if span.start >= covered:
            parts.append(_LEADING.sub("", text[span.start : span.end].strip()))
            covered = span.end
    return ";".join(parts) or None


def mask(folded: str, dates: Dates) -> str:
    """Return the text with blanks of the same length where digits count nothing."""
    names = [Span(match.start(), match.end()) for match in _NAMES.finditer(folded)]
    return blank(folded, [*document_spans(folded), *dates.spans, *names])


def blank(text: str, spans: list[Span]) -> str:
    """Return the text with a blank for every character of the spans."""
    characters = list(text)
    for span in spans:
        characters[span.start : span.end] = _BLANK * (span.end - span.start)
    return "".join(characters)
