"""Limits on totals, replacement and what a project adds: tonnes there, tonnes added, tonnes replaced."""

from collections.abc import Mapping
from typing import Any

from sxyd_pipeline.core.access.inherit_subjects import Limit
from sxyd_pipeline.core.access.metrics import holds, margin_of
from sxyd_pipeline.core.access.project import (
    ARGUE,
    CONFORM,
    REFUSED,
    UNDECIDABLE,
    Estimate,
    Facts,
    Finding,
    Project,
)
from sxyd_pipeline.core.access.rules import readable

Row = Mapping[str, Any]
KG_PER_T = 1e3
#: Emissions below a kilogram a year are none.
NOTHING_T = 1e-3
_SUBJECTS_ZH = {"coal": "煤炭", "energy": "综合能耗"}


class Case:
    """Project, estimate and facts of one judgement, with the short words judges use."""

    def __init__(self, project: Project, estimate: Estimate, facts: Facts) -> None:
        """Keep what every judge looks at."""
        self.project, self.estimate, self.facts = project, estimate, facts

    def added(self, subject: str) -> float:
        """Return tonnes a year the project adds of a species, of coal or of energy (tce)."""
        if subject == "coal":
            return self.estimate.coal_t
        if subject == "energy":
            return self.estimate.energy_kgce / KG_PER_T
        return self.estimate.emissions_t.get(subject, 0.0)

    def replaced(self, subject: str) -> float:
        """Return tonnes a year removed elsewhere for the project."""
        return self.project.replaces_t.get(subject, 0.0)

    def load(self, clause: Row, limit: Limit, subject: str) -> float | None:
        """Return what the scope of a total carries without the project in the year of the limit."""
        local = clause["level"] == "control_unit"
        scope = (
            ("control_unit", self.facts.place.control_unit_code)
            if local
            else ("city", str(clause["city_code"]))
        )
        for year in (limit.target_year, self.facts.year):
            if year is not None and (*scope, subject, year) in self.facts.loads:
                return self.facts.loads[*scope, subject, year]
        return None


def compared(limit: Limit, operator: str, actual: float, zh: str, en: str) -> Finding:
    """Return the finding of a value against its limit."""
    margin = margin_of(actual, limit.value, operator)
    verdict = CONFORM if holds(actual, limit.value, operator) else REFUSED
    unit = limit.metric.unit
    told = f"{readable(actual)} {unit}，限值 {operator} {readable(limit.value)} {unit}"
    told_en = f"{readable(actual)} {unit}, limit {operator} {readable(limit.value)} {unit}"
    needed = "" if verdict == CONFORM else f"{limit.metric.zh}须改善 {readable(abs(margin))} {unit}"
    needed_en = "" if verdict == CONFORM else f"improve by {readable(abs(margin))} {unit}"
    return Finding(
        verdict, f"{zh} {told}", f"{en}: {told_en}", needed, needed_en, actual, limit.value, unit, margin
    )


def _subjects(limit: Limit) -> list[str]:
    return [one for one in limit.metric.project.partition(":")[2].split(";") if one]


