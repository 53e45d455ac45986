"""Control units and element zones drawn from the landscape: unions of cells with codes and names."""

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from sxyd_pipeline.example_city import landscape as land
from sxyd_pipeline.example_city.boundaries import BOUNDARY_SOURCE, MAP_REVIEW_NUMBER, Geometries, Territory
from sxyd_pipeline.example_city.gazetteer import Gazetteer
from sxyd_pipeline.example_city.labels import DERIVED, INVENTED, REAL, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.landscape import Landscape
from sxyd_pipeline.example_city.partition import Cells, Floats, Integers, albers_area_km2
from sxyd_pipeline.vocabulary.elements import ControlClass

CRS = "EPSG:4490"
#: Date the invented zoning came into force.
VALID_FROM = "2020-12-31"
ZONE_ELEMENTS = ("ecology", "water", "air", "soil", "resources")
#: Spoken names of the zone types, used in the names of zones.
_ZONE_NAMES = {
    111: "生态保护红线", 112: "生态敏感脆弱红线", 114: "一般生态空间", 311: "生态一般管控区",
    121: "水环境优先保护区", 221: "水环境工业污染重点管控区", 222: "水环境城镇生活污染重点管控区",
    223: "水环境农业污染重点管控区", 321: "水环境一般管控区",
    131: "大气环境优先保护区", 231: "大气高排放重点管控区", 232: "大气布局敏感重点管控区",
    233: "大气弱扩散重点管控区", 234: "大气受体敏感重点管控区", 331: "大气环境一般管控区",
    141: "农用地优先保护区", 241: "农用地污染风险重点管控区", 242: "建设用地污染风险重点管控区",
    341: "土壤环境一般管控区",
    251: "生态用水补给区", 252: "地下水开采重点管控区", 253: "土地资源重点管控区",
    254: "高污染燃料禁燃区", 351: "自然资源一般管控区",
}  # fmt: skip
_CLASS_NAMES = {
    ControlClass.PRIORITY: "优先保护单元",
    ControlClass.KEY: "重点管控单元",
    ControlClass.GENERAL: "一般管控单元",
}
#: Where smooth fields are cut; shares of ground above: 18 %, 45 %, 64 %.
_CUTS = {"highest": 0.9, "high": 0.12, "most": -0.35}
#: A zone or unit smaller than this is not drawn on its own (domain: 0.5 to 1 km2).
_SMALLEST_UNIT_KM2 = 0.5


@dataclass(frozen=True, slots=True)
class ZoningPlan:
    """All layers of a city's zoning.

    Attributes:
        layers: name of the layer to its polygons, EPSG:4490.
        cell_unit: index of each cell's control unit in ``layers["control_units"]``.
        cell_air_zone: index of each cell's zone in ``layers["air"]``.
    """

    layers: Mapping[str, gpd.GeoDataFrame]
    cell_unit: Integers
    cell_air_zone: Integers


def draw_plan(territory: Territory, cells: Cells, landscape: Landscape, places: Gazetteer) -> ZoningPlan:
    """Draw districts, control units and the zones of every element.

    Returns:
        Layers that cover the city without gap or overlap and share their edges; codes follow the
        grammar ``ZH + area + class + serial`` and ``YS + area + class + element + subtype + serial``.
    """
    units, cell_unit = _draw_control_units(territory, cells, landscape, places)
    layers = {"districts": _draw_districts(territory, cells), "control_units": units}
    cell_zone: dict[str, Integers] = {}
    for element, triples in _zone_types(landscape).items():
        layers[element], cell_zone[element] = _draw_zones(territory, cells, landscape, places, triples)
    return ZoningPlan(layers, cell_unit, cell_zone["air"])


