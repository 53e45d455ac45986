"""One map on a sheet: areas, symbols and lines in metres, labels in millimetres of paper."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from sxyd_pipeline.deliverables.mapkit.projection import MM_PER_M, Box
from sxyd_pipeline.deliverables.mapkit.shapes import Areas, joined

#: Colours darker than this are hatched in white.
_DARK = 0.42

BELOW, AREAS, LINES, SYMBOLS, ABOVE = 1.0, 2.0, 4.0, 5.0, 6.0


@dataclass(frozen=True, slots=True)
class Pane:
    """One map.

    Attributes:
        axes: drawn in metres of the plane.
        box: west, south, east, north on the sheet, in millimetres.
        frame: the same in metres.
        scale: denominator of the scale.
    """

    axes: Axes
    box: Box
    frame: Box
    scale: float

    def on_paper(self, metres: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Turn ``(n, 2)`` positions in metres into millimetres on the sheet."""
        corner = np.array(self.frame[:2])
        found: npt.NDArray[np.float64] = np.array(self.box[:2]) + (metres - corner) * MM_PER_M / self.scale
        return found

    def fill(
        self,
        areas: Areas,
        faces: Sequence[str],
        edge: str,
        width_pt: float,
        hatches: Sequence[str] | None = None,
    ) -> None:
        """Fill areas; those with a hatch get it drawn over their colour."""
        self.axes.add_collection(
            PathCollection(
                areas.outlines, facecolors=list(faces), edgecolors=edge, linewidths=width_pt, zorder=AREAS
            ),
            autolim=False,
        )
        looks = [(hatch, ink_on(face)) for hatch, face in zip(hatches or (), faces, strict=bool(hatches))]
        for look in dict.fromkeys(looks):
            if look[0]:
                kept = [outline for outline, one in zip(areas.outlines, looks, strict=True) if one == look]
                self.shade(joined(kept), *look)

    def shade(self, outline: Path, hatch: str, ink: str) -> None:
        """Hatch an outline without filling it."""
        patch = PathPatch(outline, facecolor="none", edgecolor=ink, linewidth=0.0, hatch=hatch)
        patch.set_zorder(AREAS + 0.5)
        self.axes.add_patch(patch)

    def paint(self, outline: Path, face: str, *, clip: Path | None = None) -> None:
        """Fill one outline without an edge, inside another where given."""
        patch = PathPatch(outline, facecolor=face, edgecolor="none", linewidth=0.0, antialiased=False)
        patch.set_zorder(AREAS)
        self.axes.add_patch(patch)
        if clip is not None:
            patch.set_clip_path(clip, self.axes.transData)

    def line(self, outline: Path, ink: str, width_pt: float, zorder: float = LINES, dash: str = "-") -> None:
        """Draw an outline."""
        patch = PathPatch(outline, facecolor="none", edgecolor=ink, linewidth=width_pt, linestyle=dash)
        patch.set_zorder(zorder)
        patch.set_joinstyle("round")
        self.axes.add_patch(patch)

    def circles(
        self, metres: npt.NDArray[np.float64], diameters_mm: npt.NDArray[np.float64], face: str, edge: str
    ) -> None:
        """Draw circles with given diameters on paper, the large ones below."""
        order = np.argsort(-diameters_mm, kind="stable")
        self.axes.scatter(
            metres[order, 0],
            metres[order, 1],
            s=(diameters_mm[order] / 25.4 * 72.0) ** 2,
            c=face,
            edgecolors=edge,
            linewidths=0.4,
            zorder=SYMBOLS,
        )

    def marks(
        self, metres: npt.NDArray[np.float64], marker: str, size_mm: float, face: str, edge: str
    ) -> None:
        """Draw one kind of symbol at several places."""
        self.axes.scatter(
            metres[:, 0],
            metres[:, 1],
            s=(size_mm / 25.4 * 72.0) ** 2,
            c=face,
            marker=marker,
            edgecolors=edge,
            linewidths=0.4,
            zorder=SYMBOLS,
        )


def ink_on(face: str) -> str:
    """Return the colour of a hatch that shows on a colour."""
    red, green, blue = to_rgb(face)
    return "#FFFFFFB3" if 0.299 * red + 0.587 * green + 0.114 * blue < _DARK else "#00000099"
