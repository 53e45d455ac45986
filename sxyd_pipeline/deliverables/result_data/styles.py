"""QGIS styles that travel inside the GeoPackage: control classes by colour, everything else as outline."""

from xml.sax.saxutils import quoteattr

from sxyd_pipeline.deliverables.preview import CLASS_COLOURS, EDGE
from sxyd_pipeline.deliverables.result_data.fields import Layer
from sxyd_pipeline.vocabulary.elements import ControlClass

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>"
_OPAQUE = "255"


def qml(layer: Layer, language: str) -> str:
    """Return the QML of a layer (QGIS 3): categories by control class, or an outline."""
    renderer = _categories(layer.styled_by, language) if layer.styled_by else _outline()
    aliases = "".join(
        f'<alias index="{place}" field={quoteattr(field.name)} name={quoteattr(field.label(language))}/>'
        for place, field in enumerate(layer.fields)
    )
    head = f'{_HEAD}<qgis version="3.22.0" styleCategories="Symbology|Fields">'
    return f"{head}{renderer}<aliases>{aliases}</aliases></qgis>"


def _categories(column: str, language: str) -> str:
    categories = "".join(
        f'<category render="true" symbol="{int(one)}" value="{int(one)}" '
        f"label={quoteattr(one.zh if language == 'zh' else one.name.capitalize())}/>"
        for one in ControlClass
    )
    symbols = "".join(_symbol(str(int(one)), CLASS_COLOURS[int(one)], "solid") for one in ControlClass)
    return (
        f'<renderer-v2 type="categorizedSymbol" attr={quoteattr(column)} symbollevels="0" enableorderby="0">'
        f"<categories>{categories}</categories><symbols>{symbols}</symbols></renderer-v2>"
    )


def _outline() -> str:
    symbol = _symbol("0", "#FFFFFF", "no")
    head = '<renderer-v2 type="singleSymbol" symbollevels="0" enableorderby="0">'
    return f"{head}<symbols>{symbol}</symbols></renderer-v2>"


def _symbol(name: str, fill: str, style: str) -> str:
    options = {
        "color": _rgba(fill), "outline_color": _rgba(EDGE), "outline_style": "solid", "outline_width": "0.2",
        "outline_width_unit": "MM", "style": style, "joinstyle": "bevel",
    }  # fmt: skip
    properties = "".join(f'<prop k="{key}" v="{value}"/>' for key, value in options.items())
    head = f'<symbol type="fill" name="{name}" alpha="1" clip_to_extent="1">'
    return f'{head}<layer class="SimpleFill" enabled="1" locked="0" pass="0">{properties}</layer></symbol>'


def _rgba(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"{red},{green},{blue},{_OPAQUE}"
