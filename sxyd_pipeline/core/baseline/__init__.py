"""Base-year accounts: where sources lie, and what districts, zones and control units emit."""

from sxyd_pipeline.core.baseline.accounts import account_control_units, account_districts, account_zones
from sxyd_pipeline.core.baseline.conservation import mass_gaps
from sxyd_pipeline.core.baseline.placements import place_sources

__all__ = ["account_control_units", "account_districts", "account_zones", "mass_gaps", "place_sources"]
