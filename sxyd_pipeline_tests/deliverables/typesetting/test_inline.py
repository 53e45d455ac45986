"""Substances get real subscripts, units real superscripts, and data is never markup."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.deliverables.typesetting.blocks import Run, plain
from sxyd_pipeline.deliverables.typesetting.fonts import drawable, missing_glyphs, spelled_out
from sxyd_pipeline.deliverables.typesetting.inline import clean, markup_runs, text_runs


def shape(text: str) -> str:
    """Runs written out: what is lowered stands after _, what is raised after ^."""
    return "".join({"sub": "_", "sup": "^", "": ""}[run.position] + run.text for run in text_runs(text))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("CO2", "CO_2"),
        ("CO2e", "CO_2e"),
        ("tCO2e/a", "tCO_2e/a"),
        ("kgCO2", "kgCO_2"),
        ("PM2.5、PM10", "PM_2.5、PM_10"),
        ("NOx与N2O", "NO_x与N_2O"),
        ("NH3-N", "NH_3-N"),
        ("35 mg/m3", "35 mg/m^3"),
        ("12 km2", "12 km^2"),
        ("CO₂ 与 m²", "CO_2 与 m^2"),
    ],
)
def test_formulas_and_units_are_set_as_they_should(text: str, shown: str) -> None:
    assert shape(text) == shown


@pytest.mark.parametrize(
    "text", ["ZH32110220003", "co2_t", "CO2_T", "ECO2", "CO25", "PM2.51", "m3_per_h", "SO2x"]
)
def test_codes_and_columns_are_left_alone(text: str) -> None:
    assert text_runs(text) == (Run(text),)


def test_stars_are_bold_for_authors_and_stars_for_data() -> None:
    assert markup_runs("甲**乙**") == (Run("甲"), Run("乙", bold=True))
    assert text_runs("甲**乙**") == (Run("甲**乙**"),)


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=60))
def test_whatever_comes_in_can_be_drawn_and_stored(text: str) -> None:
    shown = plain(text_runs(text))
    assert missing_glyphs([("here", shown)]) == ()
    assert not any(
        unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for character in shown
    )


def test_control_characters_go_and_line_ends_become_spaces() -> None:
    assert clean("a\x00b\x1bc\u202ed\nf\tg") == "abcd f g"


def test_a_rare_character_is_named_by_its_code_point() -> None:
    assert 0x2B689 not in drawable()
    assert spelled_out("某𫚉企业") == "某〔U+2B689〕企业"


def test_a_missing_glyph_is_reported_with_its_place() -> None:
    found = missing_glyphs([("table x, row 3", "某𫚉企业")])
    assert [(one.character, one.place) for one in found] == [("𫚉", "table x, row 3")]
