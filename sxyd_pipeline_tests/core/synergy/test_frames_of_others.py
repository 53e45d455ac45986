"""Public functions on frames that came through no contract: nothing is guessed, nothing is nonsense."""

from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from sxyd_pipeline.core.panels import (
    MissingPanelColumnError,
    MissingPanelValueError,
    NegativePanelValueError,
    NotANumberError,
    NotOnListError,
    RepeatedPanelRowError,
)
from sxyd_pipeline.core.synergy import coupling_errors as errors
from sxyd_pipeline.core.synergy import homology
from sxyd_pipeline.core.synergy.cocontrol import evaluate_cocontrol
from sxyd_pipeline.core.synergy.coupling import couple, coupling_degree, fit_alphas
from sxyd_pipeline.core.synergy.coupling_lints import lint_c_as_d
from sxyd_pipeline.core.synergy.coupling_order import measure_synergy, order_subsystem, synergy_degree
from sxyd_pipeline.core.synergy.elasticity import cross_elasticity, quadrant
from sxyd_pipeline.core.synergy.hotspots import mark_hot_spots, overlap_hot_spots
from sxyd_pipeline.core.synergy.measures_errors import UptakeLimitError
from sxyd_pipeline.core.synergy.modules.carbon import carbon_stock
from sxyd_pipeline.core.synergy.moran import bivariate_moran, global_moran
from sxyd_pipeline.core.synergy.moran_local import gi_star, local_moran
from sxyd_pipeline.core.synergy.normalise import bounds_of_panel, normalise, weigh_by_entropy
from sxyd_pipeline.core.synergy.portfolio import options_at, plan_portfolio
from sxyd_pipeline.core.synergy.scores import rank_peers
from sxyd_pipeline.core.synergy.space import raster_neighbours
from sxyd_pipeline.core.synergy.weights import IncompleteJudgementsError, weigh_by_judgement

