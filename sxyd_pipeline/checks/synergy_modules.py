"""Rules on the tables of optional modules: gases sum to the inventory, stocks and sinks stay apart."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline.checks.ledgers import MASS_TOLERANCE
from sxyd_pipeline.core.synergy.modules.carbon import POOLS, SINK_KINDS
from sxyd_pipeline.core.synergy.modules.gases import NON_CO2
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

_TC_PER_HA_OF_G_PER_M2 = 0.01


def _differs(value: pl.Expr, expected: pl.Expr) -> pl.Expr:
    """Tell values that differ by more than rounding; a missing value differs from a number."""
    scale = pl.max_horizontal(value.abs(), expected.abs(), pl.lit(1e-9))
    return ((value - expected).abs() > MASS_TOLERANCE * scale).fill_null(value=True)


def gases_off_inventory(result: pl.DataFrame, source_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return gases and years whose control units do not sum to the inventory, in tonnes or CO2e."""
    keys = ["species", "year"]
    units = result.group_by(keys, maintain_order=True).agg(pl.col("emission_t", "co2e_tco2e").sum())
    inventory = (
        source_emissions.filter(pl.col("species").is_in(list(NON_CO2)))
        .group_by(keys, maintain_order=True)
        .agg(inventory_t=pl.col("emission_t").sum(), inventory_tco2e=pl.col("co2e_tco2e").sum())
    )
    return (
        units.join(inventory, on=keys, how="full", coalesce=True, maintain_order="left_right")
        .filter(
            _differs(pl.col("emission_t"), pl.col("inventory_t"))
            | _differs(pl.col("co2e_tco2e"), pl.col("inventory_tco2e"))
        )
        .sort(keys)
    )


def stocks_off_density(result: pl.DataFrame) -> pl.DataFrame:
    """Return stocks that are not area times density, or not their pools: something was added to them."""
    pools = pl.sum_horizontal(*POOLS.values())
    has_pools = pl.col("basis") == "reference"
    return result.filter(
        _differs(pl.col("stock_tc"), pl.col("area_ha") * pl.col("density_tc_per_ha"))
        | (has_pools & _differs(pl.col("stock_tc"), pools))
    )


def changes_off_densities(result: pl.DataFrame) -> pl.DataFrame:
    """Return changes that are not area times the difference of densities; kept land changes nothing."""
    gain = pl.col("to_density_tc_per_ha") - pl.col("from_density_tc_per_ha")
    is_kept = pl.col("from_class") == pl.col("to_class")
    moves = (pl.col("stock_change_tc") != 0) | (pl.col("sink_change_tco2_per_year") != 0)
    return result.filter(_differs(pl.col("stock_change_tc"), pl.col("area_ha") * gain) | (is_kept & moves))


def sinks_off_flux(result: pl.DataFrame) -> pl.DataFrame:
    """Return sinks that are not area times a flux of a kind that is a sink, and refused rows with a value."""
    value = pl.col("sink_tco2_per_year")
    is_counted = pl.col("state") == "counted"
    is_sink = pl.col("flux_kind").is_in(list(SINK_KINDS))
    wrong_value = is_counted & _differs(value, pl.col("area_ha") * pl.col("flux_tco2_per_ha"))
    return result.filter(wrong_value | (is_counted & ~is_sink) | (~is_counted & value.is_not_null()))


def sinks_outside_range(result: pl.DataFrame) -> pl.DataFrame:
    """Return counted sinks outside their own range."""
    slack = 1e-9 * pl.col("sink_tco2_per_year").abs()
    low, high = pl.col("low_tco2_per_year"), pl.col("high_tco2_per_year")
    outside = (pl.col("sink_tco2_per_year") < low - slack) | (pl.col("sink_tco2_per_year") > high + slack)
    return result.filter(outside.fill_null(value=False))


def burial_off_rate(result: pl.DataFrame) -> pl.DataFrame:
    """Return burials that are not area times rate times 44/12."""
    expected = pl.col("area_ha") * pl.col("burial_gc_per_m2") * _TC_PER_HA_OF_G_PER_M2 * CO2_PER_CARBON
    return result.filter(_differs(pl.col("burial_tco2_per_year"), expected))


def synergy_off_ratio(result: pl.DataFrame) -> pl.DataFrame:
    """Return water zones whose synergy is not equivalents over CO2e, or whose CO2e lacks their energy."""
    product = pl.col("equivalents_per_tco2e") * pl.col("co2e_tco2e")
    emits = pl.col("co2e_tco2e") > 0
    lacks = pl.col("co2e_tco2e") < pl.col("energy_tco2") * (1.0 - MASS_TOLERANCE)
    return result.filter((emits & _differs(product, pl.col("equivalents_removed_t"))) | lacks)


def siting_contradictions(result: pl.DataFrame) -> pl.DataFrame:
    """Return units said to be open to a project although part of them is prohibited or conditional."""
    restricted = (pl.col("prohibited_share_low") > 0) | (pl.col("conditional_share_high") > 0)
    return result.filter(
        ((pl.col("verdict") == "allowed") & restricted)
        | (pl.col("prohibited_share_low") > pl.col("prohibited_share_high") + MASS_TOLERANCE)
    )


def siting_gaps(result: pl.DataFrame, control_units: gpd.GeoDataFrame) -> pl.DataFrame:
    """Return control units that lack a verdict on a type of project."""
    codes = pl.DataFrame({"control_unit_code": pl.Series(control_units["control_unit_code"].tolist())})
    wanted = codes.join(result.select("project_type").unique(), how="cross")
    return wanted.join(result, on=["control_unit_code", "project_type"], how="anti").sort(
        "control_unit_code", "project_type"
    )


def effects_outside_range(result: pl.DataFrame) -> pl.DataFrame:
    """Return projects whose CO2 effect lies outside its own range."""
    slack = 1e-9 * pl.col("co2_effect_tco2").abs()
    return result.filter(
        (pl.col("co2_effect_tco2") < pl.col("low_tco2") - slack)
        | (pl.col("co2_effect_tco2") > pl.col("high_tco2") + slack)
    )
