"""The 30 real units and plants of the example city, and the activity that follows from their facts.

Capacity, start year, capacity factor, heat rate, factor and point are the trackers' own (CC BY 4.0).
A coal unit burns ``capacity * 8760 h * capacity factor * heat rate / NCV`` tonnes; its calorific
value and carbon content are set so that heat and factor are the tracker's, with full oxidation.
Removal, utilisation and specific consumption are invented, so every activity row is labelled so.
A plant without a capacity keeps an empty amount: the package sets the row aside, nobody invents it.
"""

from collections.abc import Mapping

import polars as pl

from sxyd_pipeline.example_city.facts import assumptions, read_facts
from sxyd_pipeline.example_city.labels import DERIVED, READ, REAL, SYNTHETIC
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

Row = dict[str, object]
_HOURS_PER_YEAR = 8760.0
_KG_PER_T = 1000.0
_KWH_PER_MWH = 1000.0
_GJ_PER_TJ = 1000.0
_GJ_PER_MWH = 3.6
_J_PER_GJ = 1e9
_T_PER_MT = 1e6
_T_PER_KT = 1e3


def list_real_facilities(base_year: int) -> pl.DataFrame:
    """Return the rows of ``facilities``: one per record of the trackers, facts as they are there."""
    # Steel plants state a whole date; the year comes first in either form.
    start = pl.col("start_year").str.head(4).cast(pl.Int32)
    return read_facts("facilities").select(
        "facility_id",
        "facility_name",
        "industry_code",
        "lon",
        "lat",
        "district_code",
        uscc=pl.lit(None, dtype=pl.String),
        permit_code=pl.lit(None, dtype=pl.String),
        park_name=pl.lit(None, dtype=pl.String),
        status=pl.when(start > base_year)
        .then(pl.format("在运（{} 年投产，晚于基准年）", "start_year"))
        .otherwise(pl.lit("在运")),
        data_label=pl.lit(REAL),
        data_nature=pl.lit(READ),
        plant_name="plant_name",
        unit_name="unit_name",
        start_year="start_year",
        capacity="capacity",
        capacity_unit="capacity_unit",
        capacity_factor="capacity_factor",
        heat_rate_btu_per_kwh="heat_rate_btu_per_kwh",
        ef_kgco2_per_tj="ef_kgco2_per_tj",
        tracker_co2_mt_per_yr="tracker_co2_mt_per_yr",
        cited_from="cited_from",
        note=pl.when(pl.col("name_confidence") == "recalled")
        .then(pl.lit("中文名称为通行名称，数据源只有英文名"))
        .otherwise(pl.lit(None, dtype=pl.String)),
    )


def derive_real_activity(base_year: int) -> pl.DataFrame:
    """Return the rows of ``facility_activity`` of the real plants in the base year.

    Units that started after the base year have none; the one plant without a capacity has a row
    whose amount is empty.
    """
    rows: list[Row] = []
    for plant in read_facts("facilities").iter_rows(named=True):
        started = plant["start_year"]
        if started is not None and int(started[:4]) > base_year:
            continue
        derived = _DERIVATIONS[str(plant["industry"])](plant, assumptions(), base_year)
        rows += [
            {
                "facility_id": plant["facility_id"],
                "year": base_year,
                "data_label": SYNTHETIC,
                "data_nature": DERIVED,
                "cited_from": plant["cited_from"],
                **row,
            }
            for row in derived
        ]
    return pl.DataFrame(rows, infer_schema_length=None)


