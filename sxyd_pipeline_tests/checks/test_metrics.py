from typing import Any

import geopandas as gpd
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon

from sxyd_pipeline.checks.metrics import kinds_of, measure
from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline_tests.checks.small import AMOUNTS, SQUARES, amounts_frame, squares_frame


def counts(frame: pl.DataFrame) -> dict[str, int]:
    return {m.kind.name: m.count for m in measure(AMOUNTS, frame, "321100")}


def test_a_good_table_breaks_nothing() -> None:
    assert set(counts(amounts_frame()).values()) == {0}


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"emission_t": [1.0, None]}, "required_values_present"),
        ({"emission_t": [1.0, -2.0]}, "values_within_bounds"),
        ({"emission_t": [1.0, float("nan")]}, "values_within_bounds"),
        ({"emission_t": [1.0, float("inf")]}, "values_within_bounds"),
        ({"share": [0.5, 1.5]}, "values_within_bounds"),
        ({"species": ["SO2", "XYZ"]}, "values_allowed"),
        ({"code": ["a1", "22"]}, "texts_match_patterns"),
        ({"city_code": ["321100", "320100"]}, "rows_belong_to_the_city"),
    ],
)
def test_one_bad_row_is_counted_under_its_rule(changed: dict[str, list[Any]], rule: str) -> None:
    broken = {name: count for name, count in counts(amounts_frame(**changed)).items() if count}
    assert broken == {rule: 1}


def test_a_repeated_key_counts_every_row_that_shares_it() -> None:
    assert counts(amounts_frame(code=["a1", "a1"]))["key_is_unique"] == 2


def test_an_empty_table_is_named() -> None:
    assert counts(amounts_frame().clear())["table_not_empty"] == 1


def test_missing_extra_and_wrong_columns_are_named() -> None:
    frame = amounts_frame().drop("share").with_columns(pl.col("year").cast(pl.Int64), note=pl.lit("x"))
    found = next(m for m in measure(AMOUNTS, frame, "321100") if m.kind.name == "columns_as_declared")
    assert found.count == 3
    assert "share" in found.detail
    assert "note" in found.detail
    assert "year" in found.detail


def test_the_offending_cells_are_shown_with_the_key() -> None:
    found = measure(AMOUNTS, amounts_frame(emission_t=[1.0, -2.0]), "321100")
    bounds = next(m for m in found if m.kind.name == "values_within_bounds")
    assert bounds.sample.to_dicts() == [{"code": "b2", "emission_t": -2.0}]
    assert bounds.detail == "排放量 emission_t: 1"


def test_a_bow_tie_and_a_wrong_crs_are_found() -> None:
    bow_tie = squares_frame()
    bow_tie.loc[0, "geometry"] = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    found = measure(SQUARES, bow_tie, "321100")[-1]
    assert (found.kind.name, found.count) == ("geometry_is_valid", 1)
    assert "Self-intersection" in found.sample["reason"][0]
    shifted = measure(SQUARES, squares_frame().to_crs("EPSG:3857"), "321100")[-1]
    assert shifted.count == 2


def test_a_layer_without_geometry_is_not_accepted() -> None:
    plain = pl.DataFrame({"city_code": ["321100"], "code": ["a1"]})
    assert measure(SQUARES, plain, "321100")[0].count == 1


def test_whole_numbers_with_gaps_in_a_layer_keep_their_type() -> None:
    table = SQUARES.__class__(
        group="zoning", name="x", asset="x", label="x", english="x", grain="x", key=("code",), has_geometry=True,
        columns=(*SQUARES.columns[:2], AMOUNTS.column("year").__class__("year", pl.Int32, "年", "year", nullable=True), SQUARES.columns[2]),
    )  # fmt: skip
    layer = gpd.GeoDataFrame(
        squares_frame().assign(year=[2020, None])[["city_code", "code", "year", "geometry"]]
    )
    assert {m.count for m in measure(table, layer, "321100")} == {0}


def test_every_contract_has_checks_known_before_any_run() -> None:
    for table in TABLES:
        names = [kind.name for kind in kinds_of(table)]
        assert names[0] == "columns_as_declared"
        assert "key_is_unique" in names
        assert len(names) == len(set(names))


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=20))
def test_rows_outside_bounds_are_counted_exactly(values: list[float]) -> None:
    frame = pl.DataFrame(
        {
            "city_code": ["321100"] * len(values), "code": [f"a{i % 10}" for i in range(len(values))],
            "year": [2020] * len(values), "species": ["SO2"] * len(values), "emission_t": values,
            "share": [None] * len(values),
        },
        schema_overrides={"year": pl.Int32, "emission_t": pl.Float64, "share": pl.Float64},
    )  # fmt: skip
    expected = sum(1 for value in values if not 0.0 <= value < float("inf"))
    assert counts(frame)["values_within_bounds"] == expected
