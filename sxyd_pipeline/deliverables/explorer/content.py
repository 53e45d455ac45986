# ruff: noqa: E501 - one indicator, one line: the list is read as a table
"""What the page knows: areas, indicators, cards, clauses, measures, each by position for a small file."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import polars as pl

from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.explorer.clauses import pack_clauses
from sxyd_pipeline.deliverables.explorer.measures import pack_measures, pack_totals
from sxyd_pipeline.deliverables.explorer.project import project_rules
from sxyd_pipeline.deliverables.explorer.queries import example_queries
from sxyd_pipeline.deliverables.explorer.shapes import frame_of, pack_layer
from sxyd_pipeline.vocabulary.activities import ALL_ACTIVITIES
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ControlClass
from sxyd_pipeline.vocabulary.levers import SHIPPED_SCENARIOS

#: Digits of every number on the page; the database has all of them.
_DIGITS = 5
_SCORES = "synergy.control_unit_scores"
_TOP_SOURCES = 5
_CLASS_EN = {1: "priority", 2: "key", 3: "general"}
_SCENARIO_EN = {"baseline": "baseline", "policy": "policy", "strengthened": "strengthened"}
_DIMENSION_EN = {
    "space": "space",
    "emission": "pollutants and carbon",
    "risk": "risk",
    "resource": "resources",
}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator of the map.

    Attributes:
        name: name on the page.
        column: column of ``synergy.control_unit_scores``.
        zh: Chinese label.
        en: English label.
        unit: unit of measure.
        categories: labels of a class, highest first; empty for numbers.
        flags: ``table`` (a column of the table), ``card`` (a line of the card), ``signed``, ``additive``.
    """

    name: str
    column: str
    zh: str
    en: str
    unit: str = ""
    categories: tuple[str, ...] = ()
    flags: tuple[str, ...] = ("card",)


INDICATORS = (
    Indicator("composite_score", "composite_score", "协同综合得分", "composite score", "", (), ("table", "card")),
    Indicator("score_class", "score_class", "协同等级", "score class", "", ("极显著", "显著", "一般", "不显著")),
    Indicator("quadrant", "quadrant", "污碳象限", "quadrant", "", ("双高", "高污低碳", "低污高碳", "双低"), ("table", "card")),
    Indicator("co2_t", "co2_t", "CO2 排放", "CO2", "t/a", (), ("table", "card", "additive")),
    Indicator("apeq_t", "apeq_t", "污染当量", "pollution equivalents", "t/a", (), ("table", "card", "additive")),
    Indicator("co2_density", "co2_density_t_per_km2", "CO2 排放密度", "CO2 density", "t/km²"),
    Indicator("apeq_density", "apeq_density_t_per_km2", "污染当量密度", "APeq density", "t/km²"),
    Indicator("co2_lq", "co2_lq", "CO2 区位商", "CO2 location quotient"),
    Indicator("apeq_lq", "apeq_lq", "污染当量区位商", "APeq location quotient"),
    Indicator("target_pressure", "target_pressure", "目标压力", "target pressure", "", (), ("table", "card")),
    Indicator("reduction_potential", "reduction_potential_share", "减排潜力", "reduction potential"),
    Indicator("homology", "homology", "碳污同源性 H1", "homology H1"),
    Indicator("top_class_probability", "top_class_probability", "进入首档概率", "P(top class)"),
)  # fmt: skip


