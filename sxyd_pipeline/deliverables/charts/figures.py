"""Figures by id: charts, and maps in the size of a figure; a figure whose data a release lacks is left out."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from matplotlib.figure import Figure

from sxyd_pipeline.deliverables.atlas.sheets import BY_ID, hold
from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.charts import outlook, places, reductions, structure
from sxyd_pipeline.deliverables.charts.canvas import Chart
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.mapkit.furniture import finish
from sxyd_pipeline.deliverables.mapkit.kit import Kit, open_kit
from sxyd_pipeline.deliverables.mapkit.output import Drawing, saved
from sxyd_pipeline.deliverables.mapkit.sheet import FIGURE
from sxyd_pipeline.deliverables.mapkit.typeface import fonts_for

#: Resolution of a figure in Word, printed 156 mm wide.
_FIGURE_DPI = 220


@dataclass(frozen=True, slots=True)
class Kind:
    """One chart.

    Attributes:
        zh: Chinese title where it stands alone.
        en: English title.
        needs: tables it is drawn from.
        draw: draws it.
        rows: ``(table, column, value)`` of rows it cannot do without.
    """

    zh: str
    en: str
    needs: tuple[str, ...]
    draw: Callable[[Kit], Chart]
    rows: tuple[tuple[str, str, str], ...] = ()

    def is_there(self, edition: Edition) -> bool:
        """Tell whether a release has what the chart shows."""
        return all(edition.has(table) for table in self.needs) and hold(edition, self.rows)


CHARTS: Mapping[str, Kind] = {
    "technical_route": Kind("技术路线", "Steps of the work", (), places.technical_route),
    "sector_structure": Kind(
        "分源类排放构成",
        "Emissions by source category",
        ("baseline.structure",),
        structure.sector_structure,
        rows=(("baseline.structure", "breakdown", "source_category"),),
    ),
    "energy_sankey": Kind(
        "能源流向",
        "Energy flows",
        ("inventory.energy_use",),
        structure.energy_sankey,
        rows=(("inventory.energy_use", "basis", "balance"),),
    ),
    "lmdi_waterfall": Kind(
        "能源活动 CO2 变化的因素分解",
        "Decomposition of the change of energy CO2",
        ("baseline.decomposition",),
        structure.lmdi_waterfall,
        rows=(("baseline.decomposition", "subject", "energy_co2"),),
    ),
    "scenario_wedges": Kind(
        "情景 CO2 变化及参数贡献",
        "CO2 by scenario and lever",
        ("projection.totals", "projection.lever_effects"),
        outlook.scenario_wedges,
        rows=(("projection.lever_effects", "species", "CO2"),),
    ),
    "target_bullets": Kind(
        "目标与情景对照",
        "Targets and scenarios",
        ("projection.target_gaps",),
        outlook.target_bullets,
        rows=(("projection.target_gaps", "scope_type", "city"),),
    ),
    "uncertainty_tornado": Kind(
        "CO2 预测不确定性来源",
        "Sources of uncertainty of projected CO2",
        ("projection.variance_shares",),
        outlook.uncertainty_tornado,
        rows=(("projection.variance_shares", "species", "CO2"),),
    ),
    "moran_scatter": Kind(
        "CO2 排放密度莫兰散点",
        "Moran scatter of CO2 density",
        ("synergy.clusters", "synergy.control_unit_scores"),
        places.moran_scatter,
        rows=(
            ("synergy.clusters", "variable", "ln_co2_density"),
            ("synergy.clusters", "layer", "control_unit"),
        ),
    ),
    "rank_intervals": Kind(
        "管控单元协同评分位次区间",
        "Rank intervals of control units",
        ("synergy.control_unit_scores",),
        places.rank_intervals,
    ),
    "co_control": Kind(
        "措施协同控制效应坐标系", "Co-control coordinate system", ("synergy.measures",), reductions.co_control
    ),
    "mac_curve": Kind(
        "边际减排成本曲线",
        "Marginal abatement cost curve",
        ("synergy.mac_curve",),
        reductions.mac_curve,
        rows=(("synergy.mac_curve", "basis", "co2e"),),
    ),
    "list_coverage": Kind(
        "准入清单碳条款覆盖情况",
        "Coverage of the list by carbon clauses",
        ("access.list_coverage",),
        places.list_coverage,
        rows=(("access.list_coverage", "breakdown", "dimension"),),
    ),
}
#: Maps of the atlas that stand in the report, too.
REPORT_MAPS = ("base_map", "control_units", "co2_density", "key_units", "bivariate_intensity", "lisa")


def figure_ids(edition: Edition) -> tuple[str, ...]:
    """Return the figures a release has data for, in order."""
    charts = tuple(one for one, kind in CHARTS.items() if kind.is_there(edition))
    return (*charts, *(one for one in REPORT_MAPS if BY_ID[one].is_there(edition)))


def draw_figures(
    edition: Edition, language: Language, figures: Iterable[str], progress: Progress
) -> dict[str, Drawing]:
    """Draw figures for a report: without titles, since captions name them.

    Args:
        edition: the release.
        language: ``zh`` or ``en``.
        figures: ids; those the release has no data for are left out.
        progress: told which figure is drawn.

    Raises:
        MissingGlyphError: a character that no font can draw.
    """
    there = figure_ids(edition)
    chosen = [one for one in dict.fromkeys(figures) if one in there]
    found = {}
    with open_kit(edition, language) as kit:
        drawn = {one: CHARTS[one].draw(kit).figure if one in CHARTS else _map(kit, one) for one in chosen}
        with fonts_for(list(drawn.values()), "figures"):
            for place, one in enumerate(chosen, start=1):
                progress(one, place, len(chosen))
                figure = drawn.pop(one)
                found[one] = saved(figure, one, _FIGURE_DPI)
    return found


def _map(kit: Kit, map_id: str) -> Figure:
    sheet = BY_ID[map_id].draw(kit, FIGURE)
    finish(sheet, 0, "", "", "")
    return sheet.figure
