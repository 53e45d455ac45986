"""A city's own scenario: it changes what it names and nothing else; a typo is refused with the valid names."""

import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from sxyd_pipeline.deliverables.catalogue import NONE
from sxyd_pipeline.io.workspace import find_workspace
from sxyd_pipeline.runs import CityRun, run_city
from sxyd_pipeline_tests.packages import TINY_ADCODE, tiny_config, tiny_tables, write_tiny_city

OWN = """
id = "own"
name_zh = "自定情景"
name_en = "a city's own"
cited_from = "测试"

[[levers]]
lever = "retirement"
label = "造纸厂关停"
facility_id = "F003"
year = 2028
cited_from = "测试"

[[levers]]
lever = "new_project"
label = "新电炉"
facility_id = "N001"
facility_name = "新建电炉厂"
industry_code = "3120"
lon = 119.55
lat = 32.12
year = 2030
cited_from = "测试"

[[levers.activity]]
activity_code = "crude_steel_eaf"
amount = 30
amount_unit = "万t"
"""


def run_with(root: Path, scenario: str | None, **changes: Any) -> CityRun:
    folder = write_tiny_city(root / "data/cities" / TINY_ADCODE, **changes)
    if scenario is not None:
        (folder / "scenarios").mkdir(exist_ok=True)
        (folder / "scenarios/own.toml").write_text(scenario, encoding="utf-8")
    return run_city(find_workspace(root=root), TINY_ADCODE, deliverables=(NONE,))


def query(root: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str((root / "data/published/sxyd.duckdb").resolve()), read_only=True) as connection:
        return connection.sql(sql).fetchall()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("own_scenario")
    run = run_with(root, OWN)
    assert run.success, run.failures
    return root


def test_a_retired_plant_and_a_new_one_change_exactly_those_sources(published: Path) -> None:
    changed = query(
        published,
        """
        select distinct split_part(e.source_id, '/', 1) as facility
        from projection.emissions e left join inventory.emissions i
          on i.source_id = e.source_id and i.species = e.species and i.year = 2020
        where e.scenario_id = 'own'
          and abs(e.emission_t - coalesce(i.emission_t, 0)) > 1e-9 * greatest(e.emission_t, coalesce(i.emission_t, 0))
        order by 1""",
    )
    assert changed == [("F003",), ("N001",)]
    years = query(
        published,
        "select min(year) from projection.emissions where scenario_id = 'own' and source_id like 'N001/%' and emission_t > 0",
    )
    assert years == [(2030,)]
    last = query(
        published,
        "select max(year) from projection.emissions where scenario_id = 'own' and source_id like 'F003/%' and emission_t > 0",
    )
    assert last == [(2027,)]


def test_the_new_plant_comes_down_where_it_stands(published: Path) -> None:
    units = query(
        published,
        "select code from projection.project_placements where spread_id = 'facility:N001' and layer = 'control_unit'",
    )
    assert units == [("ZH32111120001",)]
    gain = query(
        published,
        """
        select sum(emission_t) filter (scenario_id = 'own') - sum(emission_t) filter (scenario_id = 'baseline')
        from projection.area_emissions
        where layer = 'control_unit' and code = 'ZH32111120001' and year = 2035 and species = 'NOx'""",
    )[0][0]
    steel, paper = (
        query(
            published,
            f"select sum(emission_t) from projection.emissions where scenario_id = '{s}' and source_id like '{f}/%' and year = 2035 and species = 'NOx'",
        )[0][0]
        for s, f in (("own", "N001"), ("baseline", "F003"))
    )
    assert gain == pytest.approx(steel - paper)


def test_the_baseline_is_the_inventory_in_every_year(published: Path) -> None:
    gaps = query(
        published,
        """
        select year, species from projection.totals p
        join (select species, sum(emission_t) t from inventory.emissions where year = 2020 group by 1) i using (species)
        where scenario_id = 'baseline' and abs(p.emission_t - i.t) > 1e-9 * i.t""",
    )
    assert gaps == []
    assert query(published, "select count(distinct year), min(year), max(year) from projection.totals") == [
        (16, 2020, 2035)
    ]


