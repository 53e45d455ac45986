"""Size of a city's districts in people and land: what area sources, economy and targets are scaled by."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.core.inputs.config import StatisticalArea
from sxyd_pipeline.example_city.boundaries import Territory
from sxyd_pipeline.example_city.facts import assumptions, read_facts
from sxyd_pipeline.example_city.landscape import FARM, OPEN, Landscape
from sxyd_pipeline.example_city.partition import Cells, Floats

#: Invented population density of districts without facts, persons per km2.
_MEDIAN_DENSITY = 450.0
_DENSITY_SPREAD = 0.6


@dataclass(frozen=True, slots=True)
class Profile:
    """Drivers per area; areas are the districts, then the statistical areas without a polygon.

    Attributes:
        codes: area codes.
        names: area names.
        host: index of the district that holds each area (itself for a district).
        persons, urban_share: people and their urban share.
        area_km2, farm_km2: land and farmland; zero for statistical areas (their land is the host's).
        industry_weight: relative size of manufacturing per district.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    host: tuple[int, ...]
    persons: Floats
    urban_share: Floats
    area_km2: Floats
    farm_km2: Floats
    industry_weight: Floats

    @property
    def city_persons(self) -> float:
        """Population of the city."""
        return float(self.persons.sum())


def example_profile(
    territory: Territory, cells: Cells, scene: Landscape, extra: tuple[StatisticalArea, ...]
) -> Profile:
    """Return the profile of the example city from the census facts."""
    census = read_facts("economy").filter(pl.col("scope_type") == "district")
    value = {(r["scope_code"], r["indicator"]): float(r["value"]) for r in census.iter_rows(named=True)}
    codes = (*territory.district_codes, *(area.code for area in extra))
    persons = np.array([value[code, "population"] for code in codes])
    workers = np.array([value[code, "employment_share_manufacturing"] for code in codes]) * persons
    host = _hosts(territory, extra)
    return Profile(
        codes=codes,
        names=(*territory.district_names, *(area.name for area in extra)),
        host=host,
        persons=persons,
        urban_share=np.array([value[code, "urban_share"] for code in codes]),
        area_km2=_pad(_by_district(territory, cells, cells.area_km2), len(extra)),
        farm_km2=_pad(_by_district(territory, cells, _farmland(cells, scene)), len(extra)),
        industry_weight=np.bincount(host, weights=workers, minlength=len(territory.district_codes)).astype(
            float
        ),
    )


def invent_profile(territory: Territory, cells: Cells, scene: Landscape, rng: np.random.Generator) -> Profile:
    """Return an invented profile: people by area and a random density, denser where land is scarce."""
    area = _by_district(territory, cells, cells.area_km2)
    density = _MEDIAN_DENSITY * rng.lognormal(0.0, _DENSITY_SPREAD, len(area)) * (area.mean() / area) ** 0.5
    persons = np.round(density * area)
    return Profile(
        codes=territory.district_codes,
        names=territory.district_names,
        host=_hosts(territory, ()),
        persons=persons,
        urban_share=np.round(np.clip(0.35 + 0.2 * np.log10(density / 100.0), 0.3, 0.98), 3),
        area_km2=area,
        farm_km2=_by_district(territory, cells, _farmland(cells, scene)),
        industry_weight=persons * rng.uniform(0.6, 1.4, len(area)),
    )


def _hosts(territory: Territory, extra: tuple[StatisticalArea, ...]) -> tuple[int, ...]:
    own = tuple(range(len(territory.district_codes)))
    return (*own, *(territory.district_codes.index(area.host_district) for area in extra))


def _by_district(territory: Territory, cells: Cells, value: Floats) -> Floats:
    return np.bincount(cells.district, weights=value, minlength=len(territory.district_codes)).astype(float)


def _farmland(cells: Cells, scene: Landscape) -> Floats:
    share = assumptions()["farmland_share"]
    return np.where(np.isin(scene.kind, (OPEN, FARM)), cells.area_km2 * share, 0.0)


def _pad(values: Floats, extra: int) -> Floats:
    return np.concatenate([values, np.zeros(extra)])
