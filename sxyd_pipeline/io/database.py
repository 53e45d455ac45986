"""DuckDB files of a release: tables, COMMENTs and Chinese views, all from the contracts.

Identifiers come from contracts only and are quoted; values are bound or travel as Arrow. The
storage version is the oldest that clients from DuckDB 1.0 on can open.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from dagster_duckdb import DuckDBResource

from sxyd_pipeline.contracts.catalog import TABLES
from sxyd_pipeline.contracts.model import SCHEMAS, Column, Table
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.io.macros import define_macros

STORAGE_VERSION = "v1.0.0"


class DatabaseNotWrittenError(SxydError):
    """DuckDB could not write a file: disk full, quota, permissions or memory."""

    def __init__(self, path: Path, reason: str) -> None:
        """Keep the file and what DuckDB said."""
        super().__init__(
            f"数据库未能写入（{reason.splitlines()[0]}）；上一次发布完好无损",
            f"the database could not be written ({reason.splitlines()[0]}); the last release is untouched",
            remedy_zh="检查磁盘空间与文件夹权限后重新运行",
            remedy_en="check disk space and permissions, and run again",
            place=Place(file=str(path)),
        )


_INCOMING = "incoming"
_SHUT_IN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "lock_configuration": True,
}
_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "VARCHAR",
    pl.Float64: "DOUBLE",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.Boolean: "BOOLEAN",
    pl.Binary: "BLOB",
}


@contextmanager
def writer(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """Hold the one writing connection to a database for the time of a block.

    Raises:
        DatabaseNotWrittenError: DuckDB could not write; the file is not to be used.
    """
    # Rows come table by table and keep their order: a second thread has nothing to do but wait.
    settings: dict[str, Any] = {"storage_compatibility_version": STORAGE_VERSION, "threads": 1}
    try:
        # The resource retries a failing open for over a minute; a full disk should be told at once.
        duckdb.connect(str(path), config=settings).close()
        with (
            DuckDBResource(database=str(path), connection_config=settings).get_connection() as connection,
            # The resource leaves the connection and its lock open when the block raises.
            closing(connection),
        ):
            yield connection
    except (duckdb.IOException, duckdb.OutOfMemoryException, duckdb.FatalException) as error:
        raise DatabaseNotWrittenError(path, str(error)) from error


def reader(path: Path) -> duckdb.DuckDBPyConnection:
    """Open a database read-only, shut in: no other files, no network, no extensions, no settings.

    The real path is opened, because DuckDB keeps instances by path inside a process and would
    return an old snapshot under a re-used name.
    """
    return duckdb.connect(str(path.resolve()), read_only=True, config=dict(_SHUT_IN))


def create(path: Path, content: Mapping[Table, pl.DataFrame]) -> None:
    """Create a database with the tables of ``content``, in the catalogue's order.

    The file has a temporary name until it is whole, so every table is its own transaction: one for all would
    hold all rows in memory.
    """
    with writer(path) as connection:
        connection.begin()
        _define(connection, [table for table in TABLES if table in content])
        define_macros(connection, content)
        connection.commit()
        for table, frame in content.items():
            connection.begin()
            _insert(connection, table, frame)
            connection.commit()
        connection.execute("CHECKPOINT")


def replace_city(path: Path, city: str, content: Mapping[Table, pl.DataFrame]) -> None:
    """Replace all rows of one city in one transaction; other cities keep theirs."""
    with writer(path) as connection:
        connection.begin()
        # A module the city has switched off since is in its old rows, not in the new ones.
        define_macros(connection, tables_in(connection))
        for table in tables_in(connection):
            connection.execute(f"DELETE FROM {_name(table)} WHERE city_code = ?", [city])  # noqa: S608 - contract names
        for table, frame in content.items():
            _insert(connection, table, frame)
        connection.commit()
        connection.execute("CHECKPOINT")


def follows_contracts(path: Path) -> bool:
    """Tell whether a database has the tables, columns and types of the contracts, and nothing else.

    Tables of an optional module may be absent: no city has it on.
    """
    connection = reader(path)
    try:
        present = tables_in(connection)
        found = connection.execute(
            "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() c "
            "WHERE NOT internal AND table_name IN (SELECT table_name FROM duckdb_tables() t "
            "WHERE t.schema_name = c.schema_name) ORDER BY schema_name, table_name, column_index"
        ).fetchall()
    finally:
        connection.close()
    expected = [table for table in TABLES if not table.module or table in present]
    wanted = [(t.group, t.name, c.name, _TYPES[c.dtype]) for t in expected for c in t.columns]
    return sorted(found) == sorted(wanted)


def tables_in(connection: duckdb.DuckDBPyConnection) -> tuple[Table, ...]:
    """Return the tables of the catalogue that a database has."""
    rows = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
    names = {(schema, table) for schema, table in rows}
    return tuple(table for table in TABLES if (table.group, table.name) in names)


def read_table(connection: duckdb.DuckDBPyConnection, table: Table) -> pl.DataFrame:
    """Return all rows of a table in the order they were written, in the types of the contract.

    Columns the database does not have yet (it was written by an older version) are empty.
    """
    present = connection.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?",
        [table.group, table.name],
    ).fetchall()
    known = {name for (name,) in present}
    shared = [column.name for column in table.columns if column.name in known]
    if not shared:
        return table.empty()
    listed = ", ".join(_quoted(name) for name in shared)
    frame = connection.sql(f"SELECT {listed} FROM {_name(table)}").pl()  # noqa: S608 - contract names
    return frame.select(
        pl.col(name).cast(dtype) if name in known else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in table.schema.items()
    )


def _define(connection: duckdb.DuckDBPyConnection, tables: Sequence[Table]) -> None:
    for schema in SCHEMAS:
        if any(table.group == schema for table in tables):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_quoted(schema)}")
    for table in tables:
        columns = ", ".join(
            f"{_quoted(c.name)} {_TYPES[c.dtype]}{'' if c.nullable else ' NOT NULL'}" for c in table.columns
        )
        connection.execute(f"CREATE TABLE {_name(table)} ({columns})")
        connection.execute(f"COMMENT ON TABLE {_name(table)} IS {_text(table_comment(table))}")
        for column in table.columns:
            comment = _text(column_comment(column, table))
            connection.execute(f"COMMENT ON COLUMN {_name(table)}.{_quoted(column.name)} IS {comment}")
        shown = ", ".join(
            f"{_quoted(c.name)} AS {_quoted(header)}"
            for c, header in zip(table.columns, headers(table), strict=True)
        )
        view = f"{_quoted(table.group)}.{_quoted(f'v_{table.label}')}"
        connection.execute(f"CREATE VIEW {view} AS SELECT {shown} FROM {_name(table)}")  # noqa: S608 - contract names
        connection.execute(f"COMMENT ON VIEW {view} IS {_text(table_comment(table))}")


def table_comment(table: Table) -> str:
    """Return the Chinese COMMENT of a table: name, grain, key, source."""
    parts = [table.label, f"每行：{table.grain}", f"主键：{'、'.join(('city_code', *table.key))}"]
    return "；".join([*parts, f"来源：{table.source}"] if table.source else parts)


def column_comment(column: Column, table: Table) -> str:
    """Return the Chinese COMMENT of a column: meaning, unit, source (of the table where it has none)."""
    if column.source or not table.source:
        return column.comment
    return f"{column.comment}；来源：{table.source}"


def headers(table: Table) -> list[str]:
    """Return the Chinese headers of a view, ``label（unit）``; a label used twice gets its identifier."""
    plain = [f"{c.label}（{c.measured_in}）" if c.measured_in else c.label for c in table.columns]
    return [
        header if plain.count(header) == 1 else f"{header} {column.name}"
        for header, column in zip(plain, table.columns, strict=True)
    ]


def _insert(connection: duckdb.DuckDBPyConnection, table: Table, frame: pl.DataFrame) -> None:
    connection.register(_INCOMING, frame.to_arrow(compat_level=pl.CompatLevel.oldest()))
    try:
        # By name: the order of columns never decides what a number means.
        connection.execute(f"INSERT INTO {_name(table)} BY NAME SELECT * FROM {_INCOMING}")  # noqa: S608 - contract names
    finally:
        connection.unregister(_INCOMING)


def _name(table: Table) -> str:
    return f"{_quoted(table.group)}.{_quoted(table.name)}"


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'


def _text(literal: str) -> str:
    return "'" + literal.replace("'", "''") + "'"


def other_cities(path: Path, city: str, tables: Sequence[Table]) -> dict[Table, pl.DataFrame]:
    """Return the rows of all other cities; used when the contracts changed since the file was written."""
    connection = reader(path)
    try:
        return {table: read_table(connection, table).filter(pl.col("city_code") != city) for table in tables}
    finally:
        connection.close()
