"""A city of two key control units: a park with a steel works and a boiler, and a town with a cannery.

The park (first unit) lies in a high-emission air zone and, with its western half, in a no-burn zone; the
town lies in a receptor-sensitive air zone and a town-sewage zone. Numbers can be checked in the head.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from sxyd_pipeline.contracts import access, analysis, baseline, inputs, inventory, projection, synergy, zoning
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core.access.evidence import write_book
from sxyd_pipeline.core.access.evidence_book import Facts, open_book
from sxyd_pipeline.core.access.resolve import Ground, draw_up_list
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline_tests.core.access.reading import reference

CITY = "321100"
PARK, TOWN = "ZH32110220001", "ZH32110220002"
CONFIG = CityConfig(adcode=CITY, name="试验市", province="江苏省", base_year=2020, horizons=(2025, 2035))
AIR, BURN, SENSITIVE, SEWAGE = "YS3211022310001", "YS3211022540001", "YS3211022340001", "YS3211022220001"


def rows(table: Table, given: Sequence[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows of a contract; columns that are not given are empty."""
    filled = [{**dict.fromkeys(table.schema), "city_code": CITY, **row} for row in given]
    schema = {name: dtype for name, dtype in table.schema.items() if name != "geometry"}
    return pl.DataFrame(filled, schema=schema, orient="row")


def _units() -> pl.DataFrame:
    return rows(
        zoning.CONTROL_UNITS,
        [
            {
                "control_unit_code": PARK,
                "control_unit_name": "西区示例园区重点管控单元",
                "control_class": 2,
                "area_km2": 10.0,
            },
            {
                "control_unit_code": TOWN,
                "control_unit_name": "东区城镇重点管控单元",
                "control_class": 2,
                "area_km2": 20.0,
            },
        ],
    )


def _zones() -> pl.DataFrame:
    given = [
        (AIR, "西区高排放", "air", "231", "大气环境高排放重点管控区", 10.0),
        (BURN, "西区禁燃区", "resources", "254", "高污染燃料禁燃区", 5.0),
        (SENSITIVE, "东区受体敏感", "air", "234", "大气环境受体敏感重点管控区", 20.0),
        (SEWAGE, "东区城镇生活", "water", "222", "水环境城镇生活污染重点管控区", 20.0),
    ]
    names = ("zone_code", "zone_name", "element", "zone_type", "zone_type_name", "area_km2")
    return rows(zoning.ZONES, [{**dict(zip(names, row, strict=True)), "control_class": 2} for row in given])


def _bridge() -> pl.DataFrame:
    given = [
        (PARK, AIR, 10.0, 1.0),
        (PARK, BURN, 5.0, 0.5),
        (TOWN, SENSITIVE, 20.0, 1.0),
        (TOWN, SEWAGE, 20.0, 1.0),
    ]
    names = ("control_unit_code", "zone_code", "area_km2", "share_of_control_unit")
    return rows(zoning.CONTROL_UNIT_ZONES, [dict(zip(names, row, strict=True)) for row in given])


#: facility, name, industry, unit, zones, CO2 t, NOx t
PLANTS = (
    ("F1", "试验电炉厂", "3120", PARK, (AIR, BURN), 24000.0, 45.0),
    ("F2", "试验锅炉厂", "2614", PARK, (AIR, BURN), 40000.0, 60.0),
    ("F3", "试验罐头厂", "1453", TOWN, (SENSITIVE, SEWAGE), 500.0, 2.0),
)
_ACTIVITY = (
    ("F1", "crude_steel_eaf", 300000.0, "t"),
    ("F1", "electricity", 120e6, "kWh"),
    ("F2", "bituminous_coal", 20000.0, "t"),
    ("F3", "natural_gas", 250000.0, "m3"),
)
_CAPS = {(PARK, "permitted_nox_t"): 130.0, (PARK, "co2_cap_t"): 70000.0, (TOWN, "permitted_nox_t"): 12.0}


