"""Measured values override computed ones, both stay visible, and the particles keep their order."""

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.inventory import MEMO_EMISSIONS, SOURCE_EMISSIONS
from sxyd_pipeline.core import inventory
from sxyd_pipeline.core.outcome import Outcome
from sxyd_pipeline_tests.core.inventory.examples import (
    CONFIG,
    area,
    areas,
    computed,
    facilities,
    measured,
    point,
    points,
    reference,
    rows_of,
    tonnes,
)

BOILERS = (
    point("bituminous_coal", 100.0, equipment_id="E1"),
    point("bituminous_coal", 300.0, equipment_id="E2"),
)


def count(stated: pl.DataFrame, values: pl.DataFrame) -> Outcome:
    known = facilities("F1", "F2")
    return inventory.count_emissions(rows_of(computed(stated)), values, known, reference(), CONFIG)


def of(outcome: Outcome, species: str) -> pl.DataFrame:
    return rows_of(outcome).filter(pl.col("species") == species)


def test_a_measured_total_is_spread_in_proportion_to_what_was_computed() -> None:
    outcome = count(points(*BOILERS), measured({"species": "SO2", "emission_t": 8.0}))
    rows = of(outcome, "SO2")
    assert rows["emission_t"].to_list() == pytest.approx([2.0, 6.0])
    assert set(rows["method"]) == {"measured:cems"}
    assert rows["factor_id"].null_count() == 2
    assert rows["low_t"].to_list() == pytest.approx([1.8, 5.4])
    assert dict(rows.schema) == SOURCE_EMISSIONS.schema


def test_the_computed_value_stays_visible_as_a_memo() -> None:
    table = rows_of(computed(points(*BOILERS)))
    memo = inventory.list_memo_emissions(table, measured({"species": "SO2", "emission_t": 8.0}))
    replaced = memo.filter(pl.col("memo_kind") == "superseded_by_measurement")
    assert replaced["emission_t"].sum() == pytest.approx(tonnes(table, "SO2"))
    assert set(replaced["species"]) == {"SO2"}
    assert memo.columns == list(MEMO_EMISSIONS.schema)
    assert memo.select(pl.col(name).cast(dtype) for name, dtype in MEMO_EMISSIONS.schema.items()).equals(memo)


def test_a_measured_value_without_any_activity_becomes_a_source_of_its_own() -> None:
    outcome = count(points(), measured({"facility_id": "F2", "species": "SF6", "emission_t": 0.5}))
    row = rows_of(outcome).row(0, named=True)
    assert row["source_id"] == "F2/measured"
    assert row["source_category"] == 1
    assert row["co2e_tco2e"] == pytest.approx(0.5 * 23500)
    assert outcome.balance.row(0, named=True)["lost_t"] == -0.5


def test_the_ledger_tells_how_much_the_measurement_changed() -> None:
    outcome = count(points(*BOILERS), measured({"species": "SO2", "emission_t": 8.0}))
    ledger = outcome.balance.filter(pl.col("species") == "SO2")
    before = 400 * 1.6 * 0.008
    assert ledger["in_t"].to_list() == pytest.approx([before])
    assert ledger["out_t"].to_list() == pytest.approx([8.0])
    assert ledger["lost_t"].to_list() == pytest.approx([before - 8.0])
    assert outcome.balance["out_t"].sum() == pytest.approx(rows_of(outcome)["emission_t"].sum())


def test_particles_that_are_not_measured_follow_the_measured_size() -> None:
    stated = points(*BOILERS)
    profile = rows_of(computed(stated))
    outcome = count(stated, measured({"species": "PM10", "emission_t": 0.1}))
    ratio = 0.1 / tonnes(profile, "PM10")
    for species in ("PM2.5", "BC", "OC"):
        assert tonnes(rows_of(outcome), species) == pytest.approx(ratio * tonnes(profile, species))
    assert set(of(outcome, "PM2.5")["method"]) == {"scaled_to_measured:cems"}