def judge_mass_cap(clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Load without the project + what it adds - what it replaces <= cap.

    A cap of a year behind the one asked for is to be argued, not refused.
    """
    subject = _subjects(limit)[0]
    net = case.added(subject) - case.replaced(subject)
    unit = limit.metric.unit
    if net <= NOTHING_T:
        return Finding(
            CONFORM,
            f"项目{limit.metric.zh}净增 {readable(net)} {unit}，不增加总量",
            f"net addition {readable(net)} {unit}",
            actual=net,
            threshold=limit.value,
            unit=unit,
        )
    load = case.load(clause, limit, subject)
    if load is None:
        return Finding(
            UNDECIDABLE,
            f"缺少范围内{limit.metric.zh}的现状值",
            "what the scope carries now is not known",
            threshold=limit.value,
            unit=unit,
        )
    total, margin = load + net, limit.value - load - net
    year = limit.target_year or case.facts.year
    zh = (
        f"{year} 年负荷（基准情景）{readable(load)}＋项目净增 {readable(net)}"
        f"＝{readable(total)} {unit}，限值 {readable(limit.value)} {unit}"
    )
    en = (
        f"{year} (baseline): {readable(load)} + {readable(net)} of the project "
        f"= {readable(total)} {unit}, cap {readable(limit.value)} {unit}"
    )
    if margin >= 0:
        return Finding(CONFORM, zh, en, actual=total, threshold=limit.value, unit=unit, margin=margin)
    before = limit.value - load
    zh += f"；不含项目已{'超出 ' + readable(-before) if before < 0 else '剩余 ' + readable(before)} {unit}"
    # A cap of a later year is no bar today, but the project must say how it will be met.
    is_later = limit.target_year is not None and limit.target_year > case.facts.year
    needed = f"须再落实范围内削减来源 {readable(-margin)} {unit}/年" + (
        f"（{year} 年前）" if is_later else ""
    )
    return Finding(
        ARGUE if is_later else REFUSED,
        zh,
        en,
        needed,
        f"find {readable(-margin)} {unit}/a more to remove inside the scope",
        total,
        limit.value,
        unit,
        margin,
    )


def judge_replacement(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Removed elsewhere >= ratio x added, for every species."""
    needs = {one: limit.value * case.added(one) for one in _subjects(limit) if case.added(one) > NOTHING_T}
    if not needs:
        return Finding(
            CONFORM,
            "项目不排放该类污染物，无须替代",
            "the project emits none of them",
            threshold=limit.value,
            unit=limit.metric.unit,
        )
    short = {
        one: need - case.replaced(one)
        for one, need in needs.items()
        if case.replaced(one) < need * (1 - 1e-9)
    }
    listed = "、".join(f"{one} {readable(need)} t" for one, need in needs.items())
    listed_en = ", ".join(f"{one} {readable(need)} t" for one, need in needs.items())
    zh, en = f"按 {readable(limit.value)} 倍需替代 {listed}", f"{readable(limit.value)} times: {listed_en}"
    ratio = min(case.replaced(one) / case.added(one) for one in needs)
    margin = ratio - limit.value
    if not short:
        return Finding(
            CONFORM,
            f"{zh}，已落实",
            f"{en}; secured",
            actual=ratio,
            threshold=limit.value,
            unit=limit.metric.unit,
            margin=margin,
        )
    missing = "、".join(f"{one} {readable(gap)} t" for one, gap in short.items())
    missing_en = ", ".join(f"{one} {readable(gap)} t" for one, gap in short.items())
    stated = any(case.replaced(one) > 0 for one in needs)
    return Finding(
        REFUSED if stated else ARGUE,
        f"{zh}，尚缺 {missing}" if stated else f"{zh}，项目未说明替代来源",
        f"{en}; missing {missing_en}",
        f"须落实削减来源 {missing}/年",
        f"secure {missing_en} a year",
        ratio,
        limit.value,
        limit.metric.unit,
        margin,
    )


def judge_added(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Sum of pollutants added less replaced."""
    net = sum(case.added(one) - case.replaced(one) for one in limit.metric.subject)
    return compared(limit, "<=", net, "主要大气污染物净增", "net pollutants")


def judge_added_coal(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Coal added less replaced."""
    net = case.added("coal") - case.replaced("coal")
    return compared(limit, "<=", net, "煤炭净增", "net coal")


def judge_coal_use(clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Coal of the scope's plants with the project."""
    net = case.added("coal") - case.replaced("coal")
    if net <= NOTHING_T:
        return Finding(
            CONFORM,
            "项目不新增用煤",
            "the project adds no coal",
            actual=net,
            threshold=limit.value,
            unit=limit.metric.unit,
        )
    load = case.load(clause, limit, "coal")
    if load is None:
        return Finding(
            UNDECIDABLE,
            "缺少范围内用煤现状",
            "coal used in the scope is not known",
            threshold=limit.value,
            unit=limit.metric.unit,
        )
    return compared(
        limit,
        "<=",
        load + net,
        f"现状用煤 {readable(load)}＋净增 {readable(net)}＝",
        f"coal now {readable(load)} + {readable(net)}",
    )


_AREA_SUBJECTS = {
    "co2": "CO2", "nox": "NOx", "so2": "SO2", "vocs": "VOCs", "nh3": "NH3", "pm25": "PM2.5",
    "primary_pm25": "PM2.5", "coal": "coal", "energy": "energy",
}  # fmt: skip


def judge_area_target(clause: Row, limit: Limit, case: Case) -> Finding | None:
    """A target of a whole area: what the project adds to it is told, the area decides."""
    subject = next(
        (s for word, s in _AREA_SUBJECTS.items() if limit.metric.code.startswith(f"{word}_")), None
    )
    net = None if subject is None else case.added(subject) - case.replaced(subject)
    if net is None:
        return None
    if net <= NOTHING_T:
        return Finding(
            CONFORM,
            f"项目{_SUBJECTS_ZH.get(str(subject), subject)}净增 {readable(net)}，不影响该区域目标",
            f"net {subject} {readable(net)}",
        )
    unit = "tce" if subject == "energy" else "t"
    load = case.facts.loads.get(("city", str(clause["city_code"]), str(subject), case.facts.year))
    share = f"，为全市的 {readable(net / load * 100)}%" if load else ""
    share_en = f", {readable(net / load * 100)} % of the city" if load else ""
    zh = (
        f"区域目标，不对单个项目下结论；项目净增{_SUBJECTS_ZH.get(str(subject), f' {subject} ')} "
        f"{readable(net)} {unit}{share}"
    )
    return Finding(
        ARGUE,
        zh,
        f"target of the area; the project adds {readable(net)} {unit} of {subject}{share_en}",
        "说明区域目标下的来源与消纳",
        "say how the area's target bears it",
        actual=net,
        unit=unit,
    )
