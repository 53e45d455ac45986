"""Maps of the study area and of zoning: districts and sources, control units, zones of each element."""

import numpy as np
import polars as pl
import shapely
from matplotlib.colors import to_hex, to_rgb

from sxyd_pipeline.deliverables.atlas.steps import fill_units, label_units, open_map, tally, unit_names
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.labels import AROUND, Label
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Row, Sheet
from sxyd_pipeline.deliverables.mapkit.theme import POINT_MM
from sxyd_pipeline.deliverables.mapkit.typeface import one_line
from sxyd_pipeline.vocabulary.elements import ControlClass

#: Pale tints of districts; neighbours get different ones.
_TINTS = ("#F3EAD3", "#DDE8DC", "#E3E0EC", "#F1DEDA", "#D9E7EC", "#ECECDD", "#E9DFE6", "#DFE3E8")
_HATCHES = ("", "////", "....", "\\\\\\\\", "xxxx", "----")
#: How far subtypes of a class move from its colour towards white.
_PALER = 0.5
_LABELLED_SOURCES = 16
_TOP_SHARE = 0.95
#: State of a key unit that stays one whatever the thresholds.
_FIRM = 2


def base_map(kit: Kit, layout: Layout) -> Sheet:
    """Districts with names and areas, and the facilities of the inventory."""
    sheet, pane = open_map(kit, layout)
    rows = kit.table("zoning.districts").select("district_code", "district_name", "area_km2").rows()
    whole = sum(row[2] for row in rows)
    tints = _tints(kit)
    pane.fill(kit.districts, tints, "none", 0.0)
    sheet.borders()
    facilities = kit.table("inputs.facilities").filter(
        pl.col("lon").is_not_null() & pl.col("lat").is_not_null()
    )
    if facilities.height:
        at = kit.plane.metres(facilities.select("lon", "lat").to_numpy())
        pane.marks(at, "o", 1.3 if layout.is_sheet else 0.7, "#3A3F45", "#FFFFFF")
    sheet.district_names()
    unit = "km²"
    legend = [
        Row(name, tints[place], f"{area:,.0f} {unit} · {area / whole:.1%}", data=True)
        for place, (_, name, area) in enumerate(rows)
    ]
    sheet.legend(
        kit.say("区县与面积", "Districts and areas"), legend, keep_mm=38.0 if layout.is_sheet else 20.0
    )
    sheet.legend(
        kit.say("图例", "Legend"),
        [
            Row(
                kit.say("市域范围（区县合并）", "city (its districts together)"),
                kind="line",
                edge=kit.theme.inks["city"],
                size_mm=0.7,
            ),
            Row(
                kit.say("区县界", "district border"),
                kind="line",
                edge=kit.theme.inks["district"],
                size_mm=0.35,
            ),
            Row(
                kit.say("清单点源（企业）", "facility in the inventory"),
                "#3A3F45",
                kit.say(f"{facilities.height} 家", f"{facilities.height}"),
                kind="circle",
                edge="#FFFFFF",
                size_mm=1.6,
            ),
        ],
        note=kit.say(f"市域面积 {whole:,.0f} km²。", f"Area of the city {whole:,.0f} km²."),
    )
    sheet.subtitle = kit.say(
        f"{len(rows)} 个区县，{facilities.height} 家点源",
        f"{len(rows)} districts, {facilities.height} facilities",
    )
    return sheet


def _tints(kit: Kit) -> list[str]:
    """Give every district the first tint that none of its neighbours before it has."""
    shapes = kit.districts.shapes
    chosen: list[int] = []
    for place, shape in enumerate(shapes):
        near = shapely.intersects(shapes[:place], shape)
        taken = {chosen[other] for other in np.flatnonzero(near)}
        free = (tint for tint in range(len(_TINTS)) if tint not in taken)
        chosen.append(next(free, place % len(_TINTS)))
    return [_TINTS[tint] for tint in chosen]


