"""The release: what it holds, that it is the same twice, and that nothing breaks the last one."""

import json
import os
import shutil
from pathlib import Path

import duckdb
import polars as pl
import pytest
import shapely

from sxyd_pipeline.contracts.catalog import TABLES, in_force
from sxyd_pipeline.deliverables.result_data.tables import csv_bytes
from sxyd_pipeline.deliverables.stage import stage
from sxyd_pipeline.io import durable
from sxyd_pipeline.io import published as publisher
from sxyd_pipeline.io.combined import (
    NothingPublishedError,
    UnknownReleaseError,
    last_other_totals,
    newest,
)
from sxyd_pipeline.io.database import DatabaseNotWrittenError, headers
from sxyd_pipeline.io.durable import DiskFullError
from sxyd_pipeline.io.fingerprints import hash_file
from sxyd_pipeline.io.lake import ShardStore
from sxyd_pipeline.io.published import BrokenOnDiskError, Published, list_releases, open_published, prepare
from sxyd_pipeline.io.release_folder import ReleaseFolder
from sxyd_pipeline.io.workspace import Workspace, find_workspace

CITY = "321100"
#: Tables of the tiny city: of the optional modules it has only the gases on.
PRESENT = in_force(TABLES, lambda module: module == "non_co2")


def ask(workspace: Workspace, sql: str, as_of: str | None = None) -> list[tuple[object, ...]]:
    connection = open_published(workspace, as_of)
    try:
        return connection.execute(sql).fetchall()
    finally:
        connection.close()


def publish(workspace: Workspace) -> Published:
    """Publish with one deliverable of many files; the others write to disk in the same way."""
    part = stage(workspace.lake, prepare(workspace, CITY), "result_data")
    return publisher.publish(workspace, CITY, [part])


def only_release(workspace: Workspace) -> ReleaseFolder:
    (manifest,) = list_releases(workspace)
    return ReleaseFolder(workspace.out / manifest["release_id"])


def test_every_table_and_column_of_the_contracts_is_there_with_a_chinese_comment(
    published_once: Workspace,
) -> None:
    tables = ask(published_once, "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables()")
    assert {name for name, _ in tables} == {table.full_name for table in PRESENT}
    assert all(comment for _, comment in tables)
    columns = ask(
        published_once,
        "SELECT schema_name || '.' || table_name, column_name, comment FROM duckdb_columns() "
        "WHERE schema_name || '.' || table_name IN (SELECT schema_name || '.' || table_name FROM duckdb_tables())",
    )
    assert {(t, c) for t, c, _ in columns} == {(t.full_name, c.name) for t in PRESENT for c in t.columns}
    emission = next(comment for t, c, comment in columns if (t, c) == ("inventory.emissions", "emission_t"))
    assert emission.startswith("排放量；单位：t/a；来源：")


def test_chinese_views_stand_beside_the_tables(published_once: Workspace) -> None:
    plain = ask(
        published_once, "SELECT species, sum(emission_t) FROM inventory.emissions GROUP BY 1 ORDER BY 1"
    )
    assert len(plain) > 3
    view = 'SELECT "物种", sum("排放量（t/a）") FROM inventory."v_排放清单" GROUP BY 1 ORDER BY 1'
    assert ask(published_once, view) == plain
    for table in PRESENT:
        assert len(set(headers(table))) == len(table.columns)
        ask(published_once, f'FROM "{table.group}"."v_{table.label}" LIMIT 1')


def test_the_file_opens_with_clients_from_duckdb_1_0_on(published_once: Workspace) -> None:
    for path in (newest(published_once), only_release(published_once).database):
        assert path is not None
        header = path.read_bytes()[:20]
        assert header[8:12] == b"DUCK"
        # Storage version 64 is the one of DuckDB 0.9 to 1.1; later ones cannot be read there.
        assert int.from_bytes(header[12:20], "little") == 64
        connection = duckdb.connect(str(path), read_only=True)
        tags = connection.execute(
            "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal"
        ).fetchone()
        connection.close()
        assert tags is not None
        assert tags[0].startswith("v1.0.0")


