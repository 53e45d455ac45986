"""``synergy.indicators``: every index of every area in force, long; and back to one row per area."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.projection.engine import project_sources
from sxyd_pipeline.core.projection.project import allocate_projection, rows_of
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.homology import (
    SECTORS,
    overlap_of_areas,
    place_emitters,
    weigh_sources,
)
from sxyd_pipeline.core.synergy.indices import (
    AREA_KEY,
    FROZEN,
    find_strongest,
    freeze_policy,
    measure_areas,
    press_on_targets,
    reduction_potential,
)
from sxyd_pipeline.core.synergy.indices_choices import Scale, choose_scale, parameter_of
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance

#: Source, spread and species: what a projected row keeps.
_ROW = ("city_code", "source_id", "species", "spread_id")


@dataclass(frozen=True, slots=True)
class Index:
    """One indicator of the long table: its name, unit and method."""

    name: str
    zh: str
    unit: str
    method_id: str


INDICES = (
    Index("area_km2", "面积", "km2", "area_amount"),
    Index("co2_t", "CO2 排放", "t/a", "area_amount"),
    Index("co2e_tco2e", "温室气体排放", "tCO2e/a", "area_amount"),
    Index("apeq_t", "污染当量", "t 当量/a", "pollution_equivalents"),
    Index("iapeq_t", "综合当量", "t 当量/a", "integrated_equivalents"),
    Index("co2_density_t_per_km2", "CO2 排放密度", "t/(km2·a)", "area_density"),
    Index("apeq_density_t_per_km2", "污染当量密度", "t 当量/(km2·a)", "area_density"),
    Index("iapeq_density_t_per_km2", "综合当量密度", "t 当量/(km2·a)", "area_density"),
    Index("co2_lq", "CO2 区位商", "1", "location_quotient"),
    Index("apeq_lq", "污染当量区位商", "1", "location_quotient"),
    Index("iapeq_lq", "综合当量区位商", "1", "location_quotient"),
    Index("lq_product", "污碳区位商几何均值", "1", "lq_product"),
    Index("target_pressure", "目标压力", "1", "target_pressure"),
    Index("reduction_potential_share", "减排潜力", "1", "reduction_potential"),
    Index("homology", "碳污同源性 H1", "1", "homology_overlap"),
)
_GRADED = ("co2_lq", "apeq_lq", "lq_product")


@dataclass(frozen=True, slots=True)
class Projection:
    """What the indices of a city are made from.

    Attributes:
        area_emissions: ``projection.area_emissions``.
        emissions: ``projection.emissions``.
        sources: ``projection.scenario_sources``.
        placements: ``baseline.placements`` and those of new projects.
        indicators: ``projection.indicators``.
        permitted: ``projection.permitted``.
    """

    area_emissions: pl.DataFrame
    emissions: pl.DataFrame
    sources: pl.DataFrame
    placements: pl.DataFrame
    indicators: pl.DataFrame
    permitted: pl.DataFrame


def scored_years(config: CityConfig) -> tuple[int, ...]:
    """Return base year and horizons."""
    return (config.base_year, *config.horizons)


def city_scale(reference: Reference, config: CityConfig) -> Scale:
    """Return what the tonnes of a city are weighed with."""
    return choose_scale(reference.pollution_equivalents, reference.gwp, reference.score_parameters, config)


def index_areas(
    tables: Projection,
    areas: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Compute every index of every area in every scenario, in base year and horizons.

    Args:
        tables: projections and targets.
        areas: ``layer, code, area_km2`` of the areas in force.
        scenarios: scenarios of the city.
        reference: reference data.
        config: settings of the city.

    Returns:
        One row per scenario, year, layer and code with the columns of :data:`INDICES` and ``quadrant``.
    """
    years, scale = scored_years(config), city_scale(reference, config)
    cut = parameter_of(reference.score_parameters, "lq_cut")
    in_years = pl.col("year").is_in(list(years))
    measured = measure_areas(tables.area_emissions.filter(in_years), areas, scale, lq_cut=cut)
    strongest = find_strongest(measured)
    frozen = measure_areas(_freeze(tables, areas, scenarios, strongest, config), areas, scale, lq_cut=cut)
    potential = reduction_potential(
        pl.concat([measured, frozen]),
        base_year=config.base_year,
        strongest=strongest,
        reference=f"{strongest}{FROZEN}",
    )
    weighed = weigh_sources(tables.emissions.filter(in_years), tables.sources, scale)
    overlap = overlap_of_areas(place_emitters(weighed, tables.placements, areas))
    return (
        measured.join(_pressure(tables, reference, years), on=["scenario_id", "year", "code"], how="left")
        .join(potential, on=["year", "layer", "code"], how="left")
        .join(overlap, on=AREA_KEY, how="left")
        .with_columns(lq_product=(pl.col("co2_lq") * pl.col("apeq_lq")).sqrt(), strongest=pl.lit(strongest))
        .sort(AREA_KEY)
    )


