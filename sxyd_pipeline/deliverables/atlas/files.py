"""The atlas and the charts of a release as files."""

import io
from collections.abc import Mapping

from matplotlib.figure import Figure
from PIL import Image

from sxyd_pipeline.deliverables.atlas.book import Page, bind
from sxyd_pipeline.deliverables.atlas.sheets import GROUPS, Map, maps_of
from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.charts.figures import CHARTS
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.mapkit.furniture import finish
from sxyd_pipeline.deliverables.mapkit.kit import Kit, open_kit
from sxyd_pipeline.deliverables.mapkit.output import saved
from sxyd_pipeline.deliverables.mapkit.sheet import A3
from sxyd_pipeline.deliverables.mapkit.typeface import fonts_for

#: Resolution of a sheet as picture: 2480 by 1754 pixels.
_SHEET_DPI = 150
_CHART_DPI = 200
#: What the UI shows first.
_PREVIEWED = ("control_units", "co2_density")
_PREVIEW_WIDTH = 900
_ACROSS, _THUMB_WIDTH = 5, 300


def write(edition: Edition, language: Language, progress: Progress) -> Mapping[str, bytes]:
    """Write ``atlas.pdf``, ``atlas/<map>.png``, ``charts/<chart>.png`` and ``charts/<chart>.pdf``.

    A map or chart whose tables the release lacks, or whose module did not run, is left out.

    Args:
        edition: the release.
        language: ``zh`` or ``en``; names in the data keep theirs.
        progress: told which file is written.

    Raises:
        MissingGlyphError: a character that no font can draw.
        OutsideChinaError: the city lies outside the zones of the national projection.
    """
    maps = maps_of(edition)
    charts = {one: kind for one, kind in CHARTS.items() if kind.is_there(edition)}
    total = len(maps) + len(charts) + 1
    files: dict[str, bytes] = {}
    pages: list[Page] = []
    with open_kit(edition, language) as kit:
        sheets = [_sheet(kit, one, number) for number, one in enumerate(maps, start=1)]
        drawn = {one: _chart(kit, one) for one in charts}
        with fonts_for([*sheets, *drawn.values()], "atlas"):
            for number, one in enumerate(maps, start=1):
                title = one.title(edition, language)
                progress(title, number, total)
                made = saved(sheets.pop(0), title, _SHEET_DPI)
                pages.append(Page(one.map_id, number, one.group, _listed(one, language), made.vector))
                files[f"atlas/{number:02d}_{one.map_id}.png"] = made.png
            for place, chart in enumerate(charts, start=len(maps) + 1):
                title = _chart_title(kit, chart)
                progress(title, place, total)
                made = saved(drawn.pop(chart), title, _CHART_DPI)
                files |= {f"charts/{chart}.pdf": made.vector, f"charts/{chart}.png": made.png}
    progress("atlas.pdf", total, total)
    groups = [(group, zh if language == "zh" else en) for group, (zh, en) in GROUPS.items()]
    return {"atlas.pdf": bind(edition, language, groups, pages), **files, **_previews(files)}


def _listed(one: Map, language: Language) -> str:
    return one.zh if language == "zh" else one.en


def _sheet(kit: Kit, one: Map, number: int) -> Figure:
    sheet = one.draw(kit, A3)
    sources = kit.say("、", ", ").join(one.needs)
    finish(sheet, number, one.title(kit.edition, kit.language), sheet.subtitle, sources)
    return sheet.figure


def _chart_title(kit: Kit, chart: str) -> str:
    return (
        kit.edition.city_name + CHARTS[chart].zh
        if kit.language == "zh"
        else f"{CHARTS[chart].en} · {kit.edition.city_name}"
    )


def _chart(kit: Kit, chart: str) -> Figure:
    made = CHARTS[chart].draw(kit)
    made.title(_chart_title(kit, chart))
    return made.figure


def _previews(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return pictures for the UI: all maps at a glance, and two of them larger."""
    names = [name for name in files if name.startswith("atlas/")]
    found = {"_preview/atlas.png": contact_sheet([files[name] for name in names])}
    for wanted in _PREVIEWED:
        for name in names:
            if name.endswith(f"_{wanted}.png") and name.count("_") == wanted.count("_") + 1:
                found[f"_preview/{wanted}.png"] = _scaled(files[name])
    return found


def contact_sheet(pictures: list[bytes], across: int = _ACROSS, width: int = _THUMB_WIDTH) -> bytes:
    """Return small pictures of all maps, row by row."""
    thumbs = []
    for content in pictures:
        with Image.open(io.BytesIO(content)) as opened:
            thumbs.append(
                opened.convert("RGB").resize(
                    (width, width * opened.height // opened.width), Image.Resampling.BOX
                )
            )
    height = max((one.height for one in thumbs), default=1)
    rows = -(-len(thumbs) // across)
    whole = Image.new("RGB", (across * width, max(rows, 1) * height), "#FFFFFF")
    for place, thumb in enumerate(thumbs):
        whole.paste(thumb, (place % across * width, place // across * height))
    return _encoded(whole)


def _scaled(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content)) as opened:
        size = (_PREVIEW_WIDTH, _PREVIEW_WIDTH * opened.height // opened.width)
        return _encoded(opened.convert("RGB").resize(size, Image.Resampling.BOX))


def _encoded(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.quantize(200, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
        buffer, format="PNG", optimize=True
    )
    return buffer.getvalue()
