"""What all drawings of one edition share: theme, projection, areas and words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
from matplotlib.path import Path

from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.mapkit.projection import Plane, plane_of
from sxyd_pipeline.deliverables.mapkit.shapes import Areas, areas_of, union_of
from sxyd_pipeline.deliverables.mapkit.theme import Theme, theme_of
from sxyd_pipeline.deliverables.mapkit.typeface import typeface
from sxyd_pipeline.deliverables.report.writing import Names


class Kit:
    """The shared parts of the drawings of one edition; make it by :func:`open_kit`."""

    def __init__(self, edition: Edition, language: Language) -> None:
        """Keep the edition."""
        self.edition, self.language = edition, language
        self.theme: Theme = theme_of(edition.city_code, edition.province)
        self.name = Names(language)
        self._zones: dict[str, Areas] = {}

    def say(self, zh: str, en: str) -> str:
        """Return the wording in the language of the drawing."""
        return zh if self.language == "zh" else en

    def table(self, name: str) -> pl.DataFrame:
        """Return a table of the edition."""
        return self.edition.table(name)

    @cached_property
    def plane(self) -> Plane:
        """The projection of the city."""
        west, south, east, north = (float(v) for v in self.edition.layer("zoning.districts").total_bounds)
        return plane_of((west, south, east, north))

    @cached_property
    def districts(self) -> Areas:
        """Districts of the city."""
        return areas_of(self.edition.layer("zoning.districts"), "district_code", self.plane)

    @cached_property
    def units(self) -> Areas:
        """Control units."""
        return areas_of(self.edition.layer("zoning.control_units"), "control_unit_code", self.plane)

    @cached_property
    def city(self) -> Path:
        """Outline of the city."""
        return union_of(self.districts)

    @cached_property
    def grid(self) -> Areas:
        """Cells of the grid."""
        return areas_of(self.edition.layer("synergy.grid"), "cell_id", self.plane, simplify=False)

    def zones(self, element: str) -> Areas:
        """Zones of one element."""
        if element not in self._zones:
            layer = self.edition.layer("zoning.zones")
            self._zones[element] = areas_of(layer[layer["element"] == element], "zone_code", self.plane)
        return self._zones[element]

    @cached_property
    def district_names(self) -> Mapping[str, str]:
        """Name of every district."""
        return dict(self.table("zoning.districts").select("district_code", "district_name").rows())

    @cached_property
    def unit_km2(self) -> npt.NDArray[np.float64]:
        """Area of every control unit, in the order of :attr:`units`."""
        return self.by_unit(self.table("zoning.control_units"), "area_km2")

    def by_unit(self, rows: pl.DataFrame, column: str) -> npt.NDArray[np.float64]:
        """Return a number per control unit in the order of :attr:`units`; NaN where there is no row."""
        found = dict(rows.select("control_unit_code", column).rows())
        values = [found.get(code) for code in self.units.codes]
        return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)

    def scores(self, scenario: str, year: int) -> pl.DataFrame:
        """Return the scores of control units under a scenario in a year."""
        return self.table("synergy.control_unit_scores").filter(
            pl.col("scenario_id") == scenario, pl.col("year") == year
        )

    @cached_property
    def scenarios(self) -> Mapping[str, str]:
        """Names of the scenarios that are not the baseline, by id, in order of their ids."""
        rows = (
            self.table("projection.drivers")
            .select("scenario_id", "scenario_name")
            .unique()
            .sort("scenario_id")
        )
        return {one: self.name(name) for one, name in rows.rows()}


@contextmanager
def open_kit(edition: Edition, language: Language) -> Iterator[Kit]:
    """Open the parts that drawings share; drawings are made inside this block."""
    with typeface():
        yield Kit(edition, language)
