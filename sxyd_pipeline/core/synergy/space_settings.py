"""Settings of grid, permutations and coupling: ``data/reference/synergy_parameters.csv`` and the city."""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.errors import Place, SxydError

_FILE = "data/reference/synergy_parameters.csv"
GRID_CELL = "grid_cell_km"


class MissingSynergyParameterError(SxydError):
    """A parameter of grid, space or coupling is not in the reference data."""

    def __init__(self, parameter: str) -> None:
        """Name it."""
        super().__init__(
            f"协同参数表中没有 {parameter}",
            f"the table of synergy parameters has no {parameter}",
            remedy_zh=f"在 {_FILE} 中补充该行并注明出处",
            remedy_en=f"add the row to {_FILE} with its source",
            place=Place(file=_FILE, column="parameter", value=parameter),
        )


def setting(parameters: pl.DataFrame, name: str) -> float:
    """Return a value of ``synergy_parameters.csv``.

    Raises:
        MissingSynergyParameterError: it is not there.
    """
    found = parameters.filter(pl.col("parameter") == name)["value"]
    if found.is_empty():
        raise MissingSynergyParameterError(name)
    return float(found[0])


def cell_side_km(parameters: pl.DataFrame, config: CityConfig) -> float:
    """Return the side of a grid cell (km): ``[methods] grid_cell_km`` of the city, or the default.

    Raises:
        InvalidConfigError: the city states something else than a positive number.
    """
    stated = config.methods.extra.get(GRID_CELL)
    if stated is None:
        return setting(parameters, GRID_CELL)
    if isinstance(stated, bool) or not isinstance(stated, int | float) or not 0.0 < stated < float("inf"):
        raise InvalidConfigError.not_allowed(
            "city.toml", f"methods.{GRID_CELL}", stated, "大于 0 的数字", "a number above 0"
        )
    return float(stated)
