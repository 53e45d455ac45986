"""Maps of chapter 4: conflicts of requirements by control unit, and what the list holds for each."""

import numpy as np
import polars as pl

from sxyd_pipeline.deliverables.atlas.steps import (
    class_rows,
    colours_of,
    fill_units,
    label_units,
    open_map,
    open_panels,
    percent,
    ramp,
    tally,
)
from sxyd_pipeline.deliverables.mapkit.classes import Classes, classes_of, fixed
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Row, Sheet

_STRONG = -2.0
_COUNT_CLASSES = 4
#: Units that are named: with more than one strong conflict, or with many.
_MANY = 8


def conflicts(kit: Kit, layout: Layout) -> Sheet:
    """Conflicts between requirements on pollution and on carbon; circles where one is strong."""
    sheet, pane = open_map(kit, layout)
    table = kit.table("synergy.conflicts")
    counts = table.group_by("control_unit_code").agg(
        n=pl.len(), strong=(pl.col("verdict") <= _STRONG).sum(), co2e=pl.col("co2e_at_stake_tco2e").sum()
    )
    number = np.nan_to_num(kit.by_unit(counts.with_columns(pl.col("n").cast(pl.Float64)), "n"))
    strong = np.nan_to_num(kit.by_unit(counts.with_columns(pl.col("strong").cast(pl.Float64)), "strong"))
    classes = classes_of(number, _COUNT_CLASSES)
    places = np.where(number > 0, classes.of(number), -1)
    chosen = ramp(kit, "density", len(classes.bounds))
    fill_units(kit, pane, colours_of(places, chosen, kit.theme.inks["empty"]))
    sheet.borders()
    at, sizes = kit.units.middles(), (3.4 if layout.is_sheet else 1.8)
    if (strong > 0).any():
        pane.marks(at[strong > 0], "D", sizes * 0.8, "#FFFFFF", "#7F1D1D")
    sheet.district_names()
    label_units(
        sheet,
        pane,
        {
            c: float(n + 100 * s)
            for c, n, s in zip(kit.units.codes, number, strong, strict=True)
            if s > 1 or n > _MANY
        },
        12,
    )
    rows = _count_rows(kit, classes, places, chosen)
    rows.append(
        Row(
            kit.say("含强冲突（−2）", "has a strong conflict (−2)"),
            "#FFFFFF",
            tally(kit, strong > 0, kit.unit_km2),
            kind="diamond",
            edge="#7F1D1D",
            size_mm=sizes * 0.8,
        )
    )
    kinds = table["verdict"].value_counts(sort=True).sort("verdict").rows()
    listed = kit.say("、", ", ").join(f"{v:+g}: {n}".replace("-", "−") for v, n in kinds)
    sheet.legend(
        kit.say("冲突条数", "Number of conflicts"), rows,
        kit.say(f"共 {table.height} 条（{listed}）。污染治理要求与降碳要求逐对判定，判定与依据见表 synergy.conflicts。", f"{table.height} in all ({listed}). Verdicts and reasons: table synergy.conflicts."),
    )  # fmt: skip
    sheet.subtitle = kit.say(
        "减污要求与降碳要求的冲突，按环境管控单元",
        "between requirements on pollution and on carbon, by control unit",
    )
    return sheet


def _count_rows(kit: Kit, classes: Classes, places: np.ndarray, colours: list[str]) -> list[Row]:
    rows = []
    for place in range(len(classes.bounds) - 1, -1, -1):
        high = int(classes.bounds[place])
        low = int(classes.bounds[place - 1]) + 1 if place else 1
        rows.append(
            Row(
                f"{low} – {high}" if low < high else f"{high}",
                colours[place],
                tally(kit, places == place, kit.unit_km2),
            )
        )
    if (places < 0).any():
        rows.append(Row(kit.say("无", "none"), kit.theme.inks["empty"], tally(kit, places < 0, kit.unit_km2)))
    return rows


def list_coverage(kit: Kit, layout: Layout) -> Sheet:
    """Clauses of each control unit: how many, how many new or changed, how many carbon, which share can be checked."""
    rows = (
        kit.table("access.list_coverage")
        .filter(pl.col("breakdown") == "control_unit")
        .rename({"code": "control_unit_code"})
    )
    after = kit.by_unit(
        rows.with_columns(pl.col("clause_count_after").cast(pl.Float64)), "clause_count_after"
    )
    carbon = kit.by_unit(
        rows.with_columns(pl.col("carbon_count_after").cast(pl.Float64)), "carbon_count_after"
    )
    checkable = kit.by_unit(rows, "checkable_share_after")
    changed = np.nan_to_num(
        kit.by_unit(
            kit.table("access.clauses")
            .filter(pl.col("scope_type") == "control_unit", pl.col("state").is_in(["new", "changed"]))
            .group_by(pl.col("scope_code").alias("control_unit_code"))
            .agg(n=pl.len().cast(pl.Float64)),
            "n",
        )
    )
    titles = [
        kit.say(f"单元条款数（共 {np.nansum(after):,.0f} 条）", f"clauses ({np.nansum(after):,.0f})"),
        kit.say(f"新增与修改条款数（{changed.sum():,.0f} 条）", f"new or changed ({changed.sum():,.0f})"),
        kit.say(f"碳条款数（{np.nansum(carbon):,.0f} 条）", f"on carbon ({np.nansum(carbon):,.0f})"),
        kit.say("可核查条款占比", "share that can be checked"),
    ]
    sheet, panes = open_panels(kit, layout, titles, 2)
    counts = fixed((0.0, 2.0, 10.0, 18.0, 1e9))
    empty = kit.theme.inks["empty"]
    colours = [empty, *ramp(kit, "cool", 5)[1:]]
    for pane, values in zip(panes, (after, changed, carbon), strict=False):
        fill_units(kit, pane, colours_of(counts.of(values), colours, empty), small=True)
        sheet.borders(pane, light=True)
    shares = fixed((0.2, 0.4, 0.6, 0.8, 1.0))
    places = np.where(after > 0, shares.of(checkable), -1)
    violet = ramp(kit, "violet", 5)
    fill_units(kit, panes[3], colours_of(places, violet, empty), small=True)
    sheet.borders(panes[3], light=True)
    at = counts.of(after)
    texts = ("0", "1 – 2", "3 – 10", "11 – 18", "≥ 19")
    sheet.legend(
        kit.say("条款数（前三图）", "Clauses (first three maps)"),
        [
            Row(text, colour, tally(kit, at == place, kit.unit_km2))
            for place, (text, colour) in reversed(list(enumerate(zip(texts, colours, strict=True))))
        ],
        kit.say("色块后为第一图的单元个数与面积占比。", "Count and share of area on the first map."),
    )
    rows_of = class_rows(kit, shares, places, violet, percent)
    rows_of[-1] = (
        Row(kit.say("无条款", "no clause"), rows_of[-1].face, rows_of[-1].value)
        if (places < 0).any()
        else rows_of[-1]
    )
    sheet.legend(kit.say("可核查占比（第四图）", "Share that can be checked (fourth map)"), rows_of)
    sheet.subtitle = kit.say(
        "修订后清单，单元自有条款（不含上级与要素分区继承条款）",
        "revised list, clauses of the units themselves, without what they inherit",
    )
    return sheet
