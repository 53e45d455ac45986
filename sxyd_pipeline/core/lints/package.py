"""The lints applied to our own tables, with the place in the package where it is known."""

from collections.abc import Mapping, Sequence

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.activity import gather_areas, gather_points
from sxyd_pipeline.core.lints.factors import lint_grid_factors, lint_gwp_sets
from sxyd_pipeline.core.lints.figures import lint_price_bases, lint_release_jumps
from sxyd_pipeline.core.lints.findings import gathered, near, no_lints, prepared, report, shown, threshold
from sxyd_pipeline.core.lints.fuels import COALS, GJ_PER_TCE, lint_coal_ratio
from sxyd_pipeline.core.lints.land import lint_land
from sxyd_pipeline.core.lints.stated import (
    lint_energy,
    lint_stated_grid_factors,
    lint_stated_intensities,
    lint_stated_potentials,
)
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

_PLACE = ("source_file", "source_sheet", "source_row")
#: Coal equivalent as people round it: 29.3 to 29.31 GJ.
_TCE_TOLERANCE = 5e-4
_OWN_DIFFERS = 0.10


def lint_overrides(
    activity: pl.DataFrame, fuels: pl.DataFrame, rules: pl.DataFrame, *, table_name: str
) -> pl.DataFrame:
    """Lint the fuel characteristics a package states for its activity rows.

    * ``physical_tonnes_by_tce``: calorific value of coal equivalent (29.31 GJ/t) beside physical tonnes;
    * ``carbon_co2_confused``: carbon per GJ about 3.667 times the fuel's: CO2 was written for carbon;
    * ``missing_44_12``: carbon per GJ about 1/3.667 of the fuel's: 44/12 was divided out once too often;
    * ``aggregate_factor_mixed``: carbon per GJ of an aggregate factor beside rows with fuels' own.

    Args:
        activity: ``inputs.facility_activity`` or ``inputs.area_activity``.
        fuels: ``data/reference/fuels.csv``.
        rules: ``data/reference/lint_rules.csv``.
        table_name: which of the two.
    """
    rows = prepared(
        activity, table_name, ("activity_code", "ncv_gj_per_t", "carbon_tc_per_gj", "oxidation_share"), {}
    )
    own = fuels.select(
        activity_code="fuel_code",
        own_ncv="ncv_gj_per_unit",
        own_carbon="carbon_tc_per_gj",
        own_oxidation="oxidation_share",
        fuel_unit="amount_unit",
    )
    known = rows.join(own, on="activity_code", maintain_order="left")
    ncv, carbon = pl.col("ncv_gj_per_t"), pl.col("carbon_tc_per_gj")
    ratio, tolerance = carbon / pl.col("own_carbon"), threshold(rules, "carbon_ratio_tolerance_share")
    as_tce = known.filter(
        (pl.col("fuel_unit") == "t")
        & near(ncv, GJ_PER_TCE, _TCE_TOLERANCE)
        & ~near(pl.col("own_ncv"), ncv, _OWN_DIFFERS)
    )
    shown_carbon = (pl.col("activity_code"), shown(carbon), shown(pl.col("own_carbon")))
    return gathered(
        [
            report(
                as_tce,
                "physical_tonnes_by_tce",
                table_name,
                "ncv_gj_per_t",
                value=shown(ncv),
                zh="{} 的热值填为标准煤的 {} GJ/t，缺省为 {} GJ/t",
                en="{} has the calorific value of coal equivalent, {} GJ/t; the default is {} GJ/t",
                told=("activity_code", shown(ncv), shown(pl.col("own_ncv"))),
            ),
            report(
                known.filter(near(ratio, CO2_PER_CARBON, tolerance)),
                "carbon_co2_confused",
                table_name,
                "carbon_tc_per_gj",
                value=shown(carbon),
                zh="{} 的单位热值含碳量 {} 约为缺省 {} tC/GJ 的 3.667 倍，疑为 tCO2/GJ",
                en="carbon of {}: {} is about 3.667 times the default {} tC/GJ; it looks like tCO2/GJ",
                told=shown_carbon,
            ),
            report(
                known.filter(near(ratio, 1.0 / CO2_PER_CARBON, tolerance)),
                "missing_44_12",
                table_name,
                "carbon_tc_per_gj",
                value=shown(carbon),
                zh="{} 的单位热值含碳量 {} 约为缺省 {} tC/GJ 的 1/3.667",
                en="carbon of {}: {} is about 1/3.667 of the default {} tC/GJ",
                told=shown_carbon,
            ),
            _aggregate_overrides(known, rules, table_name),
        ]
    )


