"""Charts of the projection: scenarios with their levers, targets, sources of uncertainty."""

import numpy as np
import polars as pl
from matplotlib.axes import Axes

from sxyd_pipeline.deliverables.charts.canvas import Chart
from sxyd_pipeline.deliverables.mapkit.kit import Kit

_PER_10KT = 1e4
_WEDGES = 5
_TORNADO_ROWS = 10
_STRONG, _POLICY = "strengthened", "policy"
_NAMES = {
    "co2_cap_t": ("CO2 总量", "CO2 cap"),
    "coal_cap_t": ("煤炭消费总量", "coal cap"),
    "energy_cap_tce": ("能源消费总量", "energy cap"),
    "co2_per_gdp_reduction_share": ("单位GDP CO2 下降", "CO2 per GDP, reduction"),
    "energy_per_gdp_reduction_share": ("单位GDP 能耗下降", "energy per GDP, reduction"),
    "permitted_so2_t": ("SO2 允许排放量", "SO2 permitted"),
    "permitted_nox_t": ("NOx 允许排放量", "NOx permitted"),
    "permitted_pm25_t": ("一次 PM2.5 允许排放量", "primary PM2.5 permitted"),
    "permitted_vocs_t": ("VOCs 允许排放量", "VOCs permitted"),
    "permitted_nh3_t": ("NH3 允许排放量", "NH3 permitted"),
    "pm25_ug_per_m3": ("PM2.5 年均浓度", "PM2.5 concentration"),
    "nox_reduction_share": ("NOx 减排比例", "NOx reduction"),
    "vocs_reduction_share": ("VOCs 减排比例", "VOCs reduction"),
    "pm25_reduction_share": ("PM2.5 减排比例", "PM2.5 reduction"),
}
_WORST = 1.0


def scenario_wedges(kit: Kit) -> Chart:
    """CO2 of the strongest scenario with the levers that lower it, and the bands of its uncertainty."""
    totals = kit.table("projection.totals").filter(pl.col("species") == "CO2").sort("year")
    strong = _STRONG if _STRONG in kit.scenarios else list(kit.scenarios)[-1]
    chart = Chart(kit, 96.0)
    axes = chart.axes(18.0, 12.0, 52.0, 4.0)
    chart.grid(axes, "y")
    line = totals.filter(pl.col("scenario_id") == strong)
    years = line["year"].to_numpy()
    highest, lowest = _wedges(chart, axes, strong, line)
    for scenario, ink, style in ((_POLICY, "#7A1F04", (0, (4, 1.5))), (strong, "#1B1F23", "-")):
        rows = totals.filter(pl.col("scenario_id") == scenario)
        if rows.height == 0:
            continue
        middle, low, high = (rows[name].to_numpy() / _PER_10KT for name in ("emission_t", "p05_t", "p95_t"))
        axes.plot(
            years,
            middle,
            color=ink,
            linewidth=1.6,
            linestyle=style,
            zorder=4,
            label=kit.scenarios.get(scenario, scenario),
        )
        # Below the wedges: what shows of a band lies outside them; bars at the horizons show all of it.
        axes.fill_between(years, low, high, color=ink, alpha=0.14, linewidth=0.0, zorder=1)
        at = np.isin(years, kit.edition.horizons)
        shift = 0.18 if scenario == strong else -0.18
        axes.errorbar(
            years[at] + shift, middle[at], yerr=[middle[at] - low[at], high[at] - middle[at]], fmt="none",
            ecolor=ink, elinewidth=1.0, capsize=2.2, zorder=5, clip_on=False,
        )  # fmt: skip
        highest, lowest = max(highest, float(high.max())), min(lowest, float(low.min()))
    floor = np.floor(lowest * 0.97 / 250.0) * 250.0
    axes.set_ylim(floor, highest * 1.02)
    axes.set_xlim(years[0], years[-1] + 0.5)
    marks = list(range(int(years[0]), int(years[-1]) + 1, 5))
    chart.ticks(axes.xaxis, marks, [str(year) for year in marks])
    chart.thousands(axes.yaxis)
    chart.label(
        axes, y=kit.say(f"CO2 排放量（万 t，纵轴自 {floor:,.0f} 起）", f"CO2 (10 kt, axis from {floor:,.0f})")
    )
    chart.legend(axes, loc="upper left", bbox_to_anchor=(1.01, 1.0))
    chart.source(
        "projection.totals, projection.lever_effects",
        kit.say(
            "阴影与竖线为 5%—95% 区间；参数贡献在目标年计算，其间按逐年总量内插",
            "bands and bars: 5 to 95%; levers scaled between the horizons",
        ),
    )
    return chart


