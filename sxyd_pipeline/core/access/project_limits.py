"""Limits on fuels, energy, intensity, devices and what a project states of itself."""

from collections.abc import Mapping
from typing import Any

from sxyd_pipeline.core.access.inherit_subjects import Limit
from sxyd_pipeline.core.access.project import ARGUE, CONFORM, REFUSED, UNDECIDABLE, Finding
from sxyd_pipeline.core.access.project_totals import KG_PER_T, NOTHING_T, Case, compared
from sxyd_pipeline.core.access.rules import readable
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE

Row = Mapping[str, Any]
_CNY_PER_WAN = 1e4


def judge_fuel_ban(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """No prohibited fuel where the point lies."""
    used, spared = case.estimate.prohibited_t, case.estimate.exempt_t
    if used > NOTHING_T:
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
    if spared > NOTHING_T:
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


def judge_benchmark(_clause: Row, limit: Limit, case: Case) -> Finding | None:
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
    en = (
        f"{readable(actual)} {unit}; advanced level "
        f"{readable(level)}, base level {readable(limit.value)} {unit}"
    )
    if actual <= level * (1 + 1e-9):
        return Finding(CONFORM, zh, en, actual=actual, threshold=level, unit=unit, margin=level - actual)
    return Finding(
        REFUSED,
        zh,
        en,
        f"单位产品能耗须再降 {readable(actual - level)} {unit}，年节能 "
        f"{readable((actual - level) * made / KG_PER_T)} "
        "t 标准煤"
        if not of_electricity
        else f"单位产品电耗须再降 {readable(actual - level)} {unit}",
        f"lower by {readable(actual - level)} {unit}",
        actual,
        level,
        unit,
        level - actual,
    )


def judge_co2_per_product(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """CO2 of its own chimneys per tonne of product."""
    made = sum(one.amount for one in case.project.products if one.activity_code == limit.object_key)
    if not made:
        return None
    return compared(limit, "<=", case.added("CO2") / made, "单位产品二氧化碳", "CO2 per product")


def _per_value_added(limit: Limit, case: Case, amount: float, zh: str, en: str, unit: str) -> Finding:
    if case.project.value_added_cny is None:
        least = amount / limit.value if limit.value else 0.0
        return Finding(
            UNDECIDABLE,
            f"{zh} {readable(amount)} {unit}，缺少工业增加值",
            f"{en} {readable(amount)} {unit}; value added is not stated",
            f"填报 --value-added；达标所需工业增加值不低于 {readable(least)} 万元/年",
            f"state --value-added; at least {readable(least)} x 10,000 CNY a year",
            threshold=limit.value,
            unit=limit.metric.unit,
        )
    return compared(
        limit,
        "<=",
        amount / (case.project.value_added_cny / _CNY_PER_WAN),
        f"单位工业增加值{zh}",
        f"{en} per value added",
    )


def judge_co2_per_value_added(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """CO2 of its own chimneys per value added."""
    return _per_value_added(limit, case, case.added("CO2"), "二氧化碳", "CO2", "t")


def judge_energy_per_value_added(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Energy per value added."""
    return _per_value_added(limit, case, case.added("energy"), "综合能耗", "energy", "tce")


def judge_boiler_size(clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Size of a coal boiler."""
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
    return compared(limit, clause["operator"], size, "燃煤锅炉单台出力", "boiler")


def judge_removal(_clause: Row, limit: Limit, case: Case) -> Finding | None:
    """Removal of its devices."""
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
    return compared(limit, ">=", case.project.removal[device], limit.metric.zh, limit.metric.en)


def judge_stated(_clause: Row, limit: Limit, _case: Case) -> Finding | None:
    """A value only the project can state."""
    code = limit.metric.code
    return Finding(
        UNDECIDABLE,
        f"缺少{limit.metric.zh}：{limit.metric.missing_zh}",
        f"{limit.metric.en}: {limit.metric.missing_en}",
        f"用 --state {code}=数值 填报设计值（{limit.metric.unit}），限值 {readable(limit.value)}",
        f"state --state {code}= ({limit.metric.unit}), limit {readable(limit.value)}",
        threshold=limit.value,
        unit=limit.metric.unit,
    )


def judge_not(_clause: Row, _limit: Limit, _case: Case) -> Finding | None:
    """A limit on what stands: no project is judged by it."""
    return None
