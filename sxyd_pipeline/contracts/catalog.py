"""All contracts by asset name and by table name: the one catalogue everything follows."""

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
