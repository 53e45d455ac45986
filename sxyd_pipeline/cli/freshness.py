"""How fresh the results of a city are, group by group, and why not.

Judged from what lies on disk: the shards of the lake, the blocks beside them, the manifest of
the release in force, and the files of the package.
"""

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sxyd_pipeline import __version__
from sxyd_pipeline.assets.declaration import DECLARATIONS
from sxyd_pipeline.contracts.catalog import TABLE_BY_ASSET
from sxyd_pipeline.contracts.meta import RELEASE
from sxyd_pipeline.definitions import CHAPTERS
from sxyd_pipeline.io import database
from sxyd_pipeline.io.combined import newest
from sxyd_pipeline.io.fingerprints import (
    hash_file,
    hash_program,
    input_files,
    program_files,
    reference_files,
)
from sxyd_pipeline.io.lake import INDEX, ShardStore
from sxyd_pipeline.io.release_folder import MANIFEST, ReleaseFolder
from sxyd_pipeline.io.workspace import Workspace, reference_folder

State = Literal["fresh", "stale", "failed", "never"]
PUBLISHED = "published"
#: Changed files named in a reason.
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a group is not fresh, in both languages."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class GroupState:
    """State of one group of one city."""

    group: str
    state: State
    stored: int
    assets: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class CityState:
    """State of one city: its groups, and the release in force."""

    city: str
    groups: tuple[GroupState, ...]
    release_id: str | None


def published_releases(workspace: Workspace) -> dict[str, str]:
    """Return the release in force of every city in the published database."""
    path = newest(workspace)
    if path is None:
        return {}
    connection = database.reader(path)
    try:
        rows = database.read_table(connection, RELEASE)
    finally:
        connection.close()
    return dict(rows.select("city_code", "release_id").iter_rows())


def look_at_city(workspace: Workspace, city: str, package: Path | None, release_id: str | None) -> CityState:
    """Return the state of one city.

    Args:
        workspace: where lake and releases lie.
        city: adcode.
        package: folder of its package, None when it was removed.
        release_id: release in force, None when the city was never published.
    """
    manifest = _manifest(workspace, release_id)
    changes = [*_changed_files(package, manifest), *_changed_program(manifest)]
    shards = _Shards(ShardStore(workspace.lake), city)
    blocks = shards.store.blocks(city)
    published = newest(workspace)
    database_ns = 0 if published is None else published.stat().st_mtime_ns
    groups: list[GroupState] = []
    for group in CHAPTERS:
        assets = [name for name, declared in DECLARATIONS.items() if declared.group == group]
        behind = [before.group for before in groups if before.state != "fresh"]
        if group == PUBLISHED:
            groups.append(_published(assets, blocks, release_id, behind, shards, database_ns))
        else:
            groups.append(_computed(group, assets, blocks, behind, shards, changes))
    return CityState(city, tuple(groups), release_id)


@dataclass(frozen=True, slots=True)
class _Shards:
    """Times of the shards of one city."""

    store: ShardStore
    city: str

    def computed(self, asset: str) -> int | None:
        """Return when an asset was last computed, in ns; None when never."""
        shard = self.store.current(asset, self.city)
        return None if shard is None else shard.folder.stat().st_mtime_ns

    def changed(self, asset: str) -> int:
        """Return when the content of an asset last changed, in ns; 0 when it was never computed."""
        shard = self.store.current(asset, self.city)
        return 0 if shard is None else (shard.folder / INDEX).stat().st_mtime_ns


@dataclass(frozen=True, slots=True)
class _Change:
    """A file outside the graph that changed, and when; ``kind`` says who reads it."""

    kind: Literal["package", "reference", "program"]
    name: str
    when_ns: int


def _computed(
    group: str,
    assets: Sequence[str],
    blocks: Mapping[str, Mapping[str, Any]],
    behind: Sequence[str],
    shards: _Shards,
    changes: Sequence[_Change],
) -> GroupState:
    times = {asset: shards.computed(asset) for asset in assets}
    stored = [when for when in times.values() if when is not None]
    blocked = _blocked(assets, blocks)
    if blocked:
        return GroupState(group, "failed", len(stored), len(assets), blocked)
    if len(stored) < len(assets):
        missing = [asset for asset, when in times.items() if when is None]
        reasons = [_reason("未计算", "not computed", missing)] if stored else []
        return GroupState(group, "never", len(stored), len(assets), tuple(reasons))
    reasons = _of_changes([change for change in changes if change.when_ns > min(stored)], assets)
    newer = [
        parent
        for asset, when in times.items()
        for parent in _parents(asset)
        if shards.changed(parent) > (when or 0)
    ]
    if newer:
        reasons.append(_reason("上游结果已更新", "results upstream changed", newer))
    upstream = {DECLARATIONS[parent].group for asset in assets for parent in _parents(asset)} - {group}
    waiting = [name for name in behind if name in upstream]
    if waiting:
        reasons.append(_reason("上游分组未就绪", "groups upstream are not fresh", waiting))
    return GroupState(group, "stale" if reasons else "fresh", len(stored), len(assets), tuple(reasons))


