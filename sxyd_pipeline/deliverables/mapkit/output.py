"""Finished drawings as PDF and PNG, the same bytes whenever the drawing is the same."""

import gc
import io
from dataclasses import dataclass
from typing import Any

from matplotlib.backends import backend_agg
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from PIL import Image

#: Has no types of its own.
_AGG: Any = backend_agg
#: Colours of a picture file: a map has few, and a palette makes the file a third as large.
_PALETTE = 255


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished map or chart.

    Attributes:
        png: picture.
        vector: one PDF page, with the fonts it uses.
    """

    png: bytes
    vector: bytes


def pdf_of(figure: Figure, title: str) -> bytes:
    """Return a figure as one PDF page; no date in it."""
    buffer = io.BytesIO()
    metadata = {"Title": title, "Creator": "sxyd_pipeline", "Producer": None, "CreationDate": None}
    FigureCanvasPdf(figure).print_figure(buffer, format="pdf", metadata=metadata)
    return buffer.getvalue()


def png_of(figure: Figure, dpi: int) -> bytes:
    """Return a figure as PNG with its resolution written in."""
    figure.set_dpi(dpi)
    width, height = (round(inches * dpi) for inches in figure.get_size_inches())
    renderer = _AGG.RendererAgg(width, height, dpi)
    figure.draw(renderer)
    picture = Image.frombuffer("RGBA", (width, height), renderer.buffer_rgba()).convert("RGB")
    buffer = io.BytesIO()
    indexed = picture.quantize(_PALETTE, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    indexed.save(buffer, format="PNG", compress_level=6, dpi=(dpi, dpi))
    return buffer.getvalue()


def saved(figure: Figure, title: str, dpi: int) -> Drawing:
    """Return a figure as picture and as PDF page.

    Letters keep hold of what they were last drawn on. So the picture comes first, and its 17 MB of
    pixels go when the PDF is drawn; the collector is told, since renderers refer to themselves.
    """
    png = png_of(figure, dpi)
    vector = pdf_of(figure, title)
    gc.collect(1)
    return Drawing(png, vector)
