"""Options of a portfolio: what every stack of measures does to every scope, exactly and without overlap.

A scope is a group of units of one sector to which the same measures apply. An option is a stack of measures
on the same part of a scope, applied one after the other; parts are disjoint, so options add up without
counting anything twice, and a portfolio over them is a linear programme.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.contracts.synergy import PORTFOLIO_OPTIONS
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.measures import MeasureBook, annual_cost, open_book
from sxyd_pipeline.core.synergy.measures_effects import Fitted, fit_measure
from sxyd_pipeline.core.synergy.measures_sources import (
    SPECIES_AT,
    Array,
    SourceTable,
    sources_of_projection,
    tabulate_sources,
)
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.provenance import inputs_hash
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE, SOURCE_CATEGORIES

METHOD = "portfolio_options"
#: Species a target may limit, with the column that holds their reduction.
DELTA_COLUMNS = {
    "SO2": "delta_so2_t", "NOx": "delta_nox_t", "PM10": "delta_pm10_t", "PM2.5": "delta_pm25_t",
    "VOCs": "delta_vocs_t", "NH3": "delta_nh3_t", "CO2": "delta_co2_t",
}  # fmt: skip
#: More measures on one part than this are no plan anybody would carry out.
DEEPEST_STACK = 6
_LEAST_CHANGE_T = 1e-6
_NAMED = 2
_DIVISION_DIGITS = 2


@dataclass(frozen=True, slots=True, eq=False)
class _Scope:
    code: str
    name: str
    rows: Array
    fitted: tuple[Fitted, ...]
    cost_cny: tuple[float, ...]


def list_options(
    projected: pl.DataFrame,
    scenario_sources: pl.DataFrame,
    city_measures: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """List the options of every scenario and horizon year.

    Args:
        projected: ``projection.emissions``.
        scenario_sources: ``projection.scenario_sources``.
        city_measures: ``inputs.measures``.
        reference: reference tables.
        config: settings of the city.

    Returns:
        ``synergy.portfolio_options``; tonnes and cost are those of the whole scope (uptake 1).
    """
    book = open_book(city_measures, reference, config)
    industries = dict(
        reference.industries.filter(pl.col("level") == 2)  # noqa: PLR2004 - divisions
        .select("code", "name")
        .iter_rows()
    )
    parts = []
    for scenario_id in projected["scenario_id"].unique().sort().to_list():
        for year in config.horizons:
            long = sources_of_projection(projected, scenario_sources, scenario_id, year)
            sources = tabulate_sources(long, reference.technologies)
            found = options_of(sources, book, year, industries)
            parts.append(found.with_columns(scenario_id=pl.lit(scenario_id), year=pl.lit(year, pl.Int32)))
    return publish(
        pl.concat(parts),
        PORTFOLIO_OPTIONS,
        config.adcode,
        method_id=METHOD,
        formula_variant=f"情景年排放；措施组合按 sequence 顺序作用；每部分至多 {DEEPEST_STACK} 项；"
        f"{book.scales.words}；折现率 {book.discount_rate:g}",
        inputs=inputs_hash(projected, scenario_sources, city_measures),
    )


def options_of(
    sources: SourceTable, book: MeasureBook, year: int, industries: dict[str, str] | None = None
) -> pl.DataFrame:
    """List the options of one table of sources.

    Measures without a known cost, those that may not spread in that year, and those whose cost serves another
    aim (optional modules) are no options.

    Returns:
        ``scope_code, scope_name, option, measures`` (ids separated by ;), ``source_count, annual_cost_cny``,
        reductions at uptake 1.
    """
    rows = [
        {"scope_code": scope.code, "scope_name": scope.name, "source_count": len(scope.rows), **option}
        for scope in _scopes(sources, book, year, industries or {})
        for option in _stacks(scope, sources, book)
    ]
    schema: dict[str, type[pl.DataType]] = {
        "scope_code": pl.String, "scope_name": pl.String, "source_count": pl.Int64, "option": pl.Int64,
        "measures": pl.String, "annual_cost_cny": pl.Float64,
        **dict.fromkeys(DELTA_COLUMNS.values(), pl.Float64), "delta_apeq_t": pl.Float64,
        "delta_co2e_tco2e": pl.Float64, "delta_indirect_tco2": pl.Float64,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _scopes(
    sources: SourceTable, book: MeasureBook, year: int, industries: dict[str, str]
) -> Iterator[_Scope]:
    """Group the units of one sector that the same measures touch."""
    measures = [m for m in book.on_sources() if m.uptake(year) > 0 and m.cost is not None and not m.module]
    fitted = [fit_measure(measure, sources) for measure in measures]
    touched = np.zeros((sources.count, len(fitted)), dtype=bool)
    for column, one in enumerate(fitted):
        change = np.abs(one.alone(sources).delta_t).max(axis=1, initial=0.0)
        touched[one.rows, column] = change > _LEAST_CHANGE_T
    costs = [annual_cost(one, sources, book) for one in fitted]
    sectors = [_sector(row) for row in sources.facts.iter_rows(named=True)]
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for members in _units(sources, fitted, touched):
        eligible = tuple(int(c) for c in np.flatnonzero(touched[members].any(axis=0)))
        if eligible:
            groups.setdefault((sectors[members[0]], eligible), []).extend(members)
    numbers: dict[str, int] = {}
    for (sector, eligible), members in groups.items():
        numbers[sector] = numbers.get(sector, 0) + 1
        rows = np.array(sorted(members))
        yield _Scope(
            f"{sector}-{numbers[sector]:02d}",
            _describe(sector, sources.facts[rows.tolist()], industries),
            rows,
            tuple(_on_rows(fitted[c], rows, sources.count) for c in eligible),
            tuple(_cost_on(costs[c], fitted[c].rows, rows) for c in eligible),
        )


def _cost_on(cost: Array | None, covered: Array, rows: Array) -> float:
    return 0.0 if cost is None else float(cost[np.isin(covered, rows)].sum())


def _units(sources: SourceTable, fitted: Sequence[Fitted], touched: Array) -> list[list[int]]:
    """Return sources that can only change together, in order of their first source.

    One piece of equipment is one unit: its fuel, product, limestone and slip. Within a facility a measure
    that changes the structure, or whose cost lies on one product, binds everything it touches: nobody
    replaces the coke of a blast furnace and keeps its iron.
    """
    leader = list(range(sources.count))

    def first(row: int) -> int:
        while leader[row] != row:
            row = leader[row]
        return row

    owners = sources.facts["facility_id"].to_list()
    equipment = sources.facts["equipment_id"].to_list()
    binding = [
        c
        for c, one in enumerate(fitted)
        if one.measure.stage == "structure"
        or (one.measure.cost and one.measure.cost.basis.startswith("activity"))
    ]
    seen: dict[tuple[object, ...], int] = {}
    for row, owner in enumerate(owners):
        if owner is None:
            continue
        keys = [(owner, measure) for measure in binding if touched[row, measure]]
        for key in [*keys, *([(owner, equipment[row])] if equipment[row] else [])]:
            one, other = first(seen.setdefault(key, row)), first(row)
            leader[max(one, other)] = min(one, other)
    units: dict[int, list[int]] = {}
    for row in range(sources.count):
        units.setdefault(first(row), []).append(row)
    return list(units.values())


def _on_rows(one: Fitted, rows: Array, count: int) -> Fitted:
    """Return a measure on the rows of a scope; where it does not apply it changes nothing."""
    position = np.full(count, len(one.rows))
    position[one.rows] = np.arange(len(one.rows))
    return one.take(position[rows])


def _sector(row: dict[str, object]) -> str:
    industry = row["industry_code"]
    return f"I{str(industry)[:_DIVISION_DIGITS]}" if industry else f"C{int(str(row['source_category'])):02d}"


def _describe(sector: str, facts: pl.DataFrame, industries: dict[str, str]) -> str:
    code = sector[1:]
    name = industries.get(code, code).strip() if sector[0] == "I" else SOURCE_CATEGORIES[int(code)]
    activities = facts["activity_code"].drop_nulls().value_counts(sort=True)["activity_code"].to_list()
    words = [ACTIVITY_BY_CODE[activity].zh for activity in sorted(set(activities))]
    return f"{name}：{'、'.join(words[:_NAMED])}" + ("等" if len(words) > _NAMED else "")


def _stacks(scope: _Scope, sources: SourceTable, book: MeasureBook) -> Iterator[dict[str, object]]:
    """Walk through the stacks of a scope: every stack is a prefix with one more measure."""
    numbered = 0
    start = sources.emission_t[scope.rows]
    todo: list[tuple[tuple[int, ...], Array, Array, float, float]] = [
        ((), start, np.ones(len(scope.rows)), 0.0, 0.0)
    ]
    while todo:
        stack, remaining, alive, kwh, cost = todo.pop(0)
        if stack:
            numbered += 1
            yield _option(numbered, stack, scope, (start - remaining).sum(axis=0), kwh, cost, book)
        if len(stack) == DEEPEST_STACK:
            continue
        taken = {scope.fitted[i].measure.exclusive_group for i in stack} - {""}
        for following in range(stack[-1] + 1 if stack else 0, len(scope.fitted)):
            one = scope.fitted[following]
            if one.measure.exclusive_group in taken:
                continue
            change = one.apply(remaining, alive, 1.0)
            # Nothing left for it to act on: a stack with it would only cost more.
            if np.abs(change.delta_t).max(initial=0.0) <= _LEAST_CHANGE_T:
                continue
            todo.append(
                (
                    (*stack, following),
                    remaining - change.delta_t,
                    alive * (1.0 - one.activity),
                    kwh + float(change.saved_kwh.sum()),
                    cost + scope.cost_cny[following],
                )
            )


def _option(
    number: int,
    stack: Sequence[int],
    scope: _Scope,
    delta_t: Array,
    kwh: float,
    cost: float,
    book: MeasureBook,
) -> dict[str, object]:
    return {
        "option": number,
        "measures": ";".join(scope.fitted[i].measure.measure_id for i in stack),
        "annual_cost_cny": cost,
        **{column: float(delta_t[SPECIES_AT[species]]) for species, column in DELTA_COLUMNS.items()},
        "delta_apeq_t": float(delta_t @ book.scales.apeq_per_t),
        "delta_co2e_tco2e": float(delta_t @ book.scales.co2e_per_t),
        "delta_indirect_tco2": kwh * book.grid_tco2_per_kwh,
    }
