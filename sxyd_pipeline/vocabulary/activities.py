"""Activities that emit: fuels, products and processes, area activities. Identity only.

Magnitudes (calorific values, emission factors, removal) are data in ``data/reference``.
A code not listed here can be added with one row here and its factor rows there.
"""

from dataclasses import dataclass
from typing import Literal

ActivityKind = Literal["fuel", "product", "area", "energy_carrier"]


@dataclass(frozen=True, slots=True)
class Activity:
    """One emitting activity.

    Attributes:
        code: identifier used in packages and in the database.
        zh: Chinese name, accepted in packages too.
        kind: ``fuel`` burns; ``product`` is made or processed; ``area`` is an area-source activity;
            ``energy_carrier`` emits elsewhere (Scope 2).
        standard_unit: unit amounts are stored in.
        source_category: default category 1..10 of the co-inventory (domain: ten source classes); 0 = none.
        is_biogenic: its CO2 is a memo item.
        aliases: further spellings accepted in packages.
    """

    code: str
    zh: str
    kind: ActivityKind
    standard_unit: str
    source_category: int
    is_biogenic: bool = False
    aliases: tuple[str, ...] = ()


def _fuel(
    code: str, zh: str, unit: str = "t", *, biogenic: bool = False, aliases: tuple[str, ...] = ()
) -> Activity:
    return Activity(code, zh, "fuel", unit, 7 if biogenic else 1, is_biogenic=biogenic, aliases=aliases)


def _product(
    code: str, zh: str, unit: str = "t", category: int = 2, aliases: tuple[str, ...] = ()
) -> Activity:
    return Activity(code, zh, "product", unit, category, is_biogenic=False, aliases=aliases)


def _area(code: str, zh: str, unit: str, category: int, aliases: tuple[str, ...] = ()) -> Activity:
    return Activity(code, zh, "area", unit, category, is_biogenic=False, aliases=aliases)


FUELS = (
    _fuel("anthracite", "无烟煤"),
    _fuel("bituminous_coal", "烟煤", aliases=("原煤", "动力煤", "raw_coal", "coal")),
    _fuel("lignite", "褐煤"),
    _fuel("coking_coal", "炼焦煤", aliases=("焦煤",)),
    _fuel("washed_coal", "洗精煤", aliases=("其他洗煤",)),
    _fuel("briquette", "型煤"),
    _fuel("coal_gangue", "煤矸石"),
    _fuel("coal_slime", "煤泥"),
    _fuel("coke", "焦炭"),
    _fuel("petroleum_coke", "石油焦"),
    _fuel("coal_tar", "煤焦油"),
    _fuel("crude_oil", "原油"),
    _fuel("fuel_oil", "燃料油", aliases=("重油",)),
    _fuel("gasoline", "汽油"),
    _fuel("diesel", "柴油"),
    _fuel("kerosene", "煤油"),
    _fuel("lpg", "液化石油气"),
    _fuel("lng", "液化天然气"),
    _fuel("refinery_gas", "炼厂干气"),
    _fuel("natural_gas", "天然气", "m3", aliases=("管道天然气",)),
    _fuel("coke_oven_gas", "焦炉煤气", "m3"),
    _fuel("blast_furnace_gas", "高炉煤气", "m3"),
    _fuel("converter_gas", "转炉煤气", "m3"),
    _fuel("biomass", "生物质", biogenic=True, aliases=("生物质成型燃料", "秸秆")),
    # Part of the carbon of municipal waste is fossil: the share is data (fossil_carbon_share).
    Activity(
        "municipal_solid_waste",
        "生活垃圾（焚烧）",
        "fuel",
        "t",
        9,
        is_biogenic=False,
        aliases=("生活垃圾焚烧",),
    ),
)

ENERGY_CARRIERS = (
    Activity(
        "electricity", "外购电力", "energy_carrier", "kWh", 0, is_biogenic=False, aliases=("电力", "用电量")
    ),
    Activity("heat", "外购热力", "energy_carrier", "GJ", 0, is_biogenic=False, aliases=("热力", "蒸汽")),
)

PRODUCTS = (
    _product("cement_clinker", "水泥熟料"),
    _product("cement", "水泥"),
    _product("lime", "石灰"),
    _product("flat_glass", "平板玻璃"),
    _product("brick", "砖瓦"),
    _product("ceramic", "陶瓷"),
    _product("coke_production", "焦炭生产"),
    _product("sinter", "烧结矿"),
    _product("pellet", "球团矿"),
    _product("pig_iron", "生铁"),
    _product("crude_steel_bof", "转炉粗钢", aliases=("转炉钢",)),
    _product("crude_steel_eaf", "电炉粗钢", aliases=("电炉钢",)),
    _product("rolled_steel", "钢材轧制", aliases=("钢材",)),
    _product("aluminium", "电解铝"),
    _product("copper", "精炼铜"),
    _product("ammonia", "合成氨"),
    _product("nitric_acid", "硝酸"),
    _product("adipic_acid", "己二酸"),
    _product("calcium_carbide", "电石"),
    _product("caustic_soda", "烧碱"),
    _product("ethylene", "乙烯"),
    _product("methanol", "甲醇"),
    _product("refining", "原油加工"),
    _product("synthetic_resin", "合成树脂"),
    _product("pulp_paper", "机制纸及纸板", aliases=("纸",)),
    _product("textile_dyeing", "印染布"),
    _product("solvent_paint", "溶剂型涂料使用", category=4, aliases=("工业涂料",)),
    _product("solvent_ink", "油墨使用", category=4, aliases=("油墨",)),
    _product("solvent_adhesive", "胶粘剂使用", category=4),
    _product("limestone_fgd", "脱硫石灰石消耗", category=2),
)

