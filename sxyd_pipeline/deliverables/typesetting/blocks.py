"""The tree of blocks a document is made of. Writers walk it; nothing is formatted after it.

Numbers are text by the time they stand here, so Word and PDF cannot disagree.
"""

from dataclasses import dataclass, field, replace
from typing import Literal

Align = Literal["left", "center", "right"]
Position = Literal["", "sub", "sup"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text of one look.

    Attributes:
        text: the characters; data stands here as it is and is never read as markup.
        bold: emphasised.
        position: ``sub`` or ``sup`` for a subscript or superscript.
        code: monospaced and taken literally: queries, column names.
        link: anchor inside the document the text leads to.
        ref: id of a figure or table; the numbering pass puts its number into ``text``.
    """

    text: str
    bold: bool = False
    position: Position = ""
    code: bool = False
    link: str = ""
    ref: str = ""


Runs = tuple[Run, ...]
#: A table within both limits takes less than half a page and is not torn.
_WHOLE_ROWS, _WHOLE_CHARACTERS = 16, 1200


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3; level 1 starts a page. ``annex`` headings count apart."""

    level: int
    runs: Runs
    annex: bool = False
    number: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph: body text, an item of a list, or a note under a table or figure."""

    runs: Runs
    style: Literal["body", "item", "note", "equation", "plain"] = "body"
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture with caption. ``png`` goes to Word; ``vector`` (SVG or PDF), if given, to the PDF."""

    figure_id: str
    caption: Runs
    png: bytes
    vector: bytes = b""
    width_share: float = 1.0
    number: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: one or more paragraphs; it may span rows below it or columns beside it.

    Where a cell spans, the places it covers hold ``None``. A cell over all columns is a band: it
    names what the rows below it belong to, and stays with the first of them.
    """

    paragraphs: tuple[Runs, ...]
    row_span: int = 1
    column_span: int = 1
    bold: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column: title, width relative to the others, alignment of its cells, unit under the title."""

    title: Runs
    width: float = 1.0
    align: Align = "left"
    unit: Runs = ()


@dataclass(frozen=True, slots=True)
class DataTable:
    """A three-line table with caption; the header row repeats on every page.

    ``rows`` hold one entry per column; ``None`` stands where a cell above spans.
    ``rules`` draws a thin line above every row that starts a new group.
    """

    table_id: str
    caption: Runs
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell | None, ...], ...]
    note: Runs = ()
    small: bool = False
    rules: bool = False
    number: str = ""

    @property
    def stays_whole(self) -> bool:
        """Whether the table is short enough to be kept on one page."""
        size = sum(
            len(run.text) for row in self.rows for cell in row if cell for p in cell.paragraphs for run in p
        )
        return len(self.rows) <= _WHOLE_ROWS and size <= _WHOLE_CHARACTERS


@dataclass(frozen=True, slots=True)
class PageBreak:
    """The next block starts a page."""


@dataclass(frozen=True, slots=True)
class Orientation:
    """From here on the pages lie across (landscape) or stand upright."""

    landscape: bool


Block = Heading | Paragraph | Figure | DataTable | PageBreak | Orientation


@dataclass(frozen=True, slots=True)
class Cover:
    """First page: title lines, lines below it, a mark such as 示例数据, and small print."""

    title: tuple[str, ...]
    subtitle: str
    lines: tuple[str, ...]
    mark: str = ""
    small_print: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document.

    Attributes:
        title: title of the file's properties.
        language: ``zh`` or ``en``.
        cover: first page.
        header: text on top of every page after the contents.
        footer: text at the foot of every page, beside the page number.
        blocks: the body.
        chapter_pages: whether chapters start on a page of their own.
    """

    title: str
    language: Literal["zh", "en"]
    cover: Cover
    header: str
    footer: str
    blocks: tuple[Block, ...] = field(default=())
    chapter_pages: bool = True

    def with_blocks(self, blocks: tuple[Block, ...]) -> "Document":
        """Return the same document with another body."""
        return replace(self, blocks=blocks)


def plain(runs: Runs) -> str:
    """Return the characters of runs."""
    return "".join(run.text for run in runs)


def block_texts(block: Block) -> list[tuple[str, str]]:
    """Return ``(place, text)`` of every string a block shows; the place is for messages."""
    match block:
        case Heading():
            return [(f"heading {block.number or plain(block.runs)}", block.number + plain(block.runs))]
        case Paragraph():
            return [(f"paragraph {plain(block.runs)[:20]!r}", plain(block.runs))]
        case Figure():
            return [(f"figure {block.figure_id}", block.number + plain(block.caption))]
        case DataTable():
            place = f"table {block.table_id}"
            shown = [block.number, plain(block.caption), plain(block.note)]
            shown += [plain((*column.title, *column.unit)) for column in block.columns]
            texts = [(place, text) for text in shown if text]
            for position, row in enumerate(block.rows, start=1):
                texts += [
                    (f"{place}, row {position}", plain(paragraph))
                    for cell in row
                    if cell is not None
                    for paragraph in cell.paragraphs
                ]
            return texts
        case PageBreak() | Orientation():
            return []


def document_texts(document: Document) -> list[tuple[str, str]]:
    """Return ``(place, text)`` of every string of a document, cover and running lines included."""
    cover = document.cover
    front = [*cover.title, cover.subtitle, *cover.lines, cover.mark, *cover.small_print]
    return [
        *(("cover", text) for text in front if text),
        ("header", document.header),
        ("footer", document.footer),
        *(found for block in document.blocks for found in block_texts(block)),
    ]
