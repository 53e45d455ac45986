"""Sources a scenario adds: the fuel a switch moves to, and new projects with their place.

Both are described as activity rows and go through the same estimator as the inventory, so a new
plant has the same factors, gates and units as an old one. Their emission at full effect is the base
that a path between 0 and 1 multiplies.
"""

from typing import Any

import polars as pl

from sxyd_pipeline.core.inventory.activity import ACTIVITY_SCHEMA, OVERRIDES
from sxyd_pipeline.core.projection.engine import select_rows
from sxyd_pipeline.core.projection.scenario import Lever, LeverValueError, Scenario
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE, Activity
from sxyd_pipeline.vocabulary.amounts import STANDARD_UNITS, parse_amount_unit

#: Columns of what a scenario adds: an activity row, the lever it owes its existence to, and what it replaces.
ADDITION_SCHEMA: dict[str, type[pl.DataType]] = {
    **ACTIVITY_SCHEMA,
    "addition": pl.String,
    "from_source_id": pl.String,
    "from_activity_code": pl.String,
    "from_technology_code": pl.String,
}

_GAS_VOLUME = 1e4  # calorific values of gases are per 10^4 m3, amounts are in m3


class FuelWithoutEnergyError(SxydError):
    """A fuel switch names a fuel that has no calorific value, so energy cannot be moved."""

    def __init__(self, fuel: str, label: str) -> None:
        """Name fuel and lever."""
        super().__init__(
            f"杠杆 {label}：{fuel} 没有热值，无法按能量替代",
            f"lever {label}: {fuel} has no calorific value, so energy cannot be moved to or from it",
            remedy_zh="在 fuels 表中补充热值，或换一种能源",
            remedy_en="add a calorific value to the fuels table, or name another fuel",
        )


def describe_switches(activity: pl.DataFrame, scenario: Scenario, fuels: pl.DataFrame) -> pl.DataFrame:
    """Return the activity that fuel switches would bring if they were complete.

    ``amount_to = amount_from * NCV_from / NCV_to / efficiency_ratio``; a row's own calorific value counts
    before the default. Electricity takes the energy at 3.6 MJ per kWh and emits elsewhere, so it is left
    out here and belongs to bought energy.

    Args:
        activity: gathered activity of the base year, :data:`ACTIVITY_SCHEMA`.
        scenario: levers.
        fuels: ``fuel_code, ncv_gj_per_unit`` (per t, or per 10^4 m3 for gases).

    Returns:
        Rows of :data:`ADDITION_SCHEMA`.

    Raises:
        FuelWithoutEnergyError: a fuel has no calorific value.
    """
    ncv = dict(fuels.select("fuel_code", "ncv_gj_per_unit").iter_rows())
    parts = [
        _switched(activity, lever, ncv)
        for lever in scenario.levers
        if lever.kind.code == "fuel_switch" and ACTIVITY_BY_CODE[lever.details["to_activity"]].kind == "fuel"
    ]
    return pl.concat(parts) if parts else _no_additions()


def _switched(activity: pl.DataFrame, lever: Lever, ncv: dict[str, float | None]) -> pl.DataFrame:
    source, target = str(lever.details["from_activity"]), str(lever.details["to_activity"])
    for fuel in (source, target):
        if not ncv.get(fuel):
            raise FuelWithoutEnergyError(fuel, lever.label)
    per_unit = {
        fuel: float(ncv[fuel] or 0.0) / (_GAS_VOLUME if _is_gas(fuel) else 1.0) for fuel in (source, target)
    }
    stated = pl.col("ncv_gj_per_t") / (_GAS_VOLUME if _is_gas(source) else 1.0)
    energy_gj = pl.col("amount") * pl.coalesce(stated, pl.lit(per_unit[source]))
    efficiency = float(lever.details.get("efficiency_ratio", 1.0))
    technology = lever.details.get("to_technology")
    # A lever on a fuel selects whole rows, so one species is enough to ask with.
    chosen = select_rows(activity.with_columns(species=pl.lit("CO2")), lever)
    return (
        activity.filter(pl.Series(chosen))
        .with_columns(
            amount=energy_gj / per_unit[target] / efficiency,
            amount_unit=pl.lit(ACTIVITY_BY_CODE[target].standard_unit),
            activity_code=pl.lit(target),
            technology_code=pl.lit(technology, dtype=pl.String),
            from_source_id=pl.col("source_id"),
            from_activity_code=pl.lit(source),
            from_technology_code=pl.col("technology_code"),
            source_id=pl.concat_str("source_id", pl.lit(f"→{target}"), pl.lit(f"@{lever.label}")),
            addition=pl.lit(lever.label),
            # What the old fuel's flue gas treatment removes says nothing about the new fuel's.
            **{name: pl.lit(None, dtype=pl.Float64) for name in OVERRIDES},
        )
        .select(*ADDITION_SCHEMA)
    )  # fmt: skip


