"""Type in drawings: the shipped fonts, glyphs for rare characters, and subscripts."""

import io
import re
import string
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib as mpl
from fontTools.ttLib import TTFont
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.text import Text

from sxyd_pipeline.deliverables.mapkit import truetype
from sxyd_pipeline.deliverables.typesetting.fonts import MissingGlyph, MissingGlyphError, spelled_out

#: Families as files name them: text, titles, and characters outside the shipped fonts.
SANS, SERIF, RARE = "SxydSans", "SxydSerif", "SxydRare"
#: matplotlib's own font, the last resort for signs the Chinese fonts lack.
_SIGNS = "DejaVu Sans"
_SETTINGS: dict[str, Any] = {
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "sxyd",
    "pdf.compression": 6,
    "hatch.linewidth": 0.5,
    "axes.unicode_minus": True,
    "path.simplify": False,
    "mathtext.default": "regular",
    "savefig.facecolor": "#FFFFFF",
    "figure.dpi": 100.0,
    "text.usetex": False,
    # Hinting would look at all letters of a font: a picture would change with the words of another.
    "text.hinting": "no_hinting",
    "text.parse_math": False,
}
_FORMULA = re.compile(
    r"CO2e?|SO2|NO[x2]|NH3|N2O|CH4|SF6|NF3|O3|PM10|PM2\.5"
    r"|(?<=k)m2(?![0-9A-Za-z])|(?<![A-Za-z0-9])m3(?![0-9A-Za-z])"
)
_LOWERED = re.compile(r"(?<=[A-Za-z])(2\.5|10|[0-9x])")
_WIDE_SPACE = "\u3000"
#: What stands in for formulas where a text cannot have subscripts.
_RAISED = {"m2": "m²", "m3": "m³"}


@cache
def _characters_of(file: Path) -> frozenset[int]:
    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap())


@cache
def _shipped() -> frozenset[int]:
    files = [truetype.file_of(truetype.SANS), truetype.file_of(truetype.SERIF)]
    return _characters_of(files[0]) & _characters_of(files[1])


@cache
def _signs() -> frozenset[int]:
    return _characters_of(Path(font_manager.findfont(_SIGNS)))


def rare_characters(texts: Iterable[str]) -> str:
    """Return the characters that the shipped fonts lack but the full fonts have, sorted."""
    wanted = {c for text in texts for c in text if ord(c) not in _shipped() and c.isprintable()}
    if not wanted:
        return ""
    full = _characters_of(Path(str(truetype.SOURCES[truetype.SANS]())))
    return "".join(sorted(c for c in wanted if ord(c) in full))


@contextmanager
def typeface() -> Iterator[None]:
    """Make drawings with our fonts inside this block; :func:`fonts_for` must be open when they are saved."""
    settings: Any = {**_SETTINGS, "font.family": [SANS, RARE, _SIGNS]}
    with mpl.rc_context(settings):
        yield


@contextmanager
def fonts_for(figures: Iterable[Figure], place: str) -> Iterator[None]:
    """Register fonts that hold just the characters of some drawings, so that files with them are small.

    Cutting a font of 7,000 characters for every file would take most of the time of drawing.

    Args:
        figures: all that will be saved inside the block.
        place: what an error calls them.

    Raises:
        MissingGlyphError: a character that no font can draw; it would come out as an empty box.
    """
    texts = [one.get_text() for figure in figures for one in figure.findobj(Text) if isinstance(one, Text)]
    # A saved drawing holds its pixels: it must not live as long as this block.
    del figures
    wanted = {c for text in texts for c in text if c.isprintable()}
    rare = rare_characters(texts)
    missing = sorted(c for c in wanted if ord(c) not in _shipped() | _signs() and c not in rare)
    if missing:
        raise MissingGlyphError(tuple(MissingGlyph(c, place) for c in missing))
    known = len(font_manager.fontManager.ttflist)
    with tempfile.TemporaryDirectory() as folder:
        for family, content in _cut(wanted, rare).items():
            file = Path(folder) / f"{family}.ttf"
            file.write_bytes(content)
            font_manager.fontManager.addfont(str(file))
        try:
            yield
        finally:
            del font_manager.fontManager.ttflist[known:]


def _cut(wanted: set[str], rare: str) -> dict[str, bytes]:
    # Signs every drawing may use without a text saying so: digits of axes, the minus.
    common = sorted(c for c in wanted | set(string.printable) | {"\u2212"} if ord(c) in _shipped())
    sans = truetype.narrowed(truetype.file_of(truetype.SANS), common, SANS)
    if rare:
        extra = truetype.truetype_of(Path(str(truetype.SOURCES[truetype.SANS]())), rare, RARE)
    else:
        # The family is named in every text, so it must exist: a font with a space.
        extra = truetype.narrowed(io.BytesIO(sans), " ", RARE)
    return {
        SANS: sans,
        SERIF: truetype.narrowed(truetype.file_of(truetype.SERIF), common, SERIF),
        RARE: extra,
    }


def serif_family() -> list[str]:
    """Return the families of a title: Chinese serif, then those of the text."""
    return [SERIF, RARE, _SIGNS]


def one_line(text: str) -> str:
    """Return a text as one line: breaks become spaces, undrawable characters their code points."""
    return spelled_out("".join(c if c.isprintable() or c == _WIDE_SPACE else " " for c in text))


def rich(text: str) -> tuple[str, bool]:
    """Return a text for matplotlib and whether it must be read as formula: real subscripts in CO2 and PM2.5.

    A text with characters outside the shipped font stays plain, since formulas know one font only.
    """
    if not _FORMULA.search(text):
        return text, False
    if any(ord(c) not in _shipped() for c in text):
        return _FORMULA.sub(lambda found: _RAISED.get(found[0], found[0]), text), False
    return _FORMULA.sub(_formula, text.replace("$", r"\$")), True


def _formula(found: re.Match[str]) -> str:
    word = found[0]
    return _RAISED.get(word) or _LOWERED.sub(r"$_{\\mathregular{\1}}$", word)
