"""Fill the book of evidence from the tables of the release. Every name stands in docs/clause-rules.md."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import pandas as pd
import polars as pl

from sxyd_pipeline.contracts.analysis import STRUCTURE
from sxyd_pipeline.contracts.baseline import CONTROL_UNIT_EMISSIONS
from sxyd_pipeline.contracts.inputs import FACILITIES, FACILITY_ACTIVITY
from sxyd_pipeline.contracts.inventory import SOURCE_EMISSIONS
from sxyd_pipeline.contracts.projection import PERMITTED, TARGET_GAPS
from sxyd_pipeline.contracts.synergy import CONFLICTS, CONTROL_UNIT_SCORES, MEASURE_REDUCTIONS
from sxyd_pipeline.contracts.zoning import CONTROL_UNIT_ZONES, CONTROL_UNITS, ZONES
from sxyd_pipeline.core.access.evidence import Book, Entry, EvidenceRow, counted, row_of, summed
from sxyd_pipeline.core.access.inherit_parents import strictest_of_parents
from sxyd_pipeline.core.baseline.two_high import find_two_high
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE
from sxyd_pipeline.vocabulary.species import SPECIES_BY_CODE

COALS = (
    "anthracite", "bituminous_coal", "lignite", "washed_coal", "briquette", "coal_gangue", "coal_slime",
    "coking_coal",
)  # fmt: skip
BASELINE = "baseline"
#: Words in the name of a control unit that make it an industrial park.
PARK_WORDS = ("园区", "开发区", "工业园", "产业园", "高新区")
_VOC_ACTIVITIES = (
    "solvent_paint", "solvent_ink", "solvent_adhesive", "synthetic_resin", "refining", "ethylene", "methanol",
    "oil_storage",
)  # fmt: skip
_WASTEWATER = ("wastewater_cod", "wastewater_cod_industrial", "wastewater_n")
_WAN_PER_YI = 1e4  # 10^8 CNY hold 10^4 times 10^4 CNY


@dataclass(frozen=True, slots=True)
class Facts:
    """Tables the rules look at; see the contracts for their columns. Geometry is not looked at."""

    control_units: pl.DataFrame | gpd.GeoDataFrame
    zones: pl.DataFrame | gpd.GeoDataFrame
    control_unit_zones: pl.DataFrame
    facilities: pl.DataFrame
    facility_activity: pl.DataFrame
    source_emissions: pl.DataFrame
    placements: pl.DataFrame
    control_unit_emissions: pl.DataFrame
    structure: pl.DataFrame
    permitted: pl.DataFrame
    target_gaps: pl.DataFrame
    control_unit_scores: pl.DataFrame
    measure_reductions: pl.DataFrame
    conflicts: pl.DataFrame


def open_book(facts: Facts, reference: Reference, config: CityConfig) -> Book:
    """Gather all evidence of a city.

    Args:
        facts: tables of the release.
        reference: parents, limits, fuels and lists of industries.
        config: base year, horizons, province.
    """
    book = Book()
    _put_years(book, reference, config)
    _put_zones(book, facts, reference)
    _put_units(book, facts)
    _put_emissions(book, facts, config)
    _put_targets(book, facts, reference, config)
    _put_scores(book, facts, config)
    _put_measures(book, facts, config)
    placed = _units_of_facilities(facts)
    _put_activity(book, facts, reference, placed, config)
    _put_facilities(book, facts, reference, placed, config)
    return book


def plain_rows(frame: pl.DataFrame | gpd.GeoDataFrame) -> pl.DataFrame:
    """Return the columns of a layer without its geometry."""
    if isinstance(frame, pl.DataFrame):
        return frame
    return pl.from_pandas(pd.DataFrame(frame.drop(columns="geometry")))


def plain(species: str) -> str:
    """Return a species as names of evidence write it: ``PM2.5`` is ``pm25``."""
    return species.replace(".", "").lower()


def _dicts(frame: pl.DataFrame) -> Iterator[dict[str, Any]]:
    return frame.iter_rows(named=True)


def _put_years(book: Book, reference: Reference, config: CityConfig) -> None:
    near, far = config.horizons[0], config.horizons[-1]
    for name, year in (("year.near", near), ("year.far", far), ("base_year", config.base_year)):
        book.put(("city", config.adcode), name, Entry(float(year)))
    for metric, value in strictest_of_parents(reference, config.adcode).items():
        book.put(("city", config.adcode), f"parent.{metric}", Entry(value))


def _put_zones(book: Book, facts: Facts, reference: Reference) -> None:
    types = dict(plain_rows(facts.zones).select("zone_code", "zone_type").iter_rows())
    ratios = dict(reference.replacement_ratios.select("zone_type", "ratio").iter_rows())
    by_type: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in _dicts(plain_rows(facts.zones).sort("zone_code")):
        zh, en = f"{row['zone_name']}（{row['zone_type_name']}）面积", f"area of {row['zone_code']}"
        by_type[row["zone_type"]].append(row_of(ZONES, row, "area_km2", "km2", zh, en))
    for zone_type, rows in sorted(by_type.items()):
        scope = ("zone_type", zone_type)
        book.put(scope, "zone.area_km2", summed(rows))
        book.put(scope, "zone.count", counted(rows))
        if zone_type in ratios:
            book.put(scope, "ratio", Entry(float(ratios[zone_type])))
    shares: dict[tuple[str, str], list[EvidenceRow]] = defaultdict(list)
    for row in _dicts(facts.control_unit_zones.sort("control_unit_code", "zone_code")):
        zh, en = f"{row['zone_code']} 占单元面积比例", f"share of the unit in {row['zone_code']}"
        evidence = row_of(CONTROL_UNIT_ZONES, row, "share_of_control_unit", "1", zh, en)
        shares[row["control_unit_code"], types[row["zone_code"]]].append(evidence)
    for (unit, zone_type), rows in sorted(shares.items()):
        scope = ("control_unit", unit)
        book.put(scope, f"zone.{zone_type}", summed(rows))
        so_far = book.of(scope).get("unit.ratio", Entry(1.0)).value
        book.put(scope, "unit.ratio", Entry(max(so_far, float(ratios.get(zone_type, 1.0)))))


def _put_units(book: Book, facts: Facts) -> None:
    for row in _dicts(plain_rows(facts.control_units).sort("control_unit_code")):
        scope = ("control_unit", row["control_unit_code"])
        zh, en = f"{row['control_unit_name']}面积", f"area of {row['control_unit_code']}"
        area = row_of(CONTROL_UNITS, row, "area_km2", "km2", zh, en)
        book.put(scope, "unit.area_km2", Entry(float(row["area_km2"]), (area,)))
        book.put(scope, "unit.class", Entry(float(row["control_class"]), (area,)))
        book.put(scope, "unit.is_park", Entry(float(is_park(row["control_unit_name"])), (area,)))


def is_park(name: str) -> bool:
    """Tell whether the name of a control unit says that it is an industrial park."""
    return any(word in name for word in PARK_WORDS)


def _put_emissions(book: Book, facts: Facts, config: CityConfig) -> None:
    for row in _dicts(facts.control_unit_emissions.filter(pl.col("year") == config.base_year)):
        species = SPECIES_BY_CODE[row["species"]].zh
        zh, en = f"基准年{species}排放", f"emission of {row['species']} in the base year"
        evidence = row_of(CONTROL_UNIT_EMISSIONS, row, "emission_t", "t/a", zh, en)
        name = f"emission.{plain(row['species'])}"
        book.put(
            ("control_unit", row["control_unit_code"]), name, Entry(float(row["emission_t"]), (evidence,))
        )
    city = facts.structure.filter(pl.col("breakdown") == "city", pl.col("species") == "CO2")
    for row in _dicts(city.filter(pl.col("year") == config.base_year)):
        evidence = row_of(STRUCTURE, row, "emission_t", "t/a", "全市基准年二氧化碳排放", "CO2 of the city")
        book.put(("city", config.adcode), "city.co2", Entry(float(row["emission_t"]), (evidence,)))


def _put_targets(book: Book, facts: Facts, reference: Reference, config: CityConfig) -> None:
    known = {row["indicator"]: row for row in _dicts(reference.target_indicators)}
    ends = {config.horizons[0]: "near", config.horizons[-1]: "far"}
    wanted = pl.col("year").is_in(list(ends)) & pl.col("scope_type").is_in(["control_unit", "city"])
    for row in _dicts(facts.permitted.filter(wanted)):
        scope, name = (row["scope_type"], row["scope_code"]), f"{row['indicator']}.{ends[row['year']]}"
        named = known[row["indicator"]]
        zh = f"{row['year']} 年目标：{named['name_zh']}（{row['basis']}）"
        en = f"target of {named['name_en']} in {row['year']}"
        evidence = row_of(PERMITTED, row, "target", named["unit"], zh, en)
        prefix = "cap" if row["scope_type"] == "control_unit" else "city.cap"
        book.put(scope, f"{prefix}.{name}", Entry(float(row["target"]), (evidence,), row["basis"] or ""))
    gaps = facts.target_gaps.filter(wanted, pl.col("scenario_id") == BASELINE, pl.col("gap").is_not_null())
    for row in _dicts(gaps):
        named = known[row["indicator"]]
        zh = f"基准情景 {row['year']} 年与目标的差距：{named['name_zh']}（正值为超出）"
        en = f"gap of {named['name_en']} in {row['year']} in the baseline scenario (positive: exceeded)"
        evidence = row_of(TARGET_GAPS, row, "gap", named["unit"], zh, en)
        name = f"gap.{row['indicator']}.{ends[row['year']]}"
        book.put((row["scope_type"], row["scope_code"]), name, Entry(float(row["gap"]), (evidence,)))


def _put_scores(book: Book, facts: Facts, config: CityConfig) -> None:
    now = (pl.col("scenario_id") == BASELINE) & (pl.col("year") == config.base_year)
    for row in _dicts(facts.control_unit_scores.filter(now)):
        scope = ("control_unit", row["control_unit_code"])
        score = row_of(CONTROL_UNIT_SCORES, row, "composite_score", "1", "协同综合得分", "composite score")
        graded = row_of(
            CONTROL_UNIT_SCORES,
            row,
            "score_class",
            "",
            f"协同等级：{row['score_class']}",
            "class",
            holds=False,
        )
        book.put(scope, "score.composite", Entry(float(row["composite_score"]), (score,)))
        book.put(scope, "score.is_top", Entry(float(row["score_class"] == "极显著"), (graded,)))
        book.put(scope, "score.is_double_high", Entry(float(row["quadrant"] == "双高"), (graded,)))
    conflicts: dict[str, list[EvidenceRow]] = defaultdict(list)
    for row in _dicts(facts.conflicts):
        evidence = row_of(CONFLICTS, row, "verdict", "1", row["statement_zh"], f"conflict {row['pair_id']}")
        conflicts[row["control_unit_code"]].append(evidence)
    for unit, rows in sorted(conflicts.items()):
        book.put(("control_unit", unit), "conflict.count", counted(rows))
    if conflicts:
        everywhere = [row for rows in conflicts.values() for row in rows]
        book.put(("city", config.adcode), "city.conflict_count", counted(everywhere))


def _put_measures(book: Book, facts: Facts, config: CityConfig) -> None:
    species = {"CO2": "co2", "NOx": "nox"}
    far = (pl.col("year") == config.horizons[-1]) & pl.col("species").is_in(list(species))
    units = plain_rows(facts.control_units)["control_unit_code"].to_list()
    rows = facts.measure_reductions.filter(far, pl.col("control_unit_code").is_in(units))
    for row in _dicts(rows):
        zh = f"{row['year']} 年单独实施可减少{SPECIES_BY_CODE[row['species']].zh}"
        evidence = row_of(MEASURE_REDUCTIONS, row, "alone_t", "t/a", zh, f"{row['species']} removed alone")
        of_measure = ("measure", row["control_unit_code"], row["measure_id"])
        book.put(of_measure, f"measure.{species[row['species']]}", Entry(float(row["alone_t"]), (evidence,)))
    # Measures that lower both are ranked within their unit by the CO2 they remove; where the city's own
    # measure and the library's do the very same, the first by name stands for both.
    ranks: dict[str, dict[tuple[float, float], str]] = defaultdict(dict)
    for scope in book.scopes("measure"):
        entries = book.entries[scope]
        if all(name in entries and entries[name].value > 0 for name in ("measure.co2", "measure.nox")):
            effect = (-entries["measure.co2"].value, -entries["measure.nox"].value)
            ranks[scope[1]].setdefault(effect, scope[2])
    for unit, measures in ranks.items():
        for rank, (_, measure) in enumerate(sorted(measures.items()), start=1):
            book.put(("measure", unit, measure), "measure.rank", Entry(float(rank)))


def _units_of_facilities(facts: Facts) -> dict[str, str]:
    rows = facts.placements.filter(
        pl.col("layer") == "control_unit", pl.col("spread_id").str.starts_with("facility:")
    )
    return dict(rows.select(pl.col("spread_id").str.strip_prefix("facility:"), "code").iter_rows())


def _put_activity(
    book: Book, facts: Facts, reference: Reference, placed: dict[str, str], config: CityConfig
) -> None:
    banned = set(reference.prohibited_fuels["fuel_code"])
    industries = dict(facts.facilities.select("facility_id", "industry_code").iter_rows())
    gathered: dict[tuple[str, ...], dict[str, list[EvidenceRow]]] = defaultdict(lambda: defaultdict(list))
    limits = [dict(row) for row in _dicts(reference.benchmark_limits)]
    for row in _dicts(facts.facility_activity.filter(pl.col("year") == config.base_year)):
        unit, code = placed.get(row["facility_id"]), row["activity_code"]
        if unit is None:
            continue
        zh = f"企业 {row['facility_id']} {ACTIVITY_BY_CODE[code].zh}"
        evidence = row_of(
            FACILITY_ACTIVITY, row, "amount", row["amount_unit"], zh, f"{code} at {row['facility_id']}"
        )
        names = gathered["control_unit", unit]
        kind = "fuel" if ACTIVITY_BY_CODE[code].kind == "fuel" else "activity"
        names[f"{kind}.{code}"].append(evidence)
        for name, matches in (
            ("coal.t", code in COALS), ("prohibited.t", code in banned),
            ("electricity.kwh", code == "electricity"),
        ):  # fmt: skip
            if matches:
                names[name].append(evidence)
        for limit in limits:
            if code in _codes(limit["activity_codes"]) and _within(
                industries[row["facility_id"]], limit["industry_codes"]
            ):
                gathered["limit", unit, limit["limit_id"]]["product.amount"].append(evidence)
    for scope, names in gathered.items():
        for name, rows in names.items():
            book.put(scope, name, summed(rows))
    _put_limits(book, limits)


def _put_limits(book: Book, limits: list[dict[str, Any]]) -> None:
    by_id = {limit["limit_id"]: limit for limit in limits}
    for scope in book.scopes("limit"):
        for level in ("advanced", "baseline"):
            value = by_id[scope[2]][level]
            if value is not None:
                book.put(scope, f"limit.{level}", Entry(float(value)))


def _put_facilities(
    book: Book, facts: Facts, reference: Reference, placed: dict[str, str], config: CityConfig
) -> None:
    two_high = find_two_high(facts.source_emissions, reference.two_high_industries, config.province)
    high = set(two_high.filter(pl.col("is_two_high").fill_null(value=False))["facility_id"])
    solvent = set(
        facts.facility_activity.filter(pl.col("activity_code").is_in(_VOC_ACTIVITIES))["facility_id"]
    )
    lists: dict[tuple[str, ...], dict[str, list[EvidenceRow]]] = defaultdict(lambda: defaultdict(list))
    industries = {}
    for row in _dicts(facts.facilities):
        unit = placed.get(row["facility_id"])
        if unit is None:
            continue
        industries[row["facility_id"]] = ("industry", unit, row["industry_code"])
        evidence = row_of(
            FACILITIES,
            row,
            "facility_id",
            "",
            f"辖区企业：{row['facility_name']}",
            "plant in the unit",
            holds=False,
        )
        names = lists["control_unit", unit]
        names["facility.count"].append(evidence)
        lists[industries[row["facility_id"]]]["industry.count"].append(evidence)
        for name, members in (("two_high.count", high), ("vocs_facility.count", solvent)):
            if row["facility_id"] in members:
                names[name].append(evidence)
    for scope, names in lists.items():
        for name, rows in names.items():
            book.put(scope, name, counted(rows))
    _put_source_sums(book, facts, placed, industries, config)
    _put_intensities(book, facts, config)


def _put_source_sums(
    book: Book,
    facts: Facts,
    placed: dict[str, str],
    industries: dict[str, tuple[str, str, str]],
    config: CityConfig,
) -> None:
    sums: dict[tuple[str, ...], dict[str, list[EvidenceRow]]] = defaultdict(lambda: defaultdict(list))
    wanted = pl.col("species").is_in(["CO2", "NOx", "CH4", "N2O"]) & pl.col("facility_id").is_not_null()
    for row in _dicts(facts.source_emissions.filter(wanted, pl.col("year") == config.base_year)):
        industry, species = industries.get(row["facility_id"]), row["species"]
        if industry is None:
            continue
        zh = f"排放源 {row['source_id']} 的{SPECIES_BY_CODE[species].zh}"
        evidence = row_of(SOURCE_EMISSIONS, row, "emission_t", "t/a", zh, f"{species} of {row['source_id']}")
        if species in {"CO2", "NOx"}:
            sums[industry][f"industry.{plain(species)}"].append(evidence)
        elif row["activity_code"] in _WASTEWATER:
            sums["control_unit", placed[row["facility_id"]]][f"wastewater.{plain(species)}"].append(evidence)
    for scope, names in sums.items():
        for name, rows in names.items():
            book.put(scope, name, summed(rows))


def _put_intensities(book: Book, facts: Facts, config: CityConfig) -> None:
    column = "per_value_added_t_per_1e8cny"
    rows = facts.structure.filter(
        pl.col("breakdown") == "industry", pl.col("species") == "CO2", pl.col("year") == config.base_year,
        pl.col(column).is_not_null(),
    )  # fmt: skip
    zh, en = "本市该行业大类单位增加值二氧化碳排放", "CO2 per value added of the industry in the city"
    known = {row["code"]: row_of(STRUCTURE, row, column, "t/亿元", zh, en) for row in _dicts(rows)}
    for scope in book.scopes("industry"):
        evidence = known.get(scope[2])
        if evidence is not None and evidence.value:
            book.put(scope, "industry.intensity", Entry(evidence.value / _WAN_PER_YI, (evidence,)))


def _codes(text: str | None) -> tuple[str, ...]:
    return tuple(code for code in (text or "").split(";") if code)


def _within(industry: str, prefixes: str | None) -> bool:
    codes = _codes(prefixes)
    return not codes or any(industry.startswith(code) for code in codes)
