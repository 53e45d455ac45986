"""Word file of a numbered document, by python-docx; layout facts come from the PDF.

Contents carry cached page numbers from the PDF's layout. ``updateFields`` stays unset: Word
would ask a question at every opening, and some readers then show page 1 everywhere.
"""

import datetime as dt
import io
import zipfile

import docx
from docx.document import Document as Package
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Mm

from sxyd_pipeline.deliverables.typesetting import docx_styles as look
from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    Document,
    Figure,
    Heading,
    Orientation,
    PageBreak,
    Paragraph,
    plain,
)
from sxyd_pipeline.deliverables.typesetting.docx_tables import table_xml
from sxyd_pipeline.deliverables.typesetting.docx_xml import (
    NAMESPACES,
    Bookmarks,
    Page,
    field_end,
    field_start,
    field_xml,
    paragraph_xml,
    runs_xml,
    section_xml,
    text_xml,
)
from sxyd_pipeline.deliverables.typesetting.numbering import WORDS, caption_label
from sxyd_pipeline.deliverables.typesetting.typst_writer import CONTENTS_TITLE

_FIXED = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_CONTENTS_DEPTH = 2
_STYLES = {"body": "Body", "item": "Body", "note": "Note", "equation": "Equation", "plain": "Plain"}


def write_docx(document: Document, pages: dict[str, int]) -> bytes:
    """Write a numbered document as a Word file.

    Args:
        document: numbered document.
        pages: page of every heading by anchor, from the PDF of the same document.

    Returns:
        Bytes that depend on the document only.
    """
    package = docx.Document()
    look.dress(package, document.language)
    _Writer(package, document, pages).write()
    properties = package.core_properties
    properties.author = properties.last_modified_by = "sxyd_pipeline"
    properties.title, properties.comments, properties.keywords = document.title, "", document.footer
    properties.created = properties.modified = _FIXED
    properties.revision = 1
    buffer = io.BytesIO()
    package.save(buffer)
    return _with_fixed_dates(buffer.getvalue())


