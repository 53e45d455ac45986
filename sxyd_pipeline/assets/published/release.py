"""The release: one id binds database, result tables and manifest."""

import dagster as dg

from sxyd_pipeline.assets.declaration import asset
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
    "measures",
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
)


@asset(after=PARENTS)
def release(context: dg.AssetExecutionContext, publisher: Publisher) -> dg.MaterializeResult[None]:
    """Audit what is on disk, write the release folder, and swap the published database."""
    published = publisher.publish(context.partition_key)
    return dg.MaterializeResult(metadata=published.metadata())
