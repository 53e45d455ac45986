"""Charts, for the report and as files; ``draw`` gives any figure of the report by its id."""

from sxyd_pipeline.deliverables.charts.figures import draw_figures, figure_ids
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.mapkit.output import Drawing

__all__ = ["draw", "draw_figures", "figure_ids"]


def _quiet(_what: str, _done: int, _total: int) -> None:
    """Tell nobody."""


def draw(edition: Edition, figure_id: str, language: Language) -> Drawing:
    """Draw one figure of the report; several are cheaper by :func:`draw_figures`.

    Raises:
        KeyError: there is no such figure, or the release lacks its data.
    """
    return draw_figures(edition, language, [figure_id], _quiet)[figure_id]
