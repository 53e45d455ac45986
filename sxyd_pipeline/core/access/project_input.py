"""Read a proposed project from what people type: ``crude_steel_eaf=300kt``, ``NOx=45t``, ``pm=0.99``."""

import re
from collections.abc import Iterable, Mapping

from sxyd_pipeline.core.access.project import Activity
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.vocabulary.activities import ACTIVITY_ALIASES, ACTIVITY_BY_CODE
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit
from sxyd_pipeline.vocabulary.species import SPECIES_ALIASES

_AMOUNT = re.compile(r"^\s*([-+]?\d[\d,]*(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(.*?)\s*$")
_SHOWN = 8
_DEVICES = ("so2", "nox", "pm", "vocs")


class ProjectInputError(SxydError):
    """A word, number or unit of a proposed project is not understood."""

    def __init__(self, what: str, zh: str, en: str, remedy_zh: str, remedy_en: str) -> None:
        """Name what was typed and what is wrong with it."""
        super().__init__(f"“{what}”：{zh}", f"{what!r}: {en}", remedy_zh=remedy_zh, remedy_en=remedy_en)


def read_amount(text: str, what: str) -> tuple[float, str]:
    """Split a number from its unit; the unit may be empty.

    Raises:
        ProjectInputError: there is no number.
    """
    match = _AMOUNT.match(text)
    if match is None:
        raise ProjectInputError(
            what,
            "不是数量",
            "not an amount",
            "写成 数值+单位，如 300kt",
            "write number and unit, such as 300kt",
        )
    return float(match[1].replace(",", "")), match[2]


def read_activities(pairs: Mapping[str, str], kinds: Iterable[str]) -> tuple[Activity, ...]:
    """Read products or fuels: ``code[:technology]`` -> amount with unit.

    Args:
        pairs: what was typed, by code or Chinese name.
        kinds: kinds of activity allowed (``fuel``, ``energy_carrier``, ``product``, ``area``).

    Raises:
        ProjectInputError: the activity or the unit is not known.
    """
    return tuple(_activity(name, text, tuple(kinds)) for name, text in pairs.items())


def _activity(name: str, text: str, kinds: tuple[str, ...]) -> Activity:
    word, _, technology = name.partition(":")
    code = ACTIVITY_ALIASES.get(word.strip().lower())
    activity = ACTIVITY_BY_CODE.get(code or "")
    if activity is None or activity.kind not in kinds:
        known = [one.code for one in ACTIVITY_BY_CODE.values() if one.kind in kinds]
        zh = "燃料或能源未知" if "fuel" in kinds else "产品未知"
        en = "unknown fuel" if "fuel" in kinds else "unknown product"
        raise ProjectInputError(
            name,
            zh,
            en,
            f"可用：{'、'.join(known[:_SHOWN])} …（见数据字典）",
            f"use one of {', '.join(known[:_SHOWN])} ... (data dictionary)",
        )
    amount, unit = read_amount(text, f"{name}={text}")
    stated, standard = parse_amount_unit(unit), parse_amount_unit(activity.standard_unit)
    if stated is None or standard is None or stated.dimension != standard.dimension:
        raise ProjectInputError(
            f"{name}={text}", f"单位应能换算为 {activity.standard_unit}", "the unit must convert to "
f"{activity.standard_unit}",
            "补上单位，如 t、万t、万m3、万kWh、GJ", "give a unit such as t, kt, 万m3, 万kWh, GJ",
        )  # fmt: skip
    if amount < 0:
        raise ProjectInputError(
            f"{name}={text}", "数量不能为负", "the amount is negative", "核对数量", "check the amount"
        )
    return Activity(activity.code, amount * stated.factor / standard.factor, technology or None)


def read_tonnes(pairs: Mapping[str, str]) -> dict[str, float]:
    """Read tonnes by species (or ``coal``): ``NOx=45t``, ``CO2=1.2万t``.

    Raises:
        ProjectInputError: the species or the unit is not known.
    """
    tonnes = {}
    for name, text in pairs.items():
        species = (
            "coal"
            if name.strip().lower() in {"coal", "煤炭", "煤"}
            else SPECIES_ALIASES.get(name.strip().lower())
        )
        if species is None:
            raise ProjectInputError(
                name,
                "污染物或温室气体未知",
                "unknown species",
                "如 SO2、NOx、PM2.5、VOCs、CO2、coal",
                "such as SO2, NOx, PM2.5, VOCs, CO2, coal",
            )
        amount, unit = read_amount(text, f"{name}={text}")
        known = parse_amount_unit(unit or "t")
        if known is None or known.dimension != "mass":
            raise ProjectInputError(
                f"{name}={text}",
                "单位应为质量",
                "the unit must be a mass",
                "如 t、kg、万t",
                "such as t, kg, 万t",
            )
        tonnes[species] = amount * known.factor
    return tonnes


def read_money(text: str) -> float:
    """Read an amount of money in CNY: ``12亿元``.

    Raises:
        ProjectInputError: the unit is no money.
    """
    amount, unit = read_amount(text, text)
    known = parse_amount_unit(unit or "元")
    if known is None or known.dimension != "money":
        raise ProjectInputError(
            text, "单位应为货币", "the unit must be money", "如 12亿元、3000万元", "such as 12亿元, 3000万元"
        )
    return amount * known.factor


def read_removal(pairs: Mapping[str, str]) -> dict[str, float]:
    """Read removal shares by device: ``pm=0.99`` or ``pm=99%``.

    Raises:
        ProjectInputError: the device is not known or the share lies outside 0 to 1.
    """
    shares = {}
    for name, text in pairs.items():
        device = name.strip().lower()
        amount, unit = read_amount(text, f"{name}={text}")
        share = amount / 100.0 if unit == "%" else amount
        if device not in _DEVICES or not 0.0 <= share <= 1.0:
            raise ProjectInputError(
                f"{name}={text}",
                "去除率应为 0–1，装置为 so2、nox、pm、vocs",
                "a share of so2, nox, pm or vocs between 0 and 1",
                "如 pm=0.99",
                "such as pm=0.99",
            )
        shares[device] = share
    return shares


def read_stated(pairs: Mapping[str, str], metrics: Iterable[str]) -> dict[str, float]:
    """Read values of metrics, in the unit of the metric.

    Raises:
        ProjectInputError: the metric is not known.
    """
    known = set(metrics)
    for name in pairs:
        if name not in known:
            raise ProjectInputError(
                name,
                "指标未知",
                "unknown metric",
                "指标见 data/reference/clause_metrics.csv",
                "metrics stand in data/reference/clause_metrics.csv",
            )
    return {name: read_amount(text, f"{name}={text}")[0] for name, text in pairs.items()}


def check_industry(code: str, reference: Reference) -> str:
    """Return the Chinese name of an industry class.

    Raises:
        ProjectInputError: GB/T 4754-2017 has no such class.
    """
    names = dict(reference.industries.select("code", "name").iter_rows())
    if len(code) != 4 or code not in names:  # noqa: PLR2004 - a class has four digits
        raise ProjectInputError(
            code,
            "行业代码不在 GB/T 4754—2017 中",
            "no class of GB/T 4754-2017",
            "填写四位行业小类代码，如 3120 炼钢",
            "give a four-digit class such as 3120",
        )
    return str(names[code])
