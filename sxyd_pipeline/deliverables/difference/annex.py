"""The changes between two releases as an annex to hand in with the report, in Word and PDF."""

from collections.abc import Mapping

from sxyd_pipeline.deliverables.difference.compare import Difference
from sxyd_pipeline.deliverables.difference.documents import annex_blocks, title_of
from sxyd_pipeline.deliverables.edition import Language
from sxyd_pipeline.deliverables.report.files import finish
from sxyd_pipeline.deliverables.typesetting.blocks import Cover, Document
from sxyd_pipeline.deliverables.typesetting.inline import clean
from sxyd_pipeline.deliverables.typesetting.numbering import number_document


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def annex_files(difference: Difference, language: Language) -> Mapping[str, bytes]:
    """Set the annex of changes in the looks of the report.

    Args:
        difference: what changed between two releases.
        language: ``zh`` or ``en``.

    Returns:
        ``annex.docx`` and ``annex.pdf``; the same comparison gives the same bytes.
    """
    before, after = difference.before, difference.after
    title = clean(title_of(difference, language))
    label = "发布编号" if language == "zh" else "Release"
    mark = after.data_label
    document = Document(
        title=title,
        language=language,
        cover=Cover(
            (clean(after.city_name),),
            "两次发布的变化" if language == "zh" else "What changed between two releases",
            (),
            mark,
            (f"{label} {before.release_id}", f"→ {after.release_id}", f"sxyd_pipeline {after.code_version}"),
        ),
        header=title,
        footer=f"{label} {after.release_id}{f' · {mark}' if mark else ''}",
        chapter_pages=False,
        blocks=annex_blocks(difference, language),
    )
    files = finish(number_document(document), "annex", _quiet)
    return {name: content for name, content in files.items() if not name.startswith("_")}
