"""Structure of emissions: who emits how much of the city's total, and how intensely."""

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.baseline.figures import (
    city_figures,
    city_population,
    district_figures,
    intensity_per_value_added,
)
from sxyd_pipeline.core.baseline.layer import OUTSIDE
from sxyd_pipeline.core.baseline.two_high import find_two_high
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE, SOURCE_CATEGORIES
from sxyd_pipeline.vocabulary.elements import ELEMENT_BY_CODE, ControlClass

METHOD = "emission_structure"

_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "year": pl.Int32, "breakdown": pl.String, "code": pl.String, "name": pl.String,
    "species": pl.String, "emission_t": pl.Float64, "share_of_city": pl.Float64,
    "per_gdp_t_per_1e8cny": pl.Float64, "per_value_added_t_per_1e8cny": pl.Float64,
    "per_capita_kg": pl.Float64, "density_t_per_km2": pl.Float64, "price_base": pl.String,
    "method_id": pl.String,
}  # fmt: skip

_VERDICTS = {"yes": "两高行业", "no": "非两高", "unknown": "须核对产品后认定"}
_KG_PER_T = 1e3
_CNY_PER_1E8 = 1e8


def describe_structure(  # noqa: PLR0913, PLR0917 - one parameter per table it is made from
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    economy: pl.DataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
    two_high: pl.DataFrame,
    industries: pl.DataFrame,
    config: CityConfig,
) -> pl.DataFrame:
    """Break the emissions down eight ways, with shares and intensities.

    ``share = E_code / E_city``; ``per GDP = E / (GDP / 1e8)`` in t per 1e8 CNY, GDP of the same year in that
    year's prices where stated (``price_base`` says which); ``per head = 1000 E / population`` in kg;
    ``density = E / area`` in t/km2. An intensity is empty where its denominator is not known.

    Shares of a breakdown sum to 1, with two exceptions: zone types do so within each element (elements
    overlap), and ``two_high`` holds ``yes``/``no``/``unknown`` (which sum to 1) beside one row per group
    (which sum to ``yes`` and ``unknown``). Rows that a breakdown cannot name have code ``*``.

    Args:
        source_emissions: ``inventory.emissions``.
        placements: ``baseline.placements``.
        economy: ``inputs.economy`` (``gdp``, ``population``, ``value_added`` of industries).
        districts: ``zoning.districts``.
        zones: ``zoning.zones``.
        control_units: ``zoning.control_units``.
        two_high: list of two-high industries (``data/reference/two_high_industries.csv``).
        industries: list of industries (``data/reference/industries.csv``).
        config: settings of the city; figures of statistical areas are counted in their host district.

    Returns:
        ``baseline.structure``, sorted by its key; t/a.
    """
    parts = pl.concat(
        [
            *_by_source(source_emissions, industries, config),
            _by_two_high(source_emissions, two_high, config),
            *_by_place(source_emissions, placements, districts, zones, control_units),
        ]
    )
    total = parts.filter(pl.col("breakdown") == "city").select("year", "species", city_t="emission_t")
    denominators = _denominators(economy, districts, config)
    per_value_added = _per_value_added(source_emissions, economy, industries)
    return (
        parts.join(total, on=["year", "species"], how="left", maintain_order="left")
        .join(denominators, on=["breakdown", "code", "year"], how="left", maintain_order="left")
        .join(
            _areas(districts, zones, control_units, config),
            on=["breakdown", "code"], how="left", maintain_order="left",
        )
        .join(per_value_added, on=["breakdown", "code", "year", "species"], how="left", maintain_order="left")
        .with_columns(
            # Where the city emits none of a species, no part has a share of it.
            share_of_city=pl.when(pl.col("city_t") > 0)
            .then(pl.col("emission_t") / pl.col("city_t"))
            .otherwise(0.0),
            per_gdp_t_per_1e8cny=_over("gdp_cny", _CNY_PER_1E8),
            per_capita_kg=_over("population", _KG_PER_T),
            density_t_per_km2=_over("area_km2", 1.0),
            price_base=pl.coalesce("gdp_price_base", "value_added_price_base"),
            city_code=pl.lit(config.adcode),
            method_id=pl.lit(METHOD),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in _SCHEMA.items())
        .sort("year", "breakdown", "code", "species")
    )  # fmt: skip


