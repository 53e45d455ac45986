"""Units of measure of amounts, in Chinese and English, and their conversion.

A unit belongs to one dimension; conversion never crosses dimensions here. (A fuel given in
GJ or tce is brought to tonnes with its calorific value, which is data, not vocabulary.)
"""

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AmountUnit:
    """A unit: its dimension and how many standard units of that dimension it holds."""

    dimension: str
    factor: float


#: Standard unit of each dimension. Amounts are stored in these.
STANDARD_UNITS = {
    "mass": "t", "volume": "m3", "energy": "GJ", "electricity": "kWh", "head": "head", "area": "ha",
    "distance": "km", "vehicle_distance": "vehicle_km", "persons": "persons", "money": "CNY", "count": "count",
    "share": "share", "concentration": "ug_per_m3", "installed_capacity": "MW",
}  # fmt: skip

_BASE: dict[str, AmountUnit] = {
    **dict.fromkeys(("t", "吨", "tonne", "tonnes", "ton", "公吨", "吨/年", "t/a"), AmountUnit("mass", 1.0)),
    **dict.fromkeys(("kg", "千克", "公斤"), AmountUnit("mass", 1e-3)),
    **dict.fromkeys(("g", "克"), AmountUnit("mass", 1e-6)),
    **dict.fromkeys(("kt", "千吨"), AmountUnit("mass", 1e3)),
    **dict.fromkeys(("mt", "百万吨"), AmountUnit("mass", 1e6)),
    **dict.fromkeys(("m3", "立方米", "nm3", "标立方米", "标方", "方"), AmountUnit("volume", 1.0)),
    **dict.fromkeys(("千m3", "千立方米"), AmountUnit("volume", 1e3)),
    **dict.fromkeys(("gj", "吉焦"), AmountUnit("energy", 1.0)),
    **dict.fromkeys(("mj", "兆焦"), AmountUnit("energy", 1e-3)),
    **dict.fromkeys(("tj", "太焦"), AmountUnit("energy", 1e3)),
    **dict.fromkeys(("pj",), AmountUnit("energy", 1e6)),
    # 1 tce = 29.3076 GJ by definition (7000 kcal_IT per kg; GB/T 2589-2020 prints 29 307.6 kJ/kgce).
    **dict.fromkeys(("tce", "吨标准煤", "吨标煤"), AmountUnit("energy", 29.3076)),
    **dict.fromkeys(("kgce", "千克标准煤"), AmountUnit("energy", 29.3076e-3)),
    **dict.fromkeys(("ktce", "千吨标准煤"), AmountUnit("energy", 29.3076e3)),
    **dict.fromkeys(("mtce",), AmountUnit("energy", 29.3076e6)),
    **dict.fromkeys(("kwh", "千瓦时", "度", "千瓦小时"), AmountUnit("electricity", 1.0)),
    **dict.fromkeys(("mwh", "兆瓦时"), AmountUnit("electricity", 1e3)),
    **dict.fromkeys(("gwh",), AmountUnit("electricity", 1e6)),
    **dict.fromkeys(("twh",), AmountUnit("electricity", 1e9)),
    **dict.fromkeys(("head", "头", "只", "羽", "匹", "头(只)"), AmountUnit("head", 1.0)),
    **dict.fromkeys(("ha", "公顷", "hm2"), AmountUnit("area", 1.0)),
    **dict.fromkeys(("亩", "mu"), AmountUnit("area", 1.0 / 15.0)),
    **dict.fromkeys(("km2", "平方公里", "平方千米"), AmountUnit("area", 100.0)),
    **dict.fromkeys(("m2", "平方米"), AmountUnit("area", 1e-4)),
    **dict.fromkeys(("km", "公里", "千米"), AmountUnit("distance", 1.0)),
    **dict.fromkeys(("vehicle_km", "辆·km", "辆km", "车公里", "辆公里", "辆·公里", "vkm"), AmountUnit("vehicle_distance", 1.0)),
    **dict.fromkeys(("persons", "人", "person", "人口"), AmountUnit("persons", 1.0)),
    **dict.fromkeys(("cny", "元", "rmb", "人民币元"), AmountUnit("money", 1.0)),
    **dict.fromkeys(("count", "个", "台", "辆", "座", "家", "次"), AmountUnit("count", 1.0)),
    **dict.fromkeys(("share", "fraction", "1", "比例"), AmountUnit("share", 1.0)),
    **dict.fromkeys(("%", "percent", "百分比"), AmountUnit("share", 0.01)),
    **dict.fromkeys(("ug_per_m3", "ug/m3", "μg/m3", "微克/立方米"), AmountUnit("concentration", 1.0)),
    **dict.fromkeys(("mg/m3", "毫克/立方米"), AmountUnit("concentration", 1e3)),
    **dict.fromkeys(("mw", "兆瓦"), AmountUnit("installed_capacity", 1.0)),
    **dict.fromkeys(("kw", "千瓦"), AmountUnit("installed_capacity", 1e-3)),
}  # fmt: skip

_MULTIPLIERS = (
    ("亿", 1e8), ("百万", 1e6), ("万", 1e4), ("千", 1e3), ("1e8", 1e8), ("1e4", 1e4), ("10^8", 1e8), ("10^4", 1e4),
)  # fmt: skip
_YEARLY = re.compile(r"(/年|/a|/yr|peryear|每年)$")


def _fold(text: str) -> str:
    # Superscripts would fold into plain digits (10⁴ into 104), so they are spelled out first.
    spelled = text.replace("⁴", "^4").replace("⁸", "^8")
    folded = unicodedata.normalize("NFKC", spelled).strip().replace(" ", "").replace("×", "").lower()
    folded = folded.replace("m³", "m3").replace("µ", "μ").replace("（", "(").replace("）", ")")
    return _YEARLY.sub("", folded)


#: Case is folded, so "MT" reads as megatonnes; a total out of scale is caught by the plausibility checks.
_FOLDED = {_fold(name): unit for name, unit in _BASE.items()}


def parse_amount_unit(text: str) -> AmountUnit | None:
    """Return dimension and factor of a unit as people write it (``万吨``, ``t/a``, ``万m³``), else None."""
    folded = _fold(text)
    if folded in _FOLDED:
        return _FOLDED[folded]
    for word, factor in _MULTIPLIERS:
        rest = folded.removeprefix(word)
        if rest != folded and rest in _FOLDED:
            base = _FOLDED[rest]
            return AmountUnit(base.dimension, base.factor * factor)
    return None


def spellings_of_dimension(dimension: str) -> tuple[str, ...]:
    """Return the spellings accepted for units of a dimension, without multipliers."""
    return tuple(name for name, unit in _BASE.items() if unit.dimension == dimension)
