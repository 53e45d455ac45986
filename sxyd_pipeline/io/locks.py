"""One writer at a time: a lock per city for runs, one for the publisher.

The operating system releases such a lock when its process dies, however it dies.
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.durable import explained

#: A city takes seconds to minutes; a lock held for hours is a hanging process.
WAIT_S = 3600.0

Waiting = Callable[[str, str], None]


class BusyError(SxydError):
    """Another run holds the lock and does not let go."""

    def __init__(self, what: str, path: Path, holder: str) -> None:
        """Keep what is locked and by which process."""
        super().__init__(
            f"{what} 正被另一个运行占用（{holder}）",
            f"{what} is held by another run ({holder})",
            remedy_zh="等待该运行结束，或结束该进程后重试；锁会随进程结束自动释放",
            remedy_en="wait for that run, or end the process and try again; the lock ends with it",
            place=Place(file=str(path)),
        )


def say_nothing(_zh: str, _en: str) -> None:
    """Wait without a word; for callers that have nobody to tell."""


@contextmanager
def exclusive(
    path: Path, what: str, *, waiting: Waiting = say_nothing, wait_s: float = WAIT_S
) -> Iterator[None]:
    """Hold a lock for the time of a block; within one process it may be taken again.

    Args:
        path: lock file.
        what: what is locked, for messages.
        waiting: told once, in Chinese and English, when somebody else holds the lock.
        wait_s: how long to wait.

    Raises:
        BusyError: the lock was not free in time.
    """
    with explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, is_singleton=True, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        holder = _holder(path)
        waiting(
            f"{what} 正被另一个运行占用（{holder}），等待其结束",
            f"{what} is held by another run ({holder}); waiting",
        )
        try:
            lock.acquire(timeout=wait_s)
        except Timeout as error:
            raise BusyError(what, path, holder) from error
    try:
        _note(path).write_text(json.dumps({"pid": os.getpid()}), encoding="utf-8")
        yield
    finally:
        lock.release()


def is_free(path: Path) -> bool:
    """Tell whether nobody holds a lock right now."""
    if not path.parent.is_dir():
        return True
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    lock.release()
    return True


def city_lock(lake: Path, city: str) -> Path:
    """Return the lock file of a city."""
    return lake / "_locks" / f"{city}.lock"


def _note(path: Path) -> Path:
    return path.with_suffix(".json")


def _holder(path: Path) -> str:
    """Return the process that holds a lock, as it noted itself; unknown while it is just starting."""
    try:
        return f"pid {json.loads(_note(path).read_text(encoding='utf-8'))['pid']}"
    except (OSError, ValueError, KeyError):
        return "pid ?"
