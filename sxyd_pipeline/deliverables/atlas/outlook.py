"""Maps of targets and scenarios: change of CO2, permitted emissions and gaps, one small map each."""

from itertools import pairwise

import numpy as np
import polars as pl

from sxyd_pipeline.deliverables.atlas.steps import (
    Numbers,
    colours_of,
    fill_units,
    open_panels,
    percent,
    written,
)
from sxyd_pipeline.deliverables.mapkit.classes import Classes, fixed
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Row, Sheet

#: Bounds of a change; zero is one of them.
_CHANGE = (-0.2, -0.1, 0.0, 0.1, 0.3)
_WITHOUT_END = 1e9
_PERMITTED = (
    ("permitted_so2_t", "SO2"), ("permitted_nox_t", "NOx"), ("permitted_pm25_t", "PM2.5"), ("permitted_vocs_t", "VOCs"),
    ("permitted_nh3_t", "NH3"), ("co2_cap_t", "CO2"),
)  # fmt: skip
_ACROSS = 3
_GAP_SCENARIO = "policy"


def scenarios_co2(kit: Kit, layout: Layout) -> Sheet:
    """Change of CO2 of control units under each scenario in each year."""
    base = kit.by_unit(kit.scores("baseline", kit.edition.base_year), "co2_t")
    cases = [(year, scenario) for year in kit.edition.horizons for scenario in kit.scenarios]
    titles = [
        kit.say(
            f"{year} 年 {kit.scenarios[one]}（全市 {_signed(_city_change(kit, one, year))}）",
            f"{year}, {kit.scenarios[one]} (city {_signed(_city_change(kit, one, year))})",
        )
        for year, one in cases
    ]
    sheet, panes = open_panels(kit, layout, titles, len(kit.scenarios))
    classes = fixed((*_CHANGE, _WITHOUT_END))
    counts = np.zeros(len(classes.bounds), dtype=int)
    for pane, (year, scenario) in zip(panes, cases, strict=True):
        now = kit.by_unit(kit.scores(scenario, year), "co2_t")
        change = np.where(base > 0, now / np.where(base > 0, base, 1.0) - 1.0, np.nan)
        places = classes.of(change)
        counts += np.bincount(places[places >= 0], minlength=len(counts))
        fill_units(
            kit, pane, colours_of(places, kit.theme.ramps["change"], kit.theme.inks["empty"]), small=True
        )
        sheet.borders(pane, light=True)
    sheet.legend(
        kit.say(f"较 {kit.edition.base_year} 年变化", f"Change since {kit.edition.base_year}"), _change_rows(kit, counts),
        kit.say("各图共用一套界限，蓝降橙升，0 为界；色块后为各图单元数之和。基准情景保持基准年水平，不另绘。", "One set of bounds for all maps: blue falls, orange rises. Counts are summed over the maps. The baseline stays at the base year."),
    )  # fmt: skip
    sheet.subtitle = kit.say(
        f"{'、'.join(str(y) for y in kit.edition.horizons)} 年较 {kit.edition.base_year} 年，按环境管控单元",
        f"{', '.join(str(y) for y in kit.edition.horizons)} against {kit.edition.base_year}, by control unit",
    )
    return sheet


def _city_change(kit: Kit, scenario: str, year: int) -> float:
    rows = kit.table("projection.totals").filter(
        pl.col("species") == "CO2", pl.col("scenario_id") == scenario
    )
    tonnes = dict(rows.select("year", "emission_t").rows())
    return float(tonnes[year]) / float(tonnes[kit.edition.base_year]) - 1.0


def _signed(share: float) -> str:
    return f"{share * 100:+.1f}%".replace("-", "−")


def _change_rows(kit: Kit, counts: np.ndarray) -> list[Row]:
    texts = [f"≤ {percent(_CHANGE[0])}"]
    texts += [
        kit.say(f"{percent(low)} 至 {percent(high)}", f"{percent(low)} to {percent(high)}")
        for low, high in pairwise(_CHANGE)
    ]
    texts.append(f"> {percent(_CHANGE[-1])}")
    return [
        Row(text, colour, kit.say(f"{count} 个", f"{count}"))
        for text, colour, count in reversed(list(zip(texts, kit.theme.ramps["change"], counts, strict=True)))
    ]


def permitted(kit: Kit, layout: Layout) -> Sheet:
    """Permitted emissions of the last horizon per square kilometre."""
    year, shown = _indicators(kit, "projection.permitted")
    rows = kit.table("projection.permitted").filter(
        pl.col("scope_type") == "control_unit", pl.col("year") == year
    )
    values = {one: _of_units(kit, rows.filter(pl.col("indicator") == one), "target") for one, _ in shown}
    titles = []
    for one, species in shown:
        total = float(np.nansum(values[one]))
        large = species == "CO2"
        titles.append(
            kit.say(
                f"{species}（合计 {total / 1e4:,.0f} 万 t）"
                if large
                else f"{species}（合计 {total:,.0f} t）",
                f"{species} ({total:,.0f} t)",
            )
        )
    sheet, panes = open_panels(kit, layout, titles, _ACROSS)
    # The quintiles of each species: densities of CO2 and of pollutants are orders of magnitude apart.
    for pane, (one, _) in zip(panes, shown, strict=True):
        density = values[one] / kit.unit_km2
        places = _quintiles(density)
        fill_units(
            kit, pane, colours_of(places, kit.theme.ramps["cool"], kit.theme.inks["empty"]), small=True
        )
        sheet.borders(pane, light=True)
    words = kit.say("最高 1/5|较高|中等|较低|最低 1/5", "highest fifth|high|middle|low|lowest fifth").split(
        "|"
    )
    sheet.legend(
        kit.say("单位面积允许排放量", "Permitted per area"),
        [Row(word, colour) for word, colour in zip(words, reversed(kit.theme.ramps["cool"]), strict=True)],
        kit.say(
            "各污染物分别按五分位分级，图间不可比较绝对量；绝对量见表 projection.permitted。",
            "Fifths of each pollutant by itself; amounts: table projection.permitted.",
        ),
    )
    _bounds_table(sheet, [(species, values[one] / kit.unit_km2) for one, species in shown])
    origin = rows["origin"].value_counts(sort=True)["origin"].to_list()
    ratio = "equal_ratio" in origin
    sheet.note(
        kit.say("单元允许排放量由全市允许排放量按等比例分解；给定目标者从其给定值。" if ratio else "单元允许排放量按给定目标。",
                "Shared out from the city in equal proportion where a unit has no target of its own." if ratio else "As given.")
    )  # fmt: skip
    sheet.subtitle = kit.say(f"{year} 年，按环境管控单元", f"{year}, by control unit")
    return sheet


