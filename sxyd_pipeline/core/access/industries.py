"""Names of industries in clauses, to codes of GB/T 4754-2017 of two to four digits.

A code stands for everything below it: 26 is the whole of chemicals, 2612 inorganic alkalis only. A word takes
the shortest codes that cover exactly what it means.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.access.words import Span
from sxyd_pipeline.core.baseline.two_high import list_of_province

#: Sections whose official names are looked for; names of services (广播, 教育) are everyday words.
_SECTIONS = ("A", "B", "C", "D")
_LEAST_NAME = 4
_LEAST_STEM = 3
_TAIL = re.compile(r"(?:制造|加工|生产|冶炼|采选|开采)?(?:业)?$")
#: A word that is also a thing (化肥, 涂料) names an industry only in front of one of these, or in a list
#: that is.
_CONTEXT = re.compile(
    # One lazy run, not repeated items: separators are also characters of items, 和和和和 would branch.
    r"^(?:(?:、|和|及|与|以及|或|/)[^，,。；;:：()]{1,40}?)?等?"
    r"(?:\d+个|[一二三四五六七八九十两]+个|[一二三四五六七八九十]+大)?"
    r"(?:重点|传统|高耗能|高污染|高排放|高碳|典型|涉气|涉水|涉vocs|主要|相关)?"
    r"(?:行业|产业|企业|项目|制造|生产(?!总值)|产能|业|加工|园区|基地|工业|集群|建设项目|工厂|(?<=[^气])厂)"
)
_TWO_HIGH = "@two_high"


@dataclass(frozen=True, slots=True)
class IndustryWords:
    """Words that name industries, grouped by their first two characters.

    Attributes:
        by_start: first two characters -> words, longest first, each with codes and whether it needs context.
        codes: all codes of the classification.
    """

    by_start: Mapping[str, tuple[tuple[str, tuple[str, ...], bool], ...]]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class IndustryFound:
    """An industry named in a text."""

    span: Span
    codes: tuple[str, ...]


def industry_words(
    industries: pl.DataFrame, aliases: pl.DataFrame, two_high: pl.DataFrame, province: str
) -> IndustryWords:
    """Gather the words: aliases first, official names where no alias says otherwise.

    Args:
        industries: ``code, level, name, section``.
        aliases: ``word, codes, needs_context``; codes ``@two_high`` stand for the two-high list.
        two_high: see :func:`sxyd_pipeline.core.baseline.two_high.list_of_province`.
        province: name of the city's province; its own list of two-high industries replaces the national one.
    """
    listed = list_of_province(two_high, province)["industry_code"].unique().sort().to_list()
    words: dict[str, tuple[tuple[str, ...], bool]] = {}
    official = industries.filter(pl.col("section").is_in(list(_SECTIONS)) & (pl.col("level") > 1))
    for code, raw in official.sort("level", "code", descending=[True, False]).select("code", "name").rows():
        name = raw.strip().lower().replace("（", "(").replace("）", ")")
        stem = _TAIL.sub("", name)
        if len(name) >= _LEAST_NAME:
            words[name] = (
                (code.rstrip("0") if len(code) == len("0000") and code.endswith("00") else code,),
                False,
            )
        if len(stem) >= _LEAST_STEM and stem not in words and not name.startswith("其他"):
            words[stem] = ((code,), True)
    for word, codes, needs in aliases.select("word", "codes", "needs_context").rows():
        expanded = tuple(listed) if codes == _TWO_HIGH else tuple(codes.split(";"))
        words[word.lower()] = (expanded, needs)
    by_start: dict[str, list[tuple[str, tuple[str, ...], bool]]] = {}
    for word, (codes, needs) in sorted(words.items(), key=lambda item: (-len(item[0]), item[0])):
        by_start.setdefault(word[:2], []).append((word, codes, needs))
    return IndustryWords(
        {start: tuple(rows) for start, rows in by_start.items()}, frozenset(industries["code"])
    )


def find_industries(folded: str, words: IndustryWords) -> list[IndustryFound]:
    """Return the industries a text names, in order; the longest word at a place counts."""
    found: list[IndustryFound] = []
    at = 0
    while at < len(folded) - 1:
        for word, codes, needs in words.by_start.get(folded[at : at + 2], ()):
            if not folded.startswith(word, at):
                continue
            end = at + len(word)
            if needs and not _CONTEXT.match(folded[end : end + 80]):
                continue
            if _is_part_of_another_word(folded, at, end):
                continue
            found.append(IndustryFound(Span(at, end), codes))
            at = end - 1
            break
        at += 1
    return found


#: Words that hold an industry's name without meaning the industry.
_NOT_AN_INDUSTRY = re.compile(
    r"新能源汽车|汽车尾气|塑料污染|塑料袋|餐饮油烟净化|化肥农药|建材市场|"
    r"水泥路面|钢铁长城|印刷品|煤炭消费|旅游景区|电力消费|绿色电力|电力替代|"
    r"纺织品|绿化|石化能源|非化石|化石|吨水电耗|采矿权|探矿权|水电气|两高一资"
)


def _is_part_of_another_word(folded: str, start: int, end: int) -> bool:
    window = max(0, start - 4)
    return any(
        window + match.start() <= start and end <= window + match.end() and match[0] != folded[start:end]
        for match in _NOT_AN_INDUSTRY.finditer(folded[window : end + 4])
    )


def joined_codes(found: Iterable[IndustryFound]) -> str | None:
    """Return the codes in order of the text, separated by ;, none twice and none below another one."""
    codes = list(dict.fromkeys(code for one in found for code in one.codes))
    kept = [code for code in codes if not any(code != other and code.startswith(other) for other in codes)]
    return ";".join(kept) or None
