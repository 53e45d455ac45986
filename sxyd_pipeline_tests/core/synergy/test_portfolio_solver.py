"""What the portfolio does when the simplex ends without a verdict."""

from typing import Any

import pytest
from scipy.optimize import OptimizeResult

from sxyd_pipeline.core.synergy import portfolio_solver
from sxyd_pipeline.core.synergy.portfolio import plan_portfolio
from sxyd_pipeline_tests.core.synergy.portfolio_frames import LIMITS, PLANT, options, targets

_solves = portfolio_solver.linprog
_NO_VERDICT = 4


def without_verdict(*methods: str) -> Any:
    def linprog(*arguments: Any, method: str, **settings: Any) -> OptimizeResult:
        if method in methods:
            return OptimizeResult(status=_NO_VERDICT, message="model_status is Unknown", x=None)
        return _solves(*arguments, method=method, **settings)

    return linprog


def test_the_interior_point_decides_where_the_simplex_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    by_simplex = plan_portfolio(options(PLANT), LIMITS, targets(nox=30.0, co2=80.0))
    monkeypatch.setattr(portfolio_solver, "linprog", without_verdict("highs-ds"))
    got = plan_portfolio(options(PLANT), LIMITS, targets(nox=30.0, co2=80.0))
    assert got.solution.cost_cny == pytest.approx(by_simplex.solution.cost_cny)
    assert got.targets["is_met"].all()
    assert plan_portfolio(options(PLANT), LIMITS, targets(nox=1e6)).clashes == (("permitted_nox_t",),)


def test_a_programme_nobody_can_decide_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio_solver, "linprog", without_verdict("highs-ds", "highs-ipm"))
    with pytest.raises(portfolio_solver.SolverError, match="Unknown"):
        plan_portfolio(options(PLANT), LIMITS, targets(nox=30.0))
