"""Coupling: printed tables come out again, and the formula keeps its laws."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.coupling import couple, coupling_degree, describe_variant, fit_alphas
from sxyd_pipeline.core.synergy.coupling_errors import NegativeSubsystemError, WeightsOffOneError
from sxyd_pipeline_tests.core.synergy.printed_tables import aksu, lanzhou

SHARE = st.floats(0.001, 1.0)
SYSTEMS = ("u1", "u2")


def largest_gap(frame: pl.DataFrame, ours: str, printed: str) -> float:
    return float((frame[ours] - frame[printed]).abs().max())  # type: ignore[arg-type]  # a number


def test_lanzhou_comes_out_as_printed() -> None:
    got = couple(lanzhou(), SYSTEMS, alphas=(0.5, 0.5))
    assert got.height == 10
    assert largest_gap(got, "coupling_c", "c_printed") <= 0.0006
    assert largest_gap(got, "coordination_d", "d_printed") <= 0.0006


def test_aksu_comes_out_with_k_2_and_not_with_the_standard_formula() -> None:
    got = couple(aksu(), SYSTEMS, k=2.0)
    assert largest_gap(got, "coupling_c", "c_printed") <= 0.03
    assert largest_gap(got, "coordination_d", "d_printed") <= 0.03
    assert largest_gap(couple(aksu(), SYSTEMS), "coupling_c", "c_printed") > 0.2


def test_two_systems_by_hand() -> None:
    # C = 2 sqrt(0.2 x 0.8) / 1.0 = 0.8; T = 0.5; D = sqrt(0.4).
    row = couple(pl.DataFrame({"a": [0.2], "b": [0.8]}), ("a", "b")).row(0, named=True)
    assert row["coupling_c"] == pytest.approx(0.8)
    assert row["development_index"] == pytest.approx(0.5)
    assert row["coordination_d"] == pytest.approx(0.4**0.5)


def test_three_systems_by_hand_with_weights() -> None:
    # C = 3 (0.1 x 0.2 x 0.4)^(1/3) / 0.7 = 0.6 / 0.7; T = 0.03 + 0.06 + 0.16 = 0.25.
    frame = pl.DataFrame({"a": [0.1], "b": [0.2], "c": [0.4]})
    row = couple(frame, ("a", "b", "c"), alphas=(0.3, 0.3, 0.4)).row(0, named=True)
    assert row["coupling_c"] == pytest.approx(0.6 / 0.7)
    assert row["development_index"] == pytest.approx(0.25)
    assert row["coordination_d"] == pytest.approx((0.6 / 0.7 * 0.25) ** 0.5)


def test_all_zero_has_no_coupling_and_one_zero_has_none_left() -> None:
    got = couple(pl.DataFrame({"a": [0.0, 0.0, None], "b": [0.0, 0.5, 0.5]}), ("a", "b"))
    assert got["coupling_c"].to_list() == [None, 0.0, None]
    assert got["coordination_d"].to_list() == [None, 0.0, None]
    assert got["development_index"].to_list() == [0.0, 0.25, None]


def test_a_negative_subsystem_is_named() -> None:
    with pytest.raises(NegativeSubsystemError, match="b"):
        couple(pl.DataFrame({"a": [0.1], "b": [-0.1]}), ("a", "b"))


@pytest.mark.parametrize("alphas", [(0.5, 0.6), (1.0,), (1.5, -0.5)])
def test_weights_that_are_no_weights_are_refused(alphas: tuple[float, ...]) -> None:
    with pytest.raises(WeightsOffOneError):
        couple(pl.DataFrame({"a": [0.1], "b": [0.1]}), ("a", "b"), alphas=alphas)


def test_unstated_weights_are_recovered_from_a_printed_t() -> None:
    rng = np.random.default_rng(5)
    values = rng.uniform(0.1, 0.9, (12, 3))
    frame = pl.DataFrame(values, schema=["a", "b", "c"]).with_columns(
        t=pl.Series((values @ [0.3, 0.3, 0.4]).round(4))
    )
    assert fit_alphas(frame, ("a", "b", "c"), "t") == pytest.approx([0.3, 0.3, 0.4], abs=0.001)
    assert fit_alphas(aksu(), SYSTEMS, "t_printed") == pytest.approx([0.5, 0.5], abs=0.02)


def test_the_variant_says_formula_weights_and_k() -> None:
    assert "k=2" in describe_variant(SYSTEMS, None, 2.0)
    assert "k变体" not in describe_variant(SYSTEMS, None, None)
    assert "α=0.3,0.7" in describe_variant(SYSTEMS, (0.3, 0.7), None)


@settings(max_examples=40)
@given(st.lists(st.lists(SHARE, min_size=3, max_size=3), min_size=1, max_size=5), st.floats(0.1, 10.0))
def test_c_lies_between_0_and_1_and_keeps_under_order_and_scale(
    rows: list[list[float]], scale: float
) -> None:
    values = np.array(rows)
    c = coupling_degree(values)
    assert ((c >= 0.0) & (c <= 1.0)).all()
    assert coupling_degree(values[:, ::-1]) == pytest.approx(c)
    assert coupling_degree(values * scale) == pytest.approx(c)
    assert coupling_degree(np.repeat(values[:, :1], 3, axis=1)) == pytest.approx(1.0)


@settings(max_examples=40)
@given(SHARE, SHARE, SHARE)
def test_d_squared_is_c_times_t_and_never_above_the_best_subsystem(a: float, b: float, c: float) -> None:
    row = couple(pl.DataFrame({"a": [a], "b": [b], "c": [c]}), ("a", "b", "c")).row(0, named=True)
    assert row["coordination_d"] ** 2 == pytest.approx(row["coupling_c"] * row["development_index"])
    assert row["coordination_d"] ** 2 <= max(a, b, c) + 1e-12
