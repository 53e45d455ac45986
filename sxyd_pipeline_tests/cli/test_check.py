"""A check tells everything that is wrong at once, where it is, and stores nothing."""

import csv
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline_tests.cli.program import Program
from sxyd_pipeline_tests.packages import TINY_ADCODE, tiny_config, tiny_layers, tiny_tables, write_tiny_city

HOSTILE = "<script>alert(1)</script>"
FORMULA = "=cmd|' /C calc'!A0"


def place(root: Path) -> Path:
    return root / "data" / "cities" / TINY_ADCODE


def findings(root: Path) -> list[dict[str, str]]:
    with (root / "out" / "check" / TINY_ADCODE / "findings.csv").open(
        encoding="utf-8-sig", newline=""
    ) as file:
        return list(csv.DictReader(file))


def rules(document: dict[str, list[dict[str, list[dict[str, str]]]]]) -> set[tuple[str, str]]:
    return {(one["source_file"], one["rule"]) for one in document["cities"][0]["findings"]}


def test_a_complete_package_is_ready_and_nothing_is_stored(sxyd: Program, tmp_path: Path) -> None:
    write_tiny_city(place(tmp_path))
    said = sxyd("check", TINY_ADCODE)
    assert said.code == 0, said.err
    assert "可以运行" in said.out
    assert findings(tmp_path) == []
    assert (tmp_path / "out" / "check" / TINY_ADCODE / "findings.html").is_file()
    assert not (tmp_path / "data" / "lake").exists()
    assert not (tmp_path / "data" / "published").exists()


def test_a_fresh_template_lists_every_table_and_layer_that_is_missing(sxyd: Program) -> None:
    sxyd("init", TINY_ADCODE)
    said = sxyd("check", TINY_ADCODE, "--json")
    assert said.code == 1
    required = ("facilities", "facility_activity", "area_activity", "energy", "economy", "targets")
    assert {(f"{name}.csv", "UnfilledTableError") for name in required} | {
        (f"zones/{name}.gpkg", "MissingLayerError") for name in ("districts", "air", "resources")
    } == rules(said.document)


def test_three_tables_filled_by_hand_leave_the_rest_to_be_reported(sxyd: Program, tmp_path: Path) -> None:
    sxyd("init", TINY_ADCODE, "--dir", tmp_path / "X")
    folder = tmp_path / "X" / TINY_ADCODE
    for name in ("facilities", "facility_activity", "energy"):
        tiny_tables()[name].write_csv(folder / f"{name}.csv")
    tiny_layers()["districts"].to_file(folder / "zones" / "districts.gpkg", layer="districts", driver="GPKG")
    said = sxyd("check", tmp_path / "X", "--json")
    assert said.code == 1
    found = rules(said.document)
    assert {("economy.csv", "UnfilledTableError"), ("zones/air.gpkg", "MissingLayerError")} <= found
    assert not any(file in {"facilities.csv", "energy.csv"} for file, _ in found)
    states = {one["table"]: one["state"] for one in said.document["cities"][0]["tables"]}
    # The districts alone are enough to check the facilities.
    assert (states["facilities"], states["facility_activity"], states["economy"]) == ("ok", "ok", "blocked")


def test_findings_of_many_files_are_told_at_once_with_their_places(sxyd: Program, tmp_path: Path) -> None:
    tables = tiny_tables()
    spoiled = {
        "facilities": tables["facilities"].with_columns(
            industry_code=pl.when(pl.col("facility_id") == "F004")
            .then(pl.lit(FORMULA))
            .otherwise("industry_code")
        ),
        "facility_activity": tables["facility_activity"].with_columns(
            amount=pl.when(pl.col("activity_code") == "natural_gas").then(pl.lit("-5")).otherwise("amount")
        ),
        "area_activity": tables["area_activity"].with_columns(
            amount_unit=pl.when(pl.col("activity_code") == "fertilizer_n")
            .then(pl.lit(HOSTILE))
            .otherwise("amount_unit")
        ),
        "energy": None,
    }
    air = tiny_layers()["air"]
    air.loc[0, "control_class"] = 3
    write_tiny_city(place(tmp_path), tables=spoiled, layers={"air": air})
    said = sxyd("check", TINY_ADCODE, "--json")
    assert said.code == 1
    assert {
        ("energy.csv", "MissingTableError"),
        ("facilities.csv", "unknown_industry"),
        ("facility_activity.csv", "negative_amount"),
        ("facility_activity.csv", "facility_set_aside"),
        ("area_activity.csv", "unknown_unit"),
        ("zones/air.gpkg", "class_digit_mismatch"),
    } <= rules(said.document)
    rows = findings(tmp_path)
    (industry,) = [row for row in rows if row["规则"] == "unknown_industry"]
    assert (industry["文件"], industry["行"], industry["列"]) == ("facilities.csv", "5", "industry_code")
    assert industry["值"] == f"'{FORMULA}"
    page = (tmp_path / "out" / "check" / TINY_ADCODE / "findings.html").read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert "&lt;script&gt;alert(1)" in page


def test_rows_set_aside_do_not_block(sxyd: Program, tmp_path: Path) -> None:
    activity = tiny_tables()["facility_activity"]
    spoiled = activity.with_columns(
        amount=pl.when(pl.col("activity_code") == "electricity").then(pl.lit("x")).otherwise("amount")
    )
    write_tiny_city(place(tmp_path), tables={"facility_activity": spoiled})
    said = sxyd("check", TINY_ADCODE, "--lang", "en")
    assert said.code == 0
    assert "not a number" in said.out
    assert "ready to run" in said.out


def test_a_gap_between_control_units_blocks_as_it_would_in_a_run(sxyd: Program, tmp_path: Path) -> None:
    units = tiny_layers()["control_units"].drop(index=3)
    write_tiny_city(place(tmp_path), layers={"control_units": units})
    said = sxyd("check", TINY_ADCODE, "--json")
    assert said.code == 1
    blocking = [one for one in said.document["cities"][0]["findings"] if one["strength"] == "block"]
    assert {one["table_name"].split(".")[-1] for one in blocking} & {"control_units", "control_unit_zones"}


@pytest.mark.parametrize(
    ("config", "rule"),
    [
        ("adcode = ", "UnreadableConfigError"),
        (tiny_config().replace("base_year = 2020", "base_year = 20200"), "InvalidConfigError"),
    ],
)
def test_wrong_settings_are_a_finding_of_city_toml(
    sxyd: Program, tmp_path: Path, config: str, rule: str
) -> None:
    write_tiny_city(place(tmp_path), config=config)
    said = sxyd("check", TINY_ADCODE, "--json")
    assert said.code == 1
    assert rules(said.document) == {("city.toml", rule)}


def test_files_go_where_out_says_and_speak_the_chosen_language(sxyd: Program, tmp_path: Path) -> None:
    write_tiny_city(place(tmp_path), tables={"energy": None})
    said = sxyd("check", TINY_ADCODE, "--out", tmp_path / "seen", "--lang", "en")
    assert said.code == 1
    header, first = (tmp_path / "seen" / "findings.csv").read_text(encoding="utf-8-sig").splitlines()[:2]
    assert header.startswith("strength,file,sheet,row")
    assert first.startswith("blocks,energy.csv")
    assert '<html lang="en">' in (tmp_path / "seen" / "findings.html").read_text(encoding="utf-8")
