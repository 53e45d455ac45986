"""Pareto front: how little money buys how much less pollution and carbon (epsilon-constraint)."""

import json

import numpy as np
import polars as pl

from sxyd_pipeline.contracts.synergy import PARETO
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.cocontrol import parameters_of
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.portfolio import choose_scenario, limits_of, options_at
from sxyd_pipeline.core.synergy.portfolio_solver import (
    ROUNDING,
    Need,
    Programme,
    Solution,
    build_programme,
)
from sxyd_pipeline.core.synergy.provenance import inputs_hash

METHOD = "pareto_front"
APEQ, CO2E = "delta_apeq_t", "delta_co2e_tco2e"
#: The corner itself is left by rounding alone, so the last step stays just inside.
_INSIDE = 1.0 - 1e-6
#: Differences below this share of the range are the same point.
_SAME = 1e-6


def trace_front(programme: Programme, points: int) -> pl.DataFrame:
    """Trace the front of pollution removed, carbon removed and cost.

    For a grid of least reductions of both, the cheapest uptake is sought; points that another one beats in
    all three are dropped.

    Args:
        programme: options of one scenario and year.
        points: steps along each axis, at least 2.

    Returns:
        ``point, annual_cost_cny, delta_apeq_t, delta_co2e_tco2e, measures`` (JSON: mean uptake over the
        scopes), sorted by cost.
    """
    none = programme.least_cost([])
    if none is None or programme.options.is_empty():
        return pl.DataFrame(schema=_SCHEMA)
    apeq, co2e = programme.column(APEQ), programme.column(CO2E)
    start = (float(apeq @ none.uptake), float(co2e @ none.uptake))
    ends = (programme.greatest_of(apeq), programme.greatest_of(co2e))
    found: list[Solution] = []
    for a in np.linspace(0.0, _INSIDE, points):
        for c in np.linspace(0.0, _INSIDE, points):
            needs = [
                Need(APEQ, APEQ, start[0] + (ends[0] - start[0]) * a if a else 0.0),
                Need(CO2E, CO2E, start[1] + (ends[1] - start[1]) * c if c else 0.0),
            ]
            solution = programme.least_cost(needs)
            if solution is not None:
                found.append(solution)
    values = np.array([[s.cost_cny, -float(apeq @ s.uptake), -float(co2e @ s.uptake)] for s in found])
    kept = _undominated(values)
    rows = [
        {
            "annual_cost_cny": float(values[i, 0]), APEQ: float(-values[i, 1]), CO2E: float(-values[i, 2]),
            "measures": _mean_uptake(programme, found[i]),
        }
        for i in kept
    ]  # fmt: skip
    return (
        pl.DataFrame(rows, schema={name: _SCHEMA[name] for name in _SCHEMA if name != "point"}, orient="row")
        .sort("annual_cost_cny", APEQ, CO2E)
        .with_row_index("point", offset=1)
        .with_columns(pl.col("point").cast(pl.Int64))
    )


_SCHEMA: dict[str, type[pl.DataType]] = {
    "point": pl.Int64, "annual_cost_cny": pl.Float64, APEQ: pl.Float64, CO2E: pl.Float64,
    "measures": pl.String,
}  # fmt: skip


def _undominated(values: np.ndarray) -> list[int]:
    """Return rows (all to be small) that no other row beats, one of each group of equal rows."""
    span = np.where(np.ptp(values, axis=0) > 0, np.ptp(values, axis=0), 1.0)
    scaled = values / span
    kept: list[int] = []
    for i, row in enumerate(scaled):
        no_worse = (scaled <= row + ROUNDING).all(axis=1)
        better = (scaled < row - _SAME).any(axis=1)
        repeated = any(np.abs(scaled[j] - row).max() <= _SAME for j in kept)
        if not (no_worse & better).any() and not repeated:
            kept.append(i)
    return kept


def _mean_uptake(programme: Programme, solution: Solution) -> str:
    """Uptake of each measure over the scopes it is an option of, as JSON."""
    totals: dict[str, float] = {}
    scopes: dict[str, set[str]] = {}
    columns = programme.options.select("scope_code", "measures").iter_rows()
    for (scope, stack), uptake in zip(columns, solution.uptake.tolist(), strict=True):
        for measure in stack.split(";"):
            totals[measure] = totals.get(measure, 0.0) + uptake
            scopes.setdefault(measure, set()).add(scope)
    shares = {m: round(total / len(scopes[m]), 6) for m, total in sorted(totals.items()) if total > ROUNDING}
    return json.dumps(shares, ensure_ascii=False)


def list_front(
    options: pl.DataFrame, measures: pl.DataFrame, reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Return the fronts of every horizon year in the scenario of the portfolio.

    Args:
        options: ``synergy.portfolio_options``.
        measures: ``synergy.measures``, for uptake limits.
        reference: number of points.
        config: settings of the city.

    Returns:
        ``synergy.pareto``, sorted by its key.

    Raises:
        UnknownScenarioError: the scenario of city.toml was not projected.
    """
    scenario = choose_scenario(options, config)
    points = int(parameters_of(reference)["pareto_points"])
    parts = []
    for year in config.horizons:
        here = options_at(options, scenario, year)
        front = trace_front(build_programme(here, limits_of(measures, year)), points)
        parts.append(front.with_columns(scenario_id=pl.lit(scenario), year=pl.lit(year, pl.Int32)))
    return publish(
        pl.concat(parts),
        PARETO,
        config.adcode,
        method_id=METHOD,
        formula_variant=f"ε-约束，每轴 {points} 点；目标约束不计入；被支配的点已去除",
        inputs=inputs_hash(options, measures),
    )
