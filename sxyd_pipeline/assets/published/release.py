"""The release: one id binds database, deliverables and manifest."""

import dagster as dg

from sxyd_pipeline.assets.declaration import asset
from sxyd_pipeline.assets.published.delivery import describe_edition
from sxyd_pipeline.deliverables.catalogue import ALL, DELIVERABLES, TAG, chosen
from sxyd_pipeline.deliverables.stage import staged_parts
from sxyd_pipeline.io.resources import Publisher

#: Everything a release carries; listed because the publisher reads the lake, not its parameters.
PARENTS = (
    "statistical_areas",
    "facilities",
    "facility_activity",
    "facility_emissions",
    "area_activity",
    "energy",
    "economy",
    "air_quality",
    "targets",
    "access_list",
    "waivers",
    "measures",
    "land_use",
    "land_changes",
    "wastewater",
    "carbon_projects",
    "coastal_habitats",
    "layers",
    "proxies",
    "computed_emissions",
    "source_emissions",
    "memo_emissions",
    "indirect_emissions",
    "quarantined_emissions",
    "energy_use",
    "emission_totals",
    "uncertainty",
    "districts",
    "zones",
    "control_units",
    "control_unit_zones",
    "topology",
    "placements",
    "district_emissions",
    "zone_emissions",
    "control_unit_emissions",
    "structure",
    "decomposition",
    "decoupling",
    "key_industries",
    "key_fields",
    "key_areas",
    "drivers",
    "project_placements",
    "scenario_sources",
    "projected_emissions",
    "lever_effects",
    "projected_area_emissions",
    "projected_totals",
    "projected_control_unit_emissions",
    "variance_shares",
    "projected_indicators",
    "permitted",
    "target_gaps",
    "peak",
    "consistency",
    "back_cast",
    "lints",
    "synergy_indicators",
    "score_weights",
    "score_contributions",
    "score_variants",
    "control_unit_scores",
    "zone_scores",
    "homology",
    "coupling",
    "grid_emissions",
    "clusters",
    "spatial_statistics",
    "measure_effects",
    "measure_reductions",
    "mac_curve",
    "portfolio_options",
    "portfolio",
    "portfolio_targets",
    "pareto",
    "coordination",
    "conflicts",
    "non_co2",
    "fugitive_gases",
    "water_synergy",
    "carbon_stocks",
    "carbon_changes",
    "carbon_sinks",
    "blue_carbon",
    "siting_projects",
    "siting",
    "rule_evidence",
    "clauses",
    "clause_evidence",
    "control_unit_lists",
    "overall_list",
    "clause_checks",
    "clause_conflicts",
    "list_coverage",
    "clause_lints",
)


@asset(after=PARENTS, kinds=("polars",))
def edition(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """定稿 · Audit what is on disk and give the release its id; every deliverable is written from this."""
    return describe_edition(publisher.prepare(context.partition_key))


@asset(after=("edition", *DELIVERABLES), kinds=("duckdb",))
def release(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """发布 · Write the release folder with database and deliverables, and swap the published database."""
    city = context.partition_key
    wanted = chosen(context.run.tags.get(TAG, ALL).split(","))
    parts = staged_parts(publisher.workspace.lake, publisher.prepare(city), wanted)
    published = publisher.publish(city, parts)
    return dg.MaterializeResult(metadata=published.metadata())
