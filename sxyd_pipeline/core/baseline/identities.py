"""Identities behind a change: the panels of factors that the decomposition splits, made from the tables.

``CO2 = sum_ij P * (G/P) * (G_i/G) * (E_i/G_i) * (E_ij/E_i) * (C_ij/E_ij)`` over sectors i and fuels j, and
for households ``CO2 = sum_j P * (E_h/P) * (E_hj/E_h) * (C_hj/E_hj)``; pollutants take
``sum_i P * (G/P) * (A_i/G) * (generated_i/A_i) * (emitted_i/generated_i)``. A factor that a city's figures
do not allow is left out, never invented: which ones stand in the panel says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.baseline.figures import UNSTATED, is_current
from sxyd_pipeline.core.baseline.sectors import HOUSEHOLDS, VALUE_ADDED, group_sectors
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

ENERGY_CO2 = "energy_co2"
#: Carriers whose CO2 arises where they are made: without a direct factor, so outside the identity.
CARRIERS = ("electricity", "heat")

#: Factor -> Chinese name.
FACTOR_NAMES = {
    "population": "人口规模",
    "gdp_per_head": "人均GDP",
    "gdp": "经济规模",
    "sector_share": "产业结构",
    "energy_intensity": "能源强度",
    "household_energy_per_head": "人均生活用能",
    "energy": "能源消费总量",
    "fuel_share": "能源结构",
    "co2_factor": "排放因子",
    "activity_intensity": "单位GDP活动水平",
    "activity": "活动水平",
    "generation_intensity": "产污强度",
    "passed_share": "治理（1−去除率）",
}

_GJ_PER_TJ = 1e3


@dataclass(frozen=True, slots=True)
class IdentityPanel:
    """A quantity as a sum over parts of a product of factors, year by year.

    Attributes:
        subject: ``energy_co2``, or a species.
        panel: one row per year and part; the product of ``factors`` is the part's tonnes.
        factors: columns of the factors, in the order they are shown.
        parts: columns that identify a part.
        price_base: prices GDP is in; None when the identity has no GDP.
        method_id: which identity it is.
    """

    subject: str
    panel: pl.DataFrame
    factors: tuple[str, ...]
    parts: tuple[str, ...]
    price_base: str | None
    method_id: str

    def totals(self) -> pl.DataFrame:
        """Return the tonnes per year: ``year``, ``value_t``."""
        # A factor is empty only where another one is zero: the product is zero there.
        product = pl.reduce(lambda a, b: a * b, [pl.col(name).fill_null(1.0) for name in self.factors])
        return (
            self.panel.select("year", value_t=product)
            .group_by("year", maintain_order=True)
            .agg(pl.col("value_t").sum())
            .sort("year")
        )


@dataclass(frozen=True, slots=True)
class _Growth:
    """Population and GDP of the city, as far as the years are covered."""

    population: pl.DataFrame | None
    gdp: pl.DataFrame | None
    price_base: str | None


def city_series(economy: pl.DataFrame, indicator: str, price_base: str | None = None) -> pl.DataFrame:
    """Return one series of the city: ``year``, ``value``, in standard units (CNY, persons).

    Args:
        economy: ``inputs.economy``, or any frame with ``scope_type, indicator, year, value, price_base``.
        indicator: indicator wanted.
        price_base: price base wanted; None takes rows without one.
    """
    rows = economy.filter((pl.col("scope_type") == "city") & (pl.col("indicator") == indicator))
    base = pl.col("price_base").is_null() if price_base is None else pl.col("price_base") == price_base
    return (
        rows.filter(base).select(pl.col("year").cast(pl.Int32), pl.col("value").cast(pl.Float64)).sort("year")
    )


def choose_gdp(economy: pl.DataFrame, years: Sequence[int]) -> tuple[pl.DataFrame, str] | None:
    """Return the city's GDP series that covers the years, and its price base.

    Constant prices go before current ones (a change at current prices holds inflation), current before
    unstated; among constant bases the latest. None when no series covers two of the years.
    """
    rows = economy.filter(
        (pl.col("scope_type") == "city") & (pl.col("indicator") == "gdp") & pl.col("year").is_in(list(years))
    )
    ranked = (
        rows.group_by("price_base", maintain_order=True).agg(covered=pl.col("year").n_unique())
        .filter(pl.col("covered") > 1)
        .with_columns(rank=pl.when(pl.col("price_base").is_null()).then(2).when(is_current()).then(1).otherwise(0))
        .sort(["covered", "rank", "price_base"], descending=[True, False, True])
    )  # fmt: skip
    if ranked.is_empty():
        return None
    base = ranked["price_base"][0]
    series = city_series(economy, "gdp", base).filter(pl.col("year").is_in(list(years)))
    return series, base if base is not None else UNSTATED


def _growth(economy: pl.DataFrame, years: Sequence[int]) -> tuple[_Growth, list[int]]:
    """Return population and GDP, and the years both the identity and they cover."""
    chosen = choose_gdp(economy, years)
    if chosen is None:
        return _Growth(None, None, None), sorted(years)
    gdp, base = chosen
    kept = sorted(set(years) & set(gdp["year"].to_list()))
    rows = economy.with_columns(price_base=pl.lit(None, pl.String))
    population = city_series(rows, "population").unique("year", keep="first").sort("year")
    whole = set(kept) <= set(population["year"].to_list())
    return _Growth(population if whole else None, gdp, base), kept


def _scale(growth: _Growth) -> tuple[pl.DataFrame | None, tuple[str, ...]]:
    """Return the factors of size: population and GDP per head, or GDP alone, with GDP beside."""
    if growth.gdp is None:
        return None, ()
    gdp = growth.gdp.rename({"value": "gdp_cny"})
    if growth.population is None:
        return gdp.with_columns(gdp=pl.col("gdp_cny")), ("gdp",)
    joined = gdp.join(growth.population.rename({"value": "population"}), on="year", maintain_order="left")
    return joined.with_columns(gdp_per_head=pl.col("gdp_cny") / pl.col("population")), (
        "population",
        "gdp_per_head",
    )


def energy_co2_panel(
    energy: pl.DataFrame,
    economy: pl.DataFrame,
    fuels: pl.DataFrame,
    *,
    sector_groups: Mapping[str, str] | None = None,
) -> IdentityPanel:
    """Build the identity of CO2 from fuels: size, structure, intensity, mix and factor.

    Electricity and heat are left out: their CO2 arises at the plant, whose fuel is in the balance. Sector
    structure stands in the panel when every sector belongs to one of the three sectors (or households)
    and their value added covers the years; households then have their own energy per head. Value added is
    taken in GDP's price base, else its share of GDP at current prices is used (``price_base`` says so).
    Without GDP, the identity is energy x mix x factor. A fuel's factor is
    ``carbon * oxidation * 44/12 * fossil share`` (t/TJ) and, being a reference value, the same every year.

    Args:
        energy: ``year, sector_code, fuel_code, energy_tj`` (rows with a ``basis`` other than ``balance``
            are ignored).
        economy: ``inputs.economy``.
        fuels: ``fuel_code, carbon_tc_per_gj, oxidation_share, fossil_carbon_share``; with a column
            ``year`` the factors may change.
        sector_groups: sector code -> ``primary``, ``secondary``, ``tertiary`` or ``households``, where the
            built-in reading of sector codes does not fit.

    Returns:
        The panel; tonnes of CO2.
    """
    balance = energy.filter(pl.col("basis") == "balance") if "basis" in energy.columns else energy
    burnt = balance.filter(~pl.col("fuel_code").is_in(CARRIERS)).with_columns(pl.col("year").cast(pl.Int32))
    growth, years = _growth(economy, burnt["year"].unique().sort().to_list())
    burnt = burnt.filter(pl.col("year").is_in(years))
    size, size_factors = _scale(growth)
    groups = dict(sector_groups) if sector_groups else group_sectors(burnt["sector_code"].unique().to_list())
    shares = _sector_shares(economy, growth, years) if groups and size is not None else None
    if shares is None or groups is None or not _are_covered(groups, growth):
        groups, shares = None, None
    sector = pl.col("sector_code").replace(groups) if groups else pl.col("sector_code")
    mix = _fuel_mix(burnt.with_columns(sector=sector), years)
    with_factor = mix.join(
        _co2_factors(fuels),
        on=["fuel_code", "year"] if "year" in fuels.columns else ["fuel_code"],
        how="left",
        maintain_order="left",
    )
    if size is None:
        panel, factors, method = _without_economy(with_factor)
    elif shares is None:
        panel, factors, method = _by_gdp(with_factor, size, size_factors)
    else:
        panel, factors, method = _by_sector(with_factor, size, size_factors, shares[0])
    base = growth.price_base if shares is None else shares[1]
    return IdentityPanel(
        ENERGY_CO2, panel.select("year", "sector", "fuel_code", *factors).sort("year", "sector", "fuel_code"),
        factors, ("sector", "fuel_code"), base, method,
    )  # fmt: skip


def _are_covered(groups: Mapping[str, str], growth: _Growth) -> bool:
    # Energy of households per head needs heads.
    return HOUSEHOLDS not in groups.values() or growth.population is not None


def _co2_factors(fuels: pl.DataFrame) -> pl.DataFrame:
    """Return t CO2 per TJ of each fuel."""
    by = ["fuel_code", "year"] if "year" in fuels.columns else ["fuel_code"]
    factor = pl.col("carbon_tc_per_gj") * pl.col("oxidation_share") * pl.col("fossil_carbon_share")
    return fuels.select(
        *(pl.col(name).cast(pl.Int32) if name == "year" else pl.col(name) for name in by),
        co2_factor=factor * CO2_PER_CARBON * _GJ_PER_TJ,
    )


def _fuel_mix(burnt: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """Return energy of sectors and shares of their fuels, with a zero where a fuel is not used that year.

    Without those zeros a fuel that appears would be read as a new part, and its change be shared out over
    population and all the rest instead of the fuel mix.
    """
    sums = burnt.group_by("year", "sector", "fuel_code", maintain_order=True).agg(pl.col("energy_tj").sum())
    frame = (
        sums.select("sector", "fuel_code")
        .unique()
        .join(pl.DataFrame({"year": list(years)}, schema={"year": pl.Int32}), how="cross")
    )
    return (
        frame.join(sums, on=["year", "sector", "fuel_code"], how="left", maintain_order="left")
        .with_columns(pl.col("energy_tj").fill_null(0.0))
        .sort("year", "sector", "fuel_code")
        .with_columns(sector_tj=pl.col("energy_tj").sum().over("year", "sector"))
        .with_columns(
            fuel_share=pl.when(pl.col("sector_tj") > 0).then(pl.col("energy_tj") / pl.col("sector_tj"))
        )
    )


def _sector_shares(
    economy: pl.DataFrame, growth: _Growth, years: Sequence[int]
) -> tuple[pl.DataFrame, str] | None:
    """Return the share of each of the three sectors in GDP, and the price base in words."""
    current = next(
        iter(
            economy.filter((pl.col("scope_type") == "city") & (pl.col("indicator") == "gdp") & is_current())
            ["price_base"].unique().sort().to_list()
        ),
        None,
    )  # fmt: skip
    bases = dict.fromkeys(base for base in (growth.price_base, current) if base not in {None, UNSTATED})
    for base in bases:
        gdp = city_series(economy, "gdp", base).rename({"value": "gdp_cny"})
        added = [
            city_series(economy, indicator, base).with_columns(sector=pl.lit(group))
            for group, indicator in VALUE_ADDED.items()
        ]
        shares = (
            pl.concat(added).join(gdp, on="year", maintain_order="left")
            .filter(pl.col("year").is_in(list(years)))
            .with_columns(sector_share=pl.col("value") / pl.col("gdp_cny"))
            .select("year", "sector", "sector_share")
        )  # fmt: skip
        if shares.height == len(VALUE_ADDED) * len(years):
            words = str(growth.price_base)
            return shares, words if base == growth.price_base else f"{words}；产业结构按当年价"
    return None


def _without_economy(mix: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    energy = pl.col("energy_tj").sum().over("year")
    panel = mix.with_columns(
        energy=energy,
        sector_share=pl.when(energy > 0).then(pl.col("sector_tj") / energy),
    )
    return panel, ("energy", "sector_share", "fuel_share", "co2_factor"), "lmdi_energy"


def _by_gdp(
    mix: pl.DataFrame, size: pl.DataFrame, size_factors: tuple[str, ...]
) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    panel = mix.join(size, on="year", maintain_order="left").with_columns(
        energy_intensity=pl.col("sector_tj") / pl.col("gdp_cny")
    )
    return panel, (*size_factors, "energy_intensity", "fuel_share", "co2_factor"), "lmdi_kaya"


def _by_sector(
    mix: pl.DataFrame, size: pl.DataFrame, size_factors: tuple[str, ...], shares: pl.DataFrame
) -> tuple[pl.DataFrame, tuple[str, ...], str]:
    is_home = pl.col("sector") == HOUSEHOLDS
    panel = (
        mix.join(size, on="year", maintain_order="left")
        .join(shares, on=["year", "sector"], how="left", maintain_order="left")
        # Households do not add value: factors of the economy are 1 for them, theirs is 1 for sectors.
        .with_columns(
            sector_share=pl.when(is_home).then(1.0).otherwise("sector_share"),
            energy_intensity=pl.when(is_home).then(1.0)
            .otherwise(pl.col("sector_tj") / (pl.col("gdp_cny") * pl.col("sector_share"))),
        )
    )  # fmt: skip
    factors = [*size_factors, "sector_share", "energy_intensity"]
    if HOUSEHOLDS in panel["sector"].to_list():
        panel = panel.with_columns(
            household_energy_per_head=pl.when(is_home)
            .then(pl.col("sector_tj") / pl.col("population"))
            .otherwise(1.0),
            gdp_per_head=pl.when(is_home).then(1.0).otherwise("gdp_per_head"),
        )
        factors.append("household_energy_per_head")
    return panel, (*factors, "fuel_share", "co2_factor"), "lmdi_kaya_sectors"


def pollutant_panel(
    records: pl.DataFrame, economy: pl.DataFrame, species: str, *, parts: Sequence[str]
) -> IdentityPanel:
    """Build the identity of a pollutant: size, activity per GDP, generation intensity and removal.

    Args:
        records: one row per year and part: ``year``, the columns of ``parts``, ``activity`` (any unit, the
            same within a part), ``generated_t`` (before removal) and ``emitted_t``. A part without activity
            in a year may be left out.
        economy: ``inputs.economy``; without GDP the identity starts with the activity itself.
        species: name of the pollutant.
        parts: columns that identify a part (source category and activity).

    Returns:
        The panel; tonnes of the pollutant.
    """
    sums = (
        records.with_columns(pl.col("year").cast(pl.Int32))
        .sort("year", *parts)
        .group_by("year", *parts, maintain_order=True)
        .agg(pl.col("activity", "generated_t", "emitted_t").sum())
    )
    growth, years = _growth(economy, sums["year"].unique().sort().to_list())
    size, size_factors = _scale(growth)
    frame = (
        sums.select(parts)
        .unique()
        .join(pl.DataFrame({"year": years}, schema={"year": pl.Int32}), how="cross")
    )
    filled = (
        frame.join(sums, on=["year", *parts], how="left", nulls_equal=True, maintain_order="left")
        # A part without a row in a year has no activity in that year.
        .with_columns(pl.col("activity", "generated_t", "emitted_t").fill_null(0.0))
        .with_columns(
            generation_intensity=pl.when(pl.col("activity") > 0).then(
                pl.col("generated_t") / pl.col("activity")
            ),
            passed_share=pl.when(pl.col("generated_t") > 0).then(pl.col("emitted_t") / pl.col("generated_t")),
        )
    )
    scale: tuple[str, ...]
    if size is None:
        panel, scale, method = filled, ("activity",), "lmdi_pollutant_activity"
    else:
        panel = filled.join(size, on="year", maintain_order="left").with_columns(
            activity_intensity=pl.col("activity") / pl.col("gdp_cny")
        )
        scale, method = (*size_factors, "activity_intensity"), "lmdi_pollutant"
    factors = (*scale, "generation_intensity", "passed_share")
    return IdentityPanel(
        species, panel.select("year", *parts, *factors).sort("year", *parts), factors, tuple(parts),
        growth.price_base, method,
    )  # fmt: skip
