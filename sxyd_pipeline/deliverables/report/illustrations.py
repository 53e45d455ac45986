"""The charts and maps a document places, drawn for it."""

import re
from collections.abc import Mapping
from importlib import resources

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.charts import draw_figures
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.report.story import Picture

_PLACED = re.compile(r"^\s*@figure\s+(\w+)", re.MULTILINE)


def illustrations(
    edition: Edition, kind: str, language: Language, progress: Progress
) -> Mapping[str, Picture]:
    """Draw what the templates of a document place; a figure whose data the release lacks is left out.

    Args:
        edition: the release.
        kind: ``report`` or ``case``.
        language: ``zh`` or ``en``.
        progress: told which figure is drawn.
    """
    folder = resources.files(__package__).joinpath("templates", language)
    texts = [
        file.read_text(encoding="utf-8")
        for file in sorted(folder.iterdir(), key=lambda one: one.name)
        if file.name.startswith(f"{kind}_")
    ]
    placed = [name for text in texts for name in _PLACED.findall(text)]
    drawn = draw_figures(edition, language, placed, progress)
    return {name: Picture(one.png, one.vector) for name, one in drawn.items()}
