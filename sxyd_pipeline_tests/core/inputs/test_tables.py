"""Every rule of a table fires on the row that breaks it, and says where that row stands."""

from pathlib import Path

import geopandas as gpd
import polars as pl
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.inputs import TABLES
from sxyd_pipeline.core.inputs.failures import HeaderUnitMismatchError, MissingYearError
from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.core.inputs.tables import standardise_energy, standardise_facilities
from sxyd_pipeline.core.outcome import AMOUNT_SCHEMA, FINDING_SCHEMA
from sxyd_pipeline.io.package import open_package
from sxyd_pipeline.io.shapes import shape_of
from sxyd_pipeline.vocabulary.rules import RULE_BY_CODE
from sxyd_pipeline_tests.core.inputs.standardising import changed, outcome_of, reference, standardise
from sxyd_pipeline_tests.packages import tiny_config, tiny_layers, tiny_tables, write_tiny_city


def test_a_clean_package_gives_every_table_of_the_contract_and_no_finding(tmp_path: Path) -> None:
    outcomes = standardise(write_tiny_city(tmp_path))
    contracts = {table.asset: table for table in TABLES}
    for name, outcome in outcomes.items():
        wanted = contracts[name]
        assert outcome.findings.is_empty()
        assert dict(outcome.findings.schema) == FINDING_SCHEMA
        assert dict(outcome.amounts.schema) == AMOUNT_SCHEMA
        if wanted.has_geometry:
            assert list(outcome.table.columns) == [column.name for column in wanted.columns]
            assert outcome.table.crs.to_epsg() == 4490
        else:
            assert dict(outcome.table.schema) == wanted.schema
            assert not outcome.table.select(wanted.key).is_duplicated().any()
            required = [column.name for column in wanted.columns if not column.nullable]
            assert outcome.table.select(pl.col(required).null_count()).sum_horizontal().sum() == 0


def test_amounts_come_in_standard_units_beside_what_was_stated(tmp_path: Path) -> None:
    outcomes = standardise(write_tiny_city(tmp_path))
    coal = outcomes["facility_activity"].table.filter(pl.col("facility_id") == "F001").row(0, named=True)
    assert (coal["amount"], coal["amount_unit"]) == (1_000_000.0, "t")
    assert (coal["amount_stated"], coal["amount_unit_stated"]) == (100.0, "万t")
    gdp = outcomes["economy"].table.filter(
        (pl.col("indicator") == "gdp") & (pl.col("scope_type") == "city") & (pl.col("year") == 2020)
    )
    assert gdp.select("value", "unit").row(0) == (1000e8, "CNY")
    caps = dict(outcomes["targets"].table.select("indicator", "value").iter_rows())
    assert caps == {
        "permitted_so2_t": 5000.0, "co2_cap_t": 6e6, "energy_cap_tce": pytest.approx(2e6), "pm25_ug_per_m3": 33.0,
    }  # fmt: skip


def test_ids_stay_text(tmp_path: Path) -> None:
    table = standardise(write_tiny_city(tmp_path))["facilities"].table
    assert "0002" in table["facility_id"].to_list()


