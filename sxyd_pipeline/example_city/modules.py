"""Invented tables of the optional modules: land and its change, wastewater plants, projects, leaks."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.example_city import landscape as land
from sxyd_pipeline.example_city.facts import read_facts
from sxyd_pipeline.example_city.labels import INVENTED, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.landscape import Landscape
from sxyd_pipeline.example_city.partition import Cells, Integers
from sxyd_pipeline.example_city.zoning_plan import ZoningPlan

_LANDSCAPES = {
    "red_line": land.RED_LINE, "ecological": land.ECOLOGICAL, "water_side": land.WATER_SIDE,
    "park": land.PARK, "town": land.TOWN, "fringe": land.FRINGE, "farm": land.FARM, "open": land.OPEN,
}  # fmt: skip
#: Years between which land changes; the second is the base year.
_YEARS_BACK = 5
_HA_PER_KM2 = 100.0
#: How far the change of a unit departs from that of its landscape.
_CHANGE_SPREAD = 0.35
_DAYS = 365
_AREA_KEY = ("scope_type", "scope_code")
#: Of every so many plants one does not state its electricity, and another not its nitrogen.
_SILENT_EVERY, _UNMEASURED_EVERY = 5, 4
_CONCENTRATIONS = ("cod", "nh3n", "tp", "bod5", "ss")


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the invented tables play: cells, what they are, and the zoning drawn from them."""

    cells: Cells
    scene: Landscape
    plan: ZoningPlan
    base_year: int


