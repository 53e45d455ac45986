"""The scenario engine: every source's emission in every year, as base emission times a product of levers.

``E(s, p, t) = E(s, p, base) * G(t) * I(t) * (1 - moved(t)) * F_p(t) * (1 - r_p(t)) * (1 - c(t)) * alive(t)``

with activity ``G``, energy intensity ``I`` (fuels only), share of the fuel's energy ``moved`` to another
carrier, emission factor ratio ``F``, new removal ``r``, capture ``c`` (CO2 only) and whether the source is
in operation. Every factor is 1 in the base year, so neutral levers reproduce the inventory exactly, and
because the form is a product, no order of levers is better than another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.core.baseline.decomposition import split_product
from sxyd_pipeline.core.projection.paths import lever_path
from sxyd_pipeline.core.projection.scenario import Lever, Scenario
from sxyd_pipeline.vocabulary.activities import FUEL_CODES

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Ratio to the base emission, per row of the sources and per year.

    Attributes:
        years: the years, ascending.
        total: array (rows, years), product of all levers.
        by_lever: label of the lever -> array (rows, years) of its own factor; 1 where it does not act.
    """

    years: tuple[int, ...]
    total: Array
    by_lever: Mapping[str, Array]


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
    if lever.kind.code == "capture":
        conditions.append(pl.col("species") == "CO2")
    elif "species" in lever.details:
        named = lever.details["species"]
        conditions.append(pl.col("species").is_in(named if isinstance(named, list) else [named]))
    # with_columns, not select: a condition-free lever is a literal and must still cover every row.
    condition = pl.all_horizontal(pl.lit(value=True), *conditions).fill_null(value=False)
    chosen = sources.with_columns(chosen=condition)
    result: Array = chosen["chosen"].to_numpy()
    return result


def lever_factor(lever: Lever, years: Sequence[int], base_year: int, scale: float = 1.0) -> Array:
    """Return the factor a lever puts on the rows it acts on, one value per year."""
    code = lever.kind.code
    if code == "retirement":
        return np.where(np.asarray(years) >= lever.details["year"], 0.0, 1.0)
    if code == "retrofit":
        effect = min(1.0, scale * float(lever.details["removal_share"]))
        return np.where(np.asarray(years) >= lever.details["year"], 1.0 - effect, 1.0)
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


def multiply_levers(
    sources: pl.DataFrame,
    scenario: Scenario,
    years: Sequence[int],
    base_year: int,
    scales: Mapping[str, float] | None = None,
) -> Multipliers:
    """Return the ratio to the base year of every row in every year.

    Args:
        sources: rows of the inventory (see :func:`select_rows` for the columns).
        scenario: levers; ``new_project``, ``grid_factor_change`` do not act on existing rows.
        years: years asked for, ascending.
        base_year: year of the inventory.
        scales: lever label -> factor on the lever's effect (draws of the uncertainty).
    """
    total = np.ones((sources.height, len(years)))
    by_lever: dict[str, Array] = {}
    for lever in scenario.levers:
        if lever.kind.code in {"new_project", "grid_factor_change"}:
            continue
        scale = 1.0 if scales is None else scales.get(lever.label, 1.0)
        factor = lever_factor(lever, years, base_year, scale)
        rows = select_rows(sources, lever)
        own = np.where(rows[:, None], factor[None, :], 1.0)
        by_lever[lever.label] = own
        total *= own
    return Multipliers(tuple(years), total, by_lever)


def project_sources(
    sources: pl.DataFrame,
    scenario: Scenario,
    years: Sequence[int],
    base_year: int,
    keys: Sequence[str] = ("source_id", "species"),
) -> pl.DataFrame:
    """Project every row over the years.

    Args:
        sources: rows of the inventory of the base year with ``emission_t`` and the columns of
            :func:`select_rows`.
        scenario: levers.
        years: years asked for.
        base_year: year of the inventory.
        keys: columns kept beside scenario, year and emission.

    Returns:
        One row per key and year: ``scenario_id, year, *keys, emission_t`` (t/a), sorted.
    """
    ordered = tuple(sorted(years))
    multipliers = multiply_levers(sources, scenario, ordered, base_year)
    base = sources["emission_t"].to_numpy()[:, None]
    wide = sources.select(keys).with_columns(
        pl.Series(str(year), base[:, 0] * multipliers.total[:, position])
        for position, year in enumerate(ordered)
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
    ``L(E_t, E_0) * ln f_k``; where a row ends at zero, the levers that brought it there share the fall.

    Returns:
        One row per species and lever: ``species, lever, effect_t`` (negative = reduction).
    """
    multipliers = multiply_levers(sources, scenario, [year], base_year)
    labels = list(multipliers.by_lever)
    if not labels:
        return pl.DataFrame(schema={"species": pl.String, "lever": pl.String, "effect_t": pl.Float64})
    factors = np.column_stack([multipliers.by_lever[label][:, 0] for label in labels])
    effects = split_product(sources["emission_t"].to_numpy(), factors)
    return (
        sources.select("species").with_columns(pl.Series(label, effects[:, k]) for k, label in enumerate(labels))
        .group_by("species").agg(pl.col(label).sum() for label in labels)
        .unpivot(index="species", variable_name="lever", value_name="effect_t")
        .sort("species", "lever")
    )  # fmt: skip
