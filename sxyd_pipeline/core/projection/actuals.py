"""Years that are past: projections are checked against what is known to have happened."""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.projection.consistency import balance_rows
from sxyd_pipeline.core.projection.energy_totals import consumed_energy
from sxyd_pipeline.core.projection.harmonise import back_cast
from sxyd_pipeline.core.projection.indicators import gdp_of, plant_efficiency
from sxyd_pipeline.core.projection.quantities import COAL_CODES
from sxyd_pipeline.core.reference import Reference

METHOD = "back_cast"
_PAIR = ["quantity", "year"]


def compare_with_actuals(
    projected_totals: pl.DataFrame,
    indicators: pl.DataFrame,
    source_emissions: pl.DataFrame,
    energy_use: pl.DataFrame,
    economy: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Compare every scenario with actual values after the base year.

    Compared are emissions of inventories of later years (``so2_emission_t`` ...), coal and energy of the
    balance (``coal_t``, ``energy_tce``), and GDP at constant prices (``gdp_index``, base year = 1). GDP at
    current prices is not compared: it holds inflation, the path does not.

    Args:
        projected_totals: ``projection.totals``.
        indicators: ``projection.indicators``.
        source_emissions: ``inventory.emissions``, all years.
        energy_use: ``inventory.energy_use``.
        economy: ``inputs.economy``.
        reference: growth path of GDP.
        config: settings of the city.

    Returns:
        ``projection.back_cast``; empty while nothing after the base year is known.
    """
    projected = pl.concat(
        [
            _emissions(projected_totals),
            _city_levels(indicators),
            _gdp_path(projected_totals, reference, config),
        ]
    )
    observed = pl.concat(
        [
            _inventories(source_emissions),
            _balances(energy_use, plant_efficiency(reference)),
            _real_gdp(economy, config),
        ]
    ).filter(pl.col("year") > config.base_year)
    return (
        back_cast(projected, observed, keys=["quantity"])
        .rename({"value": "projected"})
        .select(
            pl.lit(config.adcode).alias("city_code"), "scenario_id", "quantity", "year", "projected",
            "observed",
            "difference", "difference_share", "statement_zh", pl.lit(METHOD).alias("method_id"),
        )
        .sort("scenario_id", "quantity", "year")
    )  # fmt: skip


def _named(species: pl.Expr) -> pl.Expr:
    return pl.concat_str(species.str.to_lowercase().str.replace(".", "", literal=True), pl.lit("_emission_t"))


def _emissions(totals: pl.DataFrame) -> pl.DataFrame:
    return totals.select("scenario_id", "year", quantity=_named(pl.col("species")), value="emission_t")


def _inventories(source_emissions: pl.DataFrame) -> pl.DataFrame:
    summed = source_emissions.group_by("year", "species", maintain_order=True).agg(
        observed=pl.col("emission_t").sum()
    )
    return (
        summed.select("year", quantity=_named(pl.col("species")), observed="observed")
        .sort(_PAIR)
        .select(*_PAIR, "observed")
    )


def _city_levels(indicators: pl.DataFrame) -> pl.DataFrame:
    names = {"coal_cap_t": "coal_t", "energy_cap_tce": "energy_tce"}
    city = indicators.filter(pl.col("scope_type") == "city", pl.col("indicator").is_in(list(names)))
    return city.select("scenario_id", "year", quantity=pl.col("indicator").replace(names), value="projected")


def _balances(energy_use: pl.DataFrame, efficiency: float) -> pl.DataFrame:
    balance = balance_rows(energy_use, "balance")
    coal = balance.filter(pl.col("fuel_code").is_in(list(COAL_CODES)))
    burnt = coal.group_by("year", maintain_order=True).agg(observed=pl.col("amount").sum())
    consumed = consumed_energy(balance, efficiency).rename({"energy_tce": "observed"})
    return pl.concat(
        frame.select(pl.lit(quantity).alias("quantity"), "year", "observed")
        for frame, quantity in ((burnt, "coal_t"), (consumed, "energy_tce"))
    )


def _gdp_path(totals: pl.DataFrame, reference: Reference, config: CityConfig) -> pl.DataFrame:
    scenarios = totals.select("scenario_id").unique(maintain_order=True)
    path = gdp_of(reference, config).select("year", quantity=pl.lit("gdp_index"), value="gdp_ratio")
    return scenarios.join(path, how="cross").select("scenario_id", "year", "quantity", "value")


def _real_gdp(economy: pl.DataFrame, config: CityConfig) -> pl.DataFrame:
    """Return GDP at constant prices relative to the base year; none where its price base lacks that year."""
    real = economy.filter(
        pl.col("scope_type") == "city",
        pl.col("indicator") == "gdp",
        pl.col("price_base").is_not_null() & (pl.col("price_base") != "current"),
    )
    base = real.filter(pl.col("year") == config.base_year).select("price_base", base="value")
    return (
        real.join(base, on="price_base", maintain_order="left")
        .sort("price_base", "year")
        .unique("year", keep="first", maintain_order=True)
        .select(pl.lit("gdp_index").alias("quantity"), "year", observed=pl.col("value") / pl.col("base"))
    )
