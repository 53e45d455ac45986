"""The whole of the result data: the same bytes twice, described, safe to open, and one total everywhere."""

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import defusedxml.ElementTree
import openpyxl
import polars as pl
import pytest
from openxml_audit import OpenXmlValidator

from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.deliverables.result_data.files import write
from sxyd_pipeline.deliverables.result_data.tables import CSV_BYTES, csv_bytes
from sxyd_pipeline_tests.conftest import FinishedDemo
from sxyd_pipeline_tests.deliverables.result_data.reading import HOSTILE, put, silent, with_hostile_names

GMD = "{http://www.isotc211.org/2005/gmd}"


@pytest.fixture(scope="module")
def files(example_edition: Edition) -> dict[str, bytes]:
    return write(example_edition, "zh", silent)


@pytest.fixture(scope="module")
def hostile(example_edition: Edition) -> dict[str, bytes]:
    """All files of a few rows each: the audit of a workbook takes a minute for a whole city."""
    few = {name: frame.head(25) for name, frame in example_edition.tables.items()}
    return write(with_hostile_names(replace(example_edition, tables=few)), "zh", silent)


def test_export_from_the_database_is_byte_for_byte_what_the_run_wrote(
    files: dict[str, bytes], finished_demo: FinishedDemo
) -> None:
    manifest = json.loads((finished_demo.release / "manifest.json").read_text(encoding="utf-8"))
    released = {
        name: facts["sha256"] for name, facts in manifest["files"].items() if name.startswith("data/")
    }
    written = {
        name: hashlib.sha256(content).hexdigest()
        for name, content in files.items()
        if name.startswith("data/")
    }
    assert written == released


def test_the_data_are_small_enough_to_hand_over(files: dict[str, bytes]) -> None:
    assert sum(map(len, files.values())) < 40_000_000


def test_the_data_package_lists_every_file_with_its_hash(files: dict[str, bytes]) -> None:
    document = json.loads(files["data/datapackage.json"])
    listed = {one["path"]: one["hash"].removeprefix("sha256:") for one in document["resources"]}
    there = {name.removeprefix("data/") for name in files if name.startswith("data/")}
    assert set(listed) == there - {"datapackage.json"}
    assert all(hashlib.sha256(files[f"data/{name}"]).hexdigest() == sha for name, sha in listed.items())
    names = [one["name"] for one in document["resources"]]
    assert len(set(names)) == len(names)


def test_the_schema_of_the_data_package_is_the_header_of_the_csv(files: dict[str, bytes]) -> None:
    document = json.loads(files["data/datapackage.json"])
    tables = [one for one in document["resources"] if "schema" in one]
    assert len(tables) > 30
    for one in tables:
        content = files[f"data/{one['path']}"]
        assert content.startswith(b"\xef\xbb\xbf")
        header = pl.read_csv(io.BytesIO(content), n_rows=0, infer_schema=False).columns
        assert header == [field["name"] for field in one["schema"]["fields"]]


def test_large_tables_are_parquet_only(files: dict[str, bytes], example_edition: Edition) -> None:
    for name, frame in example_edition.tables.items():
        if name != "meta.release":
            assert f"data/{name}.parquet" in files
            size = len(csv_bytes(frame.drop("geometry", strict=False)))
            assert (f"data/{name}.csv" in files) == (size <= CSV_BYTES), name


def test_metadata_name_the_release_the_system_and_the_extent(
    files: dict[str, bytes], example_edition: Edition
) -> None:
    root = defusedxml.ElementTree.fromstring(files["data/metadata/control_units.xml"])
    text = "".join(root.itertext())
    assert root.tag == f"{GMD}MD_Metadata"
    assert example_edition.release_id in text
    assert "EPSG:4490" in text
    assert "示例数据" in text
    west = float("".join(root.find(f".//{GMD}westBoundLongitude").itertext()))
    assert 118.5 < west < 119.5


def test_the_date_of_the_metadata_is_the_stated_one_or_unknown(files: dict[str, bytes]) -> None:
    root = defusedxml.ElementTree.fromstring(files["data/metadata/dataset.xml"])
    stamp = root.find(f"{GMD}dateStamp")
    assert stamp is not None
    assert stamp.attrib == {"{http://www.isotc211.org/2005/gco}nilReason": "unknown"}


@pytest.mark.parametrize("name", ["results.xlsx", "data_dictionary.xlsx"])
def test_workbooks_open_without_repair(hostile: dict[str, bytes], tmp_path: Path, name: str) -> None:
    path = put(tmp_path, {name: hostile[f"data/{name}"]}) / name
    result = OpenXmlValidator(max_errors=20).validate(str(path))
    assert [str(error) for error in result.errors] == []


def test_hostile_text_is_text_in_a_workbook(hostile: dict[str, bytes]) -> None:
    book = openpyxl.load_workbook(io.BytesIO(hostile["data/results.xlsx"]))
    cells = [cell for row in book["管控单元一览"].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert any("<script>" in str(cell.value) and "=cmd|" in str(cell.value) for cell in cells)


def test_hostile_text_is_no_formula_in_csv_and_no_markup_in_xml(hostile: dict[str, bytes]) -> None:
    frame = pl.read_csv(io.BytesIO(hostile["data/zoning.control_units.csv"]), infer_schema=False)
    assert frame.filter(pl.any_horizontal(pl.all().str.contains(r"^[=+@]"))).is_empty()
    root = defusedxml.ElementTree.fromstring(hostile["data/metadata/dataset.xml"])
    title = "".join(root.find(f".//{GMD}title").itertext())
    assert "<script>" in title
    assert "\x07" not in title
    assert HOSTILE.split("\x07", maxsplit=1)[0] in json.loads(hostile["data/datapackage.json"])["title"]


def test_headline_totals_agree_between_database_workbook_layers_and_csv(
    files: dict[str, bytes], example_edition: Edition
) -> None:
    city = (pl.col("breakdown") == "city") & (pl.col("species") == "CO2") & (pl.col("year") == 2020)
    total = example_edition.table("inventory.totals").filter(city)["emission_t"].item()
    book = openpyxl.load_workbook(io.BytesIO(files["data/results.xlsx"]), read_only=True)
    rows = list(book["管控单元一览"].iter_rows(min_row=2, values_only=True))
    place = next(n for n, heading in enumerate(rows[0]) if str(heading).startswith("CO2 排放（t/a）"))
    assert sum(row[place] for row in rows[1:]) == pytest.approx(total, rel=1e-9)
    csv = pl.read_csv(io.BytesIO(files["data/inventory.totals.csv"]))
    assert csv.filter(city)["emission_t"].item() == pytest.approx(total, rel=1e-12)


def test_the_english_edition_has_english_headings(example_edition: Edition) -> None:
    english = write(example_edition, "en", silent)
    book = openpyxl.load_workbook(io.BytesIO(english["data/results.xlsx"]), read_only=True)
    assert "Control units" in book.sheetnames
    assert "result data" in english["data/README.md"].decode()
