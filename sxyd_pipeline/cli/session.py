"""What a verb is given: the screen, and where things lie."""

from dataclasses import dataclass
from pathlib import Path

from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.io.workspace import Workspace, find_workspace


@dataclass(frozen=True, slots=True)
class Session:
    """One call of the program."""

    screen: Screen

    @staticmethod
    def workspace(cities: Path | None = None, out: Path | None = None) -> Workspace:
        """Return the workspace of the current folder (or ``SXYD_HOME``) with replaced folders."""
        return find_workspace(cities=cities, out=out)
