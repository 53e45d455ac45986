"""Homology (碳污同源性): whether carbon and pollutants come from the same sources.

No official definition exists; these are engineering definitions with their formula in the name: H1 overlap
and H2 cosine of the sector structures, H3 rank correlation over areas, H4 share of a pollutant from sources
that also emit carbon, and the ratio of pollutant to carbon relative to the city. H1 and H2 depend on how
finely sectors are cut: a coarser cut looks more alike. So the cut is named in the formula variant.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy import stats

from sxyd_pipeline.core.synergy.coupling_errors import UndefinedAmountError, UnmatchedValuesError
from sxyd_pipeline.core.synergy.indices_choices import Scale

Array = np.ndarray

#: How sources are grouped: points by division of GB/T 4754, area sources by source category.
SECTORS = "sectors=gbt4754_division+source_category"
APEQ, CARBON = "APeq", "CO2"
_SPREAD = ("scenario_id", "year", "spread_id")


def overlap(carbon: Sequence[float] | Array, pollutant: Sequence[float] | Array) -> float | None:
    """Return ``H1 = sum_j min(s_j(c), s_j(p))`` of two structures over the same sectors.

    Args:
        carbon: emission of carbon by sector (t), none negative.
        pollutant: emission of the pollutant by sector (t), none negative.

    Returns:
        0 (nothing in common) to 1 (same structure); None when one of them is zero altogether.

    Raises:
        UnmatchedValuesError: the two lists differ in length.
        UndefinedAmountError: an emission is negative, missing or infinite.
    """
    shares = _shares(carbon, pollutant)
    return None if shares is None else float(np.minimum(*shares).sum())


def cosine(carbon: Sequence[float] | Array, pollutant: Sequence[float] | Array) -> float | None:
    """Return ``H2 = s(c) . s(p) / (|s(c)| |s(p)|)``; arguments and result as in :func:`overlap`."""
    shares = _shares(carbon, pollutant)
    if shares is None:
        return None
    one, other = shares
    return float(one @ other / np.sqrt((one @ one) * (other @ other)))


def rank_correlation(
    carbon: Sequence[float] | Array, pollutant: Sequence[float] | Array, *, least: int = 5
) -> float | None:
    """Return ``H3``, Spearman's rho over areas; ties get their mean rank.

    Args:
        carbon: emission of carbon of each area (t).
        pollutant: emission of the pollutant of each area (t).
        least: areas below which nothing is said.

    Returns:
        -1 to 1; None with too few areas, or when all areas are equal.
    """
    one, other = _amounts(carbon, pollutant)
    if len(one) < least or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(stats.spearmanr(one, other).statistic)


def dual_source_share(
    carbon: Sequence[float] | Array, pollutant: Sequence[float] | Array, *, threshold_share: float
) -> float | None:
    """Return ``H4``: share of the pollutant from sources that emit at least a share of the carbon as well.

    Args:
        carbon: emission of carbon of each source (t).
        pollutant: emission of the pollutant of each source (t).
        threshold_share: share of the whole carbon from which a source is dual.

    Returns:
        0 to 1; None when nothing of one of them is emitted.
    """
    one, other = _amounts(carbon, pollutant)
    if one.sum() <= 0 or other.sum() <= 0:
        return None
    return float(other[one >= threshold_share * one.sum()].sum() / other.sum())


def relative_ratio(
    carbon: float, pollutant: float, city_carbon: float, city_pollutant: float
) -> float | None:
    """Return ``(E_p / E_c) / (E_p,city / E_c,city)``: above 1 pollution-heavy, below 1 carbon-heavy.

    Returns:
        The ratio; None when a denominator is zero.
    """
    if carbon <= 0 or city_carbon <= 0 or city_pollutant <= 0:
        return None
    return (pollutant / carbon) / (city_pollutant / city_carbon)


def _shares(
    carbon: Sequence[float] | Array, pollutant: Sequence[float] | Array
) -> tuple[Array, Array] | None:
    one, other = _amounts(carbon, pollutant)
    if one.sum() <= 0 or other.sum() <= 0:
        return None
    return one / one.sum(), other / other.sum()


def _amounts(carbon: Sequence[float] | Array, pollutant: Sequence[float] | Array) -> tuple[Array, Array]:
    one, other = np.asarray(carbon, dtype=float), np.asarray(pollutant, dtype=float)
    if one.shape != other.shape:
        raise UnmatchedValuesError([len(one), len(other)])
    wrong = sum(int((~(np.isfinite(values) & (values >= 0.0))).sum()) for values in (one, other))
    if wrong:
        raise UndefinedAmountError("为负、缺失或无穷", "negative, missing or infinite", wrong)
    return one, other


def sector_of() -> pl.Expr:
    """Return the sector of a source (see :data:`SECTORS`): ``I30``, or ``A3`` for area sources."""
    return (
        pl.when(pl.col("industry_code").is_not_null())
        .then(pl.lit("I") + pl.col("industry_code").str.head(2))
        .otherwise(pl.lit("A") + pl.col("source_category").cast(pl.String))
    )


def emitter_of() -> pl.Expr:
    """Return who emits: the facility with all its equipment, or all area sources of a category."""
    return pl.coalesce("facility_id", pl.lit("A") + pl.col("source_category").cast(pl.String))


def weigh_sources(projected: pl.DataFrame, scenario_sources: pl.DataFrame, scale: Scale) -> pl.DataFrame:
    """Weigh the emissions of every spread, sector and emitter.

    Args:
        projected: ``scenario_id, year, source_id, species, emission_t, spread_id``
            (``projection.emissions``).
        scenario_sources: ``projection.scenario_sources``; says what a source is.
        scale: weights.

    Returns:
        ``scenario_id, year, spread_id, sector, emitter, source_id, co2_t, apeq_t`` of each emitter in each
        spread, sorted; ``source_id`` is the first source of the emitter.
    """
    known = scenario_sources.select(
        "scenario_id", "source_id", sector=sector_of(), emitter=emitter_of()
    ).unique(["scenario_id", "source_id"], keep="first", maintain_order=True)
    return (
        projected.join(scale.weights, on="species", maintain_order="left")
        .join(known, on=["scenario_id", "source_id"], maintain_order="left")
        .sort("scenario_id", "year", "source_id", "species")
        .group_by(*_SPREAD, "sector", "emitter", maintain_order=True)
        .agg(
            pl.col("source_id").first(),
            *(
                (pl.col("emission_t") * pl.col(f"{name}_weight")).sum().alias(f"{name}_t")
                for name in ("co2", "apeq")
            ),
        )
        .sort(*_SPREAD, "sector", "emitter")
    )


def place_emitters(weighed: pl.DataFrame, placements: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Bring what every emitter emits to the areas, through the placements of the base year.

    Args:
        weighed: result of :func:`weigh_sources`.
        placements: ``spread_id, layer, code, share``.
        areas: ``layer, code`` of the areas wanted.

    Returns:
        ``scenario_id, year, layer, code, sector, emitter, source_id, co2_t, apeq_t``, sorted.
    """
    key = ["scenario_id", "year", "layer", "code", "sector", "emitter"]
    wanted = placements.join(areas.select("layer", "code"), on=["layer", "code"], how="semi")
    return (
        weighed.join(
            wanted.select("spread_id", "layer", "code", "share"), on="spread_id", maintain_order="left"
        )
        .group_by(key, maintain_order=True)
        .agg(
            pl.col("source_id").first(),
            *((pl.col(name) * pl.col("share")).sum() for name in ("co2_t", "apeq_t")),
        )
        .sort(key)
    )


def overlap_of_areas(placed: pl.DataFrame) -> pl.DataFrame:
    """Return H1 of CO2 and pollution equivalents in every area.

    Args:
        placed: ``scenario_id, year, layer, code, sector, co2_t, apeq_t``, several rows a sector allowed.

    Returns:
        ``scenario_id, year, layer, code, homology``; empty where nothing of one of them is emitted.
    """
    area = ["scenario_id", "year", "layer", "code"]
    return (
        placed.group_by(*area, "sector", maintain_order=True)
        .agg(pl.col("co2_t").sum(), pl.col("apeq_t").sum())
        .group_by(area, maintain_order=True)
        .agg(
            homology=pl.min_horizontal(
                pl.col("co2_t") / pl.col("co2_t").sum(), pl.col("apeq_t") / pl.col("apeq_t").sum()
            ).sum(),
            is_defined=(pl.col("co2_t").sum() > 0) & (pl.col("apeq_t").sum() > 0),
        )
        .select(*area, homology=pl.when("is_defined").then("homology"))
        .sort(area)
    )