def content_of(edition: Edition, language: Language) -> dict[str, Any]:
    """Return everything the page shows, as plain values that JSON takes."""
    units = edition.layer("zoning.control_units").sort_values("control_unit_code", ignore_index=True)
    districts = edition.layer("zoning.districts").sort_values("district_code", ignore_index=True)
    zones = edition.layer("zoning.zones").sort_values("zone_code", ignore_index=True)
    frame = frame_of(units)
    codes = [str(code) for code in units["control_unit_code"]]
    place_of_district = {code: i for i, code in enumerate(districts["district_code"])}
    scenarios, years = slices_of(edition)
    return {
        "meta": _meta(edition, language),
        "about": _about(edition),
        "scenarios": [{"id": one, "zh": zh, "en": _SCENARIO_EN.get(one, one)} for one, zh in scenarios],
        "years": years,
        "indicators": [_described(one) for one in INDICATORS],
        "classes": {int(one): {"zh": one.zh, "en": _CLASS_EN[int(one)]} for one in ControlClass},
        "dimensions": {code: {"zh": zh, "en": _DIMENSION_EN[code]} for code, zh in DIMENSIONS.items()},
        "units": {
            "code": codes,
            "name": [str(name) for name in units["control_unit_name"]],
            "cls": [int(one) for one in units["control_class"]],
            "district": [place_of_district.get(code, -1) for code in units["district_code"]],
            "area": [rounded(value) for value in units["area_km2"]],
        },
        "districts": [
            {"code": code, "name": name}
            for code, name in zip(districts["district_code"], districts["district_name"], strict=True)
        ],
        "zones": _zones(zones),
        "geo": {
            "box": [round(value, 7) for value in frame.box],
            "size": list(frame.size),
            "units": pack_layer(units, frame, tiles=True),
            "districts": pack_layer(districts, frame, tiles=True),
            "zones": pack_layer(zones, frame, tiles=False),
        },
        "fuels": [{"code": one.code, "name": one.zh} for one in ALL_ACTIVITIES if one.kind == "fuel"],
        "totals": pack_totals(edition),
        "queries": example_queries(edition),
        "tables": [],
        "left_out": [],
        **_scores(edition, codes, [one for one, _ in scenarios], years),
        "project": project_rules(edition.province),
        **pack_clauses(edition, codes),
        **pack_measures(edition),
    }


def slices_of(edition: Edition) -> tuple[list[tuple[str, str]], list[int]]:
    """Return the scenarios with their names, shipped ones first, and the years of the scores."""
    scores = edition.table(_SCORES)
    named = dict(
        edition.table("projection.drivers")
        .select("scenario_id", "scenario_name")
        .unique()
        .sort("scenario_id")
        .rows()
    )
    found = scores["scenario_id"].unique().sort().to_list()
    ordered = [one for one in SHIPPED_SCENARIOS if one in found]
    ordered += [one for one in found if one not in SHIPPED_SCENARIOS]
    names = [(one, named.get(one) or SHIPPED_SCENARIOS.get(one, one)) for one in ordered]
    return names, scores["year"].unique().sort().to_list()


def rounded(value: float | None) -> float | None:
    """Return a number with as many digits as the page shows; what is missing stays missing."""
    if value is None or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return None
    return float(f"{value:.{_DIGITS}g}")


def _meta(edition: Edition, language: Language) -> dict[str, Any]:
    return {
        "language": language,
        "release": edition.release_id,
        "city": edition.city_name,
        "base_year": edition.base_year,
        "example": edition.is_example,
        "crs": "CGCS2000 (EPSG:4490)",
        "map_review": f"审图号 {edition.shown('map_review_number', 'zh')}",
    }


def _about(edition: Edition) -> list[list[str]]:
    modules = "、".join(sorted(edition.modules)) or "–"
    rows = [
        ("发布编号", "release", edition.release_id),
        ("输入校验和", "hash of the inputs", edition.inputs_hash),
        ("程序版本", "version of the program", edition.code_version),
        ("规范版本", "version of the specification", edition.spec_version),
        ("基准年", "base year", str(edition.base_year)),
        ("GWP 取值", "warming potentials", edition.gwp_set),
        ("可选模块", "optional modules", modules),
        ("数据性质", "nature of the data", edition.data_label or "–"),
    ]
    imprint = zip(edition.imprint("zh").items(), edition.imprint("en").items(), strict=True)
    rows += [(zh, en, f"{said_zh} / {said_en}" if said_zh != said_en else said_zh) for (zh, said_zh), (en, said_en) in imprint]  # fmt: skip
    return [list(row) for row in rows]


def _described(one: Indicator) -> dict[str, Any]:
    described: dict[str, Any] = {"id": one.name, "zh": one.zh, "en": one.en, "unit": one.unit}
    if one.categories:
        described["categories"] = list(one.categories)
    return described | dict.fromkeys(one.flags, True)


