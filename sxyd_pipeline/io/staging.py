"""Deliverables wait here, complete and hashed, until the release takes them in.

``data/lake/_deliverables/<city>/<deliverable>/<key>/`` holds the files of one deliverable under the
paths they get in the release, and ``staged.json``. The key names everything the bytes depend on, so
what lies there complete need not be made again. Deliverables with the same key hold the same bytes.
"""

import json
import os
import shutil
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.durable import discard, explained, new_folder, sweep, sync_file, write_file
from sxyd_pipeline.io.fingerprints import hash_file
from sxyd_pipeline.io.lake import digest, hash_of

FOLDER = "_deliverables"
INDEX = "staged.json"
#: Files under this prefix are pictures for the UI; they do not enter the release.
PREVIEW = "_preview/"
KEPT_VERSIONS = 2
_KEY_LENGTH = 16


class UnsafePathError(SxydError):
    """A deliverable names a file outside its release folder."""

    def __init__(self, deliverable: str, name: str) -> None:
        """Keep the path."""
        super().__init__(
            f"成果 {deliverable} 的文件路径越界：{name}",
            f"deliverable {deliverable} names a file outside the release: {name}",
            remedy_zh="这是程序错误，请反馈",
            remedy_en="this is a fault of the program; please report it",
        )


class StagedFileChangedError(SxydError):
    """A staged file is no longer what was staged."""

    def __init__(self, path: Path) -> None:
        """Keep the file."""
        super().__init__(
            f"暂存的成果文件被改动：{path.name}",
            f"a staged file was changed: {path.name}",
            remedy_zh="重新运行 sxyd run，成果会重新生成",
            remedy_en="run sxyd run again; the deliverable is made anew",
            place=Place(file=str(path)),
        )


@dataclass(frozen=True, slots=True)
class Staged:
    """One deliverable on disk.

    Attributes:
        deliverable: its name.
        folder: where its files lie.
        files: ``{path in the release: {"bytes": ..., "sha256": ...}}``, sorted.
        previews: the same for pictures and pages of the UI, without their prefix.
        reused: it was there already.
    """

    deliverable: str
    folder: Path
    files: Mapping[str, Mapping[str, Any]]
    previews: Mapping[str, Mapping[str, Any]]
    reused: bool = False

    @property
    def content_hash(self) -> str:
        """One sha256 over names and bytes of all files."""
        return hash_of({name: str(facts["sha256"]) for name, facts in self.files.items()})

    def preview(self, name: str) -> bytes:
        """Return one file of the previews."""
        return (self.folder / PREVIEW / name).read_bytes()

    def copy_into(self, release: Path, present: Collection[str] = ()) -> None:
        """Copy the files to their places in a release folder and wait until the disk has them.

        Args:
            release: the folder.
            present: files that are there already and stay untouched.

        Raises:
            StagedFileChangedError: a file does not have its hash.
        """
        for name in self.files.keys() - set(present):
            facts = self.files[name]
            source, target = self.folder / name, release / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            if hash_file(target) != facts["sha256"]:
                raise StagedFileChangedError(source)
            sync_file(target)


@dataclass(frozen=True, slots=True)
class Staging:
    """Staged deliverables of one city."""

    home: Path

    @classmethod
    def of(cls, lake: Path, city: str) -> "Staging":
        """Return the staging folder of a city, beside the shards of the lake."""
        return cls(lake / FOLDER / city)

    def find(self, deliverable: str, key: str) -> Staged | None:
        """Return a deliverable that was staged under this key and is whole, or None."""
        folder = self._folder(deliverable, key)
        try:
            index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
            files, previews = index["files"], index["previews"]
            whole = all(hash_file(folder / name) == facts["sha256"] for name, facts in files.items())
        except (OSError, ValueError, KeyError):
            return None
        return Staged(deliverable, folder, files, previews, reused=True) if whole else None

    def put(self, deliverable: str, key: str, contents: Mapping[str, bytes]) -> Staged:
        """Store the files of a deliverable; they get their folder only when all are on disk.

        Raises:
            UnsafePathError: a name is absolute or leads out of the folder.
            DiskFullError: no space; nothing is left behind.
            NotWritableError: the folder cannot be written.
        """
        for name in contents:
            path = PurePosixPath(name)
            if path.is_absolute() or ".." in path.parts or "\\" in name or name != path.as_posix():
                raise UnsafePathError(deliverable, name)
        facts = {name: {"bytes": len(c), "sha256": digest(c)} for name, c in sorted(contents.items())}
        files = {name: one for name, one in facts.items() if not name.startswith(PREVIEW)}
        previews = {
            name.removeprefix(PREVIEW): one for name, one in facts.items() if name.startswith(PREVIEW)
        }
        folder = self._folder(deliverable, key)
        with explained(folder):
            sweep(folder.parent)
            if folder.exists():
                discard(folder)
            with new_folder(folder) as fresh:
                for name, content in contents.items():
                    (fresh / name).parent.mkdir(parents=True, exist_ok=True)
                    write_file(fresh / name, content)
                index = {"files": files, "previews": previews}
                write_file(fresh / INDEX, json.dumps(index, ensure_ascii=False, indent=1).encode())
            os.utime(folder)
            self._forget_old(folder)
        return Staged(deliverable, folder, files, previews)

    def _folder(self, deliverable: str, key: str) -> Path:
        return self.home / deliverable / key[:_KEY_LENGTH]

    @staticmethod
    def _forget_old(current: Path) -> None:
        versions = [p for p in current.parent.iterdir() if p.is_dir() and not p.name.startswith(".")]
        versions.sort(key=lambda path: (path == current, path.stat().st_mtime_ns), reverse=True)
        for path in versions[KEPT_VERSIONS:]:
            discard(path)
