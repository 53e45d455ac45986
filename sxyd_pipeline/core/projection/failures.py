"""Rules of targets and projections that can be broken, each named."""

from collections.abc import Collection, Sequence

from sxyd_pipeline.errors import Place, SxydError

_SHOWN = 5


def _some(values: Collection[object]) -> str:
    texts = sorted(str(value) for value in values)
    return "、".join(texts[:_SHOWN]) + (f" …（{len(texts)}）" if len(texts) > _SHOWN else "")


class TargetUnitError(SxydError):
    """A target is stated in a unit that does not measure what its indicator limits."""

    def __init__(self, indicator: str, wanted: str, place: Place) -> None:
        """Name the indicator, the unit it needs and the row."""
        super().__init__(
            f"指标 {indicator} 的单位应能换算为 {wanted}",
            f"the unit of indicator {indicator} must convert to {wanted}",
            remedy_zh="改用同一量纲的单位，例如质量用 t、万t，能量用 tce，比例用 % 或 share",
            remedy_en="use a unit of the same dimension: t or 万t (mass), tce (energy), % or share",
            place=place,
        )


class UnknownIndicatorError(SxydError):
    """An indicator is not in the table of indicators, so nothing says what it limits."""

    def __init__(self, unknown: Collection[str], known: Sequence[str]) -> None:
        """List the unknown indicators and the known ones."""
        super().__init__(
            f"指标无法识别：{_some(unknown)}；可用的有：{'、'.join(known)}",
            f"unknown indicators: {_some(unknown)}; known: {', '.join(known)}",
            remedy_zh="改用列出的指标，或在 target_indicators.csv 中补充一行",
            remedy_en="use an indicator listed, or add a row to target_indicators.csv",
            place=Place(file="target_indicators.csv", column="indicator", value=str(min(unknown))),
        )


class MissingBaseYearError(SxydError):
    """A projected series has no value in the base year, so nothing can be compared with it."""

    def __init__(self, base_year: int, series: Collection[object]) -> None:
        """Name the year and the series."""
        super().__init__(
            f"以下序列缺少基准年 {base_year} 的值：{_some(series)}",
            f"these series have no value in the base year {base_year}: {_some(series)}",
            remedy_zh="把基准年包含在预测年份中",
            remedy_en="include the base year in the years projected",
        )


class RollbackRangeError(SxydError):
    """The concentration is not above its background: a rollback has nothing to scale."""

    def __init__(self, concentration: float, background: float) -> None:
        """Name both values."""
        super().__init__(
            f"基准年浓度 {concentration:g} µg/m³ 不高于本底 {background:g} µg/m³，比例回推不成立",
            f"the concentration of the base year, {concentration:g} ug/m3, is not above the background, "
            f"{background:g} ug/m3: rollback does not hold",
            remedy_zh="核对 air_quality 与本底浓度（projection_parameters.csv 的 pm25_background）",
            remedy_en="check air_quality and the background (pm25_background in projection_parameters.csv)",
            place=Place(column="pm25_background", value=f"{background:g}"),
        )


class RollbackWeightError(SxydError):
    """Weights of the rollback are negative, do not sum to one, or name a species without emissions."""

    def __init__(self, zh: str, en: str, value: object) -> None:
        """Say what is wrong with the weights."""
        super().__init__(
            f"比例回推权重有误：{zh}",
            f"weights of the rollback are wrong: {en}",
            remedy_zh="改正 pm25_weight:*，各物种权重非负且合计为 1",
            remedy_en="mend pm25_weight:*; weights must not be negative and sum to 1",
            place=Place(column="pm25_weight", value=str(value)),
        )


class CapacityShareError(SxydError):
    """Capacity shares are missing for an area, negative, or add up to more than the city."""

    def __init__(self, zh: str, en: str, codes: Collection[object]) -> None:
        """Say what is wrong and for which areas."""
        super().__init__(
            f"容量份额有误：{zh}：{_some(codes)}",
            f"capacity shares are wrong: {en}: {_some(codes)}",
            remedy_zh="为每个区县或分区给出占全市的容量份额（0–1，同一图层合计不超过 1），或改用等比例分配",
            remedy_en="give each area its share of the city (at most 1 per layer), or use equal_ratio",
            place=Place(column="capacity_share"),
        )


class DriverValueError(SxydError):
    """A driver of the regression is missing or not positive: it has no logarithm."""

    def __init__(self, driver: str, rows: Collection[object]) -> None:
        """Name the driver and the rows."""
        super().__init__(
            f"驱动因子 {driver} 缺失或不为正：{_some(rows)}",
            f"driver {driver} is missing or not positive: {_some(rows)}",
            remedy_zh="核对该列；占比与强度须大于零",
            remedy_en="check the column; shares and intensities must be above zero",
            place=Place(column=driver),
        )


class UnharmonisableSeriesError(SxydError):
    """A series is zero in the base year where something was observed: no ratio brings it there."""

    def __init__(self, series: Collection[object]) -> None:
        """Name the series."""
        super().__init__(
            f"以下序列基准年为零而实测不为零，不能用比例法校准：{_some(series)}",
            f"observed, but zero in the base year of the series, so no ratio fits: {_some(series)}",
            remedy_zh="对这些序列改用 offset 方法",
            remedy_en="use the method offset for these series",
        )


class DuplicateRowsError(SxydError):
    """A table has two rows where its grain allows one."""

    def __init__(self, table: str, keys: Collection[object]) -> None:
        """Name the table and the keys."""
        super().__init__(
            f"{table} 中以下键重复：{_some(keys)}",
            f"{table} has these keys more than once: {_some(keys)}",
            remedy_zh="每个键只保留一行",
            remedy_en="keep one row per key",
        )
