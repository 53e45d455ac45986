"""How a number is written, once for both files: as officials write it (万吨, 亿元, %)."""

import math
from collections.abc import Callable
from typing import Literal

Language = Literal["zh", "en"]
MINUS = "−"
#: From here on tonnes are written in 万吨.
_T_PER_10KT = 10_000.0
_HUNDRED, _TEN, _ONE = 100.0, 10.0, 1.0


def fixed(value: float, digits: int) -> str:
    """Write a number with so many decimals, a real minus sign, and never a negative zero."""
    text = f"{abs(value):.{digits}f}"
    negative = value < 0 and float(text) != 0.0
    return f"{MINUS}{text}" if negative else text


def grouped(value: float, digits: int = 0) -> str:
    """Write a number with thousands apart, as English text does."""
    text = f"{abs(value):,.{digits}f}"
    negative = value < 0 and float(text.replace(",", "")) != 0.0
    return f"{MINUS}{text}" if negative else text


def _digits(size: float) -> int:
    """Decimals that leave three or four figures."""
    if size >= _HUNDRED:
        return 1
    return 2 if size >= _ONE else 3


def mass(value: float, language: Language) -> str:
    """Write tonnes: 4662.8万吨, 8976吨, 3.25吨; in English Mt, kt, t."""
    size = abs(value)
    if language == "zh":
        if size >= _T_PER_10KT:
            scaled = value / _T_PER_10KT
            return f"{fixed(scaled, _digits(abs(scaled)))}万吨"
        return f"{fixed(value, _small_digits(size))}吨"
    for factor, unit in ((1e6, "Mt"), (1e3, "kt")):
        if size >= factor:
            return f"{fixed(value / factor, 1 if size / factor >= _HUNDRED else 2)} {unit}"
    return f"{fixed(value, _small_digits(size))} t"


def _small_digits(size: float) -> int:
    if size >= _HUNDRED or size == 0.0:
        return 0
    return 1 if size >= _TEN else 2


def energy(value: float, language: Language) -> str:
    """Write tonnes of standard coal."""
    if language == "zh":
        scaled = value / _T_PER_10KT
        return f"{fixed(scaled, _digits(abs(scaled)))}万吨标准煤"
    return f"{fixed(value / 1e6, 2)} Mtce"


def money(value: float, language: Language) -> str:
    """Write yuan: 4220.1亿元, 35.2万元."""
    size = abs(value)
    if language == "zh":
        for factor, unit in ((1e8, "亿元"), (1e4, "万元")):
            if size >= factor:
                return f"{fixed(value / factor, _digits(size / factor))}{unit}"
        return f"{fixed(value, 0)}元"
    for factor, unit in ((1e9, "billion"), (1e6, "million")):
        if size >= factor:
            return f"CNY {fixed(value / factor, 2)} {unit}"
    return f"CNY {grouped(value)}"


def share(value: float, _language: Language = "zh") -> str:
    """Write a share of one as a percentage with one decimal."""
    return f"{fixed(value * 100.0, 1)}%"


def area(value: float, language: Language) -> str:
    """Write square kilometres."""
    return f"{fixed(value, 1)}平方公里" if language == "zh" else f"{grouped(value, 1)} km2"


def count(value: float, language: Language) -> str:
    """Write a whole number."""
    return grouped(value) if language == "en" else fixed(value, 0)


def people(value: float, language: Language) -> str:
    """Write a number of people."""
    return f"{fixed(value / 1e4, 1)}万人" if language == "zh" else f"{fixed(value / 1e6, 2)} million"


def concentration(value: float, language: Language) -> str:
    """Write micrograms per cubic metre."""
    return f"{fixed(value, 1)}微克/立方米" if language == "zh" else f"{fixed(value, 1)} µg/m3"


def density(value: float, language: Language) -> str:
    """Write tonnes per square kilometre."""
    if language == "zh" and abs(value) >= _T_PER_10KT:
        return f"{fixed(value / _T_PER_10KT, 1)}万吨/平方公里"
    return f"{fixed(value, 1)}吨/平方公里" if language == "zh" else f"{grouped(value)} t/km2"


def equivalents(value: float, language: Language) -> str:
    """Write tonnes of pollution equivalents."""
    return f"{mass(value, language)}{'当量' if language == 'zh' else ' of equivalents'}"


def _unit(zh: str, en: str, factor: float, digits: int) -> Callable[[float, Language], str]:
    return lambda value, language: f"{fixed(value / factor, digits)}{zh if language == 'zh' else en}"


def _bare(digits: int, factor: float = 1.0) -> Callable[[float, Language], str]:
    return lambda value, _language: fixed(value / factor, digits)


#: Kinds of values a headline or a column of a table may be, with how each is written.
KINDS: dict[str, Callable[[float, Language], str]] = {
    "mass": mass,
    "equivalents": equivalents,
    "energy": energy,
    "money": money,
    "share": share,
    "area": area,
    "count": count,
    "people": people,
    "concentration": concentration,
    "year": lambda value, language: f"{fixed(value, 0)}{'年' if language == 'zh' else ''}",
    "per_gdp": _unit("吨/万元", " t per CNY 10,000", 1e4, 3),
    "per_gdp_kg": _unit("千克/万元", " kg per CNY 10,000", 10.0, 3),
    "per_head": _unit("吨/人", " t per head", 1e3, 2),
    "density": density,
    "unit_cost": _unit("元/吨", " CNY/t", 1.0, 0),
    "index": _bare(3),
    "ratio": _bare(2),
    "one": _bare(1),
    "whole": count,
    "t0": _bare(0),
    "t1": _bare(1),
    "t2": _bare(2),
    "mass_10kt": _bare(2, 1e4),
    "mass_10kt1": _bare(1, 1e4),
    "hundred_million": lambda value, language: (
        f"{fixed(value / 1e8, 2)}{'亿' if language == 'zh' else ' × 100 million '}"
    ),
    "money_100m": _bare(2, 1e8),
    "money_10k": _bare(1, 1e4),
    "percent": _bare(1, 0.01),
    "kt": _bare(2, 1e3),
    "p": lambda value, _language: "<0.001" if value < 0.001 else fixed(value, 3),  # noqa: PLR2004 - p values end there
}


def written(value: float | None, kind: str, language: Language) -> str:
    """Write a value of a kind; what is missing is a dash.

    Raises:
        KeyError: there is no such kind.
    """
    if value is None or math.isnan(value):
        return "—"
    return KINDS[kind](float(value), language)
