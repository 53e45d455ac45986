"""A planar partition of a city into small cells with irregular edges that neighbours share exactly.

Sites are scattered over the territory, denser where it matters; the edges of their Voronoi diagram
are cut at the district boundaries, roughened, and joined to faces. Everything that is drawn later
(control units, zones of every element) is a union of whole cells, so all layers nest, every layer
covers the city without gap or overlap, and common edges are the same numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Proj

from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.example_city.boundaries import Geometries, Territory

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
#: Share of the finest density wanted at a point (km east, km north), 0 to 1.
Density = Callable[[Floats, Floats], Floats]

#: Coordinates lie on a lattice of 1e-9 degree (0.1 mm), so that a written file reads back unchanged.
LATTICE_DEGREE = 1e-9
_LATTICE_PER_DEGREE = 1e9
_KM_PER_DEGREE_LAT = 111.0
_KM_PER_DEGREE_LON_AT_EQUATOR = 111.32

#: Albers equal-area conic for maps of China on the ellipsoid of CGCS2000.
_ALBERS = Proj("+proj=aea +lat_0=0 +lon_0=105 +lat_1=25 +lat_2=47 +ellps=GRS80 +units=m +no_defs")
_M2_PER_KM2 = 1e6

#: How far an edge may leave its straight line, as a share of its length; and of the way to a site.
_ROUGHNESS = 0.16
_MAXIMUM_LEAN = 0.45
#: Edges up to so many km are cut into so many parts.
_PARTS_BY_LENGTH_KM = ((0.3, 2), (0.9, 4), (2.4, 8), (6.0, 16), (np.inf, 32))
#: Sites around the territory, so that cells at its border are closed; in mean cell widths.
_MARGIN_CELLS = 3.0
_ON_LINE_DEGREE = 1e-8
_TRIANGLE_VERTICES = 3


class BrokenPartitionError(SxydError):
    """The cells do not cover the territory exactly: a fault of the generator, never of the user's data."""

    def __init__(self, adcode: str, detail: str) -> None:
        """Name the city and the symptom."""
        super().__init__(
            f"{adcode} 的网格划分未通过拓扑检查：{detail}",
            f"the partition of {adcode} failed its topology check: {detail}",
            remedy_zh="更换 seed 重新生成",
            remedy_en="use another seed",
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """Local plane of a city in km: an affine map of degrees, so straight lines stay straight."""

    lon0: float
    lat0: float
    km_per_lon: float

    @classmethod
    def of(cls, territory: Territory) -> "Frame":
        """Return the frame centred on the territory."""
        west, south, east, north = shapely.total_bounds(territory.polygons)
        lat0 = float(south + north) / 2
        return cls(
            float(west + east) / 2, lat0, _KM_PER_DEGREE_LON_AT_EQUATOR * float(np.cos(np.radians(lat0)))
        )

    def to_km(self, lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return km east and north of the centre."""
        return (
            (np.asarray(lon, dtype=float) - self.lon0) * self.km_per_lon,
            (np.asarray(lat, dtype=float) - self.lat0) * _KM_PER_DEGREE_LAT,
        )

    def to_degrees(self, x: npt.ArrayLike, y: npt.ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude."""
        return (
            np.asarray(x, dtype=float) / self.km_per_lon + self.lon0,
            np.asarray(y, dtype=float) / _KM_PER_DEGREE_LAT + self.lat0,
        )


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a city.

    Attributes:
        frame: local plane.
        polygons: degrees, EPSG:4490; a valid coverage.
        district: index of each cell's district.
        x, y: a point inside each cell, km.
        area_km2: equal-area.
        neighbours: pairs of cells (2, n) that share an edge, each pair once.
        border_km: length of the shared edge of each pair.
    """

    frame: Frame
    polygons: Geometries
    district: Integers
    x: Floats
    y: Floats
    area_km2: Floats
    neighbours: Integers
    border_km: Floats


def draw_cells(territory: Territory, count: int, density: Density, rng: np.random.Generator) -> Cells:
    """Partition a territory into about ``count`` cells.

    Args:
        territory: districts; each cell lies in exactly one.
        count: cells wanted, reached within some 15 %.
        density: relative density of cells, 0 to 1.
        rng: source of randomness.

    Raises:
        BrokenPartitionError: the result is not a valid coverage of the territory.
    """
    frame = Frame.of(territory)
    lines = _edges_of_cells(territory, frame, _scatter_sites(territory, frame, count, density, rng), rng)
    faces = shapely.get_parts(shapely.polygonize(lines))
    inner = shapely.point_on_surface(faces)
    face, district = shapely.STRtree(inner).query(territory.polygons, predicate="contains")[::-1]
    order = np.argsort(face)
    face, district = face[order], district[order]
    polygons, inner = faces[face], inner[face]
    area_km2 = albers_area_km2(polygons)
    _require_cover(territory, polygons, area_km2)
    x, y = frame.to_km(shapely.get_x(inner), shapely.get_y(inner))
    neighbours, border_km = _find_neighbours(polygons, frame)
    return Cells(frame, polygons, district.astype(np.int64), x, y, area_km2, neighbours, border_km)


def albers_area_km2(polygons: Geometries) -> Floats:
    """Return equal-area sizes of polygons given in degrees."""
    projected = shapely.transform(
        polygons, lambda lonlat: np.column_stack(_ALBERS(lonlat[:, 0], lonlat[:, 1]))
    )
    return np.asarray(shapely.area(projected)) / _M2_PER_KM2


def _require_cover(territory: Territory, polygons: Geometries, area_km2: Floats) -> None:
    # Nodes set on long district edges move them by less than the lattice, so areas agree to 1e-6.
    total = float(albers_area_km2(territory.polygons).sum())
    if abs(area_km2.sum() - total) > 1e-4 * total:
        raise BrokenPartitionError(territory.adcode, f"{area_km2.sum():.3f} km2 / {total:.3f} km2")
    if not shapely.coverage_is_valid(polygons):
        raise BrokenPartitionError(territory.adcode, "coverage_is_valid")


def _scatter_sites(
    territory: Territory, frame: Frame, count: int, density: Density, rng: np.random.Generator
) -> Floats:
    """Return sites (n, 2) in km: a jittered grid, thinned to the density wanted."""
    west, south, east, north = shapely.total_bounds(territory.polygons)
    (x0, x1), (y0, y1) = frame.to_km([west, east], [south, north])
    area = float(shapely.area(territory.polygons).sum()) * frame.km_per_lon * _KM_PER_DEGREE_LAT
    mean = np.sqrt(area / count)
    sample = _inside(territory, frame, rng.uniform((x0, y0), (x1, y1), (4000, 2)))
    # Cells of full density are as small as it takes for the mean to come out right.
    step = mean * np.sqrt(float(np.mean(density(sample[:, 0], sample[:, 1]))))
    margin = _MARGIN_CELLS * mean
    columns, rows = np.meshgrid(
        np.arange(x0 - margin, x1 + margin, step), np.arange(y0 - margin, y1 + margin, step)
    )
    sites = np.column_stack([columns.ravel(), rows.ravel()])
    sites += rng.uniform(-0.45, 0.45, sites.shape) * step
    return sites[rng.uniform(size=len(sites)) < density(sites[:, 0], sites[:, 1])]


def _inside(territory: Territory, frame: Frame, points: Floats) -> Floats:
    lon, lat = frame.to_degrees(points[:, 0], points[:, 1])
    hull = shapely.union_all(territory.polygons)
    shapely.prepare(hull)
    inside: Floats = points[shapely.contains_xy(hull, lon, lat)]
    return inside


def _edges_of_cells(
    territory: Territory, frame: Frame, sites: Floats, rng: np.random.Generator
) -> Geometries:
    """Return the noded edges of all cells in degrees: district boundaries as they are, the others rough."""
    ends, pairs = _voronoi_edges(sites)
    lon, lat = frame.to_degrees(ends[..., 0], ends[..., 1])
    voronoi = shapely.linestrings(np.stack([lon, lat], axis=-1))
    outline = shapely.union_all(territory.polygons)
    shapely.prepare(outline)
    near = shapely.intersects(outline, voronoi)
    voronoi, pairs = voronoi[near], pairs[near]
    rings = shapely.boundary(territory.polygons)
    noded = shapely.get_parts(shapely.union_all(np.concatenate([voronoi, rings]), grid_size=LATTICE_DEGREE))
    middle = shapely.line_interpolate_point(noded, 0.5, normalized=True)
    boundary = shapely.union_all(rings)
    shapely.prepare(boundary)
    on_boundary = shapely.distance(middle, boundary) < _ON_LINE_DEGREE
    fixed, straight = noded[on_boundary], noded[~on_boundary]
    owner = shapely.STRtree(voronoi).nearest(middle[~on_boundary])
    rough = _roughen(straight, sites[pairs[owner]], frame, rng)
    return np.concatenate([fixed, _keep_off(boundary, straight, rough)])


def _voronoi_edges(sites: Floats) -> tuple[Floats, Integers]:
    """Return edges of the Voronoi diagram as ends (n, 2, 2) and the two sites of each (n, 2)."""
    triangles = shapely.get_parts(shapely.delaunay_triangles(shapely.multipoints(sites)))
    corners = shapely.get_coordinates(triangles).reshape(len(triangles), _TRIANGLE_VERTICES + 1, 2)[
        :, :_TRIANGLE_VERTICES
    ]
    order = np.lexsort((sites[:, 1], sites[:, 0]))
    ranked = sites[order]
    flat = corners.reshape(-1, 2)
    # Sites are distinct in x (random reals), so a search in x finds each corner's site.
    index = order[np.searchsorted(ranked[:, 0], flat[:, 0])].reshape(-1, _TRIANGLE_VERTICES)
    centre = _circumcentres(corners)
    sides = np.sort(np.concatenate([index[:, [0, 1]], index[:, [1, 2]], index[:, [2, 0]]]), axis=1)
    triangle = np.tile(np.arange(len(corners)), _TRIANGLE_VERTICES)
    ranking = np.lexsort((triangle, sides[:, 1], sides[:, 0]))
    sides, triangle = sides[ranking], triangle[ranking]
    shared = np.flatnonzero((sides[1:] == sides[:-1]).all(axis=1))
    ends = np.stack([centre[triangle[shared]], centre[triangle[shared + 1]]], axis=1)
    long_enough = np.hypot(*(ends[:, 1] - ends[:, 0]).T) > 0
    return ends[long_enough], sides[shared][long_enough]


def _circumcentres(corners: Floats) -> Floats:
    a, b, c = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    twice_area = 2 * (b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0])
    bb, cc = (b**2).sum(axis=1), (c**2).sum(axis=1)
    return np.asarray(
        a
        + np.column_stack(
            [(c[:, 1] * bb - b[:, 1] * cc) / twice_area, (b[:, 0] * cc - c[:, 0] * bb) / twice_area]
        )
    )


def _roughen(straight: Geometries, sites: Floats, frame: Frame, rng: np.random.Generator) -> Geometries:
    """Replace straight edges by broken ones that stay between the two sites of each edge.

    A vertex moves from its place on the edge towards one of the two sites. Each triangle (edge, site)
    belongs to one edge only, so edges moved this way cannot meet.
    """
    ends = shapely.get_coordinates(straight).reshape(len(straight), -1, 2)
    start, stop = (np.column_stack(frame.to_km(ends[:, i, 0], ends[:, i, 1])) for i in (0, -1))
    length = np.hypot(*(stop - start).T)
    result = np.empty(len(straight), dtype=object)
    lower = 0.0
    for upper, parts in _PARTS_BY_LENGTH_KM:
        chosen = (
            np.flatnonzero((length > lower) & (length <= upper)) if lower else np.flatnonzero(length <= upper)
        )
        lower = upper
        path = _broken_paths(start[chosen], stop[chosen], sites[chosen], parts, rng)
        lonlat = np.round(
            np.stack(frame.to_degrees(path[..., 0], path[..., 1]), axis=-1) * _LATTICE_PER_DEGREE
        )
        lonlat /= _LATTICE_PER_DEGREE
        lonlat[:, 0], lonlat[:, -1] = ends[chosen, 0], ends[chosen, -1]
        result[chosen] = shapely.linestrings(lonlat)
    return result


def _broken_paths(start: Floats, stop: Floats, sites: Floats, parts: int, rng: np.random.Generator) -> Floats:
    t = np.linspace(0.0, 1.0, parts + 1)
    on_edge = start[:, None] + t[None, :, None] * (stop - start)[:, None]
    lean = _midpoint_noise(len(start), parts, rng)
    side = np.where(lean > 0, 0, 1)
    towards = sites[np.arange(len(start))[:, None], side] - on_edge
    length = np.hypot(*(stop - start).T)[:, None]
    share = np.abs(lean) * length / np.maximum(np.hypot(towards[..., 0], towards[..., 1]), 1e-9)
    taper = np.minimum(1.0, 3.0 * np.minimum(t, 1.0 - t))[None, :]
    share = np.minimum(share, _MAXIMUM_LEAN) * taper
    # Between vertices on opposite sides the path must cross the edge itself, not its extension.
    share = np.where(_crosses_outside(start, stop, on_edge + share[..., None] * towards), 0.0, share)
    return np.asarray(on_edge + share[..., None] * towards)


def _midpoint_noise(count: int, parts: int, rng: np.random.Generator) -> Floats:
    noise = np.zeros((count, parts + 1))
    step, scale = parts, _ROUGHNESS
    while step > 1:
        half = step // 2
        middle = np.arange(half, parts, step)
        noise[:, middle] = (noise[:, middle - half] + noise[:, middle + half]) / 2
        noise[:, middle] += rng.normal(0.0, scale, (count, len(middle)))
        step, scale = half, scale * 0.55
    return noise


def _crosses_outside(start: Floats, stop: Floats, path: Floats) -> npt.NDArray[np.bool_]:
    along = (stop - start) / np.maximum(np.hypot(*(stop - start).T), 1e-12)[:, None]
    offset = path - start[:, None]
    distance = offset[..., 0] * -along[:, None, 1] + offset[..., 1] * along[:, None, 0]
    place = (offset * along[:, None]).sum(axis=-1)
    length = np.hypot(*(stop - start).T)[:, None]
    d0, d1 = distance[:, :-1], distance[:, 1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        crossing = place[:, :-1] + (place[:, 1:] - place[:, :-1]) * d0 / (d0 - d1)
    outside = (d0 * d1 < 0) & ((crossing < 0) | (crossing > length))
    flagged = np.zeros(path.shape[:2], dtype=bool)
    flagged[:, 1:] |= outside
    flagged[:, :-1] |= outside
    return flagged


def _keep_off(boundary: shapely.Geometry, straight: Geometries, rough: Geometries) -> Geometries:
    """Return the rough edges, straight again where roughening would meet a district boundary."""
    meets = np.flatnonzero(shapely.intersects(boundary, rough))
    before = shapely.intersection(straight[meets], boundary)
    after = shapely.intersection(rough[meets], boundary)
    worse = ~shapely.equals(before, after)
    result = rough.copy()
    result[meets[worse]] = straight[meets[worse]]
    return result


def _find_neighbours(polygons: Geometries, frame: Frame) -> tuple[Integers, Floats]:
    """Return pairs of cells that share edge segments, and the shared length in km."""
    rings, cell = shapely.get_rings(polygons, return_index=True)
    lonlat, ring = shapely.get_coordinates(rings, return_index=True)
    cell = cell[ring]
    inside_ring = ring[1:] == ring[:-1]
    lattice = np.round(lonlat * _LATTICE_PER_DEGREE).astype(np.int64)
    a, b, owner = lattice[:-1][inside_ring], lattice[1:][inside_ring], cell[:-1][inside_ring]
    swap = (a[:, 0] > b[:, 0]) | ((a[:, 0] == b[:, 0]) & (a[:, 1] > b[:, 1]))
    a, b = np.where(swap[:, None], b, a), np.where(swap[:, None], a, b)
    order = np.lexsort((owner, b[:, 1], b[:, 0], a[:, 1], a[:, 0]))
    a, b, owner = a[order], b[order], owner[order]
    same = np.flatnonzero((a[1:] == a[:-1]).all(axis=1) & (b[1:] == b[:-1]).all(axis=1))
    pairs = np.sort(np.column_stack([owner[same], owner[same + 1]]), axis=1)
    span = (b[same] - a[same]) / _LATTICE_PER_DEGREE * np.array([frame.km_per_lon, _KM_PER_DEGREE_LAT])
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    length = np.hypot(span[:, 0], span[:, 1])
    border_km = np.bincount(inverse.ravel(), weights=length).astype(np.float64)
    return unique.T.astype(np.int64), border_km
