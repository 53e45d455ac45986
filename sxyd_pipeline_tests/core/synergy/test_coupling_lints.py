"""Misuses in printed tables are found; honest tables are not accused, not even of rounding."""

import polars as pl
import pytest

from sxyd_pipeline.core.synergy import coupling_lints as lints
from sxyd_pipeline.core.synergy.coupling import couple
from sxyd_pipeline.core.synergy.normalise import bounds_of_panel, normalise
from sxyd_pipeline_tests.core.synergy.printed_tables import aksu, lanzhou

SYSTEMS = ("u1", "u2")


def test_a_table_that_prints_c_as_d_is_caught() -> None:
    # U1 = U2 = 0.4007: C = 1.000, D = sqrt(0.4007) = 0.633, and the table prints 1.000.
    table = pl.DataFrame({"u1": [0.4007, 0.21], "u2": [0.4007, 0.25], "d": [1.000, 0.996]})
    found = lints.lint_c_as_d(table, SYSTEMS, "d")
    assert found["rule"].unique().to_list() == ["c_printed_as_d"]
    assert found["coordination_d"].round(3).to_list() == [0.633, 0.479]
    assert found["printed_is"].to_list() == ["C", "C"]


def test_a_whole_column_of_1_000_hides_nothing() -> None:
    table = pl.DataFrame({"u1": [0.4, 0.5], "u2": [0.4, 0.5], "d": [1.0, 1.0]})
    assert lints.lint_c_as_d(table, SYSTEMS, "d").height == 2


def test_every_row_of_lanzhou_is_caught_once_its_c_stands_under_the_head_d() -> None:
    assert lints.lint_c_as_d(lanzhou(), SYSTEMS, "c_printed").height == 10
    assert lints.lint_c_as_d(lanzhou(), SYSTEMS, "d_printed").is_empty()
    assert lints.lint_misprinted_d(lanzhou(), SYSTEMS, "d_printed").is_empty()


def test_two_printed_digits_are_no_misprint() -> None:
    rounded = couple(lanzhou(), SYSTEMS).select(pl.col("u1", "u2", "coordination_d").round(2))
    assert lints.lint_misprinted_d(rounded, SYSTEMS, "coordination_d").is_empty()


def test_a_c_printed_as_d_is_caught_in_three_systems_with_their_own_weights() -> None:
    table = pl.DataFrame({"a": [0.31, 0.42], "b": [0.35, 0.44], "c": [0.28, 0.51]})
    systems, alphas = ("a", "b", "c"), (0.3, 0.3, 0.4)
    printed = couple(table, systems, alphas=alphas).with_columns(
        pl.col("coupling_c", "coordination_d").round(3)
    )
    assert (
        lints.lint_c_as_d(printed.select(*systems, "coupling_c"), systems, "coupling_c", alphas=alphas).height
        == 2
    )
    assert lints.lint_c_as_d(
        printed.select(*systems, "coordination_d"), systems, "coordination_d", alphas=alphas
    ).is_empty()


@pytest.mark.parametrize(
    ("printed", "told"),
    [(0.5, "T"), (0.8, "C"), (0.4, "C·T"), (0.6325, "D"), (0.4472, "√(C/n·T)"), (0.5657, "D(k=1)"), (0.4525, "D(k=2)")],
)  # fmt: skip
def test_a_misprint_is_told_for_what_it_is(printed: float, told: str) -> None:
    # U = 0.2, 0.8: C = 0.8, T = 0.5, D = 0.6325.
    table = pl.DataFrame({"u1": [0.2000], "u2": [0.8000], "d": [printed]})
    assert lints.explain_d(table, SYSTEMS, "d")["printed_is"].to_list() == [told]


def test_the_k_variant_is_recognised_and_accepted_where_it_is_named() -> None:
    ranked = lints.rank_c_variants(aksu(), SYSTEMS, "c_printed")
    assert ranked["variant"][0] == "C(k=2)"
    assert ranked["rows_explained_share"][0] == 1.0
    accused = lints.lint_c_variant(aksu(), SYSTEMS, "c_printed")
    assert accused.height == 22
    assert lints.lint_c_variant(lanzhou(), SYSTEMS, "c_printed").is_empty()
    assert lints.lint_misprinted_d(aksu(), SYSTEMS, "d_printed", k=2.0).is_empty()
    assert lints.lint_misprinted_d(aksu(), SYSTEMS, "d_printed").height > 10


def test_a_missing_root_is_told_from_the_standard_formula() -> None:
    table = pl.DataFrame({"a": [0.2, 0.3, 0.9], "b": [0.5, 0.6, 0.4], "c": [0.7, 0.2, 0.5]})
    systems = ("a", "b", "c")
    printed = couple(table, systems, k=1.0).with_columns(pl.col("coupling_c").round(4))
    found = lints.lint_c_variant(printed.select(*systems, "coupling_c"), systems, "coupling_c")
    assert found["variant"].unique().to_list() == ["C(k=1)"]
    assert found.height == 3


def test_a_panel_whose_c_never_exceeds_one_half_is_caught() -> None:
    halved = lanzhou().with_columns(c_half=(pl.col("c_printed") / 2).round(4))
    assert lints.lint_capped_c(halved, "c_half").height == 10
    assert lints.lint_capped_c(halved, "c_half", SYSTEMS).height == 10
    assert lints.lint_capped_c(lanzhou(), "c_printed").is_empty()


def test_a_panel_that_truly_is_uneven_is_not_called_capped_when_its_subsystems_are_seen() -> None:
    uneven = couple(pl.DataFrame({"u1": [0.01, 0.02], "u2": [0.9, 0.95]}), SYSTEMS)
    assert lints.lint_capped_c(uneven, "coupling_c", SYSTEMS).is_empty()


def test_evenly_bad_is_not_coordinated() -> None:
    rows = pl.DataFrame({"coupling_c": [0.95, 0.95, 0.5, 0.9], "development_index": [0.2, 0.4, 0.2, 0.2]})
    assert lints.lint_high_c_low_t(rows).rows() == [(0.95, 0.2, "high_c_low_t")]


def test_the_zero_of_min_max_is_told_and_gone_with_a_shift() -> None:
    panel = pl.DataFrame({"so2": [1.0, 2.0, 4.0]})
    bounds = bounds_of_panel(panel, {"so2": "cost"}, "three areas")
    assert lints.lint_zeros(normalise(panel, bounds), ["so2_u"])["so2"].to_list() == [4.0]
    assert lints.lint_zeros(normalise(panel, bounds, epsilon=0.01), ["so2_u"]).is_empty()


def test_bounds_of_two_panels_are_told_apart() -> None:
    one = bounds_of_panel(pl.DataFrame({"so2": [1.0, 4.0]}), {"so2": "cost"}, "2015")
    other = bounds_of_panel(pl.DataFrame({"so2": [1.0, 3.0]}), {"so2": "cost"}, "2020")
    assert lints.lint_mixed_bounds(pl.concat([one, other]))["panel"].to_list() == ["2015", "2020"]
    assert lints.lint_mixed_bounds(pl.concat([one, one])).is_empty()


def test_emissions_counted_in_two_directions_are_told() -> None:
    directions = pl.DataFrame(
        {
            "kind": ["emission", "emission", "economy"],
            "indicator": ["so2", "co2", "gdp"],
            "direction": ["cost", "benefit", "benefit"],
        }
    )
    assert lints.lint_directions(directions)["indicator"].to_list() == ["so2", "co2"]
    mended = directions.with_columns(direction=pl.Series(["cost", "cost", "benefit"]))
    assert lints.lint_directions(mended).is_empty()
