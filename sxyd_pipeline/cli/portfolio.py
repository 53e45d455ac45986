"""``sxyd portfolio``: the least-cost portfolio of a published city, asked again with other targets."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb
import polars as pl

from sxyd_pipeline.cli.faults import UnknownChoiceError, WrongUsageError
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.core.synergy.measures_errors import PortfolioInfeasibleError
from sxyd_pipeline.core.synergy.portfolio import (
    BINDING_ORIGINS,
    DEFAULT_SCENARIO,
    Plan,
    chosen_rows,
    emission_caps,
    explain,
    plan_portfolio,
)
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.combined import open_published
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import Workspace, reference_folder

_MILLION = 1e6
_FIGURES = ("projected", "target", "needed", "achieved", "achievable")


class NotInReleaseError(SxydError):
    """The release carries no options of a portfolio: it is older than they are."""

    def __init__(self, city: str) -> None:
        """Name the city."""
        super().__init__(
            f"该发布中没有 {city} 的措施组合选项",
            f"the release holds no portfolio options of {city}",
            remedy_zh=f"先运行 sxyd run {city}",
            remedy_en=f"run sxyd run {city} first",
        )


class UnreadableTargetError(WrongUsageError):
    """A target on the command line is no ``indicator=number``."""

    def __init__(self, text: str) -> None:
        """Show it."""
        super().__init__(
            f"--target 写法有误：{text}",
            f"--target cannot be read: {text}",
            remedy_zh="写成 指标=数值，例如 permitted_nox_t=12000",
            remedy_en="write indicator=number, for example permitted_nox_t=12000",
        )


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: city, year, scenario, other targets, measures left out."""

    city: str
    year: int | None
    scenario: str | None
    targets: Mapping[str, float]
    without: Sequence[str]
    as_of: str | None


def read_targets(texts: Sequence[str]) -> dict[str, float]:
    """Turn ``indicator=number`` into a mapping.

    Raises:
        UnreadableTargetError: a text is none, or its number is not finite and not negative.
    """
    targets = {}
    for text in texts:
        indicator, _, number = text.partition("=")
        try:
            value = float(number.replace(",", ""))
        except ValueError:
            raise UnreadableTargetError(text) from None
        if not indicator.strip() or not math.isfinite(value) or value < 0:
            raise UnreadableTargetError(text)
        targets[indicator.strip()] = value
    return targets


def show_portfolio(screen: Screen, workspace: Workspace, question: Question) -> int:
    """Print cost, measures, targets and prices of the cheapest portfolio.

    Returns:
        0. A portfolio that cannot be found is an error with its explanation (exit code 1).

    Raises:
        NotInReleaseError: the release has no options of portfolios.
        UnknownChoiceError: city, scenario, year, measure or indicator is not there; lists the valid ones.
        PortfolioInfeasibleError: the targets cannot be met.
    """
    connection = open_published(workspace, as_of=question.as_of)
    try:
        scenario, year = _choose(connection, question)
        limits = _limits(connection, question, year)
        options = _frame(
            connection,
            "SELECT * EXCLUDE (method_id, formula_variant, grade_scheme_id, inputs_hash) FROM "
            "synergy.portfolio_options WHERE city_code = ? AND scenario_id = ? AND year = ? "
            "ORDER BY scope_code, option",
            [question.city, scenario, year],
        )
        targets = _targets(connection, question, scenario, year)
        names = _frame(
            connection,
            "SELECT DISTINCT measure_id, measure_name FROM synergy.measures WHERE city_code = ? ORDER BY 1",
            [question.city],
        )
    finally:
        connection.close()
    plan = plan_portfolio(options, limits, targets, question.without)
    if not plan.is_feasible:
        raise PortfolioInfeasibleError(*explain(plan))
    chosen = chosen_rows(plan, limits).join(names, on="measure_id", how="left", maintain_order="left")
    _print(screen, question.city, scenario, year, plan, chosen)
    return 0


def _choose(connection: duckdb.DuckDBPyConnection, question: Question) -> tuple[str, int]:
    try:
        known = connection.execute(
            "SELECT DISTINCT scenario_id, year FROM synergy.portfolio_options WHERE city_code = ? "
            "ORDER BY ALL",
            [question.city],
        ).fetchall()
    except duckdb.CatalogException:
        raise NotInReleaseError(question.city) from None
    if not known:
        cities = connection.execute(
            "SELECT DISTINCT city_code FROM synergy.portfolio_options ORDER BY 1"
        ).fetchall()
        raise UnknownChoiceError("CITY", question.city, [str(row[0]) for row in cities])
    scenarios = sorted({str(row[0]) for row in known})
    published = connection.execute(
        "SELECT scenario_id FROM synergy.portfolio_targets WHERE city_code = ? LIMIT 1", [question.city]
    ).fetchone()
    scenario = question.scenario or (str(published[0]) if published else DEFAULT_SCENARIO)
    if scenario not in scenarios:
        raise UnknownChoiceError("--scenario", scenario, scenarios)
    years = sorted({int(row[1]) for row in known})
    year = years[-1] if question.year is None else question.year
    if year not in years:
        raise UnknownChoiceError("--year", str(year), [str(one) for one in years])
    return scenario, year


