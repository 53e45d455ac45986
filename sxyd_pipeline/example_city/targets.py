"""Invented targets for 2025 and 2035: permitted emissions, caps, concentrations and intensities.

They are sized by a rough estimate of today's load with typical factors, so that gaps come out in a
believable range; the inventory itself never uses that estimate.
"""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import polars as pl

from sxyd_pipeline.core.projection.energy_totals import consumed_energy
from sxyd_pipeline.example_city import landscape as land
from sxyd_pipeline.example_city.facts import read_facts
from sxyd_pipeline.example_city.labels import INVENTED, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.landscape import Landscape
from sxyd_pipeline.example_city.partition import Cells, Floats, Integers
from sxyd_pipeline.example_city.profile import Profile
from sxyd_pipeline.example_city.zoning_plan import ZoningPlan
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit
from sxyd_pipeline.vocabulary.elements import ControlClass

SPECIES = ("so2", "nox", "pm25", "vocs", "co2_t")
_KG_PER_T = 1000.0
#: Of the fuel of power and heat plants, what becomes electricity and heat; only for the synthetic caps.
_PLANT_EFFICIENCY = 0.45
_GJ_PER_TCE = 29.3076
_GJ_PER_KWH = 0.0036
#: Allowed load relative to today: (2025, 2035); invented, in line with the national direction.
_RATIOS = {
    "so2": (0.92, 0.65), "nox": (0.90, 0.60), "pm25": (0.92, 0.65), "vocs": (0.90, 0.60),
    "co2_t": (1.05, 0.82),
}  # fmt: skip
_COAL_RATIOS = (0.95, 0.70)
_ENERGY_RATIOS = (1.05, 1.08)
_PM25 = (34.0, 25.0)
#: National targets to 2025 and an invented path to 2035.
_CO2_INTENSITY = (0.18, 0.50)
_ENERGY_INTENSITY = (0.135, 0.35)
_COALS = ("anthracite", "bituminous_coal", "coal_gangue")
_HIGH_EMISSION_ZONE = "231"


@dataclass(frozen=True, slots=True)
class Loads:
    """Rough loads of today in tonnes (kg for none): arrays (cells, species) and coal per cell."""

    by_cell: Floats
    coal_by_cell: Floats

    def by(self, label: Integers, count: int) -> Floats:
        """Return loads summed by a label of the cells, shape (count, species)."""
        return np.column_stack(
            [np.bincount(label, weights=self.by_cell[:, i], minlength=count) for i in range(len(SPECIES))]
        )


def estimate_loads(
    point_activity: pl.DataFrame,
    cell_of_facility: pl.DataFrame,
    area_activity: pl.DataFrame,
    profile: Profile,
    cells: Cells,
    scene: Landscape,
) -> Loads:
    """Estimate today's load of every cell with typical factors after control.

    Args:
        point_activity: rows of ``facility_activity``.
        cell_of_facility: ``facility_id`` and ``cell``.
        area_activity: rows of ``area_activity``.
        profile: areas and the districts that host them.
        cells: partition of the city.
        scene: what each cell is; area sources are spread over built-up cells.
    """
    loads = np.zeros((len(cells.x), len(SPECIES)))
    coal = np.zeros(len(cells.x))
    point = _with_load(point_activity.drop_nulls("amount")).join(cell_of_facility, on="facility_id")
    np.add.at(loads, point["cell"].to_numpy(), point.select(SPECIES).to_numpy())
    is_coal = point.filter(pl.col("activity_code").is_in(_COALS))
    np.add.at(coal, is_coal["cell"].to_numpy(), is_coal["amount_standard"].to_numpy())
    host = {code: profile.host[i] for i, code in enumerate(profile.codes)}
    weight = cells.area_km2 * np.where(np.isin(scene.kind, (land.TOWN, land.PARK, land.FRINGE)), 12.0, 1.0)
    share = weight / np.bincount(cells.district, weights=weight)[cells.district]
    area = _with_load(area_activity)
    district = area["district_code"].replace_strict(host, return_dtype=pl.Int64).to_numpy()
    districts = int(cells.district.max()) + 1
    for i, species in enumerate(SPECIES):
        total = np.bincount(district, weights=area[species].to_numpy(), minlength=districts)
        loads[:, i] += share * total[cells.district]
    burnt = area["amount_standard"].to_numpy() * area["activity_code"].is_in(_COALS).to_numpy()
    coal += share * np.bincount(district, weights=burnt, minlength=districts)[cells.district]
    return Loads(loads, coal)


def _with_load(activity: pl.DataFrame) -> pl.DataFrame:
    factors = read_facts("sizing_factors").select("activity_code", pl.col(SPECIES).cast(pl.Float64))
    units = {
        text: unit.factor for text in activity["amount_unit"].unique() if (unit := parse_amount_unit(text))
    }
    joined = activity.with_columns(
        amount_standard=pl.col("amount")
        * pl.col("amount_unit").replace_strict(units, return_dtype=pl.Float64)
    ).join(factors, on="activity_code", how="left")
    # An activity without a factor is negligible for the size of a target.
    return joined.with_columns(
        (
            pl.col(name).fill_null(0.0) * pl.col("amount_standard") / (1.0 if name == "co2_t" else _KG_PER_T)
        ).alias(name)
        for name in SPECIES
    )


