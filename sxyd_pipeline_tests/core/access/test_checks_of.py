"""Clauses against inventory and projections: pass, fail with margin, or what is missing."""

from typing import Any

import polars as pl
import pytest

from sxyd_pipeline.contracts.access import CLAUSE_CHECKS
from sxyd_pipeline.contracts.baseline import PLACEMENTS
from sxyd_pipeline.contracts.projection import INDICATORS, PROJECTED_EMISSIONS, SCENARIO_SOURCES
from sxyd_pipeline.core.access.checks_of import check_clauses
from sxyd_pipeline.core.access.checks_of_tables import CheckedTables
from sxyd_pipeline_tests.core.access.little_access import (
    CITY,
    CONFIG,
    PARK,
    TOWN,
    clause,
    clauses,
    facts,
    rows,
)
from sxyd_pipeline_tests.core.access.reading import reference

#: CO2 of the boiler works: it burns a tenth less coal in 2025 and half in 2035 in the policy scenario.
_COAL = {
    ("baseline", 2020): 40000.0,
    ("baseline", 2025): 40000.0,
    ("baseline", 2035): 40000.0,
    ("policy", 2020): 40000.0,
    ("policy", 2025): 36000.0,
    ("policy", 2035): 20000.0,
}
_NOX = {
    ("baseline", 2020): 105.0,
    ("baseline", 2025): 140.0,
    ("baseline", 2035): 90.0,
    ("policy", 2020): 105.0,
    ("policy", 2025): 120.0,
    ("policy", 2035): 60.0,
}


def tables() -> CheckedTables:
    known = facts()
    source = {"source_id": "F2/-/bituminous_coal", "species": "CO2", "origin": "inventory"}
    return CheckedTables(
        zones=known.zones,
        facilities=known.facilities,
        facility_activity=known.facility_activity,
        placements=known.placements,
        project_placements=PLACEMENTS.empty(),
        structure=known.structure,
        projected_indicators=rows(
            INDICATORS,
            [{"scenario_id": s, "scope_type": "control_unit", "scope_code": PARK, "indicator": "permitted_nox_t", "year": y, "projected": v} for (s, y), v in _NOX.items()],
        ),
        projected_emissions=rows(PROJECTED_EMISSIONS, [{**source, "scenario_id": s, "year": y, "emission_t": v} for (s, y), v in _COAL.items()]),
        scenario_sources=rows(
            SCENARIO_SOURCES,
            [{**source, "scenario_id": s, "emission_t": 40000.0, "facility_id": "F2", "industry_code": "2614", "activity_code": "bituminous_coal", "amount": 20000.0} for s in ("baseline", "policy")],
        ),
    )  # fmt: skip


def checked(**columns: Any) -> list[dict[str, Any]]:
    return check_clauses(clauses(clause("C", **columns)), tables(), reference(), CONFIG).to_dicts()


UNIT = {"level": "control_unit", "scope_type": "control_unit", "scope_code": PARK}
CAP = {**UNIT, "metric": "permitted_nox_t", "operator": "<=", "threshold": 130.0, "unit": "t"}


def test_a_cap_is_checked_now_and_in_every_scenario_with_its_margin() -> None:
    found = {(row["scenario_id"], row["year"]): (row["verdict"], row["margin"]) for row in checked(**CAP)}
    assert found == {
        ("baseline", 2020): ("pass", 25.0), ("baseline", 2025): ("fail", -10.0), ("baseline", 2035): ("pass", 40.0),
        ("policy", 2025): ("pass", 10.0), ("policy", 2035): ("pass", 70.0),
    }  # fmt: skip


def test_a_limit_of_a_later_year_is_checked_from_that_year_on_and_shows_the_state_of_now() -> None:
    assert {row["year"] for row in checked(**CAP, target_year=2035)} == {2020, 2035}


def test_a_threshold_in_another_unit_is_brought_to_the_unit_of_the_metric() -> None:
    first = checked(**{**CAP, "threshold": 0.013, "unit": "万t"})[0]
    assert (first["threshold"], first["unit"], first["margin_share"]) == (
        130.0,
        "t",
        pytest.approx(25.0 / 130.0),
    )


