"""Key areas (重点区域): districts, element zones and control units, each compared with its own kind."""

from collections.abc import Mapping

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.baseline.equivalents import Equivalents, sum_equivalents
from sxyd_pipeline.core.baseline.key_items import finished, judge, with_shares
from sxyd_pipeline.core.baseline.key_rules import ROUNDING, thresholds
from sxyd_pipeline.core.baseline.key_words import area_reasons
from sxyd_pipeline.core.inputs.config import CityConfig

AREA_RULES = ("area_density_multiple", "area_top_share", "area_park_co2_t", "carbon_weight_teq_per_tco2")
WEIGHT = "carbon_weight_teq_per_tco2"

#: Zone type of industrial parks and clusters (大气环境高排放重点管控区).
_PARK_TYPES = ("231",)
#: Words in the name of a control unit that is an industrial park.
_PARK_WORDS = "产业园|工业园|园区|开发区|工业区|高新区|化工区|新材料园|集聚区"


def identify_key_areas(  # noqa: PLR0913, PLR0917 - one parameter per table it is made from
    district_emissions: pl.DataFrame,
    zone_emissions: pl.DataFrame,
    control_unit_emissions: pl.DataFrame,
    districts: gpd.GeoDataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
    equivalents: Equivalents,
    rules: pl.DataFrame,
    config: CityConfig,
) -> pl.DataFrame:
    """Identify key areas of the base year.

    Densities are compared within districts, within each element's zones, and within control units; the mean
    of a kind is its emission over its area. ``integrated = APeq + w_c CO2`` with the carbon weight of the
    rules. ``intensity_ratio`` is the integrated density over its mean.

    Args:
        district_emissions: ``baseline.district_emissions``.
        zone_emissions: ``baseline.zone_emissions``.
        control_unit_emissions: ``baseline.control_unit_emissions``.
        districts: ``zoning.districts``.
        zones: ``zoning.zones``.
        control_units: ``zoning.control_units``.
        equivalents: weights of pollutants.
        rules: ``key_item_rules.csv``.
        config: settings of the city.

    Returns:
        ``baseline.key_areas``: every area, key or not, sorted by kind and code. Parks are zones of type 231
        and control units whose name says so.

    Raises:
        MissingKeyRuleError: a threshold is not in the rules.
    """
    limit = thresholds(rules, AREA_RULES)
    year = pl.col("year") == config.base_year
    city = sum_equivalents(district_emissions.filter(year), equivalents, ["city_code"])
    kinds = {
        "district": (district_emissions, districts, "district_code", "district_name"),
        "zone": (zone_emissions, zones, "zone_code", "zone_name"),
        "control_unit": (control_unit_emissions, control_units, "control_unit_code", "control_unit_name"),
    }
    results = []
    for scope_type, (emissions, layer, code, name) in kinds.items():
        areas = _areas(layer, code, name, scope_type)
        sums = sum_equivalents(emissions.filter(year), equivalents, [code]).rename({code: "code"})
        judged = rank_areas(areas.join(sums, on="code", maintain_order="left"), city, rules)
        results.append(
            finished(area_reasons(judged, limit, equivalents), scope_type, "key_area_rule", config)
        )
    return pl.concat(results).sort("scope_type", "code")


def rank_areas(areas: pl.DataFrame, city: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Compare areas with their own kind and judge them by the rule.

    Args:
        areas: ``code, name, comparison_group, area_km2, is_park, co2_t, apeq_t``.
        city: ``co2_t, apeq_t`` of the city in one row.
        rules: ``key_item_rules.csv``.

    Returns:
        The areas with shares and ranks, ``co2_ratio``, ``apeq_ratio``, ``intensity_ratio``, ``density_rank``,
        ``is_key`` and ``robustness_share``.
    """
    ranked = [
        with_shares(group, city) for group in areas.partition_by("comparison_group", maintain_order=True)
    ]
    table = (
        (pl.concat(ranked) if ranked else with_shares(areas, city))
        .with_columns(
            *(_ratio(pl.col(f"{name}_t")).alias(f"{name}_ratio") for name in ("co2", "apeq")),
            group_size=pl.len().over("comparison_group").cast(pl.Int64),
            is_two_high=pl.lit(None, pl.Boolean),
        )
        .with_columns(
            intensity_ratio=_integrated(thresholds(rules, AREA_RULES)[WEIGHT]),
        )
        .with_columns(density_rank=_rank(pl.col("intensity_ratio")))
    )
    return judge(table, _area_rule, rules, AREA_RULES)


def _integrated(weight: float) -> pl.Expr:
    return _ratio(pl.col("apeq_t") + weight * pl.col("co2_t"))


def _ratio(value: pl.Expr) -> pl.Expr:
    """Density over the mean density of the comparison group; empty where there is no area or no emission."""
    area = pl.col("area_km2")
    total, whole = value.sum().over("comparison_group"), area.sum().over("comparison_group")
    return pl.when((area > 0) & (total > 0)).then((value / area) / (total / whole))


def _rank(value: pl.Expr) -> pl.Expr:
    return value.rank("min", descending=True).over("comparison_group").cast(pl.Int64)


def _area_rule(limit: Mapping[str, float]) -> pl.Expr:
    multiple = limit["area_density_multiple"] + ROUNDING
    is_dense = (pl.col("co2_ratio") > multiple) & (pl.col("apeq_ratio") > multiple)
    # The carbon weight moves the ranking, so each variant ranks anew.
    integrated = _integrated(limit[WEIGHT])
    is_top = (_rank(integrated) <= (pl.col("group_size") * limit["area_top_share"]).ceil()) & (integrated > 0)
    is_big = pl.col("is_park") & (pl.col("co2_t") >= limit["area_park_co2_t"])
    return pl.any_horizontal(condition.fill_null(value=False) for condition in (is_dense, is_top, is_big))


def _areas(layer: gpd.GeoDataFrame, code: str, name: str, scope_type: str) -> pl.DataFrame:
    frame = pl.DataFrame(
        {
            "code": pl.Series([str(value) for value in layer[code]], dtype=pl.String),
            "name": pl.Series([str(value) for value in layer[name]], dtype=pl.String),
            "area_km2": pl.Series([float(value) for value in layer["area_km2"]], dtype=pl.Float64),
        }
    )
    if scope_type == "zone":
        return frame.with_columns(
            comparison_group=pl.Series([str(value) for value in layer["element"]], dtype=pl.String),
            is_park=pl.Series([str(value) in _PARK_TYPES for value in layer["zone_type"]], dtype=pl.Boolean),
        )
    is_park = (
        pl.col("name").str.contains(_PARK_WORDS) if scope_type == "control_unit" else pl.lit(value=False)
    )
    return frame.with_columns(comparison_group=pl.lit(scope_type), is_park=is_park)
