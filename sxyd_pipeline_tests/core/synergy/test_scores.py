"""Composite scores: numbers by hand; contributions add up; order of rows and units of measure do not matter."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy import scores
from sxyd_pipeline_tests.core.synergy.score_frames import BASE_YEAR, reference

NAMES = list(scores.COLUMN_OF)


def indices(
    *rows: tuple[str, float | None, float | None, float | None, float | None, float | None],
) -> pl.DataFrame:
    """Rows of ``code`` and the five components, of one layer in the base year."""
    return pl.DataFrame(
        [("baseline", BASE_YEAR, "air", *row) for row in rows],
        schema={
            "scenario_id": pl.String, "year": pl.Int32, "layer": pl.String, "code": pl.String,
            **dict.fromkeys(scores.COLUMN_OF.values(), pl.Float64),
        },
        orient="row",
    )  # fmt: skip


def equal(layer: str = "air") -> pl.DataFrame:
    return pl.DataFrame({"layer": [layer] * 5, "component": NAMES, "weight_share": [0.2] * 5})


def normalised(table: pl.DataFrame) -> pl.DataFrame:
    bounds = scores.bound_components(table, reference().score_components, base_year=BASE_YEAR)
    return scores.normalise_components(table, bounds)


THREE = indices(
    ("a", 1.0, 10.0, 0.0, 0.5, 0.0), ("b", 10.0, 100.0, 0.5, 1.5, 0.25), ("c", 100.0, 1000.0, 1.0, 2.5, 0.5)
)


def test_the_middle_of_every_scale_scores_a_half() -> None:
    # 10 is the geometric middle of 1 and 100, 1.5 the middle of 0.5 and 2.5.
    got = scores.composite(normalised(THREE), equal())
    assert got["score"].to_list() == pytest.approx([0.0, 0.5, 1.0])


def test_contributions_add_up_to_the_score() -> None:
    parts = scores.contribute(normalised(THREE), equal())
    assert parts.filter(pl.col("code") == "b")["contribution"].to_list() == pytest.approx([0.1] * 5)


def test_what_is_not_defined_speaks_for_no_synergy() -> None:
    got = normalised(indices(("a", 0.0, 1.0, None, None, None), ("b", 5.0, 2.0, 0.4, 1.0, 0.1)))
    first = got.filter(pl.col("code") == "a")
    assert first["normalised"].to_list() == [0.0] * 5
    assert first["value"].to_list() == [0.0, 1.0, None, None, None]


def test_a_density_that_is_the_same_everywhere_counts_a_half() -> None:
    got = normalised(indices(("a", 5.0, 1.0, 0.0, 1.0, 0.0), ("b", 5.0, 2.0, 0.0, 1.0, 0.0)))
    assert got.filter(pl.col("component") == "co2_density")["normalised"].to_list() == [0.5, 0.5]


def test_a_later_year_is_read_on_the_scale_of_the_base_year() -> None:
    later = THREE.with_columns(year=pl.lit(2035, pl.Int32), co2_density_t_per_km2=pl.lit(1000.0))
    got = normalised(pl.concat([THREE, later]))
    of_2035 = got.filter(pl.col("year") == 2035, pl.col("component") == "co2_density")
    assert of_2035["bound_high"].unique().to_list() == [100.0]
    assert of_2035["normalised"].unique().to_list() == [1.0]


def test_less_is_more_where_the_direction_says_so() -> None:
    components = reference().score_components.with_columns(
        direction=pl.when(pl.col("component") == "homology").then(-1).otherwise(1).cast(pl.Int32)
    )
    bounds = scores.bound_components(THREE, components, base_year=BASE_YEAR)
    got = scores.normalise_components(THREE, bounds).filter(pl.col("component") == "homology")
    assert got["normalised"].to_list() == [1.0, 0.5, 0.0]


def test_an_unknown_component_is_named() -> None:
    components = reference().score_components.with_columns(component=pl.lit("smell"))
    with pytest.raises(scores.UnknownComponentError, match="smell"):
        scores.bound_components(THREE, components, base_year=BASE_YEAR)


def test_closeness_is_half_between_ideal_and_anti_ideal() -> None:
    # One of two equal components at its best, the other at its worst: both distances are 0.5.
    table = pl.DataFrame(
        {
            "scenario_id": ["s"] * 2, "year": [2020] * 2, "layer": ["air"] * 2, "code": ["a"] * 2,
            "component": ["x", "y"], "normalised": [1.0, 0.0],
        }
    )  # fmt: skip
    weights = pl.DataFrame({"layer": ["air"] * 2, "component": ["x", "y"], "weight_share": [0.5, 0.5]})
    assert scores.closeness(table, weights)["score"].to_list() == [0.5]


def ranked(**score: float) -> pl.DataFrame:
    return scores.rank_peers(
        pl.DataFrame(
            {
                "scenario_id": ["s"] * len(score), "year": [2020] * len(score), "layer": ["air"] * len(score),
                "code": list(score), "score": list(score.values()),
            }
        )
    )  # fmt: skip


def test_equal_scores_are_ranked_by_code() -> None:
    got = ranked(c=0.5, a=0.1 + 0.2, b=0.3)
    assert dict(got.select("code", "rank").iter_rows()) == {"c": 1, "a": 2, "b": 3}


def test_a_tenth_of_ten_areas_is_one_and_three_tenths_are_three() -> None:
    classes = reference().score_classes
    got = scores.classify_ranks(ranked(**{f"u{i:02d}": 1.0 - i / 100 for i in range(10)}), classes)
    counts = dict(got.group_by("score_class").len().iter_rows())
    assert counts == {"极显著": 1, "显著": 2, "一般": 3, "不显著": 4}
    assert [scores.top_count(count, classes) for count in (1, 10, 11)] == [1, 1, 2]


def votes(*classes: str, main: str) -> tuple[str, float]:
    key = {"scenario_id": "s", "year": 2020, "layer": "air", "code": "a"}
    table = pl.DataFrame([{**key, "score_class": name} for name in classes])
    own = pl.DataFrame([{**key, "score_class": main}])
    row = scores.agree(table, reference().score_classes, own).row(0, named=True)
    return row["consensus_class"], row["consensus_share"]


def test_the_consensus_is_the_class_most_methods_give() -> None:
    assert votes("显著", "显著", "一般", "极显著", main="极显著") == ("显著", 0.5)


def test_a_tie_of_classes_goes_to_the_main_method_else_to_the_higher() -> None:
    assert votes("显著", "一般", main="一般")[0] == "一般"
    assert votes("显著", "显著", "一般", "一般", "不显著", main="不显著")[0] == "显著"


SHARE = st.floats(0.0, 1.0)
AREA = st.tuples(st.floats(0.01, 1e6), st.floats(0.01, 1e4), SHARE, st.floats(0.0, 3.0), st.floats(-0.2, 0.6))


@settings(max_examples=40, deadline=None)
@given(st.lists(AREA, min_size=1, max_size=7), st.floats(0.001, 1000.0))
def test_scores_do_not_depend_on_the_order_of_rows_or_on_units(
    rows: list[tuple[float, ...]], factor: float
) -> None:
    table = indices(*((f"u{i}", *row) for i, row in enumerate(rows)))  # type: ignore[misc]  # five numbers each
    got = scores.composite(normalised(table), equal())
    assert got["score"].is_between(0.0, 1.0 + 1e-12).all()
    turned = scores.composite(normalised(table.reverse()), equal().reverse())
    assert turned["score"].to_list() == pytest.approx(got["score"].to_list(), abs=1e-12)
    other = table.with_columns(pl.col("co2_density_t_per_km2", "apeq_density_t_per_km2") * factor)
    rescaled = scores.composite(normalised(other), equal())
    assert rescaled["score"].to_list() == pytest.approx(got["score"].to_list(), abs=1e-9)
    ranks = scores.rank_peers(got)["rank"].sort().to_list()
    assert ranks == list(range(1, len(rows) + 1))
