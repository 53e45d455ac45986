"""``sxyd synth``: deterministic packages of any number and size, for trials and benchmarks."""

from pathlib import Path

import numpy as np

from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.example_city.boundaries import TooFewPrefecturesError, list_prefectures
from sxyd_pipeline.example_city.generator import DEFAULT_SEED, build_invented_city
from sxyd_pipeline.example_city.labels import EXAMPLE_ADCODE


class BadSizeError(SxydError):
    """A number of cities, facilities or control units makes no sense."""

    def __init__(self, name: str, value: int, minimum: int) -> None:
        """Name the number and its least value."""
        super().__init__(
            f"{name} = {value} 无效，应不小于 {minimum}",
            f"{name} = {value} is not possible; it must be {minimum} or more",
            remedy_zh=f"将 {name} 改为不小于 {minimum} 的整数",
            remedy_en=f"give {name} as a whole number of {minimum} or more",
        )


#: Fewer control units than this leave no room for towns, parks and hills.
MINIMUM_CONTROL_UNITS = 20


def build_synthetic_cities(
    folder: Path, cities: int, facilities: int, control_units: int = 90, seed: int = DEFAULT_SEED
) -> list[Path]:
    """Write invented packages below ``folder``, one per city, named by adcode; return their folders.

    Cities stand on the real counties of prefectures in order of their codes (the example city is left
    out); everything but the county polygons is invented and labelled so. A city depends on its own
    code and the seed only: asking for more cities leaves the first ones as they were.

    Args:
        folder: folder of packages, such as ``data/cities``.
        cities: number of packages.
        facilities: facilities of each city.
        control_units: control units wanted in each city, reached within some 20 %.
        seed: the same seed gives the same bytes.

    Raises:
        BadSizeError: a number is too small.
        TooFewPrefecturesError: there are not so many prefectures.
    """
    for name, value, minimum in (
        ("cities", cities, 1),
        ("facilities", facilities, 1),
        ("control_units", control_units, MINIMUM_CONTROL_UNITS),
    ):
        if value < minimum:
            raise BadSizeError(name, value, minimum)
    available = [code for code in list_prefectures() if code != EXAMPLE_ADCODE]
    if cities > len(available):
        raise TooFewPrefecturesError(cities, len(available))
    return [
        build_invented_city(
            folder / adcode, adcode, facilities, control_units, np.random.default_rng([seed, int(adcode)])
        )
        for adcode in available[:cities]
    ]
