"""Charts of the projection: scenarios with their levers, targets, sources of uncertainty."""

import numpy as np
import polars as pl

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
    """CO2 of the strongest scenario with the levers that lower it, and the band of its uncertainty."""
    totals = kit.table("projection.totals").filter(pl.col("species") == "CO2")
    strong = _STRONG if _STRONG in kit.scenarios else list(kit.scenarios)[-1]
    effects = kit.table("projection.lever_effects").filter(pl.col("species") == "CO2", pl.col("scenario_id") == strong)
    base_year = kit.edition.base_year
    years = [base_year, *sorted(effects["year"].unique().to_list())]
    line = totals.filter(pl.col("scenario_id") == strong).sort("year")
    start = float(line.filter(pl.col("year") == base_year)["emission_t"][0]) / _PER_10KT
    by_lever = {
        lever: np.array([0.0, *rows.sort("year")["effect_t"].to_list()]) / _PER_10KT
        for (lever,), rows in effects.group_by("lever", maintain_order=True)
    }
    lowering = sorted((one for one in by_lever if by_lever[one][-1] < 0), key=lambda one: (by_lever[one][-1], one))
    falls = [np.minimum(by_lever[one], 0.0) for one in lowering[:_WEDGES]]
    names = [kit.name(one) for one in lowering[:_WEDGES]]
    falls.append(sum((np.minimum(v, 0.0) for k, v in by_lever.items() if k not in lowering[:_WEDGES]), np.zeros(len(years))))
    names.append(kit.say("其他降碳参数", "other levers that lower it"))
    rises = sum((np.maximum(v, 0.0) for v in by_lever.values()), np.zeros(len(years)))
    chart = Chart(kit, 100.0)
    axes = chart.axes(18.0, 13.0, 52.0, 4.0)
    chart.grid(axes, "y")
    top = start + rises
    colours = [0, 4, 2, 1, 3, 7]
    for fall, name, colour, hatch in zip(falls, names, colours, ("", "////", "....", "\\\\\\\\", "xxxx", ""), strict=True):
        axes.fill_between(years, top, top + fall, facecolor=chart.series["colours"][colour], edgecolor="#FFFFFF", linewidth=0.4, hatch=hatch, alpha=0.85, label=name)
        top = top + fall
    axes.plot(years, start + rises, color="#1B1F23", linewidth=1.0, linestyle="--", label=kit.say("仅活动水平增长", "growth of activity alone"))
    for scenario, style, width in ((_POLICY, (0, (4, 1.5)), 1.2), (strong, "-", 1.8)):
        rows = totals.filter(pl.col("scenario_id") == scenario).sort("year")
        if rows.height:
            axes.plot(rows["year"].to_list(), (rows["emission_t"] / _PER_10KT).to_list(), color="#7A1F04" if scenario == _POLICY else "#1B1F23", linewidth=width, linestyle=style, label=kit.scenarios.get(scenario, scenario))
            axes.fill_between(rows["year"].to_list(), (rows["p05_t"] / _PER_10KT).to_list(), (rows["p95_t"] / _PER_10KT).to_list(), color="#1B1F23" if scenario == strong else "#7A1F04", alpha=0.13, linewidth=0.0)
    lowest = float((line["p05_t"] / _PER_10KT).min())
    floor = np.floor(min(lowest, float(top.min())) * 0.92 / 500.0) * 500.0
    axes.set_ylim(floor, float((start + rises).max()) * 1.04)
    axes.set_xlim(base_year, years[-1])
    for year in years[1:]:
        axes.axvline(year, color="#5B6470", linewidth=0.5, linestyle=":")
    chart.ticks(axes.xaxis, list(range(base_year, years[-1] + 1, 5)), [str(y) for y in range(base_year, years[-1] + 1, 5)])
    chart.thousands(axes.yaxis)
    chart.label(axes, y=kit.say(f"CO2 排放量（万 t，纵轴自 {floor:,.0f} 起）", f"CO2 (10 kt, axis from {floor:,.0f})"))
    chart.legend(axes, loc="upper left", bbox_to_anchor=(1.01, 1.0))
    chart.source("projection.totals, projection.lever_effects", kit.say("阴影为 5%—95% 区间；参数贡献在目标年计算，其间内插", "bands: 5 to 95%; effects of levers are computed for the horizons, lines between"))
    return chart