TWO = pl.DataFrame({"a": [0.2, 0.4], "b": [0.8, 0.5]})
ROW, COLUMN = np.divmod(np.arange(9), 3)
ROOK = raster_neighbours(COLUMN, ROW, "rook")
NINE = np.arange(9.0)
HOLE = np.where(NINE == 4, np.nan, NINE)
NAN = float("nan")
OPTIONS = pl.DataFrame(
    {"scope_code": ["p"], "scope_name": ["p"], "option": [1], "measures": ["filter"],
     "annual_cost_cny": [100.0], "delta_nox_t": [50.0]}
)  # fmt: skip
CAP = pl.DataFrame(
    {"indicator": ["nox"], "delta_column": ["delta_nox_t"], "projected": [1000.0], "target": [975.0]}
)
FREE = OPTIONS.with_columns(annual_cost_cny=pl.lit(None, pl.Float64))
OPEN = CAP.with_columns(target=pl.lit(None, pl.Float64))
FOREST = pl.DataFrame({"land_class": ["forest"], "area_ha": [10.0], "density_tc_per_ha": [134.0]})


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: couple(TWO, ["a"]), errors.TooFewSubsystemsError),
        (lambda: couple(TWO, ["a", "a"]), errors.TooFewSubsystemsError),
        (lambda: couple(TWO, ["a", "c"]), MissingPanelColumnError),
        (lambda: couple(pl.DataFrame({"a": ["x"], "b": [0.1]}), ["a", "b"]), NotANumberError),
        (lambda: lint_c_as_d(TWO, ["a", "b"], "d"), MissingPanelColumnError),
        (lambda: normalise(TWO, bounds_of_panel(TWO, {"c": "cost"}, "two")), MissingPanelColumnError),
        (lambda: weigh_by_entropy(pl.DataFrame({"a": [-1.0, 2.0]}), ["a"]), errors.NegativeIndicatorError),
        (lambda: order_subsystem(pl.DataFrame({"a": [-0.1]}), ["a"], "u"), errors.NegativeSubsystemError),
        (lambda: synergy_degree([[0.1, 0.2, 0.3]], [[0.1, 0.2]]), errors.UnmatchedValuesError),
        (lambda: weigh_by_judgement([[1, 3], [1 / 3, 1], [1, 1]]), IncompleteJudgementsError),
        (lambda: cross_elasticity("a", "b", definition="a/b", zero_share=1e-4), NotOnListError),
        (lambda: homology.overlap([1.0, 2.0], [1.0]), errors.UnmatchedValuesError),
        (lambda: homology.cosine([1.0, -2.0], [1.0, 1.0]), errors.UndefinedAmountError),
        (lambda: homology.rank_correlation([1, 2, 3, 4, NAN], [1, 2, 3, 4, 5]), errors.UndefinedAmountError),
        (lambda: raster_neighbours(COLUMN, ROW, "bishop"), NotOnListError),
        (lambda: raster_neighbours(COLUMN, ROW[:3]), errors.UnmatchedValuesError),
        (lambda: global_moran(NINE[:3], ROOK), errors.UnmatchedValuesError),
        (lambda: global_moran(HOLE, ROOK), errors.UndefinedAmountError),
        (lambda: bivariate_moran(NINE, HOLE, ROOK), errors.UndefinedAmountError),
        (lambda: local_moran(HOLE, ROOK), errors.UndefinedAmountError),
        (lambda: gi_star(NINE[:2], ROOK), errors.UnmatchedValuesError),
        (lambda: overlap_hot_spots(NINE, NINE[:4], top_share=0.1), errors.UnmatchedValuesError),
        (lambda: mark_hot_spots(HOLE, 0.1), errors.UndefinedAmountError),
        (lambda: mark_hot_spots(NINE, 10), errors.TopShareOutOfRangeError),
        (lambda: plan_portfolio(OPTIONS, {}, CAP), UptakeLimitError),
        (lambda: plan_portfolio(OPTIONS, {"filter": 1.2}, CAP), UptakeLimitError),
        (lambda: plan_portfolio(FREE, {"filter": 1.0}, CAP), MissingPanelValueError),
        (lambda: plan_portfolio(OPTIONS, {"filter": 1.0}, OPEN), MissingPanelValueError),
        (lambda: plan_portfolio(OPTIONS.drop("delta_nox_t"), {"filter": 1.0}, CAP), MissingPanelColumnError),
        (lambda: carbon_stock(FOREST.drop("area_ha"), FOREST), MissingPanelColumnError),
        (lambda: carbon_stock(FOREST, pl.concat([FOREST, FOREST])), RepeatedPanelRowError),
        (lambda: carbon_stock(FOREST.with_columns(area_ha=-1.0), FOREST), NegativePanelValueError),
    ],
)
def test_a_wrong_call_is_answered_by_name(call: Callable[[], object], error: type[Exception]) -> None:
    with pytest.raises(error):
        call()


def test_one_row_may_be_a_plain_list() -> None:
    assert coupling_degree([0.2, 0.8]) == pytest.approx([0.8])
    assert synergy_degree([0.1, 0.1], [0.3, 0.9]) == pytest.approx([0.4])


def test_weights_that_the_rows_do_not_settle_are_not_invented() -> None:
    alike = pl.DataFrame({"a": [0.2, 0.6], "b": [0.2, 0.6], "t": [0.2, 0.6]})
    with pytest.raises(errors.UnsettledWeightsError, match="2"):
        fit_alphas(alike, ["a", "b"], "t")
    with pytest.raises(errors.UnsettledWeightsError):
        fit_alphas(alike.clear(), ["a", "b"], "t")


def test_an_indicator_of_zeros_differs_nowhere_and_weighs_nothing() -> None:
    panel = pl.DataFrame({"a": [0.0, 0.0], "b": [1.0, 2.0]})
    assert weigh_by_entropy(panel, ["a", "b"]) == pytest.approx([0.0, 1.0])


