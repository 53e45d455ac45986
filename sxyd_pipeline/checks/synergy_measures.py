"""Rules on measures and portfolios: nothing is removed twice, signs agree, promised targets are met."""

import polars as pl

from sxyd_pipeline.checks.ledgers import MASS_TOLERANCE
from sxyd_pipeline.core.outcome import Outcome

#: Share of a target that rounding of the solver may leave open.
_MET = 1e-6
_UPTAKE = 1e-6
_CAPS = {
    "permitted_so2_t": "delta_so2_t", "permitted_nox_t": "delta_nox_t", "permitted_pm10_t": "delta_pm10_t",
    "permitted_pm25_t": "delta_pm25_t", "permitted_vocs_t": "delta_vocs_t", "permitted_nh3_t": "delta_nh3_t",
    "co2_cap_t": "delta_co2_t",
}  # fmt: skip


def quadrants_against_signs(result: pl.DataFrame) -> pl.DataFrame:
    """Return measures whose quadrant or elasticity contradicts the signs of their reductions."""
    apeq, carbon = pl.col("delta_apeq_t"), pl.col("delta_co2e_tco2e")
    wrong = (
        ((pl.col("quadrant") == "I") & ~((apeq > 0) & (carbon > 0)))
        | ((pl.col("quadrant") == "II") & ~((apeq < 0) & (carbon > 0)))
        | ((pl.col("quadrant") == "III") & ~((apeq < 0) & (carbon < 0)))
        | ((pl.col("quadrant") == "IV") & ~((apeq > 0) & (carbon < 0)))
        | ((pl.col("elasticity_state") == "synergy") & ~((apeq > 0) & (carbon > 0)))
        | ((apeq < 0) & (carbon < 0) & (pl.col("elasticity_state") != "both_rise"))
        | ((pl.col("elasticity_state") == "both_rise") & pl.col("elasticity").is_not_null())
    )
    return result.filter(wrong).select(
        "measure_id", "year", "delta_apeq_t", "delta_co2e_tco2e", "quadrant", "elasticity_state"
    )


