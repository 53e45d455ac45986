"""``city.toml`` as a :class:`CityConfig`: every key known, every value checked, nothing guessed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from sxyd_pipeline.core.inputs.config import (
    DATUMS,
    MODULES,
    CityConfig,
    Methods,
    Publication,
    StatisticalArea,
)
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.vocabulary.codes import ADCODE
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE

DATA_LABELS = ("", "真实数据", "示例数据")
#: Choices of method beyond those every step needs; kept as they are in ``Methods.extra``.
EXTRA_METHODS = (
    "vocs_equivalent_kg", "pm_equivalent_kg", "grade_scheme", "elasticity_definition", "iapeq_carbon_weight",
    "grid_cell_km", "carbon_price_cny_per_t", "equivalent_price_cny_per_kg", "score_weight_scheme",
    "score_weights", "portfolio_scenario", "portfolio_infeasible",
)  # fmt: skip
_TOP = (
    "adcode", "name", "province", "base_year", "horizons", "data_label", "zoning_valid_from",
    "crs", "modules", "methods", "spec", "publication", "statistical_areas",
)  # fmt: skip
_CRS = ("stored", "coordinates")
_METHODS = ("gwp_set", "priority_elements", "minimum_control_unit_km2", *EXTRA_METHODS)
_PUBLICATION = tuple(one.name for one in fields(Publication))
#: Covers and footers have room for one line or two.
_LONGEST_TEXT = 200
_AREA = ("code", "name", "host_district", "basis")
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
#: Geographic systems a layer without CRS may be declared in: CGCS2000, WGS 84, Beijing 1954, Xi'an 1980.
_GEOGRAPHIC = ("EPSG:4490", "EPSG:4326", "EPSG:4214", "EPSG:4610")


def parse_config(document: Mapping[str, object], file: str = "city.toml") -> CityConfig:
    """Turn the parsed TOML document of a package into its settings.

    Args:
        document: top-level keys and tables of city.toml.
        file: name used in messages.

    Raises:
        InvalidConfigError: a key is unknown or missing, or a value is not allowed; the message
            names the key, the value, and what is allowed.
    """
    top = _Section(document, "", file, _TOP)
    crs, modules = top.section("crs", _CRS), top.section("modules", MODULES)
    base_year = top.year("base_year")
    return CityConfig(
        adcode=top.adcode("adcode"),
        name=top.text("name"),
        province=top.text("province"),
        base_year=base_year,
        horizons=_horizons(top, base_year),
        coordinates=crs.choice("coordinates", DATUMS, "cgcs2000"),
        stored_crs=crs.choice("stored", _GEOGRAPHIC, "EPSG:4490"),
        modules={module: modules.switch(module) for module in MODULES},
        methods=_methods(top.section("methods", _METHODS)),
        spec_version=top.section("spec", ("version",)).text("version", "1"),
        data_label=top.choice("data_label", DATA_LABELS, ""),
        statistical_areas=_statistical_areas(top),
        zoning_valid_from=top.date("zoning_valid_from"),
        publication=_publication(top.section("publication", _PUBLICATION)),
    )


def _is_year(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and _FIRST_YEAR <= value <= _LAST_YEAR


@dataclass(frozen=True, slots=True)
class _Section:
    """One table of the document; reads its values and refuses what is not allowed."""

    entries: Mapping[str, object]
    prefix: str
    file: str
    valid: tuple[str, ...]

    def __post_init__(self) -> None:
        for key in self.entries:
            if key not in self.valid:
                raise InvalidConfigError.unknown_key(self.file, f"{self.prefix}{key}", self.valid)

    def refuse(self, *, key: str, wanted_zh: str, wanted_en: str) -> InvalidConfigError:
        value = self.entries.get(key)
        return InvalidConfigError.not_allowed(self.file, f"{self.prefix}{key}", value, wanted_zh, wanted_en)

    def section(self, key: str, valid: tuple[str, ...]) -> "_Section":
        entries = self.entries.get(key, {})
        if not isinstance(entries, Mapping):
            raise self.refuse(key=key, wanted_zh=f"段落 [{key}]", wanted_en=f"a section [{key}]")
        return _Section(entries, f"{self.prefix}{key}.", self.file, valid)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.entries.get(key, default)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(key=key, wanted_zh="非空文本（带引号）", wanted_en="non-empty text in quotes")
        return value.strip()

    def line(self, key: str) -> str:
        value = self.entries.get(key, "")
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not value.isprintable():
            raise self.refuse(
                key=key,
                wanted_zh=f"一行文本，不超过 {_LONGEST_TEXT} 字",
                wanted_en=f"one line of text, at most {_LONGEST_TEXT} characters",
            )
        return value.strip()

    def adcode(self, key: str) -> str:
        value = self.entries.get(key)
        if not isinstance(value, str) or not ADCODE.match(value):
            raise self.refuse(
                key=key, wanted_zh="带引号的六位行政区划代码", wanted_en="a six-digit area code in quotes"
            )
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str) -> str:
        value = self.entries.get(key, default)
        if value not in allowed:
            names = " | ".join(f'"{name}"' for name in allowed)
            raise self.refuse(key=key, wanted_zh=names, wanted_en=names)
        return str(value)

    def switch(self, key: str) -> bool:
        value = self.entries.get(key, False)
        if not isinstance(value, bool):
            raise self.refuse(key=key, wanted_zh="true | false", wanted_en="true | false")
        return value

    def year(self, key: str) -> int:
        value = self.entries.get(key)
        if not isinstance(value, int) or not _is_year(value):
            span = f"{_FIRST_YEAR}–{_LAST_YEAR}"
            raise self.refuse(
                key=key,
                wanted_zh=f"{span} 之间的年份（不带引号）",
                wanted_en=f"a year of {span} without quotes",
            )
        return value

    def date(self, key: str) -> str:
        value = self.entries.get(key, "")
        if isinstance(value, dt.date):
            return value.isoformat()[:10]
        if value == "":
            return ""
        try:
            return dt.date.fromisoformat(str(value)).isoformat()
        except ValueError:
            raise self.refuse(
                key=key, wanted_zh="日期，如 2021-12-31", wanted_en="a date such as 2021-12-31"
            ) from None


def _horizons(top: _Section, base_year: int) -> tuple[int, ...]:
    years = top.entries.get("horizons", list(CityConfig("", "", "", base_year).horizons))
    if isinstance(years, list) and years and all(_is_year(year) and year > base_year for year in years):
        return tuple(sorted(set(years)))
    zh = f"晚于基准年 {base_year} 的年份列表，如 [2025, 2035]"
    raise top.refuse(
        wanted_zh=zh,
        wanted_en=f"a list of years after the base year {base_year}, such as [2025, 2035]",
        key="horizons",
    )


def _methods(section: _Section) -> Methods:
    default = Methods()
    elements = section.entries.get("priority_elements", list(default.priority_elements))
    if (
        not isinstance(elements, list)
        or not elements
        or not all(name in ELEMENT_BY_CODE for name in elements)
    ):
        names = ", ".join(ELEMENT_BY_CODE)
        raise section.refuse(
            key="priority_elements", wanted_zh=f"由 {names} 组成的列表", wanted_en=f"a list out of {names}"
        )
    area = section.entries.get("minimum_control_unit_km2", default.minimum_control_unit_km2)
    if isinstance(area, bool) or not isinstance(area, int | float) or not 0 <= area < float("inf"):
        raise section.refuse(
            key="minimum_control_unit_km2", wanted_zh="不小于 0 的数字", wanted_en="a number not below 0"
        )
    return Methods(
        gwp_set=section.text("gwp_set", default.gwp_set),
        priority_elements=tuple(elements),
        minimum_control_unit_km2=float(area),
        extra={key: section.entries[key] for key in EXTRA_METHODS if key in section.entries},
    )


def _publication(section: _Section) -> Publication:
    return Publication(**{key: section.line(key) for key in _PUBLICATION})


def _statistical_areas(top: _Section) -> tuple[StatisticalArea, ...]:
    entries = top.entries.get("statistical_areas", [])
    if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
        raise top.refuse(
            key="statistical_areas",
            wanted_zh="[[statistical_areas]] 段落",
            wanted_en="[[statistical_areas]] sections",
        )
    areas: dict[str, StatisticalArea] = {}
    for number, entry in enumerate(entries, start=1):
        section = _Section(entry, f"statistical_areas[{number}].", top.file, _AREA)
        area = StatisticalArea(
            section.adcode("code"),
            section.text("name"),
            section.adcode("host_district"),
            section.text("basis"),
        )
        if area.code in areas:
            raise section.refuse(
                key="code", wanted_zh="不重复的代码", wanted_en="a code that is not used twice"
            )
        if area.code == area.host_district:
            raise section.refuse(
                key="host_district",
                wanted_zh="统计区以外的区县",
                wanted_en="a district other than the area itself",
            )
        areas[area.code] = area
    return tuple(areas.values())
