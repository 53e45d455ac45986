"""The linear programme behind a portfolio: least cost for given reductions, and why it may be impossible.

``min sum c_j x_j`` with ``sum_j d_ij x_j >= need_i``, parts of a scope that do not exceed it, and the uptake
of each measure in each scope within its limit. All rows are scaled to their need, so tolerances mean shares.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from sxyd_pipeline.core.panels import require_columns, require_filled
from sxyd_pipeline.core.synergy.measures_errors import UptakeLimitError
from sxyd_pipeline.core.synergy.measures_sources import Array

#: Shares below this are rounding of the solver.
ROUNDING = 1e-9
_NEAR_NOTHING = 1e-6
#: Sums of missed shares that differ by less are the same: tighter than this the solver cannot tell.
_SAME_MISS = 1e-6
_OPTIMAL, _INFEASIBLE = 0, 2


class SolverError(RuntimeError):
    """The solver stopped for a reason that is neither a solution nor a proof that there is none."""


@dataclass(frozen=True, slots=True)
class Need:
    """A reduction that is needed: at least ``needed`` (t/a) of the column ``delta_column`` of the options.

    A negative need is the room a cap leaves: measures may raise the species by no more than that.
    """

    indicator: str
    delta_column: str
    needed: float


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """Uptake of every option and what follows from it.

    Attributes:
        uptake: share of the scope each option takes, (options,).
        cost_cny: yearly cost.
        prices: indicator -> CNY for one more tonne; 0 where the need does not bind.
    """

    uptake: Array
    cost_cny: float
    prices: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Options with their limits, ready to be solved for any needs.

    Attributes:
        options: ``scope_code, measures, annual_cost_cny`` and columns of reductions.
        limits: rows of ``<= limit`` over the options.
        bounds: their right-hand sides.
    """

    options: pl.DataFrame
    limits: csr_array
    bounds: Array

    def column(self, name: str) -> Array:
        """Return one column of the options as numbers."""
        return np.asarray(self.options[name].to_numpy(), dtype=float)

    def least_cost(self, needs: Sequence[Need]) -> Solution | None:
        """Return the cheapest uptake that meets the needs, or None when none does."""
        cost = self.column("annual_cost_cny")
        scale = float(np.abs(cost).max(initial=0.0)) or 1.0
        sizes = [self._size(need) for need in needs]
        rows = [-self.column(need.delta_column) / size for need, size in zip(needs, sizes, strict=True)]
        sides = [-need.needed / size for need, size in zip(needs, sizes, strict=True)]
        found = _solve(cost / scale, self._matrix(rows), np.concatenate([self.bounds, sides]))
        if found is None:
            return None
        uptake, duals = found
        prices = {
            need.indicator: max(0.0, -float(dual)) * scale / size
            for need, size, dual in zip(needs, sizes, duals[len(self.bounds) :], strict=True)
        }
        return Solution(uptake, float(cost @ uptake), prices)

    def _size(self, need: Need) -> float:
        """Return what a row is measured in: its need, or where that is near nothing its largest entry."""
        largest = float(np.abs(self.column(need.delta_column)).max(initial=0.0))
        return max(abs(need.needed), _NEAR_NOTHING * largest) or 1.0

    def closest(self, needs: Sequence[Need]) -> Solution:
        """Return the uptake that misses the needs by least (sum of missed shares), the cheapest of those."""
        count, many = self.options.height, len(needs)
        sizes = [self._size(need) for need in needs]
        rows = np.array([-self.column(n.delta_column) / size for n, size in zip(needs, sizes, strict=True)])
        wide = csr_array(np.hstack([rows.reshape(many, count), -np.eye(many)]))
        limits = csr_array(
            (self.limits.data, self.limits.indices, self.limits.indptr), (len(self.bounds), count + many)
        )
        missed = np.concatenate([np.zeros(count), np.ones(many)])
        sides = np.concatenate(
            [self.bounds, [-n.needed / size for n, size in zip(needs, sizes, strict=True)]]
        )
        matrix = vstack([limits, wide], format="csr")
        first = _solve(missed, matrix, sides)
        if first is None:
            raise SolverError
        least = float(missed @ first[0])
        cost = np.concatenate([self.column("annual_cost_cny"), np.zeros(many)])
        scale = float(np.abs(cost).max(initial=0.0)) or 1.0
        second = _solve(
            cost / scale,
            vstack([matrix, csr_array(missed.reshape(1, -1))], format="csr"),
            np.concatenate([sides, [least + _SAME_MISS]]),
        )
        uptake = (second or first)[0][:count]
        return Solution(uptake, float(self.column("annual_cost_cny") @ uptake))

    def greatest(self, delta_column: str) -> float:
        """Return the greatest reduction of one column (t/a) with every measure at its limit."""
        return self.greatest_of(self.column(delta_column))

    def greatest_of(self, values: Array) -> float:
        """Return the greatest value of any weights of the options."""
        scale = float(np.abs(values).max(initial=0.0)) or 1.0
        found = _solve(-values / scale, self.limits, self.bounds)
        if found is None:
            raise SolverError
        return float(values @ found[0])

    def clashes(self, needs: Sequence[Need]) -> list[tuple[str, ...]]:
        """Return sets of needs that cannot be met together, each irreducible; empty when all can.

        Needs that fail alone come first; the rest is searched by deleting what the clash does not need.
        """
        found: list[tuple[str, ...]] = []
        left = list(needs)
        for need in tuple(left):
            if self.least_cost([need]) is None:
                found.append((need.indicator,))
                left.remove(need)
        while self.least_cost(left) is None:
            core = list(left)
            for need in tuple(core):
                without = [other for other in core if other is not need]
                if self.least_cost(without) is None:
                    core = without
            found.append(tuple(need.indicator for need in core))
            left.remove(core[0])
        return found

    def _matrix(self, rows: Sequence[Array]) -> csr_array:
        if not rows:
            return self.limits
        return vstack([self.limits, csr_array(np.array(rows))], format="csr")