def _coal_unit(plant: Mapping[str, object], assumed: Mapping[str, float], _base_year: int) -> list[Row]:
    capacity_mw = _number(plant, "capacity")
    small = "small_" if capacity_mw < assumed["coal_small_unit_mw"] else ""
    kwh = capacity_mw * _KWH_PER_MWH * _HOURS_PER_YEAR * _number(plant, "capacity_factor")
    heat_gj = kwh * _number(plant, "heat_rate_btu_per_kwh") * assumed["btu"] / _J_PER_GJ
    carbon = _number(plant, "ef_kgco2_per_tj") / _KG_PER_T / _GJ_PER_TJ / CO2_PER_CARBON
    return [
        {
            "equipment_id": _equipment(plant),
            "activity_code": "bituminous_coal",
            "amount": round(heat_gj / assumed["coal_ncv"], 1),
            "amount_unit": "t",
            "technology_code": "pulverized_coal_lnb_fgd_scr",
            "ncv_gj_per_t": assumed["coal_ncv"],
            "carbon_tc_per_gj": round(carbon, 9),
            "oxidation_share": 1.0,
            "sulfur_share": assumed["coal_sulfur_share"],
            "ash_share": assumed["coal_ash_share"],
            "so2_removal_share": assumed[f"coal_{small}so2_removal"],
            "nox_removal_share": assumed[f"coal_{small}nox_removal"],
            "pm_removal_share": assumed[f"coal_{small}pm_removal"],
            "note": "燃料量＝容量×8760×容量系数×热耗÷热值，热耗与排放因子取自跟踪数据库；"
            "热值、硫分、灰分、去除率为示例",
        }
    ]


def _gas_unit(plant: Mapping[str, object], assumed: Mapping[str, float], base_year: int) -> list[Row]:
    in_first_year = int(str(plant["start_year"])[:4]) == base_year
    hours = assumed["gas_full_load_hours"] * (assumed["gas_first_year_share"] if in_first_year else 1.0)
    heat_gj = _number(plant, "capacity") * hours * _GJ_PER_MWH / assumed["gas_efficiency"]
    return [
        {
            "equipment_id": _equipment(plant),
            "activity_code": "natural_gas",
            "amount": round(heat_gj / assumed["gas_ncv"], 2),
            "amount_unit": "万m3",
            "technology_code": "gas_turbine",
            "nox_removal_share": assumed["gas_nox_removal"],
            "note": "容量取自跟踪数据库；利用小时、效率为示例（数据库未给出容量系数与热耗）",
        }
    ]


def _waste_unit(plant: Mapping[str, object], assumed: Mapping[str, float], _base_year: int) -> list[Row]:
    mwh = _number(plant, "capacity") * assumed["waste_full_load_hours"]
    return [
        {
            "equipment_id": _equipment(plant),
            "activity_code": "municipal_solid_waste",
            "amount": round(mwh / assumed["waste_mwh_per_t"], 0),
            "amount_unit": "t",
            "technology_code": "waste_grate_incinerator_sncr",
            "so2_removal_share": assumed["waste_so2_removal"],
            "nox_removal_share": assumed["waste_nox_removal"],
            "pm_removal_share": assumed["waste_pm_removal"],
            "note": "容量取自跟踪数据库；利用小时、吨垃圾发电量、去除率为示例",
        }
    ]


def _steel_plant(plant: Mapping[str, object], assumed: Mapping[str, float], _base_year: int) -> list[Row]:
    capacity_t = _number(plant, "capacity") * _T_PER_KT
    note = "粗钢产能取自跟踪数据库；利用率、单耗、去除率为示例"
    if "BOF" in str(plant["technology"]):
        return [
            {**row, "note": note}
            for row in _integrated_works(capacity_t * assumed["bof_utilisation"], assumed)
        ]
    steel = capacity_t * assumed["eaf_utilisation"]
    return [
        {**row, "note": note}
        for row in (
            _product("电炉", "crude_steel_eaf", steel, pm=assumed["steel_pm_removal"]),
            *_rolling(steel, assumed),
            {
                "equipment_id": "电炉",
                "activity_code": "electricity",
                "amount": round(steel * assumed["eaf_electricity"] / 1e4, 1),
                "amount_unit": "万kWh",
            },
        )
    ]