def _limits(connection: duckdb.DuckDBPyConnection, question: Question, year: int) -> dict[str, float]:
    rows = connection.execute(
        "SELECT measure_id, uptake_share FROM synergy.measures WHERE city_code = ? AND year = ? ORDER BY 1",
        [question.city, year],
    ).fetchall()
    limits = {str(measure): float(share) for measure, share in rows}
    for measure in question.without:
        if measure not in limits:
            raise UnknownChoiceError("--without", measure, sorted(limits))
    return limits


def _targets(
    connection: duckdb.DuckDBPyConnection, question: Question, scenario: str, year: int
) -> pl.DataFrame:
    """Return the binding targets of the release, those of the command line in their place or beside them."""
    caps = emission_caps(load_reference(reference_folder()).target_indicators)
    projected = _frame(
        connection,
        "SELECT indicator, projected FROM projection.indicators WHERE city_code = ? AND scenario_id = ? "
        "AND year = ? AND scope_type = 'city' ORDER BY 1",
        [question.city, scenario, year],
    ).join(caps, on="indicator", how="inner", maintain_order="left")
    for indicator in question.targets:
        if indicator not in projected["indicator"]:
            raise UnknownChoiceError("--target", indicator, projected["indicator"].to_list())
    given = _frame(
        connection,
        "SELECT indicator, target FROM projection.permitted WHERE city_code = ? AND year = ? "
        "AND scope_type = 'city' AND list_contains(?, origin) ORDER BY 1",
        [question.city, year, list(BINDING_ORIGINS)],
    )
    asked = pl.DataFrame(
        {"indicator": list(question.targets), "asked": list(question.targets.values())},
        schema={"indicator": pl.String, "asked": pl.Float64},
    )
    return (
        projected.join(given, on="indicator", how="left", maintain_order="left")
        .join(asked, on="indicator", how="left", maintain_order="left")
        .with_columns(target=pl.coalesce("asked", "target"))
        .drop_nulls("target")
        .select("indicator", "delta_column", "projected", "target")
    )


def _frame(
    connection: duckdb.DuckDBPyConnection, query: str, values: Sequence[str | int | list[str]]
) -> pl.DataFrame:
    return connection.execute(query, list(values)).pl()


def _print(screen: Screen, city: str, scenario: str, year: int, plan: Plan, chosen: pl.DataFrame) -> None:
    cost = plan.solution.cost_cny
    screen.say(
        f"{city} {year} 年，情景 {scenario}：最低年化成本 {cost / _MILLION:,.1f} 百万元/年",
        f"{city} in {year}, scenario {scenario}: least yearly cost {cost / _MILLION:,.1f} million CNY",
        "bold",
    )
    pick = screen.pick
    screen.table(
        [
            pick("指标", "indicator"), pick("预测", "projected"), pick("目标", "target"),
            pick("需减少", "needed"), pick("组合减少", "achieved"), pick("最大可减少", "achievable"),
            pick("影子价格 元/t", "price CNY/t"),
        ],
        [
            [
                row["indicator"],
                *(round(row[name], 1) for name in _FIGURES),
                round(row["shadow_price_cny_per_t"] or 0.0, 1),
            ]
            for row in plan.targets.iter_rows(named=True)
        ],
        title=pick("目标", "targets"),
        numeric=range(1, 7),
    )  # fmt: skip
    by_measure = (
        chosen.group_by("measure_id", "measure_name", maintain_order=True)
        .agg(
            pl.col("scope_code").n_unique().alias("scopes"),
            pl.col("annual_cost_cny", "delta_apeq_t", "delta_co2e_tco2e").sum(),
            pl.col("is_marginal").any(),
        )
        .sort("delta_co2e_tco2e", "measure_id", descending=[True, False])
    )
    screen.table(
        [
            pick("措施", "measure"), pick("名称", "name"), pick("范围数", "scopes"),
            pick("成本 百万元/年", "cost M CNY/a"), pick("减少当量 t", "equivalents t"),
            pick("减少 CO2e t", "CO2e t"), pick("边际", "marginal"),
        ],
        [
            [
                row["measure_id"], row["measure_name"], row["scopes"],
                round(row["annual_cost_cny"] / _MILLION, 2),
                round(row["delta_apeq_t"], 1), round(row["delta_co2e_tco2e"]),
                pick("是", "yes") if row["is_marginal"] else "",
            ]
            for row in by_measure.iter_rows(named=True)
        ],
        title=pick("措施", "measures"),
        numeric=range(2, 6),
    )  # fmt: skip
    screen.finish(
        ok=True,
        verb="portfolio",
        city=city,
        scenario=scenario,
        year=year,
        annual_cost_cny=cost,
        targets=plan.targets.drop("delta_column").to_dicts(),
        measures=chosen.to_dicts(),
    )
