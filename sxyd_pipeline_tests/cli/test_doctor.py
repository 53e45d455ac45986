"""The doctor says point by point what would stop a run."""

import importlib.metadata
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from sxyd_pipeline.cli import doctor
from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline_tests.cli.program import Program


def verdicts(document: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {item["point"]: item["verdict"] for item in document["checks"]}


def test_a_fresh_folder_is_fit_to_run_and_says_what_is_not_there_yet(sxyd: Program) -> None:
    said = sxyd("doctor", "--json")
    found = verdicts(said.document)
    assert said.code == 0, said.out
    assert found["database"] == "warn"
    assert found["packages"] == found["font"] == found["reference"] == found["write lake"] == "ok"


def test_every_point_is_worded_in_both_languages(sxyd: Program) -> None:
    assert all(item["zh"] and item["en"] for item in sxyd("doctor", "--json").document["checks"])
    assert "可以运行" in sxyd("doctor").out
    assert "ready to run" in sxyd("doctor", "--lang", "en").out


def test_a_package_of_another_version_fails(sxyd: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.metadata.version
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "0.1" if name == "polars" else real(name))
    said = sxyd("doctor", "--json")
    assert said.code == 1
    assert verdicts(said.document)["packages"] == "fail"
    assert any("polars 0.1" in item["en"] for item in said.document["checks"])


@pytest.mark.parametrize(
    ("free", "verdict"), [(5_000_000_000, "ok"), (500_000_000, "warn"), (1_000_000, "fail")]
)
def test_little_space_warns_and_too_little_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))
    assert [item.verdict for item in doctor.check_disk(find_workspace(tmp_path))] == [verdict]


def test_a_folder_that_cannot_be_written_fails(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("", encoding="utf-8")
    blocked = Workspace(tmp_path, file, tmp_path / "out")
    found = {item.point: item.verdict for item in doctor.check_writing(blocked)}
    assert found["write cities"] == "fail"
    assert found["write out"] == "ok"


def test_a_damaged_database_fails(tmp_path: Path) -> None:
    workspace = find_workspace(tmp_path)
    workspace.published.mkdir(parents=True)
    (workspace.published / "sxyd.duckdb").write_bytes(b"this is not a database" * 1000)
    assert [item.verdict for item in doctor.check_database(workspace)] == ["fail"]


def test_gb2312_has_6763_characters() -> None:
    assert len(doctor.gb2312_characters()) == 6763


def test_the_names_of_the_contracts_are_among_our_own_characters() -> None:
    assert set("管控单元排放清单") <= doctor.own_characters()
