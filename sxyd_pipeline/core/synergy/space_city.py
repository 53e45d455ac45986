"""Clusters and spatial statistics of a city's base year, at grid, control-unit and district level.

The same quantity is shown at three sizes of area, since the answer depends on the size (the modifiable areal
unit problem). Densities span orders of magnitude: linear values show the few giants, logarithms (``ln_``) the
pattern of the rest; both are rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import polars as pl

from sxyd_pipeline.core.baseline.equivalents import Equivalents, choose_city_equivalents, sum_equivalents
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.grid import cells_of_codes
from sxyd_pipeline.core.synergy.hotspots import overlap_hot_spots
from sxyd_pipeline.core.synergy.moran import Moran, bivariate_moran, count_ties, global_moran
from sxyd_pipeline.core.synergy.moran_local import (
    Local,
    Tails,
    bivariate_local_moran,
    conditional_tails,
    gi_star,
    local_moran,
)
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance
from sxyd_pipeline.core.synergy.space import Weights, polygon_neighbours, raster_neighbours, standardise
from sxyd_pipeline.core.synergy.space_notes import compare_levels, note_of_islands, note_of_overlap
from sxyd_pipeline.core.synergy.space_settings import setting
from sxyd_pipeline.core.zoning.projection import polygons_of

Floats = npt.NDArray[np.float64]

CO2, APEQ, PAIR = "co2_density", "apeq_density", "co2_with_apeq"
#: Scales of a density: as it is, and its logarithm.
SCALES = ("", "ln_")
LEVELS = ("grid", "control_unit", "district")

_CLUSTER_COLUMNS = [
    "city_code", "layer", "code", "year", "variable", "statistic", "value", "p_value", "p_fdr", "cluster",
    "is_significant_fdr", "neighbour_count", "permutations", "method_id", "formula_variant",
    "grade_scheme_id", "inputs_hash",
]  # fmt: skip
_STATISTIC_COLUMNS = [
    "city_code", "layer", "year", "variable", "statistic", "value", "expected", "variance", "z_score",
    "z_score_normality", "p_value", "feature_count", "island_count", "tie_count", "permutations", "note_zh",
    "method_id", "formula_variant", "grade_scheme_id", "inputs_hash",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Level:
    """One size of area.

    Attributes:
        layer: ``grid``, ``control_unit`` or ``district``.
        codes: areas.
        densities: ``co2_density`` and ``apeq_density`` (t/km2) and their logarithms, one value per area.
        weights: row-standardised contiguity.
    """

    layer: str
    codes: list[str]
    densities: Mapping[str, Floats]
    weights: Weights


def clusters_of_city(
    grid: gpd.GeoDataFrame,
    control_unit_emissions: pl.DataFrame,
    district_emissions: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Find the clusters of cells, control units and districts (``synergy.clusters``).

    See :func:`draw_levels` for the tables, :func:`find_clusters` for the statistics.
    """
    tables = (grid, control_unit_emissions, district_emissions, control_units, districts)
    levels = _levels_of(tables, reference, config)
    return find_clusters(levels, reference.synergy_parameters, config, inputs_hash(*tables))