def _aggregate_overrides(known: pl.DataFrame, rules: pl.DataFrame, table_name: str) -> pl.DataFrame:
    to_co2 = GJ_PER_TCE * CO2_PER_CARBON
    per_tce = pl.col("carbon_tc_per_gj") * pl.coalesce("oxidation_share", "own_oxidation") * to_co2
    own = pl.col("own_carbon") * pl.col("own_oxidation") * to_co2
    values = rules.filter(pl.col("kind") == "aggregate_factor")["value"].to_list()
    tolerance = threshold(rules, "grid_tolerance_share")
    is_known = pl.any_horizontal(near(per_tce, float(value), tolerance) for value in values)
    judged = known.with_columns(per_tce=per_tce, is_aggregate=is_known & ~near(own, per_tce, 0.05))
    bad = judged.with_columns(beside=(~pl.col("is_aggregate")).any()).filter(
        pl.col("is_aggregate") & pl.col("beside")
    )
    told = (pl.col("activity_code"), shown(pl.col("per_tce")))
    return report(
        bad,
        "aggregate_factor_mixed",
        table_name,
        "carbon_tc_per_gj",
        value=shown(pl.col("carbon_tc_per_gj")),
        zh="{} 的含碳量相当于综合因子 {} tCO2/tce，其他行用分品种因子",
        en="carbon of {} amounts to the aggregate factor {} tCO2/tce beside fuels' own",
        told=told,
    )


def lint_measured_co2(
    facility_emissions: pl.DataFrame, computed_emissions: pl.DataFrame, rules: pl.DataFrame
) -> pl.DataFrame:
    """Compare CO2 a facility states with CO2 computed from its activity: 3.667 means C and CO2 are mixed up.

    Args:
        facility_emissions: ``inputs.facility_emissions``.
        computed_emissions: ``inventory.computed_emissions`` (only rows whose ``role`` is counted).
        rules: ``data/reference/lint_rules.csv``.
    """
    table = "facility_emissions"
    stated = prepared(facility_emissions, table, ("facility_id", "year", "species", "emission_t"), {})
    is_counted = pl.col("role") == "counted" if "role" in computed_emissions.columns else pl.lit(value=True)
    computed = (
        computed_emissions.filter(
            (pl.col("species") == "CO2") & is_counted & pl.col("facility_id").is_not_null()
        )
        .group_by("facility_id", "year", maintain_order=True)
        .agg(computed_t=pl.col("emission_t").sum())
    )
    rows = stated.filter(pl.col("species") == "CO2").join(
        computed, on=["facility_id", "year"], maintain_order="left"
    )
    ratio, tolerance = (
        pl.col("computed_t") / pl.col("emission_t"),
        threshold(rules, "carbon_ratio_tolerance_share"),
    )
    told = (pl.col("facility_id"), shown(pl.col("emission_t"), 6), shown(pl.col("computed_t"), 6))
    return gathered(
        [
            report(
                rows.filter(near(ratio, target, tolerance)),
                lint_id,
                table,
                "emission_t",
                value=shown(pl.col("emission_t"), 6),
                zh="{} 填报 {} t，按活动水平计算 {} t",
                en="{} states {} t, its activity gives {} t",
                told=told,
            )
            for lint_id, target in (
                ("missing_44_12", CO2_PER_CARBON),
                ("carbon_co2_confused", 1.0 / CO2_PER_CARBON),
            )
        ]
    )


