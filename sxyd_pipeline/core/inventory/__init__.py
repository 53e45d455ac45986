"""The co-inventory: pollutants and greenhouse gases of every source from one activity row."""

from sxyd_pipeline.core.inventory.activity import gather_activity
from sxyd_pipeline.core.inventory.counting import count_emissions, list_memo_emissions
from sxyd_pipeline.core.inventory.energy import convert_energy
from sxyd_pipeline.core.inventory.estimate import estimate_emissions
from sxyd_pipeline.core.inventory.indirect import estimate_indirect_emissions
from sxyd_pipeline.core.inventory.livestock import livestock_ammonia
from sxyd_pipeline.core.inventory.quarantined import estimate_quarantined
from sxyd_pipeline.core.inventory.totals import total_emissions
from sxyd_pipeline.core.inventory.tracker import compare_with_tracker
from sxyd_pipeline.core.inventory.uncertainty import compare_intervals, sum_with_interval

__all__ = [
    "compare_intervals",
    "compare_with_tracker",
    "convert_energy",
    "count_emissions",
    "estimate_emissions",
    "estimate_indirect_emissions",
    "estimate_quarantined",
    "gather_activity",
    "list_memo_emissions",
    "livestock_ammonia",
    "sum_with_interval",
    "total_emissions",
]
