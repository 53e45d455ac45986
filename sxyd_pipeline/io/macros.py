"""Queries that ship with the database as table macros: one call instead of a join people must know.

Identifiers stand here in code and nowhere else. Parameters carry names that no column has, since inside a
macro a column would take precedence over them. A macro is made where its tables are.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from sxyd_pipeline.contracts.model import Table


@dataclass(frozen=True, slots=True)
class Macro:
    """One table macro.

    Attributes:
        schema: schema it lives in.
        name: name inside the schema.
        parameters: parameters in order.
        needs: tables it reads (``schema.table``).
        query: what it returns.
        label: what it is for, in Chinese.
    """

    schema: str
    name: str
    parameters: tuple[str, ...]
    needs: tuple[str, ...]
    query: str
    label: str


#: What a list of the first areas shows: rank and how sure it is, score and class, why.
_SHOWN = (
    "s.rank, s.rank_low, s.rank_high, s.top_class_probability, s.composite_score, s.score_class, "
    "s.consensus_class, s.consensus_share, s.quadrant, s.co2_t, s.apeq_t, s.co2_lq, s.apeq_lq, s.reason_zh, "
    "s.reason_en, s.city_code"
)

#: What was found of a clause, as one cell: evidence in the order of the rule, checks year by year.
_EVIDENCE = (
    "SELECT city_code, clause_id, string_agg(table_name || ' ' || statement_zh || coalesce('：' || "
    "round(value, 4) || coalesce(' ' || measured_in, ''), ''), '；' ORDER BY evidence_no) AS evidence, "
    "min(goes_away_when_zh) AS goes_away_when_zh FROM access.clause_evidence GROUP BY ALL"
)
_CHECKS = (
    "SELECT city_code, clause_id, string_agg(scenario_id || ' ' || verdict || '：' || why_zh, '；' "
    "ORDER BY year, scenario_id) AS checks FROM access.clause_checks "
    "WHERE scope_code = of_unit OR scope_type IN ('city', 'zone_type') GROUP BY ALL"
)

MACROS = (
    Macro(
        "access",
        "unit_list",
        ("of_unit",),
        ("access.control_unit_lists", "access.clauses", "access.clause_evidence", "access.clause_checks"),
        "SELECT l.dimension, l.position, l.clause_id, l.level, l.inherited_from, l.via_zones, "  # noqa: S608 - no value of anybody's stands in it
        "l.is_effective, l.replaced_by, c.state, c.change, l.clause_text, c.previous_text, c.metric, "
        "c.operator, c.threshold, c.unit, c.threshold_source, c.reason_zh, e.evidence, "
        "e.goes_away_when_zh, k.checks, l.city_code "
        "FROM access.control_unit_lists l JOIN access.clauses c USING (city_code, clause_id) "
        f"LEFT JOIN ({_EVIDENCE}) e USING (city_code, clause_id) "
        f"LEFT JOIN ({_CHECKS}) k USING (city_code, clause_id) "
        "WHERE l.control_unit_code = of_unit "
        "ORDER BY array_position(['space', 'emission', 'risk', 'resource'], l.dimension), l.position",
        "某管控单元的有效清单：来源、变化、证据与检验",
    ),
    Macro(
        "access",
        "unit_checks",
        ("of_unit",),
        ("access.clause_checks", "access.control_unit_lists"),
        "SELECT k.clause_id, k.scope_type, k.scope_code, k.scenario_id, k.year, k.metric, k.operator, "
        "k.threshold, k.actual, k.unit, k.margin, k.margin_share, k.verdict, k.why_zh, k.city_code "
        "FROM access.clause_checks k "
        "JOIN access.control_unit_lists l USING (city_code, clause_id) WHERE l.control_unit_code = of_unit "
        "AND (k.scope_code = of_unit OR k.scope_type IN ('city', 'zone_type')) "
        "ORDER BY k.clause_id, k.year, k.scenario_id",
        "某管控单元清单中各条款的检验结果",
    ),
    Macro(
        "synergy",
        "top_units",
        ("of_scenario", "of_year", "first_n"),
        ("synergy.control_unit_scores",),
        f"SELECT s.control_unit_code, s.control_unit_name, {_SHOWN} FROM synergy.control_unit_scores s "  # noqa: S608 - no value of anybody's stands in it
        "WHERE s.scenario_id = of_scenario AND s.year = of_year AND s.rank <= first_n "
        "ORDER BY s.city_code, s.rank",
        "某情景某年协同得分最高的管控单元及其理由",
    ),
    Macro(
        "synergy",
        "top_zones",
        ("of_element", "of_scenario", "of_year", "first_n"),
        ("synergy.zone_scores",),
        f"SELECT s.element, s.zone_code, s.zone_name, {_SHOWN} FROM synergy.zone_scores s "  # noqa: S608 - no value of anybody's stands in it
        "WHERE s.element = of_element AND s.scenario_id = of_scenario AND s.year = of_year "
        "AND s.rank <= first_n ORDER BY s.city_code, s.rank",
        "某要素某情景某年协同得分最高的分区及其理由",
    ),
)


def define_macros(connection: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Make the macros whose tables a database has, in place of older ones of the same name."""
    present = {table.full_name for table in tables}
    for macro in MACROS:
        if present.issuperset(macro.needs):
            parameters = ", ".join(macro.parameters)
            connection.execute(
                f"CREATE OR REPLACE MACRO {macro.schema}.{macro.name}({parameters}) AS TABLE {macro.query}"
            )
            connection.execute(f"COMMENT ON MACRO TABLE {macro.schema}.{macro.name} IS '{macro.label}'")
