"""Last step of every table of measures: the columns its contract promises, in its order."""

import polars as pl

from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core.synergy.provenance import with_provenance


def publish(
    frame: pl.DataFrame,
    table: Table,
    city_code: str,
    *,
    method_id: str,
    formula_variant: str | pl.Expr,
    inputs: str,
) -> pl.DataFrame:
    """Return the rows with city and provenance, the columns of the contract, sorted by its key.

    Args:
        frame: rows with at least the columns of the contract but city and provenance.
        table: contract.
        city_code: city.
        method_id: method of ``data/reference/methods.csv``.
        formula_variant: variant of the formula and the choices made in it.
        inputs: hash of the tables the rows are computed from.
    """
    made = with_provenance(
        frame.with_columns(city_code=pl.lit(city_code)),
        method_id=method_id,
        formula_variant=formula_variant,
        inputs=inputs,
    )
    return made.select(pl.col(name).cast(dtype) for name, dtype in table.schema.items()).sort(table.key)
