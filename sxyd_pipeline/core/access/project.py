"""A proposed project against the list: which clauses apply where it stands, and what each says of it.

Pure values in, pure values out: the clauses of a place, the loads of its control unit and the project; the
rules of judgement are the words in ``project`` of ``clause_metrics.csv`` and ``project_objects.csv``, so that
another program can judge the same way from the same tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sxyd_pipeline.core.access.inherit import settle
from sxyd_pipeline.core.access.inherit_subjects import Limit, limit_of
from sxyd_pipeline.core.access.metrics import Metric
from sxyd_pipeline.core.access.waivers import Waiver

CONFORM, ARGUE, UNDECIDABLE, REFUSED = "conform", "argue", "undecidable", "refused"
#: Verdicts from the gravest on, as people call them.
VERDICTS_ZH = {REFUSED: "不合规", ARGUE: "需论证", UNDECIDABLE: "不可判定", CONFORM: "合规"}
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Activity:
    """A product or fuel of the project: yearly amount in the standard unit of the activity."""

    activity_code: str
    amount: float
    technology_code: str | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """A proposed project.

    Attributes:
        name: how people call it.
        lon: longitude, degrees, CGCS2000.
        lat: latitude, degrees, CGCS2000.
        industry_code: class of GB/T 4754-2017.
        products: what it makes or processes in a year.
        fuels: fuels, electricity and heat it uses in a year.
        removal: removal shares of its devices by ``so2``, ``nox``, ``pm``, ``vocs``.
        emissions_t: emissions stated by species; they replace the estimate.
        replaces_t: tonnes a year that are removed elsewhere for it, by species, and ``coal``.
        stated: values it states for metrics, in the unit of the metric.
        value_added_cny: industrial value added a year.
        boiler_t_per_h: size of its boiler, tonnes of steam an hour.
    """

    name: str
    lon: float
    lat: float
    industry_code: str
    products: tuple[Activity, ...] = ()
    fuels: tuple[Activity, ...] = ()
    removal: Mapping[str, float] = field(default_factory=dict)
    emissions_t: Mapping[str, float] = field(default_factory=dict)
    replaces_t: Mapping[str, float] = field(default_factory=dict)
    stated: Mapping[str, float] = field(default_factory=dict)
    value_added_cny: float | None = None
    boiler_t_per_h: float | None = None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the project emits and uses in a year.

    Attributes:
        emissions_t: tonnes by species (CO2 of its own chimneys, scope 1).
        indirect_tco2: CO2 of bought electricity and heat, scope 2; never added to scope 1.
        coal_t: tonnes of coal.
        prohibited_t: tonnes of fuels that no-burn zones prohibit to its industry.
        exempt_t: tonnes of such fuels its industry is exempt for.
        energy_kgce: energy of fuels, electricity and heat.
        electricity_kwh: bought electricity.
        notes_zh: choices made in the estimate.
        notes_en: the same in English.
    """

    emissions_t: Mapping[str, float]
    indirect_tco2: float
    coal_t: float
    prohibited_t: float
    exempt_t: float
    energy_kgce: float
    electricity_kwh: float
    notes_zh: tuple[str, ...] = ()
    notes_en: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the project stands: control unit and element zones that hold the point."""

    control_unit_code: str
    control_unit_name: str
    control_class: int
    is_park: bool
    zones: tuple[Row, ...]

    @property
    def zone_types(self) -> dict[str, list[str]]:
        """Zone type -> zones of the point."""
        found: dict[str, list[str]] = {}
        for zone in self.zones:
            found.setdefault(str(zone["zone_type"]), []).append(str(zone["zone_code"]))
        return found


@dataclass(frozen=True, slots=True)
class Facts:
    """What a judgement looks at besides clause and project.

    Attributes:
        place: where it stands.
        loads: tonnes by (scope type, scope code, species or ``coal``, year): what is there without it.
        year: year of loads for clauses without a target year.
        metrics: metrics by name.
        advanced: product -> advanced energy level (标杆) in the unit of its metric.
        objects: rows of ``project_objects.csv`` in order.
        traits: what the project is: ``two_high``, ``industrial``, ``coal`` ...
    """

    place: Place
    loads: Mapping[tuple[str, str, str, int], float]
    year: int
    metrics: Mapping[str, Metric]
    advanced: Mapping[str, float]
    objects: Sequence[Row]
    traits: frozenset[str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one clause says of the project.

    Attributes:
        verdict: one of :data:`VERDICTS_ZH`.
        why_zh: reason with tonnes.
        why_en: the same in English.
        needed_zh: what would be needed; empty where nothing is.
        needed_en: the same in English.
        actual: value with the project, in ``unit``.
        threshold: limit in ``unit``.
        unit: unit of both.
        margin: distance to the limit; negative when it is broken.
    """

    verdict: str
    why_zh: str
    why_en: str
    needed_zh: str = ""
    needed_en: str = ""
    actual: float | None = None
    threshold: float | None = None
    unit: str | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """A clause that applies, how it reaches the place, and what it says."""

    clause: Row
    via_zones: tuple[str, ...]
    finding: Finding


def clauses_of_place(
    clauses: Iterable[Row],
    place: Place,
    metrics: Mapping[str, Metric],
    allowed: Mapping[tuple[str, str], Waiver],
) -> list[tuple[Row, tuple[str, ...]]]:
    """Return the clauses in effect at a point, with the zones they came through.

    Clauses of zone types hold where the point lies in a zone of the type, not in the whole control unit.

    Args:
        clauses: ``access.clauses``.
        place: where the point is.
        metrics: metrics by name.
        allowed: waivers by (clause, parent).
    """
    types = place.zone_types
    reaching: list[tuple[Row, tuple[str, ...]]] = []
    for row in clauses:
        if row["state"] == "withdrawn":
            continue
        if row["level"] == "zone_type":
            if row["scope_code"] in types:
                reaching.append((row, tuple(types[row["scope_code"]])))
        elif row["level"] != "control_unit" or row["scope_code"] == place.control_unit_code:
            reaching.append((row, ()))
    limits: dict[str, Limit] = {}
    for row, _ in reaching:
        limit = limit_of(row, metrics)
        if limit is not None:
            limits[str(row["clause_id"])] = limit
    holdings, _ = settle(reaching, limits, allowed, place.control_unit_code)
    return [(holding.clause, holding.via_zones) for holding in holdings if holding.replaced_by is None]


def overall_verdict(judgements: Iterable[Judgement]) -> str:
    """Return the gravest verdict; nothing that applies is conform."""
    found = {judgement.finding.verdict for judgement in judgements}
    return next((verdict for verdict in VERDICTS_ZH if verdict in found), CONFORM)
