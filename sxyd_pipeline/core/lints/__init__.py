"""Misuse lints: public functions on plain frames, and the same lints on the tables of a city.

Every lint returns findings with :data:`LINT_SCHEMA`: the lint, the place, the value, the message and the
remedy in Chinese and English. A table that is right gives none.
"""

from sxyd_pipeline.core.lints.factors import lint_grid_factors, lint_gwp_sets
from sxyd_pipeline.core.lints.figures import (
    lint_balance,
    lint_coal_equivalent,
    lint_intensity_prices,
    lint_price_bases,
    lint_printed_totals,
    lint_release_jumps,
)
from sxyd_pipeline.core.lints.findings import LINT_SCHEMA, MissingLintColumnError, MissingLintRuleError
from sxyd_pipeline.core.lints.fuels import lint_aggregate_factors, lint_coal_ratio, lint_fuel_carbon_table
from sxyd_pipeline.core.lints.land import lint_carbon_stocks, lint_sink_fluxes, lint_transitions
from sxyd_pipeline.core.lints.package import (
    lint_coal_sources,
    lint_economy,
    lint_equivalents,
    lint_indirect,
    lint_measured_co2,
    lint_overrides,
    lint_totals,
    put_together,
)
from sxyd_pipeline.vocabulary.lints import ALL_LINTS, LINT_BY_ID, Lint

__all__ = [
    "ALL_LINTS",
    "LINT_BY_ID",
    "LINT_SCHEMA",
    "Lint",
    "MissingLintColumnError",
    "MissingLintRuleError",
    "lint_aggregate_factors",
    "lint_balance",
    "lint_carbon_stocks",
    "lint_coal_equivalent",
    "lint_coal_ratio",
    "lint_coal_sources",
    "lint_economy",
    "lint_equivalents",
    "lint_fuel_carbon_table",
    "lint_grid_factors",
    "lint_gwp_sets",
    "lint_indirect",
    "lint_intensity_prices",
    "lint_measured_co2",
    "lint_overrides",
    "lint_price_bases",
    "lint_printed_totals",
    "lint_release_jumps",
    "lint_sink_fluxes",
    "lint_totals",
    "lint_transitions",
    "put_together",
]
