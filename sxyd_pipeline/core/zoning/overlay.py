"""Draw control units from element zones: overlay, classify, connect, merge.

The lines of districts and of all zones that can decide a class are noded on the millimetre
grid and turned into faces. Faces tile the plane exactly, so every later step only regroups
them: units made of faces can neither overlap nor leave a gap.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from sxyd_pipeline.core.zoning.areas import Floats, Indices, first_containing
from sxyd_pipeline.core.zoning.projection import GRID_M, M2_PER_KM2, Geometries, polygons_of
from sxyd_pipeline.vocabulary.elements import ControlClass

#: Key zones that stand for industrial parks: water 221 and air 231 (domain 1.3). Parks are never merged.
PARK_ZONE_TYPES = ("221", "231")

#: The sea has units of its own; its zones do not class land.
_SEA = "coastal"

Edges = dict[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Faces:
    """An exact tiling of the territory.

    Attributes:
        polygons: faces on the working grid.
        district: index of the district of each face.
        control_class: class of each face.
        park: index of the park zone each face lies in, or -1.
    """

    polygons: Geometries
    district: Indices
    control_class: npt.NDArray[np.int32]
    park: Indices


@dataclass(slots=True)
class Piece:
    """Connected faces of one district and class; ``edges`` is the shared edge (m) with each neighbour."""

    district: int
    control_class: int
    area_m2: float
    is_park: bool
    faces: list[int]
    edges: dict[int, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DrawnUnits:
    """Control units as drawn, without codes: polygons, district index and class of each."""

    polygons: Geometries
    district: Indices
    control_class: npt.NDArray[np.int32]


def draw_control_units(
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    priority_elements: Sequence[str],
    minimum_km2: float,
) -> DrawnUnits:
    """Draw control units by overlay (叠加法).

    A piece touched by a priority zone of one of ``priority_elements`` is priority; else, by any key
    zone, key; else general. Priority and key units are the connected areas of one class within a
    district, a district's general pieces are one unit. Pieces below ``minimum_km2`` join the
    neighbour in their district with the longest shared edge, of the same class where there is one;
    a piece that holds most of an industrial park stays.

    Args:
        districts: ``zoning.districts``.
        zones: ``zoning.zones``.
        priority_elements: elements whose priority zones promote (a switch of the province).
        minimum_km2: smallest area of a piece (km2).

    Returns:
        Units that tile the districts exactly, in no particular order but always the same one.

    References:
        Domain facts 1.4; order 优先 > 重点 > 一般 as published for 开化县 (2024).
    """
    faces = _tile(districts, zones, priority_elements)
    edges = _shared_edges(faces.polygons)
    pieces = _connect(faces, edges)
    _merge_small(pieces, minimum_km2 * M2_PER_KM2)
    return _dissolve(pieces, faces.polygons)


def _tile(districts: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, priority_elements: Sequence[str]) -> Faces:
    territory = polygons_of(districts, "districts")
    land = zones[zones["element"] != _SEA]
    polygons = polygons_of(land, "zones")
    classes = land["control_class"].to_numpy()
    promotes = (classes == ControlClass.PRIORITY) & land["element"].isin(priority_elements).to_numpy()
    key = classes == ControlClass.KEY
    parks = key & land["zone_type"].isin(PARK_ZONE_TYPES).to_numpy()

    lines = shapely.boundary(np.concatenate([territory, polygons[promotes | key]]))
    faces = shapely.get_parts(
        shapely.polygonize(shapely.get_parts(shapely.union_all(lines, grid_size=GRID_M)))
    )
    inside = shapely.point_on_surface(faces)
    x, y = shapely.get_x(inside), shapely.get_y(inside)
    district = first_containing(territory, x, y)
    within = district >= 0
    faces, district, x, y = faces[within], district[within], x[within], y[within]
    control_class = np.select(
        [first_containing(polygons[promotes], x, y) >= 0, first_containing(polygons[key], x, y) >= 0],
        [int(ControlClass.PRIORITY), int(ControlClass.KEY)],
        default=int(ControlClass.GENERAL),
    )
    return Faces(faces, district, control_class.astype(np.int32), first_containing(polygons[parks], x, y))


def _shared_edges(faces: Geometries) -> Edges:
    """Measure the edges that pairs of faces share (m), by looking for the same segment twice."""
    rings, face = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    same_ring = ring[1:] == ring[:-1]
    millimetres = np.rint(xy / GRID_M).astype(np.int64)
    start, end, owner = millimetres[:-1][same_ring], millimetres[1:][same_ring], face[ring[1:][same_ring]]
    # A shared segment runs the other way round in the second face: put the lower end first.
    swapped = (start[:, 0] > end[:, 0]) | ((start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1]))
    low, high = np.where(swapped[:, None], end, start), np.where(swapped[:, None], start, end)
    segments = np.column_stack([low, high])
    order = np.lexsort(segments.T)
    segments, owner = segments[order], owner[order]
    twice = np.flatnonzero((segments[1:] == segments[:-1]).all(axis=1) & (owner[1:] != owner[:-1]))
    length = np.hypot(*(segments[twice, 2:] - segments[twice, :2]).T) * GRID_M
    pairs = np.sort(np.column_stack([owner[twice], owner[twice + 1]]), axis=1)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    sums = np.bincount(inverse.ravel(), weights=length, minlength=len(unique))
    return {(int(a), int(b)): float(metres) for (a, b), metres in zip(unique, sums, strict=True)}


def _connect(faces: Faces, edges: Edges) -> dict[int, Piece]:
    """Join faces of one district and class that share an edge; note what each piece borders on."""
    root = list(range(len(faces.polygons)))

    def find(face: int) -> int:
        while root[face] != face:
            root[face] = root[root[face]]
            face = root[face]
        return face

    for a, b in edges:
        if faces.district[a] == faces.district[b] and faces.control_class[a] == faces.control_class[b]:
            low, high = sorted((find(a), find(b)))
            root[high] = low
    piece_of = [find(face) for face in range(len(root))]

    area = shapely.area(faces.polygons)
    pieces: dict[int, Piece] = {}
    for face, piece in enumerate(piece_of):
        if piece not in pieces:
            pieces[piece] = Piece(
                int(faces.district[face]), int(faces.control_class[face]), 0.0, is_park=False, faces=[]
            )
        pieces[piece].area_m2 += float(area[face])
        pieces[piece].faces.append(face)
    for (a, b), metres in edges.items():
        left, right = piece_of[a], piece_of[b]
        if left != right and pieces[left].district == pieces[right].district:
            pieces[left].edges[right] = pieces[left].edges.get(right, 0.0) + metres
            pieces[right].edges[left] = pieces[right].edges.get(left, 0.0) + metres
    _mark_parks(pieces, faces, area)
    return pieces


def _mark_parks(pieces: dict[int, Piece], faces: Faces, area: Floats) -> None:
    """Mark the key pieces that hold most of a park's area within their district."""
    totals: dict[tuple[int, int], float] = {}
    held: dict[tuple[int, int], float] = {}
    for key, piece in pieces.items():
        for face in piece.faces:
            park = int(faces.park[face])
            if park >= 0:
                totals[piece.district, park] = totals.get((piece.district, park), 0.0) + float(area[face])
                if piece.control_class == ControlClass.KEY:
                    held[key, park] = held.get((key, park), 0.0) + float(area[face])
    for (key, park), square_metres in held.items():
        if square_metres > totals[pieces[key].district, park] / 2:
            pieces[key].is_park = True


