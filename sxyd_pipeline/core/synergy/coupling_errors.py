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


class TooFewSubsystemsError(SxydError):
    """Coupling needs two subsystems at least, each named once."""

    def __init__(self, subsystems: Collection[str]) -> None:
        """Keep what was named."""
        self.subsystems = list(subsystems)
        listed = ", ".join(self.subsystems) or "-"
        super().__init__(
            f"耦合至少需要两个不同的子系统，给出的是：{listed}",
            f"coupling needs two different subsystems at least; named: {listed}",
            remedy_zh="列出两个以上子系统的列名，各列一次",
            remedy_en="name the columns of two or more subsystems, each once",
        )


class UnsettledWeightsError(SxydError):
    """The rows of a table do not settle the weights behind its T: other weights give the same."""

    def __init__(self, subsystems: Collection[str], rows: int) -> None:
        """Keep the subsystems and the number of rows."""
        self.subsystems, self.rows = list(subsystems), rows
        super().__init__(
            f"{rows} 行数据不足以定出 {len(self.subsystems)} 个子系统的权重",
            f"{rows} row(s) do not settle the weights of {len(self.subsystems)} subsystems",
            remedy_zh="补充更多行；各子系统的取值须有差别",
            remedy_en="add rows in which the subsystems differ from each other",
        )


class NegativeIndicatorError(SxydError):
    """An indicator whose shares are taken is negative: it has none."""

    def __init__(self, indicators: Collection[str]) -> None:
        """Name the indicators."""
        self.indicators = sorted(indicators)
        listed = ", ".join(self.indicators)
        super().__init__(
            f"指标 {listed} 有负值，占比无意义，不能用于熵权",
            f"indicator(s) {listed} have negative values: shares and entropy are not defined",
            remedy_zh="先归一到 0–1，成本型指标取反向",
            remedy_en="bring the indicators to 0..1 first, costs reversed",
        )


class UnmatchedValuesError(SxydError):
    """Lists that belong to the same areas, sectors or subsystems differ in length."""

    def __init__(self, lengths: Collection[int]) -> None:
        """Keep the lengths."""
        self.lengths = list(lengths)
        listed = "、".join(str(length) for length in self.lengths)
        super().__init__(
            f"各列表长度不一致：{listed}",
            f"the lists differ in length: {', '.join(str(length) for length in self.lengths)}",
            remedy_zh="使各列表按同一顺序一一对应",
            remedy_en="give one value per area (sector, subsystem) in the same order",
        )


class TopShareOutOfRangeError(SxydError):
    """The share of areas that counts as hot is not within 0 to 1."""

    def __init__(self, top_share: float) -> None:
        """Keep the share."""
        self.top_share = top_share
        super().__init__(
            f"热点比例 {top_share:g} 不在 0–1 之间",
            f"the share of hot areas {top_share:g} is not within 0 to 1",
            remedy_zh="10 % 写作 0.1",
            remedy_en="write 0.1 for 10 %",
        )


class UndefinedAmountError(SxydError):
    """Amounts of which shares, ranks or neighbours are compared are negative, missing or infinite."""

    def __init__(self, what_zh: str, what_en: str, count: int) -> None:
        """Say what is wrong and of how many values."""
        self.count = count
        super().__init__(
            f"{count} 个值{what_zh}，不能参与比较",
            f"{count} value(s) are {what_en} and cannot be compared",
            remedy_zh="核对这些值；没有数据的要素请先剔除（邻接关系一并重建）",
            remedy_en="check these values; leave out areas without data, and build their neighbours anew",
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