def _zone_types(scene: Landscape) -> dict[str, Integers]:
    """Return the zone type triple of each cell per element."""
    kind = scene.kind
    first, second = (_thresholds(noise) for noise in (scene.first_noise, scene.second_noise))
    is_natural = scene.control_class == ControlClass.PRIORITY
    built, open_ = np.isin(kind, (land.TOWN, land.FRINGE)), kind == land.OPEN
    strong = (kind == land.RED_LINE) & (scene.strength > np.quantile(scene.strength[is_natural], 0.6))
    ecology = np.select(
        [
            (kind == land.RED_LINE) & second["highest"],
            kind == land.RED_LINE,
            kind == land.ECOLOGICAL,
            kind == land.WATER_SIDE,
        ],
        [112, 111, 114, 114],
        311,
    )
    water = np.select(
        [kind == land.WATER_SIDE, kind == land.PARK, built, kind == land.FARM], [121, 221, 222, 223], 321
    )
    air = np.select(
        [strong, kind == land.PARK, kind == land.TOWN, (kind == land.FRINGE) & first["high"],
         kind == land.FRINGE, (kind == land.ECOLOGICAL) & second["lowest"]],
        [131, 231, 234, 233, 232, 233],
        331,
    )  # fmt: skip
    soil = np.select(
        [
            (kind == land.PARK) & second["high"],
            (kind == land.FARM) & first["high"],
            kind == land.FARM,
            open_ & second["most"],
        ],
        [242, 241, 141, 141],
        341,
    )
    resources = np.select(
        [np.isin(kind, (land.PARK, land.TOWN)), kind == land.FRINGE,
         (kind == land.WATER_SIDE) & first["high"], (kind == land.FARM) & second["high"]],
        [254, 253, 251, 252],
        351,
    )  # fmt: skip
    return {"ecology": ecology, "water": water, "air": air, "soil": soil, "resources": resources}


def _thresholds(noise: Floats) -> dict[str, npt.NDArray[np.bool_]]:
    """Cut a smooth field (mean 0, deviation 1) where a zone type ends and another begins."""
    return {name: noise > cut for name, cut in _CUTS.items()} | {"lowest": noise < -_CUTS["highest"]}


def dissolve(cells: Cells, label: Integers) -> tuple[Geometries, Integers]:
    """Unite cells with one label; return one polygon per label in ascending order, and each cell's index."""
    values, index = np.unique(label, return_inverse=True)
    order = np.argsort(index, kind="stable")
    starts = np.searchsorted(index[order], np.arange(len(values)))
    groups = np.split(cells.polygons[order], starts[1:])
    united = np.array([shapely.coverage_union_all(group) for group in groups], dtype=object)
    return _as_multipolygons(united), index.astype(np.int64)


def _as_multipolygons(geometries: Geometries) -> Geometries:
    parts, owner = shapely.get_parts(geometries, return_index=True)
    return np.asarray(shapely.multipolygons(shapely.normalize(parts), indices=owner))


def _draw_districts(territory: Territory, cells: Cells) -> gpd.GeoDataFrame:
    # Drawn from the cells, not from the source, so that the nodes set on its edges are everywhere.
    polygons, _ = dissolve(cells, cells.district)
    return gpd.GeoDataFrame(
        {
            "code": list(territory.district_codes),
            "name": list(territory.district_names),
            "stated_area_km2": np.round(albers_area_km2(polygons), 4),
            "data_label": REAL,
            "data_nature": DERIVED,
            "map_review_number": MAP_REVIEW_NUMBER,
            "cited_from": BOUNDARY_SOURCE,
        },
        geometry=polygons,
        crs=CRS,
    )


