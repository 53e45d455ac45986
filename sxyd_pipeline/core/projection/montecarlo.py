"""How sure the projections are: seeded draws over factors, activities and levers.

``E(d) = sum over rows of base * f(d) * a(d) * prod over levers of g(d)``. A factor draw is shared by all
rows that use the factor, an activity draw by all species of a source, a lever draw by all rows the
lever acts on. Rows that feel the same levers share a signature, so a path is computed once per
signature and draw, not once per row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from scipy import sparse

from sxyd_pipeline.core.projection.engine import Action, Effect, list_actions
from sxyd_pipeline.core.projection.scenario import Lever, Scenario

Array = np.ndarray

#: Half-width of a 95 % interval in standard deviations.
Z95 = 1.959964
QUANTILES = (0.05, 0.50, 0.95)


@dataclass(frozen=True, slots=True)
class Draws:
    """Draws of one inventory, in the order of its rows.

    Attributes:
        factor: array (draws, factors); median 1.
        activity: array (draws, activities); median 1.
        lever: label -> array (draws,); factor on the lever's effect, mean 1.
        factor_of: row -> position in ``factor``.
        activity_of: row -> position in ``activity``.
        factor_names: names of the factors.
    """

    factor: Array
    activity: Array
    lever: Mapping[str, Array]
    factor_of: Array
    activity_of: Array
    factor_names: tuple[str, ...]

    @property
    def count(self) -> int:
        """Number of draws."""
        return int(self.factor.shape[0])

    def only(self, rows: Array) -> "Draws":
        """Return the draws of some rows, in their order."""
        return replace(self, factor_of=self.factor_of[rows], activity_of=self.activity_of[rows])


def split_ranges(sources: pl.DataFrame, activity_sigma: Mapping[str, float]) -> pl.DataFrame:
    """Split each row's interval into a part of its factor and a part of its activity, in log space.

    Args:
        sources: rows with ``emission_t, low_t, high_t, source_kind``.
        activity_sigma: source kind -> standard deviation of ln(activity).

    Returns:
        The rows with ``activity_sigma`` and ``factor_sigma``; their squares add up to the square of
        ``ln(high / low) / (2 * 1.96)``. A row narrower than its activity alone keeps no factor part.
    """
    total = (pl.col("high_t") / pl.col("low_t")).log() / (2 * Z95)
    # A row of zero tonnes has no ratio and no spread.
    spread = pl.when((pl.col("low_t") > 0) & (pl.col("high_t") > 0)).then(total).otherwise(0.0)
    activity = pl.min_horizontal(
        pl.col("source_kind").replace_strict(activity_sigma, return_dtype=pl.Float64), spread
    )
    return sources.with_columns(activity_sigma=activity).with_columns(
        factor_sigma=(spread.pow(2) - pl.col("activity_sigma").pow(2)).clip(lower_bound=0.0).sqrt()
    )


def draw_inputs(sources: pl.DataFrame, levers: Sequence[Lever], draws: int, seed: int) -> Draws:
    """Draw every uncertain input.

    Args:
        sources: rows with ``factor_id, source_id, factor_sigma, activity_sigma``. A factor's spread is
            the mean of its rows'.
        levers: levers whose ``range_share`` is the half-width of their 95 % range.
        draws: number of draws.
        seed: seed; the same seed gives the same draws whatever the order of levers.
    """
    named = sources.with_columns(factor=pl.col("factor_id").fill_null(pl.col("source_id")))
    factors = named.group_by("factor", maintain_order=True).agg(pl.col("factor_sigma").mean()).sort("factor")
    activities = (
        named.group_by("source_id", maintain_order=True)
        .agg(pl.col("activity_sigma").mean())
        .sort("source_id")
    )
    generator = np.random.default_rng(seed)
    factor = np.exp(generator.standard_normal((draws, factors.height)) * factors["factor_sigma"].to_numpy())
    activity = np.exp(
        generator.standard_normal((draws, activities.height)) * activities["activity_sigma"].to_numpy()
    )
    lever: dict[str, Array] = {}
    for label in sorted({lever.label for lever in levers}):
        width = next(one.range_share for one in levers if one.label == label)
        lever[label] = np.maximum(1.0 + generator.standard_normal(draws) * width / Z95, 0.0)
    position = {name: index for index, name in enumerate(factors["factor"])}
    place = {name: index for index, name in enumerate(activities["source_id"])}
    return Draws(
        factor=factor,
        activity=activity,
        lever=lever,
        factor_of=named["factor"].replace_strict(position, return_dtype=pl.Int64).to_numpy(),
        activity_of=named["source_id"].replace_strict(place, return_dtype=pl.Int64).to_numpy(),
        factor_names=tuple(factors["factor"]),
    )


@dataclass(frozen=True, slots=True)
class Signatures:
    """Rows grouped by the levers that act on them.

    Attributes:
        of_row: row -> signature.
        actions: signature -> what acts on its rows.
    """

    of_row: Array
    actions: tuple[tuple[Action, ...], ...]


def sign_rows(sources: pl.DataFrame, scenario: Scenario) -> Signatures:
    """Group rows that feel the same levers."""
    acting = list_actions(sources, scenario)
    if not acting:
        return Signatures(np.zeros(sources.height, dtype=np.int64), ((),))
    masks = np.column_stack([action.rows for action in acting])
    patterns, of_row = np.unique(masks, axis=0, return_inverse=True)
    actions = tuple(tuple(action for action, on in zip(acting, row, strict=True) if on) for row in patterns)
    return Signatures(of_row.reshape(-1), actions)


def draw_totals(
    sources: pl.DataFrame, scenario: Scenario, draws: Draws, years: Sequence[int], base_year: int
) -> dict[str, Array]:
    """Return the city's total of each species in every draw and year.

    Returns:
        species -> array (draws, years), t/a.
    """
    signatures = sign_rows(sources, scenario)
    paths = _paths(signatures, draws, years, base_year)
    base, species = sources["emission_t"].to_numpy(), sources["species"].to_numpy()
    totals: dict[str, Array] = {}
    for code in sorted(set(species)):
        rows = np.flatnonzero(species == code)
        weighted = _weighted(draws, rows, base)
        total = np.zeros((draws.count, len(years)))
        for signature in np.unique(signatures.of_row[rows]):
            chosen = signatures.of_row[rows] == signature
            total += weighted[:, chosen].sum(axis=1)[:, None] * paths[signature]
        totals[str(code)] = total
    return totals


def draw_places(
    sources: pl.DataFrame,
    scenario: Scenario,
    draws: Draws,
    years: Sequence[int],
    base_year: int,
    shares: sparse.csr_array,
) -> dict[str, Array]:
    """Return quantiles of each place's emission.

    Args:
        sources: rows of the inventory.
        scenario: levers.
        draws: draws of :func:`draw_inputs`.
        years: years asked for.
        base_year: year of the inventory.
        shares: sparse array (places, rows), share of each row's emission that lies in each place. Most
            rows are points and lie in one place, and sums of sparse rows have one order on every machine.

    Returns:
        species -> array (quantiles, places, years), t/a, for the quantiles 5, 50 and 95 %.
    """
    signatures = sign_rows(sources, scenario)
    paths = np.stack(_paths(signatures, draws, years, base_year))
    base, species = sources["emission_t"].to_numpy(), sources["species"].to_numpy()
    quantiles: dict[str, Array] = {}
    for code in sorted(set(species)):
        rows = np.flatnonzero(species == code)
        placed, followed = shares[:, rows], signatures.of_row[rows]
        weighted = _weighted_rows(draws, rows, base)
        tonnes = np.empty_like(weighted)
        per_year = []
        for path in np.moveaxis(paths, 2, 0):
            # One product of matrices a year: the paths of the rows' signatures scale the draws.
            np.multiply(weighted, np.ascontiguousarray(path)[followed], out=tonnes)
            per_year.append(np.quantile(placed @ tonnes, QUANTILES, axis=1, overwrite_input=True))
        quantiles[str(code)] = np.stack(per_year, axis=-1)
    return quantiles


def draw_rows(
    sources: pl.DataFrame, scenario: Scenario, draws: Draws, years: Sequence[int], base_year: int
) -> Iterator[Array]:
    """Draw what every row emits; arguments as in :func:`draw_totals`.

    Yields:
        Year by year an array (rows, draws), t/a. It is the largest of all arrays, so the next year is
        written into the same one.
    """
    signatures = sign_rows(sources, scenario)
    paths = np.stack(_paths(signatures, draws, years, base_year))
    base = sources["emission_t"].to_numpy()
    weighted = _weighted_rows(draws, np.arange(sources.height), base)
    tonnes = np.empty_like(weighted)
    for path in np.moveaxis(paths, 2, 0):
        np.take(np.ascontiguousarray(path), signatures.of_row, axis=0, out=tonnes, mode="clip")
        np.multiply(weighted, tonnes, out=tonnes)
        yield tonnes


def _weighted(draws: Draws, rows: Array, base: Array) -> Array:
    """Return base emission times factor and activity draws of some rows: (draws, rows)."""
    weighted: Array = (
        base[rows] * draws.factor[:, draws.factor_of[rows]] * draws.activity[:, draws.activity_of[rows]]
    )
    return weighted


def _weighted_rows(draws: Draws, rows: Array, base: Array) -> Array:
    """Return the same as :func:`_weighted`, row by row: (rows, draws)."""
    weighted: Array = np.ascontiguousarray(draws.factor.T)[draws.factor_of[rows]]
    weighted *= base[rows][:, None]
    weighted *= np.ascontiguousarray(draws.activity.T)[draws.activity_of[rows]]
    return weighted


def _paths(signatures: Signatures, draws: Draws, years: Sequence[int], base_year: int) -> list[Array]:
    """Return the product of lever factors of each signature: arrays (draws, years)."""
    own = _own_paths(signatures, draws, years, base_year)
    return [
        np.prod([own[action.key] for action in actions], axis=0)
        if actions
        else np.ones((draws.count, len(years)))
        for actions in signatures.actions
    ]


def _own_paths(
    signatures: Signatures, draws: Draws, years: Sequence[int], base_year: int
) -> dict[tuple[str, Effect], Array]:
    """Return the path of every action alone: (label, effect) -> array (draws, years)."""
    return {
        action.key: action.path(years, base_year, draws.lever[action.label])
        for actions in signatures.actions
        for action in actions
    }


@dataclass(frozen=True, slots=True)
class Spread:
    """What the variance of one scenario's totals is made of, prepared once for all species and years.

    Attributes:
        signatures: rows grouped by what acts on them.
        own: path of every action: (label, effect) -> array (draws, years).
        totals: species -> array (draws, years).
        years: years of the columns.
        factor: mean and variance of every factor's draws.
        activity: mean and variance of every activity's draws.
    """

    signatures: Signatures
    own: Mapping[tuple[str, Effect], Array]
    totals: Mapping[str, Array]
    years: tuple[int, ...]
    factor: tuple[Array, Array]
    activity: tuple[Array, Array]


def prepare_spread(
    sources: pl.DataFrame, scenario: Scenario, draws: Draws, years: Sequence[int], base_year: int
) -> Spread:
    """Draw totals and paths of a scenario once (see :func:`share_variance`)."""
    signatures = sign_rows(sources, scenario)
    own = _own_paths(signatures, draws, years, base_year)
    return Spread(
        signatures,
        own,
        draw_totals(sources, scenario, draws, years, base_year),
        tuple(years),
        (draws.factor.mean(axis=0), draws.factor.var(axis=0)),
        (draws.activity.mean(axis=0), draws.activity.var(axis=0)),
    )


def share_variance(
    sources: pl.DataFrame, draws: Draws, spread: Spread, species: str, year: int
) -> pl.DataFrame:
    """Return what share of a total's variance each input explains alone (first-order Sobol index).

    The total is linear in every factor and activity draw and a product of independent levers, so the
    conditional expectation of the total given one input is known in closed form: no nested sampling.

    Args:
        sources: rows of :func:`draw_inputs` with ``species``, ``emission_t`` and ``source_kind``.
        draws: draws of :func:`draw_inputs`.
        spread: result of :func:`prepare_spread` for the same rows and draws.
        species: species whose total is explained.
        year: year of the total.

    Returns:
        One row per input group: ``input_group, input_kind, first_order_share``, largest first. Activities
        are grouped by source kind, levers and factors stand alone. Empty when nothing varies.

    References:
        Saltelli et al. (2010), Computer Physics Communications 181, 259-270.
    """
    column = spread.years.index(year)
    rows = np.flatnonzero(sources["species"].to_numpy() == species)
    total_variance = float(spread.totals[species][:, column].var()) if species in spread.totals else 0.0
    if total_variance <= 0.0:
        return pl.DataFrame(
            schema={"input_group": pl.String, "input_kind": pl.String, "first_order_share": pl.Float64}
        )
    own = {key: path[:, column] for key, path in spread.own.items()}
    acting = spread.signatures.actions
    mean = {key: float(path.mean()) for key, path in own.items()}
    signature_mean = np.array([_product(mean, actions) for actions in acting])
    base = sources["emission_t"].to_numpy()[rows]
    (f_mean, f_variance), (a_mean, a_variance) = spread.factor, spread.activity
    f_of, a_of, s_of = draws.factor_of[rows], draws.activity_of[rows], spread.signatures.of_row[rows]
    by_factor = np.bincount(f_of, weights=base * a_mean[a_of] * signature_mean[s_of], minlength=len(f_mean))
    by_activity = np.bincount(a_of, weights=base * f_mean[f_of] * signature_mean[s_of], minlength=len(a_mean))
    explained = [
        (f"factor:{name}", "factor", variance)
        for name, variance in zip(draws.factor_names, f_variance * by_factor**2, strict=True)
    ]
    kind = sources["source_kind"].to_numpy()[rows]
    variances = a_variance * by_activity**2
    explained += [
        (f"activity:{name}", "activity", variances[np.unique(a_of[kind == name])].sum())
        for name in np.unique(kind)
    ]
    weight = np.bincount(s_of, weights=base * f_mean[f_of] * a_mean[a_of], minlength=len(acting))
    present = [position for position in range(len(acting)) if weight[position] > 0.0]
    for label in sorted({action.label for position in present for action in acting[position]}):
        # Given this lever's draw, the expected total is a sum of its own paths, weighted by all else.
        given = np.zeros(draws.count)
        for position in present:
            mine = [own[action.key] for action in acting[position] if action.label == label]
            rest = _product(mean, [action for action in acting[position] if action.label != label])
            if mine:
                given += weight[position] * rest * np.prod(mine, axis=0)
        explained.append((f"lever:{label}", "lever", given.var()))
    return (
        pl.DataFrame(explained, schema=["input_group", "input_kind", "variance"], orient="row")
        .with_columns(first_order_share=(pl.col("variance") / total_variance).clip(0.0, 1.0))
        .filter(pl.col("first_order_share") > 0)
        .select("input_group", "input_kind", "first_order_share")
        .sort("first_order_share", "input_group", descending=[True, False])
    )


def _product(mean: Mapping[tuple[str, Effect], float], actions: Sequence[Action]) -> float:
    """Return the expected product of independent paths."""
    product = 1.0
    for action in actions:
        product *= mean[action.key]
    return product
