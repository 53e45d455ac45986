"""What a measure does to sources: shares, tonnes that follow a removal, power, and what it costs.

A share is taken from what a source still emits, so no order of measures can remove more than there is.
"""

from dataclasses import dataclass

import numpy as np

from sxyd_pipeline.core.synergy.measures_errors import MeasureExceedsSourceError
from sxyd_pipeline.core.synergy.measures_library import (
    ACTIVITY,
    ELECTRICITY,
    ENERGY,
    PER_TONNE,
    PER_UNIT,
    SHARE,
    Effect,
    Measure,
)
from sxyd_pipeline.core.synergy.measures_sources import (
    SPECIES_AT,
    Array,
    SourceTable,
    match_sources,
    narrow,
)
from sxyd_pipeline.vocabulary.activities import FUEL_CODES
from sxyd_pipeline.vocabulary.species import SPECIES_CODES

_PM10, _PM25 = SPECIES_AT["PM10"], SPECIES_AT["PM2.5"]
_PARTS_OF_PM25 = (SPECIES_AT["BC"], SPECIES_AT["OC"])
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What a measure changes on the sources it covers; positive = falls.

    Attributes:
        delta_t: shape (covered sources, species), t/a.
        saved_kwh: bought power per covered source, kWh/a; negative = used.
    """

    delta_t: Array
    saved_kwh: Array


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A measure fitted to the sources of a table: everything at full uptake, linear in the uptake.

    Attributes:
        measure: the measure.
        rows: positions of the covered sources that emit, (covered,).
        shares: net share removed of what is left, (covered, species); negative = rises; never above 1.
        activity: share of the activity that ends, (covered,).
        following: ``(species or None for power, reference species, t or kWh per t removed)``, (covered,).
        per_unit_t: tonnes added (negative) at full uptake, (covered, species).
        per_unit_kwh: power at full uptake, (covered,); negative = used.
    """

    measure: Measure
    rows: Array
    shares: Array
    activity: Array
    following: tuple[tuple[int | None, int, Array], ...]
    per_unit_t: Array
    per_unit_kwh: Array

    def apply(self, remaining_t: Array, alive: Array, uptake: float | Array) -> Change:
        """Return the change at an uptake.

        Args:
            remaining_t: what the covered sources still emit, (covered, species).
            alive: share of their activity that is still there, (covered,).
            uptake: share of the covered sources that takes the measure up.
        """
        removed = self.shares * remaining_t
        delta = removed + self.per_unit_t * alive[:, None]
        kwh = self.per_unit_kwh * alive
        for species, reference, per_tonne in self.following:
            followed = per_tonne * removed[:, reference]
            if species is None:
                kwh = kwh + followed
            else:
                delta[:, species] += followed
        return Change(delta * uptake, kwh * uptake)

    def alone(self, sources: SourceTable, uptake: float | Array = 1.0) -> Change:
        """Return the change if it were the only measure."""
        return self.apply(sources.emission_t[self.rows], np.ones(len(self.rows)), uptake)

    def take(self, positions: Array) -> "Fitted":
        """Return it on other sources: positions among the covered ones, one past the last for none."""

        def of(values: Array) -> Array:
            nothing = np.zeros((1, *values.shape[1:]), dtype=values.dtype)
            return np.asarray(np.concatenate([values, nothing])[positions])

        return Fitted(
            self.measure, of(self.rows), of(self.shares), of(self.activity),
            tuple((species, reference, of(value)) for species, reference, value in self.following),
            of(self.per_unit_t), of(self.per_unit_kwh),
        )  # fmt: skip

    def energy_penalty(self, sources: SourceTable) -> float | None:
        """Return the CO2-weighted extra fuel of the covered fuel sources; None where no fuel is burnt."""
        penalties = [e.value for e in self.measure.effects if e.subject == ENERGY]
        if not penalties:
            return None
        co2 = float(sources.emission_t[self.rows, SPECIES_AT["CO2"]].sum())
        if co2 <= 0:
            return None
        weighted = 0.0
        facts = sources.facts[self.rows.tolist()]
        for effect in self.measure.effects:
            if effect.subject == ENERGY:
                here = narrow(effect.activity_codes, effect.industry_codes, facts) & _burns(facts)
                weighted -= effect.value * float(sources.emission_t[self.rows, SPECIES_AT["CO2"]][here].sum())
        return weighted / co2


