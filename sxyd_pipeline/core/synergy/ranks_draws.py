"""Draws of CO2, pollution and integrated equivalents of areas, from the engine of ``projection``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from scipy import sparse

from sxyd_pipeline.core.projection.montecarlo import draw_rows
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.core.projection.sureness import prepare_draws
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.indices import FROZEN, freeze_policy
from sxyd_pipeline.core.synergy.indices_choices import Scale

Array = np.ndarray

QUANTITIES = ("co2", "apeq", "co2e")


@dataclass(frozen=True, slots=True)
class Places:
    """Share of every spread in every area, as one matrix.

    Attributes:
        spreads: spreads, in the order of the columns.
        areas: ``layer, code, area_km2``, in the order of the rows.
        shares: sparse matrix (areas, spreads).
    """

    spreads: Mapping[str, int]
    areas: pl.DataFrame
    shares: sparse.csr_matrix


def lay_out(placements: pl.DataFrame, areas: pl.DataFrame) -> Places:
    """Lay placements out as a matrix.

    Args:
        placements: ``spread_id, layer, code, share``.
        areas: ``layer, code, area_km2``; rows for other areas are left out.
    """
    ordered = areas.sort("layer", "code").with_row_index("line")
    spreads = {name: index for index, name in enumerate(placements["spread_id"].unique().sort())}
    rows = placements.join(ordered, on=["layer", "code"], maintain_order="left")
    columns = rows["spread_id"].replace_strict(spreads, return_dtype=pl.Int64).to_numpy()
    matrix = sparse.csr_matrix(
        (rows["share"].to_numpy(), (rows["line"].to_numpy(), columns)), shape=(ordered.height, len(spreads))
    )
    return Places(spreads, ordered.drop("line"), matrix)


def draw_areas(
    scenario_sources: pl.DataFrame,
    scenarios: Sequence[Scenario],
    places: Places,
    scale: Scale,
    reference: Reference,
    *,
    years: Sequence[int],
    strongest: str,
) -> dict[tuple[str, int], dict[str, Array]]:
    """Draw what every area emits, in every scenario and year, and in the strongest one without its measures.

    Args:
        scenario_sources: ``projection.scenario_sources``.
        scenarios: scenarios.
        places: where sources lie.
        scale: weights of species.
        reference: ranges of activity.
        years: base year first.
        strongest: scenario whose measures are also taken away (``<id>:frozen``).

    Returns:
        (scenario, year) -> ``co2``, ``apeq``, ``iapeq`` -> array (draws, areas), t/a.
    """
    drawn: dict[tuple[str, int], dict[str, Array]] = {}
    for scenario in scenarios:
        rows, draws = prepare_draws(scenario_sources, scenario, reference)
        weighted = rows.with_row_index("row").join(scale.weights, on="species", maintain_order="left")
        chosen = weighted["row"].to_numpy()
        sources, own = rows[chosen], draws.only(chosen)
        spread = sources["spread_id"].replace_strict(dict(places.spreads), return_dtype=pl.Int64).to_numpy()
        # Quantity by quantity: (areas, rows), what a tonne of each row gives to each area.
        spreads = sparse.csr_matrix(
            (np.ones(len(spread)), (spread, np.arange(len(spread)))), shape=(len(places.spreads), len(spread))
        )
        gathered = {
            name: (spreads @ sparse.diags(weighted[f"{name}_weight"].to_numpy())).tocsr()
            for name in QUANTITIES
        }
        variants = [scenario, freeze_policy(scenario)] if scenario.scenario_id == strongest else [scenario]
        for variant in variants:
            for year, tonnes in zip(years, draw_rows(sources, variant, own, years, years[0]), strict=True):
                sums = {name: (places.shares @ (matrix @ tonnes)).T for name, matrix in gathered.items()}
                drawn[variant.scenario_id, year] = {
                    "co2": np.ascontiguousarray(sums["co2"]),
                    "apeq": np.ascontiguousarray(sums["apeq"]),
                    "iapeq": np.ascontiguousarray(sums["apeq"] + scale.carbon_weight * sums["co2e"]),
                }
    return drawn


def potential_of_draws(
    drawn: Mapping[tuple[str, int], Mapping[str, Array]], strongest: str, year: int
) -> Array:
    """Return the reduction potential of every draw and area in a year; nan where nothing would be emitted."""
    whole = drawn[f"{strongest}{FROZEN}", year]["iapeq"]
    left = drawn[strongest, year]["iapeq"]
    return np.where(whole > 0, 1.0 - left / np.where(whole > 0, whole, 1.0), np.nan)
