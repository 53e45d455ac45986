"""Measures of a city: the library with the city's own, applied to its sources and evaluated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.contracts.synergy import MEASURES
from sxyd_pipeline.core.inputs.config import MODULES, CityConfig
from sxyd_pipeline.core.inventory.indirect import choose_grid_factor
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.cocontrol import Scales, choose_scales, evaluate_cocontrol, parameters_of
from sxyd_pipeline.core.synergy.elasticity import quadrant
from sxyd_pipeline.core.synergy.measures_effects import Fitted, cost_quantity, fit_measure
from sxyd_pipeline.core.synergy.measures_library import (
    ELECTRICITY,
    SINK,
    Measure,
    combine_with_city,
    read_library,
)
from sxyd_pipeline.core.synergy.measures_sources import SPECIES_AT, Array, SourceTable, tabulate_sources
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.provenance import inputs_hash
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON, POLLUTANTS, SPECIES_CODES

METHOD = "cocontrol_effect"
#: What is taken of the element zones.
LAND: dict[str, type[pl.DataType]] = {"zone_code": pl.String, "zone_type": pl.String, "area_km2": pl.Float64}
_HA_PER_KM2 = 100.0
_LEAST_CHANGE_T = 1e-9
_PROVINCE_DIGITS = 2


@dataclass(frozen=True, slots=True, eq=False)
class MeasureBook:
    """Everything a city's measures are computed with.

    Attributes:
        measures: library and the city's own, in the order they act on a source.
        scales: weights of species.
        grid_tco2_per_kwh: average factor of the grid in the base year.
        coal_tco2_per_gj: factor of bituminous coal.
        parameters: ``cost_parameters`` by name.
    """

    measures: tuple[Measure, ...]
    scales: Scales
    grid_tco2_per_kwh: float
    coal_tco2_per_gj: float
    parameters: dict[str, float]

    @property
    def discount_rate(self) -> float:
        """Rate behind annualised costs."""
        return self.parameters["discount_rate"]

    def on_sources(self) -> tuple[Measure, ...]:
        """Return the measures that act on sources, not on land."""
        return tuple(measure for measure in self.measures if not measure.is_of_area)


def open_book(city_measures: pl.DataFrame, reference: Reference, config: CityConfig) -> MeasureBook:
    """Bring library, the city's measures and the choices of method together.

    Args:
        city_measures: ``inputs.measures``.
        reference: library, equivalents, potentials, grid factors, parameters.
        config: settings of the city.
    """
    modules = [module for module in MODULES if config.has_module(module)]
    library = read_library(reference.measures, reference.measure_effects, modules)
    measures = combine_with_city(library, city_measures, reference.technologies["technology_code"].to_list())
    province = f"{config.adcode[:_PROVINCE_DIGITS]}0000"
    grid = choose_grid_factor(reference, province, ELECTRICITY, config.base_year)
    coal = reference.fuels.filter(pl.col("fuel_code") == "bituminous_coal").select(
        pl.col("carbon_tc_per_gj") * pl.col("oxidation_share") * CO2_PER_CARBON
    )
    return MeasureBook(
        measures, choose_scales(reference, config), float(str(grid["t_per_unit"])), float(coal.item()),
        parameters_of(reference),
    )  # fmt: skip


def annual_cost(fitted: Fitted, sources: SourceTable, book: MeasureBook) -> Array | None:
    """Return the yearly cost of full uptake per covered source (CNY/a), or None where none is known."""
    cost = fitted.measure.cost
    if cost is None:
        return None
    quantity = cost_quantity(fitted, sources, book.scales.iapeq_per_t)
    return np.asarray(quantity * cost.annualised(book.discount_rate))


def evaluate_measures(
    source_emissions: pl.DataFrame,
    zones: pl.DataFrame,
    city_measures: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Evaluate every measure on the sources of the base year, at its uptake in each horizon year.

    Scope 1 (``delta_co2e_tco2e``), Scope 2 (``delta_indirect_tco2``: power times the grid factor) and sinks
    (``delta_sink_tco2``) stand apart. Elasticity, quadrant and unit costs are of Scope 1;
    ``quadrant_with_indirect`` judges all three together.

    Args:
        source_emissions: ``inventory.emissions``.
        zones: ``zone_type, area_km2`` of the element zones.
        city_measures: ``inputs.measures``.
        reference: reference tables.
        config: settings of the city.

    Returns:
        ``synergy.measures``, sorted by its key.
    """
    book = open_book(city_measures, reference, config)
    sources = tabulate_sources(source_emissions, reference.technologies)
    hectares = dict(
        zones.group_by("zone_type", maintain_order=True)
        .agg(pl.col("area_km2").sum() * _HA_PER_KM2)
        .iter_rows()
    )
    rows = [
        row
        for measure in book.measures
        for row in _rows_of(measure, sources, hectares, book, config.horizons)
    ]
    total = sources.total_t()
    schema: dict[str, type[pl.DataType]] = {
        "measure_id": pl.String, "measure_name": pl.String, "year": pl.Int32, "applies_to": pl.String,
        "uptake_share": pl.Float64, "source_count": pl.Int64, "delta_carbon_t": pl.Float64,
        "delta_indirect_tco2": pl.Float64, "delta_sink_tco2": pl.Float64, "annual_cost_cny": pl.Float64,
        "energy_penalty_share": pl.Float64, "origin": pl.String, "cited_from": pl.String,
        "confidence": pl.String, "mechanism_zh": pl.String, "stage": pl.String, "rule_id": pl.String,
        "module": pl.String,
        **{f"d{species}_t": pl.Float64 for species in POLLUTANTS},
    }  # fmt: skip
    evaluated = evaluate_cocontrol(
        pl.DataFrame(rows, schema=schema, orient="row"),
        weights={name: float(book.scales.apeq_per_t[SPECIES_AT[name]]) for name in POLLUTANTS},
        base_apeq_t=float(total @ book.scales.apeq_per_t),
        base_carbon_t=float(total @ book.scales.co2e_per_t),
        carbon_weight=book.scales.carbon_weight,
        zero_share=book.parameters["elasticity_zero_share"],
        definition=book.scales.elasticity_definition,
    )
    carbon = pl.col("delta_carbon_t") + pl.col("delta_indirect_tco2") + pl.col("delta_sink_tco2")
    variant = (
        f"基准年排放×普及率，单项作用；{book.scales.words}；折现率 {book.discount_rate:g}；"
        f"电网因子 {book.grid_tco2_per_kwh * 1000:g} tCO2/MWh（范围二单列）"
    )
    base_co2e = float(total @ book.scales.co2e_per_t)
    named = evaluated.with_columns(
        city_code=pl.lit(config.adcode),
        quadrant_with_indirect=quadrant("apeq_share_of_base", carbon / (base_co2e or 1.0)),
        # The cost of a wastewater plant or a forest buys more than air and carbon: per tonne it says nothing.
        **{
            name: pl.when(pl.col("module") == "").then(pl.col(name))
            for name in ("cost_per_carbon_cny_per_t", "cost_per_iapeq_cny_per_t")
        },
    ).rename(
        {
            "delta_carbon_t": "delta_co2e_tco2e",
            "apeq_share_of_base": "apeq_share_of_city",
            "carbon_share_of_base": "co2e_share_of_city",
            "cost_per_carbon_cny_per_t": "cost_per_co2e_cny_per_t",
            **{f"d{species}_t": delta_column(species) for species in POLLUTANTS},
        }
    )
    return publish(
        named,
        MEASURES,
        config.adcode,
        method_id=METHOD,
        formula_variant=variant,
        inputs=inputs_hash(source_emissions, zones, city_measures),
    )


