"""Invented facilities: points inside parks and towns, with fuel, product and solvent amounts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.example_city import landscape as land
from sxyd_pipeline.example_city.boundaries import Territory
from sxyd_pipeline.example_city.facts import read_facts
from sxyd_pipeline.example_city.gazetteer import Gazetteer
from sxyd_pipeline.example_city.labels import INVENTED, SYNTHETIC, SYNTHETIC_SOURCE
from sxyd_pipeline.example_city.landscape import Landscape
from sxyd_pipeline.example_city.partition import Cells, Floats, Integers

#: Landscapes a kind of location stands for.
_LANDSCAPES = {"park": (land.PARK,), "town": (land.TOWN, land.FRINGE), "rural": (land.OPEN,)}
_SHARE_COLUMNS = (
    "sulfur_share", "ash_share",
    "so2_removal_share", "nox_removal_share", "pm_removal_share", "vocs_removal_share",
)  # fmt: skip
#: Credit codes of invented firms carry the area 000000, which no area has.
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_PREFIX = "91000000"


@dataclass(frozen=True, slots=True)
class InventedFacilities:
    """Facilities and their activity; ``cell`` is the cell of each facility, in the order of the table."""

    facilities: pl.DataFrame
    activity: pl.DataFrame
    cell: Integers


@dataclass(frozen=True, slots=True)
class Site:
    """Where facilities may stand."""

    territory: Territory
    cells: Cells
    scene: Landscape
    places: Gazetteer
    weight_of_district: Floats


def invent_facilities(site: Site, count: int, year: int, rng: np.random.Generator) -> InventedFacilities:
    """Invent ``count`` facilities and their activity in one year.

    Args:
        site: the city.
        count: facilities wanted.
        year: year of the activity.
        rng: source of randomness.
    """
    templates = read_facts("industries")
    weight = templates["weight"].cast(pl.Float64).to_numpy()
    template = np.sort(rng.choice(len(templates), count, p=weight / weight.sum()))
    location = templates["location"].to_numpy()[template]
    cell = np.empty(count, dtype=np.int64)
    for kind in _LANDSCAPES:
        chosen = np.flatnonzero(location == kind)
        cell[chosen] = _choose_cells(site, kind, len(chosen), rng)
    lon, lat = _points_inside(site.cells, cell, rng)
    facilities = _describe(site, templates, template, cell, lon, lat)
    return InventedFacilities(facilities, _invent_activity(templates, template, facilities, year, rng), cell)


def _choose_cells(site: Site, location: str, count: int, rng: np.random.Generator) -> Integers:
    allowed = np.isin(site.scene.kind, _LANDSCAPES[location])
    if not allowed.any():
        allowed = np.ones(len(allowed), dtype=bool)
    weight = np.where(allowed, site.cells.area_km2 * site.weight_of_district[site.cells.district], 0.0)
    if location == "rural":
        # Works in open country stand near the towns, not evenly over the fields.
        weight = weight * np.exp(np.clip(site.scene.strength, -6.0, 0.0) / 2.0)
    return rng.choice(len(weight), count, p=weight / weight.sum())


def _points_inside(cells: Cells, cell: Integers, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return one random point inside each of the cells named."""
    polygons = cells.polygons
    shapely.prepare(polygons)
    bounds = shapely.bounds(polygons)[cell]
    lon, lat = np.empty(len(cell)), np.empty(len(cell))
    open_ = np.arange(len(cell))
    while len(open_):
        box = bounds[open_]
        # Micro-degrees are what people write; a point is tested as it will be written.
        x = np.round(rng.uniform(box[:, 0], box[:, 2]), 6)
        y = np.round(rng.uniform(box[:, 1], box[:, 3]), 6)
        lon[open_], lat[open_] = x, y
        open_ = open_[~shapely.contains_xy(polygons[cell[open_]], x, y)]
    return lon, lat


def _describe(
    site: Site, templates: pl.DataFrame, template: Integers, cell: Integers, lon: Floats, lat: Floats
) -> pl.DataFrame:
    district = site.cells.district[cell]
    adcode = site.territory.adcode
    in_park = site.places.kind[site.scene.place[cell]] == "park"
    parks = pl.Series(site.places.name.astype(str).tolist())[site.scene.place[cell]]
    names = pl.Series(list(site.territory.district_names))[district]
    frame = pl.DataFrame(
        {
            "serial": np.arange(1, len(cell) + 1),
            "trade": templates["trade"][template],
            "industry_code": templates["industry_code"][template],
            "lon": lon,
            "lat": lat,
            "district_name": names,
            "district_code": pl.Series(list(site.territory.district_codes))[district],
            "park": parks,
            "in_park": in_park,
        }
    )
    width = max(4, len(str(len(cell))))
    number = pl.col("serial").cast(pl.String).str.pad_start(width, "0")
    return frame.select(
        facility_id=pl.format(f"S{adcode}-{{}}", number),
        facility_name=pl.format("{}示例{}企业{}", "district_name", "trade", number),
        industry_code="industry_code",
        lon="lon",
        lat="lat",
        district_code="district_code",
        uscc=pl.Series(_credit_codes(len(cell))),
        permit_code=pl.lit(None, dtype=pl.String),
        park_name=pl.when("in_park").then("park"),
        status=pl.lit("在运"),
        data_label=pl.lit(SYNTHETIC),
        data_nature=pl.lit(INVENTED),
        cited_from=pl.lit(SYNTHETIC_SOURCE),
    )


