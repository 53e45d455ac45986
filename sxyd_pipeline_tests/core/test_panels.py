"""Frames of strangers: what is wrong with them is said by name, and what is only missing passes."""

import polars as pl
import pytest

from sxyd_pipeline.core import panels


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(panels.MissingPanelColumnError, match="gdp") as told:
        panels.require_columns(pl.DataFrame({"year": [1], "co2": [2.0]}), ["year", "gdp"])
    assert told.value.missing == ["gdp"]
    assert "co2" in told.value.en


@pytest.mark.parametrize("values", [["1.5", "无"], [1.0, float("inf")]])
def test_text_and_infinity_are_no_numbers(values: list[object]) -> None:
    with pytest.raises(panels.NotANumberError, match=r"无|inf"):
        panels.require_numbers(pl.DataFrame({"x": values}), ["x"])


def test_numbers_written_as_text_and_empty_cells_pass() -> None:
    panels.require_numbers(pl.DataFrame({"x": ["1.5", None], "y": [None, None]}), ["x", "y"])
    with pytest.raises(panels.MissingPanelColumnError):
        panels.require_numbers(pl.DataFrame({"x": [1.0]}), ["z"])


def test_a_key_that_does_not_tell_rows_apart_is_refused() -> None:
    frame = pl.DataFrame({"year": [2020, 2020, 2025], "sector": ["a", "b", "a"]})
    panels.require_single_rows(frame, ["year", "sector"])
    with pytest.raises(panels.RepeatedPanelRowError, match="2020"):
        panels.require_single_rows(frame, ["year"])
    with pytest.raises(panels.RepeatedPanelRowError):
        panels.require_single_rows(frame, [])


def test_a_word_off_the_list_is_answered_with_the_list() -> None:
    with pytest.raises(panels.NotOnListError, match=r"queen \| rook"):
        panels.require_choice("criterion", "bishop", ("queen", "rook"))


def test_an_empty_cell_is_counted_where_a_result_needs_it() -> None:
    frame = pl.DataFrame({"x": [1.0, None, float("nan")]}, strict=False)
    with pytest.raises(panels.MissingPanelValueError) as told:
        panels.require_filled(frame, ["x"])
    assert told.value.count == 2
    panels.require_filled(pl.DataFrame({"x": [0, 1]}), ["x"])


def test_amounts_are_not_negative_and_may_be_empty() -> None:
    panels.require_amounts(pl.DataFrame({"x": [0.0, None]}), ["x"])
    with pytest.raises(panels.NegativePanelValueError, match="x"):
        panels.require_amounts(pl.DataFrame({"x": [0.0, -1.0]}), ["x"])
