"""What each cell of the partition is: hill, water side, park, town, fringe, farmland or open country.

Every zone of every element follows from this, so the plan is consistent: a control unit's class is
the highest class of the zones inside it (priority by ecology, water and air; then key by any
element; the rest is general), as in the overlay rule of the trade.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sxyd_pipeline.example_city.gazetteer import Gazetteer
from sxyd_pipeline.example_city.partition import Cells, Floats, Integers
from sxyd_pipeline.vocabulary.elements import ControlClass

#: Landscapes, with the control class each brings.
RED_LINE, ECOLOGICAL, WATER_SIDE, PARK, TOWN, FRINGE, FARM, OPEN = range(8)
CLASS_OF_LANDSCAPE = np.array(
    [ControlClass.PRIORITY] * 3 + [ControlClass.KEY] * 4 + [ControlClass.GENERAL], dtype=np.int64
)
#: Share of the territory in priority and key control units; a lowland city of the Yangtze delta.
PRIORITY_SHARE = 0.25
KEY_SHARE = 0.165
#: Share of priority ground inside the red line; of key ground that is fringe.
_RED_LINE_SHARE = 0.42
_FRINGE_SHARE = 0.24
_FARM_FIELD = -0.1
#: How far beyond its nominal radius a park may reach.
_PARK_EDGE = -0.35
#: Patches smaller than this many mean cells are given to their surroundings.
_SMALLEST_PATCH_CELLS = 2.4
_WAVES = 28


@dataclass(frozen=True, slots=True)
class Landscape:
    """Landscape of each cell, the place it belongs to, and two independent smooth fields.

    Attributes:
        kind: one of the landscape constants of this module.
        control_class: 1, 2 or 3.
        place: index into the gazetteer.
        town: nearest town of the district, index into the gazetteer.
        strength: how clearly the cell is what it is (relative to the place's size).
        first_noise, second_noise: smooth fields with mean 0 and deviation 1.
    """

    kind: Integers
    control_class: Integers
    place: Integers
    town: Integers
    strength: Floats
    first_noise: Floats
    second_noise: Floats


def smooth_noise(
    x: Floats, y: Floats, shortest_km: float, longest_km: float, rng: np.random.Generator
) -> Floats:
    """Return a smooth random field (mean 0, deviation 1): a sum of waves in random directions."""
    length = np.exp(rng.uniform(np.log(shortest_km), np.log(longest_km), _WAVES))
    angle = rng.uniform(0, 2 * np.pi, _WAVES)
    phase = rng.uniform(0, 2 * np.pi, _WAVES)
    result = np.zeros(len(x))
    for wave, direction, start in zip(length, angle, phase, strict=True):
        result += np.cos(2 * np.pi / wave * (x * np.cos(direction) + y * np.sin(direction)) + start)
    deviation = float(result.std())
    return (result - result.mean()) / deviation if deviation > 0 else result


def describe_landscape(cells: Cells, places: Gazetteer, rng: np.random.Generator) -> Landscape:
    """Decide what every cell is.

    Args:
        cells: partition of the city.
        places: places that shape it.
        rng: source of randomness.
    """
    width = float(np.sqrt(cells.area_km2.mean()))
    noises = [smooth_noise(cells.x, cells.y, 4 * width, 14 * width, rng) for _ in range(4)]
    fields, nearest = _fields(cells, places)
    hill = fields["hill"] + 0.22 * noises[0]
    water = fields["water"] + 0.22 * noises[1]
    built = np.maximum(fields["park"] + 0.03, fields["town"]) + 0.10 * noises[2]
    kind = np.full(len(cells.x), OPEN, dtype=np.int64)
    in_park = fields["park"] > _PARK_EDGE
    is_key = _top_share(built, cells.area_km2, KEY_SHARE, everywhere=np.ones(len(built), dtype=bool))
    core = built >= _quantile_of(built, cells.area_km2, KEY_SHARE * (1 - _FRINGE_SHARE))
    kind[is_key] = np.where(
        ~core, FRINGE, np.where(in_park & (fields["park"] + 0.03 >= fields["town"]), PARK, TOWN)
    )[is_key]
    kind[(kind == OPEN) & (fields["farm"] + 0.15 * noises[3] > _FARM_FIELD)] = FARM
    natural = np.maximum(hill, water)
    free = (kind != PARK) & (kind != TOWN)
    is_priority = _top_share(natural, cells.area_km2, PRIORITY_SHARE, everywhere=free)
    red_line = _top_share(natural, cells.area_km2, PRIORITY_SHARE * _RED_LINE_SHARE, everywhere=is_priority)
    kind[is_priority] = np.where(water[is_priority] > hill[is_priority], WATER_SIDE, ECOLOGICAL)
    kind[red_line] = RED_LINE
    kind = _absorb_small_patches(cells, kind)
    place, strength = _choose_place(kind, fields, nearest)
    return Landscape(kind, CLASS_OF_LANDSCAPE[kind], place, nearest["open"], strength, noises[0], noises[3])


def _fields(cells: Cells, places: Gazetteer) -> tuple[dict[str, Floats], dict[str, Integers]]:
    """Return, per kind, how near the most dominant place is (1 at its seat, 0 at its edge), and which."""
    fields = {kind: np.full(len(cells.x), -9.0) for kind in ("town", "park", "hill", "water", "farm")}
    nearest = {kind: np.full(len(cells.x), -1, dtype=np.int64) for kind in (*fields, "open")}
    for district in np.unique(cells.district):
        inside = np.flatnonzero(cells.district == district)
        for kind, field in fields.items():
            chosen = places.select(kind, int(district))
            if len(chosen) == 0:
                continue
            distance = np.hypot(
                cells.x[inside, None] - places.x[chosen], cells.y[inside, None] - places.y[chosen]
            )
            dominance = 1.0 - distance / places.size_km[chosen]
            field[inside] = dominance.max(axis=1)
            nearest[kind][inside] = chosen[np.argmax(dominance, axis=1)]
            if kind == "town":
                # A town's surroundings end halfway to the next town, however big the towns are.
                nearest["open"][inside] = chosen[np.argmin(distance, axis=1)]
    return fields, nearest


def _quantile_of(field: Floats, area: Floats, share: float) -> float:
    order = np.argsort(-field, kind="stable")
    covered = np.cumsum(area[order])
    position = min(int(np.searchsorted(covered, share * area.sum())), len(field) - 1)
    return float(field[order[position]])


def _top_share(
    field: Floats, area: Floats, share: float, *, everywhere: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Return the cells with the highest values that make up a share of the whole area."""
    allowed = np.where(everywhere, field, -np.inf)
    return np.asarray((allowed >= _quantile_of(allowed, area, share)) & everywhere)


def connected_patches(cells: Cells, label: Integers) -> Integers:
    """Return the number of the patch each cell belongs to: neighbours with one label are one patch."""
    left, right = cells.neighbours
    same = label[left] == label[right]
    left, right = left[same], right[same]
    patch = np.arange(len(label))
    while True:
        lowest = np.minimum(patch[left], patch[right])
        before = patch.copy()
        np.minimum.at(patch, left, lowest)
        np.minimum.at(patch, right, lowest)
        patch = patch[patch]
        if np.array_equal(before, patch):
            return patch


def _absorb_small_patches(cells: Cells, kind: Integers) -> Integers:
    """Give patches too small to be a zone the landscape of the neighbour with the longest common edge."""
    smallest = _SMALLEST_PATCH_CELLS * float(cells.area_km2.mean())
    left, right = cells.neighbours
    for _ in range(4):
        label = kind + 16 * cells.district
        patch = connected_patches(cells, label)
        size = np.bincount(patch, weights=cells.area_km2, minlength=len(kind))[patch]
        across = (cells.district[left] == cells.district[right]) & (patch[left] != patch[right])
        source = np.concatenate([left[across], right[across]])
        target = np.concatenate([right[across], left[across]])
        border = np.tile(cells.border_km[across], 2)
        small = (size[source] < smallest) & (size[target] > size[source])
        if not small.any():
            return kind
        length = np.zeros((len(kind), 8))
        np.add.at(length, (patch[source[small]], kind[target[small]]), border[small])
        touched = length.max(axis=1) > 0
        taken = touched[patch] & (size < smallest)
        kind = np.where(taken, length.argmax(axis=1)[patch], kind)
    return kind


def _choose_place(
    kind: Integers, fields: dict[str, Floats], nearest: dict[str, Integers]
) -> tuple[Integers, Floats]:
    """Return the place each cell is counted with, and how strongly."""
    place = np.where(kind == OPEN, nearest["open"], nearest["town"])
    strength = fields["town"].copy()
    natural = np.isin(kind, (RED_LINE, ECOLOGICAL, WATER_SIDE))
    wet = fields["water"] > fields["hill"]
    nearby = np.maximum(fields["park"] + 0.03, fields["town"])
    by_kind = (
        (natural & ~wet, "hill"),
        (natural & wet, "water"),
        (kind == PARK, "park"),
        ((kind == FRINGE) & (fields["park"] + 0.03 >= nearby), "park"),
        (kind == FARM, "farm"),
    )
    for chosen, name in by_kind:
        known = chosen & (nearest[name] >= 0)
        place[known] = nearest[name][known]
        strength[known] = fields[name][known]
    return place, strength
