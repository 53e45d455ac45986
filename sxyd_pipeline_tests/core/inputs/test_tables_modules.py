"""Tables of the optional modules: what is read, what is set aside, and what is said when nothing is there."""

from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.contracts.inputs_modules import TABLES
from sxyd_pipeline.core.inputs import layers, tables_modules
from sxyd_pipeline.core.inputs.config import MODULES
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.io.package import open_package
from sxyd_pipeline_tests.core.inputs.standardising import reference
from sxyd_pipeline_tests.packages import tiny_config, tiny_module_layers, tiny_module_tables, write_tiny_city


def read(folder: Path, tables: dict[str, pl.DataFrame]) -> dict[str, Outcome]:
    """Standardise the module tables of a tiny city with every module on."""
    write_tiny_city(folder, config=tiny_config(modules=MODULES), layers=tiny_module_layers(), tables=tables)
    package, known = open_package(folder), reference()
    config, raw = package.config, package.table
    shapes = layers.standardise_layers(package.layers(), config, known).table
    return {
        "land_use": tables_modules.standardise_land_use(raw("land_use"), shapes, config, known),
        "land_changes": tables_modules.standardise_land_changes(raw("land_changes"), shapes, config, known),
        "wastewater": tables_modules.standardise_wastewater(raw("wastewater"), shapes, config),
        "carbon_projects": tables_modules.standardise_carbon_projects(
            raw("carbon_projects"), shapes, config, known
        ),
        "coastal_habitats": tables_modules.standardise_coastal_habitats(
            raw("coastal_habitats"), shapes, config, known
        ),
    }


def test_every_table_is_accepted_whole_in_standard_units(tmp_path: Path) -> None:
    outcomes = read(tmp_path, tiny_module_tables())
    for table in TABLES:
        outcome = outcomes[table.asset]
        assert outcome.findings.is_empty(), table.name
        assert dict(outcome.table.schema) == table.schema
        assert len(outcome.table) == len(tiny_module_tables()[table.name])
    land = outcomes["land_use"].table
    assert land.filter(pl.col("land_class") == "built")["area_ha"].to_list() == [10.0]
    assert outcomes["wastewater"].table["flow_m3"].to_list() == [1e7, 1e6]
    assert outcomes["wastewater"].table["plant_kind"].to_list() == ["domestic", "industrial"]


def test_a_table_that_was_not_brought_has_no_rows_and_says_so(tmp_path: Path) -> None:
    for name, outcome in read(tmp_path, {}).items():
        assert outcome.table.is_empty()
        (told,) = outcome.findings.to_dicts()
        assert (told["rule"], told["table_name"], told["strength"]) == ("module_without_table", name, "warn")


# A cell that breaks a rule: (table, column, value, rule)
BROKEN = [
    ("land_use", "land_class", "月球", "unknown_code"),
    ("land_use", "area_unit", "kg", "unit_not_of_activity"),
    ("land_use", "area_unit", "石", "unknown_unit"),
    ("land_use", "area", "-1", "negative_amount"),
    ("land_use", "scope_code", "ZH32110219999", "unknown_code"),
    ("land_changes", "to_year", "2010", "value_out_of_range"),
    ("land_changes", "from_class", "月球", "unknown_code"),
    ("wastewater", "zone_code", "YS3211022319999", "unknown_zone"),
    ("wastewater", "cod_out_mg_per_l", "999", "effluent_above_influent"),
    ("wastewater", "plant_kind", "天上", "unknown_code"),
    ("carbon_projects", "project_type", "核聚变", "unknown_code"),
    ("carbon_projects", "size_unit", "ha", "unknown_unit"),
    ("carbon_projects", "lon", "121.5", "point_outside_city"),
    ("coastal_habitats", "habitat", "海带", "unknown_code"),
    ("coastal_habitats", "zone_code", "HY-X", "unknown_zone"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "column", "value", "rule"), BROKEN)
def test_a_bad_cell_sets_its_row_aside_and_keeps_the_others(
    tmp_path: Path, table: str, column: str, value: str, rule: str
) -> None:
    good = tiny_module_tables()[table]
    at_first = pl.int_range(pl.len()) == 0
    bad = good.with_columns(pl.when(at_first).then(pl.lit(value)).otherwise(pl.col(column)).alias(column))
    outcome = read(tmp_path, {table: bad})[table]
    (told,) = outcome.findings.to_dicts()
    assert (told["rule"], told["source_row"], told["strength"]) == (rule, 2, "set_aside")
    assert len(outcome.table) == len(good) - 1


def test_an_own_flux_of_unknown_kind_is_not_taken_on_trust(tmp_path: Path) -> None:
    land = tiny_module_tables()["land_use"].with_columns(flux_kind=pl.lit(None, dtype=pl.String))
    outcome = read(tmp_path, {"land_use": land})["land_use"]
    assert outcome.findings["rule"].to_list() == ["required_value_missing"]


def test_a_project_at_sea_is_accepted_while_the_coast_is_on(tmp_path: Path) -> None:
    row = ["P9", "近岸蓝碳", "blue_carbon", "119.65", "32.15", "5", "ha"]
    sea = pl.DataFrame([row], schema=tiny_module_tables()["carbon_projects"].columns, orient="row")
    outcome = read(tmp_path, {"carbon_projects": sea})["carbon_projects"]
    assert outcome.findings.is_empty()
    assert outcome.table["district_code"].to_list() == [None]


def test_files_of_modules_that_are_off_are_named_and_not_read(tmp_path: Path) -> None:
    tables = {name: pl.DataFrame({"nonsense": ["x"]}) for name in tiny_module_tables()}
    write_tiny_city(tmp_path, config=tiny_config(modules=()), layers=tiny_module_layers(), tables=tables)
    package = open_package(tmp_path)
    outcome = layers.standardise_layers(package.layers(), package.config, reference(), package.unread())
    assert set(outcome.table["layer"]) == {"districts", "control_units", "air", "resources"}
    assert outcome.findings["rule"].unique().to_list() == ["module_is_off"]
    told = dict(outcome.findings.select("source_file", "value").iter_rows())
    assert told == {
        "carbon_projects.csv": "ecology", "coastal_habitats.csv": "coastal", "land_changes.csv": "ecology",
        "land_use.csv": "ecology", "wastewater.csv": "water", "zones/coastal.gpkg": "coastal",
        "zones/ecology.gpkg": "ecology", "zones/water.gpkg": "water",
    }  # fmt: skip