BROKEN_CELLS = [
    ("facilities", {"facility_name": None}, "required_value_missing", "facility_name"),
    ("facilities", {"facility_name": "#REF!"}, "error_cell", "facility_name"),
    ("facilities", {"industry_code": "441"}, "unknown_industry", "industry_code"),
    ("facilities", {"industry_code": "9999"}, "unknown_industry", "industry_code"),
    ("facilities", {"lon": "东经119"}, "not_a_number", "lon"),
    ("facilities", {"lon": "1194.5"}, "value_out_of_range", "lon"),
    ("facilities", {"lon": "121.5"}, "point_outside_city", "lon"),
    ("facilities", {"facility_id": "0002"}, "duplicate_facility", "facility_id"),
    ("facilities", {"uscc": "91321100MA1234567X"}, "bad_credit_code", "uscc"),
    ("facilities", {"district_code": "321111"}, "point_in_other_district", "district_code"),
    ("facility_activity", {"amount": "-5"}, "negative_amount", "amount"),
    ("facility_activity", {"amount": "约120"}, "not_a_number", "amount"),
    ("facility_activity", {"amount_unit": "车皮"}, "unknown_unit", "amount_unit"),
    ("facility_activity", {"amount_unit": "kWh"}, "unit_not_of_activity", "amount_unit"),
    ("facility_activity", {"activity_code": "神秘燃料"}, "unknown_activity", "activity_code"),
    ("facility_activity", {"technology_code": "nobody"}, "unknown_technology", "technology_code"),
    ("facility_activity", {"year": "20"}, "not_a_year", "year"),
    ("facility_activity", {"so2_removal_share": "95"}, "share_out_of_range", "so2_removal_share"),
    ("facility_activity", {"ncv_gj_per_t": "20000"}, "value_out_of_range", "ncv_gj_per_t"),
    ("facility_activity", {"facility_id": "F999"}, "unknown_facility", "facility_id"),
    ("facility_activity", {"amount_unit": "tce"}, "amount_converted_by_default_ncv", "amount_unit"),
    ("facility_emissions", {"species": "XX"}, "unknown_species", "species"),
    ("facility_emissions", {"method": "guess"}, "unknown_code", "method"),
    ("facility_emissions", {"amount_unit": "m3"}, "unit_not_of_activity", "amount_unit"),
    ("facility_emissions", {"facility_id": "F999"}, "unknown_facility", "facility_id"),
    ("facility_emissions", {"species": "PM10"}, "duplicate_key", "species"),
    ("area_activity", {"source_category": "11"}, "unknown_source_category", "source_category"),
    ("area_activity", {"district_code": "320102"}, "unknown_district", "district_code"),
    ("area_activity", {"amount": "-1"}, "negative_amount", "amount"),
    ("energy", {"fuel_code": "livestock_pig"}, "unknown_fuel", "fuel_code"),
    ("energy", {"amount_unit": "kWh"}, "unit_not_of_activity", "amount_unit"),
    ("economy", {"scope_type": "planet"}, "unknown_code", "scope_type"),
    ("economy", {"scope_code": "320100"}, "unknown_code", "scope_code"),
    ("economy", {"unit": "两"}, "unknown_unit", "unit"),
    ("economy", {"value": "-1"}, "negative_amount", "value"),
    ("targets", {"unit": "km"}, "unit_not_of_activity", "unit"),
    ("targets", {"unit": "桶"}, "unknown_unit", "unit"),
    ("targets", {"scope_type": "district", "scope_code": "320102"}, "unknown_district", "scope_code"),
]


@pytest.mark.parametrize(("name", "cells", "rule", "column"), BROKEN_CELLS)
def test_a_broken_cell_is_found_where_it_stands(
    tmp_path: Path, name: str, cells: dict[str, str | None], rule: str, column: str
) -> None:
    row = 2 if rule == "duplicate_facility" else 0
    # The duplicate is told on the later row: the first one stays.
    row = 1 if (name, rule) == ("facility_emissions", "duplicate_key") else row
    cells = {"species": "SO2"} if (name, rule) == ("facility_emissions", "duplicate_key") else cells
    outcome = outcome_of(tmp_path, name, changed(name, row, **cells))
    found = outcome.findings.filter(pl.col("rule") == rule)
    assert found.height == 1
    told = found.row(0, named=True)
    assert (told["source_file"], told["source_row"], told["column_name"]) == (f"{name}.csv", row + 2, column)
    assert told["strength"] == RULE_BY_CODE[rule].strength
    is_kept = row + 2 in outcome.table["source_row"].to_list()
    assert is_kept == (RULE_BY_CODE[rule].strength == "warn")
    value = next(value for key, value in cells.items() if key == column)
    if value is not None:
        assert value in told["value"]
        assert value in told["row_json"]


