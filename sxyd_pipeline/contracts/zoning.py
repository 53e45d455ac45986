"""Tables of group ``zoning``: clean layers, control units, and the bridge between them."""

import polars as pl

from sxyd_pipeline.contracts.columns import (
    AREA_KM2,
    CITY_CODE,
    CONTROL_CLASS,
    CONTROL_UNIT_CODE,
    DATA_LABEL,
    DISTRICT_CODE,
    ELEMENT,
    GEOMETRY,
    STATED_AREA_KM2,
    VALID_FROM,
    VALID_TO,
    ZONE_CODE,
)
from sxyd_pipeline.contracts.model import Column, Table

DISTRICTS = Table(
    group="zoning", name="districts", asset="districts", label="区县", english="districts and counties",
    grain="one district", key=("district_code",), has_geometry=True, source="zones/districts",
    columns=(
        CITY_CODE, DISTRICT_CODE, Column("district_name", pl.String, "区县名称", "name"), AREA_KM2, STATED_AREA_KM2,
        DATA_LABEL, GEOMETRY,
    ),
)  # fmt: skip

ZONES = Table(
    group="zoning", name="zones", asset="zones", label="要素分区", english="element zones",
    grain="one zone", key=("zone_code",), has_geometry=True, source="zones/{air,resources,water,ecology,soil,coastal}",
    columns=(
        CITY_CODE, ZONE_CODE, Column("zone_name", pl.String, "要素分区名称", "name"), ELEMENT, CONTROL_CLASS,
        Column("zone_type", pl.String, "要素细类代码", "class-element-subtype triple"),
        Column("zone_type_name", pl.String, "要素细类", "Chinese name of the type"),
        DISTRICT_CODE, AREA_KM2, STATED_AREA_KM2, VALID_FROM, VALID_TO, DATA_LABEL, GEOMETRY,
    ),
)  # fmt: skip

CONTROL_UNITS = Table(
    group="zoning", name="control_units", asset="control_units", label="管控单元", english="environmental control units",
    grain="one control unit", key=("control_unit_code",), has_geometry=True, source="zones/control_units，或由要素分区叠加划定",
    columns=(
        CITY_CODE, CONTROL_UNIT_CODE, Column("control_unit_name", pl.String, "管控单元名称", "name"), CONTROL_CLASS,
        DISTRICT_CODE, AREA_KM2, STATED_AREA_KM2,
        Column("origin", pl.String, "来源方式", "package = given; overlay = built from element zones", allowed=("package", "overlay")),
        VALID_FROM, VALID_TO,
        Column("predecessors", pl.String, "前身编码", "codes this unit replaces, separated by ;", nullable=True),
        DATA_LABEL, GEOMETRY,
    ),
)  # fmt: skip

CONTROL_UNIT_ZONES = Table(
    group="zoning", name="control_unit_zones", asset="control_unit_zones", label="单元分区对应", english="bridge: control unit x element zone",
    grain="control unit and zone", key=("control_unit_code", "zone_code"), source="管控单元与要素分区叠加",
    columns=(
        CITY_CODE, CONTROL_UNIT_CODE, ZONE_CODE, ELEMENT, CONTROL_CLASS, AREA_KM2,
        Column("share_of_control_unit", pl.Float64, "占管控单元比例", "area share of the control unit", "1", minimum=0.0, maximum=1.000001),
        Column("share_of_zone", pl.Float64, "占要素分区比例", "area share of the zone", "1", minimum=0.0, maximum=1.000001),
    ),
)  # fmt: skip

TOPOLOGY = Table(
    group="zoning", name="topology", asset="topology", label="拓扑检查", english="what was found and repaired in the layers",
    grain="layer, feature and finding", key=("layer", "code", "finding", "other_code"), may_be_empty=True, source="图层清洗",
    columns=(
        CITY_CODE, Column("layer", pl.String, "图层", "layer"), Column("code", pl.String, "编码", "feature; * for the whole layer"),
        Column("finding", pl.String, "发现", "what was found",
               allowed=("repaired", "overlap", "gap", "outside_city", "area_differs_from_stated", "sliver", "coverage")),
        Column("other_code", pl.String, "相关编码", "the other feature of a pair", nullable=True),
        Column("measured_km2", pl.Float64, "面积", "area concerned", "km2", minimum=0.0, nullable=True),
        Column("relative", pl.Float64, "相对值", "relative to the feature or the city", "1", nullable=True),
        Column("message", pl.String, "说明", "in words"),
    ),
)  # fmt: skip

TABLES = (DISTRICTS, ZONES, CONTROL_UNITS, CONTROL_UNIT_ZONES, TOPOLOGY)
