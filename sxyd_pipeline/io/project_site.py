"""What the published database says of a point: its control unit, element zones, clauses and loads."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import shapely

from sxyd_pipeline.contracts.access import CLAUSES
from sxyd_pipeline.contracts.inputs import WAIVERS
from sxyd_pipeline.core.access.evidence_book import COALS, is_park
from sxyd_pipeline.core.access.project import Place
from sxyd_pipeline.core.access.waivers import Waiver
from sxyd_pipeline.errors import Place as FilePlace
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io import database

_BASELINE = "baseline"


class PointOutsideCityError(SxydError):
    """The point of a project lies in no control unit of the city."""

    def __init__(self, city: str, lon: float, lat: float, bounds: tuple[float, float, float, float]) -> None:
        """Say where the city lies."""
        west, south, east, north = (round(value, 3) for value in bounds)
        super().__init__(
            f"坐标（{lon}, {lat}）不在城市 {city} 的任何管控单元内；"
            f"该市范围 {west}–{east}°E，{south}–{north}°N",
            f"the point ({lon}, {lat}) lies in no control unit of "
            f"{city}; the city spans {west}-{east} E, {south}-{north} N",
            remedy_zh="核对经纬度是否写反、坐标系是否为 CGCS2000（度）",
            remedy_en="check whether lon and lat are swapped and given in degrees of CGCS2000",
        )


class CityNotPublishedError(SxydError):
    """The published database has no such city, or none with an access list."""

    def __init__(self, city: str, known: list[str]) -> None:
        """List the cities there are."""
        listed = "、".join(known) or "—"
        super().__init__(
            f"已发布数据库中没有城市 {city} 的准入清单；已有：{listed}",
            f"the published database has no access list of {city}; known: {listed}",
            remedy_zh=f"先运行 sxyd run {city}",
            remedy_en=f"run sxyd run {city} first",
        )


class UnreadableProjectError(SxydError):
    """A project file is not there or not valid TOML."""

    def __init__(self, path: Path, reason: str) -> None:
        """Name the file and what is wrong."""
        super().__init__(
            f"项目文件无法读取：{reason}",
            f"the project file cannot be read: {reason}",
            remedy_zh="文件格式见 docs/clause-rules.md 的“项目准入”一节",
            remedy_en="its format stands in docs/clause-rules.md",
            place=FilePlace(file=str(path)),
        )


@dataclass(frozen=True, slots=True)
class Site:
    """What is published about a city and a point in it.

    Attributes:
        city: adcode.
        province: name of the province.
        base_year: base year of the release.
        near_year: first horizon of its projections: what a project that is proposed now will meet.
        release_id: release asked.
        data_label: 示例数据 when any input is synthetic.
        place: control unit and zones of the point.
        clauses: rows of ``access.clauses``.
        waivers: waivers by (clause, parent).
        loads: tonnes by (scope type, scope code, species or coal, year) in the baseline scenario.
    """

    city: str
    province: str
    base_year: int
    near_year: int
    release_id: str
    data_label: str | None
    place: Place
    clauses: list[dict[str, Any]]
    waivers: dict[tuple[str, str], Waiver]
    loads: dict[tuple[str, str, str, int], float]


def read_site(connection: duckdb.DuckDBPyConnection, city: str, lon: float, lat: float) -> Site:
    """Read what is published about a point.

    Raises:
        CityNotPublishedError: the database has no clauses of the city.
        PointOutsideCityError: no control unit holds the point.
    """
    release = _rows(connection, "SELECT * FROM meta.release WHERE city_code = ?", city)
    clauses = _of_city(database.read_table(connection, CLAUSES), city) if release else []
    if not clauses:
        known = [
            row["city_code"]
            for row in _rows(connection, "SELECT DISTINCT city_code FROM meta.release ORDER BY 1")
        ]
        raise CityNotPublishedError(city, known)
    waivers = _of_city(database.read_table(connection, WAIVERS), city)
    first = release[0]
    return Site(
        city=city,
        province=first["province"] or "",
        base_year=int(first["base_year"]),
        near_year=int((first["horizons"] or str(first["base_year"])).split(";")[0]),
        release_id=first["release_id"],
        data_label=first["data_label"],
        place=_place(connection, city, lon, lat),
        clauses=clauses,
        waivers={(row["clause_id"], row["parent_clause_id"]): Waiver.of(row) for row in waivers},
        loads=_loads(connection, city),
    )


def _of_city(frame: pl.DataFrame, city: str) -> list[dict[str, Any]]:
    return frame.filter(pl.col("city_code") == city).to_dicts()


def _rows(connection: duckdb.DuckDBPyConnection, query: str, *values: object) -> list[dict[str, Any]]:
    return connection.execute(query, list(values)).pl().to_dicts()


def _place(connection: duckdb.DuckDBPyConnection, city: str, lon: float, lat: float) -> Place:
    """Return the control unit and zones that hold a point; on a shared border the lowest code."""
    units = _rows(
        connection,
        "SELECT control_unit_code, control_unit_name, control_class, "
        "geometry FROM zoning.control_units WHERE city_code = ? ORDER BY 1",
        city,
    )
    point = shapely.Point(lon, lat)
    shapes = shapely.from_wkb([bytes(row["geometry"]) for row in units])
    inside = [row for row, shape in zip(units, shapes, strict=True) if shape.intersects(point)]
    if not inside:
        raise PointOutsideCityError(city, lon, lat, tuple(shapely.total_bounds(shapes)))
    zones = _rows(
        connection,
        "SELECT zone_code, zone_name, element, zone_type, zone_type_name, control_class,"
        " geometry FROM zoning.zones WHERE city_code = ? ORDER BY element, zone_code",
        city,
    )
    held = shapely.from_wkb([bytes(row["geometry"]) for row in zones])
    found = [
        {name: value for name, value in row.items() if name != "geometry"}
        for row, shape in zip(zones, held, strict=True)
        if shape.intersects(point)
    ]
    unit = inside[0]
    return Place(
        unit["control_unit_code"],
        unit["control_unit_name"],
        int(unit["control_class"]),
        is_park(unit["control_unit_name"]),
        tuple(found),
    )


_LOADS = """
SELECT 'control_unit' AS scope_type, control_unit_code AS scope_code, species, year, emission_t AS t
FROM projection.control_unit_emissions WHERE city_code = $1 AND scenario_id = $2
UNION ALL
SELECT 'city', city_code, species, year, emission_t FROM projection.totals
WHERE city_code = $1 AND scenario_id = $2
UNION ALL
SELECT 'control_unit', p.code, 'coal', a.year, sum(a.amount) FROM inputs.facility_activity a
JOIN baseline.placements p ON p.city_code = a.city_code AND p.layer = 'control_unit'
    AND p.spread_id = 'facility:' || a.facility_id
WHERE a.city_code = $1 AND list_contains($3, a.activity_code) GROUP BY p.code, a.year
UNION ALL
SELECT 'city', city_code, CASE indicator WHEN 'coal_cap_t' THEN 'coal' ELSE 'energy' END, year, projected
FROM projection.indicators
WHERE city_code = $1 AND scenario_id = $2 AND scope_type = 'city'
    AND indicator IN ('coal_cap_t', 'energy_cap_tce')
"""


def _loads(connection: duckdb.DuckDBPyConnection, city: str) -> dict[tuple[str, str, str, int], float]:
    rows = connection.execute(_LOADS, [city, _BASELINE, list(COALS)]).fetchall()
    return {
        (kind, code, species, int(year)): float(tonnes)
        for kind, code, species, year, tonnes in rows
        if tonnes is not None
    }


def read_project_file(path: Path) -> dict[str, Any]:
    """Read a project file.

    Raises:
        UnreadableProjectError: it is not there or not valid TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UnreadableProjectError(path, str(error)) from error
