"""A sheet: paper, frames, title, legend column and footer; the maps on it are panes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Stroke

from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.labels import FIRST_WIDE, Label, Placed, size_of
from sxyd_pipeline.deliverables.mapkit.pane import LINES, SYMBOLS, Pane, ink_on
from sxyd_pipeline.deliverables.mapkit.projection import MM_PER_M, Box, scale_of
from sxyd_pipeline.deliverables.mapkit.theme import POINT_MM
from sxyd_pipeline.deliverables.mapkit.typeface import one_line, rich, serif_family

_MM_PER_INCH = 25.4
#: A line that is too long is set smaller down to this share of its size, and then cut.
_SMALLEST = 0.75
#: Lines of a long legend move together down to this share of their distance.
_TIGHTEST = 0.62
#: Height of the scale bar at the foot of the column, with its numbers.
_SCALE_BAR_MM = 21.0
_CLOSING, _OPENING = "，。；：、）”%", "（“("
#: A cut line loses characters one by one, a very long one by tenths.
_VERY_LONG = 400


@dataclass(frozen=True, slots=True)
class Layout:
    """Where things stand on a paper, in millimetres.

    Attributes:
        paper: width and height.
        outer: the neat line; none on a figure.
        maps: the area of the maps.
        column: the area of north arrow, locator, legend and scale bar.
        is_sheet: an A3 sheet with title, graticule and footer, else a figure of the report.
    """

    paper: tuple[float, float]
    outer: Box
    maps: Box
    column: Box
    is_sheet: bool


A3 = Layout(
    (420.0, 297.0),
    (12.0, 17.5, 408.0, 264.0),
    (19.5, 25.0, 314.0, 256.5),
    (314.0, 25.0, 400.5, 256.5),
    is_sheet=True,
)
#: As wide as the text of the report.
FIGURE = Layout(
    (156.0, 90.0),
    (0.5, 0.5, 155.5, 89.5),
    (0.5, 0.5, 105.0, 89.5),
    (105.0, 0.5, 155.5, 89.5),
    is_sheet=False,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a legend.

    Attributes:
        text: what it means.
        face: colour of the sample.
        value: count and share, set at the right.
        hatch: hatch of the sample.
        kind: area, line, circle or diamond.
        edge: colour of its edge.
        size_mm: width of a line or diameter of a circle.
        data: the text comes from the data and is never read as a formula.
    """

    text: str
    face: str = "none"
    value: str = ""
    hatch: str = ""
    kind: Literal["area", "line", "circle", "diamond"] = "area"
    edge: str = "#4A4F55"
    size_mm: float = 0.25
    data: bool = False


