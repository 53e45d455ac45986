"""A small map of a result for the Dagster UI: enough to see that shapes and magnitudes are right."""

import base64
import io
from functools import cache
from typing import Any

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pylopdf_fonts_zh_cn
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import PathCollection
from matplotlib.colors import LinearSegmentedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
from shapely.geometry import MultiPolygon, Polygon

from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE, ControlClass

CLASS_COLOURS = {1: "#1A7A4A", 2: "#F0803C", 3: "#FFF3B0"}
PLAIN, EDGE = "#DCE6EC", "#5B6B73"
RAMP = LinearSegmentedColormap.from_list("density", ["#FFF3D6", "#F4B25E", "#D9662C", "#8C2D04"])
EXAMPLE_MARK = "示例数据"
_NO_TICKS: dict[str, Any] = {"xticks": (), "yticks": ()}

#: Pictures live in the event log, so they stay small; the colours of a map compress well.
MAXIMUM_BYTES = 200_000
_SIZES_DPI = (80, 50)
#: Finer detail than a 600 pixel picture of a city can show.
_PIXELS_ACROSS = 1500.0
_SPREAD_FOR_LOG = 50.0


@cache
def chinese() -> font_manager.FontProperties:
    """Return the Chinese font that ships with the program."""
    return font_manager.FontProperties(fname=str(pylopdf_fonts_zh_cn.sans_path()))


def preview_classes(layer: gpd.GeoDataFrame, title: str) -> str:
    """Draw polygons by control class where they have one; return a PNG as data URI.

    Several elements (``element``) are drawn side by side, since they overlap.
    """
    elements = sorted(set(layer["element"])) if "element" in layer.columns else [""]
    figure = Figure(figsize=(4.2 * min(len(elements), 3) + 1.2, 4.2 * -(-len(elements) // 3) + 0.6))
    for place, element in enumerate(elements, start=1):
        axes = figure.add_subplot(-(-len(elements) // 3), min(len(elements), 3), place, **_NO_TICKS)
        part = layer[layer["element"] == element] if element else layer
        _draw(axes, part, _class_colours(part))
        if element in ELEMENT_BY_CODE:
            axes.set_title(ELEMENT_BY_CODE[element].zh, fontproperties=chinese(), fontsize=10)
    if "control_class" in layer.columns and layer["control_class"].notna().any():
        shown = sorted({int(value) for value in layer["control_class"].dropna()})
        handles = [Patch(facecolor=CLASS_COLOURS[c], edgecolor=EDGE, label=ControlClass(c).zh) for c in shown]
        figure.legend(handles=handles, loc="lower right", prop=chinese(), fontsize=8)
    return _finish(figure, title, layer)


def preview_values(layer: gpd.GeoDataFrame, column: str, title: str, legend: str) -> str:
    """Draw polygons by a value on a sequential ramp; return a PNG as data URI.

    The ramp is logarithmic where values differ by more than a factor of 50.
    """
    figure = Figure(figsize=(6.4, 4.8))
    # Places are given: to work a layout out takes longer than to draw the map.
    axes = figure.add_axes((0.02, 0.02, 0.78, 0.88), **_NO_TICKS)
    values = layer[column].to_numpy(dtype=float)
    positive = values[np.isfinite(values) & (values > 0)]
    norm: Normalize = Normalize(0.0, float(positive.max()) if positive.size else 1.0)
    if positive.size and positive.max() / positive.min() > _SPREAD_FOR_LOG:
        low, high = np.quantile(positive, 0.02), positive.max()
        norm = LogNorm(float(low), float(high), clip=True)
    colours = [mpl.colors.to_hex(RAMP(norm(v))) if np.isfinite(v) and v > 0 else "#FFFFFF" for v in values]
    _draw(axes, layer, colours)
    bar = figure.colorbar(mpl.cm.ScalarMappable(norm, RAMP), cax=figure.add_axes((0.84, 0.16, 0.03, 0.62)))
    bar.set_label(legend, fontproperties=chinese())
    return _finish(figure, title, layer)


def _class_colours(layer: gpd.GeoDataFrame) -> list[str]:
    if "control_class" not in layer.columns:
        return [PLAIN] * len(layer)
    known = layer["control_class"].notna()
    return [
        CLASS_COLOURS.get(int(value), PLAIN) if has else PLAIN
        for value, has in zip(layer["control_class"], known, strict=True)
    ]


def _draw(axes: Axes, layer: gpd.GeoDataFrame, colours: list[str]) -> None:
    west, south, east, north = layer.total_bounds
    # Two borders may cross by less than a pixel; nobody computes with a picture.
    detail = max(east - west, north - south) / _PIXELS_ACROSS
    shapes = layer.geometry.simplify(detail, preserve_topology=False)
    outlines, faces = [], []
    for shape, colour in zip(shapes, colours, strict=True):
        for polygon in shape.geoms if isinstance(shape, MultiPolygon) else [shape]:
            if isinstance(polygon, Polygon) and not polygon.is_empty:
                outlines.append(_outline(polygon))
                faces.append(colour)
    axes.add_collection(PathCollection(outlines, facecolors=faces, edgecolors=EDGE, linewidths=0.4))
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)
    # A degree of longitude is shorter than one of latitude.
    axes.set_aspect(1.0 / np.cos(np.radians((south + north) / 2.0)))
    axes.set_axis_off()


def _outline(polygon: Polygon) -> Outline:
    rings = [polygon.exterior, *polygon.interiors]
    return Outline.make_compound_path(
        *(Outline(np.asarray(ring.coords)[:, :2], closed=True) for ring in rings)
    )


def _finish(figure: Figure, title: str, layer: gpd.GeoDataFrame) -> str:
    figure.suptitle(title, fontproperties=chinese(), fontsize=13)
    if "data_label" in layer.columns and (layer["data_label"] == EXAMPLE_MARK).any():
        placed: dict[str, Any] = {"ha": "center", "va": "center", "rotation": 30}
        figure.text(
            0.5,
            0.5,
            EXAMPLE_MARK,
            fontproperties=chinese(),
            fontsize=34,
            color="#808080",
            alpha=0.25,
            **placed,
        )
    return next(
        uri for dpi in _SIZES_DPI if len(uri := _encode(figure, dpi)) < MAXIMUM_BYTES or dpi == _SIZES_DPI[-1]
    )


def _encode(figure: Figure, dpi: int) -> str:
    buffer = io.BytesIO()
    FigureCanvasAgg(figure).print_figure(buffer, dpi=dpi, format="png", metadata={"Software": None})
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
