"""What targets are measured by: emissions, coal, energy and concentrations of every scope, scenario and year.

All quantities are brought to one long frame of *levels* (``scenario_id, scope_type, scope_code, layer, year,
quantity, species, level``); :func:`evaluate_indicators` turns levels into the indicators of
``target_indicators``.
"""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.inventory.energy import TJ_PER_TCE
from sxyd_pipeline.core.inventory.factors import burnt_fuel
from sxyd_pipeline.core.projection.engine import project_sources
from sxyd_pipeline.core.projection.failures import DuplicateRowsError, MissingBaseYearError
from sxyd_pipeline.core.projection.paths import follow_rate
from sxyd_pipeline.core.projection.rollback import Rollback, project_concentration
from sxyd_pipeline.core.projection.scenario import Scenario
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE, FUEL_CODES

LEVEL_SCHEMA: dict[str, type[pl.DataType]] = {
    "scenario_id": pl.String, "scope_type": pl.String, "scope_code": pl.String, "layer": pl.String,
    "year": pl.Int32, "quantity": pl.String, "species": pl.String, "level": pl.Float64,
}  # fmt: skip
SERIES = ("scenario_id", "scope_type", "scope_code", "layer")

#: Coal as statistics count it (煤炭消费量): raw, washed and moulded coal; coke is a product of it.
COAL_CODES = (
    "anthracite", "bituminous_coal", "lignite", "coking_coal", "washed_coal", "briquette", "coal_gangue",
    "coal_slime",
)  # fmt: skip

#: Levers that change how much fuel is burnt; the others change what leaves the stack.
_ON_FUEL_USE = frozenset({
    "activity_growth", "activity_level", "energy_intensity_change", "fuel_switch", "retirement",
    "new_project",
})  # fmt: skip

_OUTSIDE = "*"
_GJ_PER_TJ = 1e3
_GASES_PER_UNIT = 1e4


def city_emission_levels(totals: pl.DataFrame, city_code: str) -> pl.DataFrame:
    """Return city totals (``scenario_id, year, species, emission_t``) as levels."""
    return _levels(
        totals, scope_type=pl.lit("city"), scope_code=pl.lit(city_code), layer=pl.lit("city"),
        quantity=pl.lit("emission"), level=pl.col("emission_t"),
    )  # fmt: skip


def area_emission_levels(area_emissions: pl.DataFrame) -> pl.DataFrame:
    """Return emissions of districts, element zones and control units as levels.

    Args:
        area_emissions: ``scenario_id, year, layer, code, species, emission_t``; layer is ``district``,
            ``control_unit`` or an element. What lies outside every zone (``*``) belongs to no scope.
    """
    scope = (
        pl.when(pl.col("layer").is_in(["district", "control_unit"])).then("layer").otherwise(pl.lit("zone"))
    )
    return _levels(
        area_emissions.filter(pl.col("code") != _OUTSIDE),
        scope_type=scope, scope_code=pl.col("code"), layer=pl.col("layer"), quantity=pl.lit("emission"),
        level=pl.col("emission_t"),
    )  # fmt: skip


def project_fuel_use(
    rows: pl.DataFrame, scenario: Scenario, years: Sequence[int], base_year: int, fuels: pl.DataFrame
) -> pl.DataFrame:
    """Project how much of each fuel is burnt in every district.

    Only levers that change activity, energy intensity, fuel or operation act; removal, capture and factors
    do not. Bought electricity and heat are not burnt here and are left out.

    Args:
        rows: activity of the base year, and of additions at full effect (with ``addition``), with the columns
            of :func:`~sxyd_pipeline.core.projection.engine.select_rows` but ``species``, and ``amount`` in
            the activity's standard unit, ``ncv_gj_per_t`` (null: the fuel's default).
        scenario: levers.
        years: years asked for.
        base_year: year of the inventory.
        fuels: ``fuel_code, ncv_gj_per_unit`` (GJ per t, or per 10^4 m3 for gases).

    Returns:
        ``scenario_id, year, district_code, fuel_code, amount`` (t or m3), ``energy_tce``; sorted by its key.
        The district is null for additions that have no place yet.
    """
    gases = [code for code in FUEL_CODES if ACTIVITY_BY_CODE[code].standard_unit == "m3"]
    per_unit = pl.when(pl.col("fuel_code").is_in(gases)).then(1.0 / _GASES_PER_UNIT).otherwise(1.0)
    # A fuel without a calorific value would lose its energy; the reference data hold one for each.
    tce_per_amount = pl.coalesce("ncv_gj_per_t", "ncv_gj_per_unit") * per_unit / _GJ_PER_TJ / TJ_PER_TCE
    burnt = (
        rows.with_columns(fuel_code=burnt_fuel(), emission_t=pl.col("amount"), species=pl.lit(""))
        .filter(pl.col("fuel_code").is_in(list(FUEL_CODES)))
        .join(fuels.select("fuel_code", "ncv_gj_per_unit"), on="fuel_code", how="left", maintain_order="left")
        .with_columns(tce_per_amount=tce_per_amount)
    )
    acting = tuple(lever for lever in scenario.levers if lever.kind.code in _ON_FUEL_USE)
    reduced = Scenario(scenario.scenario_id, scenario.name_zh, scenario.name_en, scenario.cited_from, acting)
    return (
        project_sources(
            burnt, reduced, years, base_year, ("source_id", "district_code", "fuel_code", "tce_per_amount")
        )
        .group_by("scenario_id", "year", "district_code", "fuel_code", maintain_order=True)
        .agg(
            amount=pl.col("emission_t").sum(),
            energy_tce=(pl.col("emission_t") * pl.col("tce_per_amount")).sum(),
        )
        .sort("scenario_id", "year", "district_code", "fuel_code")
    )


