"""Carbon of ecological space: what stands there (stock) and what is taken up in a year (sink).

A stock is in tC and a sink in tCO2 a year. Their sums have types of their own that cannot be added:
a forest that gains stock does so by its sink, and both together would count that carbon twice.
"""

from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.panels import require_amounts, require_columns, require_single_rows
from sxyd_pipeline.core.sums import add_up
from sxyd_pipeline.core.synergy.modules.failures import StockPlusFluxError, UnknownLandClassError
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

#: Pools of a density, and the stock of each.
POOLS = {
    "c_above_t_per_ha": "above_tc",
    "c_below_t_per_ha": "below_tc",
    "c_soil_t_per_ha": "soil_tc",
    "c_dead_t_per_ha": "dead_tc",
}
DENSITY = "density_tc_per_ha"
#: Fluxes that are what an ecosystem keeps; gross and net primary production are not (harvest and
#: respiration of the soil still leave).
SINK_KINDS = ("nep", "nee", "nbp")
_FLUX = "flux_tco2_per_ha"


@dataclass(frozen=True, slots=True)
class CarbonStock:
    """A stock of carbon, or a change of it, in tC. Adds to stocks only."""

    tc: float

    def __add__(self, other: object) -> "CarbonStock":
        """Add another stock.

        Raises:
            StockPlusFluxError: the other one is a flux.
        """
        if isinstance(other, CarbonSink):
            raise StockPlusFluxError
        return CarbonStock(self.tc + other.tc) if isinstance(other, CarbonStock) else NotImplemented


@dataclass(frozen=True, slots=True)
class CarbonSink:
    """A yearly flux of carbon dioxide in tCO2/a. Adds to fluxes only."""

    tco2_per_year: float

    def __add__(self, other: object) -> "CarbonSink":
        """Add another flux.

        Raises:
            StockPlusFluxError: the other one is a stock.
        """
        if isinstance(other, CarbonStock):
            raise StockPlusFluxError
        if not isinstance(other, CarbonSink):
            return NotImplemented
        return CarbonSink(self.tco2_per_year + other.tco2_per_year)


def carbon_stock(areas: pl.DataFrame, densities: pl.DataFrame) -> pl.DataFrame:
    """Compute the stock of each row: ``C = A * (c_above + c_below + c_soil + c_dead)``.

    Args:
        areas: ``land_class``, ``area_ha`` and any further columns; an own ``density_tc_per_ha``, where it
            is filled, goes before the table.
        densities: one row per ``land_class``: the four pools ``c_above_t_per_ha``, ``c_below_t_per_ha``,
            ``c_soil_t_per_ha``, ``c_dead_t_per_ha``, or their sum ``density_tc_per_ha`` (all tC/ha).

    Returns:
        The rows of ``areas`` in their order with ``above_tc, below_tc, soil_tc, dead_tc`` (empty where only
        a total is known), ``density_tc_per_ha``, ``stock_tc`` and ``basis`` (reference or package).

    Raises:
        UnknownLandClassError: a class has neither an own density nor one in the table.
        MissingPanelColumnError: a column is missing.
        RepeatedPanelRowError: a class has several densities.
        NegativePanelValueError: an area is negative.

    References:
        InVEST carbon model; worked case ChinaXiv-202103.00039.
    """
    require_columns(areas, ["land_class"])
    require_amounts(areas, ["area_ha"])
    known = _with_totals(densities)
    own = pl.col("own_density") if DENSITY in areas.columns else pl.lit(None, dtype=pl.Float64)
    rows = (areas.rename({DENSITY: "own_density"}) if DENSITY in areas.columns else areas).join(
        known, on="land_class", how="left", maintain_order="left"
    )
    used = rows.with_columns(density=pl.coalesce(own, "table_density"), is_own=own.is_not_null())
    _refuse_unknown(used, "density", "碳密度 / carbon density", known)
    pools = [
        pl.when(~pl.col("is_own")).then(pl.col("area_ha") * pl.col(column)).alias(stock)
        for column, stock in POOLS.items()
    ]
    return used.with_columns(
        *pools,
        pl.col("density").alias(DENSITY),
        stock_tc=pl.col("area_ha") * pl.col("density"),
        basis=_basis("is_own"),
    ).drop(
        *POOLS, "density", "table_density", "is_own", *(["own_density"] if DENSITY in areas.columns else [])
    )


