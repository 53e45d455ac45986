"""Invented energy balance 2015-2020: fuels as the inventory burns them, other energy by person."""

import numpy as np
import polars as pl

from sxyd_pipeline.example_city.facts import read_facts
from sxyd_pipeline.example_city.labels import INVENTED, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.profile import Profile
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit

FIRST_YEAR = 2015
#: Statistics and inventory never agree exactly; fuels differ by at most this share in the base year.
_STATISTICAL_DIFFERENCE = 0.01
#: Yearly change of fuels burnt before the base year: coal falls, gas grows.
_YEARLY_CHANGE = {
    "bituminous_coal": -0.02, "anthracite": -0.01, "coal_gangue": -0.06, "coke": 0.01, "natural_gas": 0.09,
    "biomass": 0.02, "municipal_solid_waste": 0.05, "lpg": -0.03,
}  # fmt: skip
_POWER_AND_HEAT = "44"
#: Area activities that are the burning of a fuel under another name.
_FUEL_OF_AREA_ACTIVITY = {"household_biomass": "biomass"}
#: Units people write in a balance: standard amount to what is written.
_WRITTEN = {"t": ("万t", 1e4), "m3": ("万m3", 1e4), "kWh": ("万kWh", 1e4), "GJ": ("万GJ", 1e4)}


def invent_energy(
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    profile: Profile,
    base_year: int,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Invent the rows of ``energy``: sector, fuel and year.

    In the base year each fuel is what facilities and area sources burn, within 1 %; earlier years
    follow a trend. Energy that no source of the package burns (electricity, road fuel) is by person.
    """
    burnt = _burnt_fuel(facilities, facility_activity, area_activity)
    used = _used_by_people(profile)
    base = (
        pl.concat([burnt, used])
        .group_by("sector_code", "fuel_code")
        .agg(amount=pl.col("amount").sum(), change=pl.col("change").mean())
        .sort("sector_code", "fuel_code")
        .with_columns(factor=1 + pl.Series(rng.uniform(-1, 1, _count(burnt, used))) * _STATISTICAL_DIFFERENCE)
    )
    years = pl.DataFrame({"year": list(range(FIRST_YEAR, base_year + 1))})
    rows = base.join(years, how="cross").sort("sector_code", "fuel_code", "year")
    wobble = pl.Series(rng.normal(0.0, 0.01, len(rows)))
    unit = pl.col("fuel_code").replace_strict(
        {code: activity.standard_unit for code, activity in ACTIVITY_BY_CODE.items()}, return_dtype=pl.String
    )
    back = pl.col("year") - base_year
    return (
        rows.with_columns(
            amount=pl.col("amount")
            * pl.col("factor")
            * (1 + pl.col("change")).pow(back)
            * pl.when(back < 0).then(1 + wobble).otherwise(1.0),
            standard=unit,
        )
        .with_columns(
            amount=(
                pl.col("amount")
                / pl.col("standard").replace_strict(
                    {k: v for k, (_, v) in _WRITTEN.items()}, return_dtype=pl.Float64
                )
            ).round(4),
            amount_unit=pl.col("standard").replace_strict({k: w for k, (w, _) in _WRITTEN.items()}),
        )
        .select(
            "year",
            "sector_code",
            "fuel_code",
            "amount",
            "amount_unit",
            data_label=pl.lit(SYNTHETIC),
            data_nature=pl.lit(INVENTED),
            cited_from=pl.lit(SYNTHETIC_SOURCE),
        )
    )


def _count(*frames: pl.DataFrame) -> int:
    return len(pl.concat([frame.select("sector_code", "fuel_code") for frame in frames]).unique())


def _to_standard(frame: pl.DataFrame) -> pl.DataFrame:
    factors = {}
    for text in frame["amount_unit"].unique().to_list():
        unit = parse_amount_unit(text)
        if unit is not None:
            factors[text] = unit.factor
    return frame.with_columns(
        amount=pl.col("amount") * pl.col("amount_unit").replace_strict(factors, return_dtype=pl.Float64)
    )


def _burnt_fuel(
    facilities: pl.DataFrame, facility_activity: pl.DataFrame, area_activity: pl.DataFrame
) -> pl.DataFrame:
    fuels = [
        code for code, activity in ACTIVITY_BY_CODE.items() if activity.kind in {"fuel", "energy_carrier"}
    ]
    point = (
        _to_standard(facility_activity.filter(pl.col("activity_code").is_in(fuels)).drop_nulls("amount"))
        .join(facilities.select("facility_id", "industry_code"), on="facility_id")
        .select(
            "activity_code",
            "amount",
            sector_code=pl.when(pl.col("industry_code").str.starts_with(_POWER_AND_HEAT))
            .then(pl.lit("power_heat"))
            .otherwise(pl.lit("industry")),
        )
    )
    burnt_by_areas = area_activity.with_columns(pl.col("activity_code").replace(_FUEL_OF_AREA_ACTIVITY))
    area = _to_standard(burnt_by_areas.filter(pl.col("activity_code").is_in(fuels))).select(
        "activity_code",
        "amount",
        sector_code=pl.when(
            (pl.col("technology_code") == "residential_stove") | (pl.col("activity_code") == "biomass")
        )
        .then(pl.lit("household"))
        .otherwise(pl.lit("commercial")),
    )
    return (
        pl.concat([point, area])
        .rename({"activity_code": "fuel_code"})
        .select(
            "sector_code",
            "fuel_code",
            "amount",
            change=pl.col("fuel_code").replace_strict(_YEARLY_CHANGE, default=0.02, return_dtype=pl.Float64),
        )
    )


def _used_by_people(profile: Profile) -> pl.DataFrame:
    table = read_facts("sector_energy").with_columns(
        amount=pl.col("amount_per_driver").cast(pl.Float64) * profile.city_persons
    )
    return _to_standard(table).select(
        "sector_code", "fuel_code", "amount", change=pl.col("yearly_change_share")
    )
