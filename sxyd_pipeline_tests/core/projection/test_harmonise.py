import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.projection.failures import DuplicateRowsError, UnharmonisableSeriesError
from sxyd_pipeline.core.projection.harmonise import HarmonisationMethodError, back_cast, harmonise

YEARS = [2020, 2025, 2030]


def series(*values: float, species: str = "CO2", scenario_id: str = "s") -> pl.DataFrame:
    return pl.DataFrame(
        {"scenario_id": scenario_id, "species": species, "year": YEARS, "value": list(values)}
    )


def observed(value: float, species: str = "CO2") -> pl.DataFrame:
    return pl.DataFrame({"species": [species], "observed": [value]})


def test_a_ratio_scales_every_year() -> None:
    got = harmonise(series(100.0, 80.0, 60.0), observed(120.0), "ratio", base_year=2020)
    assert got["harmonised"].to_list() == pytest.approx([120.0, 96.0, 72.0])
    assert got["harmonisation"].to_list() == ["ratio"] * 3
    assert got["adjustment"].to_list() == pytest.approx([1.2] * 3)


def test_an_offset_shifts_every_year_and_never_below_zero() -> None:
    got = harmonise(series(100.0, 80.0, 10.0), observed(80.0), "offset", base_year=2020)
    assert got["harmonised"].to_list() == [80.0, 60.0, 0.0]
    assert got["is_floored"].to_list() == [False, False, True]


def test_a_converging_ratio_ends_at_the_series_itself() -> None:
    got = harmonise(
        series(100.0, 80.0, 60.0), observed(120.0), "ratio_converging", base_year=2020, convergence_year=2030
    )
    assert got["harmonised"].to_list() == pytest.approx([120.0, 88.0, 60.0])


def test_a_series_nobody_observed_says_so() -> None:
    both = pl.concat([series(1.0, 2.0, 3.0), series(5.0, 6.0, 7.0, species="SO2")])
    got = harmonise(both, observed(2.0), "ratio", base_year=2020)
    untouched = got.filter(pl.col("species") == "SO2")
    assert untouched["harmonised"].to_list() == [5.0, 6.0, 7.0]
    assert set(untouched["harmonisation"]) == {"none"}
    assert untouched["adjustment"].null_count() == 3


def test_every_scenario_is_brought_to_the_same_base_year() -> None:
    both = pl.concat([series(100.0, 90.0, 80.0, scenario_id="a"), series(100.0, 70.0, 50.0, scenario_id="b")])
    got = harmonise(both, observed(110.0), "ratio", base_year=2020)
    assert got.filter(pl.col("year") == 2020)["harmonised"].to_list() == pytest.approx([110.0, 110.0])
    assert got.height == 6


def test_impossible_wishes_are_refused() -> None:
    with pytest.raises(UnharmonisableSeriesError, match="offset"):
        harmonise(series(0.0, 1.0, 2.0), observed(5.0), "ratio", base_year=2020)
    with pytest.raises(UnharmonisableSeriesError):
        harmonise(series(1.0, 1.0, 2.0), observed(5.0), "offset", base_year=2019)
    with pytest.raises(HarmonisationMethodError, match="guess"):
        harmonise(series(1.0, 1.0, 1.0), observed(1.0), "guess", base_year=2020)  # type: ignore[arg-type] # on purpose
    with pytest.raises(HarmonisationMethodError, match="convergence"):
        harmonise(
            series(1.0, 1.0, 1.0), observed(1.0), "ratio_converging", base_year=2020, convergence_year=2020
        )
    with pytest.raises(DuplicateRowsError):
        harmonise(series(1.0, 1.0, 1.0), pl.concat([observed(1.0), observed(2.0)]), "ratio", base_year=2020)


def test_zero_observed_for_zero_projected_changes_nothing() -> None:
    got = harmonise(series(0.0, 0.0, 0.0), observed(0.0), "ratio", base_year=2020)
    assert got["harmonised"].to_list() == [0.0, 0.0, 0.0]


@given(values=st.lists(st.floats(0.1, 1e6), min_size=3, max_size=3), actual=st.floats(0.1, 1e6),
       method=st.sampled_from(["ratio", "offset", "ratio_converging"]))  # fmt: skip
def test_the_base_year_is_always_the_observation(values: list[float], actual: float, method: str) -> None:
    got = harmonise(series(*values), observed(actual), method, base_year=2020, convergence_year=2035)  # type: ignore[arg-type] # drawn
    assert got["harmonised"][0] == pytest.approx(actual)


@given(values=st.lists(st.floats(0.1, 1e6), min_size=3, max_size=3))
def test_agreeing_with_the_observation_changes_nothing(values: list[float]) -> None:
    got = harmonise(series(*values), observed(values[0]), "ratio", base_year=2020)
    assert got["harmonised"].to_list() == pytest.approx(values)


def test_a_past_year_is_a_back_cast_check() -> None:
    actual = pl.DataFrame({"species": ["CO2"], "year": [2025], "observed": [100.0]})
    got = back_cast(series(100.0, 90.0, 80.0), actual)
    assert got.height == 1
    row = got.row(0, named=True)
    assert (row["difference"], row["difference_share"]) == (-10.0, -0.1)
    assert "2025 年已过" in row["statement_zh"]
    with pytest.raises(DuplicateRowsError):
        back_cast(series(1.0, 1.0, 1.0), pl.concat([actual, actual]))
