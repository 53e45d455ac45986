"""Base-year accounts: the emissions of districts, element zones and control units."""

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core import inventory
from sxyd_pipeline.core.baseline.errors import UnplacedEmissionError
from sxyd_pipeline.core.baseline.layer import OUTSIDE
from sxyd_pipeline.core.outcome import Outcome, balance_of

_WHY_OUTSIDE = "该要素分区未覆盖处的排放 / emitted outside every zone of the element"

_MEASURES = ("emission_t", "low_t", "high_t", "density_t_per_km2", "co2e_tco2e", "gwp_set")


@dataclass(frozen=True, slots=True)
class _Account:
    """Accounts of one layer, and its ledger."""

    table: pl.DataFrame
    balance: pl.DataFrame


def account_districts(
    source_emissions: pl.DataFrame, placements: pl.DataFrame, districts: gpd.GeoDataFrame
) -> Outcome:
    """Sum the emissions of every district.

    ``district_t = sum over spreads of spread_t * share``; intervals as sums of sources that share
    factors. Every district has a row for every year and species of the city, 0 where it emits none.

    Args:
        source_emissions: ``inventory.emissions``.
        placements: ``baseline.placements``.
        districts: ``zoning.districts``.

    Returns:
        ``baseline.district_emissions`` and its ledger; nothing is lost.

    Raises:
        UnplacedEmissionError: a source has no placement in the layer.
    """
    features = _features(districts, "district_code")
    account = _account("baseline.district_emissions", source_emissions, placements, "district", features)
    table = account.table.rename({"code": "district_code"})
    return Outcome(_ordered(table, ("district_code",)), balance=account.balance)


def account_control_units(
    source_emissions: pl.DataFrame, placements: pl.DataFrame, control_units: gpd.GeoDataFrame
) -> Outcome:
    """Sum the emissions of every control unit; see :func:`account_districts`.

    Returns:
        ``baseline.control_unit_emissions`` and its ledger; nothing is lost.

    Raises:
        UnplacedEmissionError: a source has no placement in the layer.
    """
    features = _features(control_units, "control_unit_code")
    step = "baseline.control_unit_emissions"
    account = _account(step, source_emissions, placements, "control_unit", features)
    table = account.table.rename({"code": "control_unit_code"})
    return Outcome(_ordered(table, ("control_unit_code",)), balance=account.balance)


def account_zones(
    source_emissions: pl.DataFrame, placements: pl.DataFrame, zones: gpd.GeoDataFrame
) -> Outcome:
    """Sum the emissions of every element zone; see :func:`account_districts`.

    Elements overlap and are never added. The ledger has a step for each element
    (``baseline.zone_emissions:air``); what lies outside every zone of an element that does not cover
    the city is shown there as lost, with that reason.

    Returns:
        ``baseline.zone_emissions`` and its ledger.

    Raises:
        UnplacedEmissionError: a source has no placement in an element.
    """
    accounts = []
    for element, members in zones.groupby("element", sort=True):
        step = f"baseline.zone_emissions:{element}"
        features = _features(members, "zone_code")
        account = _account(step, source_emissions, placements, str(element), features)
        accounts.append(_Account(account.table.with_columns(element=pl.lit(str(element))), account.balance))
    table = pl.concat([account.table for account in accounts]).rename({"code": "zone_code"})
    balance = pl.concat([account.balance for account in accounts])
    return Outcome(_ordered(table, ("zone_code",), before=("element",)), balance=balance)


def _account(
    step: str, source_emissions: pl.DataFrame, placements: pl.DataFrame, layer: str, features: pl.DataFrame
) -> _Account:
    placed = _place(source_emissions, placements.filter(pl.col("layer") == layer), layer)
    inside = placed.filter(pl.col("code") != OUTSIDE)
    by = ["code", "year", "species"]
    equivalents = inside.group_by(by, maintain_order=True).agg(co2e_tco2e=_sum_or_null("co2e_tco2e"))
    sums = inventory.sum_with_interval(inside, by=by).join(
        equivalents, on=by, how="left", maintain_order="left"
    )
    species = source_emissions.group_by("year", "species", maintain_order=True).agg(
        gwp_set=pl.col("gwp_set").drop_nulls().min(), has_co2e=pl.col("co2e_tco2e").is_not_null().any()
    )
    table = (
        features.join(species, how="cross")
        .join(sums, on=by, how="left", maintain_order="left")
        # A feature in which no source of the species lies emits none of it: that is a zero, not a gap.
        .with_columns(pl.col("emission_t", "low_t", "high_t").fill_null(0.0))
        .with_columns(
            density_t_per_km2=pl.col("emission_t") / pl.col("area_km2"),
            co2e_tco2e=pl.when("has_co2e").then(pl.col("co2e_tco2e").fill_null(0.0)),
        )
    )
    return _Account(table, balance_of(step, source_emissions, table, why=_WHY_OUTSIDE))


def _place(source_emissions: pl.DataFrame, placements: pl.DataFrame, layer: str) -> pl.DataFrame:
    """Divide the emissions of every spread over the features of a layer.

    Sources of one spread and factor are summed first: they go the same way, and rows of a join cost
    more than rows of a sum.
    """
    # A measured row has no factor and errs by itself, so it stays apart from others of its spread.
    by_itself = pl.when(pl.col("factor_id").is_null()).then("source_id").alias("source_id")
    spread = (
        source_emissions.sort("source_id")
        .group_by("spread_id", "year", "species", "factor_id", by_itself, maintain_order=True)
        .agg(pl.col("emission_t", "low_t", "high_t").sum(), co2e_tco2e=_sum_or_null("co2e_tco2e"))
    )
    unplaced = spread.join(placements, on="spread_id", how="anti")["spread_id"].unique().to_list()
    if unplaced:
        raise UnplacedEmissionError(unplaced, layer)
    return (
        spread.join(placements.select("spread_id", "code", "share"), on="spread_id", maintain_order="left")
        .with_columns(pl.col("emission_t", "low_t", "high_t", "co2e_tco2e") * pl.col("share"))
        # Sums of floats depend on their order: a fixed one gives the same bytes every time.
        .sort("code", "year", "species", "factor_id", "spread_id", "source_id")
    )


def _sum_or_null(column: str) -> pl.Expr:
    """Sum a column; null when it has no value at all (pollutants have no CO2 equivalent)."""
    return pl.when(pl.col(column).is_not_null().any()).then(pl.col(column).sum())


def _features(frame: gpd.GeoDataFrame, code: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "city_code": pl.Series(frame["city_code"].tolist(), dtype=pl.String),
            "code": pl.Series(frame[code].tolist(), dtype=pl.String),
            "area_km2": pl.Series(frame["area_km2"].tolist(), dtype=pl.Float64),
        }
    )


def _ordered(table: pl.DataFrame, code: Sequence[str], *, before: Sequence[str] = ()) -> pl.DataFrame:
    return table.select("city_code", *before, *code, "year", "species", *_MEASURES).sort(
        *code, "year", "species"
    )