def lint_coal_sources(
    source_emissions: pl.DataFrame, rules: pl.DataFrame, activity: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Find sources whose counted CO2 per tonne of coal is implausible.

    Args:
        source_emissions: ``inventory.emissions``.
        rules: ``data/reference/lint_rules.csv``.
        activity: rows with ``source_id``, ``year`` and their place in the package, to name the row.
    """
    is_coal = pl.col("activity_code").is_in(list(COALS)) & (pl.col("amount") > 0)
    rows = source_emissions.filter(is_coal & (pl.col("species") == "CO2")).select(
        "source_id",
        "year",
        fuel="activity_code",
        amount="amount",
        unit="amount_unit",
        emission="emission_t",
        emission_unit=pl.lit("tCO2"),
    )
    placed = _with_places(rows, activity)
    return lint_coal_ratio(placed, rules, table_name="inventory.emissions")


def _with_places(rows: pl.DataFrame, activity: pl.DataFrame | None) -> pl.DataFrame:
    if activity is None:
        return rows
    places = activity.select("source_id", "year", *_PLACE).unique(["source_id", "year"], keep="first")
    return rows.join(places, on=["source_id", "year"], how="left", maintain_order="left")


def lint_indirect(
    indirect_emissions: pl.DataFrame,
    grid_factors: pl.DataFrame,
    rules: pl.DataFrame,
    config: CityConfig,
) -> pl.DataFrame:
    """Check the grid factor implied by Scope 2 of electricity against the province's published average."""
    is_power = (pl.col("activity_code") == "electricity") & (pl.col("amount") > 0)
    rows = indirect_emissions.filter(is_power).select(
        # One row per year and factor stands for all sources that use it.
        "year",
        "factor_id",
        region=pl.lit(config.adcode),
        factor=(pl.col("indirect_tco2") / pl.col("amount") * 1e3).round(6),
        factor_unit=pl.lit("tCO2/MWh"),
    )
    distinct = rows.unique(["year", "factor_id", "factor"]).sort("year", "factor_id", "factor")
    return lint_grid_factors(distinct, grid_factors, rules, table_name="inventory.indirect_emissions")


def lint_equivalents(
    source_emissions: pl.DataFrame, gwp: pl.DataFrame, rules: pl.DataFrame, config: CityConfig
) -> pl.DataFrame:
    """Check that every CO2 equivalent of the inventory uses the city's set of warming potentials."""
    rows = (
        source_emissions.filter(pl.col("co2e_tco2e").is_not_null() & (pl.col("emission_t") > 0))
        .select(
            gas="species",
            gwp_set="gwp_set",
            gwp=(pl.col("co2e_tco2e") / pl.col("emission_t")).round_sig_figs(6),
        )
        .unique()
        .sort("gas", "gwp_set", "gwp")
    )
    return lint_gwp_sets(rows, gwp, rules, declared=config.methods.gwp_set, table_name="inventory.emissions")


def lint_totals(totals: pl.DataFrame, last_totals: pl.DataFrame | None, rules: pl.DataFrame) -> pl.DataFrame:
    """Compare ``inventory.totals`` with the last release's; without one there is nothing to compare."""
    if last_totals is None or last_totals.is_empty():
        return no_lints()
    return lint_release_jumps(totals, last_totals, rules)


def lint_economy(economy: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Check the price bases of ``inputs.economy``."""
    return lint_price_bases(economy, rules, table_name="economy")


def put_together(findings: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put the findings of several lints into one table, sorted by place."""
    return gathered(findings)


def _places_of(activities: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the row of the package each source was read from."""
    nobody = pl.DataFrame(schema=dict.fromkeys(("facility_id", "district_code", "industry_code"), pl.String))
    named = [
        gather_points(nobody, activities["facility_activity"]),
        gather_areas(activities["area_activity"], {}),
    ]
    return pl.concat([rows.select("source_id", "year", *_PLACE) for rows in named])


def lint_city(
    tables: Mapping[str, pl.DataFrame],
    reference: Reference,
    config: CityConfig,
    last_totals: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Run every lint on a city's own tables.

    Args:
        tables: by asset: ``facility_activity``, ``area_activity``, ``facility_emissions``, ``energy``,
            ``economy``, ``land_use``, ``land_changes``, ``computed_emissions``, ``source_emissions``,
            ``indirect_emissions`` and ``emission_totals``.
        reference: fuels, factors, warming potentials and lint rules.
        config: settings of the city.
        last_totals: ``inventory.totals`` of the last release that had others; None where there is none.

    Returns:
        ``quality.lints``: one row per finding, sorted by place; empty when nothing is found.
    """
    rules = reference.lint_rules
    activities = {name: tables[name] for name in ("facility_activity", "area_activity")}
    sources = tables["source_emissions"]
    found = [
        *(lint_overrides(rows, reference.fuels, rules, table_name=name) for name, rows in activities.items()),
        *(
            lint_stated_grid_factors(rows, reference.grid_factors, rules, config, table_name=name)
            for name, rows in activities.items()
        ),
        lint_measured_co2(tables["facility_emissions"], tables["computed_emissions"], rules),
        lint_stated_potentials(tables["facility_emissions"], reference.gwp, rules, config),
        lint_coal_sources(sources, rules, _places_of(activities)),
        lint_indirect(tables["indirect_emissions"], reference.grid_factors, rules, config),
        lint_equivalents(sources, reference.gwp, rules, config),
        lint_energy(tables["energy"], reference.fuels, rules),
        lint_economy(tables["economy"], rules),
        lint_stated_intensities(tables["economy"], rules),
        lint_land(tables["land_use"], tables["land_changes"], reference.carbon_fluxes, rules),
        lint_totals(tables["emission_totals"], last_totals, rules),
    ]
    return put_together(found).select(pl.lit(config.adcode).alias("city_code"), pl.all())
