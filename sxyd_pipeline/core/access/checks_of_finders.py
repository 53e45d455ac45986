"""How the value a clause limits is found in inventory and projections, one finder per kind of metric."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from sxyd_pipeline.core.access.checks_of_tables import (
    BASELINE,
    CheckedTables,
    Places,
    Use,
    coals,
    energy_of_facilities,
    fuel_uses,
    indicator_values,
    products_of_facilities,
    prohibited_fuels,
    source_uses,
)
from sxyd_pipeline.core.access.evidence_book import plain_rows
from sxyd_pipeline.core.access.inherit_subjects import Limit
from sxyd_pipeline.core.access.metrics import Metric
from sxyd_pipeline.core.access.rules import readable
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE

Row = Mapping[str, Any]
_WAN_PER_YI = 1e4
_CITY_LEVELS = ("province", "region", "city")
_POLLUTANTS = ("permitted_so2_t", "permitted_nox_t", "permitted_pm25_t", "permitted_vocs_t")


@dataclass(frozen=True, slots=True)
class Found:
    """A value found for a clause; None with the reason where it cannot be computed."""

    scope_type: str
    scope_code: str
    scenario_id: str
    year: int
    actual: float | None
    note_zh: str = ""
    note_en: str = ""


class Desk:
    """Lookups shared by all clauses, each made once."""

    def __init__(
        self, tables: CheckedTables, reference: Reference, config: CityConfig, metrics: Iterable[Metric]
    ) -> None:
        """Make the lookups."""
        self.tables, self.config = tables, config
        self.years = (config.base_year, *config.horizons)
        self.places = Places(tables)
        subjects = {subject for metric in metrics if metric.kind == "indicator" for subject in metric.subject}
        self.indicators = indicator_values(tables, subjects | set(_POLLUTANTS), self.years)
        self.exempt = prohibited_fuels(reference)
        self.fuels = fuel_uses(tables, {*self.exempt, *coals()}, self.years)
        self.energy = energy_of_facilities(tables.facility_activity, reference, config.base_year)
        self.products = products_of_facilities(tables.facility_activity, config.base_year)
        self.scenarios = sorted(set(tables.projected_emissions["scenario_id"]))
        self._sources: dict[tuple[str, ...], list[Use]] = {}

    def sources(self, activities: tuple[str, ...], species: str) -> list[Use]:
        """Return the emissions of one species from activities, computed once."""
        key = (*activities, species)
        if key not in self._sources:
            self._sources[key] = source_uses(self.tables, activities, species, self.years)
        return self._sources[key]


def missing(clause: Row, desk: Desk, zh: str, en: str) -> Found:
    """Return that a clause cannot be computed in its own scope, and why."""
    is_wide = clause["level"] in _CITY_LEVELS
    kind, code = (
        ("city", desk.config.adcode) if is_wide else (str(clause["level"]), str(clause["scope_code"]))
    )
    return Found(kind, code, BASELINE, desk.config.base_year, None, zh, en)


def no_table(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """Say what is missing where no table holds the metric."""
    yield missing(clause, desk, limit.metric.missing_zh, limit.metric.missing_en)


def _indicator(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """Limits on what projections hold by scope: the clause's own scope, zones of its type, else the city."""
    for scope_type, code in _scopes(clause, desk):
        for scenario in desk.scenarios:
            for year in desk.years:
                value = desk.indicators.get((scenario, scope_type, code, limit.metric.subject[0], year))
                if value is not None:
                    yield Found(scope_type, code, scenario, year, value)


def _scopes(clause: Row, desk: Desk) -> list[tuple[str, str]]:
    if clause["level"] == "control_unit":
        return [("control_unit", clause["scope_code"])]
    if clause["level"] == "zone_type":
        zones = (
            plain_rows(desk.tables.zones)
            .filter(pl.col("zone_type") == clause["scope_code"])["zone_code"]
            .sort()
        )
        return [("zone", code) for code in zones]
    return [("city", desk.config.adcode)]


def _summed(
    uses: Iterable[Use], among: Iterable[str], keep: Callable[[Use], bool], desk: Desk
) -> dict[tuple[str, int], dict[str, float]]:
    """Return (scenario, year) -> facility -> sum of the uses kept; facilities that burn nothing stay out."""
    inside = set(among)
    sums: dict[tuple[str, int], dict[str, float]] = {
        (scenario, year): defaultdict(float) for scenario in desk.scenarios for year in desk.years
    }
    for use in uses:
        if use.facility_id in inside and keep(use) and use.amount > 0:
            sums[use.scenario_id, use.year][use.facility_id] += use.amount
    return sums


