"""The lints on our own tables: one bad row each, and silence on good ones."""

import polars as pl

from sxyd_pipeline.core.lints import (
    LINT_SCHEMA,
    lint_coal_sources,
    lint_economy,
    lint_equivalents,
    lint_indirect,
    lint_measured_co2,
    lint_overrides,
    lint_totals,
    put_together,
)
from sxyd_pipeline_tests.core.baseline.little_city import CITY, economy, reference

FUELS, GRID, GWP, RULES = (reference(name) for name in ("fuels", "grid_factors", "gwp", "lint_rules"))


def overrides(*rows: tuple[str, float | None, float | None]) -> list[tuple[str, int]]:
    frame = pl.DataFrame(
        [(*row, None, "facility_activity.csv", None, i + 2) for i, row in enumerate(rows)],
        schema={
            "activity_code": pl.String, "ncv_gj_per_t": pl.Float64, "carbon_tc_per_gj": pl.Float64, "oxidation_share": pl.Float64,
            "source_file": pl.String, "source_sheet": pl.String, "source_row": pl.Int64,
        },
        orient="row",
    )  # fmt: skip
    return (
        lint_overrides(frame, FUELS, RULES, table_name="facility_activity")
        .select("lint_id", "source_row")
        .rows()
    )


def test_characteristics_that_are_right_or_absent_are_left_in_peace() -> None:
    assert (
        overrides(("bituminous_coal", None, None), ("bituminous_coal", 20.9, 0.0261), ("cement", 1.0, 1.0))
        == []
    )
    # Coke really is close to coal equivalent.
    assert overrides(("coke", 29.3076, None)) == []


def test_the_calorific_value_of_coal_equivalent_beside_tonnes_is_found() -> None:
    assert overrides(("lignite", 14.8, None), ("bituminous_coal", 29.307, None)) == [
        ("physical_tonnes_by_tce", 3)
    ]


def test_co2_written_for_carbon_and_the_other_way_round_are_found() -> None:
    got = overrides(("bituminous_coal", None, 0.0960), ("bituminous_coal", None, 0.00714))
    assert got == [("carbon_co2_confused", 2), ("missing_44_12", 3)]


def test_an_aggregate_factor_hidden_in_carbon_is_found() -> None:
    # 2.46 t CO2 per tce / (29.3076 x 44/12 x 0.98) = 0.02336 tC/GJ for diesel (its own is 0.0202).
    assert overrides(("diesel", None, 0.0233588), ("gasoline", None, None)) == [("aggregate_factor_mixed", 2)]
    assert overrides(("diesel", None, 0.0233588)) == []


def test_a_measured_co2_that_is_carbon_is_found() -> None:
    stated = pl.DataFrame(
        {
            "facility_id": ["A", "B", "C"],
            "year": [2020] * 3,
            "species": ["CO2"] * 3,
            "emission_t": [27.3, 100.0, 366.7],
        }
    )
    computed = pl.DataFrame(
        {"facility_id": ["A", "B", "C", "C"], "year": [2020] * 4, "species": ["CO2"] * 4,
         "emission_t": [100.0, 105.0, 60.0, 40.0], "role": ["counted"] * 4}
    )  # fmt: skip
    got = lint_measured_co2(stated, computed, RULES)
    assert got.select("lint_id", "source_row").rows() == [("missing_44_12", 1), ("carbon_co2_confused", 3)]


def sources(emission_t: float, co2e: float | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {"source_id": ["A/B1/bituminous_coal"] * 2, "year": [2020] * 2, "species": ["CO2", "CH4"], "emission_t": [emission_t, 1.0],
         "activity_code": ["bituminous_coal"] * 2, "amount": [100.0] * 2, "amount_unit": ["t"] * 2,
         "co2e_tco2e": [emission_t, co2e], "gwp_set": ["AR5"] * 2}
    )  # fmt: skip


def test_coal_that_gives_too_little_co2_is_found_with_its_row() -> None:
    places = pl.DataFrame(
        {
            "source_id": ["A/B1/bituminous_coal"],
            "year": [2020],
            "source_file": ["activity.csv"],
            "source_sheet": [None],
            "source_row": [9],
        },
        schema_overrides={"source_sheet": pl.String},
    )
    got = lint_coal_sources(sources(55.0), RULES, places)
    assert got.select("lint_id", "source_file", "source_row").rows() == [
        ("coal_ratio_implausible", "activity.csv", 9)
    ]
    assert lint_coal_sources(sources(200.0), RULES).is_empty()


def test_equivalents_of_another_set_than_the_city_chose_are_found() -> None:
    assert lint_equivalents(sources(200.0, 28.0), GWP, RULES, CITY).is_empty()
    assert lint_equivalents(sources(200.0, 25.0), GWP, RULES, CITY)["lint_id"].to_list() == ["gwp_sets_mixed"]


def test_scope_2_with_another_provinces_factor_is_found_once() -> None:
    def bought(factor: float) -> pl.DataFrame:
        return pl.DataFrame(
            {"year": [2022] * 3, "activity_code": ["electricity", "electricity", "heat"], "amount": [1000.0, 2000.0, 5.0],
             "indirect_tco2": [factor, 2 * factor, 0.55], "factor_id": ["g", "g", "h"]}
        )  # fmt: skip

    assert lint_indirect(bought(0.5978), GRID, RULES, CITY).is_empty()
    assert lint_indirect(bought(0.5153), GRID, RULES, CITY)["lint_id"].to_list() == ["grid_factor_region"]


def test_totals_are_compared_only_when_there_was_a_release() -> None:
    totals = pl.DataFrame(
        {
            "year": [2020],
            "breakdown": ["city"],
            "breakdown_code": ["321100"],
            "species": ["CO2"],
            "emission_t": [5e6],
        }
    )
    assert lint_totals(totals, None, RULES).is_empty()
    assert lint_totals(totals, totals.clear(), RULES).is_empty()
    assert lint_totals(totals, totals.with_columns(emission_t=pl.lit(500.0)), RULES).height == 1


def test_the_economy_is_checked_for_its_prices() -> None:
    spliced = economy(
        ("city", "321100", 2019, "gdp", 1.0, "current"), ("city", "321100", 2020, "gdp", 1.0, "2015"),
        ("district", "321102", 2020, "gdp", 1.0, "current"),
    )  # fmt: skip
    assert set(lint_economy(spliced, RULES)["lint_id"]) == {"price_bases_mixed"}


def test_findings_are_put_together_by_place() -> None:
    assert dict(put_together([]).schema) == LINT_SCHEMA
