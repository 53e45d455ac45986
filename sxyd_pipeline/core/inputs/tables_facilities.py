"""Facilities: ids, industries, credit codes, and points that lie inside the city."""

from dataclasses import replace

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.parse import to_number
from sxyd_pipeline.core.inputs.places import host_districts, open_territory, place_points, suspect_datum
from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.core.inputs.sifting import Check, Sifting, repeated, required_checks, start_sifting
from sxyd_pipeline.core.outcome import Outcome, finding, findings_frame
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.vocabulary.codes import has_valid_credit_code

_CLASS_DIGITS = 4
_MOST_LON, _MOST_LAT = 180.0, 180.0


def list_statistical_areas(config: CityConfig) -> pl.DataFrame:
    """List the areas that have statistics but no polygon, one row per area, sorted by code."""
    rows = [(config.adcode, a.code, a.name, a.host_district, a.basis) for a in config.statistical_areas]
    columns = ("city_code", "code", "name", "host_district", "basis")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String), orient="row").sort("code")


def standardise_facilities(
    raw: RawTable, layers: gpd.GeoDataFrame, config: CityConfig, reference: Reference
) -> Outcome:
    """Check facilities and bring their points to CGCS2000.

    Args:
        raw: the file as read.
        layers: polygons of the package (EPSG:4490); only ``districts`` are used.
        config: city settings; ``coordinates`` is the datum of the points.
        reference: classes of GB/T 4754-2017.

    Returns:
        One row per facility; ``district_code`` is the polygon the point lies in. Facilities set
        aside stand in ``held`` with their rule, as far as they could be read.

    Raises:
        MissingColumnError: a required column is not in the file.
        DuplicateColumnError: two headers mean one column.
    """
    territory = open_territory(layers)
    classes = reference.industries.filter(pl.col("code").cast(pl.String).str.len_chars() == _CLASS_DIGITS)
    started = start_sifting(raw)
    read = started.add(
        lon_stated=to_number(started.rows["lon"]),
        lat_stated=to_number(started.rows["lat"]),
        industry_code_standard=pl.col("industry_code").str.normalize("NFKC"),
        district_code_stated=pl.col("district_code").str.normalize("NFKC"),
        uscc_standard=pl.col("uscc").str.normalize("NFKC").str.to_uppercase(),
        # Facilities set aside keep the columns of the contract, empty until they are known.
        lon_standard=pl.lit(None, dtype=pl.Float64),
        lat_standard=pl.lit(None, dtype=pl.Float64),
        district_code_standard=pl.lit(None, dtype=pl.String),
        is_readable=pl.lit(value=True),
    )
    checked = read.sift([*required_checks(read), *_cell_checks(read, classes)])
    placed = checked.with_rows(place_points(checked.rows, territory, config))
    located = placed.sift(_place_checks(config)).sift(
        [Check("duplicate_facility", "facility_id", repeated("facility_id"))]
    )
    outcome = located.outcome(config, holds=True)
    rival = suspect_datum(checked.rows, territory, config)
    if rival is None:
        return outcome
    warning = finding(
        "datum_looks_shifted",
        "facilities",
        source_file=raw.file,
        column_name=read.header.headers["lon"],
        value=f"coordinates = {config.coordinates} → {rival}",
    )
    return replace(outcome, findings=pl.concat([findings_frame([warning]), outcome.findings]))


def _cell_checks(read: Sifting, classes: pl.DataFrame) -> list[Check]:
    lon, lat = pl.col("lon_stated"), pl.col("lat_stated")
    codes = read.rows.get_column("uscc_standard").drop_nulls().unique().to_list()
    bad_codes = [code for code in codes if not has_valid_credit_code(code)]
    known = classes.get_column("code").cast(pl.String).implode()
    return [
        Check("not_a_number", "lon", pl.col("lon").is_not_null() & lon.is_null()),
        Check("not_a_number", "lat", pl.col("lat").is_not_null() & lat.is_null()),
        # Longitudes and latitudes that changed places are told by where they fall, not here.
        Check("value_out_of_range", "lon", lon.abs() > _MOST_LON),
        Check("value_out_of_range", "lat", lat.abs() > _MOST_LAT),
        Check("unknown_industry", "industry_code", ~pl.col("industry_code_standard").is_in(known)),
        Check("bad_credit_code", "uscc", pl.col("uscc_standard").is_in(bad_codes)),
    ]


def _place_checks(config: CityConfig) -> list[Check]:
    found, stated = pl.col("district_code_standard"), pl.col("district_code_stated")
    host = stated.replace(host_districts(config))
    point = pl.format("lon={}, lat={}", pl.col("lon"), pl.col("lat"))
    swapped = pl.concat_str(point, pl.lit("（经纬度疑似写反 / lon and lat look swapped）"))
    return [
        Check(
            "point_outside_city", "lon", found.is_null(), pl.when("is_swapped").then(swapped).otherwise(point)
        ),
        Check(
            "point_in_other_district", "district_code", host != found,
            pl.format("{} → {}", stated, found),
        ),
    ]  # fmt: skip
