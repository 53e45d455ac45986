"""Zoning: clean layers, control units with stable codes, and the bridge to the element zones."""

from sxyd_pipeline.core.zoning.bridge import bridge_control_units
from sxyd_pipeline.core.zoning.control_units import settle_control_units, sum_areas_by_class
from sxyd_pipeline.core.zoning.gates import (
    bridge_gaps,
    class_contradictions,
    covering_elements,
    overlapping_features,
    uncovered_area,
    units_outside_city,
)
from sxyd_pipeline.core.zoning.layers import clean_districts, clean_zones
from sxyd_pipeline.core.zoning.topology import report_topology

__all__ = [
    "bridge_control_units",
    "bridge_gaps",
    "class_contradictions",
    "clean_districts",
    "clean_zones",
    "covering_elements",
    "overlapping_features",
    "report_topology",
    "settle_control_units",
    "sum_areas_by_class",
    "uncovered_area",
    "units_outside_city",
]
