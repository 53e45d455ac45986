"""Gases other than CO2: equivalents of a published account, and shares that sum to the inventory."""

import polars as pl
import pytest

from sxyd_pipeline.core.inventory.errors import UnknownGwpSetError
from sxyd_pipeline.core.synergy.modules.gases import account_gases, as_co2e, list_fugitive_gases
from sxyd_pipeline_tests.core.inputs.standardising import reference

SOURCES = pl.DataFrame(
    [
        ("321100", "a", "s1", "F1", 2, "CO2", 2020, 1000.0, 1000.0, "AR5", "示例数据"),
        ("321100", "b", "s1", "F1", 2, "SF6", 2020, 0.1, 2350.0, "AR5", "示例数据"),
        ("321100", "c", "s2", None, 5, "CH4", 2020, 10.0, 280.0, "AR5", "示例数据"),
        ("321100", "d", "s2", None, 5, "NH3", 2020, 7.0, None, None, "示例数据"),
    ],
    schema=[
        "city_code", "source_id", "spread_id", "facility_id", "source_category", "species", "year", "emission_t",
        "co2e_tco2e", "gwp_set", "data_label",
    ],
    orient="row",
)  # fmt: skip
PLACEMENTS = pl.DataFrame(
    [
        ("s1", "control_unit", "U1", 1.0), ("s2", "control_unit", "U1", 0.25), ("s2", "control_unit", "U2", 0.75),
        ("s2", "district", "D1", 1.0),
    ],
    schema=["spread_id", "layer", "code", "share"],
    orient="row",
)  # fmt: skip
FACILITIES = pl.DataFrame({"facility_id": ["F1"], "facility_name": ["试验开关厂"], "park_name": ["试验园"]})


def test_the_wastewater_gases_of_china_2014_give_the_published_equivalents() -> None:
    # 闫旭等 2018, 环境科学 39(3): CO2 6054.57, CH4 27.47, N2O 1.98 Gg; AR5; total 7348.6 Gg CO2e.
    printed = pl.DataFrame({"species": ["CO2", "CH4", "N2O"], "emission_t": [6054.57, 27.47, 1.98]})
    found = as_co2e(printed, reference().gwp, "AR5")
    assert found["gwp"].to_list() == [1.0, 28.0, 265.0]
    # 1.98 is printed with three digits, so the product of N2O is known to 0.25 % at best.
    assert found["co2e_tco2e"].to_list() == pytest.approx([6054.57, 769.08, 524.95], rel=5e-4)
    assert found["co2e_tco2e"].sum() == pytest.approx(7348.6, rel=3e-4)


def test_a_gas_without_a_potential_is_named() -> None:
    with pytest.raises(UnknownGwpSetError, match="NOx"):
        as_co2e(pl.DataFrame({"species": ["NOx"], "emission_t": [1.0]}), reference().gwp, "AR5")


def test_gases_go_where_their_sources_lie_and_nothing_else_is_listed() -> None:
    found = account_gases(SOURCES, PLACEMENTS)
    rows = found.select("control_unit_code", "source_category", "species", "emission_t", "co2e_tco2e").rows()
    assert rows == [("U1", 2, "SF6", 0.1, 2350.0), ("U1", 5, "CH4", 2.5, 70.0), ("U2", 5, "CH4", 7.5, 210.0)]
    assert found["co2e_share_of_city"].sum() == pytest.approx(1.0)
    assert found["gwp_set"].unique().to_list() == ["AR5"]
    assert found["formula_variant"][0].startswith("GWP100，AR5")


def test_a_fluorinated_gas_is_listed_with_its_facility_park_and_unit() -> None:
    (row,) = list_fugitive_gases(SOURCES, FACILITIES, PLACEMENTS).to_dicts()
    assert (row["facility_id"], row["park_name"], row["control_unit_code"]) == ("F1", "试验园", "U1")
    assert (row["species"], row["co2e_tco2e"]) == ("SF6", 2350.0)


def test_without_reports_of_such_gases_the_list_is_empty() -> None:
    found = list_fugitive_gases(SOURCES.filter(pl.col("species") != "SF6"), FACILITIES, PLACEMENTS)
    assert found.is_empty()
