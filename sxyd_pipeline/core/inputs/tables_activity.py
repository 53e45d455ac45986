"""Activity of facilities and areas, the energy balance, and measured emissions."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.inputs.amounts import (
    amount_checks,
    find_fuel,
    read_activity,
    read_amounts,
    refuse_contradicting_header,
)
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.parse import look_up, spelled, to_number
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
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import SOURCE_CATEGORIES
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit
from sxyd_pipeline.vocabulary.species import SPECIES_ALIASES

#: Characteristics of a row that override the defaults of the reference tables.
_OVERRIDES = (
    "ncv_gj_per_t", "carbon_tc_per_gj", "oxidation_share", "sulfur_share", "ash_share", "so2_removal_share",
    "nox_removal_share", "pm_removal_share", "vocs_removal_share", "co2_captured_share",
)  # fmt: skip
_METHODS = {
    **dict.fromkeys(("cems", "在线监测", "自动监测", "连续监测"), "cems"),
    **dict.fromkeys(("permit", "排污许可", "许可", "执行报告"), "permit"),
    **dict.fromkeys(("balance", "物料衡算", "物料平衡"), "balance"),
    **dict.fromkeys(("survey", "调查", "环境统计", "手工监测", "污染源普查"), "survey"),
}  # fmt: skip
_CATEGORIES = {
    **{str(number): str(number) for number in SOURCE_CATEGORIES},
    **{f"{number:02d}": str(number) for number in SOURCE_CATEGORIES},
    **{name: str(number) for number, name in SOURCE_CATEGORIES.items()},
}
#: Rounding of figures people type; PM10 equal to PM2.5 is not an error.
_SLACK = 1e-9


def standardise_facility_activity(
    raw: RawTable, facilities: Outcome, config: CityConfig, reference: Reference
) -> Outcome:
    """Standardise amounts of facilities; one row per facility, equipment, activity, technology and year.

    Args:
        raw: the file as read.
        facilities: accepted facilities, and in ``held`` those set aside.
        config: city settings.
        reference: calorific values and technologies.

    Returns:
        Rows of ``inputs.facility_activity``; ``held`` has rows that were set aside for their facility
        or their key and can still be computed.

    Raises:
        MissingColumnError: a required column is not in the file.
        MissingYearError: no accepted row of the base year.
    """
    read = _read_activity_rows(start_sifting(raw), reference)
    readable = read.sift(_activity_checks(read, reference)).add(is_readable=pl.lit(value=True))
    related = readable.sift(_facility_checks(facilities))
    unique = related.sift([Check("duplicate_key", "facility_id", repeated(*_keys(read.shape.key)))])
    return require_year(unique.outcome(config, holds=True), unique, config)


def standardise_area_activity(
    raw: RawTable,
    layers: gpd.GeoDataFrame,
    statistical_areas: pl.DataFrame,
    config: CityConfig,
    reference: Reference,
) -> Outcome:
    """Standardise amounts of area sources; one row per district, category, activity, technology and year.

    Args:
        raw: the file as read.
        layers: polygons of the package; only the codes of ``districts`` are used.
        statistical_areas: areas without a polygon whose figures are accepted too.
        config: city settings.
        reference: calorific values and technologies.

    Raises:
        MissingColumnError: a required column is not in the file.
        MissingYearError: no accepted row of the base year.
    """
    started = start_sifting(raw)
    category = look_up(started.rows, "source_category", spelled(_CATEGORIES)).cast(pl.Int32)
    read = _read_activity_rows(started.add(source_category_standard=category), reference).add(_district())
    checks = [
        *_activity_checks(read, reference),
        Check("unknown_source_category", "source_category", pl.col("source_category_standard").is_null()
              & pl.col("source_category").is_not_null()),
    ]  # fmt: skip
    readable = read.sift(checks).add(is_readable=pl.lit(value=True))
    codes = sorted(district_codes(layers, statistical_areas))
    related = readable.sift(
        [Check("unknown_district", "district_code", ~pl.col("district_code_standard").is_in(codes))]
    )
    unique = related.sift([Check("duplicate_key", "district_code", repeated(*_keys(read.shape.key)))])
    return require_year(unique.outcome(config, holds=True), unique, config)


def standardise_energy(raw: RawTable, config: CityConfig, reference: Reference) -> Outcome:
    """Standardise the energy balance; one row per sector, fuel and year.

    Raises:
        MissingColumnError: a required column is not in the file.
        MissingYearError: no accepted row of the base year.
    """
    started = start_sifting(raw)
    fuel = look_up(started.rows, "fuel_code", find_fuel).alias("fuel_code_standard")
    read = read_amounts(read_year(started.add(fuel, activity_code_standard=fuel)), "fuel_code", reference)
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        Check("unknown_fuel", "fuel_code", pl.col("fuel_code_standard").is_null()),
        *amount_checks(),
    ])  # fmt: skip
    unique = checked.sift([Check("duplicate_key", "fuel_code", repeated(*_keys(read.shape.key)))])
    return require_year(unique.outcome(config), unique, config)


def standardise_facility_emissions(raw: RawTable, facilities: Outcome, config: CityConfig) -> Outcome:
    """Standardise measured or permitted emissions; one row per facility, year and species, in tonnes.

    PM10 below PM2.5, and BC plus OC above PM2.5, set aside the rows that contradict each other.

    Raises:
        MissingColumnError: a required column is not in the file.
    """
    started = read_year(start_sifting(raw))
    refuse_contradicting_header(started, "amount", "amount_unit")
    units = {
        text: unit
        for text in started.rows.get_column("amount_unit").drop_nulls().unique().to_list()
        if (unit := parse_amount_unit(text)) is not None
    }
    factors = {text: unit.factor for text, unit in units.items() if unit.dimension == "mass"}
    factor = pl.col("amount_unit").replace_strict(
        list(factors), list(factors.values()), default=None, return_dtype=pl.Float64
    ) if factors else pl.lit(None, dtype=pl.Float64)  # fmt: skip
    read = started.add(
        species_standard=look_up(started.rows, "species", spelled(SPECIES_ALIASES)),
        method_standard=look_up(started.rows, "method", spelled(_METHODS)),
        amount_stated=to_number(started.rows["amount"]),
        amount_unit_stated=pl.col("amount_unit"),
    ).add(emission_t=pl.col("amount_stated") * factor)
    read = read.add(
        amount_standard=pl.col("emission_t"),
        amount_unit_standard=pl.when(pl.col("emission_t").is_not_null()).then(pl.lit("t")),
        ledger_activity=pl.coalesce("species_standard", "species"),
        ledger_unit=pl.when(pl.col("emission_t").is_not_null())
        .then(pl.lit("t"))
        .otherwise(pl.col("amount_unit")),
        ledger_amount=pl.coalesce("emission_t", "amount_stated"),
    )
    known_units, masses = list(units), list(factors)
    checked = read.sift([
        *required_checks(read),
        year_check(read),
        Check("unknown_species", "species", pl.col("species_standard").is_null()),
        Check("unknown_code", "method", pl.col("method_standard").is_null()),
        Check("not_a_number", "amount", pl.col("amount").is_not_null() & pl.col("amount_stated").is_null()),
        Check("negative_amount", "amount", pl.col("amount_stated") < 0),
        Check("unknown_unit", "amount_unit", ~pl.col("amount_unit").is_in(known_units)),
        Check("unit_not_of_activity", "amount_unit",
              pl.col("amount_unit").is_in(known_units) & ~pl.col("amount_unit").is_in(masses)),
    ])  # fmt: skip
    unique = checked.sift(_facility_checks(facilities)).sift(
        [Check("duplicate_key", "species", repeated(*_keys(read.shape.key)))]
    )
    return unique.sift(_particle_checks()).outcome(config)


def _read_activity_rows(started: Sifting, reference: Reference) -> Sifting:
    names = dict(reference.technologies.select("name_zh", "technology_code").iter_rows())
    codes = {code: code for code in reference.technologies.get_column("technology_code").to_list()}
    find = spelled({**names, **codes})
    numbers = read_numbers(read_year(read_activity(started)), _OVERRIDES)
    # A technology nobody knows is kept as stated; the inventory then uses the activity's default.
    technology = look_up(started.rows, "technology_code", find)
    return read_amounts(
        numbers.add(technology_code_standard=pl.coalesce(technology, "technology_code")),
        "activity_code",
        reference,
    )


def _activity_checks(read: Sifting, reference: Reference) -> list[Check]:
    technologies = reference.technologies.get_column("technology_code").implode()
    return [
        *required_checks(read),
        year_check(read),
        Check("unknown_activity", "activity_code", pl.col("activity_code_standard").is_null()),
        *amount_checks(),
        *number_checks(read, _OVERRIDES),
        Check(
            "unknown_technology", "technology_code", ~pl.col("technology_code_standard").is_in(technologies)
        ),
    ]


def _facility_checks(facilities: Outcome) -> list[Check]:
    accepted = pl.Series(facilities.table["facility_id"]).cast(pl.String)
    lost = (
        facilities.held.get_column("facility_id")
        if "facility_id" in facilities.held.columns
        else pl.Series([], dtype=pl.String)
    )
    known, aside = (
        pl.col("facility_id").is_in(accepted.implode()),
        pl.col("facility_id").is_in(lost.implode()),
    )
    return [
        Check("facility_set_aside", "facility_id", ~known & aside),
        Check("unknown_facility", "facility_id", ~known & ~aside),
    ]


def _particle_checks() -> list[Check]:
    def of(species: str) -> pl.Expr:
        tonnes = pl.when(pl.col("species_standard") == species).then(pl.col("emission_t"))
        return tonnes.max().over("facility_id", "year_standard")

    fine, coarse = of("PM2.5"), of("PM10")
    # Black or organic carbon that was not measured adds nothing to the sum that was.
    carbon = pl.sum_horizontal(of("BC"), of("OC"))
    pair, carbons = ["PM10", "PM2.5"], ["BC", "OC", "PM2.5"]
    species = pl.col("species_standard")
    return [
        Check("pm_order_broken", "amount", species.is_in(pair) & (coarse < fine * (1 - _SLACK)),
              pl.format("PM10={} t, PM2.5={} t", coarse, fine)),
        Check("carbon_of_pm_exceeds_pm", "amount", species.is_in(carbons) & (carbon > fine * (1 + _SLACK)),
              pl.format("BC+OC={} t, PM2.5={} t", carbon, fine)),
    ]  # fmt: skip


def _district() -> pl.Expr:
    return pl.col("district_code").str.normalize("NFKC").alias("district_code_standard")


def _keys(names: tuple[str, ...]) -> list[str]:
    """Key columns in the working frame: identifiers as text, the rest as read."""
    read = {
        "year",
        "activity_code",
        "technology_code",
        "source_category",
        "district_code",
        "fuel_code",
        "species",
    }
    return [f"{name}_standard" if name in read else name for name in names]
