"""A layer of features that receives the tonnes of sources."""

from dataclasses import dataclass

from sxyd_pipeline.core.zoning.projection import Geometries

#: Code of the rest of the city, outside every zone of an element that does not cover it.
OUTSIDE = "*"


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that receives tonnes.

    Attributes:
        name: ``district``, ``control_unit`` or an element.
        codes: codes of the features, ascending, so that the lowest index is the lowest code.
        polygons: their polygons on the working grid.
        covers_city: whether the layer is meant to cover the territory.
        may_miss: whether tonnes may lie outside every feature (elements; ``*`` receives them).
    """

    name: str
    codes: list[str]
    polygons: Geometries
    covers_city: bool
    may_miss: bool