def test_effects_of_levers_add_up_to_the_change(published: Path) -> None:
    gaps = query(
        published,
        """
        with change as (
            select scenario_id, year, species, emission_t - first_value(emission_t) over (partition by scenario_id, species order by year) as d,
                   emission_t from projection.totals)
        select c.* from change c join (select scenario_id, year, species, sum(effect_t) e from projection.lever_effects group by all) using (scenario_id, year, species)
        where abs(d - e) > 1e-6 * greatest(emission_t, 1)""",
    )
    assert gaps == []


def test_gaps_peak_and_variance_are_there_with_their_methods(published: Path) -> None:
    assert {row[0] for row in query(published, "select distinct scenario_id from projection.peak")} == {
        "baseline",
        "policy",
        "strengthened",
        "own",
    }
    assert query(published, "select count(*) from projection.target_gaps")[0][0] > 0
    assert query(
        published, "select count(*) from projection.variance_shares where first_order_share > 1.000001"
    ) == [(0,)]
    for table in ("totals", "target_gaps", "peak", "variance_shares", "permitted", "lever_effects"):
        unknown = query(
            published,
            f"select distinct method_id from projection.{table} where method_id not in (select method_id from meta.methods)",
        )
        assert unknown == [], table


def test_a_typo_in_a_lever_is_refused_with_the_valid_names_and_the_last_release_stays(
    published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(published, root, symlinks=True)
    before = query(root, "select release_id from meta.release")
    run = run_with(root, OWN.replace('lever = "retirement"', 'lever = "retirment"'))
    assert not run.success
    said = {failure.rule: failure.en for failure in run.failures}
    assert "UnknownLeverError" in said
    assert "retirement" in said["UnknownLeverError"]
    assert "activity_growth" in said["UnknownLeverError"]
    assert query(root, "select release_id from meta.release") == before


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('facility_id = "F003"', 'facility_id = "F03"', "UnknownFacilityInScenarioError"),
        ("lon = 119.55", "lon = 121.55", "UnplacedEmissionError"),
        ('amount_unit = "万t"', 'amount_unit = "万m3"', "LeverValueError"),
        ("year = 2030", "year = 2030 2031", "UnreadableScenarioError"),
    ],
)
def test_a_scenario_that_cannot_be_meant_is_refused(
    old: str, new: str, rule: str, published: Path, tmp_path: Path
) -> None:
    root = tmp_path / "copy"
    shutil.copytree(published, root, symlinks=True)
    run = run_with(root, OWN.replace(old, new))
    assert not run.success
    assert rule in {failure.rule for failure in run.failures}
    assert all(failure.expected for failure in run.failures)


def test_lints_fire_on_a_package_made_for_them_and_warn_only(tmp_path: Path) -> None:
    activity = tiny_tables()["facility_activity"].with_columns(
        # Carbon of the power plant's coal written as CO2 per GJ: 3.667 times too much.
        carbon_tc_per_gj=pl.when(pl.col("facility_id") == "F001")
        .then(pl.lit("0.096"))
        .otherwise(pl.lit(None, dtype=pl.String)),
        # Energy of standard coal beside physical tonnes at the cement plant.
        ncv_gj_per_t=pl.when(
            (pl.col("facility_id") == "0002") & (pl.col("activity_code") == "bituminous_coal")
        )
        .then(pl.lit("29.307"))
        .otherwise(pl.lit(None, dtype=pl.String)),
    )
    # Carbon that is 3.667 times too much puts the caps out of every measure's reach: a fault of its own,
    # published openly here, since the lints are what is asked for.
    config = tiny_config() + 'portfolio_infeasible = "report"\n'
    run = run_with(tmp_path, None, tables={"facility_activity": activity}, config=config)
    assert run.success, run.failures
    found = query(
        tmp_path, "select lint_id, source_file, source_row, message_zh, remedy_zh from quality.lints"
    )
    assert {"carbon_co2_confused", "physical_tonnes_by_tce"} <= {row[0] for row in found}
    located = [row for row in found if row[0] in {"carbon_co2_confused", "physical_tonnes_by_tce"}]
    assert all(row[1] == "facility_activity.csv" and row[2] and row[3] and row[4] for row in located)
    assert query(tmp_path, "select passed from quality.checks where check_name = 'no_misuse_found'") == [
        (False,)
    ]


def test_the_plain_package_has_no_lints(published: Path) -> None:
    assert query(published, "select * from quality.lints") == []
