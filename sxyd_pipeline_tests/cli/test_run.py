"""Cities run one after the other; what is published can be seen, asked and written again."""

import csv
import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sxyd_pipeline.cli.run import progress_of, run_cities
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.cli.settings import Settings
from sxyd_pipeline.definitions import CHAPTERS
from sxyd_pipeline.io.fingerprints import hash_file
from sxyd_pipeline.io.workspace import HOME_VARIABLE, find_workspace
from sxyd_pipeline_tests.cli.program import Program, Said, program
from sxyd_pipeline_tests.packages import (
    SIBLING_ADCODES,
    TINY_ADCODE,
    tiny_layers,
    tiny_tables,
    write_tiny_city,
)

OTHER = SIBLING_ADCODES[1]
PUBLISH = ("--select", "published")
TOTALS = "select species, sum(emission_t) as t from inventory.emissions group by 1 order by 1"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one published city, and the document of its run in ``run.json``."""
    root = tmp_path_factory.mktemp("home")
    write_tiny_city(root / "data" / "cities" / TINY_ADCODE)
    assert run_quietly(root) == 0
    return root


def run_quietly(root: Path, *deliverables: str) -> int:
    out = io.StringIO()
    code = run_cities(
        Screen(Settings(as_json=True), out), find_workspace(root), [TINY_ADCODE], [], deliverables
    )
    (root / "run.json").write_text(out.getvalue(), encoding="utf-8")
    return code


@pytest.fixture
def at_home(published: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setenv(HOME_VARIABLE, str(published))
    return program(capsys)


def test_a_run_publishes_and_says_under_which_id(published: Path) -> None:
    told = json.loads((published / "run.json").read_text(encoding="utf-8"))
    (city,) = told["cities"]
    assert told["ok"] is True
    assert (published / "out" / city["release_id"] / "manifest.json").is_file()
    assert city["failures"] == []


def test_a_release_has_the_deliverables_that_are_asked_for_and_loses_none(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_city(tmp_path / "data" / "cities" / TINY_ADCODE)
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    sxyd = program(capsys)
    seen = []
    for words, groups in (("none", ()), ("access", PUBLISH), ("access,case", PUBLISH), ("none", PUBLISH)):
        said = sxyd("run", TINY_ADCODE, "--deliverables", words, *groups, "--json")
        (told,) = said.document["cities"]
        (manifest,) = tmp_path.glob("out/*/manifest.json")
        document = json.loads(manifest.read_text(encoding="utf-8"))
        assert document["release_id"] == told["release_id"]
        assert {*document["files"], "manifest.json"} == {
            path.relative_to(manifest.parent).as_posix()
            for path in manifest.parent.rglob("*")
            if path.is_file()
        }
        seen.append(document["deliverables"])
    assert seen == [[], ["access_lists"], ["access_lists", "case_text"], ["access_lists", "case_text"]]
    # Documents or not, it is the same data under the same id.
    whole = json.loads((published / "run.json").read_text(encoding="utf-8"))
    assert told["release_id"] == whole["cities"][0]["release_id"]


def test_a_deliverable_that_does_not_exist_is_refused(at_home: Program) -> None:
    said = at_home("run", TINY_ADCODE, "--deliverables", "atals", "--lang", "en")
    assert said.code == 2
    assert "choose from: report, case, atlas, data, access, quality, explorer, all, none" in said.err


def test_the_published_totals_can_be_asked(at_home: Program) -> None:
    rows = at_home("sql", TOTALS, "--json").document["rows"]
    totals = {row["species"]: row["t"] for row in rows}
    assert totals["CO2"] > 2_000_000
    assert totals["SO2"] >= 300
    release = at_home("status", "--json").document["cities"][0]["release_id"]
    as_of = at_home("sql", TOTALS, "--as-of", release, "--csv")
    assert [row["species"] for row in csv.DictReader(io.StringIO(as_of.out))] == sorted(totals)
    assert at_home("sql", TOTALS, "--as-of", "321100-2020-nothing").code == 1


def test_a_published_city_is_fresh_and_a_changed_file_makes_it_stale(
    at_home: Program, published: Path
) -> None:
    (fresh,) = at_home("status", TINY_ADCODE, "--json").document["cities"]
    assert {group["group"]: group["state"] for group in fresh["groups"]} == dict.fromkeys(
        tuple(CHAPTERS), "fresh"
    )
    path = published / "data" / "cities" / TINY_ADCODE / "targets.csv"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\n")
        (stale,) = at_home("status", TINY_ADCODE, "--json").document["cities"]
        assert {group["state"] for group in stale["groups"]} == {"stale"}
        assert "targets.csv" in stale["groups"][0]["reasons"][0]["en"]
        assert "targets.csv" in at_home("status").out
    finally:
        path.write_bytes(before)
    # The content counts, not the time of the file.
    (again,) = at_home("status", TINY_ADCODE, "--json").document["cities"]
    assert {group["state"] for group in again["groups"]} == {"fresh"}


def test_export_writes_the_same_bytes_as_the_release(
    at_home: Program, published: Path, tmp_path: Path
) -> None:
    said = at_home("export", TINY_ADCODE, "all", "--out", tmp_path / "again", "--json")
    assert said.code == 0, said.out
    release = published / "out" / said.document["release_id"]
    files = json.loads((release / "manifest.json").read_text(encoding="utf-8"))["files"]
    for name, facts in files.items():
        if name != "sxyd.duckdb":
            assert hash_file(tmp_path / "again" / name) == facts["sha256"], name
    assert (tmp_path / "again" / "sxyd.duckdb").is_file()
    assert set(files) <= {one["file"] for one in said.document["files"]}


def test_export_writes_only_what_is_asked_for(at_home: Program, tmp_path: Path) -> None:
    assert at_home("export", TINY_ADCODE, "database", "--out", tmp_path / "one").code == 0
    assert not (tmp_path / "one" / "data").exists()
    assert at_home("export", TINY_ADCODE, "data", "--as-of", "latest", "--out", tmp_path / "two").code == 0
    assert {path.name for path in (tmp_path / "two").iterdir()} == {"data", "manifest.json"}


def test_export_in_english_lies_apart_from_the_chinese_release(at_home: Program) -> None:
    said = at_home("export", TINY_ADCODE, "data", "--lang", "en", "--json")
    folder = Path(said.document["folder"])
    assert folder.name == f"{said.document['release_id']}-en"
    assert "result data" in (folder / "data" / "README.md").read_text(encoding="utf-8")


def test_a_release_compared_with_itself_says_so_and_leaves_two_pages(
    at_home: Program, tmp_path: Path
) -> None:
    said = at_home("diff", TINY_ADCODE, "latest", "latest", "--out", tmp_path, "--json")
    assert said.code == 0
    assert said.document["sources"] == said.document["clauses"] == []
    assert "没有差别" in (tmp_path / "diff.md").read_text(encoding="utf-8")
    assert (tmp_path / "diff.html").is_file()
    assert at_home("diff", TINY_ADCODE, "previous", "latest").code == 1
    assert at_home("diff", TINY_ADCODE, "nothing", "latest").code == 1


def test_after_one_plants_coal_rises_by_half_the_difference_names_it_and_what_follows(
    published: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "home"
    shutil.copytree(published, root, symlinks=True)
    monkeypatch.setenv(HOME_VARIABLE, str(root))
    table = root / "data" / "cities" / TINY_ADCODE / "facility_activity.csv"
    coal = (pl.col("facility_id") == "0002") & (pl.col("activity_code") == "bituminous_coal")
    rows = pl.read_csv(table, infer_schema=False)
    more = pl.when(coal).then(pl.lit("105000")).otherwise(pl.col("amount"))
    rows.with_columns(amount=more).write_csv(table)
    assert run_quietly(root, "none") == 0
    said = program(capsys)("diff", TINY_ADCODE, "--json")
    assert said.code == 0, said.err
    (source,) = said.document["sources"]
    assert (source["subject_id"], source["before"], source["after"]) == ("0002", 70_000, 105_000)
    (carbon,) = [t for t in said.document["totals"] if t["species"] == "CO2" and not t["scenario_id"]]
    assert carbon["after_t"] - carbon["before_t"] == pytest.approx(source["co2_change_t"])
    assert "ZH32110210001" in {unit["control_unit_code"] for unit in said.document["units"]}
    assert said.document["clauses"]
    page = Path(said.document["written"][0]).read_text(encoding="utf-8")
    assert "因 0002（试验二水泥厂） 烟煤 +50.0 %" in page


def test_our_own_release_passes_the_check_of_deliveries(
    at_home: Program, published: Path, tmp_path: Path
) -> None:
    told = json.loads((published / "run.json").read_text(encoding="utf-8"))
    release = published / "out" / told["cities"][0]["release_id"]
    said = at_home("validate-delivery", release, "--out", tmp_path, "--json")
    assert said.document["findings"] == []
    assert said.code == 0
    copied = shutil.copytree(release / "data", tmp_path / "copy")
    (copied / "shapefile" / "HJGKDY.prj").unlink()
    damaged = at_home("validate-delivery", copied, "--out", tmp_path / "found")
    assert damaged.code == 1
    assert "HJGKDY.shp" in damaged.out
    page = (tmp_path / "found" / "findings.html").read_text(encoding="utf-8")
    assert "EPSG:4490" in page
    assert "missing_sidecar" in (tmp_path / "found" / "findings.csv").read_text(encoding="utf-8-sig")
    assert at_home("validate-delivery", tmp_path / "nothing").code == 1
    assert at_home("validate-delivery", copied, "--spec", "1999").code == 1


def test_export_of_nothing_known_is_refused(at_home: Program) -> None:
    assert at_home("export", TINY_ADCODE, "poem").code == 2
    assert at_home("export", "999999", "data").code == 1
    assert at_home("export", TINY_ADCODE, "data", "--as-of", "nothing").code == 1


def test_a_failing_city_stops_no_other_and_shows_its_rows(sxyd: Program, tmp_path: Path) -> None:
    cities = tmp_path / "packages"
    activity = tiny_tables()["facility_activity"].with_columns(year=pl.lit("2019"))
    write_tiny_city(cities / TINY_ADCODE, tables={"facility_activity": activity})
    write_tiny_city(cities / OTHER, adcode=OTHER)
    said = sxyd("run", TINY_ADCODE, OTHER, "--select", "inputs", "--dir", cities, "--json")
    assert said.code == 1
    bad, good = said.document["cities"]
    assert (bad["city"], bad["success"], good["city"], good["success"]) == (TINY_ADCODE, False, OTHER, True)
    assert bad["failures"][0]["rule"] == "MissingYearError"
    assert bad["failures"][0]["remedy_zh"]
    status = sxyd("status", TINY_ADCODE, "--dir", cities, "--json").document["cities"][0]
    inputs = next(group for group in status["groups"] if group["group"] == "inputs")
    assert inputs["state"] == "failed"
    assert "MissingYearError" in str(bad)
    assert "2020" in inputs["reasons"][0]["zh"]
    plain = sxyd("run", TINY_ADCODE, "--select", "inputs", "--dir", cities, "--lang", "en")
    assert plain.code == 1
    assert f"city={TINY_ADCODE} asset=facility_activity state=blocked" in plain.out
    assert "what to do" in plain.err


def test_cities_side_by_side_tell_the_same_as_one_after_the_other(sxyd: Program, tmp_path: Path) -> None:
    cities = tmp_path / "packages"
    activity = tiny_tables()["facility_activity"].with_columns(year=pl.lit("2019"))
    write_tiny_city(cities / TINY_ADCODE, tables={"facility_activity": activity})
    write_tiny_city(cities / OTHER, adcode=OTHER)
    (cities / "321200").mkdir()
    (cities / "321200" / "city.toml").write_text("adcode = ", encoding="utf-8")
    asked = ("run", cities, "--select", "inputs", "--json")
    one_by_one, at_once = sxyd(*asked), sxyd(*asked, "--jobs", 2)
    assert (one_by_one.code, at_once.code) == (1, 1)

    def told(said: Said) -> list[dict[str, Any]]:
        passing = ("run_id", "seconds")
        return [
            {key: value for key, value in city.items() if key not in passing}
            for city in said.document["cities"]
        ]

    assert [city["success"] for city in told(at_once)] == [False, False, True]
    assert told(at_once) == told(one_by_one)


def test_a_process_that_ends_on_its_way_fails_its_city_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for adcode in (TINY_ADCODE, OTHER):
        write_tiny_city(tmp_path / "data" / "cities" / adcode, adcode=adcode)
    real = subprocess.run

    def kill_one(command: list[str], **how: Any) -> subprocess.CompletedProcess[str]:
        if OTHER in command[4]:
            return subprocess.CompletedProcess(command, -9, stdout="")
        return real(command, **how)

    monkeypatch.setattr("sxyd_pipeline.cli.side_by_side.subprocess.run", kill_one)
    out = io.StringIO()
    code = run_cities(
        Screen(Settings(as_json=True), out),
        find_workspace(tmp_path),
        [TINY_ADCODE, OTHER],
        ["inputs"],
        jobs=2,
    )
    first, second = json.loads(out.getvalue())["cities"]
    assert code == 1
    assert first["success"]
    assert second["error"]["rule"] == "EndedProcessError"
    assert "-9" in second["error"]["message_en"]


def test_a_gap_between_control_units_shows_the_rows_and_the_remedy(sxyd: Program, tmp_path: Path) -> None:
    units = tiny_layers()["control_units"].drop(index=3)
    write_tiny_city(tmp_path / "data" / "cities" / TINY_ADCODE, layers={"control_units": units})
    said = sxyd("run", TINY_ADCODE, "--select", "inputs,zoning", "--lang", "en")
    assert said.code == 1
    assert "units_cover_the_city" in said.err
    assert "what to do" in said.err
    assert "coverage" in said.out
    skipped = said.err.partition("a parent failed: ")[2].splitlines()[0]
    assert {"control_unit_zones", "topology"} <= set(skipped.split(", "))


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("stream", "lines"), [(io.StringIO(), 2), (Terminal(), 0)])
def test_a_terminal_gets_a_bar_and_a_pipe_gets_lines(
    stream: io.StringIO, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    with progress_of(Screen(Settings(), stream), TINY_ADCODE, 2) as on_event:
        on_event("facilities", "started", 0.0)
        on_event("facilities", "done", 1.5)
        on_event("energy", "blocked", 0.25)
    shown = stream.getvalue()
    assert shown.count(f"city={TINY_ADCODE} asset=") == lines
    if lines:
        assert f"city={TINY_ADCODE} asset=facilities state=done seconds=1.50\n" in shown
    else:
        assert "2/2" in shown


def test_groups_may_be_listed_with_commas_or_blanks(sxyd: Program, tmp_path: Path) -> None:
    write_tiny_city(tmp_path / "data" / "cities" / TINY_ADCODE)
    said = sxyd("run", TINY_ADCODE, "--select", "inputs", "zoning", "--json")
    assert said.code == 0, said.out
    states = {
        group["group"]: group["state"] for group in sxyd("status", "--json").document["cities"][0]["groups"]
    }
    assert states == {
        "inputs": "fresh", "inventory": "never", "zoning": "fresh", "baseline": "never",
        "projection": "never", "synergy": "never", "access": "never", "published": "never",
    }  # fmt: skip


def test_an_unknown_group_is_refused_with_the_known_ones(sxyd: Program, tmp_path: Path) -> None:
    write_tiny_city(tmp_path / "data" / "cities" / TINY_ADCODE)
    said = sxyd("run", TINY_ADCODE, "--select", "inventry", "--lang", "en")
    assert said.code == 2
    assert "inputs, inventory, zoning, baseline, projection, synergy, access, published" in said.err


def test_the_release_of_another_folder_can_be_asked(
    at_home: Program, published: Path, tmp_path: Path
) -> None:
    shutil.copytree(published / "out", tmp_path / "elsewhere")
    release = at_home("status", "--json").document["cities"][0]["release_id"]
    said = at_home("sql", "select 1 as one", "--as-of", release, "--out", tmp_path / "elsewhere", "--json")
    assert said.document["rows"] == [{"one": 1}]
