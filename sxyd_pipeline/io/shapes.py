"""Columns a package may bring, table by table: spellings come from the contracts.

A field is what a user fills in; the contract says what is stored. Most are the same column; an
amount is filled in with its unit and stored converted, beside what was stated.
"""

from dataclasses import dataclass

from sxyd_pipeline.contracts import columns as shared
from sxyd_pipeline.contracts import inputs
from sxyd_pipeline.contracts import inputs_modules as modules
from sxyd_pipeline.contracts.model import Column, Table
from sxyd_pipeline.core.inputs import shape
from sxyd_pipeline.core.inputs.shape import Shape
from sxyd_pipeline.vocabulary.elements import LAYERS, ZONE_LAYERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(shape.Field):
    """One column of a package's file, with the contract column that lends it label, aliases and bounds."""

    column: Column


def _field(name: str, column: Column, *more: str, required: bool = False) -> Field:
    return Field(
        name=name,
        is_required=required,
        spellings=tuple(dict.fromkeys((name, column.label, *column.aliases, *more))),
        measured_in=column.measured_in,
        minimum=column.minimum,
        maximum=column.maximum,
        column=column,
    )


def _same(table: Table, *names: str, required: bool) -> tuple[Field, ...]:
    return tuple(_field(name, table.column(name), required=required) for name in names)


_LABEL = _field("data_label", shared.DATA_LABEL)
_AMOUNT = (
    _field("amount", shared.AMOUNT, required=True),
    _field("amount_unit", shared.AMOUNT_UNIT, required=True),
)
_OVERRIDES = tuple(_field(column.name, column) for column in shared.ACTIVITY_OVERRIDES)

_TABLE_FIELDS: dict[str, tuple[Field, ...]] = {
    "facilities": (
        *_same(
            inputs.FACILITIES, "facility_id", "facility_name", "industry_code", "lon", "lat", required=True
        ),
        *_same(
            inputs.FACILITIES, "district_code", "uscc", "permit_code", "park_name", "status", required=False
        ),
    ),
    "facility_activity": (
        *_same(inputs.FACILITY_ACTIVITY, "facility_id", "year", "activity_code", required=True),
        *_AMOUNT,
        *_same(inputs.FACILITY_ACTIVITY, "equipment_id", "technology_code", required=False),
        *_OVERRIDES,
    ),
    "facility_emissions": (
        *_same(inputs.FACILITY_EMISSIONS, "facility_id", "year", "species", "method", required=True),
        _field("amount", inputs.FACILITY_EMISSIONS.column("amount_stated"), "数量", required=True),
        _field("amount_unit", shared.AMOUNT_UNIT, required=True),
    ),
    "area_activity": (
        *_same(
            inputs.AREA_ACTIVITY, "district_code", "year", "source_category", "activity_code", required=True
        ),
        *_AMOUNT,
        *_same(inputs.AREA_ACTIVITY, "technology_code", "spatial_proxy", required=False),
        *_OVERRIDES,
    ),
    "energy": (*_same(inputs.ENERGY, "year", "sector_code", "fuel_code", required=True), *_AMOUNT),
    "economy": (
        *_same(
            inputs.ECONOMY, "scope_type", "scope_code", "year", "indicator", "value", "unit", required=True
        ),
        *_same(inputs.ECONOMY, "price_base", "cited_from", required=False),
    ),
    "air_quality": _same(
        inputs.AIR_QUALITY, "district_code", "year", "pollutant", "concentration_ug_per_m3", required=True
    ),
    "targets": (
        *_same(
            inputs.TARGETS, "scope_type", "scope_code", "year", "indicator", "value", "unit", required=True
        ),
        *_same(inputs.TARGETS, "basis", required=False),
    ),
    "access_list": (
        *_same(
            inputs.ACCESS_LIST,
            "clause_id",
            "level",
            "scope_type",
            "scope_code",
            "dimension",
            "clause_text",
            required=True,
        ),
        *_same(
            inputs.ACCESS_LIST,
            "metric",
            "operator",
            "threshold",
            "unit",
            "industry_codes",
            "basis",
            required=False,
        ),
    ),
    "waivers": _same(
        inputs.WAIVERS, "clause_id", "parent_clause_id", "author", "reason", "waived_on", required=True
    ),
    "measures": (
        *_same(inputs.MEASURES, "measure_id", "name", "applies_to", required=True),
        *_same(
            inputs.MEASURES,
            "start_year",
            "uptake_2025_share",
            "uptake_2035_share",
            "effects",
            "energy_penalty_share",
            "capex_cny",
            "opex_cny_per_year",
            "saving_cny_per_year",
            "lifetime_years",
            required=False,
        ),
    ),
}

