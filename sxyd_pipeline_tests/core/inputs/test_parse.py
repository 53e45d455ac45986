import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.core.inputs.parse import clean_text, to_number, to_share, to_share_of_percent, to_year


def numbers(*cells: str | None) -> list[float | None]:
    return to_number(pl.Series(cells, dtype=pl.String)).to_list()


def test_thousands_separators_of_both_customs_and_full_width_digits_are_read() -> None:
    assert numbers("1,234.5", "12,3456", "１２．５", "1，234", "－3", "−3", "1e3", ".5", " 7 ") == [
        1234.5, 123456.0, 12.5, 1234.0, -3.0, -3.0, 1000.0, 0.5, 7.0,
    ]  # fmt: skip


def test_what_is_no_number_is_not_guessed() -> None:
    assert (
        numbers("约120", "1,5", "12,34", "1.2.3", "1e999", "inf", "nan", "0x10", "10t", None) == [None] * 10
    )


def test_a_share_may_carry_a_percent_sign_of_either_width() -> None:
    cells = pl.Series(["85%", "８５％", "0.85", "1,200%", "95%", "x%"])
    assert to_share(cells).to_list() == [0.85, 0.85, 0.85, 12.0, 0.95, None]


def test_under_a_percent_header_the_sign_changes_nothing() -> None:
    assert to_share_of_percent(pl.Series(["95", "95%", "0.5"])).to_list() == [0.95, 0.95, 0.005]


def test_years_have_four_digits() -> None:
    cells = pl.DataFrame({"y": ["2020", "2020年", "２０２０年度", "20", "2020.5", "二〇二〇"]})
    assert cells.select(to_year(pl.col("y"))).to_series().to_list() == [2020, 2020, 2020, None, None, None]


def test_marks_of_a_gap_become_missing_and_zero_stays() -> None:
    cells = pl.DataFrame({"t": ["", " - ", "—", "无", "N/A", "0", "\u3000甲\u00a0"]})
    assert cells.select(clean_text(pl.col("t"))).to_series().to_list() == [None] * 5 + ["0", "甲"]


@given(st.floats(min_value=-1e15, max_value=1e15, allow_nan=False))
def test_a_number_written_with_separators_reads_back_exactly(value: float) -> None:
    assert numbers(repr(value), f"{value:,.6f}") == [value, pytest.approx(value, abs=1e-6)]


@given(st.integers(min_value=0, max_value=1000))
def test_a_percentage_is_the_number_nearest_to_its_fraction(value: int) -> None:
    assert to_share(pl.Series([f"{value}%"])).to_list() == [float(f"{value}e-2")]
