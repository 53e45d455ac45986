"""Charts of measures: the co-control plane and the cost curve."""

import numpy as np
import polars as pl
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator

from sxyd_pipeline.deliverables.charts.canvas import Chart
from sxyd_pipeline.deliverables.mapkit.kit import Kit

_QUADRANTS = {
    "I": ("第Ⅰ象限：减污又降碳", "I: less pollution, less carbon", 2, 0),
    "II": ("第Ⅱ象限：增污但降碳", "II: more pollution, less carbon", 4, 1),
    "III": ("第Ⅲ象限：增污又增碳", "III: more of both", 5, 5),
    "IV": ("第Ⅳ象限：减污但增碳", "IV: less pollution, more carbon", 1, 3),
    "axis": ("坐标轴上：只减其一", "on an axis: one of them only", 7, 2),
}
#: Below these the axes are linear: tonnes of equivalents, and 10,000 tonnes of CO2 equivalent.
_LINEAR_BELOW, _LINEAR_CARBON = 100.0, 0.1
#: Unit costs above this multiple of the 75 % of the reductions are cut off, and the bar says how high it is.
_MOST_TIMES = 1.6
_PER_10KT = 1e4


def co_control(kit: Kit) -> Chart:
    """Every measure by the pollution and the greenhouse gases it removes."""
    table = kit.table("synergy.measures")
    year = int(table["year"].to_numpy().max())
    rows = table.filter(pl.col("year") == year).sort("measure_id")
    rows = rows.filter((pl.col("delta_apeq_t") != 0) | (pl.col("delta_co2e_tco2e") != 0))
    chart = Chart(kit, 104.0)
    axes = chart.axes(19.0, 25.0, 4.0, 4.0)
    x, y = rows["delta_apeq_t"].to_numpy(), rows["delta_co2e_tco2e"].to_numpy() / _PER_10KT
    axes.set_xscale("symlog", linthresh=_LINEAR_BELOW, linscale=0.6)
    axes.set_yscale("symlog", linthresh=_LINEAR_CARBON, linscale=0.6)
    ends = [
        10.0 ** np.ceil(np.log10(max(float(np.abs(v).max()), 10.0 * least)))
        for v, least in zip((x, y), (_LINEAR_BELOW, _LINEAR_CARBON), strict=True)
    ]
    axes.set_xlim(-max(_LINEAR_BELOW, 3.0 * float(np.abs(np.minimum(x, 0.0)).max())), ends[0])
    axes.set_ylim(-max(_LINEAR_CARBON, 4.0 * float(np.abs(np.minimum(y, 0.0)).max())), ends[1])
    for axis, threshold, end in (
        (axes.xaxis, _LINEAR_BELOW, ends[0]),
        (axes.yaxis, _LINEAR_CARBON, ends[1]),
    ):
        powers = [10.0**p for p in range(round(np.log10(threshold)), round(np.log10(end)) + 1)]
        axis.set_major_locator(FixedLocator([*(-p for p in reversed(powers)), 0.0, *powers]))
        axis.set_minor_locator(FixedLocator([]))
        chart.thousands(axis)
    axes.tick_params(axis="x", labelsize=chart.points("note"))
    chart.grid(axes, "both")
    axes.axhline(0.0, color="#1B1F23", linewidth=0.8)
    axes.axvline(0.0, color="#1B1F23", linewidth=0.8)
    kinds = rows["quadrant"].to_list()
    for kind, (zh, en, colour, marker) in _QUADRANTS.items():
        inside = np.array([one == kind for one in kinds])
        if inside.any():
            axes.scatter(
                x[inside], y[inside], s=26, c=chart.series["colours"][colour], marker=chart.series["markers"][marker],
                edgecolors="#1B1F23", linewidths=0.5, zorder=3, label=f"{kit.say(zh, en)} ({int(inside.sum())})",
            )  # fmt: skip
    chart.figure.canvas.draw_idle()
    names = [
        (name, float(a), float(b), float(abs(a) / ends[0] + abs(b) / ends[1]))
        for name, a, b in zip(rows["measure_name"], x, y, strict=True)
    ]
    chart.names(axes, names)
    chart.label(
        axes,
        kit.say(
            "大气污染当量减排量（t/a，对称对数坐标）", "pollution equivalents removed (t/a, symmetric log)"
        ),
        kit.say(
            "温室气体减排量（万 tCO2e/a，对称对数坐标）",
            "greenhouse gases removed (10 ktCO2e/a, symmetric log)",
        ),
    )
    chart.legend(
        axes, loc="upper center", bbox_to_anchor=(0.47, -0.11), ncols=3 if kit.language == "zh" else 2
    )
    chart.source(
        "synergy.measures",
        kit.say(
            f"{year} 年，直接排放口径；措施效果多为缺省值",
            f"{year}, direct emissions; effects of measures are mostly defaults",
        ),
    )
    return chart