AREA_ACTIVITIES = (
    _area("vehicle_km_car", "小型客车行驶里程", "vehicle_km", 3),
    _area("vehicle_km_bus", "大中型客车行驶里程", "vehicle_km", 3),
    _area("vehicle_km_light_truck", "轻型货车行驶里程", "vehicle_km", 3),
    _area("vehicle_km_heavy_truck", "重型货车行驶里程", "vehicle_km", 3),
    _area("vehicle_km_motorcycle", "摩托车行驶里程", "vehicle_km", 3),
    _area("vessel_diesel", "内河船舶燃油", "t", 3, ("船舶燃油",)),
    _area("construction_machinery_diesel", "工程机械燃油", "t", 3),
    _area("agricultural_machinery_diesel", "农业机械燃油", "t", 3),
    _area("railway_diesel", "铁路机车燃油", "t", 3),
    _area("architectural_coating", "建筑涂料", "t", 4),
    _area("pesticide_use", "农药使用", "t", 4),
    _area("household_solvent", "生活溶剂使用", "persons", 4),
    _area("livestock_pig", "生猪存栏", "head", 5, ("生猪",)),
    _area("livestock_cattle_dairy", "奶牛存栏", "head", 5, ("奶牛",)),
    _area("livestock_cattle_beef", "肉牛存栏", "head", 5, ("肉牛",)),
    _area("livestock_sheep_goat", "羊存栏", "head", 5, ("羊",)),
    _area("livestock_layer", "蛋鸡存栏", "head", 5, ("蛋鸡",)),
    _area("livestock_broiler", "肉鸡存栏", "head", 5, ("肉鸡",)),
    _area("fertilizer_n", "氮肥施用（折纯）", "t", 5, ("氮肥",)),
    _area("rice_paddy", "水稻种植", "ha", 5, ("水稻",)),
    _area("road_dust", "道路扬尘（车辆里程）", "vehicle_km", 6, ("道路扬尘",)),
    _area("construction_area", "施工扬尘（施工面积）", "ha", 6, ("施工扬尘",)),
    _area("stockpile_area", "堆场扬尘（堆场面积）", "ha", 6, ("堆场扬尘",)),
    _area("bare_soil_area", "土壤扬尘（裸地面积）", "ha", 6, ("土壤扬尘",)),
    Activity("straw_open_burning", "秸秆露天焚烧", "area", "t", 7, is_biogenic=True, aliases=()),
    Activity("household_biomass", "户用生物质炉具", "area", "t", 7, is_biogenic=True, aliases=()),
    _area("gasoline_sales", "加油站汽油销售", "t", 8, ("汽油销售",)),
    _area("oil_storage", "油品储运周转", "t", 8, ("油品储存",)),
    _area("wastewater_cod", "生活污水处理（COD 去除）", "t", 9, ("生活污水COD",)),
    _area("wastewater_cod_industrial", "工业废水处理（COD 去除）", "t", 9),
    _area("wastewater_n", "污水出水总氮", "t", 9),
    _area("landfill_msw", "生活垃圾填埋", "t", 9),
    _area("cooking_population", "餐饮油烟（服务人口）", "persons", 10, ("餐饮",)),
)

ALL_ACTIVITIES = (*FUELS, *ENERGY_CARRIERS, *PRODUCTS, *AREA_ACTIVITIES)
ACTIVITY_BY_CODE = {activity.code: activity for activity in ALL_ACTIVITIES}
FUEL_CODES = tuple(activity.code for activity in FUELS)
ACTIVITY_CODES = tuple(ACTIVITY_BY_CODE)

ACTIVITY_ALIASES = {
    spelling.strip().lower(): activity.code
    for activity in ALL_ACTIVITIES
    for spelling in (activity.code, activity.zh, *activity.aliases)
}

#: The ten source categories (源类) of the co-inventory.
SOURCE_CATEGORIES = {
    1: "化石燃料固定燃烧源", 2: "工艺过程源", 3: "移动源", 4: "溶剂使用源", 5: "农业源",
    6: "扬尘源", 7: "生物质燃烧源", 8: "储存运输源", 9: "废弃物处理源", 10: "其他排放源",
}  # fmt: skip

SOURCE_CATEGORIES_EN = {
    1: "stationary fossil fuel combustion", 2: "industrial processes", 3: "mobile sources", 4: "solvent use",
    5: "agriculture", 6: "fugitive dust", 7: "biomass burning", 8: "storage and transport", 9: "waste treatment",
    10: "other sources",
}  # fmt: skip
