import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.contracts.projection import PEAK
from sxyd_pipeline.core.panels import MissingPanelValueError
from sxyd_pipeline.core.projection.failures import DuplicateRowsError
from sxyd_pipeline.core.projection.peak import PeakDraws, find_peak
from sxyd_pipeline_tests.core.projection.reference_files import CITY

YEARS = list(range(2020, 2026))


def totals(values: list[float], scenario_id: str = "s") -> pl.DataFrame:
    return pl.DataFrame(
        {"scenario_id": scenario_id, "year": YEARS[: len(values)], "species": "CO2", "emission_t": values}
    )


def peak(values: list[float], draws: np.ndarray | None = None) -> dict[str, object]:
    own = None if draws is None else {("s", "CO2"): PeakDraws(YEARS, draws)}
    got = find_peak(totals(values), CITY, own)
    assert got.schema == PEAK.schema
    return got.row(0, named=True)


def test_the_highest_year_is_the_peak() -> None:
    got = peak([1.0, 2.0, 5.0, 4.0, 3.0, 1.0])
    assert (got["peak_year"], got["peak_t"], got["is_within_horizon"]) == (2022, 5.0, True)
    assert got["peak_year_p05"] is None


def test_equal_heights_count_for_the_first_year() -> None:
    assert peak([1.0, 5.0, 5.0 * (1 + 1e-12), 2.0, 1.0, 1.0])["peak_year"] == 2021


def test_a_rising_series_has_not_peaked() -> None:
    got = peak([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
    assert (got["peak_year"], got["is_within_horizon"]) == (2025, False)


def test_a_falling_series_peaked_in_its_first_year() -> None:
    got = peak([6.0, 5.0, 4.0, 3.0, 2.0, 1.0])
    assert (got["peak_year"], got["is_within_horizon"]) == (2020, True)


def test_a_flat_series_has_not_come_down() -> None:
    got = peak([3.0] * 6)
    assert (got["peak_year"], got["is_within_horizon"]) == (2020, False)


def test_draws_give_a_range_of_years_and_levels() -> None:
    early, late = [9.0, 5.0, 4.0, 3.0, 2.0, 1.0], [1.0, 2.0, 3.0, 4.0, 5.0, 7.0]
    draws = np.array([early] * 90 + [late] * 10)
    got = peak(early, draws)
    assert (got["peak_year_p05"], got["peak_year_p95"]) == (2020, 2025)
    assert got["probability_by_2030"] == pytest.approx(0.9)  # the late ones have not peaked
    assert (got["p05_t"], got["p95_t"]) == (7.0, 9.0)


def test_draws_without_spread_give_the_point_estimate() -> None:
    values = [1.0, 2.0, 5.0, 4.0, 3.0, 1.0]
    got = peak(values, np.array([values] * 7))
    assert got["peak_year_p05"] == got["peak_year_p95"] == got["peak_year"]
    assert got["p05_t"] == got["p95_t"] == got["peak_t"]


def test_each_scenario_has_its_own_peak_and_only_co2_is_asked_for() -> None:
    both = pl.concat([
        totals([1.0, 3.0, 2.0], "b"), totals([3.0, 2.0, 1.0], "a"), totals([1.0], "a").with_columns(species=pl.lit("SO2")),
    ])  # fmt: skip
    got = find_peak(both, CITY)
    assert got.select("scenario_id", "peak_year").rows() == [("a", 2020), ("b", 2021)]


def test_a_year_given_twice_is_refused() -> None:
    with pytest.raises(DuplicateRowsError):
        find_peak(pl.concat([totals([1.0]), totals([2.0])]), CITY)


@given(values=st.lists(st.floats(0.1, 1e6), min_size=1, max_size=6), scale=st.floats(0.1, 10.0))
def test_the_unit_does_not_move_the_peak(values: list[float], scale: float) -> None:
    one, other = peak(values), peak([value * scale for value in values])
    assert one["peak_t"] == pytest.approx(max(values))
    heights = dict(zip(YEARS, values, strict=False))
    assert heights[int(str(other["peak_year"]))] == pytest.approx(max(values), rel=1e-8)


@pytest.mark.parametrize("gap", [None, float("nan")])
def test_a_year_without_a_value_is_refused_since_the_peak_might_stand_there(gap: float | None) -> None:
    holed = totals([1.0, 2.0, 1.0]).with_columns(emission_t=pl.Series([1.0, gap, 1.0], strict=False))
    with pytest.raises(MissingPanelValueError, match="emission_t"):
        find_peak(holed, CITY)
