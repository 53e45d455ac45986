"""What the fault tests kill: processes that publish or run a city again and again."""

import multiprocessing as mp
from pathlib import Path
from typing import Any

from sxyd_pipeline.io.workspace import find_workspace

CITY = "321100"


def start(work: Any, *arguments: object) -> Any:
    """Start a victim quickly: imports were made once, in a server that every victim is forked from."""
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["sxyd_pipeline_tests.faults.warm"])
    process = context.Process(target=work, args=arguments, daemon=True)
    process.start()
    return process


def publish_for_ever(root: str) -> None:
    """Publish the city in two alternating states until killed."""
    from sxyd_pipeline.io.published import publish

    workspace = find_workspace(Path(root))
    while True:
        for state in ("a", "b"):
            set_state(workspace.root, state)
            publish(workspace, CITY)


def run_for_ever(root: str) -> None:
    """Run the whole city in two alternating states until killed."""
    from sxyd_pipeline.runs import run_city

    workspace = find_workspace(Path(root))
    while True:
        for state in ("a", "b"):
            set_state(workspace.root, state)
            run_city(workspace, CITY)


def set_state(root: Path, state: str) -> None:
    """Change the package so that the next release differs."""
    (root / "data" / "cities" / CITY / "state.txt").write_text(state, encoding="utf-8")
