"""How sure the scenarios are: quantiles of totals and control units, the peak's range, shares of variance."""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy import sparse

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.ranges import range_of
from sxyd_pipeline.core.projection.montecarlo import (
    Z95,
    Draws,
    draw_inputs,
    draw_places,
    draw_totals,
    prepare_spread,
    share_variance,
    split_ranges,
)
from sxyd_pipeline.core.projection.peak import PeakDraws, find_peak
from sxyd_pipeline.core.projection.project import METHOD, allocate_projection, rows_of, years_of
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.reference import Reference

#: Draws of the Monte Carlo and their seed: the same for every scenario, so that scenarios differ by their
#: levers alone; 1,000 draws put the 5 and 95 % quantiles of a lognormal total within some 1 % of the limit.
DRAWS, SEED = 1000, 20211027

_CARBON = "CO2"


def prepare_draws(
    sources: pl.DataFrame, scenario: Scenario, reference: Reference
) -> tuple[pl.DataFrame, Draws]:
    """Return a scenario's rows with their spreads, and the draws of all uncertain inputs."""
    sigma = {
        kind: (ranges["stated"].high_log + ranges["stated"].low_log) / (2 * Z95)
        for kind, ranges in (
            ("point", range_of("facility_activity", reference)),
            ("area", range_of("area_activity", reference)),
        )
    }
    rows = split_ranges(rows_of(sources, scenario), sigma)
    return rows, draw_inputs(rows, scenario.levers, DRAWS, SEED)


def total_projections(
    projected: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Sum projections over the city, with quantiles of the Monte Carlo (``projection.totals``)."""
    years = years_of(config)
    quantiles = []
    for scenario in scenarios:
        rows, draws = prepare_draws(scenario_sources, scenario, reference)
        totals = draw_totals(rows, scenario, draws, years, config.base_year)
        for species, drawn in totals.items():
            low, middle, high = np.quantile(drawn, (0.05, 0.5, 0.95), axis=0)
            quantiles.append(
                pl.DataFrame(
                    {
                        "scenario_id": scenario.scenario_id,
                        "species": species,
                        "year": pl.Series(years, dtype=pl.Int32),
                        "p05_t": low,
                        "p50_t": middle,
                        "p95_t": high,
                    }
                )
            )
    keys = ["scenario_id", "year", "species"]
    gwp = _gwp(reference, config)
    return (
        projected.group_by("city_code", *keys, maintain_order=True)
        .agg(pl.col("emission_t").sum())
        .join(pl.concat(quantiles), on=keys, how="left", maintain_order="left")
        .join(gwp, on="species", how="left", maintain_order="left")
        .with_columns(
            co2e_tco2e=pl.col("emission_t") * pl.col("gwp"),
            gwp_set=pl.when(pl.col("gwp").is_not_null()).then(pl.lit(config.methods.gwp_set)),
            method_id=pl.lit(METHOD),
        )
        .select(
            "city_code", *keys, "emission_t", "p05_t", "p50_t", "p95_t", "co2e_tco2e", "gwp_set", "method_id"
        )
        .sort(keys)
    )


def draw_control_units(
    projected: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    placements: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Bring projections to control units, with quantiles in base year and horizons."""
    years = (config.base_year, *config.horizons)
    mine = placements.filter(pl.col("layer") == "control_unit")
    codes = mine["code"].unique().sort()
    spreads = mine["spread_id"].unique().sort()
    position = {code: index for index, code in enumerate(codes)}
    line = {spread: index for index, spread in enumerate(spreads)}
    places = mine["code"].replace_strict(position, return_dtype=pl.Int64).to_numpy()
    lines = mine["spread_id"].replace_strict(line, return_dtype=pl.Int64).to_numpy()
    matrix = sparse.csc_array((mine["share"].to_numpy(), (places, lines)), shape=(len(codes), len(spreads)))
    parts = []
    for scenario in scenarios:
        rows, draws = prepare_draws(scenario_sources, scenario, reference)
        of_row = rows["spread_id"].replace_strict(line, return_dtype=pl.Int64).to_numpy()
        shares = matrix[:, of_row].tocsr()
        drawn = draw_places(rows, scenario, draws, years, config.base_year, shares)
        for species, quantiles in drawn.items():
            for index, year in enumerate(years):
                parts.append(
                    pl.DataFrame(
                        {
                            "scenario_id": scenario.scenario_id,
                            "year": pl.Series([year] * len(codes), dtype=pl.Int32),
                            "code": codes,
                            "species": species,
                            "p05_t": quantiles[0, :, index],
                            "p50_t": quantiles[1, :, index],
                            "p95_t": quantiles[2, :, index],
                        }
                    )
                )
    allocated = allocate_projection(projected, placements, ["control_unit"], years)
    keys = ["scenario_id", "year", "code", "species"]
    return (
        allocated.join(pl.concat(parts), on=keys, how="left", maintain_order="left")
        .rename({"code": "control_unit_code"})
        .select(
            "city_code",
            "scenario_id",
            "year",
            "control_unit_code",
            "species",
            "emission_t",
            "p05_t",
            "p50_t",
            "p95_t",
        )
        .sort("scenario_id", "year", "control_unit_code", "species")
    )


def locate_peak(
    totals: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Find the carbon peak of every scenario with its range (``projection.peak``)."""
    drawn: dict[tuple[str, str], PeakDraws] = {}
    for scenario in scenarios:
        rows, draws = prepare_draws(scenario_sources, scenario, reference)
        chosen = np.flatnonzero((rows["species"] == _CARBON).to_numpy())
        if chosen.size:
            part = rows.filter(pl.col("species") == _CARBON)
            values = draw_totals(part, scenario, draws.only(chosen), years_of(config), config.base_year)
            drawn[scenario.scenario_id, _CARBON] = PeakDraws(years_of(config), values[_CARBON])
    return find_peak(totals, config.adcode, drawn, species=(_CARBON,))


def explain_variance(
    scenario_sources: pl.DataFrame, scenarios: Sequence[Scenario], reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Say which input explains how much of each total's variance (``projection.variance_shares``)."""
    years = (config.base_year, *config.horizons)
    parts = []
    for scenario in scenarios:
        rows, draws = prepare_draws(scenario_sources, scenario, reference)
        spread = prepare_spread(rows, scenario, draws, years, config.base_year)
        parts += [
            share_variance(rows, draws, spread, species, year).select(
                pl.lit(config.adcode).alias("city_code"),
                pl.lit(scenario.scenario_id).alias("scenario_id"),
                pl.lit(year, dtype=pl.Int32).alias("year"),
                pl.lit(species).alias("species"),
                "input_group",
                "input_kind",
                "first_order_share",
                pl.lit("sobol_first_order").alias("method_id"),
            )
            for species in spread.totals
            for year in years
        ]
    return (
        pl.concat(parts)
        .filter(pl.col("first_order_share") >= 1e-4)  # noqa: PLR2004 - below a hundredth of a percent nobody can act on it
        .sort(
            "scenario_id",
            "year",
            "species",
            "first_order_share",
            "input_group",
            descending=[False, False, False, True, False],
        )
    )


def _gwp(reference: Reference, config: CityConfig) -> pl.DataFrame:
    """Return the potential of each species in the city's set."""
    mine = reference.gwp.filter(pl.col("gwp_set") == config.methods.gwp_set, pl.col("species").is_not_null())
    return mine.select("species", gwp="value").unique("species", keep="first")
