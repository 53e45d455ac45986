"""Economy and ambient air: the real yearly facts, and invented series where none are open."""

import numpy as np
import polars as pl

from sxyd_pipeline.example_city.facts import read_facts
from sxyd_pipeline.example_city.labels import DERIVED, INVENTED, READ, REAL, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.profile import Profile

FIRST_YEAR = 2015
LAST_YEAR = 2023
#: Invented yearly growth; real figures at constant prices are not open for the city.
_REAL_GROWTH = 0.05
_POPULATION_GROWTH = 0.002
#: Share of industry in the value added of the secondary sector; the rest is construction.
_INDUSTRY_OF_SECONDARY = 0.88
#: For a city without facts: GDP per person (CNY) and sectors' shares.
_GDP_PER_PERSON = 90000.0
_SECONDARY_SHARE = 0.45
_CNY_PER_YI = 1e8
#: Invented yearly means of an inland city of the delta; CO is the 95th percentile, O3 the 90th of 8 h.
_AMBIENT = {"PM2.5": 38.0, "PM10": 60.0, "SO2": 8.0, "NO2": 31.0, "CO": 1100.0, "O3": 165.0}


def list_example_economy(profile: Profile, base_year: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return the rows of ``economy`` of the example city: real rows first, then invented ones."""
    facts = read_facts("economy").select(
        "scope_type",
        "scope_code",
        pl.col("year").cast(pl.Int64),
        "indicator",
        pl.col("value").cast(pl.Float64),
        "unit",
        "price_base",
        "cited_from",
        data_label=pl.lit(REAL),
        data_nature=pl.lit(READ),
    )
    of_city = facts.filter(pl.col("scope_type") == "city")
    by_year = {
        indicator: dict(of_city.filter(pl.col("indicator") == indicator).select("year", "value").iter_rows())
        for indicator in ("gdp", "value_added_secondary")
    }
    city = str(of_city["scope_code"][0])
    return _stack(
        [facts, *_series(city, profile, by_year["gdp"], by_year["value_added_secondary"], base_year, rng)]
    )


def invent_economy(city: str, profile: Profile, base_year: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return invented rows of ``economy`` for a city without facts."""
    base = profile.city_persons * _GDP_PER_PERSON / _CNY_PER_YI
    gdp = {
        y: round(base * (1 + _REAL_GROWTH + 0.02) ** (y - base_year), 2)
        for y in range(FIRST_YEAR, LAST_YEAR + 1)
    }
    secondary = {year: round(value * _SECONDARY_SHARE, 2) for year, value in gdp.items()}
    district = _rows(
        [
            ("district", code, base_year, "population", float(persons), "人", "")
            for code, persons in zip(profile.codes, profile.persons, strict=True)
        ],
        SYNTHETIC,
        INVENTED,
    )
    current = _rows(
        [("city", city, y, "gdp", v, "亿元", "current") for y, v in gdp.items()], SYNTHETIC, INVENTED
    )
    return _stack([current, district, *_series(city, profile, gdp, secondary, base_year, rng, is_real=False)])


def _series(
    city: str,
    profile: Profile,
    gdp: dict[int, float],
    secondary: dict[int, float],
    base_year: int,
    rng: np.random.Generator,
    *,
    is_real: bool = True,
) -> list[pl.DataFrame]:
    people = profile.city_persons
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    sum_of_census = _rows(
        [("city", city, base_year, "population", people, "人", "")],
        REAL if is_real else SYNTHETIC,
        DERIVED if is_real else INVENTED,
        "各区县普查人口之和" if is_real else SYNTHETIC_SOURCE,
    )
    other_years = [
        (
            "city",
            city,
            y,
            "population",
            float(round(people * (1 + _POPULATION_GROWTH) ** (y - base_year))),
            "人",
            "",
        )
        for y in years
        if y != base_year
    ]
    constant = [
        (
            "city",
            city,
            y,
            "gdp",
            round(gdp[base_year] * (1 + _REAL_GROWTH) ** (y - base_year), 2),
            "亿元",
            str(base_year),
        )
        for y in years
    ]
    return [
        sum_of_census,
        _rows([*other_years, *constant], SYNTHETIC, INVENTED),
        _district_gdp(profile, gdp, base_year, rng),
        _industry_value_added(secondary[base_year], base_year),
    ]


def _district_gdp(
    profile: Profile, gdp: dict[int, float], base_year: int, rng: np.random.Generator
) -> pl.DataFrame:
    weight = profile.persons * (0.6 + profile.urban_share) * rng.uniform(0.85, 1.15, len(profile.persons))
    share = weight / weight.sum()
    rows = []
    for year in range(FIRST_YEAR, base_year + 1):
        values = np.round(share * gdp[year], 2)
        # The districts add up to the city's figure to the last digit written.
        values[int(np.argmax(values))] += round(gdp[year] - float(values.sum()), 2)
        rows += [
            ("district", code, year, "gdp", round(float(value), 2), "亿元", "current")
            for code, value in zip(profile.codes, values, strict=True)
        ]
    return _rows(rows, SYNTHETIC, INVENTED)


def _industry_value_added(secondary: float, base_year: int) -> pl.DataFrame:
    table = read_facts("divisions").with_columns(
        pl.col("share_of_industry", "growth_2015_2020").cast(pl.Float64)
    )
    total = float(table["share_of_industry"].sum())
    rows = [
        (
            "industry",
            line["division"],
            year,
            "value_added",
            round(
                secondary * _INDUSTRY_OF_SECONDARY * line["share_of_industry"] / total
                * (1 + _REAL_GROWTH / 2 + line["growth_2015_2020"]) ** (year - base_year),
                3,
            ),
            "亿元",
            str(base_year),
        )
        for line in table.iter_rows(named=True)
        for year in range(FIRST_YEAR, base_year + 1)
    ]  # fmt: skip
    return _rows(rows, SYNTHETIC, INVENTED)


def _rows(
    rows: list[tuple[str, str, int, str, float, str, str]],
    label: str,
    nature: str,
    source: str = SYNTHETIC_SOURCE,
) -> pl.DataFrame:
    names = ("scope_type", "scope_code", "year", "indicator", "value", "unit", "price_base")
    return pl.DataFrame(rows, schema=names, orient="row").with_columns(
        cited_from=pl.lit(source), data_label=pl.lit(label), data_nature=pl.lit(nature)
    )


def _stack(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal_relaxed").with_columns(
        price_base=pl.when(pl.col("price_base") != "").then("price_base")
    )


def invent_air_quality(profile: Profile, base_year: int, rng: np.random.Generator) -> pl.DataFrame:
    """Return invented concentrations of every district in the base year, µg/m³."""
    districts = [code for i, code in enumerate(profile.codes) if profile.host[i] == i]
    rows = [
        (code, base_year, pollutant, float(np.round(mean * rng.normal(1.0, 0.05), 1)))
        for code in districts
        for pollutant, mean in _AMBIENT.items()
    ]
    return pl.DataFrame(
        rows, schema=("district_code", "year", "pollutant", "concentration_ug_per_m3"), orient="row"
    ).with_columns(
        data_label=pl.lit(SYNTHETIC), data_nature=pl.lit(INVENTED), cited_from=pl.lit(SYNTHETIC_SOURCE)
    )
