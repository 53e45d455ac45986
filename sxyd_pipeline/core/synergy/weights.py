"""Weights of the components: equal, by entropy, by judgement (AHP), or the city's own.

None of them is official. So all of them are computed side by side, and one, named in the data or in
``city.toml``, stands behind the main score.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.core.synergy.normalise import weigh_by_entropy
from sxyd_pipeline.errors import Place, SxydError

Array = np.ndarray

#: Consistency ratio above which judgements contradict themselves (Saaty 1980).
CONSISTENCY_LIMIT = 0.1
#: Random consistency index by number of items, 1 to 10 (Saaty 1980).
RANDOM_INDEX = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49)
USER = "user"
_SUM_TOLERANCE = 1e-6
_FILE, _WEIGHTS_FILE = "city.toml", "data/reference/score_weights.csv"


class InconsistentJudgementsError(SxydError):
    """Pairwise judgements contradict each other: the consistency ratio is above 0.1."""

    def __init__(self, ratio: float, worst: str) -> None:
        """Keep the ratio and the judgement that is furthest from the others."""
        self.consistency_ratio = ratio
        super().__init__(
            f"层次分析的判断不一致：CR = {ratio:.3f} > {CONSISTENCY_LIMIT}；偏离最大的判断：{worst}",
            f"the pairwise judgements contradict each other: CR = {ratio:.3f} > {CONSISTENCY_LIMIT}; "
            f"furthest off: {worst}",
            remedy_zh="重新打分，先改偏离最大的一对",
            remedy_en="judge again, the pair that is furthest off first",
            place=Place(file=_WEIGHTS_FILE, column="judgement"),
        )


class IncompleteJudgementsError(SxydError):
    """A pair of components has no judgement, two of them, or one that is not positive."""

    def __init__(self, pairs: Sequence[str]) -> None:
        """Name the pairs."""
        listed = "、".join(pairs)
        super().__init__(
            f"层次分析的成对判断缺失、重复或不为正数：{listed}",
            f"pairwise judgements are missing, stated twice or not positive: {listed}",
            remedy_zh="每一对分项只给一个正的判断值（1–9 或其倒数）",
            remedy_en="state one positive judgement for each pair (1 to 9, or its reciprocal)",
            place=Place(file=_WEIGHTS_FILE, column="judgement"),
        )


class UnknownWeightSchemeError(SxydError):
    """The main scheme that is asked for is not among those there are."""

    def __init__(self, scheme: str, known: Sequence[str]) -> None:
        """Name it and the known ones."""
        listed = "、".join(known) or "-"
        super().__init__(
            f"没有权重方案 {scheme}；可用的有：{listed}",
            f"there is no weight scheme {scheme}; known: {listed}",
            remedy_zh="改正 methods.score_weight_scheme，或给出 methods.score_weights；缺省主方案恰有一个",
            remedy_en="mend methods.score_weight_scheme in city.toml, or state methods.score_weights; "
            "the reference data name exactly one main scheme",
            place=Place(file=_FILE, column="methods.score_weight_scheme", value=scheme),
        )


@dataclass(frozen=True, slots=True)
class Judged:
    """What pairwise judgements amount to.

    Attributes:
        weights: weight of each item; they sum to 1.
        largest_eigenvalue: of the matrix; equals the number of items when nothing contradicts.
        consistency_ratio: ``(lambda - n) / (n - 1) / RI(n)``; 0 for one or two items.
    """

    weights: Array
    largest_eigenvalue: float
    consistency_ratio: float


def weigh_by_judgement(matrix: Sequence[Sequence[float]] | Array) -> Judged:
    """Weigh items by the principal eigenvector of their pairwise judgements (AHP).

    ``A w = lambda_max w``, ``CI = (lambda_max - n) / (n - 1)``, ``CR = CI / RI(n)``.

    Args:
        matrix: positive reciprocal matrix; entry (i, j) says how much more i matters than j (1 to 9).

    Returns:
        Weights, eigenvalue and consistency ratio. It does not judge the ratio (:func:`require_consistent`).

    Raises:
        IncompleteJudgementsError: an entry is not positive, or not the reciprocal of its opposite.

    References:
        Saaty (1980), The Analytic Hierarchy Process, McGraw-Hill.
    """
    judged = np.asarray(matrix, dtype=float)
    if judged.ndim != 2 or judged.shape[0] != judged.shape[1]:  # noqa: PLR2004 - a table
        raise IncompleteJudgementsError([" x ".join(str(length) for length in judged.shape)])
    broken = ~(judged > 0) | ~np.isclose(judged * judged.T, 1.0, rtol=1e-3)
    if broken.any():
        raise IncompleteJudgementsError([f"({i + 1}, {j + 1})" for i, j in np.argwhere(broken) if i <= j])
    values, vectors = np.linalg.eig(judged)
    position = int(np.argmax(values.real))
    vector = np.abs(vectors[:, position].real)
    count, largest = len(judged), float(values[position].real)
    random = RANDOM_INDEX[min(count, len(RANDOM_INDEX)) - 1]
    ratio = (largest - count) / (count - 1) / random if random > 0 else 0.0
    # Rounding may leave a consistent matrix a hair below n.
    return Judged(vector / vector.sum(), largest, max(ratio, 0.0))


def require_consistent(judged: Judged, matrix: Array, names: Sequence[str]) -> None:
    """Refuse judgements that contradict each other.

    Raises:
        InconsistentJudgementsError: the consistency ratio is above 0.1; names the pair furthest off.
    """
    if judged.consistency_ratio <= CONSISTENCY_LIMIT:
        return
    implied = judged.weights[:, None] / judged.weights[None, :]
    off = np.triu(np.abs(np.log(matrix / implied)))
    i, j = divmod(int(np.argmax(off)), len(names))
    worst = f"{names[i]} : {names[j]} = {matrix[i, j]:g}（{implied[i, j]:.2g}）"
    raise InconsistentJudgementsError(judged.consistency_ratio, worst)


def matrix_of(judgements: pl.DataFrame, names: Sequence[str]) -> Array:
    """Lay pairwise judgements out as a reciprocal matrix.

    Args:
        judgements: ``component, other_component, judgement``; one row per pair, in either direction.
        names: items, in the order of rows and columns.

    Raises:
        IncompleteJudgementsError: a pair is missing, stated twice, or not positive.
    """
    count = len(names)
    matrix, stated = np.eye(count), np.eye(count, dtype=int)
    place = {name: index for index, name in enumerate(names)}
    for one, other, value in judgements.select("component", "other_component", "judgement").iter_rows():
        if one not in place or other not in place or one == other or not value or value <= 0:
            raise IncompleteJudgementsError([f"{one} : {other}"])
        i, j = place[one], place[other]
        matrix[i, j], matrix[j, i] = value, 1.0 / value
        stated[[i, j], [j, i]] += 1
    off = [f"{names[i]} : {names[j]}" for i, j in np.argwhere(stated != 1) if i < j]
    if off:
        raise IncompleteJudgementsError(off)
    return matrix


def read_user_weights(config: CityConfig, components: Sequence[str]) -> dict[str, float] | None:
    """Return the city's own weights (``[methods] score_weights``), None when it has none.

    Raises:
        InvalidConfigError: a component is missing or unknown, a weight is negative, or they do not sum to 1.
    """
    stated = config.methods.extra.get("score_weights")
    if stated is None:
        return None
    names = "、".join(components)
    wanted = (
        f"包含 {names} 各一个不小于 0 的数、合计为 1 的表",
        f"a table with one number of 0 or more for each of {', '.join(components)}, summing to 1",
    )
    refusal = InvalidConfigError.not_allowed(_FILE, "methods.score_weights", stated, *wanted)
    if not isinstance(stated, Mapping) or set(stated) != set(components):
        raise refusal
    values = [stated[name] for name in components]
    if not all(
        isinstance(value, int | float) and not isinstance(value, bool) and value >= 0 for value in values
    ):
        raise refusal
    if abs(sum(values) - 1.0) > _SUM_TOLERANCE:
        raise refusal
    return {name: float(value) for name, value in zip(components, values, strict=True)}


def choose_main_scheme(schemes: pl.DataFrame, user: Mapping[str, float] | None, config: CityConfig) -> str:
    """Return the scheme behind the main score: the city's choice, else the one the data name.

    Args:
        schemes: ``weight_scheme_id, is_main``.
        user: the city's own weights, if any.
        config: ``[methods] score_weight_scheme`` may choose.

    Raises:
        UnknownWeightSchemeError: the choice is not among the schemes, or the data name none or several.
    """
    known = [*schemes["weight_scheme_id"].unique().sort(), *([USER] if user is not None else [])]
    chosen = config.methods.extra.get("score_weight_scheme")
    if chosen is None:
        named = schemes.filter("is_main")["weight_scheme_id"].unique().sort().to_list()
        if len(named) != 1:
            raise UnknownWeightSchemeError("、".join(named), known)
        return str(named[0])
    if chosen not in known:
        raise UnknownWeightSchemeError(str(chosen), known)
    return str(chosen)


def settle_weights(
    normalised: pl.DataFrame, components: Sequence[str], schemes: pl.DataFrame, config: CityConfig
) -> pl.DataFrame:
    """Weigh the components of every layer under every scheme.

    Args:
        normalised: ``layer`` and one column per component (0..1): the panel entropy looks at.
        components: components, in order.
        schemes: ``score_weights.csv``: ``weight_scheme_id, kind, component, other_component, judgement,
            is_main, cited_from``.
        config: settings of the city.

    Returns:
        ``weight_scheme_id, kind, layer, component, weight_share, consistency_ratio, is_main, cited_from``,
        sorted by scheme, layer and the order of the components; the weights of a scheme and layer sum to 1.

    Raises:
        InconsistentJudgementsError: judgements contradict each other.
        IncompleteJudgementsError: a pair has no judgement.
        InvalidConfigError: the city's own weights are not allowed.
        UnknownWeightSchemeError: the main scheme does not exist.
    """
    user = read_user_weights(config, components)
    main = choose_main_scheme(schemes, user, config)
    layers = normalised["layer"].unique().sort().to_list()
    rows: list[tuple[str, str, str, str, float, float | None, bool, str]] = []

    def add(
        scheme: str, kind: str, layer: str, weights: Sequence[float], cr: float | None, cited: str
    ) -> None:
        rows.extend(
            (scheme, kind, layer, name, float(weight), cr, scheme == main, cited)
            for name, weight in zip(components, weights, strict=True)
        )

    for (scheme,), stated in schemes.group_by(["weight_scheme_id"], maintain_order=True):
        kind, cited = str(stated["kind"][0]), str(stated["cited_from"][0])
        judged = _judge(stated, components) if kind == "ahp" else None
        for layer in layers:
            if judged is not None:
                add(str(scheme), kind, layer, list(judged.weights), judged.consistency_ratio, cited)
            elif kind == "entropy":
                panel = normalised.filter(pl.col("layer") == layer)
                add(str(scheme), kind, layer, weigh_by_entropy(panel, components), None, cited)
            else:
                add(str(scheme), kind, layer, [1.0 / len(components)] * len(components), None, cited)
    for layer in layers if user is not None else ():
        add(
            USER,
            USER,
            layer,
            [(user or {})[name] for name in components],
            None,
            "city.toml methods.score_weights",
        )
    schema = [
        "weight_scheme_id",
        "kind",
        "layer",
        "component",
        "weight_share",
        "consistency_ratio",
        "is_main",
    ]
    return pl.DataFrame(
        rows,
        schema=[*schema, "cited_from"],
        schema_overrides={"weight_share": pl.Float64, "consistency_ratio": pl.Float64, "is_main": pl.Boolean},
        orient="row",
    ).sort("weight_scheme_id", "layer", maintain_order=True)


def _judge(stated: pl.DataFrame, components: Sequence[str]) -> Judged:
    matrix = matrix_of(stated, components)
    judged = weigh_by_judgement(matrix)
    require_consistent(judged, matrix, components)
    return judged
