"""Figures of the economy as denominators: one value per area (or industry) and year, with its price base."""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig

#: Ways to write that money is in prices of the same year.
CURRENT_PRICES = ("current", "当年价", "当年价格", "现价")
#: Shown where a package does not say in which prices its money is.
UNSTATED = "unstated"

FIGURE_SCHEMA: dict[str, type[pl.DataType]] = {
    "code": pl.String, "year": pl.Int32, "value": pl.Float64, "price_base": pl.String,
}  # fmt: skip


def is_current(column: str = "price_base") -> pl.Expr:
    """Tell whether a price base means prices of the same year."""
    return pl.col(column).is_in(list(CURRENT_PRICES)).fill_null(value=False)


def pick_price_base(rows: pl.DataFrame) -> pl.DataFrame:
    """Keep one row per scope and year: prices of that year first, unstated ones last.

    The level of one year is told in that year's prices; constant prices only serve comparisons of years.

    Args:
        rows: rows of ``inputs.economy`` of one indicator.

    Returns:
        The rows kept, with ``price_base`` written out (``unstated`` where empty), sorted by scope and year.
    """
    is_own_year = pl.col("price_base") == pl.col("year").cast(pl.String)
    order = (
        pl.when(is_current()).then(0).when(is_own_year).then(1).when(pl.col("price_base").is_not_null()).then(2)
        .otherwise(3)
    )  # fmt: skip
    return (
        rows.with_columns(_order=order)
        .sort("scope_type", "scope_code", "year", "_order", "price_base")
        .unique(["scope_type", "scope_code", "year"], keep="first", maintain_order=True)
        .with_columns(pl.col("price_base").fill_null(UNSTATED))
        .drop("_order")
    )


def district_figures(economy: pl.DataFrame, indicator: str, config: CityConfig) -> pl.DataFrame:
    """Return an indicator of every district and year, statistical areas counted in their host.

    A statistical area lies inside its host's polygon, so its figures are added to the host's. Where the
    host or one of its areas reports the indicator in other years but not in this one, the sum would be
    partial: there is no value.

    Args:
        economy: ``inputs.economy``.
        indicator: additive indicator (``gdp``, ``population``).
        config: settings of the city, with its statistical areas.

    Returns:
        One row per district and year with :data:`FIGURE_SCHEMA`, only where the figure is whole.
    """
    hosts = {area.code: area.host_district for area in config.statistical_areas}
    picked = pick_price_base(
        economy.filter((pl.col("scope_type") == "district") & (pl.col("indicator") == indicator))
    ).with_columns(code=pl.col("scope_code").replace(hosts))
    members = picked.group_by("code", maintain_order=True).agg(
        needed=pl.col("scope_code").n_unique(), has_host=(pl.col("scope_code") == pl.col("code")).any()
    )
    return (
        picked.sort("scope_code")
        .group_by("code", "year", maintain_order=True)
        .agg(
            pl.col("value").sum(),
            pl.col("price_base").first(),
            bases=pl.col("price_base").n_unique(),
            found=pl.len(),
        )
        .join(members, on="code", maintain_order="left")
        .filter((pl.col("found") == pl.col("needed")) & pl.col("has_host") & (pl.col("bases") == 1))
        .select(pl.col(name).cast(dtype) for name, dtype in FIGURE_SCHEMA.items())
        .sort("code", "year")
    )


def city_figures(economy: pl.DataFrame, indicator: str, config: CityConfig) -> pl.DataFrame:
    """Return an indicator of the whole city per year as it is stated, with :data:`FIGURE_SCHEMA`."""
    return (
        pick_price_base(economy.filter((pl.col("scope_type") == "city") & (pl.col("indicator") == indicator)))
        .with_columns(code=pl.lit(config.adcode))
        .select(pl.col(name).cast(dtype) for name, dtype in FIGURE_SCHEMA.items())
        .sort("year")
    )


def city_population(economy: pl.DataFrame, districts: list[str], config: CityConfig) -> pl.DataFrame:
    """Return the city's population per year: as stated, else the sum of its districts when all report.

    Heads add up over districts without remainder; GDP does not (districts' sums differ from the city's
    account), so only population is summed.
    """
    stated = city_figures(economy, "population", config)
    summed = (
        district_figures(economy, "population", config)
        .filter(pl.col("code").is_in(districts))
        .group_by("year", maintain_order=True)
        .agg(pl.col("value").sum(), pl.col("price_base").first(), found=pl.len())
        .filter(pl.col("found") == len(districts))
        .with_columns(code=pl.lit(config.adcode))
        .select(pl.col(name).cast(dtype) for name, dtype in FIGURE_SCHEMA.items())
        .join(stated, on="year", how="anti")
    )
    return pl.concat([stated, summed]).sort("year")


