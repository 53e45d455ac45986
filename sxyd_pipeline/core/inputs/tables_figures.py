"""Economy, ambient air and targets: figures with a scope, an indicator and a year."""

import re
from collections.abc import Callable

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.inputs.codes import city_prefix
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.parse import (
    fold,
    has_percent_sign,
    look_up,
    spelled,
    to_number,
    to_share,
)
from sxyd_pipeline.core.inputs.places import district_codes
from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.core.inputs.sifting import (
    Check,
    Sifting,
    number_checks,
    read_numbers,
    read_year,
    repeated,
    require_year,
    required_checks,
    start_sifting,
    year_check,
)
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.vocabulary.amounts import STANDARD_UNITS, AmountUnit, parse_amount_unit

_SCOPES = {
    **dict.fromkeys(("province", "省", "全省"), "province"),
    **dict.fromkeys(("city", "市", "全市"), "city"),
    **dict.fromkeys(("district", "区县", "县区", "县", "区"), "district"),
    **dict.fromkeys(("industry", "行业"), "industry"),
    **dict.fromkeys(("zone", "要素分区", "分区"), "zone"),
    **dict.fromkeys(("control_unit", "管控单元", "单元"), "control_unit"),
}  # fmt: skip
_ECONOMY_SCOPES = ("province", "city", "district", "industry")
_TARGET_SCOPES = ("city", "district", "zone", "control_unit")
_INDICATORS = {
    "地区生产总值": "gdp", "生产总值": "gdp", "GDP": "gdp", "增加值": "value_added", "人口": "population",
    "常住人口": "population", "总产值": "output", "工业总产值": "output",
}  # fmt: skip
#: Quantities that cannot be below zero; growth and balances can.
_NOT_NEGATIVE = ("gdp", "value_added", "population", "output")
_AMBIENT = {
    "SO2": "SO2", "二氧化硫": "SO2", "NO2": "NO2", "二氧化氮": "NO2", "CO": "CO", "一氧化碳": "CO",
    "PM10": "PM10", "可吸入颗粒物": "PM10", "PM2.5": "PM2.5", "PM25": "PM2.5", "细颗粒物": "PM2.5",
    "O3": "O3", "臭氧": "O3", "O3-8h": "O3", "O3_8h": "O3",
}  # fmt: skip
#: Suffix of an indicator and the unit it names, longest first.
_SUFFIX_UNITS = (
    ("_ug_per_m3", "ug_per_m3"), ("_tco2e", "t"), ("_share", "share"), ("_km2", "km2"),
    ("_tce", "tce"), ("_cny", "cny"), ("_kwh", "kwh"), ("_mwh", "mwh"), ("_tj", "tj"), ("_gj", "gj"),
    ("_mw", "mw"), ("_t", "t"),
)  # fmt: skip
_SUBSTANCE = re.compile(r"co2-?eq?|co2|二氧化碳当量|二氧化碳|煤炭?")


def standardise_economy(
    raw: RawTable, layers: gpd.GeoDataFrame, statistical_areas: pl.DataFrame, config: CityConfig
) -> Outcome:
    """Standardise the economy; one row per scope, indicator, price base and year, in standard units.

    Money is kept in CNY, people in persons; what was stated stays beside.

    Raises:
        MissingColumnError: a required column is not in the file.
        MissingYearError: no accepted row of the base year.
    """
    started = read_year(start_sifting(raw))
    units = _units(started)
    indicators = look_up(started.rows, "indicator", spelled(_INDICATORS))
    factors = {text: unit.factor for text, unit in units.items()}
    names = {text: STANDARD_UNITS[unit.dimension] for text, unit in units.items()}
    read = started.add(
        scope_type_standard=look_up(started.rows, "scope_type", _one_of(_ECONOMY_SCOPES)),
        scope_code_standard=pl.col("scope_code").str.normalize("NFKC"),
        indicator_standard=pl.coalesce(indicators, "indicator"),
        value_stated=to_number(started.rows["value"]),
        unit_stated=pl.col("unit"),
        unit_standard=look_up(started.rows, "unit", names.get),
        _factor=_replaced("unit", factors),
    ).add(value_standard=pl.col("value_stated") * pl.col("_factor"))
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        Check("not_a_number", "value", pl.col("value").is_not_null() & pl.col("value_stated").is_null()),
        Check("negative_amount", "value",
              pl.col("indicator_standard").is_in(_NOT_NEGATIVE) & (pl.col("value_stated") < 0)),
        Check("unknown_unit", "unit", pl.col("unit_standard").is_null()),
        Check("unknown_code", "scope_type", pl.col("scope_type_standard").is_null()),
        *_scope_checks(config, sorted(district_codes(layers, statistical_areas))),
    ])  # fmt: skip
    key = ("scope_type_standard", "scope_code_standard", "indicator_standard", "price_base", "year_standard")
    unique = checked.sift([Check("duplicate_key", "indicator", repeated(*key))])
    return require_year(unique.outcome(config), unique, config)