def describe_indicators(
    tables: Projection,
    areas: pl.DataFrame,
    scenarios: Sequence[Scenario],
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Return ``synergy.indicators``; arguments as in :func:`index_areas`.

    An index that is not defined in an area has an empty value and a variant that says why.
    """
    wide = index_areas(tables, areas, scenarios, reference, config)
    names = [index.name for index in INDICES]
    facts = pl.DataFrame(
        [(one.name, one.zh, one.unit, one.method_id) for one in INDICES],
        schema=["indicator", "indicator_name", "measured_in", "method"],
        orient="row",
    )
    is_graded = pl.col("indicator").is_in(_GRADED)
    cut = parameter_of(reference.score_parameters, "lq_cut")
    long = (
        wide.unpivot(names, index=[*AREA_KEY, "quadrant", "strongest"], variable_name="indicator")
        .join(facts, on="indicator", maintain_order="left")
        .with_columns(grade=pl.when(is_graded).then("quadrant"), city_code=pl.lit(config.adcode))
    )
    hashed = inputs_hash(
        areas, tables.area_emissions, tables.emissions, tables.placements, tables.indicators, tables.permitted
    )
    return (
        with_provenance(
            long,
            method_id=pl.col("method"),
            formula_variant=_variants(city_scale(reference, config).variant, config),
            grade_scheme_id=pl.when(is_graded).then(pl.lit(f"quadrant_lq_cut_{cut:g}")),
            inputs=hashed,
        )
        .select(
            "city_code", *AREA_KEY, "indicator", "indicator_name", "value", "measured_in", "grade",
            "method_id", "formula_variant", "grade_scheme_id", "inputs_hash",
        )
        .sort(*AREA_KEY, "indicator")
    )  # fmt: skip


def widen(indicators: pl.DataFrame) -> pl.DataFrame:
    """Bring ``synergy.indicators`` back to one row per area.

    Args:
        indicators: ``scenario_id, year, layer, code, indicator, value, grade``.

    Returns:
        One row per scenario, year, layer and code with a column per indicator and ``quadrant``, sorted.
    """
    quadrants = indicators.filter(pl.col("indicator") == "lq_product").select(*AREA_KEY, quadrant="grade")
    wide = indicators.select(*AREA_KEY, "indicator", "value").pivot(
        "indicator", index=AREA_KEY, values="value", sort_columns=True
    )
    return wide.join(quadrants, on=AREA_KEY, how="left").sort(AREA_KEY)


def _variants(scale: str, config: CityConfig) -> pl.Expr:
    first = min(config.horizons)
    is_potential = pl.col("indicator") == "reduction_potential_share"
    is_base = pl.col("year") == config.base_year
    potential = pl.format(
        "{} against the same activity without measures{}; {}",
        pl.col("strongest"),
        pl.when(is_base).then(pl.lit(f"; base year looks to {first}")).otherwise(pl.lit("")),
        pl.lit(scale),
    )
    why = {
        "target_pressure": "undefined: the area has no target",
        "reduction_potential_share": "undefined: nothing is emitted",
        "homology": "undefined: no CO2 or no pollutants",
    }
    words = {
        "target_pressure": "mean of projected over permitted; first target not before the year",
        "homology": SECTORS,
        **dict.fromkeys(
            ("co2_lq", "apeq_lq", "iapeq_lq", "lq_product"), f"against the mean of the layer; {scale}"
        ),
    }
    is_missing = pl.col("value").is_null()
    other = pl.lit("undefined: the layer emits nothing, or has no area")
    return (
        pl.when(is_missing)
        .then(pl.col("indicator").replace_strict(why, default=other, return_dtype=pl.String))
        .when(is_potential)
        .then(potential)
        .otherwise(pl.col("indicator").replace_strict(words, default=pl.lit(scale), return_dtype=pl.String))
    )


def _freeze(
    tables: Projection, areas: pl.DataFrame, scenarios: Sequence[Scenario], strongest: str, config: CityConfig
) -> pl.DataFrame:
    """Project the strongest scenario without its measures onto the areas."""
    scenario = next(one for one in scenarios if one.scenario_id == strongest)
    years = scored_years(config)
    rows = rows_of(tables.sources, scenario)
    projected = project_sources(rows, freeze_policy(scenario), years, config.base_year, _ROW)
    layers = areas["layer"].unique().sort().to_list()
    return allocate_projection(projected, tables.placements, layers, years)


def _pressure(tables: Projection, reference: Reference, years: tuple[int, ...]) -> pl.DataFrame:
    is_cap = (
        (pl.col("quantity") == "emission") & (pl.col("form") == "level") & (pl.col("comparison") == "at_most")
    )
    caps = reference.target_indicators.filter(is_cap)["indicator"].to_list()
    wanted = pl.col("indicator").is_in(caps) & (pl.col("scope_type") != "city")
    projected = tables.indicators.filter(wanted, pl.col("year").is_in(list(years))).select(
        "scenario_id", "indicator", "year", "projected", code="scope_code"
    )
    permitted = tables.permitted.filter(wanted).select("indicator", "year", "target", code="scope_code")
    cap = parameter_of(reference.score_parameters, "pressure_cap")
    return press_on_targets(projected, permitted, years=years, cap=cap).select(
        "scenario_id", "year", "code", "target_pressure"
    )
