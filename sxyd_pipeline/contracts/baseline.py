"""Tables of group ``baseline``: the accounts of districts, zones and control units."""

import polars as pl

from sxyd_pipeline.contracts.columns import (
    CITY_CODE,
    CO2E,
    CONTROL_UNIT_CODE,
    DISTRICT_CODE,
    ELEMENT,
    EMISSION_T,
    GWP_SET,
    HIGH_T,
    LOW_T,
    SPECIES,
    YEAR,
    ZONE_CODE,
)
from sxyd_pipeline.contracts.model import Column, Table

PLACEMENTS = Table(
    group="baseline", name="placements", asset="placements", label="空间落位", english="share of each spread in each district, zone and control unit",
    grain="spread, layer and code", key=("spread_id", "layer", "code"), source="点源按坐标；面源按面积或分配因子",
    columns=(
        CITY_CODE, Column("spread_id", pl.String, "空间落位编号", "facility, or district and proxy"),
        Column("layer", pl.String, "图层", "district, control_unit or an element", allowed=("district", "control_unit", "air", "resources", "ecology", "water", "soil", "coastal")),
        Column("code", pl.String, "编码", "feature that receives the share"),
        Column("share", pl.Float64, "份额", "share of the spread that lies in the feature", "1", minimum=0.0, maximum=1.000001),
        Column("how", pl.String, "方式", "how it was placed", allowed=("point", "boundary_tie", "nearest", "areal", "proxy")),
    ),
)  # fmt: skip

DENSITY = Column("density_t_per_km2", pl.Float64, "排放强度", "emission per area", "t/(km2·a)", minimum=0.0)

DISTRICT_EMISSIONS = Table(
    group="baseline", name="district_emissions", asset="district_emissions", label="区县排放", english="emissions of districts",
    grain="district, year and species", key=("district_code", "year", "species"), source="inventory.emissions × baseline.placements",
    columns=(CITY_CODE, DISTRICT_CODE, YEAR, SPECIES, EMISSION_T, LOW_T, HIGH_T, DENSITY, CO2E, GWP_SET),
)  # fmt: skip

ZONE_EMISSIONS = Table(
    group="baseline", name="zone_emissions", asset="zone_emissions", label="要素分区排放", english="emissions of element zones; elements overlap and are never added",
    grain="zone, year and species", key=("zone_code", "year", "species"), source="inventory.emissions × baseline.placements",
    columns=(CITY_CODE, ELEMENT, ZONE_CODE, YEAR, SPECIES, EMISSION_T, LOW_T, HIGH_T, DENSITY, CO2E, GWP_SET),
)  # fmt: skip

CONTROL_UNIT_EMISSIONS = Table(
    group="baseline", name="control_unit_emissions", asset="control_unit_emissions", label="管控单元排放", english="emissions of control units",
    grain="control unit, year and species", key=("control_unit_code", "year", "species"), source="inventory.emissions × baseline.placements",
    columns=(CITY_CODE, CONTROL_UNIT_CODE, YEAR, SPECIES, EMISSION_T, LOW_T, HIGH_T, DENSITY, CO2E, GWP_SET),
)  # fmt: skip

TABLES = (PLACEMENTS, DISTRICT_EMISSIONS, ZONE_EMISSIONS, CONTROL_UNIT_EMISSIONS)
