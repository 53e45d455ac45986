"""Siting of negative-carbon projects: what the zones allow, by rules that are data.

The strictest rule of all zones at a place decides: prohibited, then conditional, then allowed.
"""

import geopandas as gpd
import numpy as np
import polars as pl
import shapely

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.tables_modules import project_types_in_force
from sxyd_pipeline.core.inventory.indirect import choose_grid_factor
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance

#: Verdicts, strictest first.
VERDICTS = ("prohibited", "conditional", "allowed")
_RANK = {verdict: rank for rank, verdict in enumerate(VERDICTS)}
_KWH_PER_MWH = 1e3
#: Overlay leaves slivers: a unit prohibited on all but this share is prohibited, and a zone that
#: covers less than the other share of a unit does not touch it.
_WHOLE, _SLIVER = 0.999, 1e-4
_NEEDS = ".needs."
_PROJECT_COLUMNS = (
    "city_code", "project_id", "project_name", "project_type", "control_unit_code", "size", "size_unit",
    "verdict", "co2_effect_tco2", "low_tco2", "high_tco2", "zone_codes", "rule_ids", "condition_zh",
    "required_studies", "data_label",
)  # fmt: skip


def judge_places(places: pl.DataFrame, types: pl.DataFrame, rules: pl.DataFrame) -> pl.DataFrame:
    """Hold every type of project against the zones of every place.

    Args:
        places: ``place``, ``element``, ``zone_type``, one row per zone at the place.
        types: ``project_type``, one row per type to judge; ``needs_module`` names the element without which
            the type makes no sense (null = none).
        rules: ``data/reference/siting_rules.csv``; a rule without element and zone type holds anywhere.

    Returns:
        One row per place, type and rule that holds there: ``place``, ``project_type``, ``element``,
        ``zone_type``, ``rule_id``, ``verdict``, ``rank`` (0 is strictest), ``required_studies`` and
        ``condition_zh``.
    """
    kinds = types.select("project_type")
    words = ("rule_id", "verdict", "required_studies", "condition_zh")
    special = rules.filter(pl.col("element").is_not_null())
    hits = (
        places.join(kinds, how="cross")
        .join(
            special.select("project_type", "element", "zone_type", *words),
            on=["project_type", "element", "zone_type"],
            how="inner",
            maintain_order="left",
        )
        .select("place", "project_type", "element", "zone_type", *words)
    )
    anywhere = (
        places.select("place")
        .unique(maintain_order=True)
        .join(kinds, how="cross")
        .join(
            rules.filter(pl.col("element").is_null()).select("project_type", *words),
            on="project_type",
            how="inner",
            maintain_order="left",
        )
        .with_columns(element=pl.lit(None, dtype=pl.String), zone_type=pl.lit(None, dtype=pl.String))
        .select(hits.columns)
    )
    rank = pl.col("verdict").replace_strict(_RANK, return_dtype=pl.Int64)
    every = pl.concat([hits, anywhere, _out_of_place(places, types).select(hits.columns)])
    return every.with_columns(rank=rank).sort("place", "project_type", "rank", "rule_id")


def _out_of_place(places: pl.DataFrame, types: pl.DataFrame) -> pl.DataFrame:
    """Refuse types that need an element where that element has no zone: blue carbon on dry land."""
    bound = types.filter(pl.col("needs_module").is_not_null()).select("project_type", needs="needs_module")
    there = places.select("place", needs="element").unique()
    return (
        places.select("place")
        .unique(maintain_order=True)
        .join(bound, how="cross")
        .join(there, on=["place", "needs"], how="anti", maintain_order="left")
        .with_columns(
            element=pl.lit(None, dtype=pl.String),
            zone_type=pl.lit(None, dtype=pl.String),
            rule_id=pl.concat_str("project_type", pl.lit(_NEEDS), "needs"),
            verdict=pl.lit(VERDICTS[0]),
            required_studies=pl.lit(None, dtype=pl.String),
            condition_zh=pl.lit("仅适用于该要素的管控分区内，此处没有该要素分区"),
        )
    )


def decide(judged: pl.DataFrame) -> pl.DataFrame:
    """Reduce judged places to one verdict per place and type, with what decides it.

    Args:
        judged: what :func:`judge_places` returned.

    Returns:
        ``place``, ``project_type``, ``verdict``, ``rule_ids`` and ``condition_zh`` of the deciding rules, and
        ``required_studies`` of all rules that hold (null where none asks for one).
    """
    ordered = judged.sort("place", "project_type", "rank", "rule_id")
    decides = pl.col("rank") == pl.col("rank").min()
    studies = pl.col("required_studies").drop_nulls().str.split(";").explode().unique(maintain_order=True)
    return (
        ordered.group_by("place", "project_type", maintain_order=True)
        .agg(
            pl.col("verdict").first(),
            pl.col("rule_id").filter(decides).unique(maintain_order=True).str.join(";").alias("rule_ids"),
            pl.col("condition_zh").filter(decides).unique(maintain_order=True).str.join("；"),
            studies.str.join(";").alias("required_studies"),
        )
        .with_columns(
            pl.when(pl.col("required_studies") != "").then("required_studies").alias("required_studies")
        )
    )


