"""How fresh the results of a city are, group by group, and why not.

Judged from what lies on disk: the shards of the lake, the blocks beside them, the manifest of
the release in force, and the files of the package.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from sxyd_pipeline.assets.declaration import DECLARATIONS
from sxyd_pipeline.contracts.catalog import TABLE_BY_ASSET
from sxyd_pipeline.contracts.meta import RELEASE
from sxyd_pipeline.definitions import CHAPTERS
from sxyd_pipeline.io import database
from sxyd_pipeline.io.combined import newest
from sxyd_pipeline.io.fingerprints import hash_file, hash_program, input_files
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
    outer = [*_changed_files(package, manifest), *_changed_program(manifest)]
    shards = _Shards(ShardStore(workspace.lake), city)
    blocks = shards.store.blocks(city)
    groups: list[GroupState] = []
    upstream: list[str] = []
    for group in CHAPTERS:
        assets = [name for name, declared in DECLARATIONS.items() if declared.group == group]
        if group == PUBLISHED:
            groups.append(_published(assets, blocks, release_id, upstream, shards, workspace, outer))
        else:
            groups.append(_computed(group, assets, blocks, upstream, shards, outer))
        if groups[-1].state != "fresh":
            upstream.append(group)
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
    """Something outside the graph that changed, and when."""

    reason: Reason
    when_ns: int


def _computed(  # noqa: PLR0917 - the facts a state follows from
    group: str,
    assets: Sequence[str],
    blocks: Mapping[str, Mapping[str, Any]],
    upstream: Sequence[str],
    shards: _Shards,
    outer: Sequence[_Change],
) -> GroupState:
    times = {asset: shards.computed(asset) for asset in assets}
    stored = [when for when in times.values() if when is not None]
    blocked = _blocked(assets, blocks)
    if blocked:
        return GroupState(group, "failed", len(stored), len(assets), blocked)
    if len(stored) < len(assets):
        missing = ", ".join(asset for asset, when in times.items() if when is None)
        reason = Reason(f"未计算：{missing}", f"not computed: {missing}")
        return GroupState(group, "never", len(stored), len(assets), (reason,) if stored else ())
    reasons = [change.reason for change in outer if change.when_ns > min(stored)]
    for asset, when in times.items():
        newer = [name for name in _parents(asset) if shards.changed(name) > (when or 0)]
        if newer:
            listed = ", ".join(newer)
            reasons.append(Reason(f"{asset} 的上游已更新：{listed}", f"parents of {asset} changed: {listed}"))
    if upstream:
        listed = ", ".join(upstream)
        reasons.append(Reason(f"上游分组未就绪：{listed}", f"groups upstream are not fresh: {listed}"))
    return GroupState(group, "stale" if reasons else "fresh", len(stored), len(assets), tuple(reasons))


def _published(  # noqa: PLR0917 - the facts a state follows from
    assets: Sequence[str],
    blocks: Mapping[str, Mapping[str, Any]],
    release_id: str | None,
    upstream: Sequence[str],
    shards: _Shards,
    workspace: Workspace,
    outer: Sequence[_Change],
) -> GroupState:
    blocked = _blocked(assets, blocks)
    path = newest(workspace)
    if blocked:
        return GroupState(PUBLISHED, "failed", int(release_id is not None), 1, blocked)
    if release_id is None or path is None:
        return GroupState(PUBLISHED, "never", 0, 1, ())
    reasons = []
    if upstream:
        listed = ", ".join(upstream)
        reasons.append(Reason(f"上游分组未就绪：{listed}", f"groups upstream are not fresh: {listed}"))
    when = path.stat().st_mtime_ns
    newer = [asset for asset in TABLE_BY_ASSET if asset in DECLARATIONS and shards.changed(asset) > when]
    if newer:
        listed = ", ".join(newer)
        reasons.append(Reason(f"发布后有更新：{listed}", f"changed since the release: {listed}"))
    if not upstream:
        reasons += [change.reason for change in outer if change.when_ns > when]
    return GroupState(PUBLISHED, "stale" if reasons else "fresh", 1, 1, tuple(reasons))


def _parents(asset: str) -> list[str]:
    import inspect  # noqa: PLC0415

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
    """Return the change of package and reference data against the release in force.

    Without a release every file counts as changed at its own time.
    """
    if package is None:
        return []
    reference = reference_folder()
    now = {path.relative_to(package).as_posix(): path for path in input_files(package)}
    now |= {f"reference/{path.name}": path for path in sorted(reference.glob("*.csv"))}
    before = {} if manifest is None else {one["file"]: one["sha256"] for one in manifest["inputs"]}
    removed = sorted(set(before) - set(now))
    changed = [name for name, path in now.items() if before.get(name) != hash_file(path)]
    if not changed and not removed:
        return []
    listed = ", ".join([*changed, *removed][:_NAMED]) + (" …" if len(changed) + len(removed) > _NAMED else "")
    # A removed file leaves its time on the folder.
    when = max([package.stat().st_mtime_ns, *(now[name].stat().st_mtime_ns for name in changed)])
    return [_Change(Reason(f"输入已更新：{listed}", f"inputs changed: {listed}"), when)]


def _changed_program(manifest: Mapping[str, Any] | None) -> list[_Change]:
    if manifest is None or manifest["program_sha256"] == hash_program():
        return []
    sources = Path(__file__).resolve().parents[1].rglob("*.py")
    when = max(path.stat().st_mtime_ns for path in sources)
    return [_Change(Reason("程序版本已更新", "the program changed"), when)]
