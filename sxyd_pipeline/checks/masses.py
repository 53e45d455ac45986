"""Rules on emissions: mass is conserved, intervals hold their point, species contain their parts."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.ledgers import MASS_TOLERANCE
from sxyd_pipeline.core.baseline import mass_gaps
from sxyd_pipeline.core.zoning import covering_elements
from sxyd_pipeline.vocabulary.activities import FUEL_CODES

#: Tonnes of CO2 per tonne of coal that can be explained by any rank of coal (lignite to anthracite).
CO2_PER_COAL = (0.7, 3.0)
COALS = tuple(
    code
    for code in (
        "anthracite",
        "bituminous_coal",
        "lignite",
        "coking_coal",
        "washed_coal",
        "briquette",
        "coal_gangue",
    )
    if code in FUEL_CODES
)

#: A total that grows or shrinks by more than this factor between runs is more likely a unit than a trend.
JUMP = 3.0

KEYS = ("year", "species")
_ROUNDING = 1.0 + MASS_TOLERANCE


def points_outside_interval(result: pl.DataFrame) -> pl.DataFrame:
    """Return rows whose emission does not lie between its own bounds."""
    point, low, high = (pl.col(name) for name in ("emission_t", "low_t", "high_t"))
    return result.filter((low > point * _ROUNDING) | (point > high * _ROUNDING))


def mixed_gwp_sets(result: pl.DataFrame) -> pl.DataFrame:
    """Return the sets in use when equivalents of several sets, or of none, stand in one table."""
    used = (
        result.filter(pl.col("co2e_tco2e").is_not_null())
        .group_by("gwp_set", maintain_order=True)
        .agg(rows=pl.len())
        .sort("gwp_set")
    )
    return used if used.height > 1 or used["gwp_set"].null_count() else used.clear()


def equivalents_off_co2(result: pl.DataFrame) -> pl.DataFrame:
    """Return CO2 rows whose equivalent differs from their tonnes: its potential is one in every set."""
    gap = (pl.col("co2e_tco2e") - pl.col("emission_t")).abs()
    return result.filter(
        (pl.col("species") == "CO2")
        & (gap.is_null() | (gap > MASS_TOLERANCE * pl.max_horizontal("emission_t", pl.lit(1e-12))))
    )


def particles_out_of_order(result: pl.DataFrame) -> pl.DataFrame:
    """Return sources where PM10 < PM2.5, or PM2.5 < BC + OC, as far as both sides are reported."""

    def tonnes(species: str) -> pl.Expr:
        return pl.col("emission_t").filter(pl.col("species") == species).sum()

    def reported(species: str) -> pl.Expr:
        return (pl.col("species") == species).any()

    sources = (
        result.filter(pl.col("species").is_in(["PM10", "PM2.5", "BC", "OC"]))
        .group_by("source_id", "year", maintain_order=True)
        .agg(
            pm10_t=tonnes("PM10"), pm25_t=tonnes("PM2.5"), carbon_t=tonnes("BC") + tonnes("OC"),
            has_pm10=reported("PM10"), has_pm25=reported("PM2.5"),
        )
    )  # fmt: skip
    swapped = pl.col("has_pm10") & pl.col("has_pm25") & (pl.col("pm25_t") > pl.col("pm10_t") * _ROUNDING)
    too_much_carbon = pl.col("has_pm25") & (pl.col("carbon_t") > pl.col("pm25_t") * _ROUNDING)
    return sources.filter(swapped | too_much_carbon).sort("source_id", "year")


def gaps_by(before: pl.DataFrame, after: pl.DataFrame, group: str) -> pl.DataFrame:
    """Return (group, year, species) whose tonnes differ from those of the whole inventory."""
    totals = before.group_by(KEYS, maintain_order=True).agg(pl.col("emission_t").sum())
    expected = totals.join(after.select(group).unique(), how="cross")
    return mass_gaps(expected, after, by=(group, *KEYS))


def placed_mass_gaps(result: pl.DataFrame, source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return species whose accounts do not sum to the inventory."""
    return mass_gaps(source_emissions, result)


def zone_mass_gaps(
    result: pl.DataFrame, source_emissions: pl.DataFrame, zones: gpd.GeoDataFrame
) -> pl.DataFrame:
    """Return (element, species) with more tonnes than the inventory, or less where it covers the city."""
    covering = pl.col("element").is_in(covering_elements(zones))
    return gaps_by(source_emissions, result, "element").filter(covering | (pl.col("gap_t") > 0))


def totals_off_inventory(result: pl.DataFrame, source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return (breakdown, species) that does not sum to the inventory.

    Industries are known for point sources only, so that breakdown may be smaller.
    """
    gaps = gaps_by(source_emissions, result, "breakdown")
    return gaps.filter((pl.col("breakdown") != "industry") | (pl.col("gap_t") > 0))


def shares_off_one(result: pl.DataFrame) -> pl.DataFrame:
    """Return spreads whose shares do not sum to one (districts, control units) or exceed it (elements)."""
    sums = result.group_by("spread_id", "layer", maintain_order=True).agg(share_sum=pl.col("share").sum())
    covering = pl.col("layer").is_in(["district", "control_unit"])
    off = (pl.col("share_sum") - 1.0).abs() > MASS_TOLERANCE
    return sums.filter((covering & off) | (pl.col("share_sum") > _ROUNDING)).sort("layer", "spread_id")


def odd_co2_of_coal(result: pl.DataFrame) -> pl.DataFrame:
    """Return coal rows with less or more CO2 per tonne of coal than coal can give."""
    low, high = CO2_PER_COAL
    return (
        result.filter(
            pl.col("activity_code").is_in(COALS),
            pl.col("species") == "CO2",
            pl.col("amount_unit") == "t",
            pl.col("amount") > 0,
        )
        .with_columns(tco2_per_t=pl.col("emission_t") / pl.col("amount"))
        .filter(~pl.col("tco2_per_t").is_between(low, high))
        .select("source_id", "year", "activity_code", "amount", "emission_t", "tco2_per_t")
        .sort("source_id", "year")
    )


def jumped_totals(result: pl.DataFrame, last: pl.DataFrame | None) -> pl.DataFrame:
    """Return city totals that changed by more than :data:`JUMP` against the last good run."""
    city = result.filter(pl.col("breakdown") == "city").select("year", "species", "emission_t")
    if last is None:
        return city.clear()
    before = last.filter(pl.col("breakdown") == "city").select("year", "species", last_t="emission_t")
    ratio = pl.col("emission_t") / pl.col("last_t")
    return (
        city.join(before, on=["year", "species"], how="inner", maintain_order="left")
        .filter(pl.col("last_t") > 0, (ratio > JUMP) | (ratio < 1.0 / JUMP))
        .sort("year", "species")
    )
