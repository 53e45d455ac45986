"""Charts of control units and of the list: Moran scatter, rank intervals, coverage; and the steps of the work."""

import numpy as np
import polars as pl
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from sxyd_pipeline.deliverables.atlas.steps import unit_names
from sxyd_pipeline.deliverables.charts.canvas import WIDTH_MM, Chart
from sxyd_pipeline.deliverables.mapkit.kit import Kit

_RANKED = 25
_SCORE_LOOKS = {
    "极显著": ("#46206B", "o"),
    "显著": ("#7B559F", "s"),
    "一般": ("#AC92C7", "^"),
    "不显著": ("#B9B9C3", "D"),
}
_NEAR_ZERO = 1e-9
_VARIABLE = "ln_co2_density"
#: Units this many deviations above the mean are named.
_FAR = 2.0


def moran_scatter(kit: Kit) -> Chart:
    """Density of CO2 of each unit against the mean of its neighbours, both standardised."""
    rows = (
        kit.table("synergy.clusters")
        .filter(pl.col("layer") == "control_unit", pl.col("variable") == _VARIABLE, pl.col("statistic") == "local_moran", pl.col("year") == kit.edition.base_year)
        .join(
            kit.scores("baseline", kit.edition.base_year).select("control_unit_code", "co2_density_t_per_km2", "co2_t"),
            left_on="code", right_on="control_unit_code",
        )
        .filter(pl.col("co2_density_t_per_km2") > 0)
        .sort("code")
    )  # fmt: skip
    logs = np.log(rows["co2_density_t_per_km2"].to_numpy())
    z = (logs - logs.mean()) / logs.std()
    # I = z * lag with unit variance, so the mean of the neighbours is I / z.
    keep = np.abs(z) > _NEAR_ZERO
    lag = rows["value"].to_numpy()[keep] / z[keep]
    z = z[keep]
    kinds = np.array(rows["cluster"].to_list())[keep]
    slope = float((z * lag).sum() / (z**2).sum())
    chart = Chart(kit, 92.0)
    axes = chart.axes(16.0, 15.0, 46.0, 4.0)
    chart.grid(axes, "both")
    axes.axhline(0.0, color="#1B1F23", linewidth=0.7)
    axes.axvline(0.0, color="#1B1F23", linewidth=0.7)
    looks = {
        "HH": (kit.say("高—高", "high-high"), "o"), "HL": (kit.say("高—低", "high-low"), "D"), "LH": (kit.say("低—高", "low-high"), "v"),
        "LL": (kit.say("低—低", "low-low"), "s"), "not_significant": (kit.say("不显著", "not significant"), "."),
    }  # fmt: skip
    for kind, (name, marker) in looks.items():
        inside = kinds == kind
        if inside.any():
            face = "#9AA0A8" if kind == "not_significant" else kit.theme.clusters[kind]
            axes.scatter(
                z[inside],
                lag[inside],
                s=22,
                c=face,
                marker=marker,
                edgecolors="#1B1F23" if kind != "not_significant" else "none",
                linewidths=0.4,
                zorder=3,
                label=f"{name} ({int(inside.sum())})",
            )
    reach = float(np.abs(z).max()) * 1.08
    axes.set_xlim(-reach, reach)
    tall = float(np.abs(lag).max()) * 1.15
    axes.set_ylim(-tall, tall)
    axes.plot(
        [-reach, reach],
        [-reach * slope, reach * slope],
        color=chart.series["up"],
        linewidth=1.4,
        label=kit.say("回归线", "fit"),
    )
    test = kit.table("synergy.spatial_statistics").filter(
        pl.col("layer") == "control_unit",
        pl.col("variable") == _VARIABLE,
        pl.col("statistic") == "moran_i",
        pl.col("year") == kit.edition.base_year,
    )
    over = chart.blank()
    left = WIDTH_MM - 44.0
    chart.text(over, left, chart.height - 8.0, f"Moran's I = {slope:.3f}", "legend_title")
    if test.height:
        row = test.row(0, named=True)
        chart.text(over, left, chart.height - 13.5, f"p = {row['p_value']:.3f}", "legend")
        chart.text(
            over,
            left,
            chart.height - 18.5,
            kit.say(
                f"置换 {row['permutations']} 次，n = {row['feature_count']}",
                f"{row['permutations']} permutations, n = {row['feature_count']}",
            ),
            "legend",
        )
    names = unit_names(kit)
    labels = [
        (names[c], float(a), float(b), abs(float(a)) + 2.0 * (k == "HH"))
        for c, a, b, k in zip(np.array(rows["code"].to_list())[keep], z, lag, kinds, strict=True)
        if k in {"HH", "HL", "LH"} or a > _FAR
    ]
    chart.names(axes, labels, 12)
    chart.label(
        axes,
        kit.say("ln(CO2 排放密度) 标准化值 z", "ln(CO2 density), standardised"),
        kit.say("邻域均值 Wz", "mean of the neighbours"),
    )
    chart.legend(axes, loc="lower left", bbox_to_anchor=(1.03, 0.0))
    chart.source(
        "synergy.clusters, synergy.spatial_statistics",
        kit.say(
            "按环境管控单元，行标准化邻接权重，着色者 p < 0.05（未校正）",
            "control units; coloured where p < 0.05, uncorrected",
        ),
    )
    return chart