def _quintiles(values: Numbers) -> np.ndarray:
    known = values[np.isfinite(values)]
    cuts = np.quantile(known, (0.2, 0.4, 0.6, 0.8)) if known.size else np.zeros(4)
    return np.where(np.isfinite(values), np.searchsorted(cuts, values, side="left"), -1)


def _bounds_table(sheet: Sheet, columns: list[tuple[str, Numbers]]) -> None:
    """List median and maximum of each species, so that the fifths can be read as amounts."""
    if not sheet.layout.is_sheet:
        return
    kit = sheet.kit
    west, _, east, _ = sheet.layout.column
    sheet.cursor -= 7.0
    sheet.text(
        east - 34.0, sheet.cursor, kit.say("中位", "median"), "note", ha="right", ink=kit.theme.inks["quiet"]
    )
    sheet.text(
        east - 4.0,
        sheet.cursor,
        kit.say("最高（t/km²）", "highest (t/km²)"),
        "note",
        ha="right",
        ink=kit.theme.inks["quiet"],
    )
    for species, density in columns:
        sheet.cursor -= 5.2
        sheet.text(west + 4.0, sheet.cursor, species, "legend")
        sheet.text(east - 34.0, sheet.cursor, written(float(np.nanmedian(density))), "legend", ha="right")
        sheet.text(east - 4.0, sheet.cursor, written(float(np.nanmax(density))), "legend", ha="right")
    sheet.cursor -= 2.0


def gaps(kit: Kit, layout: Layout) -> Sheet:
    """How far projected emissions lie above or below what is permitted."""
    year, shown = _indicators(kit, "projection.target_gaps")
    scenario = _GAP_SCENARIO if _GAP_SCENARIO in kit.scenarios else next(iter(kit.scenarios))
    rows = kit.table("projection.target_gaps").filter(
        pl.col("scope_type") == "control_unit", pl.col("year") == year, pl.col("scenario_id") == scenario
    )
    found = {one: _of_units(kit, rows.filter(pl.col("indicator") == one), "gap_share") for one, _ in shown}
    classes: Classes = fixed((-0.3, -0.1, 0.0, 0.3, 1.0, _WITHOUT_END))
    titles = [
        kit.say(
            f"{species}（{int((found[one] > 0).sum())} 个单元超出）",
            f"{species} ({int((found[one] > 0).sum())} units above)",
        )
        for one, species in shown
    ]
    sheet, panes = open_panels(kit, layout, titles, _ACROSS)
    counts = np.zeros(len(classes.bounds), dtype=int)
    for pane, (one, _) in zip(panes, shown, strict=True):
        places = classes.of(found[one])
        counts += np.bincount(places[places >= 0], minlength=len(counts))
        fill_units(
            kit, pane, colours_of(places, kit.theme.ramps["change"], kit.theme.inks["empty"]), small=True
        )
        sheet.borders(pane, light=True)
    bounds = ("≤ −30%", "−30% – −10%", "−10% – 0", "0 – 30%", "30% – 100%", "> 100%")
    legend = [
        Row(text, colour, kit.say(f"{count} 个", f"{count}"))
        for text, colour, count in reversed(list(zip(bounds, kit.theme.ramps["change"], counts, strict=True)))
    ]
    sheet.legend(
        kit.say("超出允许排放量的比例", "Above (+) or below (−) permitted"), legend,
        kit.say("正值（橙）为超出，负值（蓝）为富余；色块后为各图单元数之和。", "Orange: above; blue: below. Counts are summed over the maps."),
    )  # fmt: skip
    sheet.subtitle = kit.say(
        f"{year} 年 {kit.scenarios[scenario]}，（预测 − 允许）/ 允许",
        f"{year}, scenario {kit.scenarios[scenario]}, (projected − permitted) / permitted",
    )
    return sheet


def _indicators(kit: Kit, table: str) -> tuple[int, list[tuple[str, str]]]:
    """Return the last horizon for which control units have values, and the indicators there are."""
    rows = kit.table(table).filter(pl.col("scope_type") == "control_unit")
    years = [year for year in kit.edition.horizons if rows.filter(pl.col("year") == year).height]
    year = years[-1]
    present = set(rows.filter(pl.col("year") == year)["indicator"].unique().to_list())
    return year, [pair for pair in _PERMITTED if pair[0] in present]


def _of_units(kit: Kit, rows: pl.DataFrame, column: str) -> Numbers:
    return kit.by_unit(rows.select(pl.col("scope_code").alias("control_unit_code"), column), column)