def target_bullets(kit: Kit) -> Chart:
    """How far the city is from every target, by scenario and horizon."""
    table = kit.table("projection.target_gaps").filter(pl.col("scope_type") == "city", pl.col("year").is_in(list(kit.edition.horizons)))
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
        found = {(r["indicator"], r["year"]): r for r in rows.filter(pl.col("scenario_id") == scenario).iter_rows(named=True)}
        chosen = [(key, found[key]["gap_share"]) for key in keys if key in found]
        y = np.array([places[key] + shift for key, _ in chosen])
        x = np.clip([gap for _, gap in chosen], -_WORST, _WORST)
        axes.barh(y, x, height=0.26, color=chart.series["colours"][colour], alpha=0.75, linewidth=0)
        axes.scatter(x, y, s=14, c=chart.series["colours"][colour], marker=marker, edgecolors="#1B1F23", linewidths=0.4, zorder=3, label=kit.scenarios[scenario])
    axes.axvline(0.0, color="#1B1F23", linewidth=1.0)
    reach = min(_WORST, 1.15 * float(np.abs(rows["gap_share"].to_numpy()).max()))
    axes.set_xlim(-reach, reach)
    axes.set_ylim(-0.8, len(keys) - 0.2)
    binding = {(i, y): b for i, y, b in rows.select("indicator", "year", "is_binding").unique(maintain_order=True).rows()}
    names = [
        kit.say(f"{_NAMES[i][0]}（{y}{'' if binding.get((i, y)) else '，预期性'}）", f"{_NAMES[i][1]} ({y}{'' if binding.get((i, y)) else ', expected'})")
        for i, y in keys
    ]
    chart.ticks(axes.yaxis, [places[key] for key in keys], names)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value * 100:+.0f}%".replace("-", "−") if value else "0")
    chart.text(axes, -reach * 0.98, len(keys) + 0.25, kit.say("← 优于目标", "← better than the target"), "note")
    chart.text(axes, reach * 0.98, len(keys) + 0.25, kit.say("未达到目标 →", "target missed →"), "note", ha="right")
    chart.label(axes, x=kit.say("与目标的差距（占目标值）", "gap to the target (share of the target)"))
    chart.legend(axes, loc="lower left", ncols=1)
    chart.source("projection.target_gaps", kit.say("下降率与减排比例按“不足为正”换算；超过 ±100% 者按 ±100% 绘出", "reductions: positive where short of the target; drawn at most at 100%"))
    return chart


def uncertainty_tornado(kit: Kit) -> Chart:
    """Which inputs the spread of projected CO2 comes from."""
    table = kit.table("projection.variance_shares").filter(pl.col("species") == "CO2")
    year = table["year"].max()
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
    axes = chart.axes(54.0, 15.0, 6.0, 3.0)
    chart.grid(axes, "x")
    looks = ((1, "", 0.19), (0, "////", -0.19))
    for scenario, (colour, hatch, shift) in zip(scenarios, looks, strict=False):
        shares = dict(rows.filter(pl.col("scenario_id") == scenario).select("input_group", "first_order_share").rows())
        values = [100.0 * float(shares.get(group, 0.0)) for group in groups]
        y = [len(groups) - 1 - place + shift for place in range(len(groups))]
        axes.barh(y, values, height=0.36, color=chart.series["colours"][colour], hatch=hatch, edgecolor="#FFFFFF", linewidth=0.0, label=kit.scenarios[scenario])
        for value, at in zip(values, y, strict=True):
            chart.text(axes, value + 0.6, at, f"{value:.1f}", "note")
    chart.ticks(axes.yaxis, [len(groups) - 1 - place for place in range(len(groups))], [_input_name(kit, group) for group in groups])
    axes.set_xlim(0.0, 100.0 * float(top["first_order_share"][0]) * 1.15)
    chart.label(axes, x=kit.say("对 CO2 预测方差的贡献（一阶，%）", "share of the variance of projected CO2 (first order, %)"))
    chart.legend(axes, loc="lower right")
    chart.source("projection.variance_shares", kit.say(f"{year} 年，前 {len(groups)} 项；贡献不含交互项", f"{year}, first {len(groups)}; without interactions"))
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
