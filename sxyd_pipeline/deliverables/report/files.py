"""The two files of a document."""

from collections.abc import Mapping

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.typesetting.blocks import Document
from sxyd_pipeline.deliverables.typesetting.docx_writer import write_docx
from sxyd_pipeline.deliverables.typesetting.typst_writer import write_pdf


def finish(document: Document, name: str, progress: Progress) -> Mapping[str, bytes]:
    """Set a document: the PDF first, since Word's contents take their page numbers from it."""
    progress(f"{name}.pdf", 1, 2)
    layout = write_pdf(document)
    progress(f"{name}.docx", 2, 2)
    return {f"{name}.docx": write_docx(document, layout.pages), f"{name}.pdf": layout.pdf}
