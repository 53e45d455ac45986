"""Tables of group ``inputs`` that belong to optional modules; each is optional even when its module is on."""

import polars as pl

from sxyd_pipeline.contracts.columns import CITY_CODE, DISTRICT_CODE, LINEAGE, YEAR, ZONE_CODE, nullable
from sxyd_pipeline.contracts.model import Column, Table

_PACKAGE = "城市数据包"
_SCOPE = (
    Column("scope_type", pl.String, "范围类型", "city, district, control_unit or zone", allowed=("city", "district", "control_unit", "zone"), aliases=("范围",)),
    Column("scope_code", pl.String, "范围代码", "code of the area", aliases=("范围编码",)),
)  # fmt: skip
AREA_HA = Column("area_ha", pl.Float64, "面积", "area", "ha", minimum=0.0)
AREA_STATED = Column(
    "area", pl.Float64, "填报面积", "area as stated", "见 area_unit", minimum=0.0, aliases=("面积", "area_ha")
)
AREA_UNIT = Column("area_unit", pl.String, "面积单位", "unit of the area as stated", aliases=("单位",))
_CITED = Column(
    "cited_from",
    pl.String,
    "数据出处",
    "where the figure comes from",
    nullable=True,
    aliases=("来源", "source"),
)


def _number(name: str, label: str, english: str, unit: str, *, aliases: tuple[str, ...] = ()) -> Column:
    return Column(name, pl.Float64, label, english, unit, minimum=0.0, nullable=True, aliases=aliases)


def _concentration(name: str, label: str, english: str, *, required: bool = False) -> Column:
    return Column(
        name, pl.Float64, label, english, "mg/L", minimum=0.0, maximum=100_000.0, nullable=not required
    )


LAND_USE = Table(
    group="inputs", name="land_use", asset="land_use", label="土地利用", english="area of land classes", module="ecology",
    grain="area, land class and year", key=("scope_type", "scope_code", "land_class", "year"), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE, *_SCOPE, Column("land_class", pl.String, "地类", "land class of carbon_densities.csv", aliases=("土地利用类型", "地类代码")), YEAR,
        AREA_HA, AREA_STATED, AREA_UNIT,
        _number("density_tc_per_ha", "碳密度", "own total carbon density; replaces the reference values", "tC/ha", aliases=("单位面积碳储量",)),
        _number("flux_tco2_per_ha", "单位面积碳汇", "own sink per area and year; replaces the reference values", "tCO2/(ha·a)", aliases=("碳汇速率",)),
        Column("flux_kind", pl.String, "通量类型", "kind of the own flux: nep, nee, nbp, or npp and gpp, which are no sinks", allowed=("nep", "nee", "nbp", "npp", "gpp"), nullable=True),
        _CITED, *LINEAGE,
    ),
)  # fmt: skip

LAND_CHANGES = Table(
    group="inputs", name="land_changes", asset="land_changes", label="土地转移矩阵", english="land transition matrix", module="ecology",
    grain="area, pair of classes and period", key=("scope_type", "scope_code", "from_class", "to_class", "from_year", "to_year"), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE, *_SCOPE, Column("from_class", pl.String, "原地类", "land class before", aliases=("转出地类",)), Column("to_class", pl.String, "现地类", "land class after", aliases=("转入地类",)),
        Column("from_year", pl.Int32, "起始年", "first year", minimum=1950, maximum=2100, aliases=("初期年份",)), Column("to_year", pl.Int32, "终止年", "last year", minimum=1950, maximum=2100, aliases=("末期年份",)),
        AREA_HA, AREA_STATED, AREA_UNIT, _CITED, *LINEAGE,
    ),
)  # fmt: skip

