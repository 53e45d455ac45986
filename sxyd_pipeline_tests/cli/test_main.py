"""Exit codes, languages and what happens when something goes wrong."""

import subprocess
import sys
from pathlib import Path

import pytest

from sxyd_pipeline.cli import scaffold
from sxyd_pipeline_tests.cli.program import Program

VERBS = (
    "demo", "init", "check", "run", "status", "sql", "portfolio", "export", "diff", "validate-delivery", "ui", "synth",
    "doctor",
)  # fmt: skip


def test_help_lists_every_verb_in_the_chosen_language(sxyd: Program) -> None:
    zh, en = sxyd("--help"), sxyd("--help", "--lang", "en")
    assert (zh.code, en.code) == (0, 0)
    assert all(f"\n  {verb} " in zh.out and f"\n  {verb} " in en.out for verb in VERBS)
    assert "构建示例城市" in zh.out
    assert "构建" not in en.out
    assert "build the example city" in en.out


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_a_verb_speaks_one_language(sxyd: Program, verb: str) -> None:
    english = sxyd(verb, "--help", "--lang=en")
    assert english.code == 0
    assert "｜" not in english.out
    assert english.out.isascii() or not any("\u4e00" <= mark <= "\u9fff" for mark in english.out)


def test_no_verb_shows_the_help_and_counts_as_wrong_usage(sxyd: Program) -> None:
    said = sxyd()
    assert said.code == 2
    assert "sxyd [OPTIONS] COMMAND" in said.out


@pytest.mark.parametrize(
    "arguments",
    [
        ["rnu"], ["diff"], ["run"], ["run", "--nothing"], ["sql"], ["sql", "select 1", "--limit", "x"],
        ["--lang", "de", "doctor"], ["init", "32010"], ["init", "320102"], ["init", "320100", "--headers", "fr"],
        ["synth", "--cities", "0"], ["ui", "--port", "99999"],
    ],
)  # fmt: skip
def test_wrong_usage_exits_with_2_and_no_traceback(sxyd: Program, arguments: list[str]) -> None:
    said = sxyd(*arguments)
    assert said.code == 2
    assert said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize("arguments", [["check", "999999"], ["run", "999999"], ["sql", "select 1"]])
def test_a_fault_in_the_data_exits_with_1_and_says_what_to_do(sxyd: Program, arguments: list[str]) -> None:
    zh, en = sxyd(*arguments), sxyd(*arguments, "--lang", "en")
    assert (zh.code, en.code) == (1, 1)
    assert "处理办法" in zh.err
    assert "未预料" not in zh.err
    assert "What to do" in en.err
    assert "Traceback" not in zh.err


def test_faults_are_documents_with_json(sxyd: Program) -> None:
    said = sxyd("--json", "check", "999999")
    assert said.code == 1
    assert said.document["ok"] is False
    assert said.document["error"]["rule"] == "NoPackageError"
    assert said.err == ""


def test_an_unexpected_error_is_one_line_and_its_traceback_is_in_the_log(
    sxyd: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def burst(*_: object) -> int:
        message = "nobody thought of this"
        raise RuntimeError(message)

    monkeypatch.setattr(scaffold, "scaffold_package", burst)
    said = sxyd("init", "320100")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert said.err.count("\n") == 1
    (log,) = (tmp_path / "data" / "published" / "logs").iterdir()
    assert str(log) in said.err
    assert "Traceback" in log.read_text(encoding="utf-8")
    assert "Traceback" in sxyd("init", "320100", "--debug").err


def test_an_error_of_the_system_names_the_file(
    sxyd: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied", str(tmp_path / "x"))

    monkeypatch.setattr(scaffold, "scaffold_package", refuse)
    said = sxyd("init", "320100", "--lang", "en")
    assert said.code == 1
    assert f"cannot read or write {tmp_path / 'x'}" in said.err


def test_the_module_runs_as_a_program() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sxyd_pipeline.cli", "--help"],
        capture_output=True,
        text=True,
        check=True,
        encoding="utf-8",
    )
    assert "sxyd [OPTIONS]" in done.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from sxyd_pipeline.cli.main import run; run(['--help']); "
        "heavy = {'dagster', 'polars', 'duckdb', 'geopandas', 'pandas', 'matplotlib', 'great_expectations'}; "
        "sys.stderr.write(' '.join(sorted(heavy & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.stderr == ""
    assert done.returncode == 0
