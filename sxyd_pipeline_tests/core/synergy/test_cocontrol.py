"""Co-control effects on plain numbers: six measures worked out by hand, and laws of the elasticity."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.cocontrol import evaluate_cocontrol
from sxyd_pipeline.core.synergy.elasticity import CARBON_PER_POLLUTANT, cross_elasticity, quadrant

#: Synthetic case: dSO2, dNOx, dPM2.5, dCO2 (t), cost (10^4 CNY); then dAPeq, % of base, dCO2 % of base, Els,
#: quadrant, CNY per t APeq, CNY per t CO2. Particles as general dust (4 kg), base SO2 + NOx 11,000 t, PM 1,500 t,
#: CO2 2 Mt.
SIX = [
    ("M1", 120, 150, 30, 80000, 2000, 291.711, 2.4403, 4.0, 0.6101, "I", 68561.12, 250.0),
    ("M2", 300, 60, 90, 45000, 6500, 401.447, 3.3583, 2.25, 1.4926, "I", 161914.13, 1444.44),
    ("M3", 900, 0, 40, -9000, 1800, 957.368, 8.0088, -0.45, -17.7973, "IV", 18801.54, None),
    ("M4", 0, 700, 0, -4000, 2500, 736.842, 6.164, -0.2, -30.82, "IV", 33928.57, None),
    ("M5", 20, -35, -4, 200000, 60000, -16.789, -0.1405, 10.0, -0.014, "II", None, 3000.0),
    ("M6", 80, 95, 12, 95000, 1500, 187.211, 1.5661, 4.75, 0.3297, "I", 80123.7, 157.89),
]
WEIGHTS = {"SO2": 1 / 0.95, "NOx": 1 / 0.95, "PM25": 1 / 4}
BASE_APEQ_T, BASE_CO2_T = 11000 / 0.95 + 1500 / 4, 2e6


def evaluated(rows: list[tuple[object, ...]], **more: object) -> pl.DataFrame:
    frame = pl.DataFrame(
        [row[:6] for row in rows],
        schema=["measure", "dSO2_t", "dNOx_t", "dPM25_t", "delta_carbon_t", "cost"],
        orient="row",
    ).with_columns(annual_cost_cny=pl.col("cost") * 1e4)
    settings = {
        "base_apeq_t": BASE_APEQ_T,
        "base_carbon_t": BASE_CO2_T,
        "carbon_weight": 0.05,
        "zero_share": 1e-4,
    }
    return evaluate_cocontrol(frame, weights=WEIGHTS, **settings, **more)  # type: ignore[arg-type]  # mixed settings


@pytest.mark.parametrize("row", SIX, ids=lambda row: row[0])
def test_six_measures_come_out_as_worked_by_hand(row: tuple[object, ...]) -> None:
    got = evaluated([row]).row(0, named=True)
    apeq, apeq_pct, carbon_pct, els, where, per_apeq, per_co2 = row[6:]
    assert round(got["delta_apeq_t"], 3) == apeq
    assert round(got["apeq_share_of_base"] * 100, 4) == apeq_pct
    assert round(got["carbon_share_of_base"] * 100, 4) == carbon_pct
    assert round(got["elasticity"], 4) == els
    assert got["quadrant"] == where
    assert (None if per_apeq is None else round(got["cost_per_apeq_cny_per_t"], 2)) == per_apeq
    assert (None if per_co2 is None else round(got["cost_per_carbon_cny_per_t"], 2)) == per_co2


def test_a_cost_per_tonne_needs_tonnes() -> None:
    got = evaluated(SIX)
    assert got.filter(pl.col("delta_carbon_t") <= 0)["cost_per_carbon_cny_per_t"].null_count() == 2
    assert got.filter(pl.col("measure") == "M5")["cost_per_apeq_cny_per_t"].item() is None


def test_the_two_definitions_are_reciprocal_and_say_so() -> None:
    one, other = evaluated(SIX), evaluated(SIX, definition=CARBON_PER_POLLUTANT)
    assert (one["elasticity"] * other["elasticity"]).to_list() == pytest.approx([1.0] * 6)
    assert other["elasticity_definition"].unique().to_list() == [CARBON_PER_POLLUTANT]


def judge(a: float, c: float, zero_share: float = 1e-4) -> tuple[float | None, str, str]:
    value, state = cross_elasticity("a", "c", zero_share=zero_share)
    frame = pl.DataFrame({"a": [a], "c": [c]}).with_columns(e=value, s=state, q=quadrant("a", "c"))
    return frame["e"].item(), frame["s"].item(), frame["q"].item()


def test_two_rises_look_like_synergy_and_are_none() -> None:
    assert judge(-0.02, -0.01) == (None, "both_rise", "III")


def test_near_zero_carbon_has_no_elasticity() -> None:
    assert judge(0.05, 0.00005) == (None, "undefined", "I")
    assert judge(0.05, 0.0) == (None, "undefined", "axis")
    assert judge(0.0, 0.01)[1:] == ("undefined", "axis")


SHARES = st.floats(-1, 1, allow_nan=False)


@given(a=SHARES, c=SHARES)
def test_synergy_is_reported_only_when_both_fall(a: float, c: float) -> None:
    value, state, where = judge(a, c)
    assert (state == "synergy") <= (a > 0 and c > 0)
    assert (where == "I") <= (a > 0 and c > 0)
    if a < 0 and c < 0:
        assert (value, state) == (None, "both_rise")
    if value is not None and value > 0:
        assert a > 0
        assert c > 0