def test_prohibited_fuel_is_found_by_facility_and_unit_and_follows_the_scenario() -> None:
    found = checked(
        level="zone_type",
        scope_type="zone_type",
        scope_code="254",
        metric="prohibited_fuel_t",
        operator="<=",
        threshold=0.0,
        unit="t",
    )
    by_place = {
        (row["scope_type"], row["scope_code"], row["scenario_id"], row["year"]): (
            row["verdict"],
            row["actual"],
        )
        for row in found
    }
    assert by_place["facility", "F2", "baseline", 2020] == ("fail", 20000.0)
    assert by_place["facility", "F2", "policy", 2025] == ("fail", pytest.approx(18000.0))
    assert by_place["control_unit", PARK, "policy", 2035] == ("fail", pytest.approx(10000.0))
    assert not any(place[1] in {"F1", TOWN} for place in by_place)


def test_the_coal_of_a_unit_is_the_sum_of_its_plants() -> None:
    found = checked(**UNIT, metric="coal_use_t", operator="<=", threshold=1.9, unit="万t", target_year=2025)
    assert {(r["scenario_id"], r["year"]): r["margin"] for r in found} == {
        ("baseline", 2020): -1000.0, ("baseline", 2025): -1000.0, ("baseline", 2035): -1000.0,
        ("policy", 2025): pytest.approx(1000.0), ("policy", 2035): pytest.approx(9000.0),
    }  # fmt: skip


def test_energy_per_product_is_electricity_over_tonnes_in_standard_coal() -> None:
    found = checked(
        **UNIT,
        metric="energy_kgce_per_t",
        operator="<=",
        threshold=72.0,
        unit="kgce/t",
        object_key="crude_steel_eaf",
        industry_codes="3120",
    )
    now = next(row for row in found if row["year"] == 2020)
    # 120 million kWh at 0.12284 kgce over 300 000 t.
    assert (now["scope_code"], now["verdict"], now["actual"]) == (
        "F1",
        "pass",
        pytest.approx(49.13, abs=0.01),
    )
    assert {row["verdict"] for row in found if row["year"] != 2020} == {"not_computable"}


def test_intensity_per_value_added_is_that_of_the_industry_in_the_city() -> None:
    now = checked(
        **UNIT,
        metric="co2_t_per_1e4_cny",
        operator="<=",
        threshold=1.64,
        unit="t/万元",
        industry_codes="3120",
    )[0]
    assert (now["actual"], now["verdict"], now["margin"]) == (2.0, "fail", pytest.approx(-0.36))


@pytest.mark.parametrize(
    ("columns", "missing"),
    [
        ({"metric": "distance_to_river_km", "unit": "km"}, "河流岸线图层"),
        ({"metric": "stack_nox_mg_per_m3", "operator": "<=", "unit": "mg/m3"}, "浓度"),
        ({"metric": "replacement_ratio"}, "台账"),
        ({"metric": "permitted_nox_t", "operator": "<=", "unit": "km"}, "换算"),
        ({"metric": "noise_db", "operator": "<=", "unit": "dB"}, "没有保存该指标的数据表"),
        ({"metric": "pm25_ug_per_m3", "operator": "<=", "unit": "ug/m3"}, "没有该条款的检验对象"),
    ],
)
def test_what_cannot_be_computed_says_what_is_missing(columns: dict[str, Any], missing: str) -> None:
    found = checked(**columns)
    assert [(row["verdict"], row["scope_code"], row["actual"], row["margin"]) for row in found] == [
        ("not_computable", CITY, None, None)
    ]
    assert missing in found[0]["why_zh"]
    assert found[0]["why_en"]


def test_clauses_without_a_number_are_not_checked() -> None:
    assert checked(metric=None, threshold=None) == []
    assert checked(state="withdrawn") == []


def test_the_result_keeps_its_contract() -> None:
    table = check_clauses(clauses(clause("C", **CAP)), tables(), reference(), CONFIG)
    assert dict(table.schema) == CLAUSE_CHECKS.schema
    assert not table.select(pl.struct(CLAUSE_CHECKS.key).is_duplicated()).to_series().any()
