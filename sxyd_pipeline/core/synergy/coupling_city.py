"""Coupling coordination and synergy degree of a city's control units and districts.

Two subsystems, pollution and carbon, from emission densities (less is better); three with the economy where
districts report it. Every formula variant and every grade scheme is a row of its own, since none is official.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import polars as pl

from sxyd_pipeline.core.baseline.figures import district_figures
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.projection.indicators import gdp_of
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy import grades
from sxyd_pipeline.core.synergy.coupling import couple, describe_variant
from sxyd_pipeline.core.synergy.coupling_lints import lint_high_c_low_t
from sxyd_pipeline.core.synergy.coupling_order import measure_synergy
from sxyd_pipeline.core.synergy.normalise import (
    Direction,
    bounds_json,
    bounds_of_panel,
    index_subsystem,
    normalise,
)
from sxyd_pipeline.core.synergy.provenance import inputs_hash, with_provenance
from sxyd_pipeline.core.synergy.space_settings import setting

STANDARD, WITH_K, ORDER = "coupling_coordination", "coupling_coordination_k", "synergy_degree"
#: Pollutants of the pollution subsystem. PM2.5 stands for particles; PM10 holds it and would count it twice.
POLLUTANTS = ("SO2", "NOx", "PM2.5", "VOCs", "NH3")
POLLUTION, CARBON, ECONOMY = "pollution", "carbon", "economy"

_AREA_KEYS = ["scenario_id", "year", "layer", "code"]
_COLUMNS = [
    "city_code", *_AREA_KEYS, "subsystems", "subsystem_values", "coupling_c", "development_index",
    "coordination_d", "synergy_degree", "grade", "bounds", "lints", "method_id", "formula_variant",
    "grade_scheme_id", "inputs_hash",
]  # fmt: skip
_PART = [name for name in _COLUMNS if name not in {"city_code", "inputs_hash"}]


@dataclass(frozen=True, slots=True)
class _Panel:
    """Indicators of one layer, and how they make subsystems.

    ``systems`` maps a subsystem to its indicators; ``directions`` says which way each is good.
    """

    rows: pl.DataFrame
    systems: Mapping[str, Sequence[str]]
    directions: Mapping[str, Direction]
    words: str
    scale: str


def couple_city(
    projected_area_emissions: pl.DataFrame,
    economy: pl.DataFrame,
    control_units: gpd.GeoDataFrame,
    districts: gpd.GeoDataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Compute coupling and synergy degree of control units and districts, base year and horizons.

    Indicators are densities (t/km2) of SO2, NOx, PM2.5, VOCs, NH3 and CO2, all costs, normalised over all
    areas, scenarios and years of a layer: on a logarithmic scale, since densities span orders of magnitude
    and a linear one would leave all but a few areas at 1 (which is shown as a variant). The synergy degree
    counts each area against its own highest emission: ``u = 1 - x / max x``.

    Args:
        projected_area_emissions: ``projection.area_emissions``.
        economy: ``inputs.economy``; GDP of districts makes the third subsystem.
        control_units: ``zoning.control_units``.
        districts: ``zoning.districts``.
        reference: grade schemes and parameters; the default growth of GDP for the horizons.
        config: base year, horizons, statistical areas.

    Returns:
        ``synergy.coupling``.
    """
    years = (config.base_year, *config.horizons)
    areas = pl.concat([_areas(control_units, "control_unit"), _areas(districts, "district")])
    densities = _densities(projected_area_emissions, areas, years)
    gdp = _gdp_density(economy, areas, reference, config, years)
    parts = []
    for layer in ("control_unit", "district"):
        rows = densities.filter(pl.col("layer") == layer)
        logarithmic = _logarithmic(rows, [name for name in rows.columns if name.endswith("_density")])
        panel = _panel(logarithmic, f"{layer} × 情景 × {'/'.join(map(str, years))}", "ln")
        parts += [_coupled(panel, STANDARD, reference), _coupled(panel, WITH_K, reference)]
        parts.append(_coupled(replace(panel, rows=rows, scale="linear"), STANDARD, reference))
        parts.append(_synergised(rows, panel.systems, reference, config))
        if layer == "district" and not gdp.is_empty():
            parts.append(_coupled(_with_economy(logarithmic, gdp, panel), STANDARD, reference))
    digest = inputs_hash(projected_area_emissions, economy, control_units, districts)
    return (
        pl.concat(parts)
        .with_columns(city_code=pl.lit(config.adcode), inputs_hash=pl.lit(digest))
        .select(_COLUMNS)
        .sort(*_AREA_KEYS, "method_id", "formula_variant", "grade_scheme_id")
    )


