"""The look of maps and charts, read from theme.toml."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

#: A typographic point, in millimetres.
POINT_MM = 25.4 / 72.0


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours, sizes and lines.

    Attributes:
        class_colours: colour of control class 1, 2 and 3.
        text_pt: sizes of type on an A3 sheet, by use.
        figure_pt: sizes of type on a figure of the report, by use.
        lines_mm: line widths, by use.
        inks: single colours, by use.
        ramps: colours from low to high, by name.
        bivariate: three rows (pollution) of three colours (carbon).
        clusters: colour of each kind of local cluster.
        quadrants: colour of each class of intensity.
        verdicts: colour of each verdict.
        series: colours, hatches and markers of series, and the colours of rise, fall and total.
    """

    class_colours: Mapping[int, str]
    text_pt: Mapping[str, float]
    figure_pt: Mapping[str, float]
    lines_mm: Mapping[str, float]
    inks: Mapping[str, str]
    ramps: Mapping[str, Sequence[str]]
    bivariate: Sequence[Sequence[str]]
    clusters: Mapping[str, str]
    quadrants: Mapping[str, str]
    verdicts: Mapping[str, str]
    series: Mapping[str, Any]

    def line_pt(self, use: str) -> float:
        """Return a line width in points."""
        return self.lines_mm[use] / POINT_MM


@cache
def theme_of(city_code: str, province: str) -> Theme:
    """Return the theme of a city, with its own or its province's class colours where the file has them."""
    text = resources.files("sxyd_pipeline.deliverables").joinpath("theme.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)
    scheme = scheme_of(values["class_colours"], city_code, province)
    return Theme(
        class_colours={1: scheme["priority"], 2: scheme["key"], 3: scheme["general"]},
        bivariate=values["bivariate"]["cells"],
        **{
            name: values[name]
            for name in (
                "text_pt", "figure_pt", "lines_mm", "inks", "ramps", "clusters", "quadrants", "verdicts",
                "series",
            )
        },
    )  # fmt: skip


def scheme_of(schemes: Mapping[str, Mapping[str, str]], city_code: str, province: str) -> Mapping[str, str]:
    """Return the class colours of a city, else of its province, else the default ones."""
    return schemes.get(city_code) or schemes.get(province) or schemes["default"]