def test_geometry_is_wkb_that_can_be_read(published_once: Workspace) -> None:
    rows = ask(published_once, "SELECT geometry FROM zoning.control_units")
    assert all(shapely.from_wkb(bytes(blob)).is_valid for (blob,) in rows)


def test_readers_are_shut_in(published_once: Workspace) -> None:
    connection = open_published(published_once)
    for sql in (
        "SELECT * FROM read_csv('/etc/hostname')",
        "ATTACH '/tmp/other.duckdb'",
        "INSTALL httpfs",
        "SET enable_external_access = true",
        "CREATE TABLE x (a INTEGER)",
        "COPY (SELECT 1) TO '/tmp/x.csv'",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(sql)
    connection.close()


def test_the_manifest_binds_every_file(published_once: Workspace) -> None:
    release = only_release(published_once)
    manifest = release.manifest()
    on_disk = {
        path.relative_to(release.folder).as_posix() for path in release.folder.rglob("*") if path.is_file()
    }
    assert set(manifest["files"]) == on_disk - {"manifest.json"}
    assert release.is_intact()
    inputs = {row["file"]: row["sha256"] for row in manifest["inputs"] if row["role"] == "package"}
    folder = published_once.cities / CITY
    assert inputs["city.toml"] == hash_file(folder / "city.toml")
    text = (release.folder / "manifest.json").read_text(encoding="utf-8")
    assert str(published_once.root) not in text
    assert "created" not in text


def test_publishing_twice_gives_the_same_release(published: Workspace) -> None:
    before = only_release(published)
    manifest = (before.folder / "manifest.json").read_bytes()
    again = publish(published)
    assert again.reused
    assert again.folder == before.folder
    assert (before.folder / "manifest.json").read_bytes() == manifest
    shutil.rmtree(before.folder)
    anew = publish(published)
    assert not anew.reused
    assert (anew.folder / "manifest.json").read_bytes() == manifest


@pytest.mark.parametrize("victim", ["sxyd.duckdb", "data/inventory.emissions.csv", "manifest.json"])
def test_a_damaged_release_is_written_anew(published: Workspace, victim: str) -> None:
    release = only_release(published)
    manifest = (release.folder / "manifest.json").read_bytes()
    (release.folder / victim).write_bytes(b"damaged")
    assert not publish(published).reused
    assert release.is_intact()
    assert (release.folder / "manifest.json").read_bytes() == manifest


def test_a_release_takes_in_a_deliverable_and_is_intact_at_every_moment(
    published: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    release = only_release(published)
    before = {path: path.stat().st_ino for path in release.folder.rglob("*") if path.is_file()}
    old = release.manifest()
    ready = prepare(published, CITY)
    parts = [stage(published.lake, ready, name) for name in ("result_data", "access_lists", "quality_report")]
    real, left = shutil.copyfile, [3]

    def full(source: Path, target: Path) -> Path:
        if left[0] == 0:
            raise OSError(28, "No space left on device")
        left[0] -= 1
        return Path(real(source, target))

    monkeypatch.setattr("sxyd_pipeline.io.staging.shutil.copyfile", full)
    with pytest.raises(DiskFullError):
        publisher.publish(published, CITY, parts)
    monkeypatch.undo()
    assert release.manifest() == old
    assert release.is_intact()
    assert not publisher.publish(published, CITY, parts).reused
    grown = release.manifest()
    assert release.is_intact()
    assert grown["deliverables"] == ["access_lists", "quality_report", "result_data"]
    # What was there stayed where it was; only the manifest is another file.
    kept = {path: path.stat().st_ino for path in before}
    assert {path.name for path in before if kept[path] != before[path]} == {"manifest.json"}
    assert publisher.publish(published, CITY, parts[:1]).reused
    assert release.manifest() == grown


def test_bad_data_on_disk_are_not_published(published: Workspace) -> None:
    before = ask(published, "SELECT release_id FROM meta.release")
    store = ShardStore(published.lake)
    shard = store.need("source_emissions", CITY)
    path = shard.path("table")
    pl.read_parquet(path).with_columns(emission_t=-pl.col("emission_t")).write_parquet(path)
    index = json.loads((shard.folder / "shard.json").read_text())
    index["parts"]["table"]["sha256"] = hash_file(path)
    (shard.folder / "shard.json").write_text(json.dumps(index))
    with pytest.raises(BrokenOnDiskError, match=r"source_emissions\.values_within_bounds"):
        publish(published)
    assert ask(published, "SELECT release_id FROM meta.release") == before


def test_another_city_is_put_beside_the_first_and_as_of_still_shows_the_old_state(
    published_once: Workspace, two_cities: Workspace
) -> None:
    first = only_release(published_once).folder.name
    cities = "SELECT DISTINCT city_code FROM inventory.emissions ORDER BY 1"
    assert ask(two_cities, cities) == [("321100",), ("321300",)]
    assert ask(two_cities, cities, as_of=first) == [("321100",)]
    with pytest.raises(UnknownReleaseError, match=first):
        ask(two_cities, cities, as_of="../secret")


def test_totals_are_compared_with_the_last_release_that_had_others(published_once: Workspace) -> None:
    totals = ShardStore(published_once.lake).load_table("emission_totals", CITY)
    # The same totals are this very state published before: nothing to compare with.
    assert last_other_totals(published_once, CITY, totals) is None
    tenfold = totals.with_columns(pl.col("emission_t") * 10.0)
    found = last_other_totals(published_once, CITY, tenfold)
    assert found is not None
    assert found["emission_t"].sum() == pytest.approx(totals["emission_t"].sum())
    assert last_other_totals(published_once, "321300", totals) is None


def test_a_reader_keeps_its_snapshot_while_a_new_one_is_published(published: Workspace) -> None:
    reader = open_published(published)
    before = reader.execute("SELECT count(*) FROM inventory.emissions").fetchone()
    shutil.rmtree(only_release(published).folder)
    newest_file = newest(published)
    assert newest_file is not None
    newest_file.unlink()
    publish(published)
    assert reader.execute("SELECT count(*) FROM inventory.emissions").fetchone() == before
    reader.close()


def test_nothing_published_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError, match="sxyd demo"):
        open_published(find_workspace(tmp_path))


def test_a_full_disk_at_any_write_leaves_the_last_release(
    published: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ask(published, "SELECT release_id, created FROM meta.release")
    _touch_release(published)
    real = os.fsync
    for allowed in (0, 1, 5, 40, 77):
        left = [allowed]

        def full(handle: int, left: list[int] = left) -> None:
            if left[0] == 0:
                raise OSError(28, "No space left on device")
            left[0] -= 1
            real(handle)

        monkeypatch.setattr(durable.os, "fsync", full)
        with pytest.raises(DiskFullError):
            publish(published)
        monkeypatch.undo()
        assert ask(published, "SELECT release_id, created FROM meta.release") == before
        assert not list(published.out.glob(".tmp-*"))
    assert not publish(published).reused


def test_a_full_disk_inside_duckdb_is_told_and_leaves_the_last_release(
    published: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ask(published, "SELECT release_id, created FROM meta.release")
    _touch_release(published)

    def full(*_: object) -> None:
        message = "IO Error: Could not write to file: No space left on device"
        raise duckdb.IOException(message)

    monkeypatch.setattr("sxyd_pipeline.io.database._insert", full)
    with pytest.raises(DatabaseNotWrittenError, match="No space left"):
        publish(published)
    assert ask(published, "SELECT release_id, created FROM meta.release") == before


def test_cells_that_a_spreadsheet_would_run_are_text() -> None:
    frame = pl.DataFrame(
        {"a": ["=1+1", "+x", "-y", "@z", "plain", None], "b": [-1.0, 2.0, 3.0, 4.0, 5.0, 6.0]}
    )
    lines = csv_bytes(frame).decode("utf-8-sig").splitlines()
    assert lines[1:6] == ["'=1+1,-1.0", "'+x,2.0", "'-y,3.0", "'@z,4.0", "plain,5.0"]


def test_every_factor_used_stands_in_the_list_of_factors(published_once: Workspace) -> None:
    missing = ask(
        published_once,
        "SELECT DISTINCT factor_id FROM inventory.emissions WHERE factor_id NOT IN (SELECT factor_id FROM meta.factors)",
    )
    assert missing == []


def _touch_release(workspace: Workspace) -> None:
    """Change the package so that the next publication is another release."""
    with (workspace.cities / CITY / "city.toml").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
