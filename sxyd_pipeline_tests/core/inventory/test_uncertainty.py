"""Intervals of sums: correlated within a factor, independent across, checked by sampling."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.quality import UNCERTAINTY
from sxyd_pipeline.core import inventory
from sxyd_pipeline.core.inventory.uncertainty import Z95

ROW = st.tuples(
    st.floats(1e-3, 1e6), st.floats(1.0, 5.0), st.floats(1.0, 5.0), st.sampled_from(["f1", "f2", "f3", None])
)


def rows(*values: tuple[float, float, float, str | None]) -> pl.DataFrame:
    """Rows of (tonnes, ratio below, ratio above, factor)."""
    return pl.DataFrame(
        [
            {
                "city_code": "321100", "year": 2020, "species": "SO2", "source_id": f"s{number}", "factor_id": factor,
                "emission_t": point, "low_t": point / below, "high_t": point * above,
            }
            for number, (point, below, above, factor) in enumerate(values)
        ],
        schema_overrides={"factor_id": pl.String, "year": pl.Int32},
    )  # fmt: skip


def test_rows_of_one_factor_err_together_so_their_bounds_add() -> None:
    total = inventory.sum_with_interval(rows((1.0, 2, 2, "f"), (3.0, 2, 2, "f")), ["species"]).row(
        0, named=True
    )
    assert (total["emission_t"], total["low_t"], total["high_t"]) == pytest.approx((4.0, 2.0, 8.0))


def test_independent_factors_give_a_narrower_interval() -> None:
    total = inventory.sum_with_interval(rows((1.0, 2, 2, "f"), (1.0, 2, 2, "g")), ["species"]).row(
        0, named=True
    )
    assert 1.0 < total["low_t"] < 2.0 < total["high_t"] < 4.0


def test_the_moments_of_two_equal_lognormals_are_matched() -> None:
    sigma = math.log(2.0) / Z95
    mean, variance = 2 * math.exp(sigma**2 / 2), 2 * math.exp(sigma**2) * (math.exp(sigma**2) - 1)
    spread = math.sqrt(math.log(1 + variance / mean**2))
    total = inventory.sum_with_interval(rows((1.0, 2, 2, "f"), (1.0, 2, 2, "g")), ["species"]).row(
        0, named=True
    )
    assert total["high_t"] == pytest.approx(mean * math.exp(-(spread**2) / 2 + Z95 * spread))


def test_without_ranges_both_bounds_are_the_sum() -> None:
    total = inventory.sum_with_interval(
        rows((1.0, 1, 1, "f"), (2.0, 1, 1, "g"), (0.0, 1, 1, "h")), ["species"]
    )
    assert total.select("emission_t", "low_t", "high_t").row(0) == (3.0, 3.0, 3.0)


def test_a_sure_row_beside_an_unsure_one_shifts_the_interval() -> None:
    total = inventory.sum_with_interval(rows((100.0, 1, 1, "f"), (1.0, 2, 2, "g")), ["species"]).row(
        0, named=True
    )
    assert 100.0 < total["low_t"] < 101.0 < total["high_t"] < 102.5


def test_measured_rows_without_a_factor_err_each_by_itself() -> None:
    total = inventory.sum_with_interval(rows((1.0, 2, 2, None), (1.0, 2, 2, None)), ["species"]).row(
        0, named=True
    )
    assert total["high_t"] < 4.0


@settings(deadline=None)
@given(values=st.lists(ROW, min_size=1, max_size=8))
def test_the_interval_of_a_sum_contains_the_sum(values: list[tuple[float, float, float, str | None]]) -> None:
    total = inventory.sum_with_interval(rows(*values), ["species"]).row(0, named=True)
    assert total["low_t"] <= total["emission_t"] <= total["high_t"]


def test_sampling_agrees_with_propagation_and_repeats_itself() -> None:
    source_emissions = rows((10.0, 1.5, 1.5, "f"), (5.0, 2, 2, "g"), (8.0, 1.2, 1.2, None), (1.0, 3, 3, "h"))
    compared = inventory.compare_intervals(source_emissions)
    assert compared.equals(inventory.compare_intervals(source_emissions))
    assert dict(compared.schema) == UNCERTAINTY.schema
    propagated, sampled = (
        compared.filter(pl.col("method") == name) for name in ("propagation", "monte_carlo")
    )
    assert sampled["low_t"].to_list() == pytest.approx(propagated["low_t"].to_list(), rel=0.05)
    assert sampled["high_t"].to_list() == pytest.approx(propagated["high_t"].to_list(), rel=0.05)


def test_a_species_without_emission_has_an_interval_of_zero() -> None:
    compared = inventory.compare_intervals(rows((0.0, 1, 1, "f")))
    assert compared["high_t"].to_list() == [0.0, 0.0]
