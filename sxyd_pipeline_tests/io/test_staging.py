"""Staged deliverables: complete or not there, never outside their folder, copied with their hashes."""

from pathlib import Path

import pytest

from sxyd_pipeline.io.staging import KEPT_VERSIONS, StagedFileChangedError, Staging, UnsafePathError

FILES = {"data/a.csv": b"1", "b.pdf": b"22", "_preview/p.md": b"# p"}
KEY = "0123456789abcdef" * 4


@pytest.fixture
def staging(tmp_path: Path) -> Staging:
    return Staging.of(tmp_path, "321100")


def test_what_was_staged_is_found_under_its_key(staging: Staging) -> None:
    assert staging.find("atlas", KEY) is None
    put = staging.put("atlas", KEY, FILES)
    found = staging.find("atlas", KEY)
    assert found is not None
    assert found.reused
    assert found.files == put.files
    assert list(put.files) == ["b.pdf", "data/a.csv"]
    assert put.content_hash == found.content_hash
    assert staging.find("atlas", "f" * 64) is None


def test_previews_stay_behind_when_the_release_takes_the_files(staging: Staging, tmp_path: Path) -> None:
    put = staging.put("atlas", KEY, FILES)
    assert put.preview("p.md") == b"# p"
    put.copy_into(tmp_path / "release")
    copied = {path.name for path in (tmp_path / "release").rglob("*") if path.is_file()}
    assert copied == {"a.csv", "b.pdf"}


def test_a_changed_file_is_neither_found_nor_taken(staging: Staging, tmp_path: Path) -> None:
    put = staging.put("atlas", KEY, FILES)
    (put.folder / "b.pdf").write_bytes(b"changed")
    assert staging.find("atlas", KEY) is None
    with pytest.raises(StagedFileChangedError, match=r"b\.pdf"):
        put.copy_into(tmp_path / "release")
    assert staging.put("atlas", KEY, FILES).content_hash == put.content_hash
    assert staging.find("atlas", KEY) is not None


@pytest.mark.parametrize("name", ["../out.txt", "/etc/passwd", "a/../../b", "a\\b", "a//b"])
def test_no_file_leaves_its_folder(staging: Staging, name: str) -> None:
    with pytest.raises(UnsafePathError):
        staging.put("atlas", KEY, {name: b"x"})
    assert staging.find("atlas", KEY) is None


def test_old_versions_are_forgotten(staging: Staging) -> None:
    for number in range(KEPT_VERSIONS + 2):
        staging.put("atlas", f"{number:064x}"[::-1], FILES)
    assert len(list((staging.home / "atlas").iterdir())) == KEPT_VERSIONS
