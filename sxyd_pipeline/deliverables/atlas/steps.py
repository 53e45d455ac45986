"""What several maps do: choropleths of control units, legends with counts and shares, short names of units."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from sxyd_pipeline.deliverables.mapkit.classes import Classes
from sxyd_pipeline.deliverables.mapkit.furniture import begin
from sxyd_pipeline.deliverables.mapkit.kit import Kit
from sxyd_pipeline.deliverables.mapkit.labels import NEAR, Label
from sxyd_pipeline.deliverables.mapkit.pane import Pane
from sxyd_pipeline.deliverables.mapkit.sheet import Layout, Row, Sheet
from sxyd_pipeline.deliverables.mapkit.theme import POINT_MM
from sxyd_pipeline.deliverables.mapkit.typeface import one_line

Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]
#: Endings of the names of control units that say no more than the colour of the map does.
_ENDINGS = ("优先保护单元", "城镇重点管控单元", "重点管控单元", "一般管控单元")
_THOUSAND, _TEN_THOUSAND = 1_000.0, 10_000.0


def open_map(kit: Kit, layout: Layout) -> tuple[Sheet, Pane]:
    """Start a sheet with one map."""
    sheet = Sheet(kit, layout)
    pane = sheet.pane()
    begin(sheet)
    return sheet, pane


def open_panels(kit: Kit, layout: Layout, titles: Sequence[str], columns: int) -> tuple[Sheet, list[Pane]]:
    """Start a sheet with several maps."""
    sheet = Sheet(kit, layout)
    panes = sheet.panels(titles, columns)
    begin(sheet, panels=True)
    return sheet, panes


def written(value: float, kit: Kit | None = None) -> str:
    """Write a bound of a class: three digits at most, thousands apart; 万 in Chinese legends."""
    if kit is not None and kit.language == "zh" and abs(value) >= _TEN_THOUSAND:
        return f"{value / _TEN_THOUSAND:,.4g}万"
    if abs(value) >= _THOUSAND:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def percent(value: float) -> str:
    """Write a share as percentage."""
    return f"{value * 100:.0f}%".replace("-", "−")


def tally(kit: Kit, inside: npt.NDArray[np.bool_], weights: Numbers) -> str:
    """Write how many there are and which share of the area they have."""
    whole = float(weights.sum())
    share = float(weights[inside].sum()) / whole if whole else 0.0
    return kit.say(f"{int(inside.sum())} 个 · {share:.1%}", f"{int(inside.sum())} · {share:.1%}")


def class_rows(
    kit: Kit,
    classes: Classes,
    places: Places,
    colours: Sequence[str],
    write: Callable[[float], str] | None = None,
) -> list[Row]:
    """Return legend rows of classes of control units, the highest first, with counts and area shares."""
    rows = []
    bounds = [write(bound) if write else written(bound, kit) for bound in classes.bounds]
    for place in range(len(bounds) - 1, -1, -1):
        text = f"{bounds[place - 1]} – {bounds[place]}" if place else f"≤ {bounds[place]}"
        rows.append(Row(text, colours[place], tally(kit, places == place, kit.unit_km2)))
    if (places < 0).any():
        rows.append(
            Row(kit.say("无数据", "no data"), kit.theme.inks["empty"], tally(kit, places < 0, kit.unit_km2))
        )
    return rows


def ramp(kit: Kit, name: str, count: int) -> list[str]:
    """Return ``count`` colours of a ramp, from its ends inwards."""
    colours = list(kit.theme.ramps[name])
    places = np.linspace(0, len(colours) - 1, count).round().astype(int) if count > 1 else [len(colours) - 1]
    return [colours[place] for place in places]


def fill_units(
    kit: Kit, pane: Pane, faces: Sequence[str], hatches: Sequence[str] | None = None, *, small: bool = False
) -> None:
    """Fill the control units."""
    width = kit.theme.line_pt("unit") * (0.6 if small else 1.0)
    pane.fill(kit.units, faces, kit.theme.inks["unit_dark"], width, hatches)


def colours_of(places: Places, colours: Sequence[str], empty: str) -> list[str]:
    """Return the colour of every place; ``empty`` for -1."""
    return [colours[place] if place >= 0 else empty for place in places]


def unit_names(kit: Kit) -> Mapping[str, str]:
    """Return names of control units without their district and without their class."""
    rows = (
        kit.table("zoning.control_units")
        .select("control_unit_code", "control_unit_name", "district_code")
        .rows()
    )
    names = {}
    for code, name, district in rows:
        short = name.removeprefix(kit.district_names.get(district, ""))
        ending = next((one for one in _ENDINGS if short.endswith(one) and short != one), "")
        names[code] = one_line(short.removesuffix(ending) or name)
    return names


def label_units(sheet: Sheet, pane: Pane, importance: Mapping[str, float], most: int) -> None:
    """Write the names of the most important control units where there is room."""
    kit = sheet.kit
    chosen = sorted(importance.items(), key=lambda one: (-one[1], one[0]))[:most]
    names, at = unit_names(kit), pane.on_paper(kit.units.middles())
    places = {code: place for place, code in enumerate(kit.units.codes)}
    size = sheet.points("feature") * POINT_MM
    labels = [
        Label(names[code], float(at[places[code], 0]), float(at[places[code], 1]), size, value, offsets=NEAR)
        for code, value in chosen
        if code in places
    ]
    sheet.names(labels, "feature")


def classing(kit: Kit, classes: Classes) -> str:
    """Say how the classes were made."""
    zh, en = {
        "natural": ("自然断点分级（Fisher–Jenks）", "natural breaks (Fisher–Jenks)"),
        "natural_log": (
            "对数值自然断点分级（Fisher–Jenks）",
            "natural breaks of the logarithm (Fisher–Jenks)",
        ),
        "quantile": ("分位数分级", "quantiles"),
        "fixed": ("固定界限分级", "fixed bounds"),
    }[classes.method]
    return kit.say(
        f"分级：{zh}。色块后为单元个数与面积占比。", f"Classes: {en}. Count and share of area behind each."
    )