def statistics_of_city(
    grid: gpd.GeoDataFrame,
    control_unit_emissions: pl.DataFrame,
    district_emissions: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Compute global statistics at the three levels (``synergy.spatial_statistics``).

    See :func:`draw_levels` for the tables, :func:`measure_space` for the statistics.
    """
    tables = (grid, control_unit_emissions, district_emissions, control_units, districts)
    levels = _levels_of(tables, reference, config)
    return measure_space(levels, reference.synergy_parameters, config, inputs_hash(*tables))


def _levels_of(
    tables: tuple[gpd.GeoDataFrame, pl.DataFrame, pl.DataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame],
    reference: Reference,
    config: CityConfig,
) -> list[Level]:
    equivalents = choose_city_equivalents(reference.pollution_equivalents, config)
    return draw_levels(
        *tables, equivalents, snap_m=setting(reference.synergy_parameters, "contiguity_snap_m")
    )


def draw_levels(
    grid: gpd.GeoDataFrame,
    control_unit_emissions: pl.DataFrame,
    district_emissions: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    equivalents: Equivalents,
    *,
    snap_m: float,
) -> list[Level]:
    """Gather densities and neighbours of the three levels.

    In a cell that the border cuts, area sources count over the part inside the city and points over the whole
    cell. Otherwise either the border would look clean, or one chimney in a sliver have any density one likes.

    Args:
        grid: ``synergy.grid``.
        control_unit_emissions: ``baseline.control_unit_emissions``.
        district_emissions: ``baseline.district_emissions``.
        control_units: ``zoning.control_units``.
        districts: ``zoning.districts``.
        equivalents: weights of the pollution equivalents.
        snap_m: how far apart two drawings of one border may lie (m).

    Returns:
        Levels in the order of :data:`LEVELS`, areas sorted by code.
    """
    cells = pl.from_pandas(pd.DataFrame(grid.drop(columns="geometry"))).sort("cell_id")
    column, row = cells_of_codes(cells["cell_id"])
    co2, apeq = (_cell_density(cells, name) for name in ("co2", "apeq"))
    levels = [
        Level(
            "grid", cells["cell_id"].to_list(),
            _scaled(co2, apeq),
            standardise(raster_neighbours(column, row)),
        )
    ]  # fmt: skip
    for layer, emissions, frame in (
        ("control_unit", control_unit_emissions, control_units), ("district", district_emissions, districts),
    ):  # fmt: skip
        code = f"{layer}_code"
        ordered = frame.sort_values(code, kind="stable")
        sums = sum_equivalents(emissions, equivalents, [code]).join(
            pl.DataFrame({code: ordered[code].tolist(), "area_km2": ordered["area_km2"].tolist()}), on=code
        )
        sums = sums.sort(code)
        area = sums["area_km2"].to_numpy()
        neighbours = polygon_neighbours(polygons_of(ordered, layer), snap_m=snap_m)
        values = _scaled(sums["co2_t"].to_numpy() / area, sums["apeq_t"].to_numpy() / area)
        levels.append(Level(layer, sums[code].to_list(), values, standardise(neighbours)))
    return levels


def find_clusters(
    levels: Sequence[Level], parameters: pl.DataFrame, config: CityConfig, inputs: str
) -> pl.DataFrame:
    """Find the clusters of every level (``synergy.clusters``).

    Args:
        levels: what :func:`draw_levels` gathered.
        parameters: ``synergy_parameters.csv``.
        config: settings of the city.
        inputs: hash of the tables the levels come from.
    """
    permutations = int(setting(parameters, "local_permutations"))
    seed, level = int(setting(parameters, "permutation_seed")), setting(parameters, "significance_p")
    frames = []
    for area in levels:
        w = area.weights
        tails = {
            name: conditional_tails(values, w, permutations=permutations, seed=seed)
            for name, values in area.densities.items()
        }
        for scale in SCALES:
            x, y = area.densities[f"{scale}{CO2}"], area.densities[f"{scale}{APEQ}"]
            of_x, of_y = tails[f"{scale}{CO2}"], tails[f"{scale}{APEQ}"]
            for name, values, drawn in ((CO2, x, of_x), (APEQ, y, of_y)):
                found = local_moran(values, w, significance_p=level, tails=drawn)
                frames.append(_cluster_rows(area, f"{scale}{name}", "local_moran", found, drawn))
                found = gi_star(values, w, significance_p=level, tails=drawn)
                frames.append(_cluster_rows(area, f"{scale}{name}", "gi_star", found, drawn))
            both = bivariate_local_moran(x, y, w, significance_p=level, tails=of_y)
            frames.append(_cluster_rows(area, f"{scale}{PAIR}", "bivariate_local_moran", both, of_y))
    rows = pl.concat(frames).with_columns(
        city_code=pl.lit(config.adcode),
        year=pl.lit(config.base_year, dtype=pl.Int32),
        is_significant_fdr=(pl.col("p_fdr") <= level).fill_null(value=False),
    )
    how = f"条件置换 {permutations} 次, 种子 {seed}, p≤{level:g}; FDR 用双侧 p"
    variant = pl.concat_str("criterion", pl.lit(how), separator="; ")
    return (
        with_provenance(rows, method_id=pl.col("statistic"), formula_variant=variant, inputs=inputs)
        .select(_CLUSTER_COLUMNS)
        .sort("layer", "code", "variable", "statistic")
    )


def measure_space(
    levels: Sequence[Level], parameters: pl.DataFrame, config: CityConfig, inputs: str
) -> pl.DataFrame:
    """Compute global statistics of every level, with a note on how levels differ.

    Args:
        levels: what :func:`draw_levels` gathered.
        parameters: ``synergy_parameters.csv``.
        config: settings of the city.
        inputs: hash of the tables the levels come from.
    """
    permutations, seed = (
        int(setting(parameters, name)) for name in ("global_permutations", "permutation_seed")
    )
    rows: list[dict[str, object]] = []
    for area in levels:
        for scale in SCALES:
            x, y = area.densities[f"{scale}{CO2}"], area.densities[f"{scale}{APEQ}"]
            for name, values in ((CO2, x), (APEQ, y)):
                found = global_moran(values, area.weights, permutations=permutations, seed=seed)
                rows.append(_moran_row(area, f"{scale}{name}", "moran_i", "global_moran", found))
            pair = bivariate_moran(x, y, area.weights, permutations=permutations, seed=seed)
            rows.append(_moran_row(area, f"{scale}{PAIR}", "bivariate_moran_i", "bivariate_moran", pair))
        rows += _overlap_rows(area, setting(parameters, "hot_spot_share"))
    schema = {
        "layer": pl.String, "variable": pl.String, "statistic": pl.String, "method_id": pl.String,
        "formula_variant": pl.String, "value": pl.Float64, "expected": pl.Float64, "variance": pl.Float64,
        "z_score": pl.Float64, "z_score_normality": pl.Float64, "p_value": pl.Float64,
        "feature_count": pl.Int64, "island_count": pl.Int64, "tie_count": pl.Int64, "permutations": pl.Int64,
        "note": pl.String,
    }  # fmt: skip
    table = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.selectors.float().fill_nan(None))
    compared = compare_levels(table, LEVELS, setting(parameters, "significance_p")).with_columns(
        city_code=pl.lit(config.adcode), year=pl.lit(config.base_year, dtype=pl.Int32)
    )
    return (
        with_provenance(
            compared, method_id=pl.col("method_id"), formula_variant=pl.col("formula_variant"), inputs=inputs
        )
        .select(_STATISTIC_COLUMNS)
        .sort("layer", "variable", "statistic")
    )


def _cell_density(cells: pl.DataFrame, name: str) -> Floats:
    spread = (pl.col(f"{name}_t") - pl.col(f"{name}_point_t")).clip(0.0, None) / pl.col("area_km2")
    return cells.select(spread + pl.col(f"{name}_point_t") / pl.col("cell_km2")).to_series().to_numpy()


def _scaled(co2: Floats, apeq: Floats) -> dict[str, Floats]:
    return {CO2: co2, APEQ: apeq, f"ln_{CO2}": _logarithm(co2), f"ln_{APEQ}": _logarithm(apeq)}


def _logarithm(density: Floats) -> Floats:
    """Take logarithms; zeros stand at the smallest positive density, so that the unit does not matter."""
    positive = density[density > 0.0]
    return np.log(np.maximum(density, positive.min())) if len(positive) else np.zeros_like(density)


def _cluster_rows(area: Level, variable: str, statistic: str, found: Local, tails: Tails) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "layer": area.layer, "code": area.codes, "variable": variable, "statistic": statistic,
            "value": found.value, "p_value": found.p_value, "p_fdr": found.p_fdr,
            "cluster": found.cluster.tolist(), "neighbour_count": area.weights.counts,
            "permutations": tails.drawn,
            "criterion": area.weights.criterion,
        },
        schema_overrides={
            "cluster": pl.String, "neighbour_count": pl.Int64, "permutations": pl.Int64, "code": pl.String,
        },
    ).with_columns(pl.col("value", "p_value", "p_fdr").fill_nan(None))  # fmt: skip


def _moran_row(area: Level, variable: str, statistic: str, method: str, found: Moran) -> dict[str, object]:
    return {
        "layer": area.layer, "variable": variable, "statistic": statistic, "method_id": method,
        "formula_variant": f"{area.weights.criterion}; 伪 p 为单侧, 置换 {found.permutations} 次",
        "value": found.value, "expected": found.expected, "variance": found.variance_randomisation,
        "z_score": found.z_randomisation, "z_score_normality": found.z_normality,
        "p_value": found.p_permutation,
        "feature_count": found.count, "island_count": found.islands, "tie_count": found.ties,
        "permutations": found.permutations or None, "note": note_of_islands(found.islands, found.count),
    }  # fmt: skip


def _overlap_rows(area: Level, top_share: float) -> list[dict[str, object]]:
    """Overlap needs no logarithm: ranks do not change with it."""
    x, y = area.densities[CO2], area.densities[APEQ]
    found = overlap_hot_spots(x, y, top_share=top_share)
    shared = {
        "layer": area.layer, "variable": PAIR, "method_id": "hot_spot_overlap",
        "formula_variant": f"前 {top_share:g} 的要素为热点, 阈值处并列者同进同出; p 为超几何检验",
        "p_value": found.p_value, "feature_count": len(x), "island_count": 0,
        "tie_count": count_ties(x) + count_ties(y), "note": note_of_overlap(found),
    }  # fmt: skip
    return [
        {**shared, "statistic": "jaccard", "value": found.jaccard, "expected": found.expected_jaccard},
        {**shared, "statistic": "overlap", "value": found.overlap, "expected": found.expected_overlap},
    ]
