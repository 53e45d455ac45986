"""Price bases, intensities, printed totals, balances, coal equivalent, releases."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.lints import (
    lint_balance,
    lint_coal_equivalent,
    lint_intensity_prices,
    lint_price_bases,
    lint_printed_totals,
    lint_release_jumps,
)
from sxyd_pipeline_tests.core.baseline.little_city import reference

FUELS, RULES = reference("fuels"), reference("lint_rules")


def money(*rows: tuple[int, float, str | None]) -> list[tuple[str, int]]:
    frame = pl.DataFrame(
        [("gdp", *row) for row in rows],
        schema={"indicator": pl.String, "year": pl.Int32, "value": pl.Float64, "price_base": pl.String},
        orient="row",
    )
    return lint_price_bases(frame, RULES).select("lint_id", "source_row").rows()


CURRENT = [(2018, 100.0, "current"), (2019, 108.0, "current"), (2020, 112.0, "current")]


def test_both_price_bases_side_by_side_are_right() -> None:
    assert money(*CURRENT, (2018, 104.0, "2020"), (2019, 109.0, "2020"), (2020, 112.0, "2020")) == []
    assert money(*CURRENT) == []


def test_a_spliced_series_is_found() -> None:
    got = money(*CURRENT[:2], (2020, 112.0, "2015"))
    assert got == [("price_bases_mixed", 3)]


def test_constant_prices_that_equal_current_ones_are_found() -> None:
    got = money(*CURRENT, (2018, 100.0, "2020"), (2019, 108.0, "2020"), (2020, 112.0, "2020"))
    assert got == [("constant_equals_current", 4), ("constant_equals_current", 5)]


def test_a_deflator_of_thirty_percent_a_year_is_found() -> None:
    got = money(*CURRENT, (2018, 100.1, "2020"), (2019, 108.2, "2020"), (2020, 85.0, "2020"))
    assert got == [("deflator_jumps", 6)]


def test_a_series_that_does_not_say_its_prices_is_found_but_one_year_is_not() -> None:
    assert money((2019, 1.0, None), (2020, 2.0, None)) == [
        ("price_base_unstated", 1),
        ("price_base_unstated", 2),
    ]
    assert money((2020, 2.0, None)) == []


def test_people_have_no_price() -> None:
    frame = pl.DataFrame(
        {
            "indicator": ["population"] * 2,
            "year": [2019, 2020],
            "value": [1.0, 2.0],
            "price_base": [None, None],
        }
    )
    assert lint_price_bases(frame, RULES).is_empty()


def test_an_intensity_on_nominal_gdp_is_found() -> None:
    frame = pl.DataFrame(
        {"year": [2015, 2020, 2020], "pressure": [300.0] * 3, "intensity": [3.0, 2.0, 2.5],
         "gdp_current": [100.0, 150.0, 150.0], "gdp_constant": [100.0, 120.0, 120.0]}
    )  # fmt: skip
    assert lint_intensity_prices(frame, RULES)["source_row"].to_list() == [2]


def totals(*tonnes: float) -> pl.DataFrame:
    return pl.DataFrame(
        {"year": [2020] * len(tonnes), "breakdown": ["city"] * len(tonnes), "breakdown_code": ["321100"] * len(tonnes),
         "species": ["CO2", "SO2", "NOx"][: len(tonnes)], "emission_t": list(tonnes)}
    )  # fmt: skip


def test_a_total_ten_thousand_times_the_last_one_is_found() -> None:
    got = lint_release_jumps(totals(5e6, 1000.0, 30.0), totals(510.0, 400.0, 28.0), RULES)
    assert got.select("lint_id", "source_row").rows() == [("total_jumps", 1)]
    assert "10 的 4 次幂" in got["message_zh"][0]
    assert lint_release_jumps(totals(510.0), totals(5e6), RULES).height == 1
    # Three times as much is a change, not a slip of the unit; what is almost nothing is not compared.
    assert lint_release_jumps(totals(300.0), totals(100.0), RULES).is_empty()
    assert lint_release_jumps(totals(0.9), totals(90.0), RULES).is_empty()


def test_coal_equivalent_must_follow_from_amount_and_coefficient() -> None:
    frame = pl.DataFrame(
        {"fuel": ["原煤", "原煤", "天然气", "柴油"], "amount": [100.0, 100.0, 100.0, 10.0], "unit": ["万t", "万t", "万m3", "t"],
         "tce": [71.43, 76.0, 1330.0, 14.57], "tce_unit": ["万tce", "万tce", "tce", "tce"], "coefficient": [0.7143, 0.7143, None, None]}
    )  # fmt: skip
    got = lint_coal_equivalent(frame, FUELS, RULES)
    assert got["source_row"].to_list() == [2]
    slipped = frame.with_columns(tce=pl.col("tce") * 10)
    assert lint_coal_equivalent(slipped, FUELS, RULES)["source_row"].to_list() == [1, 2, 3, 4]


def test_a_printed_total_must_be_the_sum_of_its_parts() -> None:
    frame = pl.DataFrame(
        {
            "year": [2019, 2019, 2019, 2020, 2020, 2020],
            "value": [1.0, 2.0, 3.0, 1.0, 2.0, 3.5],
            "is_total": [False, False, True] * 2,
        }
    )
    got = lint_printed_totals(frame, value="value", by=["year"])
    assert got["source_row"].to_list() == [6]
    assert "2020 合计 3.5，分项之和 3.0" in got["message_zh"][0]
    assert lint_printed_totals(frame, value="value", by=["year"], absolute=0.5).is_empty()


BALANCE = pl.DataFrame(
    [
        ("原煤", "可供本地区消费的能源量", 100.0), ("原煤", "一次能源生产量", 60.0), ("原煤", "加工转换投入(-)产出(+)量", -70.0),
        ("原煤", "损失量", 1.0), ("原煤", "终端消费量", 29.0), ("原煤", "平衡差额", 0.0),
        ("柴油", "可供本地区消费的能源量", 50.0), ("柴油", "终端消费量", 45.0), ("柴油", "平衡差额", 1.0),
    ],
    schema=["fuel", "item", "amount"],
    orient="row",
)  # fmt: skip


def test_a_balance_with_an_error_inside_is_found() -> None:
    got = lint_balance(BALANCE)
    assert got["lint_id"].to_list() == ["balance_not_closed"]
    assert "柴油 收支相差 4.0" in got["message_zh"][0]
    mended = BALANCE.with_columns(
        pl.when(pl.col("amount") == 45.0).then(49.0).otherwise("amount").alias("amount")
    )
    assert lint_balance(mended).is_empty()


def test_signs_may_be_given() -> None:
    frame = pl.DataFrame(
        {"fuel": ["x"] * 3, "item": ["in", "out", "memo"], "amount": [5.0, 5.0, 9.0], "sign": [1, -1, 0]}
    )
    assert lint_balance(frame).is_empty()
    assert lint_balance(frame.with_columns(sign=pl.lit(1))).height == 1


@given(parts=st.lists(st.floats(0, 1e9), min_size=1, max_size=20), slip=st.sampled_from([1.0, 1.01]))
def test_only_a_wrong_total_is_blamed(parts: list[float], slip: float) -> None:
    total = sum(parts) * slip + (1.0 if slip > 1 else 0.0)
    frame = pl.DataFrame({"v": [*parts, total], "is_total": [False] * len(parts) + [True]})
    assert lint_printed_totals(frame, value="v").height == (1 if slip > 1 else 0)


def test_empty_tables_give_no_findings() -> None:
    assert lint_balance(BALANCE.clear()).is_empty()
    assert lint_release_jumps(totals(1.0).clear(), totals(1.0), RULES).is_empty()
