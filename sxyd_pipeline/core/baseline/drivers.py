"""What drives the emissions: decomposition of identities, and decoupling from growth, as stored tables."""

from collections.abc import Mapping, Sequence

import polars as pl

from sxyd_pipeline.core.baseline.decomposition import Path, decompose_change
from sxyd_pipeline.core.baseline.decoupling import measure_decoupling
from sxyd_pipeline.core.baseline.identities import (
    FACTOR_NAMES,
    IdentityPanel,
    choose_gdp,
    city_series,
    energy_co2_panel,
    pollutant_panel,
)
from sxyd_pipeline.core.baseline.sectors import VALUE_ADDED
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.vocabulary.species import POLLUTANTS

_DECOMPOSITION: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "subject": pl.String, "path": pl.String, "start_year": pl.Int32,
    "end_year": pl.Int32, "factor": pl.String, "factor_name": pl.String, "effect_t": pl.Float64,
    "effect_ratio": pl.Float64, "value_start_t": pl.Float64, "value_end_t": pl.Float64,
    "residual_t": pl.Float64, "price_base": pl.String, "method_id": pl.String,
}  # fmt: skip
_DECOUPLING: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "pressure": pl.String, "activity": pl.String, "path": pl.String,
    "start_year": pl.Int32, "end_year": pl.Int32, "change_share_pressure": pl.Float64,
    "change_share_activity": pl.Float64, "elasticity": pl.Float64, "state": pl.String,
    "state_zh": pl.String, "method_id": pl.String,
}  # fmt: skip
_PATHS: tuple[Path, ...] = ("end_point", "chained")
DECOUPLING_METHOD = "tapio"

#: Removal share of an activity row that acts on a pollutant.
_REMOVAL = {
    "SO2": "so2_removal_share",
    "NOx": "nox_removal_share",
    "VOCs": "vocs_removal_share",
    **dict.fromkeys(("PM10", "PM2.5", "BC", "OC"), "pm_removal_share"),
}


def explain_changes(panels: Sequence[IdentityPanel], config: CityConfig) -> pl.DataFrame:
    """Decompose every panel by LMDI-I, end-point and chained.

    ``effect_t`` of a period sums to ``value_end_t - value_start_t``; the product of ``effect_ratio`` is their
    ratio. A panel with fewer than two years has no change and no rows.

    Args:
        panels: identities of :func:`energy_co2_panel` and :func:`pollutant_panel`.
        config: settings of the city.

    Returns:
        ``baseline.decomposition``, sorted by its key; t.

    Raises:
        UndecomposableValueError: a factor is negative, or missing where its product is not zero.

    References:
        Ang (2005), Energy Policy 33, 867-871.
    """
    frames = [
        decompose_change(panel.panel, panel.factors, parts=panel.parts, path=path).select(
            city_code=pl.lit(config.adcode),
            subject=pl.lit(panel.subject),
            path="path",
            start_year="start",
            end_year="end",
            factor="factor",
            factor_name=pl.col("factor").replace(FACTOR_NAMES),
            effect_t="effect",
            effect_ratio="effect_ratio",
            value_start_t="value_start",
            value_end_t="value_end",
            residual_t="residual",
            price_base=pl.lit(panel.price_base, pl.String),
            method_id=pl.lit(panel.method_id),
        )
        for panel in panels
        if panel.panel["year"].n_unique() > 1
        for path in _PATHS
    ]
    if not frames:
        return pl.DataFrame(schema=_DECOMPOSITION)
    order = pl.col("factor").replace_strict(
        {name: i for i, name in enumerate(FACTOR_NAMES)}, default=len(FACTOR_NAMES)
    )
    return (
        pl.concat(frames, how="vertical_relaxed")
        .select(pl.col(name).cast(dtype) for name, dtype in _DECOMPOSITION.items())
        .sort("subject", "path", "start_year", "end_year", order)
    )  # fmt: skip


