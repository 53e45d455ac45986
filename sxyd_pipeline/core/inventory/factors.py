"""Choose the factors of every activity and technology, brought to tonnes per standard unit.

A technology's own factor comes first, then that of the technology it is a variant of, then the
activity's general factor. Rows that follow from another species (BC and OC from PM2.5, limestone
CO2 from SO2) are resolved to that species' factor here, so the large frame needs one join only.
"""

import polars as pl

from sxyd_pipeline.core.inventory.errors import MissingFactorError
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.activities import ALL_ACTIVITIES
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

#: Tonnes per standard unit of the basis, for every unit a factor may be written in.
FACTOR_UNITS = {
    "t/t": 1.0,
    "kg/t": 1e-3,
    "g/t": 1e-6,
    "t/ha": 1.0,
    "kg/ha": 1e-3,
    "kg/head": 1e-3,
    "kg/person": 1e-3,
    "g/vehicle_km": 1e-6,
    "kg/vehicle_km": 1e-3,
    "kg/1e4 m3": 1e-7,
    "g/m3": 1e-6,
    "kg/TJ": 1e-3,
    "t/TJ": 1.0,
    "t/t per sulfur share": 1.0,
    "t/t per ash share": 1.0,
    "t/t PM2.5": 1.0,
    "t/t CO2": CO2_PER_CARBON,
    "t/t SO2 removed": 1.0,
}

#: Groups of species a counting gate may name.
SPECIES_GROUPS = ("co2", "pollutants", "non_co2", "fgd_co2")

#: Fuel an area activity burns when it is no fuel itself; its calorific value and carbon are used.
FUEL_BURNT_BY = {
    "vessel_diesel": "diesel",
    "construction_machinery_diesel": "diesel",
    "agricultural_machinery_diesel": "diesel",
    "railway_diesel": "diesel",
    "household_biomass": "biomass",
}

LIMESTONE = "limestone_fgd"
SLIP = "denitrification"

_BIOGENIC = tuple(activity.code for activity in ALL_ACTIVITIES if activity.is_biogenic)
_CARRIERS = tuple(activity.code for activity in ALL_ACTIVITIES if activity.kind == "energy_carrier")
_MASS_KEYS = ["activity_code", "technology_code"]
_FACTOR_COLUMNS = (
    "species",
    "factor_id",
    "method_id",
    "basis",
    "per_unit",
    "low_log",
    "high_log",
    "removal",
    "is_of_removed",
    "derived",
    "source_category_of_derived",
)


def burnt_fuel(column: str = "activity_code") -> pl.Expr:
    """Return the fuel an activity burns: itself, or the one it stands for."""
    return pl.col(column).replace(FUEL_BURNT_BY)


def emits(column: str = "activity_code") -> pl.Expr:
    """Tell whether an activity emits on the spot; bought electricity and heat do not."""
    return ~pl.col(column).is_in(list(_CARRIERS))


def resolve_factors(pairs: pl.DataFrame, reference: Reference) -> pl.DataFrame:
    """Choose one factor per activity, technology and species.

    Args:
        pairs: distinct ``activity_code`` and ``technology_code`` (may be null).
        reference: factors, technologies and fuels.

    Returns:
        One row per pair and emission: ``basis`` (amount, energy, carbon, sulfur, ash), ``per_unit`` in
        t per unit of the basis, ``low_log`` and ``high_log`` (natural log of the distance to the
        bounds), ``removal`` (so2, nox, pm, vocs or null), ``is_of_removed`` (limestone CO2 grows with
        the share removed), ``derived`` (null, limestone_fgd or denitrification) and the
        ``fossil_carbon_share`` of CO2.

    Raises:
        MissingFactorError: an activity has no factor at all.
    """
    factors = _in_tonnes(reference)
    candidates = _candidates(pairs, reference.technologies)
    ordinary = factors.filter(~pl.col("method_id").is_in(["denitrification_slip", "sulfur_removed"]))
    chosen = (
        candidates.join(
            ordinary,
            left_on=["activity_code", "candidate"],
            right_on=_MASS_KEYS,
            nulls_equal=True,
            maintain_order="left",
        )
        .sort(*_MASS_KEYS, "species", "rank")
        .unique([*_MASS_KEYS, "species"], keep="first", maintain_order=True)
        .drop("rank", "candidate")
    )
    missing = pairs.join(chosen, on="activity_code", how="anti")["activity_code"].unique()
    if len(missing):
        raise MissingFactorError(sorted(missing.to_list()))
    direct = chosen.filter(pl.col("method_id") != "share_of_pm25")
    parts = [
        direct,
        _borrow(chosen.filter(pl.col("method_id") == "share_of_pm25"), direct, "PM2.5"),
        _limestone(pairs, direct, factors, reference.technologies),
        _slip(pairs, factors, reference.technologies),
    ]
    fossil = reference.fuels.select(pl.col("fuel_code").alias("fuel"), "fossil_carbon_share")
    return (
        pl.concat([part.select(*_MASS_KEYS, *_FACTOR_COLUMNS) for part in parts])
        .with_columns(fuel=burnt_fuel())
        .join(fossil, on="fuel", how="left", maintain_order="left")
        .with_columns(
            fossil_carbon_share=pl.when(pl.col("activity_code").is_in(list(_BIOGENIC)))
            .then(0.0)
            .when(pl.col("method_id") == "fuel_carbon")
            .then(pl.col("fossil_carbon_share"))
            .otherwise(1.0)
        )
        .drop("fuel")
        .sort(*_MASS_KEYS, "species", "factor_id", nulls_last=True)
    )


