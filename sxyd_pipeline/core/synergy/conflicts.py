"""Conflicts: pairs of requirements that pull apart, with the control units, tonnes and clauses they touch."""

import re

import polars as pl

from sxyd_pipeline.contracts.synergy import CONFLICTS
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.coordination import METHOD, touched_units
from sxyd_pipeline.core.synergy.measures import open_book
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.provenance import inputs_hash

#: Verdicts from here down are conflicts; weaker ones (end-of-pipe power) stay in the matrix only.
CONFLICT = -1.0
_KEYS = ["pair_id", "object_code", "control_unit_code"]


def list_conflicts(
    coordination: pl.DataFrame,
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    control_unit_zones: pl.DataFrame,
    zones: pl.DataFrame,
    access_list: pl.DataFrame,
    settings: tuple[pl.DataFrame, Reference, CityConfig],
) -> pl.DataFrame:
    """List the conflicts of every control unit.

    Args:
        coordination: ``synergy.coordination``.
        source_emissions: ``inventory.emissions``.
        placements: ``baseline.placements``.
        control_unit_zones: ``zoning.control_unit_zones``.
        zones: ``zone_code, zone_type``.
        access_list: ``inputs.access_list``; clauses of a unit whose text or metric fits the rule's pattern.
        settings: ``inputs.measures``, reference tables and settings of the city.

    Returns:
        ``synergy.conflicts``, sorted by its key.
    """
    city_measures, reference, config = settings
    book = open_book(city_measures, reference, config)
    rules = reference.coordination_rules
    touched = touched_units(book, source_emissions, placements, control_unit_zones, zones, rules, reference)
    pairs = coordination.filter(pl.col("verdict") <= CONFLICT).select(
        "pair_id", "object_type", "object_code", "object_name", "environment_requirement",
        "carbon_requirement", "verdict",
    )  # fmt: skip
    found = pairs.join(touched, on=["object_type", "object_code"], how="inner", maintain_order="left")
    clauses = _clauses(found, rules, access_list)
    statement = pl.format(
        "{}：“{}”与“{}”冲突（{}）；涉及 CO2e {} 吨、污染当量 {} 吨{}",
        "object_name",
        "environment_requirement",
        "carbon_requirement",
        "verdict",
        pl.col("co2e_tco2e").round(0).cast(pl.Int64),
        pl.col("apeq_t").round(1),
        pl.when(pl.col("clause_ids").is_null())
        .then(pl.lit("；现行清单中没有对应条款"))
        .otherwise(pl.concat_str(pl.lit("；涉及条款 "), "clause_ids")),
    )
    return publish(
        found.join(clauses, on=_KEYS, how="left", maintain_order="left").with_columns(
            co2e_at_stake_tco2e=pl.col("co2e_tco2e"),
            apeq_at_stake_t=pl.col("apeq_t"),
            statement_zh=statement,
        ),
        CONFLICTS,
        config.adcode,
        method_id=METHOD,
        formula_variant=f"判定 ≤ {CONFLICT:g}；基准年排放经空间落位，分区类按面积份额",
        inputs=inputs_hash(
            coordination, source_emissions, placements, control_unit_zones, zones, access_list
        ),
    )


def _clauses(found: pl.DataFrame, rules: pl.DataFrame, access_list: pl.DataFrame) -> pl.DataFrame:
    """Clauses of the unit whose words fit the pattern of the pair, joined by ;."""
    patterns = dict(rules.drop_nulls("clause_pattern").select("pair_id", "clause_pattern").iter_rows())
    by_unit: dict[str, list[tuple[str, str]]] = {}
    for clause_id, scope, text, metric in (
        access_list.sort("clause_id").select("clause_id", "scope_code", "clause_text", "metric").iter_rows()
    ):
        by_unit.setdefault(scope, []).append((clause_id, f"{text} {metric or ''}"))
    rows = []
    for pair_id, code, unit in found.select(_KEYS).iter_rows():
        pattern = patterns.get(pair_id)
        fitting = [cid for cid, words in by_unit.get(unit, []) if pattern and re.search(pattern, words)]
        rows.append((pair_id, code, unit, ";".join(fitting) or None))
    schema = {**dict.fromkeys(_KEYS, pl.String), "clause_ids": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