def mac_curve(kit: Kit) -> Chart:
    """Measures by unit cost; the width of a bar is what each adds."""
    table = kit.table("synergy.mac_curve").filter(pl.col("basis") == "co2e")
    year = int(table["year"].to_numpy().max())
    rows = table.filter(pl.col("year") == year).sort("step")
    costs, widths = rows["unit_cost_cny_per_t"].to_numpy(), rows["width_t"].to_numpy() / _PER_10KT
    ends = np.cumsum(widths)
    main = float(costs[min(int(np.searchsorted(ends, 0.97 * ends[-1])), len(costs) - 1)])
    top = max(main * _MOST_TIMES, 100.0)
    chart = Chart(kit, 100.0)
    axes = chart.axes(18.0, 15.0, 58.0, 4.0)
    low = float(min(costs.min() * 1.25, 0.0))
    axes.set_ylim(low, top)
    axes.set_xlim(0.0, float(ends[-1]) * 1.02)
    chart.grid(axes, "y")
    for place, (cost, width, end) in enumerate(zip(costs, widths, ends, strict=True), start=1):
        saves = cost < 0
        axes.add_patch(
            Rectangle((end - width, 0.0), width, min(cost, top), facecolor=chart.series["down" if saves else "up"],
                      edgecolor="#FFFFFF", linewidth=0.5, hatch="////" if saves else "", zorder=2)
        )  # fmt: skip
        if width > 0.03 * ends[-1]:
            chart.text(
                axes,
                end - width / 2,
                max(cost, 0.0) + (top - low) * 0.025 if cost < top * 0.93 else top * 0.96,
                f"{place}",
                ha="center",
            )
    axes.axhline(0.0, color="#1B1F23", linewidth=0.7, zorder=3)
    chart.thousands(axes.xaxis)
    chart.thousands(axes.yaxis)
    cut = kit.say(f"，超出 {top:,.0f} 者截断", f", cut at {top:,.0f}") if float(costs.max()) > top else ""
    chart.label(
        axes,
        kit.say("累计减排量（万 tCO2e/a）", "reduction (10 ktCO2e/a)"),
        kit.say(f"单位减排成本（元/tCO2e{cut}）", f"unit cost (CNY/tCO2e{cut})"),
    )
    over = chart.blank()
    left, y = 101.0, chart.height - 5.0
    chart.text(over, left, y, kit.say("措施", "measure"), "note")
    chart.text(over, 154.5, y, kit.say("元/t", "CNY/t"), "note", ha="right")
    step = min(4.7, (chart.height - 12.0) / max(len(costs), 1))
    for place, (name, cost) in enumerate(zip(rows["measure_name"], costs, strict=True), start=1):
        chart.text(over, left, y - place * step, f"{place}", "note")
        chart.text(over, left + 4.5, y - place * step, name, "note", data=True, room_mm=38.0)
        chart.text(over, 154.5, y - place * step, f"{cost:,.0f}".replace("-", "−"), "note", ha="right")
    chart.source(
        "synergy.mac_curve",
        kit.say(
            f"{year} 年，绿色斜线为净收益；窄条序号见右表",
            f"{year}; green with hatch: net gain; narrow bars: table at the right",
        ),
    )
    return chart
