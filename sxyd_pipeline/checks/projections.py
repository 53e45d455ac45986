"""Rules on projections: the base year is the inventory, places share the city, effects add up."""

import polars as pl

from sxyd_pipeline.checks.ledgers import MASS_TOLERANCE

_SCENARIO_KEYS = ["scenario_id", "year", "species"]
#: The scenario whose levers are neutral: it must be the inventory in every year.
NEUTRAL = "baseline"


def _gaps(left: pl.DataFrame, right: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Return keys whose tonnes differ by more than the mass tolerance."""
    one = left.group_by(keys, maintain_order=True).agg(left_t=pl.col("emission_t").sum())
    other = right.group_by(keys, maintain_order=True).agg(right_t=pl.col("emission_t").sum())
    return (
        one.join(other, on=keys, how="full", coalesce=True, maintain_order="left_right")
        # A key on one side only has no tonnes on the other: that is the gap.
        .with_columns(pl.col("left_t", "right_t").fill_null(0.0))
        .filter(
            (pl.col("left_t") - pl.col("right_t")).abs()
            > MASS_TOLERANCE
            * pl.max_horizontal(pl.col("left_t").abs(), pl.col("right_t").abs(), pl.lit(1e-9))
        )
        .sort(keys)
    )


def base_year_off_inventory(result: pl.DataFrame, scenario_sources: pl.DataFrame) -> pl.DataFrame:
    """Return scenarios and species whose first year is not the inventory."""
    first = result.filter(pl.col("year") == pl.col("year").min())
    inventory = scenario_sources.filter(pl.col("origin") == "inventory")
    return _gaps(first, inventory, ["scenario_id", "species"])


def neutral_off_inventory(result: pl.DataFrame, scenario_sources: pl.DataFrame) -> pl.DataFrame:
    """Return years in which the neutral scenario is not the inventory."""
    neutral = result.filter(pl.col("scenario_id") == NEUTRAL)
    years = neutral.select("year").unique()
    inventory = scenario_sources.filter(pl.col("scenario_id") == NEUTRAL, pl.col("origin") == "inventory")
    # Summed before it is repeated for every year.
    totals = inventory.group_by("species", maintain_order=True).agg(pl.col("emission_t").sum())
    return _gaps(neutral, totals.join(years, how="cross"), ["year", "species"])


def layers_off_city(result: pl.DataFrame, projected_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return layers whose features, with what lies outside them, do not sum to the city."""
    layers = result.select("layer").unique()
    # Summed before it is repeated for every layer.
    totals = projected_emissions.group_by(_SCENARIO_KEYS, maintain_order=True).agg(pl.col("emission_t").sum())
    return _gaps(result, totals.join(layers, how="cross"), [*_SCENARIO_KEYS, "layer"])


def units_off_city(result: pl.DataFrame, projected_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return scenario-years whose control units do not sum to the city."""
    years = result.select("year").unique()
    return _gaps(result, projected_emissions.join(years, on="year", how="semi"), _SCENARIO_KEYS)


def totals_off_sources(result: pl.DataFrame, projected_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return totals that are not the sum of their sources."""
    return _gaps(result, projected_emissions, _SCENARIO_KEYS)


def quantiles_out_of_order(result: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose quantiles do not ascend."""
    slack = 1.0 + MASS_TOLERANCE
    return result.filter(
        (pl.col("p05_t") > pl.col("p50_t") * slack) | (pl.col("p50_t") > pl.col("p95_t") * slack)
    )


def effects_off_change(result: pl.DataFrame, scenario_sources: pl.DataFrame) -> pl.DataFrame:
    """Return effects of levers that lower a species by more than there is."""
    base = (
        scenario_sources.filter(pl.col("origin") == "inventory")
        .group_by("scenario_id", "species", maintain_order=True)
        .agg(base_t=pl.col("emission_t").sum())
    )
    return (
        result.group_by(_SCENARIO_KEYS, maintain_order=True)
        .agg(change_t=pl.col("effect_t").sum())
        .join(base, on=["scenario_id", "species"], how="left", maintain_order="left")
        .filter(-pl.col("change_t") > pl.col("base_t").fill_null(0.0) * (1.0 + 1e-6) + 1e-9)
    )


def residuals(result: pl.DataFrame) -> pl.DataFrame:
    """Return decompositions that leave something over (more than 1e-9 of the value)."""
    scale = pl.max_horizontal("value_start_t", "value_end_t")
    return result.filter(pl.col("residual_t").abs() > 1e-9 * scale)


def shares_off_one(result: pl.DataFrame) -> pl.DataFrame:
    """Return breakdowns whose shares do not sum to one (source categories, districts, industries)."""
    return (
        result.filter(
            pl.col("breakdown").is_in(["source_category", "district", "industry"]),
            pl.col("share_of_city") > 0,
        )
        .group_by("year", "breakdown", "species", maintain_order=True)
        .agg(total=pl.col("share_of_city").sum())
        .filter((pl.col("total") - 1.0).abs() > MASS_TOLERANCE)
    )


def failed_consistency(result: pl.DataFrame) -> pl.DataFrame:
    """Return consistency tests of the base year that do not hold."""
    return result.filter(~pl.col("passed"), pl.col("test").str.contains("both_ways"))


def lints_found(result: pl.DataFrame) -> pl.DataFrame:
    """Return every misuse that was found."""
    return result
