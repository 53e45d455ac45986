"""The UI starts on the state of this folder, for this machine only unless asked."""

import socket
from pathlib import Path

import pytest

from sxyd_pipeline.cli import ui
from sxyd_pipeline.io.workspace import HOME_VARIABLE, find_workspace
from sxyd_pipeline_tests.cli.program import Program


def test_dagster_gets_its_home_and_our_folder(
    sxyd: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[tuple[list[str], dict[str, str]]] = []

    def note(command: list[str], environment: dict[str, str]) -> int:
        called.append((command, environment))
        return 0

    monkeypatch.setattr(ui, "become", note)
    said = sxyd("ui", "--port", "39117", "--json")
    assert said.code == 0
    assert said.document["address"] == "http://127.0.0.1:39117"
    ((command, environment),) = called
    home = tmp_path / "data" / "published" / "dagster"
    assert command[2:] == [
        "dagster",
        "dev",
        "-w",
        str(home / "workspace.yaml"),
        "-h",
        "127.0.0.1",
        "-p",
        "39117",
    ]
    assert "location_name: sxyd" in (home / "workspace.yaml").read_text(encoding="utf-8")
    assert environment["DAGSTER_HOME"] == str(home)
    assert environment[HOME_VARIABLE] == str(tmp_path)
    assert (home / "dagster.yaml").is_file()


def test_a_taken_port_is_told_before_anything_starts(sxyd: Program) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = sxyd("ui", "--port", port, "--lang", "en")
    assert said.code == 1
    assert f"--port {port + 1}" in said.err


def test_a_missing_web_server_says_how_to_install_it(sxyd: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.importlib.util, "find_spec", lambda _: None)
    said = sxyd("ui")
    assert said.code == 1
    assert "sxyd-pipeline[ui]" in said.err


def test_the_environment_keeps_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEPT", "yes")
    assert ui.environment(find_workspace(tmp_path))["KEPT"] == "yes"