def fit_measure(measure: Measure, sources: SourceTable) -> Fitted:
    """Work out what a measure does to every source of a table.

    A stated share of a species is its net effect. Species without one follow the source's activity and, where
    it burns fuel, its energy: ``1 - (1 - activity)(1 - energy)``. BC and OC follow PM2.5; where only PM2.5 is
    stated PM10 falls by the same tonnes, where only PM10 is stated PM2.5 falls by the same share.

    Raises:
        MeasureExceedsSourceError: tonnes per unit of activity exceed what a source emits.
    """
    rows = np.flatnonzero(match_sources(measure.selector, sources))
    facts, emission = sources.facts[rows.tolist()], sources.emission_t[rows]
    amount = facts["amount"].to_numpy()
    count, width = len(rows), len(SPECIES_CODES)
    stated = np.zeros((count, width), dtype=bool)
    shares = np.zeros((count, width))
    activity, energy = np.zeros(count), np.zeros(count)
    per_unit_t, per_unit_kwh = np.zeros((count, width)), np.zeros(count)
    following: list[tuple[int | None, int, Array]] = []
    for effect in measure.effects:
        here = narrow(effect.activity_codes, effect.industry_codes, facts)
        if effect.kind == PER_TONNE:
            subject = None if effect.subject == ELECTRICITY else SPECIES_AT[effect.subject]
            following.append((subject, SPECIES_AT[effect.reference], np.where(here, effect.value, 0.0)))
        elif effect.subject == ACTIVITY:
            activity = np.where(here, effect.value, activity)
        elif effect.subject == ENERGY:
            energy = np.where(here & _burns(facts), effect.value, energy)
        elif effect.kind == SHARE:
            at = SPECIES_AT[effect.subject]
            shares[:, at] = np.where(here, effect.value, shares[:, at])
            stated[:, at] |= here
        elif effect.kind == PER_UNIT and effect.subject == ELECTRICITY:
            per_unit_kwh += np.where(here, effect.value * amount, 0.0)
        elif effect.subject in SPECIES_AT:
            _per_unit(
                measure,
                effect,
                here,
                amount,
                emission,
                shares,
                stated,
                per_unit_t,
                facts["source_id"].to_list(),
            )
    default = 1.0 - (1.0 - activity) * (1.0 - energy)
    _complete_particles(shares, stated, emission)
    shares = np.where(stated, shares, default[:, None])
    return Fitted(measure, rows, shares, activity, tuple(following), per_unit_t, per_unit_kwh)  # fmt: skip


def _per_unit(  # noqa: PLR0913, PLR0917 - one effect meets all that is known of the sources
    measure: Measure,
    effect: Effect,
    here: Array,
    amount: Array,
    emission: Array,
    shares: Array,
    stated: Array,
    per_unit_t: Array,
    names: list[str],
) -> None:
    """Tonnes per unit: what is added stays tonnes, what is removed becomes a share of the source."""
    at, tonnes = SPECIES_AT[effect.subject], np.where(here, effect.value * amount, 0.0)
    if effect.value < 0:
        per_unit_t[:, at] += tonnes
        return
    emitted = emission[:, at]
    above = tonnes > emitted * (1.0 + _ROUNDING)
    if above.any():
        raise MeasureExceedsSourceError(
            measure.measure_id, [n for n, a in zip(names, above, strict=True) if a]
        )
    shares[:, at] = np.where(
        here & (emitted > 0), tonnes / np.where(emitted > 0, emitted, 1.0), shares[:, at]
    )
    stated[:, at] |= here


def _burns(facts: object) -> Array:
    column = facts["activity_code"]  # type: ignore[index]  # a frame; polars types its columns only when read
    return np.asarray(column.is_in(list(FUEL_CODES)).fill_null(value=False).to_numpy(), dtype=bool)


def _complete_particles(shares: Array, stated: Array, emission: Array) -> None:
    """Keep PM10 >= PM2.5 >= BC + OC where a measure names only some of them."""
    only_fine = stated[:, _PM25] & ~stated[:, _PM10]
    coarse = emission[:, _PM10]
    part = np.where(coarse > 0, emission[:, _PM25] / np.where(coarse > 0, coarse, 1.0), 0.0)
    shares[:, _PM10] = np.where(only_fine, shares[:, _PM25] * np.minimum(part, 1.0), shares[:, _PM10])
    only_coarse = stated[:, _PM10] & ~stated[:, _PM25]
    shares[:, _PM25] = np.where(only_coarse, shares[:, _PM10], shares[:, _PM25])
    both = only_fine | only_coarse
    stated[:, _PM10] |= both
    stated[:, _PM25] |= both
    for at in _PARTS_OF_PM25:
        follows = stated[:, _PM25] & ~stated[:, at]
        shares[:, at] = np.where(follows, shares[:, _PM25], shares[:, at])
        stated[:, at] |= follows


def cost_quantity(fitted: Fitted, sources: SourceTable, iapeq_per_t: Array) -> Array:
    """Return how much of the cost basis each covered source stands for at full uptake, (covered,).

    ``removed:<species>`` counts the tonnes it would remove alone, ``activity:<codes>`` the activity;
    the cost of a city's programme spreads over its sources by their integrated equivalents.
    """
    cost = fitted.measure.cost
    if cost is None:
        return np.zeros(len(fitted.rows))
    kind, _, detail = cost.basis.partition(":")
    if kind == "removed":
        removed = fitted.alone(sources).delta_t[:, SPECIES_AT[detail]]
        return np.asarray(np.maximum(removed, 0.0))
    if kind == "activity":
        facts = sources.facts[fitted.rows.tolist()]
        return np.where(narrow(tuple(detail.split(";")), (), facts), facts["amount"].to_numpy(), 0.0)
    weight = sources.emission_t[fitted.rows] @ iapeq_per_t
    greatest = max(fitted.measure.uptake_2025_share, fitted.measure.uptake_2035_share)
    total = float(weight.sum()) * greatest
    return weight / total if total > 0 else np.zeros(len(fitted.rows))