def rank_intervals(kit: Kit) -> Chart:
    """Rank of the first control units and how far it may move."""
    rows = kit.scores("baseline", kit.edition.base_year).sort("rank", "control_unit_code").head(_RANKED)
    names = unit_names(kit)
    chart = Chart(kit, 20.0 + 3.7 * rows.height)
    axes = chart.axes(42.0, 15.0, 6.0, 3.0)
    chart.grid(axes, "x")
    seen: set[str] = set()
    for place, row in enumerate(rows.iter_rows(named=True)):
        y = rows.height - 1 - place
        colour, marker = _SCORE_LOOKS[row["score_class"]]
        label = "" if row["score_class"] in seen else kit.name(row["score_class"])
        seen.add(row["score_class"])
        axes.plot(
            [row["rank_low"], row["rank_high"]],
            [y, y],
            color=colour,
            linewidth=2.2,
            solid_capstyle="butt",
            alpha=0.55,
        )
        axes.scatter(
            [row["rank"]],
            [y],
            s=18,
            c=colour,
            marker=marker,
            edgecolors="#1B1F23",
            linewidths=0.5,
            zorder=3,
            label=label or None,
        )
    districts = kit.district_names
    texts = [
        f"{names[row['control_unit_code']]} · {districts.get(row['district_code'], '')}"
        for row in rows.iter_rows(named=True)
    ]
    chart.ticks(
        axes.yaxis,
        [rows.height - 1 - place for place in range(rows.height)],
        [_short(text) for text in texts],
        data=True,
    )
    axes.tick_params(axis="y", labelsize=chart.points("note"))
    axes.set_ylim(-0.8, rows.height - 0.2)
    axes.set_xlim(0.0, float(rows["rank_high"].to_numpy().max()) + 2.0)
    chart.label(axes, x=kit.say("位次（1 为最应优先协同管控）", "rank (1: most in need)"))
    chart.legend(axes, loc="lower left", title=None)
    chart.source(
        "synergy.control_unit_scores",
        kit.say(
            f"{kit.edition.base_year} 年，线段为数据、权重与方法变动下的 5%—95% 位次",
            f"{kit.edition.base_year}; lines: 5 to 95% of ranks under other data, weights and methods",
        ),
    )
    return chart


def _short(text: str, most: int = 19) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def list_coverage(kit: Kit) -> Chart:
    """Clauses before and after, how many of them on carbon and how many that can be checked."""
    rows = kit.table("access.list_coverage").filter(pl.col("breakdown").is_in(["dimension", "control_class"]))
    rows = rows.sort(["breakdown", "code"], descending=[True, False], maintain_order=True)
    names = [kit.name(name) for name in rows["name"]]
    y = np.arange(rows.height)[::-1].astype(float)
    y[: rows.filter(pl.col("breakdown") == "dimension").height] += 0.5
    chart = Chart(kit, 86.0)
    axes, right = chart.axes(35.0, 20.0, 48.0, 6.0), chart.axes(117.0, 20.0, 5.0, 6.0)
    looks = (
        ("before", 0.2, "#C9D3DA", kit.say("修订前", "before")),
        ("after", -0.2, "#0072B2", kit.say("修订后", "after")),
    )
    most = max(float(rows["clause_count_after"].to_numpy().max()), 1.0)
    for when, shift, colour, word in looks:
        total, carbon = rows[f"clause_count_{when}"].to_numpy(), rows[f"carbon_count_{when}"].to_numpy()
        axes.barh(y + shift, total, height=0.36, color=colour, label=word)
        axes.barh(
            y + shift,
            carbon,
            height=0.36,
            facecolor="none",
            edgecolor="#1B1F23" if when == "before" else "#FFFFFF",
            hatch="////",
            linewidth=0.0,
        )
        for at, value, part in zip(y + shift, total, carbon, strict=True):
            chart.text(
                axes,
                value + most * 0.012,
                at,
                kit.say(f"{value}（碳 {part}）", f"{value} ({part} carbon)"),
                "note",
            )
        shares = rows[f"checkable_share_{when}"].fill_null(0.0).to_numpy() * 100.0
        right.barh(y + shift, shares, height=0.36, color=colour)
        for at, value in zip(y + shift, shares, strict=True):
            chart.text(right, value + 2.0, at, f"{value:.0f}%", "note")
    axes.barh(
        [0.0],
        [0.0],
        facecolor="#FFFFFF",
        edgecolor="#1B1F23",
        hatch="////",
        linewidth=0.4,
        label=kit.say("其中碳条款", "of these on carbon"),
    )
    for one in (axes, right):
        one.set_ylim(-0.7, y.max() + 0.7)
    axes.set_xlim(0.0, most * 1.28)
    right.set_xlim(0.0, 118.0)
    chart.ticks(axes.yaxis, list(y), names)
    chart.ticks(right.yaxis, list(y), [""] * len(names))
    chart.label(axes, x=kit.say("条款数", "number of clauses"))
    chart.label(right, x=kit.say("可核查占比（%）", "checkable (%)"))
    chart.legend(axes, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=3)
    chart.source(
        "access.list_coverage", kit.say("四个维度与三类管控单元", "by dimension and by class of control unit")
    )
    return chart


