"""Tables of the module ``ecology``: stocks, their change, and sinks of a city's ecological space."""

import polars as pl

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.modules.carbon import (
    carbon_change,
    carbon_sink,
    carbon_stock,
    densities_of,
    nep_fluxes,
)
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance

#: Densities used where the package brings none.
DENSITY_SET = "default"
_AREA = ("city_code", "scope_type", "scope_code", "land_class", "year", "area_ha")
_CHANGE = (
    "city_code", "scope_type", "scope_code", "from_class", "to_class", "from_year", "to_year", "area_ha",
)  # fmt: skip


def account_carbon_stocks(land_use: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Return ``synergy.carbon_stocks``: the stock of every area, land class and year, in tC.

    Args:
        land_use: ``inputs.land_use``.
        reference: ``carbon_densities``; own densities of the package go before them.
    """
    densities = densities_of(reference.carbon_densities, DENSITY_SET)
    stocks = carbon_stock(land_use.select(*_AREA, "density_tc_per_ha"), densities)
    return with_provenance(
        _named(stocks, reference),
        method_id="carbon_stock",
        formula_variant=_variant(f"四库合计；密度集 {DENSITY_SET}"),
        inputs=inputs_hash(land_use, densities),
    ).sort("scope_type", "scope_code", "land_class", "year")


def account_carbon_changes(land_changes: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Return ``synergy.carbon_changes``: change of stock, and beside it of the sink, by transition.

    Args:
        land_changes: ``inputs.land_changes``.
        reference: ``carbon_densities`` and ``carbon_fluxes``.
    """
    densities = densities_of(reference.carbon_densities, DENSITY_SET)
    fluxes = nep_fluxes(reference.carbon_fluxes)
    changes = carbon_change(land_changes.select(_CHANGE), densities, fluxes)
    return with_provenance(
        changes,
        method_id="carbon_transition",
        formula_variant=f"转移矩阵；密度集 {DENSITY_SET}；碳汇变化另列，不相加",
        inputs=inputs_hash(land_changes, densities, fluxes),
    ).sort(_CHANGE[1:7])


def account_carbon_sinks(land_use: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Return ``synergy.carbon_sinks``: the yearly sink of every area, land class and year, in tCO2/a.

    Args:
        land_use: ``inputs.land_use``; rows whose own flux is NPP or GPP are refused, not replaced.
        reference: ``carbon_fluxes``; only NEP-type rows serve.
    """
    fluxes = nep_fluxes(reference.carbon_fluxes)
    sinks = carbon_sink(land_use.select(*_AREA, "flux_tco2_per_ha", "flux_kind"), fluxes)
    return with_provenance(
        _named(sinks, reference),
        method_id="carbon_flux_nep",
        formula_variant=_variant("NEP 型通量；不与储量变化相加"),
        inputs=inputs_hash(land_use, fluxes),
    ).sort("scope_type", "scope_code", "land_class", "year")


def _named(rows: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    names = reference.carbon_densities.select("land_class", land_class_zh="name_zh").unique(
        "land_class", keep="first", maintain_order=True
    )
    return rows.join(names, on="land_class", how="left", maintain_order="left")


def _variant(words: str) -> pl.Expr:
    own = pl.when(pl.col("basis") == "package").then(pl.lit("；数据包自带值"))
    return pl.concat_str(pl.lit(words), own.otherwise(pl.lit("")))
