"""The two files of a document."""

from collections.abc import Mapping

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.typesetting.blocks import DataTable, Document, Figure, Heading, plain
from sxyd_pipeline.deliverables.typesetting.docx_writer import write_docx
from sxyd_pipeline.deliverables.typesetting.typst_writer import write_pdf


def finish(document: Document, name: str, progress: Progress) -> Mapping[str, bytes]:
    """Set a document: the PDF first, since Word's contents take their page numbers from it."""
    progress(f"{name}.pdf", 1, 2)
    layout = write_pdf(document)
    progress(f"{name}.docx", 2, 2)
    return {
        f"{name}.docx": write_docx(document, layout.pages),
        f"{name}.pdf": layout.pdf,
        f"_preview/{name}.md": contents(document, layout.pages).encode("utf-8"),
    }


def contents(document: Document, pages: Mapping[str, int]) -> str:
    """Return headings with their pages, and how many tables and figures there are, as Markdown."""
    headings = [block for block in document.blocks if isinstance(block, Heading)]
    tables = sum(isinstance(block, DataTable) for block in document.blocks)
    figures = sum(isinstance(block, Figure) for block in document.blocks)
    rows = [
        f"| {'　' * (one.level - 1)}{one.number} {plain(one.runs)} | {pages[one.anchor]} |"
        for one in headings
    ]
    counts = f"表/tables {tables} · 图/figures {figures}"
    return "\n".join([f"**{document.title}**", "", counts, "", "| | |", "| --- | ---: |", *rows])
