"""Gates of the optional modules: each one finds the row that was spoilt, and no other."""

import geopandas as gpd
import polars as pl
import pytest

from sxyd_pipeline.checks import synergy_modules as gates
from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline.contracts.modules import METHODS_OF_MODULES, methods_off
from sxyd_pipeline.core.inputs.config import MODULES
from sxyd_pipeline_tests.core.inputs.standardising import reference


def stocks(**changes: float) -> pl.DataFrame:
    row = {
        "area_ha": 10.0, "above_tc": 450.0, "below_tc": 110.0, "soil_tc": 750.0, "dead_tc": 30.0,
        "density_tc_per_ha": 134.0, "stock_tc": 1340.0, "basis": "reference",
    }  # fmt: skip
    return pl.DataFrame([row, row | changes])


def test_a_stock_to_which_a_flux_was_added_is_found() -> None:
    assert gates.stocks_off_density(stocks()).is_empty()
    assert len(gates.stocks_off_density(stocks(stock_tc=1340.0 + 45.0))) == 1
    assert len(gates.stocks_off_density(stocks(soil_tc=700.0))) == 1


def sinks(**changes: object) -> pl.DataFrame:
    row = {
        "area_ha": 10.0, "flux_kind": "nep", "state": "counted", "flux_tco2_per_ha": 4.5, "sink_tco2_per_year": 45.0,
        "low_tco2_per_year": 30.0, "high_tco2_per_year": 60.0,
    }  # fmt: skip
    refused = row | {"flux_kind": "npp", "state": "refused", "flux_tco2_per_ha": None, "sink_tco2_per_year": None,
                     "low_tco2_per_year": None, "high_tco2_per_year": None}  # fmt: skip
    return pl.DataFrame([row, refused, row | changes])


@pytest.mark.parametrize(
    "changes",
    [
        {"sink_tco2_per_year": 45.0 + 100.0},
        {"flux_kind": "npp"},
        {"state": "refused"},
        {"sink_tco2_per_year": None},
    ],
)
def test_a_sink_that_is_no_area_times_nep_is_found(changes: dict[str, object]) -> None:
    assert gates.sinks_off_flux(sinks()).is_empty()
    assert len(gates.sinks_off_flux(sinks(**changes))) == 1


def test_a_sink_outside_its_range_is_found() -> None:
    assert gates.sinks_outside_range(sinks()).is_empty()
    assert len(gates.sinks_outside_range(sinks(high_tco2_per_year=40.0))) == 1


def changes(**changed: object) -> pl.DataFrame:
    row = {
        "from_class": "forest", "to_class": "built", "area_ha": 10.0, "from_density_tc_per_ha": 100.0,
        "to_density_tc_per_ha": 40.0, "stock_change_tc": -600.0, "sink_change_tco2_per_year": -45.0,
    }  # fmt: skip
    return pl.DataFrame([row, row | changed])


def test_a_change_that_is_no_difference_of_densities_is_found() -> None:
    assert gates.changes_off_densities(changes()).is_empty()
    assert len(gates.changes_off_densities(changes(stock_change_tc=-645.0))) == 1
    kept = {"to_class": "forest", "to_density_tc_per_ha": 100.0, "stock_change_tc": 0.0}
    assert len(gates.changes_off_densities(changes(**kept))) == 1


def test_gases_that_do_not_sum_to_the_inventory_are_found() -> None:
    inventory = pl.DataFrame(
        {
            "species": ["CH4", "CO2"],
            "year": [2020, 2020],
            "emission_t": [10.0, 5.0],
            "co2e_tco2e": [280.0, 5.0],
        }
    )
    units = pl.DataFrame(
        {
            "species": ["CH4", "CH4"],
            "year": [2020, 2020],
            "emission_t": [4.0, 6.0],
            "co2e_tco2e": [112.0, 168.0],
        }
    )
    assert gates.gases_off_inventory(units, inventory).is_empty()
    assert gates.gases_off_inventory(units.head(1), inventory)["species"].to_list() == ["CH4"]
    assert gates.gases_off_inventory(units.clear(), inventory)["species"].to_list() == ["CH4"]


def test_burial_without_44_12_is_found() -> None:
    rows = pl.DataFrame(
        {"area_ha": [100.0] * 2, "burial_gc_per_m2": [195.0] * 2, "burial_tco2_per_year": [715.0, 195.0]}
    )
    assert gates.burial_off_rate(rows)["burial_tco2_per_year"].to_list() == [195.0]


def test_a_synergy_that_is_no_ratio_is_found() -> None:
    rows = pl.DataFrame(
        {"equivalents_removed_t": [100.0] * 3, "co2e_tco2e": [50.0] * 3, "energy_tco2": [40.0, 40.0, 60.0],
         "equivalents_per_tco2e": [2.0, 3.0, 2.0]}
    )  # fmt: skip
    assert gates.synergy_off_ratio(rows)["equivalents_per_tco2e"].to_list() == [3.0, 2.0]


def test_a_verdict_against_its_shares_and_a_unit_without_one_are_found() -> None:
    rows = pl.DataFrame(
        {"control_unit_code": ["U1", "U2"], "project_type": ["pv", "pv"], "verdict": ["allowed", "allowed"],
         "prohibited_share_low": [0.0, 0.2], "prohibited_share_high": [0.0, 0.2], "conditional_share_high": [0.0, 0.0]}
    )  # fmt: skip
    assert gates.siting_contradictions(rows)["control_unit_code"].to_list() == ["U2"]
    units = gpd.GeoDataFrame({"control_unit_code": ["U1", "U2", "U3"]})
    assert gates.siting_gaps(rows, units)["control_unit_code"].to_list() == ["U3"]


def test_an_effect_outside_its_range_is_found() -> None:
    rows = pl.DataFrame({"co2_effect_tco2": [5.0, -5.0], "low_tco2": [4.0, -4.0], "high_tco2": [6.0, -3.0]})
    assert gates.effects_outside_range(rows)["co2_effect_tco2"].to_list() == [-5.0]


def test_modules_of_tables_and_methods_are_modules_of_the_settings() -> None:
    assert {table.module for table in TABLES} - {""} == set(MODULES)
    assert set(METHODS_OF_MODULES) == set(MODULES)
    known = set(reference().methods["method_id"])
    assert {method for methods in METHODS_OF_MODULES.values() for method in methods} <= known
    assert methods_off(lambda _: True) == ()
    assert methods_off(lambda module: module != "water") == ("wastewater_synergy",)