def _in_tonnes(reference: Reference) -> pl.DataFrame:
    """Factors in tonnes per unit of their basis; carbon takes its range from the fuel."""
    carbon = reference.fuels.select(pl.col("fuel_code").alias("fuel"), "co2_low_ratio", "co2_high_ratio")
    is_carbon = pl.col("method_id") == "fuel_carbon"
    basis = pl.col("method_id").replace_strict(
        {
            "fuel_carbon": "carbon",
            "sulfur_balance": "sulfur",
            "ash_balance": "ash",
            "energy_factor": "energy",
        },
        default="amount",
    )
    return (
        reference.emission_factors.with_columns(fuel=burnt_fuel())
        .join(carbon, on="fuel", how="left", maintain_order="left")
        .select(
            *_MASS_KEYS,
            "species",
            "factor_id",
            "method_id",
            basis=basis,
            per_unit=pl.col("value") * pl.col("unit").replace_strict(FACTOR_UNITS, return_dtype=pl.Float64),
            # A factor of zero has no width; the logarithm of 0/0 would be undefined.
            low_log=pl.when(is_carbon)
            .then(-pl.col("co2_low_ratio").log())
            .when(pl.col("value") > 0)
            .then((pl.col("value") / pl.col("low")).log())
            .otherwise(0.0),
            high_log=pl.when(is_carbon)
            .then(pl.col("co2_high_ratio").log())
            .when(pl.col("value") > 0)
            .then((pl.col("high") / pl.col("value")).log())
            .otherwise(0.0),
            removal=pl.col("applies_removal"),
            is_of_removed=pl.lit(value=False),
            derived=pl.lit(None, dtype=pl.String),
            source_category_of_derived=pl.lit(None, dtype=pl.Int32),
        )
    )


def _candidates(pairs: pl.DataFrame, technologies: pl.DataFrame) -> pl.DataFrame:
    """Technologies whose factors may be used for a pair, best first."""
    base = technologies.select("technology_code", "base_technology")
    own = pairs.with_columns(candidate=pl.col("technology_code"), rank=pl.lit(0))
    variant = (
        pairs.join(base, on="technology_code", maintain_order="left")
        .filter(pl.col("base_technology").is_not_null())
        .select(*_MASS_KEYS, candidate=pl.col("base_technology"), rank=pl.lit(1))
    )
    general = pairs.with_columns(candidate=pl.lit(None, dtype=pl.String), rank=pl.lit(2))
    return pl.concat([own.filter(pl.col("technology_code").is_not_null()), variant, general])


def _borrow(shares: pl.DataFrame, direct: pl.DataFrame, species: str) -> pl.DataFrame:
    """Express a share of another species through that species' own factor."""
    parent = direct.filter(pl.col("species") == species).select(
        *_MASS_KEYS,
        parent_basis="basis",
        parent_per_unit="per_unit",
        parent_low="low_log",
        parent_high="high_log",
        parent_removal="removal",
    )
    return shares.join(parent, on=_MASS_KEYS, nulls_equal=True, maintain_order="left").with_columns(
        basis=pl.col("parent_basis"),
        per_unit=pl.col("per_unit") * pl.col("parent_per_unit"),
        low_log=(pl.col("low_log").pow(2) + pl.col("parent_low").pow(2)).sqrt(),
        high_log=(pl.col("high_log").pow(2) + pl.col("parent_high").pow(2)).sqrt(),
        removal=pl.col("parent_removal"),
    )


def _limestone(
    pairs: pl.DataFrame, direct: pl.DataFrame, factors: pl.DataFrame, technologies: pl.DataFrame
) -> pl.DataFrame:
    """CO2 set free by the limestone that takes up SO2, where the technology has such a scrubber."""
    scrubbed = pairs.join(
        technologies.filter(pl.col("has_limestone_fgd")).select("technology_code"),
        on="technology_code",
        how="semi",
    )
    per_sulfur = factors.filter(pl.col("method_id") == "sulfur_removed").drop(*_MASS_KEYS)
    return _borrow(scrubbed.join(per_sulfur, how="cross"), direct, "SO2").with_columns(
        is_of_removed=pl.lit(value=True),
        derived=pl.lit(LIMESTONE),
        source_category_of_derived=pl.lit(2, dtype=pl.Int32),
    )


def _slip(pairs: pl.DataFrame, factors: pl.DataFrame, technologies: pl.DataFrame) -> pl.DataFrame:
    """NH3 that slips through denitrification; it belongs to waste treatment (category 9)."""
    devices = technologies.filter(pl.col("denitrification").is_not_null()).select(
        "technology_code", "denitrification"
    )
    slipping = factors.filter(pl.col("method_id") == "denitrification_slip").rename(
        {"technology_code": "denitrification"}
    )
    return (
        pairs.join(devices, on="technology_code", maintain_order="left")
        .join(slipping, on=["activity_code", "denitrification"], maintain_order="left")
        .with_columns(derived=pl.lit(SLIP), source_category_of_derived=pl.lit(9, dtype=pl.Int32))
    )
