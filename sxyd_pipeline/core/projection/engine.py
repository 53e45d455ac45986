"""The scenario engine: every source's emission in every year, as base emission times a product of levers.

``E(s, p, t) = E(s, p, base) * G(t) * I(t) * (1 - moved(t)) * F_p(t) * (1 - r_p(t)) * (1 - c(t)) * alive(t)``

with activity ``G``, energy intensity ``I`` (fuels only), share of the fuel's energy ``moved`` to another
carrier, emission factor ratio ``F``, new removal ``r``, capture ``c`` (CO2 only) and whether the source is
in operation. Every factor is 1 in the base year, so neutral levers reproduce the inventory exactly, and
because the form is a product, no order of levers is better than another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import polars as pl

from sxyd_pipeline.core.baseline.decomposition import split_product
from sxyd_pipeline.core.projection.paths import lever_path
from sxyd_pipeline.core.projection.scenario import Lever, Scenario
from sxyd_pipeline.vocabulary.activities import FUEL_CODES

Array = np.ndarray

#: Levers that leave the sources of the inventory as they are: they add sources, or act on bought energy.
NOT_ON_SOURCES = frozenset({"new_project", "grid_factor_change"})


class Effect(Enum):
    """How the path of a lever becomes a factor on rows."""

    CHANGES = "the rows are multiplied by the lever's own factor"
    ADDS = "the rows exist because of the lever: 0 before it begins, 1 when complete"
    COSTS_ENERGY = "the rows grow by the energy the lever takes"


@dataclass(frozen=True, slots=True)
class Action:
    """What one lever does to some rows.

    Attributes:
        lever: the lever.
        rows: which rows it acts on, boolean array.
        effect: how its path becomes a factor.
    """

    lever: Lever
    rows: Array
    effect: Effect

    @property
    def label(self) -> str:
        """Label of the lever."""
        return self.lever.label

    @property
    def adds(self) -> bool:
        """Tell whether the rows owe their existence to the lever."""
        return self.effect is Effect.ADDS

    @property
    def key(self) -> tuple[str, Effect]:
        """Identity of the action's path: rows with the same key follow the same path."""
        return self.label, self.effect

    def path(self, years: Sequence[int], base_year: int, scale: float | Array = 1.0) -> Array:
        """Return the factor on the rows, shape (*scale.shape, years)."""
        if self.effect is Effect.ADDS:
            return addition_factor(self.lever, years, base_year, scale)
        if self.effect is Effect.COSTS_ENERGY:
            penalty = float(self.lever.details.get("energy_penalty_share", 0.0))
            return 1.0 + penalty * lever_path(self.lever, years, base_year, scale)
        return lever_factor(self.lever, years, base_year, scale)


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Ratio to the base emission, per row of the sources and per year.

    Attributes:
        years: the years, ascending.
        total: array (rows, years), product of all levers.
        by_action: every action with its path over the years.
    """

    years: tuple[int, ...]
    total: Array
    by_action: tuple[tuple[Action, Array], ...]


def list_actions(sources: pl.DataFrame, scenario: Scenario) -> tuple[Action, ...]:
    """Return what the levers do to the rows.

    Args:
        sources: rows of :func:`select_rows`; a column ``addition``, where it exists, names the lever a
            row owes its existence to (null for the inventory's rows), and ``from_activity_code`` and
            ``from_technology_code`` the fuel it replaces.
        scenario: levers.
    """
    added = (
        sources["addition"].fill_null("").to_numpy()
        if "addition" in sources.columns
        else np.full(sources.height, "", dtype=object)
    )
    actions: list[Action] = []
    for position, lever in enumerate(scenario.levers):
        own = added == lever.label
        if own.any():
            actions.append(Action(lever, own, Effect.ADDS))
        if lever.kind.code in NOT_ON_SOURCES:
            continue
        chosen = select_rows(sources, lever) & ~own
        if lever.kind.code == "fuel_switch":
            # What an earlier switch has moved, a later one cannot move again: its addition shrinks too.
            later = [
                other.label for other in scenario.levers[position + 1 :] if other.kind.code == "fuel_switch"
            ]
            chosen |= _select_by_origin(sources, lever) & np.isin(added, later)
        if lever.kind.code == "capture":
            is_co2 = (sources["species"] == "CO2").to_numpy()
            # Capturing burns more fuel: what else comes out of the stack grows with it.
            actions.append(Action(lever, chosen & ~is_co2, Effect.COSTS_ENERGY))
            chosen &= is_co2
        actions.append(Action(lever, chosen, Effect.CHANGES))
    return tuple(action for action in actions if action.rows.any())


def _select_by_origin(sources: pl.DataFrame, lever: Lever) -> Array:
    """Return which additions come from rows the lever acts on."""
    if "from_activity_code" not in sources.columns:
        return np.zeros(sources.height, dtype=bool)
    origin = sources.with_columns(activity_code="from_activity_code", technology_code="from_technology_code")
    return select_rows(origin, lever)


def select_rows(sources: pl.DataFrame, lever: Lever) -> Array:
    """Return which rows a lever acts on, by its selectors and by what its kind acts on.

    Args:
        sources: rows with ``source_kind, source_category, activity_code, technology_code, industry_code,
            district_code, facility_id, equipment_id, species``.
        lever: the lever.
    """
    conditions = [
        # An industry code selects its whole division or group: 30 means every 30xx.
        pl.any_horizontal(*(pl.col(key).str.starts_with(value) for value in values))
        if key == "industry_code"
        else pl.col(key).cast(pl.String).is_in(list(values))
        for key, values in lever.applies_to.items()
    ]
    if lever.kind.acts_on == "fuel":
        fuel = lever.details.get("from_activity")
        conditions.append(pl.col("activity_code").is_in([fuel] if fuel else list(FUEL_CODES)))
    if lever.kind.acts_on == "facility":
        conditions.append(pl.col("facility_id") == str(lever.details["facility_id"]))
        if "equipment_id" in lever.details:
            conditions.append(pl.col("equipment_id") == str(lever.details["equipment_id"]))
    if "species" in lever.details:
        named = lever.details["species"]
        conditions.append(pl.col("species").is_in(named if isinstance(named, list) else [named]))
    # with_columns, not select: a condition-free lever is a literal and must still cover every row.
    condition = pl.all_horizontal(pl.lit(value=True), *conditions).fill_null(value=False)
    chosen = sources.with_columns(chosen=condition)
    result: Array = chosen["chosen"].to_numpy()
    return result


def lever_factor(lever: Lever, years: Sequence[int], base_year: int, scale: float | Array = 1.0) -> Array:
    """Return the factor a lever puts on the rows it acts on.

    Args:
        lever: the lever.
        years: years asked for.
        base_year: year of the inventory.
        scale: factor on the lever's effect; an array of draws gives one path per draw.

    Returns:
        Array of shape (*scale.shape, years); 1 in the base year, 0 when nothing is left.
    """
    code = lever.kind.code
    draws = np.asarray(scale, dtype=float)[..., None]
    happened = np.asarray(years) >= lever.details.get("year", 0)
    if code == "retirement":
        # Whether a plant is closed is a decision, not a quantity with a range.
        closed: Array = np.where(happened, 0.0, 1.0) + 0.0 * draws
        return closed
    if code == "retrofit":
        kept: Array = 1.0 - happened * np.clip(draws * float(lever.details["removal_share"]), 0.0, 1.0)
        return kept
    path = lever_path(lever, years, base_year, scale)
    if code == "removal":
        return 1.0 - path * float(lever.details.get("penetration_share", 1.0))
    if code == "capture":
        # Capturing takes energy: what is captured is a share of a larger stream.
        penalty = float(lever.details.get("energy_penalty_share", 0.0))
        return (1.0 - path) * (1.0 + penalty * path)
    if code == "fuel_switch":
        return 1.0 - path
    return path


def addition_factor(lever: Lever, years: Sequence[int], base_year: int, scale: float | Array = 1.0) -> Array:
    """Return how much of what a lever adds is there in each year: 0 before it begins, 1 when complete."""
    if lever.kind.code == "new_project":
        draws = np.asarray(scale, dtype=float)[..., None]
        running: Array = np.where(np.asarray(years) >= lever.details["year"], 1.0, 0.0) + 0.0 * draws
        return running
    return 1.0 - lever_factor(lever, years, base_year, scale)


def multiply_levers(
    sources: pl.DataFrame, scenario: Scenario, years: Sequence[int], base_year: int
) -> Multipliers:
    """Return the ratio to the base year of every row in every year.

    Args:
        sources: rows of the inventory, and of additions (see :func:`list_actions`).
        scenario: levers.
        years: years asked for, ascending.
        base_year: year of the inventory.
    """
    total = np.ones((sources.height, len(years)))
    by_action = []
    for action in list_actions(sources, scenario):
        path = action.path(years, base_year)
        total[action.rows] *= path
        by_action.append((action, path))
    return Multipliers(tuple(years), total, tuple(by_action))


def project_sources(
    sources: pl.DataFrame,
    scenario: Scenario,
    years: Sequence[int],
    base_year: int,
    keys: Sequence[str] = ("source_id", "species"),
) -> pl.DataFrame:
    """Project every row over the years.

    Args:
        sources: rows of the base year with ``emission_t`` (additions: at full effect) and the columns of
            :func:`list_actions`.
        scenario: levers.
        years: years asked for.
        base_year: year of the inventory.
        keys: columns kept beside scenario, year and emission.

    Returns:
        One row per key and year: ``scenario_id, year, *keys, emission_t`` (t/a), sorted.
    """
    ordered = tuple(sorted(years))
    multipliers = multiply_levers(sources, scenario, ordered, base_year)
    base = sources["emission_t"].to_numpy()
    wide = sources.select(keys).with_columns(
        pl.Series(str(year), base * multipliers.total[:, position]) for position, year in enumerate(ordered)
    )
    return (
        wide.unpivot(index=list(keys), variable_name="year", value_name="emission_t")
        .with_columns(pl.col("year").cast(pl.Int32), scenario_id=pl.lit(scenario.scenario_id))
        .select("scenario_id", "year", *keys, "emission_t")
        .sort("year", *keys)
    )


def attribute_to_levers(sources: pl.DataFrame, scenario: Scenario, year: int, base_year: int) -> pl.DataFrame:
    """Split the change of each species between base year and ``year`` over the levers, without remainder.

    The product of lever factors is split by the logarithmic mean, row by row: lever k gets
    ``L(E_t, E_0) * ln f_k``; where a row ends at zero, the levers that brought it there share the fall, and
    what an addition emits belongs to the lever that added it.

    Returns:
        One row per species and lever: ``species, lever, effect_t`` (negative = reduction).
    """
    schema = {"species": pl.String, "lever": pl.String, "effect_t": pl.Float64}
    actions = multiply_levers(sources, scenario, [year], base_year).by_action
    if not actions:
        return pl.DataFrame(schema=schema)
    end = np.column_stack([np.where(action.rows, path[0], 1.0) for action, path in actions])
    start = np.column_stack([np.where(action.rows & action.adds, 0.0, 1.0) for action, _ in actions])
    effects = split_product(sources["emission_t"].to_numpy(), start, end)
    parts = [
        sources.select("species").with_columns(lever=pl.lit(action.label), effect_t=pl.Series(effects[:, k]))
        for k, (action, _) in enumerate(actions)
    ]
    return (
        pl.concat(parts)
        .group_by("species", "lever", maintain_order=True)
        .agg(pl.col("effect_t").sum())
        .sort("species", "lever")
    )