def test_each_row_goes_on_or_is_set_aside_and_amounts_add_up(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, "facility_activity", changed("facility_activity", 1, amount="-70000"))
    total = outcome.amounts.sum()
    assert (total["in_rows"][0], total["out_rows"][0]) == (6, 5)
    coal = outcome.amounts.filter(pl.col("activity_code") == "bituminous_coal").row(0, named=True)
    assert (coal["in_amount"], coal["out_amount"], coal["lost_amount"]) == (930_000.0, 1_000_000.0, -70_000.0)
    told = outcome.findings.row(0, named=True)
    assert (told["activity_code"], told["amount"], told["amount_unit"]) == ("bituminous_coal", -70_000.0, "t")


CELLS = st.sampled_from(
    ["1", "-1", "", "x", "1,000", "5%", "1e400", "#REF!", "万", "２０２０", "2020", "t", "F001", "煤"]
)


@given(row=st.integers(0, 5), column=st.sampled_from(tiny_tables()["facility_activity"].columns), cell=CELLS)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rows_in_are_rows_out_and_rows_set_aside(
    tmp_path_factory: pytest.TempPathFactory, row: int, column: str, cell: str
) -> None:
    outcome = outcome_of(
        tmp_path_factory.mktemp("city"),
        "facility_activity",
        changed("facility_activity", row, **{column: cell}),
    )
    aside = outcome.findings.filter(pl.col("strength") == "set_aside")["source_row"].unique()
    assert sorted([*outcome.table["source_row"], *aside]) == [2, 3, 4, 5, 6, 7]
    ledger = outcome.amounts
    assert ledger["in_rows"].sum() == 6
    assert ledger["out_rows"].sum() == outcome.table.height
    gap = ledger["in_amount"] - ledger["out_amount"] - ledger["lost_amount"]
    assert gap.abs().max() <= 1e-9 * ledger["in_amount"].abs().max()


def test_rows_of_a_facility_that_was_set_aside_are_held_and_can_still_be_computed(tmp_path: Path) -> None:
    folder = write_tiny_city(tmp_path, tables={"facilities": changed("facilities", 0, lon="121.5")})
    outcomes = standardise(folder)
    activity = outcomes["facility_activity"]
    assert activity.findings["rule"].to_list() == ["facility_set_aside"]
    held = activity.held.row(0, named=True)
    assert (held["facility_id"], held["amount"], held["rule"]) == ("F001", 1_000_000.0, "facility_set_aside")
    assert outcomes["facilities"].held["facility_id"].to_list() == ["F001"]
    assert set(outcomes["facility_emissions"].findings["rule"]) == {"facility_set_aside"}


def test_negative_rows_are_not_held(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, "facility_activity", changed("facility_activity", 0, amount="-1"))
    assert outcome.held.is_empty()
    assert "rule" in outcome.held.columns


def test_swapped_coordinates_are_named_as_such(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, "facilities", changed("facilities", 0, lon="32.125", lat="119.45"))
    told = outcome.findings.row(0, named=True)
    assert told["rule"] == "point_outside_city"
    assert "lon and lat look swapped" in told["value"]


def test_a_point_on_the_boundary_lies_in_the_district_with_the_lowest_code(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, "facilities", changed("facilities", 2, lon="119.5", district_code=None))
    assert outcome.table.filter(pl.col("facility_id") == "F003")["district_code"].to_list() == ["321102"]
    assert outcome.findings.is_empty()


def test_pm10_below_pm25_sets_aside_both_rows(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, "facility_emissions", changed("facility_emissions", 1, amount="50"))
    assert outcome.findings["rule"].to_list() == ["pm_order_broken"] * 2
    assert outcome.findings["source_row"].to_list() == [3, 4]
    assert outcome.table["species"].to_list() == ["SO2"]


def test_carbon_above_pm25_sets_aside_the_rows_that_contradict(tmp_path: Path) -> None:
    rows = [
        ("F001", "2020", species, amount, "t", "cems") for species, amount in (("BC", "40"), ("OC", "30"))
    ]
    frame = tiny_tables()["facility_emissions"]
    more = pl.DataFrame(rows, schema=frame.columns, orient="row")
    outcome = outcome_of(tmp_path, "facility_emissions", pl.concat([frame, more]))
    assert outcome.findings["rule"].unique().to_list() == ["carbon_of_pm_exceeds_pm"]
    assert sorted(outcome.table["species"]) == ["PM10", "SO2"]


