import polars as pl
import pytest

from sxyd_pipeline.core.projection.failures import TargetUnitError, UnknownIndicatorError
from sxyd_pipeline.core.projection.targets import (
    known_targets,
    list_unassessed,
    national_targets_for,
    parse_target_units,
)
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit
from sxyd_pipeline.vocabulary.species import SPECIES_BY_CODE
from sxyd_pipeline_tests.core.projection.reference_files import BASE, CITY, CONFIDENCES, INDICATORS, NATIONAL


def stated(indicator: str, value: float, unit: str) -> pl.DataFrame:
    return pl.DataFrame({"indicator": [indicator], "value_stated": [value], "unit_stated": [unit]})


@pytest.mark.parametrize(
    ("indicator", "value", "unit", "expected"),
    [
        ("permitted_so2_t", 1.2, "万吨", 12000.0),
        ("permitted_nox_t", 3.0, "kt", 3000.0),
        ("coal_cap_t", 500.0, "万t", 5.0e6),
        ("energy_cap_tce", 800.0, "万吨标准煤", 8.0e6),
        ("energy_cap_tce", 29307.6, "GJ", 1000.0),
        ("co2_per_gdp_reduction_share", 18.0, "%", 0.18),
        ("pm25_ug_per_m3", 0.035, "mg/m3", 35.0),
    ],
)
def test_a_target_is_brought_to_the_unit_of_its_indicator(
    indicator: str, value: float, unit: str, expected: float
) -> None:
    assert parse_target_units(stated(indicator, value, unit), INDICATORS)["value"][0] == pytest.approx(
        expected
    )


def test_a_unit_of_another_dimension_is_refused_with_its_row() -> None:
    rows = pl.concat([stated("coal_cap_t", 1.0, "万t"), stated("coal_cap_t", 1.0, "万tce")])
    placed = rows.with_columns(source_file=pl.lit("targets.csv"), source_row=pl.Series([2, 3]))
    with pytest.raises(TargetUnitError, match=r"targets\.csv 行/row 3.*万tce"):
        parse_target_units(placed, INDICATORS)


def test_an_unknown_unit_is_refused() -> None:
    with pytest.raises(TargetUnitError, match="parsec"):
        parse_target_units(stated("coal_cap_t", 1.0, "parsec"), INDICATORS)


def test_an_unknown_indicator_is_refused_with_the_valid_ones() -> None:
    with pytest.raises(UnknownIndicatorError, match="co2_cap_t"):
        parse_target_units(stated("co2_cap", 1.0, "t"), INDICATORS)


def targets(*rows: tuple[str, int, float]) -> pl.DataFrame:
    return pl.DataFrame(
        [("city", CITY, indicator, year, value, "文件") for indicator, year, value in rows],
        schema=["scope_type", "scope_code", "indicator", "year", "value", "basis"],
        orient="row",
    )


def test_a_known_target_says_what_it_limits() -> None:
    got = known_targets(targets(("permitted_nox_t", 2025, 5.0)), INDICATORS).row(0, named=True)
    assert (got["quantity"], got["species"], got["comparison"]) == ("emission", "NOx", "at_most")


def test_a_target_nothing_answers_is_listed_with_its_reason() -> None:
    got = list_unassessed(
        targets(("co2_cap_t", 2025, 1.0), ("non_fossil_share", 2025, 0.2), ("happiness", 2025, 1.0)),
        INDICATORS,
    )
    reasons = dict(got.select("indicator", "reason_en").iter_rows())
    assert set(reasons) == {"non_fossil_share", "happiness"}
    assert "not in target_indicators" in reasons["happiness"]


def test_every_indicator_has_a_unit_of_its_suffix_and_a_known_species() -> None:
    for row in INDICATORS.iter_rows(named=True):
        unit = parse_amount_unit(row["unit"])
        assert unit is not None
        assert row["indicator"].endswith(f"_{row['unit']}")
        assert row["comparison"] in {"at_most", "at_least"}
        assert row["form"] in {"level", "reduction_share", "per_gdp_reduction_share"}
        assert not row["species"] or row["species"] in SPECIES_BY_CODE
        assert row["confidence"] in CONFIDENCES


def test_national_targets_use_known_indicators_and_are_cited() -> None:
    assert set(NATIONAL["indicator"]) <= set(INDICATORS["indicator"])
    assert set(NATIONAL["confidence"]) <= CONFIDENCES
    assert NATIONAL["cited_from"].null_count() == 0


def test_national_targets_counted_from_another_year_are_left_out() -> None:
    got = national_targets_for(NATIONAL, CITY, BASE, 2035)
    pairs = set(got.select("indicator", "year").iter_rows())
    assert ("co2_per_gdp_reduction_share", 2025) in pairs
    assert ("co2_per_gdp_reduction_share", 2030) not in pairs  # counted from 2005
    assert ("coal_reduction_share", 2025) not in pairs  # regional
    later = national_targets_for(NATIONAL, CITY, 2022, 2035)
    assert "co2_per_gdp_reduction_share" not in set(later["indicator"])
    assert set(later["year"]) <= set(range(2023, 2036))


def test_a_key_region_has_its_own_targets() -> None:
    got = national_targets_for(NATIONAL, CITY, BASE, 2035, region="京津冀及周边")
    values = {
        (name, year): value for name, year, value in got.select("indicator", "year", "value").iter_rows()
    }
    assert values["pm25_reduction_share", 2025] == 0.20
    assert values["coal_reduction_share", 2025] == 0.10
    assert got.select("indicator", "year").is_duplicated().sum() == 0
