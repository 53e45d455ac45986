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
from sxyd_pipeline.io.published import open_published
from sxyd_pipeline.io.workspace import Workspace

#: Kinds of statement that only read.
_READING = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})


class QueryRefusedError(SxydError):
    """The query is not exactly one reading statement."""


class QueryFailedError(SxydError):
    """The database could not answer the query."""


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
        connection: read-only connection to the published database.
        sql: the statement.
        limit: greatest number of rows fetched; 0 fetches all.

    Raises:
        QueryRefusedError: there is no statement, more than one, or one that does not only read.
        QueryFailedError: the database reports an error.
    """
    try:
        # The file is open read-only; this also closes the ways out of it: other files, network, extensions.
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        statements = connection.extract_statements(sql)
        if len(statements) != 1 or statements[0].type not in _READING:
            raise _refusal([str(statement.type).rpartition(".")[2] for statement in statements])
        result = connection.execute(statements[0])
        description = result.description or []
        fetched = result.fetchall() if limit == 0 else result.fetchmany(limit + 1)
    except duckdb.Error as error:
        message = str(error).strip()
        raise QueryFailedError(
            f"查询无法执行：{message}", f"the query cannot be run: {message}",
            remedy_zh="核对表名与列名；可先运行 sxyd sql \"select schema_name, table_name, comment from duckdb_tables()\"",
            remedy_en="check table and column names: sxyd sql \"select schema_name, table_name, comment from duckdb_tables()\"",
        ) from error  # fmt: skip
    kept = fetched if limit == 0 else fetched[:limit]
    return Answer(
        tuple(str(item[0]) for item in description),
        tuple(str(item[1]) for item in description),
        tuple(kept),
        len(fetched) > len(kept),
    )


def run_query(  # noqa: PLR0913 - one parameter per option of the verb
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
            {"name": name, "type": kind} for name, kind in zip(answer.columns, answer.types, strict=True)
        ],
        rows=answer.rows,
        row_count=len(answer.rows),
        is_cut=answer.is_cut,
    )
    return 0


_NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "NUMBER")


def _refusal(kinds: Sequence[str]) -> QueryRefusedError:
    found = ", ".join(kinds) or "—"
    return QueryRefusedError(
        f"只接受一条只读查询（SELECT、FROM、DESCRIBE、SUMMARIZE、EXPLAIN 等），得到：{found}",
        f"takes exactly one reading statement (SELECT, FROM, DESCRIBE, SUMMARIZE, EXPLAIN ...), got: {found}",
        remedy_zh="把语句拆开逐条查询；要修改数据，请修改数据包后运行 sxyd run",
        remedy_en="ask one statement at a time; to change data, change the package and run sxyd run",
    )


def _cell(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, bytes):
        return f"<{len(value)} B>"
    return value


def _as_csv(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([value.hex() if isinstance(value, bytes) else value for value in row] for row in rows)
    return text.getvalue()
