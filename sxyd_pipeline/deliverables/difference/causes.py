"""Which changed source stands behind which unit: activity to emission to place."""

from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.deliverables.edition import Edition

_CARBON = "CO2"
_FACILITY, _AREA, _MEASURED = "facility_activity", "area_activity", "facility_emissions"
_SCHEMA: dict[str, type[pl.DataType]] = {
    "kind": pl.String, "subject_id": pl.String, "subject_name": pl.String, "equipment_id": pl.String,
    "activity_code": pl.String, "year": pl.Int32, "unit": pl.String, "before": pl.Float64,
    "after": pl.Float64, "change_share": pl.Float64, "co2_change_t": pl.Float64,
}  # fmt: skip
_ORDER = ("kind", "subject_id", "equipment_id", "activity_code", "year")
#: Relative change below which an amount counts as the same.
_SAME = 1e-12


@dataclass(frozen=True, slots=True)
class Causes:
    """What moved, and where.

    Attributes:
        changed: kind (facility_activity, area_activity, facility_emissions), subject_id, subject_name,
            equipment_id, activity_code (species for measured emissions), year, unit, before, after,
            change_share, co2_change_t (of the whole subject); largest first.
        by_unit: control_unit_code, subject_id, co2_change_t; the subjects whose CO2 changed there.
    """

    changed: pl.DataFrame
    by_unit: pl.DataFrame

    def of_unit(self, code: str) -> pl.DataFrame:
        """Return the changed sources in a unit, largest CO2 change first."""
        subjects = self.by_unit.filter(pl.col("control_unit_code") == code)
        return subjects.join(
            self.changed.drop("co2_change_t"), on="subject_id", how="inner", maintain_order="left"
        ).sort(-pl.col("co2_change_t").abs(), "subject_id", "activity_code", maintain_order=True)


def find_causes(before: Edition, after: Edition) -> Causes:
    """Find the activity and measurements that changed, and the units their emissions fall in."""
    moves = _co2_moves(before, after)
    of_subject = moves.group_by("subject_id", maintain_order=True).agg(pl.col("co2_change_t").sum())
    changed = (
        pl.concat([_facility(before, after), _area(before, after), _measured(before, after)])
        .join(of_subject, on="subject_id", how="left", maintain_order="left")
        .with_columns(pl.col("co2_change_t").fill_null(0.0))
        .select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
        .sort(-pl.col("co2_change_t").abs(), *_ORDER, nulls_last=True)
    )  # fmt: skip
    places = after.table("baseline.placements").filter(pl.col("layer") == "control_unit")
    by_unit = (
        moves.join(places, on="spread_id", how="inner", maintain_order="left")
        .with_columns(co2_change_t=pl.col("co2_change_t") * pl.col("share"))
        .group_by(pl.col("code").alias("control_unit_code"), "subject_id", maintain_order=True)
        .agg(pl.col("co2_change_t").sum())
        .sort("control_unit_code", -pl.col("co2_change_t").abs(), "subject_id")
    )
    return Causes(changed, by_unit)


def _co2_moves(before: Edition, after: Edition) -> pl.DataFrame:
    """Return the change of CO2 of the base year by spread and subject: facility, or district."""

    def of(edition: Edition, sign: float) -> pl.DataFrame:
        rows = edition.table("inventory.emissions").filter(
            pl.col("year") == after.base_year, pl.col("species") == _CARBON
        )
        subject = pl.coalesce("facility_id", "district_code")
        return rows.select("spread_id", subject_id=subject, co2_change_t=sign * pl.col("emission_t"))

    moved = pl.concat([of(before, -1.0), of(after, 1.0)])
    summed = moved.group_by("spread_id", "subject_id", maintain_order=True).agg(
        pl.col("co2_change_t").sum(), scale=pl.col("co2_change_t").abs().sum()
    )
    # What is left of equal sums is rounding.
    return summed.filter(pl.col("co2_change_t").abs() > 1e-9 * pl.col("scale")).drop("scale")


def _facility(before: Edition, after: Edition) -> pl.DataFrame:
    names = dict(
        pl.concat([after.table("inputs.facilities"), before.table("inputs.facilities")])
        .select("facility_id", "facility_name")
        .unique(subset="facility_id", keep="first", maintain_order=True)
        .iter_rows()
    )
    rows = _amounts(before, after, "inputs.facility_activity", ["facility_id", "equipment_id"])
    return rows.select(
        pl.lit(_FACILITY).alias("kind"),
        subject_id="facility_id",
        subject_name=pl.col("facility_id").replace_strict(names, default=None, return_dtype=pl.String),
        equipment_id="equipment_id",
        **_told(),
    )


def _area(before: Edition, after: Edition) -> pl.DataFrame:
    names = dict(after.table("zoning.districts").select("district_code", "district_name").iter_rows())
    rows = _amounts(before, after, "inputs.area_activity", ["district_code", "source_category"])
    return rows.select(
        pl.lit(_AREA).alias("kind"),
        subject_id="district_code",
        subject_name=pl.col("district_code").replace_strict(names, default=None, return_dtype=pl.String),
        equipment_id=pl.lit(None, dtype=pl.String),
        **_told(),
    )


def _measured(before: Edition, after: Edition) -> pl.DataFrame:
    frames = [
        edition.table("inputs.facility_emissions").with_columns(
            activity_code=pl.col("species"), amount=pl.col("emission_t"), amount_unit=pl.lit("t")
        )
        for edition in (before, after)
    ]
    names = dict(after.table("inputs.facilities").select("facility_id", "facility_name").iter_rows())
    return _changed(frames[0], frames[1], ["facility_id"]).select(
        pl.lit(_MEASURED).alias("kind"),
        subject_id="facility_id",
        subject_name=pl.col("facility_id").replace_strict(names, default=None, return_dtype=pl.String),
        equipment_id=pl.lit(None, dtype=pl.String),
        **_told(),
    )


def _told() -> dict[str, pl.Expr | str]:
    old, new = pl.col("before"), pl.col("after")
    return {
        "activity_code": "activity_code", "year": "year", "unit": "amount_unit", "before": "before",
        "after": "after",
        "change_share": pl.when(old != 0).then((new - old) / old),
    }  # fmt: skip


def _amounts(before: Edition, after: Edition, table: str, owner: list[str]) -> pl.DataFrame:
    return _changed(before.table(table), after.table(table), owner)


def _changed(before: pl.DataFrame, after: pl.DataFrame, owner: list[str]) -> pl.DataFrame:
    """Return the amounts that changed, appeared or went away, summed over technologies."""
    key = [*owner, "activity_code", "year", "amount_unit"]
    sides = [
        frame.group_by(key, maintain_order=True).agg(pl.col("amount").sum().alias(side))
        for frame, side in ((before, "before"), (after, "after"))
    ]
    rows = sides[0].join(
        sides[1], on=key, how="full", coalesce=True, nulls_equal=True, maintain_order="left_right"
    )
    old, new = pl.col("before").fill_null(0.0), pl.col("after").fill_null(0.0)
    return rows.filter((new - old).abs() > _SAME * pl.max_horizontal(old.abs(), new.abs()))
