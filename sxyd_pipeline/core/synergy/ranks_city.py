"""Rank intervals of a city: draws of its emissions through all methods and weight schemes."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.indices import find_strongest
from sxyd_pipeline.core.synergy.indices_table import city_scale, scored_years, widen
from sxyd_pipeline.core.synergy.ranks import PeerDraws, Scorer, rank_intervals
from sxyd_pipeline.core.synergy.ranks_draws import draw_areas, lay_out, potential_of_draws

#: Components that are drawn; the others stay at their point.
_DRAWN = ("co2_density", "apeq_density", "reduction_potential")


@dataclass(frozen=True, slots=True)
class Scoring:
    """What the scores of a city are made from.

    Attributes:
        indicators: ``synergy.indicators``.
        weights: ``synergy.weights``.
        contributions: ``synergy.score_contributions``.
        variants: ``synergy.score_variants``.
    """

    indicators: pl.DataFrame
    weights: pl.DataFrame
    contributions: pl.DataFrame
    variants: pl.DataFrame


def draw_intervals(
    scoring: Scoring,
    areas: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Draw the emissions of areas and rank every draw under every method.

    Args:
        scoring: indicators of all areas; contributions of the areas wanted.
        areas: ``layer, code, area_km2`` of the areas wanted, whole layers.
        scenario_sources: ``projection.scenario_sources``.
        placements: ``baseline.placements`` and those of new projects.
        scenarios: scenarios of the city.
        reference: reference data.
        config: settings of the city.

    Returns:
        ``scenario_id, year, layer, code, rank_low, rank_high, top_class_probability``.
    """
    years, scale = scored_years(config), city_scale(reference, config)
    places = lay_out(placements, areas)
    strongest = find_strongest(widen(scoring.indicators))
    drawn = draw_areas(
        scenario_sources, scenarios, places, scale, reference, years=years, strongest=strongest
    )
    lines = places.areas.with_row_index("line")
    parts = []
    for layer in lines["layer"].unique(maintain_order=True):
        mine = lines.filter(pl.col("layer") == layer)
        columns, area_km2 = mine["line"].to_numpy(), mine["area_km2"].to_numpy()
        scorer = _scorer(scoring, str(layer), reference)
        of_layer = scoring.contributions.filter(
            pl.col("layer") == layer, ~pl.col("component").is_in(_DRAWN)
        ).sort("code")
        for year in years:
            # The base year looks to the first horizon for its potential.
            potential = potential_of_draws(drawn, strongest, max(year, min(config.horizons)))[:, columns]
            for scenario in scenarios:
                key = (scenario.scenario_id, year, str(layer))
                own = of_layer.filter(pl.col("scenario_id") == key[0], pl.col("year") == year)
                sums = drawn[scenario.scenario_id, year]
                fixed = {
                    str(name): rows["normalised"].to_numpy()
                    for (name,), rows in own.group_by(["component"], maintain_order=True)
                }
                peers = PeerDraws(
                    codes=mine["code"].to_list(),
                    area_km2=area_km2,
                    co2_t=sums["co2"][:, columns],
                    apeq_t=sums["apeq"][:, columns],
                    iapeq_t=sums["iapeq"][:, columns],
                    potential=potential,
                    fixed=fixed,
                )
                parts.append(rank_intervals(peers, scorer, key, reference.score_classes))
    return pl.concat(parts)


def _scorer(scoring: Scoring, layer: str, reference: Reference) -> Scorer:
    logarithmic = dict(
        reference.score_components.select("component", pl.col("transform") == "log").iter_rows()
    )
    bounds = (
        scoring.contributions.filter(pl.col("layer") == layer)
        .unique("component", keep="first", maintain_order=True)
        .select("component", "bound_low", "bound_high")
        .rows()
    )
    weights = scoring.weights.filter(pl.col("layer") == layer)
    return Scorer(
        {
            name: None if low is None or high is None else (low, high, logarithmic[name])
            for name, low, high in bounds
        },
        {
            str(scheme): dict(own.select("component", "weight_share").iter_rows())
            for (scheme,), own in weights.group_by(["weight_scheme_id"], maintain_order=True)
        },
        str(weights.filter("is_main")["weight_scheme_id"][0]),
    )
