"""Reference data are read typed, and a broken row is named by file and row."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.io.reference import BrokenReferenceError, load_reference
from sxyd_pipeline.io.workspace import reference_folder

FRAMES = sorted(path.name for path in reference_folder().glob("*.csv"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "reference"
    copy.mkdir()
    for name in FRAMES:
        shutil.copy(reference_folder() / name, copy / name)
    return copy


def edit(folder: Path, name: str, change: Callable[[list[str]], None]) -> None:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    change(lines)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_the_shipped_tables_load_and_every_row_is_cited() -> None:
    reference = load_reference(reference_folder())
    for name in ("fuels", "emission_factors", "technologies", "gwp", "grid_factors", "adcodes", "industries"):
        frame = getattr(reference, name)
        assert frame.height > 0
        assert frame["cited_from"].null_count() == 0
        assert set(frame["confidence"]) <= {"read", "computed", "recalled", "default"}


def test_the_same_files_are_read_once() -> None:
    assert load_reference(reference_folder()) is load_reference(reference_folder())


def test_a_changed_file_is_read_again(folder: Path) -> None:
    before = load_reference(folder)
    edit(folder, "activity_ranges.csv", lambda lines: lines.__setitem__(1, lines[1].replace("0.95", "0.9")))
    after = load_reference(folder)
    assert after is not before
    assert after.activity_ranges["low_ratio"][0] == 0.9


def test_the_national_lists_are_complete() -> None:
    reference = load_reference(reference_folder())
    counts = dict(reference.industries.group_by("level").len().iter_rows())
    assert (counts[1], counts[2], counts[4]) == (20, 97, 1381)
    assert counts[3] == 474 - 1
    zhenjiang = reference.adcodes.filter(
        pl.col("adcode").str.starts_with("3211"), pl.col("level") == "district"
    )
    assert sorted(zhenjiang["adcode"]) == ["321102", "321111", "321112", "321181", "321182", "321183"]


def test_pollution_equivalents_are_those_of_the_law() -> None:
    values = load_reference(reference_folder()).pollution_equivalents
    known = dict(
        values.filter(pl.col("species").is_not_null()).select("species", "equivalent_value_kg").iter_rows()
    )
    assert (known["SO2"], known["NOx"], known["CO"], known["NH3"]) == (0.95, 0.95, 16.7, 9.09)


def _replace(old: str, new: str) -> Callable[[list[str]], None]:
    def change(lines: list[str]) -> None:
        row = next(number for number, line in enumerate(lines) if old in line)
        lines[row] = lines[row].replace(old, new, 1)

    return change


BROKEN = [
    ("fuels.csv", _replace("22.867", "much"), "ncv_gj_per_unit"),
    ("fuels.csv", _replace(",0.95,", ",1.95,"), "oxidation_share"),
    ("fuels.csv", _replace("anthracite", "moonshine"), "fuel_code"),
    ("emission_factors.csv", _replace(",kg/t,", ",stone/t,"), "unit"),
    ("emission_factors.csv", _replace(",sulfur_balance,", ",guesswork,"), "method_id"),
    ("gwp.csv", _replace(",read", ",certain"), "confidence"),
    ("gwp.csv", lambda lines: lines.append(lines[1]), "gwp_set"),
    ("counting_gates.csv", _replace(",city,", ",galaxy,"), "scope"),
    ("technologies.csv", _replace(",false,", ",maybe,"), "has_limestone_fgd"),
    ("zone_types.csv", _replace("ecology,1", "ecology,2"), "control_class"),
    ("activity_ranges.csv", _replace("0.95", "1.95"), "low_ratio"),
    ("adcodes.csv", lambda lines: lines.__setitem__(0, lines[0].replace("vintage", "age")), "vintage"),
]


@pytest.mark.parametrize(("name", "change", "column"), BROKEN)
def test_a_broken_table_is_named_by_file_row_and_column(
    folder: Path, name: str, change: Callable[[list[str]], None], column: str
) -> None:
    edit(folder, name, change)
    with pytest.raises(BrokenReferenceError) as caught:
        load_reference(folder)
    assert caught.value.place.file == name
    assert caught.value.place.row is not None
    assert caught.value.place.column == column


def test_a_missing_table_is_named(folder: Path) -> None:
    (folder / "gwp.csv").unlink()
    with pytest.raises(BrokenReferenceError, match=r"gwp\.csv"):
        load_reference(folder)


def test_an_activity_without_a_factor_is_named(folder: Path) -> None:
    edit(
        folder,
        "emission_factors.csv",
        lambda lines: lines.__setitem__(slice(None), [x for x in lines if ",nitric_acid," not in x]),
    )
    with pytest.raises(BrokenReferenceError, match="nitric_acid"):
        load_reference(folder)


def test_fine_particles_above_coarse_ones_are_refused(folder: Path) -> None:
    edit(
        folder,
        "emission_factors.csv",
        _replace("diesel,,PM2.5,factor,0.22,kg/t,0.11,0.44", "diesel,,PM2.5,factor,0.30,kg/t,0.11,0.44"),
    )
    with pytest.raises(BrokenReferenceError, match=r"diesel\.PM2\.5"):
        load_reference(folder)
