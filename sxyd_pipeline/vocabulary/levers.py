"""Levers a scenario may pull: the closed list of names, what each takes, and what it acts on."""

from dataclasses import dataclass
from typing import Literal

PathKind = Literal["yearly_rate", "level", "event"]


@dataclass(frozen=True, slots=True)
class LeverKind:
    """One kind of lever.

    Attributes:
        code: name used in scenario files.
        zh: Chinese name.
        path: ``yearly_rate`` = growth per year until the keyed year; ``level`` = value in the keyed year,
            linear between; ``event`` = happens in one year.
        neutral: value that changes nothing.
        minimum: least value allowed.
        maximum: greatest value allowed.
        acts_on: activity, fuel, species or facility.
        needs: further keys the lever must have.
        may_have: further keys the lever may have.
    """

    code: str
    zh: str
    path: PathKind
    neutral: float
    minimum: float
    maximum: float
    acts_on: str
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()


LEVER_KINDS = (
    LeverKind("activity_growth", "活动水平年增长率", "yearly_rate", 0.0, -1.0, 1.0, "activity"),
    LeverKind("activity_level", "活动水平相对基准年", "level", 1.0, 0.0, 100.0, "activity"),
    LeverKind("energy_intensity_change", "单位活动能耗年变化率", "yearly_rate", 0.0, -1.0, 1.0, "fuel"),
    LeverKind(
        "fuel_switch", "燃料替代比例", "level", 0.0, 0.0, 1.0, "fuel",
        needs=("from_activity", "to_activity"), may_have=("to_technology", "efficiency_ratio"),
    ),
    LeverKind("factor_change", "排放因子相对基准年", "level", 1.0, 0.0, 10.0, "species", needs=("species",)),
    LeverKind("removal", "新增去除率", "level", 0.0, 0.0, 1.0, "species", needs=("species",), may_have=("penetration_share",)),
    LeverKind("capture", "二氧化碳捕集率", "level", 0.0, 0.0, 1.0, "species", may_have=("energy_penalty_share",)),
    LeverKind("grid_factor_change", "电网因子相对基准年", "level", 1.0, 0.0, 10.0, "grid"),
    LeverKind("retirement", "退役", "event", 0.0, 0.0, 0.0, "facility", needs=("facility_id", "year"), may_have=("equipment_id",)),
    LeverKind(
        "retrofit", "改造", "event", 0.0, 0.0, 1.0, "facility",
        needs=("facility_id", "year", "species", "removal_share"), may_have=("equipment_id",),
    ),
    LeverKind(
        "new_project", "新建项目", "event", 0.0, 0.0, 0.0, "facility",
        needs=("facility_id", "year", "facility_name", "industry_code", "lon", "lat", "activity"),
    ),
)  # fmt: skip

LEVER_BY_CODE = {kind.code: kind for kind in LEVER_KINDS}

#: Keys that select the sources a lever acts on; a lever without any acts on all.
SELECTORS = (
    "source_category",
    "activity_code",
    "technology_code",
    "industry_code",
    "district_code",
    "facility_id",
    "source_kind",
)

#: Scenarios that ship with the product.
SHIPPED_SCENARIOS = {"baseline": "基准情景", "policy": "政策情景", "strengthened": "强化情景"}
