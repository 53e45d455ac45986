"""Lints on carbon of land: NPP taken for a sink, stocks and transitions that do not add up."""

import polars as pl

from sxyd_pipeline.core.inputs.parse import to_number
from sxyd_pipeline.core.lints.findings import gathered, near, prepared, report, shown, threshold
from sxyd_pipeline.core.lints.stated import with_stated
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

STOCK = ("stock_tc", "碳储量")
_NO_SINKS = ("npp", "gpp")


def lint_sink_fluxes(
    frame: pl.DataFrame, carbon_fluxes: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "table"
) -> pl.DataFrame:
    """Find fluxes that are no sinks: named NPP or GPP, or equal to a published NPP of the class.

    Args:
        frame: ``land_class``, ``flux_tco2_per_ha`` (tCO2/(ha a)); optional ``flux_kind`` (nep, nee, nbp,
            npp, gpp).
        carbon_fluxes: ``data/reference/carbon_fluxes.csv``; its rows of kind ``npp`` are what is looked for.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.
    """
    needed = ("land_class", "flux_tco2_per_ha")
    rows = prepared(frame, table_name, needed, {"flux_kind": pl.String}).filter(
        pl.col("flux_tco2_per_ha").is_not_null()
    )
    to_co2 = pl.when(pl.col("unit").str.starts_with("tC/")).then(CO2_PER_CARBON).otherwise(1.0)
    npp = carbon_fluxes.filter(pl.col("kind") == "npp").select("land_class", npp=pl.col("value") * to_co2)
    known = rows.join(npp, on="land_class", how="left", maintain_order="left")
    flux = pl.col("flux_tco2_per_ha")
    # Carbon printed as CO2 would hide the same number.
    tolerance = threshold(rules, "gwp_tolerance_share")
    equals = near(flux, pl.col("npp"), tolerance) | near(flux * CO2_PER_CARBON, pl.col("npp"), tolerance)
    is_named = pl.col("flux_kind").str.to_lowercase().is_in(list(_NO_SINKS)).fill_null(value=False)
    return gathered(
        [
            report(
                known.filter(is_named | equals),
                "npp_used_as_sink",
                table_name,
                "flux_tco2_per_ha",
                value=shown(flux),
                zh="{} 的通量 {} 类型为 {}（文献 NPP {} tCO2/(ha·a)）",
                en="{}: flux {} of kind {} (published NPP {} tCO2/(ha a))",
                told=("land_class", shown(flux), "flux_kind", shown(pl.col("npp"))),
            )
        ]
    )


def lint_carbon_stocks(
    frame: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "table"
) -> pl.DataFrame:
    """Find printed stocks that are not area times density; a ratio of 44/12 says C and CO2 are mixed up.

    Args:
        frame: ``land_class``, ``area_ha``, ``density_tc_per_ha`` and the printed ``stock_tc``.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.
    """
    needed = ("land_class", "area_ha", "density_tc_per_ha", "stock_tc")
    rows = prepared(frame, table_name, needed, {}).with_columns(
        expected=pl.col("area_ha") * pl.col("density_tc_per_ha")
    )
    wrong = rows.filter(
        (pl.col("expected") > 0)
        & ~near(pl.col("stock_tc"), pl.col("expected"), threshold(rules, "product_tolerance_share"))
        & pl.col("stock_tc").is_not_null()
    )
    ratio, tolerance = (
        pl.col("stock_tc") / pl.col("expected"),
        threshold(rules, "carbon_ratio_tolerance_share"),
    )
    is_co2 = near(ratio, CO2_PER_CARBON, tolerance) | near(ratio, 1.0 / CO2_PER_CARBON, tolerance)
    told = ("land_class", shown(pl.col("stock_tc"), 6), shown(pl.col("expected"), 6))
    words = {
        "zh": "{} 打印碳储量 {}，面积 × 碳密度为 {} tC",
        "en": "{}: printed {}, area times density is {} tC",
    }
    printed = shown(pl.col("stock_tc"), 6)
    return gathered(
        [
            report(wrong.filter(chosen), lint_id, table_name, "stock_tc", value=printed, told=told, **words)
            for lint_id, chosen in (("carbon_co2_confused", is_co2), ("stock_not_reconciled", ~is_co2))
        ]
    )  # fmt: skip


def lint_transitions(
    land_changes: pl.DataFrame,
    land_use: pl.DataFrame,
    rules: pl.DataFrame,
    *,
    table_name: str = "land_changes",
) -> pl.DataFrame:
    """Find classes whose transitions do not sum to the area stated for the first or the last year.

    Args:
        land_changes: ``scope_type, scope_code, from_class, to_class, from_year, to_year, area_ha``.
        land_use: ``scope_type, scope_code, land_class, year, area_ha``; areas and years it does not have are
            passed over.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.
    """
    scope = ("scope_type", "scope_code")
    rows = prepared(
        land_changes, table_name, (*scope, "from_class", "to_class", "from_year", "to_year", "area_ha"), {}
    )
    tolerance = threshold(rules, "transition_tolerance_share")
    found = []
    for side in ("from", "to"):
        sums = (
            rows.rename({f"{side}_class": "land_class", f"{side}_year": "year"})
            .group_by(*scope, "land_class", "year", maintain_order=True)
            .agg(summed=pl.col("area_ha").sum(), source_file=pl.col("source_file").first(),
                 source_sheet=pl.col("source_sheet").first(), source_row=pl.col("source_row").first())
        )  # fmt: skip
        both = sums.join(
            land_use.select(*scope, "land_class", "year", stated="area_ha"),
            on=[*scope, "land_class", "year"],
            maintain_order="left",
        )
        bad = both.filter(
            ~near(pl.col("summed"), pl.col("stated"), tolerance) & (pl.col("summed") != pl.col("stated"))
        )
        told = ("scope_code", "year", "land_class", shown(pl.col("summed"), 6), shown(pl.col("stated"), 6))
        found.append(
            report(
                bad,
                "transition_not_sum",
                table_name,
                f"{side}_class",
                value=shown(pl.col("summed"), 6),
                zh="{} {} 年 {}：转移矩阵合计 {} ha，土地利用表 {} ha",
                en="{} {} {}: the matrix sums to {} ha, land use states {} ha",
                told=told,
            )
        )
    return gathered(found)


def lint_land(
    land_use: pl.DataFrame, land_changes: pl.DataFrame, carbon_fluxes: pl.DataFrame, rules: pl.DataFrame
) -> pl.DataFrame:
    """Run the lints on land of a city; without the module ecology both tables are empty and nothing is found.

    Args:
        land_use: ``inputs.land_use``; a further column ``stock_tc`` (碳储量) is checked where it is stated.
        land_changes: ``inputs.land_changes``.
        carbon_fluxes: ``data/reference/carbon_fluxes.csv``.
        rules: ``data/reference/lint_rules.csv``.
    """
    stated = with_stated(land_use, {"stock_tc": STOCK})
    stocks = stated.with_columns(to_number(stated["stock_tc"]).alias("stock_tc"))
    return gathered(
        [
            lint_sink_fluxes(land_use, carbon_fluxes, rules, table_name="land_use"),
            lint_carbon_stocks(stocks, rules, table_name="land_use"),
            lint_transitions(land_changes, land_use, rules),
        ]
    )
