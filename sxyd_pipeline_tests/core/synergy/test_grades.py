"""Grades follow their scheme at its bounds, and the schemes that ship are whole."""

import polars as pl
import pytest

from sxyd_pipeline.core.synergy.coupling_errors import BrokenGradeSchemeError, UnknownGradeSchemeError
from sxyd_pipeline.core.synergy.grades import COORDINATION, SYNERGY, grade, schemes_for
from sxyd_pipeline_tests.core.synergy.printed_tables import reference

SCHEMES = reference().grade_schemes


def graded(values: list[float | None], scheme: str) -> list[str | None]:
    return grade(pl.Series(values, dtype=pl.Float64), SCHEMES, scheme).to_list()


def test_a_class_holds_its_lower_bound_and_the_last_its_upper_too() -> None:
    assert graded([0.0, 0.1, 0.1 + 0.2, 0.5, 1.0], "ten_class_0.1") == [
        "极度失调", "严重失调", "轻度失调", "勉强协调", "优质协调",
    ]  # fmt: skip


def test_standing_still_is_no_synergy_and_0_7_is_not_yet_high() -> None:
    assert graded([-1.0, 0.0, 0.001, 0.3, 0.7, 0.71], "synergy_0_0.3_0.7") == [
        "不协同", "不协同", "低度协同", "低度协同", "中度协同", "高度协同",
    ]  # fmt: skip


def test_what_lies_outside_or_is_missing_has_no_grade() -> None:
    assert graded([None, -0.1, 1.1, float("nan")], "five_class_0.2") == [None] * 4


def test_one_value_gets_another_name_in_every_scheme() -> None:
    names = {scheme: graded([0.55], scheme)[0] for scheme in schemes_for(SCHEMES, COORDINATION)}
    assert names == {
        "ten_class_0.1": "勉强协调", "five_class_0.2": "基本/勉强协调", "four_class_0.3_0.5_0.8": "高度协调",
        "four_class_0.4_0.5_0.6": "中度协调",
    }  # fmt: skip


def test_schemes_that_ship_cover_their_quantity_without_a_gap() -> None:
    assert schemes_for(SCHEMES, SYNERGY) == ["synergy_0_0.3_0.7"]
    for quantity, low in ((COORDINATION, 0.0), (SYNERGY, -1.0)):
        steps = pl.Series([low + (1.0 - low) * step / 200 for step in range(201)])
        for scheme in schemes_for(SCHEMES, quantity):
            assert grade(steps, SCHEMES, scheme).null_count() == 0


def test_an_unknown_scheme_and_a_broken_one_are_named() -> None:
    with pytest.raises(UnknownGradeSchemeError, match="official"):
        grade(pl.Series([0.5]), SCHEMES, "official")
    gap = SCHEMES.filter(~((pl.col("scheme_id") == "ten_class_0.1") & (pl.col("lower") == 0.3)))
    with pytest.raises(BrokenGradeSchemeError, match=r"0\.3"):
        grade(pl.Series([0.5]), gap, "ten_class_0.1")
