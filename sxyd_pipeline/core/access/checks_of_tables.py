"""What clauses are checked against: indicators, fuel and emissions of sources now and in every scenario."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.access.evidence_book import COALS, plain_rows
from sxyd_pipeline.core.inventory.energy import TJ_PER_KWH, TJ_PER_TCE
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE

_KG_PER_T = 1e3
_GASES_PER_UNIT = 1e4  # calorific values of gases are per 10^4 m3, amounts are in m3
_GJ_PER_TJ = 1e3
BASELINE = "baseline"


@dataclass(frozen=True, slots=True)
class CheckedTables:
    """Tables of the release the checks look at; see the contracts for their columns."""

    zones: pl.DataFrame | gpd.GeoDataFrame
    facilities: pl.DataFrame
    facility_activity: pl.DataFrame
    placements: pl.DataFrame
    project_placements: pl.DataFrame
    structure: pl.DataFrame
    projected_indicators: pl.DataFrame
    projected_emissions: pl.DataFrame
    scenario_sources: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Use:
    """Use of a fuel or an emission of one facility in a scenario and year."""

    scenario_id: str
    year: int
    facility_id: str
    activity_code: str
    amount: float


class Places:
    """Where facilities are: control unit, and element zones by type."""

    def __init__(self, tables: CheckedTables) -> None:
        """Read the placements of the facilities of inventory and scenarios."""
        placed = pl.concat([tables.placements, tables.project_placements]).filter(
            pl.col("spread_id").str.starts_with("facility:")
        )
        types = dict(plain_rows(tables.zones).select("zone_code", "zone_type").iter_rows())
        self.unit: dict[str, str] = {}
        self.zone_types: dict[str, set[str]] = defaultdict(set)
        for spread, layer, code in placed.select("spread_id", "layer", "code").iter_rows():
            facility = spread.removeprefix("facility:")
            if layer == "control_unit":
                self.unit[facility] = code
            elif code in types:
                self.zone_types[facility].add(types[code])
        self.industry = dict(tables.facilities.select("facility_id", "industry_code").iter_rows())
        self.name = dict(tables.facilities.select("facility_id", "facility_name").iter_rows())
        for facility, code in (
            tables.scenario_sources.select("facility_id", "industry_code")
            .unique()
            .drop_nulls()
            .sort("facility_id")
            .iter_rows()
        ):
            self.industry.setdefault(facility, code)

    def within(self, level: str, scope_code: str) -> list[str]:
        """Return the facilities a clause of a level reaches, sorted."""
        known = sorted(self.unit)
        if level == "control_unit":
            return [one for one in known if self.unit[one] == scope_code]
        if level == "zone_type":
            return [one for one in known if scope_code in self.zone_types.get(one, ())]
        return known


def indicator_values(
    tables: CheckedTables, wanted: Iterable[str], years: Iterable[int]
) -> dict[tuple[str, str, str, str, int], float]:
    """Return projected indicators by (scenario, scope type, scope code, indicator, year)."""
    rows = tables.projected_indicators.filter(
        pl.col("indicator").is_in(sorted(wanted)),
        pl.col("year").is_in(sorted(years)),
        pl.col("projected").is_not_null(),
    ).select("scenario_id", "scope_type", "scope_code", "indicator", "year", "projected")
    return {row[:5]: row[5] for row in rows.iter_rows()}


def fuel_uses(tables: CheckedTables, fuels: Iterable[str], years: Iterable[int]) -> list[Use]:
    """Return the fuel facilities burn in every scenario and year, in the unit of the activity.

    ``amount_t = amount_0 · CO2_t / CO2_0``: a lever changes the CO2 of a source by changing how much it
    burns, so CO2 tells the amount; a source that captures CO2 keeps its share in both years.
    """
    co2 = pl.col("species") == "CO2"
    base = tables.scenario_sources.filter(
        co2,
        pl.col("activity_code").is_in(sorted(fuels)),
        pl.col("facility_id").is_not_null(),
        pl.col("emission_t") > 0,
    ).select("scenario_id", "source_id", "facility_id", "activity_code", "amount", full_t="emission_t")
    later = tables.projected_emissions.filter(co2, pl.col("year").is_in(sorted(years))).select(
        "scenario_id", "source_id", "year", "emission_t"
    )
    rows = (
        later.join(base, on=["scenario_id", "source_id"], how="inner", maintain_order="left")
        .with_columns(used=pl.col("amount") * pl.col("emission_t") / pl.col("full_t"))
        .group_by("scenario_id", "year", "facility_id", "activity_code", maintain_order=True)
        .agg(pl.col("used").sum())
        .sort("scenario_id", "year", "facility_id", "activity_code")
    )
    return [
        Use(*row)
        for row in rows.select("scenario_id", "year", "facility_id", "activity_code", "used").iter_rows()
    ]


def source_uses(
    tables: CheckedTables, activities: Iterable[str], species: str, years: Iterable[int]
) -> list[Use]:
    """Return emissions (t/a) of one species from activities of facilities, in every scenario and year."""
    known = (
        tables.scenario_sources.filter(
            pl.col("activity_code").is_in(sorted(activities)),
            pl.col("facility_id").is_not_null(),
            pl.col("species") == species,
        )
        .select("scenario_id", "source_id", "facility_id", "activity_code")
        .unique(maintain_order=True)
    )
    rows = (
        tables.projected_emissions.filter(pl.col("species") == species, pl.col("year").is_in(sorted(years)))
        .join(known, on=["scenario_id", "source_id"], how="inner", maintain_order="left")
        .sort("scenario_id", "year", "facility_id", "source_id")
    )
    return [
        Use(*row)
        for row in rows.select(
            "scenario_id", "year", "facility_id", "activity_code", "emission_t"
        ).iter_rows()
    ]


def prohibited_fuels(reference: Reference) -> dict[str, tuple[str, ...]]:
    """Return prohibited fuel -> prefixes of industries that are exempt."""
    rows = reference.prohibited_fuels.select("fuel_code", "exempt_industry_codes")
    return {
        fuel: tuple(code for code in (exempt or "").split(";") if code) for fuel, exempt in rows.iter_rows()
    }


def coals() -> tuple[str, ...]:
    """Return the fuels that count as coal."""
    return COALS


def energy_of_facilities(
    facility_activity: pl.DataFrame, reference: Reference, year: int
) -> dict[str, tuple[float, float]]:
    """Return facility -> (energy in kgce, electricity in kWh) of a year.

    Fuels by their calorific value (the facility's own where stated), electricity at 3.6 MJ/kWh, heat as
    bought; 29.3076 GJ make a tonne of standard coal (GB/T 2589-2020).
    """
    ncv = calorific_values(reference)
    totals: dict[str, tuple[float, float]] = {}
    for row in facility_activity.filter(pl.col("year") == year).iter_rows(named=True):
        energy_tj, kwh = energy_of(row["activity_code"], row["amount"], ncv, row["ncv_gj_per_t"])
        before = totals.get(row["facility_id"], (0.0, 0.0))
        totals[row["facility_id"]] = (before[0] + energy_tj / TJ_PER_TCE * _KG_PER_T, before[1] + kwh)
    return totals


def calorific_values(reference: Reference) -> dict[str, float]:
    """Return fuel -> GJ per standard unit of its amount (t or m3)."""
    return {
        row["fuel_code"]: row["ncv_gj_per_unit"] / (1.0 if row["amount_unit"] == "t" else _GASES_PER_UNIT)
        for row in reference.fuels.iter_rows(named=True)
    }


def energy_of(
    activity: str, amount: float, ncv: Mapping[str, float], stated_ncv: float | None = None
) -> tuple[float, float]:
    """Return the energy (TJ) and the electricity (kWh) of an activity amount in its standard unit."""
    if activity == "electricity":
        return amount * TJ_PER_KWH, amount
    if activity == "heat":
        return amount / _GJ_PER_TJ, 0.0
    if ACTIVITY_BY_CODE[activity].kind != "fuel":
        return 0.0, 0.0
    is_gas = ACTIVITY_BY_CODE[activity].standard_unit == "m3"
    per_unit = ncv[activity] if stated_ncv is None else stated_ncv / (_GASES_PER_UNIT if is_gas else 1.0)
    return amount * per_unit / _GJ_PER_TJ, 0.0


def products_of_facilities(facility_activity: pl.DataFrame, year: int) -> dict[str, dict[str, float]]:
    """Return facility -> product -> tonnes of a year; solvents and waste are no products."""
    made: dict[str, dict[str, float]] = defaultdict(dict)
    for row in facility_activity.filter(pl.col("year") == year).iter_rows(named=True):
        activity = ACTIVITY_BY_CODE[row["activity_code"]]
        if activity.kind == "product" and activity.source_category == 2 and activity.standard_unit == "t":  # noqa: PLR2004 - category 2 are processes
            products = made[row["facility_id"]]
            products[activity.code] = products.get(activity.code, 0.0) + row["amount"]
    return made
