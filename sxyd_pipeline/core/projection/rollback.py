"""Rollback: concentrations above background scale with emissions. Rough (粗略), never a model result.

``C_t = C_bg + (C_0 - C_bg) * sum over species of w_p * E_p,t / E_p,0`` with weights that sum to one; with a
single weight on one species it is the plain rollback. Solved for one common ratio of all species it gives
``E_allow = E_0 * (C_target - C_bg) / (C_0 - C_bg)``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.projection.failures import RollbackRangeError, RollbackWeightError

#: Weights are printed with two digits.
_SUM_TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class Rollback:
    """What a rollback needs.

    Attributes:
        concentration: annual concentration of the base year, µg/m³.
        background: part that local emissions do not change, µg/m³.
        weights: species -> share of the concentration above background that follows its emission; sum 1.
    """

    concentration: float
    background: float
    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        """Check that the rollback is defined.

        Raises:
            RollbackRangeError: the concentration is not above the background.
            RollbackWeightError: a weight is negative, or they do not sum to one.
        """
        if not self.concentration > self.background >= 0:
            raise RollbackRangeError(self.concentration, self.background)
        if any(weight < 0 for weight in self.weights.values()):
            raise RollbackWeightError("有负值", "a weight is negative", dict(self.weights))
        if abs(sum(self.weights.values()) - 1.0) > _SUM_TOLERANCE:
            raise RollbackWeightError("合计不为 1", "they do not sum to 1", dict(self.weights))

    def allowed_ratio(self, target: float) -> float:
        """Return the ratio of emissions to the base year that just meets ``target`` (µg/m³); may exceed 1.

        A target at or below the background gives 0: no local reduction reaches it.
        """
        return max((target - self.background) / (self.concentration - self.background), 0.0)


def project_concentration(emissions: pl.DataFrame, rollback: Rollback, base_year: int) -> pl.DataFrame:
    """Project the concentration from city emissions, roughly (粗略).

    Args:
        emissions: ``scenario_id, year, species, emission_t`` of the city, all years with the base year.
        rollback: concentration, background and weights.
        base_year: year of the inventory.

    Returns:
        ``scenario_id, year, concentration_ug_per_m3``, sorted.

    Raises:
        RollbackWeightError: a weighted species has no emission in the base year.
    """
    weights = pl.DataFrame(
        {"species": list(rollback.weights), "weight": list(rollback.weights.values())},
        schema={"species": pl.String, "weight": pl.Float64},
    ).filter(pl.col("weight") > 0)
    base = emissions.filter(pl.col("year") == base_year).select("scenario_id", "species", base_t="emission_t")
    weighted = base.join(weights, on="species", maintain_order="left").filter(pl.col("base_t") > 0)
    scenarios = emissions["scenario_id"].unique().sort()
    for scenario_id in scenarios:
        present = set(weighted.filter(pl.col("scenario_id") == scenario_id)["species"])
        absent = set(weights["species"]) - present
        if absent:
            raise RollbackWeightError(
                f"{'、'.join(sorted(absent))} 基准年无排放",
                f"no emission in the base year of {', '.join(sorted(absent))}",
                scenario_id,
            )
    span = rollback.concentration - rollback.background
    return (
        emissions.join(weighted, on=["scenario_id", "species"], maintain_order="left")
        .group_by("scenario_id", "year", maintain_order=True)
        .agg(ratio=(pl.col("weight") * pl.col("emission_t") / pl.col("base_t")).sum())
        .select("scenario_id", "year", concentration_ug_per_m3=rollback.background + span * pl.col("ratio"))
        .sort("scenario_id", "year")
    )
