"""Word and PDF of one document: valid, the same words, the same bytes every time."""

import io
from dataclasses import replace
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from sxyd_pipeline.deliverables.typesetting.blocks import Paragraph, Run
from sxyd_pipeline.deliverables.typesetting.docx_writer import write_docx
from sxyd_pipeline.deliverables.typesetting.fonts import MissingGlyphError
from sxyd_pipeline.deliverables.typesetting.inline import text_runs
from sxyd_pipeline.deliverables.typesetting.numbering import number_document
from sxyd_pipeline.deliverables.typesetting.typst_writer import write_pdf
from sxyd_pipeline_tests.deliverables.typesetting.reading import (
    absent_from,
    docx_contents,
    docx_paragraphs,
    pdf_fonts,
    pdf_outline,
    pdf_pages,
    squeezed,
    word_findings,
)
from sxyd_pipeline_tests.deliverables.typesetting.small import HOSTILE, document

RUNNING = ("试验市研究报告", "发布编号 r-1 · 示例数据")


@pytest.fixture(scope="module")
def both() -> tuple[bytes, bytes]:
    numbered = number_document(document())
    layout = write_pdf(numbered)
    return write_docx(numbered, layout.pages), layout.pdf


def test_word_finds_nothing_to_mend(both: tuple[bytes, bytes], tmp_path: Path) -> None:
    assert word_findings(both[0], tmp_path / "small.docx") == []


def test_two_builds_are_the_same_bytes(both: tuple[bytes, bytes]) -> None:
    numbered = number_document(document())
    layout = write_pdf(numbered)
    assert (write_docx(numbered, layout.pages), layout.pdf) == both


def test_every_paragraph_of_the_word_file_stands_in_the_pdf(both: tuple[bytes, bytes]) -> None:
    contents = {squeezed(f"{title}{page}") for title, page in docx_contents(both[0])}
    paragraphs = [one for one in docx_paragraphs(both[0]) if squeezed(one) not in contents]
    text = "".join(pdf_pages(both[1], *RUNNING))
    assert absent_from(text, paragraphs) == []
    assert text.count(squeezed(HOSTILE)) == 44


def test_the_contents_name_the_pages_of_the_pdf(both: tuple[bytes, bytes]) -> None:
    # Cover and contents come before page 1.
    outline = [(title, page - 2) for title, page in pdf_outline(both[1])]
    assert [(squeezed(title), page) for title, page in docx_contents(both[0])] == outline
    assert [page for _, page in outline] == sorted(page for _, page in outline)


def test_every_font_is_embedded_and_none_is_a_drawing(both: tuple[bytes, bytes]) -> None:
    fonts = pdf_fonts(both[1])
    assert all(embedded and kind == "/Type0" for kind, embedded in fonts.values()), fonts


def test_captions_and_references_are_fields_with_a_result(both: tuple[bytes, bytes]) -> None:
    body = docx.Document(io.BytesIO(both[0])).element.body
    instructions = [text.text.split()[0] for text in body.iter(qn("w:instrText"))]
    assert {"TOC", "PAGEREF", "STYLEREF", "SEQ", "REF"} <= set(instructions)
    kinds = [mark.get(qn("w:fldCharType")) for mark in body.iter(qn("w:fldChar"))]
    assert kinds.count("begin") == kinds.count("separate") == kinds.count("end") == len(instructions)
    anchors = {link.get(qn("w:anchor")) for link in body.iter(qn("w:hyperlink"))}
    assert anchors <= {mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))}


def test_a_wide_table_lies_across_and_repeats_its_head(both: tuple[bytes, bytes]) -> None:
    sections = docx.Document(io.BytesIO(both[0])).sections
    assert [section.page_width > section.page_height for section in sections] == [
        False,
        False,
        False,
        True,
        False,
    ]
    pages = PdfReader(io.BytesIO(both[1])).pages
    across = [page.extract_text() for page in pages if page.mediabox.width > page.mediabox.height]
    assert len(across) > 1
    assert all("要求" in text for text in across)
    heads = list(docx.Document(io.BytesIO(both[0])).element.body.iter(qn("w:tblHeader")))
    assert len(heads) == 3


def test_a_number_leads_to_its_source(both: tuple[bytes, bytes]) -> None:
    links = [
        annotation.get_object()
        for page in PdfReader(io.BytesIO(both[1])).pages
        for annotation in page.get("/Annots", [])
    ]
    assert any("source-a" in str(link) or "/Dest" in link or "/A" in link for link in links)


def test_a_clause_of_four_thousand_characters_is_set_whole(tmp_path: Path) -> None:
    clause = "禁止新建、扩建高耗能高排放项目；" * 250
    numbered = number_document(document(Paragraph(text_runs(clause))))
    layout = write_pdf(numbered)
    word = write_docx(numbered, layout.pages)
    assert squeezed(clause) in squeezed("".join(docx_paragraphs(word)))
    assert "".join(pdf_pages(layout.pdf, *RUNNING)).count("高耗能高排放项目") == 250
    assert word_findings(word, tmp_path / "long.docx") == []


def test_a_character_without_glyph_stops_the_file_and_is_named() -> None:
    broken = number_document(replace(document(), blocks=(Paragraph((Run("某𫚉企业"),)),)))
    with pytest.raises(MissingGlyphError, match="U\\+2B689"):
        write_pdf(broken)
