import polars as pl
import pytest

from sxyd_pipeline.core.baseline.decoupling import STATES, measure_decoupling
from sxyd_pipeline.core.panels import MissingPanelColumnError, RepeatedPanelRowError


def state(c1: float, g1: float) -> str:
    panel = pl.DataFrame({"year": [2015, 2020], "co2": [100.0, c1], "gdp": [100.0, g1]})
    return str(measure_decoupling(panel, pressure="co2", activity="gdp")["state"][0])


@pytest.mark.parametrize(
    ("c1", "g1", "expected"),
    [
        (90.0, 110.0, "strong_decoupling"),
        (105.0, 110.0, "weak_decoupling"),
        (110.0, 110.0, "expansive_coupling"),
        (130.0, 110.0, "expansive_negative_decoupling"),
        (110.0, 90.0, "strong_negative_decoupling"),
        (95.0, 90.0, "weak_negative_decoupling"),
        (90.0, 90.0, "recessive_coupling"),
        (70.0, 90.0, "recessive_decoupling"),
        (90.0, 100.0, "undefined"),
        (100.0, 110.0, "weak_decoupling"),
    ],
)
def test_the_eight_states_follow_signs_then_cuts(c1: float, g1: float, expected: str) -> None:
    assert state(c1, g1) == expected
    assert expected in STATES


def test_two_falls_are_not_read_as_growth() -> None:
    panel = pl.DataFrame({"year": [0, 1], "co2": [100.0, 95.0], "gdp": [100.0, 90.0]})
    got = measure_decoupling(panel, pressure="co2", activity="gdp").row(0, named=True)
    assert got["elasticity"] == pytest.approx(0.5)
    assert got["state_zh"] == "弱负脱钩"


def test_chained_steps_and_end_points_say_which_they_are() -> None:
    panel = pl.DataFrame({"year": [0, 1, 2], "co2": [100.0, 120.0, 90.0], "gdp": [100.0, 110.0, 120.0]})
    chained = measure_decoupling(panel, pressure="co2", activity="gdp", path="chained")
    whole = measure_decoupling(panel, pressure="co2", activity="gdp")
    assert chained["state"].to_list() == ["expansive_negative_decoupling", "strong_decoupling"]
    assert whole["state"].to_list() == ["strong_decoupling"]
    assert set(chained["path"]) == {"chained"}


@pytest.mark.parametrize(("c1", "expected"), [(108.0, "expansive_coupling"), (112.0, "expansive_coupling")])
def test_an_elasticity_on_a_cut_is_coupling_whatever_the_last_binary_digit(c1: float, expected: str) -> None:
    # 8 % over 10 % is 0.8, 12 % over 10 % is 1.2; both cuts belong to the middle class.
    assert state(c1, 110.0) == expected


@pytest.mark.parametrize("pressure", [[None, 2.0], [0.0, 2.0], [-1.0, 2.0], [1.0, -2.0], [1.0, None]])
def test_a_missing_or_negative_value_and_a_start_of_zero_have_no_state(pressure: list[float | None]) -> None:
    panel = pl.DataFrame({"year": [2015, 2020], "co2": pressure, "gdp": [1.0, 2.0]})
    row = measure_decoupling(panel, pressure="co2", activity="gdp").row(0, named=True)
    assert (row["elasticity"], row["state"]) == (None, "undefined")


def test_every_panel_is_chained_over_its_own_years() -> None:
    panel = pl.DataFrame(
        {"city": ["a"] * 3 + ["b"] * 2, "year": [2015, 2018, 2020, 2015, 2020],
         "co2": [100.0, 105.0, 100.0, 100.0, 90.0], "gdp": [100.0, 110.0, 121.0, 100.0, 110.0]}
    )  # fmt: skip
    chained = measure_decoupling(panel, pressure="co2", activity="gdp", by="city", path="chained")
    assert chained.select("city", "start", "end", "state").rows() == [
        ("a", 2015, 2018, "weak_decoupling"),
        ("a", 2018, 2020, "strong_decoupling"),
        ("b", 2015, 2020, "strong_decoupling"),
    ]
    ends = measure_decoupling(panel.reverse(), pressure="co2", activity="gdp", by="city")
    assert ends.select("city", "state").rows() == [("a", "weak_decoupling"), ("b", "strong_decoupling")]


def test_two_rows_of_one_year_are_refused_until_a_column_tells_them_apart() -> None:
    panel = pl.DataFrame({"year": [1, 1, 2, 2], "co2": [1.0, 2.0, 3.0, 4.0], "gdp": [1.0, 2.0, 3.0, 4.0]})
    with pytest.raises(RepeatedPanelRowError, match="by"):
        measure_decoupling(panel, pressure="co2", activity="gdp")
    with pytest.raises(MissingPanelColumnError, match="so2"):
        measure_decoupling(panel, pressure="so2", activity="gdp")