def invent_targets(
    city: str,
    profile: Profile,
    cells: Cells,
    plan: ZoningPlan,
    loads: Loads,
    energy: pl.DataFrame,
    horizons: tuple[int, int],
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Invent the rows of ``targets``: city, districts, air zones of high emission, key control units."""
    units, air = plan.layers["control_units"], plan.layers["air"]
    districts = [code for i, code in enumerate(profile.codes) if profile.host[i] == i]
    by_district = loads.by(cells.district, len(districts))
    coal = np.bincount(cells.district, weights=loads.coal_by_cell, minlength=len(districts))
    tce = _energy_tce(energy)
    rows: list[tuple[str, str, int, str, float, str]] = []
    for i, year in enumerate(horizons):
        rows += _permits("city", [city], by_district.sum(axis=0, keepdims=True), year, i, SPECIES)
        rows += _permits("district", districts, by_district, year, i, SPECIES)
        rows += _permits(
            *_chosen("zone", air, air["zone_type"] == _HIGH_EMISSION_ZONE, loads, plan.cell_air_zone),
            year,
            i,
            SPECIES[:-1],
        )
        rows += _permits(
            *_chosen(
                "control_unit", units, units["control_class"] == int(ControlClass.KEY), loads, plan.cell_unit
            ),
            year,
            i,
            SPECIES,
        )
        share = coal / coal.sum() if coal.sum() > 0 else np.full(len(coal), 1 / len(coal))
        for code, part, own in [(city, 1.0, float(coal.sum())), *zip(districts, share, coal, strict=True)]:
            scope = "city" if code == city else "district"
            rows.append((scope, code, year, "coal_cap_t", _round(own * _COAL_RATIOS[i]), "t"))
            rows.append((scope, code, year, "energy_cap_tce", _round(tce * part * _ENERGY_RATIOS[i]), "tce"))
        rows += [
            ("city", city, year, "pm25_ug_per_m3", _PM25[i], "ug_per_m3"),
            ("city", city, year, "co2_per_gdp_reduction_share", _CO2_INTENSITY[i], "share"),
            ("city", city, year, "energy_per_gdp_reduction_share", _ENERGY_INTENSITY[i], "share"),
            *(
                (
                    "district",
                    code,
                    year,
                    "pm25_ug_per_m3",
                    round(_PM25[i] + float(rng.integers(-1, 2)), 1),
                    "ug_per_m3",
                )
                for code in districts
            ),
        ]
    names = ("scope_type", "scope_code", "year", "indicator", "value", "unit")
    return (
        pl.DataFrame(rows, schema=names, orient="row")
        .sort("scope_type", "scope_code", "indicator", "year")
        .with_columns(
            basis=pl.lit("示例目标（非官方下达）"),
            data_label=pl.lit(SYNTHETIC),
            data_nature=pl.lit(INVENTED),
            cited_from=pl.lit(SYNTHETIC_SOURCE),
        )
    )


def _chosen(
    scope: str, layer: gpd.GeoDataFrame, mask: "gpd.pd.Series[bool]", loads: Loads, label: Integers
) -> tuple[str, list[str], Floats]:
    chosen = np.flatnonzero(mask.to_numpy())
    return scope, [str(layer["code"].iloc[i]) for i in chosen], loads.by(label, len(layer))[chosen]


def _permits(
    scope: str, codes: list[str], loads: Floats, year: int, horizon: int, species: tuple[str, ...]
) -> list[tuple[str, str, int, str, float, str]]:
    return [
        (
            scope,
            code,
            year,
            "co2_cap_t" if name == "co2_t" else f"permitted_{name}_t",
            _round(load[SPECIES.index(name)] * _RATIOS[name][horizon]),
            "t",
        )
        for code, load in zip(codes, loads, strict=True)
        for name in species
    ]


def _round(value: float) -> float:
    """Round to three significant digits: a target is a round figure."""
    if value <= 0:
        return 0.0
    digits = 2 - int(np.floor(np.log10(value)))
    return float(round(value, digits))


def _energy_tce(energy: pl.DataFrame) -> float:
    """Return the energy of the newest year of the balance in tce, with default calorific values."""
    fuels = pl.read_csv(reference_folder() / "fuels.csv", infer_schema_length=None)
    # Gases are stored in m3 and their calorific value is per 10^4 m3.
    per_unit = {
        row["fuel_code"]: float(row["ncv_gj_per_unit"]) / (1e4 if "m3" in str(row["amount_unit"]) else 1.0)
        for row in fuels.iter_rows(named=True)
    }
    per_unit |= {"electricity": _GJ_PER_KWH, "heat": 1.0}
    newest = energy.filter(pl.col("year") == pl.col("year").max())
    rows = [
        {
            "year": int(row["year"]),
            "sector_code": str(row["sector_code"]),
            "fuel_code": str(row["fuel_code"]),
            "energy_tce": float(row["amount"]) * unit.factor * per_unit[row["fuel_code"]] / _GJ_PER_TCE,
        }
        for row in newest.iter_rows(named=True)
        if (unit := parse_amount_unit(row["amount_unit"]))
    ]
    return float(consumed_energy(pl.DataFrame(rows), _PLANT_EFFICIENCY)["energy_tce"][0])
