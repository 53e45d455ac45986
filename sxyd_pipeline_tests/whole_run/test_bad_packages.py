"""Every kind of bad package: the finding is located, the row is set aside or the city stops, the last release stays."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import geopandas as gpd
import polars as pl
import pytest
import shapely

from sxyd_pipeline.deliverables.catalogue import NONE
from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline.runs import CityRun, run_city
from sxyd_pipeline_tests.packages import TINY_ADCODE, tiny_layers, tiny_tables, write_tiny_city


@dataclass(frozen=True)
class Published:
    """A workspace with one good release, to be copied before it is spoilt."""

    root: Path
    release_id: str
    database: str


def workspace_of(root: Path) -> Workspace:
    return find_workspace(root=root)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Published:
    root = tmp_path_factory.mktemp("good")
    write_tiny_city(root / "data/cities" / TINY_ADCODE)
    run = run_city(workspace_of(root), TINY_ADCODE, deliverables=(NONE,))
    assert run.success, run.failures
    assert run.release_id
    return Published(root, run.release_id, (root / "data/published/sxyd.duckdb").resolve().name)


@pytest.fixture
def copied(good: Published, tmp_path: Path) -> Path:
    root = tmp_path / "copy"
    shutil.copytree(good.root, root, symlinks=True)
    return root


def spoil(root: Path, *groups: str, **changes: Any) -> CityRun:
    """Write another package and run it: all groups, or only those named."""
    folder = root / "data/cities" / TINY_ADCODE
    shutil.rmtree(folder)
    write_tiny_city(folder, **changes)
    return run_city(workspace_of(root), TINY_ADCODE, groups or None, deliverables=(NONE,))


def query(root: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str((root / "data/published/sxyd.duckdb").resolve()), read_only=True) as connection:
        return connection.sql(sql).fetchall()


def change(table: str, row: int, **cells: str | None) -> dict[str, pl.DataFrame]:
    """One table of the tiny city with some cells of one row (0 = first data row) replaced."""
    frame = tiny_tables()[table]
    at = pl.int_range(pl.len()) == row
    return {
        table: frame.with_columns(
            pl.when(at).then(pl.lit(value, dtype=pl.String)).otherwise(pl.col(name)).alias(name)
            for name, value in cells.items()
        )
    }


def twice(table: str, row: int) -> dict[str, pl.DataFrame]:
    frame = tiny_tables()[table]
    return {table: pl.concat([frame, frame[row]])}


# A row that breaks a rule is set aside: (changed tables, table, file row, rule, value named)
SET_ASIDE = {
    "negative amount": (change("facility_activity", 1, amount="-70000"), "facility_activity", 3, "negative_amount", "-70000"),
    "unknown unit": (change("facility_activity", 1, amount_unit="石"), "facility_activity", 3, "unknown_unit", "石"),
    "unknown fuel in activity": (change("facility_activity", 1, activity_code="可乐"), "facility_activity", 3, "unknown_activity", "可乐"),
    "unknown fuel in energy": (change("energy", 3, fuel_code="可乐"), "energy", 5, "unknown_fuel", "可乐"),
    "duplicate facility": (twice("facilities", 0), "facilities", 6, "duplicate_facility", "F001"),
    "point outside the city": (change("facilities", 3, lon="121.5"), "facilities", 5, "point_outside_city", "121.5"),
    "PM10 below PM2.5": (change("facility_emissions", 1, amount="30"), "facility_emissions", 3, "pm_order_broken", None),
}  # fmt: skip


@pytest.mark.parametrize("case", SET_ASIDE)
def test_a_bad_row_is_set_aside_and_the_rest_is_published(case: str, good: Published, copied: Path) -> None:
    tables, table, row, rule, value = SET_ASIDE[case]
    run = spoil(copied, tables=tables)
    assert run.success, run.failures
    assert run.release_id != good.release_id
    found = query(
        copied,
        "select table_name, source_file, source_row, rule, value, message_zh, message_en, remedy_zh, remedy_en, row_json from quality.quarantine",
    )
    mine = [entry for entry in found if entry[0] == table and entry[2] == row and entry[3] == rule]
    assert mine, found
    assert value is None or value in str(mine[0][4]), mine
    assert all(mine[0][5:10])
    assert query(copied, "select count(*) from quality.amount_balance where in_rows <> out_rows")[0][0] >= 1
    assert (
        query(copied, "select count(*) from quality.mass_balance where abs(in_t - out_t - lost_t) > 1e-6")[0][
            0
        ]
        == 0
    )
    assert (copied / "out" / good.release_id / "manifest.json").read_bytes() == (
        good.root / "out" / good.release_id / "manifest.json"
    ).read_bytes()


def test_the_tonnes_of_a_facility_outside_the_city_are_counted_as_lost(copied: Path) -> None:
    before = query(copied, "select sum(emission_t) from inventory.emissions where species = 'VOCs'")[0][0]
    run = spoil(copied, tables=change("facilities", 3, lon="121.5"))
    assert run.success, run.failures
    after = query(copied, "select sum(emission_t) from inventory.emissions where species = 'VOCs'")[0][0]
    lost = query(
        copied, "select sum(emission_t) from inventory.quarantined_emissions where species = 'VOCs'"
    )[0][0]
    assert lost > 0
    assert after + lost == pytest.approx(before)
    ledger = query(
        copied,
        "select sum(lost_t) from quality.mass_balance where step = 'inventory.quarantined_emissions' and species = 'VOCs'",
    )[0][0]
    assert ledger == pytest.approx(lost)


def layer(name: str, edit: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]) -> dict[str, gpd.GeoDataFrame]:
    return {name: edit(tiny_layers()[name].copy())}


def widened(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The first feature reaches 0.01 degrees into its eastern neighbour."""
    west, south, east, north = frame.geometry.iloc[0].bounds
    frame.loc[frame.index[0], "geometry"] = shapely.box(west, south, east + 0.01, north)
    return frame


