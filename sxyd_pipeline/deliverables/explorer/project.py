"""The rules of ``sxyd check-project`` as the page takes them: the same tables of reference data."""

from typing import Any

from sxyd_pipeline.core.access.checks_of_tables import coals, prohibited_fuels
from sxyd_pipeline.core.access.evidence_book import PARK_WORDS
from sxyd_pipeline.core.baseline.two_high import list_of_province
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder


def project_rules(province: str) -> dict[str, Any]:
    """Return metrics, words, fuels and industries that decide what a clause says of a project.

    Args:
        province: province of the city, whose own list of two-high industries replaces the national one.
    """
    reference = load_reference(reference_folder())
    high = list_of_province(reference.two_high_industries, province)
    return {
        "metrics": {
            row["metric"]: {
                "zh": row["name_zh"],
                "en": row["name_en"],
                "unit": row["unit"],
                "project": row["project"],
                "total": row["comparable"] == "total",
            }
            for row in reference.clause_metrics.iter_rows(named=True)
        },
        "objects": [
            {
                "words": row["words"],
                "applies_if": row["applies_if"],
                "outcome": row["outcome"],
                "zh": row["why_zh"],
                "en": row["why_en"],
            }
            for row in reference.project_objects.sort("position").iter_rows(named=True)
        ],
        "prohibited": {fuel: ";".join(exempt) for fuel, exempt in prohibited_fuels(reference).items()},
        "coals": list(coals()),
        "two_high": [
            [code, codes or ""] for code, codes in high.select("industry_code", "activity_codes").rows()
        ],
        "carbon_eia": reference.carbon_eia_industries["industry_code"].unique().sort().to_list(),
        "park_words": list(PARK_WORDS),
    }