def _integrated_works(steel: float, assumed: Mapping[str, float]) -> list[Row]:
    iron = steel * assumed["pig_iron_per_bof_steel"]
    sinter = iron * assumed["sinter_per_pig_iron"]
    pm = assumed["steel_pm_removal"]
    return [
        {
            **_product("烧结机", "sinter", sinter, pm=pm),
            "so2_removal_share": assumed["steel_so2_removal"],
            "nox_removal_share": assumed["steel_nox_removal"],
        },
        _fuel("烧结机", "anthracite", sinter * assumed["sinter_coal_per_sinter"], "sinter_fuel"),
        _product("高炉", "pig_iron", iron, pm=pm),
        _fuel("高炉", "coke", iron * assumed["coke_per_pig_iron"], "blast_furnace_reductant"),
        _fuel("高炉", "anthracite", iron * assumed["injected_coal_per_pig_iron"], "blast_furnace_reductant"),
        _product("转炉", "crude_steel_bof", steel, pm=pm),
        *_rolling(steel, assumed),
    ]


def _rolling(steel: float, assumed: Mapping[str, float]) -> list[Row]:
    rolled = steel * assumed["rolled_per_crude_steel"]
    return [
        _product("轧机", "rolled_steel", rolled),
        {
            **_fuel(
                "加热炉",
                "natural_gas",
                rolled * assumed["gas_per_rolled_steel"],
                "gas_boiler_low_nox_domestic",
            ),
            "amount_unit": "万m3",
        },
    ]


def _cement_plant(plant: Mapping[str, object], assumed: Mapping[str, float], _base_year: int) -> list[Row]:
    is_integrated = str(plant["technology"] or "").startswith("Integrated")
    if plant["capacity"] is None:
        return [
            {
                **_product("窑", "cement_clinker", None),
                "note": "数据源未给出产能，不作估计，留空待核（由数据包检查隔离）",
            }
        ]
    cement = _number(plant, "capacity") * _T_PER_MT * assumed["cement_utilisation"]
    note = "水泥产能取自跟踪数据库；利用率、熟料系数、热耗、去除率为示例"
    pm = assumed["cement_pm_removal"]
    grinding = _product("水泥磨", "cement", cement, pm=pm)
    if not is_integrated:
        return [{**grinding, "note": f"{note}；数据源未注明工艺，按粉磨站处理"}]
    clinker = cement * assumed["clinker_per_cement"]
    kiln_coal = _fuel(
        "窑",
        "bituminous_coal",
        clinker * assumed["clinker_heat"] / assumed["coal_ncv"],
        "cement_dry_kiln_sncr",
    )
    return [
        {**row, "note": note}
        for row in (
            grinding,
            {**_product("窑", "cement_clinker", clinker, pm=pm), "technology_code": "cement_dry_kiln_sncr"},
            {
                **kiln_coal,
                "so2_removal_share": assumed["cement_so2_removal"],
                "nox_removal_share": assumed["cement_nox_removal"],
                "pm_removal_share": pm,
            },
        )
    ]


_DERIVATIONS = {
    "coal_power": _coal_unit,
    "oil_gas_power": _gas_unit,
    "bio_power": _waste_unit,
    "iron_steel": _steel_plant,
    "cement": _cement_plant,
}


def _product(equipment: str, activity: str, amount: float | None, pm: float | None = None) -> Row:
    stated = None if amount is None else round(amount, 0)
    return {
        "equipment_id": equipment,
        "activity_code": activity,
        "amount": stated,
        "amount_unit": "t",
        "pm_removal_share": pm,
    }


def _fuel(equipment: str, activity: str, amount: float, technology: str) -> Row:
    return {
        "equipment_id": equipment,
        "activity_code": activity,
        "amount": round(amount, 1),
        "amount_unit": "t",
        "technology_code": technology,
    }


def _number(plant: Mapping[str, object], column: str) -> float:
    return float(str(plant[column]))


def _equipment(plant: Mapping[str, object]) -> str:
    return f"{str(plant['unit_name']).split()[-1]}号机组"
