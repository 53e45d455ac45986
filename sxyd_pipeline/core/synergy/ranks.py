"""How sure the ranks are: seeded draws of emissions times weight schemes times methods.

A draw shares each factor among all sources that use it and each lever among all it acts on (the engine of
``projection``), so areas move together where they should. Densities and reduction potential are drawn;
homology and target pressure are ratios in which the error of a shared factor cancels, and stay at their
point.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.core.synergy.indices import AREA_KEY
from sxyd_pipeline.core.synergy.scores import FLAT, top_count

Array = np.ndarray

#: Quantiles of the rank interval.
LOW_QUANTILE, HIGH_QUANTILE = 0.05, 0.95
#: Breaks ties of draws by code, far below any real difference of scores of order one.
_TIE = 1e-12


@dataclass(frozen=True, slots=True)
class PeerDraws:
    """Draws of the areas of one layer, scenario and year, in the order of their codes.

    Attributes:
        codes: areas.
        area_km2: array (areas,).
        co2_t: array (draws, areas).
        apeq_t: array (draws, areas).
        iapeq_t: array (draws, areas).
        potential: array (draws, areas), reduction potential.
        fixed: component -> normalised value of each area, of the components that are not drawn.
    """

    codes: Sequence[str]
    area_km2: Array
    co2_t: Array
    apeq_t: Array
    iapeq_t: Array
    potential: Array
    fixed: Mapping[str, Array]


@dataclass(frozen=True, slots=True)
class Scorer:
    """What turns draws into scores: bounds and weights of one layer.

    Attributes:
        bounds: component -> (low, high, is logarithmic); None where the layer has no bounds.
        weights: scheme -> component -> weight.
        main: scheme behind the main score and behind TOPSIS.
    """

    bounds: Mapping[str, tuple[float, float, bool] | None]
    weights: Mapping[str, Mapping[str, float]]
    main: str


def score_draws(peers: PeerDraws, scorer: Scorer) -> Iterator[Array]:
    """Score every draw under every method: composite by scheme, TOPSIS, IAPeq density, product of LQs.

    Args:
        peers: draws of one layer, scenario and year.
        scorer: bounds and weights.

    Yields:
        Arrays (draws, areas). Only their order means something: the last two are logarithms.
    """
    drawn = {
        "co2_density": peers.co2_t / peers.area_km2,
        "apeq_density": peers.apeq_t / peers.area_km2,
        "reduction_potential": peers.potential,
    }
    components = {
        name: _bring(drawn[name], scorer.bounds[name]) if name in drawn else peers.fixed[name][None, :]
        for name in scorer.bounds
    }
    for weights in scorer.weights.values():
        yield _sum([weights[name] * value for name, value in components.items()], peers.co2_t.shape)
    main = scorer.weights[scorer.main]
    best = _sum([(main[name] * (1.0 - value)) ** 2 for name, value in components.items()], peers.co2_t.shape)
    worst = _sum([(main[name] * value) ** 2 for name, value in components.items()], peers.co2_t.shape)
    yield np.sqrt(worst) / (np.sqrt(best) + np.sqrt(worst))
    log_area = np.log(peers.area_km2)
    yield _log(peers.iapeq_t) - log_area
    yield _log(peers.co2_t) + _log(peers.apeq_t) - 2.0 * log_area


def count_ranks(scores: Iterator[Array], areas: int) -> Array:
    """Count how often each area takes each rank, over draws and methods.

    Args:
        scores: arrays (draws, areas); higher is better. Equal scores are ranked by position.
        areas: number of areas.

    Returns:
        Array (areas, ranks): entry (i, r) is how often area i is at rank r + 1.
    """
    counts = np.zeros(areas * areas, dtype=np.int64)
    ranks = np.arange(areas)
    for score in scores:
        order = np.argsort(-(score - ranks * _TIE), axis=1)
        counts += np.bincount((order * areas + ranks).ravel(), minlength=areas * areas)
    return counts.reshape(areas, areas)


def summarise_ranks(counts: Array, top: int) -> tuple[Array, Array, Array]:
    """Summarise rank counts.

    Args:
        counts: result of :func:`count_ranks`.
        top: areas in the top class.

    Returns:
        5 % and 95 % quantile of each area's rank, and the share of its draws in the top class.
    """
    cumulative = np.cumsum(counts, axis=1) / counts.sum(axis=1, keepdims=True)
    low = (cumulative < LOW_QUANTILE).sum(axis=1) + 1
    high = (cumulative < HIGH_QUANTILE).sum(axis=1) + 1
    return low, high, cumulative[:, top - 1]


def rank_intervals(
    peers: PeerDraws, scorer: Scorer, key: tuple[str, int, str], classes: pl.DataFrame
) -> pl.DataFrame:
    """Return rank interval and probability of the top class for the areas of a layer, scenario and year.

    Args:
        peers: draws.
        scorer: bounds and weights of the layer.
        key: scenario, year and layer.
        classes: ``position, upper_rank_share``: what the top class is.

    Returns:
        The key, ``rank_low, rank_high, top_class_probability``.
    """
    count = len(peers.codes)
    low, high, probability = summarise_ranks(
        count_ranks(score_draws(peers, scorer), count), top_count(count, classes)
    )
    scenario_id, year, layer = key
    return pl.DataFrame({"code": pl.Series(list(peers.codes), dtype=pl.String)}).select(
        pl.lit(scenario_id).alias("scenario_id"),
        pl.lit(year, dtype=pl.Int32).alias("year"),
        pl.lit(layer).alias("layer"),
        "code",
        pl.Series("rank_low", low, dtype=pl.Int64),
        pl.Series("rank_high", high, dtype=pl.Int64),
        pl.Series("top_class_probability", probability, dtype=pl.Float64),
    )


def hold_rank(scored: pl.DataFrame) -> pl.DataFrame:
    """Widen rank intervals so that they hold the rank of the point estimate.

    The main method's rank is one opinion among those that are drawn; where it lies outside the 90 % of all
    opinions the interval is stretched to it rather than left to contradict it.

    Args:
        scored: ``rank, rank_low, rank_high`` and the key.
    """
    return scored.with_columns(
        rank_low=pl.min_horizontal("rank", "rank_low"), rank_high=pl.max_horizontal("rank", "rank_high")
    ).sort(AREA_KEY)


def _bring(value: Array, bounds: tuple[float, float, bool] | None) -> Array:
    """Normalise as :func:`sxyd_pipeline.core.synergy.scores.normalise_components` does."""
    if bounds is None:
        return np.zeros_like(value)
    low, high, is_log = bounds
    if high - low <= FLAT * abs(high):
        flat: Array = np.where(value > 0, 0.5, 0.0) if is_log else np.full_like(value, 0.5)
        return flat
    if not is_log:
        share: Array = (np.nan_to_num(value) - low) / (high - low)
    else:
        share = (_log(value) - np.log(low)) / (np.log(high) - np.log(low))
    held: Array = np.clip(share, 0.0, 1.0)
    return held


def _log(value: Array) -> Array:
    """Return the logarithm; nothing emitted lies below everything that is."""
    logarithm: Array = np.log(np.maximum(value, np.finfo(float).tiny))
    return logarithm


def _sum(parts: Sequence[Array], shape: tuple[int, ...]) -> Array:
    total = np.zeros(shape)
    for part in parts:
        total += part
    return total
