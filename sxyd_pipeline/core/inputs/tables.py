"""Tables of the city package, standardised: the functions the assets of ``inputs`` call."""

from sxyd_pipeline.core.inputs.tables_activity import (
    standardise_area_activity,
    standardise_energy,
    standardise_facility_activity,
    standardise_facility_emissions,
)
from sxyd_pipeline.core.inputs.tables_facilities import list_statistical_areas, standardise_facilities
from sxyd_pipeline.core.inputs.tables_figures import (
    standardise_air_quality,
    standardise_economy,
    standardise_targets,
)
from sxyd_pipeline.core.inputs.tables_lists import (
    standardise_access_list,
    standardise_measures,
    standardise_waivers,
)

__all__ = [
    "list_statistical_areas",
    "standardise_access_list",
    "standardise_air_quality",
    "standardise_area_activity",
    "standardise_economy",
    "standardise_energy",
    "standardise_facilities",
    "standardise_facility_activity",
    "standardise_facility_emissions",
    "standardise_measures",
    "standardise_targets",
    "standardise_waivers",
]
