import polars as pl
import pytest

from sxyd_pipeline.core.baseline.decoupling import STATES, measure_decoupling


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
