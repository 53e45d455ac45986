"""The main job as users run it: ``sxyd demo`` in an empty folder, then questions to the database."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from sxyd_pipeline.contracts.catalog import TABLES as ALL_TABLES
from sxyd_pipeline.contracts.catalog import in_force
from sxyd_pipeline.contracts.model import SCHEMAS
from sxyd_pipeline_tests.conftest import FinishedDemo, sxyd

CITY = "321100"
#: The example city has every optional module on but the coastal one.
TABLES = in_force(ALL_TABLES, lambda module: module != "coastal")


@dataclass(frozen=True)
class Demo:
    """A finished demo: where it ran, what it printed, and its database."""

    home: Path
    printed: str
    database: duckdb.DuckDBPyConnection

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.database.sql(query).fetchall()

    def value(self, query: str) -> Any:
        return self.rows(query)[0][0]


@pytest.fixture(scope="module")
def demo(finished_demo: FinishedDemo) -> Iterator[Demo]:
    database = duckdb.connect(
        str((finished_demo.home / "data/published/sxyd.duckdb").resolve()), read_only=True
    )
    yield Demo(finished_demo.home, finished_demo.printed, database)
    database.close()


def test_the_demo_says_where_things_lie_and_that_the_data_are_examples(demo: Demo) -> None:
    assert "sxyd.duckdb" in demo.printed
    assert "manifest.json" in demo.printed
    assert "示例数据" in demo.printed
    assert "GS(2024)0650" in demo.printed


def test_every_promised_table_is_there_with_a_comment_on_every_column(demo: Demo) -> None:
    found = {
        (schema, table): comment
        for schema, table, comment in demo.rows(
            "select schema_name, table_name, comment from duckdb_tables()"
        )
        if schema in SCHEMAS
    }
    assert {(table.group, table.name) for table in TABLES} == set(found)
    assert all(found.values())
    bare = demo.rows(
        "select schema_name, table_name, column_name from duckdb_columns() "
        "where comment is null and table_name in (select table_name from duckdb_tables()) and not internal"
    )
    assert [row for row in bare if row[0] in SCHEMAS] == []


def test_every_table_has_a_chinese_view_with_as_many_rows(demo: Demo) -> None:
    views = {name for (name,) in demo.rows("select view_name from duckdb_views() where not internal")}
    assert {f"v_{table.label}" for table in TABLES} <= views


def test_no_misuse_is_found_in_the_example(demo: Demo) -> None:
    assert demo.rows("select lint_id, message_zh from quality.lints") == []


def test_every_table_carries_the_city(demo: Demo) -> None:
    for table in TABLES:
        cities = demo.rows(f'select distinct city_code from "{table.group}"."{table.name}"')
        assert cities in ([(CITY,)], []), table.full_name
        assert cities or table.may_be_empty, table.full_name


def test_no_tonne_vanishes(demo: Demo) -> None:
    assert (
        demo.value(
            "select count(*) from quality.mass_balance where abs(in_t - out_t - lost_t) > 1e-6 * greatest(abs(in_t), 1)"
        )
        == 0
    )
    unexplained = demo.rows(
        "select * from quality.mass_balance where abs(lost_t) > 1e-9 * abs(in_t) and (why is null or why like '%conserved%')"
    )
    assert unexplained == []
    gaps = demo.rows("""
        select species, sum(e) from (
            select species, emission_t as e from inventory.emissions where year = 2020
            union all select species, -emission_t from baseline.control_unit_emissions where year = 2020)
        group by species having abs(sum(e)) > 1e-9 * sum(abs(e))""")
    assert gaps == []


@pytest.mark.parametrize("element", ["air", "resources", "water", "soil"])
def test_each_element_that_covers_the_city_conserves_mass(demo: Demo, element: str) -> None:
    gaps = demo.database.execute(
        """select species, sum(e) from (
            select species, emission_t as e from inventory.emissions where year = 2020
            union all select species, -emission_t from baseline.zone_emissions where year = 2020 and element = ?)
        group by species having abs(sum(e)) > 1e-9 * sum(abs(e))""",
        [element],
    ).fetchall()
    assert gaps == []


def test_rows_read_are_accepted_or_quarantined(demo: Demo) -> None:
    wrong = demo.rows("""
        with q as (select table_name, count(distinct (source_file, source_sheet, source_row)) n from quality.quarantine group by 1),
             a as (select table_name, sum(in_rows - out_rows) n from quality.amount_balance group by 1)
        select a.table_name, a.n, coalesce(q.n, 0) from a left join q using (table_name) where a.n <> coalesce(q.n, 0)""")
    assert wrong == []


def test_the_cement_plant_without_capacity_is_quarantined_not_invented(demo: Demo) -> None:
    rows = demo.rows(
        "select table_name, rule, value from quality.quarantine where rule = 'required_value_missing'"
    )
    assert ("facility_activity", "required_value_missing", None) in [(t, r, v or None) for t, r, v in rows]


def test_thirty_real_facilities_and_about_four_hundred_in_all(demo: Demo) -> None:
    assert 350 <= demo.value("select count(*) from inputs.facilities") <= 450
    real = demo.value("select count(*) from inputs.facilities where data_label = '真实数据'")
    assert real >= 14  # thirty units and plants stand on fewer sites


def test_synthetic_rows_say_so_in_every_table_that_can_hold_them(demo: Demo) -> None:
    for table in TABLES:
        if "data_label" in table.schema and table.full_name != "meta.release":
            unlabelled = demo.value(
                f"select count(*) from \"{table.group}\".\"{table.name}\" where coalesce(data_label, '') = ''"
            )
            assert unlabelled == 0, table.full_name
    assert "示例数据" in demo.value("select data_label from meta.release")


def test_the_new_area_without_a_polygon_does_not_vanish(demo: Demo) -> None:
    assert (
        demo.value(
            "select value from inputs.economy where scope_code = '321171' and indicator = 'population' and year = 2020"
        )
        == 263813
    )
    assert demo.value("select host_district from inputs.statistical_areas where code = '321171'") == "321102"
    assert (
        demo.value(
            "select sum(emission_t) from inventory.emissions where source_id like '321171/%' and district_code = '321102'"
        )
        > 0
    )


def test_all_ten_source_categories_emit(demo: Demo) -> None:
    assert [
        row[0] for row in demo.rows("select distinct source_category from inventory.emissions order by 1")
    ] == list(range(1, 11))


def test_each_number_has_a_factor_with_a_source_or_says_it_was_measured(demo: Demo) -> None:
    orphans = demo.value("""
        select count(*) from inventory.emissions e left join meta.factors f using (factor_id)
        where f.factor_id is null and e.method not like '%measured:%'""")
    assert orphans == 0
    assert demo.value("select count(*) from meta.factors where coalesce(cited_from, '') = ''") == 0
    unknown = demo.rows(
        "select distinct method from inventory.emissions where method not in (select method_id from meta.methods) and method not like 'measured%'"
    )
    assert unknown == []


def test_intervals_hold_their_point(demo: Demo) -> None:
    assert (
        demo.value(
            "select count(*) from inventory.emissions where not (low_t <= emission_t and emission_t <= high_t)"
        )
        == 0
    )
    assert (
        demo.value(
            "select count(*) from inventory.totals where not (low_t <= emission_t and emission_t <= high_t)"
        )
        == 0
    )


def test_scope_two_and_memo_items_stand_apart(demo: Demo) -> None:
    assert demo.value("select sum(indirect_tco2) from inventory.indirect_emissions") > 0
    assert demo.value("select count(*) from inventory.memo_emissions where memo_kind = 'biogenic_co2'") > 0


def test_the_inputs_are_listed_with_their_checksums(demo: Demo) -> None:
    assert demo.value("select count(*) from meta.inputs where length(sha256) <> 64") == 0
    assert {row[0] for row in demo.rows("select distinct role from meta.inputs")} == {"package", "reference"}


def test_the_first_query_of_the_readme_prints_totals(demo: Demo) -> None:
    run = sxyd(
        demo.home, "sql", "select species, sum(emission_t) from inventory.emissions group by 1", "--json"
    )
    assert run.returncode == 0, run.stderr
    assert "CO2" in run.stdout
    assert json.loads(run.stdout)


def test_an_analyst_cannot_write_or_read_files_through_sql(demo: Demo) -> None:
    for query in (
        "create table x(i int)",
        "delete from meta.release",
        "select * from read_csv('/etc/passwd')",
        "select 1; select 2",
    ):
        run = sxyd(demo.home, "sql", query)
        assert run.returncode != 0, query
        assert "Traceback" not in run.stderr + run.stdout


def test_running_the_same_package_elsewhere_gives_the_same_release(demo: Demo, tmp_path: Path) -> None:
    shutil.copytree(demo.home / "data/cities", tmp_path / "data/cities")
    run = sxyd(tmp_path, "run", CITY)
    assert run.returncode == 0, run.stdout + run.stderr
    here, there = (
        {path.parent.name: path.read_bytes() for path in home.glob("out/*/manifest.json")}
        for home in (demo.home, tmp_path)
    )
    assert here == there
    names = [(home / "data/published/sxyd.duckdb").resolve().name for home in (demo.home, tmp_path)]
    assert names[0] == names[1]


def test_units_and_zones_have_scores_in_every_scenario_and_year(demo: Demo) -> None:
    for table, layers in (("control_unit_scores", "'control_unit'"), ("zone_scores", "element")):
        found = demo.rows(f"select distinct scenario_id, year from synergy.{table}")
        assert set(found) == {
            (scenario, year)
            for scenario in ("baseline", "policy", "strengthened")
            for year in (2020, 2025, 2035)
        }
        gaps = demo.value(f"""
            select count(*) from synergy.{table} s join (
                select scenario_id, year, layer, code, sum(contribution) total from synergy.score_contributions group by all) c
            on c.scenario_id = s.scenario_id and c.year = s.year and c.layer = {layers}
               and c.code = {"s.control_unit_code" if table.startswith("control") else "s.zone_code"}
            where abs(c.total - s.composite_score) > 1e-9""")
        assert gaps == 0


def test_the_top_ten_come_with_reasons_in_one_query_and_are_the_industrial_parks(demo: Demo) -> None:
    rows = demo.rows(
        "select control_unit_name, rank, rank_low, rank_high, reason_zh from synergy.top_units('policy', 2025, 10)"
    )
    assert [row[1] for row in rows] == list(range(1, 11))
    assert all(low <= rank <= high for _, rank, low, high, _ in rows)
    assert sum("园区" in name for name, *_ in rows) >= 8
    # The 2 GW plant on the river and the coal plant of 谏壁 lead whatever the method.
    assert "下蜀" in rows[0][0]
    assert "谏壁" in rows[1][0]
    assert "倍" in rows[0][4]
    assert "华电句容" in rows[0][4]
    zones = demo.rows("select rank, reason_en from synergy.top_zones('air', 'baseline', 2020, 5)")
    assert [row[0] for row in zones] == [1, 2, 3, 4, 5]


def test_sulphur_and_nitrogen_share_their_sources_with_carbon_and_ammonia_and_dust_do_not(demo: Demo) -> None:
    overlap = dict(
        demo.rows("select species, value from synergy.homology where scope_type = 'city' and index_id = 'H1'")
    )
    assert min(overlap["SO2"], overlap["NOx"]) > 0.5
    assert max(overlap["NH3"], overlap["PM10"]) < 0.3


def test_every_synergy_value_names_a_known_method(demo: Demo) -> None:
    for table in TABLES:
        if table.group == "synergy":
            unknown = demo.rows(
                f'select distinct method_id from synergy."{table.name}" where method_id not in (select method_id from meta.methods)'
            )
            assert unknown == [], table.full_name


def test_the_grid_carries_the_inventory_and_three_levels_are_compared(demo: Demo) -> None:
    cells, tonnes = demo.rows("select count(*), sum(co2_t) from synergy.grid")[0]
    assert 3_800 < cells < 4_500
    assert tonnes == pytest.approx(
        demo.value("select sum(emission_t) from inventory.emissions where species = 'CO2'"), rel=1e-9
    )
    levels = demo.rows(
        "select layer, count(distinct code), min(permutations) from synergy.clusters group by layer order by layer"
    )
    assert [(layer, areas) for layer, areas, _ in levels] == [
        ("control_unit", 102), ("district", 6), ("grid", cells),
    ]  # fmt: skip
    assert min(permutations for _, _, permutations in levels) >= 999
    notes = demo.rows("select note_zh from synergy.spatial_statistics where statistic = 'moran_i'")
    assert all("管控单元" in note and "区县" in note for (note,) in notes)


def test_coupling_stands_under_every_scheme_with_its_bounds(demo: Demo) -> None:
    schemes = demo.rows(
        "select grade_scheme_id, count(*) from synergy.coupling where coordination_d is not null group by 1 order by 1"
    )
    assert len(schemes) == 4
    assert len({rows for _, rows in schemes}) == 1
    assert (
        demo.value("select count(*) from synergy.coupling where bounds is null or formula_variant is null")
        == 0
    )
    assert (
        demo.value(
            "select max(abs(coordination_d ** 2 - coupling_c * development_index)) from synergy.coupling"
        )
        < 1e-9
    )


def test_the_portfolio_meets_the_targets_of_both_years_and_names_its_prices(demo: Demo) -> None:
    assert demo.value("SELECT bool_and(is_met) FROM synergy.portfolio_targets") is True
    assert demo.rows("SELECT DISTINCT year FROM synergy.portfolio ORDER BY 1") == [(2025,), (2035,)]
    assert demo.value("SELECT count(*) FROM synergy.portfolio WHERE is_marginal") > 0
    assert (
        demo.value(
            "SELECT max(shadow_price_cny_per_t) FROM synergy.portfolio_targets WHERE indicator = 'co2_cap_t'"
        )
        > 0
    )
    assert demo.value("SELECT count(*) FROM synergy.pareto WHERE year = 2035") >= 10
    asked = json.loads(sxyd(demo.home, "portfolio", CITY, "--json").stdout)
    published = demo.value("SELECT sum(annual_cost_cny) FROM synergy.portfolio WHERE year = 2035")
    assert asked["annual_cost_cny"] == pytest.approx(published)


def test_an_impossible_target_is_explained_and_ends_with_1(demo: Demo) -> None:
    told = sxyd(demo.home, "portfolio", CITY, "--target", "permitted_nox_t=1", "--lang", "en")
    assert told.returncode == 1
    assert "permitted_nox_t needs" in told.stderr
    assert "Traceback" not in told.stderr


def test_the_matrix_holds_what_everybody_asks_about_with_verdict_mechanism_and_number(demo: Demo) -> None:
    wanted = [
        "ccus", "coal_to_gas", "heat_pump", "nev", "pv_ecological_space", "rto_rco", "scr", "scrap_eaf", "wet_fgd",
        "wwtp_upgrade",
    ]  # fmt: skip
    rows = demo.rows(
        "SELECT object_code FROM synergy.coordination WHERE object_type = 'measure' AND mechanism_zh <> '' "
        f"AND number_zh <> '' AND list_contains({wanted}, object_code) ORDER BY 1"
    )
    assert [code for (code,) in rows] == wanted
    assert demo.value("SELECT count(*) FROM synergy.conflicts WHERE clause_ids IS NOT NULL") > 0


PARK_IN_NO_BURN_ZONE = ("--lon", "119.79", "--lat", "32.098")
STEEL = (
    "--industry",
    "3120",
    "--product",
    "crude_steel_eaf=300kt",
    "--fuel",
    "electricity=1.2亿kWh",
    "--removal",
    "pm=0.99",
)


def test_the_list_of_a_unit_shows_what_holds_what_changed_and_what_was_checked(demo: Demo) -> None:
    told = sxyd(demo.home, "sql", "SELECT * FROM access.unit_list('ZH32118120009')", "--json")
    rows = json.loads(told.stdout)["rows"]
    assert {row["dimension"] for row in rows} == {"space", "emission", "risk", "resource"}
    assert {row["level"] for row in rows} == {"province", "region", "city", "zone_type", "control_unit"}
    assert all(row["evidence"] for row in rows if row["clause_id"].startswith("G"))
    assert any(not row["is_effective"] and row["replaced_by"] for row in rows)
    assert any(row["state"] == "changed" and row["previous_text"] for row in rows)
    cap = next(row for row in rows if row["metric"] == "permitted_so2_t" and "2025" in row["clause_text"])
    assert "baseline fail" in cap["checks"]
    assert "projection.permitted" in cap["evidence"]
    assert demo.value("SELECT count(*) FROM access.clause_checks WHERE verdict = 'fail'") > 0


def test_every_generated_clause_is_proven_and_every_key_unit_has_every_dimension(demo: Demo) -> None:
    unproven = "SELECT clause_id FROM access.clauses WHERE origin = 'generated' AND clause_id NOT IN (SELECT clause_id FROM access.clause_evidence)"
    assert demo.rows(unproven) == []
    assert (
        demo.rows(
            "SELECT clause_id FROM access.clauses WHERE threshold IS NOT NULL AND threshold_source IS NULL"
        )
        == []
    )
    dimensions = (
        "SELECT u.control_unit_code FROM zoning.control_units u JOIN access.control_unit_lists l USING (control_unit_code) "
        "WHERE u.control_class = 2 AND l.is_effective AND l.level IN ('zone_type', 'control_unit') "
        "GROUP BY 1 HAVING count(DISTINCT l.dimension) < 4"
    )
    assert demo.rows(dimensions) == []
    assert demo.rows("SELECT count(DISTINCT control_unit_code) FROM access.control_unit_lists") == demo.rows(
        "SELECT count(*) FROM zoning.control_units"
    )


def test_an_electric_arc_project_gets_verdicts_with_tonnes_and_margins(demo: Demo) -> None:
    told = sxyd(demo.home, "check-project", CITY, *PARK_IN_NO_BURN_ZONE, *STEEL, "--json")
    found = json.loads(told.stdout)
    assert told.returncode == 1  # the SO2 cap of 2025 is broken already without the project
    assert found["control_unit"]["code"] == "ZH32118120009"
    assert found["emissions_t"]["NOx"] == pytest.approx(45.0)
    assert "254" in {zone["zone_type"] for zone in found["zones"]}
    by_metric = {(one["metric"], one["threshold"]): one for one in found["clauses"]}
    nox = by_metric["permitted_nox_t", 730.0]
    assert (nox["verdict"], nox["actual"]) == ("conform", pytest.approx(664.126 + 45.0, abs=0.01))
    assert nox["margin"] == pytest.approx(730.0 - 664.126 - 45.0, abs=0.01)
    so2 = by_metric["permitted_so2_t", 124.0]
    assert so2["verdict"] == "refused"
    assert so2["needed_zh"]
    fuel = next(one for one in found["clauses"] if one["metric"] == "prohibited_fuel_t")
    assert fuel["verdict"] == "conform"


def test_the_same_project_with_a_coal_boiler_in_a_no_burn_zone_is_refused_by_the_clause(demo: Demo) -> None:
    told = sxyd(
        demo.home,
        "check-project",
        CITY,
        *PARK_IN_NO_BURN_ZONE,
        *STEEL,
        "--fuel",
        "bituminous_coal=2万t",
        "--json",
    )
    found = json.loads(told.stdout)
    assert (told.returncode, found["verdict"]) == (1, "refused")
    fuel = next(one for one in found["clauses"] if one["metric"] == "prohibited_fuel_t")
    assert (fuel["verdict"], fuel["actual"], fuel["margin"]) == ("refused", 20000.0, -20000.0)
    assert fuel["via_zones"]
    assert "禁燃区" in fuel["clause_text"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("--lon", "10", "--lat", "32.1", "--industry", "3120"), "119"),
        (("--lon", "119.79", "--lat", "32.098", "--industry", "9999"), "4754"),
    ],
)
def test_a_project_that_cannot_be_placed_or_read_ends_with_2(
    demo: Demo, arguments: tuple[str, ...], word: str
) -> None:
    told = sxyd(demo.home, "check-project", CITY, *arguments)
    assert told.returncode == 2
    assert word in told.stderr
    assert "Traceback" not in told.stderr
