"""Scope 2: electricity and heat bought from outside. A column of its own, never added to Scope 1."""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.activity import gather_areas, gather_points
from sxyd_pipeline.core.inventory.errors import NoGridFactorError
from sxyd_pipeline.core.inventory.factors import emits
from sxyd_pipeline.core.outcome import BALANCE_SCHEMA, CONSERVED, Outcome, finding, findings_frame
from sxyd_pipeline.core.reference import Reference

STEP = "inventory.indirect_emissions"

#: Columns of ``inventory.indirect_emissions``.
INDIRECT_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String,
    "source_id": pl.String,
    "source_kind": pl.String,
    "year": pl.Int32,
    "facility_id": pl.String,
    "district_code": pl.String,
    "industry_code": pl.String,
    "activity_code": pl.String,
    "amount": pl.Float64,
    "amount_unit": pl.String,
    "indirect_tco2": pl.Float64,
    "method": pl.String,
    "factor_id": pl.String,
    "data_label": pl.String,
}

NATION = "100000"
_PROVINCE_DIGITS = 2
_KIND = {"electricity": "electricity_average", "heat": "heat_average"}
_METHOD = {"electricity": "grid_factor", "heat": "heat_factor"}
_TONNES = {"kgCO2/kWh": 1e-3, "tCO2/MWh": 1e-3, "tCO2/GJ": 1.0, "kgCO2/GJ": 1e-3}


def estimate_indirect_emissions(
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> Outcome:
    """Compute Scope 2 of bought electricity and heat.

    The province's average factor of the same year is used; else of the nearest year before, else of
    the nearest year after; a province without a factor takes the nation's. Each substitute is a finding.

    Args:
        facilities: ``inputs.facilities``.
        facility_activity: ``inputs.facility_activity``.
        area_activity: ``inputs.area_activity``.
        reference: grid and heat factors.
        config: settings of the city; the province follows from its code.

    Returns:
        Outcome whose table is ``inventory.indirect_emissions`` (tCO2/a), sorted by source and year.

    Raises:
        NoGridFactorError: neither the province nor the nation has a factor.
    """
    hosts = {area.code: area.host_district for area in config.statistical_areas}
    bought = pl.concat(
        [gather_points(facilities, facility_activity), gather_areas(area_activity, hosts)]
    ).filter(~emits())
    needed = bought.select("activity_code", "year").unique().sort("activity_code", "year")
    province = f"{config.adcode[:_PROVINCE_DIGITS]}0000"
    chosen = pl.DataFrame(
        [
            choose_grid_factor(reference, province, row["activity_code"], row["year"])
            for row in needed.iter_rows(named=True)
        ],
        schema={
            "activity_code": pl.String,
            "year": pl.Int32,
            "factor_id": pl.String,
            "t_per_unit": pl.Float64,
            "method": pl.String,
            "region_code": pl.String,
            "factor_year": pl.Int32,
        },
        orient="row",
    )
    placed = bought.join(
        chosen, on=["activity_code", "year"], how="left", maintain_order="left"
    ).with_columns(indirect_tco2=pl.col("amount") * pl.col("t_per_unit"))
    table = placed.select(pl.col(name).cast(dtype) for name, dtype in INDIRECT_SCHEMA.items()).sort(
        "source_id", "year"
    )
    return Outcome(table, findings=_substitutes(placed, province), balance=_ledger(table))


def choose_grid_factor(
    reference: Reference, province: str, activity_code: str, year: int
) -> dict[str, object]:
    """Choose the factor of one carrier and province: same year, else nearest before, else nearest after.

    Raises:
        NoGridFactorError: neither the province nor the nation has a factor of that kind.
    """
    kind = _KIND[activity_code]
    of_kind = reference.grid_factors.filter(pl.col("factor_kind") == kind)
    for region in (province, NATION):
        candidates = of_kind.filter(pl.col("region_code") == region).with_columns(
            is_later=(pl.col("year") > year).fill_null(value=False), distance=(pl.col("year") - year).abs()
        )
        if not candidates.is_empty():
            best = candidates.sort("is_later", "distance").row(0, named=True)
            return {
                "activity_code": activity_code,
                "year": year,
                "factor_id": best["factor_id"],
                "t_per_unit": best["value"] * _TONNES[best["unit"]],
                "method": _METHOD[activity_code],
                "region_code": region,
                "factor_year": best["year"],
            }
    raise NoGridFactorError(province, kind)


def _substitutes(placed: pl.DataFrame, province: str) -> pl.DataFrame:
    """One finding per table, year and substitute: the first row that uses it stands for all."""
    is_electricity = pl.col("activity_code") == "electricity"
    rows = (
        placed.filter(
            is_electricity & ((pl.col("factor_year") != pl.col("year")) | (pl.col("region_code") != province))
        )
        .sort("source_file", "source_row")
        .unique(["source_kind", "year", "factor_id"], keep="first", maintain_order=True)
    )
    return findings_frame(
        [
            finding(
                "grid_factor_substituted",
                "facility_activity" if row["source_kind"] == "point" else "area_activity",
                source_file=row["source_file"],
                source_sheet=row["source_sheet"],
                source_row=row["source_row"],
                column_name="year",
                value=f"{row['year']} → {row['factor_id']}",
                row={
                    name: row[name] for name in ("source_id", "year", "activity_code", "amount", "factor_id")
                },
            )
            for row in rows.iter_rows(named=True)
        ]
    )


def _ledger(table: pl.DataFrame) -> pl.DataFrame:
    return (
        table.group_by("year", maintain_order=True)
        .agg(in_t=pl.col("indirect_tco2").sum())
        .with_columns(
            step=pl.lit(STEP),
            species=pl.lit("CO2"),
            out_t="in_t",
            lost_t=pl.lit(0.0),
            why=pl.lit(f"{CONSERVED}（范围二，不计入范围一 / Scope 2, apart from Scope 1）"),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in BALANCE_SCHEMA.items())
        .sort("year")
    )
