"""The paper of a chart: size, axes, type and the line that says where the numbers come from."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import Stroke
from matplotlib.ticker import FuncFormatter

from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.labels import Label, Placed
from sxyd_pipeline.deliverables.mapkit.sheet import fitted
from sxyd_pipeline.deliverables.mapkit.theme import POINT_MM
from sxyd_pipeline.deliverables.mapkit.typeface import one_line, rich

_MM_PER_INCH = 25.4
#: As wide as the text of the report.
WIDTH_MM = 156.0


class Chart:
    """A chart in the making."""

    def __init__(self, kit: Kit, height_mm: float = 92.0) -> None:
        """Lay out the paper.

        Args:
            kit: shared parts of the edition.
            height_mm: height; the width is that of the report's text.
        """
        self.kit, self.height = kit, height_mm
        self.figure = Figure(figsize=(WIDTH_MM / _MM_PER_INCH, height_mm / _MM_PER_INCH))
        self.series = kit.theme.series

    def points(self, use: str) -> float:
        """Return the size of type for a use."""
        return float(self.kit.theme.figure_pt[use])

    def axes(self, left: float, bottom: float, right: float, top: float) -> Axes:
        """Add axes; margins from the edges of the paper in millimetres."""
        place = (
            left / WIDTH_MM, bottom / self.height, (WIDTH_MM - left - right) / WIDTH_MM,
            (self.height - bottom - top) / self.height,
        )  # fmt: skip
        axes: Axes = self.figure.add_axes(place)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        for side in ("left", "bottom"):
            axes.spines[side].set_linewidth(0.6)
            axes.spines[side].set_color(self.kit.theme.inks["quiet"])
        axes.tick_params(
            labelsize=self.points("legend"), width=0.5, length=2.5, color=self.kit.theme.inks["quiet"]
        )
        axes.set_axisbelow(True)
        return axes

    def blank(self) -> Axes:
        """Add axes over the whole paper in millimetres, without frame."""
        axes: Axes = self.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0.0, WIDTH_MM)
        axes.set_ylim(0.0, self.height)
        return axes

    def grid(self, axes: Axes, which: str) -> None:
        """Draw light lines across."""
        axes.grid(visible=True, axis=which, linewidth=0.3, color=self.kit.theme.inks["graticule"], alpha=0.6)  # type: ignore[arg-type]

    def thousands(self, axis: Any) -> None:
        """Write the numbers of an axis with thousands apart."""
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}".replace("-", "−")))

    def label(self, axes: Axes, x: str = "", y: str = "") -> None:
        """Name the axes; the names are ours."""
        for name, put in ((x, axes.set_xlabel), (y, axes.set_ylabel)):
            if name:
                words, formula = rich(name)
                put(words, fontsize=self.points("legend_title"), parse_math=formula)

    def ticks(
        self, axis: Any, places: Sequence[float], names: Sequence[str], *, data: bool = False, **more: Any
    ) -> None:
        """Name places on an axis."""
        axis.set_ticks(list(places))
        texts = axis.set_ticklabels([""] * len(names), fontsize=self.points("legend"), **more)
        # The words are set on the label itself: setting them first would read them as formula.
        whole = ["\n".join(one_line(line) for line in name.split("\n")) for name in names]
        shown = [(name, False) if data else rich(name) for name in whole]
        axis.set_major_formatter(_Named(places, [words for words, _ in shown]))
        for text, (words, formula) in zip(texts, shown, strict=True):
            text.set_parse_math(formula)
            text.set_text(words)

    def text(self, axes: Axes, x: float, y: float, text: str, use: str = "legend", *, data: bool = False, room_mm: float = 0.0, **more: Any) -> None:  # fmt: skip
        """Set one line of type in the units of the axes."""
        size = float(more.pop("size", self.points(use)))
        shown = one_line(text)
        if room_mm:
            shown, size = fitted(shown, size, room_mm)
        words, formula = (shown, False) if data else rich(shown)
        placed: dict[str, Any] = {"ha": "left", "va": "center", "color": self.kit.theme.inks["text"], **more}
        axes.text(x, y, words, fontsize=size, parse_math=formula, **placed)

    def names(self, axes: Axes, labels: Sequence[tuple[str, float, float, float]], most: int = 60) -> None:
        """Write names beside points where there is room.

        Args:
            axes: their axes; limits are set.
            labels: ``(text, x, y, importance)`` in the units of the axes.
            most: how many to try.
        """
        box = axes.get_position()
        frame = (box.x0 * WIDTH_MM, box.y0 * self.height, box.x1 * WIDTH_MM, box.y1 * self.height)
        places: Any = axes.transData.transform([(x, y) for _, x, y, _ in labels]) if labels else []
        dots = self.figure.dpi / _MM_PER_INCH
        size = self.points("feature") * POINT_MM
        on_paper = [
            (text, px / dots, py / dots, importance)
            for (text, _, _, importance), (px, py) in zip(labels, places, strict=True)
        ]
        taken = Placed(frame, [(x - 1.0, y - 1.0, x + 1.0, y + 1.0) for _, x, y, _ in on_paper])
        offsets = (
            (0.5, 0.0),
            (-0.5, 0.0),
            (0.0, 1.0),
            (0.0, -1.0),
            (0.5, 1.0),
            (-0.5, 1.0),
            (0.5, -1.0),
            (-0.5, -1.0),
        )
        wanted = [
            Label(one_line(text), x, y, size, importance, offsets=offsets)
            for text, x, y, importance in sorted(on_paper, key=lambda one: (-one[3], one[0]))[:most]
        ]
        over = self.blank()
        for label, x, y in taken.place(wanted, gap_mm=1.3):
            rim = Stroke(linewidth=self.points("feature") * 0.25, foreground="#FFFFFFE0")
            self.text(over, x, y, label.text, "feature", data=True, ha="center", path_effects=[rim])
            self.text(over, x, y, label.text, "feature", data=True, ha="center")

    def legend(self, axes: Axes, **more: Any) -> None:
        """Draw the legend of the artists that have a name."""
        handles, names = axes.get_legend_handles_labels()
        shown = [rich(name) for name in names]
        drawn = axes.legend(
            handles, [words for words, _ in shown], fontsize=self.points("legend"), frameon=False,
            handlelength=1.8, handletextpad=0.5, columnspacing=1.2, borderaxespad=0.2, **more,
        )  # fmt: skip
        for text, (_, formula) in zip(drawn.get_texts(), shown, strict=True):
            text.set_parse_math(formula)

    def title(self, text: str) -> None:
        """Set a title above the chart, which grows by it; figures of the report have captions instead."""
        band = 9.0
        old = self.height
        self.height = old + band
        self.figure.set_size_inches(WIDTH_MM / _MM_PER_INCH, self.height / _MM_PER_INCH)
        for axes in self.figure.axes:
            box = axes.get_position(original=True)
            axes.set_position((box.x0, box.y0 * old / self.height, box.width, box.height * old / self.height))
        over = self.blank()
        self.text(
            over, WIDTH_MM / 2, self.height - band / 2, text, "title", ha="center", room_mm=WIDTH_MM - 8.0
        )

    def source(self, tables: str, remark: str = "") -> None:
        """Set the line that says where the numbers come from and whether they are synthetic."""
        kit = self.kit
        label = kit.say("示例数据", "EXAMPLE DATA") if kit.edition.is_example else kit.edition.data_label
        # A line that is too long is cut at its end: what must be said comes first.
        parts = [label, kit.say(f"数据：{tables}", f"data: {tables}"), kit.edition.release_id, remark]
        line = kit.say("；", "; ").join(part for part in parts if part)
        self.text(self.blank(), 1.0, 2.0, line, "note", room_mm=WIDTH_MM - 2.0, color=kit.theme.inks["quiet"])


class _Named(FuncFormatter):
    """Keep the names of ticks where they are drawn again."""

    def __init__(self, places: Sequence[float], names: Sequence[str]) -> None:
        """Keep places and names."""
        found = dict(zip(places, names, strict=True))
        super().__init__(lambda value, _: found.get(value, ""))
