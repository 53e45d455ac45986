"""研究报告: ``report.docx`` and ``report.pdf`` with the same text and numbers."""

from collections.abc import Mapping
from types import MappingProxyType

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.report.document import compose
from sxyd_pipeline.deliverables.report.files import finish
from sxyd_pipeline.deliverables.report.illustrations import illustrations
from sxyd_pipeline.deliverables.report.story import Picture

_NONE: Mapping[str, Picture] = MappingProxyType({})


def write(edition: Edition, language: Language, progress: Progress) -> Mapping[str, bytes]:
    """Write the report of an edition with its charts and maps: what the catalogue calls."""
    return write_report(edition, language, progress, illustrations(edition, "report", language, progress))


def write_report(
    edition: Edition, language: Language, progress: Progress, pictures: Mapping[str, Picture] = _NONE
) -> Mapping[str, bytes]:
    """Write the report of an edition with the given charts and maps.

    Args:
        edition: the release.
        language: ``zh`` or ``en``.
        progress: told what is being written.
        pictures: by figure id of figures.toml; a figure without picture is left out with its references.

    Returns:
        ``report.docx`` and ``report.pdf``; the same edition gives the same bytes. A table of contents
        for the UI lies under ``_preview/``.
    """
    return finish(compose(edition, "report", language, pictures, progress), "report", progress)