_TABLE_FIELDS |= {
    "land_use": (
        *_same(
            modules.LAND_USE, "scope_type", "scope_code", "land_class", "year", "area", "area_unit",
            required=True,
        ),
        *_same(
            modules.LAND_USE, "density_tc_per_ha", "flux_tco2_per_ha", "flux_kind", "cited_from",
            required=False,
        ),
    ),
    "land_changes": (
        *_same(
            modules.LAND_CHANGES, "scope_type", "scope_code", "from_class", "to_class", "from_year",
            "to_year", "area", "area_unit", required=True,
        ),
        *_same(modules.LAND_CHANGES, "cited_from", required=False),
    ),
    "wastewater": (
        *_same(
            modules.WASTEWATER, "plant_id", "plant_name", "plant_kind", "zone_code", "year", "flow",
            "flow_unit", "cod_in_mg_per_l", "cod_out_mg_per_l", "nh3n_in_mg_per_l", "nh3n_out_mg_per_l",
            "tp_in_mg_per_l", "tp_out_mg_per_l", required=True,
        ),
        *_same(
            modules.WASTEWATER, "bod5_in_mg_per_l", "bod5_out_mg_per_l", "ss_in_mg_per_l",
            "ss_out_mg_per_l", "tn_out_mg_per_l", "electricity_kwh", "cited_from", required=False,
        ),
    ),
    "carbon_projects": (
        *_same(
            modules.CARBON_PROJECTS, "project_id", "project_name", "project_type", "lon", "lat", "size",
            "size_unit", required=True,
        ),
        *_same(modules.CARBON_PROJECTS, "start_year", "cited_from", required=False),
    ),
    "coastal_habitats": (
        *_same(
            modules.COASTAL_HABITATS, "zone_code", "habitat", "year", "area", "area_unit", required=True
        ),
        *_same(modules.COASTAL_HABITATS, "burial_gc_per_m2", "cited_from", required=False),
    ),
}  # fmt: skip

_NAMED = (
    _field("code", inputs.LAYER_FEATURES.column("code"), "区县代码", "adcode", required=True),
    _field("name", inputs.LAYER_FEATURES.column("name"), "区县名称", "行政区名称", required=True),
)
_CLASS = _field("control_class", shared.CONTROL_CLASS, required=True)
_TYPE = _field("zone_type", inputs.LAYER_FEATURES.column("zone_type"), "要素细类代码", required=True)
_DATED = _same(
    inputs.LAYER_FEATURES, "stated_area_km2", "valid_from", "valid_to", "predecessors", required=False
)

_LAYER_FIELDS: dict[str, tuple[Field, ...]] = {
    "districts": (*_NAMED, *_DATED),
    "control_units": (*_NAMED, _CLASS, *_DATED),
    **dict.fromkeys(ZONE_LAYERS, (*_NAMED, _CLASS, _TYPE, *_DATED)),
}

_PROXY_FIELDS = (
    _field("cell_id", inputs.PROXIES.column("cell_id")),
    _field("weight", inputs.PROXIES.column("weight"), required=True),
)

#: Fields of every table, every layer, and of proxies (under the name ``proxies``).
FIELDS: dict[str, tuple[Field, ...]] = {
    name: (*fields, _LABEL)
    for name, fields in {**_TABLE_FIELDS, **_LAYER_FIELDS, "proxies": _PROXY_FIELDS}.items()
}

_CONTRACTS: dict[str, Table] = {
    **{table.name: table for table in inputs.TABLES},
    **dict.fromkeys(LAYERS, inputs.LAYER_FEATURES),
}

TABLE_NAMES = tuple(_TABLE_FIELDS)
OPTIONAL_TABLES = tuple(
    table.name for table in inputs.TABLES if table.name in _TABLE_FIELDS and table.may_be_empty
)
TABLE_LABELS = {table.name: table.label for table in inputs.TABLES if table.name in _TABLE_FIELDS}
#: Optional module each table belongs to; empty for tables every city has.
TABLE_MODULES = {table.name: table.module for table in inputs.TABLES if table.name in _TABLE_FIELDS}


def shape_of(name: str) -> Shape:
    """Return the shape of a table, a layer or ``proxies``: its fields and the table it becomes."""
    contract = _CONTRACTS[name]
    columns = tuple((c.name, c.dtype) for c in contract.columns if c.name != "geometry")
    return Shape(FIELDS[name], columns, contract.key)