def _rows_of(
    measure: Measure,
    sources: SourceTable,
    hectares: dict[str, float],
    book: MeasureBook,
    horizons: Sequence[int],
) -> list[dict[str, object]]:
    if measure.is_of_area:
        return [_area_row(measure, hectares, book, year) for year in horizons]
    fitted = fit_measure(measure, sources)
    full, cost = fitted.alone(sources), annual_cost(fitted, sources, book)
    touched = int((np.abs(full.delta_t).max(axis=1, initial=0.0) > _LEAST_CHANGE_T).sum())
    delta, kwh = full.delta_t.sum(axis=0), float(full.saved_kwh.sum())
    return [
        _row(
            measure, year, touched, delta * measure.uptake(year), kwh * measure.uptake(year), 0.0,
            None if cost is None else float(cost.sum()) * measure.uptake(year), book,
        ) | {"energy_penalty_share": fitted.energy_penalty(sources)}
        for year in horizons
    ]  # fmt: skip


def _area_row(
    measure: Measure, hectares: dict[str, float], book: MeasureBook, year: int
) -> dict[str, object]:
    area = sum(hectares.get(zone_type, 0.0) for zone_type in measure.selector.zone_types)
    taken = area * measure.uptake(year)
    kwh = sum(effect.value for effect in measure.effects if effect.subject == ELECTRICITY)
    sink = sum(effect.value for effect in measure.effects if effect.subject == SINK)
    cost = None if measure.cost is None else measure.cost.annualised(book.discount_rate) * taken
    none = np.zeros(len(SPECIES_CODES))
    return _row(measure, year, 0, none, kwh * taken, sink * taken, cost, book)


def _row(
    measure: Measure,
    year: int,
    touched: int,
    delta_t: Array,
    kwh: float,
    sink_tco2: float,
    cost: float | None,
    book: MeasureBook,
) -> dict[str, object]:
    return {
        "measure_id": measure.measure_id,
        "measure_name": measure.name_zh,
        "year": year,
        "applies_to": describe_selector(measure),
        "uptake_share": measure.uptake(year),
        "source_count": touched,
        "delta_carbon_t": float(delta_t @ book.scales.co2e_per_t),
        "delta_indirect_tco2": kwh * book.grid_tco2_per_kwh,
        "delta_sink_tco2": sink_tco2,
        "annual_cost_cny": cost,
        "energy_penalty_share": None,
        "origin": measure.origin,
        "cited_from": measure.cited_from,
        "confidence": measure.confidence,
        "mechanism_zh": measure.mechanism_zh,
        "stage": measure.stage,
        "rule_id": measure.rule_id,
        "module": measure.module,
        **{f"d{species}_t": float(delta_t[SPECIES_AT[species]]) for species in POLLUTANTS},
    }


def delta_column(species: str) -> str:
    """Return the column that holds the reduction of a species."""
    return f"delta_{species.lower().replace('.', '')}_t"


def describe_selector(measure: Measure) -> str:
    """Return what a measure applies to in one phrase."""
    selector = measure.selector
    parts = {
        "活动": selector.activity_codes, "技术": selector.technology_codes, "行业": selector.industry_codes,
        "源类": selector.source_categories, "源型": (selector.source_kind,) if selector.source_kind else (),
        "设施": (selector.device,) if selector.device else (), "分区细类": selector.zone_types,
    }  # fmt: skip
    return "；".join(f"{name} {','.join(str(v) for v in values)}" for name, values in parts.items() if values)
