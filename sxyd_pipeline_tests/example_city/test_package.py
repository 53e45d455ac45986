"""The example package is whole, labelled, and the same every time."""

import hashlib
import tomllib
from pathlib import Path

import polars as pl
import pytest

from sxyd_pipeline.contracts.inputs import TABLES as CONTRACTS
from sxyd_pipeline.core.inputs.config_parsing import parse_config
from sxyd_pipeline.example_city import build_example_city
from sxyd_pipeline.example_city.package_files import PackageExistsError
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit
from sxyd_pipeline.vocabulary.codes import has_valid_credit_code
from sxyd_pipeline_tests.example_city.reading import LAYERS, PROXIES, TABLES, layer, proxy, table

STATED_BY_READERS = {
    "city_code", "lon_stated", "lat_stated", "district_code_stated", "amount_stated", "amount_unit_stated",
    "value_stated", "unit_stated", "emission_t", "extra", "source_file", "source_sheet", "source_row",
    "area_ha", "flow_m3",
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_brings_every_column_its_contract_cannot_do_without(example: Path, name: str) -> None:
    contract = next(contract for contract in CONTRACTS if contract.name == name)
    needed = {c.name for c in contract.columns if not c.nullable} - STATED_BY_READERS
    assert needed <= set(table(example, name).columns)


def test_the_settings_are_accepted_by_the_product(example: Path) -> None:
    config = parse_config(tomllib.loads((example / "city.toml").read_text(encoding="utf-8")))
    assert (config.adcode, config.base_year, config.horizons) == ("321100", 2020, (2025, 2035))
    assert config.has_module("water")
    assert not config.has_module("coastal")


@pytest.mark.parametrize("name", TABLES)
def test_every_row_of_a_table_says_whether_it_is_real(example: Path, name: str) -> None:
    rows = table(example, name)
    assert set(rows["data_label"].unique()) <= {"真实数据", "示例数据"}
    assert rows["data_nature"].null_count() == 0
    assert rows["cited_from"].null_count() == 0


@pytest.mark.parametrize("name", LAYERS)
def test_every_feature_of_a_layer_says_whether_it_is_real(example: Path, name: str) -> None:
    assert set(layer(example, name)["data_label"]) == {"真实数据" if name == "districts" else "示例数据"}


@pytest.mark.parametrize("name", PROXIES)
def test_every_cell_of_a_proxy_is_labelled_and_weighed(example: Path, name: str) -> None:
    cells = proxy(example, name)
    assert set(cells["data_label"]) == {"示例数据"}
    assert (cells["weight"] > 0).all()
    assert cells["cell_id"].is_unique


def test_the_map_review_number_is_printed(example: Path) -> None:
    assert "GS(2024)0650" in (example / "DATASET_CARD.md").read_text(encoding="utf-8")
    assert set(layer(example, "districts")["map_review_number"]) == {"GS(2024)0650"}


def test_the_card_counts_the_rows_there_are(example: Path) -> None:
    card = (example / "DATASET_CARD.md").read_text(encoding="utf-8")
    for name in TABLES:
        rows = table(example, name)
        nature = rows["data_nature"].to_list()
        real, derived, made = (nature.count(n) for n in ("真实", "由真实数据推算", "合成"))
        assert f"| {name} | {real} | {derived} | {made} | {len(rows)} |" in card


def test_the_card_in_the_documentation_is_the_one_in_the_package(example: Path) -> None:
    documented = Path(__file__).parents[2] / "docs" / "example-city.md"
    assert documented.read_text(encoding="utf-8") == (example / "DATASET_CARD.md").read_text(encoding="utf-8")


def test_csv_files_open_in_a_spreadsheet_with_their_chinese_intact(example: Path) -> None:
    for name in TABLES:
        assert (example / f"{name}.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_same_seed_gives_the_same_bytes(example: Path, tmp_path: Path) -> None:
    again = build_example_city(tmp_path / "321100")
    assert _hashes(again) == _hashes(example)


def test_another_seed_gives_another_plan_but_the_same_facts(example: Path, tmp_path: Path) -> None:
    other = build_example_city(tmp_path / "321100", seed=7)
    assert (
        layer(other, "air").geometry.to_wkb().to_list() != layer(example, "air").geometry.to_wkb().to_list()
    )
    is_real = pl.col("data_label") == "真实数据"
    for name in ("facilities", "economy"):
        assert table(other, name).filter(is_real).equals(table(example, name).filter(is_real))


def test_a_package_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('adcode = "321100"\n', encoding="utf-8")
    with pytest.raises(PackageExistsError, match="示例数据"):
        build_example_city(tmp_path)
    assert (tmp_path / "city.toml").read_text(encoding="utf-8") == 'adcode = "321100"\n'


def test_a_package_of_this_generator_is_replaced(example: Path, tmp_path: Path) -> None:
    folder = build_example_city(tmp_path / "321100", seed=7)
    assert _hashes(build_example_city(folder)) == _hashes(example)


@pytest.mark.parametrize("name", ["facility_activity", "area_activity", "energy", "facility_emissions"])
def test_every_unit_of_measure_is_known(example: Path, name: str) -> None:
    for unit in table(example, name)["amount_unit"].unique():
        assert parse_amount_unit(unit) is not None


def test_invented_firms_carry_right_check_digits_and_an_area_that_does_not_exist(example: Path) -> None:
    codes = table(example, "facilities")["uscc"].drop_nulls().to_list()
    assert len(codes) == len(set(codes)) == 370
    assert all(has_valid_credit_code(code) and code[2:8] == "000000" for code in codes)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
