"""Codes of drawn control units: kept while the unit is, new ones after the highest ever used."""

from collections.abc import Iterable
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.zoning.areas import SharedAreas, share_areas
from sxyd_pipeline.core.zoning.errors import SerialsExhaustedError
from sxyd_pipeline.core.zoning.overlay import DrawnUnits
from sxyd_pipeline.core.zoning.projection import attributes_of, polygons_of
from sxyd_pipeline.vocabulary.codes import parse_control_unit_code

#: A unit is the same as an earlier one when each covers over half of the other; never two at once.
SAME_UNIT_SHARE = 0.5

#: A withdrawn unit is a predecessor of every unit that takes over at least this share of it, and
#: always of the one that takes over most (default; slivers of redrawn lines stay below it).
PREDECESSOR_SHARE = 0.1

_HIGHEST_SERIAL = 9999


@dataclass(frozen=True, slots=True)
class UnitCodes:
    """Code and predecessors (separated by ``;``, or None) of each drawn unit, in its order."""

    codes: list[str]
    predecessors: list[str | None]


def settle_codes(
    drawn: DrawnUnits, district_codes: list[str], previous: gpd.GeoDataFrame | None
) -> UnitCodes:
    """Give every drawn unit its code, ``ZH`` + county + class + four-digit serial.

    A unit that is the same as one of ``previous`` (over half of each shared, same county and
    class) keeps its code. Others get the next serial after the highest ever used in their county
    and class, the largest unit first. Withdrawn codes, and what they had replaced, are listed as
    predecessors and so are never given again.

    Args:
        drawn: units without codes.
        district_codes: code of each district, by the index in ``drawn``.
        previous: control units of the last release, or None.

    Raises:
        SerialsExhaustedError: a county has used all serials of a class.
    """
    count = len(drawn.polygons)
    owner = [(district_codes[d], int(c)) for d, c in zip(drawn.district, drawn.control_class, strict=True)]
    codes: list[str | None] = [None] * count
    lists: list[list[str]] = [[] for _ in range(count)]
    ever_used: list[str] = []
    if previous is not None and len(previous):
        earlier = previous.sort_values("control_unit_code", kind="stable")
        old_codes = earlier["control_unit_code"].tolist()
        old_lists = [
            _split(text) for text in attributes_of(earlier, {"predecessors": pl.String})["predecessors"]
        ]
        ever_used = [*old_codes, *(code for old in old_lists for code in old)]
        old_polygons = polygons_of(earlier, "control_units")
        shared = share_areas(drawn.polygons, old_polygons)
        old_area = shapely.area(old_polygons)
        kept = _same_units(shared, shapely.area(drawn.polygons), old_area)
        for new, old in kept.items():
            if _owner(old_codes[old]) == owner[new]:
                codes[new] = old_codes[old]
                lists[new] = list(old_lists[old])
        withdrawn = [old for old, code in enumerate(old_codes) if code not in set(codes)]
        for old, heirs in _heirs(shared, withdrawn, old_area).items():
            for new in heirs:
                lists[new].extend([old_codes[old], *old_lists[old]])
    complete = _number_new_units(drawn, owner, codes, ever_used)
    return UnitCodes(complete, [";".join(sorted(set(names))) or None for names in lists])


def _same_units(shared: SharedAreas, new_area: np.ndarray, old_area: np.ndarray) -> dict[int, int]:
    same = (shared.area_m2 > SAME_UNIT_SHARE * new_area[shared.left]) & (
        shared.area_m2 > SAME_UNIT_SHARE * old_area[shared.right]
    )
    return {int(new): int(old) for new, old in zip(shared.left[same], shared.right[same], strict=True)}


def _heirs(shared: SharedAreas, withdrawn: Iterable[int], old_area: np.ndarray) -> dict[int, list[int]]:
    heirs: dict[int, list[int]] = {}
    for old in withdrawn:
        pair = np.flatnonzero(shared.right == old)
        if pair.size == 0:
            continue  # its land is no longer part of the city
        enough = shared.area_m2[pair] >= PREDECESSOR_SHARE * old_area[old]
        enough[np.argmax(shared.area_m2[pair])] = True
        heirs[old] = [int(new) for new in shared.left[pair[enough]]]
    return heirs


def _number_new_units(
    drawn: DrawnUnits, owner: list[tuple[str, int]], codes: list[str | None], ever_used: list[str]
) -> list[str]:
    highest: dict[tuple[str, int], int] = {}
    for code in ever_used:
        parts = parse_control_unit_code(code)
        if parts is not None:
            key = (parts.adcode, parts.control_class)
            highest[key] = max(highest.get(key, 0), int(parts.serial))
    bounds = shapely.bounds(drawn.polygons)
    # Area to the square metre, then the place: an order that does not depend on the order of the input.
    order = np.lexsort((bounds[:, 1], bounds[:, 0], -np.rint(shapely.area(drawn.polygons))))
    numbered = list(codes)
    for index in order:
        if numbered[index] is None:
            serial = highest.get(owner[index], 0) + 1
            if serial > _HIGHEST_SERIAL:
                raise SerialsExhaustedError(*owner[index])
            highest[owner[index]] = serial
            adcode, control_class = owner[index]
            numbered[index] = f"ZH{adcode}{control_class}{serial:04d}"
    return [code for code in numbered if code is not None]


def _owner(code: str) -> tuple[str, int] | None:
    parts = parse_control_unit_code(code)
    return None if parts is None else (parts.adcode, parts.control_class)


def _split(text: str | None) -> list[str]:
    return [] if text is None else [part.strip() for part in text.split(";") if part.strip()]
