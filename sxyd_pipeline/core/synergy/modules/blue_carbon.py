"""Blue carbon: what nearshore habitats bury in a year."""

import polars as pl

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.modules.failures import UnknownHabitatError
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

_M2_PER_HA, _T_PER_G = 1e4, 1e-6


def bury_carbon(areas: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """Compute the burial of each row: ``S = A * b * 44/12``.

    Args:
        areas: ``habitat``, ``area_ha`` and any further columns; an own ``burial_gc_per_m2`` in gC/(m2 a),
            where it is filled, goes before the table.
        rates: ``habitat``, ``burial_gc_per_m2``, ``low_gc_per_m2``, ``high_gc_per_m2``.

    Returns:
        ``areas`` in their order with ``burial_gc_per_m2``, ``burial_tco2_per_year``, ``low_tco2_per_year``,
        ``high_tco2_per_year`` and ``basis``. An own rate has no range: both bounds are the value.

    Raises:
        UnknownHabitatError: a habitat has neither an own rate nor one in the table.
    """
    table = rates.select("habitat", _rate="burial_gc_per_m2", _low="low_gc_per_m2", _high="high_gc_per_m2")
    has_own = "burial_gc_per_m2" in areas.columns
    own = pl.col("burial_gc_per_m2") if has_own else pl.lit(None, dtype=pl.Float64)
    rows = areas.join(table, on="habitat", how="left", maintain_order="left").with_columns(
        is_own=own.is_not_null(), burial_gc_per_m2=pl.coalesce(own, "_rate")
    )
    lacking = rows.filter(pl.col("burial_gc_per_m2").is_null())["habitat"].unique().to_list()
    if lacking:
        raise UnknownHabitatError([str(one) for one in lacking], rates["habitat"].to_list())
    rate = pl.col("burial_gc_per_m2")
    to_tonnes = _M2_PER_HA * _T_PER_G * CO2_PER_CARBON
    return rows.with_columns(
        burial_tco2_per_year=pl.col("area_ha") * rate * to_tonnes,
        low_tco2_per_year=pl.col("area_ha") * pl.when("is_own").then(rate).otherwise("_low") * to_tonnes,
        high_tco2_per_year=pl.col("area_ha") * pl.when("is_own").then(rate).otherwise("_high") * to_tonnes,
        basis=pl.when("is_own").then(pl.lit("package")).otherwise(pl.lit("reference")),
    ).drop("_rate", "_low", "_high", "is_own")


def account_blue_carbon(coastal_habitats: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Return ``synergy.blue_carbon``: burial of every nearshore zone, habitat and year, in tCO2/a.

    Args:
        coastal_habitats: ``inputs.coastal_habitats``.
        reference: ``blue_carbon``.
    """
    areas = coastal_habitats.select(
        "city_code", "zone_code", "habitat", "year", "area_ha", "burial_gc_per_m2"
    )
    names = reference.blue_carbon.select("habitat", habitat_zh="name_zh")
    buried = bury_carbon(areas, reference.blue_carbon).join(
        names, on="habitat", how="left", maintain_order="left"
    )
    return with_provenance(
        buried,
        method_id="blue_carbon_burial",
        formula_variant="埋藏速率 × 面积 × 44/12；不含水体溶解碳",
        inputs=inputs_hash(coastal_habitats, reference.blue_carbon),
    ).sort("zone_code", "habitat", "year")
