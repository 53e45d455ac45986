"""Writing so that a kill or a power cut leaves either the old state or the new one, never half of one."""

import errno
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sxyd_pipeline.errors import Place, SxydError

#: Left-overs of killed writers start like this; the sweep removes them once they are an hour old.
TEMPORARY = ".tmp-"
STALE_AFTER_S = 3600.0

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


class DiskFullError(SxydError):
    """The disk (or a quota) is full: nothing was replaced."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep what could not be written."""
        super().__init__(
            f"磁盘空间不足，无法写入（{reason}）；上一次的结果完好无损",
            f"no space left to write ({reason}); the last result is untouched",
            remedy_zh="清理磁盘（例如删除 out/ 中的旧发布）后重新运行",
            remedy_en="free space (old releases in out/, for example) and run again",
            place=Place(file=str(path)),
        )


class NotWritableError(SxydError):
    """A folder of the workspace cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep what could not be written."""
        super().__init__(
            f"无法写入（{reason}）；上一次的结果完好无损",
            f"cannot write ({reason}); the last result is untouched",
            remedy_zh="检查文件夹权限，关闭占用该文件的程序后重试",
            remedy_en="check permissions of the folder, close programs that hold the file, and run again",
            place=Place(file=str(path)),
        )


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn errors of the operating system into messages that say what to do."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise DiskFullError(path, str(error.strerror)) from error
        if error.errno in _FORBIDDEN:
            raise NotWritableError(path, str(error.strerror)) from error
        raise


def write_file(path: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until the disk has it."""
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def sync_file(path: Path) -> None:
    """Wait until the disk has a file some library wrote."""
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names inside a folder (Windows keeps them itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def temporary_beside(path: Path) -> Path:
    """Return an unused temporary name in the same folder, so that a rename is atomic."""
    return path.with_name(f"{TEMPORARY}{path.name}-{os.getpid()}-{uuid.uuid4().hex[:8]}")


def replace_file(path: Path, content: bytes) -> None:
    """Replace a small file at once: readers see the old or the new content."""
    temporary = temporary_beside(path)
    try:
        write_file(temporary, content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


@contextmanager
def new_folder(path: Path, *, replacing: bool = False) -> Iterator[Path]:
    """Fill a folder under a temporary name; it gets its own name only when everything is on disk.

    On any error the temporary folder is removed and ``path`` is untouched.

    Args:
        path: the folder.
        replacing: a folder that has the name already is put aside at the last moment, and removed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_beside(path)
    temporary.mkdir()
    try:
        yield temporary
        for folder in {temporary, *(file.parent for file in temporary.rglob("*"))}:
            sync_folder(folder)
        old = temporary_beside(path)
        if replacing and path.exists():
            path.rename(old)
        temporary.rename(path)
        sync_folder(path.parent)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def discard(folder: Path) -> None:
    """Remove a folder so that a kill leaves it whole or under a temporary name, never half under its own."""
    temporary = temporary_beside(folder)
    folder.rename(temporary)
    shutil.rmtree(temporary, ignore_errors=True)


def sweep(folder: Path) -> list[Path]:
    """Remove what killed writers left behind, once it is old enough to be surely dead."""
    if not folder.is_dir():
        return []
    limit = time.time() - STALE_AFTER_S
    removed = []
    for path in sorted(folder.glob(f"{TEMPORARY}*")):
        if path.lstat().st_mtime < limit:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed.append(path)
    return removed