def energy_levels(
    fuel_use: pl.DataFrame, city_code: str, base_year: int, stated_energy_tce: float | None = None
) -> pl.DataFrame:
    """Return coal (t) and energy (tce) of the city and its districts as levels.

    Energy is what is burnt in the city. Statistics count bought electricity too: where the city's total of
    the base year is stated, that total follows the ratio of the energy burnt, and districts share it as they
    share the energy burnt.

    Args:
        fuel_use: result of :func:`project_fuel_use`, all scenarios.
        city_code: city.
        base_year: year of the inventory.
        stated_energy_tce: total energy consumption of the base year by the energy balance, tce.

    Raises:
        MissingBaseYearError: a scenario has no value in the base year although a total is stated.
    """
    is_coal = pl.col("fuel_code").is_in(list(COAL_CODES))
    sums = {"coal": pl.col("amount").filter(is_coal).sum(), "energy": pl.col("energy_tce").sum()}
    by = ["scenario_id", "year"]
    # A fuel that has no district (a new project without a place yet) still belongs to the city.
    city = (
        fuel_use.group_by(by, maintain_order=True)
        .agg(**sums)
        .with_columns(scope_type=pl.lit("city"), scope_code=pl.lit(city_code))
    )
    placed = fuel_use.drop_nulls("district_code").rename({"district_code": "scope_code"})
    districts = (
        placed.group_by(*by, "scope_code", maintain_order=True)
        .agg(**sums)
        .with_columns(scope_type=pl.lit("district"))
    )
    columns = [*by, "scope_type", "scope_code", *sums]
    levels = pl.concat([city.select(columns), districts.select(columns)])
    if stated_energy_tce is not None:
        base = city.filter(pl.col("year") == base_year).select("scenario_id", base="energy")
        missing = set(city["scenario_id"]) - set(base.filter(pl.col("base") > 0)["scenario_id"])
        if missing:
            raise MissingBaseYearError(base_year, missing)
        levels = levels.join(base, on="scenario_id", maintain_order="left").with_columns(
            energy=stated_energy_tce * pl.col("energy") / pl.col("base")
        )
    long = levels.unpivot(
        ["coal", "energy"], index=columns[:4], variable_name="quantity", value_name="level"
    ).with_columns(species=pl.lit(""), layer="scope_type")
    return long.select(pl.col(name).cast(dtype) for name, dtype in LEVEL_SCHEMA.items()).sort(
        *SERIES, "quantity", "species", "year"
    )