def _draw_control_units(
    territory: Territory, cells: Cells, scene: Landscape, places: Gazetteer
) -> tuple[gpd.GeoDataFrame, Integers]:
    place = _merge_small_units(cells, scene)
    label = (cells.district * 10 + scene.control_class) * (len(places.name) + 1) + place
    polygons, cell_unit = dissolve(cells, label)
    first = _first_cell(cell_unit)
    district, control_class, kind = (
        cells.district[first],
        scene.control_class[first],
        places.kind[place[first]],
    )
    names = [
        f"{territory.district_names[d]}{places.name[p]}"
        f"{_unit_flavour(str(k), int(c))}{_CLASS_NAMES[ControlClass(int(c))]}"
        for d, p, k, c in zip(district, place[first], kind, control_class, strict=True)
    ]
    codes = _number(
        [f"ZH{territory.district_codes[d]}{c}" for d, c in zip(district, control_class, strict=True)]
    )
    return _layer(codes, names, control_class, polygons), cell_unit


def _unit_flavour(kind: str, control_class: int) -> str:
    return "城镇" if kind == "town" and control_class == ControlClass.KEY else ""


def _merge_small_units(cells: Cells, scene: Landscape) -> Integers:
    """Return the place of each cell's unit, with units too small to stand alone given to a neighbour."""
    place = scene.place.copy()
    left, right = cells.neighbours
    span = int(place.max()) + 2
    for _ in range(4):
        group = (cells.district * 4 + scene.control_class) * span + place
        _, index = np.unique(group, return_inverse=True)
        size = np.bincount(index, weights=cells.area_km2)[index]
        across = (
            (cells.district[left] == cells.district[right])
            & (scene.control_class[left] == scene.control_class[right])
            & (index[left] != index[right])
        )
        source = np.concatenate([left[across], right[across]])
        target = np.concatenate([right[across], left[across]])
        grows = (size[source] < _SMALLEST_UNIT_KM2) & (size[target] > size[source])
        if not grows.any():
            break
        # The first neighbour in order of cells decides for the whole small unit.
        giver, at = np.unique(index[source[grows]], return_index=True)
        receiver = place[target[grows]][at]
        new_place = dict(zip(giver.tolist(), receiver.tolist(), strict=True))
        place = np.array([new_place.get(i, p) for i, p in zip(index.tolist(), place.tolist(), strict=True)])
    return place


def _draw_zones(
    territory: Territory, cells: Cells, scene: Landscape, places: Gazetteer, triples: Integers
) -> tuple[gpd.GeoDataFrame, Integers]:
    # General zones are one per district; zones with a purpose are named after their place.
    place = np.where(triples // 100 == ControlClass.GENERAL, len(places.name), scene.place)
    label = (cells.district * 1000 + triples) * (len(places.name) + 1) + place
    polygons, cell_zone = dissolve(cells, label)
    first = _first_cell(cell_zone)
    district, triple, place = cells.district[first], triples[first], place[first]
    spoken = np.append(places.name, "")
    names = [
        f"{territory.district_names[d]}{spoken[p]}{_ZONE_NAMES[int(t)]}"
        for d, p, t in zip(district, place, triple, strict=True)
    ]
    codes = _number([f"YS{territory.district_codes[d]}{t}" for d, t in zip(district, triple, strict=True)])
    frame = _layer(codes, names, triple // 100, polygons)
    frame.insert(3, "zone_type", [str(t) for t in triple])
    return frame, cell_zone


def _first_cell(index: Integers) -> Integers:
    return np.unique(index, return_index=True)[1]


def _number(stems: list[str]) -> list[str]:
    """Append a four-digit serial to each stem, counting each stem from 1."""
    seen: dict[str, int] = {}
    codes = []
    for stem in stems:
        seen[stem] = seen.get(stem, 0) + 1
        codes.append(f"{stem}{seen[stem]:04d}")
    return codes


def _layer(
    codes: list[str], names: list[str], control_class: npt.NDArray[np.int64], polygons: Geometries
) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {
            "code": codes,
            "name": names,
            "control_class": control_class.astype(np.int32),
            "stated_area_km2": np.round(albers_area_km2(polygons), 4),
            "valid_from": VALID_FROM,
            "data_label": SYNTHETIC,
            "data_nature": INVENTED,
            "cited_from": SYNTHETIC_SOURCE,
        },
        geometry=polygons,
        crs=CRS,
    )
