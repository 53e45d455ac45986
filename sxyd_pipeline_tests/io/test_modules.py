"""Optional modules in a release: a module that is on is there with its gates; one that is off is nowhere.

The tiny city 321100 has only the gases on; 321300 is put beside it with water, ecology and coast on and
the gases off.
"""

import json
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest

from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline.contracts.meta import COLUMNS
from sxyd_pipeline.contracts.modules import METHODS_OF_MODULES
from sxyd_pipeline.io import combined, database
from sxyd_pipeline.io.published import list_releases
from sxyd_pipeline.io.release_folder import ReleaseFolder
from sxyd_pipeline.io.workspace import Workspace, find_workspace

FIRST, SECOND = "321100", "321300"
ON = {FIRST: ("non_co2",), SECOND: ("water", "ecology", "coastal")}
OF_MODULE = {
    module: {table.full_name for table in TABLES if table.module == module} for module in METHODS_OF_MODULES
}


def release_of(workspace: Workspace, city: str) -> ReleaseFolder:
    (manifest,) = list_releases(workspace, city)
    return ReleaseFolder(workspace.out / manifest["release_id"])


@pytest.fixture(params=[FIRST, SECOND])
def release(two_cities: Workspace, request: pytest.FixtureRequest) -> tuple[str, ReleaseFolder]:
    city = str(request.param)
    return city, release_of(two_cities, city)


def names_of(path: Path) -> set[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() UNION ALL "
            "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
        ).fetchall()
    return {name for (name,) in rows}


def test_a_release_has_the_tables_and_views_of_its_modules_and_of_no_other(
    release: tuple[str, ReleaseFolder],
) -> None:
    city, folder = release
    found = names_of(folder.database)
    for table in TABLES:
        is_there = not table.module or table.module in ON[city]
        assert (table.full_name in found) == is_there, table.full_name
        assert (f"{table.group}.v_{table.label}" in found) == is_there, table.label


def test_nothing_of_a_module_that_is_off_is_in_files_dictionary_checks_methods_or_factors(
    release: tuple[str, ReleaseFolder],
) -> None:
    city, folder = release
    off = set(METHODS_OF_MODULES) - set(ON[city])
    names = {name for module in off for name in OF_MODULE[module]}
    assert names
    manifest = json.dumps(folder.manifest()["files"])
    assert not [name for name in names if name in manifest]
    tables = {table.full_name: frame for table, frame in folder.read().items()}
    assert not names & set(tables["meta.columns"]["table_name"])
    assert not names & set(tables["quality.checks"]["table_name"])
    methods = set(tables["meta.methods"]["method_id"])
    assert not {method for module in off for method in METHODS_OF_MODULES[module]} & methods
    kinds = {"water": "water_equivalent", "ecology": "carbon_density", "coastal": "burial_rate"}
    present = set(tables["meta.factors"]["kind"])
    assert {module for module, kind in kinds.items() if kind in present} == set(ON[city]) & set(kinds)
    elements = set(tables["zoning.zones"]["element"])
    assert elements == {"air", "resources"} | (set(ON[city]) & set(kinds))


def test_a_module_that_is_on_has_rows_and_gates_that_passed(release: tuple[str, ReleaseFolder]) -> None:
    city, folder = release
    tables = {table.full_name: frame for table, frame in folder.read().items()}
    for module in ON[city]:
        for name in OF_MODULE[module]:
            checks = tables["quality.checks"].filter(pl.col("table_name") == name)
            assert checks.height >= 3, name
            assert checks["passed"].all(), name
            # Nobody in the tiny city reports fluorinated gases.
            assert tables[name].height > 0 or name == "synergy.fugitive_gases", name
            made = [c for c in ("method_id", "formula_variant", "inputs_hash") if c in tables[name].columns]
            assert sum(tables[name][column].null_count() for column in made) == 0, name


def test_the_numbers_of_the_modules_are_those_of_the_package(two_cities: Workspace) -> None:
    tables = {t.full_name: f for t, f in release_of(two_cities, SECOND).read().items()}
    forest = tables["synergy.carbon_stocks"].filter(pl.col("land_class") == "forest").sort("year")
    assert forest["stock_tc"].to_list() == [100 * 134.0, 90 * 134.0]
    lost = tables["synergy.carbon_changes"].filter(pl.col("to_class") == "built").row(0, named=True)
    assert lost["stock_change_tc"] == pytest.approx(10 * (41.5 - 134.0))
    assert lost["sink_change_tco2_per_year"] == pytest.approx(-45.0)
    (buried,) = tables["synergy.blue_carbon"]["burial_tco2_per_year"].to_list()
    assert buried == pytest.approx(195 * 44 / 12)
    verdicts = dict(tables["synergy.siting_projects"].select("project_id", "verdict").iter_rows())
    assert verdicts == {"P1": "prohibited", "P2": "allowed"}


def test_the_published_database_has_a_module_as_long_as_some_city_has_it_on(two_cities: Workspace) -> None:
    path = combined.newest(two_cities)
    assert path is not None
    assert {table.full_name for table in TABLES} <= names_of(path)
    assert database.follows_contracts(path)
    with duckdb.connect(str(path), read_only=True) as connection:
        for table in TABLES:
            if not table.module:
                continue
            cities = connection.execute(f"SELECT DISTINCT city_code FROM {table.full_name}").fetchall()
            wanted = [(city,) for city, modules in ON.items() if table.module in modules]
            assert cities in (wanted, []), table.full_name


def test_switching_a_module_off_takes_its_tables_out_of_the_published_database(
    two_cities: Workspace, tmp_path: Path
) -> None:
    root = tmp_path / "switched"
    shutil.copytree(two_cities.root, root, symlinks=True)
    workspace = find_workspace(root)
    content = release_of(workspace, SECOND).read()
    gone = OF_MODULE["coastal"]
    kept = {table: frame for table, frame in content.items() if table.full_name not in gone}
    kept[COLUMNS] = kept[COLUMNS].filter(~pl.col("table_name").is_in(sorted(gone)))
    plain = ReleaseFolder(workspace.out / "321300-2020-without-coast")
    plain.folder.mkdir()
    database.create(plain.database, kept)
    combined.put_city(workspace, SECOND, plain)
    path = combined.newest(workspace)
    assert path is not None
    left = names_of(path)
    assert not gone & left
    assert OF_MODULE["water"] | OF_MODULE["ecology"] | OF_MODULE["non_co2"] <= left
    with duckdb.connect(str(path), read_only=True) as connection:
        cities = connection.execute(
            "SELECT DISTINCT city_code FROM inventory.emissions ORDER BY 1"
        ).fetchall()
    assert cities == [(FIRST,), (SECOND,)]
