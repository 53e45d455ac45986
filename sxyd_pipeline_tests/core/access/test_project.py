"""A proposed project against the list: tonnes, margins, and what would be needed."""

from dataclasses import replace
from typing import Any

import pytest

from sxyd_pipeline.core.access.metrics import metrics_of
from sxyd_pipeline.core.access.project import (
    ARGUE,
    CONFORM,
    REFUSED,
    UNDECIDABLE,
    Activity,
    Facts,
    Finding,
    Judgement,
    Place,
    Project,
    clauses_of_place,
    overall_verdict,
)
from sxyd_pipeline.core.access.project_estimate import estimate_project, traits_of
from sxyd_pipeline.core.access.project_judges import judge_project
from sxyd_pipeline_tests.core.access.little_access import BURN, CITY, PARK, clause
from sxyd_pipeline_tests.core.access.reading import reference

METRICS = metrics_of(reference().clause_metrics)
#: 300 kt of electric-arc steel with 120 million kWh and a bag filter.
STEEL = Project(
    name="电炉",
    lon=119.45,
    lat=32.12,
    industry_code="3120",
    products=(Activity("crude_steel_eaf", 300_000.0),),
    fuels=(Activity("electricity", 120e6),),
    removal={"pm": 0.99},
)
COAL = replace(STEEL, fuels=(*STEEL.fuels, Activity("bituminous_coal", 20_000.0)))
UNIT = {"level": "control_unit", "scope_type": "control_unit", "scope_code": PARK}
CAP = {**UNIT, "metric": "permitted_nox_t", "operator": "<=", "unit": "t"}
PLACE = Place(
    PARK, "西区示例园区重点管控单元", 2, is_park=True, zones=({"zone_code": BURN, "zone_type": "254"},)
)
LOADS = {
    ("control_unit", PARK, "NOx", 2020): 600.0,
    ("control_unit", PARK, "NOx", 2025): 650.0,
    ("city", CITY, "CO2", 2020): 4e7,
    ("control_unit", PARK, "coal", 2020): 90_000.0,
}


def judged(project: Project, *given: dict[str, Any], place: Place = PLACE) -> dict[str, Finding]:
    known = reference()
    estimate = estimate_project(project, known, CITY, 2020)
    limits = known.benchmark_limits.drop_nulls(["advanced", "activity_codes"])
    facts = Facts(
        place=place,
        loads=LOADS,
        year=2020,
        metrics=METRICS,
        advanced=dict(limits.select("activity_codes", "advanced").iter_rows()),
        objects=known.project_objects.to_dicts(),
        traits=traits_of(project, estimate, place.zone_types, known, "江苏省"),
    )
    reaching = clauses_of_place(given, place, METRICS, {})
    return {one.clause["clause_id"]: one.finding for one in judge_project(reaching, project, estimate, facts)}


def test_the_estimate_uses_the_factors_of_the_inventory() -> None:
    estimate = estimate_project(STEEL, reference(), CITY, 2020)
    # 0.15 kg NOx, 0.08 t CO2 and 7.5 kg PM10 a tonne, of which a filter keeps 99 %.
    assert estimate.emissions_t["NOx"] == pytest.approx(45.0)
    assert estimate.emissions_t["CO2"] == pytest.approx(24_000.0)
    assert estimate.emissions_t["PM10"] == pytest.approx(22.5)
    # Jiangsu 2021: 0.6451 kg a kWh; bought power is never added to direct CO2.
    assert estimate.indirect_tco2 == pytest.approx(120e6 * 0.6451e-3)
    assert estimate.energy_kgce / 300_000 == pytest.approx(49.13, abs=0.01)
    assert estimate.notes_zh


def test_stated_emissions_replace_the_estimate() -> None:
    estimate = estimate_project(replace(STEEL, emissions_t={"NOx": 30.0}), reference(), CITY, 2020)
    assert estimate.emissions_t["NOx"] == 30.0


