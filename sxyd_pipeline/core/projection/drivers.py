"""Every lever of every scenario, year by year, as a table people can read and query."""

import json
from collections.abc import Sequence

import numpy as np
import polars as pl

from sxyd_pipeline.core.projection.paths import lever_path
from sxyd_pipeline.core.projection.scenario import Lever, Scenario

_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "scenario_id": pl.String, "scenario_name": pl.String, "lever": pl.String,
    "kind": pl.String, "applies_to": pl.String, "year": pl.Int32, "value": pl.Float64,
    "range_share": pl.Float64, "cited_from": pl.String, "confidence": pl.String,
}  # fmt: skip


def list_drivers(
    scenarios: Sequence[Scenario], years: Sequence[int], base_year: int, city_code: str
) -> pl.DataFrame:
    """List what each lever says in each year.

    ``value`` is the rate of the year for ``yearly_rate`` levers (share per year; 0 up to the base year), the
    level for ``level`` levers, and 1 from the year of an event on, 0 before it.

    Args:
        scenarios: scenarios; one without levers has no rows.
        years: years asked for.
        base_year: year of the inventory.
        city_code: city.

    Returns:
        ``projection.drivers``: one row per scenario, lever and year, sorted by that key. ``applies_to`` is
        JSON of the selectors and of the further keys of the lever (species, facility, fuels).
    """
    ordered = sorted(set(years))
    rows = [
        {
            "city_code": city_code,
            "scenario_id": scenario.scenario_id,
            "scenario_name": scenario.name_zh,
            "lever": lever.label,
            "kind": lever.kind.code,
            "applies_to": _selection(lever),
            "year": year,
            "value": value,
            "range_share": lever.range_share,
            "cited_from": lever.cited_from,
            "confidence": lever.confidence,
        }
        for scenario in scenarios
        for lever in scenario.levers
        for year, value in zip(ordered, _values(lever, ordered, base_year), strict=True)
    ]
    return pl.DataFrame(rows, schema=_SCHEMA, orient="row").sort("scenario_id", "lever", "year")


def _selection(lever: Lever) -> str:
    chosen = {key: list(values) for key, values in lever.applies_to.items()}
    return json.dumps({**chosen, **lever.details}, ensure_ascii=False, sort_keys=True, default=str)


def _values(lever: Lever, years: Sequence[int], base_year: int) -> list[float]:
    if lever.kind.path == "event":
        return [1.0 if year >= int(lever.details["year"]) else 0.0 for year in years]
    if lever.kind.path == "level":
        return [float(value) for value in lever_path(lever, years, base_year)]
    # Same rule as the path itself: the first keyed year that is not before holds, the last one goes on.
    keys = np.array(sorted(lever.values))
    rates = np.array([lever.values[int(key)] for key in keys])
    at = np.minimum(np.searchsorted(keys, np.asarray(years)), len(keys) - 1)
    return [float(rate) if year > base_year else 0.0 for year, rate in zip(years, rates[at], strict=True)]
