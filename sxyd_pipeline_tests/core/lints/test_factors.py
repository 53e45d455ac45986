"""Factors that depend on year, region, kind or set."""

import polars as pl
import pytest

from sxyd_pipeline.core.lints import lint_grid_factors, lint_gwp_sets
from sxyd_pipeline_tests.core.baseline.little_city import reference

GRID, GWP, RULES = reference("grid_factors"), reference("gwp"), reference("lint_rules")


def grid(region: str, year: int, factor: float, **more: str) -> list[str]:
    frame = pl.DataFrame(
        {"region": [region], "year": [year], "factor": [factor]} | {k: [v] for k, v in more.items()}
    )
    return lint_grid_factors(frame, GRID, RULES)["lint_id"].to_list()


@pytest.mark.parametrize(
    ("region", "year", "factor", "expected"),
    [
        ("江苏", 2022, 0.5978, []),
        ("江苏省", 2022, 0.5978, []),
        ("321100", 2022, 0.5978, []),
        ("320000", 2020, 0.6451, []),  # 2020 is not published: the nearest year
        ("320000", 2025, 0.5827, []),
        ("320000", 2022, 0.6451, ["grid_factor_year"]),
        ("320000", 2022, 0.5153, ["grid_factor_region"]),  # Zhejiang's
        ("320000", 2022, 0.5366, ["grid_factor_region"]),  # the nation's
        ("320000", 2022, 0.5810, ["grid_factor_kind"]),
        ("320000", 2022, 0.8095, ["grid_factor_kind"]),
        ("320000", 2022, 0.9999, ["grid_factor_unknown"]),
        ("100000", 2022, 0.5366, []),
    ],
)
def test_the_average_of_province_and_year_is_expected(
    region: str, year: int, factor: float, expected: list[str]
) -> None:
    assert grid(region, year, factor) == expected


def test_units_and_kinds_of_grid_factors_are_read() -> None:
    assert grid("江苏", 2022, 5.978, factor_unit="tCO2/万kWh") == []
    assert grid("江苏", 2022, 0.5978, factor_unit="tCO2/MWh") == []
    assert grid("江苏", 2022, 597.8, factor_unit="gCO2/kWh") == []
    assert grid("江苏", 2022, 0.5978, factor_kind="average") == []
    assert grid("江苏", 2022, 0.5978, factor_kind="OM") == ["grid_factor_kind"]


def test_the_message_names_what_was_used_and_what_should_be() -> None:
    frame = pl.DataFrame({"region": ["江苏"], "year": [2022], "factor": [0.5153]})
    message = lint_grid_factors(frame, GRID, RULES)["message_zh"][0]
    assert "0.5153" in message
    assert "浙江 2022 年的值" in message
    assert "应为 0.5978（2022 年公布值）" in message


def gases(**gwp: float) -> pl.DataFrame:
    return pl.DataFrame({"gas": list(gwp), "gwp": list(gwp.values())})


def test_one_set_for_the_whole_table_is_right() -> None:
    assert lint_gwp_sets(gases(CH4=28.0, N2O=265.0, SF6=23500.0), GWP, RULES).is_empty()
    assert lint_gwp_sets(gases(CH4=25.0, N2O=298.0), GWP, RULES, declared="AR4").is_empty()


def test_a_row_of_another_set_is_found_by_its_number() -> None:
    got = lint_gwp_sets(gases(CH4=25.0, N2O=265.0, SF6=23500.0), GWP, RULES)
    assert got.select("lint_id", "source_row").rows() == [("gwp_sets_mixed", 1)]
    assert "CH4 的 GWP 25.0 属于 AR4，本表为 AR5" in got["message_zh"][0]
    declared = lint_gwp_sets(gases(CH4=28.0, N2O=265.0), GWP, RULES, declared="AR6")
    assert declared["source_row"].to_list() == [1, 2]


def test_the_potential_follows_from_mass_and_equivalent() -> None:
    # Published treatment plants in AR5: CH4 and N2O with 28 and 265.
    table = pl.DataFrame({"gas": ["CH4", "N2O"], "emission": [10.0, 2.0], "co2e": [280.0, 596.0]})
    assert lint_gwp_sets(table, GWP, RULES, declared="AR5")["source_row"].to_list() == [2]


def test_a_potential_of_no_set_is_told_and_families_are_not_guessed() -> None:
    got = lint_gwp_sets(gases(CH4=28.0, N2O=100.0, HFCs=3170.0), GWP, RULES)
    assert got.select("lint_id", "source_row").rows() == [("gwp_value_unknown", 2)]


def test_a_row_that_names_another_set_is_found() -> None:
    table = gases(CH4=28.0, N2O=265.0).with_columns(gwp_set=pl.Series(["AR5", "AR4"]))
    assert lint_gwp_sets(table, GWP, RULES)["source_row"].to_list() == [2]


def test_empty_tables_give_no_findings() -> None:
    empty = pl.DataFrame(schema={"region": pl.String, "year": pl.Int32, "factor": pl.Float64})
    assert lint_grid_factors(empty, GRID, RULES).is_empty()
    assert lint_gwp_sets(gases(CH4=28.0).clear(), GWP, RULES).is_empty()