def _wedges(chart: Chart, axes: Axes, scenario: str, line: pl.DataFrame) -> tuple[float, float]:
    """Stack what each lever removes below the line of growing activity; return the highest and the lowest value."""
    kit = chart.kit
    effects = kit.table("projection.lever_effects").filter(
        pl.col("species") == "CO2", pl.col("scenario_id") == scenario
    )
    years, actual = line["year"].to_numpy(), line["emission_t"].to_numpy() / _PER_10KT
    knots = [int(years[0]), *sorted(effects["year"].unique().to_list())]
    by_lever = {
        str(lever): np.interp(
            years, knots, np.array([0.0, *rows.sort("year")["effect_t"].to_list()]) / _PER_10KT
        )
        for (lever,), rows in effects.sort("lever").group_by("lever", maintain_order=True)
    }
    lowering = sorted(
        (one for one in by_lever if by_lever[one][-1] < 0), key=lambda one: (by_lever[one][-1], one)
    )
    nothing = np.zeros(len(years))
    falls = {kit.name(one): np.minimum(by_lever[one], 0.0) for one in lowering[:_WEDGES]}
    rest = sum((np.minimum(v, 0.0) for one, v in by_lever.items() if one not in lowering[:_WEDGES]), nothing)
    falls[kit.say("其他降碳参数", "other levers that lower it")] = rest
    growth = actual[0] + sum((np.maximum(v, 0.0) for v in by_lever.values()), nothing)
    fall = sum(falls.values(), nothing)
    # Between the horizons the parts are drawn in the proportions of their neighbours, and together give the total.
    scale = np.where(fall < 0, (np.maximum(growth, actual) - actual) / np.where(fall < 0, -fall, 1.0), 1.0)
    top = np.maximum(growth, actual)
    highest = float(top.max())
    axes.plot(
        years,
        top,
        color="#1B1F23",
        linewidth=1.0,
        linestyle="--",
        zorder=4,
        label=kit.say("仅活动水平增长", "growth of activity alone"),
    )
    for (name, part), colour, hatch in zip(
        falls.items(), (0, 4, 2, 1, 3, 7), ("", "////", "....", "\\\\\\\\", "xxxx", ""), strict=False
    ):
        bottom = top + part * scale
        axes.fill_between(
            years,
            top,
            bottom,
            facecolor=chart.series["colours"][colour],
            edgecolor="#FFFFFF",
            linewidth=0.4,
            hatch=hatch,
            label=name,
            zorder=2,
        )
        top = bottom
    return highest, float(actual.min())


def target_bullets(kit: Kit) -> Chart:
    """How far the city is from every target, by scenario and horizon."""
    table = kit.table("projection.target_gaps").filter(
        pl.col("scope_type") == "city", pl.col("year").is_in(list(kit.edition.horizons))
    )
    scenarios = [one for one in (_POLICY, _STRONG) if one in kit.scenarios] or list(kit.scenarios)[:2]
    rows = table.filter(pl.col("scenario_id").is_in(scenarios))
    keys = [
        (indicator, year)
        for indicator in _NAMES
        for year in kit.edition.horizons
        if rows.filter(pl.col("indicator") == indicator, pl.col("year") == year).height
    ]
    chart = Chart(kit, 18.0 + 4.6 * len(keys))
    axes = chart.axes(48.0, 15.0, 5.0, 7.0)
    places = {key: len(keys) - 1 - place for place, key in enumerate(keys)}
    axes.axvspan(0.0, 2 * _WORST, color="#FBE3D3", alpha=0.55, linewidth=0)
    axes.axvspan(-2 * _WORST, 0.0, color="#DCEAF3", alpha=0.55, linewidth=0)
    looks = ((5, "s", 0.16), (0, "o", -0.16))
    for scenario, (colour, marker, shift) in zip(scenarios, looks, strict=False):
        found = {
            (r["indicator"], r["year"]): r
            for r in rows.filter(pl.col("scenario_id") == scenario).iter_rows(named=True)
        }
        chosen = [(key, found[key]["gap_share"]) for key in keys if key in found]
        y = np.array([places[key] + shift for key, _ in chosen])
        x = np.clip([gap for _, gap in chosen], -_WORST, _WORST)
        axes.barh(y, x, height=0.26, color=chart.series["colours"][colour], alpha=0.75, linewidth=0)
        axes.scatter(
            x,
            y,
            s=14,
            c=chart.series["colours"][colour],
            marker=marker,
            edgecolors="#1B1F23",
            linewidths=0.4,
            zorder=3,
            label=kit.scenarios[scenario],
        )
    axes.axvline(0.0, color="#1B1F23", linewidth=1.0)
    reach = min(_WORST, 1.15 * float(np.abs(rows["gap_share"].to_numpy()).max()))
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-0.8, len(keys) - 0.2)
    binding = {
        (i, y): b
        for i, y, b in rows.select("indicator", "year", "is_binding").unique(maintain_order=True).rows()
    }
    names = [
        kit.say(
            f"{_NAMES[i][0]}（{y}{'' if binding.get((i, y)) else '，预期性'}）",
            f"{_NAMES[i][1]} ({y}{'' if binding.get((i, y)) else ', expected'})",
        )
        for i, y in keys
    ]
    chart.ticks(axes.yaxis, [places[key] for key in keys], names)
    axes.xaxis.set_major_formatter(
        lambda value, _: f"{value * 100:+.0f}%".replace("-", "−") if value else "0"
    )
    chart.text(
        axes, -reach * 0.98, len(keys) + 0.25, kit.say("← 优于目标", "← better than the target"), "note"
    )
    chart.text(
        axes, reach * 0.98, len(keys) + 0.25, kit.say("未达到目标 →", "target missed →"), "note", ha="right"
    )
    chart.label(axes, x=kit.say("与目标的差距（占目标值）", "gap to the target (share of the target)"))
    chart.legend(axes, loc="lower center", bbox_to_anchor=(0.5, 0.995), ncols=2)
    chart.source(
        "projection.target_gaps",
        kit.say(
            "下降率与减排比例按“不足为正”换算；超过 ±100% 者按 ±100% 绘出",
            "reductions: positive where short of the target; drawn at most at 100%",
        ),
    )
    return chart


