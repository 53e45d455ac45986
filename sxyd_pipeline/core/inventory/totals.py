"""Totals of the city, its districts, categories and industries, with 95 % intervals."""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.potentials import co2e_of, gwp_set_of
from sxyd_pipeline.core.inventory.uncertainty import correlated_groups, sum_groups
from sxyd_pipeline.core.outcome import Outcome, balance_of
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import SOURCE_CATEGORIES

STEP = "inventory.emission_totals"

#: Columns of ``inventory.totals``.
TOTAL_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String,
    "year": pl.Int32,
    "breakdown": pl.String,
    "breakdown_code": pl.String,
    "breakdown_name": pl.String,
    "species": pl.String,
    "emission_t": pl.Float64,
    "low_t": pl.Float64,
    "high_t": pl.Float64,
    "co2e_tco2e": pl.Float64,
    "gwp_set": pl.String,
    "source_count": pl.Int64,
}

#: Code of everything without an industry of its own, so that each breakdown adds up to the city.
NO_INDUSTRY = "-"
_KINDS = {"point": "点源", "area": "面源"}
_DIVISION_DIGITS = 2


def total_emissions(
    source_emissions: pl.DataFrame, layers: pl.DataFrame, reference: Reference, config: CityConfig
) -> Outcome:
    """Sum emissions five ways; each breakdown adds up to the city.

    Args:
        source_emissions: ``inventory.emissions``.
        layers: features of the package; names of districts are taken from the layer ``districts``.
        reference: names of industries and areas, warming potentials.
        config: name of the city and its GWP set.

    Returns:
        Outcome whose table is ``inventory.totals``, sorted by its key. Industries are divisions (two
        digits) of GB/T 4754-2017; sources without an industry stand under ``-``.
    """
    codes = {
        "city": pl.lit(config.adcode),
        "district": pl.col("district_code"),
        "source_category": pl.col("source_category").cast(pl.String),
        "industry": pl.col("industry_code").str.head(_DIVISION_DIGITS).fill_null(NO_INDUSTRY),
        "source_kind": pl.col("source_kind"),
    }
    names = _names(layers, reference, config)
    # One pass over the sources; every breakdown is then a sum over these few groups.
    groups = correlated_groups(
        source_emissions.select(
            "city_code", "year", "species", "emission_t", "low_t", "high_t", "factor_id", "source_id",
            *(code.alias(f"code_of_{breakdown}") for breakdown, code in codes.items()),
        ),
        ["city_code", "year", "species", *(f"code_of_{breakdown}" for breakdown in codes)],
    )  # fmt: skip
    by = ["city_code", "year", "breakdown_code", "species"]
    parts = [
        sum_groups(groups.rename({f"code_of_{breakdown}": "breakdown_code"}), by).with_columns(
            breakdown=pl.lit(breakdown)
        )
        for breakdown in codes
    ]
    table = (
        pl.concat(parts)
        .join(names, on=["breakdown", "breakdown_code"], how="left", maintain_order="left")
        .with_columns(
            breakdown_name=pl.coalesce("breakdown_name", "breakdown_code"),
            co2e_tco2e=co2e_of(reference, config.methods.gwp_set),
            gwp_set=gwp_set_of(reference, config.methods.gwp_set),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in TOTAL_SCHEMA.items())
        .sort("year", "breakdown", "breakdown_code", "species")
    )
    return Outcome(
        table, balance=balance_of(STEP, source_emissions, table.filter(pl.col("breakdown") == "city"))
    )


def _names(layers: pl.DataFrame, reference: Reference, config: CityConfig) -> pl.DataFrame:
    schema = {"breakdown": pl.String, "breakdown_code": pl.String, "breakdown_name": pl.String}
    fixed = [
        ("city", config.adcode, config.name),
        ("industry", NO_INDUSTRY, "无行业归属（面源）"),
        *(("source_kind", code, zh) for code, zh in _KINDS.items()),
        *(("source_category", str(code), zh) for code, zh in SOURCE_CATEGORIES.items()),
    ]
    drawn = pl.DataFrame(layers.filter(pl.col("layer") == "districts").select("code", "name"))
    listed = reference.adcodes.select("name", code="adcode").select("code", "name")
    divisions = reference.industries.filter(pl.col("level") == _DIVISION_DIGITS).select("code", "name")
    # A district's name in the package goes before the national list.
    districts = pl.concat([drawn, listed]).unique("code", keep="first", maintain_order=True)
    return pl.concat(
        [
            pl.DataFrame(fixed, schema=schema, orient="row"),
            districts.select(breakdown=pl.lit("district"), breakdown_code="code", breakdown_name="name"),
            divisions.select(breakdown=pl.lit("industry"), breakdown_code="code", breakdown_name="name"),
        ]
    )
