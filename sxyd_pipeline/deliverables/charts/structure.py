"""Charts of the base year: structure of emissions, flows of energy, decomposition of change."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from sxyd_pipeline.deliverables.charts.canvas import Chart
from sxyd_pipeline.deliverables.mapkit.kit import Kit

_SPECIES = ("CO2", "SO2", "NOx", "VOCs", "PM2.5", "NH3", "CH4")
_PER_10KT = 1e4
#: Groups of fuels on the left of the flow chart.
_FUELS: Mapping[str, tuple[str, str, int]] = {
    "coal": ("煤炭", "coal", 7),
    "oil": ("油品", "oil", 5),
    "gas": ("天然气", "natural gas", 4),
    "other": ("生物质与垃圾", "biomass and waste", 2),
}
_GROUP_OF = {
    **dict.fromkeys(
        (
            "anthracite",
            "bituminous_coal",
            "lignite",
            "coking_coal",
            "washed_coal",
            "briquette",
            "coal_gangue",
            "coal_slime",
            "coke",
        ),
        "coal",
    ),
    **dict.fromkeys(
        ("petroleum_coke", "crude_oil", "fuel_oil", "gasoline", "diesel", "kerosene", "lpg", "refinery_gas"),
        "oil",
    ),
    **dict.fromkeys(("natural_gas", "lng", "coke_oven_gas", "blast_furnace_gas", "converter_gas"), "gas"),
    **dict.fromkeys(("biomass", "municipal_solid_waste"), "other"),
}
#: Packages may name sectors of their own; they are drawn together.
_OTHER = "other"
_SECTORS: Mapping[str, tuple[str, str]] = {
    "industry": ("工业", "industry"),
    "transport": ("交通", "transport"),
    "commercial": ("服务业", "services"),
    "household": ("居民生活", "households"),
    "agriculture": ("农业", "agriculture"),
    _OTHER: ("其他", "other"),
}
_SECONDARY = ("electricity", "heat")
_HUB = "power_heat"
_SHOWN_SHARE = 0.04


def sector_structure(kit: Kit) -> Chart:
    """Share of each source category in each species."""
    chart = Chart(kit, 88.0 if kit.language == "zh" else 93.0)
    rows = kit.table("baseline.structure").filter(
        pl.col("breakdown") == "source_category", pl.col("year") == kit.edition.base_year
    )
    categories = sorted(rows.select("code", "name").unique().rows(), key=lambda one: int(one[0]))
    shares = {
        (code, species): share
        for code, species, share in rows.select("code", "species", "share_of_city").rows()
    }
    species = [one for one in _SPECIES if any((code, one) in shares for code, _ in categories)]
    axes = chart.axes(14.0, 28.0 if kit.language == "zh" else 33.0, 4.0, 3.0)
    left = np.zeros(len(species))
    places = np.arange(len(species))[::-1]
    for place, (code, name) in enumerate(categories):
        values = np.array([100.0 * float(shares.get((code, one), 0.0) or 0.0) for one in species])
        colour = chart.series["colours"][place % len(chart.series["colours"])]
        axes.barh(
            places, values, left=left, height=0.66, color=colour, edgecolor="#FFFFFF", linewidth=0.5,
            hatch=chart.series["hatches"][place % len(chart.series["hatches"])], label=kit.name(name),
        )  # fmt: skip
        for y, value, start in zip(places, values, left, strict=True):
            if value >= 100 * _SHOWN_SHARE:
                chart.text(
                    axes,
                    start + value / 2,
                    y,
                    f"{value:.0f}",
                    "note",
                    ha="center",
                    bbox={"boxstyle": "round,pad=0.12", "facecolor": "#FFFFFFD9", "edgecolor": "none"},
                )
        left += values
    axes.set_xlim(0.0, 100.0)
    chart.ticks(axes.yaxis, list(places), species)
    chart.label(axes, x=kit.say("占全市排放量的比例（%）", "share of the city (%)"))
    chart.legend(
        axes, loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=4 if kit.language == "zh" else 3
    )
    chart.source(
        "baseline.structure",
        kit.say(
            f"{kit.edition.base_year} 年，源类按排放源清单指南",
            f"{kit.edition.base_year}, source categories of the inventory guide",
        ),
    )
    return chart


def energy_sankey(kit: Kit) -> Chart:
    """From fuels through power and heat plants to the sectors, in 10,000 tce."""
    chart = Chart(kit, 96.0)
    _sankey(chart, chart.blank(), energy_flows(kit))
    chart.source(
        "inventory.energy_use",
        kit.say(
            f"{kit.edition.base_year} 年，万 tce（电力按当量值）；“转换损失与净调出”为平衡差额",
            f"{kit.edition.base_year}, 10 ktce (electricity at its heat value); losses and net export close the balance",
        ),
    )
    return chart


def energy_flows(kit: Kit) -> list[tuple[str, str, float]]:
    """Return ``(from, to, 10,000 tce)`` of the energy balance of the base year.

    What power and heat plants burn and what the sectors take from them differ by the losses of
    conversion and by trade; the balance knows neither, so one flow closes it.
    """
    rows = (
        kit.table("inventory.energy_use")
        .filter(pl.col("basis") == "balance", pl.col("year") == kit.edition.base_year)
        .with_columns(group=pl.col("fuel_code").replace_strict(_GROUP_OF, default="other"))
        .group_by("sector_code", "fuel_code", "group")
        .agg(pl.col("energy_tce").sum())
        .sort("sector_code", "fuel_code")
    )
    direct: dict[tuple[str, str], float] = {}
    used: dict[str, float] = {}
    for named, fuel, group, tce in rows.rows():
        sector = named if named == _HUB or named in _SECTORS else _OTHER
        if fuel in _SECONDARY:
            used[sector] = used.get(sector, 0.0) + tce / _PER_10KT
        else:
            direct[group, sector] = direct.get((group, sector), 0.0) + tce / _PER_10KT
    burnt = sum(value for (_, sector), value in direct.items() if sector == _HUB)
    delivered = sum(used.values())
    flows = [
        (f"fuel:{group}", sector if sector == _HUB else f"sector:{sector}", value)
        for (group, sector), value in sorted(direct.items())
    ]
    flows += [(_HUB, f"sector:{sector}", value) for sector, value in sorted(used.items())]
    if burnt > delivered:
        flows.append((_HUB, "rest", burnt - delivered))
    elif delivered > burnt:
        flows.append(("import", _HUB, delivered - burnt))
    return flows


def _sankey(chart: Chart, axes: Axes, flows: Sequence[tuple[str, str, float]]) -> None:
    kit = chart.kit
    words = {
        **{f"fuel:{key}": kit.say(zh, en) for key, (zh, en, _) in _FUELS.items()},
        **{f"sector:{key}": kit.say(zh, en) for key, (zh, en) in _SECTORS.items()},
        _HUB: kit.say("发电供热", "power and heat"), "rest": kit.say("转换损失与净调出", "losses and net export"),
        "import": kit.say("净调入电力热力", "net import"),
    }  # fmt: skip
    colours = {f"fuel:{key}": chart.series["colours"][place] for key, (_, _, place) in _FUELS.items()}
    colours |= {_HUB: chart.series["colours"][1], "import": chart.series["colours"][8], "rest": "#BDBDBD"}
    columns = [
        [
            key
            for key in (*(f"fuel:{one}" for one in _FUELS), "import")
            if any(key == flow[0] for flow in flows)
        ],
        [_HUB] if any(_HUB in flow[:2] for flow in flows) else [],
        [
            key
            for key in (*(f"sector:{one}" for one in _SECTORS), "rest")
            if any(key == flow[1] for flow in flows)
        ],
    ]
    size = {
        key: max(sum(v for a, _, v in flows if a == key), sum(v for _, b, v in flows if b == key))
        for column in columns
        for key in column
    }
    room = chart.height - 16.0
    gap = 4.0
    scale = min(
        (room - gap * (len(column) - 1)) / sum(size[key] for key in column) for column in columns if column
    )
    x = (39.0, 76.0, 113.0)
    width = 4.0
    at: dict[str, tuple[float, float]] = {}
    for column, left in zip(columns, x, strict=True):
        high = sum(size[key] * scale for key in column) + gap * (len(column) - 1)
        top = chart.height - 5.0 - (room - high) / 2
        for key in column:
            at[key] = (left, top)
            top -= size[key] * scale + gap
    leaving, arriving = {key: at[key][1] for key in at}, {key: at[key][1] for key in at}
    order = {key: place for column in columns for place, key in enumerate(column)}
    for start, end, value in sorted(flows, key=lambda one: (order[one[0]], order[one[1]])):
        left, right = at[start][0] + width, at[end][0]
        y0, y1, thick = leaving[start], arriving[end], value * scale
        axes.add_patch(
            PathPatch(
                _ribbon(left, y0, right, y1, thick), facecolor=colours[start], edgecolor="none", alpha=0.42
            )
        )
        leaving[start], arriving[end] = y0 - thick, y1 - thick
    whole = sum(v for a, _, v in flows if a.startswith("fuel:") or a == "import")
    for key, (left, top) in at.items():
        axes.add_patch(
            Rectangle(
                (left, top - size[key] * scale),
                width,
                size[key] * scale,
                facecolor=colours.get(key, "#6B7680"),
                edgecolor="none",
            )
        )
        middle = top - size[key] * scale / 2
        text = f"{words[key]}  {size[key]:,.0f}"
        share = f"{size[key] / whole:.0%}" if whole else ""
        if left == x[0]:
            chart.text(
                axes,
                left - 1.5,
                middle,
                f"{text}（{share}）" if kit.language == "zh" else f"{text} ({share})",
                ha="right",
            )
        elif left == x[2]:
            chart.text(axes, left + width + 1.5, middle, text)
        else:
            chart.text(axes, left + width / 2, top + 3.0, text, ha="center")


def _ribbon(left: float, y0: float, right: float, y1: float, thick: float) -> Path:
    middle = (left + right) / 2
    corners = [
        (left, y0), (middle, y0), (middle, y1), (right, y1), (right, y1 - thick), (middle, y1 - thick),
        (middle, y0 - thick), (left, y0 - thick), (left, y0),
    ]  # fmt: skip
    codes = [
        Path.MOVETO,
        Path.CURVE4,
        Path.CURVE4,
        Path.CURVE4,
        Path.LINETO,
        Path.CURVE4,
        Path.CURVE4,
        Path.CURVE4,
        Path.CLOSEPOLY,
    ]
    return Path(np.array(corners), [int(code) for code in codes])


def lmdi_waterfall(kit: Kit) -> Chart:
    """What moved the CO2 of energy between the first and the last year."""
    rows = kit.table("baseline.decomposition").filter(
        pl.col("subject") == "energy_co2", pl.col("path") == "end_point"
    )
    first, last = int(rows["start_year"].to_numpy().min()), int(rows["end_year"].to_numpy().max())
    rows = rows.filter(pl.col("start_year") == first, pl.col("end_year") == last).filter(
        pl.col("effect_t") != 0.0
    )
    rows = rows.sort(["effect_t", "factor"], descending=[True, False])
    start, end = float(rows["value_start_t"][0]) / _PER_10KT, float(rows["value_end_t"][0]) / _PER_10KT
    effects = (rows["effect_t"] / _PER_10KT).to_list()
    steps = np.cumsum([start, *effects])
    lowest = float(min(steps.min(), end))
    floor = np.floor(lowest * 0.9 / 500.0) * 500.0 if lowest > 0 else 0.0
    chart = Chart(kit, 82.0)
    axes = chart.axes(18.0, 16.0, 4.0, 5.0)
    chart.grid(axes, "y")
    inks = chart.series
    axes.bar(
        [0, len(effects) + 1], [start - floor, end - floor], bottom=floor, width=0.62, color=inks["total"]
    )
    spread = float(steps.max()) - floor
    for place, effect in enumerate(effects, start=1):
        low = min(steps[place - 1], steps[place])
        up = effect > 0
        axes.bar(
            [place],
            [abs(effect)],
            bottom=low,
            width=0.62,
            color=inks["up" if up else "down"],
            hatch="" if up else "////",
            edgecolor="#FFFFFF",
            linewidth=0.0,
        )
        axes.plot([place - 0.69, place + 0.31], [steps[place - 1]] * 2, color=inks["total"], linewidth=0.5)
        chart.text(
            axes,
            place,
            max(steps[place - 1], steps[place]) + spread * 0.035,
            f"{effect:+,.0f}".replace("-", "−"),
            ha="center",
        )
    for place, value in ((0, start), (len(effects) + 1, end)):
        chart.text(axes, place, value + spread * 0.035, f"{value:,.0f}", ha="center")
    axes.set_ylim(floor, float(steps.max()) + spread * 0.12)
    names = [
        kit.say(f"{first} 年", f"{first}"),
        *(kit.name(name) for name in rows["factor_name"]),
        kit.say(f"{last} 年", f"{last}"),
    ]
    chart.ticks(
        axes.xaxis,
        list(range(len(names))),
        [
            name if kit.language == "zh" else name.replace("per ", "per\u00a0").replace(" ", "\n")
            for name in names
        ],
    )
    chart.thousands(axes.yaxis)
    note = kit.say(f"，纵轴自 {floor:,.0f} 起", f", axis from {floor:,.0f}") if floor else ""
    chart.label(axes, y=kit.say(f"能源活动 CO2（万 t{note}）", f"CO2 of energy (10 kt{note})"))
    if floor:
        axes.plot(
            [-0.012, 0.012],
            [0.015, 0.045],
            transform=axes.transAxes,
            color="#1B1F23",
            linewidth=0.8,
            clip_on=False,
        )
        axes.plot(
            [-0.012, 0.012],
            [0.035, 0.065],
            transform=axes.transAxes,
            color="#1B1F23",
            linewidth=0.8,
            clip_on=False,
        )
    chart.source(
        "baseline.decomposition",
        kit.say(f"LMDI 加法分解，{first} 与 {last} 两端点", f"additive LMDI between {first} and {last}"),
    )
    return chart
