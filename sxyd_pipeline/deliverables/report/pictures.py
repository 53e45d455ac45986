"""Charts and maps of the report, by figure id."""

from collections.abc import Mapping

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.report.story import Picture


def pictures_of(_edition: Edition, _language: Language, _progress: Progress) -> Mapping[str, Picture]:
    """Return the pictures there are for a release."""
    return {}
