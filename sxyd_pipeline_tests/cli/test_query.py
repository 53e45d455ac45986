"""One question at a time, and nothing but questions."""

import csv
import io
import json
from pathlib import Path

import duckdb
import pytest

from sxyd_pipeline.cli import query
from sxyd_pipeline.cli.query import QueryFailedError, QueryRefusedError, answer_query, unique_names
from sxyd_pipeline.io.database import reader
from sxyd_pipeline_tests.cli.program import Program


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "published.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE SCHEMA inventory")
        connection.execute(
            "CREATE TABLE inventory.emissions (species VARCHAR, emission_t DOUBLE, geometry BLOB)"
        )
        connection.execute(
            "INSERT INTO inventory.emissions VALUES ('CO2', 10, NULL), ('CO2', 5, '\\x01'::BLOB), ('SO2', 'nan', NULL), "
            "('[red]=1+1', NULL, NULL)"
        )
        connection.execute("CREATE TABLE many AS SELECT range AS number FROM range(1500)")
    return path


@pytest.fixture
def asking(sxyd: Program, database: Path, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.setattr(query, "open_published", lambda *_, **__: reader(database))
    return sxyd


TOTALS = "select species, sum(emission_t) as t from inventory.emissions where species = 'CO2' group by 1"


def test_totals_are_printed(asking: Program) -> None:
    said = asking("sql", TOTALS)
    assert said.code == 0
    assert [line.split() for line in said.out.splitlines() if "CO2" in line] == [["CO2", "15"]]


def test_json_gives_columns_and_rows(asking: Program) -> None:
    told = asking("sql", TOTALS, "--json").document
    assert told["columns"] == [{"name": "species", "type": "VARCHAR"}, {"name": "t", "type": "DOUBLE"}]
    assert told["rows"] == [{"species": "CO2", "t": 15.0}]
    assert (told["row_count"], told["is_cut"]) == (1, False)


def test_json_stays_readable_with_nan_bytes_dates_and_repeated_names(asking: Program) -> None:
    told = asking(
        "sql",
        "select emission_t as a, geometry as a, date '2020-01-02' as d from inventory.emissions",
        "--json",
    )
    rows = json.loads(told.out)["rows"]
    assert rows[1] == {"a": 5.0, "a_2": "01", "d": "2020-01-02"}
    assert rows[2]["a"] is None


def test_csv_can_be_read_back(asking: Program) -> None:
    said = asking("sql", "select species, emission_t from inventory.emissions limit 2", "--csv")
    assert list(csv.reader(io.StringIO(said.out))) == [
        ["species", "emission_t"],
        ["CO2", "10.0"],
        ["CO2", "5.0"],
    ]


def test_values_are_shown_as_they_are(asking: Program) -> None:
    assert "[red]=1+1" in asking("sql", "from inventory.emissions").out


def test_a_long_answer_is_cut_and_says_so(asking: Program) -> None:
    cut = asking("sql", "select * from many", "--lang", "en")
    assert "first 1000 rows" in cut.err
    assert asking("sql", "select * from many", "--json").document["is_cut"] is True
    whole = asking("sql", "select * from many", "--limit", "0", "--json").document
    assert (whole["row_count"], whole["is_cut"]) == (1500, False)


@pytest.mark.parametrize(
    "sql",
    [
        "insert into inventory.emissions values ('x', 1, null)", "delete from many", "drop table many",
        "create table x as select 1", "update many set number = 0", "attach 'other.duckdb' as other", "copy many to 'many.csv'",
        "export database 'all'", "set threads = 1", "install httpfs", "load httpfs", "call pragma_version()",
        "select 1; select 2", "select 1; drop table many", "", "-- nothing", "pragma database_list; select 1",
    ],
)  # fmt: skip
def test_anything_but_one_question_is_refused(
    asking: Program, database: Path, sql: str, tmp_path: Path
) -> None:
    before = database.read_bytes()
    said = asking("sql", sql)
    assert said.code == 1
    assert "未预料" not in said.err
    assert database.read_bytes() == before
    assert not (tmp_path / "many.csv").exists()


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('secret.csv')", "select * from 'secret.csv'", "select * from read_text('secret.csv')",
        "select * from glob('*')", "from read_parquet('https://example.org/x.parquet')",
        "explain analyze copy many to 'many.csv'", "explain analyze delete from many",
        "select * from read_blob('/etc/hostname')", "select getenv('PATH')",
    ],
)  # fmt: skip
def test_a_question_cannot_leave_the_database(
    asking: Program, database: Path, sql: str, tmp_path: Path
) -> None:
    (tmp_path / "secret.csv").write_text("word\nhidden\n", encoding="utf-8")
    before = database.read_bytes()
    said = asking("sql", sql)
    assert said.code == 1, said.out
    assert "hidden" not in said.out + said.err
    assert database.read_bytes() == before
    assert not (tmp_path / "many.csv").exists()


def test_a_question_may_start_with_a_comment(asking: Program) -> None:
    assert asking("sql", "-- totals\nselect 1 as a", "--json").document["rows"] == [{"a": 1}]


def test_a_wrong_name_gives_the_answer_of_the_database_and_how_to_list_tables(asking: Program) -> None:
    said = asking("sql", "select * from no_such_table", "--lang", "en")
    assert said.code == 1
    assert "no_such_table" in said.err
    assert "duckdb_tables()" in said.err


def test_no_database_yet_says_what_to_run(sxyd: Program) -> None:
    said = sxyd("sql", "select 1", "--json")
    assert said.code == 1
    assert said.document["error"]["rule"] == "NothingPublishedError"


def test_refused_and_failed_are_told_apart(database: Path) -> None:
    connection = reader(database)
    try:
        with pytest.raises(QueryRefusedError, match="DROP"):
            answer_query(connection, "drop table many", 10)
        with pytest.raises(QueryFailedError, match="syntax"):
            answer_query(connection, "selec 1", 10)
        assert answer_query(connection, "describe many", 0).columns[0] == "column_name"
    finally:
        connection.close()


def test_repeated_names_are_numbered_without_clashing() -> None:
    assert unique_names(["a", "a_2", "a", "b"]) == ["a", "a_2", "a_3", "b"]
