"""Siting: the strictest zone decides, and an area is prohibited within known bounds."""

import geopandas as gpd
import polars as pl
import pytest
from shapely.geometry import box

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.synergy.modules.siting import (
    VERDICTS,
    check_projects,
    decide,
    draw_up_siting,
    judge_places,
    project_effects,
)
from sxyd_pipeline_tests.core.inputs.standardising import reference

CONFIG = CityConfig("321100", "试验市", "江苏省", 2020, modules={"ecology": True})
AT_SEA = CityConfig("321100", "试验市", "江苏省", 2020, modules={"ecology": True, "coastal": True})


def verdict(kind: str, *zones: tuple[str, str]) -> tuple[str, str, str | None]:
    places = pl.DataFrame(
        [("x", *zone) for zone in zones], schema=["place", "element", "zone_type"], orient="row"
    )
    types = reference().siting_project_types.filter(pl.col("project_type") == kind)
    (row,) = decide(judge_places(places, types, reference().siting_rules)).to_dicts()
    return row["verdict"], row["rule_ids"], row["required_studies"]


def test_the_red_line_prohibits_power_and_lets_restoration_through_under_conditions() -> None:
    assert verdict("pv", ("ecology", "111"))[:2] == ("prohibited", "pv.ecology.111")
    assert verdict("afforestation", ("ecology", "111"))[0] == "conditional"


def test_the_strictest_zone_decides() -> None:
    assert verdict("pv", ("ecology", "114"), ("soil", "141"), ("air", "331"))[:2] == (
        "prohibited",
        "pv.soil.141",
    )


def test_wind_in_ecological_space_needs_a_survey_of_bird_corridors() -> None:
    found, _, studies = verdict("wind", ("ecology", "114"))
    assert found == "conditional"
    assert "鸟类迁徙通道调查" in str(studies)


def test_ordinary_ground_is_allowed_with_the_usual_studies() -> None:
    assert verdict("pv", ("air", "331")) == ("allowed", "pv.any.any", "环境影响登记;用地复核")


def test_blue_carbon_makes_no_sense_away_from_the_sea() -> None:
    assert verdict("blue_carbon", ("air", "331"))[:2] == ("prohibited", "blue_carbon.needs.coastal")
    assert verdict("blue_carbon", ("coastal", "361"))[0] == "allowed"


def test_every_type_has_a_rule_that_holds_anywhere_and_every_rule_a_known_verdict() -> None:
    rules = reference().siting_rules
    anywhere = rules.filter(pl.col("element").is_null())["project_type"]
    assert set(anywhere) == set(reference().siting_project_types["project_type"])
    assert set(rules["verdict"]) == set(VERDICTS)
    zone_types = reference().zone_types.select("element", "zone_type")
    unknown = rules.filter(pl.col("element").is_not_null()).join(
        zone_types, on=["element", "zone_type"], how="anti"
    )
    assert unknown.is_empty()


def test_a_megawatt_of_sun_displaces_1100_mwh_and_storage_loses_some() -> None:
    projects = pl.DataFrame({"project_type": ["pv", "pumped_storage", "ccus"], "size": [1.0, 1.0, 100.0]})
    found = project_effects(projects, reference().siting_project_types, 6e-4)
    assert found["co2_effect_tco2"].to_list() == pytest.approx([660.0, -199.8, 80.0])
    assert (found["low_tco2"] <= found["co2_effect_tco2"]).all()
    assert (found["co2_effect_tco2"] <= found["high_tco2"]).all()


def square(west: float) -> object:
    return box(west, 32.0, west + 0.1, 32.1)


ZONES = gpd.GeoDataFrame(
    {"zone_code": ["E1", "E2", "A1"], "element": ["ecology", "ecology", "air"], "zone_type": ["111", "311", "331"]},
    geometry=[square(119.0), square(119.1), box(119.0, 32.0, 119.2, 32.1)],
    crs="EPSG:4490",
)  # fmt: skip
UNITS = gpd.GeoDataFrame(
    {"city_code": ["321100"] * 3, "control_unit_code": ["U1", "U2", "U3"], "control_class": [1, 3, 3]},
    geometry=[square(119.0), square(119.1), square(119.5)],
    crs="EPSG:4490",
)
BRIDGE = pl.DataFrame(
    [("U1", "E1", 0.4), ("U1", "E2", 0.6), ("U1", "A1", 1.0), ("U2", "E2", 1.0), ("U2", "A1", 1.0), ("U2", "E1", 1e-7)],
    schema=["control_unit_code", "zone_code", "share_of_control_unit"],
    orient="row",
)  # fmt: skip


def projects(*places: float) -> pl.DataFrame:
    """Solar parks of 10 MW at these longitudes."""
    return pl.DataFrame(
        [("321100", f"P{i}", "试验", "pv", lon, 32.05, 10.0, "MW", "示例数据") for i, lon in enumerate(places)],
        schema={
            "city_code": pl.String, "project_id": pl.String, "project_name": pl.String, "project_type": pl.String,
            "lon": pl.Float64, "lat": pl.Float64, "size": pl.Float64, "size_unit": pl.String, "data_label": pl.String,
        },
        orient="row",
    )  # fmt: skip


def test_a_unit_partly_in_the_red_line_is_conditional_and_says_how_much_is_prohibited() -> None:
    checked = check_projects(projects(119.05, 119.15), ZONES, UNITS, reference(), CONFIG)
    assert checked["verdict"].to_list() == ["prohibited", "allowed"]
    assert checked["control_unit_code"].to_list() == ["U1", "U2"]
    table = draw_up_siting(UNITS, BRIDGE, ZONES, checked, reference(), CONFIG)
    sun = {row["control_unit_code"]: row for row in table.filter(pl.col("project_type") == "pv").to_dicts()}
    assert sun["U1"]["verdict"] == "conditional"
    assert (sun["U1"]["prohibited_share_low"], sun["U1"]["prohibited_share_high"]) == (0.4, 0.4)
    # A sliver of the overlay is no zone; a unit without any zone is judged by the general rules.
    assert (sun["U2"]["verdict"], sun["U3"]["verdict"]) == ("allowed", "allowed")
    # A prohibited project saves nothing.
    assert (sun["U1"]["planned_count"], sun["U1"]["planned_co2_effect_tco2"]) == (1, 0.0)
    assert sun["U2"]["planned_co2_effect_tco2"] == pytest.approx(10 * 1100 * 0.6451)


def test_blue_carbon_is_no_type_where_the_coast_is_off() -> None:
    nothing = check_projects(projects(), ZONES, UNITS, reference(), CONFIG)
    assert nothing.is_empty()
    on_land = draw_up_siting(UNITS, BRIDGE, ZONES, nothing, reference(), CONFIG)
    assert "blue_carbon" not in on_land["project_type"].to_list()
    at_sea = draw_up_siting(UNITS, BRIDGE, ZONES, nothing, reference(), AT_SEA)
    assert at_sea.filter(pl.col("project_type") == "blue_carbon")["verdict"].unique().to_list() == [
        "prohibited"
    ]
