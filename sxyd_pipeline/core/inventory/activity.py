"""Bring point and area activity to one frame: where each row comes from, how it is named and placed."""

from collections.abc import Collection, Mapping

import polars as pl

from sxyd_pipeline.core.inventory.errors import DuplicateSourceError, UnplacedActivityError
from sxyd_pipeline.vocabulary.activities import ALL_ACTIVITIES

#: Characteristics a package may state for an activity row; empty means "use the reference value".
OVERRIDES = (
    "ncv_gj_per_t",
    "carbon_tc_per_gj",
    "oxidation_share",
    "sulfur_share",
    "ash_share",
    "so2_removal_share",
    "nox_removal_share",
    "pm_removal_share",
    "vocs_removal_share",
    "co2_captured_share",
)

#: Columns of gathered activity. ``owner_id`` is the facility or the area whose rows are looked at
#: together for double counting; ``counted_from`` is the statistical area a row was reported for.
ACTIVITY_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String,
    "source_id": pl.String,
    "source_kind": pl.String,
    "owner_id": pl.String,
    "year": pl.Int32,
    "facility_id": pl.String,
    "equipment_id": pl.String,
    "district_code": pl.String,
    "industry_code": pl.String,
    "source_category": pl.Int32,
    "activity_code": pl.String,
    "technology_code": pl.String,
    "spread_id": pl.String,
    "amount": pl.Float64,
    "amount_unit": pl.String,
    **dict.fromkeys(OVERRIDES, pl.Float64),
    "data_label": pl.String,
    "counted_from": pl.String,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
}

_CATEGORY = {activity.code: activity.source_category for activity in ALL_ACTIVITIES}
_NO_EQUIPMENT = "-"
_AREAL = "areal"


def gather_activity(
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    area_activity: pl.DataFrame,
    statistical_areas: pl.DataFrame,
) -> pl.DataFrame:
    """Name and place every accepted activity row.

    ``source_id`` of a point source is facility/equipment/activity[/technology], of an area source
    area/category/activity[/technology]. An area without a polygon keeps its own code in the
    ``source_id`` and is placed in its host district.

    Args:
        facilities: ``inputs.facilities``; gives district and industry.
        facility_activity: ``inputs.facility_activity``.
        area_activity: ``inputs.area_activity``.
        statistical_areas: ``inputs.statistical_areas``; areas without a polygon and their hosts.

    Returns:
        One row per source and year with :data:`ACTIVITY_SCHEMA`, sorted by source and year.

    Raises:
        UnplacedActivityError: an activity row belongs to a facility that is not in ``facilities``.
        DuplicateSourceError: two rows of one year would get the same ``source_id``.
    """
    hosts = dict(zip(statistical_areas["code"], statistical_areas["host_district"], strict=True))
    points = gather_points(facilities, facility_activity)
    unplaced = points.filter(pl.col("district_code").is_null())["facility_id"].unique()
    if len(unplaced):
        raise UnplacedActivityError(sorted(unplaced.to_list()))
    gathered = pl.concat([points, gather_areas(area_activity, hosts)]).sort("source_id", "year")
    repeated = gathered.filter(pl.struct("source_id", "year").is_duplicated())["source_id"].unique()
    if len(repeated):
        raise DuplicateSourceError(sorted(repeated.to_list()))
    return gathered


def gather_points(facilities: pl.DataFrame, facility_activity: pl.DataFrame) -> pl.DataFrame:
    """Name the activity rows of facilities; the district stays empty where the facility is not known."""
    where = facilities.select("facility_id", "district_code", "industry_code").unique(
        "facility_id", keep="first"
    )
    return (
        facility_activity.join(where, on="facility_id", how="left", maintain_order="left")
        .with_columns(
            source_id=pl.concat_str(
                "facility_id",
                pl.col("equipment_id").fill_null(_NO_EQUIPMENT),
                "activity_code",
                "technology_code",
                separator="/",
                ignore_nulls=True,
            ),
            source_kind=pl.lit("point"),
            owner_id=pl.concat_str(pl.lit("facility:"), "facility_id"),
            source_category=_category_of("activity_code"),
            spread_id=pl.concat_str(pl.lit("facility:"), "facility_id"),
            counted_from=pl.lit(None, dtype=pl.String),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in ACTIVITY_SCHEMA.items())
    )


def gather_areas(area_activity: pl.DataFrame, hosts: Mapping[str, str]) -> pl.DataFrame:
    """Name the activity rows of area sources and place statistical areas in their host districts."""
    host = pl.col("district_code").replace(dict(hosts))
    return (
        area_activity.with_columns(
            source_id=pl.concat_str(
                "district_code",
                "source_category",
                "activity_code",
                "technology_code",
                separator="/",
                ignore_nulls=True,
            ),
            source_kind=pl.lit("area"),
            owner_id=pl.concat_str(pl.lit("area:"), "district_code"),
            counted_from=pl.when(host != pl.col("district_code")).then(pl.col("district_code")),
            facility_id=pl.lit(None, dtype=pl.String),
            equipment_id=pl.lit(None, dtype=pl.String),
            industry_code=pl.lit(None, dtype=pl.String),
            spread_id=pl.concat_str(
                pl.lit("area"), host, pl.col("spatial_proxy").fill_null(_AREAL), separator=":"
            ),
        )
        .with_columns(district_code=host)
        .select(pl.col(name).cast(dtype) for name, dtype in ACTIVITY_SCHEMA.items())
    )


def is_any_of(column: str, values: Collection[str]) -> pl.Expr:
    """Tell whether a column holds one of the values; an empty list means any value."""
    return pl.col(column).is_in(list(values)) if values else pl.lit(value=True)


def _category_of(column: str) -> pl.Expr:
    return pl.col(column).replace_strict(_CATEGORY, default=None, return_dtype=pl.Int32)
