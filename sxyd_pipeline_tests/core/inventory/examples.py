"""Small tables with the contract's columns; what a test does not name is empty."""

from collections.abc import Mapping
from functools import cache

import polars as pl

from sxyd_pipeline.contracts import inputs
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core import inventory
from sxyd_pipeline.core.inputs.config import CityConfig, StatisticalArea
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE

CONFIG = CityConfig(
    "321100",
    "镇江市",
    "江苏省",
    2020,
    statistical_areas=(StatisticalArea("321171", "镇江新区", "321102", "无独立面图层"),),
)


@cache
def reference() -> Reference:
    return load_reference(reference_folder())


def table(contract: Table, rows: list[Mapping[str, object]]) -> pl.DataFrame:
    base = {"city_code": "321100", "source_file": f"{contract.name}.csv"}
    filled = [
        {name: {**base, "source_row": number + 2, **row}.get(name) for name in contract.schema}
        for number, row in enumerate(rows)
    ]
    return pl.DataFrame(filled, schema=contract.schema) if filled else contract.empty()


def facilities(*ids: str, industry: str = "4411", district: str = "321102") -> pl.DataFrame:
    return table(
        inputs.FACILITIES,
        [
            {"facility_id": each, "facility_name": each, "industry_code": industry, "district_code": district}
            for each in ids or ("F1",)
        ],
    )


def point(activity: str, amount: float, **values: object) -> dict[str, object]:
    unit = ACTIVITY_BY_CODE[activity].standard_unit
    base: dict[str, object] = {"facility_id": "F1", "equipment_id": "E1", "year": 2020}
    return {**base, "activity_code": activity, "amount": amount, "amount_unit": unit, **values}


def area(activity: str, amount: float, **values: object) -> dict[str, object]:
    known = ACTIVITY_BY_CODE[activity]
    base: dict[str, object] = {
        "district_code": "321102",
        "year": 2020,
        "source_category": known.source_category,
    }
    return {**base, "activity_code": activity, "amount": amount, "amount_unit": known.standard_unit, **values}


def points(*rows: Mapping[str, object]) -> pl.DataFrame:
    return table(inputs.FACILITY_ACTIVITY, list(rows))


def areas(*rows: Mapping[str, object]) -> pl.DataFrame:
    return table(inputs.AREA_ACTIVITY, list(rows))


def measured(*rows: Mapping[str, object]) -> pl.DataFrame:
    return table(
        inputs.FACILITY_EMISSIONS,
        [
            {"facility_id": "F1", "year": 2020, "method": "cems", "amount_unit_stated": "t", **row}
            for row in rows
        ],
    )


def hosts() -> pl.DataFrame:
    return table(
        inputs.STATISTICAL_AREAS,
        [{"code": "321171", "name": "镇江新区", "host_district": "321102", "basis": "无独立面图层"}],
    )


def known_facilities(*frames: pl.DataFrame) -> pl.DataFrame:
    ids = sorted(
        {each for frame in frames if "facility_id" in frame.columns for each in frame["facility_id"]}
    )
    return facilities(*ids)


def computed(point_rows: pl.DataFrame | None = None, area_rows: pl.DataFrame | None = None) -> Outcome:
    stated = points() if point_rows is None else point_rows
    spread = areas() if area_rows is None else area_rows
    activity = inventory.gather_activity(known_facilities(stated), stated, spread, hosts())
    return inventory.estimate_emissions(activity, reference(), CONFIG)


def rows_of(outcome: Outcome) -> pl.DataFrame:
    assert isinstance(outcome.table, pl.DataFrame)
    return outcome.table


def tonnes(frame: pl.DataFrame, species: str, role: str = "counted") -> float:
    chosen = frame.filter(pl.col("species") == species)
    return float(
        (chosen.filter(pl.col("role") == role) if "role" in frame.columns else chosen)["emission_t"].sum()
    )
