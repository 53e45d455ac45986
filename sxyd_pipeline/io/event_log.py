"""Make Dagster's SQLite event log keep up with a run of many small events.

Dagster opens and closes a connection per event. With SQLite's defaults each of them waits for the
disk twice: at the commit, and at the close, which folds the log back when nobody else has the file
open. Inside the block the disk is asked at checkpoints only, and one idle connection per file keeps
the log unfolded. Killing the process loses nothing; a power cut may lose the last events of the
run, never the file, and the results themselves are synced by the lake.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event


@contextmanager
def quick_event_log() -> Iterator[None]:
    """Speed up every SQLite database SQLAlchemy connects to inside the block."""
    keepers: dict[str, sqlite3.Connection] = {}

    def on_connect(connection: Any, _record: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("PRAGMA synchronous = NORMAL")
        file = str(connection.execute("PRAGMA database_list").fetchone()[2])
        if file and file not in keepers:
            keeper = sqlite3.connect(file, check_same_thread=False)
            # Only a connection that has read something takes part in the log.
            keeper.execute("SELECT count(*) FROM sqlite_master").fetchone()
            keepers[file] = keeper

    event.listen(Engine, "connect", on_connect)
    try:
        yield
    finally:
        event.remove(Engine, "connect", on_connect)
        for keeper in keepers.values():
            keeper.close()
