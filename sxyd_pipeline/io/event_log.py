"""Dagster's SQLite event log, fast enough for a run of many small events.

Dagster makes an engine and a connection per event: every statement is compiled anew, and SQLite
waits for the disk at each commit and again at each close. This class keeps one engine per file and
lets SQLite wait at checkpoints only. The files are the same, so the UI reads them with Dagster's own
class. Killing the process loses nothing; a power cut may lose the last events of a run, never the
file, and the results themselves are synced by the lake.

It also remembers which tables, columns and cities exist, writes everything an event leaves behind in
one transaction (the planned events of a run are one batch), and asks once for what every check of an
asset asks: which materialisation is the latest. It overrides ``_connect``, which is no public interface:
Dagster is pinned to one version.
"""

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.event_api import AssetRecordsFilter, EventRecordsResult
from dagster._core.events import ASSET_EVENTS
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import Connection, Engine, create_engine, event

#: Dagster keeps one file per run and one index; a process works on one run at a time.
_KEPT_ENGINES = 4
_BUSY_S = 60.0
#: Dagster hands events that belong together over in batches of at most this many; 0 is its default.
_BATCH_SETTING, _BATCH_EVENTS = "DAGSTER_EVENT_BATCH_SIZE", "1000"


class QuickSqliteEventLogStorage(SqliteEventLogStorage):
    """The event log of Dagster with one engine per file."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Open the log below a folder."""
        self._engines: dict[str, Engine] = {}
        self._tables: set[str] = set()
        self._partitions: set[tuple[str, str]] = set()
        self._held: dict[str, Connection] | None = None
        self._has_index_columns = False
        self._materializations: dict[str, EventRecordsResult] = {}
        super().__init__(base_dir, inst_data)
        # One transaction spans several calls of ``_connect``.
        self._db_lock = threading.RLock()  # type: ignore[assignment]

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> "QuickSqliteEventLogStorage":
        """Build the log from its part of the instance's settings."""
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock:
            if self._held is not None and shard in self._held:
                yield self._held[shard]
                return
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            if self._held is not None:
                self._held[shard] = self._stack.enter_context(engine.begin())
                yield self._held[shard]
                return
            with engine.begin() as connection:
                yield connection

    @contextmanager
    def _one_transaction(self) -> Iterator[None]:
        """Keep one transaction per file open for a block; an error takes all of it back."""
        with self._db_lock:
            if self._held is not None:
                yield
                return
            with ExitStack() as self._stack:
                self._held = {}
                try:
                    yield
                finally:
                    self._held = None

    def store_event(self, event: EventLogEntry) -> None:
        """Store an event, with all that follows from it, in one transaction."""
        if event.is_dagster_event and event.dagster_event_type in ASSET_EVENTS:
            self._materializations.clear()
        with self._one_transaction():
            super().store_event(event)

    def store_event_batch(self, events: Sequence[EventLogEntry]) -> None:
        """Store events in one transaction."""
        with self._one_transaction():
            super().store_event_batch(events)

    def fetch_materializations(
        self,
        records_filter: dg.AssetKey | AssetRecordsFilter,
        limit: int,
        cursor: str | None = None,
        ascending: bool = False,  # noqa: FBT001, FBT002 - the signature is Dagster's
    ) -> EventRecordsResult:
        """Return materialisations; the answer is remembered until this run stores the next one."""
        question = repr((records_filter, limit, cursor, ascending))
        if question not in self._materializations:
            self._materializations[question] = super().fetch_materializations(
                records_filter, limit, cursor, ascending
            )
        return self._materializations[question]

    def _has_asset_key_index_cols_on_connection(self, conn: Connection) -> bool:
        self._has_index_columns = self._has_index_columns or super()._has_asset_key_index_cols_on_connection(
            conn
        )
        return self._has_index_columns

    def _engine(self, shard: str) -> Engine:
        if shard not in self._engines:
            while len(self._engines) >= _KEPT_ENGINES:
                self._engines.pop(next(iter(self._engines))).dispose()
            engine = create_engine(self.conn_string_for_shard(shard), connect_args={"timeout": _BUSY_S})
            event.listen(engine, "connect", _wait_at_checkpoints_only)
            self._engines[shard] = engine
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        """Tell whether a table exists; one that does stays, so it is looked up once."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def has_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> bool:
        """Tell whether a city is registered; asked for every event, so a yes is remembered for this run."""
        pair = (partitions_def_name, partition_key)
        if pair not in self._partitions and super().has_dynamic_partition(*pair):
            self._partitions.add(pair)
        return pair in self._partitions

    def delete_dynamic_partition(self, partitions_def_name: str, partition_key: str) -> None:
        """Forget a city."""
        self._partitions.discard((partitions_def_name, partition_key))
        super().delete_dynamic_partition(partitions_def_name, partition_key)

    def dispose(self) -> None:
        """Close all files."""
        for engine in self._engines.values():
            engine.dispose()
        self._engines.clear()
        super().dispose()


def _wait_at_checkpoints_only(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = NORMAL")


def open_quick_instance(home: Path) -> dg.DagsterInstance:
    """Open the Dagster instance of a folder with its settings, and this event log."""
    # Dagster has no other way to say it.
    os.environ.setdefault(_BATCH_SETTING, _BATCH_EVENTS)
    log = {
        "event_log_storage": {
            "module": __name__,
            "class": QuickSqliteEventLogStorage.__name__,
            "config": {"base_dir": str(home / "history" / "runs")},
        }
    }
    return dg.DagsterInstance.from_ref(InstanceRef.from_dir(str(home), overrides=log))
