"""How one clause is held against a project: one small function per word of ``clause_metrics.csv``."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sxyd_pipeline.core.access.inherit_subjects import Limit, limit_of
from sxyd_pipeline.core.access.metrics import holds, margin_of
from sxyd_pipeline.core.access.project import (
    ARGUE,
    CONFORM,
    REFUSED,
    UNDECIDABLE,
    Estimate,
    Facts,
    Finding,
    Judgement,
    Project,
)
from sxyd_pipeline.core.access.project_texts import judge_text, meaning_of
from sxyd_pipeline.core.access.rules import readable
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE

Row = Mapping[str, Any]
Judge = Callable[[Row, Limit, "_Case"], Finding | None]
_CNY_PER_WAN = 1e4
_KG_PER_T = 1e3
#: Emissions below a kilogram a year are none.
_NOTHING_T = 1e-3
#: Traits that the industry codes of a clause have settled before its limit is looked at.
_BY_METRIC = frozenset({"named_industry"})
_SUBJECTS_ZH = {"coal": "煤炭", "energy": "综合能耗"}


class _Case:
    """Project, estimate and facts of one judgement, with the short words judges use."""

    def __init__(self, project: Project, estimate: Estimate, facts: Facts) -> None:
        self.project, self.estimate, self.facts = project, estimate, facts

    def added(self, subject: str) -> float:
        """Return tonnes a year the project adds of a species, of coal or of energy (tce)."""
        if subject == "coal":
            return self.estimate.coal_t
        if subject == "energy":
            return self.estimate.energy_kgce / _KG_PER_T
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


def judge_project(
    reaching: Iterable[tuple[Row, tuple[str, ...]]], project: Project, estimate: Estimate, facts: Facts
) -> list[Judgement]:
    """Hold every clause in effect against the project.

    Args:
        reaching: clauses with the zones they came through.
        project: what is proposed.
        estimate: its emissions and energy.
        facts: place, loads, words.

    Returns:
        Judgements of the clauses that apply, in the order of the clauses; a clause that does not concern
        the project is left out.
    """
    case = _Case(project, estimate, facts)
    found = []
    for clause, zones in reaching:
        finding = judge_clause(clause, case)
        if finding is not None:
            found.append(Judgement(clause, zones, finding))
    return found


def judge_clause(clause: Row, case: _Case) -> Finding | None:
    """Return what a clause says of the project; None where it does not concern it."""
    limit = limit_of(clause, case.facts.metrics)
    is_total = limit is not None and limit.metric.is_total
    codes = [code for code in (clause["industry_codes"] or "").split(";") if code]
    if codes and not is_total and not any(case.project.industry_code.startswith(code) for code in codes):
        return None
    if limit is None:
        return judge_text(clause, case.project, case.estimate, case.facts)
    meaning = meaning_of(str(clause["clause_text"]), case.facts.objects)
    is_of_others = meaning is not None and meaning["applies_if"] not in case.facts.traits | _BY_METRIC
    if is_of_others and limit.metric.project == "stated":
        return None
    if limit.metric.code in case.project.stated:
        return _compared(
            limit,
            clause["operator"],
            case.project.stated[limit.metric.code],
            "项目填报值",
            "stated by the project",
        )
    word, _, _ = limit.metric.project.partition(":")
    return _JUDGES[word](clause, limit, case)


def _subjects(limit: Limit) -> list[str]:
    return [one for one in limit.metric.project.partition(":")[2].split(";") if one]


def _compared(limit: Limit, operator: str, actual: float, zh: str, en: str) -> Finding:
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


def _mass_cap(clause: Row, limit: Limit, case: _Case) -> Finding | None:
    """Load without the project + what it adds - what it replaces <= cap."""
    subject = _subjects(limit)[0]
    net = case.added(subject) - case.replaced(subject)
    unit = limit.metric.unit
    if net <= _NOTHING_T:
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
    zh = f"{year} 年负荷（基准情景）{readable(load)}＋项目净增 {readable(net)}＝{readable(total)} {unit}，限值 {readable(limit.value)} {unit}"
    en = f"{year} (baseline): {readable(load)} + {readable(net)} of the project = {readable(total)} {unit}, cap {readable(limit.value)} {unit}"
    if margin >= 0:
        return Finding(CONFORM, zh, en, actual=total, threshold=limit.value, unit=unit, margin=margin)
    before = limit.value - load
    zh += f"；不含项目已{'超出 ' + readable(-before) if before < 0 else '剩余 ' + readable(before)} {unit}"
    needed = f"须再落实范围内削减来源 {readable(-margin)} {unit}/年"
    return Finding(
        REFUSED,
        zh,
        en,
        needed,
        f"find {readable(-margin)} {unit}/a more to remove inside the scope",
        total,
        limit.value,
        unit,
        margin,
    )


def _replacement(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    """Removed elsewhere >= ratio x added, for every species."""
    needs = {one: limit.value * case.added(one) for one in _subjects(limit) if case.added(one) > _NOTHING_T}
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
    zh, en = (
        f"按 {readable(limit.value)} 倍需替代 {listed}",
        f"{readable(limit.value)} times: {', '.join(f'{one} {readable(need)} t' for one, need in needs.items())}",
    )
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
        REFUSED if stated else ARGUE, f"{zh}，尚缺 {missing}" if stated else f"{zh}，项目未说明替代来源", f"{en}; missing {missing_en}",
        f"须落实削减来源 {missing}/年", f"secure {missing_en} a year", ratio, limit.value, limit.metric.unit, margin,
    )  # fmt: skip


def _fuel_ban(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    """No prohibited fuel where the point lies."""
    used, spared = case.estimate.prohibited_t, case.estimate.exempt_t
    if used > _NOTHING_T:
        fuels = "、".join(ACTIVITY_BY_CODE[one.activity_code].zh for one in case.project.fuels)
        zh = f"项目在禁燃范围内燃用高污染燃料 {readable(used)} t/a（{fuels}）"
        return Finding(
            REFUSED,
            zh,
            f"the project burns {readable(used)} t/a of prohibited fuel here",
            "改用天然气、电力、集中供热等清洁能源",
            "use gas, electricity or district heat",
            used,
            limit.value,
            limit.metric.unit,
            limit.value - used,
        )
    if spared > _NOTHING_T:
        return Finding(
            ARGUE,
            f"燃用 {readable(spared)} t/a，所属行业按禁燃区通告豁免，须核对",
            f"{readable(spared)} t/a: the proclamation may exempt the industry",
            "提供禁燃区通告的豁免依据",
            "show the exemption of the proclamation",
            spared,
            limit.value,
            limit.metric.unit,
        )
    return Finding(
        CONFORM,
        "项目不燃用高污染燃料",
        "no prohibited fuel is burnt",
        actual=0.0,
        threshold=limit.value,
        unit=limit.metric.unit,
        margin=limit.value,
    )


def _added(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    """Sum of pollutants added less replaced."""
    net = sum(case.added(one) - case.replaced(one) for one in limit.metric.subject)
    return _compared(limit, "<=", net, "主要大气污染物净增", "net pollutants")


def _added_coal(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    net = case.added("coal") - case.replaced("coal")
    return _compared(limit, "<=", net, "煤炭净增", "net coal")


def _coal_use(clause: Row, limit: Limit, case: _Case) -> Finding | None:
    net = case.added("coal") - case.replaced("coal")
    if net <= _NOTHING_T:
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
    return _compared(
        limit,
        "<=",
        load + net,
        f"现状用煤 {readable(load)}＋净增 {readable(net)}＝",
        f"coal now {readable(load)} + {readable(net)}",
    )


def _benchmark(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    """Energy per product; a new project is held to the advanced level where there is one."""
    made = sum(one.amount for one in case.project.products if one.activity_code == limit.object_key)
    if not made:
        return None
    of_electricity = limit.metric.code == "electricity_kwh_per_t"
    used = case.estimate.electricity_kwh if of_electricity else case.estimate.energy_kgce
    if not used:
        return Finding(
            UNDECIDABLE,
            "项目未填报用能，无法计算单位产品能耗",
            "the project states no energy",
            "用 --fuel 填报燃料与电力",
            "state fuels and electricity with --fuel",
            threshold=limit.value,
            unit=limit.metric.unit,
        )
    level = case.facts.advanced.get(limit.object_key, limit.value)
    actual, unit = used / made, limit.metric.unit
    zh = (
        f"单位产品能耗 {readable(actual)} {unit}，标杆 {readable(level)}、基准 {readable(limit.value)} {unit}"
    )
    en = f"{readable(actual)} {unit}; advanced level {readable(level)}, base level {readable(limit.value)} {unit}"
    if actual <= level * (1 + 1e-9):
        return Finding(CONFORM, zh, en, actual=actual, threshold=level, unit=unit, margin=level - actual)
    return Finding(REFUSED, zh, en, f"单位产品能耗须再降 {readable(actual - level)} {unit}，年节能 {readable((actual - level) * made / _KG_PER_T)} t 标准煤" if not of_electricity else f"单位产品电耗须再降 {readable(actual - level)} {unit}",
        f"lower by {readable(actual - level)} {unit}", actual, level, unit, level - actual)  # fmt: skip


def _co2_per_product(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    made = sum(one.amount for one in case.project.products if one.activity_code == limit.object_key)
    if not made:
        return None
    return _compared(limit, "<=", case.added("CO2") / made, "单位产品二氧化碳", "CO2 per product")


def _per_value_added(limit: Limit, case: _Case, amount: float, zh: str, en: str, unit: str) -> Finding:
    if case.project.value_added_cny is None:
        least = amount / limit.value if limit.value else 0.0
        return Finding(
            UNDECIDABLE, f"{zh} {readable(amount)} {unit}，缺少工业增加值", f"{en} {readable(amount)} {unit}; value added is not stated",
            f"填报 --value-added；达标所需工业增加值不低于 {readable(least)} 万元/年", f"state --value-added; at least {readable(least)} x 10,000 CNY a year",
            threshold=limit.value, unit=limit.metric.unit,
        )  # fmt: skip
    return _compared(
        limit,
        "<=",
        amount / (case.project.value_added_cny / _CNY_PER_WAN),
        f"单位工业增加值{zh}",
        f"{en} per value added",
    )


def _co2_per_value_added(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    return _per_value_added(limit, case, case.added("CO2"), "二氧化碳", "CO2", "t")


def _energy_per_value_added(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    return _per_value_added(limit, case, case.added("energy"), "综合能耗", "energy", "tce")


def _boiler_size(clause: Row, limit: Limit, case: _Case) -> Finding | None:
    if not case.estimate.coal_t:
        return Finding(CONFORM, "项目不设燃煤锅炉", "no coal boiler")
    size = case.project.boiler_t_per_h
    if size is None:
        return Finding(
            UNDECIDABLE,
            "项目燃煤，未填报锅炉单台出力",
            "it burns coal; the boiler size is not stated",
            "用 --boiler 填报单台出力（蒸吨/小时）",
            "state --boiler in t/h of steam",
            threshold=limit.value,
            unit="t/h",
        )
    # Limits are written as "none up to 35 t/h": a larger boiler keeps them.
    return _compared(limit, clause["operator"], size, "燃煤锅炉单台出力", "boiler")


def _removal(_clause: Row, limit: Limit, case: _Case) -> Finding | None:
    device = limit.metric.subject[0].removesuffix("_removal_share")
    if device not in case.project.removal:
        return Finding(
            UNDECIDABLE,
            f"未填报{limit.metric.zh}",
            f"{limit.metric.en} is not stated",
            f"用 --removal {device}= 填报",
            f"state --removal {device}=",
            threshold=limit.value,
            unit=limit.metric.unit,
        )
    return _compared(limit, ">=", case.project.removal[device], limit.metric.zh, limit.metric.en)


def _stated(_clause: Row, limit: Limit, case: _Case) -> Finding | None:  # noqa: ARG001 - judges share a signature
    code = limit.metric.code
    return Finding(
        UNDECIDABLE, f"缺少{limit.metric.zh}：{limit.metric.missing_zh}", f"{limit.metric.en}: {limit.metric.missing_en}",
        f"用 --state {code}=数值 填报设计值（{limit.metric.unit}），限值 {readable(limit.value)}", f"state --state {code}= ({limit.metric.unit}), limit {readable(limit.value)}",
        threshold=limit.value, unit=limit.metric.unit,
    )  # fmt: skip


_AREA_SUBJECTS = {
    "co2": "CO2", "nox": "NOx", "so2": "SO2", "vocs": "VOCs", "nh3": "NH3", "pm25": "PM2.5", "primary_pm25": "PM2.5",
    "coal": "coal", "energy": "energy",
}  # fmt: skip


def _area_target(clause: Row, limit: Limit, case: _Case) -> Finding | None:
    """A target of a whole area: what the project adds to it is told, the area decides."""
    subject = next(
        (s for word, s in _AREA_SUBJECTS.items() if limit.metric.code.startswith(f"{word}_")), None
    )
    net = None if subject is None else case.added(subject) - case.replaced(subject)
    if net is None:
        return None
    if net <= _NOTHING_T:
        return Finding(
            CONFORM, f"项目{_SUBJECTS_ZH.get(str(subject), subject)}净增 {readable(net)}，不影响该区域目标", f"net {subject} {readable(net)}"
        )
    unit = "tce" if subject == "energy" else "t"
    load = case.facts.loads.get(("city", str(clause["city_code"]), str(subject), case.facts.year))
    share = f"，为全市的 {readable(net / load * 100)}%" if load else ""
    share_en = f", {readable(net / load * 100)} % of the city" if load else ""
    zh = f"区域目标，不对单个项目下结论；项目净增{_SUBJECTS_ZH.get(str(subject), f' {subject} ')} {readable(net)} {unit}{share}"
    return Finding(
        ARGUE,
        zh,
        f"target of the area; the project adds {readable(net)} {unit} of {subject}{share_en}",
        "说明区域目标下的来源与消纳",
        "say how the area's target bears it",
        actual=net,
        unit=unit,
    )


def _not_judged(_clause: Row, _limit: Limit, _case: _Case) -> Finding | None:
    return None


_JUDGES: dict[str, Judge] = {
    "mass_cap": _mass_cap, "replacement": _replacement, "fuel_ban": _fuel_ban, "added": _added,
    "added_coal": _added_coal, "coal_use": _coal_use, "benchmark": _benchmark, "benchmark_electricity": _benchmark,
    "co2_per_product": _co2_per_product, "co2_per_value_added": _co2_per_value_added,
    "energy_per_value_added": _energy_per_value_added, "boiler_size": _boiler_size, "removal": _removal,
    "stated": _stated, "area_target": _area_target, "not_judged": _not_judged,
}  # fmt: skip
