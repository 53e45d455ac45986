"""Sums across columns in one stated order.

The engine's own horizontal sum deals the columns out to its threads, so that the last digits depend on how
many there are; the same inputs must give the same bytes on every machine.
"""

from collections.abc import Iterable
from functools import reduce
from operator import add

import polars as pl


def add_up(columns: Iterable[str | pl.Expr]) -> pl.Expr:
    """Return the sum of columns, left to right; what is missing adds nothing.

    Args:
        columns: names or expressions, at least one.
    """
    terms = [pl.col(one) if isinstance(one, str) else one for one in columns]
    # A missing term is no term: the callers say where a sum of nothing is to be empty.
    return reduce(add, (term.fill_null(0.0) for term in terms))
