"""The program as a user calls it, in this process: arguments in, exit code and text out."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sxyd_pipeline.cli.main import run


@dataclass(frozen=True, slots=True)
class Said:
    """What one call printed, and its exit code."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document on standard output; nothing else may stand there."""
        return dict(json.loads(self.out))


Program = Callable[..., Said]


def program(capsys: pytest.CaptureFixture[str]) -> Program:
    """Return a function that calls ``sxyd`` with arguments."""

    def call(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        told = capsys.readouterr()
        return Said(code, told.out, told.err)

    return call