class Sheet:
    """A sheet in the making: panes first, then legend and notes from top to bottom, then the furniture."""

    def __init__(self, kit: Kit, layout: Layout = A3) -> None:
        """Lay out the paper."""
        self.kit, self.layout, self.theme = kit, layout, kit.theme
        width, height = layout.paper
        self.figure = Figure(figsize=(width / _MM_PER_INCH, height / _MM_PER_INCH))
        self.paper = self._axes((0.0, 0.0, width, height), zorder=10.0)
        self.paper.set_xlim(0.0, width)
        self.paper.set_ylim(0.0, height)
        self.paper.patch.set_visible(False)
        self.panes: list[Pane] = []
        self.cursor = layout.column[3]
        self.taken = Placed(layout.maps)
        #: Fields of a later step.
        self.subtitle = ""

    def points(self, use: str) -> float:
        """Return the size of type for a use."""
        return float((self.theme.text_pt if self.layout.is_sheet else self.theme.figure_pt)[use])

    def _axes(self, box: Box, zorder: float = 1.0) -> Axes:
        width, height = self.layout.paper
        west, south, east, north = box
        place = (west / width, south / height, (east - west) / width, (north - south) / height)
        axes: Axes = self.figure.add_axes(place, zorder=zorder)
        axes.set_axis_off()
        return axes

    def pane(self, box: Box | None = None) -> Pane:
        """Add a map of the city in a box of the paper (the whole map area by default)."""
        found = box or self.layout.maps
        west, south, east, north = found
        margin = 0.03 * min(east - west, north - south) if box else 2.5 if self.layout.is_sheet else 2.0
        low_x, low_y, high_x, high_y = self.kit.districts.bounds
        scale = scale_of(high_x - low_x, high_y - low_y, east - west - 2 * margin, north - south - 2 * margin)
        half_x, half_y = (east - west) * scale / MM_PER_M / 2, (north - south) * scale / MM_PER_M / 2
        mid_x, mid_y = (low_x + high_x) / 2, (low_y + high_y) / 2
        frame = (mid_x - half_x, mid_y - half_y, mid_x + half_x, mid_y + half_y)
        axes = self._axes(found)
        axes.set_xlim(frame[0], frame[2])
        axes.set_ylim(frame[1], frame[3])
        made = Pane(axes, found, frame, scale)
        self.panes.append(made)
        return made

    def panels(self, titles: Sequence[str], columns: int) -> list[Pane]:
        """Add several small maps with titles, row by row; the titles are ours."""
        west, south, east, north = self.layout.maps
        rows = -(-len(titles) // columns)
        head = self.points("panel") * POINT_MM * 1.9
        gap = 1.5 if self.layout.is_sheet else 0.8
        wide, high = (east - west) / columns, (north - south) / rows
        made = []
        for place, title in enumerate(titles):
            row, column = divmod(place, columns)
            left, top = west + column * wide, north - row * high
            box = (left + gap, top - high + gap, left + wide - gap, top - head)
            made.append(self.pane(box))
            self.text((box[0] + box[2]) / 2, top - head / 2, title, "panel", ha="center")
            self.box(box, self.theme.inks["unit_dark"], 0.5)
        return made

    def text(  # noqa: PLR0913 - a line of type has that many properties
        self,
        x: float,
        y: float,
        text: str,
        use: str,
        *,
        ha: str = "left",
        va: str = "center",
        ink: str = "",
        serif: bool = False,
        data: bool = False,
        room_mm: float = 0.0,
        halo: bool = False,
        **more: Any,
    ) -> None:
        """Set one line of type.

        Args:
            x: position in millimetres.
            y: position in millimetres.
            text: the line.
            use: its use, which gives the size.
            ha: left, center or right.
            va: center, baseline, top or bottom.
            ink: colour; that of text by default.
            serif: set in the font of titles.
            data: it comes from the data: nothing in it is read as a formula.
            room_mm: the line is made to fit this width.
            halo: a white rim, where it stands on colours.
            more: further properties of the text.
        """
        size = float(more.pop("size", self.points(use)))
        shown = one_line(text)
        if room_mm:
            shown, size = fitted(shown, size, room_mm)
        words, formula = (shown, False) if data else rich(shown)
        placed: dict[str, Any] = {
            "ha": ha,
            "va": va,
            "fontsize": size,
            "color": ink or self.theme.inks["text"],
            "parse_math": formula,
            **more,
        }
        if serif:
            placed["family"] = serif_family()
        if halo:
            rim = self.paper.text(x, y, words, **{**placed, "zorder": SYMBOLS})
            rim.set_path_effects([Stroke(linewidth=size * 0.22, foreground="#FFFFFFE6")])
            # The rim is drawn as lines; the words above it stay words.
            placed["zorder"] = SYMBOLS + 0.1
        self.paper.text(x, y, words, **placed)

    def box(self, box: Box, ink: str, width_pt: float, face: str = "none", zorder: float = LINES) -> None:
        """Draw a rectangle on the paper."""
        west, south, east, north = box
        self.paper.add_patch(
            Rectangle(
                (west, south),
                east - west,
                north - south,
                facecolor=face,
                edgecolor=ink,
                linewidth=width_pt,
                zorder=zorder,
            )
        )

    def rule(self, x: Sequence[float], y: Sequence[float], ink: str, width_pt: float) -> None:
        """Draw a line on the paper."""
        self.paper.add_line(Line2D(list(x), list(y), color=ink, linewidth=width_pt, zorder=LINES))

    def legend(self, title: str, rows: Sequence[Row], note: str = "", keep_mm: float = 0.0) -> None:
        """Set a legend in the column, below what stands there.

        Args:
            title: its heading.
            rows: its lines; where they are many they move together, and the last give way to a count.
            note: a paragraph below.
            keep_mm: room to leave above the scale bar for what follows.
        """
        west, _, east, _ = self.layout.column
        pad = 4.0 if self.layout.is_sheet else 2.0
        step = self.points("legend") * POINT_MM * 1.62
        self.cursor -= pad * 0.8
        for line in wrapped(title, self.points("legend_title"), east - west - 2 * pad) if title else ():
            self.cursor -= self.points("legend_title") * POINT_MM * 1.3
            self.text(west + pad, self.cursor, line, "legend_title", va="baseline")
        self.cursor -= step * 0.35
        room = (
            self.cursor - self.layout.column[1] - (_SCALE_BAR_MM if self.layout.is_sheet else 8.0) - keep_mm
        )
        step = min(step, max(room / max(len(rows), 1), step * _TIGHTEST))
        fitting = max(int(room / step), 1)
        shown = list(rows) if len(rows) <= fitting else list(rows[: fitting - 1])
        for row in shown:
            self._row(row, west + pad, east - pad, step)
        if len(shown) < len(rows):
            left = len(rows) - len(shown)
            self._row(
                Row(self.kit.say(f"其余 {left} 项从略", f"{left} more"), edge="none"),
                west + pad,
                east - pad,
                step,
            )
        if note:
            self.note(note)

    def _row(self, row: Row, west: float, east: float, step: float) -> None:
        sample, gap = step * 1.35, step * 0.35
        taller = max(0.0, row.size_mm - step) if row.kind == "circle" else 0.0
        self.cursor -= taller / 2
        room = east - west - sample - gap
        value_use = "legend" if self.layout.is_sheet else "note"
        value_room = size_of(row.value, self.points(value_use) * POINT_MM)[0] + gap if row.value else 0.0
        lines = wrapped(one_line(row.text), self.points("legend"), room - value_room)
        middle = self.cursor - step / 2
        self._sample(row, (west, middle - step * 0.33, west + sample, middle + step * 0.33))
        if row.value:
            self.text(east, middle, row.value, value_use, ha="right", ink=self.theme.inks["quiet"])
        for place, line in enumerate(lines[:3]):
            self.text(west + sample + gap, middle - place * step * 0.82, line, "legend", data=row.data)
        self.cursor -= step + (min(len(lines), 3) - 1) * step * 0.82 + taller / 2

    def _sample(self, row: Row, box: Box) -> None:
        west, south, east, north = box
        if row.kind == "area":
            self.paper.add_patch(
                Rectangle(
                    (west, south),
                    east - west,
                    north - south,
                    facecolor=row.face,
                    edgecolor=row.edge,
                    linewidth=0.5,
                )
            )
            if row.hatch:
                self.paper.add_patch(
                    Rectangle(
                        (west, south),
                        east - west,
                        north - south,
                        facecolor="none",
                        edgecolor=ink_on(row.face),
                        linewidth=0.0,
                        hatch=row.hatch,
                    )
                )
        elif row.kind == "line":
            self.rule((west, east), ((south + north) / 2,) * 2, row.edge, row.size_mm / POINT_MM)
        else:
            self.paper.scatter(
                [(west + east) / 2],
                [(south + north) / 2],
                s=(row.size_mm / POINT_MM) ** 2,
                c=row.face,
                marker="o" if row.kind == "circle" else "D",
                edgecolors=row.edge,
                linewidths=0.4,
            )

    def note(self, text: str) -> None:
        """Set a paragraph of small type in the column."""
        west, _, east, _ = self.layout.column
        pad = 4.0 if self.layout.is_sheet else 2.0
        step = self.points("note") * POINT_MM * 1.45
        self.cursor -= step * 0.5
        for line in wrapped(one_line(text), self.points("note"), east - west - 2 * pad):
            self.cursor -= step
            self.text(west + pad, self.cursor, line, "note", va="baseline", ink=self.theme.inks["quiet"])

    def names(self, labels: Sequence[Label], use: str, gap_mm: float = 0.0, **more: Any) -> None:
        """Place names from the data on the map so that none stands on another."""
        for label, x, y in self.taken.place(labels, gap_mm):
            self.text(
                x,
                y,
                label.text,
                use,
                ha="center",
                data=True,
                halo=True,
                size=label.size_mm / POINT_MM,
                **more,
            )

    def district_names(self, pane: Pane | None = None, *, use: str = "district") -> None:
        """Write the name of every district inside it."""
        target = pane or self.panes[0]
        at = target.on_paper(self.kit.districts.middles())
        size = self.points(use) * POINT_MM
        steps = ((0.0, 0.0), (0.0, 1.2), (0.0, -1.2), (0.4, 0.0), (-0.4, 0.0), (0.0, 2.4), (0.0, -2.4))
        labels = [
            Label(
                one_line(self.kit.district_names[code]),
                float(x),
                float(y),
                size,
                1.0,
                must_stay=True,
                offsets=steps,
            )
            for code, (x, y) in zip(self.kit.districts.codes, at, strict=True)
        ]
        self.names(labels, use)

    def borders(self, pane: Pane | None = None, *, light: bool = False) -> None:
        """Draw district borders and the outline of the city."""
        target = pane or self.panes[0]
        share = 0.6 if light or not self.layout.is_sheet else 1.0
        for outline in self.kit.districts.outlines:
            target.line(outline, self.theme.inks["district"], self.theme.line_pt("district") * share)
        target.line(self.kit.city, self.theme.inks["city"], self.theme.line_pt("city") * share)


def wrapped(text: str, size_pt: float, room_mm: float) -> list[str]:
    """Break a text into lines that fit a width: between Chinese characters, or at spaces of Latin words."""
    lines, line, width = [], "", 0.0
    for word in _words(text):
        long = size_of(word, size_pt * POINT_MM)[0]
        if line and width + long > room_mm:
            lines.append(line.rstrip())
            line, width = "", 0.0
        line = line + word if line else word.lstrip()
        width += long
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _words(text: str) -> list[str]:
    words: list[str] = []
    for character in text:
        last = words[-1][-1] if words else " "
        latin = _is_latin(character) and _is_latin(last)
        # No line begins with a closing mark or ends with an opening one.
        if words and (latin or character in _CLOSING or last in _OPENING):
            words[-1] += character
        else:
            words.append(character)
    return words


def _is_latin(character: str) -> bool:
    return character != " " and ord(character) < FIRST_WIDE


def fitted(text: str, size_pt: float, room_mm: float) -> tuple[str, float]:
    """Return a line and its size so that it fits a width: set smaller first, then cut with an ellipsis."""
    width = size_of(text, size_pt * POINT_MM)[0]
    if width <= room_mm:
        return text, size_pt
    size = max(size_pt * room_mm / width, size_pt * _SMALLEST)
    if width * size / size_pt <= room_mm + 1e-6:
        return text, size
    kept = text
    while kept and size_of(kept + "…", size * POINT_MM)[0] > room_mm:
        kept = kept[: len(kept) * 9 // 10 if len(kept) > _VERY_LONG else -1]
    return kept + "…", size
