"""Pollutants and greenhouse gases of every activity row, by the same amount.

``E = A * EF * (1 - removal)``; CO2 of fuels ``A * NCV * CC * OF * 44/12``, SO2 by sulfur, particles by
ash, CH4 and N2O by energy. Every emission is kept with its role: counted, or why it is a memo.
"""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.factors import LIMESTONE, burnt_fuel, emits, resolve_factors
from sxyd_pipeline.core.inventory.gates import find_counted_elsewhere, why_of
from sxyd_pipeline.core.inventory.potentials import co2e_of, gwp_set_of, require_potentials
from sxyd_pipeline.core.inventory.ranges import LogRange, range_of
from sxyd_pipeline.core.outcome import BALANCE_SCHEMA, CONSERVED, Outcome
from sxyd_pipeline.core.reference import Reference

STEP = "inventory.computed_emissions"

#: Columns of ``inventory.computed_emissions``.
COMPUTED_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String,
    "source_id": pl.String,
    "source_kind": pl.String,
    "year": pl.Int32,
    "species": pl.String,
    "emission_t": pl.Float64,
    "low_t": pl.Float64,
    "high_t": pl.Float64,
    "facility_id": pl.String,
    "equipment_id": pl.String,
    "district_code": pl.String,
    "industry_code": pl.String,
    "source_category": pl.Int32,
    "activity_code": pl.String,
    "technology_code": pl.String,
    "spread_id": pl.String,
    "method": pl.String,
    "factor_id": pl.String,
    "factor_value": pl.Float64,
    "amount": pl.Float64,
    "amount_unit": pl.String,
    "co2e_tco2e": pl.Float64,
    "gwp_set": pl.String,
    "data_label": pl.String,
    "role": pl.String,
    "why": pl.String,
}

_DESCRIPTION = (
    "city_code",
    "source_id",
    "source_kind",
    "year",
    "facility_id",
    "equipment_id",
    "district_code",
    "industry_code",
    "source_category",
    "activity_code",
    "technology_code",
    "spread_id",
    "amount",
    "amount_unit",
    "data_label",
    "counted_from",
)

_NARROW = (
    "row", "species", "factor_id", "method_id", "derived", "source_category_of_derived",
    "fossil_carbon_share", "captured_share", "amount", "emission_t", "low_t", "high_t", "why",
)  # fmt: skip

_SLICE_ROWS = 100_000
_GASES_PER_UNIT = 1e4  # calorific values of gases are per 10^4 m3, amounts are in m3
_WHY_BIOGENIC = "生物源二氧化碳，仅备忘 / biogenic CO2, a memo item"
_WHY_CAPTURED = "被捕集的二氧化碳，未排入大气 / captured CO2, not released"
_ROLE_REASONS = {
    "biogenic_co2": "生物源，仅备忘 / biogenic, memo only",
    "captured_co2": "被捕集 / captured",
    "counted_elsewhere": "已在别处计入，避免重复 / counted elsewhere, not twice",
}


def estimate_emissions(activity: pl.DataFrame, reference: Reference, config: CityConfig) -> Outcome:
    """Compute the emissions of every activity row.

    Args:
        activity: rows of :func:`gather_activity`; amounts in the activity's standard unit.
        reference: factors, fuels, technologies, gates, ranges and warming potentials.
        config: settings of the city; chooses the GWP set.

    Returns:
        Outcome whose table is ``inventory.computed_emissions`` (t/a), in the order of the activity rows,
        then by species and role. The ledger shows what is counted, what is a memo and why, and what
        was placed in a host district.

    Raises:
        MissingFactorError: an activity has no factor.
        UnknownGwpSetError: the GWP set does not cover the gases found.
    """
    rows = activity.filter(emits()).with_row_index("row")
    gwp_set = config.methods.gwp_set
    factors, hidden = _factors_of(rows, reference), find_counted_elsewhere(rows, reference)
    require_potentials(factors["species"].unique().to_list(), reference, gwp_set)
    # Slices keep the wide intermediate columns of millions of rows out of memory.
    parts = [
        _describe(_compute(part, factors, hidden, reference), part, reference, gwp_set)
        for part in rows.iter_slices(_SLICE_ROWS)
    ]
    table = pl.concat(parts or [_described_nothing()])
    return Outcome(table.select(list(COMPUTED_SCHEMA)), balance=_ledger(table))


