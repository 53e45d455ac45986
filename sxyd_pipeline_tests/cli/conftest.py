"""Fixtures of the command line tests."""

from pathlib import Path

import pytest

from sxyd_pipeline.io.workspace import HOME_VARIABLE
from sxyd_pipeline_tests.cli.program import Program, program


@pytest.fixture
def sxyd(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    """The program, at home in a folder of its own."""
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return program(capsys)
