"""What targets limit, projected: emissions, coal, energy, concentrations, and their ratios to GDP."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.projection.additions import ADDITION_SCHEMA, describe_new_projects, describe_switches
from sxyd_pipeline.core.projection.consistency import (
    balance_rows,
    check_co2_both_ways,
    check_co2_cap_not_looser,
    check_coal_both_ways,
    check_parts_within_city,
    check_pm25_reachable,
    check_projected_within_permitted,
    gather_tests,
)
from sxyd_pipeline.core.projection.energy_totals import consumed_energy
from sxyd_pipeline.core.projection.gaps import measure_gaps
from sxyd_pipeline.core.projection.permitted import DerivationRules, settle_permitted
from sxyd_pipeline.core.projection.project import years_of
from sxyd_pipeline.core.projection.quantities import (
    area_emission_levels,
    base_values,
    city_emission_levels,
    concentration_levels,
    energy_levels,
    evaluate_indicators,
    gdp_path,
    mean_concentration,
    project_fuel_use,
)
from sxyd_pipeline.core.projection.rollback import Rollback
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.projection.targets import known_targets, national_targets_for
from sxyd_pipeline.core.reference import Reference

_PM25, _BACKGROUND, _WEIGHT, _GROWTH = "PM2.5", "pm25_background", "pm25_weight:", "gdp_growth"
_PLANT_EFFICIENCY = "plant_efficiency"


def rollback_of(air_quality: pl.DataFrame, reference: Reference, config: CityConfig) -> Rollback | None:
    """Return the city's PM2.5 rollback (粗略), None where no concentration of the base year is known."""
    concentration = mean_concentration(air_quality, _PM25, config.base_year)
    if concentration is None:
        return None
    values = dict(
        reference.projection_parameters.filter(pl.col("year").is_null())
        .select("parameter", "value")
        .iter_rows()
    )
    weights = {
        name.removeprefix(_WEIGHT): value for name, value in values.items() if name.startswith(_WEIGHT)
    }
    return Rollback(concentration, values[_BACKGROUND], weights)


def plant_efficiency(reference: Reference) -> float:
    """Return the share of the fuel of power and heat plants that becomes electricity and heat."""
    rows = reference.projection_parameters.filter(pl.col("parameter") == _PLANT_EFFICIENCY)
    return float(rows["value"][0])


def gdp_of(reference: Reference, config: CityConfig) -> pl.DataFrame:
    """Return real GDP relative to the base year (``year, gdp_ratio``) by the default growth path."""
    growth = reference.projection_parameters.filter(pl.col("parameter") == _GROWTH).select("year", "value")
    return gdp_path(growth, years_of(config), config.base_year)


def project_indicators(
    activity: pl.DataFrame,
    projected_totals: pl.DataFrame,
    area_emissions: pl.DataFrame,
    energy_use: pl.DataFrame,
    air_quality: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Project every indicator a target may limit.

    Args:
        activity: gathered activity of the base year.
        projected_totals: ``projection.totals``.
        area_emissions: ``projection.area_emissions``.
        energy_use: ``inventory.energy_use``; the balance of the base year scales energy to statistics.
        air_quality: ``inputs.air_quality``.
        scenarios: scenarios.
        reference: fuels, indicators and parameters.
        config: settings of the city.

    Returns:
        ``projection.indicators``: one row per scenario, scope, layer, indicator and year.
    """
    years, base_year = years_of(config), config.base_year
    fuel_use = pl.concat(
        project_fuel_use(
            _activity_of(activity, scenario, reference, config), scenario, years, base_year, reference.fuels
        )
        for scenario in scenarios
    )
    stated = consumed_energy(
        balance_rows(energy_use, "balance").filter(pl.col("year") == base_year), plant_efficiency(reference)
    )
    levels = [
        city_emission_levels(projected_totals, config.adcode),
        area_emission_levels(area_emissions),
        energy_levels(
            fuel_use, config.adcode, base_year, float(stated["energy_tce"][0]) if stated.height else None
        ),
    ]
    rollback = rollback_of(air_quality, reference, config)
    if rollback is not None:
        by_district = air_quality.filter(pl.col("pollutant") == _PM25, pl.col("year") == base_year)
        districts = by_district.group_by("district_code", maintain_order=True).agg(
            pl.col("concentration_ug_per_m3").mean()
        )
        levels.append(concentration_levels(projected_totals, rollback, config.adcode, base_year, districts))
    evaluated = evaluate_indicators(
        pl.concat(levels), reference.target_indicators, base_year, gdp_of(reference, config)
    )
    return evaluated.select(pl.lit(config.adcode).alias("city_code"), pl.all())


def _activity_of(
    activity: pl.DataFrame, scenario: Scenario, reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Return the activity of the base year and what the scenario adds at full effect."""
    base = activity.filter(pl.col("year") == config.base_year)
    switches = describe_switches(base, scenario, reference.fuels)
    projects = describe_new_projects(scenario, config.adcode, config.base_year, scenario.scenario_id)
    plain = base.with_columns(
        pl.lit(None, dtype=pl.String).alias(name) for name in ADDITION_SCHEMA if name not in base.columns
    )
    return pl.concat(
        [plain.select(ADDITION_SCHEMA.keys()), switches, projects.select(ADDITION_SCHEMA.keys())]
    )


def settle_city(
    targets: pl.DataFrame,
    indicators: pl.DataFrame,
    air_quality: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Settle every cap and target of the city (``projection.permitted``).

    Args:
        targets: ``inputs.targets``.
        indicators: ``projection.indicators``.
        air_quality: ``inputs.air_quality``.
        reference: indicators, national targets and parameters.
        config: settings of the city.
    """
    last = years_of(config)[-1]
    return settle_permitted(
        known_targets(targets, reference.target_indicators),
        base_values(indicators, config.base_year),
        reference.target_indicators,
        city_code=config.adcode,
        base_year=config.base_year,
        national=national_targets_for(reference.national_targets, config.adcode, config.base_year, last),
        rules=DerivationRules(rollback=rollback_of(air_quality, reference, config)),
    )


def measure_city_gaps(
    indicators: pl.DataFrame, permitted: pl.DataFrame, reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Compare projections with targets (``projection.target_gaps``)."""
    return measure_gaps(
        indicators,
        permitted,
        reference.target_indicators,
        city_code=config.adcode,
        base_year=config.base_year,
    )


def check_consistency(
    permitted: pl.DataFrame,
    target_gaps: pl.DataFrame,
    indicators: pl.DataFrame,
    energy_use: pl.DataFrame,
    source_emissions: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Test whether bottom line, upper line and inventory agree (``projection.consistency``)."""
    tests, city = reference.consistency_tests, config.adcode
    return gather_tests(
        city,
        [
            check_parts_within_city(permitted, tests),
            check_projected_within_permitted(target_gaps, reference.target_indicators, tests),
            check_coal_both_ways(energy_use, city, [config.base_year], tests),
            check_co2_both_ways(
                energy_use.filter(pl.col("year") == config.base_year),
                source_emissions.filter(pl.col("year") == config.base_year),
                reference.fuels, city, tests,
            ),
            check_pm25_reachable(indicators, permitted, city, tests),
            check_co2_cap_not_looser(permitted, gdp_of(reference, config), city, tests),
        ],
    )  # fmt: skip
