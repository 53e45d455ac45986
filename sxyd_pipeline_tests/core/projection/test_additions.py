from typing import Any

import polars as pl
import pytest

from sxyd_pipeline.core.inventory.activity import ACTIVITY_SCHEMA
from sxyd_pipeline.core.projection.additions import (
    FuelWithoutEnergyError,
    describe_new_projects,
    describe_switches,
)
from sxyd_pipeline.core.projection.scenario import LeverValueError
from sxyd_pipeline_tests.core.projection.test_engine import scenario

FUELS = pl.DataFrame(
    {"fuel_code": ["bituminous_coal", "natural_gas", "coke"], "ncv_gj_per_unit": [22.35, 389.31, None]}
)


def activity() -> pl.DataFrame:
    rows = [
        {
            "source_id": "A/1/coal",
            "facility_id": "A",
            "equipment_id": "1",
            "activity_code": "bituminous_coal",
            "amount": 1000.0,
            "ncv_gj_per_t": 20.0,
            "sulfur_share": 0.01,
        },
        {
            "source_id": "B/1/coal",
            "facility_id": "B",
            "equipment_id": "1",
            "activity_code": "bituminous_coal",
            "amount": 1000.0,
        },
        {
            "source_id": "B/1/gas",
            "facility_id": "B",
            "equipment_id": "1",
            "activity_code": "natural_gas",
            "amount": 5.0,
        },
    ]
    return pl.DataFrame(
        [{**dict.fromkeys(ACTIVITY_SCHEMA), **row} for row in rows], schema=ACTIVITY_SCHEMA, orient="row"
    )


def switch(**more: Any) -> dict[str, Any]:
    return {
        "lever": "fuel_switch",
        "label": "煤改气",
        "from_activity": "bituminous_coal",
        "to_activity": "natural_gas",
        "values": {"2030": 1.0},
        **more,
    }


def test_a_switch_moves_energy_not_tonnes() -> None:
    got = describe_switches(activity(), scenario(switch()), FUELS)
    # 1000 t x 20 GJ/t = 20 000 GJ = 20 000 / 389.31 x 10^4 m3; the second row uses the default 22.35.
    assert got["amount"].to_list() == pytest.approx([20_000 / 389.31 * 1e4, 22_350 / 389.31 * 1e4])
    assert set(got["amount_unit"]) == {"m3"}
    assert got["from_source_id"].to_list() == ["A/1/coal", "B/1/coal"]


def test_the_new_fuel_does_not_inherit_the_sulfur_of_the_old_one() -> None:
    got = describe_switches(activity(), scenario(switch()), FUELS)
    assert got["sulfur_share"].null_count() == got.height


def test_a_better_burner_needs_less() -> None:
    got = describe_switches(activity(), scenario(switch(efficiency_ratio=1.25)), FUELS)
    assert got["amount"][0] == pytest.approx(20_000 / 389.31 * 1e4 / 1.25)


def test_a_switch_for_one_plant_leaves_the_others() -> None:
    got = describe_switches(activity(), scenario(switch(applies_to={"facility_id": ["A"]})), FUELS)
    assert got["facility_id"].to_list() == ["A"]


def test_a_fuel_without_calorific_value_is_named() -> None:
    with pytest.raises(FuelWithoutEnergyError, match="coke"):
        describe_switches(activity(), scenario(switch(to_activity="coke")), FUELS)


def project(**entry: Any) -> dict[str, Any]:
    return {
        "lever": "new_project", "label": "新电炉", "facility_id": "N1", "facility_name": "新建电炉", "industry_code": "3120",
        "lon": 119.5, "lat": 32.1, "year": 2027,
        "activity": [{"activity_code": "crude_steel_eaf", "amount": 30, "amount_unit": "万t", **entry}],
    }  # fmt: skip


def test_a_new_project_is_an_activity_row_like_any_other() -> None:
    row = describe_new_projects(scenario(project()), "321100", 2020, "s.toml").row(0, named=True)
    assert (row["source_id"], row["amount"], row["amount_unit"]) == ("N1/1/crude_steel_eaf", 300_000.0, "t")
    assert (row["spread_id"], row["lon"], row["addition"]) == ("facility:N1", 119.5, "新电炉")


@pytest.mark.parametrize(
    "entry",
    [{"amount_unit": "万m3"}, {"amount": -1}, {"activity_code": "unobtainium"}, {"amount_unit": "foo"}],
)
def test_a_new_project_with_a_wrong_amount_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(LeverValueError, match="新电炉"):
        describe_new_projects(scenario(project(**entry)), "321100", 2020, "s.toml")
