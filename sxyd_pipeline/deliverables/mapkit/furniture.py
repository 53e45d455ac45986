"""What every map carries: frames, graticule, title, north arrow, locator, scale bar, footer, mark."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from sxyd_pipeline.deliverables.mapkit.labels import Label, Placed
from sxyd_pipeline.deliverables.mapkit.pane import ABOVE, BELOW, Pane
from sxyd_pipeline.deliverables.mapkit.projection import bar_of
from sxyd_pipeline.deliverables.mapkit.sheet import Sheet, fitted
from sxyd_pipeline.deliverables.mapkit.theme import POINT_MM
from sxyd_pipeline.deliverables.mapkit.typeface import one_line

_LONGEST_BAR_MM = 66.0
#: Type on the small map of districts.
_SMALL_PT = 7.0
_LONGEST_FIGURE_BAR_MM = 30.0


def head(sheet: Sheet, title: str, subtitle: str) -> None:
    """Set title and subtitle of an A3 sheet, and whether its data are synthetic."""
    middle = (sheet.layout.outer[0] + sheet.layout.outer[2]) / 2
    kit = sheet.kit
    sheet.text(middle, 281.5, title, "title", ha="center", serif=True, room_mm=320.0)
    sheet.text(middle, 269.8, subtitle, "subtitle", ha="center", ink=sheet.theme.inks["quiet"], room_mm=330.0)
    if kit.edition.is_example:
        text = kit.say("示例数据", "EXAMPLE DATA")
        sheet.box(
            (378.0 if kit.language == "zh" else 366.0, 277.0, 408.0, 286.0), sheet.theme.inks["mark"], 1.2
        )
        sheet.text(
            393.0 if kit.language == "zh" else 387.0,
            281.4,
            text,
            "subtitle",
            ha="center",
            ink=sheet.theme.inks["mark"],
        )


def frames(sheet: Sheet) -> None:
    """Draw the neat line and the frames of map and column."""
    theme = sheet.theme
    if sheet.layout.is_sheet:
        sheet.box(sheet.layout.outer, theme.inks["text"], theme.line_pt("neat"))
        west, south, _, north = sheet.layout.maps
        sheet.box((west, south, sheet.layout.column[2], north), theme.inks["text"], theme.line_pt("frame"))
    else:
        sheet.box(sheet.layout.outer, theme.inks["unit_dark"], 0.5)
    sheet.rule(
        (sheet.layout.column[0],) * 2,
        (sheet.layout.column[1], sheet.layout.column[3]),
        theme.inks["unit_dark"],
        theme.line_pt("frame") if sheet.layout.is_sheet else 0.4,
    )


def graticule(sheet: Sheet, pane: Pane) -> None:
    """Draw meridians and parallels and name them where they meet the frame."""
    theme, frame = sheet.theme, pane.frame
    for label, line in sheet.kit.plane.graticule(frame):
        pane.axes.add_line(
            Line2D(
                line[:, 0],
                line[:, 1],
                color=theme.inks["graticule"],
                linewidth=theme.line_pt("graticule"),
                dashes=(6.0, 4.0),
                zorder=BELOW,
            )
        )
        on_paper = pane.on_paper(line)
        upright = label.endswith(("E", "W"))
        west, south, east, north = pane.box
        if upright:
            for edge, y in ((south, south - 3.0), (north, north + 3.0)):
                x = float(np.interp(edge, on_paper[:, 1], on_paper[:, 0]))
                if west + 8.0 < x < east - 8.0:
                    sheet.text(x, y, label, "graticule", ha="center")
        else:
            y = float(np.interp(west, on_paper[:, 0], on_paper[:, 1]))
            if south + 8.0 < y < north - 8.0:
                sheet.text(west - 3.2, y, label, "graticule", ha="center", rotation=90.0)


def north_arrow(sheet: Sheet) -> None:
    """Draw the arrow at the top of the column, on a figure in the corner of the map."""
    west, _, _, north = sheet.layout.column
    big = sheet.layout.is_sheet
    height = 22.0 if big else 8.0
    x, top = (west + 13.0, north - 13.0) if big else (west - 5.5, north - 6.0)
    half = height * 0.19
    ink = sheet.theme.inks["text"]
    sheet.text(x, top + height * 0.16, sheet.kit.say("北", "N"), "legend_title", ha="center")
    left = [(x, top), (x - half, top - height), (x, top - height * 0.78)]
    right = [(x, top), (x + half, top - height), (x, top - height * 0.78)]
    sheet.paper.add_patch(Polygon(left, facecolor=ink, edgecolor=ink, linewidth=0.6))
    sheet.paper.add_patch(Polygon(right, facecolor="#FFFFFF", edgecolor=ink, linewidth=0.6))


def locator(sheet: Sheet) -> None:
    """Draw the small map of the districts with their names beside the north arrow."""
    _, _, east, north = sheet.layout.column
    box = (east - 61.0, north - 47.0, east - 3.0, north - 3.0)
    theme = sheet.theme
    sheet.box(box, theme.inks["unit_dark"], 0.4)
    west, south, right, top = box
    pane = sheet.pane((west + 1.0, south + 1.0, right - 1.0, top - 5.5))
    pane.fill(sheet.kit.districts, ["#E3E8EC"] * len(sheet.kit.districts.codes), "#FFFFFF", 0.5)
    pane.line(sheet.kit.city, theme.inks["unit_dark"], 0.8)
    sheet.text((west + right) / 2, top - 3.0, sheet.kit.say("区县位置示意", "Districts"), "note", ha="center")
    at = pane.on_paper(sheet.kit.districts.middles())
    names = [
        Label(one_line(sheet.kit.district_names[code]), float(x), float(y), _SMALL_PT * POINT_MM)
        for code, (x, y) in zip(sheet.kit.districts.codes, at, strict=True)
    ]
    for label, x, y in Placed(pane.box).place(names):
        sheet.text(x, y, label.text, "note", ha="center", data=True, size=_SMALL_PT)


def scale_bar(sheet: Sheet, pane: Pane) -> None:
    """Draw an alternating scale bar at the foot of the column; the numeric scale only on A3."""
    west, south, _, _ = sheet.layout.column
    big = sheet.layout.is_sheet
    field_km = bar_of(pane.scale, _LONGEST_BAR_MM if big else _LONGEST_FIGURE_BAR_MM)
    field_mm = field_km * 1e6 / pane.scale
    x, y, height = west + (6.0 if big else 4.0), south + (13.0 if big else 4.0), 1.8 if big else 0.9
    ink = sheet.theme.inks["text"]
    for place in range(4):
        box = (x + place * field_mm, y, x + (place + 1) * field_mm, y + height)
        sheet.box(box, ink, 0.5, ink if place % 2 == 0 else "#FFFFFF")
    for place in range(5):
        if big or place % 2 == 0:
            unit = " km" if place == 4 else ""  # noqa: PLR2004 - the last tick
            sheet.text(
                x + place * field_mm,
                y + height + (2.6 if big else 1.6),
                f"{place * field_km:g}{unit}",
                "graticule",
                ha="center",
            )
    if big:
        scale = f"{pane.scale:,.0f}".replace(",", " ")
        sheet.text(
            x, south + 6.5, sheet.kit.say(f"1∶{scale}（A3 幅面）", f"1:{scale} (on A3 paper)"), "legend"
        )


def foot(sheet: Sheet, number: int, sources: str) -> None:
    """Set the two lines below the neat line: projection and imprint, then sources, remark and release."""
    kit, edition = sheet.kit, sheet.kit.edition
    plane = kit.plane
    beyond = kit.say("，市域跨带统一采用", ", used beyond the zone") if plane.spans_zones else ""
    shown = edition.imprint(kit.language)
    heads = list(shown)
    colon, gap = ("：", "　") if kit.language == "zh" else (": ", "   ")
    projection = kit.say(
        "坐标系：2000国家大地坐标系（CGCS2000）　"
        f"投影：高斯—克吕格3°带（中央经线{plane.meridian_deg}°E{beyond}，EPSG:{plane.epsg}）",
        "CGCS2000, Gauss-Krueger 3° zone "
        f"(central meridian {plane.meridian_deg}°E{beyond}, EPSG:{plane.epsg})",
    )
    base = kit.say(f"基准年：{edition.base_year}年", f"base year: {edition.base_year}")
    imprint = gap.join(f"{one}{colon}{shown[one]}" for one in heads[:4])
    west, _, east, _ = sheet.layout.outer
    room = east - west - 34.0
    sheet.text(west, 12.6, gap.join([projection, base, imprint]), "footer", room_mm=room, data=True)
    second = gap.join(
        [kit.say(f"数据来源：{sources}", f"data: {sources}"), f"{heads[4]}{colon}{shown[heads[4]]}"]
    )
    sheet.text(west, 7.4, second, "footer", room_mm=room, data=True)
    sheet.text(east, 12.6, kit.say(f"图 {number}", f"Map {number}"), "footer", ha="right")
    sheet.text(east, 7.4, edition.release_id, "footer", ha="right", data=True, room_mm=60.0)


def mark(sheet: Sheet) -> None:
    """Write across the maps that the data are synthetic."""
    kit = sheet.kit
    if not kit.edition.is_example:
        return
    west, south, east, north = sheet.layout.maps
    text = kit.say("示例数据", "EXAMPLE DATA")
    size = 96.0 if sheet.layout.is_sheet else 30.0
    sheet.text(
        (west + east) / 2,
        (south + north) / 2,
        text,
        "title",
        ha="center",
        ink="#5B6470",
        alpha=0.13,
        rotation=28.0,
        size=fitted(text, size, east - west)[1],
        zorder=ABOVE,
    )


def finish(sheet: Sheet, number: int, title: str, subtitle: str, sources: str) -> None:
    """Add everything a finished map needs around what was drawn."""
    frames(sheet)
    mark(sheet)
    scale_bar(sheet, sheet.panes[0])
    north_arrow(sheet)
    if sheet.layout.is_sheet:
        head(sheet, title, subtitle)
        foot(sheet, number, sources)


def begin(sheet: Sheet, *, panels: bool = False) -> None:
    """Reserve the top of the column, and draw the graticule of a single map."""
    if sheet.layout.is_sheet:
        locator_room = 49.0
        sheet.cursor = sheet.layout.column[3] - locator_room
        if not panels:
            graticule(sheet, sheet.panes[0])
        locator(sheet)
        sheet.panes.pop()
    else:
        sheet.cursor = sheet.layout.column[3] - 1.0
        _, _, east, north = sheet.layout.maps
        sheet.taken.boxes.append((east - 10.0, north - 17.0, east, north))
