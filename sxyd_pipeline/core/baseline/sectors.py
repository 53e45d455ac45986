"""Sectors of an energy balance, brought to the three sectors of national accounts and households."""

from collections.abc import Sequence

PRIMARY, SECONDARY, TERTIARY, HOUSEHOLDS = "primary", "secondary", "tertiary", "households"

_SPELLINGS = {
    PRIMARY: ("primary", "agriculture", "农业", "农林牧渔业", "农、林、牧、渔业", "第一产业", "a"),
    SECONDARY: (
        "secondary", "industry", "manufacturing", "mining", "power", "power_heat", "heat_power", "energy",
        "construction", "工业", "制造业", "采矿业", "电力", "电力热力",
        "电力、热力", "建筑业", "第二产业", *"bcde",
    ),
    TERTIARY: (
        "tertiary", "transport", "commercial", "commerce", "services", "service", "trade", "public", "交通",
        "交通运输", "交通运输、仓储和邮政业", "批发零售住宿餐饮", "批发、零售业和住宿、餐饮业",
        "服务业", "商业", "其他", "第三产业",
        *"fghijklmnopqrst",
    ),
    HOUSEHOLDS: ("households", "household", "residential", "居民", "居民生活", "生活消费", "生活"),
}  # fmt: skip
_GROUP_OF = {spelling: group for group, spellings in _SPELLINGS.items() for spelling in spellings}

#: Divisions of GB/T 4754-2017: 01-05 is section A, 06-50 sections B to E, 51-97 the services.
_LAST_PRIMARY, _LAST_SECONDARY = 5, 50

#: Indicators of the city's three sectors in ``inputs.economy``.
VALUE_ADDED = {
    PRIMARY: "value_added_primary",
    SECONDARY: "value_added_secondary",
    TERTIARY: "value_added_tertiary",
}


def group_of_sector(sector_code: str) -> str | None:
    """Return the group of a sector as balances write it (word, section letter, division), else None."""
    folded = sector_code.strip().lower()
    if folded in _GROUP_OF:
        return _GROUP_OF[folded]
    digits = folded.lstrip("abcdefghijklmnopqrst")[:2]
    if len(digits) == len("30") and digits.isdigit():
        division = int(digits)
        if division <= _LAST_PRIMARY:
            return PRIMARY
        return SECONDARY if division <= _LAST_SECONDARY else TERTIARY
    return None


def group_sectors(sector_codes: Sequence[str]) -> dict[str, str] | None:
    """Return the group of every sector, or None when one of them belongs to no known group."""
    groups = {code: group_of_sector(code) for code in sector_codes}
    known = {code: group for code, group in groups.items() if group is not None}
    return known if len(known) == len(groups) else None