def _without_idle_studies() -> pl.Expr:
    """What may not be built needs no study."""
    return pl.when(pl.col("verdict") != VERDICTS[0]).then("required_studies").alias("required_studies")


def project_effects(projects: pl.DataFrame, types: pl.DataFrame, grid_tco2_per_kwh: float) -> pl.DataFrame:
    """Compute the CO2 effect of projects: displaced electricity times the grid factor, or tCO2 directly.

    Args:
        projects: ``project_type``, ``size`` in the unit of the type, and any further columns.
        types: ``data/reference/siting_project_types.csv``.
        grid_tco2_per_kwh: average factor of the grid.

    Returns:
        ``projects`` in their order with ``co2_effect_tco2`` and its range ``low_tco2``, ``high_tco2``, in
        tCO2/a; negative = emits.
    """
    known = types.select("project_type", "effect_basis", "value", "low", "high")
    per_mwh = grid_tco2_per_kwh * _KWH_PER_MWH
    unit = pl.when(pl.col("effect_basis") == "grid_displaced").then(per_mwh).otherwise(1.0)
    return (
        projects.join(known, on="project_type", how="left", maintain_order="left")
        .with_columns(
            co2_effect_tco2=pl.col("size") * pl.col("value") * unit,
            low_tco2=pl.col("size") * pl.col("low") * unit,
            high_tco2=pl.col("size") * pl.col("high") * unit,
        )
        .drop("effect_basis", "value", "low", "high")
    )