def narrowed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The first feature ends 0.01 degrees before its eastern neighbour."""
    west, south, east, north = frame.geometry.iloc[0].bounds
    frame.loc[frame.index[0], "geometry"] = shapely.box(west, south, east - 0.01, north)
    return frame


def misclassified(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The first feature's class contradicts the digit of its code."""
    frame.loc[frame.index[0], "control_class"] = 3
    return frame


# A package that breaks a rule of the whole stops the city: (changes, words of the message)
BLOCKED: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "overlapping zones": ({"layers": layer("air", widened)}, ("重叠", "overlap")),
    "gap in units": ({"layers": layer("control_units", narrowed)}, ("gap", "YS", "ZH")),
    "wrong class digit": ({"layers": layer("air", misclassified)}, ("类别位", "class digit")),
    "missing year": ({"tables": {"facility_activity": tiny_tables()["facility_activity"].with_columns(year=pl.lit("2019"))}}, ("2020", "2019")),
    "missing layer": ({"layers": {"air": None}}, ("air",)),
    "missing table": ({"tables": {"energy": None}}, ("energy",)),
}  # fmt: skip


@pytest.mark.parametrize("case", BLOCKED)
def test_a_broken_whole_stops_the_city_and_leaves_the_last_release(
    case: str, good: Published, copied: Path
) -> None:
    changes, words = BLOCKED[case]
    run = spoil(copied, **changes)
    assert not run.success
    assert run.release_id is None
    said = " ".join(f"{f.rule} {f.zh} {f.en} {f.sample}" for f in run.failures)
    assert all(
        failure.expected and failure.zh and failure.en and failure.remedy_zh and failure.remedy_en
        for failure in run.failures
    ), run.failures
    assert any(word in said for word in words), said
    assert (copied / "data/published/sxyd.duckdb").resolve().name == good.database
    assert query(copied, "select release_id from meta.release") == [(good.release_id,)]


def test_an_invalid_polygon_is_repaired_and_reported(copied: Path) -> None:
    def spiked(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """The first feature gets a spike without area, which makes its ring touch itself."""
        west, south, east, north = frame.geometry.iloc[0].bounds
        ring = [
            (west, south),
            (east, south),
            (east, north),
            (west, north),
            (west, south + 0.02),
            (west - 0.001, south + 0.02),
            (west, south + 0.02),
        ]
        frame.loc[frame.index[0], "geometry"] = shapely.Polygon(ring)
        return frame

    run = spoil(copied, layers=layer("air", spiked))
    assert run.success, run.failures
    rules = query(copied, "select distinct rule from quality.findings")
    assert ("geometry_repaired",) in rules
    assert query(copied, "select count(*) from zoning.topology where finding = 'repaired'")[0][0] >= 1


def test_mending_the_package_publishes_again(good: Published, copied: Path) -> None:
    assert not spoil(copied, layers=layer("air", widened)).success
    folder = Path("data/cities") / TINY_ADCODE
    shutil.rmtree(copied / folder)
    shutil.copytree(good.root / folder, copied / folder)
    run = run_city(workspace_of(copied), TINY_ADCODE, deliverables=(NONE,))
    assert run.success, run.failures
    assert run.release_id == good.release_id


def list_with(ratio: str) -> pl.DataFrame:
    """An access list whose unit asks for a replacement ratio under a city that asks for two."""
    return pl.DataFrame(
        [
            ("C1", "overall", "city", TINY_ADCODE, "emission", "新建项目主要污染物实行两倍削减替代。", "2"),
            ("C2", "control_unit", "control_unit", "ZH32110220001", "emission", f"本单元新建项目主要污染物实行{ratio}倍削减替代。", ratio),
        ],
        schema=["clause_id", "level", "scope_type", "scope_code", "dimension", "clause_text", "threshold"],
        orient="row",
    ).with_columns(metric=pl.lit("replacement_ratio"), operator=pl.lit(">="), unit=pl.lit("倍"))  # fmt: skip


def test_a_relaxation_stops_the_city_names_both_clauses_and_a_waiver_lets_it_pass(
    good: Published, copied: Path
) -> None:
    lists = {"access_list": list_with("1.5")}
    run = spoil(copied, "inputs", "access", "published", tables=lists)
    assert not run.success
    assert run.release_id is None
    said = {failure.rule: failure.zh for failure in run.failures}
    assert "C2" in said["RelaxationBlockedError"]
    assert "C1" in said["RelaxationBlockedError"]
    assert (copied / "data/published/sxyd.duckdb").resolve().name == good.database

    waiver = pl.DataFrame(
        {
            "clause_id": ["C2"],
            "parent_clause_id": ["C1"],
            "author": ["张三"],
            "reason": ["历史遗留"],
            "waived_on": ["2024/5/1"],
        }
    )
    run = spoil(copied, "inputs", "access", "published", tables={**lists, "waivers": waiver})
    assert run.success, run.failures
    printed = query(
        copied,
        "select clause_id, other_clause_id, kind, resolution, author, waiver_reason, waived_on from access.clause_conflicts where kind = 'relaxation'",
    )
    assert printed == [("C2", "C1", "relaxation", "waived", "张三", "历史遗留", "2024-05-01")]
    held = query(
        copied,
        "select clause_id, is_effective, replaced_by from access.control_unit_lists where control_unit_code = 'ZH32110220001' and clause_id in ('C1', 'C2') order by 1",
    )
    assert held == [("C1", False, "C2"), ("C2", True, None)]