@pytest.mark.parametrize("name", ["facility_activity", "area_activity", "energy", "economy"])
def test_a_table_without_the_base_year_stops_the_city_and_names_the_years(tmp_path: Path, name: str) -> None:
    frame = tiny_tables()[name].with_columns(year=pl.lit("2019")).unique(maintain_order=True)
    with pytest.raises(MissingYearError, match="2019") as caught:
        outcome_of(tmp_path, name, frame)
    assert caught.value.place.file == f"{name}.csv"
    assert dict(caught.value.findings.schema) == FINDING_SCHEMA


def test_a_year_lost_to_bad_rows_comes_with_their_findings(tmp_path: Path) -> None:
    frame = tiny_tables()["facility_activity"].with_columns(amount=pl.lit("-1"))
    with pytest.raises(MissingYearError) as caught:
        outcome_of(tmp_path, "facility_activity", frame)
    assert caught.value.findings.height == 6


def test_energy_units_of_a_fuel_use_the_rows_own_calorific_value_without_a_warning(tmp_path: Path) -> None:
    frame = changed("facility_activity", 3, amount="38931", amount_unit="GJ", ncv_gj_per_t="389.31")
    outcome = outcome_of(tmp_path, "facility_activity", frame)
    gas = outcome.table.filter(pl.col("activity_code") == "natural_gas").row(0, named=True)
    # 38 931 GJ at 389.31 GJ per 10^4 m3 are 100 times 10^4 m3.
    assert (gas["amount"], gas["amount_unit"]) == (pytest.approx(1e6), "m3")
    assert outcome.findings.is_empty()


def test_electricity_in_coal_equivalent_is_refused(tmp_path: Path) -> None:
    outcome = outcome_of(tmp_path, "facility_activity", changed("facility_activity", 4, amount_unit="tce"))
    assert outcome.findings["rule"].to_list() == ["unit_not_of_activity"]


def test_a_header_and_a_unit_column_that_contradict_each_other_are_refused(tmp_path: Path) -> None:
    frame = tiny_tables()["facility_activity"].rename({"amount": "数量（吨）"})
    with pytest.raises(HeaderUnitMismatchError, match="万"):
        outcome_of(tmp_path, "facility_activity", frame)


def test_a_percent_header_scales_the_whole_column(tmp_path: Path) -> None:
    frame = changed("facility_activity", 0, so2_removal_share="95").rename(
        {"so2_removal_share": "脱硫效率（%）"}
    )
    outcome = outcome_of(tmp_path, "facility_activity", frame)
    assert outcome.findings.is_empty()
    assert outcome.table["so2_removal_share"].drop_nulls().to_list() == [0.95]


def test_further_columns_are_carried_as_json(tmp_path: Path) -> None:
    table = outcome_of(tmp_path, "facilities", changed("facilities", 0, 联系人="张三")).table
    assert table.filter(pl.col("facility_id") == "F001")["extra"].to_list() == ['{"联系人":"张三"}']


def test_a_statistical_area_has_figures_but_no_polygon(tmp_path: Path) -> None:
    config = tiny_config() + (
        '[[statistical_areas]]\ncode = "321171"\nname = "新区"\nhost_district = "321111"\nbasis = "无独立图斑"\n'
    )
    frame = changed("area_activity", 0, district_code="321171")
    outcome = outcome_of(tmp_path / "a", "area_activity", frame, config=config)
    assert "321171" in outcome.table["district_code"].to_list()
    # A facility that states the area is not told to lie elsewhere than it says.
    stated = changed("facilities", 2, district_code="321171")
    assert outcome_of(tmp_path / "b", "facilities", stated, config=config).findings.is_empty()