def value_added_of_industries(economy: pl.DataFrame) -> pl.DataFrame:
    """Return value added per industry code (section letter, or 2 to 4 digits) and year.

    ``C30`` is read as division 30. :data:`FIGURE_SCHEMA`; value in CNY.
    """
    rows = economy.filter((pl.col("scope_type") == "industry") & (pl.col("indicator") == "value_added"))
    return (
        pick_price_base(rows)
        .with_columns(
            code=pl.col("scope_code")
            .str.to_uppercase()
            .str.replace_all(r"\s", "")
            .str.replace(r"^[A-Z](\d{2,4})$", "${1}")
        )
        .unique(["code", "year"], keep="first", maintain_order=True)
        .select(pl.col(name).cast(dtype) for name, dtype in FIGURE_SCHEMA.items())
        .sort("code", "year")
    )


def ancestors_of_industries(codes: pl.Series, industries: pl.DataFrame) -> pl.DataFrame:
    """Return every class with all codes it belongs to: itself, group, division and section.

    Args:
        codes: four-digit classes; repeated and missing ones are ignored.
        industries: reference list with ``code`` and ``section``.

    Returns:
        One row per class and level: ``industry_code``, ``level`` (4 = class, 3 = group, 2 = division,
        1 = section) and ``code``.
    """
    code = pl.col("industry_code")
    return (
        codes.drop_nulls().unique().sort().rename("industry_code").to_frame()
        .join(
            industries.select(industry_code="code", section="section"),
            on="industry_code", how="left", maintain_order="left",
        )
        .with_columns(
            pl.when(code.str.len_chars() >= level).then(code.str.slice(0, level)).alias(str(level))
            for level in (4, 3, 2)
        )
        .rename({"section": "1"})
        .unpivot(["4", "3", "2", "1"], index="industry_code", variable_name="level", value_name="code")
        .drop_nulls("code")
        .with_columns(pl.col("level").cast(pl.Int32))
        .unique(["industry_code", "code"], keep="first", maintain_order=True)
        .sort("industry_code", "level", descending=[False, True])
    )  # fmt: skip


def intensity_per_value_added(
    emissions: pl.DataFrame, economy: pl.DataFrame, industries: pl.DataFrame, value: str = "emission_t"
) -> pl.DataFrame:
    """Return emissions per value added of each class, at the most detailed level with value added.

    Where only a division or section reports value added, all its emissions are divided by it, so the
    figure is the mean of that division or section (``matched_code``) and all its classes share it.

    Args:
        emissions: rows with ``industry_code``, ``year``, ``value`` and any further columns that identify
            a quantity (``species``).
        economy: ``inputs.economy``.
        industries: reference list of industries.
        value: column of the tonnes.

    Returns:
        ``industry_code, year, <further columns>, matched_code, intensity_t_per_1e8cny, value_added_cny,
        matched_t, price_base``.
    """
    further = [name for name in emissions.columns if name not in {"industry_code", "year", value}]
    chains = ancestors_of_industries(emissions["industry_code"], industries)
    matched = chains.join(value_added_of_industries(economy), on="code", maintain_order="left").filter(
        pl.col("value") > 0
    )
    finest = matched.sort("level", descending=True).unique(["industry_code", "year"], keep="first")
    totals = (
        emissions.join(chains, on="industry_code", maintain_order="left")
        .sort("code", "year", *further, "industry_code")
        .group_by("code", "year", *further, maintain_order=True)
        .agg(matched_t=pl.col(value).sum())
    )
    return (
        finest.join(totals, on=["code", "year"], maintain_order="left")
        .with_columns(intensity_t_per_1e8cny=pl.col("matched_t") / (pl.col("value") / 1e8))
        .rename({"code": "matched_code", "value": "value_added_cny"})
        .select(
            "industry_code", "year", *further, "matched_code", "intensity_t_per_1e8cny", "value_added_cny",
            "matched_t", "price_base",
        )
        .sort("industry_code", "year", *further)
    )  # fmt: skip
