"""Lints on carbon of land: printed tables with one fault each, and silence on right ones."""

import polars as pl
import pytest

from sxyd_pipeline.core.lints.findings import MissingLintColumnError
from sxyd_pipeline.core.lints.land import lint_carbon_stocks, lint_sink_fluxes, lint_transitions
from sxyd_pipeline_tests.core.baseline.little_city import reference

FLUXES, RULES = reference("carbon_fluxes"), reference("lint_rules")


def fluxes(*rows: tuple[str, float, str | None]) -> list[int]:
    schema = {"land_class": pl.String, "flux_tco2_per_ha": pl.Float64, "flux_kind": pl.String}
    return lint_sink_fluxes(pl.DataFrame(rows, schema=schema, orient="row"), FLUXES, RULES)[
        "source_row"
    ].to_list()


def test_npp_is_found_by_its_name_and_by_its_value_in_either_unit() -> None:
    npp_as_co2 = 6.583 * 44 / 12
    assert fluxes(("forest", 4.5, "nep"), ("grassland", 1.0, "npp"), ("forest", npp_as_co2, "nep")) == [2, 3]
    # tC/ha of the same literature value, written under nep.
    assert fluxes(("forest", 6.583, "nep"), ("cropland", 4.243, None)) == [1, 2]


def test_nee_and_nbp_are_sinks() -> None:
    assert fluxes(("forest", 5.1, "nee"), ("wetland", 2.2, "nbp")) == []


def stocks(*printed: float) -> list[str]:
    rows = [("forest", 100.0, 134.0, value) for value in printed]
    schema = ["land_class", "area_ha", "density_tc_per_ha", "stock_tc"]
    return lint_carbon_stocks(pl.DataFrame(rows, schema=schema, orient="row"), RULES)["lint_id"].to_list()


def test_a_printed_stock_is_area_times_density_within_three_percent() -> None:
    assert stocks(13400.0, 13100.0) == []
    assert stocks(13400.0 * 44 / 12) == ["carbon_co2_confused"]
    # A sink of twenty years added to the stock.
    assert stocks(13400.0 + 20 * 100 * 4.5) == ["stock_not_reconciled"]


def test_a_table_without_densities_is_refused_by_name() -> None:
    with pytest.raises(MissingLintColumnError, match="density_tc_per_ha"):
        lint_carbon_stocks(
            pl.DataFrame({"land_class": ["forest"], "area_ha": [1.0], "stock_tc": [1.0]}), RULES
        )


def transitions(moved_ha: float) -> list[tuple[str, str]]:
    keys = {"scope_type": "city", "scope_code": "321100"}
    matrix = pl.DataFrame(
        [
            {
                **keys,
                "from_class": "forest",
                "to_class": to,
                "from_year": 2015,
                "to_year": 2020,
                "area_ha": area,
            }
            for to, area in (("forest", 90.0), ("built", moved_ha))
        ]
    )
    land = pl.DataFrame(
        [
            {**keys, "land_class": name, "year": year, "area_ha": area}
            for name, year, area in (("forest", 2015, 100.0), ("forest", 2020, 90.0), ("built", 2020, 10.0))
        ]
    )
    return lint_transitions(matrix, land, RULES).select("lint_id", "column_name").rows()


def test_a_matrix_must_sum_to_the_areas_of_both_years() -> None:
    assert transitions(10.0) == []
    assert sorted(transitions(12.0)) == [
        ("transition_not_sum", "from_class"),
        ("transition_not_sum", "to_class"),
    ]
