"""Count emissions once: measured values replace computed ones, and both stay visible."""

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inventory.errors import UnplacedActivityError
from sxyd_pipeline.core.inventory.estimate import COMPUTED_SCHEMA
from sxyd_pipeline.core.inventory.measured import KEY, Overrides, choose_overrides, spread_particles
from sxyd_pipeline.core.inventory.potentials import co2e_of, gwp_set_of, require_potentials
from sxyd_pipeline.core.inventory.ranges import range_of
from sxyd_pipeline.core.outcome import BALANCE_SCHEMA, CONSERVED, Outcome
from sxyd_pipeline.core.reference import Reference

STEP = "inventory.source_emissions"

#: Columns of ``inventory.emissions``.
EMISSION_SCHEMA = {name: dtype for name, dtype in COMPUTED_SCHEMA.items() if name not in {"role", "why"}}

#: Columns of ``inventory.memo_emissions``.
MEMO_COLUMNS = (
    "city_code",
    "source_id",
    "source_kind",
    "year",
    "species",
    "memo_kind",
    "emission_t",
    "facility_id",
    "district_code",
    "source_category",
    "activity_code",
    "method",
    "factor_id",
    "why",
    "data_label",
)

_MEASURED = "实测值替代计算值 / measured value replaces the computed one"
_SCALED = "随实测颗粒物按粒径谱折算 / scaled with the measured particles"
_MEASURED_ONLY = "无可计算的活动，按实测值计入 / measured only, nothing computed"

# A measured emission without any activity has no category of its own: power and heat (44) burn fuel,
# water and waste services (46, 77, 78) treat waste, everything else is a process.
_CATEGORY_OF_DIVISION = {"44": 1, "46": 9, "77": 9, "78": 9}
_PROCESS = 2


