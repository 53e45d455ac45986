"""Carbon peak: in which year a scenario's emission is highest, and how sure that year is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.core.panels import require_columns, require_filled
from sxyd_pipeline.core.projection.failures import DuplicateRowsError

Array = np.ndarray

METHOD_ID = "peak_search"
#: Values closer than this are the same height: the first of them is the peak.
_ROUNDING = 1e-9

PEAK_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "scenario_id": pl.String, "species": pl.String, "peak_year": pl.Int32,
    "peak_t": pl.Float64, "peak_year_p05": pl.Int32, "peak_year_p95": pl.Int32, "p05_t": pl.Float64,
    "p95_t": pl.Float64, "is_within_horizon": pl.Boolean,
    "probability_by_2030": pl.Float64, "method_id": pl.String,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeakDraws:
    """Draws of one series.

    Attributes:
        years: years of the columns, ascending.
        values: array (draws, years), t/a.
    """

    years: Sequence[int]
    values: Array


def find_peak(
    totals: pl.DataFrame,
    city_code: str,
    draws: Mapping[tuple[str, str], PeakDraws] | None = None,
    species: Sequence[str] = ("CO2",),
    by_year: int = 2030,
) -> pl.DataFrame:
    """Find the year of the highest emission in every scenario.

    Equal heights (1e-9 relative) count for the first year. When no later year lies below the highest value,
    the series has not peaked within the horizon: a flat series and a rising one are both without a peak.

    With draws, quantiles of the peak year and of the peak's level come from every draw's own peak; a draw
    that has not peaked counts with the last year, so a quantile equal to the last year means "then or
    later", and it does not count for ``probability_by_2030``.

    Args:
        totals: ``scenario_id, year, species, emission_t``.
        city_code: city.
        draws: ``(scenario_id, species)`` -> draws; None leaves range and probability empty.
        species: species looked at.
        by_year: year of the probability (the column is named after 2030).

    Returns:
        ``projection.peak``, sorted by scenario and species.

    Raises:
        DuplicateRowsError: a scenario, species and year occurs twice.
        MissingPanelColumnError: a column is missing.
        MissingPanelValueError: a year has no emission: the peak might stand there.
    """
    require_columns(totals, ["scenario_id", "year", "species"])
    require_filled(totals, ["emission_t"])
    key = ["scenario_id", "species"]
    wanted = totals.filter(pl.col("species").is_in(list(species))).sort(*key, "year")
    repeated = wanted.filter(pl.struct(*key, "year").is_duplicated())
    if repeated.height:
        raise DuplicateRowsError("totals", {str(row) for row in repeated.select(*key, "year").rows()})
    rows = [
        _peak_of(part, city_code, name, draws, by_year)
        for name, part in wanted.partition_by(key, as_dict=True, maintain_order=True).items()
    ]
    return pl.DataFrame(rows, schema=PEAK_SCHEMA, orient="row").sort(key)


def _peak_of(
    part: pl.DataFrame,
    city_code: str,
    name: tuple[object, ...],
    draws: Mapping[tuple[str, str], PeakDraws] | None,
    by_year: int,
) -> dict[str, object]:
    scenario_id, species = str(name[0]), str(name[1])
    values = part["emission_t"].to_numpy()[None, :]
    years = part["year"].to_numpy()
    at, has_peaked = locate_peaks(values)
    found: dict[str, object] = {
        "city_code": city_code,
        "scenario_id": scenario_id,
        "species": species,
        "peak_year": int(years[at[0]]),
        "peak_t": float(values[0, at[0]]),
        "is_within_horizon": bool(has_peaked[0]),
        "method_id": METHOD_ID,
    }
    own = (draws or {}).get((scenario_id, species))
    if own is None:
        return dict.fromkeys(PEAK_SCHEMA) | found
    return dict.fromkeys(PEAK_SCHEMA) | found | _spread(own, by_year)


def locate_peaks(values: Array) -> tuple[Array, Array]:
    """Return the position of each row's peak and whether a later value lies below it.

    Args:
        values: array (rows, years), non-negative.

    Returns:
        Positions (rows,), and True where the row has come down from its peak by its end.
    """
    highest = values.max(axis=1, keepdims=True)
    is_highest = values >= highest * (1.0 - _ROUNDING)
    position: Array = is_highest.argmax(axis=1)
    has_peaked: Array = ~is_highest[:, -1]
    return position, has_peaked


def _spread(draws: PeakDraws, by_year: int) -> dict[str, object]:
    years = np.asarray(draws.years)
    at, has_peaked = locate_peaks(draws.values)
    peak_years = np.where(has_peaked, years[at], years[-1])
    levels = draws.values.max(axis=1)
    # A year is a whole number: the quantile is a year that a draw really has.
    year_05, year_95 = np.quantile(peak_years, [0.05, 0.95], method="inverted_cdf")
    level_05, level_95 = np.quantile(levels, [0.05, 0.95])
    return {
        "peak_year_p05": int(year_05),
        "peak_year_p95": int(year_95),
        "p05_t": float(level_05),
        "p95_t": float(level_95),
        "probability_by_2030": float((has_peaked & (years[at] <= by_year)).mean()),
    }
