"""Lints on what a package states beside its own columns: factors, potentials, coal equivalents, totals.

Columns no table knows are carried along as JSON (``extra``). Some of them are numbers people made with the
misuses the lints look for; they are not used anywhere else, and here they are checked.
"""

from collections.abc import Mapping

import polars as pl

from sxyd_pipeline.core.baseline.figures import is_current
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.parse import to_number
from sxyd_pipeline.core.lints.factors import lint_grid_factors, lint_gwp_sets
from sxyd_pipeline.core.lints.figures import (
    ENERGY_BALANCE_SIGNS,
    lint_balance,
    lint_coal_equivalent,
    lint_intensity_prices,
    lint_printed_totals,
)
from sxyd_pipeline.core.lints.findings import gathered, no_lints

#: Headers, besides the first one, under which a further column is understood.
GRID_FACTOR = ("grid_factor", "电网排放因子", "电力排放因子")
GRID_FACTOR_UNIT = ("grid_factor_unit", "电网排放因子单位")
GRID_FACTOR_KIND = ("grid_factor_kind", "电网排放因子类型")
POTENTIAL = ("gwp", "GWP", "全球增温潜势")
POTENTIAL_SET = ("gwp_set", "GWP取值")
COAL_EQUIVALENT = ("tce", "折标煤", "折标准煤")
COEFFICIENT = ("tce_coefficient", "折标系数")
PRESSURE = ("energy_tce", "综合能源消费量")
INTENSITY = ("energy_tce_per_10k_cny", "单位GDP能耗")
TOTALS = ("total", "合计", "总计", "全市合计")
_CNY_PER_10K = 1e4
_PLACE = ("source_file", "source_sheet", "source_row")
#: Printed totals are rounded; half a percent is more than rounding.
_ROUNDING = 5e-3


def with_stated(table: pl.DataFrame, wanted: Mapping[str, tuple[str, ...]]) -> pl.DataFrame:
    """Add further columns of a package as text, by any of their headers.

    Args:
        table: a table of group ``inputs`` with ``extra``.
        wanted: name of the new column -> headers that mean it, the preferred one first.

    Returns:
        The rows with the new columns; empty where the package has no such column.
    """
    headers = [header for spellings in wanted.values() for header in spellings]
    dtype = pl.Struct(dict.fromkeys(headers, pl.String))
    stated = table.select(pl.col("extra").str.json_decode(dtype).alias("stated")).unnest("stated")
    return table.with_columns(
        stated.select(pl.coalesce(spellings).alias(name) for name, spellings in wanted.items())
    )


def _numbers(rows: pl.DataFrame, *names: str) -> pl.DataFrame:
    return rows.with_columns(to_number(rows[name]).alias(name) for name in names)


def lint_stated_grid_factors(
    activity: pl.DataFrame,
    grid_factors: pl.DataFrame,
    rules: pl.DataFrame,
    config: CityConfig,
    *,
    table_name: str,
) -> pl.DataFrame:
    """Check grid factors a package states beside bought electricity; see :func:`lint_grid_factors`.

    Args:
        activity: ``inputs.facility_activity`` or ``inputs.area_activity``.
        grid_factors: ``data/reference/grid_factors.csv``.
        rules: ``data/reference/lint_rules.csv``.
        config: settings; the city's province is the region.
        table_name: which of the two.
    """
    wanted = {"factor": GRID_FACTOR, "factor_unit": GRID_FACTOR_UNIT, "factor_kind": GRID_FACTOR_KIND}
    rows = _numbers(with_stated(activity.filter(pl.col("activity_code") == "electricity"), wanted), "factor")
    stated = rows.filter(pl.col("factor").is_not_null()).select(
        "year", "factor", "factor_unit", "factor_kind", *_PLACE, region=pl.lit(config.adcode)
    )
    return lint_grid_factors(stated, grid_factors, rules, table_name=table_name)


def lint_stated_potentials(
    facility_emissions: pl.DataFrame, gwp: pl.DataFrame, rules: pl.DataFrame, config: CityConfig
) -> pl.DataFrame:
    """Check warming potentials a package states beside emissions; see :func:`lint_gwp_sets`.

    Args:
        facility_emissions: ``inputs.facility_emissions``.
        gwp: ``data/reference/gwp.csv``.
        rules: ``data/reference/lint_rules.csv``.
        config: settings; the city's set is the one to agree with.
    """
    wanted = {"gwp": POTENTIAL, "gwp_set": POTENTIAL_SET}
    rows = _numbers(with_stated(facility_emissions, wanted), "gwp").filter(pl.col("gwp").is_not_null())
    stated = rows.select("gwp", "gwp_set", *_PLACE, gas="species")
    return lint_gwp_sets(stated, gwp, rules, declared=config.methods.gwp_set, table_name="facility_emissions")


def lint_energy(energy: pl.DataFrame, fuels: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Check the energy balance: coal equivalents beside amounts, printed totals, and whether it closes.

    Args:
        energy: ``inputs.energy``. A sector called total (合计) is compared with the sum of the others; items
            of a Chinese energy balance table (可供量, 加工转换投入产出量, 损失量, 终端消费量, 平衡差额) must
            close.
        fuels: ``data/reference/fuels.csv``.
        rules: ``data/reference/lint_rules.csv``.
    """
    sector = pl.col("sector_code").str.strip_chars().str.to_lowercase()
    is_item = sector.is_in(list(ENERGY_BALANCE_SIGNS))
    stated = _numbers(
        with_stated(energy, {"tce": COAL_EQUIVALENT, "coefficient": COEFFICIENT}), "tce", "coefficient"
    )
    equivalents = stated.filter(pl.col("tce").is_not_null()).select(
        "tce", "coefficient", *_PLACE, fuel="fuel_code", amount="amount_stated", unit="amount_unit_stated"
    )
    by = ("year", "fuel_code")
    sums = energy.filter(~is_item).with_columns(is_total=sector.is_in(list(TOTALS)))
    balance = energy.filter(is_item)
    return gathered(
        [
            lint_coal_equivalent(equivalents, fuels, rules, table_name="energy"),
            lint_printed_totals(sums, value="amount", by=by, relative=_ROUNDING, table_name="energy"),
            lint_balance(balance, by=by, item="sector_code", relative=_ROUNDING, table_name="energy"),
        ]
    )


def lint_stated_intensities(economy: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Check energy per GDP a package states beside GDP at current prices; see :func:`lint_intensity_prices`.

    Args:
        economy: ``inputs.economy``; the rows of GDP may state total energy (tce) and its intensity (tce per
            10^4 CNY). Years without GDP at constant prices cannot be judged.
        rules: ``data/reference/lint_rules.csv``.
    """
    gdp = _numbers(
        with_stated(
            economy.filter(pl.col("indicator") == "gdp"), {"pressure": PRESSURE, "intensity": INTENSITY}
        ),
        "pressure",
        "intensity",
    )
    keys = ["scope_type", "scope_code", "year"]
    constant = gdp.filter(~is_current() & pl.col("price_base").is_not_null()).select(
        *keys, gdp_constant=pl.col("value") / _CNY_PER_10K
    )
    stated = gdp.filter(is_current() & pl.col("pressure").is_not_null() & pl.col("intensity").is_not_null())
    if stated.is_empty():
        return no_lints()
    both = stated.join(
        constant.unique(keys, keep="first", maintain_order=True), on=keys, maintain_order="left"
    ).with_columns(gdp_current=pl.col("value") / _CNY_PER_10K)
    return lint_intensity_prices(both, rules, table_name="economy")