@pytest.mark.parametrize(
    ("threshold", "replaced", "verdict", "margin"),
    [
        (700.0, 0.0, CONFORM, 55.0),
        (620.0, 0.0, REFUSED, -25.0),
        (620.0, 25.0, CONFORM, 0.0),
        (500.0, 45.0, CONFORM, None),
    ],
)
def test_a_cap_weighs_load_and_project_and_what_it_replaces(
    threshold: float, replaced: float, verdict: str, margin: float | None
) -> None:
    finding = judged(replace(STEEL, replaces_t={"NOx": replaced}), clause("C", **CAP, threshold=threshold))[
        "C"
    ]
    assert finding.verdict == verdict
    assert finding.margin == (None if margin is None else pytest.approx(margin))
    if verdict == REFUSED:
        assert "25" in finding.needed_zh
        assert "25" in finding.needed_en


def test_a_cap_of_a_later_year_is_held_against_the_load_of_that_year_and_argued() -> None:
    finding = judged(STEEL, clause("C", **CAP, threshold=690.0, target_year=2025))["C"]
    assert (finding.verdict, finding.margin) == (ARGUE, pytest.approx(-5.0))
    assert "2025 年前" in finding.needed_zh


def test_replacement_names_the_tonnes_of_every_pollutant() -> None:
    found = judged(STEEL, clause("C"))["C"]
    assert found.verdict == ARGUE
    assert all(part in found.needed_zh for part in ("SO2 18 t", "NOx 90 t", "PM2.5 33 t", "VOCs 36 t"))
    half = replace(STEEL, replaces_t={"NOx": 90.0})
    assert judged(half, clause("C"))["C"].verdict == REFUSED
    whole = replace(STEEL, replaces_t={"SO2": 18.0, "NOx": 90.0, "PM2.5": 33.0, "VOCs": 36.0})
    assert judged(whole, clause("C"))["C"].verdict == CONFORM


BAN = {
    "level": "zone_type",
    "scope_type": "zone_type",
    "scope_code": "254",
    "metric": "prohibited_fuel_t",
    "operator": "<=",
    "threshold": 0.0,
    "unit": "t",
}


def test_coal_in_a_no_burn_zone_is_refused_and_outside_it_the_clause_does_not_apply() -> None:
    finding = judged(COAL, clause("Z", **BAN))["Z"]
    assert (finding.verdict, finding.actual, finding.margin) == (REFUSED, 20_000.0, -20_000.0)
    assert judged(COAL, clause("Z", **BAN), place=replace(PLACE, zones=())) == {}
    assert judged(STEEL, clause("Z", **BAN))["Z"].verdict == CONFORM


def test_a_power_plant_in_a_no_burn_zone_must_show_its_exemption() -> None:
    assert judged(replace(COAL, industry_code="4411", products=()), clause("Z", **BAN))["Z"].verdict == ARGUE


def test_a_new_plant_is_held_to_the_advanced_energy_level() -> None:
    limit = clause(
        "B",
        **UNIT,
        metric="energy_kgce_per_t",
        operator="<=",
        threshold=72.0,
        unit="kgce/t",
        object_key="crude_steel_eaf",
        industry_codes="3120;3140",
    )
    assert judged(STEEL, limit)["B"].margin == pytest.approx(61 - 49.13, abs=0.01)
    hungry = replace(STEEL, fuels=(Activity("electricity", 160e6),))
    assert judged(hungry, limit)["B"].verdict == REFUSED
    assert judged(replace(STEEL, fuels=()), limit)["B"].verdict == UNDECIDABLE
    assert judged(replace(STEEL, products=(), fuels=()), limit) == {}


def test_intensity_needs_value_added_and_says_how_much() -> None:
    limit = clause(
        "I",
        **UNIT,
        metric="co2_t_per_1e4_cny",
        operator="<=",
        threshold=2.0,
        unit="t/万元",
        industry_codes="3120",
    )
    missing = judged(STEEL, limit)["I"]
    assert missing.verdict == UNDECIDABLE
    assert "12000 万元" in missing.needed_zh
    assert judged(replace(STEEL, value_added_cny=2e8), limit)["I"].margin == pytest.approx(0.8)


def test_a_clause_for_other_industries_does_not_apply() -> None:
    assert (
        judged(
            STEEL,
            clause(
                "S",
                metric="stack_nox_mg_per_m3",
                operator="<=",
                threshold=50.0,
                unit="mg/m3",
                industry_codes="4411;4412",
            ),
        )
        == {}
    )


