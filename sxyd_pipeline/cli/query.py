"""``sxyd sql``: one read-only query on the published database."""

import csv
import io
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.combined import open_published
from sxyd_pipeline.io.workspace import Workspace

#: Kinds of statement that only read.
_READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})


class QueryRefusedError(SxydError):
    """The query is not exactly one reading statement."""

    def __init__(self, kinds: Sequence[str]) -> None:
        """Say what kinds of statement were found."""
        found = ", ".join(kinds) or "—"
        super().__init__(
            f"只接受一条只读查询（SELECT、FROM、DESCRIBE、SUMMARIZE、EXPLAIN 等），得到：{found}",
            f"takes exactly one reading statement (SELECT, FROM, DESCRIBE, SUMMARIZE, EXPLAIN), got: {found}",
            remedy_zh="把语句拆开逐条查询；要修改数据，请修改数据包后运行 sxyd run",
            remedy_en="ask one statement at a time; to change data, change the package and run sxyd run",
        )


class QueryFailedError(SxydError):
    """The database could not answer the query."""

    def __init__(self, error: duckdb.Error) -> None:
        """Pass on what the database says, and how to list what there is."""
        message = str(error).strip()
        lister = 'sxyd sql "select schema_name, table_name, comment from duckdb_tables()"'
        super().__init__(
            f"查询无法执行：{message}",
            f"the query cannot be run: {message}",
            remedy_zh=f"核对表名与列名；列出全部表：{lister}",
            remedy_en=f"check table and column names; list all tables: {lister}",
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of a query; ``is_cut`` tells that more rows exist than were fetched."""

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    is_cut: bool


def answer_query(connection: duckdb.DuckDBPyConnection, sql: str, limit: int) -> Answer:
    """Run one reading statement.

    Args:
        connection: read-only connection to the published database, shut in by its opener.
        sql: the statement.
        limit: greatest number of rows fetched; 0 fetches all.

    Raises:
        QueryRefusedError: there is no statement, more than one, or one that does not only read.
        QueryFailedError: the database reports an error.
    """
    try:
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in _READING:
            raise QueryRefusedError([str(statement.type).rpartition(".")[2] for statement in statements])
        result = connection.execute(statements[0])
        description = result.description or []
        fetched = result.fetchall() if limit == 0 else result.fetchmany(limit + 1)
    except duckdb.Error as error:
        raise QueryFailedError(error) from error
    kept = fetched if limit == 0 else fetched[:limit]
    return Answer(
        tuple(str(item[0]) for item in description),
        tuple(str(item[1]) for item in description),
        tuple(kept),
        len(fetched) > len(kept),
    )


def run_query(
    screen: Screen, workspace: Workspace, sql: str, *, as_of: str | None, limit: int, as_csv: bool
) -> int:
    """Print the answer to one query as a table, CSV or JSON."""
    started = time.perf_counter()
    connection = open_published(workspace, as_of=as_of)
    try:
        answer = answer_query(connection, sql, limit)
    finally:
        connection.close()
    if as_csv and not screen.settings.as_json:
        sys.stdout.write(_as_csv(answer.columns, answer.rows))
    else:
        numeric = [i for i, name in enumerate(answer.types) if any(word in name for word in _NUMBERS)]
        screen.table(
            answer.columns, [[_cell(value) for value in row] for row in answer.rows], numeric=numeric
        )
        seconds = time.perf_counter() - started
        screen.note(
            f"{len(answer.rows)} 行，{seconds:.2f} 秒", f"{len(answer.rows)} rows, {seconds:.2f} s", "dim"
        )
    if answer.is_cut:
        screen.note(
            f"只显示前 {limit} 行；用 --limit 0 显示全部", f"first {limit} rows only; --limit 0 shows all"
        )
    screen.finish(
        ok=True,
        verb="sql",
        columns=[
            {"name": name, "type": kind}
            for name, kind in zip(unique_names(answer.columns), answer.types, strict=True)
        ],
        rows=[dict(zip(unique_names(answer.columns), row, strict=True)) for row in answer.rows],
        row_count=len(answer.rows),
        is_cut=answer.is_cut,
    )
    return 0


_NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "NUMBER")


def unique_names(names: Sequence[str]) -> list[str]:
    """Return the names with repeated ones numbered: a JSON object keeps one value per name."""
    unique: list[str] = []
    for name in names:
        number, candidate = 1, name
        while candidate in unique:
            number += 1
            candidate = f"{name}_{number}"
        unique.append(candidate)
    return unique


def _cell(value: object) -> object:
    if value is None:
        return "NULL"
    if isinstance(value, bytes):
        return f"<{len(value)} B>"
    return value


def _as_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([value.hex() if isinstance(value, bytes) else value for value in row] for row in rows)
    return text.getvalue()