def count_emissions(
    computed: pl.DataFrame,
    facility_emissions: pl.DataFrame,
    facilities: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> Outcome:
    """Count every emission once.

    A measured total is spread over the facility's computed rows of that year and species in their
    proportion; where nothing was computed it becomes one source ``<facility>/measured``.

    Args:
        computed: ``inventory.computed_emissions``.
        facility_emissions: ``inputs.facility_emissions``, tonnes a year.
        facilities: ``inputs.facilities``.
        reference: ranges of measured data and warming potentials.
        config: chooses the GWP set.

    Returns:
        Outcome whose table is ``inventory.emissions``, in the order of ``computed``; sources that are only
        measured come last. Per facility, year and species with a measured value it sums to that value.

    Raises:
        UnplacedActivityError: a measured facility is not in ``facilities``.
        UnknownGwpSetError: the GWP set does not cover a measured gas.
    """
    require_potentials(facility_emissions["species"].unique().to_list(), reference, config.methods.gwp_set)
    counted = computed.filter(pl.col("role") == "counted").drop("role", "why").with_row_index("order")
    overrides = choose_overrides(counted, facility_emissions)
    targets = _with_ranges(overrides, reference)
    has_computed = pl.col("computed_t").fill_null(0.0) > 0.0
    # Few facilities are measured: the rest must not pass the joins below.
    is_measured = (
        pl.col("facility_id").is_in(targets["facility_id"].unique().to_list()).fill_null(value=False)
    )
    concerned = counted.filter(is_measured)
    kept = pl.concat([counted.filter(~is_measured), concerned.join(targets.select(KEY), on=KEY, how="anti")])
    spread = _spread(concerned, targets.filter(has_computed))
    alone = _measured_only(targets.filter(~has_computed), facilities, counted)
    table = (
        pl.concat([kept, spread, alone])
        .sort("order", "source_id", "year", "species", nulls_last=True)
        .with_columns(
            co2e_tco2e=co2e_of(reference, config.methods.gwp_set),
            gwp_set=gwp_set_of(reference, config.methods.gwp_set),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in EMISSION_SCHEMA.items())
    )
    return Outcome(table, findings=overrides.findings, balance=_ledger(kept, targets))


def list_memo_emissions(computed: pl.DataFrame, facility_emissions: pl.DataFrame) -> pl.DataFrame:
    """List what is shown but not counted, each with the reason.

    Args:
        computed: ``inventory.computed_emissions``.
        facility_emissions: ``inputs.facility_emissions``.

    Returns:
        ``inventory.memo_emissions``: biogenic and captured CO2, what is counted elsewhere, and computed
        values that a measurement replaced; sorted by its key.
    """
    counted = computed.filter(pl.col("role") == "counted")
    targets = choose_overrides(counted, facility_emissions).targets
    superseded = counted.join(
        targets.select(*KEY, "datum", "is_scaled"), on=KEY, maintain_order="left"
    ).with_columns(
        memo_kind=pl.lit("superseded_by_measurement"),
        why=pl.when("is_scaled")
        .then(pl.concat_str(pl.lit(_SCALED + " "), "datum"))
        .otherwise(pl.concat_str(pl.lit(_MEASURED + " "), "datum")),
    )
    shown = computed.filter(pl.col("role") != "counted").with_columns(memo_kind=pl.col("role"))
    return pl.concat([shown.select(MEMO_COLUMNS), superseded.select(MEMO_COLUMNS)]).sort(
        "source_id", "year", "species", "memo_kind"
    )


def _with_ranges(overrides: Overrides, reference: Reference) -> pl.DataFrame:
    ranges = range_of("facility_emissions", reference)
    ranges.require(overrides.targets["datum"].unique().sort().to_list())
    low = {datum: known.low_log for datum, known in ranges.items()}
    high = {datum: known.high_log for datum, known in ranges.items()}
    return overrides.targets.with_columns(
        low_t=pl.col("target_t") * (-pl.col("datum").replace_strict(low, return_dtype=pl.Float64)).exp(),
        high_t=pl.col("target_t") * pl.col("datum").replace_strict(high, return_dtype=pl.Float64).exp(),
        method_of_target=pl.concat_str(
            pl.when("is_scaled").then(pl.lit("scaled_to_measured:")).otherwise(pl.lit("measured:")), "datum"
        ),
    )


def _spread(counted: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Spread each target over the computed rows of its facility, year and species."""
    ratio = pl.col("target_t") / pl.col("computed_t")
    # A measured zero has no shares; a source without a computed tonne has no ratio.
    share = pl.when(pl.col("target_t") > 0.0).then(pl.col("spread_t") / pl.col("target_t")).otherwise(0.0)
    rescaled = (
        pl.when(pl.col("emission_t") > 0.0).then(pl.col("spread_t") / pl.col("emission_t")).otherwise(0.0)
    )
    joined = counted.join(
        targets.rename({"low_t": "target_low_t", "high_t": "target_high_t"}), on=KEY, maintain_order="left"
    )
    return (
        spread_particles(joined.with_columns(spread_t=pl.col("emission_t") * ratio))
        .with_columns(
            # What follows a profile is as uncertain as the profile; what is measured, as the device.
            low_t=pl.when("is_scaled")
            .then(pl.col("low_t") * rescaled)
            .otherwise(pl.col("target_low_t") * share),
            high_t=pl.when("is_scaled")
            .then(pl.col("high_t") * rescaled)
            .otherwise(pl.col("target_high_t") * share),
            emission_t=pl.col("spread_t"),
            method=pl.col("method_of_target"),
            factor_id=pl.lit(None, dtype=pl.String),
            factor_value=pl.when(pl.col("amount") > 0.0).then(pl.col("spread_t") / pl.col("amount")),
            data_label=pl.coalesce("measured_label", "data_label"),
        )
        .select(counted.columns)
    )


def _measured_only(targets: pl.DataFrame, facilities: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """Make a source of each measured value that has no computed counterpart."""
    unknown = targets.join(facilities, on="facility_id", how="anti")["facility_id"].unique()
    if len(unknown):
        raise UnplacedActivityError(sorted(unknown.to_list()))
    category = (
        pl.col("industry_code")
        .str.head(2)
        .replace_strict(_CATEGORY_OF_DIVISION, default=_PROCESS, return_dtype=pl.Int32)
    )
    made = targets.join(
        facilities.select("city_code", "facility_id", "district_code", "industry_code"),
        on="facility_id",
        maintain_order="left",
    ).with_columns(
        source_id=pl.concat_str("facility_id", pl.lit("/measured")),
        source_kind=pl.lit("point"),
        spread_id=pl.concat_str(pl.lit("facility:"), "facility_id"),
        source_category=category,
        emission_t="target_t",
        method="method_of_target",
        data_label="measured_label",
    )
    schema = counted.schema
    blank = [
        pl.lit(None, dtype=dtype).alias(name) for name, dtype in schema.items() if name not in made.columns
    ]
    return made.with_columns(blank).select(pl.col(name).cast(dtype) for name, dtype in schema.items())


def _ledger(kept: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Tonnes before and after the overrides, by reason."""
    unchanged = kept.group_by("year", "species", maintain_order=True).agg(
        in_t=pl.col("emission_t").sum(), out_t=pl.col("emission_t").sum()
    )
    why = (
        pl.when("is_scaled")
        .then(pl.lit(_SCALED))
        .when(pl.col("computed_t").is_null())
        .then(pl.lit(_MEASURED_ONLY))
        .otherwise(pl.lit(_MEASURED))
    )
    # Nothing computed means nothing entered: zero tonnes, not an unknown number.
    changed = targets.group_by("year", "species", why.alias("why"), maintain_order=True).agg(
        in_t=pl.col("computed_t").fill_null(0.0).sum(), out_t=pl.col("target_t").sum()
    )
    return (
        pl.concat([unchanged.with_columns(why=pl.lit(CONSERVED)), changed], how="diagonal")
        .with_columns(step=pl.lit(STEP), lost_t=pl.col("in_t") - pl.col("out_t"))
        .select(pl.col(name).cast(dtype) for name, dtype in BALANCE_SCHEMA.items())
        .sort("year", "species", "why")
    )