def test_a_gap_in_one_indicator_does_not_lift_its_entropy_weight() -> None:
    whole = pl.DataFrame({"a": [1.0, 2.0, 4.0], "b": [3.0, 1.0, 2.0]})
    holed = pl.concat([whole, pl.DataFrame({"a": [None], "b": [9.0]}, schema=whole.schema)])
    assert weigh_by_entropy(holed, ["a", "b"]) == pytest.approx(weigh_by_entropy(whole, ["a", "b"]))


def test_one_area_without_a_name_is_compared_with_its_own_base_year() -> None:
    frame = pl.DataFrame({"year": [2020, 2025], "a": [0.1, 0.3], "b": [0.1, 0.9]})
    got = measure_synergy(frame, ["a", "b"], by=[], time="year", base=2020)
    assert got["synergy_degree"].to_list() == pytest.approx([0.4])
    with pytest.raises(RepeatedPanelRowError):
        measure_synergy(pl.concat([frame, frame]), ["a", "b"], by=[], time="year", base=2020)


@pytest.mark.parametrize(("a", "c"), [(None, 0.1), (0.1, None), (NAN, 0.1)])
def test_a_missing_change_has_no_quadrant_and_no_elasticity(a: float | None, c: float | None) -> None:
    value, state = cross_elasticity("a", "c", zero_share=1e-4)
    frame = pl.DataFrame({"a": [a], "c": [c]}, schema={"a": pl.Float64, "c": pl.Float64})
    assert frame.select(value, state.alias("s"), quadrant("a", "c").alias("q")).row(0) == (
        None, "undefined", None,
    )  # fmt: skip


def test_without_a_base_there_is_no_elasticity_but_a_quadrant() -> None:
    change = pl.DataFrame({"dSO2_t": [0.95], "delta_carbon_t": [-1.0], "annual_cost_cny": [None]})
    got = evaluate_cocontrol(
        change, weights={"SO2": 1 / 0.95}, base_apeq_t=0.0, base_carbon_t=100.0, carbon_weight=0.05,
        zero_share=1e-4,
    ).row(0, named=True)  # fmt: skip
    assert (got["elasticity_state"], got["quadrant"]) == ("undefined", "IV")


def test_local_statistics_are_drawn_unless_none_are_wanted() -> None:
    assert not np.isnan(local_moran(NINE, ROOK).p_value).any()
    none = gi_star(NINE, ROOK, permutations=0)
    assert np.isnan(none.p_value).all()
    assert set(none.cluster) == {"not_significant"}


@pytest.mark.parametrize("missing", [None, NAN])
def test_an_area_without_a_score_comes_last(missing: float | None) -> None:
    scores = pl.DataFrame({"code": ["a", "b", "c"], "score": [missing, 0.0, 0.5]}, strict=False)
    assert rank_peers(scores, within=())["rank"].to_list() == [3, 2, 1]


def test_the_same_portfolio_is_found_whatever_the_order_of_the_options() -> None:
    # Two measures of equal cost and effect: which of them is taken must not hang on the order of rows.
    rows = [("a", 1, "m1", 10.0, 5.0), ("b", 1, "m2", 10.0, 5.0), ("c", 1, "m3", 10.0, 5.0)]
    names = ["scope_code", "option", "measures", "annual_cost_cny", "delta_nox_t"]
    options = pl.DataFrame(rows, schema=names, orient="row").with_columns(
        scope_name="scope_code", scenario_id=pl.lit("policy"), year=pl.lit(2025)
    )
    one, other = (
        plan_portfolio(options_at(frame, "policy", 2025), {"m1": 1.0, "m2": 1.0, "m3": 1.0}, CAP)
        for frame in (options, options.reverse())
    )
    assert one.programme.options.equals(other.programme.options)
    assert one.solution.uptake.tolist() == other.solution.uptake.tolist()
