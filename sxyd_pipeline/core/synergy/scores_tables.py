"""The two tables of scores: control units, and element zones ranked within their element."""

from collections.abc import Sequence

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.indices import list_control_units, list_zones
from sxyd_pipeline.core.synergy.ranks_city import Scoring
from sxyd_pipeline.core.synergy.scores_city import SCORED, score_areas


def score_control_units(
    scoring: Scoring,
    control_units: gpd.GeoDataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Return ``synergy.control_unit_scores``.

    Args:
        scoring: indicators, weights, contributions and variants.
        control_units: ``zoning.control_units``.
        scenario_sources: ``projection.scenario_sources``.
        placements: ``baseline.placements`` and those of new projects.
        scenarios: scenarios of the city.
        reference: reference data.
        config: settings of the city.
    """
    areas = list_control_units(control_units)
    scored = score_areas(scoring, areas, scenario_sources, placements, scenarios, reference, config)
    return scored.rename({"code": "control_unit_code", "name": "control_unit_name"}).select(
        "city_code", "scenario_id", "year", "control_unit_code", "control_unit_name", "control_class",
        "district_code", *SCORED,
    )  # fmt: skip


def score_zones(
    scoring: Scoring,
    zones: gpd.GeoDataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Return ``synergy.zone_scores``; arguments as in :func:`score_control_units`, with ``zoning.zones``."""
    areas = list_zones(zones)
    scored = score_areas(scoring, areas, scenario_sources, placements, scenarios, reference, config)
    return (
        scored.rename({"layer": "element", "code": "zone_code", "name": "zone_name"})
        .select(
            "city_code", "scenario_id", "year", "element", "zone_code", "zone_name", "control_class",
            "zone_type", *SCORED,
        )
        .sort("scenario_id", "year", "zone_code")
    )  # fmt: skip
