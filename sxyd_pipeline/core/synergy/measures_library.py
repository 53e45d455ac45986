"""Measures as values: what they apply to, what they change, what they cost, how far they can spread."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import polars as pl

from sxyd_pipeline.core.synergy.measures_errors import UnknownSelectorError, UnreadableEffectError
from sxyd_pipeline.vocabulary.activities import ACTIVITY_CODES
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

#: What an effect may act on besides a species: everything a source does, its fuel, bought power, a sink.
ACTIVITY, ENERGY, ELECTRICITY, SINK = "activity", "energy", "electricity", "sink_co2"
EFFECT_SUBJECTS = (*SPECIES_CODES, ACTIVITY, ENERGY, ELECTRICITY, SINK)
SHARE, PER_TONNE, PER_UNIT = "share", "t_per_t", "per_unit"
EFFECT_KINDS = (SHARE, PER_TONNE, PER_UNIT)
DEVICES = ("without_fgd", "with_fgd", "without_scr", "with_scr", "without_denitrification")
STAGES = ("structure", "fuel", "process", "end_of_pipe", "capture", "sink")
#: Cost basis of a city's measure: its figures are for the whole programme at its greatest uptake.
PROGRAMME = "programme"
AREA = "area"
#: Where a measure of the city that replaces none stands: after fuels and processes, before the end of pipe.
_OWN_SEQUENCE = 89
_NEAR, _FAR = 2025, 2035


@dataclass(frozen=True, slots=True)
class Selector:
    """Which sources a measure applies to; an empty tuple means any.

    Technologies match with their variants (``grate_boiler`` also ``grate_boiler_fgd``), industries by prefix.
    """

    activity_codes: tuple[str, ...] = ()
    technology_codes: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    source_categories: tuple[int, ...] = ()
    source_kind: str = ""
    device: str = ""
    zone_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """Change of one subject; positive = falls, negative = rises.

    Attributes:
        subject: a species, ``activity``, ``energy``, ``electricity`` (kWh) or ``sink_co2`` (tCO2).
        kind: ``share`` of what the source emits; ``t_per_t`` of the reference species removed;
            ``per_unit`` of the source's activity (or hectare).
        value: size; t or kWh where it is no share.
        reference: species whose removal it follows.
        activity_codes: only on these activities.
        industry_codes: only in these industries (prefixes).
    """

    subject: str
    kind: str
    value: float
    reference: str = ""
    activity_codes: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost per unit of its basis: ``removed:<species>``, ``activity:<codes>``, ``area`` or programme."""

    basis: str
    capex_cny: float
    opex_cny: float
    saving_cny: float
    lifetime_years: float

    def annualised(self, discount_rate: float) -> float:
        """Return ``capex * CRF + opex - saving`` in CNY a year per unit of the basis."""
        return (
            self.capex_cny * capital_recovery_factor(discount_rate, self.lifetime_years)
            + self.opex_cny
            - self.saving_cny
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure of the library or of the city."""

    measure_id: str
    name_zh: str
    name_en: str
    stage: str
    sequence: int
    selector: Selector
    effects: tuple[Effect, ...]
    cost: Cost | None
    start_year: int
    uptake_2025_share: float
    uptake_2035_share: float
    mechanism_zh: str
    mechanism_en: str
    cited_from: str
    confidence: str
    exclusive_group: str = ""
    origin: str = "library"
    #: Row of the library it stands in for; its own id when it stands in for none.
    rule_id: str = ""
    #: Optional module whose aim its cost serves; empty for air and carbon.
    module: str = ""

    @property
    def is_of_area(self) -> bool:
        """Tell whether it acts on land instead of on sources."""
        return bool(self.selector.zone_types)

    def uptake(self, year: int) -> float:
        """Return the greatest uptake in a year: linear from zero before the start over 2025 to 2035."""
        if year < self.start_year:
            return 0.0
        points = [(self.start_year - 1, 0.0)]
        points += [
            (at, share)
            for at, share in ((_NEAR, self.uptake_2025_share), (_FAR, self.uptake_2035_share))
            if at >= self.start_year
        ]
        for (left, low), (right, high) in pairwise(points):
            if year <= right:
                return low + (high - low) * (year - left) / (right - left)
        return points[-1][1]


def capital_recovery_factor(rate: float, years: float) -> float:
    """Return ``r(1+r)^n / ((1+r)^n - 1)``, yearly payment per unit of capital; ``1/n`` without interest.

    What lasts no year is paid within one.
    """
    lasts = max(years, 1.0)
    if rate == 0:
        return 1.0 / lasts
    growth = math.exp(lasts * math.log1p(rate))
    return rate * growth / (growth - 1.0)


def read_library(
    measures: pl.DataFrame, effects: pl.DataFrame, modules: Collection[str] = ()
) -> tuple[Measure, ...]:
    """Return the national library.

    Args:
        measures: ``data/reference/measures.csv``.
        effects: ``data/reference/measure_effects.csv``.
        modules: optional modules that are on; measures of the others are left out.

    Returns:
        Measures in the order they act on a source.
    """
    by_id: dict[str, list[Effect]] = {}
    for row in effects.iter_rows(named=True):
        by_id.setdefault(row["measure_id"], []).append(
            Effect(
                row["species"],
                row["kind"],
                row["value"],
                row["reference_species"] or "",
                _list(row["activity_codes"]),
                _list(row["industry_codes"]),
            )
        )
    kept = measures.filter(pl.col("module").is_null() | pl.col("module").is_in(list(modules)))
    return _ordered(
        [_library_row(row, tuple(by_id.get(row["measure_id"], ()))) for row in kept.iter_rows(named=True)]
    )


def _library_row(row: Mapping[str, object], effects: tuple[Effect, ...]) -> Measure:
    selector = Selector(
        _list(row["activity_codes"]), _list(row["technology_codes"]), _list(row["industry_codes"]),
        tuple(int(code) for code in _list(row["source_categories"])), str(row["source_kind"] or ""),
        str(row["device"] or ""), _list(row["zone_types"]),
    )  # fmt: skip
    cost = Cost(
        str(row["cost_basis"]), _real(row["capex_cny_per_unit"]), _real(row["opex_cny_per_unit"]),
        _real(row["saving_cny_per_unit"]), _real(row["lifetime_years"]),
    )  # fmt: skip
    return Measure(
        measure_id=str(row["measure_id"]), name_zh=str(row["name_zh"]), name_en=str(row["name_en"]),
        stage=str(row["stage"]), sequence=int(_real(row["sequence"])), selector=selector, effects=effects,
        cost=cost, start_year=int(_real(row["start_year"])),
        uptake_2025_share=_real(row["uptake_2025_share"]), uptake_2035_share=_real(row["uptake_2035_share"]),
        mechanism_zh=str(row["mechanism_zh"]), mechanism_en=str(row["mechanism_en"]),
        cited_from=f"效果：{row['cited_from']}；成本：{row['cost_cited_from']}（{row['cost_confidence']}）",
        confidence=str(row["confidence"]), exclusive_group=str(row["exclusive_group"] or ""),
        rule_id=str(row["measure_id"]), module=str(row["module"] or ""),
    )  # fmt: skip


def combine_with_city(
    library: Sequence[Measure], city_measures: pl.DataFrame, technologies: Collection[str]
) -> tuple[Measure, ...]:
    """Let the city's own measures replace rows of the library, or stand beside them.

    A row replaces the library's measure that it names in a column ``replaces``, or whose id it carries; what
    it states counts, what it leaves open (species, costs, selectors) stays as in the library. A row that
    replaces none is added. Costs of the package are those of the whole programme at its greatest uptake.

    Args:
        library: :func:`read_library`.
        city_measures: ``inputs.measures``.
        technologies: known technology codes.

    Returns:
        Measures in the order they act; ``origin`` says where each comes from.

    Raises:
        UnknownSelectorError: an object it applies to is not known.
        UnreadableEffectError: an effect is neither a share up to 1 nor tonnes per unit.
    """
    known = {measure.measure_id: measure for measure in library}
    own = [_own(row, known, technologies) for row in city_measures.iter_rows(named=True)]
    replaced = {measure.rule_id for measure in own}
    return _ordered([*(m for m in library if m.measure_id not in replaced), *own])


def _own(row: Mapping[str, object], known: Mapping[str, Measure], technologies: Collection[str]) -> Measure:
    measure_id, extra = str(row["measure_id"]), json.loads(str(row["extra"] or "{}"))
    base = known.get(str(extra.get("replaces", measure_id)))
    selector = _selector(measure_id, str(row["applies_to"]), technologies)
    effects = _effects(measure_id, str(row["effects"] or "{}"))
    penalty = row["energy_penalty_share"]
    if penalty is not None and _real(penalty) != 0:
        effects = (*effects, Effect(ENERGY, SHARE, -_real(penalty)))
    stated = {effect.subject for effect in effects} | ({ENERGY} if penalty is not None else set())
    cited = str(extra.get("cited_from") or f"数据包 measures 第 {row['source_row']} 行")
    own = Measure(
        measure_id=measure_id, name_zh=str(row["name"]), name_en=str(extra.get("name_en") or row["name"]),
        stage="process", sequence=_OWN_SEQUENCE, selector=selector, effects=effects, cost=_own_cost(row),
        start_year=int(_real(row["start_year"])) if row["start_year"] is not None else _NEAR - 4,
        uptake_2025_share=_real(row["uptake_2025_share"]), uptake_2035_share=_real(row["uptake_2035_share"]),
        mechanism_zh="城市数据包给出的措施", mechanism_en="measure of the city's package", cited_from=cited,
        confidence=str(extra.get("confidence") or "default"), origin="package", rule_id=measure_id,
    )  # fmt: skip
    if base is None:
        return own
    kept = tuple(effect for effect in base.effects if effect.subject not in stated)
    inherited = f"；未给出的项取自措施库 {base.measure_id}（{base.cited_from}）"
    return replace(
        own, stage=base.stage, sequence=base.sequence, effects=(*effects, *kept), cost=own.cost or base.cost,
        uptake_2025_share=_or(row["uptake_2025_share"], base.uptake_2025_share),
        uptake_2035_share=_or(row["uptake_2035_share"], base.uptake_2035_share),
        start_year=int(_or(row["start_year"], base.start_year)), mechanism_zh=base.mechanism_zh,
        mechanism_en=base.mechanism_en, cited_from=cited + inherited, exclusive_group=base.exclusive_group,
        rule_id=base.measure_id, name_en=str(extra.get("name_en") or base.name_en),
        module=base.module,
    )  # fmt: skip


def _own_cost(row: Mapping[str, object]) -> Cost | None:
    figures = [row[name] for name in ("capex_cny", "opex_cny_per_year", "saving_cny_per_year")]
    if all(figure is None for figure in figures):
        return None
    # A figure that is left open beside others is none: no investment, no running cost, no saving.
    capex, opex, saving = (_real(figure) for figure in figures)
    lifetime = _real(row["lifetime_years"]) if row["lifetime_years"] is not None else 10.0
    return Cost(PROGRAMME, capex, opex, saving, lifetime)


def _selector(measure_id: str, applies_to: str, technologies: Collection[str]) -> Selector:
    """Activities, technologies and industries are alternatives among themselves and conditions together."""
    activities: list[str] = []
    kinds: list[str] = []
    industries: list[str] = []
    for word in _list(applies_to):
        if word in ACTIVITY_CODES:
            activities.append(word)
        elif word in technologies:
            kinds.append(word)
        elif word.isdigit() and 2 <= len(word) <= 4:  # noqa: PLR2004 - divisions to classes of the classification
            industries.append(word)
        else:
            raise UnknownSelectorError(measure_id, word)
    if not (activities or kinds or industries):
        raise UnknownSelectorError(measure_id, applies_to)
    return Selector(tuple(activities), tuple(kinds), tuple(industries))


def _effects(measure_id: str, text: str) -> tuple[Effect, ...]:
    found = []
    for species, kinds in json.loads(text).items():
        if species not in SPECIES_CODES or not isinstance(kinds, dict):
            raise UnreadableEffectError(measure_id, str(species))
        for kind, value in kinds.items():
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if not is_number or kind not in {SHARE, "t_per_unit"} or (kind == SHARE and value > 1):
                raise UnreadableEffectError(measure_id, f"{species}.{kind}={value}")
            found.append(Effect(species, SHARE if kind == SHARE else PER_UNIT, float(value)))
    return tuple(found)


def _ordered(measures: Sequence[Measure]) -> tuple[Measure, ...]:
    return tuple(sorted(measures, key=lambda measure: (measure.sequence, measure.measure_id)))


def _list(cell: object) -> tuple[str, ...]:
    return tuple(word.strip() for word in str(cell).split(";") if word.strip()) if cell else ()


def _real(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _or(value: object, default: float) -> float:
    return default if value is None else _real(value)
