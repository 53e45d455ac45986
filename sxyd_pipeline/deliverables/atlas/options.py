"""Maps of what can be done: reduction potential, siting of projects, treatment of water."""

import numpy as np
import polars as pl

from sxyd_pipeline.deliverables.atlas.steps import (
    class_rows,
    classing,
    colours_of,
    fill_units,
    label_units,
    open_map,
    open_panels,
    percent,
    ramp,
    written,
)
from sxyd_pipeline.deliverables.mapkit.classes import classes_of
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Row, Sheet

_VERDICTS = (
    ("allowed", "allowed", ("允许", "allowed"), ""),
    ("conditional", "conditional", ("有条件", "on conditions"), ""),
    ("prohibited", "prohibited", ("禁止", "prohibited"), "xxxx"),
)
_PANELS_ACROSS = 3


def reduction_potential(kit: Kit, layout: Layout) -> Sheet:
    """Share of the combined pollution equivalents that measures can remove by the last horizon."""
    year = kit.edition.horizons[-1]
    values = kit.by_unit(
        kit.scores("strengthened" if "strengthened" in kit.scenarios else "baseline", year),
        "reduction_potential_share",
    )
    sheet, pane = open_map(kit, layout)
    classes = classes_of(values, 5)
    places = classes.of(values)
    chosen = ramp(kit, "cool", len(classes.bounds))
    fill_units(kit, pane, colours_of(places, chosen, kit.theme.inks["empty"]))
    sheet.borders()
    sheet.district_names()
    label_units(
        sheet, pane, {c: float(v) for c, v in zip(kit.units.codes, np.nan_to_num(values), strict=True)}, 10
    )
    sheet.legend(
        kit.say("协同减排潜力（占综合污染当量）", "Potential (share of combined equivalents)"),
        class_rows(kit, classes, places, chosen, percent),
        classing(kit, classes),
    )
    sheet.note(
        kit.say(
            f"{year} 年最强情景下各项措施在本单元活动水平上可削减的比例。",
            f"What the measures of the strongest scenario remove by {year} from the activity of each unit.",
        )
    )
    sheet.subtitle = kit.say(f"至 {year} 年，按环境管控单元", f"by {year}, by control unit")
    return sheet


def siting(kit: Kit, layout: Layout) -> Sheet:
    """Where projects that lower carbon may stand, one map per type."""
    table = kit.table("synergy.siting")
    types = table.select("project_type", "project_type_zh").unique().sort("project_type").rows()
    sheet, panes = open_panels(kit, layout, [kit.name(zh) for _, zh in types], _PANELS_ACROSS)
    looks = {verdict: (kit.theme.verdicts[key], hatch) for verdict, key, _, hatch in _VERDICTS}
    counts: dict[str, int] = {}
    for pane, (project_type, _) in zip(panes, types, strict=True):
        found = dict(
            table.filter(pl.col("project_type") == project_type).select("control_unit_code", "verdict").rows()
        )
        kinds = [found.get(code, "") for code in kit.units.codes]
        fill_units(
            kit,
            pane,
            [looks.get(k, (kit.theme.inks["empty"], ""))[0] for k in kinds],
            [looks.get(k, ("", ""))[1] for k in kinds],
            small=True,
        )
        sheet.borders(pane, light=True)
        for kind in kinds:
            counts[kind] = counts.get(kind, 0) + 1
    sheet.legend(
        kit.say("准入结论", "Verdict"),
        [
            Row(
                kit.say(*words),
                looks[v][0],
                kit.say(f"{counts.get(v, 0)} 个", f"{counts.get(v, 0)}"),
                looks[v][1],
            )
            for v, _, words, _ in _VERDICTS
        ],
        kit.say(
            "计数为各类型单元数之和。有条件：单元部分面积受分区约束或须专项论证，条件见表 synergy.siting。",
            "Counts are summed over the types. Conditions: table synergy.siting.",
        ),
    )
    sheet.subtitle = kit.say(
        f"{len(types)} 类降碳项目在各单元的选址结论", f"verdicts for {len(types)} types of projects"
    )
    return sheet


def water_synergy(kit: Kit, layout: Layout) -> Sheet:
    """Water pollution removed per tonne of greenhouse gas of the treatment plants, by water zone."""
    sheet, pane = open_map(kit, layout)
    rows = kit.table("synergy.water_synergy").filter(pl.col("year") == kit.edition.base_year)
    found = dict(rows.select("zone_code", "equivalents_per_tco2e").rows())
    areas = kit.zones("water")
    values = np.array(
        [np.nan if found.get(code) is None else found[code] for code in areas.codes], dtype=np.float64
    )
    classes = classes_of(values, 4)
    places, chosen = classes.of(values), ramp(kit, "cool", len(classes.bounds))
    pane.fill(
        areas,
        colours_of(places, chosen, kit.theme.inks["empty"]),
        kit.theme.inks["unit_dark"],
        kit.theme.line_pt("unit"),
    )
    sheet.borders()
    sheet.district_names()
    legend = []
    for place in range(len(classes.bounds) - 1, -1, -1):
        low = f"{written(classes.bounds[place - 1])} – " if place else "≤ "
        count = int((places == place).sum())
        legend.append(
            Row(low + written(classes.bounds[place]), chosen[place], kit.say(f"{count} 个", f"{count}"))
        )
    count = int((places < 0).sum())
    legend.append(
        Row(
            kit.say("无污水处理厂数据", "no plant"),
            kit.theme.inks["empty"],
            kit.say(f"{count} 个", f"{count}"),
        )
    )
    sheet.legend(
        kit.say("削减水污染当量 / 温室气体（t/tCO2e）", "Equivalents removed per tCO2e"),
        legend,
        kit.say(
            "数值越大，同样的温室气体排放去除的水污染物越多。",
            "The larger, the more pollution is removed for the same gases.",
        ),
    )
    total = rows.select(pl.col("co2e_tco2e").sum(), pl.col("equivalents_removed_t").sum()).row(0)
    sheet.note(
        kit.say(
            f"全市污水处理削减当量 {total[1]:,.0f} t，温室气体 {total[0] / 1e4:,.2f} 万 tCO2e。",
            f"Treatment removes {total[1]:,.0f} t of equivalents and emits {total[0] / 1e3:,.1f} ktCO2e.",
        )
    )
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，按水环境管控分区", f"{kit.edition.base_year}, by water zone"
    )
    return sheet