def _credit_codes(count: int) -> list[str]:
    """Return credit codes with a right check digit and an area that does not exist (GB 32100-2015)."""
    powers = np.array([pow(3, i, 31) for i in range(17)])
    prefix = np.array([_CREDIT_ALPHABET.index(c) for c in _CREDIT_PREFIX])
    serial = np.arange(1, count + 1)
    digits = (serial[:, None] // 10 ** np.arange(8, -1, -1)) % 10
    body = np.hstack([np.tile(prefix, (count, 1)), digits])
    check = (31 - (body * powers).sum(axis=1) % 31) % 31
    letters = np.array(list(_CREDIT_ALPHABET))
    return [
        f"{_CREDIT_PREFIX}{n:09d}{c}" for n, c in zip(serial.tolist(), letters[check].tolist(), strict=True)
    ]


def _invent_activity(
    templates: pl.DataFrame, template: Integers, facilities: pl.DataFrame, year: int, rng: np.random.Generator
) -> pl.DataFrame:
    ids = facilities["facility_id"]
    parts = []
    rows_of = {
        name: np.flatnonzero(template == i) for i, name in enumerate(templates["template_id"].to_list())
    }
    for position, line in enumerate(read_facts("industry_activities").iter_rows(named=True)):
        members = rows_of[line["template_id"]]
        members = members[rng.uniform(size=len(members)) < line["probability"]]
        amount = line["median_amount"] * rng.lognormal(0.0, line["spread"], len(members))
        parts.append(
            pl.DataFrame(
                {"facility_id": ids.gather(members), "amount": _significant(amount)},
                # A line nobody has stays a table of the same types.
                schema={"facility_id": pl.String, "amount": pl.Float64},
            ).with_columns(_line=pl.lit(position), **_constant_columns(line))
        )
    return (
        pl.concat(parts)
        .with_columns(
            year=pl.lit(year),
            data_label=pl.lit(SYNTHETIC),
            data_nature=pl.lit(INVENTED),
            cited_from=pl.lit(SYNTHETIC_SOURCE),
        )
        .sort("facility_id", "_line")
        .drop("_line")
    )


def _constant_columns(line: Mapping[str, object]) -> dict[str, pl.Expr]:
    text = {
        name: pl.lit(line[name], dtype=pl.String)
        for name in ("activity_code", "amount_unit", "technology_code")
    }
    shares = {name: pl.lit(line[name], dtype=pl.Float64) for name in _SHARE_COLUMNS}
    return {"equipment_id": pl.lit(line["equipment"], dtype=pl.String), **text, **shares}


def _significant(amount: Floats) -> Floats:
    """Round to four significant digits: invented figures should not look measured."""
    digits = 10.0 ** (3 - np.floor(np.log10(amount)))
    return np.round(amount * digits) / digits


def invent_measurements(
    activity: pl.DataFrame, year: int, rng: np.random.Generator, share: float = 0.6
) -> pl.DataFrame:
    """Return invented monitored emissions of facilities that burn coal in boilers; in tonnes.

    The figures scatter around what the boiler's coal and removal give, as monitored ones do.
    """
    coal = (
        activity.filter(pl.col("activity_code") == "bituminous_coal", pl.col("data_nature") == INVENTED)
        .select("facility_id", "amount", *_SHARE_COLUMNS)
        .sort("facility_id")
    )  # fmt: skip
    chosen = coal.filter(pl.Series(rng.uniform(size=len(coal)) < share))
    scatter = {name: pl.Series(rng.lognormal(0.0, 0.15, len(chosen))) for name in ("SO2", "NOx", "PM10")}
    # Boiler factors of a textbook: 1.6 t SO2 per t sulfur, 2 kg NOx per t, 10 % of the ash as fine dust.
    wide = chosen.select(
        "facility_id",
        SO2=pl.col("amount")
        * pl.col("sulfur_share")
        * 1.4
        * (1 - pl.col("so2_removal_share"))
        * scatter["SO2"],
        NOx=pl.col("amount") * 2e-3 * (1 - pl.col("nox_removal_share")) * scatter["NOx"],
        PM10=pl.col("amount")
        * pl.col("ash_share")
        * 0.1
        * (1 - pl.col("pm_removal_share"))
        * scatter["PM10"],
    ).with_columns(**{"PM2.5": pl.col("PM10") * 0.35})
    return (
        wide.unpivot(index="facility_id", variable_name="species", value_name="amount")
        .with_columns(
            year=pl.lit(year),
            amount=pl.col("amount").round(3),
            amount_unit=pl.lit("t"),
            method=pl.when(pl.col("species").is_in(["SO2", "NOx"]))
            .then(pl.lit("cems"))
            .otherwise(pl.lit("permit")),
            data_label=pl.lit(SYNTHETIC),
            data_nature=pl.lit(INVENTED),
            cited_from=pl.lit(SYNTHETIC_SOURCE),
        )
        .sort("facility_id", "species")
    )
