"""Reference data of the projections as the tests read them."""

import tomllib
from pathlib import Path

import polars as pl

from sxyd_pipeline.core.projection.scenario import Scenario, parse_scenario

REFERENCE = Path(__file__).parents[3] / "data" / "reference"
CITY, BASE = "321100", 2020
YEARS = range(2020, 2036)
CONFIDENCES = {"read", "computed", "recalled", "default"}


def read_reference(name: str) -> pl.DataFrame:
    text = {"species": pl.String, "relative_to_year": pl.Int32, "applies_to_city": pl.Boolean}
    path = REFERENCE / f"{name}.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    overrides = {column: dtype for column, dtype in text.items() if column in header}
    return pl.read_csv(path, schema_overrides=overrides)


def read_scenario(name: str) -> Scenario:
    path = REFERENCE / "scenarios" / f"{name}.toml"
    return parse_scenario(tomllib.loads(path.read_text(encoding="utf-8")), path.name)


INDICATORS = read_reference("target_indicators")
NATIONAL = read_reference("national_targets")
TESTS = read_reference("consistency_tests")
PARAMETERS = read_reference("projection_parameters")
FUELS = read_reference("fuels")