def technical_route(kit: Kit) -> Chart:
    """The steps of the work, from data to deliverables."""
    steps = [
        (
            kit.say("数据汇集", "Inputs"),
            kit.say(
                "企业、能源、面源、|空气质量、目标、|分区与现行清单",
                "facilities, energy,|area sources, targets,|zones, present list",
            ),
        ),
        (
            kit.say("融合清单", "Inventory"),
            kit.say("大气污染物与|温室气体同源核算|不确定性", "pollutants and|gases per source,|uncertainty"),
        ),
        (
            kit.say("分区衔接", "Zoning"),
            kit.say("要素分区、|管控单元、|单元—分区对应", "zones, control units,|how they overlap"),
        ),
        (
            kit.say("现状评估", "Baseline"),
            kit.say(
                "落单元、落网格；|结构、LMDI、脱钩；|重点行业领域区域",
                "by unit and cell;|structure, LMDI;|key areas",
            ),
        ),
        (
            kit.say("情景与目标", "Projection"),
            kit.say("政策与强化情景；|允许排放量；|差距与达峰", "scenarios, permitted|emissions, gaps, peak"),
        ),
        (
            kit.say("协同分析", "Synergy"),
            kit.say(
                "强度、集聚、耦合；|措施与成本；|要求协调性",
                "intensity, clusters,|measures and cost,|coordination",
            ),
        ),
        (
            kit.say("准入清单", "Access list"),
            kit.say("继承、生成、核查、|冲突、覆盖", "inherit, draw up,|check, conflicts"),
        ),
        (
            kit.say("成果发布", "Published"),
            kit.say("报告、案例、图集、|数据、浏览器、|数据库", "report, atlas, data,|explorer, database"),
        ),
    ]
    chart = Chart(kit, 78.0)
    axes = chart.blank()
    wide, high = 33.0, 26.0
    across = [3.0 + place * 39.0 for place in range(4)]
    for place, (head, body) in enumerate(steps):
        row, column = divmod(place, 4)
        left = across[column if row == 0 else 3 - column]
        bottom = 45.0 if row == 0 else 9.0
        axes.add_patch(
            FancyBboxPatch(
                (left, bottom),
                wide,
                high,
                boxstyle="round,pad=0,rounding_size=1.6",
                facecolor="#F3F7F6",
                edgecolor="#3C8F94",
                linewidth=0.9,
            )
        )
        axes.add_patch(
            FancyBboxPatch(
                (left, bottom + high - 7.0),
                wide,
                7.0,
                boxstyle="round,pad=0,rounding_size=1.6",
                facecolor="#3C8F94",
                edgecolor="#3C8F94",
                linewidth=0.9,
            )
        )
        chart.text(
            axes,
            left + wide / 2,
            bottom + high - 3.6,
            f"{place + 1}  {head}",
            "legend_title",
            ha="center",
            color="#FFFFFF",
        )
        for line, words in enumerate(body.split("|")):
            chart.text(axes, left + wide / 2, bottom + high - 11.0 - line * 4.6, words, "legend", ha="center")
    for column in range(3):
        axes.add_patch(_arrow((across[column] + wide, 58.0), (across[column + 1], 58.0)))
        axes.add_patch(_arrow((across[3 - column], 22.0), (across[2 - column] + wide, 22.0)))
    axes.add_patch(_arrow((across[3] + wide / 2, 45.0), (across[3] + wide / 2, 35.0)))
    chart.text(
        axes,
        WIDTH_MM / 2,
        40.0,
        kit.say(
            "每一步：契约、闸门、质量平衡与来源留痕", "every step: contract, gate, mass balance, sources kept"
        ),
        "legend",
        ha="center",
        color=kit.theme.inks["quiet"],
    )
    chart.source(kit.say("各步骤即资产图的八个组", "each step is a group of the asset graph"))
    return chart


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> FancyArrowPatch:
    return FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=9,
        color="#3A3F45",
        linewidth=1.0,
        shrinkA=1.0,
        shrinkB=1.0,
    )
