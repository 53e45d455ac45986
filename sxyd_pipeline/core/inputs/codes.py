"""Area codes of one city."""

_PROVINCE_DIGITS, _CITY_DIGITS = 2, 4


def city_prefix(adcode: str) -> str:
    """Return the leading digits that all districts of a city share.

    Two for a municipality (``110000``), four for a prefecture-level city (``321100``), all six for
    a county-level city under its province (``429004``).
    """
    if adcode.endswith("0000"):
        return adcode[:_PROVINCE_DIGITS]
    return adcode[:_CITY_DIGITS] if adcode.endswith("00") else adcode
