"""What the optional modules refuse to compute."""

from collections.abc import Collection

from sxyd_pipeline.errors import SxydError


class UnknownLandClassError(SxydError):
    """A land class has no density, or no flux: its carbon would be a guess."""

    def __init__(self, classes: Collection[str], wanted: str, known: Collection[str]) -> None:
        """Name the classes and those there are."""
        self.classes = sorted(classes)
        super().__init__(
            f"地类缺少{wanted}：{'、'.join(self.classes)}（已有：{'、'.join(sorted(known))}）",
            f"no {wanted} for land class(es): {', '.join(self.classes)} (known: {', '.join(sorted(known))})",
            remedy_zh="改用已有地类，或补充该地类的数值并注明出处",
            remedy_en="use a known class, or add its value with the source",
        )


class StockPlusFluxError(SxydError):
    """A stock, or its change, and a yearly flux were added: the same carbon would count twice."""

    def __init__(self) -> None:
        """Say why the two never meet."""
        super().__init__(
            "碳储量（或其变化）与碳汇通量不能相加：两者是同一碳过程的两种度量，相加即重复计算",
            "a carbon stock (or its change) and a flux must not be added: both measure the same carbon",
            remedy_zh="分别报告；比较时只用其中一种",
            remedy_en="report them apart; compare with one of them only",
        )


class UnknownPollutantError(SxydError):
    """A pollutant has no equivalent value."""

    def __init__(self, pollutants: Collection[str], known: Collection[str]) -> None:
        """Name the pollutants and those there are."""
        super().__init__(
            f"没有水污染当量值：{'、'.join(sorted(pollutants))}（已有：{'、'.join(sorted(known))}）",
            f"no equivalent value: {', '.join(sorted(pollutants))} (known: {', '.join(sorted(known))})",
            remedy_zh="在 data/reference/water_equivalents.csv 中补充并注明出处",
            remedy_en="add it to data/reference/water_equivalents.csv with its source",
        )


class UnknownHabitatError(SxydError):
    """A habitat has no burial rate."""

    def __init__(self, habitats: Collection[str], known: Collection[str]) -> None:
        """Name the habitats and those there are."""
        super().__init__(
            f"没有埋藏速率的生境：{'、'.join(sorted(habitats))}（已有：{'、'.join(sorted(known))}）",
            f"no burial rate for: {', '.join(sorted(habitats))} (known: {', '.join(sorted(known))})",
            remedy_zh="在 data/reference/blue_carbon.csv 中补充，或填写 burial_gc_per_m2",
            remedy_en="add it to data/reference/blue_carbon.csv, or state burial_gc_per_m2",
        )
