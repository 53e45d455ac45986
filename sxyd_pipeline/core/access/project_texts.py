"""Clauses in words against a project: ``project_objects.csv`` says what words mean for whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from sxyd_pipeline.core.access.project import ARGUE, CONFORM, REFUSED, Estimate, Facts, Finding, Project
from sxyd_pipeline.core.access.rules import readable

Row = Mapping[str, Any]
_BANS = ("禁止", "不得")
_CURBS = ("限制", "严格控制")
#: Duties of areas and daily life, and of what stands already: no project is judged by them.
_NOT_OF_PROJECTS = ("area", "activity", "species")
_OF_EXISTING = ("退出", "搬迁")
#: A new project may break these words; a clause without them speaks of what is there.
_NEW = ("新建", "改建", "扩建", "新增", "引进", "建设项目")


def judge_text(clause: Row, project: Project, estimate: Estimate, facts: Facts) -> Finding | None:
    """Return what a clause in words says of the project; None where it does not concern it."""
    text, verb = str(clause["clause_text"]), str(clause["verb"] or "")
    named = bool(clause["industry_codes"])
    rule = meaning_of(text, facts.objects)
    if rule is not None:
        traits = facts.traits | ({"named_industry"} if named else frozenset())
        if rule["outcome"] == "not_applicable" or rule["applies_if"] not in traits:
            return None
        return _outcome(rule, clause, estimate, facts)
    concerns = named or (clause["object_type"] not in _NOT_OF_PROJECTS and any(word in text for word in _NEW))
    if verb in _OF_EXISTING or not concerns:
        return None
    return _by_verb(verb, project.industry_code if named else "")


def _by_verb(verb: str, industry: str) -> Finding:
    """Return what a verb says; ``industry`` is given where the clause names the industry of the project."""
    if verb == "鼓励":
        return Finding(CONFORM, "鼓励性条款，不作准入条件", "encouraged, no condition")
    if verb in _BANS and industry:
        zh, en = f"项目行业 {industry} 属于禁止之列", f"industry {industry} is prohibited here"
        return Finding(REFUSED, zh, en, "另行选址或调整产品", "another site or product")
    if verb in _CURBS and industry:
        zh, en = f"项目行业 {industry} 属于限制之列", f"industry {industry} is limited here"
        return Finding(ARGUE, zh, en, "专题论证必要性和环境影响", "argue need and impact")
    zh, en = "文字性条款，须在环评文件中逐条说明", "a clause in words: to be answered in the EIA"
    return Finding(ARGUE, zh, en, "说明落实措施", "say how it is met")


def meaning_of(text: str, objects: Sequence[Row]) -> Row | None:
    """Return the first row whose words all stand in a text; ``|`` parts choices, ``;`` demands."""
    for row in objects:
        if all(any(word in text for word in part.split("|")) for part in str(row["words"]).split(";")):
            return row
    return None


def _outcome(rule: Row, clause: Row, estimate: Estimate, facts: Facts) -> Finding:
    zh, en = str(rule["why_zh"]), str(rule["why_en"])
    if rule["outcome"] == "in_park":
        if facts.place.is_park:
            return Finding(CONFORM, f"{zh}；所在单元为产业园区", f"{en}; the unit is a park")
        return Finding(
            ARGUE if clause["verb"] in _CURBS else REFUSED,
            f"{zh}；所在单元“{facts.place.control_unit_name}”不是产业园区",
            f"{en}; the unit is no park",
            "选址到依法设立并经规划环评的产业园区",
            "choose a site in a lawful park",
        )
    if rule["outcome"] == "refuse" and clause["verb"] in _BANS:
        return Finding(REFUSED, zh, en, "取消该内容或另行选址", "drop it or choose another site")
    if "carbon_eia" in str(rule["applies_if"]):
        co2, indirect = estimate.emissions_t.get("CO2", 0.0), estimate.indirect_tco2
        zh += f"：直接排放 {readable(co2)} t、外购电力热力间接排放 {readable(indirect)} t（不相加）"
        en += f": direct {readable(co2)} t, indirect {readable(indirect)} t (not added up)"
    return Finding(ARGUE, zh, en, "在环评文件中论证", "argue it in the EIA")
