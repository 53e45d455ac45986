"""Maps of the base year: density of CO2 and of pollution equivalents, by control unit and by cell; other gases; sinks."""

import numpy as np
import polars as pl

from sxyd_pipeline.deliverables.atlas.steps import (
    Numbers,
    class_rows,
    classing,
    colours_of,
    fill_units,
    label_units,
    open_map,
    ramp,
    written,
)
from sxyd_pipeline.deliverables.mapkit.classes import classes_of
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.shapes import joined
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Row, Sheet

_CLASSES = 5
_NAMED_UNITS = 12


def co2_density(kit: Kit, layout: Layout) -> Sheet:
    """CO2 per square kilometre of control units."""
    return _density(
        kit, layout, "co2_density_t_per_km2", "co2_t", ("CO2 排放密度（t/km²）", "CO2 (t/km²)"), "density"
    )


def apeq_density(kit: Kit, layout: Layout) -> Sheet:
    """Pollution equivalents per square kilometre of control units."""
    return _density(
        kit,
        layout,
        "apeq_density_t_per_km2",
        "apeq_t",
        ("大气污染当量密度（t/km²）", "Pollution equivalents (t/km²)"),
        "violet",
    )


def _density(
    kit: Kit, layout: Layout, column: str, total: str, title: tuple[str, str], colours: str
) -> Sheet:
    scores = kit.scores("baseline", kit.edition.base_year)
    values, tonnes = kit.by_unit(scores, column), kit.by_unit(scores, total)
    sheet = unit_choropleth(kit, layout, values, kit.say(*title), colours)
    top = dict(zip(kit.units.codes, np.nan_to_num(tonnes), strict=True))
    label_units(sheet, sheet.panes[0], {code: float(value) for code, value in top.items()}, _NAMED_UNITS)
    mean = float(np.nansum(tonnes) / kit.unit_km2.sum())
    ordered = np.sort(np.nan_to_num(tonnes))[::-1]
    half = int(np.searchsorted(np.cumsum(ordered), ordered.sum() / 2.0) + 1)
    sheet.note(
        kit.say(
            f"全市合计 {np.nansum(tonnes) / 1e4:,.1f} 万 t，平均 {written(mean)} t/km²；{half} 个单元占全市一半以上。",
            f"The city emits {np.nansum(tonnes) / 1e3:,.0f} kt, {written(mean)} t/km² on average; {half} units emit more than half of it.",
        )
    )
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，按环境管控单元", f"{kit.edition.base_year}, by control unit"
    )
    return sheet


def unit_choropleth(kit: Kit, layout: Layout, values: Numbers, title: str, colours: str) -> Sheet:
    """Draw positive values of control units in natural classes."""
    sheet, pane = open_map(kit, layout)
    classes = classes_of(values, _CLASSES)
    places = classes.of(values)
    chosen = ramp(kit, colours, len(classes.bounds))
    fill_units(kit, pane, colours_of(places, chosen, kit.theme.inks["empty"]))
    sheet.borders()
    sheet.district_names()
    sheet.legend(title, class_rows(kit, classes, places, chosen), classing(kit, classes))
    return sheet


def grid_co2(kit: Kit, layout: Layout) -> Sheet:
    """CO2 per square kilometre of cells."""
    return _grid(kit, layout, "co2_t", ("网格 CO2 排放密度（t/km²）", "CO2 by cell (t/km²)"), "density")


def grid_apeq(kit: Kit, layout: Layout) -> Sheet:
    """Pollution equivalents per square kilometre of cells."""
    return _grid(
        kit,
        layout,
        "apeq_t",
        ("网格大气污染当量密度（t/km²）", "Pollution equivalents by cell (t/km²)"),
        "violet",
    )