def concentration_levels(
    totals: pl.DataFrame,
    rollback: Rollback,
    city_code: str,
    base_year: int,
    districts: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Return annual PM2.5 of the city and its districts by rollback, µg/m³: rough (粗略), see ``rollback``.

    What a district has above the background follows the emissions of the whole city, because air does not
    stop at its border; a district at or below the background stays as it is.

    Args:
        totals: ``scenario_id, year, species, emission_t`` of the city.
        rollback: concentration of the city, background and weights.
        city_code: city.
        base_year: year of the inventory.
        districts: ``district_code, concentration_ug_per_m3`` of the base year, one row per district.
    """
    projected = project_concentration(totals, rollback, base_year)
    span = rollback.concentration - rollback.background
    ratio = (pl.col("concentration_ug_per_m3") - rollback.background) / span
    paths = projected.select("scenario_id", "year", ratio=ratio)
    scopes = [
        pl.DataFrame({"scope_type": ["city"], "scope_code": [city_code], "start": [rollback.concentration]})
    ]
    if districts is not None:
        scopes.append(
            districts.select(
                scope_type=pl.lit("district"), scope_code="district_code", start="concentration_ug_per_m3"
            )
        )
    above = (pl.col("start") - rollback.background).clip(lower_bound=0.0)
    return _levels(
        paths.join(pl.concat(scopes), how="cross").with_columns(species=pl.lit("PM2.5")),
        scope_type=pl.col("scope_type"), scope_code=pl.col("scope_code"), layer=pl.col("scope_type"),
        quantity=pl.lit("concentration"), level=pl.col("start") + above * (pl.col("ratio") - 1.0),
    )  # fmt: skip


def gdp_path(growth: pl.DataFrame, years: Sequence[int], base_year: int) -> pl.DataFrame:
    """Return real GDP relative to the base year.

    Args:
        growth: ``year, value``: growth per year (share) until the keyed year.
        years: years asked for.
        base_year: year whose ratio is 1.

    Returns:
        ``year, gdp_ratio``.
    """
    ordered = sorted(set(years))
    rates = {int(year): float(value) for year, value in growth.select("year", "value").iter_rows()}
    return pl.DataFrame(
        {"year": ordered, "gdp_ratio": follow_rate(rates, ordered, base_year)},
        schema={"year": pl.Int32, "gdp_ratio": pl.Float64},
    )


def mean_concentration(air_quality: pl.DataFrame, pollutant: str, year: int) -> float | None:
    """Return the city's annual concentration: the mean of its districts (µg/m³), None without data.

    Args:
        air_quality: ``inputs.air_quality``.
        pollutant: ambient pollutant.
        year: year.
    """
    rows = air_quality.filter((pl.col("pollutant") == pollutant) & (pl.col("year") == year))
    values = rows.sort("district_code")["concentration_ug_per_m3"].to_list()
    return sum(values) / len(values) if values else None


def evaluate_indicators(
    levels: pl.DataFrame, indicators: pl.DataFrame, base_year: int, gdp: pl.DataFrame
) -> pl.DataFrame:
    """Turn levels into indicators.

    ``level`` is the level itself, ``reduction_share`` is ``1 - X_t / X_0``, ``per_gdp_reduction_share`` is
    ``1 - (X_t / X_0) / (GDP_t / GDP_0)`` with GDP at constant prices. Where the base year is zero there is
    nothing to reduce, so the reductions have no row.

    Args:
        levels: :data:`LEVEL_SCHEMA`, all years with the base year.
        indicators: ``target_indicators``.
        base_year: year of the inventory.
        gdp: ``year, gdp_ratio``; years without a ratio have no indicator per GDP.

    Returns:
        ``scenario_id, scope_type, scope_code, layer, indicator, year, projected``; sorted by its key.

    Raises:
        DuplicateRowsError: a level is given twice.
        MissingBaseYearError: a series has no level in the base year.
    """
    key = [*SERIES, "quantity", "species"]
    repeated = levels.filter(pl.struct(*key, "year").is_duplicated())
    if repeated.height:
        raise DuplicateRowsError("levels", {str(row) for row in repeated.select(*key, "year").rows()})
    base = levels.filter(pl.col("year") == base_year).select(*key, base="level")
    missing = levels.join(base, on=key, how="anti")
    if missing.height:
        raise MissingBaseYearError(base_year, {str(row) for row in missing.select(key).unique().rows()})
    kinds = indicators.select("indicator", "quantity", pl.col("species").fill_null(""), "form")
    ratio = pl.when(pl.col("base") > 0).then(pl.col("level") / pl.col("base"))
    return (
        levels.join(base, on=key, maintain_order="left")
        .join(kinds, on=["quantity", "species"], maintain_order="left")
        .join(gdp, on="year", how="left", maintain_order="left")
        .with_columns(
            projected=pl.when(pl.col("form") == "level")
            .then("level")
            .when(pl.col("form") == "reduction_share")
            .then(1.0 - ratio)
            .when(pl.col("form") == "per_gdp_reduction_share")
            .then(1.0 - ratio / pl.col("gdp_ratio"))
        )
        .drop_nulls("projected")
        .select(*SERIES, "indicator", "year", "projected")
        .sort(*SERIES, "indicator", "year")
    )


def base_values(projected: pl.DataFrame, base_year: int) -> pl.DataFrame:
    """Return the indicators of the base year, once per scope (they are the same in every scenario).

    Args:
        projected: result of :func:`evaluate_indicators`.
        base_year: year of the inventory.

    Returns:
        ``scope_type, scope_code, layer, indicator, base_value``; sorted by its key.
    """
    key = ["scope_type", "scope_code", "layer", "indicator"]
    return (
        projected.filter(pl.col("year") == base_year)
        .sort("scenario_id", *key)
        .unique(key, keep="first", maintain_order=True)
        .select(*key, base_value="projected")
        .sort(key)
    )


def _levels(rows: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    return (
        rows.with_columns(**columns)
        .select(pl.col(name).cast(dtype) for name, dtype in LEVEL_SCHEMA.items())
        .sort(*SERIES, "quantity", "species", "year")
    )