def uncertainty_tornado(kit: Kit) -> Chart:
    """Which inputs the spread of projected CO2 comes from."""
    table = kit.table("projection.variance_shares").filter(pl.col("species") == "CO2")
    year = int(table["year"].to_numpy().max())
    rows = table.filter(pl.col("year") == year)
    scenarios = [one for one in (_POLICY, _STRONG) if rows.filter(pl.col("scenario_id") == one).height]
    top = (
        rows.filter(pl.col("scenario_id").is_in(scenarios))
        .group_by("input_group")
        .agg(pl.col("first_order_share").max())
        .sort(["first_order_share", "input_group"], descending=[True, False])
        .head(_TORNADO_ROWS)
    )
    groups = top["input_group"].to_list()
    chart = Chart(kit, 84.0)
    axes = chart.axes(54.0, 17.0, 6.0, 3.0)
    chart.grid(axes, "x")
    looks = ((1, "", 0.19), (0, "////", -0.19))
    for scenario, (colour, hatch, shift) in zip(scenarios, looks, strict=False):
        shares = dict(
            rows.filter(pl.col("scenario_id") == scenario).select("input_group", "first_order_share").rows()
        )
        values = [100.0 * float(shares.get(group, 0.0)) for group in groups]
        y = [len(groups) - 1 - place + shift for place in range(len(groups))]
        axes.barh(
            y,
            values,
            height=0.36,
            color=chart.series["colours"][colour],
            hatch=hatch,
            edgecolor="#FFFFFF",
            linewidth=0.0,
            label=kit.scenarios[scenario],
        )
        for value, at in zip(values, y, strict=True):
            chart.text(axes, value + 0.6, at, f"{value:.1f}", "note")
    chart.ticks(
        axes.yaxis,
        [len(groups) - 1 - place for place in range(len(groups))],
        [_input_name(kit, group) for group in groups],
    )
    axes.set_xlim(0.0, 100.0 * float(top["first_order_share"][0]) * 1.15)
    chart.label(
        axes,
        x=kit.say(
            "对 CO2 预测方差的贡献（一阶，%）", "share of the variance of projected CO2 (first order, %)"
        ),
    )
    chart.legend(axes, loc="lower right")
    chart.source(
        "projection.variance_shares",
        kit.say(
            f"{year} 年，前 {len(groups)} 项；贡献不含交互项",
            f"{year}, first {len(groups)}; without interactions",
        ),
    )
    return chart


def _input_name(kit: Kit, group: str) -> str:
    kind, _, rest = group.partition(":")
    if kind == "lever":
        return kit.say("情景参数：", "lever: ") + kit.name(rest)
    if kind == "factor":
        fuel, _, species = rest.partition(".")
        return kit.say("排放因子：", "factor: ") + f"{_activity(kit, fuel)} {species}"
    words = {"point": ("点源", "point sources"), "area": ("面源", "area sources")}
    return kit.say("活动水平：", "activity: ") + kit.say(*words.get(rest, (rest, rest)))


def _activity(kit: Kit, code: str) -> str:
    rows = kit.table("baseline.structure").filter(pl.col("breakdown") == "activity", pl.col("code") == code)
    word = kit.name(code)
    return word if word != code or not rows.height else kit.name(str(rows["name"][0]))
