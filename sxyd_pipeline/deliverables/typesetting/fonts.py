"""Fonts that ship with the program, and which characters they can draw.

Typst gives no warning when no font has a glyph: it prints an empty box. So every outgoing
string is compared with the character maps before it is set.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib as mpl
import pylopdf_fonts_zh_cn
from fontTools.ttLib import TTFont

from sxyd_pipeline.errors import SxydError


class MissingGlyphError(SxydError):
    """A character stands in the text that none of the bundled fonts can draw."""

    def __init__(self, found: "tuple[MissingGlyph, ...]") -> None:
        """Name the first characters and their places."""
        self.found = found
        listed = "；".join(f"U+{ord(one.character):04X} {one.character!r} @ {one.place}" for one in found[:5])
        super().__init__(
            f"{len(found)} 处字符没有字形：{listed}",
            f"{len(found)} place(s) hold a character without a glyph: {listed}",
            remedy_zh="改用通用规范汉字，或安装并登记含该字的字体",
            remedy_en="write it with a standard character, or add a font that has it",
        )


@dataclass(frozen=True, slots=True)
class MissingGlyph:
    """One character that cannot be drawn, and where it stands."""

    character: str
    place: str


@cache
def folders() -> tuple[Path, ...]:
    """Return the folders Typst reads fonts from: the Chinese package and matplotlib's DejaVu."""
    chinese = Path(str(pylopdf_fonts_zh_cn.serif_path())).parent
    return chinese, Path(mpl.get_data_path()) / "fonts" / "ttf"


@cache
def drawable() -> frozenset[int]:
    """Return the code points that Noto Serif SC, Noto Sans SC or DejaVu Sans can draw."""
    chinese, dejavu = folders()
    files = [*sorted(chinese.glob("*.otf")), dejavu / "DejaVuSans.ttf", dejavu / "DejaVuSansMono.ttf"]
    found: set[int] = set()
    for file in files:
        with TTFont(file, lazy=True) as font:
            found |= set(font.getBestCmap())
    return frozenset(found)


def missing_glyphs(texts: Iterable[tuple[str, str]]) -> tuple[MissingGlyph, ...]:
    """Return characters of ``(place, text)`` pairs that no bundled font can draw, in order."""
    known = drawable()
    return tuple(
        MissingGlyph(character, place)
        for place, text in texts
        for character in dict.fromkeys(text)
        if ord(character) not in known
    )


def spelled_out(text: str) -> str:
    """Return text with every character that no bundled font can draw written as 〔U+30EDE〕.

    Word may have a font for it and the PDF not; the two files must say the same, so both
    name the character by its code point.
    """
    known = drawable()
    if all(ord(character) in known for character in text):
        return text
    return "".join(c if ord(c) in known else f"〔U+{ord(c):04X}〕" for c in text)