def removed_more_than_emitted(result: pl.DataFrame, source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return years and species of which the measures together remove more than the city emits."""
    emitted = source_emissions.group_by("species", maintain_order=True).agg(pl.col("emission_t").sum())
    return (
        result.group_by("year", "species", maintain_order=True)
        .agg(pl.col("delta_t").sum())
        .join(emitted, on="species", how="left", maintain_order="left")
        # A species that nobody emits can only be added.
        .filter(
            pl.col("delta_t") > pl.col("emission_t").fill_null(0.0) * (1.0 + MASS_TOLERANCE) + MASS_TOLERANCE
        )
    )


def units_off_ledger(outcome: Outcome) -> pl.DataFrame:
    """Return years and species whose control units do not sum to what left the ledger."""
    table = outcome.table
    placed = pl.DataFrame(table).group_by("year", "species", maintain_order=True).agg(pl.col("delta_t").sum())
    return (
        outcome.balance.select("year", "species", "in_t", "lost_t")
        .join(placed, on=["year", "species"], how="full", coalesce=True, maintain_order="left_right")
        # What stands on one side only is missing on the other.
        .with_columns(pl.col("lost_t", "delta_t", "in_t").fill_null(0.0))
        .filter(
            (pl.col("lost_t") - pl.col("delta_t")).abs()
            > 1e-6 * pl.max_horizontal(pl.col("in_t").abs(), pl.lit(1.0))
        )
    )


def steps_out_of_order(result: pl.DataFrame, measure_effects: pl.DataFrame) -> pl.DataFrame:
    """Return steps of the curve that are not in order, or belong to no measure."""
    width = pl.when(pl.col("basis") == "co2e").then("delta_co2e_tco2e").otherwise("delta_iapeq_t")
    known = measure_effects.select("measure_id", "year", "delta_co2e_tco2e", "delta_iapeq_t")
    earlier = pl.col("unit_cost_cny_per_t").shift(1).over("basis", "year", order_by="step")
    return (
        result.with_columns(earlier=earlier)
        .join(known, on=["measure_id", "year"], how="left", maintain_order="left")
        .with_columns(alone=width)
        .filter((pl.col("earlier") > pl.col("unit_cost_cny_per_t")) | pl.col("alone").is_null())
        .select("basis", "year", "step", "measure_id", "unit_cost_cny_per_t")
    )


def overfull_scopes(result: pl.DataFrame) -> pl.DataFrame:
    """Return scopes whose parts exceed them, and measures above their limit in a scope."""
    parts = result.unique(["scenario_id", "year", "scope_code", "segment"], maintain_order=True)
    full = (
        parts.group_by("scenario_id", "year", "scope_code", maintain_order=True)
        .agg(pl.col("uptake_share").sum())
        .filter(pl.col("uptake_share") > 1.0 + _UPTAKE)
        .with_columns(measure_id=pl.lit("*"), limit=pl.lit(1.0))
    )
    above = (
        result.group_by("scenario_id", "year", "scope_code", "measure_id", maintain_order=True)
        .agg(pl.col("uptake_share").sum(), limit=pl.col("uptake_limit_share").first())
        .filter(pl.col("uptake_share") > pl.col("limit") + _UPTAKE)
    )
    columns = ["scenario_id", "year", "scope_code", "measure_id", "uptake_share", "limit"]
    return pl.concat([full.select(columns), above.select(columns)])


def targets_off_uptake(
    result: pl.DataFrame, portfolio: pl.DataFrame, portfolio_options: pl.DataFrame
) -> pl.DataFrame:
    """Return targets said to be met that the published uptakes do not meet, computed here once more."""
    part = ["scenario_id", "year", "scope_code", "segment"]
    size = pl.max_horizontal("projected", "target")
    figures = list(_CAPS.values())
    by_stack = portfolio_options.with_columns(
        pl.col("measures").str.split(";").list.sort().list.join(";").alias("stack")
    ).select("scenario_id", "year", "scope_code", "stack", *figures)
    given = (
        portfolio.group_by(part, maintain_order=True)
        .agg(stack=pl.col("measure_id").sort().str.join(";"), uptake=pl.col("uptake_share").first())
        .join(by_stack, on=["scenario_id", "year", "scope_code", "stack"], how="left", maintain_order="left")
        .group_by("scenario_id", "year", maintain_order=True)
        .agg((pl.col(name) * pl.col("uptake")).sum() for name in figures)
        .unpivot(figures, index=["scenario_id", "year"], variable_name="column", value_name="again")
    )
    return (
        result.with_columns(column=pl.col("indicator").replace_strict(_CAPS, default=None))
        .join(given, on=["scenario_id", "year", "column"], how="left", maintain_order="left")
        # No measure chosen removes nothing.
        .with_columns(pl.col("again").fill_null(0.0))
        .filter(
            (pl.col("is_met") & (pl.col("projected") - pl.col("again") - pl.col("target") > _MET * size))
            | ((pl.col("achieved") - pl.col("again")).abs() > _MET * size)
        )
        .select("scenario_id", "year", "indicator", "projected", "target", "achieved", "again")
    )


def beaten_points(result: pl.DataFrame) -> pl.DataFrame:
    """Return points of the front that another one beats in all three."""
    key = ["scenario_id", "year"]
    other = result.select(
        *key, cost="annual_cost_cny", apeq="delta_apeq_t", co2e="delta_co2e_tco2e", other="point"
    )
    slack = 1e-6
    return (
        result.join(other, on=key, how="inner", maintain_order="left")
        .filter(
            (pl.col("other") != pl.col("point"))
            & (pl.col("cost") < pl.col("annual_cost_cny") - slack * pl.col("annual_cost_cny").abs())
            & (pl.col("apeq") > pl.col("delta_apeq_t") * (1.0 + slack))
            & (pl.col("co2e") > pl.col("delta_co2e_tco2e") * (1.0 + slack))
        )
        .select(*key, "point", "other")
    )


def verdicts_against_numbers(result: pl.DataFrame) -> pl.DataFrame:
    """Return measures called strongly synergetic although carbon, with the power used, rises."""
    carbon = pl.col("delta_co2e_tco2e") + pl.col("delta_indirect_tco2")
    return result.filter(
        (pl.col("object_type") == "measure") & (pl.col("verdict") >= 2.0) & (carbon < 0)  # noqa: PLR2004 - +2
    ).select("pair_id", "object_code", "verdict", "delta_co2e_tco2e", "delta_indirect_tco2")
