"""Failures of coupling, grades and normalisation, named after the broken rule."""

from collections.abc import Collection

from sxyd_pipeline.errors import Place, SxydError


class UnknownDirectionError(SxydError):
    """An indicator says neither that more is better nor that less is better."""

    def __init__(self, indicator: str, direction: str) -> None:
        """Name the indicator and what it says."""
        self.indicator, self.direction = indicator, direction
        super().__init__(
            f"指标 {indicator} 的方向 {direction!r} 不是 benefit 或 cost",
            f"the direction {direction!r} of indicator {indicator} is neither benefit nor cost",
            remedy_zh="写明 benefit（越大越好）或 cost（越小越好）",
            remedy_en="say benefit (more is better) or cost (less is better)",
            place=Place(column=indicator, value=direction),
        )


class NegativeSubsystemError(SxydError):
    """A subsystem has a negative value: the product under the root has no meaning."""

    def __init__(self, subsystems: Collection[str], rows: int) -> None:
        """Name the subsystems."""
        self.subsystems = sorted(subsystems)
        listed = ", ".join(self.subsystems)
        super().__init__(
            f"子系统 {listed} 有负值（{rows} 行），耦合度无定义",
            f"subsystem(s) {listed} have negative values ({rows} row(s)): their coupling is not defined",
            remedy_zh="先把指标归一到 0–1，成本型指标取反向",
            remedy_en="bring the indicators to 0..1 first, costs reversed",
        )


class WeightsOffOneError(SxydError):
    """Weights of subsystems are not one per subsystem, or do not sum to one."""

    def __init__(self, weights: Collection[float], subsystems: int) -> None:
        """Keep the weights."""
        self.weights = list(weights)
        super().__init__(
            f"子系统权重 {self.weights} 应有 {subsystems} 个且和为 1",
            f"weights of subsystems {self.weights}: expected {subsystems} that sum to 1",
            remedy_zh="改正权重 α，使其和为 1",
            remedy_en="mend the alphas so that they sum to 1",
        )


class UnknownGradeSchemeError(SxydError):
    """No grade scheme has this id."""

    def __init__(self, scheme_id: str, known: Collection[str]) -> None:
        """Name it, and those there are."""
        self.scheme_id = scheme_id
        listed = ", ".join(sorted(known))
        super().__init__(
            f"没有分级方案 {scheme_id}（现有：{listed}）",
            f"there is no grade scheme {scheme_id} (there are: {listed})",
            remedy_zh="在 data/reference/grade_schemes.csv 中补充并注明出处，或改用现有方案",
            remedy_en="add it to data/reference/grade_schemes.csv with its source, or use one of these",
            place=Place(file="data/reference/grade_schemes.csv", column="scheme_id", value=scheme_id),
        )


class BrokenGradeSchemeError(SxydError):
    """The classes of a grade scheme leave a gap or overlap."""

    def __init__(self, scheme_id: str, at: float) -> None:
        """Name the scheme and where its classes part."""
        self.scheme_id, self.at = scheme_id, at
        super().__init__(
            f"分级方案 {scheme_id} 的分级在 {at:g} 处不连续",
            f"the classes of grade scheme {scheme_id} do not join at {at:g}",
            remedy_zh="使每一级的下限等于前一级的上限",
            remedy_en="let each class begin where the one before ends",
            place=Place(file="data/reference/grade_schemes.csv", column="lower", value=f"{at:g}"),
        )


class UnequalWeightsError(SxydError):
    """Weights differ within a neighbourhood: shared draws of the permutation test do not hold."""

    def __init__(self, areas: int) -> None:
        """Count the areas."""
        self.areas = areas
        super().__init__(
            f"{areas} 个要素的邻居权重不相等，条件置换检验不适用",
            f"{areas} area(s) have neighbours of unequal weight: the conditional permutation does not apply",
            remedy_zh="用邻接（queen、rook）或 k 近邻权重",
            remedy_en="use contiguity (queen, rook) or k nearest neighbours",
        )
