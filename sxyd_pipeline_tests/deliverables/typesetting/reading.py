"""Read finished files back, the way a stranger would: their text, without our own writers."""

import io
import re
import unicodedata
from itertools import islice
from pathlib import Path
from typing import Any

import docx
from docx.oxml.ns import qn
from openxml_audit import OpenXmlValidator
from pypdf import PdfReader

#: A part of a paragraph has more characters than this; so many places of a cut are tried.
_SHORTEST_PART, _CUTS = 8, 4


def squeezed(text: str) -> str:
    """Text without spaces and hyphens of line ends; letters that fonts draw in two ways are made one."""
    return re.sub(r"[\s\u200b-]+", "", unicodedata.normalize("NFKC", text))


def docx_paragraphs(content: bytes) -> list[str]:
    """Every paragraph of the body, in order, those of tables included; numbers of lists are not text."""
    body = docx.Document(io.BytesIO(content)).element.body
    return [
        "".join(text.text or "" for text in paragraph.iter(qn("w:t"))) for paragraph in body.iter(qn("w:p"))
    ]


def docx_contents(content: bytes) -> list[tuple[str, int]]:
    """Lines of the table of contents: title, and the page cached behind it."""
    found = []
    for paragraph in docx.Document(io.BytesIO(content)).element.body.iter(qn("w:p")):
        style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if style is not None and style.get(qn("w:val"), "").startswith("TOC"):
            texts = [text.text or "" for text in paragraph.iter(qn("w:t"))]
            found.append(("".join(texts[:-1]), int(texts[-1])))
    return found


def pdf_pages(content: bytes, *running: str, last: int | None = None) -> list[str]:
    """Text of the pages, squeezed, without the given running lines and page numbers."""
    pages = []
    reader = PdfReader(io.BytesIO(content))
    for position, (page, label) in enumerate(zip(reader.pages[:last], reader.page_labels, strict=False)):
        text = squeezed(page.extract_text())
        # The cover has no running lines, and its title reads like one.
        for line in running if position else ():
            text = text.replace(squeezed(line), "", 1)
        pages.append(text.replace(f"—{label}—", "", 1))
    return pages


def pdf_outline(content: bytes) -> list[tuple[str, int]]:
    """Bookmarks with their page, counted from 1."""
    reader = PdfReader(io.BytesIO(content))

    def walk(items: list[Any]) -> list[tuple[str, int]]:
        found: list[tuple[str, int]] = []
        for item in items:
            if isinstance(item, list):
                found += walk(item)
            else:
                found.append((squeezed(item.title), (reader.get_destination_page_number(item) or 0) + 1))
        return found

    return walk(reader.outline)


def pdf_fonts(content: bytes) -> dict[str, tuple[str, bool]]:
    """Font name to its kind and whether it is embedded."""
    found: dict[str, tuple[str, bool]] = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for reference in page["/Resources"].get("/Font", {}).values():
            font = reference.get_object()
            inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            descriptor = inner["/FontDescriptor"].get_object()
            embedded = any(key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3"))
            found[str(font["/BaseFont"])] = (str(font["/Subtype"]), embedded)
    return found


def word_findings(content: bytes, path: Path) -> list[str]:
    """What Word would mend or refuse, by openxml-audit; ``path`` is where the file is put."""
    path.write_bytes(content)
    return [str(error) for error in OpenXmlValidator().validate(str(path)).errors]


def absent_from(text: str, paragraphs: list[str]) -> list[str]:
    """Paragraphs that do not stand in the text, whole or in parts: pages end, and figures float between."""
    return [one for one in paragraphs if not _stands(squeezed(one), text)]


def _stands(paragraph: str, text: str) -> bool:
    if paragraph in text:
        return True
    ends = (end for end in range(len(paragraph) - 1, _SHORTEST_PART, -1) if paragraph[:end] in text)
    # What follows a page's end may happen to go on like the paragraph: the cut may lie a little earlier.
    return any(_stands(paragraph[end:], text) for end in islice(ends, _CUTS))
