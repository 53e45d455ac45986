"""Numbers as officials write them, in both languages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.deliverables.report.numbers import KINDS, Language, written


@pytest.mark.parametrize(
    ("value", "kind", "zh", "en"),
    [
        (46_628_250.46, "mass", "4662.8万吨", "46.63 Mt"),
        (30_585.7, "mass", "3.06万吨", "30.59 kt"),
        (9_999.6, "mass", "10000吨", "10.00 kt"),
        (312.8, "mass", "313吨", "313 t"),
        (2.3833, "mass", "2.38吨", "2.38 t"),
        (-6_562_090.0, "mass", "−656.2万吨", "−6.56 Mt"),
        (0.0, "mass", "0吨", "0 t"),
        (0.38094, "share", "38.1%", "38.1%"),
        (-0.00001, "share", "0.0%", "0.0%"),
        (4.22009e11, "money", "4220.1亿元", "CNY 422.01 billion"),
        (3_210_418.0, "people", "321.0万人", "3.21 million"),
        (17_233_000.0, "energy", "1723.3万吨标准煤", "17.23 Mtce"),
        (11_049.1, "per_gdp", "1.105吨/万元", "1.105 t per CNY 10,000"),
        (340_734.5, "density", "34.1万吨/平方公里", "340,734 t/km2"),
        (2033, "year", "2033年", "2033"),
        (0.0004, "p", "<0.001", "<0.001"),
    ],
)
def test_a_number_is_written_for_readers(value: float, kind: str, zh: str, en: str) -> None:
    assert (written(value, kind, "zh"), written(value, kind, "en")) == (zh, en)


@pytest.mark.parametrize("value", [None, float("nan")])
def test_what_is_missing_is_a_dash_and_not_zero(value: float | None) -> None:
    assert written(value, "mass", "zh") == "—"


@given(st.floats(-1e12, 1e12), st.sampled_from(sorted(KINDS)), st.sampled_from(["zh", "en"]))
def test_no_number_is_written_in_scientific_notation(value: float, kind: str, language: Language) -> None:
    text = written(value, kind, language)
    assert "e+" not in text
    assert "-" not in text