def standardise_air_quality(
    raw: RawTable, layers: gpd.GeoDataFrame, statistical_areas: pl.DataFrame, config: CityConfig
) -> Outcome:
    """Standardise ambient concentrations; one row per district, pollutant and year, in ug/m3.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    numbers = ("concentration_ug_per_m3",)
    started = read_numbers(read_year(start_sifting(raw)), numbers)
    read = started.add(
        pollutant_standard=look_up(started.rows, "pollutant", spelled(_AMBIENT)),
        district_code_standard=pl.col("district_code").str.normalize("NFKC"),
    )
    codes = sorted(district_codes(layers, statistical_areas))
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        *number_checks(read, numbers),
        Check("unknown_species", "pollutant", pl.col("pollutant_standard").is_null()),
        Check("unknown_district", "district_code", ~pl.col("district_code_standard").is_in(codes)),
    ])  # fmt: skip
    key = ("district_code_standard", "pollutant_standard", "year_standard")
    return checked.sift([Check("duplicate_key", "pollutant", repeated(*key))]).outcome(config)


def standardise_targets(raw: RawTable, config: CityConfig) -> Outcome:
    """Standardise targets; one row per scope, indicator and year.

    The suffix of the indicator names the unit the value is kept in (``co2_cap_t`` in tonnes,
    ``energy_cap_tce`` in tonnes of coal equivalent); ``unit`` keeps what was stated. An indicator
    without a known suffix keeps its value as stated.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = read_year(start_sifting(raw))
    pairs = started.rows.select("indicator", "unit").drop_nulls().unique().sort("indicator", "unit")
    routes = pl.DataFrame(
        [(indicator, unit, *_target_factor(indicator, unit)) for indicator, unit in pairs.rows()],
        schema={"indicator": pl.String, "unit": pl.String, "_factor": pl.Float64, "_route": pl.String},
        orient="row",
    )
    cells = started.rows["value"]
    has_sign = has_percent_sign(cells)
    is_share = pl.col("indicator").str.ends_with("_share")
    read = started.with_rows(
        started.rows.join(routes, on=["indicator", "unit"], how="left", maintain_order="left")
    ).add(
        scope_type_standard=look_up(started.rows, "scope_type", _one_of(_TARGET_SCOPES)),
        scope_code_standard=pl.col("scope_code").str.normalize("NFKC"),
        # A % sign in the cell already says the unit.
        _stated=pl.when(is_share).then(to_share(cells)).otherwise(to_number(cells)),
        value_standard=pl.when(has_sign & is_share)
        .then(to_share(cells))
        .otherwise(to_number(cells) * pl.col("_factor")),
    )
    stated = pl.col("_stated")
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        Check("not_a_number", "value", pl.col("value").is_not_null() & stated.is_null()),
        Check("negative_amount", "value", (stated < 0) & ~is_share),
        Check("unknown_unit", "unit", pl.col("_route") == "unknown_unit"),
        Check("unit_not_of_activity", "unit", pl.col("_route") == "unit_not_of_activity"),
        Check("unknown_code", "scope_type", pl.col("scope_type_standard").is_null()),
        *_scope_checks(config, None),
    ])  # fmt: skip
    key = ("scope_type_standard", "scope_code_standard", "indicator", "year_standard")
    return checked.sift([Check("duplicate_key", "indicator", repeated(*key))]).outcome(config)


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str | None]:
    return spelled({spelling: scope for spelling, scope in _SCOPES.items() if scope in allowed})


def _units(started: Sifting) -> dict[str, AmountUnit]:
    texts = started.rows.get_column("unit").drop_nulls().unique().to_list()
    return {text: unit for text in texts if (unit := parse_amount_unit(text)) is not None}


def _replaced(column: str, values: dict[str, float]) -> pl.Expr:
    if not values:
        return pl.lit(None, dtype=pl.Float64)
    return pl.col(column).replace_strict(
        list(values), list(values.values()), default=None, return_dtype=pl.Float64
    )


def _scope_checks(config: CityConfig, codes: list[str] | None) -> list[Check]:
    """A city must be this city; a district must be one of ``codes``, or of this city where none are given."""
    kind, code = pl.col("scope_type_standard"), pl.col("scope_code_standard")
    prefix = city_prefix(config.adcode)
    areas = [area.code for area in config.statistical_areas]
    is_ours = code.is_in(codes) if codes is not None else (
        code.str.contains(r"^\d{6}$") & code.str.starts_with(prefix)
    ) | code.is_in(areas)  # fmt: skip
    return [
        Check("unknown_code", "scope_code", (kind == "city") & (code != config.adcode)),
        Check("unknown_district", "scope_code", (kind == "district") & ~is_ours),
    ]


def _target_factor(indicator: str, text: str) -> tuple[float | None, str]:
    wanted = next((unit for suffix, unit in _SUFFIX_UNITS if indicator.endswith(suffix)), None)
    if wanted is None:
        return 1.0, "as_stated"
    unit = parse_amount_unit(text) or parse_amount_unit(_SUBSTANCE.sub("", fold(text)))
    target = parse_amount_unit(wanted)
    if unit is None or target is None:
        return None, "unknown_unit"
    if unit.dimension != target.dimension:
        return None, "unit_not_of_activity"
    return unit.factor / target.factor, "unit"