def describe_new_projects(scenario: Scenario, city_code: str, base_year: int, file: str) -> pl.DataFrame:
    """Return the activity of a scenario's new projects at full operation.

    Args:
        scenario: levers; ``activity`` of a new project is a list of tables with ``activity_code, amount,
            amount_unit`` and optionally ``technology_code, equipment_id`` and the usual overrides.
        city_code: city.
        base_year: year the rows carry, so that base-year factors apply.
        file: scenario file, named in errors.

    Returns:
        Rows of :data:`ADDITION_SCHEMA` with ``lon`` and ``lat`` beside.

    Raises:
        LeverValueError: an activity or its unit is not known.
    """
    rows = [
        _project_row(lever, entry, number, city_code, base_year, file)
        for lever in scenario.levers
        if lever.kind.code == "new_project"
        for number, entry in enumerate(lever.details["activity"], start=1)
    ]
    schema: dict[str, type[pl.DataType]] = {**ADDITION_SCHEMA, "lon": pl.Float64, "lat": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row") if rows else pl.DataFrame(schema=schema)


def _project_row(
    lever: Lever, entry: dict[str, Any], number: int, city_code: str, base_year: int, file: str
) -> dict[str, object]:
    activity = _known_activity(lever, entry, file)
    unit = parse_amount_unit(str(entry.get("amount_unit", "")))
    if unit is None or STANDARD_UNITS[unit.dimension] != activity.standard_unit:
        raise LeverValueError(
            lever.label, "计量单位与活动水平不符", "the unit does not fit the activity", file, entry
        )
    amount = entry.get("amount")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or amount < 0:
        raise LeverValueError(
            lever.label, "amount 应为非负数", "amount must be a number that is not negative", file, entry
        )
    facility, equipment = str(lever.details["facility_id"]), str(entry.get("equipment_id", number))
    technology = entry.get("technology_code")
    parts = [facility, equipment, activity.code, *([str(technology)] if technology else [])]
    return {
        **dict.fromkeys(ADDITION_SCHEMA),
        "city_code": city_code,
        "source_id": "/".join(parts),
        "source_kind": "point",
        "owner_id": f"facility:{facility}",
        "year": base_year,
        "facility_id": facility,
        "equipment_id": equipment,
        "industry_code": str(lever.details["industry_code"]),
        "source_category": activity.source_category,
        "activity_code": activity.code,
        "technology_code": technology,
        "spread_id": f"facility:{facility}",
        "amount": float(amount) * unit.factor,
        "amount_unit": activity.standard_unit,
        **{name: entry.get(name) for name in OVERRIDES},
        "data_label": f"情景假设：{lever.label}",
        "source_file": file,
        "source_row": number,
        "addition": lever.label,
        "lon": float(lever.details["lon"]),
        "lat": float(lever.details["lat"]),
    }


def _known_activity(lever: Lever, entry: dict[str, Any], file: str) -> Activity:
    code = str(entry.get("activity_code", ""))
    if code not in ACTIVITY_BY_CODE or ACTIVITY_BY_CODE[code].kind == "energy_carrier":
        raise LeverValueError(
            lever.label, "活动水平代码无法识别", "the activity code is not known", file, code
        )
    return ACTIVITY_BY_CODE[code]


def _is_gas(fuel: str) -> bool:
    return ACTIVITY_BY_CODE[fuel].standard_unit == "m3"


def _no_additions() -> pl.DataFrame:
    return pl.DataFrame(schema=ADDITION_SCHEMA)
