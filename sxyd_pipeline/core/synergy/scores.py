"""Composite score (综合得分) of areas, and the other methods that stand beside it.

``score = sum_k w_k x_k``: the components of an area, brought to 0..1 with bounds that are stored, times their
weights. Densities span several powers of ten, so they are normalised by their logarithm: on the plain scale
one power plant would push every other area to zero. The bounds of densities come from the base year, so that
later years and other scenarios are read on the same scale.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from sxyd_pipeline.core.synergy.indices import AREA_KEY, PEERS, total_of
from sxyd_pipeline.errors import Place, SxydError

#: Column of the indices behind each component.
COLUMN_OF = {
    "co2_density": "co2_density_t_per_km2",
    "apeq_density": "apeq_density_t_per_km2",
    "homology": "homology",
    "target_pressure": "target_pressure",
    "reduction_potential": "reduction_potential_share",
}
#: Scores that differ by less than this are equal: the order of addition must not decide a rank.
SCORE_DECIMALS = 12
#: Bounds closer than this share of the upper one differ by rounding only.
FLAT = 1e-9
BASE_YEAR_BOUNDS, FIXED_BOUNDS = "base_year", "fixed"


class UnknownComponentError(SxydError):
    """The reference data name a component that no index answers, or an unknown kind of bounds."""

    def __init__(self, component: str, known: Sequence[str]) -> None:
        """Name it and the known ones."""
        listed = "、".join(known)
        super().__init__(
            f"评分分项表中的 {component} 无法识别；可用的有：{listed}",
            f"{component} in the table of score components is not known; known: {listed}",
            remedy_zh="改正 data/reference/score_components.csv",
            remedy_en="mend data/reference/score_components.csv",
            place=Place(file="data/reference/score_components.csv", value=component),
        )


def bound_components(indices: pl.DataFrame, components: pl.DataFrame, *, base_year: int) -> pl.DataFrame:
    """Settle the bounds of every component in every layer.

    Args:
        indices: ``scenario_id, year, layer, code`` and the columns of :data:`COLUMN_OF`.
        components: ``score_components.csv``: ``component, direction, transform, bound_kind, bound_low,
            bound_high``. ``base_year``: least (of logarithms: least positive) and greatest value of the
            layer in the base year; ``fixed``: the numbers given.
        base_year: year whose values bound.

    Returns:
        ``layer, component, transform, direction, bound_low, bound_high``, in the unit of the component;
        bounds are empty where the layer has no value in the base year.

    Raises:
        UnknownComponentError: a component or a way of bounding it is not known.
    """
    panel = indices.filter(pl.col("year") == base_year)
    layers = indices.select("layer").unique().sort("layer")
    parts = []
    for row in components.iter_rows(named=True):
        name, kind = str(row["component"]), str(row["bound_kind"])
        if name not in COLUMN_OF or kind not in {BASE_YEAR_BOUNDS, FIXED_BOUNDS}:
            raise UnknownComponentError(f"{name}（{kind}）", [*COLUMN_OF, BASE_YEAR_BOUNDS, FIXED_BOUNDS])
        value = pl.col(COLUMN_OF[name])
        usable = value.filter(value > 0) if row["transform"] == "log" else value
        if kind == FIXED_BOUNDS:
            bounds = layers.with_columns(
                bound_low=pl.lit(row["bound_low"], pl.Float64),
                bound_high=pl.lit(row["bound_high"], pl.Float64),
            )
        else:
            found = panel.group_by("layer").agg(bound_low=usable.min(), bound_high=usable.max())
            bounds = layers.join(found, on="layer", how="left")
        parts.append(
            bounds.select(
                "layer",
                pl.lit(name).alias("component"),
                pl.lit(row["transform"]).alias("transform"),
                pl.lit(row["direction"]).cast(pl.Int32).alias("direction"),
                "bound_low",
                "bound_high",
            )
        )
    return pl.concat(parts).sort("layer", maintain_order=True)


def normalise_components(indices: pl.DataFrame, bounds: pl.DataFrame) -> pl.DataFrame:
    """Bring the components of every area to 0..1.

    ``x = (f(v) - f(low)) / (f(high) - f(low))`` with ``f`` the logarithm or the identity, held within 0..1;
    ``1 - x`` where less is more (direction -1). A value that is not defined counts 0: it speaks for no
    synergy. A component that is the same everywhere (low = high) counts 0.5 where it is there.

    Args:
        indices: ``scenario_id, year, layer, code`` and the columns of :data:`COLUMN_OF`.
        bounds: result of :func:`bound_components`.

    Returns:
        Long: the key, ``component, value, normalised, bound_low, bound_high``, sorted by the key; components
        keep their order.
    """
    names = bounds["component"].unique(maintain_order=True).to_list()
    long = pl.concat(
        [
            indices.select(*AREA_KEY, component=pl.lit(name), value=pl.col(COLUMN_OF[name]).cast(pl.Float64))
            for name in names
        ]
    ).join(bounds, on=["layer", "component"], maintain_order="left")
    value, low, high = (
        pl.when(pl.col("transform") == "log").then(pl.col(name).log()).otherwise(pl.col(name))
        for name in ("value", "bound_low", "bound_high")
    )
    is_flat = (pl.col("bound_high") - pl.col("bound_low")) <= FLAT * pl.col("bound_high").abs()
    share = ((value - low) / (high - low)).clip(0.0, 1.0)
    is_zero_of_log = (pl.col("transform") == "log") & (pl.col("value") <= 0)
    rising = (
        pl.when(pl.col("value").is_null() | pl.col("bound_low").is_null() | is_zero_of_log)
        .then(0.0)
        .when(is_flat)
        .then(0.5)
        .otherwise(share)
    )
    is_cost = (pl.col("direction") < 0) & pl.col("value").is_not_null()
    return (
        long.with_columns(normalised=pl.when(is_cost).then(1.0 - rising).otherwise(rising))
        .select(*AREA_KEY, "component", "value", "normalised", "bound_low", "bound_high")
        .sort(AREA_KEY, maintain_order=True)
    )


def contribute(normalised: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Weigh the normalised components: what each adds to the score.

    Args:
        normalised: the key, ``component, normalised``.
        weights: ``layer, component, weight_share`` of one scheme.

    Returns:
        ``normalised`` with ``weight_share`` and ``contribution``; contributions of an area sum to its score.
    """
    return normalised.join(
        weights.select("layer", "component", "weight_share"), on=["layer", "component"], maintain_order="left"
    ).with_columns(contribution=pl.col("weight_share") * pl.col("normalised"))


