"""Total energy consumption from a balance by sector and fuel, each joule counted once.

A balance states what power and heat plants burn and what sectors buy from them. Adding both counts the
same energy twice: what the city's own plants can deliver is left out, only the rest was bought outside.
"""

import polars as pl

#: Energy that was made from other energy.
CARRIERS = ("electricity", "heat")
#: Sectors that turn fuels into carriers.
TRANSFORMING = ("power", "power_heat", "heat_power", "电力", "电力热力", "电力、热力")


def consumed_energy(balance: pl.DataFrame, efficiency: float) -> pl.DataFrame:
    """Return the total energy consumption of every year of a balance.

    ``E = sum of fuels + max(0, sum of carriers - efficiency * fuels of power and heat plants)``

    What plants deliver beyond the city's own use is not taken off: the balance does not state it, so for a
    city that exports power the total is that of its territory, fuel for exported power included.

    Args:
        balance: rows of one basis without total rows: ``year, sector_code, fuel_code, energy_tce``.
        efficiency: share of the plants' fuel that becomes electricity and heat, 0 to 1.

    Returns:
        ``year, energy_tce``, sorted by year.

    References:
        国家统计局《能源统计报表制度》: 加工转换投入与产出不重复计入消费总量.
    """
    is_carrier = pl.col("fuel_code").is_in(list(CARRIERS))
    is_input = pl.col("sector_code").is_in(list(TRANSFORMING)) & ~is_carrier
    tce = pl.col("energy_tce")
    return (
        balance.group_by("year", maintain_order=True)
        .agg(
            fuels=tce.filter(~is_carrier).sum(),
            carriers=tce.filter(is_carrier).sum(),
            transformed=tce.filter(is_input).sum(),
        )
        .select(
            "year",
            energy_tce=pl.col("fuels")
            + (pl.col("carriers") - efficiency * pl.col("transformed")).clip(lower_bound=0.0),
        )
        .sort("year")
    )