def test_measured_pm25_above_measured_pm10_is_set_aside_with_its_place() -> None:
    values = measured({"species": "PM10", "emission_t": 1.0}, {"species": "PM2.5", "emission_t": 2.0})
    outcome = count(points(*BOILERS), values)
    assert outcome.findings["rule"].to_list() == ["pm_order_broken"] * 2
    assert outcome.findings["source_row"].to_list() == [2, 3]
    assert set(of(outcome, "PM10")["method"]) == {"ash_balance"}


def test_measured_pm25_without_any_pm10_is_set_aside() -> None:
    outcome = count(points(), measured({"species": "PM2.5", "emission_t": 2.0}))
    assert rows_of(outcome).is_empty()
    assert outcome.findings["rule"].to_list() == ["pm_order_broken"]


def test_measured_black_carbon_above_the_particles_is_set_aside() -> None:
    outcome = count(points(*BOILERS), measured({"species": "BC", "emission_t": 1e6}))
    assert outcome.findings["rule"].to_list() == ["carbon_of_pm_exceeds_pm"]
    assert set(of(outcome, "BC")["method"]) == {"share_of_pm25"}


def test_area_sources_are_untouched_by_measurements() -> None:
    table = rows_of(computed(points(), areas(area("livestock_pig", 10.0))))
    outcome = inventory.count_emissions(table, measured(), facilities(), reference(), CONFIG)
    assert rows_of(outcome)["emission_t"].sum() == pytest.approx(table["emission_t"].sum())


def test_a_measured_facility_that_is_not_known_is_refused() -> None:
    with pytest.raises(inventory.errors.UnplacedActivityError, match="F9"):
        count(points(), measured({"facility_id": "F9", "species": "SO2", "emission_t": 1.0}))


MEASURED = st.lists(
    st.fixed_dictionaries(
        {
            "species": st.sampled_from(["SO2", "NOx", "CO2", "PM10", "PM2.5", "BC", "VOCs", "SF6"]),
            "emission_t": st.floats(0.0, 1e6),
        }
    ),
    max_size=6,
    unique_by=lambda row: str(row["species"]),
)


@settings(deadline=None, max_examples=30)
@given(values=MEASURED)
def test_accepted_measurements_are_met_exactly_and_particles_keep_their_order(
    values: list[Mapping[str, object]],
) -> None:
    outcome = count(points(*BOILERS), measured(*values))
    rows, rejected = rows_of(outcome), set(outcome.findings["value"].str.split(" ").list.first())
    for value in values:
        if value["species"] not in rejected:
            assert tonnes(rows, str(value["species"])) == pytest.approx(value["emission_t"], rel=1e-9)
    slack = 1 + 1e-9
    assert tonnes(rows, "PM10") * slack >= tonnes(rows, "PM2.5")
    assert tonnes(rows, "PM2.5") * slack >= tonnes(rows, "BC") + tonnes(rows, "OC")
    assert (outcome.balance["in_t"] - outcome.balance["out_t"] - outcome.balance["lost_t"]).abs().max() == 0.0
    assert not rows.select(pl.struct(SOURCE_EMISSIONS.key).is_duplicated().any()).item()


def test_sizes_stay_in_order_in_every_source_when_both_are_measured() -> None:
    # Gas particles are all fine, coal particles mostly coarse: one ratio for both would break the gas row.
    mixed = points(
        point("natural_gas", 1e6, equipment_id="G1", amount_unit="m3"),
        point("bituminous_coal", 300.0, equipment_id="E2"),
    )
    values = measured({"species": "PM10", "emission_t": 3.0}, {"species": "PM2.5", "emission_t": 2.5})
    outcome = count(mixed, values)
    sizes = rows_of(outcome).filter(pl.col("species").is_in(["PM10", "PM2.5", "BC", "OC"])).pivot(
        on="species", index="source_id", values="emission_t"
    )  # fmt: skip
    assert sizes["PM10"].sum() == pytest.approx(3.0)
    assert sizes["PM2.5"].sum() == pytest.approx(2.5)
    for row in sizes.fill_null(0.0).iter_rows(named=True):
        assert row["PM10"] >= row["PM2.5"] * (1 - 1e-9)
        assert row["PM2.5"] >= (row["BC"] + row["OC"]) * (1 - 1e-9)