def facts(*, co2: Mapping[str, float] | None = None) -> Facts:
    """Tables of the little city; ``co2`` replaces the CO2 of single plants."""
    plants = [(*row[:5], (co2 or {}).get(row[0], row[5]), row[6]) for row in PLANTS]
    emissions = [
        {
            "source_id": f"{plant[0]}/-/x", "source_kind": "point", "year": 2020, "species": species,
            "emission_t": tonnes, "facility_id": plant[0], "industry_code": plant[2],
            "activity_code": "bituminous_coal" if plant[0] == "F2" else "crude_steel_eaf",
        }
        for plant in plants
        for species, tonnes in (("CO2", plant[5]), ("NOx", plant[6]))
    ]  # fmt: skip
    by_unit = [
        {
            "control_unit_code": unit,
            "year": 2020,
            "species": species,
            "emission_t": sum(p[at] for p in plants if p[3] == unit),
        }
        for unit in (PARK, TOWN)
        for species, at in (("CO2", 5), ("NOx", 6))
    ]
    targets = [
        {
            "scope_type": "control_unit",
            "scope_code": unit,
            "indicator": name,
            "year": year,
            "target": value * share,
            "origin": "given",
            "basis": "试验目标",
        }
        for (unit, name), value in _CAPS.items()
        for year, share in ((2025, 1.0), (2035, 0.5))
    ] + [
        {
            "scope_type": "city",
            "scope_code": CITY,
            "indicator": "co2_per_gdp_reduction_share",
            "year": 2025,
            "target": 0.18,
            "origin": "given",
            "basis": "试验目标",
        }
    ]
    loads = {
        (row["control_unit_code"], {"CO2": "co2_cap_t", "NOx": "permitted_nox_t"}[row["species"]]): row[
            "emission_t"
        ]
        for row in by_unit
    }
    gaps = [
        {
            **row,
            "scenario_id": "baseline",
            "projected": loads[row["scope_code"], row["indicator"]],
            "gap": loads[row["scope_code"], row["indicator"]] - row["target"],
        }
        for row in targets
        if row["scope_type"] == "control_unit"
    ]
    structure = [
        {
            "year": 2020,
            "breakdown": "city",
            "code": CITY,
            "species": "CO2",
            "emission_t": sum(p[5] for p in plants),
        },
        {
            "year": 2020,
            "breakdown": "industry",
            "code": "3120",
            "species": "CO2",
            "emission_t": 24000.0,
            "per_value_added_t_per_1e8cny": 20000.0,
        },
    ]
    placed = [
        {"spread_id": f"facility:{plant[0]}", "layer": layer, "code": code, "share": 1.0, "how": "point"}
        for plant in PLANTS
        for layer, code in (
            ("control_unit", plant[3]),
            *(
                ("resources" if zone == BURN else "air" if zone in {AIR, SENSITIVE} else "water", zone)
                for zone in plant[4]
            ),
        )
    ]
    return Facts(
        control_units=_units(),
        zones=_zones(),
        control_unit_zones=_bridge(),
        facilities=rows(
            inputs.FACILITIES,
            [{"facility_id": p[0], "facility_name": p[1], "industry_code": p[2]} for p in PLANTS],
        ),
        facility_activity=rows(
            inputs.FACILITY_ACTIVITY,
            [
                {"facility_id": f, "year": 2020, "activity_code": a, "amount": n, "amount_unit": u}
                for f, a, n, u in _ACTIVITY
            ],
        ),
        source_emissions=rows(inventory.SOURCE_EMISSIONS, emissions),
        placements=rows(baseline.PLACEMENTS, placed),
        control_unit_emissions=rows(baseline.CONTROL_UNIT_EMISSIONS, by_unit),
        structure=rows(analysis.STRUCTURE, structure),
        permitted=rows(projection.PERMITTED, targets),
        target_gaps=rows(projection.TARGET_GAPS, gaps),
        control_unit_scores=synergy.CONTROL_UNIT_SCORES.empty(),
        measure_reductions=synergy.MEASURE_REDUCTIONS.empty(),
        conflicts=synergy.CONFLICTS.empty(),
    )


def ground(known: Facts) -> Ground:
    return Ground(known.control_units, known.zones, known.control_unit_zones, synergy.MEASURES.empty())


def in_force(*clauses: Mapping[str, Any]) -> pl.DataFrame:
    """Today's list as ``inputs.access_list``."""
    base = {"level": "overall", "scope_type": "city", "scope_code": CITY, "dimension": "emission"}
    return rows(inputs.ACCESS_LIST, [{**base, **clause} for clause in clauses])


def rule_evidence(known: Facts) -> pl.DataFrame:
    return write_book(open_book(known, reference(), CONFIG), CITY)


def drawn(known: Facts | None = None, today: pl.DataFrame | None = None) -> pl.DataFrame:
    """Clauses of the little city."""
    of = facts() if known is None else known
    return draw_up_list(
        in_force() if today is None else today, rule_evidence(of), ground(of), reference(), CONFIG
    )


def clause(clause_id: str, **columns: Any) -> dict[str, Any]:
    """One row of ``access.clauses``: a limit of the city unless columns say otherwise."""
    base = {
        **dict.fromkeys(access.CLAUSES.schema), "city_code": CITY, "clause_id": clause_id, "level": "city",
        "scope_type": "city", "scope_code": CITY, "dimension": "emission", "clause_text": f"条款{clause_id}",
        "metric": "replacement_ratio", "operator": ">=", "threshold": 2.0, "unit": "1", "state": "kept",
        "origin": "in_force", "is_carbon": False, "is_checkable": False, "synergy_tag": "中性",
    }  # fmt: skip
    return {**base, **columns}


def clauses(*given: Mapping[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(given), schema=access.CLAUSES.schema, orient="row")


WAIVERS = dict.fromkeys(("clause_id", "parent_clause_id", "author", "reason", "waived_on"), pl.String)


def waivers(*given: tuple[str, str]) -> pl.DataFrame:
    """Waivers of (clause, parent) by one author."""
    return pl.DataFrame(
        [(*pair, "张三", "历史遗留问题", "2024-05-01") for pair in given], schema=WAIVERS, orient="row"
    )
