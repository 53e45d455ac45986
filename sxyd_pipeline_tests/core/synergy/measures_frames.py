"""Small cities for tests of measures: a boiler, a car fleet, a paint shop, numbers one can check in the head."""

import polars as pl

from sxyd_pipeline.core.synergy.measures_library import Cost, Effect, Measure, Selector
from sxyd_pipeline.core.synergy.measures_sources import SourceTable, tabulate_sources

TECHNOLOGIES = pl.DataFrame(
    {
        "technology_code": ["grate_boiler", "grate_boiler_fgd"],
        "has_limestone_fgd": [False, True],
        "denitrification": [None, None],
    },
    schema={"technology_code": pl.String, "has_limestone_fgd": pl.Boolean, "denitrification": pl.String},
)


def emissions(**tonnes: float) -> pl.DataFrame:
    """One coal boiler of 100 t coal: species (PM25 for PM2.5) to tonnes."""
    return sources_frame([("F1/B1/coal", "bituminous_coal", tonnes)])


def sources_frame(rows: list[tuple[str, str, dict[str, float]]], industry: str = "2614") -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "source_id": source, "species": species.replace("PM25", "PM2.5"), "emission_t": tonnes,
                "source_kind": "point", "facility_id": source.split("/")[0], "equipment_id": source.split("/")[1],
                "industry_code": industry, "source_category": 1, "activity_code": activity,
                "technology_code": "grate_boiler", "spread_id": f"facility:{source.split('/')[0]}",
                "method": "factor", "amount": 100.0,
            }
            for source, activity, by_species in rows
            for species, tonnes in by_species.items()
        ]
    )  # fmt: skip


def table(**tonnes: float) -> SourceTable:
    return tabulate_sources(emissions(**tonnes), TECHNOLOGIES)


def measure(
    measure_id: str, *effects: Effect, sequence: int = 1, unit_cost: float = 10.0, **more: object
) -> Measure:
    settings: dict[str, object] = {
        "name_zh": measure_id, "name_en": measure_id, "stage": "process", "start_year": 2021,
        "uptake_2025_share": 0.5, "uptake_2035_share": 1.0, "mechanism_zh": "x", "mechanism_en": "x",
        "cited_from": "test", "confidence": "default", "rule_id": measure_id,
        "cost": Cost("removed:SO2", 0.0, unit_cost, 0.0, 1.0),
        "selector": Selector(activity_codes=("bituminous_coal",)), **more,
    }  # fmt: skip
    return Measure(measure_id=measure_id, effects=effects, sequence=sequence, **settings)  # type: ignore[arg-type]


def share(species: str, value: float) -> Effect:
    return Effect(species, "share", value)
