"""SQL on the tables of an edition: the same text that the annex prints, run as printed."""

import re
from dataclasses import dataclass
from typing import Any, Self

import duckdb

from sxyd_pipeline.contracts.model import SCHEMAS
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.errors import SxydError

_TABLE = re.compile(rf"\b((?:{'|'.join(SCHEMAS)})\.[a-z_0-9]+)\b")
_WORD = re.compile(r":([a-z]+)\b")
_NAME = re.compile(r"^[A-Za-z0-9_\-]*$")
#: Scenario that changes nothing, and those that ship, mildest first.
NEUTRAL, POLICY, STRONG = "baseline", "policy", "strengthened"
Row = dict[str, Any]


class QueryError(SxydError):
    """A query of the report does not run on the tables of the release."""

    def __init__(self, name: str, reason: str) -> None:
        """Name the query and what DuckDB said."""
        super().__init__(
            f"报告查询 {name} 无法执行：{reason}",
            f"query {name} of the report does not run: {reason}",
            remedy_zh="核对 report 目录下 TOML 文件中的 SQL 与数据字典中的列名",
            remedy_en="compare the SQL in the TOML files of the report with the data dictionary",
        )


@dataclass(frozen=True, slots=True)
class Scenarios:
    """Scenarios the text speaks of.

    Attributes:
        policy: id of the first scenario beside the neutral one, the shipped one if it is there; or "".
        strong: id of a second one; "" when there is none.
        names: Chinese name by id.
    """

    policy: str
    strong: str
    names: dict[str, str]


class Queries:
    """Queries with named values: ``:base``, ``:near``, ``:far``, ``:policy``, ``:strong``, ``:city``."""

    def __init__(self, edition: Edition) -> None:
        """Open an empty database in memory; tables enter when a query names them."""
        self.edition = edition
        self.scenarios = _scenarios(edition)
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        self._known: set[str] = set()
        horizons = edition.horizons
        words: dict[str, int | str] = {
            "base": edition.base_year, "near": horizons[0] if len(horizons) > 1 else "", "far": horizons[-1],
            "city": edition.city_code, "policy": self.scenarios.policy, "strong": self.scenarios.strong,
        }  # fmt: skip
        self._words = {name: _literal(name, value) for name, value in words.items()}
        self._unsaid = frozenset(name for name, value in words.items() if value == "")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the database."""
        self._connection.close()

    def tables(self, sql: str) -> tuple[str, ...]:
        """Return the tables a query reads, in order of mention."""
        return tuple(dict.fromkeys(_TABLE.findall(sql)))

    def can_run(self, sql: str) -> bool:
        """Tell whether the release has every table of a query, with rows in the first of them."""
        names = self.tables(sql)
        return bool(names) and self.edition.has(names[0]) and all(n in self.edition.tables for n in names)

    def can_say(self, sql: str) -> bool:
        """Tell whether a query can run and every year and scenario it names exists.

        A city with one horizon has no near year, one without a second scenario nothing strengthened.
        """
        return self.can_run(sql) and not self._unsaid & set(_WORD.findall(sql))

    def filled(self, sql: str) -> str:
        """Return the query with its named values written in: it runs as it stands."""
        return _WORD.sub(lambda found: self._words.get(found[1], found[0]), sql.strip())

    def rows(self, name: str, sql: str) -> list[Row]:
        """Run a query.

        Raises:
            QueryError: it does not run.
        """
        for table in self.tables(sql):
            self._enter(table)
        try:
            cursor = self._connection.execute(self.filled(sql))
            columns = [column[0] for column in cursor.description or ()]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        except duckdb.Error as error:
            raise QueryError(name, str(error)) from error

    def _enter(self, table: str) -> None:
        if table in self._known:
            return
        schema, name = table.split(".")
        self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        self._connection.register(f"frame_{schema}_{name}", self.edition.table(table).to_arrow())
        self._connection.execute(f"CREATE VIEW {table} AS SELECT * FROM frame_{schema}_{name}")  # noqa: S608 - names of contracts
        self._known.add(table)


def _scenarios(edition: Edition) -> Scenarios:
    names: dict[str, str] = {}
    if "projection.totals" in edition.tables:
        ids = edition.table("projection.totals")["scenario_id"].unique().sort().to_list()
        names = dict.fromkeys(ids, "")
    if "projection.drivers" in edition.tables:
        drivers = edition.table("projection.drivers").unique("scenario_id", keep="first", maintain_order=True)
        names |= dict(drivers.select("scenario_id", "scenario_name").iter_rows())
    if NEUTRAL in names:
        names[NEUTRAL] = names[NEUTRAL] or "基准情景"
    others = [one for one in names if one != NEUTRAL]
    policy = POLICY if POLICY in others else next(iter(others), "")
    rest = [one for one in others if one != policy]
    strong = STRONG if STRONG in rest else next(reversed(rest), "")
    return Scenarios(policy, strong, names)


def _literal(name: str, value: int | str) -> str:
    if isinstance(value, int):
        return str(value)
    if not value:
        return "NULL"
    if not _NAME.match(value):
        raise QueryError(name, value)
    return f"'{value}'"