def _merge_small(pieces: dict[int, Piece], minimum_m2: float) -> None:
    """Merge pieces below the minimum, smallest first, into the neighbour that suits best, in place."""
    waiting = [(piece.area_m2, key) for key, piece in pieces.items() if piece.area_m2 < minimum_m2]
    heapq.heapify(waiting)
    while waiting:
        area_m2, key = heapq.heappop(waiting)
        piece = pieces.get(key)
        # Grown since it was noted (then it waits at its new size), a park, or alone in its district.
        if piece is None or piece.area_m2 != area_m2 or piece.is_park or not piece.edges:
            continue
        into = max(
            piece.edges,
            key=lambda other: (
                pieces[other].control_class == piece.control_class,
                piece.edges[other],
                -other,
            ),
        )
        _absorb(pieces, key, into)
        if pieces[into].area_m2 < minimum_m2:
            heapq.heappush(waiting, (pieces[into].area_m2, into))


def _absorb(pieces: dict[int, Piece], key: int, into: int) -> None:
    piece, host = pieces.pop(key), pieces[into]
    host.area_m2 += piece.area_m2
    host.faces.extend(piece.faces)
    for other, metres in piece.edges.items():
        del pieces[other].edges[key]
        if other != into:
            host.edges[other] = host.edges.get(other, 0.0) + metres
            pieces[other].edges[into] = pieces[other].edges.get(into, 0.0) + metres


def _dissolve(pieces: dict[int, Piece], faces: Geometries) -> DrawnUnits:
    """Union the faces of each unit: general pieces of a district together, other pieces each alone."""
    units: dict[tuple[int, int, int], list[int]] = {}
    for key, piece in pieces.items():
        together = -1 if piece.control_class == ControlClass.GENERAL else key
        units.setdefault((piece.district, piece.control_class, together), []).extend(piece.faces)
    polygons = np.array(
        [shapely.coverage_union_all(faces[members]) for members in units.values()], dtype=object
    )
    return DrawnUnits(
        polygons,
        np.array([district for district, _, _ in units], dtype=np.intp),
        np.array([control_class for _, control_class, _ in units], dtype=np.int32),
    )
