"""Co-control effects of measures: pollution equivalents, carbon, elasticity, quadrant, unit cost."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.core.panels import require_numbers
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.elasticity import (
    DEFINITIONS,
    POLLUTANT_PER_CARBON,
    cross_elasticity,
    quadrant,
)
from sxyd_pipeline.core.synergy.indices_choices import choose_scale
from sxyd_pipeline.core.synergy.measures_sources import SPECIES_AT, Array
from sxyd_pipeline.vocabulary.species import SPECIES_CODES


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """Weights that bring species to one scale, and the choices behind them.

    Attributes:
        apeq_per_t: pollution equivalents per tonne, (species,).
        co2e_per_t: tCO2e per tonne, (species,).
        carbon_weight: pollution equivalents per tCO2e in the integrated index.
        elasticity_definition: numerator and denominator of the elasticity.
        words: the choices in words, for ``formula_variant``.
    """

    apeq_per_t: Array
    co2e_per_t: Array
    carbon_weight: float
    elasticity_definition: str
    words: str

    @property
    def iapeq_per_t(self) -> Array:
        """Integrated equivalents per tonne, (species,)."""
        return np.asarray(self.apeq_per_t + self.carbon_weight * self.co2e_per_t)


def parameters_of(reference: Reference) -> dict[str, float]:
    """Return ``cost_parameters`` by name."""
    table = reference.cost_parameters
    return dict(zip(table["parameter"].to_list(), table["value"].to_list(), strict=True))


def choose_scales(reference: Reference, config: CityConfig) -> Scales:
    """Choose the weights of a city: those of its scores, and the definition of the elasticity.

    Raises:
        InvalidConfigError: a choice of ``[methods]`` is not allowed.
    """
    scale = choose_scale(reference.pollution_equivalents, reference.gwp, reference.score_parameters, config)
    apeq, co2e = np.zeros(len(SPECIES_CODES)), np.zeros(len(SPECIES_CODES))
    for species, _, of_co2e, of_apeq in scale.weights.select(
        "species", "co2_weight", "co2e_weight", "apeq_weight"
    ).iter_rows():
        apeq[SPECIES_AT[species]], co2e[SPECIES_AT[species]] = of_apeq, of_co2e
    definition = str(config.methods.extra.get("elasticity_definition", POLLUTANT_PER_CARBON))
    if definition not in DEFINITIONS:
        names = " | ".join(DEFINITIONS)
        raise InvalidConfigError.not_allowed(
            "city.toml", "methods.elasticity_definition", definition, names, names
        )
    return Scales(apeq, co2e, scale.carbon_weight, definition, f"{scale.variant};els_def={definition}")


def evaluate_cocontrol(
    changes: pl.DataFrame,
    *,
    weights: Mapping[str, float],
    base_apeq_t: float,
    base_carbon_t: float,
    carbon_weight: float,
    zero_share: float,
    definition: str = POLLUTANT_PER_CARBON,
) -> pl.DataFrame:
    """Evaluate measures whose reductions are known: the co-control method on plain numbers.

    ``APeq = sum_p dE_p / equivalent value``, ``IAPeq = APeq + w_c * dC``, shares of the base, elasticity with
    the signs tested first, quadrant, and cost per tonne where something is removed.

    Args:
        changes: one row per measure: ``d<species>_t`` for each species of ``weights``, ``delta_carbon_t``
            (CO2 or CO2e) and ``annual_cost_cny`` (may be null); reductions positive. Further columns stay.
        weights: species -> pollution equivalents per tonne (1 / equivalent value in kg).
        base_apeq_t: pollution equivalents of the base, t.
        base_carbon_t: carbon of the base, t.
        carbon_weight: equivalents per tonne of carbon.
        zero_share: see :func:`~sxyd_pipeline.core.synergy.elasticity.cross_elasticity`.
        definition: the same.

    Returns:
        ``changes`` with ``delta_apeq_t, delta_iapeq_t, apeq_share_of_base, carbon_share_of_base, elasticity,
        elasticity_definition, elasticity_state, quadrant, cost_per_apeq_cny_per_t, cost_per_carbon_cny_per_t,
        cost_per_iapeq_cny_per_t``; unit costs are null where nothing is removed.

    Raises:
        MissingPanelColumnError: a column is missing.
        NotANumberError: a change is text or infinite.
        NotOnListError: ``definition`` is not known.

    References:
        毛显强 等 (2012): co-control effect coordinate system and cross-elasticity;
        环境保护税法 附表二: equivalent values.
    """
    require_numbers(changes, [*(f"d{species}_t" for species in weights), "delta_carbon_t", "annual_cost_cny"])
    # Added one after the other: a horizontal sum is split over threads and changes the last digits.
    apeq = pl.lit(0.0)
    for species, weight in weights.items():
        apeq = apeq + pl.col(f"d{species}_t") * weight
    value, state = cross_elasticity(
        "apeq_share_of_base", "carbon_share_of_base", definition=definition, zero_share=zero_share
    )
    return (
        changes.with_columns(delta_apeq_t=apeq)
        .with_columns(
            delta_iapeq_t=pl.col("delta_apeq_t") + carbon_weight * pl.col("delta_carbon_t"),
            apeq_share_of_base=_relative("delta_apeq_t", base_apeq_t),
            carbon_share_of_base=_relative("delta_carbon_t", base_carbon_t),
        )
        .with_columns(
            elasticity=value,
            elasticity_definition=pl.lit(definition),
            elasticity_state=state,
            # Without a base there is no share, but what falls and what rises is known.
            quadrant=quadrant(
                "apeq_share_of_base" if base_apeq_t > 0 else "delta_apeq_t",
                "carbon_share_of_base" if base_carbon_t > 0 else "delta_carbon_t",
            ),
            cost_per_apeq_cny_per_t=_unit_cost("delta_apeq_t"),
            cost_per_carbon_cny_per_t=_unit_cost("delta_carbon_t"),
            cost_per_iapeq_cny_per_t=_unit_cost("delta_iapeq_t"),
        )
    )


def _relative(column: str, base: float) -> pl.Expr:
    # A city that emits none of it has nothing to relate a change to: no change, no share.
    return pl.col(column) / base if base > 0 else pl.lit(0.0)


def _unit_cost(column: str) -> pl.Expr:
    return pl.when(pl.col(column) > 0).then(pl.col("annual_cost_cny") / pl.col(column))