def build_programme(
    options: pl.DataFrame, uptake_limits: Mapping[str, float], without: Sequence[str] = ()
) -> Programme:
    """Build the programme of some options.

    Args:
        options: ``scope_code, measures`` (ids separated by ;), ``annual_cost_cny``, reductions at uptake 1.
        uptake_limits: measure -> greatest share of each scope.
        without: measures that may not be used.

    Raises:
        MissingPanelColumnError: a column is missing.
        MissingPanelValueError: an option has no cost.
        UptakeLimitError: a measure has no limit, or one outside 0..1.
    """
    require_columns(options, ["scope_code", "measures"])
    require_filled(options, ["annual_cost_cny"])
    banned = set(without)
    stacks = [measures.split(";") for measures in options["measures"].to_list()]
    kept = [position for position, stack in enumerate(stacks) if not banned & set(stack)]
    chosen = options[kept]
    scopes = chosen["scope_code"].to_list()
    entries: dict[tuple[str, str], list[int]] = {}
    for position, scope in enumerate(scopes):
        entries.setdefault((scope, ""), []).append(position)
        for measure in stacks[kept[position]]:
            entries.setdefault((scope, measure), []).append(position)
    keys = sorted(entries)
    unlimited = {m for _, m in keys if m and not 0.0 <= uptake_limits.get(m, -1.0) <= 1.0}
    if unlimited:
        raise UptakeLimitError(unlimited)
    rows = (
        np.concatenate([np.full(len(entries[k]), i) for i, k in enumerate(keys)])
        if keys
        else np.zeros(0, int)
    )
    columns = np.concatenate([entries[k] for k in keys]) if keys else np.zeros(0, int)
    matrix = csr_array((np.ones(len(rows)), (rows, columns)), shape=(len(keys), chosen.height))
    bounds = np.array([1.0 if not measure else uptake_limits[measure] for _, measure in keys])
    return Programme(chosen, matrix, bounds)


def _solve(cost: Array, matrix: csr_array, sides: Array) -> tuple[Array, Array] | None:
    if not len(cost):
        return None if (sides < 0).any() else (np.zeros(0), np.zeros(len(sides)))
    # Where needs meet at a corner the simplex may end without a verdict; the interior point then decides.
    for method in ("highs-ds", "highs-ipm"):
        result = linprog(cost, A_ub=matrix, b_ub=sides, bounds=(0.0, None), method=method)
        if result.status in {_OPTIMAL, _INFEASIBLE}:
            break
    else:
        raise SolverError(result.message)
    if result.status == _INFEASIBLE:
        return None
    uptake = np.where(result.x > ROUNDING, result.x, 0.0)
    return uptake, np.asarray(result.ineqlin.marginals)
