"""Marginal abatement cost curve: measures by cost per tonne, widths without double counting."""

import polars as pl

from sxyd_pipeline.contracts.synergy import MAC
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.cocontrol import choose_scales
from sxyd_pipeline.core.synergy.measures_sources import SPECIES_AT
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.provenance import inputs_hash

METHOD = "mac_curve"


def draw_curve(
    measures: pl.DataFrame, reductions: pl.DataFrame, reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Order the measures by cost per tonne of CO2e and of integrated equivalents.

    The width of a step is what the measure removes in sequence with the others, its height the yearly cost
    over that width: overlaps raise the height instead of being counted twice. Measures that remove nothing,
    have no known cost, or serve another aim (no unit cost in ``synergy.measures``) have no step.

    Args:
        measures: ``synergy.measures``.
        reductions: ``synergy.measure_reductions``.
        reference: equivalents and potentials.
        config: settings of the city.

    Returns:
        ``synergy.mac_curve``, sorted by its key.

    References:
        毛显强 等 (2012): ranking by unit cost of integrated reduction, cumulative curve.
    """
    scales = choose_scales(reference, config)
    weights = pl.DataFrame(
        {
            "species": list(SPECIES_AT),
            "co2e": scales.co2e_per_t.tolist(),
            "iapeq": scales.iapeq_per_t.tolist(),
        }
    )
    removed = (
        reductions.join(weights, on="species", how="left", maintain_order="left")
        # One order of addition whatever the order of the rows.
        .sort("measure_id", "year", "control_unit_code", "species")
        .group_by("measure_id", "year", maintain_order=True)
        .agg((pl.col("delta_t") * pl.col(basis)).sum().alias(basis) for basis in ("co2e", "iapeq"))
    )
    priced = measures.select(
        "measure_id", "measure_name", "year", "annual_cost_cny", "cost_per_co2e_cny_per_t",
        "cost_per_iapeq_cny_per_t",
    ).join(removed, on=["measure_id", "year"], how="inner", maintain_order="left")  # fmt: skip
    parts = [_steps(priced, basis) for basis in ("co2e", "iapeq")]
    return publish(
        pl.concat(parts),
        MAC,
        config.adcode,
        method_id=METHOD,
        formula_variant=f"基准年排放，叠加后的减排量为宽度；{scales.words}",
        inputs=inputs_hash(measures, reductions),
    )


def _steps(priced: pl.DataFrame, basis: str) -> pl.DataFrame:
    return (
        priced.filter((pl.col(basis) > 0) & pl.col(f"cost_per_{basis}_cny_per_t").is_not_null())
        .with_columns(
            basis=pl.lit(basis),
            width_t=pl.col(basis),
            unit_cost_cny_per_t=pl.col("annual_cost_cny") / pl.col(basis),
        )
        .sort("year", "unit_cost_cny_per_t", "measure_id")
        .with_columns(
            step=pl.int_range(1, pl.len() + 1).over("year").cast(pl.Int64),
            cumulative_t=pl.col("width_t").cum_sum().over("year"),
        )
        .select(
            "basis",
            "year",
            "step",
            "measure_id",
            "measure_name",
            "width_t",
            "cumulative_t",
            "unit_cost_cny_per_t",
        )
    )
