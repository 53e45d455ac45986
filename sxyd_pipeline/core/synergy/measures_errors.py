"""Rules of measures and portfolios that can be broken, each named."""

from collections.abc import Collection

from sxyd_pipeline.errors import Place, SxydError

_SHOWN = 5


def _some(values: Collection[object]) -> str:
    texts = sorted(str(value) for value in values)
    return "、".join(texts[:_SHOWN]) + (f" …（{len(texts)}）" if len(texts) > _SHOWN else "")


class UnknownSelectorError(SxydError):
    """A measure applies to something that is neither an activity, a technology nor an industry."""

    def __init__(self, measure_id: str, word: str) -> None:
        """Name the measure and the word."""
        super().__init__(
            f"措施 {measure_id} 的适用对象“{word}”无法识别",
            f"measure {measure_id} applies to {word!r}, which is not known",
            remedy_zh="写活动代码、技术代码或 2–4 位行业代码，用 ; 分隔",
            remedy_en="write codes of activities, technologies or industries (2 to 4 digits), separated by ;",
            place=Place(file="measures", column="applies_to", value=word),
        )


class UnreadableEffectError(SxydError):
    """The effect of a measure on a species cannot be read."""

    def __init__(self, measure_id: str, what: str) -> None:
        """Name the measure and what is wrong with it."""
        super().__init__(
            f"措施 {measure_id} 的分物种效果无法识别：{what}",
            f"the effects of measure {measure_id} cannot be read: {what}",
            remedy_zh='写成 {"SO2": {"share": 0.5}}，比例不大于 1（负值表示增加），或 t_per_unit',
            remedy_en='write {"SO2": {"share": 0.5}}, a share not above 1 (negative = rises), or t_per_unit',
            place=Place(file="measures", column="effects", value=what),
        )


class UnknownMeasureError(SxydError):
    """A measure that is named is not among the measures."""

    def __init__(self, measure_id: str, known: Collection[str]) -> None:
        """Name it and list the known ones."""
        listed = "、".join(sorted(known))
        super().__init__(
            f"没有措施 {measure_id}；可用的有：{listed}",
            f"there is no measure {measure_id}; known: {listed}",
            remedy_zh="改用列出的措施编号",
            remedy_en="use a measure that is listed",
            place=Place(value=measure_id),
        )


class MeasureExceedsSourceError(SxydError):
    """A measure would remove more of a species than a source emits."""

    def __init__(self, measure_id: str, sources: Collection[str]) -> None:
        """Name the measure and the sources."""
        super().__init__(
            f"措施 {measure_id} 的减排量超过排放源的排放量：{_some(sources)}",
            f"measure {measure_id} removes more than these sources emit: {_some(sources)}",
            remedy_zh="减小该措施的 t_per_unit，或改为比例（share）",
            remedy_en="lower its t_per_unit, or state a share instead",
            place=Place(file="measures", column="effects", value=measure_id),
        )


class UnknownScenarioError(SxydError):
    """The portfolio is asked for a scenario or year that was not projected."""

    def __init__(self, wanted: str, known: Collection[str]) -> None:
        """Name it and list what there is."""
        listed = "、".join(sorted(known))
        super().__init__(
            f"没有情景或年份 {wanted}；可用的有：{listed}",
            f"there is no scenario or year {wanted}; known: {listed}",
            remedy_zh="在 city.toml 的 [methods] 改 portfolio_scenario，或补充情景文件",
            remedy_en="change portfolio_scenario under [methods] of city.toml, or add the scenario's file",
            place=Place(file="city.toml", column="methods.portfolio_scenario", value=wanted),
        )


class PortfolioInfeasibleError(SxydError):
    """The measures at their limits cannot reach the targets: the city would publish a wish."""

    def __init__(self, zh: str, en: str) -> None:
        """Say which targets, by how much, and which of them clash."""
        super().__init__(
            f"措施用到上限也达不到目标：{zh}",
            f"the measures at their limits cannot reach the targets: {en}",
            remedy_zh="提高措施的普及率上限（数据包 measures）、核对目标，或在 city.toml 的 [methods] 设"
            ' portfolio_infeasible = "report" 以公开缺口',
            remedy_en="raise uptake limits (measures of the package), correct the target, or set "
            'portfolio_infeasible = "report" under [methods] of city.toml to publish the shortfall openly',
            place=Place(file="targets"),
        )


class UptakeLimitError(SxydError):
    """A measure of the options has no uptake limit, or one that is no share."""

    def __init__(self, measures: Collection[str]) -> None:
        """Name the measures."""
        self.measures = sorted(measures)
        listed = ", ".join(self.measures)
        super().__init__(
            f"措施 {listed} 没有普及率上限，或上限不在 0–1 之间",
            f"measure(s) {listed} have no uptake limit within 0 to 1",
            remedy_zh="给出每项措施的普及率上限（份额）",
            remedy_en="state the greatest uptake of every measure as a share",
        )
