"""Where things lie: one root folder, the same layout for the command line, Dagster and tests."""

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "SXYD_HOME"


@dataclass(frozen=True, slots=True)
class Workspace:
    """Folders of one installation.

    Attributes:
        root: folder that holds ``data`` and ``out``.
        cities: city packages, one folder per adcode; ``--dir`` replaces it.
        out: releases; ``--out`` replaces it.
    """

    root: Path
    cities: Path
    out: Path

    @property
    def lake(self) -> Path:
        """Shards between assets."""
        return self.root / "data" / "lake"

    @property
    def published(self) -> Path:
        """Published database and its older versions."""
        return self.root / "data" / "published"

    @property
    def dagster_home(self) -> Path:
        """State of Dagster: runs, events, schedules."""
        return self.published / "dagster"


def find_workspace(
    root: Path | None = None, cities: Path | None = None, out: Path | None = None
) -> Workspace:
    """Return the workspace: given folders first, then ``SXYD_HOME``, then the current folder."""
    base = (root or Path(os.environ.get(HOME_VARIABLE) or Path.cwd())).resolve()
    return Workspace(base, (cities or base / "data" / "cities").resolve(), (out or base / "out").resolve())


def reference_folder() -> Path:
    """Return the folder of reference data: inside the installed package, or in the source tree."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "reference"
    return installed if installed.is_dir() else package.parent / "data" / "reference"
