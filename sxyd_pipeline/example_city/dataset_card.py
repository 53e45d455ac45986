"""The dataset card: what of a package is real, what is derived from real facts, what is invented."""

from collections.abc import Mapping

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.example_city.boundaries import BOUNDARY_SOURCE, MAP_REVIEW_NUMBER
from sxyd_pipeline.example_city.labels import DERIVED, INVENTED, READ

_NATURES = (READ, DERIVED, INVENTED)


def write_card(
    config: CityConfig,
    tables: Mapping[str, pl.DataFrame],
    layers: Mapping[str, gpd.GeoDataFrame],
    proxies: Mapping[str, gpd.GeoDataFrame],
    *,
    has_real_facts: bool,
) -> str:
    """Return the card in Markdown: rows of every table and layer by nature, sources, and how to read them."""
    counts = [
        *((f"{name}", _count(table["data_nature"].to_list())) for name, table in tables.items()),
        *((f"zones/{name}", _count(layer["data_nature"].tolist())) for name, layer in layers.items()),
        *((f"proxies/{name}", _count(layer["data_nature"].tolist())) for name, layer in proxies.items()),
    ]
    lines = [
        f"# {config.name} {config.adcode} 数据说明卡 / dataset card",
        "",
        f"边界 / boundaries: {BOUNDARY_SOURCE}。审图号：{MAP_REVIEW_NUMBER}。",
        "",
        "每张表、每个图层逐行标注：`data_label`（真实数据 / 示例数据）、",
        "`data_nature`（真实 / 由真实数据推算 / 合成）、`cited_from`（出处）。",
        "Every row of every table and layer says so itself.",
        "",
        "| 表或图层 / table, layer | 真实 / real | 推算 / derived | 合成 / synthetic | 行数 / rows |",
        "| --- | ---: | ---: | ---: | ---: |",
        *(f"| {name} | {c[0]} | {c[1]} | {c[2]} | {sum(c)} |" for name, c in counts),
        "",
        *(_REAL_NOTES if has_real_facts else _SYNTHETIC_NOTES),
        *_statistical_notes(config),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _count(natures: list[str]) -> tuple[int, ...]:
    return tuple(natures.count(nature) for nature in _NATURES)


def _statistical_notes(config: CityConfig) -> list[str]:
    if not config.statistical_areas:
        return []
    return [
        "## 没有自身边界的统计区 / areas with statistics but no polygon",
        "",
        *(
            f"* {area.code} {area.name} → {area.host_district}：{area.basis}。其人口与面源活动单独成行，"
            "汇总时并入所在区，不会丢失。"
            for area in config.statistical_areas
        ),
    ]


_REAL_NOTES = [
    "## 真实 / real",
    "",
    "* 企业 30 条：Global Energy Monitor 煤电（2024-07）、油气发电（2024-08）、",
    "  生物质发电（2024-09）、钢铁（2025-03）跟踪数据库与",
    "  Spatial Finance Initiative 水泥资产库（2021-07），均为 CC BY 4.0；坐标为 WGS84。",
    "  一条记录一行：电厂按机组，钢铁、水泥按厂。两家水泥厂的中文名称为通行名称，数据源只有英文名。",
    "* 经济：2010–2023 年地区生产总值与三次产业增加值，2020 年分县普查人口、城镇化率与就业结构，",
    "  江苏省 GDP 与人口。",
    "* 区县边界：见上，运行时读取，不随源代码分发；写入时在边界上增加了与管控单元共用的节点，形状不变。",
    "",
    "## 由真实数据推算 / derived",
    "",
    "* 煤电机组燃料量＝容量 × 8760 h × 容量系数 × 热耗 ÷ 热值；含碳量取数据库排放因子，氧化率取 1，",
    "  因此本包的机组 CO2 与数据库估算值一致（3% 以内）。热值、硫分、灰分、去除率为示例。",
    "* 燃气、垃圾焚烧、钢铁、水泥：容量为真实，利用率、效率、单耗、去除率为示例",
    "  （`data/reference/example_city/assumptions.csv`）。",
    "* 基准年之后投产的燃气机组（2021、2023 年，共 4 台）保留企业行，没有基准年活动水平。",
    "* 一家水泥厂在数据源中没有产能：活动水平留空，由数据包检查隔离，不作估计。",
    "* 上述活动水平行含示例成分，`data_label` 一律为示例数据。",
    "",
    "## 合成 / synthetic",
    "",
    "* 其余企业、全部面源活动、能源平衡、区县 GDP、行业增加值、可比价 GDP、空气质量、目标、",
    "  现行准入清单、措施、全部要素分区与管控单元、",
    "  空间分配因子：固定随机种子生成，数量级可信，数值不代表镇江市实际情况。",
    "* 可选模块的表（土地利用与转移、污水处理厂、拟建负碳项目、含氟气体填报）全部为示例：",
    "  面积按管控单元内各类地块的示例比例（`data/reference/example_city/land_transitions.csv`）算出，",
    "  污水厂按水环境重点管控区面积与示例水质生成，项目点位取示例分区内的点。",
    "* 虚构企业的统一社会信用代码使用不存在的行政区划 000000；地名与山名只用于命名，位置近似，范围虚构。",
    "",
]

_SYNTHETIC_NOTES = [
    "## 真实 / real",
    "",
    "* 只有区县边界是真实的。其余全部由固定随机种子生成，地名、企业、数值均为虚构，不代表该市实际情况。",
    "",
]