def test_what_only_the_project_knows_is_asked_for_and_then_compared() -> None:
    limit = clause(
        "S", metric="stack_nox_mg_per_m3", operator="<=", threshold=50.0, unit="mg/m3", industry_codes="31"
    )
    asked = judged(STEEL, limit)["S"]
    assert asked.verdict == UNDECIDABLE
    assert "--state stack_nox_mg_per_m3=" in asked.needed_zh
    stated = {
        value: judged(replace(STEEL, stated={"stack_nox_mg_per_m3": value}), limit)["S"].verdict
        for value in (50.0, 51.0)
    }
    assert stated == {50.0: CONFORM, 51.0: REFUSED}


WORDS: dict[str, Any] = {
    "metric": None,
    "operator": None,
    "threshold": None,
    "unit": None,
    "object_type": "project",
}


@pytest.mark.parametrize(
    ("text", "verb", "codes", "verdict"),
    [
        ("禁止新建、扩建“两高”项目，现有高排放企业逐步退城入园。", "禁止", None, REFUSED),
        ("新建、扩建“两高”项目应布设在依法合规设立并经规划环评的产业园区。", "应当", None, CONFORM),
        ("严禁新增钢铁、焦化产能，确有必要的须实施产能置换。", "禁止", "31;2521", ARGUE),
        ("列入碳排放评价范围的建设项目，环评文件应当开展碳排放评价。", "应当", "31", ARGUE),
        ("限制新建、扩建钢铁、焦化项目。", "限制", "31;2521", ARGUE),
        ("农用地优先保护区内不得新建炼钢项目。", "不得", "3120", REFUSED),
        ("禁止新建、扩建排放大气污染物的工业项目。", "禁止", None, REFUSED),
        ("不得新建燃煤锅炉。", "不得", None, None),
        ("禁止新建、改建、扩建尾矿库。", "禁止", None, None),
        ("鼓励建设分布式光伏。", "鼓励", "4416", None),
        ("建立重污染天气应急减排清单并按年更新。", "应当", None, None),
    ],
)
def test_clauses_in_words_say_what_their_words_mean(
    text: str, verb: str, codes: str | None, verdict: str | None
) -> None:
    found = judged(STEEL, clause("W", **WORDS, clause_text=text, verb=verb, industry_codes=codes))
    assert {one: finding.verdict for one, finding in found.items()} == (
        {} if verdict is None else {"W": verdict}
    )


def test_a_two_high_project_outside_a_park_is_refused() -> None:
    text = "新建、扩建“两高”项目应布设在依法合规设立并经规划环评的产业园区。"
    given = clause("W", **WORDS, clause_text=text, verb="应当")
    assert judged(STEEL, given, place=replace(PLACE, is_park=False))["W"].verdict == REFUSED


def test_only_the_strictest_limit_at_the_point_is_judged() -> None:
    zone = clause("Z", level="zone_type", scope_type="zone_type", scope_code="254", threshold=3.0)
    assert set(judged(STEEL, clause("C"), zone)) == {"Z"}
    assert set(judged(STEEL, clause("C"), zone, place=replace(PLACE, zones=()))) == {"C"}


def test_the_gravest_verdict_is_the_verdict() -> None:
    found = [Finding(verdict, "", "") for verdict in (CONFORM, UNDECIDABLE)]
    assert overall_verdict(Judgement({}, (), one) for one in found) == UNDECIDABLE
    assert overall_verdict([]) == CONFORM


def test_traits_follow_from_industry_fuel_and_emission() -> None:
    known = reference()
    of = {
        name: traits_of(one, estimate_project(one, known, CITY, 2020), ("254",), known, "江苏省")
        for name, one in (
            ("steel", STEEL),
            ("coal", COAL),
            ("cannery", replace(STEEL, industry_code="1453", products=(), fuels=())),
        )
    }
    assert {"two_high", "carbon_eia", "industrial", "emitting_industry"} <= of["steel"]
    assert "coal" not in of["steel"]
    assert {"coal", "prohibited_fuel_here"} <= of["coal"]
    assert "prohibited_fuel_here" not in traits_of(
        COAL, estimate_project(COAL, known, CITY, 2020), (), known, "江苏省"
    )
    assert of["cannery"] == {"any", "industrial"}