def composite(normalised: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Return ``score = sum_k w_k x_k`` of every area; arguments as in :func:`contribute`.

    Returns:
        The key and ``score`` (0..1), sorted by the key.
    """
    return (
        contribute(normalised, weights)
        .group_by(AREA_KEY, maintain_order=True)
        .agg(score=pl.col("contribution").sum())
        .sort(AREA_KEY)
    )


def closeness(normalised: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """Return the relative closeness to the ideal (TOPSIS with fixed ideal points).

    ``C = d- / (d+ + d-)`` with ``d+ = sqrt(sum_k w_k^2 (1 - x_k)^2)`` and ``d- = sqrt(sum_k w_k^2 x_k^2)``.
    The ideal is 1 and the anti-ideal 0 in every component, whatever areas there are: an area that joins or
    leaves does not turn the ranks of the others round, as it can with ideals taken from the panel.

    Returns:
        The key and ``score`` (0..1), sorted by the key; arguments as in :func:`contribute`.

    References:
        Hwang and Yoon (1981), Multiple Attribute Decision Making, Springer.
    """
    weight, value = pl.col("weight_share"), pl.col("normalised")
    return (
        contribute(normalised, weights)
        .group_by(AREA_KEY, maintain_order=True)
        .agg(best=(weight * (1.0 - value)).pow(2).sum().sqrt(), worst=(weight * value).pow(2).sum().sqrt())
        .select(*AREA_KEY, score=pl.col("worst") / (pl.col("best") + pl.col("worst")))
        .sort(AREA_KEY)
    )


def rank_peers(scores: pl.DataFrame, *, within: Sequence[str] = PEERS) -> pl.DataFrame:
    """Rank areas within their layer, scenario and year; 1 is the highest score.

    Equal scores (to 12 decimals of their logarithmic size) are ranked by code, ascending, so that ranks are
    always a permutation of 1..n and never depend on the order of rows. Areas without a score come last.

    Args:
        scores: columns of ``within``, ``code``, ``score``.
        within: columns whose equal rows are ranked together; none ranks all rows.

    Returns:
        ``scores`` with ``rank`` and ``peer_count``, sorted by ``within`` and code.
    """
    score = pl.col("score").cast(pl.Float64).fill_nan(None)
    magnitude = total_of(score.abs().max(), within)
    scaled = pl.when(magnitude > 0).then(score / magnitude).when(score.is_not_null()).then(0.0)
    return (
        scores.with_columns(_scaled=scaled.round(SCORE_DECIMALS))
        .sort(*within, "_scaled", "code", descending=[*[False] * len(within), True, False], nulls_last=True)
        .with_columns(
            rank=total_of(pl.int_range(1, pl.len() + 1, dtype=pl.Int64), within),
            peer_count=total_of(pl.len().cast(pl.Int64), within),
        )
        .drop("_scaled")
        .sort(*within, "code")
    )


def classify_ranks(ranked: pl.DataFrame, classes: pl.DataFrame) -> pl.DataFrame:
    """Class areas by their rank: the class of the first cut with ``rank <= ceil(share x areas)``.

    Args:
        ranked: ``rank, peer_count``.
        classes: ``score_class, position, upper_rank_share`` of one scheme; the last share is 1.

    Returns:
        ``ranked`` with ``score_class``.
    """
    return ranked.with_columns(score_class=_class_of(classes))


def top_count(count: int, classes: pl.DataFrame) -> int:
    """Return how many of ``count`` areas the top class holds."""
    share = classes.sort("position")["upper_rank_share"][0]
    return int(pl.select(_cut(pl.lit(count), float(share))).item())


def _cut(count: pl.Expr, share: float) -> pl.Expr:
    # 0.3 x 10 is a hair above 3 in binary: rounding keeps the third in its class.
    return (count * share).round(9).ceil()


def _class_of(classes: pl.DataFrame) -> pl.Expr:
    ordered = classes.sort("position").select("score_class", "upper_rank_share").rows()
    result = pl.lit(ordered[-1][0])
    for name, share in reversed(ordered[:-1]):
        result = (
            pl.when(pl.col("rank") <= _cut(pl.col("peer_count"), share)).then(pl.lit(name)).otherwise(result)
        )
    return result


def agree(variants: pl.DataFrame, classes: pl.DataFrame, main: pl.DataFrame) -> pl.DataFrame:
    """Find the class most methods agree on; of several, the main method's, else the highest.

    Args:
        variants: the key and ``score_class``, one row per area and method.
        classes: ``score_class, position``.
        main: the key and ``score_class`` of the main method.

    Returns:
        The key, ``consensus_class, consensus_share, method_count``, sorted by the key.
    """
    order: Mapping[str, int] = dict(classes.select("score_class", "position").iter_rows())
    return (
        variants.group_by(*AREA_KEY, "score_class")
        .agg(votes=pl.len())
        .join(main.select(*AREA_KEY, main_class="score_class"), on=AREA_KEY)
        .with_columns(
            is_main=pl.col("score_class") == pl.col("main_class"),
            position=pl.col("score_class").replace_strict(order, return_dtype=pl.Int32),
        )
        .sort(*AREA_KEY, "votes", "is_main", "position", descending=[*[False] * 4, True, True, False])
        .group_by(AREA_KEY, maintain_order=True)
        .agg(
            consensus_class=pl.col("score_class").first(),
            consensus_share=pl.col("votes").first() / pl.col("votes").sum(),
            method_count=pl.col("votes").sum().cast(pl.Int64),
        )
        .sort(AREA_KEY)
    )