def emission_sources(kit: Kit, layout: Layout) -> Sheet:
    """Facilities by CO2: circles whose area is in proportion."""
    sheet, pane = open_map(kit, layout)
    pane.fill(kit.districts, ["#F4F5F3"] * len(kit.districts.codes), "none", 0.0)
    sheet.borders()
    totals = (
        kit.table("inventory.emissions")
        .filter(
            pl.col("species") == "CO2",
            pl.col("year") == kit.edition.base_year,
            pl.col("facility_id").is_not_null(),
        )
        .group_by("facility_id")
        .agg(pl.col("emission_t").sum())
        .join(
            kit.table("inputs.facilities").select("facility_id", "facility_name", "lon", "lat"),
            on="facility_id",
        )
        .filter(pl.col("emission_t") > 0, pl.col("lon").is_not_null(), pl.col("lat").is_not_null())
        .sort(["emission_t", "facility_id"], descending=[True, False])
    )
    tonnes = totals["emission_t"].to_numpy()
    at = kit.plane.metres(totals.select("lon", "lat").to_numpy())
    largest_mm = 22.0 if layout.is_sheet else 9.0
    top = float(tonnes.max()) if len(tonnes) else 1.0
    diameters = np.maximum(largest_mm * np.sqrt(tonnes / top), 1.0 if layout.is_sheet else 0.6)
    pane.circles(at, diameters, "#D45D26B0", "#7A1F04")
    on_paper = pane.on_paper(at)
    size = sheet.points("feature") * POINT_MM
    labels = [
        Label(one_line(name), float(x), float(y), size, float(t), offsets=AROUND)
        for name, t, (x, y) in list(zip(totals["facility_name"], tonnes, on_paper, strict=True))[
            :_LABELLED_SOURCES
        ]
    ]
    sheet.district_names()
    sheet.names(labels, "feature", gap_mm=2.0)
    round_top = 10.0 ** np.floor(np.log10(top))
    samples = [round_top, round_top / 10.0]
    rows = [
        Row(kit.say(f"{t / 1e4:,.3g} 万 t/a", f"{t / 1e3:,.3g} kt/a"), "#D45D26B0", kind="circle", edge="#7A1F04",
            size_mm=float(largest_mm * np.sqrt(t / top)))
        for t in samples
    ]  # fmt: skip
    reach = int(np.searchsorted(np.cumsum(tonnes) / tonnes.sum(), _TOP_SHARE) + 1) if len(tonnes) else 0
    sheet.legend(
        kit.say("点源 CO2 排放量", "CO2 of facilities"), rows,
        note=kit.say(
            f"圆面积与排放量成正比，最大 {top / 1e4:,.0f} 万 t/a；排放不足者按最小圆绘出。排放量居前的 {reach} 家占点源 CO2 的 95%。",
            f"The area of a circle is in proportion, the largest is {top / 1e3:,.0f} kt/a. The first {reach} facilities emit 95% of the CO2 of all point sources.",
        ),
    )  # fmt: skip
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，{totals.height} 家有 CO2 直接排放的点源",
        f"{kit.edition.base_year}, {totals.height} facilities with direct CO2",
    )
    return sheet


def control_units(kit: Kit, layout: Layout) -> Sheet:
    """Control units by class, named where there is room."""
    sheet, pane = open_map(kit, layout)
    classes = np.array(kit.table("zoning.control_units")["control_class"].to_list())
    fill_units(kit, pane, [kit.theme.class_colours[int(c)] for c in classes])
    sheet.borders()
    sheet.district_names()
    if layout.is_sheet:
        radius = dict(zip(kit.units.codes, kit.units.rooms(), strict=True))
        label_units(sheet, pane, {code: float(room) for code, room in radius.items()}, len(radius))
    rows = [
        Row(
            kit.name(ControlClass(one).zh + "单元"),
            kit.theme.class_colours[one],
            tally(kit, classes == one, kit.unit_km2),
        )
        for one in (1, 2, 3)
    ]
    sheet.legend(kit.say("管控单元类别", "Control units"), rows)
    _by_district(sheet, classes)
    sheet.subtitle = kit.say(f"共 {len(classes)} 个环境管控单元", f"{len(classes)} control units")
    return sheet


def _by_district(sheet: Sheet, classes: np.ndarray) -> None:
    """Count units per district and class in a small table under the legend."""
    kit = sheet.kit
    if not sheet.layout.is_sheet:
        return
    frame = kit.table("zoning.control_units").select("district_code").with_columns(c=pl.Series(classes))
    lines = []
    for code in kit.districts.codes:
        counts = [
            frame.filter(pl.col("district_code") == code, pl.col("c") == one).height for one in (1, 2, 3)
        ]
        lines.append((kit.district_names[code], counts))
    west, _, east, _ = sheet.layout.column
    step = min(
        sheet.points("legend") * POINT_MM * 1.45,
        (sheet.cursor - sheet.layout.column[1] - 30.0) / max(len(lines), 1),
    )
    stops = [east - 41.0, east - 23.0, east - 6.0]
    sheet.cursor -= 6.0
    for stop, head in zip(stops, kit.say("优先|重点|一般", "priority|key|general").split("|"), strict=True):
        sheet.text(stop, sheet.cursor, head, "note", ha="right", ink=kit.theme.inks["quiet"])
    sheet.rule((west + 4.0, east - 4.0), (sheet.cursor - 2.2,) * 2, kit.theme.inks["unit_dark"], 0.5)
    for name, counts in lines:
        sheet.cursor -= step
        sheet.text(west + 4.0, sheet.cursor, name, "legend", data=True, room_mm=38.0)
        for stop, count in zip(stops, counts, strict=True):
            sheet.text(stop, sheet.cursor, str(count), "legend", ha="right")


