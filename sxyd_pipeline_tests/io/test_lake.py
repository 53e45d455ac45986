import os
import time
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.checks.results import Audited, CheckResult
from sxyd_pipeline.core.outcome import Outcome, finding, findings_frame
from sxyd_pipeline.io import durable
from sxyd_pipeline.io.durable import DiskFullError, sweep
from sxyd_pipeline.io.lake import ShardDamagedError, ShardMissingError, ShardStore, pack
from sxyd_pipeline_tests.checks.small import AMOUNTS, SQUARES, amounts_frame, squares_frame

CITY = "321100"
PASSED = CheckResult("a", "a", "contract", passed=True, observed=0.0, expected="= 0", zh="甲", en="a")


def store(root: Path, frame: pl.DataFrame | None = None, outcome: Outcome | None = None) -> ShardStore:
    lake = ShardStore(root)
    table = amounts_frame() if frame is None else frame
    lake.write(CITY, pack(Audited(AMOUNTS, outcome or Outcome(table), (PASSED,)), CITY))
    return lake


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert store(tmp_path).load_table("amounts", CITY).equals(amounts_frame())


def test_all_parts_of_an_outcome_come_back(tmp_path: Path) -> None:
    rows = findings_frame([finding("negative_amount", "energy", source_file="energy.csv", source_row=3)])
    held = amounts_frame().with_columns(rule=pl.lit("negative_amount"))
    back = store(tmp_path, outcome=Outcome(amounts_frame(), findings=rows, held=held)).load_outcome(
        "amounts", CITY
    )
    assert back.findings.equals(rows)
    assert back.held.equals(held)
    assert back.balance.is_empty()
    assert back.balance.columns == Outcome(amounts_frame()).balance.columns


def test_an_empty_frame_of_held_rows_keeps_its_columns(tmp_path: Path) -> None:
    outcome = Outcome(amounts_frame(), held=amounts_frame().clear())
    assert (
        store(tmp_path, outcome=outcome).load_outcome("amounts", CITY).held.columns == amounts_frame().columns
    )


def test_a_layer_comes_back_with_geometry_and_without(tmp_path: Path) -> None:
    lake = ShardStore(tmp_path)
    lake.write(CITY, pack(Audited(SQUARES, Outcome(squares_frame()), ()), CITY))
    layer = lake.load_layer("squares", CITY)
    assert layer.crs.to_epsg() == 4490
    assert layer.geometry.geom_equals(squares_frame().geometry).all()
    assert lake.load_table("squares", CITY).columns == ["city_code", "code"]


def test_the_same_content_gives_the_same_version(tmp_path: Path) -> None:
    first = store(tmp_path).need("amounts", CITY)
    second = store(tmp_path).need("amounts", CITY)
    assert first == second
    assert len(_versions(tmp_path)) == 1


def test_two_versions_are_kept_and_the_pointer_names_the_last(tmp_path: Path) -> None:
    for value in (1.0, 2.0, 3.0):
        lake = store(tmp_path, amounts_frame(emission_t=[value, value]))
    assert len(_versions(tmp_path)) == 2
    assert lake.load_table("amounts", CITY)["emission_t"].to_list() == [3.0, 3.0]


def test_an_old_result_that_comes_back_becomes_current_again(tmp_path: Path) -> None:
    for value in (1.0, 2.0, 1.0):
        lake = store(tmp_path, amounts_frame(emission_t=[value, value]))
    assert lake.load_table("amounts", CITY)["emission_t"].to_list() == [1.0, 1.0]


def test_a_missing_shard_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(ShardMissingError, match="sxyd run 321100"):
        ShardStore(tmp_path).load_table("amounts", CITY)


@pytest.mark.parametrize("damage", ["cut", "changed", "gone", "no index", "no version"])
def test_a_damaged_shard_is_named_never_read(tmp_path: Path, damage: str) -> None:
    lake = store(tmp_path)
    shard = lake.need("amounts", CITY)
    path = shard.path("table")
    content = path.read_bytes()
    if damage == "cut":
        path.write_bytes(content[:-5])
    elif damage == "changed":
        path.write_bytes(content[:20] + bytes([content[20] ^ 1]) + content[21:])
    elif damage == "gone":
        path.unlink()
    elif damage == "no index":
        (shard.folder / "shard.json").unlink()
    else:
        (shard.folder.parent / "current").write_text("")
    with pytest.raises(ShardDamagedError) as caught:
        lake.load_table("amounts", CITY)
    assert "sxyd run 321100" in caught.value.remedy_zh


def test_a_damaged_version_is_written_anew(tmp_path: Path) -> None:
    lake = store(tmp_path)
    lake.need("amounts", CITY).path("table").write_bytes(b"x")
    assert store(tmp_path).load_table("amounts", CITY).equals(amounts_frame())


@pytest.mark.parametrize("call", range(1, 8))
def test_a_full_disk_at_any_write_leaves_the_last_shard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: int
) -> None:
    lake = store(tmp_path)
    real, calls = os.fsync, []

    def full(handle: int) -> None:
        calls.append(handle)
        if len(calls) >= call:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(durable.os, "fsync", full)
    try:
        with pytest.raises(DiskFullError, match="上一次的结果完好无损"):
            store(tmp_path, amounts_frame(emission_t=[9.0, 9.0]))
    finally:
        monkeypatch.undo()
    # Only the last sync, of the folder that already holds the new pointer, may come after the change.
    assert lake.load_table("amounts", CITY)["emission_t"].to_list() in ([1.0, 2.0], [9.0, 9.0])
    if call <= 6:
        assert lake.load_table("amounts", CITY)["emission_t"].to_list() == [1.0, 2.0]
    assert not list(tmp_path.rglob(".tmp-*"))


def test_left_overs_of_killed_writers_go_after_an_hour(tmp_path: Path) -> None:
    old, young = tmp_path / ".tmp-old", tmp_path / ".tmp-young"
    for folder in (old, young):
        folder.mkdir()
        (folder / "x").write_text("x")
    hour_ago = time.time() - 3700
    os.utime(old, (hour_ago, hour_ago))
    assert sweep(tmp_path) == [old]
    assert young.exists()


def _versions(root: Path) -> list[Path]:
    return [path for path in (root / "amounts" / CITY).iterdir() if path.is_dir()]