WASTEWATER = Table(
    group="inputs", name="wastewater", asset="wastewater", label="污水处理", english="wastewater treatment plants", module="water",
    grain="plant and year", key=("plant_id", "year"), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE, Column("plant_id", pl.String, "污水厂编号", "plant", aliases=("污水处理厂编号",)), Column("plant_name", pl.String, "污水厂名称", "name", aliases=("污水处理厂名称",)),
        Column("plant_kind", pl.String, "污水类型", "domestic or industrial", allowed=("domestic", "industrial"), aliases=("处理类型",)), ZONE_CODE, YEAR,
        Column("flow_m3", pl.Float64, "处理水量", "water treated in the year", "m3/a", minimum=0.0),
        Column("flow", pl.Float64, "填报水量", "water treated as stated", "见 flow_unit", minimum=0.0, aliases=("处理量", "处理水量")), Column("flow_unit", pl.String, "水量单位", "unit of the flow as stated", aliases=("单位",)),
        _concentration("cod_in_mg_per_l", "进水 COD", "COD in", required=True), _concentration("cod_out_mg_per_l", "出水 COD", "COD out", required=True),
        _concentration("nh3n_in_mg_per_l", "进水氨氮", "ammonia nitrogen in", required=True), _concentration("nh3n_out_mg_per_l", "出水氨氮", "ammonia nitrogen out", required=True),
        _concentration("tp_in_mg_per_l", "进水总磷", "total phosphorus in", required=True), _concentration("tp_out_mg_per_l", "出水总磷", "total phosphorus out", required=True),
        _concentration("bod5_in_mg_per_l", "进水 BOD5", "BOD5 in"), _concentration("bod5_out_mg_per_l", "出水 BOD5", "BOD5 out"),
        _concentration("ss_in_mg_per_l", "进水 SS", "suspended solids in"), _concentration("ss_out_mg_per_l", "出水 SS", "suspended solids out"),
        _concentration("tn_out_mg_per_l", "出水总氮", "total nitrogen out"),
        _number("electricity_kwh", "用电量", "electricity of the plant in the year; estimated from the flow when empty", "kWh/a", aliases=("年用电量",)),
        _CITED, *LINEAGE,
    ),
)  # fmt: skip

CARBON_PROJECTS = Table(
    group="inputs", name="carbon_projects", asset="carbon_projects", label="负碳与减碳项目", english="planned negative-carbon and low-carbon projects", module="ecology",
    grain="one project", key=("project_id",), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE, Column("project_id", pl.String, "项目编号", "project"), Column("project_name", pl.String, "项目名称", "name"),
        Column("project_type", pl.String, "项目类型", "type of siting_project_types.csv", aliases=("类型",)),
        Column("lon", pl.Float64, "经度", "longitude", "度，CGCS2000", minimum=73.0, maximum=136.0, aliases=("longitude",)), Column("lat", pl.Float64, "纬度", "latitude", "度，CGCS2000", minimum=3.0, maximum=54.0, aliases=("latitude",)),
        Column("lon_stated", pl.Float64, "填报经度", "longitude as stated", "度，填报坐标系"), Column("lat_stated", pl.Float64, "填报纬度", "latitude as stated", "度，填报坐标系"), nullable(DISTRICT_CODE),
        Column("size", pl.Float64, "规模", "size in the unit of its type", "见项目类型", minimum=0.0, aliases=("建设规模",)), Column("size_unit", pl.String, "规模单位", "unit of the size: MW, tCO2/a or ha", aliases=("单位",)),
        Column("start_year", pl.Int32, "投产年", "first year", minimum=1990, maximum=2100, nullable=True),
        _CITED, *LINEAGE,
    ),
)  # fmt: skip

COASTAL_HABITATS = Table(
    group="inputs", name="coastal_habitats", asset="coastal_habitats", label="近岸生境", english="area of blue-carbon habitats in nearshore zones", module="coastal",
    grain="zone, habitat and year", key=("zone_code", "habitat", "year"), may_be_empty=True, source=_PACKAGE,
    columns=(
        CITY_CODE, ZONE_CODE, Column("habitat", pl.String, "生境", "habitat of blue_carbon.csv", aliases=("生境类型",)), YEAR, AREA_HA, AREA_STATED, AREA_UNIT,
        _number("burial_gc_per_m2", "埋藏速率", "own burial rate; replaces the reference value", "gC/(m2·a)"), _CITED, *LINEAGE,
    ),
)  # fmt: skip

TABLES = (LAND_USE, LAND_CHANGES, WASTEWATER, CARBON_PROJECTS, COASTAL_HABITATS)
