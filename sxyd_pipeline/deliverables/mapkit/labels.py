"""Labels that do not collide: the important ones are placed first, and left out where there is no room."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

Box = tuple[float, float, float, float]

#: Height of a line and widths of characters, in em; Chinese characters are square.
_LINE_EM, _NARROW_EM, _WIDE_EM = 1.15, 0.58, 1.0
FIRST_WIDE = 0x2E80


@dataclass(frozen=True, slots=True)
class Label:
    """A text that wants to stand at a point.

    Attributes:
        text: one line.
        x: position in millimetres on the sheet.
        y: position in millimetres on the sheet.
        size_mm: size of the type.
        importance: the larger, the earlier it is placed.
        must_stay: it is drawn even where it collides.
        offsets: where its middle may stand, in steps of its own width and height; the first free one wins.
    """

    text: str
    x: float
    y: float
    size_mm: float
    importance: float = 0.0
    must_stay: bool = False
    offsets: Sequence[tuple[float, float]] = ((0.0, 0.0),)


#: Beside, above and below a symbol.
AROUND: tuple[tuple[float, float], ...] = (
    (0.5, 0.0),
    (-0.5, 0.0),
    (0.0, 1.0),
    (0.0, -1.0),
    (0.5, 0.8),
    (-0.5, 0.8),
    (0.5, -0.8),
    (-0.5, -0.8),
)
#: A name of an area: in the middle, or a little off it.
NEAR: tuple[tuple[float, float], ...] = (
    (0.0, 0.0),
    (0.0, 1.1),
    (0.0, -1.1),
    (0.4, 0.0),
    (-0.4, 0.0),
    (0.0, 2.2),
    (0.0, -2.2),
    (0.5, 1.1),
    (-0.5, 1.1),
)


def size_of(text: str, size_mm: float) -> tuple[float, float]:
    """Return width and height of a line of type, in millimetres, a little too large."""
    width = sum(_WIDE_EM if ord(c) >= FIRST_WIDE else _NARROW_EM for c in text)
    return width * size_mm, _LINE_EM * size_mm


@dataclass
class Placed:
    """What is taken already.

    Attributes:
        inside: labels stay within this box.
        boxes: taken boxes.
    """

    inside: Box
    boxes: list[Box] = field(default_factory=list)

    def is_free(self, box: Box) -> bool:
        """Tell whether a box lies inside and touches none that is taken."""
        west, south, east, north = box
        if west < self.inside[0] or south < self.inside[1] or east > self.inside[2] or north > self.inside[3]:
            return False
        return all(west >= e or east <= w or south >= n or north <= s for w, s, e, n in self.boxes)

    def place(self, labels: Iterable[Label], gap_mm: float = 0.0) -> list[tuple[Label, float, float]]:
        """Return the labels that found room, with the middle of each.

        Args:
            labels: in any order; equal importance is broken by text and position.
            gap_mm: distance kept between a label and its point where an offset moves it off.
        """
        ordered = sorted(
            labels,
            key=lambda one: (
                -one.importance, one.text, one.x, one.y, -one.size_mm, not one.must_stay, tuple(one.offsets),
            ),
        )  # fmt: skip
        found = []
        for label in ordered:
            width, height = size_of(label.text, label.size_mm)
            spots = [_box(label, offset, width, height, gap_mm) for offset in label.offsets]
            spot = next((one for one in spots if self.is_free(one)), None)
            if spot is None and label.must_stay:
                spot = spots[0]
            if spot is not None:
                self.boxes.append(spot)
                found.append((label, (spot[0] + spot[2]) / 2, (spot[1] + spot[3]) / 2))
        return found


def _box(label: Label, offset: tuple[float, float], width: float, height: float, gap: float) -> Box:
    along, up = offset
    x = label.x + along * width + gap * ((along > 0) - (along < 0))
    y = label.y + up * height + gap * ((up > 0) - (up < 0))
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2
