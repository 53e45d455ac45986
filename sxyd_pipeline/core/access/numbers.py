"""Quantities in clauses: numbers in digits and in Chinese, ranges, lists, ratios, with the unit behind."""

import math
import re
from dataclasses import dataclass

from sxyd_pipeline.core.access.words import Span
from sxyd_pipeline.vocabulary.clauses import read_unit

_DIGITS = {
    "零": 0,
    "〇": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
_STEPS = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10_000, "亿": 100_000_000}
#: Steps of a number fall from left to right; in 五百三十千克 the last one belongs to the unit.
_ONE = "[一二两三四五六七八九]"
_SECTION = f"(?:{_ONE}?千)?零?(?:{_ONE}?百)?零?(?:{_ONE}?十)?零?{_ONE}?"
_WELL_FORMED = re.compile(
    rf"(?:{_SECTION}亿)?(?:{_SECTION}万)?{_SECTION}(?:点[零〇一二三四五六七八九]+)?|[零〇一二三四五六七八九]+"
)
_CHINESE = "[零〇一二两三四五六七八九十百千万亿]"
#: Nobody writes longer ones; a run of numerals beyond is no number.
_NUMERAL = f"{_CHINESE}{{1,16}}"
_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_NUMBER = rf"(?:{_ARABIC})"
#: What stands between the ends of a range; 到 and 至 too, when a number follows.
_TO = r"\s*(?:-{1,2}|—{1,2}|–|~|～|至|到|−)\s*"
_COUNTED = re.compile(
    rf"(?P<parts>百分之|千分之)(?P<of>{_NUMBER}|{_NUMERAL}(?:点{_NUMERAL})?)(?:{_TO}(?:百分之|千分之)?(?P<of_upper>{_NUMBER}|{_NUMERAL}))?"
    rf"|(?P<one>1|一)\s*(?:[:∶：]|比)\s*(?P<ratio>{_NUMBER}|{_NUMERAL}(?:点{_NUMERAL})?)"
    rf"|(?P<ratio_before>{_NUMBER})\s*[:∶：]\s*1(?![\d.])"
    rf"|(?P<roman>ⅰ|ⅱ|ⅲ|ⅳ|ⅴ|(?<![a-z])(?:iv|v|i{{1,3}})(?=类))"
    rf"|(?P<tenths>[一二两三四五六七八九]成[一二三四五六七八九]?)"
    rf"|(?P<half>一半|半数)"
    rf"|(?P<list>{_NUMBER}(?:\s*[、/]\s*{_NUMBER})+)"
    rf"|(?P<low>{_NUMBER})(?P<low_unit>%|‰)?{_TO}(?P<high>{_NUMBER})"
    rf"|(?P<single>{_NUMBER})"
    rf"|(?P<chinese>{_NUMERAL}(?:点{_NUMERAL})?)"
)  # fmt: skip
_ROMAN = {"ⅰ": 1, "ⅱ": 2, "ⅲ": 3, "ⅳ": 4, "ⅴ": 5, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_MULTIPLE = "(?:亿|千万|百万|十万|万|千|百)?"
_SIMPLE = (
    "吨标准煤|吨标煤|千克标准煤|公斤标准煤|千克标煤|公斤标煤|克标准煤|克标煤|千克标准油|公斤标准油|千克标油|吨二氧化碳当量|吨二氧化碳|千克二氧化碳当量|千克二氧化碳|公斤二氧化碳|克二氧化碳|吨co2e|吨co2|千克co2|克co2|"
    "tco2e|tco2|kgco2e|kgco2|gco2|ktce|mtce|kgce|tce|gce|kgoe|平方公里|平方千米|平方米|标准立方米|标立方米|立方米|蒸吨/小时|蒸吨/时|蒸吨/h|蒸吨|千瓦时|千瓦小时|兆瓦时|兆瓦|千瓦|千克|公斤|毫克|微克|纳克|公里|千米|海里|公顷|"
    "重量箱|\\(?(?:吨|t)·能量因数\\)?|个百分点|百分点|分贝\\(a\\)|分贝|db\\(a\\)|db|微摩尔/摩尔|[μu]mol/mol|ppm|小时|kwh|mwh|gwh|ng-?teq|纳克teq|kg|mg|μg|ug|ng|km2|km|hm2|ha|nm3|m3|m2|gj|mw|kw|"
    "吨|克|升|米|亩|元|倍|成|次|天|日|头|只|羽|户|家|台|座|辆|个|人|类|秒|时|度|t|g|m|l|h|s|%|‰|㎡|㎎|㎞|㎏"
)  # fmt: skip
_UNIT = re.compile(
    rf"\s*(?P<unit>{_MULTIPLE}(?:{_SIMPLE})(?:\s*(?:/|每)\s*{_MULTIPLE}(?:{_SIMPLE}|年|a(?![a-z])|单位产品))?)"
)
#: A Chinese number counts only with one of these behind it; 一般, 统一, 三同时 are words.
_CHINESE_UNIT = re.compile(rf"\s*{_MULTIPLE}(?:{_SIMPLE})")
_PLAIN_WORDS = re.compile(r"^(?:一|两|二|三|四|五)(?:个|次性|家|户|类|级|人|座|台|批|元化|体化|年|度)")
#: 达到或优于Ⅲ类水体比例 is the name of a share.
_CLASS_SHARE = re.compile(r"类[^，,。；]{0,8}(?:比例|比率)")
#: A denominator no unit of ours has (立方米/百米布) still belongs to the unit as written.
_FOREIGN = re.compile(r"/[a-z\u4e00-\u9fff·]{1,6}(?=[，,。；;、)(]|$)")
_TENTH = "成"
_COMPATIBLE = {"㎡": "m2", "㎎": "mg", "㎞": "km", "㎏": "kg"}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of a clause with its unit.

    Attributes:
        span: number and unit.
        number: the number alone.
        values: the number; several for a list (10、35、50).
        upper: upper end of a range, whose lower end is the value.
        unit: as written; None where there is none.
    """

    span: Span
    number: Span
    values: tuple[float, ...]
    upper: float | None
    unit: str | None


def find_quantities(masked: str, folded: str, text: str) -> list[Quantity]:
    """Return the quantities of a text in order.

    Args:
        masked: folded text in which digits that count nothing (years, names of species) are blanked.
        folded: folded text; units are read here.
        text: the text itself; units are returned as it writes them.
    """
    found: list[Quantity] = []
    for match in _COUNTED.finditer(masked):
        quantity = _quantity(match, folded, text)
        if quantity is None or (found and quantity.span.start < found[-1].span.end):
            continue
        if not all(map(math.isfinite, quantity.values)):
            # Hundreds of digits are no limit anybody meant; they stay in what is not understood.
            continue
        if found and _is_next_of_list(folded, found[-1], quantity):
            last = found.pop()
            span, number = (
                Span(last.span.start, quantity.span.end),
                Span(last.number.start, quantity.number.end),
            )
            quantity = Quantity(span, number, (*last.values, *quantity.values), None, quantity.unit)
        found.append(quantity)
    return found


def _is_next_of_list(folded: str, last: Quantity, new: Quantity) -> bool:
    """30mg/L、1.5mg/L、0.3mg/L is one list: nothing but a comma of enumeration stands between."""
    between = folded[last.span.end : new.span.start].strip()
    return (
        between in {"、", "和", "及", "/"}
        and last.unit == new.unit
        and last.upper is None
        and new.upper is None
    )


def _quantity(match: re.Match[str], folded: str, text: str) -> Quantity | None:
    number = Span(match.start(), match.end())
    if match["chinese"]:
        return _chinese(match, folded, text)
    if match["roman"]:
        return _water_class(match, folded, number)
    spelled = _spelled_out(match)
    if spelled is not None:
        return Quantity(number, number, *spelled)
    unit, end = _unit_at(folded, text, match.end())
    span = Span(match.start(), end)
    if match["list"]:
        values = tuple(_read(part) for part in re.split(r"\s*[、/]\s*", match["list"]))
        return Quantity(span, number, values, None, unit)
    if match["low"]:
        return Quantity(span, number, (_read(match["low"]),), _read(match["high"]), unit or match["low_unit"])
    return Quantity(span, number, (_read(match["single"]),), None, unit)


def _spelled_out(match: re.Match[str]) -> tuple[tuple[float, ...], float | None, str] | None:
    """Return value, upper end and unit of numbers that carry their unit: 百分之十八, 1:1.5, 九成三, 一半."""
    if match["parts"]:
        upper = _read(match["of_upper"]) if match["of_upper"] else None
        return (_read(match["of"]),), upper, "%" if match["parts"] == "百分之" else "‰"
    ratio = match["ratio"] or match["ratio_before"]
    if ratio:
        return (_read(ratio),), None, "倍"
    if match["tenths"]:
        tens, _, ones = match["tenths"].partition("成")
        return (_DIGITS[tens] * 10.0 + _DIGITS.get(ones, 0),), None, "%"
    return ((50.0,), None, "%") if match["half"] else None


def _water_class(match: re.Match[str], folded: str, number: Span) -> Quantity | None:
    is_name = folded[: match.start()].endswith("劣") or _CLASS_SHARE.match(folded, match.end())
    if is_name or folded[match.end() : match.end() + 1] != "类":
        return None
    value = float(_ROMAN[match["roman"]])
    return Quantity(Span(number.start, number.end + 1), number, (value,), None, "类")


def _chinese(match: re.Match[str], folded: str, text: str) -> Quantity | None:
    if _PLAIN_WORDS.match(folded[match.start() : match.start() + 4]):
        return None
    end = match.end()
    while end > match.start():
        # 三万吨: the multiple may belong to the number or to the unit; the unit keeps it, as it is written.
        trimmed = folded[match.start() : end]
        unit = _CHINESE_UNIT.match(folded, end)
        if unit is not None and _is_numeral(trimmed) and _WELL_FORMED.fullmatch(trimmed):
            written, stop = _unit_at(folded, text, end)
            value, number = _read(trimmed), Span(match.start(), end)
            if written == _TENTH:
                value, written = value * 10.0, "%"
            return Quantity(Span(match.start(), stop), number, (value,), None, written)
        if trimmed[-1] not in _LARGE and trimmed[-1] not in _STEPS:
            return None
        end -= 1
    return None


def _is_numeral(text: str) -> bool:
    return text[0] in _DIGITS or text[0] == "十"


def _unit_at(folded: str, text: str, at: int) -> tuple[str | None, int]:
    found = _UNIT.match(folded, at)
    if found is None:
        return None, at
    start, end = found.span("unit")
    while end > start:
        # 吨以上 or 米/某: a tail that makes no unit is not part of it.
        if read_unit(_spelled(folded[start:end])) is not None:
            foreign = _FOREIGN.match(folded, end)
            end = foreign.end() if foreign else end
            return text[start:end], end
        shorter = _UNIT.match(folded[:end].rsplit("/", 1)[0], at) if "/" in folded[start:end] else None
        if shorter is None or shorter.end("unit") >= end:
            break
        start, end = shorter.span("unit")
    return None, at


def _spelled(unit: str) -> str:
    for sign, spelling in _COMPATIBLE.items():
        unit = unit.replace(sign, spelling)
    return unit


def _read(text: str) -> float:
    if text[0].isdigit():
        return float(text.replace(",", ""))
    whole, _, part = text.partition("点")
    fraction = "".join(str(_DIGITS[character]) for character in part if character in _DIGITS)
    return float(f"{_whole(whole)}.{fraction}") if fraction else float(_whole(whole))


def _whole(text: str) -> int:
    """Read a Chinese integer: 三十五, 一百二十, 两万, 十."""
    if all(character in _DIGITS for character in text) and len(text) > 1:
        return int("".join(str(_DIGITS[character]) for character in text))
    total = section = digit = 0
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        elif character in _STEPS:
            section, digit = section + (digit or 1) * _STEPS[character], 0
        else:
            total, section, digit = (total + (section + digit or 1)) * _LARGE[character], 0, 0
    return total + section + digit