def zones(kit: Kit, layout: Layout, element: str) -> Sheet:
    """Zones of one element: colour by class, shade and hatch by type."""
    sheet, pane = open_map(kit, layout)
    table = kit.table("zoning.zones").filter(pl.col("element") == element)
    kinds = (
        table.select("control_class", "zone_type", "zone_type_name")
        .unique()
        .sort("control_class", "zone_type")
        .rows()
    )
    looks: dict[str, tuple[str, str]] = {}
    for control_class in sorted({kind[0] for kind in kinds}):
        types = [kind[1] for kind in kinds if kind[0] == control_class]
        for place, zone_type in enumerate(types):
            paler = _PALER * place / max(len(types) - 1, 1) if len(types) > 1 else 0.0
            looks[zone_type] = (
                _towards_white(kit.theme.class_colours[control_class], paler),
                _HATCHES[place % len(_HATCHES)],
            )
    types = table["zone_type"].to_list()
    areas = kit.zones(element)
    pane.fill(
        areas,
        [looks[t][0] for t in types],
        kit.theme.inks["unit_dark"],
        kit.theme.line_pt("unit"),
        [looks[t][1] for t in types],
    )
    sheet.borders()
    sheet.district_names()
    km2, kind_of = table["area_km2"].to_numpy(), np.array(types)
    for control_class in sorted({kind[0] for kind in kinds}):
        rows = [
            Row(
                kit.name(name),
                looks[zone_type][0],
                tally(kit, kind_of == zone_type, km2),
                looks[zone_type][1],
            )
            for one, zone_type, name in kinds
            if one == control_class
        ]
        sheet.legend(kit.name(ControlClass(control_class).zh) + kit.say("区", " zones"), rows)
    sheet.subtitle = kit.say(
        f"共 {table.height} 个分区，{len(kinds)} 种类型", f"{table.height} zones of {len(kinds)} types"
    )
    return sheet


def _towards_white(colour: str, share: float) -> str:
    red, green, blue = to_rgb(colour)
    return to_hex((red + (1 - red) * share, green + (1 - green) * share, blue + (1 - blue) * share)).upper()


def key_units(kit: Kit, layout: Layout) -> Sheet:
    """Control units that count as key areas, and whether they stay so when thresholds move."""
    sheet, pane = open_map(kit, layout)
    found = {
        row["code"]: row
        for row in kit.table("baseline.key_areas")
        .filter(pl.col("scope_type") == "control_unit")
        .iter_rows(named=True)
    }
    states = np.array([_key_state(found.get(code)) for code in kit.units.codes])
    colours = [kit.theme.inks["empty"], kit.theme.ramps["density"][2], kit.theme.ramps["density"][4]]
    fill_units(
        kit, pane, [colours[state] for state in states], ["///" if state == 1 else "" for state in states]
    )
    sheet.borders()
    sheet.district_names()
    key = {code: found[code]["co2_t"] for code, state in zip(kit.units.codes, states, strict=True) if state}
    label_units(sheet, pane, key, 40)
    rows = [
        Row(
            kit.say("重点，阈值变动下不变", "key whatever the thresholds"),
            colours[2],
            tally(kit, states == _FIRM, kit.unit_km2),
        ),
        Row(
            kit.say("重点，随阈值变动", "key, depends on thresholds"),
            colours[1],
            tally(kit, states == 1, kit.unit_km2),
            "///",
        ),
        Row(kit.say("非重点", "not key"), colours[0], tally(kit, states == 0, kit.unit_km2)),
    ]
    co2 = sum(found[code]["co2_share"] for code in key)
    apeq = sum(found[code]["apeq_share"] for code in key)
    sheet.legend(
        kit.say("重点减污降碳单元", "Key control units"), rows,
        note=kit.say(
            f"重点单元占全市 CO2 的 {co2:.1%}、大气污染当量的 {apeq:.1%}。判定依据见研究报告与表 baseline.key_areas。",
            f"Key units emit {co2:.1%} of the city's CO2 and {apeq:.1%} of its pollution equivalents. Reasons: table baseline.key_areas.",
        ),
    )  # fmt: skip
    if layout.is_sheet:
        _largest(sheet, key)
    sheet.subtitle = kit.say(
        f"{kit.edition.base_year} 年，{len(key)} 个重点单元", f"{kit.edition.base_year}, {len(key)} key units"
    )
    return sheet


def _key_state(row: dict[str, object] | None) -> int:
    if row is None or not row["is_key"]:
        return 0
    return _FIRM if float(str(row["robustness_share"])) >= 1.0 else 1


def _largest(sheet: Sheet, tonnes: dict[str, float], most: int = 8) -> None:
    kit = sheet.kit
    names = unit_names(kit)
    west, _, east, _ = sheet.layout.column
    step = sheet.points("note") * POINT_MM * 1.6
    sheet.cursor -= 7.0
    sheet.text(
        west + 4.0,
        sheet.cursor,
        kit.say("CO2 排放居前的重点单元（万 t/a）", "Key units with most CO2 (10 kt/a)"),
        "legend",
    )
    for place, (code, value) in enumerate(
        sorted(tonnes.items(), key=lambda one: (-one[1], one[0]))[:most], start=1
    ):
        sheet.cursor -= step
        sheet.text(west + 4.0, sheet.cursor, f"{place}", "note")
        sheet.text(west + 9.0, sheet.cursor, names[code], "note", data=True, room_mm=56.0)
        sheet.text(east - 4.0, sheet.cursor, f"{value / 1e4:,.1f}", "note", ha="right")
