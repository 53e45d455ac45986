"""Small frames for tests of scores: two layers are never needed, two areas often are."""

from pathlib import Path

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig, Methods
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.indices_choices import Scale, choose_scale
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder

BASE_YEAR = 2020


def reference() -> Reference:
    return load_reference(Path(reference_folder()))


def config(**methods: object) -> CityConfig:
    return CityConfig(
        "321100", "试验市", "江苏省", BASE_YEAR, modules={"non_co2": True}, methods=Methods(extra=methods)
    )


def scale(**methods: object) -> Scale:
    facts = reference()
    return choose_scale(facts.pollution_equivalents, facts.gwp, facts.score_parameters, config(**methods))


def areas(**area_km2: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "layer": ["control_unit"] * len(area_km2),
            "code": list(area_km2),
            "area_km2": list(area_km2.values()),
        },
        schema={"layer": pl.String, "code": pl.String, "area_km2": pl.Float64},
    )


def emissions(
    *rows: tuple[str, str, float], scenario: str = "baseline", year: int = BASE_YEAR
) -> pl.DataFrame:
    """Rows of ``code, species, emission_t``."""
    return pl.DataFrame(
        [(scenario, year, "control_unit", *row) for row in rows],
        schema={
            "scenario_id": pl.String, "year": pl.Int32, "layer": pl.String, "code": pl.String,
            "species": pl.String, "emission_t": pl.Float64,
        },
        orient="row",
    )  # fmt: skip