def describe_decoupling(
    pressures: Mapping[str, pl.DataFrame], economy: pl.DataFrame, config: CityConfig
) -> pl.DataFrame:
    """Tell how each pressure moves against GDP and the secondary sector's value added (Tapio).

    The activity's name holds its price base (``gdp[2020]``, ``gdp[current]``). A pressure is compared over
    the years both series have; fewer than two common years, or a value that is not positive, give no row.

    Args:
        pressures: name -> ``year``, ``value_t`` (:meth:`IdentityPanel.totals`, inventory totals, energy ...).
        economy: ``inputs.economy``.
        config: settings of the city.

    Returns:
        ``baseline.decoupling``, sorted by its key.

    References:
        Tapio (2005), Transport Policy 12, 137-151.
    """
    frames = [
        measure_decoupling(joined, pressure="value_t", activity="value", path=path).select(
            city_code=pl.lit(config.adcode),
            pressure=pl.lit(pressure),
            activity=pl.lit(activity),
            path="path",
            start_year="start",
            end_year="end",
            change_share_pressure="change_share_pressure",
            change_share_activity="change_share_activity",
            elasticity="elasticity",
            state="state",
            state_zh="state_zh",
            method_id=pl.lit(DECOUPLING_METHOD),
        )
        for pressure, values in pressures.items()
        for activity, series in _activities(economy, values["year"].to_list()).items()
        if (joined := _positive(values, series)) is not None
        for path in _PATHS
    ]
    if not frames:
        return pl.DataFrame(schema=_DECOUPLING)
    return (
        pl.concat(frames, how="vertical_relaxed")
        .select(pl.col(name).cast(dtype) for name, dtype in _DECOUPLING.items())
        .sort("pressure", "activity", "path", "start_year", "end_year")
    )


def _activities(economy: pl.DataFrame, years: list[int]) -> dict[str, pl.DataFrame]:
    """Return the series growth is measured by, named with their price base."""
    chosen = choose_gdp(economy, years)
    if chosen is None:
        return {}
    gdp, base = chosen
    secondary = city_series(economy, VALUE_ADDED["secondary"], base)
    series = {f"gdp[{base}]": gdp, f"value_added_secondary[{base}]": secondary}
    return {name: frame for name, frame in series.items() if not frame.is_empty()}


def _positive(values: pl.DataFrame, series: pl.DataFrame) -> pl.DataFrame | None:
    joined = (
        values.select(pl.col("year").cast(pl.Int32), "value_t")
        .join(series, on="year", maintain_order="left")
        .sort("year")
    )
    is_usable = joined.height > 1 and bool(
        joined.select(((pl.col("value_t") > 0) & (pl.col("value") > 0)).all()).item()
    )
    return joined if is_usable else None


def city_panels(
    energy_use: pl.DataFrame,
    source_emissions: pl.DataFrame,
    activity: pl.DataFrame,
    economy: pl.DataFrame,
    fuels: pl.DataFrame,
) -> list[IdentityPanel]:
    """Build every identity a city's tables allow: CO2 from fuels, and pollutants of several years.

    Args:
        energy_use: ``inventory.energy_use``.
        source_emissions: ``inventory.emissions``; pollutants need two years of it.
        activity: gathered activity rows with ``source_id``, ``year`` and the removal shares
            (``core.inventory.activity.gather_activity``).
        economy: ``inputs.economy``.
        fuels: reference fuels.

    Returns:
        CO2 first, then pollutants in the order of the vocabulary; without a balance of two years no CO2.
    """
    balance = energy_use.filter(pl.col("basis") == "balance")
    panels = [energy_co2_panel(balance, economy, fuels)] if balance["year"].n_unique() > 1 else []
    emitted = set(source_emissions["species"].to_list())
    if source_emissions["year"].n_unique() > 1:
        panels += [
            pollutant_panel(records, economy, species, parts=("source_category", "activity_code"))
            for species in POLLUTANTS
            if species in emitted
            and not (records := pollutant_records(source_emissions, activity, species)).is_empty()
        ]
    return panels


def pollutant_records(source_emissions: pl.DataFrame, activity: pl.DataFrame, species: str) -> pl.DataFrame:
    """Return activity, generation and emission of a pollutant per year, category and activity.

    Generation is emission before removal: ``generated = emitted / (1 - removal share of the row)``. Rows
    without activity amount (measured only) or with full removal have no generation and are left out.

    Args:
        source_emissions: ``inventory.emissions``.
        activity: rows with ``source_id``, ``year`` and the removal shares.
        species: pollutant.
    """
    removal = _REMOVAL.get(species)
    removed = (
        activity.select("source_id", "year", removed=pl.col(removal)) if removal else
        activity.select("source_id", "year", removed=pl.lit(0.0))
    )  # fmt: skip
    return (
        source_emissions.filter((pl.col("species") == species) & pl.col("amount").is_not_null())
        .join(removed, on=["source_id", "year"], how="left", maintain_order="left")
        # No removal stated means no device.
        .with_columns(passed=1.0 - pl.col("removed").fill_null(0.0))
        .filter(pl.col("passed") > 0)
        .sort("source_id", "year")
        .group_by("year", "source_category", "activity_code", maintain_order=True)
        .agg(
            activity=pl.col("amount").sum(),
            generated_t=(pl.col("emission_t") / pl.col("passed")).sum(),
            emitted_t=pl.col("emission_t").sum(),
        )
    )