def _published(
    assets: Sequence[str],
    blocks: Mapping[str, Mapping[str, Any]],
    release_id: str | None,
    behind: Sequence[str],
    shards: _Shards,
    database_ns: int,
) -> GroupState:
    blocked = _blocked(assets, blocks)
    if blocked:
        return GroupState(PUBLISHED, "failed", int(release_id is not None), 1, blocked)
    if release_id is None:
        return GroupState(PUBLISHED, "never", 0, 1, ())
    newer = [name for name in TABLE_BY_ASSET if name in DECLARATIONS and shards.changed(name) > database_ns]
    reasons = [_reason("上游分组未就绪", "groups upstream are not fresh", behind)] if behind else []
    if newer:
        reasons.append(_reason("发布后有更新", "changed since the release", newer))
    return GroupState(PUBLISHED, "stale" if reasons else "fresh", 1, 1, tuple(reasons))


def _of_changes(changes: Sequence[_Change], assets: Sequence[str]) -> list[Reason]:
    """Return the reasons that concern a group: who reads neither package nor reference data is not told."""
    declared = [DECLARATIONS[asset] for asset in assets]
    reads = {
        "package": any(one.reads_package for one in declared),
        "reference": any("reference" in inspect.signature(one.function).parameters for one in declared),
        "program": True,
    }
    words = {
        "package": ("数据包已更新", "the package changed"),
        "reference": ("参考数据已更新", "reference data changed"),
        "program": ("程序已更新", "the program changed"),
    }
    return [
        _reason(*words[kind], [change.name for change in changes if change.kind == kind])
        for kind, concerns in reads.items()
        if concerns and any(change.kind == kind for change in changes)
    ]


def _reason(zh: str, en: str, names: Sequence[str]) -> Reason:
    unique = list(dict.fromkeys(names))
    listed = ", ".join(unique[:_NAMED]) + (" …" if len(unique) > _NAMED else "")
    return Reason(f"{zh}：{listed}", f"{en}: {listed}")


def _parents(asset: str) -> list[str]:
    names = inspect.signature(DECLARATIONS[asset].function).parameters
    return [name for name in names if name in DECLARATIONS]


def _blocked(assets: Sequence[str], blocks: Mapping[str, Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(
        Reason(
            f"{asset}：{failure['message_zh']} → {failure['remedy_zh']}",
            f"{asset}: {failure['message_en']} → {failure['remedy_en']}",
        )
        for asset in assets
        if asset in blocks
        for failure in blocks[asset]["failures"]
    )


def _manifest(workspace: Workspace, release_id: str | None) -> Mapping[str, Any] | None:
    folder = workspace.out / (release_id or "")
    return ReleaseFolder(folder).manifest() if release_id and (folder / MANIFEST).is_file() else None


def _changed_files(package: Path | None, manifest: Mapping[str, Any] | None) -> list[_Change]:
    """Return files of package and reference data that differ from the release in force.

    Without a release every file counts as changed, at its own time.
    """
    if package is None:
        return []
    now: dict[str, tuple[Literal["package", "reference"], Path]] = {
        path.relative_to(package).as_posix(): ("package", path) for path in input_files(package)
    }
    reference = reference_folder()
    now |= {
        f"reference/{path.relative_to(reference).as_posix()}": ("reference", path)
        for path in reference_files(reference)
    }
    before = {} if manifest is None else {str(one["file"]): one["sha256"] for one in manifest["inputs"]}
    changed = [
        _Change(kind, name, path.stat().st_mtime_ns)
        for name, (kind, path) in sorted(now.items())
        if before.get(name) != hash_file(path)
    ]
    # A removed file leaves its time on its folder.
    gone = sorted(name for name in set(before) - set(now) if not name.startswith("reference/"))
    return changed + [_Change("package", name, package.stat().st_mtime_ns) for name in gone]


def _changed_program(manifest: Mapping[str, Any] | None) -> list[_Change]:
    if manifest is None or manifest["program_sha256"] == hash_program():
        return []
    return [_Change("program", __version__, max(path.stat().st_mtime_ns for path in program_files()))]
