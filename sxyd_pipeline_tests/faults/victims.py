"""What the fault tests kill: processes that publish or run a city again and again."""

import itertools
import multiprocessing as mp
import os
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import polars as pl

from sxyd_pipeline.checks.expectations import judge
from sxyd_pipeline.deliverables.stage import stage
from sxyd_pipeline.io.lake import ShardStore
from sxyd_pipeline.io.published import Published, gather, prepare, publish
from sxyd_pipeline.io.workspace import Workspace, find_workspace
from sxyd_pipeline.runs import run_city

CITY = "321100"


def start(work: Any, *arguments: object) -> Any:
    """Start a victim and wait until it is at work.

    Imports are made once, in a server that every victim is forked from.
    """
    context = mp.get_context("forkserver")
    context.set_forkserver_preload(["sxyd_pipeline_tests.faults.warm"])
    at_work = context.Event()
    process = context.Process(target=work, args=(*arguments, at_work), daemon=True)
    process.start()
    assert at_work.wait(60)
    return process


def publish_with_data(workspace: Workspace) -> Published:
    """Publish the city with its result data: staged first, then taken into the release."""
    part = stage(workspace.lake, prepare(workspace, CITY), "result_data")
    return publish(workspace, CITY, [part])


def publish_for_ever(root: str, at_work: Event) -> None:
    """Publish the city, each time as another release, until killed."""
    workspace = find_workspace(Path(root))
    judge({"warm": 0.0})
    gather(workspace, ShardStore(workspace.lake), CITY)
    at_work.set()
    for turn in itertools.count():
        change(workspace.root, os.getpid() * 1000 + turn)
        publish_with_data(workspace)


#: Parts of a run; one after the other they are the whole, and each is met early and late by the kills.
PARTS = (
    ("inputs", "inventory"),
    ("zoning",),
    ("baseline", "projection", "synergy", "access", "published"),
    ("published",),
)


def run_for_ever(root: str, part: int, at_work: Event) -> None:
    """Run a part of the city, then the next, each time with another amount, until killed."""
    workspace = find_workspace(Path(root))
    judge({"warm": 0.0})
    at_work.set()
    for turn in itertools.count(part):
        change(workspace.root, os.getpid() * 1000 + turn)
        run_city(workspace, CITY, select=PARTS[turn % len(PARTS)])


def change(root: Path, mark: int) -> None:
    """Change one amount of the package by less than a hundredth, so that results and release differ."""
    amount = 100.0 + mark % 1_000_000 / 1_000_000
    path = root / "data" / "cities" / CITY / "facility_activity.csv"
    table = pl.read_csv(path, infer_schema=False)
    row = pl.int_range(pl.len()) == 0
    table = table.with_columns(amount=pl.when(row).then(pl.lit(str(amount))).otherwise(pl.col("amount")))
    # The package is the user's to write; a file cut short by the kill would be the user's fault.
    fresh = path.with_name(".fresh.csv")
    table.write_csv(fresh)
    fresh.replace(path)
