"""Synthetic packages: as many as asked, the same for the same seed, labelled."""

import hashlib
from pathlib import Path

from sxyd_pipeline_tests.cli.program import Program


def fingerprint(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_packages_are_made_and_are_the_same_for_the_same_seed(sxyd: Program, tmp_path: Path) -> None:
    size = ("--cities", 1, "--facilities", 5, "--control-units", 20)
    first = sxyd("synth", *size, "--seed", 7, "--dir", tmp_path / "a", "--json")
    second = sxyd("synth", *size, "--seed", 7, "--dir", tmp_path / "b")
    assert (first.code, second.code) == (0, 0)
    assert first.document["data_label"] == "示例数据"
    assert "示例数据" in second.out
    (package,) = first.document["packages"]
    assert Path(package).parent == tmp_path / "a"
    assert fingerprint(tmp_path / "a") == fingerprint(tmp_path / "b")


def test_a_size_that_makes_no_sense_is_wrong_usage(sxyd: Program, tmp_path: Path) -> None:
    for arguments in (("--cities", 1, "--control-units", 2), ("--cities", 5000)):
        said = sxyd("synth", *arguments, "--dir", tmp_path / "a")
        assert said.code == 2
        assert "处理办法" in said.err
