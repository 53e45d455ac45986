"""Grammar of the codes users type: units, zones, areas, credit codes, industries.

The grammar of unit and zone codes is rebuilt from published codes and platform sources,
because the official data specification was never published in full.
"""

import re
from dataclasses import dataclass

CONTROL_UNIT_CODE = re.compile(r"^(ZH|HY)(\d{6})([123])(\d{4})$")
ZONE_CODE = re.compile(r"^YS(\d{6})([123])([1-5])(\d)(\d{4})$")
ADCODE = re.compile(r"^\d{6}$")
INDUSTRY_CODE = re.compile(r"^\d{4}$")

#: GB 32100-2015: the alphabet leaves out I, O, S, V and Z; weights are powers of 3 modulo 31.
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_LENGTH = 18


@dataclass(frozen=True, slots=True)
class ControlUnitCode:
    """A control unit code taken apart."""

    prefix: str
    adcode: str
    control_class: int
    serial: str


@dataclass(frozen=True, slots=True)
class ZoneCode:
    """An element zone code taken apart; ``triple`` is class, element, subtype."""

    adcode: str
    control_class: int
    element_digit: str
    subtype: str
    serial: str

    @property
    def triple(self) -> str:
        """Class-element-subtype digits, the key of the zone type table."""
        return f"{self.control_class}{self.element_digit}{self.subtype}"


def parse_control_unit_code(code: str) -> ControlUnitCode | None:
    """Return the parts of a control unit code, or None when the grammar does not hold."""
    match = CONTROL_UNIT_CODE.match(code)
    if match is None:
        return None
    prefix, adcode, control_class, serial = match.groups()
    return ControlUnitCode(prefix, adcode, int(control_class), serial)


def parse_zone_code(code: str) -> ZoneCode | None:
    """Return the parts of an element zone code, or None when the grammar does not hold."""
    match = ZONE_CODE.match(code)
    if match is None:
        return None
    adcode, control_class, element, subtype, serial = match.groups()
    return ZoneCode(adcode, int(control_class), element, subtype, serial)


def has_valid_credit_code(uscc: str) -> bool:
    """Tell whether a unified social credit code (统一社会信用代码) carries its right check digit.

    References:
        GB 32100-2015, section 5: C18 = 31 - sum(C_i * 3^(i-1)) mod 31.
    """
    if len(uscc) != _USCC_LENGTH or any(character not in _USCC_ALPHABET for character in uscc):
        return False
    total = sum(
        _USCC_ALPHABET.index(character) * pow(3, position, 31) for position, character in enumerate(uscc[:-1])
    )
    return _USCC_ALPHABET[(31 - total % 31) % 31] == uscc[-1]