def _with_fixed_dates(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        # The list of content types comes first; the rest is sorted.
        for name in sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            target.writestr(entry, source.read(name))
    return buffer.getvalue()


class _Writer:
    """State of one file while it is written."""

    def __init__(self, package: Package, document: Document, pages: dict[str, int]) -> None:
        """Empty the body of python-docx's template."""
        self.package, self.document, self.pages = package, document, pages
        self.body = package.element.body
        for child in list(self.body):
            self.body.remove(child)
        self.bookmarks = Bookmarks()
        self.words = WORDS[document.language]
        self.page = Page(start=1)
        self._in_annex = False
        self.references = ""

    def write(self) -> None:
        self._cover()
        self._end_section(section_xml(Page()))
        self.references = self._running_lines()
        self._contents()
        self._end_section(section_xml(Page(numerals="upperRoman", start=1), self.references))
        for block in self.document.blocks:
            self._block(block)
        self.body.append(parse_xml(_named(section_xml(self.page, self.references))))

    def _add(self, xml: str) -> None:
        self.body.append(parse_xml(_named(xml)))

    def _end_section(self, section: str) -> None:
        last = self.body[-1]
        if last.tag != qn("w:p"):
            # A section ends in a paragraph; behind a table it is one of a single point.
            small = '<w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>'
            self._add(paragraph_xml("Normal", "", small))
            last = self.body[-1]
        last.get_or_add_pPr().append(parse_xml(_named(section)))

    def _cover(self) -> None:
        cover = self.document.cover
        for position, line in enumerate(cover.title):
            extra = '<w:spacing w:before="2400" w:after="240"/>' if position == 0 else ""
            self._add(paragraph_xml("CoverTitle", text_xml(line), extra))
        self._add(paragraph_xml("CoverSubtitle", text_xml(cover.subtitle)))
        if cover.mark:
            self._add(paragraph_xml("CoverMark", text_xml(cover.mark)))
        for position, line in enumerate(cover.lines):
            extra = '<w:spacing w:before="3000" w:after="120"/>' if position == 0 else ""
            self._add(paragraph_xml("CoverLine", text_xml(line), extra))
        for position, line in enumerate(cover.small_print):
            extra = '<w:spacing w:before="900"/>' if position == 0 else ""
            self._add(paragraph_xml("CoverSmall", text_xml(line), extra))

    def _running_lines(self) -> str:
        header, header_id = self.package.part.add_header_part()  # type: ignore[no-untyped-call]
        footer, footer_id = self.package.part.add_footer_part()  # type: ignore[no-untyped-call]
        tab = "<w:r><w:tab/></w:r>"
        number = text_xml("— ") + field_xml("PAGE", "1") + text_xml(" —")
        for part, xml in (
            (header, paragraph_xml("Header", text_xml(self.document.header))),
            (footer, paragraph_xml("Footer", text_xml(self.document.footer) + tab + number)),
        ):
            for child in list(part.element):
                part.element.remove(child)
            part.element.append(parse_xml(_named(xml)))
        return (
            f'<w:headerReference w:type="default" r:id="{header_id}"/>'
            f'<w:footerReference w:type="default" r:id="{footer_id}"/>'
        )

    def _contents(self) -> None:
        self._add(paragraph_xml("ContentsTitle", text_xml(CONTENTS_TITLE[self.document.language])))
        headings = [block for block in self.document.blocks if isinstance(block, Heading)]
        entries = [heading for heading in headings if heading.level <= _CONTENTS_DEPTH]
        for position, entry in enumerate(entries):
            name = self.bookmarks.name(entry.anchor)
            title = f"{entry.number} {plain(entry.runs)}".strip()
            page = field_xml(f"PAGEREF {name} \\h", str(self.pages[entry.anchor]))
            shown = f"{text_xml(title)}<w:r><w:tab/></w:r>{page}"
            inner = f'<w:hyperlink w:anchor="{name}" w:history="1">{shown}</w:hyperlink>'
            if position == 0:
                inner = field_start('TOC \\o "1-2" \\h \\z \\t "Annex Heading,1"') + inner
            if position == len(entries) - 1:
                inner += field_end()
            self._add(paragraph_xml(f"TOC{entry.level}", inner))

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._heading(block)
            case Paragraph():
                inner = runs_xml(block.runs, self.bookmarks)
                if block.anchor:
                    inner = self.bookmarks.around(block.anchor, inner)
                self._add(paragraph_xml(_STYLES[block.style], inner))
            case Figure():
                self._figure(block)
            case Orientation():
                self._turn(landscape=block.landscape)
            case PageBreak():
                self._add(paragraph_xml("Normal", '<w:r><w:br w:type="page"/></w:r>'))
            case _:
                self._add(paragraph_xml("TableCaption", self._caption(block, "table")))
                self._add(table_xml(block, self.page.text_width_dxa, self.bookmarks))
                note = paragraph_xml("Note", runs_xml(block.note, self.bookmarks))
                self._add(note if block.note else paragraph_xml("Note", ""))

    def _heading(self, block: Heading) -> None:
        style = look.HEADINGS[block.level]
        if block.annex:
            style = look.ANNEX
            self._in_annex = True
        elif block.level == 1:
            self._in_annex = False
        elif self._in_annex:
            style = "AnnexSubheading"
        inner = self.bookmarks.around(block.anchor, runs_xml(block.runs, self.bookmarks))
        # A section already starts a page; a second break would leave an empty one.
        fresh = self.body[-1].find(f"{qn('w:pPr')}/{qn('w:sectPr')}") is not None
        fresh = fresh or not self.document.chapter_pages
        extra = '<w:pageBreakBefore w:val="0"/>' if fresh and block.level == 1 else ""
        if extra and not self.document.chapter_pages:
            extra += '<w:spacing w:before="360" w:after="200"/>'
        self._add(paragraph_xml(style, inner, extra))

    def _turn(self, *, landscape: bool) -> None:
        if landscape == self.page.landscape:
            return
        self._end_section(section_xml(self.page, self.references))
        self.page = Page(landscape=landscape)

    def _caption(self, block: Block, kind: str) -> str:
        if not hasattr(block, "number"):
            raise TypeError(type(block))
        number: str = block.number
        word = self.words[f"annex_{kind}" if self._in_annex else kind]
        rest = number.removeprefix(word).strip()
        gap = " " if number.startswith(f"{word} ") else ""
        if self._in_annex:
            label = text_xml(word + gap) + field_xml(f"SEQ {word.replace(' ', '_')} \\* ARABIC", rest)
        else:
            chapter, count = rest.split("-")
            label = (
                text_xml(word + gap) + field_xml("STYLEREF 1 \\s", chapter) + text_xml("-")
                + field_xml(f"SEQ {word} \\* ARABIC \\s 1", count)
            )  # fmt: skip
        caption = runs_xml(block.caption, self.bookmarks)  # type: ignore[union-attr]  # figures and tables only
        return self.bookmarks.around(caption_label(block), label) + text_xml("  ") + caption  # type: ignore[arg-type]

    def _figure(self, block: Figure) -> None:
        width = Mm((297 - 44 if self.page.landscape else 210 - 54) * block.width_share)
        inline = self.package.part.new_pic_inline(io.BytesIO(block.png), width)
        inline.docPr.set("descr", plain(block.caption))
        paragraph = parse_xml(_named(paragraph_xml("Picture", "<w:r/>")))
        run = paragraph.find(qn("w:r"))
        drawing = parse_xml(f"<w:drawing {NAMESPACES}/>")
        drawing.append(inline)
        run.append(drawing)
        self.body.append(paragraph)
        self._add(paragraph_xml("FigureCaption", self._caption(block, "figure")))


def _named(xml: str) -> str:
    """Declare the namespaces on the outermost element."""
    end = min(place for place in (xml.find(" "), xml.find(">"), xml.find("/>")) if place > 0)
    return f"{xml[:end]} {NAMESPACES}{xml[end:]}"
