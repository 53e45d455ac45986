"""Energy that a city's plants make from its coal is not consumed a second time as electricity."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.projection.energy_totals import consumed_energy

TCE = st.floats(0.0, 1e7)


def balance(
    power_coal: float, industry_coal: float, electricity: float, sector: str = "power_heat"
) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (2020, sector, "bituminous_coal", power_coal),
            (2020, "industry", "bituminous_coal", industry_coal),
            (2020, "industry", "electricity", electricity),
        ],
        schema=["year", "sector_code", "fuel_code", "energy_tce"],
        orient="row",
    )


def total(frame: pl.DataFrame, efficiency: float = 0.4) -> float:
    return float(consumed_energy(frame, efficiency)["energy_tce"][0])


def test_power_of_the_citys_own_plants_is_not_added_again() -> None:
    # 100 tce of coal give 40 tce of power; the city uses 30 of them.
    assert total(balance(100.0, 20.0, 30.0)) == pytest.approx(120.0)


def test_power_bought_outside_is_added() -> None:
    assert total(balance(100.0, 20.0, 55.0)) == pytest.approx(120.0 + 15.0)
    assert total(balance(0.0, 20.0, 30.0)) == pytest.approx(50.0)


def test_a_sector_named_in_chinese_transforms_too() -> None:
    assert total(balance(100.0, 20.0, 30.0, sector="电力热力")) == pytest.approx(120.0)


@settings(max_examples=50)
@given(power=TCE, industry=TCE, electricity=TCE)
def test_the_total_lies_between_fuels_and_the_plain_sum(
    power: float, industry: float, electricity: float
) -> None:
    found = total(balance(power, industry, electricity))
    assert power + industry - 1e-6 <= found <= power + industry + electricity + 1e-6
