"""The maps of the atlas in their order, each with what it needs; a map whose data a release lacks is left out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from sxyd_pipeline.deliverables.atlas import access, emissions, options, outlook, synergy, zoning
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Sheet

#: Groups of the contents and bookmarks, by id.
GROUPS: dict[str, tuple[str, str]] = {
    "base": ("基础图", "Study area"),
    "zoning": ("分区管控图", "Zoning"),
    "baseline": ("现状排放图", "Present emissions"),
    "synergy": ("协同分析图", "Pollution and carbon together"),
    "outlook": ("目标与情景图", "Targets and scenarios"),
    "access": ("准入清单图", "Access list"),
}


@dataclass(frozen=True, slots=True)
class Map:
    """One map of the atlas.

    Attributes:
        map_id: name of its file.
        group: id of its group.
        zh: Chinese title after the name of the city.
        en: English title before the name of the city.
        needs: tables it is drawn from, also named in its footer.
        draw: draws it on a layout.
        module: optional module it belongs to, if any.
        element: element whose zones it shows, if any.
        rows: ``(table, column, value)`` of rows it cannot do without.
    """

    map_id: str
    group: str
    zh: str
    en: str
    needs: tuple[str, ...]
    draw: Callable[[Kit, Layout], Sheet]
    module: str = ""
    element: str = ""
    rows: tuple[tuple[str, str, str], ...] = ()

    def is_there(self, edition: Edition) -> bool:
        """Tell whether a release has what the map shows."""
        if self.module and self.module not in edition.modules:
            return False
        if not all(edition.has(table) for table in self.needs) or not hold(edition, self.rows):
            return False
        return not self.element or self.element in set(edition.table("zoning.zones")["element"])

    def title(self, edition: Edition, language: Language) -> str:
        """Return the title on the sheet."""
        return f"{edition.city_name}{self.zh}" if language == "zh" else f"{self.en} · {edition.city_name}"


def hold(edition: Edition, rows: tuple[tuple[str, str, str], ...]) -> bool:
    """Tell whether every table has a row with the value in the column."""
    return all(value in edition.table(table)[column] for table, column, value in rows)


def _zones(element: str, zh: str, en: str, module: str = "") -> Map:
    return Map(
        f"{element}_zones",
        "zoning",
        zh,
        en,
        ("zoning.zones",),
        partial(zoning.zones, element=element),
        module,
        element,
    )


_SCORES = "synergy.control_unit_scores"
MAPS: Sequence[Map] = (
    Map(
        "base_map",
        "base",
        "行政区划与研究范围图",
        "Districts and study area",
        ("zoning.districts",),
        zoning.base_map,
    ),
    Map(
        "emission_sources",
        "base",
        "重点排放源分布图",
        "Emission sources",
        ("inventory.emissions", "inputs.facilities"),
        zoning.emission_sources,
    ),
    Map(
        "control_units",
        "zoning",
        "环境管控单元分布图",
        "Control units",
        ("zoning.control_units",),
        zoning.control_units,
    ),
    _zones("air", "大气环境管控分区图", "Zones of the air environment"),
    _zones("water", "水环境管控分区图", "Zones of the water environment", "water"),
    _zones("ecology", "生态空间管控分区图", "Zones of ecological space", "ecology"),
    _zones("soil", "土壤环境管控分区图", "Zones of the soil environment"),
    _zones("resources", "自然资源管控分区图", "Zones of natural resources"),
    _zones("coastal", "近岸海域管控分区图", "Zones of coastal waters", "coastal"),
    Map(
        "co2_density",
        "baseline",
        "二氧化碳排放密度图",
        "Density of carbon dioxide",
        (_SCORES,),
        emissions.co2_density,
    ),
    Map(
        "apeq_density",
        "baseline",
        "大气污染当量密度图",
        "Density of pollution equivalents",
        (_SCORES,),
        emissions.apeq_density,
    ),
    Map(
        "grid_co2",
        "baseline",
        "二氧化碳排放网格图",
        "Carbon dioxide by cell",
        ("synergy.grid",),
        emissions.grid_co2,
    ),
    Map(
        "grid_apeq",
        "baseline",
        "大气污染当量网格图",
        "Pollution equivalents by cell",
        ("synergy.grid",),
        emissions.grid_apeq,
    ),
    Map(
        "non_co2",
        "baseline",
        "非二氧化碳温室气体排放密度图",
        "Other greenhouse gases",
        ("synergy.non_co2",),
        emissions.non_co2,
        "non_co2",
    ),
    Map(
        "carbon_sinks",
        "baseline",
        "陆地碳汇分布图",
        "Carbon sinks of land",
        ("synergy.carbon_sinks",),
        emissions.carbon_sinks,
        "ecology",
        rows=(
            ("synergy.carbon_sinks", "scope_type", "control_unit"),
            ("synergy.carbon_sinks", "state", "counted"),
        ),
    ),
    Map(
        "key_units",
        "synergy",
        "重点减污降碳管控单元图",
        "Key control units",
        ("baseline.key_areas",),
        zoning.key_units,
        rows=(("baseline.key_areas", "scope_type", "control_unit"),),
    ),
    Map(
        "bivariate_intensity",
        "synergy",
        "碳污排放强度双变量图",
        "Intensity of carbon and pollution",
        (_SCORES,),
        synergy.bivariate_intensity,
    ),
    Map("quadrant", "synergy", "碳污强度类型图", "Classes of intensity", (_SCORES,), synergy.quadrant),
    Map(
        "composite_score",
        "synergy",
        "协同管控综合评分图",
        "Composite score",
        (_SCORES,),
        synergy.composite_score,
    ),
    Map(
        "lisa",
        "synergy",
        "碳排放局部空间自相关图",
        "Local clusters of carbon",
        ("synergy.clusters",),
        synergy.lisa,
        rows=(
            ("synergy.clusters", "variable", "ln_co2_density"),
            ("synergy.clusters", "layer", "control_unit"),
        ),
    ),
    Map(
        "lisa_bivariate",
        "synergy",
        "碳污双变量局部空间自相关图",
        "Local clusters of carbon and pollution",
        ("synergy.clusters",),
        synergy.lisa_bivariate,
        rows=(
            ("synergy.clusters", "variable", "ln_co2_with_apeq"),
            ("synergy.clusters", "layer", "control_unit"),
        ),
    ),
    Map(
        "reduction_potential",
        "synergy",
        "协同减排潜力图",
        "Reduction potential",
        (_SCORES,),
        options.reduction_potential,
    ),
    Map(
        "water_synergy",
        "synergy",
        "污水处理减污降碳协同图",
        "Water pollution removed per greenhouse gas",
        ("synergy.water_synergy",),
        options.water_synergy,
        "water",
        "water",
    ),
    Map(
        "siting",
        "synergy",
        "降碳项目选址适宜性图",
        "Siting of projects that lower carbon",
        ("synergy.siting",),
        options.siting,
        "ecology",
    ),
    Map(
        "scenarios_co2",
        "outlook",
        "二氧化碳排放情景变化图",
        "Carbon dioxide by scenario",
        (_SCORES, "projection.totals"),
        outlook.scenarios_co2,
    ),
    Map(
        "permitted",
        "outlook",
        "允许排放量分布图",
        "Permitted emissions",
        ("projection.permitted",),
        outlook.permitted,
        rows=(("projection.permitted", "scope_type", "control_unit"),),
    ),
    Map(
        "gaps",
        "outlook",
        "允许排放量差距图",
        "Gaps to permitted emissions",
        ("projection.target_gaps",),
        outlook.gaps,
        rows=(("projection.target_gaps", "scope_type", "control_unit"),),
    ),
    Map(
        "conflicts",
        "access",
        "减污降碳要求冲突图",
        "Conflicts of requirements",
        ("synergy.conflicts",),
        access.conflicts,
    ),
    Map(
        "list_coverage",
        "access",
        "准入清单覆盖图",
        "Coverage of the access list",
        ("access.list_coverage", "access.clauses"),
        access.list_coverage,
        rows=(("access.list_coverage", "breakdown", "control_unit"),),
    ),
)
BY_ID = {one.map_id: one for one in MAPS}


def maps_of(edition: Edition) -> list[Map]:
    """Return the maps a release has data for, in order."""
    return [one for one in MAPS if one.is_there(edition)]
