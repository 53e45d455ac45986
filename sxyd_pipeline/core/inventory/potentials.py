"""CO2 equivalents with one set of warming potentials; sets are never mixed."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.inventory.errors import UnknownGwpSetError
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.species import GREENHOUSE_GASES


def potentials(reference: Reference, gwp_set: str) -> dict[str, float]:
    """Return the GWP-100 of each species in one set (HFCs as HFC-134a, PFCs as CF4).

    Raises:
        UnknownGwpSetError: the set does not exist.
    """
    rows = reference.gwp.filter((pl.col("gwp_set") == gwp_set) & pl.col("species").is_not_null())
    if rows.is_empty():
        raise UnknownGwpSetError(gwp_set, [])
    return dict(zip(rows["species"].to_list(), rows["value"].to_list(), strict=True))


def require_potentials(species: Sequence[str], reference: Reference, gwp_set: str) -> None:
    """Refuse a set that lacks one of the gases.

    Raises:
        UnknownGwpSetError: names the gases without a value.
    """
    known = potentials(reference, gwp_set)
    missing = sorted(gas for gas in species if gas in GREENHOUSE_GASES and gas not in known)
    if missing:
        raise UnknownGwpSetError(gwp_set, missing)


def co2e_of(reference: Reference, gwp_set: str) -> pl.Expr:
    """Return the CO2 equivalent of ``emission_t`` in tCO2e; null for air pollutants."""
    known = potentials(reference, gwp_set)
    return pl.col("emission_t") * pl.col("species").replace_strict(
        known, default=None, return_dtype=pl.Float64
    )


def gwp_set_of(reference: Reference, gwp_set: str) -> pl.Expr:
    """Return the name of the set for greenhouse gases, null for air pollutants."""
    known = potentials(reference, gwp_set)
    return pl.when(pl.col("species").is_in(list(known))).then(pl.lit(gwp_set))
