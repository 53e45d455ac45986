"""The one publisher: audits what is on disk, writes a release, swaps the published database.

A release is a folder that gets its name only when it is complete, and the published database is
a new file that one rename puts in place. Readers keep what they opened; a kill at any moment
leaves the last release as it was, and the next run completes.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from sxyd_pipeline.checks.audit import Case, count_broken
from sxyd_pipeline.checks.expectations import judge
from sxyd_pipeline.checks.invariants import rules_of
from sxyd_pipeline.checks.metrics import measure
from sxyd_pipeline.contracts.catalog import ASSET_TABLES, in_force
from sxyd_pipeline.contracts.meta import RELEASE
from sxyd_pipeline.contracts.model import Table
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io import combined
from sxyd_pipeline.io.assembly import Content, assemble, label_of, release_row
from sxyd_pipeline.io.durable import explained, sweep
from sxyd_pipeline.io.fingerprints import hash_program, package_folder, signature_of, take_fingerprints
from sxyd_pipeline.io.lake import ShardStore, hash_of
from sxyd_pipeline.io.locks import Waiting, exclusive, say_nothing
from sxyd_pipeline.io.memory import give_back
from sxyd_pipeline.io.package import open_package
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.release_folder import ReleaseFolder
from sxyd_pipeline.io.staging import Staged
from sxyd_pipeline.io.workspace import Workspace, reference_folder

_ID_LENGTH = 12


class BrokenOnDiskError(SxydError):
    """A blocking rule does not hold for what lies in the lake: nothing is published."""

    def __init__(self, city: str, broken: Mapping[str, float]) -> None:
        """Keep the broken rules with their counts."""
        self.city, self.broken = city, dict(broken)
        listed = "、".join(f"{name}（{int(count)}）" for name, count in broken.items())
        super().__init__(
            f"城市 {city} 的落盘数据未通过复核：{listed}",
            f"data on disk of city {city} fail the audit: {listed}",
            remedy_zh=f"重新运行 sxyd run {city}；若仍失败，按检查结果修改数据包",
            remedy_en=f"run sxyd run {city} again; if it still fails, mend the package as the checks say",
        )


@dataclass(frozen=True, slots=True)
class Published:
    """What a publication left behind.

    Attributes:
        release_id: ``<city>-<base year>-<12 hex digits>``.
        city: adcode.
        folder: ``out/<release>``.
        database: versioned file of the published database with all cities.
        link: name under which the newest published database is found.
        reused: the release was there already and is intact.
        rows: rows per table.
    """

    release_id: str
    city: str
    folder: Path
    database: Path
    link: Path
    reused: bool
    rows: Mapping[str, int]

    def metadata(self) -> dict[str, Any]:
        """Return what the UI shows beside the materialisation."""
        return {
            "release_id": self.release_id,
            "folder": str(self.folder),
            "database": str(self.link),
            "reused": self.reused,
            "tables": len(self.rows),
            "rows": sum(self.rows.values()),
        }


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release before it is written: read from disk, audited, and with its id.

    Attributes:
        content: what it is made of.
        tables: every table but ``meta.release``.
        release_id: its id.
    """

    content: Content
    tables: Mapping[Table, pl.DataFrame]
    release_id: str

    @property
    def city(self) -> str:
        """Adcode."""
        return self.content.config.adcode

    def everything(self, created: str = "") -> dict[Table, pl.DataFrame]:
        """Return all tables, ``meta.release`` among them."""
        return {**self.tables, RELEASE: release_row(self.content, self.release_id, created)}


def publish(
    workspace: Workspace, city: str, parts: Sequence[Staged] = (), *, waiting: Waiting = say_nothing
) -> Published:
    """Publish the last good results of a city.

    Args:
        workspace: where lake, packages, releases and published database lie.
        city: adcode.
        parts: staged deliverables the release takes in.
        waiting: told when another publisher is at work.

    Raises:
        BrokenOnDiskError: a blocking rule does not hold on disk.
        ShardMissingError: a result is missing.
        ShardDamagedError: a result cannot be read.
        StagedFileChangedError: a deliverable is not what was staged.
        DiskFullError: no space; the last release is untouched.
        BusyError: another publisher does not let go of the lock.
    """
    lock = workspace.published / "_locks" / "publisher.lock"
    with exclusive(lock, "发布 / publisher", waiting=waiting), explained(workspace.out):
        sweep(workspace.out)
        sweep(workspace.published)
        ready = prepare(workspace, city)
        release = ReleaseFolder(workspace.out / ready.release_id)
        reused = release.holds(parts)
        if not reused:
            created = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            release.write(ready.content, ready.tables, ready.release_id, created, parts)
        database = combined.put_city(workspace, city, release)
    rows = {table.full_name: frame.height for table, frame in ready.tables.items()}
    link = combined.link_of(workspace)
    return Published(ready.release_id, city, release.folder, database, link, reused, rows)