def _points_near_the_district_boundary(shift_lon: float) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "facility_id": [f"P{i}" for i in range(12)],
            "facility_name": ["点"] * 12,
            "industry_code": ["4411"] * 12,
            "lon": [f"{119.4990 + shift_lon:.6f}"] * 12,
            "lat": [f"{32.11 + i * 0.005:.6f}" for i in range(12)],
            "district_code": ["321102"] * 12,
        }
    )


def test_points_that_fit_another_datum_better_are_told_once(tmp_path: Path) -> None:
    layers = standardise(write_tiny_city(tmp_path))["layers"].table
    config = open_package(tmp_path).config
    # GCJ-02 moves points of this region about 0.005 degrees east: over the boundary.
    shifted = _points_near_the_district_boundary(0.005)
    rows = pl.int_range(2, 14, dtype=pl.Int64, eager=True)
    frame = shifted.with_columns(source_sheet=pl.lit(None, dtype=pl.String), source_row=rows)
    outcome = standardise_facilities(
        RawTable("facilities", "facilities.csv", frame, shape_of("facilities")), layers, config, reference()
    )
    told = outcome.findings.filter(pl.col("rule") == "datum_looks_shifted")
    assert told["value"].to_list() == ["coordinates = cgcs2000 → gcj02"]
    assert outcome.table.height == 12
    honest = frame.with_columns(_points_near_the_district_boundary(0.0)["lon"])
    clean = standardise_facilities(
        RawTable("facilities", "facilities.csv", honest, shape_of("facilities")), layers, config, reference()
    )
    assert clean.findings.is_empty()


def test_air_quality_access_list_and_measures_are_standardised(tmp_path: Path) -> None:
    air = pl.DataFrame(
        {"区县代码": ["321102"], "年份": ["2020"], "污染物": ["臭氧"], "年均浓度（mg/m3）": ["0.16"]}
    )
    clauses = pl.DataFrame(
        {
            "clause_id": ["1", "2"], "level": ["总体", "单元"], "scope_type": ["city", "control_unit"],
            "scope_code": ["321100", "ZH32110220001"], "dimension": ["空间布局约束", "污染物排放管控"],
            "clause_text": ["禁止", "限值"], "threshold": [None, "35"],
        }
    )  # fmt: skip
    measures = pl.DataFrame(
        {
            "measure_id": ["m1", "m2"], "name": ["脱硝", "坏"], "applies_to": ["cement", "cement"],
            "effect_NOx_share": ["60%", "多"], "start_year": ["2022", None], "capex_cny": ["1,000,000", None],
        }
    )  # fmt: skip
    tables = {"air_quality": air, "access_list": clauses, "measures": measures}
    outcomes = standardise(write_tiny_city(tmp_path, tables=tables))
    assert outcomes["air_quality"].table.select("pollutant", "concentration_ug_per_m3").row(0) == (
        "O3",
        160.0,
    )
    assert outcomes["access_list"].table["dimension"].to_list() == ["space", "emission"]
    assert outcomes["access_list"].table["threshold"].to_list() == [None, 35.0]
    assert outcomes["measures"].table["effects"].to_list() == ['{"NOx": {"share": 0.6}}']
    told = outcomes["measures"].findings.row(0, named=True)
    assert (told["rule"], told["value"]) == ("not_a_number", "effect_NOx_share=多")


def test_an_invalid_district_polygon_still_locates_points(tmp_path: Path) -> None:
    districts = tiny_layers()["districts"]
    bow_tie = shapely.Polygon([(119.4, 32.1), (119.5, 32.2), (119.5, 32.1), (119.4, 32.2)])
    broken = gpd.GeoDataFrame(
        districts.drop(columns="geometry"), geometry=[bow_tie, districts.geometry[1]], crs=4490
    )
    found = standardise(write_tiny_city(tmp_path, layers={"districts": broken}))["facilities"]
    assert set(found.findings["rule"]) == {"point_outside_city"}


def test_energy_of_several_years_is_kept(tmp_path: Path) -> None:
    package = open_package(write_tiny_city(tmp_path))
    outcome = standardise_energy(package.table("energy"), package.config, reference())
    assert sorted(outcome.table["year"].unique()) == [2015, 2016, 2017, 2018, 2019, 2020]
