"""What a release is bound to: every file of the program that can change a byte, whatever its line ends."""

import shutil
from pathlib import Path

import pytest

from sxyd_pipeline.io import fingerprints
from sxyd_pipeline.io.fingerprints import hash_program, program_files, reference_files
from sxyd_pipeline.io.workspace import reference_folder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small copy of the package that can be changed."""
    for name in ("a.py", "deliverables/report/template.txt", "deliverables/font.otf", "__pycache__/a.pyc"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"one\ntwo\n")
    monkeypatch.setattr(fingerprints, "_package_root", lambda: tmp_path)
    return tmp_path


def fresh() -> str:
    hash_program.cache_clear()
    try:
        return hash_program()
    finally:
        hash_program.cache_clear()


@pytest.mark.parametrize("name", ["a.py", "deliverables/report/template.txt", "deliverables/font.otf"])
def test_a_changed_source_template_or_font_makes_another_program(program: Path, name: str) -> None:
    before = fresh()
    (program / name).write_bytes(b"other")
    assert fresh() != before


def test_compiled_files_line_ends_and_installed_reference_data_do_not_count(program: Path) -> None:
    before = fresh()
    (program / "__pycache__" / "a.pyc").write_bytes(b"other")
    (program / "a.py").write_bytes(b"one\r\ntwo\r\n")
    shutil.copytree(reference_folder() / "scenarios", program / "reference" / "scenarios")
    assert fresh() == before


def test_the_package_counts_its_templates_and_bundles() -> None:
    suffixes = {path.suffix for path in program_files()}
    assert {".py", ".html", ".toml", ".typ"} <= suffixes


def test_scenarios_that_ship_are_inputs_of_a_release() -> None:
    names = {path.relative_to(reference_folder()).as_posix() for path in reference_files(reference_folder())}
    assert {"fuels.csv", "scenarios/baseline.toml", "delivery_rules.csv"} <= names
