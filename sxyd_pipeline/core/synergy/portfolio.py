"""Least-cost portfolio: which measures, where and how far, so that the city's targets are met."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from sxyd_pipeline.contracts.synergy import PORTFOLIO, PORTFOLIO_TARGETS
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.core.panels import require_columns, require_filled
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.measures_errors import PortfolioInfeasibleError, UnknownScenarioError
from sxyd_pipeline.core.synergy.measures_tables import publish
from sxyd_pipeline.core.synergy.portfolio_options import DELTA_COLUMNS
from sxyd_pipeline.core.synergy.portfolio_solver import Need, Programme, Solution, build_programme
from sxyd_pipeline.core.synergy.provenance import inputs_hash

METHOD = "least_cost_portfolio"
#: Scenario the portfolio is laid on when city.toml names none.
DEFAULT_SCENARIO = "policy"
BLOCK, REPORT = "block", "report"
#: Targets that bind: what the city was given and what the nation asks; rough roll-backs and shares do not.
BINDING_ORIGINS = ("given", "national")
#: A projection above its target by less than this share of either has met it.
MET = 1e-6
_EASED = 0.5 * MET
_LEAST_UPTAKE = 1e-7


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """A portfolio of one scenario and year.

    Attributes:
        programme: options it was chosen from.
        solution: chosen uptakes; the closest ones when the targets cannot all be met.
        targets: ``indicator, projected, target, needed`` and what was reached.
        clashes: sets of targets that cannot be met together; empty when all are met.
    """

    programme: Programme
    solution: Solution
    targets: pl.DataFrame
    clashes: tuple[tuple[str, ...], ...]

    @property
    def is_feasible(self) -> bool:
        """Tell whether every target is met."""
        return not self.clashes


def binding_targets(
    target_gaps: pl.DataFrame, permitted: pl.DataFrame, indicators: pl.DataFrame
) -> pl.DataFrame:
    """Return the city's caps on emissions that a portfolio must meet.

    Args:
        target_gaps: ``projection.target_gaps``.
        permitted: ``projection.permitted``, for the origin of each cap.
        indicators: ``target_indicators``.

    Returns:
        ``scenario_id, year, indicator, delta_column, projected, target``, sorted.
    """
    caps = emission_caps(indicators)
    key = ["scope_type", "scope_code", "indicator", "year"]
    given = permitted.filter(
        (pl.col("scope_type") == "city") & pl.col("origin").is_in(list(BINDING_ORIGINS))
    ).select(key)
    return (
        target_gaps.join(given, on=key, how="semi")
        .join(caps, on="indicator", how="inner", maintain_order="left")
        .select("scenario_id", "year", "indicator", "delta_column", "projected", "target")
        .sort("scenario_id", "year", "indicator")
    )


def emission_caps(indicators: pl.DataFrame) -> pl.DataFrame:
    """Return ``indicator, delta_column`` of the indicators that cap an emission the options know."""
    return indicators.filter(
        (pl.col("quantity") == "emission")
        & (pl.col("form") == "level")
        & (pl.col("comparison") == "at_most")
        & pl.col("species").is_in(list(DELTA_COLUMNS))
    ).select("indicator", delta_column=pl.col("species").replace_strict(DELTA_COLUMNS))


def plan_portfolio(
    options: pl.DataFrame,
    uptake_limits: Mapping[str, float],
    targets: pl.DataFrame,
    without: Sequence[str] = (),
) -> Plan:
    """Choose the cheapest portfolio that meets the targets, or explain why none does.

    Args:
        options: options of one scenario and year.
        uptake_limits: measure -> greatest share of each scope in that year.
        targets: ``indicator, delta_column, projected, target`` (t/a).
        without: measures that may not be used.

    Returns:
        The plan. Where the targets cannot all be met it is the one that misses them by least (sum of the
        missed shares of what is needed), and ``clashes`` names the targets that exclude each other.
    """
    require_columns(targets, ["indicator", "delta_column"])
    require_filled(targets, ["projected", "target"])
    require_filled(options, targets["delta_column"].unique().sort())
    programme = build_programme(options, uptake_limits, without)
    rows = targets.with_columns(needed=(pl.col("projected") - pl.col("target")).clip(lower_bound=0.0))
    needs, eased = ([_need(row, ease) for row in rows.iter_rows(named=True)] for ease in (0.0, _EASED))
    # A need that only rounding keeps out of reach is met, so the judge below and the solver agree.
    solution = programme.least_cost(needs) or programme.least_cost(eased)
    clashes: tuple[tuple[str, ...], ...] = ()
    if solution is None:
        solution, clashes = programme.closest(needs), tuple(programme.clashes(eased))
    achieved = {need.indicator: programme.column(need.delta_column) @ solution.uptake for need in needs}
    achievable = {need.indicator: programme.greatest(need.delta_column) for need in needs}
    with_whom = {
        indicator: sorted({other for clash in clashes if indicator in clash for other in clash} - {indicator})
        for indicator in achieved
    }
    schema = {"achieved": pl.Float64, "achievable": pl.Float64, "shadow_price_cny_per_t": pl.Float64}
    measured = rows.with_columns(
        pl.Series(name, [float(values[n.indicator]) if n.indicator in values else None for n in needs], dtype)
        for (name, dtype), values in zip(schema.items(), (achieved, achievable, solution.prices), strict=True)
    ).with_columns(
        clashes_with=pl.Series([";".join(with_whom[n.indicator]) or None for n in needs], dtype=pl.String)
    )
    judged = _judge(measured)
    return Plan(programme, solution, judged, () if judged["is_met"].all() else clashes)


def _need(row: Mapping[str, Any], ease: float) -> Need:
    slack = ease * max(row["projected"], row["target"])
    return Need(row["indicator"], row["delta_column"], row["projected"] - row["target"] - slack)


def _judge(targets: pl.DataFrame) -> pl.DataFrame:
    """Say which targets are met and what is missing."""
    missing = pl.col("projected") - pl.col("achieved") - pl.col("target")
    is_met = missing <= MET * pl.max_horizontal("projected", "target")
    return targets.with_columns(
        is_met=is_met, shortfall=pl.when(is_met).then(0.0).otherwise(missing).clip(lower_bound=0.0)
    )


def chosen_rows(plan: Plan, uptake_limits: Mapping[str, float]) -> pl.DataFrame:
    """List the chosen measures: one row per scope, part of the scope and measure.

    Measures with the same ``segment`` act on the same part of the scope, one after the other; what each adds
    is the difference between the stack with it and the stack before it.

    Returns:
        ``measure_id, scope_code, scope_name, segment, uptake_share, uptake_limit_share, annual_cost_cny,
        delta_apeq_t, delta_co2e_tco2e, is_marginal``.
    """
    options = plan.programme.options.with_columns(uptake=pl.Series(plan.solution.uptake, dtype=pl.Float64))
    figures = ("annual_cost_cny", "delta_apeq_t", "delta_co2e_tco2e")
    known = {
        (row["scope_code"], row["measures"]): [row[name] for name in figures]
        for row in options.iter_rows(named=True)
    }
    used: dict[tuple[str, str], float] = {}
    rows: list[dict[str, object]] = []
    segments: dict[str, int] = {}
    for row in options.filter(pl.col("uptake") > _LEAST_UPTAKE).iter_rows(named=True):
        scope, share = row["scope_code"], row["uptake"]
        segments[scope] = segments.get(scope, 0) + 1
        stack, before = row["measures"].split(";"), np.zeros(len(figures))
        for depth, measure in enumerate(stack, start=1):
            here = np.array(known[scope, ";".join(stack[:depth])])
            added = dict(zip(figures, (float(v) for v in (here - before) * share), strict=True))
            before = here
            used[scope, measure] = used.get((scope, measure), 0.0) + share
            rows.append(
                {"measure_id": measure, "scope_code": scope, "scope_name": row["scope_name"],
                 "segment": segments[scope], "uptake_share": min(share, 1.0),
                 "uptake_limit_share": uptake_limits[measure], **added}
            )  # fmt: skip
    for row in rows:
        total = used[str(row["scope_code"]), str(row["measure_id"])]
        row["is_marginal"] = total < uptake_limits[str(row["measure_id"])] - _LEAST_UPTAKE
    schema: dict[str, type[pl.DataType]] = {
        "measure_id": pl.String, "scope_code": pl.String, "scope_name": pl.String, "segment": pl.Int64,
        "uptake_share": pl.Float64, "uptake_limit_share": pl.Float64,
        **dict.fromkeys(figures, pl.Float64), "is_marginal": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def reached(portfolio: pl.DataFrame, options: pl.DataFrame) -> pl.DataFrame:
    """Recompute from published uptakes what a portfolio removes.

    Measures of one segment are one stack on one part of the scope; its option says what the whole scope
    would give.

    Args:
        portfolio: ``scenario_id, year, scope_code, segment, measure_id, uptake_share``.
        options: ``synergy.portfolio_options``.

    Returns:
        ``scenario_id, year, delta_column, achieved``.
    """
    part = ["scenario_id", "year", "scope_code", "segment"]
    columns = list(DELTA_COLUMNS.values())
    # One order of addition whatever the order of the rows.
    stacks = (
        portfolio.sort(*part, "measure_id")
        .group_by(part, maintain_order=True)
        .agg(pl.col("measure_id").sort().str.join(";").alias("stack"), pl.col("uptake_share").first())
    )
    known = options.with_columns(stack=pl.col("measures").str.split(";").list.sort().list.join(";"))
    return (
        stacks.join(
            known, on=["scenario_id", "year", "scope_code", "stack"], how="left", maintain_order="left"
        )
        .group_by("scenario_id", "year", maintain_order=True)
        .agg((pl.col(name) * pl.col("uptake_share")).sum() for name in columns)
        .unpivot(columns, index=["scenario_id", "year"], variable_name="delta_column", value_name="achieved")
    )


def limits_of(measures: pl.DataFrame, year: int) -> dict[str, float]:
    """Return the greatest uptake of every measure in a year, from ``synergy.measures``."""
    rows = measures.filter(pl.col("year") == year)
    return dict(rows.select("measure_id", "uptake_share").iter_rows())


def explain(plan: Plan) -> tuple[str, str]:
    """Say in Chinese and English why the targets cannot be met."""
    zh, en = [], []
    facts = {row["indicator"]: row for row in plan.targets.iter_rows(named=True)}
    for clash in plan.clashes:
        if len(clash) == 1:
            row = facts[clash[0]]
            zh.append(
                f"{clash[0]} 需减少 {row['needed']:,.0f}，措施上限合计只能减少 {row['achievable']:,.0f}"
            )
            en.append(
                f"{clash[0]} needs {row['needed']:,.0f} less, all measures give {row['achievable']:,.0f}"
            )
        else:
            zh.append("、".join(clash) + " 各自可达，但不能同时达到")
            en.append(", ".join(clash) + " can each be met, but not together")
    return "；".join(zh), "; ".join(en)


def options_at(options: pl.DataFrame, scenario: str, year: int) -> pl.DataFrame:
    """Return the options of a scenario and year in one order: of equal optima the same one is found.

    Args:
        options: ``synergy.portfolio_options``, rows in any order.
        scenario: scenario.
        year: horizon year.
    """
    here = (pl.col("scenario_id") == scenario) & (pl.col("year") == year)
    return options.filter(here).sort("scope_code", "option")


def choose_scenario(options: pl.DataFrame, config: CityConfig) -> str:
    """Return the scenario the portfolio is laid on: ``portfolio_scenario`` of city.toml, else policies.

    Raises:
        UnknownScenarioError: it was not projected.
    """
    scenario = str(config.methods.extra.get("portfolio_scenario", DEFAULT_SCENARIO))
    known = options["scenario_id"].unique().sort().to_list()
    if scenario not in known:
        raise UnknownScenarioError(scenario, known)
    return scenario


def _plans(
    options: pl.DataFrame,
    measures: pl.DataFrame,
    target_gaps: pl.DataFrame,
    permitted: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> list[tuple[str, int, Plan, dict[str, float]]]:
    scenario = choose_scenario(options, config)
    when_impossible = config.methods.extra.get("portfolio_infeasible", BLOCK)
    if when_impossible not in {BLOCK, REPORT}:
        names = f"{BLOCK} | {REPORT}"
        raise InvalidConfigError.not_allowed(
            "city.toml", "methods.portfolio_infeasible", when_impossible, names, names
        )
    wanted = binding_targets(target_gaps, permitted, reference.target_indicators)
    plans = []
    for year in config.horizons:
        limits = limits_of(measures, year)
        given = wanted.filter((pl.col("scenario_id") == scenario) & (pl.col("year") == year))
        plan = plan_portfolio(options_at(options, scenario, year), limits, given)
        plans.append((scenario, year, plan, limits))
    blocked = [(year, plan) for _, year, plan, _ in plans if not plan.is_feasible]
    if blocked and when_impossible == BLOCK:
        words = [(f"{year} 年 {explain(plan)[0]}", f"in {year} {explain(plan)[1]}") for year, plan in blocked]
        raise PortfolioInfeasibleError("；".join(zh for zh, _ in words), "; ".join(en for _, en in words))
    return plans


def choose_measures(
    options: pl.DataFrame,
    measures: pl.DataFrame,
    target_gaps: pl.DataFrame,
    permitted: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Choose the least-cost measures of every horizon year.

    Args:
        options: ``synergy.portfolio_options``.
        measures: ``synergy.measures``, for uptake limits and names.
        target_gaps: ``projection.target_gaps``.
        permitted: ``projection.permitted``.
        reference: target indicators.
        config: settings of the city.

    Returns:
        ``synergy.portfolio``, sorted by its key.

    Raises:
        PortfolioInfeasibleError: a target is out of reach and the city did not ask to publish the shortfall.
        UnknownScenarioError: the scenario of city.toml was not projected.
    """
    names = measures.select("measure_id", "measure_name").unique(maintain_order=True)
    parts = [
        chosen_rows(plan, limits).with_columns(scenario_id=pl.lit(scenario), year=pl.lit(year, pl.Int32))
        for scenario, year, plan, limits in _plans(
            options, measures, target_gaps, permitted, reference, config
        )
    ]
    chosen = pl.concat(parts).join(names, on="measure_id", how="left", maintain_order="left")
    return publish(
        chosen,
        PORTFOLIO,
        config.adcode,
        method_id=METHOD,
        formula_variant=_of_scenario(),
        inputs=inputs_hash(options, measures, target_gaps, permitted),
    )