def prepare(workspace: Workspace, city: str) -> Prepared:
    """Read the last good results of a city, audit them, and give them their id.

    The deliverables of a run and its release share one reading: as long as no result, input or program
    file changes, the same value is returned.

    Raises:
        BrokenOnDiskError: a blocking rule does not hold on disk.
        ShardMissingError: a result is missing.
        ShardDamagedError: a result cannot be read.
    """
    store = ShardStore(workspace.lake)
    folder = package_folder(workspace.cities, city)
    state = hash_of(
        {table.asset: store.need(table.asset, city).version for table in ASSET_TABLES}
        | {"package": repr(signature_of(folder)), "reference": repr(signature_of(reference_folder()))}
        | {"program": hash_program()}
    )
    return _prepare(workspace, city, state)


# One city at a time: a run goes through one, and its tables are what takes memory.
@lru_cache(maxsize=1)
def _prepare(workspace: Workspace, city: str, _state: str) -> Prepared:
    store = ShardStore(workspace.lake)
    content = gather(workspace, store, city)
    tables = assemble(content)
    audit_on_disk(content, tables)
    release_id = release_id_of(content, hashes_of_results(store, city))
    ready = Prepared(content.without_results(), tables, release_id)
    del content
    give_back()
    return ready


def gather(workspace: Workspace, store: ShardStore, city: str) -> Content:
    """Read everything a release is made of; what belongs to modules that are off stays in the lake."""
    folder = package_folder(workspace.cities, city)
    package = open_package(folder)
    present = in_force(ASSET_TABLES, package.config.has_module)
    outcomes = {table.asset: store.load_outcome(table.asset, city) for table in present}
    checks = pl.concat([store.load_checks(table.asset, city) for table in present])
    prints = take_fingerprints(folder, reference_folder(), rows_read(outcomes))
    label = label_of(outcomes, package.config)
    return Content(package.config, outcomes, checks, load_reference(reference_folder()), prints, label)


def rows_read(outcomes: Mapping[str, Outcome]) -> dict[str, int]:
    """Return rows per package file: those accepted and those set aside."""
    place = ("source_file", "source_sheet", "source_row")
    schema = {"source_file": pl.String, "source_sheet": pl.String, "source_row": pl.Int64}
    placed = [pl.DataFrame(schema=schema)]
    for outcome in outcomes.values():
        if set(place) <= set(outcome.table.columns):
            columns = {name: list(outcome.table[name]) for name in place}
            placed.append(pl.DataFrame(columns, schema=schema))
        aside = outcome.findings.filter(pl.col("strength") == "set_aside", pl.col("source_row").is_not_null())
        placed.append(aside.select(pl.col(name).cast(dtype) for name, dtype in schema.items()))
    rows = pl.concat(placed).unique().group_by("source_file", maintain_order=True).agg(rows=pl.len())
    return {str(file): int(count) for file, count in rows.iter_rows()}


def audit_on_disk(content: Content, tables: Mapping[Table, pl.DataFrame]) -> None:
    """Run every blocking rule again on what was read back from disk.

    Raises:
        BrokenOnDiskError: with every broken rule and its count.
    """
    city = content.config.adcode
    counts: dict[str, float] = {}
    for table in in_force(ASSET_TABLES, content.config.has_module):
        outcome = content.outcomes[table.asset]
        rules = rules_of(table, hands_on_outcome=True)
        broken = count_broken(Case(table, outcome, city, content.outcomes), rules)
        counts |= {f"{table.asset}.{check}": count for check, count in broken.items()}
    for table in set(tables) - set(ASSET_TABLES):
        counts |= {
            f"{table.asset}.{m.kind.name}": float(m.count) for m in measure(table, tables[table], city)
        }
    # One expectation per table: the names of the rules are told from the counts.
    sums = {
        asset: sum(count for name, count in counts.items() if name.split(".")[0] == asset)
        for asset in sorted({name.split(".")[0] for name in counts})
    }
    verdicts = judge(sums)
    if not all(verdicts.values()):
        raise BrokenOnDiskError(city, {name: count for name, count in sorted(counts.items()) if count})


def hashes_of_results(store: ShardStore, city: str) -> dict[str, str]:
    """Return the content hash of every result in the lake."""
    return {table.asset: store.need(table.asset, city).result_hash for table in ASSET_TABLES}


def release_id_of(content: Content, results: Mapping[str, str]) -> str:
    """Return the id of a release: bound to inputs, reference data, program and results; no clock.

    The results stand in it because control units keep their codes from one year to the next:
    the same inputs after another history may give other codes.
    """
    prints = content.prints
    program = {"program": prints.program_hash, "version": prints.code_version}
    bound = {"inputs": prints.inputs_hash, **program, **results}
    return f"{content.config.adcode}-{content.config.base_year}-{hash_of(bound)[:_ID_LENGTH]}"


open_published = combined.open_published
list_releases = combined.list_releases

__all__ = [
    "BrokenOnDiskError",
    "Prepared",
    "Published",
    "list_releases",
    "open_published",
    "prepare",
    "publish",
]
