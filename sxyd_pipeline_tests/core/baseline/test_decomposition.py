import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.baseline.decomposition import (
    TooFewYearsError,
    UndecomposableValueError,
    decompose_change,
    logarithmic_mean,
)
from sxyd_pipeline.core.panels import (
    MissingPanelColumnError,
    NotANumberError,
    NotOnListError,
    RepeatedPanelRowError,
)

POSITIVE = st.floats(1e-3, 1e6)

#: Two-sector textbook example after Ang (2005), Energy Policy 33, 867-871.
TEXTBOOK = pl.DataFrame(
    {
        "year": [0, 0, 1, 1],
        "sector": ["1", "2", "1", "2"],
        "activity": [50.0, 50.0, 80.0, 80.0],
        "share": [0.2, 0.8, 0.5, 0.5],
        "intensity": [3.0, 0.5, 2.0, 0.4],
    }
)
FACTORS = ["activity", "share", "intensity"]


def test_the_textbook_case_splits_as_published() -> None:
    got = decompose_change(TEXTBOOK, FACTORS, parts=["sector"])
    assert got["effect"].to_list() == pytest.approx([32.3846, 38.2849, -24.6695], abs=1e-3)
    assert got["effect_ratio"].to_list() == pytest.approx([1.58288, 1.72102, 0.704802], abs=1e-4)
    assert got["change"].to_list() == pytest.approx([46.0] * 3)


def test_doubling_one_factor_explains_everything() -> None:
    panel = pl.DataFrame({"year": [2015, 2020], "population": [3.0, 3.0], "per_head": [2.0, 4.0]})
    got = decompose_change(panel, ["population", "per_head"])
    assert got["effect"].to_list() == pytest.approx([0.0, 6.0])
    assert got["effect_ratio"].to_list() == pytest.approx([1.0, 2.0])


def test_a_new_sector_is_explained_by_the_factor_that_was_zero() -> None:
    panel = pl.DataFrame(
        {
            "year": [0, 0, 1, 1],
            "sector": ["a", "b"] * 2,
            "share": [1.0, 0.0, 0.5, 0.5],
            "intensity": [2.0, None, 2.0, 4.0],
        }
    )
    got = decompose_change(panel, ["share", "intensity"], parts=["sector"]).to_dict(as_series=False)
    assert dict(zip(got["factor"], got["effect"], strict=True)) == pytest.approx(
        {"share": 1.0, "intensity": 0.0}
    )


def test_a_sector_that_is_absent_at_one_end_counts_as_zero_there() -> None:
    panel = pl.DataFrame(
        {"year": [0, 1, 1], "sector": ["a", "a", "b"], "x": [2.0, 2.0, 3.0], "y": [1.0, 1.0, 2.0]}
    )
    got = decompose_change(panel, ["x", "y"], parts=["sector"])
    assert got["effect"].to_list() == pytest.approx([3.0, 3.0])
    assert got["residual"].to_list() == pytest.approx([0.0, 0.0], abs=1e-12)


def test_a_negative_factor_is_refused_by_name() -> None:
    panel = pl.DataFrame({"year": [0, 1], "x": [1.0, -1.0], "y": [1.0, 1.0]})
    with pytest.raises(UndecomposableValueError, match="factor x"):
        decompose_change(panel, ["x", "y"])


def test_one_year_has_no_change() -> None:
    with pytest.raises(TooFewYearsError):
        decompose_change(pl.DataFrame({"year": [2020], "x": [1.0]}), ["x"])


@given(a=POSITIVE, b=POSITIVE)
def test_the_logarithmic_mean_lies_between_its_arguments(a: float, b: float) -> None:
    mean = float(logarithmic_mean(np.array([a]), np.array([b]))[0])
    assert min(a, b) * (1 - 1e-12) <= mean <= max(a, b) * (1 + 1e-12)
    assert mean == pytest.approx(float(logarithmic_mean(np.array([b]), np.array([a]))[0]), rel=1e-7)


SERIES = st.lists(st.tuples(POSITIVE, POSITIVE, POSITIVE), min_size=2, max_size=5)


def _panel(series: list[tuple[float, float, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(year, "s", *values) for year, values in enumerate(series)],
        schema=["year", "part", "p", "q", "r"],
        orient="row",
    )


@given(series=SERIES)
def test_effects_add_up_to_the_change(series: list[tuple[float, float, float]]) -> None:
    for path in ("end_point", "chained"):
        got = decompose_change(_panel(series), ["p", "q", "r"], parts=["part"], path=path)  # type: ignore[arg-type]
        scale = max(got["value_start"].max(), got["value_end"].max())  # type: ignore[type-var]
        assert all(abs(residual) <= 1e-9 * scale for residual in got["residual"])
        whole = got.filter(pl.col("end") == len(series) - 1, pl.col("start") == 0)
        assert math.prod(whole["effect_ratio"]) == pytest.approx(
            whole["value_end"][0] / whole["value_start"][0], rel=1e-6
        )


@given(series=SERIES)
def test_going_back_in_time_changes_only_the_signs(series: list[tuple[float, float, float]]) -> None:
    forth = decompose_change(_panel(series), ["p", "q", "r"], parts=["part"])
    back = decompose_change(_panel(series[::-1]), ["p", "q", "r"], parts=["part"])
    scale = max(forth["value_start"][0], forth["value_end"][0])
    assert back["effect"].to_list() == pytest.approx(
        [-x for x in forth["effect"]], rel=1e-6, abs=1e-9 * scale
    )


def test_parts_must_tell_the_rows_of_a_year_apart() -> None:
    with pytest.raises(RepeatedPanelRowError, match="parts"):
        decompose_change(TEXTBOOK, FACTORS)
    with pytest.raises(RepeatedPanelRowError):
        decompose_change(pl.concat([TEXTBOOK, TEXTBOOK]), FACTORS, parts=["sector"])


def test_factors_that_are_missing_or_no_numbers_and_unknown_paths_are_named() -> None:
    panel = pl.DataFrame({"year": [0, 1], "a": [1.0, 2.0], "b": [float("inf"), 1.0]})
    with pytest.raises(MissingPanelColumnError, match="c"):
        decompose_change(panel, ["a", "c"])
    with pytest.raises(MissingPanelColumnError, match="factors"):
        decompose_change(panel, [])
    with pytest.raises(NotANumberError, match="inf"):
        decompose_change(panel, ["a", "b"])
    with pytest.raises(NotOnListError, match="chained"):
        decompose_change(panel, ["a"], path="yearly")  # type: ignore[arg-type]  # a stranger's word


def test_any_names_and_any_order_of_rows_give_the_same() -> None:
    renamed = {"activity": "share_end", "share": "effect", "intensity": "强度"}
    got = decompose_change(TEXTBOOK.rename(renamed).reverse(), list(renamed.values()), parts=["sector"])
    plain = decompose_change(TEXTBOOK, list(renamed), parts=["sector"])
    assert got["effect"].to_list() == pytest.approx(plain["effect"].to_list())