def emissions_of_rows(
    rows: pl.DataFrame, reference: Reference, beside: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Compute emissions per activity row, narrow: only the row number travels along.

    Args:
        rows: activity with a column ``row``; amounts in standard units.
        reference: all reference tables.
        beside: accepted activity that closes gates although it is not computed here.

    Returns:
        One row per activity row, species, derivation and role: ``emission_t``, ``low_t``, ``high_t``,
        ``factor_id``, ``method``, ``factor_value``, ``derived``, ``role``, ``why``.
    """
    return _compute(
        rows, _factors_of(rows, reference), find_counted_elsewhere(rows, reference, beside), reference
    )


def _factors_of(rows: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    return resolve_factors(rows.select("activity_code", "technology_code").unique(), reference)


def _described_nothing() -> pl.DataFrame:
    return pl.DataFrame(schema={**COMPUTED_SCHEMA, "counted_from": pl.String})


def _compute(
    rows: pl.DataFrame, factors: pl.DataFrame, hidden: pl.DataFrame, reference: Reference
) -> pl.DataFrame:
    wide = _bases(rows, reference).join(hidden, on="row", how="left", maintain_order="left")
    fuels, removals = range_of("fuels", reference), range_of("removal", reference)
    stated = _activity_logs(reference)
    computed = (
        wide.lazy()
        .join(
            factors.lazy(), on=["activity_code", "technology_code"], nulls_equal=True, maintain_order="left"
        )
        .with_columns(
            basis_value=_pick("basis", ("amount", "energy", "carbon", "sulfur", "ash")),
            # No device stated means nothing is removed.
            removed_share=_pick("removal", ("so2", "nox", "pm", "vocs")).fill_null(0.0),
        )
        .with_columns(
            passed_share=pl.when("is_of_removed")
            .then(pl.col("removed_share"))
            .otherwise(1.0 - pl.col("removed_share")),
        )
        .with_columns(emission_t=pl.col("basis_value") * pl.col("per_unit") * pl.col("passed_share"))
        .with_columns(
            *_distances(fuels, removals, stated),
            why=why_of(),
        )
        # A device that removes nothing sets no limestone CO2 free: no such row.
        .filter(~pl.col("is_of_removed") | (pl.col("removed_share") > 0.0))
        .with_columns(
            low_t=pl.col("emission_t") * (-pl.col("low_distance")).exp(),
            high_t=pl.col("emission_t") * pl.col("high_distance").exp(),
        )
        .select(*_NARROW)
        .collect()
    )
    return _with_roles(computed)


def _bases(rows: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """What each kind of factor is multiplied with, one column each, per activity row."""
    fuels = reference.fuels.select(
        pl.col("fuel_code").alias("fuel"),
        per_fuel_unit=pl.when(pl.col("amount_unit") == "t").then(1.0).otherwise(1.0 / _GASES_PER_UNIT),
        ncv_default="ncv_gj_per_unit",
        carbon_default="carbon_tc_per_gj",
        oxidation_default="oxidation_share",
        sulfur_default="sulfur_share",
        ash_default="ash_share",
    )
    ncv = pl.coalesce("ncv_gj_per_t", "ncv_default")
    energy_gj = pl.col("amount") * pl.col("per_fuel_unit") * ncv
    return (
        rows.with_columns(fuel=burnt_fuel())
        .join(fuels, on="fuel", how="left", maintain_order="left")
        .select(
            "row",
            "activity_code",
            "technology_code",
            "source_kind",
            "amount",
            energy=energy_gj / 1e3,
            carbon=energy_gj
            * pl.coalesce("carbon_tc_per_gj", "carbon_default")
            * pl.coalesce("oxidation_share", "oxidation_default"),
            sulfur=pl.col("amount") * pl.coalesce("sulfur_share", "sulfur_default"),
            ash=pl.col("amount") * pl.coalesce("ash_share", "ash_default"),
            so2="so2_removal_share",
            nox="nox_removal_share",
            pm="pm_removal_share",
            vocs="vocs_removal_share",
            # No capture stated means nothing is captured.
            captured_share=pl.col("co2_captured_share").fill_null(0.0),
            has_stated_sulfur=pl.col("sulfur_share").is_not_null(),
            has_stated_ash=pl.col("ash_share").is_not_null(),
            has_stated_carbon=pl.col("carbon_tc_per_gj").is_not_null() & pl.col("ncv_gj_per_t").is_not_null(),
        )
    )


def _pick(chooser: str, columns: tuple[str, ...]) -> pl.Expr:
    """Take the value of the column that another column names."""
    picked = pl.when(pl.col(chooser) == columns[0]).then(pl.col(columns[0]))
    for name in columns[1:]:
        picked = picked.when(pl.col(chooser) == name).then(pl.col(name))  # type: ignore[assignment] # a longer chain has another class
    return picked


def _activity_logs(reference: Reference) -> tuple[pl.Expr, pl.Expr]:
    point, area = (
        range_of("facility_activity", reference)["stated"],
        range_of("area_activity", reference)["stated"],
    )
    is_point = pl.col("source_kind") == "point"
    return (
        pl.when(is_point).then(point.low_log).otherwise(area.low_log),
        pl.when(is_point).then(point.high_log).otherwise(area.high_log),
    )


def _distances(
    fuels: dict[str, LogRange], removals: dict[str, LogRange], stated: tuple[pl.Expr, pl.Expr]
) -> tuple[pl.Expr, pl.Expr]:
    """Log distance of an emission to its bounds: parts are independent, so their squares add."""

    def distance(factor_column: str, side: str, activity_log: pl.Expr) -> pl.Expr:
        carbon, sulfur, ash, removal = (
            getattr(known[kind], side)
            for known, kind in (
                (fuels, "carbon_stated"),
                (fuels, "sulfur_default"),
                (fuels, "ash_default"),
                (removals, "stated"),
            )
        )
        is_measured_carbon = (pl.col("basis") == "carbon") & pl.col("has_stated_carbon")
        factor = pl.when(is_measured_carbon).then(carbon).otherwise(pl.col(factor_column))
        fuel = (
            pl.when((pl.col("basis") == "sulfur") & ~pl.col("has_stated_sulfur"))
            .then(sulfur)
            .when((pl.col("basis") == "ash") & ~pl.col("has_stated_ash"))
            .then(ash)
            .otherwise(0.0)
        )
        device = (
            pl.when((pl.col("removed_share") > 0.0) & ~pl.col("is_of_removed")).then(removal).otherwise(0.0)
        )
        return (factor.pow(2) + fuel.pow(2) + device.pow(2) + activity_log.pow(2)).sqrt()

    return (
        distance("low_log", "low_log", stated[0]).alias("low_distance"),
        distance("high_log", "high_log", stated[1]).alias("high_distance"),
    )


def _with_roles(computed: pl.DataFrame) -> pl.DataFrame:
    """Split CO2 into what is counted, what is biogenic and what is captured."""
    is_co2 = pl.col("species") == "CO2"
    is_captured = is_co2 & pl.col("derived").is_null()
    captured = pl.when(is_captured).then(pl.col("captured_share")).otherwise(0.0)
    fossil = pl.when(is_co2).then(pl.col("fossil_carbon_share")).otherwise(1.0)
    released = 1.0 - captured
    parts = (
        (
            fossil > 0.0,
            fossil * released,
            pl.when(pl.col("why").is_null()).then(pl.lit("counted")).otherwise(pl.lit("counted_elsewhere")),
            pl.col("why"),
        ),
        (fossil < 1.0, (1.0 - fossil) * released, pl.lit("biogenic_co2"), pl.lit(_WHY_BIOGENIC)),
        (captured > 0.0, captured, pl.lit("captured_co2"), pl.lit(_WHY_CAPTURED)),
    )
    return pl.concat(
        [
            computed.filter(condition).select(
                "row",
                "species",
                "factor_id",
                "derived",
                "source_category_of_derived",
                *(pl.col(name) * share for name in ("emission_t", "low_t", "high_t")),
                method="method_id",
                factor_value=pl.when(pl.col("amount") > 0.0).then(
                    pl.col("emission_t") * share / pl.col("amount")
                ),
                role=role,
                why=why,
            )
            for condition, share, role, why in parts
        ]
    )


def _describe(emitted: pl.DataFrame, rows: pl.DataFrame, reference: Reference, gwp_set: str) -> pl.DataFrame:
    is_counted = pl.col("role") == "counted"
    derived_activity = pl.when(pl.col("derived") == LIMESTONE).then(pl.lit(LIMESTONE))
    return (
        # Rows are numbered in the order of their sources, so sorting numbers sorts sources.
        emitted.lazy()
        .sort("row", "derived", "species", "role", nulls_last=False)
        .join(rows.lazy().select("row", *_DESCRIPTION), on="row", maintain_order="left")
        .with_columns(
            source_id=pl.when(pl.col("derived").is_null())
            .then(pl.col("source_id"))
            .otherwise(pl.concat_str("source_id", "derived", separator="/")),
            source_category=pl.coalesce("source_category_of_derived", "source_category"),
            activity_code=pl.coalesce(derived_activity, "activity_code"),
            co2e_tco2e=pl.when(is_counted).then(co2e_of(reference, gwp_set)),
            gwp_set=pl.when(is_counted).then(gwp_set_of(reference, gwp_set)),
        )
        .select(*(pl.col(name).cast(dtype) for name, dtype in COMPUTED_SCHEMA.items()), "counted_from")
        .collect()
    )


def _ledger(table: pl.DataFrame) -> pl.DataFrame:
    """Tonnes of all rows: counted here, placed in a host district, or memo with its reason."""
    host = pl.when(pl.col("counted_from").is_not_null()).then(pl.col("district_code"))
    sums = table.group_by(
        "year", "species", "role", "counted_from", host.alias("host"), maintain_order=True
    ).agg(in_t=pl.col("emission_t").sum())
    is_counted = pl.col("role") == "counted"
    moved = pl.concat_str(
        pl.lit("统计区 "),
        "counted_from",
        pl.lit(" 的数据计入 "),
        "host",
        pl.lit(" / area without polygon, counted in its host"),
    )
    reason = (
        pl.when(is_counted & pl.col("counted_from").is_not_null())
        .then(moved)
        .when(is_counted)
        .then(pl.lit(CONSERVED))
        .otherwise(pl.col("role").replace(_ROLE_REASONS))
    )
    return (
        sums.group_by(
            "year", "species", reason.alias("why"), is_counted.alias("is_counted"), maintain_order=True
        )
        .agg(pl.col("in_t").sum())
        .with_columns(step=pl.lit(STEP), out_t=pl.when("is_counted").then(pl.col("in_t")).otherwise(0.0))
        .with_columns(lost_t=pl.col("in_t") - pl.col("out_t"))
        .select(pl.col(name).cast(dtype) for name, dtype in BALANCE_SCHEMA.items())
        .sort("year", "species", "why")
    )