def _fuel_use(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """Fuel of the facilities reached, by facility (where a limit of zero is broken) and control unit."""
    reached = desk.places.within(clause["level"], clause["scope_code"])
    is_coal = limit.metric.subject == ("coal",)
    sums = _summed(desk.fuels, reached, _coal if is_coal else lambda use: not _is_exempt(use, desk), desk)
    spared = {} if is_coal else _summed(desk.fuels, reached, lambda use: _is_exempt(use, desk), desk)
    units = sorted({desk.places.unit[one] for one in reached}) or _own_unit(clause)
    for (scenario, year), by_facility in sums.items():
        for unit in units:
            inside = [one for one in by_facility if desk.places.unit[one] == unit]
            exempt = sum(
                v for one, v in spared.get((scenario, year), {}).items() if desk.places.unit[one] == unit
            )
            zh = f"；另有公用电厂等用煤 {readable(exempt)} 吨按通告另行管理" if exempt else ""
            en = f"; {readable(exempt)} t of power plants are ruled by the proclamation" if exempt else ""
            yield Found("control_unit", unit, scenario, year, sum(by_facility[one] for one in inside), zh, en)
        if not is_coal:
            for facility, amount in sorted(by_facility.items()):
                name = desk.places.name.get(facility, facility)
                yield Found("facility", facility, scenario, year, amount, f"（{name}）", f" ({facility})")


def _own_unit(clause: Row) -> list[str]:
    return [clause["scope_code"]] if clause["level"] == "control_unit" else []


def _coal(use: Use) -> bool:
    return use.activity_code in coals()


def _is_exempt(use: Use, desk: Desk) -> bool:
    prefixes = desk.exempt.get(use.activity_code)
    if prefixes is None:
        return False
    return any(desk.places.industry.get(use.facility_id, "").startswith(prefix) for prefix in prefixes)


def _added_fuel(clause: Row, _limit: Limit, desk: Desk) -> Iterator[Found]:
    """Coal of the facilities reached against the base year, by control unit."""
    reached = desk.places.within(clause["level"], clause["scope_code"])
    sums = _summed(desk.fuels, reached, _coal, desk)
    units = sorted({desk.places.unit[one] for one in reached}) or _own_unit(clause)
    for (scenario, year), by_facility in sums.items():
        if year == desk.config.base_year:
            continue
        before = sums[scenario, desk.config.base_year]
        for unit in units:
            inside = [one for one in {**before, **by_facility} if desk.places.unit[one] == unit]
            change = sum(by_facility.get(one, 0.0) - before.get(one, 0.0) for one in sorted(inside))
            yield Found(
                "control_unit", unit, scenario, year, change, "（较基准年净增）", " (net of the base year)"
            )


def _added(clause: Row, _limit: Limit, desk: Desk) -> Iterator[Found]:
    """Pollutants of a scope against the base year."""
    for scope_type, code in _scopes(clause, desk):
        for scenario in desk.scenarios:
            for year in desk.years[1:]:
                pairs = [
                    tuple(
                        desk.indicators.get((scenario, scope_type, code, name, when))
                        for when in (year, desk.config.base_year)
                    )
                    for name in _POLLUTANTS
                ]
                known = [(now, then) for now, then in pairs if now is not None and then is not None]
                if known:
                    change = sum(now - then for now, then in known)
                    yield Found(
                        scope_type,
                        code,
                        scenario,
                        year,
                        change,
                        "（较基准年净增）",
                        " (net of the base year)",
                    )


def _benchmark(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """Energy per product of every facility that makes it; only where one product takes all energy."""
    of_electricity = limit.metric.kind == "benchmark_electricity"
    for facility in desk.places.within(clause["level"], clause["scope_code"]):
        products = desk.products.get(facility, {})
        if not products.get(limit.object_key):
            continue
        scope = ("facility", facility, BASELINE)
        kgce, kwh = desk.energy.get(facility, (0.0, 0.0))
        used = kwh if of_electricity else kgce
        if len(products) > 1:
            names = "、".join(ACTIVITY_BY_CODE[product].zh for product in sorted(products))
            yield Found(
                *scope,
                desk.config.base_year,
                None,
                f"同一企业有多种产品（{names}），台账没有按产品分摊能源",
                f"several products ({', '.join(sorted(products))}) share the energy of the facility",
            )
        elif not used:
            yield Found(
                *scope, desk.config.base_year, None, "企业未填报用能", "the facility states no energy"
            )
        else:
            yield Found(
                *scope,
                desk.config.base_year,
                used / products[limit.object_key],
                f"（{desk.places.name.get(facility, facility)}）",
                f" ({facility})",
            )
        for year in desk.config.horizons:
            yield Found(
                *scope,
                year,
                None,
                "情景没有分设施的用电量，不能推算单位产品能耗",
                "scenarios hold no electricity by facility",
            )


def _co2_per_value_added(_clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """Intensity of the industry in the city; value added is known by industry, not by control unit."""
    column = "per_value_added_t_per_1e8cny"
    rows = desk.tables.structure.filter(
        pl.col("breakdown") == "industry", pl.col("species") == "CO2",
        pl.col("code").is_in(list(limit.industries)), pl.col("year") == desk.config.base_year,
        pl.col(column).is_not_null(),
    )  # fmt: skip
    for code, value in rows.select("code", column).sort("code").iter_rows():
        yield Found(
            "city",
            desk.config.adcode,
            BASELINE,
            desk.config.base_year,
            value / _WAN_PER_YI,
            f"（全市{code}所属大类，增加值没有管控单元口径）",
            f" (division of {code} in the city)",
        )
        for year in desk.config.horizons:
            yield Found(
                "city",
                desk.config.adcode,
                BASELINE,
                year,
                None,
                "没有分行业增加值的预测",
                "value added by industry is not projected",
            )
        return


def _co2_per_product(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """CO2 of a facility (scope 1) per tonne of its product in the base year."""
    co2 = desk.tables.scenario_sources.filter(
        pl.col("scenario_id") == desk.scenarios[0],
        pl.col("species") == "CO2",
        pl.col("origin") == "inventory",
    )
    sums = dict(
        co2.drop_nulls("facility_id")
        .group_by("facility_id", maintain_order=True)
        .agg(pl.col("emission_t").sum())
        .iter_rows()
    )
    for facility in desk.places.within(clause["level"], clause["scope_code"]):
        made = desk.products.get(facility, {}).get(limit.object_key)
        if made:
            yield Found("facility", facility, BASELINE, desk.config.base_year, sums.get(facility, 0.0) / made)


def _removal(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """Least removal a facility states for an activity; facilities that state none are told."""
    column = limit.metric.subject[0]
    now = desk.tables.facility_activity.filter(pl.col("year") == desk.config.base_year)
    stated = dict(now.group_by("facility_id", maintain_order=True).agg(pl.col(column).min()).iter_rows())
    for facility in desk.places.within(clause["level"], clause["scope_code"]):
        if not _is_of(desk.places.industry.get(facility, ""), limit.industries):
            continue
        if stated.get(facility) is not None:
            yield Found("facility", facility, BASELINE, desk.config.base_year, stated[facility])


def _is_of(industry: str, prefixes: tuple[str, ...]) -> bool:
    return not prefixes or any(industry.startswith(prefix) for prefix in prefixes)


def _facility_count(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    among = [
        one for one in desk.places.within(clause["level"], clause["scope_code"])
        if one in desk.places.name and _is_of(desk.places.industry.get(one, ""), limit.industries)
    ]  # fmt: skip
    found = missing(clause, desk, "", "")
    yield Found(found.scope_type, found.scope_code, BASELINE, desk.config.base_year, float(len(among)))


def _source_emission(clause: Row, limit: Limit, desk: Desk) -> Iterator[Found]:
    """Emission of one species from activities of the facilities of a scope."""
    *activities, last = limit.metric.subject
    final, _, species = last.partition("|")
    reached = desk.places.within(clause["level"], clause["scope_code"])
    sums = _summed(desk.sources((*activities, final), species), reached, lambda _use: True, desk)
    scope = missing(clause, desk, "", "")
    for (scenario, year), by_facility in sums.items():
        yield Found(scope.scope_type, scope.scope_code, scenario, year, sum(by_facility.values()))


FINDERS: dict[str, Callable[[Row, Limit, Desk], Iterator[Found]]] = {
    "indicator": _indicator, "fuel_use": _fuel_use, "added_fuel": _added_fuel, "added": _added,
    "benchmark": _benchmark, "benchmark_electricity": _benchmark, "co2_per_value_added": _co2_per_value_added,
    "co2_per_product": _co2_per_product, "removal": _removal, "facility_count": _facility_count,
    "source_emission": _source_emission, "none": no_table,
}  # fmt: skip
