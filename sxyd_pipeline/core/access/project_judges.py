"""Hold the clauses of a place against a project: one judge per word of ``clause_metrics.csv``."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sxyd_pipeline.core.access import project_limits as limits
from sxyd_pipeline.core.access import project_totals as totals
from sxyd_pipeline.core.access.inherit_subjects import Limit, limit_of
from sxyd_pipeline.core.access.project import Estimate, Facts, Finding, Judgement, Project
from sxyd_pipeline.core.access.project_texts import judge_text, meaning_of
from sxyd_pipeline.core.access.project_totals import Case

Row = Mapping[str, Any]
Judge = Callable[[Row, Limit, Case], Finding | None]
#: Traits that the industry codes of a clause have settled before its limit is looked at.
_BY_METRIC = frozenset({"named_industry"})


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
    case = Case(project, estimate, facts)
    found = []
    for clause, zones in reaching:
        finding = judge_clause(clause, case)
        if finding is not None:
            found.append(Judgement(clause, zones, finding))
    return found


def judge_clause(clause: Row, case: Case) -> Finding | None:
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
        return totals.compared(
            limit,
            clause["operator"],
            case.project.stated[limit.metric.code],
            "项目填报值",
            "stated by the project",
        )
    word, _, _ = limit.metric.project.partition(":")
    return _JUDGES[word](clause, limit, case)


_JUDGES: dict[str, Judge] = {
    "mass_cap": totals.judge_mass_cap,
    "replacement": totals.judge_replacement,
    "fuel_ban": limits.judge_fuel_ban,
    "added": totals.judge_added,
    "added_coal": totals.judge_added_coal,
    "coal_use": totals.judge_coal_use,
    "benchmark": limits.judge_benchmark,
    "benchmark_electricity": limits.judge_benchmark,
    "co2_per_product": limits.judge_co2_per_product,
    "co2_per_value_added": limits.judge_co2_per_value_added,
    "energy_per_value_added": limits.judge_energy_per_value_added,
    "boiler_size": limits.judge_boiler_size,
    "removal": limits.judge_removal,
    "stated": limits.judge_stated,
    "area_target": totals.judge_area_target,
    "not_judged": limits.judge_not,
}
