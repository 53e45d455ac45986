"""Environmental elements (环境要素), control classes and access-list dimensions."""

from enum import Enum, IntEnum


class ControlClass(IntEnum):
    """Control class of a zone or control unit; the digit is the one inside its code."""

    PRIORITY = 1
    KEY = 2
    GENERAL = 3

    @property
    def zh(self) -> str:
        """Chinese term."""
        return {1: "优先保护", 2: "重点管控", 3: "一般管控"}[int(self)]


class Element(Enum):
    """An element with its own zone layer. ``digit`` is the one inside a YS code, if it has one."""

    ECOLOGY = ("ecology", "生态", "1")
    WATER = ("water", "水环境", "2")
    AIR = ("air", "大气环境", "3")
    SOIL = ("soil", "土壤", "4")
    RESOURCES = ("resources", "自然资源", "5")
    COASTAL = ("coastal", "近岸海域", "")

    def __init__(self, code: str, zh: str, digit: str) -> None:
        """Keep the three names of the element."""
        self.code, self.zh, self.digit = code, zh, digit


ELEMENT_BY_CODE = {element.code: element for element in Element}
ELEMENT_BY_DIGIT = {element.digit: element for element in Element if element.digit}

#: Layers every package must bring; the others belong to optional modules.
REQUIRED_LAYERS = ("districts", "air", "resources")
OPTIONAL_LAYERS = ("control_units", "ecology", "water", "soil", "coastal")
LAYERS = (*REQUIRED_LAYERS, *OPTIONAL_LAYERS)
ZONE_LAYERS = tuple(element.code for element in Element)

#: The four dimensions of an access list, with the names used by this pilot (环评函〔2021〕112号).
DIMENSIONS = {
    "space": "空间布局约束",
    "emission": "污染物和碳排放控制",
    "risk": "环境风险防控",
    "resource": "资源利用效率",
}
