import io
from pathlib import Path

import pytest
from fontTools.pens.recordingPen import RecordingPen
from fontTools.ttLib import TTFont
from matplotlib.figure import Figure
from pypdf import PdfReader

from sxyd_pipeline.deliverables.mapkit import truetype
from sxyd_pipeline.deliverables.mapkit.output import saved
from sxyd_pipeline.deliverables.mapkit.typeface import fonts_for, one_line, rich, typeface
from sxyd_pipeline.deliverables.typesetting.fonts import MissingGlyphError

#: In Noto Sans SC, but in neither GB 2312 nor a place name of the boundary package.
RARE = "龘"


def drawn(text: str) -> bytes:
    """A page with one text."""
    with typeface():
        figure = Figure(figsize=(4, 1))
        words, formula = rich(text)
        figure.text(0.1, 0.4, words, parse_math=formula)
        with fonts_for([figure], "page"):
            return saved(figure, "page", 50).vector


@pytest.mark.parametrize("family", [truetype.SANS, truetype.SERIF])
def test_shipped_fonts_have_quadratic_outlines_and_all_of_gb2312(family: str) -> None:
    with TTFont(truetype.file_of(family)) as font:
        assert "glyf" in font
        assert "CFF " not in font
        known = set(font.getBestCmap())
    assert {ord(character) for character in truetype.common_characters()} - known <= {
        ord(c) for c in "\u00ad"
    }
    assert len({c for c in known if 0x4E00 <= c <= 0x9FFF}) >= 6_763


@pytest.mark.parametrize("family", [truetype.SANS, truetype.SERIF])
def test_shipped_fonts_can_be_built_again(family: str) -> None:
    rebuilt = TTFont(
        io.BytesIO(truetype.truetype_of(Path(str(truetype.SOURCES[family]())), "镇江碳A2", family))
    )
    shipped = TTFont(truetype.file_of(family))
    for character in "镇江碳A2":
        outlines = []
        for font in (rebuilt, shipped):
            pen = RecordingPen()
            font.getGlyphSet()[font.getBestCmap()[ord(character)]].draw(pen)
            outlines.append(pen.value)
        assert outlines[0] == outlines[1]


def test_the_licence_stands_beside_the_fonts() -> None:
    assert "SIL OPEN FONT LICENSE" in (truetype.HERE / "OFL.txt").read_text(encoding="utf-8")


def test_a_rare_character_is_drawn_as_text() -> None:
    page = PdfReader(io.BytesIO(drawn(f"{RARE}镇")))
    assert RARE in page.pages[0].extract_text()


def test_a_character_no_font_has_is_named() -> None:
    with pytest.raises(MissingGlyphError, match=r"U\+13000"):
        drawn("镇江\U00013000")


def test_undrawable_characters_of_the_data_are_spelled_out_on_one_line() -> None:
    assert one_line("甲\n乙\U00013000") == "甲 乙〔U+13000〕"


def test_formulas_get_real_subscripts_and_money_stays_money() -> None:
    assert rich("CO2 与 PM2.5（t/km2）") == (
        r"CO$_{\mathregular{2}}$ 与 PM$_{\mathregular{2.5}}$（t/km²）",
        True,
    )
    assert rich("cost in $ of CO2") == (r"cost in \$ of CO$_{\mathregular{2}}$", True)
    assert rich("$x_1$ M2 road") == ("$x_1$ M2 road", False)


def test_two_drawings_of_one_text_are_the_same_bytes() -> None:
    assert drawn("CO2 排放") == drawn("CO2 排放")