def _over(denominator: str, factor: float) -> pl.Expr:
    """Emission per denominator; empty where it is missing or zero."""
    return pl.when(pl.col(denominator) > 0).then(pl.col("emission_t") * factor / pl.col(denominator))


def _grouped(rows: pl.DataFrame, breakdown: str) -> pl.DataFrame:
    """Sum rows with ``code`` and ``name``; the order is fixed so that the bytes are."""
    return (
        rows.group_by("year", "code", "name", "species", maintain_order=True)
        .agg(pl.col("emission_t").sum())
        .select("year", pl.lit(breakdown).alias("breakdown"), "code", "name", "species", "emission_t")
    )


def _by_source(
    source_emissions: pl.DataFrame, industries: pl.DataFrame, config: CityConfig
) -> list[pl.DataFrame]:
    """Break down by what the source itself says."""
    columns = ["year", "species", "source_category", "industry_code", "activity_code"]
    sums = (
        source_emissions.sort("source_id", "year", "species")
        .group_by(columns, maintain_order=True)
        .agg(pl.col("emission_t").sum())
        .sort(columns)
    )
    names = dict(industries.select("code", "name").iter_rows())
    category = pl.col("source_category").cast(pl.String)
    activities = {code: activity.zh for code, activity in ACTIVITY_BY_CODE.items()}
    labelled = {
        "city": (pl.lit(config.adcode), pl.lit(config.name)),
        "source_category": (
            category,
            category.replace({str(code): name for code, name in SOURCE_CATEGORIES.items()}),
        ),
        "industry": (
            pl.col("industry_code").fill_null(OUTSIDE),
            pl.col("industry_code").replace(names).fill_null("无行业代码的排放源"),
        ),
        "activity": (
            pl.col("activity_code").fill_null(OUTSIDE),
            pl.col("activity_code").replace(activities).fill_null("无活动水平（仅有实测）"),
        ),
    }
    return [
        _grouped(sums.with_columns(code=code, name=name), breakdown)
        for breakdown, (code, name) in labelled.items()
    ]


def _by_two_high(source_emissions: pl.DataFrame, two_high: pl.DataFrame, config: CityConfig) -> pl.DataFrame:
    facilities = find_two_high(source_emissions, two_high, config.province).unique(
        "facility_id", keep="first", maintain_order=True
    )
    rows = (
        source_emissions.sort("source_id", "year", "species")
        .group_by("year", "species", "facility_id", maintain_order=True)
        .agg(pl.col("emission_t").sum())
        .join(facilities.drop("industry_code"), on="facility_id", how="left", maintain_order="left")
        # Sources without facility are area sources: no list of industries covers them.
        .with_columns(is_area=pl.col("facility_id").is_null())
        .with_columns(
            code=pl.when("is_two_high").then(pl.lit("yes"))
            .when(pl.col("is_area") | ~pl.col("is_two_high")).then(pl.lit("no"))
            .otherwise(pl.lit("unknown")),
        )
        .with_columns(
            name=pl.col("code").replace_strict(_VERDICTS)
        )
        .sort("year", "code", "species", "facility_id", nulls_last=True)
    )  # fmt: skip
    groups = rows.drop_nulls("group").with_columns(
        code=pl.concat_str(pl.lit("group:"), "group"), name=pl.col("group_zh")
    )
    return pl.concat([_grouped(rows, "two_high"), _grouped(groups, "two_high")])


