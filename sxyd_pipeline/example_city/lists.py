"""Invented access list in force today, and the city's short list of measures."""

import polars as pl

from sxyd_pipeline.example_city.facts import read_facts
from sxyd_pipeline.example_city.labels import INVENTED, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.zoning_plan import ZoningPlan
from sxyd_pipeline.vocabulary.elements import ControlClass

#: Every so many general units carry a clause; today's lists are silent on most of them.
_GENERAL_UNITS_WITH_CLAUSE = 4
#: Templates of a unit that are left out for every so many units: lists in force have gaps.
_GAP_EVERY = 5


def draw_up_access_list(city: str, plan: ZoningPlan, targets: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of ``access_list``: city-wide clauses, and clauses of control units by kind.

    Limits of a park are its permitted emissions of the first horizon. Every fifth unit lacks its last
    clause, and a few clauses at the end are weak in one way each: lists in force have gaps and faults, and
    the pipeline is there to find them.
    """
    templates = read_facts("clauses")
    rows = _citywide(templates.filter(pl.col("level") == "overall"), city)
    by_kind = templates.filter(pl.col("level") == "unit").partition_by("scope", as_dict=True)
    units = plan.layers["control_units"]
    limits = _limits(targets)
    for position, (code, name, control_class) in enumerate(
        zip(units["code"], units["name"], units["control_class"], strict=True)
    ):
        kind = _kind_of_unit(str(name), int(control_class))
        if kind == "general" and position % _GENERAL_UNITS_WITH_CLAUSE:
            continue
        clauses = by_kind[(kind,)].to_dicts()
        kept = clauses[:-1] if len(clauses) > 1 and position % _GAP_EVERY == 0 else clauses
        for clause in kept:
            words = {"unit": name, "nox_t": limits.get((code, "permitted_nox_t"), "0"),
                     "vocs_t": limits.get((code, "permitted_vocs_t"), "0")}  # fmt: skip
            threshold = clause["threshold"]
            rows.append(
                _clause(
                    clause,
                    "control_unit",
                    "control_unit",
                    str(code),
                    str(clause["clause_text"]).format(**words),
                    None if threshold is None else str(threshold).format(**words),
                )
            )
    # Clauses that are weak on purpose stand at the end, so that the ids of the others stay.
    rows += _citywide(templates.filter(pl.col("level") == "weak"), city)
    return (
        pl.DataFrame(rows, infer_schema_length=None)
        .with_row_index("_number", offset=1)
        .select(
            pl.format("C{}", pl.col("_number").cast(pl.String).str.pad_start(4, "0")).alias("clause_id"),
            pl.exclude("_number"),
        )
    )


def _citywide(templates: pl.DataFrame, city: str) -> list[dict[str, object]]:
    rows = []
    for clause in templates.iter_rows(named=True):
        scope_type, _, code = str(clause["scope"]).partition(":")
        text, limit = str(clause["clause_text"]), clause["threshold"]
        rows.append(_clause(clause, "overall", scope_type, code or city, text, limit))
    return rows


def _kind_of_unit(name: str, control_class: int) -> str:
    if control_class == ControlClass.PRIORITY:
        return "priority"
    if control_class == ControlClass.GENERAL:
        return "general"
    if "园区" in name:
        return "park"
    return "farm" if "片区" in name else "town"


def _limits(targets: pl.DataFrame) -> dict[tuple[str, str], str]:
    first = targets.filter(pl.col("scope_type") == "control_unit", pl.col("year") == pl.col("year").min())
    return {
        (code, indicator): f"{value:g}"
        for code, indicator, value in first.select("scope_code", "indicator", "value").rows()
    }


def _clause(
    template: dict[str, object], level: str, scope_type: str, scope_code: str, text: str, threshold: object
) -> dict[str, object]:
    return {
        "level": level,
        "scope_type": scope_type,
        "scope_code": scope_code,
        "dimension": template["dimension"],
        "clause_text": text,
        "metric": template["metric"],
        "operator": template["operator"],
        "threshold": threshold,
        "unit": template["unit"],
        "industry_codes": template["industry_codes"],
        "basis": template["basis"],
        "data_label": SYNTHETIC,
        "data_nature": INVENTED,
        "cited_from": SYNTHETIC_SOURCE,
    }


def list_measures() -> pl.DataFrame:
    """Return the rows of ``measures``: a dozen measures with invented orders of magnitude."""
    return (
        read_facts("measures")
        .drop("cited_from", "confidence")
        .with_columns(
            data_label=pl.lit(SYNTHETIC), data_nature=pl.lit(INVENTED), cited_from=pl.lit(SYNTHETIC_SOURCE)
        )
    )
