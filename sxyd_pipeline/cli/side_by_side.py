"""Several cities at a time: each in a process of its own, as if each had been run alone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sxyd_pipeline.cli.cities import CityFolder
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.workspace import HOME_VARIABLE, Workspace
from sxyd_pipeline.runs import AssetFailure, CityRun


class EndedProcessError(SxydError):
    """The process of a city ended without saying how the run went: it was killed, or memory ran out."""

    def __init__(self, city: str, code: int) -> None:
        """Keep the exit code."""
        super().__init__(
            f"城市 {city} 的进程中途结束（退出码 {code}），没有结果；上一次发布保持不变",
            f"the process of city {city} ended on its way (exit code {code}); the last release is untouched",
            remedy_zh="减少 --jobs，或单独运行该城市查看原因",
            remedy_en="use fewer --jobs, or run this city alone to see why",
        )


class ToldError(SxydError):
    """What kept a city from starting, as its process told it."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        """Keep the rule and its words."""
        self._rule = str(told["rule"])
        super().__init__(
            told["message_zh"], told["message_en"], remedy_zh=told["remedy_zh"], remedy_en=told["remedy_en"],
            place=Place(**told["place"]),
        )  # fmt: skip

    @property
    def rule(self) -> str:
        """Name of the rule that was broken there."""
        return self._rule


def run_apart(
    workspace: Workspace,
    folders: Sequence[CityFolder],
    options: Sequence[str],
    jobs: int,
    tell: Callable[[str, bool], None],
) -> list[tuple[CityRun | None, SxydError | None]]:
    """Run cities in processes of their own, so many at a time; what one does is no matter to another.

    Locks see to it that one process at a time publishes.

    Args:
        workspace: where packages, lake and releases lie.
        folders: packages.
        options: options of ``sxyd run`` that all of them get.
        jobs: processes at a time; each takes about two gigabytes.
        tell: told ``(city, succeeded)`` when one is done.

    Returns:
        In the order of the folders: the run, or what kept it from starting.
    """

    def run(folder: CityFolder) -> tuple[CityRun | None, SxydError | None]:
        command = [
            sys.executable, "-m", "sxyd_pipeline.cli", "run", str(folder.folder),
            "--out", str(workspace.out), "--json", *options,
        ]  # fmt: skip
        environment = {**os.environ, HOME_VARIABLE: str(workspace.root)}
        done = subprocess.run(  # noqa: S603 - our own program; the only foreign word is a path
            command, env=environment, stdout=subprocess.PIPE, encoding="utf-8", check=False
        )
        told = _read(folder.name, done.stdout, done.returncode)
        tell(folder.name, told[0] is not None and told[0].success)
        return told

    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(run, folders))


def _read(city: str, document: str, code: int) -> tuple[CityRun | None, SxydError | None]:
    try:
        (told,) = json.loads(document)["cities"]
    except (ValueError, KeyError):
        return None, EndedProcessError(city, code)
    if "run_id" not in told:
        return None, ToldError(told["error"])
    failures = tuple(
        AssetFailure(**{**one, "sample": json.dumps(one["sample"], ensure_ascii=False)})
        for one in told["failures"]
    )
    return CityRun(
        city=told["city"], success=told["success"], release_id=told["release_id"], run_id=told["run_id"],
        failures=failures, skipped=tuple(told["skipped"]), seconds=told["seconds"],
    ), None  # fmt: skip
