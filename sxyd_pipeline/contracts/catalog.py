"""All contracts by asset name and by table name: the one catalogue everything follows."""

from collections.abc import Callable, Iterable
from types import ModuleType

from sxyd_pipeline.contracts import (
    access,
    analysis,
    baseline,
    inputs,
    inventory,
    meta,
    projection,
    quality,
    synergy,
    synergy_modules,
    zoning,
)
from sxyd_pipeline.contracts.model import Table

_MODULES: tuple[ModuleType, ...] = (
    inputs,
    inventory,
    zoning,
    baseline,
    analysis,
    projection,
    synergy,
    synergy_modules,
    access,
    quality,
    meta,
)

TABLES: tuple[Table, ...] = tuple(table for module in _MODULES for table in module.TABLES)
TABLE_BY_ASSET = {table.asset: table for table in TABLES}
TABLE_BY_NAME = {table.full_name: table for table in TABLES}

#: Tables made by an asset of the graph, one shard per city. The rest is assembled at release.
ASSET_TABLES = tuple(
    table
    for table in TABLES
    if table.group not in {"quality", "meta"} or table.asset in {"uncertainty", "lints"}
)


def in_force(tables: Iterable[Table], has_module: Callable[[str], bool]) -> tuple[Table, ...]:
    """Return the tables a city has: those of every city, and those of the modules it has on.

    Args:
        tables: contracts to choose from, such as :data:`TABLES`.
        has_module: tells whether a module is on (``CityConfig.has_module``).
    """
    return tuple(table for table in tables if not table.module or has_module(table.module))
