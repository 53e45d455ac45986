"""Scenario totals, measures and cost curve as the page draws them."""

from typing import Any

import polars as pl

from sxyd_pipeline.deliverables.edition import Edition

_TOTALS = "projection.totals"
_MEASURES, _MAC = "synergy.measures", "synergy.mac_curve"


def pack_totals(edition: Edition) -> dict[str, dict[str, list[list[float | None]]]]:
    """Return ``species -> scenario -> [year, tonnes, 5 %, 95 %]``."""
    totals = edition.table(_TOTALS).sort("species", "scenario_id", "year")
    packed: dict[str, dict[str, list[list[float | None]]]] = {}
    for species, scenario, *row in totals.select(
        "species", "scenario_id", "year", "emission_t", "p05_t", "p95_t"
    ).rows():
        packed.setdefault(species, {}).setdefault(scenario, []).append(
            [row[0], *(None if value is None else float(f"{value:.6g}") for value in row[1:])]
        )
    return packed


def pack_measures(edition: Edition) -> dict[str, Any]:
    """Return the measures of the last year, and the cost curve of CO2 equivalents of that year."""
    if not edition.has(_MEASURES):
        return {"measures": [], "mac": []}
    measures = edition.table(_MEASURES)
    year = measures["year"].max()
    rows = measures.filter(pl.col("year") == year).sort("measure_id")
    listed = [
        {
            "name": row["measure_name"],
            "quadrant": row["quadrant"],
            "apeq": row["delta_apeq_t"],
            "co2": row["delta_co2e_tco2e"],
            "elasticity": row["elasticity"],
            "cost": row["annual_cost_cny"],
            "unit_cost": row["cost_per_co2e_cny_per_t"],
            "mechanism": row["mechanism_zh"],
        }
        for row in rows.iter_rows(named=True)
    ]
    return {"measures": listed, "mac": _curve(edition, year)}


def _curve(edition: Edition, year: object) -> list[dict[str, Any]]:
    if not edition.has(_MAC):
        return []
    curve = edition.table(_MAC).filter(pl.col("basis") == "co2e", pl.col("year") == year).sort("step")
    return [
        {"name": name, "width": width, "cumulative": reached, "cost": cost}
        for name, width, reached, cost in curve.select(
            "measure_name", "width_t", "cumulative_t", "unit_cost_cny_per_t"
        ).rows()
    ]
