"""Fuel tables: the published ways of going wrong, and tables that are right."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.lints import (
    LINT_SCHEMA,
    MissingLintColumnError,
    MissingLintRuleError,
    lint_aggregate_factors,
    lint_coal_ratio,
    lint_fuel_carbon_table,
)
from sxyd_pipeline.core.lints.units import FactorUnit, MassOf, parse_factor_unit, parse_mass_of
from sxyd_pipeline.vocabulary.lints import ALL_LINTS
from sxyd_pipeline_tests.core.baseline.little_city import reference

FUELS, RULES = reference("fuels"), reference("lint_rules")

#: Carbon per tce as city papers print it, times physical amounts, and no 44/12: the fault of Nanchang 2017.
NANCHANG = pl.DataFrame(
    [
        ("原煤", 100.0, 0.7559, 75.59), ("焦炭", 20.0, 0.8550, 17.10), ("汽油", 30.0, 0.5538, 16.614),
        ("煤油", 5.0, 0.5714, 2.857), ("柴油", 40.0, 0.5921, 23.684), ("燃料油", 10.0, 0.6185, 6.185),
    ],
    schema=["fuel", "amount", "factor", "emission"],
    orient="row",
).with_columns(unit=pl.lit("万t"))  # fmt: skip

#: Heliyon 9(11) e21241, table 2: NCV, carbon, oxidation; t CO2 per t (natural gas per 10^4 m3) follows.
HELIYON = pl.DataFrame(
    [
        ("Raw Coal", 1.9834), ("Coke", 2.8604), ("Diesel", 3.1113), ("Kerosene", 3.0334), ("Fuel oil", 3.1705),
        ("Gasoline", 2.9251), ("Crude Oil", 3.0202), ("Natural Gas", 21.6219),
    ],
    schema=["fuel", "factor"],
    orient="row",
).with_columns(
    amount=pl.lit(12.5), unit=pl.when(pl.col("fuel") == "Natural Gas").then(pl.lit("万m3")).otherwise(pl.lit("t"))
)  # fmt: skip


def lint(frame: pl.DataFrame) -> dict[str, list[int]]:
    """Rows found, by lint."""
    got = lint_fuel_carbon_table(frame, FUELS, RULES)
    assert dict(got.schema) == LINT_SCHEMA
    return {
        str(name[0]): group["source_row"].to_list()
        for name, group in got.sort("lint_id").group_by("lint_id", maintain_order=True)
    }


def one(**values: object) -> pl.DataFrame:
    return pl.DataFrame(
        {"fuel": ["原煤"], "amount": [100.0], "unit": ["t"], "emission_unit": ["tCO2"]}
        | {k: [v] for k, v in values.items()}
    )


def test_physical_tonnes_times_carbon_per_tce_are_found_by_the_unit() -> None:
    printed = NANCHANG.with_columns(factor_unit=pl.lit("tC/tce"), emission_unit=pl.lit("万tC"))
    assert lint(printed) == {"physical_tonnes_by_tce": [1, 2, 3, 4, 5, 6]}


def test_without_44_12_under_a_co2_heading_both_faults_are_told() -> None:
    printed = NANCHANG.with_columns(factor_unit=pl.lit("tC/tce"), emission_unit=pl.lit("万tCO2"))
    rows = [1, 2, 3, 4, 5, 6]
    assert lint(printed) == {"missing_44_12": rows, "physical_tonnes_by_tce": rows}


def test_a_table_that_does_not_say_its_units_is_judged_by_its_values() -> None:
    printed = NANCHANG.with_columns(emission_unit=pl.lit("万t"))
    got = lint(printed)
    # Coke holds about as much carbon per tonne as per tce, so only the missing 44/12 can be told.
    assert got["physical_tonnes_by_tce"] == [1, 3, 4, 5, 6]
    assert got["missing_44_12"] == [1, 2, 3, 4, 5, 6]


def test_a_carbon_factor_called_co2_is_not_believed() -> None:
    assert "physical_tonnes_by_tce" in lint(one(factor=0.7559, factor_unit="tCO2/t", emission=75.59))


def test_a_published_table_that_is_right_is_left_in_peace() -> None:
    printed = HELIYON.with_columns(
        emission=(pl.col("amount") * pl.col("factor")).round(1), emission_unit=pl.lit("tCO2")
    )
    assert lint(printed) == {}
    with_unit = pl.when(pl.col("unit") == "t").then(pl.lit("tCO2/t")).otherwise(pl.lit("tCO2/万m3"))
    assert lint(printed.with_columns(factor_unit=with_unit)) == {}
    assert lint(printed.drop("factor")) == {}


def test_carbon_under_a_carbon_heading_is_right() -> None:
    carbon = HELIYON.with_columns(factor=pl.col("factor") * 12 / 44).with_columns(
        emission=pl.col("amount") * pl.col("factor"), emission_unit=pl.lit("tC")
    )
    assert lint(carbon) == {}


def test_coal_equivalent_times_carbon_per_tce_is_right() -> None:
    assert (
        lint(one(unit="tce", factor=0.7559, factor_unit="tC/tce", emission=75.59, emission_unit="tC")) == {}
    )
    times = 75.59 * 44 / 12
    assert lint(one(unit="tce", factor=0.7559, factor_unit="tC/tce", emission=times)) == {}


def test_44_12_left_out_is_found_without_any_factor() -> None:
    assert lint(one(emission=55.6)) == {"missing_44_12": [1]}
    assert lint(one(emission=55.6, emission_unit="tC")) == {}


def test_carbon_and_co2_under_each_others_name() -> None:
    assert lint(one(emission=203.8, emission_unit="tC")) == {"carbon_co2_confused": [1]}
    assert lint(one(emission=203.8 * 44 / 12)) == {"carbon_co2_confused": [1]}
    assert lint(one(emission=201.0, emission_unit="tC", factor=2.01, factor_unit="tCO2/t")) == {
        "carbon_co2_confused": [1]
    }


def test_a_slip_of_the_unit_shows_in_the_ratio_of_coal() -> None:
    assert lint(one(emission=2038.0)) == {"coal_ratio_implausible": [1]}
    table = pl.concat([one(emission=69.0), one(emission=70.0), one(emission=300.0), one(emission=301.0)])
    assert lint_coal_ratio(table, RULES)["source_row"].to_list() == [1, 4]
    other = table.with_columns(fuel=pl.lit("柴油"))
    assert lint_coal_ratio(other, RULES).is_empty()


def test_a_finding_tells_where_what_and_how_to_mend() -> None:
    placed = one(emission=55.6, source_file="city/energy.csv", source_row=7)
    got = lint_fuel_carbon_table(placed, FUELS, RULES, table_name="energy").row(0, named=True)
    assert (got["table_name"], got["source_file"], got["source_row"], got["column_name"]) == (
        "energy",
        "city/energy.csv",
        7,
        "emission",
    )
    assert "203.8 tCO2" in got["message_zh"]
    assert "44/12" in got["remedy_zh"]
    assert "44/12" in got["remedy_en"]


def test_missing_columns_and_thresholds_are_named() -> None:
    with pytest.raises(MissingLintColumnError, match="emission_unit"):
        lint_fuel_carbon_table(one(emission=1.0).drop("emission_unit"), FUELS, RULES)
    with pytest.raises(MissingLintRuleError, match="product_tolerance_share"):
        lint_fuel_carbon_table(one(emission=1.0), FUELS, RULES.filter(pl.col("kind") != "threshold"))


def test_odd_values_give_no_traceback() -> None:
    odd = pl.concat([
        one(emission=0.0, factor=0.0), one(emission=float("nan"), factor=1.0),
        one(emission=5.0, factor=1.0).with_columns(fuel=pl.lit("不明"), unit=pl.lit("桶"), emission_unit=pl.lit("??")),
    ])  # fmt: skip
    assert lint(odd).keys() <= {"coal_ratio_implausible"}
    assert lint(odd.clear()) == {}


def aggregate(rows: list[tuple[str, float | None, str]]) -> list[str]:
    frame = pl.DataFrame(rows, schema=["fuel", "factor", "factor_unit"], orient="row")
    return lint_aggregate_factors(frame, FUELS, RULES)["message_zh"].to_list()


def test_an_aggregate_factor_among_factors_of_fuels_is_found() -> None:
    mixed = aggregate([("汽油", 2.925, "tCO2/t"), ("能源合计", 2.46, "tCO2/tce")])
    assert len(mixed) == 1
    assert "能源合计 用综合因子 2.46 tCO2/tce" in mixed[0]
    by_value = aggregate([("汽油", 2.925, "tCO2/t"), ("柴油", 2.46, "tCO2/tce")])
    assert len(by_value) == 1


def test_one_way_for_the_whole_table_is_right() -> None:
    assert aggregate([("能源合计", 2.46, "tCO2/tce")]) == []
    assert (
        aggregate([("汽油", 2.925, "tCO2/t"), ("柴油", 3.096, "tCO2/t"), ("能源合计", None, "tCO2/tce")])
        == []
    )
    # Hard coal's own factor per tce happens to be an aggregate one.
    assert aggregate([("烟煤", 2.673, "tCO2/tce"), ("汽油", 2.925, "tCO2/t")]) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tC/tce", FactorUnit("C", "energy", 1 / 29.3076)), ("tCO2/t", FactorUnit("CO2", "mass", 1.0)),
        ("kgCO₂/kWh", FactorUnit("CO2", "electricity", 1e-3)), ("吨碳/吨标准煤", FactorUnit("C", "energy", 1 / 29.3076)),
        ("tCO2e/万m3", FactorUnit("CO2", "volume", 1e-4)), ("t/t", FactorUnit("", "mass", 1.0)),
        ("桶/t", None), ("tC", None),
    ],
)  # fmt: skip
def test_units_of_factors_are_read(text: str, expected: FactorUnit | None) -> None:
    got = parse_factor_unit(text)
    if expected is None:
        assert got is None
        return
    assert got is not None
    assert (got.substance, got.dimension) == (expected.substance, expected.dimension)
    assert got.tonnes_per_unit == pytest.approx(expected.tonnes_per_unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("万tCO2", MassOf("CO2", 1e4)),
        ("tC", MassOf("C", 1.0)),
        ("kt", MassOf("", 1e3)),
        ("万吨二氧化碳当量", MassOf("CO2", 1e4)),
        ("CO2", None),
        ("kWh", None),
    ],
)
def test_units_of_emissions_are_read(text: str, expected: MassOf | None) -> None:
    assert parse_mass_of(text) == expected


def test_every_lint_speaks_both_languages() -> None:
    for item in ALL_LINTS:
        assert all((item.zh, item.en, item.remedy_zh, item.remedy_en))


@settings(max_examples=50, deadline=None)
@given(
    amount=st.floats(1e-2, 1e9), fuel=st.sampled_from(sorted(FUELS["fuel_code"])), unit=st.sampled_from(["t", "万t", "kt"]),
    error=st.floats(-0.01, 0.01),
)  # fmt: skip
def test_a_right_table_is_never_blamed(amount: float, fuel: str, unit: str, error: float) -> None:
    row = FUELS.filter(pl.col("fuel_code") == fuel).row(0, named=True)
    unit = unit if row["amount_unit"] == "t" else "万m3"
    factor = row["ncv_gj_per_unit"] * row["carbon_tc_per_gj"] * row["oxidation_share"] * 44 / 12
    mass = {"t": "tCO2", "万t": "万tCO2", "kt": "ktCO2", "万m3": "tCO2"}[unit]
    table = one(
        fuel=fuel,
        amount=amount,
        unit=unit,
        factor=factor,
        emission=amount * factor * (1 + error),
        emission_unit=mass,
    )
    assert lint(table) == {}
    per = "tCO2/万m3" if unit == "万m3" else "tCO2/t"
    assert lint(table.with_columns(factor_unit=pl.lit(per))) == {}