def _areas(layer: gpd.GeoDataFrame, name: str) -> pl.DataFrame:
    return pl.DataFrame(
        {"layer": name, "code": layer[f"{name}_code"].tolist(), "area_km2": layer["area_km2"].tolist()},
        schema={"layer": pl.String, "code": pl.String, "area_km2": pl.Float64},
    )


def _densities(emissions: pl.DataFrame, areas: pl.DataFrame, years: Sequence[int]) -> pl.DataFrame:
    """Return ``*keys, so2_density, ...`` (t/km2), one row per area, scenario and year."""
    wanted = (*POLLUTANTS, "CO2")
    wide = (
        emissions.filter(pl.col("year").is_in(list(years)), pl.col("species").is_in(list(wanted)))
        .join(areas, on=["layer", "code"], how="inner", maintain_order="left")
        .with_columns(value=pl.col("emission_t") / pl.col("area_km2"))
        .pivot("species", index=_AREA_KEYS, values="value")
        .sort(_AREA_KEYS)
    )
    return wide.rename({name: _indicator(name) for name in wanted if name in wide.columns}).with_columns(
        # An area in which no source of a species lies emits none of it.
        pl.col("^.*_density$").fill_null(0.0)
    )


def _indicator(species: str) -> str:
    return f"{species.lower().replace('.', '')}_density"


