"""Energy of the balance table and of the inventory's own fuels, in TJ and standard coal."""

import polars as pl

from sxyd_pipeline.core.inventory.factors import burnt_fuel
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE, ALL_ACTIVITIES, FUEL_CODES

#: Columns of ``inventory.energy_use``.
ENERGY_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String,
    "basis": pl.String,
    "sector_code": pl.String,
    "year": pl.Int32,
    "fuel_code": pl.String,
    "amount": pl.Float64,
    "amount_unit": pl.String,
    "energy_tj": pl.Float64,
    "energy_tce": pl.Float64,
    "factor_id": pl.String,
    "data_label": pl.String,
}

#: GB/T 2589-2020: one kilogram of standard coal is 29 307.6 kJ.
TJ_PER_TCE = 0.0293076
TJ_PER_KWH = 3.6e-6
_GJ_PER_TJ = 1e3
_GASES_PER_UNIT = 1e4
_KEY = ["city_code", "basis", "sector_code", "year", "fuel_code"]
_CATEGORY = {activity.code: str(activity.source_category) for activity in ALL_ACTIVITIES}
_CARRIERS = ("electricity", "heat")
_BOUGHT = "scope2"


def convert_energy(
    energy: pl.DataFrame, facility_activity: pl.DataFrame, area_activity: pl.DataFrame, reference: Reference
) -> pl.DataFrame:
    """Convert fuels to energy: as the balance states them, and as the inventory's sources burn them.

    Args:
        energy: ``inputs.energy``, amounts in standard units.
        facility_activity: ``inputs.facility_activity``; calorific values of rows are used where stated.
        area_activity: ``inputs.area_activity``.
        reference: calorific values.

    Returns:
        ``inventory.energy_use``: one row per basis, sector (balance) or source category (inventory),
        fuel and year; electricity at 3.6 MJ/kWh; sorted by its key.
    """
    balance = energy.with_columns(
        basis=pl.lit("balance"), fuel=pl.col("fuel_code"), ncv_gj_per_t=pl.lit(None, dtype=pl.Float64)
    )
    stated_category = pl.col("source_category").cast(pl.String)
    own_category = pl.col("activity_code").replace_strict(_CATEGORY, default=None, return_dtype=pl.String)
    sources = pl.concat(
        [
            facility_activity.select(
                "city_code",
                "year",
                "activity_code",
                "amount",
                "ncv_gj_per_t",
                "data_label",
                sector_code=own_category,
            ),
            area_activity.select(
                "city_code",
                "year",
                "activity_code",
                "amount",
                "ncv_gj_per_t",
                "data_label",
                sector_code=stated_category,
            ),
        ]
    ).with_columns(basis=pl.lit("inventory"), fuel=burnt_fuel())
    is_bought = pl.col("fuel").is_in(_CARRIERS)
    burnt = sources.filter(pl.col("fuel").is_in([*FUEL_CODES, *_CARRIERS])).with_columns(
        sector_code=pl.when(is_bought).then(pl.lit(_BOUGHT)).otherwise(pl.col("sector_code"))
    )
    columns = ["city_code", "basis", "sector_code", "year", "fuel", "amount", "ncv_gj_per_t", "data_label"]
    return _to_energy(pl.concat([balance.select(columns), burnt.select(columns)]), reference)


def _to_energy(rows: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    fuels = reference.fuels.select(
        pl.col("fuel_code").alias("fuel"),
        "ncv_gj_per_unit",
        per_unit=pl.when(pl.col("amount_unit") == "t").then(1.0).otherwise(1.0 / _GASES_PER_UNIT),
    )
    units = {code: ACTIVITY_BY_CODE[code].standard_unit for code in (*FUEL_CODES, *_CARRIERS)}
    ncv = pl.coalesce("ncv_gj_per_t", "ncv_gj_per_unit")
    return (
        rows.join(fuels, on="fuel", how="left", maintain_order="left")
        .with_columns(
            energy_tj=pl.when(pl.col("fuel") == "electricity")
            .then(pl.col("amount") * TJ_PER_KWH)
            .when(pl.col("fuel") == "heat")
            .then(pl.col("amount") / _GJ_PER_TJ)
            .otherwise(pl.col("amount") * pl.col("per_unit") * ncv / _GJ_PER_TJ),
            fuel_code=pl.col("fuel"),
        )
        .group_by(_KEY, maintain_order=True)
        .agg(pl.col("amount").sum(), pl.col("energy_tj").sum(), pl.col("data_label").max())
        .with_columns(
            amount_unit=pl.col("fuel_code").replace_strict(units, return_dtype=pl.String),
            energy_tce=pl.col("energy_tj") / TJ_PER_TCE,
            factor_id=pl.when(~pl.col("fuel_code").is_in(_CARRIERS)).then(
                pl.concat_str(pl.lit("fuel."), "fuel_code", pl.lit(".ncv_gj_per_unit"))
            ),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in ENERGY_SCHEMA.items())
        .sort("basis", "sector_code", "year", "fuel_code")
    )
