"""Rules of the inventory that can be broken, each named."""

from collections.abc import Sequence

from sxyd_pipeline.errors import Place, SxydError

_SHOWN = 5


def _some(values: Sequence[str]) -> str:
    return "、".join(values[:_SHOWN]) + (f" …（{len(values)}）" if len(values) > _SHOWN else "")


class UnplacedActivityError(SxydError):
    """Activity is reported for a facility that is not known: its tonnes would have no place."""

    def __init__(self, facility_ids: Sequence[str]) -> None:
        """Name the facilities."""
        super().__init__(
            f"活动水平所属企业不在 facilities 表中：{_some(facility_ids)}",
            f"activity belongs to facilities that are not in the table facilities: {_some(facility_ids)}",
            remedy_zh="在 facilities 表中补充这些企业",
            remedy_en="add the facilities to the table facilities",
            place=Place(file="facility_activity", column="facility_id", value=facility_ids[0]),
        )


class DuplicateSourceError(SxydError):
    """Two activity rows of one year would be the same emission source."""

    def __init__(self, source_ids: Sequence[str]) -> None:
        """Name the sources."""
        super().__init__(
            f"同一年份的排放源编号重复：{_some(source_ids)}",
            f"the same emission source occurs twice in a year: {_some(source_ids)}",
            remedy_zh="区分设备编号或技术代码；编号中不要使用“/”",
            remedy_en="tell the equipment or technology apart; do not use '/' in ids",
            place=Place(column="source_id", value=source_ids[0]),
        )


class MissingFactorError(SxydError):
    """An activity has no emission factor: it would vanish from the inventory."""

    def __init__(self, activities: Sequence[str]) -> None:
        """Name the activities."""
        super().__init__(
            f"下列活动没有排放因子：{_some(activities)}",
            f"no emission factor for these activities: {_some(activities)}",
            remedy_zh="在 emission_factors.csv 中补充，并注明出处与可信度",
            remedy_en="add rows to emission_factors.csv with cited_from and confidence",
            place=Place(file="emission_factors.csv", column="activity_code", value=activities[0]),
        )


class UnknownGwpSetError(SxydError):
    """The chosen set of warming potentials lacks a gas or does not exist."""

    def __init__(self, gwp_set: str, species: Sequence[str]) -> None:
        """Name the set and the gases."""
        gases = _some(species) or "全部 / all"
        super().__init__(
            f"GWP 取值 {gwp_set} 不含：{gases}",
            f"the GWP set {gwp_set} has no value for: {gases}",
            remedy_zh="在 city.toml 的 [methods] gwp_set 中改用 SAR、AR4、AR5 或 AR6，或在 gwp.csv 中补充",
            remedy_en="choose SAR, AR4, AR5 or AR6 in city.toml, [methods] gwp_set, or add it to gwp.csv",
            place=Place(file="city.toml", column="gwp_set", value=gwp_set),
        )


class NoGridFactorError(SxydError):
    """There is no factor for bought electricity or heat."""

    def __init__(self, region_code: str, kind: str) -> None:
        """Name region and kind of factor."""
        super().__init__(
            f"没有地区 {region_code} 的 {kind} 因子，也没有全国因子",
            f"no {kind} factor for region {region_code}, nor one for the nation",
            remedy_zh="在 grid_factors.csv 中补充该地区或全国的因子",
            remedy_en="add the region's or the nation's factor to grid_factors.csv",
            place=Place(file="grid_factors.csv", column="region_code", value=region_code),
        )


class MissingRangeError(SxydError):
    """A kind of datum has no uncertainty range."""

    def __init__(self, table_name: str, method: str) -> None:
        """Name the kind of datum."""
        super().__init__(
            f"activity_ranges.csv 中没有 {table_name}/{method} 的不确定性范围",
            f"activity_ranges.csv has no range for {table_name}/{method}",
            remedy_zh="补充该行的 low_ratio 与 high_ratio",
            remedy_en="add that row with low_ratio and high_ratio",
            place=Place(file="activity_ranges.csv", column="method", value=method),
        )
