"""研究报告: ``report.docx`` and ``report.pdf`` with the same text and numbers."""

from collections.abc import Mapping

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.report.document import compose
from sxyd_pipeline.deliverables.report.files import finish
from sxyd_pipeline.deliverables.report.pictures import pictures_of


def write(edition: Edition, language: Language, progress: Progress) -> Mapping[str, bytes]:
    """Write the report of an edition.

    Args:
        edition: the release.
        language: ``zh`` or ``en``.
        progress: told what is being written.

    Returns:
        ``report.docx`` and ``report.pdf``; the same edition gives the same
        bytes. A table of contents for the UI lies under ``_preview/``.
    """
    pictures = pictures_of(edition, language, progress)
    return finish(compose(edition, "report", language, pictures, progress), "report", progress)
