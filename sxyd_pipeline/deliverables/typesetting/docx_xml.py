"""Pieces of WordprocessingML, written out in the order the schema demands.

Order is not optional: an element in the wrong place makes Word repair or refuse the file.
Every field carries a cached result, since readers that do not compute fields show nothing else.
"""

from collections.abc import Iterable
from xml.sax.saxutils import escape, quoteattr

from sxyd_pipeline.deliverables.typesetting.blocks import Run, Runs

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
#: Twentieths of a point in a millimetre.
DXA_PER_MM = 1440 / 25.4
#: Half of a rounding of millimetres to twentieths of a point never shows.
CODE_FONT = "Consolas"


class Bookmarks:
    """Names of bookmarks: short, since Word takes at most 40 letters, digits and underscores."""

    def __init__(self) -> None:
        """Start without any."""
        self._names: dict[str, str] = {}
        self._count = 0

    def name(self, anchor: str) -> str:
        """Return the bookmark name of an anchor."""
        return self._names.setdefault(anchor, f"_Ref{len(self._names) + 1:06d}")

    def around(self, anchor: str, inner: str) -> str:
        """Wrap XML of runs into the bookmark of an anchor."""
        self._count += 1
        start = f'<w:bookmarkStart w:id="{self._count}" w:name="{self.name(anchor)}"/>'
        return f'{start}{inner}<w:bookmarkEnd w:id="{self._count}"/>'


def run_xml(run: Run) -> str:
    """One run."""
    properties = ""
    if run.code:
        properties += f'<w:rFonts w:ascii="{CODE_FONT}" w:hAnsi="{CODE_FONT}" w:cs="{CODE_FONT}"/>'
    if run.bold:
        properties += "<w:b/>"
    if run.code:
        properties += '<w:sz w:val="16"/>'
    if run.position:
        properties += f'<w:vertAlign w:val="{"subscript" if run.position == "sub" else "superscript"}"/>'
    shown = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{shown}<w:t xml:space="preserve">{escape(run.text)}</w:t></w:r>'


def text_xml(text: str) -> str:
    """Plain text as one run."""
    return run_xml(Run(text))


def runs_xml(runs: Runs, bookmarks: Bookmarks) -> str:
    """Runs, with links inside the document and REF fields for figures and tables."""
    pieces = []
    for run in runs:
        if run.ref:
            pieces.append(field_xml(f"REF {bookmarks.name(run.ref)} \\h", run.text))
        elif run.link:
            target = bookmarks.name(run.link)
            pieces.append(f'<w:hyperlink w:anchor="{target}" w:history="1">{run_xml(run)}</w:hyperlink>')
        else:
            pieces.append(run_xml(run))
    return "".join(pieces)


def field_xml(instruction: str, result: str) -> str:
    """A field with its cached result."""
    return field_start(instruction) + text_xml(result) + field_end()


def field_start(instruction: str) -> str:
    """Begin and instruction of a field; its result follows."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {escape(instruction)} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


def field_end() -> str:
    """End of a field."""
    return '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def paragraph_xml(style: str, inner: str, extra: str = "") -> str:
    """A paragraph; ``extra`` holds further properties in schema order."""
    return f"<w:p><w:pPr><w:pStyle w:val={quoteattr(style)}/>{extra}</w:pPr>{inner}</w:p>"


def section_xml(page: "Page", references: str = "") -> str:
    """Properties of a section: size, margins, page numbers."""
    width, height = (297, 210) if page.landscape else (210, 297)
    orient = ' w:orient="landscape"' if page.landscape else ""
    top, right, bottom, left = page.margins_mm
    start = f' w:start="{page.start}"' if page.start else ""
    number = f'<w:pgNumType w:fmt="{page.numerals}"{start}/>'
    return (
        f'<w:sectPr>{references}<w:type w:val="nextPage"/>'
        f'<w:pgSz w:w="{dxa(width)}" w:h="{dxa(height)}"{orient}/>'
        f'<w:pgMar w:top="{dxa(top)}" w:right="{dxa(right)}" w:bottom="{dxa(bottom)}" w:left="{dxa(left)}" '
        f'w:header="{dxa(15)}" w:footer="{dxa(14)}" w:gutter="0"/>{number}</w:sectPr>'
    )


class Page:
    """Shape of the pages of one section."""

    def __init__(self, *, landscape: bool = False, numerals: str = "decimal", start: int = 0) -> None:
        """Keep the choices; ``start`` 0 continues the numbers of the section before."""
        self.landscape, self.numerals, self.start = landscape, numerals, start

    @property
    def margins_mm(self) -> tuple[float, float, float, float]:
        """Top, right, bottom and left margin."""
        return (26, 22, 22, 22) if self.landscape else (30, 27, 27, 27)

    @property
    def text_width_dxa(self) -> int:
        """Width of the text."""
        return dxa((297 if self.landscape else 210) - self.margins_mm[1] - self.margins_mm[3])


def dxa(millimetres: float) -> int:
    """Millimetres to twentieths of a point."""
    return round(millimetres * DXA_PER_MM)


def column_widths(weights: Iterable[float], total_dxa: int) -> list[int]:
    """Share a width over columns; the last takes what rounding leaves."""
    shares = list(weights)
    widths = [int(total_dxa * weight / sum(shares)) for weight in shares]
    widths[-1] += total_dxa - sum(widths)
    return widths