def carbon_change(
    changes: pl.DataFrame, densities: pl.DataFrame, fluxes: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Compute the change of stock and sink of every transition: ``dC = A_ij * (c_j - c_i)``.

    Land that keeps its class changes nothing. The change of the sink stands beside, in its own unit, and
    is never added.

    Args:
        changes: ``from_class``, ``to_class``, ``area_ha`` and any further columns.
        densities: as for :func:`carbon_stock`.
        fluxes: NEP-type fluxes, ``land_class`` and ``flux_tco2_per_ha``; None leaves the sink out.

    Returns:
        ``changes`` with ``from_density_tc_per_ha``, ``to_density_tc_per_ha``, ``stock_change_tc`` and, with
        fluxes, ``sink_change_tco2_per_year`` (negative = sink lost).

    Raises:
        UnknownLandClassError: a class has no density, or no flux.
        MissingPanelColumnError: a column is missing.
        RepeatedPanelRowError: a class has several densities.
        NegativePanelValueError: an area is negative.
    """
    require_columns(changes, ["from_class", "to_class"])
    require_amounts(changes, ["area_ha"])
    known = _with_totals(densities).select("land_class", "table_density")
    joined = changes
    for side in ("from", "to"):
        joined = joined.join(
            known.rename({"land_class": f"{side}_class", "table_density": f"{side}_density_tc_per_ha"}),
            on=f"{side}_class",
            how="left",
            maintain_order="left",
        )
        _refuse_unknown(
            joined, f"{side}_density_tc_per_ha", "碳密度 / carbon density", known, key=f"{side}_class"
        )
    gain = pl.col("to_density_tc_per_ha") - pl.col("from_density_tc_per_ha")
    changed = joined.with_columns(stock_change_tc=pl.col("area_ha") * gain)
    return changed if fluxes is None else _with_sink_change(changed, fluxes)


def _with_sink_change(changed: pl.DataFrame, fluxes: pl.DataFrame) -> pl.DataFrame:
    known = fluxes.select("land_class", _FLUX)
    for side in ("from", "to"):
        changed = changed.join(
            known.rename({"land_class": f"{side}_class", _FLUX: f"_{side}"}),
            on=f"{side}_class",
            how="left",
            maintain_order="left",
        )
        _refuse_unknown(changed, f"_{side}", "碳汇通量 / flux", known, key=f"{side}_class")
    gain = pl.col("_to") - pl.col("_from")
    return changed.with_columns(sink_change_tco2_per_year=pl.col("area_ha") * gain).drop("_from", "_to")


def marginals(changes: pl.DataFrame, by: tuple[str, ...] = ()) -> pl.DataFrame:
    """Sum a transition matrix over its rows and columns.

    Args:
        changes: ``from_class``, ``to_class``, ``area_ha`` and the columns of ``by``.
        by: columns that tell several matrices apart.

    Returns:
        One row per ``by`` and ``land_class``, sorted: ``before_ha`` and ``after_ha``. A class on one side
        only has no area on the other.
    """
    before = changes.group_by(*by, land_class="from_class", maintain_order=True).agg(
        before_ha=pl.col("area_ha").sum()
    )
    after = changes.group_by(*by, land_class="to_class", maintain_order=True).agg(
        after_ha=pl.col("area_ha").sum()
    )
    keys = [*by, "land_class"]
    return (
        before.join(after, on=keys, how="full", coalesce=True, maintain_order="left_right")
        .with_columns(pl.col("before_ha", "after_ha").fill_null(0.0))
        .sort(keys)
    )


def carbon_sink(areas: pl.DataFrame, fluxes: pl.DataFrame) -> pl.DataFrame:
    """Compute the yearly sink of each row: ``S = A * f``; a flux that is no sink is refused.

    Args:
        areas: ``land_class``, ``area_ha`` and any further columns; an own ``flux_tco2_per_ha`` with its
            ``flux_kind`` goes before the table.
        fluxes: NEP-type fluxes: ``land_class``, ``flux_tco2_per_ha``, and ``low_tco2_per_ha``,
            ``high_tco2_per_ha`` where a range is known.

    Returns:
        The rows of ``areas`` in their order with ``flux_kind``, ``state`` (counted or refused),
        ``flux_tco2_per_ha``, ``sink_tco2_per_year``, ``low_tco2_per_year``, ``high_tco2_per_year`` (all empty
        where refused) and ``basis``.

    Raises:
        UnknownLandClassError: a class has neither an own flux nor one in the table.
        MissingPanelColumnError: a column is missing.
        RepeatedPanelRowError: a class has several fluxes.
        NegativePanelValueError: an area is negative.
    """
    require_columns(areas, ["land_class"])
    require_amounts(areas, ["area_ha"])
    require_single_rows(fluxes, ["land_class"])
    lacking = [
        pl.col(_FLUX).alias(name)
        for name in ("low_tco2_per_ha", "high_tco2_per_ha")
        if name not in fluxes.columns
    ]
    table = fluxes.with_columns(lacking).select(
        "land_class", _table="flux_tco2_per_ha", _low="low_tco2_per_ha", _high="high_tco2_per_ha"
    )
    has_own = _FLUX in areas.columns
    own = areas.with_columns(
        _own=pl.col(_FLUX) if has_own else pl.lit(None, dtype=pl.Float64),
        _kind=pl.col("flux_kind") if "flux_kind" in areas.columns else pl.lit(None, dtype=pl.String),
    ).drop(_FLUX, "flux_kind", strict=False)
    rows = own.join(table, on="land_class", how="left", maintain_order="left").with_columns(
        is_own=pl.col("_own").is_not_null(), used=pl.coalesce("_own", "_table")
    )
    _refuse_unknown(rows, "used", "碳汇通量 / flux", fluxes)
    kind = pl.when("is_own").then(pl.col("_kind")).otherwise(pl.lit("nep"))
    is_sink = kind.is_in(list(SINK_KINDS)).fill_null(value=False)
    area = pl.when(is_sink).then(pl.col("area_ha"))
    low = pl.when("is_own").then(pl.col("_own")).otherwise(pl.col("_low"))
    high = pl.when("is_own").then(pl.col("_own")).otherwise(pl.col("_high"))
    return rows.with_columns(
        kind.alias("flux_kind"),
        pl.when(is_sink).then(pl.lit("counted")).otherwise(pl.lit("refused")).alias("state"),
        pl.when(is_sink).then(pl.col("used")).alias(_FLUX),
        (area * pl.col("used")).alias("sink_tco2_per_year"),
        (area * low).alias("low_tco2_per_year"),
        (area * high).alias("high_tco2_per_year"),
        _basis("is_own").alias("basis"),
    ).drop("_own", "_kind", "_table", "_low", "_high", "is_own", "used")


def total_stock(stocks: pl.DataFrame, column: str = "stock_tc") -> CarbonStock:
    """Sum a table of stocks, or of their changes (``column="stock_change_tc"``), in tC."""
    return CarbonStock(float(stocks[column].sum()))


def total_sink(sinks: pl.DataFrame) -> CarbonSink:
    """Sum the counted sinks of a table, in tCO2/a; refused rows have none."""
    return CarbonSink(float(sinks["sink_tco2_per_year"].sum()))


def nep_fluxes(carbon_fluxes: pl.DataFrame) -> pl.DataFrame:
    """Return the NEP-type rows of ``carbon_fluxes`` as ``flux_tco2_per_ha`` with its range, without NPP."""
    to_co2 = pl.when(pl.col("unit").str.starts_with("tC/")).then(CO2_PER_CARBON).otherwise(1.0)
    return carbon_fluxes.filter(pl.col("kind") == "nep").select(
        "land_class",
        flux_tco2_per_ha=pl.col("value") * to_co2,
        low_tco2_per_ha=pl.col("low") * to_co2,
        high_tco2_per_ha=pl.col("high") * to_co2,
    )


def densities_of(carbon_densities: pl.DataFrame, density_set: str) -> pl.DataFrame:
    """Return one set of ``carbon_densities``."""
    return carbon_densities.filter(pl.col("density_set") == density_set)


def _with_totals(densities: pl.DataFrame) -> pl.DataFrame:
    """Return class, pools (empty where only a total is known) and total of every class."""
    require_columns(densities, ["land_class"])
    require_single_rows(densities, ["land_class"])
    has_pools = set(POOLS) <= set(densities.columns)
    total = add_up(POOLS) if has_pools else pl.col(DENSITY)
    pools = [pl.col(name) if has_pools else pl.lit(None, dtype=pl.Float64).alias(name) for name in POOLS]
    return densities.select("land_class", *pools, table_density=total)


def _basis(is_own: str) -> pl.Expr:
    return pl.when(is_own).then(pl.lit("package")).otherwise(pl.lit("reference"))


def _refuse_unknown(
    rows: pl.DataFrame, value: str, wanted: str, known: pl.DataFrame, *, key: str = "land_class"
) -> None:
    lacking = rows.filter(pl.col(value).is_null())[key].unique().to_list()
    if lacking:
        raise UnknownLandClassError([str(one) for one in lacking], wanted, known["land_class"].to_list())