def _zones(zones: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    columns = ("zone_code", "zone_name", "element", "control_class", "zone_type", "zone_type_name")
    names = ("code", "name", "element", "cls", "type", "type_name")
    return [
        {name: _plain(row[column]) for name, column in zip(names, columns, strict=True)}
        for row in zones[list(columns)].to_dict("records")
    ]


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def _scores(
    edition: Edition, codes: Sequence[str], scenarios: Sequence[str], years: Sequence[int]
) -> dict[str, Any]:
    """Return values, ranks and contributions by scenario, year and position of the unit, reasons by unit first."""
    scores = edition.table(_SCORES)
    parts = edition.table("synergy.score_contributions").filter(pl.col("layer") == "control_unit")
    components = parts.select("component", "component_name").unique(maintain_order=True).sort("component")
    values: dict[str, dict[str, list[Any]]] = {one.name: {} for one in INDICATORS}
    ranks, reasons, shares = (dict[str, list[Any]]() for _ in range(3))
    for scenario in scenarios:
        for year in years:
            rows = _in_order(scores, scenario, year, codes)
            for one in INDICATORS:
                values[one.name].setdefault(scenario, []).append(_column(rows[one.column], one.categories))
            listed = rows.select("rank", "rank_low", "rank_high", "top_class_probability").rows()
            ranks.setdefault(scenario, []).append([[*row[:3], rounded(row[3])] for row in listed])
            reasons.setdefault(scenario, []).append(rows.select("reason_zh", "reason_en").rows())
            shares.setdefault(scenario, []).append(
                _contributions(parts, scenario, year, codes, components["component"].to_list())
            )
    named = [{"zh": zh, "en": name.replace("_", " ")} for name, zh in components.rows()]
    sources = _sources(parts, scenarios[0], years[0], codes)
    # Texts of one unit differ in few words: side by side they take three fifths of the room.
    told = [
        {scenario: [texts[place] for texts in by_year] for scenario, by_year in reasons.items()}
        for place in range(len(codes))
    ]
    return {
        "values": values, "ranks": ranks, "reasons": told, "components": named, "contributions": shares,
        "sources": sources,
    }  # fmt: skip


def _in_order(scores: pl.DataFrame, scenario: str, year: int, codes: Sequence[str]) -> pl.DataFrame:
    wanted = pl.DataFrame({"control_unit_code": codes})
    here = scores.filter(pl.col("scenario_id") == scenario, pl.col("year") == year)
    return wanted.join(here, on="control_unit_code", how="left", maintain_order="left")


def _column(values: pl.Series, categories: Sequence[str]) -> list[Any]:
    if categories:
        place: Mapping[str, int] = {label: i for i, label in enumerate(categories)}
        return [place.get(value) for value in values]
    return [rounded(value) for value in values]


def _contributions(
    parts: pl.DataFrame, scenario: str, year: int, codes: Sequence[str], components: Sequence[str]
) -> list[list[float | None]]:
    here = parts.filter(pl.col("scenario_id") == scenario, pl.col("year") == year)
    found = {
        (code, name): value for code, name, value in here.select("code", "component", "contribution").rows()
    }
    return [[rounded(found.get((code, name), 0.0)) for name in components] for code in codes]


def _sources(parts: pl.DataFrame, scenario: str, year: int, codes: Sequence[str]) -> list[list[str]]:
    """Return the largest sources of every unit in words, CO2 first."""
    here = parts.filter(
        pl.col("scenario_id") == scenario, pl.col("year") == year, pl.col("component").is_in(["co2_density", "apeq_density"])
    ).sort("component", descending=True)  # fmt: skip
    words: dict[str, list[str]] = {}
    for code, listed in here.select("code", "top_sources").rows():
        for one in json.loads(listed or "[]"):
            text = f"{one['name']}：{one['species']} {one['tonnes']:,.0f} t（{one['share']:.0%}）"
            words.setdefault(code, []).append(text)
    return [words.get(code, [])[: 2 * _TOP_SOURCES] for code in codes]