def _by_place(
    source_emissions: pl.DataFrame,
    placements: pl.DataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
) -> list[pl.DataFrame]:
    """Break down by where the tonnes come down."""
    spread = (
        source_emissions.sort("source_id", "year", "species")
        .group_by("spread_id", "year", "species", maintain_order=True)
        .agg(pl.col("emission_t").sum())
    )
    outside = pl.DataFrame(
        [
            (code, OUTSIDE, f"{code}:{OUTSIDE}", f"{element.zh}：分区以外")
            for code, element in ELEMENT_BY_CODE.items()
        ],
        schema=["layer", "target", "code", "name"],
        orient="row",
    )
    zone_types = _columns(zones, layer="element", target="zone_code", code="zone_type", name="zone_type_name")
    classes = _columns(control_units, target="control_unit_code", code="control_class").with_columns(
        name=pl.col("code").replace_strict({str(int(c)): c.zh for c in ControlClass}),
        layer=pl.lit("control_unit"),
    )
    areas = _columns(districts, target="district_code", code="district_code", name="district_name")
    labels = {
        "district": areas.with_columns(layer=pl.lit("district")),
        "control_class": classes,
        "zone_type": pl.concat([zone_types, outside], how="diagonal"),
    }
    results = []
    for breakdown, label in labels.items():
        shares = (
            placements.select("spread_id", "layer", "share", target="code")
            .join(label.select("layer", "target", "code"), on=["layer", "target"], maintain_order="left")
            .group_by("spread_id", "code", maintain_order=True)
            .agg(pl.col("share").sum())
        )
        names = label.select("code", "name").unique("code", keep="first", maintain_order=True)
        placed = (
            # Orders are kept instead of sorting millions of joined rows; the sums are the same every time.
            spread.join(shares, on="spread_id", maintain_order="left_right")
            .group_by("code", "year", "species", maintain_order=True)
            .agg((pl.col("emission_t") * pl.col("share")).sum())
            .join(names, on="code", maintain_order="left")
        )
        results.append(_grouped(placed.sort("code", "year", "species"), breakdown))
    return results


def _columns(frame: gpd.GeoDataFrame, **columns: str) -> pl.DataFrame:
    """Take columns of a layer as text under new names."""
    return pl.DataFrame(
        {
            name: pl.Series([str(value) for value in frame[column]], dtype=pl.String)
            for name, column in columns.items()
        }
    )


def _denominators(economy: pl.DataFrame, districts: gpd.GeoDataFrame, config: CityConfig) -> pl.DataFrame:
    """GDP and population of city and districts."""
    codes = [str(code) for code in districts["district_code"]]
    figures = {
        "city": (city_figures(economy, "gdp", config), city_population(economy, codes, config)),
        "district": (
            district_figures(economy, "gdp", config),
            district_figures(economy, "population", config),
        ),
    }
    frames = []
    for breakdown, (gdp, population) in figures.items():
        frames.append(
            gdp.rename({"value": "gdp_cny", "price_base": "gdp_price_base"})
            .join(
                population.select("code", "year", population="value"),
                on=["code", "year"],
                how="full",
                coalesce=True,
                maintain_order="left_right",
            )
            .with_columns(breakdown=pl.lit(breakdown))
        )
    return pl.concat(frames)


def _areas(
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
    config: CityConfig,
) -> pl.DataFrame:
    """Area of everything that has one."""
    sums = [
        _area_sums(districts, "district", "district_code"),
        _area_sums(zones, "zone_type", "zone_type"),
        _area_sums(control_units, "control_class", "control_class"),
    ]
    city = pl.DataFrame(
        {"breakdown": ["city"], "code": [config.adcode], "area_km2": [float(districts["area_km2"].sum())]}
    )
    return pl.concat([city, *sums])


def _area_sums(frame: gpd.GeoDataFrame, breakdown: str, code: str) -> pl.DataFrame:
    return (
        _columns(frame, code=code)
        .with_columns(area_km2=pl.Series([float(area) for area in frame["area_km2"]], dtype=pl.Float64))
        .group_by("code", maintain_order=True)
        .agg(pl.col("area_km2").sum())
        .select(pl.lit(breakdown).alias("breakdown"), "code", "area_km2")
    )


def _per_value_added(
    source_emissions: pl.DataFrame, economy: pl.DataFrame, industries: pl.DataFrame
) -> pl.DataFrame:
    sums = (
        source_emissions.drop_nulls("industry_code")
        .sort("source_id", "year", "species")
        .group_by("industry_code", "year", "species", maintain_order=True)
        .agg(pl.col("emission_t").sum())
    )
    return intensity_per_value_added(sums, economy, industries).select(
        pl.lit("industry").alias("breakdown"),
        "year",
        "species",
        code="industry_code",
        per_value_added_t_per_1e8cny="intensity_t_per_1e8cny",
        value_added_price_base="price_base",
    )
