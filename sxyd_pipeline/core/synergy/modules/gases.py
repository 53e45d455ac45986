"""Greenhouse gases other than CO2: where they come from, and fluorinated gases of facilities."""

import polars as pl

from sxyd_pipeline.core.inventory.errors import UnknownGwpSetError
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance
from sxyd_pipeline.vocabulary.species import GREENHOUSE_GASES

#: The module's gases; CO2 has its own accounts.
NON_CO2 = tuple(gas for gas in GREENHOUSE_GASES if gas != "CO2")
#: Fluorinated gases: they leak from equipment and have no factor of an activity here.
FLUORINATED = tuple(gas for gas in NON_CO2 if gas not in {"CH4", "N2O"})
_UNIT_LAYER = "control_unit"


def as_co2e(emissions: pl.DataFrame, gwp: pl.DataFrame, gwp_set: str) -> pl.DataFrame:
    """Turn tonnes of gases into CO2 equivalents with one set of warming potentials.

    Args:
        emissions: ``species`` (CO2, CH4, N2O, HFCs as HFC-134a, PFCs as CF4, SF6, NF3) and ``emission_t``, in
            any unit of mass; further columns are kept.
        gwp: ``data/reference/gwp.csv``.
        gwp_set: AR4, AR5, AR6 ...

    Returns:
        ``emissions`` in their order with ``gwp``, ``co2e_tco2e`` (in the same unit of mass) and ``gwp_set``.

    Raises:
        UnknownGwpSetError: the set does not exist or lacks one of the gases.
    """
    known = gwp.filter((pl.col("gwp_set") == gwp_set) & pl.col("species").is_not_null()).select(
        "species", gwp="value"
    )
    rows = emissions.join(known, on="species", how="left", maintain_order="left")
    lacking = rows.filter(pl.col("gwp").is_null())["species"].unique().sort().to_list()
    if lacking:
        raise UnknownGwpSetError(gwp_set, [str(gas) for gas in lacking])
    return rows.with_columns(co2e_tco2e=pl.col("emission_t") * pl.col("gwp"), gwp_set=pl.lit(gwp_set))


def account_gases(source_emissions: pl.DataFrame, placements: pl.DataFrame) -> pl.DataFrame:
    """Return ``synergy.non_co2``: gases by control unit, source category and year.

    Args:
        source_emissions: ``inventory.emissions``; CO2e with the city's GWP set stands there already.
        placements: ``baseline.placements``.

    Returns:
        Tonnes and tCO2e; per gas and year they sum to the inventory.
    """
    gases = source_emissions.filter(pl.col("species").is_in(list(NON_CO2)))
    units = placements.filter(pl.col("layer") == _UNIT_LAYER).select("spread_id", "code", "share")
    keys = ("city_code", "control_unit_code", "source_category", "species", "year")
    table = (
        # Sources of one spread go the same way: summed first, the join stays small.
        gases.sort("source_id")
        .group_by(
            "city_code", "spread_id", "source_category", "species", "year", "gwp_set", maintain_order=True
        )
        .agg(pl.col("emission_t", "co2e_tco2e").sum())
        .join(units.rename({"code": "control_unit_code"}), on="spread_id", maintain_order="left")
        .with_columns(pl.col("emission_t", "co2e_tco2e") * pl.col("share"))
        .sort(*keys, "spread_id")
        .group_by(*keys, maintain_order=True)
        .agg(pl.col("emission_t", "co2e_tco2e").sum(), pl.col("gwp_set").first())
    )
    city = pl.col("co2e_tco2e").sum().over("year")
    shares = table.with_columns(
        co2e_share_of_city=pl.when(city > 0).then(pl.col("co2e_tco2e") / city).otherwise(0.0)
    )
    return with_provenance(
        shares,
        method_id="non_co2_account",
        formula_variant=pl.concat_str(pl.lit("GWP100，"), "gwp_set", pl.lit("；按落位份额")),
        inputs=inputs_hash(source_emissions, placements),
    )


def list_fugitive_gases(
    source_emissions: pl.DataFrame, facilities: pl.DataFrame, placements: pl.DataFrame
) -> pl.DataFrame:
    """Return ``synergy.fugitive_gases``: fluorinated gases facilities report, with park and control unit.

    Args:
        source_emissions: ``inventory.emissions``.
        facilities: ``inputs.facilities``.
        placements: ``baseline.placements``; a facility lies in one control unit.

    Returns:
        One row per facility, gas and year; none where nobody reports such a gas.
    """
    keys = ("facility_id", "species", "year")
    reported = source_emissions.filter(
        pl.col("species").is_in(list(FLUORINATED)), pl.col("facility_id").is_not_null()
    )
    unit_of = (
        placements.filter(pl.col("layer") == _UNIT_LAYER)
        .sort("share", "code", descending=[True, False])
        .unique("spread_id", keep="first", maintain_order=True)
        .select("spread_id", control_unit_code="code")
    )
    described = facilities.select("facility_id", "facility_name", "park_name")
    table = (
        reported.join(unit_of, on="spread_id", how="left", maintain_order="left")
        .sort(*keys, "source_id")
        .group_by(*keys, maintain_order=True)
        .agg(
            pl.col("emission_t", "co2e_tco2e").sum(),
            pl.col("city_code", "gwp_set", "data_label", "control_unit_code").first(),
        )
        .join(described, on="facility_id", how="left", maintain_order="left")
    )
    return with_provenance(
        table,
        method_id="non_co2_account",
        formula_variant=pl.concat_str(pl.lit("企业填报，GWP100，"), "gwp_set"),
        inputs=inputs_hash(source_emissions, facilities, placements),
    )
