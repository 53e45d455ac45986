"""What people type of a project is read with its units, or refused with what to write."""

import pytest

from sxyd_pipeline.core.access.project import Activity
from sxyd_pipeline.core.access.project_input import (
    ProjectInputError,
    check_industry,
    read_activities,
    read_money,
    read_removal,
    read_stated,
    read_tonnes,
)
from sxyd_pipeline_tests.core.access.reading import reference

FUELS, PRODUCTS = ("fuel", "energy_carrier"), ("product", "area")


@pytest.mark.parametrize(
    ("name", "text", "kinds", "expected"),
    [
        ("crude_steel_eaf", "300kt", PRODUCTS, Activity("crude_steel_eaf", 300_000.0)),
        ("电炉钢", "30万吨/年", PRODUCTS, Activity("crude_steel_eaf", 300_000.0)),
        ("electricity", "1.2亿kWh", FUELS, Activity("electricity", 120e6)),
        ("natural_gas", "1,500万m3", FUELS, Activity("natural_gas", 15e6)),
        (
            "bituminous_coal:grate_boiler",
            "2万t",
            FUELS,
            Activity("bituminous_coal", 20_000.0, "grate_boiler"),
        ),
    ],
)
def test_amounts_are_read_with_their_units(
    name: str, text: str, kinds: tuple[str, ...], expected: Activity
) -> None:
    assert read_activities({name: text}, kinds) == (expected,)


@pytest.mark.parametrize(
    ("name", "text", "kinds"),
    [
        ("cola", "3t", FUELS),
        ("crude_steel_eaf", "3t", FUELS),
        ("natural_gas", "3t", FUELS),
        ("coke", "许多", FUELS),
        ("coke", "-3t", FUELS),
        ("cement", "300", PRODUCTS),
    ],
)
def test_what_is_not_understood_is_refused_with_what_to_write(
    name: str, text: str, kinds: tuple[str, ...]
) -> None:
    with pytest.raises(ProjectInputError) as told:
        read_activities({name: text}, kinds)
    assert name in told.value.zh
    assert told.value.remedy_zh
    assert told.value.remedy_en


def test_tonnes_money_shares_and_stated_values_are_read() -> None:
    assert read_tonnes({"NOx": "45t", "氮氧化物": "1kt", "coal": "2万t", "CO2": "3"}) == {
        "NOx": 1000.0,
        "coal": 20_000.0,
        "CO2": 3.0,
    }
    assert read_money("12亿元") == 12e8
    assert read_removal({"pm": "99%", "SO2": "0.95"}) == {"pm": 0.99, "so2": 0.95}
    assert read_stated({"stack_nox_mg_per_m3": "50"}, ["stack_nox_mg_per_m3"]) == {
        "stack_nox_mg_per_m3": 50.0
    }


def test_unknown_species_devices_metrics_money_and_industries_are_refused() -> None:
    for call in (
        lambda: read_tonnes({"XY": "3t"}),
        lambda: read_tonnes({"NOx": "3km"}),
        lambda: read_money("3t"),
        lambda: read_removal({"pm": "1.2"}),
        lambda: read_removal({"co": "0.2"}),
        lambda: read_stated({"nothing": "1"}, ["a"]),
        lambda: check_industry("9999", reference()),
        lambda: check_industry("31", reference()),
    ):
        with pytest.raises(ProjectInputError):
            call()
    assert check_industry("3120", reference()) == "炼钢"