def _of_scenario() -> pl.Expr:
    return pl.format(
        "情景 {}；约束：全市给定与国家允许排放量；每个范围的各部分互不重叠；HiGHS 对偶单纯形",
        pl.col("scenario_id"),
    )


def judge_targets(
    options: pl.DataFrame,
    portfolio: pl.DataFrame,
    measures: pl.DataFrame,
    target_gaps: pl.DataFrame,
    permitted: pl.DataFrame,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Say of every target what is needed, what the portfolio reaches, and what one more tonne costs.

    What is reached is recomputed from the published uptakes, not taken from the solver.

    Args:
        options: ``synergy.portfolio_options``.
        portfolio: ``synergy.portfolio``.
        measures: ``synergy.measures``.
        target_gaps: ``projection.target_gaps``.
        permitted: ``projection.permitted``.
        reference: target indicators.
        config: settings of the city.

    Raises:
        PortfolioInfeasibleError: a target is out of reach and the city did not ask to publish the shortfall.
        UnknownScenarioError: the scenario of city.toml was not projected.

    Returns:
        ``synergy.portfolio_targets``, sorted by its key.
    """
    parts = [
        plan.targets.with_columns(scenario_id=pl.lit(scenario), year=pl.lit(year, pl.Int32))
        for scenario, year, plan, _ in _plans(options, measures, target_gaps, permitted, reference, config)
    ]
    found = reached(portfolio, options)
    key = ["scenario_id", "year", "delta_column"]
    judged = _judge(
        pl.concat(parts)
        .drop("achieved")
        .join(found, on=key, how="left", maintain_order="left")
        # A portfolio without any measure removes nothing.
        .with_columns(pl.col("achieved").fill_null(0.0))
    )
    return publish(
        judged.with_columns(statement_zh=_statement()),
        PORTFOLIO_TARGETS,
        config.adcode,
        method_id=METHOD,
        formula_variant=_of_scenario(),
        inputs=inputs_hash(options, portfolio, measures, target_gaps, permitted),
    )


def _statement() -> pl.Expr:
    """One sentence per target."""

    def whole(name: str) -> pl.Expr:
        return pl.col(name).round(0).cast(pl.Int64)

    needed, achieved, short = whole("needed"), whole("achieved"), whole("shortfall")
    return (
        pl.when(~pl.col("is_met") & pl.col("clashes_with").is_not_null())
        .then(pl.format("需减少 {}，与 {} 不能同时达到，仍缺 {}", needed, pl.col("clashes_with"), short))
        .when(~pl.col("is_met"))
        .then(pl.format("需减少 {}；措施用到上限可减少 {}，仍缺 {}", needed, whole("achievable"), short))
        .when(pl.col("needed") <= 0)
        .then(pl.lit("情景已达标，无需措施"))
        .when(pl.col("shadow_price_cny_per_t") > 0)
        .then(
            pl.format(
                "需减少 {}，组合减少 {}；再减 1 吨约 {} 元", needed, achieved, whole("shadow_price_cny_per_t")
            )
        )
        .otherwise(
            pl.format("需减少 {}，组合减少 {}；由其他目标或无悔措施带动，不增加成本", needed, achieved)
        )
    )