def invent_module_tables(setting: Setting, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """Invent the tables of the modules water and ecology.

    Args:
        setting: the city.
        rng: source of randomness; whatever else is drawn from it comes before.

    Returns:
        ``land_use``, ``land_changes``, ``wastewater`` and ``carbon_projects``; the areas of ``land_use`` are
        the sums of ``land_changes``, as in a real survey.
    """
    changes = _invent_land_changes(setting, rng)
    return {
        "land_use": _sum_land_use(changes, setting.base_year),
        "land_changes": changes,
        "wastewater": _invent_wastewater(setting, rng),
        "carbon_projects": _invent_projects(setting, rng),
    }


def invent_leaks(facilities: pl.DataFrame, year: int) -> pl.DataFrame:
    """Invent fluorinated gases that a few facilities report, in tonnes a year.

    Args:
        facilities: facilities of the city; invented ones of the trades in question are taken in order.
        year: year of the report.
    """
    invented = facilities.filter(pl.col("data_nature") == INVENTED).sort("facility_id")
    parts = [
        invented.filter(pl.col("industry_code") == line["industry_code"])
        .head(int(line["firms"]))
        .select(
            "facility_id",
            species=pl.lit(line["species"]),
            # Firms differ, and nobody's figure should look measured: 1, 1/2, 1/3 ... of the first.
            amount=(pl.lit(float(line["amount_t"])) / (pl.int_range(pl.len()) + 1)).round(4),
        )
        for line in read_facts("fluorinated_gases").iter_rows(named=True)
    ]
    return _labelled(
        pl.concat(parts).with_columns(year=pl.lit(year), amount_unit=pl.lit("t"), method=pl.lit("survey"))
    ).sort("facility_id", "species")


def _invent_land_changes(setting: Setting, rng: np.random.Generator) -> pl.DataFrame:
    """Cut every control unit by its landscapes; what changes scatters from unit to unit."""
    names = np.array(list(_LANDSCAPES))
    codes = setting.plan.layers["control_units"]["code"].to_numpy()
    cells = pl.DataFrame(
        {
            "scope_code": codes[setting.plan.cell_unit].astype(str),
            "landscape": names[np.argsort(list(_LANDSCAPES.values()))][setting.scene.kind],
            "area_ha": setting.cells.area_km2 * _HA_PER_KM2,
        }
    )
    units = cells.select("scope_code").unique().sort("scope_code")
    units = units.with_columns(
        _more=pl.Series(np.clip(rng.lognormal(0.0, _CHANGE_SPREAD, len(units)), 0.3, 2.0))
    )
    shares = read_facts("land_transitions").select("landscape", "from_class", "to_class", "share")
    moved = (
        cells.group_by("scope_code", "landscape", maintain_order=True)
        .agg(pl.col("area_ha").sum())
        .join(units, on="scope_code", maintain_order="left")
        .join(shares, on="landscape", maintain_order="left")
        .with_columns(is_kept=pl.col("from_class") == pl.col("to_class"))
        .with_columns(part=pl.when("is_kept").then("share").otherwise(pl.col("share") * pl.col("_more")))
        # What changes more leaves less as it was: the whole stays the whole.
        .with_columns(part=pl.when("is_kept").then(pl.col("part") * _left_for_kept()).otherwise("part"))
    )
    return _labelled(
        moved.with_columns(area=pl.col("area_ha") * pl.col("part"))
        .group_by("scope_code", "from_class", "to_class")
        .agg(pl.col("area").sum().round(2))
        .filter(pl.col("area") > 0)
        .with_columns(
            scope_type=pl.lit("control_unit"),
            from_year=pl.lit(setting.base_year - _YEARS_BACK),
            to_year=pl.lit(setting.base_year),
            area_unit=pl.lit("ha"),
        )
        .sort("scope_code", "from_class", "to_class")
    )


def _left_for_kept() -> pl.Expr:
    over = ("scope_code", "landscape")
    changed = pl.col("part").filter(~pl.col("is_kept")).sum().over(over)
    kept = pl.col("part").filter(pl.col("is_kept")).sum().over(over)
    return (1.0 - changed) / kept


def _sum_land_use(changes: pl.DataFrame, base_year: int) -> pl.DataFrame:
    sides = [
        changes.group_by(*_AREA_KEY, land_class=pl.col(f"{side}_class"))
        .agg(pl.col("area").sum().round(2))
        .with_columns(year=pl.lit(year))
        for side, year in (("from", base_year - _YEARS_BACK), ("to", base_year))
    ]
    return _labelled(pl.concat(sides).with_columns(area_unit=pl.lit("ha"))).sort(
        *_AREA_KEY, "year", "land_class"
    )


def _invent_wastewater(setting: Setting, rng: np.random.Generator) -> pl.DataFrame:
    """Give every built-up and industrial water zone a plant of its size."""
    zones = setting.plan.layers["water"]
    profiles = {int(row["zone_type"]): row for row in read_facts("wastewater_profiles").iter_rows(named=True)}
    rows: list[dict[str, object]] = []
    for code, name, kind, area in zip(
        zones["code"], zones["name"], zones["zone_type"], zones["stated_area_km2"], strict=True
    ):
        if int(kind) not in profiles:
            continue
        profile = profiles[int(kind)]
        rows.append(_invent_plant(len(rows) + 1, str(code), str(name), float(area), profile, setting, rng))
    return _labelled(pl.DataFrame(rows, infer_schema_length=None))


def _invent_plant(
    number: int,
    code: str,
    zone: str,
    area_km2: float,
    profile: Mapping[str, object],
    setting: Setting,
    rng: np.random.Generator,
) -> dict[str, object]:
    def value(name: str) -> float:
        return float(str(profile[name]))

    flow = area_km2 * value("m3_per_day_per_km2") * _DAYS * float(rng.lognormal(0.0, 0.25)) / 1e4
    strength = {name: float(rng.lognormal(0.0, 0.12)) for name in _CONCENTRATIONS}
    clean = float(rng.lognormal(0.0, 0.1))
    pairs = {
        f"{name}_{side}_mg_per_l": round(
            value(f"{name}_{side}") * (strength[name] if side == "in" else clean), 2
        )
        for name in _CONCENTRATIONS
        for side in ("in", "out")
    }
    kwh = flow * 1e4 * value("kwh_per_m3") * float(rng.lognormal(0.0, 0.15))
    place = zone.replace("水环境城镇生活污染重点管控区", "").replace("水环境工业污染重点管控区", "")
    word = "生活" if profile["plant_kind"] == "domestic" else "工业"
    return {
        "plant_id": f"W{number:03d}",
        "plant_name": f"{place}示例{word}污水处理厂",
        "plant_kind": profile["plant_kind"],
        "zone_code": code,
        "year": setting.base_year,
        "flow": round(flow, 2),
        "flow_unit": "万m3",
        **pairs,
        "tn_out_mg_per_l": None if number % _UNMEASURED_EVERY == 0 else round(value("tn_out") * clean, 2),
        "electricity_kwh": None if number % _SILENT_EVERY == 0 else round(kwh, -2),
    }


def _invent_projects(setting: Setting, rng: np.random.Generator) -> pl.DataFrame:
    rows: list[dict[str, object]] = []
    for line in read_facts("planned_projects").iter_rows(named=True):
        members = np.flatnonzero(setting.scene.kind == _LANDSCAPES[line["landscape"]])
        if not len(members):
            continue
        chosen: Integers = rng.choice(members, min(int(line["count"]), len(members)), replace=False)
        for cell in np.sort(chosen):
            point = shapely.point_on_surface(setting.cells.polygons[cell])
            rows.append(
                {
                    "project_id": f"P{len(rows) + 1:03d}",
                    "project_name": f"示例{line['title']}项目{len(rows) + 1}",
                    "project_type": line["project_type"],
                    "lon": round(float(point.x), 6),
                    "lat": round(float(point.y), 6),
                    "size": float(line["size"]),
                    "size_unit": line["size_unit"],
                    "start_year": int(line["start_year"]),
                }
            )
    return _labelled(pl.DataFrame(rows, infer_schema_length=None))


def _labelled(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.with_columns(
        data_label=pl.lit(SYNTHETIC), data_nature=pl.lit(INVENTED), cited_from=pl.lit(SYNTHETIC_SOURCE)
    )
