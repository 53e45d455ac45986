"""The product reads its own example: everything is accepted but the one amount nobody knows."""

from pathlib import Path

import geopandas as gpd
import polars as pl
import pytest

from sxyd_pipeline.core.inputs import layers as input_layers
from sxyd_pipeline.core.inputs import tables, tables_modules
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.modules.carbon import marginals
from sxyd_pipeline.io.package import CityPackage, open_package
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline_tests.example_city.reading import LAYERS, PROXIES, table


@pytest.fixture(scope="module")
def package(example: Path) -> CityPackage:
    return open_package(example)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(reference_folder())


@pytest.fixture(scope="module")
def layers(package: CityPackage, reference: Reference) -> Outcome:
    return input_layers.standardise_layers(package.layers(), package.config, reference)


@pytest.fixture(scope="module")
def facilities(package: CityPackage, reference: Reference, layers: Outcome) -> Outcome:
    return tables.standardise_facilities(package.table("facilities"), layers.table, package.config, reference)


def test_every_layer_is_accepted_without_a_finding(layers: Outcome) -> None:
    assert isinstance(layers.table, gpd.GeoDataFrame)
    assert set(layers.table["layer"]) == set(LAYERS)
    assert layers.findings.is_empty()


def test_every_proxy_is_accepted_without_a_finding(package: CityPackage) -> None:
    outcome = input_layers.standardise_proxies(package.proxies(), package.config)
    assert set(outcome.table["proxy"]) == set(PROXIES)
    assert outcome.findings.is_empty()


def test_all_facilities_lie_where_they_say(facilities: Outcome) -> None:
    assert len(facilities.table) == 400
    assert facilities.findings.is_empty()


def test_only_the_plant_without_a_capacity_is_set_aside(
    package: CityPackage, reference: Reference, facilities: Outcome, example: Path
) -> None:
    outcome = tables.standardise_facility_activity(
        package.table("facility_activity"), facilities, package.config, reference
    )
    found = outcome.findings.select("rule", "column_name", "strength").rows()
    assert found == [("required_value_missing", "amount", "set_aside")]
    assert len(outcome.table) == len(table(example, "facility_activity")) - 1


def test_figures_lists_and_area_sources_are_accepted_whole(
    package: CityPackage, reference: Reference, layers: Outcome, facilities: Outcome, example: Path
) -> None:
    config, raw = package.config, package.table
    areas = tables.list_statistical_areas(config)
    read = {
        "facility_emissions": tables.standardise_facility_emissions(
            raw("facility_emissions"), facilities, config
        ),
        "area_activity": tables.standardise_area_activity(
            raw("area_activity"), layers.table, areas, config, reference
        ),
        "energy": tables.standardise_energy(raw("energy"), config, reference),
        "economy": tables.standardise_economy(raw("economy"), layers.table, areas, config),
        "air_quality": tables.standardise_air_quality(raw("air_quality"), layers.table, areas, config),
        "targets": tables.standardise_targets(raw("targets"), config),
        "access_list": tables.standardise_access_list(raw("access_list"), config),
        "measures": tables.standardise_measures(raw("measures"), config),
    }
    for name, outcome in read.items():
        assert outcome.findings.is_empty(), name
        assert len(outcome.table) == len(table(example, name)), name
        assert isinstance(outcome.table, pl.DataFrame)
        assert outcome.table["data_label"].null_count() == 0, name


def test_the_tables_of_the_modules_are_accepted_whole(
    package: CityPackage, reference: Reference, layers: Outcome, example: Path
) -> None:
    config, raw = package.config, package.table
    read = {
        "land_use": tables_modules.standardise_land_use(raw("land_use"), layers.table, config, reference),
        "land_changes": tables_modules.standardise_land_changes(
            raw("land_changes"), layers.table, config, reference
        ),
        "wastewater": tables_modules.standardise_wastewater(raw("wastewater"), layers.table, config),
        "carbon_projects": tables_modules.standardise_carbon_projects(
            raw("carbon_projects"), layers.table, config, reference
        ),
    }
    for name, outcome in read.items():
        assert outcome.findings.is_empty(), name
        assert len(outcome.table) == len(table(example, name)), name
        assert set(outcome.table["data_label"]) == {"示例数据"}, name
    keys = ["scope_type", "scope_code"]
    both = marginals(read["land_changes"].table, ("scope_type", "scope_code"))
    for year, side in ((2015, "before_ha"), (2020, "after_ha")):
        used = read["land_use"].table.filter(pl.col("year") == year).join(both, on=[*keys, "land_class"])
        assert (used["area_ha"] - used[side]).abs().max() < 1e-6


def test_the_development_zone_is_declared_with_its_host(package: CityPackage) -> None:
    areas = tables.list_statistical_areas(package.config)
    assert areas.select("code", "host_district").rows() == [("321171", "321102")]
