"""A template can be read back, says what to fill in, and never replaces a file."""

import csv
import tomllib
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from sxyd_pipeline.cli.dictionary import write_dictionary
from sxyd_pipeline.cli.scaffold import UnknownCityError, find_city
from sxyd_pipeline.core.inputs.config import MODULES
from sxyd_pipeline.core.inputs.config_parsing import parse_config
from sxyd_pipeline.core.inputs.headers import map_headers
from sxyd_pipeline.errors import Place
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.shapes import FIELDS, TABLE_MODULES, TABLE_NAMES
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline_tests.cli.program import Program


@pytest.mark.parametrize("headers", ["en", "zh"])
def test_every_header_of_a_template_is_understood_by_the_reader(
    sxyd: Program, tmp_path: Path, headers: str
) -> None:
    modules = [word for module in MODULES for word in ("--module", module)]
    assert sxyd("init", "320100", "--headers", headers, *modules).code == 0
    for name in TABLE_NAMES:
        path = tmp_path / "data" / "cities" / "320100" / f"{name}.csv"
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
        with path.open(encoding="utf-8-sig", newline="") as file:
            (header,) = list(csv.reader(file))
        mapped = map_headers(FIELDS[name], header, Place(path.name))
        assert set(mapped.headers) == {field.name for field in FIELDS[name]}
        assert mapped.extra == ()


def test_only_the_tables_of_modules_that_are_on_are_scaffolded(sxyd: Program, tmp_path: Path) -> None:
    plain = sxyd("init", "320100", "--dir", "plain", "--json").document["files"]
    assert {f"{name}.csv" for name, module in TABLE_MODULES.items() if not module} <= set(plain)
    assert not {f"{name}.csv" for name, module in TABLE_MODULES.items() if module} & set(plain)
    wet = sxyd("init", "320100", "--dir", "wet", "--module", "water", "--json").document["files"]
    assert set(wet) - set(plain) == {"wastewater.csv"}
    text = (tmp_path / "wet" / "320100" / "city.toml").read_text(encoding="utf-8")
    assert parse_config(tomllib.loads(text)).modules == {
        "water": True, "ecology": False, "coastal": False, "non_co2": True,
    }  # fmt: skip
    assert sxyd("init", "320100", "--dir", "other", "--module", "sky").code == 2


def test_the_settings_of_a_template_are_valid_and_name_the_city(sxyd: Program, tmp_path: Path) -> None:
    sxyd("init", "320100", "--dir", "mine")
    text = (tmp_path / "mine" / "320100" / "city.toml").read_text(encoding="utf-8")
    config = parse_config(tomllib.loads(text))
    assert (config.adcode, config.name, config.province) == ("320100", "南京市", "江苏省")


def test_a_folder_named_after_the_city_is_the_package(sxyd: Program, tmp_path: Path) -> None:
    sxyd("init", "320100", "--dir", tmp_path / "x" / "320100")
    assert (tmp_path / "x" / "320100" / "city.toml").is_file()


def test_nothing_is_replaced(sxyd: Program, tmp_path: Path) -> None:
    folder = tmp_path / "data" / "cities" / "320100"
    folder.mkdir(parents=True)
    (folder / "energy.csv").write_text("mine", encoding="utf-8")
    said = sxyd("init", "320100")
    assert said.code == 1
    assert "energy.csv" in said.err
    assert [path.name for path in folder.iterdir()] == ["energy.csv"]
    assert (folder / "energy.csv").read_text(encoding="utf-8") == "mine"


def test_json_names_the_folder_and_its_files(sxyd: Program, tmp_path: Path) -> None:
    told = sxyd("init", "320100", "--json").document
    assert Path(told["folder"]) == tmp_path / "data" / "cities" / "320100"
    assert all((Path(told["folder"]) / name).is_file() for name in told["files"])


ADCODES = pl.DataFrame(
    {
        "adcode": ["110000", "110101", "320000", "320100", "320102", "320200"],
        "name": ["北京市", "东城区", "江苏省", "南京市", "玄武区", "无锡市"],
        "level": ["province", "district", "province", "city", "district", "city"],
    }
)


def test_a_municipality_is_a_city_of_its_own_province() -> None:
    city = find_city("110000", ADCODES)
    assert (city["name"], city["province"], city["districts"]) == ("北京市", "北京市", "| 110101 | 东城区 |")


def test_a_province_with_cities_is_not_a_city() -> None:
    with pytest.raises(UnknownCityError):
        find_city("320000", ADCODES)


@pytest.mark.parametrize("typed", ["320102", "南京"])
def test_the_city_of_a_district_or_of_a_name_is_suggested(typed: str) -> None:
    with pytest.raises(UnknownCityError, match="相近的有：320100 南京市 /"):
        find_city(typed, ADCODES)


def test_the_data_dictionary_describes_every_column_and_is_the_same_each_time(tmp_path: Path) -> None:
    reference = load_reference(reference_folder())
    first, second = tmp_path / "1.xlsx", tmp_path / "2.xlsx"
    write_dictionary(first, reference)
    write_dictionary(second, reference)
    assert first.read_bytes() == second.read_bytes()
    book = openpyxl.load_workbook(first)
    for name in TABLE_NAMES:
        rows = list(book[name].iter_rows(values_only=True))
        assert [row[0] for row in rows[1:]] == [field.name for field in FIELDS[name]]
        assert all(row[1] and row[2] for row in rows[1:])
    codes = [row[0] for row in book["活动水平代码"].iter_rows(values_only=True)]
    assert "bituminous_coal" in codes