def _logarithmic(rows: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """Take logarithms; zeros stand at the smallest positive value, so that units do not matter."""
    positive = rows.select(pl.col(name).filter(pl.col(name) > 0.0).min() for name in columns)
    floors: dict[str, float | None] = positive.row(0, named=True)
    return rows.with_columns(
        pl.col(name).clip(floor, None).log() if floor is not None else pl.lit(0.0).alias(name)
        for name, floor in floors.items()
    )


def _panel(rows: pl.DataFrame, words: str, scale: str) -> _Panel:
    pollution = [_indicator(name) for name in POLLUTANTS if _indicator(name) in rows.columns]
    carbon = [_indicator("CO2")]
    return _Panel(
        rows, {POLLUTION: pollution, CARBON: carbon}, dict.fromkeys((*pollution, *carbon), "cost"), words,
        scale,
    )  # fmt: skip


def _gdp_density(
    economy: pl.DataFrame, areas: pl.DataFrame, reference: Reference, config: CityConfig, years: Sequence[int]
) -> pl.DataFrame:
    """Return ``code, year, gdp_density`` (CNY/km2, base-year prices); empty unless all districts report."""
    districts = areas.filter(pl.col("layer") == "district")
    base = (
        district_figures(economy, "gdp", config)
        .filter(pl.col("year") == config.base_year, pl.col("value") > 0.0)
        .join(districts, on="code", how="inner", maintain_order="left")
    )
    growth = gdp_of(reference, config).filter(pl.col("year").is_in(list(years)))
    table = base.join(growth.rename({"year": "later"}), how="cross").select(
        "code", year="later", gdp_density=pl.col("value") / pl.col("area_km2") * pl.col("gdp_ratio")
    )
    return table if base.height == districts.height else table.clear()


def _with_economy(rows: pl.DataFrame, gdp: pl.DataFrame, panel: _Panel) -> _Panel:
    joined = rows.join(
        gdp.with_columns(pl.col("gdp_density").log()), on=["code", "year"], how="left", maintain_order="left"
    )
    return replace(
        panel,
        rows=joined,
        systems={**panel.systems, ECONOMY: ["gdp_density"]},
        directions={**panel.directions, "gdp_density": "benefit"},
        words=f"{panel.words}；GDP 各区县按全市缺省增速外推",
    )


def _coupled(panel: _Panel, method: str, reference: Reference) -> pl.DataFrame:
    """Return coupling of one panel by one formula, a row for every grade scheme."""
    parameters = reference.synergy_parameters
    epsilon, names = setting(parameters, "normalise_epsilon"), list(panel.systems)
    bounds = bounds_of_panel(panel.rows, panel.directions, panel.words)
    rows = normalise(panel.rows, bounds, epsilon=epsilon)
    for name, indicators in panel.systems.items():
        rows = index_subsystem(rows, [f"{indicator}_u" for indicator in indicators], name)
    k = setting(parameters, "coupling_k") if method == WITH_K else None
    rows = couple(rows, names, k=k)
    scale = "对数归一" if panel.scale == "ln" else "线性归一"
    described = rows.with_columns(
        subsystems=pl.lit(";".join(names)),
        subsystem_values=_values_json(names),
        synergy_degree=pl.lit(None, dtype=pl.Float64),
        bounds=pl.lit(bounds_json(bounds, epsilon=epsilon, scale=panel.scale)),
        lints=_lints(rows, parameters),
    )
    variant = f"{describe_variant(names, None, k)}; {scale}, ε={epsilon:g}"
    return pl.concat(
        with_provenance(
            described.with_columns(
                grade=grades.grade(rows["coordination_d"], reference.grade_schemes, scheme)
            ),
            method_id=method, formula_variant=variant, inputs="", grade_scheme_id=scheme,
        ).drop("inputs_hash")
        for scheme in grades.schemes_for(reference.grade_schemes, grades.COORDINATION)
    ).select(_PART)  # fmt: skip


def _synergised(
    densities: pl.DataFrame, systems: Mapping[str, Sequence[str]], reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Return the synergy degree of every horizon against the base year."""
    indicators = [name for members in systems.values() for name in members]
    highest = [pl.col(name).max().over("layer", "code").alias(f"{name}_max") for name in indicators]
    rows = densities.with_columns(highest).with_columns(
        # Where a species never occurs there is nothing to bring into order.
        pl.when(pl.col(f"{name}_max") > 0.0)
        .then(1.0 - pl.col(name) / pl.col(f"{name}_max"))
        .alias(f"{name}_u")
        for name in indicators
    )
    names = list(systems)
    for name, members in systems.items():
        rows = index_subsystem(rows, [f"{member}_u" for member in members], name)
    measured = measure_synergy(
        rows, names, by=["scenario_id", "layer", "code"], time="year", base=config.base_year
    )
    scheme = grades.schemes_for(reference.grade_schemes, grades.SYNERGY)[0]
    limits = [
        pl.format(f'"{name}": [0, {{}}, "cost"]', pl.col(f"{name}_max").round_sig_figs(6))
        for name in indicators
    ]
    bounds = pl.concat_str(
        pl.lit('{"panel": "本要素 × 情景 × 年", "scale": "linear", "epsilon": 0, "indicators": {'),
        pl.concat_str(limits, separator=", "),
        pl.lit("}}"),
    )
    nothing = pl.lit(None, dtype=pl.Float64)
    return with_provenance(
        measured.with_columns(
            subsystems=pl.lit(";".join(names)), subsystem_values=_values_json(names), coupling_c=nothing,
            development_index=nothing, coordination_d=nothing, bounds=bounds,
            lints=pl.lit(None, dtype=pl.String),
            grade=grades.grade(measured["synergy_degree"], reference.grade_schemes, scheme),
        ),
        method_id=ORDER, inputs="", grade_scheme_id=scheme,
        formula_variant=f"序参量 u=1−x/max(x)（本要素各情景各年）; 子系统等权; 基期 {config.base_year}",
    ).select(_PART)  # fmt: skip


def _values_json(names: Sequence[str]) -> pl.Expr:
    return pl.struct(pl.col(name).round(6) for name in names).struct.json_encode()


def _lints(rows: pl.DataFrame, parameters: pl.DataFrame) -> pl.Series:
    """Name the misuses to beware of in each row."""
    high_c, low_t = setting(parameters, "high_c"), setting(parameters, "low_t")
    numbered = rows.with_row_index("_row")
    low = lint_high_c_low_t(numbered, high_c=high_c, low_t=low_t).select("_row", "rule")
    return (
        numbered.select("_row")
        .join(low, on="_row", how="left", maintain_order="left")
        # Bounds that come from the areas shown move when an area or a year joins.
        .select(
            pl.concat_str(pl.lit("panel_dependent_bounds"), pl.col("rule"), separator=";", ignore_nulls=True)
        )
        .to_series()
    )
