"""Wastewater: equivalents removed over gases emitted, with numbers one can check in the head."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.modules.failures import UnknownPollutantError
from sxyd_pipeline.core.synergy.modules.wastewater import (
    pollution_equivalents,
    treat_wastewater,
    water_synergy,
)
from sxyd_pipeline_tests.core.inputs.standardising import reference


def plants(**changes: object) -> pl.DataFrame:
    """One plant: 10 million m3 a year, COD 300 to 50, NH3-N 30 to 5, TP 4 to 0.5 mg/L."""
    plant = {
        "city_code": "321100", "plant_id": "W1", "plant_kind": "domestic", "zone_code": "Z1", "year": 2020,
        "flow_m3": 1e7, "cod_in_mg_per_l": 300.0, "cod_out_mg_per_l": 50.0, "nh3n_in_mg_per_l": 30.0,
        "nh3n_out_mg_per_l": 5.0, "tp_in_mg_per_l": 4.0, "tp_out_mg_per_l": 0.5, "bod5_in_mg_per_l": None,
        "bod5_out_mg_per_l": None, "ss_in_mg_per_l": 200.0, "ss_out_mg_per_l": 10.0, "tn_out_mg_per_l": 10.0,
        "electricity_kwh": 3e6,
    }  # fmt: skip
    numbers = {name: pl.Float64 for name in plant if name.endswith(("_l", "_kwh", "_m3"))}
    return pl.DataFrame([plant | changes], schema_overrides=numbers)


def treated(frame: pl.DataFrame) -> pl.DataFrame:
    return treat_wastewater(frame, reference(), grid_tco2_per_kwh=6e-4, gwp_set="AR5")


def test_a_plant_removes_uses_and_emits_what_one_computes_by_hand() -> None:
    row = treated(plants()).row(0, named=True)
    assert row["cod_removed_t"] == pytest.approx(2500.0)
    # COD 2500/1 + NH3-N 250/0.8 + TP 35/0.25; SS and BOD5 are shown and not counted.
    assert row["equivalents_removed_t"] == pytest.approx(2500.0 + 312.5 + 140.0)
    assert row["ss_removed_t"] == pytest.approx(1900.0)
    assert row["energy_tco2"] == pytest.approx(1800.0)
    assert row["ch4_t"] == pytest.approx(2500.0 * 0.0078)
    assert row["n2o_t"] == pytest.approx(100.0 * 0.005 * 44 / 28, rel=1e-6)
    assert row["co2e_tco2e"] == pytest.approx(1800 + 19.5 * 28 + 0.785714 * 265, rel=1e-6)


def test_the_synergy_of_a_zone_is_equivalents_over_co2e_and_the_city_is_one() -> None:
    (row,) = water_synergy(treated(plants())).to_dicts()
    assert row["equivalents_per_tco2e"] == pytest.approx(2952.5 / (1800 + 546 + 208.214286))
    assert row["synergy_quotient"] == pytest.approx(1.0)
    assert (row["plant_count"], row["electricity_stated_share"], row["nitrogen_basis"]) == (
        1,
        1.0,
        "measured",
    )
    assert row["bod5_removed_t"] is None


def test_a_plant_that_states_no_electricity_is_estimated_and_says_so() -> None:
    (row,) = water_synergy(treated(plants(electricity_kwh=None, tn_out_mg_per_l=None))).to_dicts()
    assert row["electricity_kwh"] == pytest.approx(0.31 * 1e7)
    assert (row["electricity_stated_share"], row["nitrogen_basis"]) == (0.0, "estimated")


def test_industrial_wastewater_gives_more_methane_per_tonne_of_cod() -> None:
    assert treated(plants(plant_kind="industrial"))["ch4_t"][0] == pytest.approx(2500.0 * 0.0354)


def test_equivalents_follow_the_tax_law() -> None:
    removed = pl.DataFrame(
        {"pollutant": ["COD", "BOD5", "SS", "NH3-N", "TP"], "removed_t": [1.0, 1.0, 4.0, 0.8, 1.0]}
    )
    found = pollution_equivalents(removed, reference().water_equivalents)
    assert found["equivalents_t"].to_list() == pytest.approx([1.0, 2.0, 1.0, 1.0, 4.0])


def test_a_pollutant_without_a_value_is_named() -> None:
    with pytest.raises(UnknownPollutantError, match="Hg"):
        pollution_equivalents(
            pl.DataFrame({"pollutant": ["Hg"], "removed_t": [1.0]}), reference().water_equivalents
        )
    poor = replace(
        reference(), water_equivalents=reference().water_equivalents.filter(pl.col("pollutant") != "TP")
    )
    with pytest.raises(UnknownPollutantError, match="TP"):
        treat_wastewater(plants(), poor, grid_tco2_per_kwh=6e-4, gwp_set="AR5")


@settings(max_examples=25)
@given(scale=st.floats(min_value=1e-3, max_value=1e3))
def test_the_synergy_does_not_depend_on_the_size_of_the_plant(scale: float) -> None:
    one = water_synergy(treated(plants()))["equivalents_per_tco2e"][0]
    bigger = plants(flow_m3=1e7 * scale, electricity_kwh=3e6 * scale)
    assert water_synergy(treated(bigger))["equivalents_per_tco2e"][0] == pytest.approx(one)
