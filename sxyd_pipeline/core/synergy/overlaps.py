"""Measures on the same source: each takes its share of what those before it have left.

``delta_m = u_m * r_m * E * prod over earlier k of (1 - u_k r_k)``, so the deltas add up to what is removed
and never exceed the source.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from sxyd_pipeline.contracts.synergy import MEASURE_REDUCTIONS
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.outcome import BALANCE_SCHEMA, Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.measures import METHOD, open_book
from sxyd_pipeline.core.synergy.measures_effects import Change, Fitted, fit_measure
from sxyd_pipeline.core.synergy.measures_sources import Array, SourceTable, tabulate_sources
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.provenance import inputs_hash
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

#: Code of what lies in no control unit; kept so that no tonne is lost.
NOWHERE = "*"
_LEAST_CHANGE_T = 1e-9


def apply_in_sequence(
    fitted: Sequence[Fitted], uptakes: Sequence[float | Array], sources: SourceTable
) -> tuple[list[Change], Array]:
    """Apply measures one after the other.

    Args:
        fitted: measures in the order they act, fitted to ``sources``.
        uptakes: share of the covered sources that takes each up.
        sources: sources before any of them.

    Returns:
        The change of each measure on its covered sources, and what is left, (sources, species).
    """
    remaining, alive = sources.emission_t.copy(), np.ones(sources.count)
    changes = []
    for one, uptake in zip(fitted, uptakes, strict=True):
        change = one.apply(remaining[one.rows], alive[one.rows], uptake)
        remaining[one.rows] -= change.delta_t
        alive[one.rows] *= 1.0 - one.activity * uptake
        changes.append(change)
    return changes, remaining


def place_reductions(
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    city_measures: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> Outcome:
    """Say how many tonnes each measure removes by species and control unit, alone and in sequence.

    Args:
        source_emissions: ``inventory.emissions`` of the base year.
        placements: ``baseline.placements``.
        city_measures: ``inputs.measures``.
        reference: reference tables.
        config: settings of the city.

    Returns:
        ``synergy.measure_reductions``; what no control unit takes stands under ``*``. The ledger says per
        horizon year and species what was there, what is left, and what the measures removed.
    """
    book = open_book(city_measures, reference, config)
    sources = tabulate_sources(source_emissions, reference.technologies)
    measures = book.on_sources()
    fitted = [fit_measure(measure, sources) for measure in measures]
    bridge = _bridge(placements, sources)
    parts, ledger = [], []
    for year in config.horizons:
        uptakes = [measure.uptake(year) for measure in measures]
        changes, remaining = apply_in_sequence(fitted, uptakes, sources)
        ledger.append(_ledger(year, sources, remaining))
        for one, change, uptake in zip(fitted, changes, uptakes, strict=True):
            alone = one.alone(sources, uptake)
            parts.append(_long(one, year, alone.delta_t, change.delta_t, sources))
    placed = _place(pl.concat(parts), bridge)
    table = publish(
        placed,
        MEASURE_REDUCTIONS,
        config.adcode,
        method_id=METHOD,
        formula_variant="基准年排放；按 sequence 顺序逐项作用于剩余排放",
        inputs=inputs_hash(source_emissions, placements, city_measures),
    )
    return Outcome(table, balance=pl.concat(ledger))


def _long(one: Fitted, year: int, alone_t: Array, delta_t: Array, sources: SourceTable) -> pl.DataFrame:
    at_row, at_species = np.nonzero((np.abs(alone_t) > _LEAST_CHANGE_T) | (np.abs(delta_t) > _LEAST_CHANGE_T))
    codes = np.array(SPECIES_CODES)
    return pl.DataFrame(
        {
            "measure_id": pl.Series([one.measure.measure_id], dtype=pl.String).new_from_index(0, len(at_row)),
            "year": pl.Series([year], dtype=pl.Int32).new_from_index(0, len(at_row)),
            "spread_id": sources.facts["spread_id"][one.rows[at_row].tolist()],
            "species": pl.Series(codes[at_species], dtype=pl.String),
            "alone_t": alone_t[at_row, at_species],
            "delta_t": delta_t[at_row, at_species],
        }
    )


def _bridge(placements: pl.DataFrame, sources: SourceTable) -> pl.DataFrame:
    """Share of every spread in every control unit; the rest of a spread lies nowhere."""
    units = placements.filter(pl.col("layer") == "control_unit").select(
        "spread_id", "share", control_unit_code="code"
    )
    spreads = sources.facts.select("spread_id").unique(maintain_order=True)
    inside = units.group_by("spread_id", maintain_order=True).agg(inside=pl.col("share").sum())
    rest = (
        spreads.join(inside, on="spread_id", how="left", maintain_order="left")
        # A spread without any control unit lies nowhere as a whole.
        .with_columns(share=1.0 - pl.col("inside").fill_null(0.0))
        .filter(pl.col("share") > _LEAST_CHANGE_T)
        .select("spread_id", "share", control_unit_code=pl.lit(NOWHERE))
    )
    return pl.concat([units, rest.select(units.columns)])


def _place(long: pl.DataFrame, bridge: pl.DataFrame) -> pl.DataFrame:
    keys = ["measure_id", "year", "species"]
    by_spread = long.group_by([*keys, "spread_id"], maintain_order=True).agg(
        pl.col("alone_t", "delta_t").sum()
    )
    return (
        by_spread.join(bridge, on="spread_id", how="left", maintain_order="left_right")
        .with_columns(pl.col("alone_t", "delta_t") * pl.col("share"))
        .group_by([*keys, "control_unit_code"], maintain_order=True)
        .agg(pl.col("alone_t", "delta_t").sum())
    )


def _ledger(year: int, sources: SourceTable, remaining: Array) -> pl.DataFrame:
    before, after = sources.total_t(), remaining.sum(axis=0)
    rows = [
        {
            "step": "synergy.measure_reductions", "year": year, "species": species, "in_t": float(before[at]),
            "out_t": float(after[at]), "lost_t": float(before[at] - after[at]),
            "why": "措施按顺序叠加减少（负为增加） / removed by measures in sequence (negative = rises)",
        }
        for at, species in enumerate(SPECIES_CODES)
        if before[at] or after[at]
    ]  # fmt: skip
    return pl.DataFrame(rows, schema=BALANCE_SCHEMA, orient="row")