def check_projects(
    carbon_projects: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    control_units: gpd.GeoDataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Return ``synergy.siting_projects``: every planned project against the zones at its point.

    Args:
        carbon_projects: ``inputs.carbon_projects``.
        zones: ``zoning.zones``.
        control_units: ``zoning.control_units``.
        reference: rules, types and grid factors.
        config: settings of the city.

    Raises:
        NoGridFactorError: neither the province nor the nation has a grid factor.
    """
    types, rules = project_types_in_force(reference, config), reference.siting_rules
    points = shapely.points(carbon_projects["lon"].to_numpy(), carbon_projects["lat"].to_numpy())
    at = _features_at(points, zones, "zone_code").join(
        _zone_words(zones), on="zone_code", maintain_order="left"
    )
    unit_at = _features_at(points, control_units, "control_unit_code").unique(
        "place", keep="first", maintain_order=True
    )
    every = pl.DataFrame({"place": range(len(points))}, schema={"place": pl.Int64})
    listed = at.group_by("place", maintain_order=True).agg(
        zone_codes=pl.col("zone_code").sort().str.join(";")
    )
    # A point outside every zone is still judged by the rules that hold anywhere.
    places = every.join(at, on="place", how="left", maintain_order="left").select(
        "place", "element", "zone_type"
    )
    verdicts = decide(judge_places(places, types, rules))
    checked = (
        project_effects(carbon_projects, types, _grid(reference, config))
        .with_columns(pl.int_range(pl.len()).alias("place"))
        .join(verdicts, on=["place", "project_type"], how="left", maintain_order="left")
        .join(listed, on="place", how="left", maintain_order="left")
        .join(unit_at, on="place", how="left", maintain_order="left")
        .with_columns(_without_idle_studies())
        .select(_PROJECT_COLUMNS)
    )
    return _proven(checked, reference, carbon_projects, _zone_words(zones)).sort("project_id")


def draw_up_siting(
    control_units: gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    zones: gpd.GeoDataFrame,
    siting_projects: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Return ``synergy.siting``: where projects of each type may stand, by control unit.

    Elements overlap, so the prohibited area is known within bounds: at least the largest share of any
    element, at most their sum. A unit prohibited on its whole area is prohibited; one that is partly
    prohibited or under conditions is conditional.

    Args:
        control_units: ``zoning.control_units``.
        control_unit_zones: ``zoning.control_unit_zones``.
        zones: ``zoning.zones``.
        siting_projects: ``synergy.siting_projects``, for what is planned.
        reference: rules and types.
        config: settings of the city.
    """
    types, rules = project_types_in_force(reference, config), reference.siting_rules
    pieces = (
        control_unit_zones.filter(pl.col("share_of_control_unit") >= _SLIVER)
        .select("control_unit_code", "zone_code", "share_of_control_unit")
        .join(_zone_words(zones), on="zone_code", maintain_order="left")
    )
    units = pl.DataFrame(
        {
            name: pl.Series(control_units[name].tolist())
            for name in ("city_code", "control_unit_code", "control_class")
        }
    ).with_columns(pl.col("control_class").cast(pl.Int32))
    # A unit without any zone (at sea, say) is still judged by the rules that hold anywhere.
    places = units.select("control_unit_code").join(
        pieces, on="control_unit_code", how="left", maintain_order="left"
    )
    judged = judge_places(
        places.select("element", "zone_type", place="control_unit_code").unique(maintain_order=True),
        types,
        rules,
    )
    shares = _shares(pieces, judged)
    planned = siting_projects.group_by("control_unit_code", "project_type", maintain_order=True).agg(
        planned_count=pl.len().cast(pl.Int64),
        planned_co2_effect_tco2=pl.col("co2_effect_tco2").filter(pl.col("verdict") != "prohibited").sum(),
    )
    table = (
        units.join(types.select("project_type", project_type_zh="name_zh"), how="cross")
        .join(
            decide(judged).rename({"place": "control_unit_code"}),
            on=["control_unit_code", "project_type"],
            maintain_order="left",
        )
        .join(shares, on=["control_unit_code", "project_type"], how="left", maintain_order="left")
        .join(planned, on=["control_unit_code", "project_type"], how="left", maintain_order="left")
        # No rule of an element touches the unit: nothing of it is prohibited; nothing planned is zero.
        .with_columns(
            pl.col("prohibited_share_low", "prohibited_share_high", "conditional_share_high").fill_null(0.0),
            pl.col("planned_count").fill_null(0),
            pl.col("planned_co2_effect_tco2").fill_null(0.0),
        )
        .with_columns(
            pl.when(pl.col("rule_ids").str.contains(_NEEDS, literal=True))
            .then(1.0)
            .otherwise(pl.col(name))
            .alias(name)
            for name in ("prohibited_share_low", "prohibited_share_high")
        )
        .with_columns(
            verdict=pl.when(pl.col("prohibited_share_low") >= _WHOLE)
            .then(pl.lit("prohibited"))
            .when(pl.col("verdict") == "allowed")
            .then(pl.lit("allowed"))
            .otherwise(pl.lit("conditional"))
        )
        .with_columns(_without_idle_studies())
    )
    return _proven(table, reference, control_unit_zones, siting_projects).sort(
        "control_unit_code", "project_type"
    )


def _shares(pieces: pl.DataFrame, judged: pl.DataFrame) -> pl.DataFrame:
    """Return the bounds of the prohibited and the conditional share of every unit and type."""
    hit = judged.filter(pl.col("element").is_not_null()).select(
        "project_type", "element", "zone_type", "verdict", control_unit_code="place"
    )
    by_element = (
        pieces.join(hit, on=["control_unit_code", "element", "zone_type"], maintain_order="left")
        .sort("control_unit_code", "project_type", "element", "zone_code")
        .group_by("control_unit_code", "project_type", "element", "verdict", maintain_order=True)
        .agg(share=pl.col("share_of_control_unit").sum())
    )
    prohibited = pl.col("share").filter(pl.col("verdict") == "prohibited")
    conditional = pl.col("share").filter(pl.col("verdict") == "conditional")
    return by_element.group_by("control_unit_code", "project_type", maintain_order=True).agg(
        prohibited_share_low=pl.min_horizontal(prohibited.max().fill_null(0.0), 1.0),
        prohibited_share_high=pl.min_horizontal(prohibited.sum(), 1.0),
        conditional_share_high=pl.min_horizontal(conditional.sum(), 1.0),
    )


def _features_at(points: np.ndarray, layer: gpd.GeoDataFrame, code: str) -> pl.DataFrame:
    """Return ``place`` and ``code`` of every feature that a point lies in, by place and code."""
    place, feature = shapely.STRtree(layer.geometry.to_numpy()).query(points, predicate="intersects")
    codes = np.asarray(layer[code].astype(str))[feature]
    found = pl.DataFrame({"place": place, code: codes}, schema={"place": pl.Int64, code: pl.String})
    return found.sort("place", code)


def _zone_words(zones: gpd.GeoDataFrame) -> pl.DataFrame:
    columns = ("zone_code", "element", "zone_type")
    return pl.DataFrame({name: pl.Series(zones[name].tolist(), dtype=pl.String) for name in columns})


def _grid(reference: Reference, config: CityConfig) -> float:
    province = f"{config.adcode[:2]}0000"
    return float(str(choose_grid_factor(reference, province, "electricity", config.base_year)["t_per_unit"]))


def _proven(table: pl.DataFrame, reference: Reference, *parents: pl.DataFrame) -> pl.DataFrame:
    hashed = inputs_hash(*parents, reference.siting_rules, reference.siting_project_types)
    return with_provenance(
        table, method_id="siting_rules", formula_variant="最严规则决定；面积比例为上下限", inputs=hashed
    )