def _grid(kit: Kit, layout: Layout, column: str, title: tuple[str, str], colours: str) -> Sheet:
    sheet, pane = open_map(kit, layout)
    cells = kit.table("synergy.grid")
    km2 = cells["area_km2"].to_numpy()
    values = cells[column].to_numpy() / km2
    classes = classes_of(values, _CLASSES + 1)
    places = classes.of(values)
    chosen = [*ramp(kit, colours, 5), "#3B0F02" if colours == "density" else "#1F0A33"][
        -len(classes.bounds) :
    ]
    for place, colour in enumerate(chosen):
        inside = [outline for outline, at in zip(kit.grid.outlines, places, strict=True) if at == place]
        pane.paint(joined(inside), colour, clip=kit.city)
    sheet.borders()
    sheet.district_names()
    rows = []
    for place in range(len(classes.bounds) - 1, -1, -1):
        low = f"{written(classes.bounds[place - 1], kit)} – " if place else "≤ "
        share = float(cells[column].to_numpy()[places == place].sum() / cells[column].to_numpy().sum())
        count = int((places == place).sum())
        rows.append(
            Row(
                low + written(classes.bounds[place], kit),
                chosen[place],
                kit.say(f"{count} 格 · {share:.1%}", f"{count} · {share:.1%}"),
            )
        )
    side = float(cells["cell_km2"].to_numpy().max()) ** 0.5
    sheet.legend(
        kit.say(*title), rows,
        kit.say("对数值自然断点分级（Fisher–Jenks）。色块后为网格数与排放占比。点源落入其所在网格。",
                "Natural breaks of the logarithm (Fisher–Jenks). Number of cells and share of emissions behind each."),
    )  # fmt: skip
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，{side:g} km 网格，共 {cells.height} 格",
        f"{kit.edition.base_year}, cells of {side:g} km, {cells.height} of them",
    )
    return sheet


def non_co2(kit: Kit, layout: Layout) -> Sheet:
    """Gases other than CO2, in tonnes of CO2 equivalent per square kilometre."""
    rows = (
        kit.table("synergy.non_co2")
        .filter(pl.col("year") == kit.edition.base_year)
        .group_by("control_unit_code")
        .agg(pl.col("co2e_tco2e").sum())
    )
    tonnes = kit.by_unit(rows, "co2e_tco2e")
    sheet = unit_choropleth(
        kit,
        layout,
        tonnes / kit.unit_km2,
        kit.say("非 CO2 温室气体（tCO2e/km²）", "Gases other than CO2 (tCO2e/km²)"),
        "cool",
    )
    label_units(
        sheet,
        sheet.panes[0],
        {c: float(v) for c, v in zip(kit.units.codes, np.nan_to_num(tonnes), strict=True)},
        _NAMED_UNITS,
    )
    sheet.note(
        kit.say(
            f"全市合计 {np.nansum(tonnes) / 1e4:,.1f} 万 tCO2e（GWP 取 {kit.edition.gwp_set}）。",
            f"The city: {np.nansum(tonnes) / 1e3:,.0f} ktCO2e (GWP of {kit.edition.gwp_set}).",
        )
    )
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，CH4、N2O 与含氟气体",
        f"{kit.edition.base_year}, CH4, N2O and fluorinated gases",
    )
    return sheet


def carbon_sinks(kit: Kit, layout: Layout) -> Sheet:
    """Uptake of CO2 by land per square kilometre of control units."""
    table = kit.table("synergy.carbon_sinks").filter(
        pl.col("scope_type") == "control_unit", pl.col("state") == "counted"
    )
    year = int(table["year"].to_numpy().max())
    rows = (
        table.filter(pl.col("year") == year)
        .group_by("scope_code")
        .agg(pl.col("sink_tco2_per_year").sum())
        .rename({"scope_code": "control_unit_code"})
    )
    tonnes = kit.by_unit(rows, "sink_tco2_per_year")
    sheet = unit_choropleth(
        kit,
        layout,
        np.maximum(tonnes, 0.0) / kit.unit_km2,
        kit.say("陆地碳汇（tCO2/(km²·a)）", "Uptake by land (tCO2/km² a year)"),
        "cool",
    )
    label_units(
        sheet,
        sheet.panes[0],
        {c: float(v) for c, v in zip(kit.units.codes, np.nan_to_num(tonnes), strict=True)},
        _NAMED_UNITS,
    )
    sheet.note(
        kit.say(
            f"全市合计 {np.nansum(tonnes) / 1e4:,.1f} 万 tCO2/a，按地类单位面积通量估算。",
            f"The city: {np.nansum(tonnes) / 1e3:,.0f} ktCO2 a year, from fluxes by class of land.",
        )
    )
    sheet.subtitle = kit.say(f"{year} 年，按环境管控单元", f"{year}, by control unit")
    return sheet
