import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.baseline import CONTROL_UNIT_EMISSIONS, DISTRICT_EMISSIONS, ZONE_EMISSIONS
from sxyd_pipeline.core.baseline import account_control_units, account_districts, account_zones, mass_gaps
from sxyd_pipeline.core.baseline.errors import UnplacedEmissionError
from sxyd_pipeline.core.outcome import CONSERVED
from sxyd_pipeline_tests.core.baseline.sources import place, sources
from sxyd_pipeline_tests.core.zoning.squares import EAST, TWO_DISTRICTS, WEST, City, box

WEST_UNIT, EAST_UNIT = f"ZH{WEST}20001", f"ZH{EAST}30001"
KEY_AIR, GENERAL_AIR = f"YS{WEST}2310001", f"YS{WEST}3310001"
CITY = City({**TWO_DISTRICTS, "control_units": {WEST_UNIT: box(0, 0, 10, 10), EAST_UNIT: box(10, 0, 20, 10)}})
PLACES = {"a": (3.0, 2.0)}
EMISSIONS = pl.concat(
    [
        sources({"facility:a": 10.0, f"area:{WEST}:areal": 100.0}),
        sources({f"area:{EAST}:areal": 50.0}, species="CO2"),
    ]
)
PLACED = place(CITY, EMISSIONS, PLACES)


def tonnes(table: pl.DataFrame, code: str, species: str) -> dict[str, float]:
    rows = table.filter(species=species)
    return dict(zip(rows[code], rows["emission_t"], strict=True))


def test_a_district_emits_its_points_and_its_areas() -> None:
    table = account_districts(EMISSIONS, PLACED, CITY.districts).table
    assert table.columns == [column.name for column in DISTRICT_EMISSIONS.columns]
    assert tonnes(table, "district_code", "SO2") == pytest.approx({WEST: 110.0, EAST: 0.0})
    assert table.filter(district_code=WEST, species="SO2")["density_t_per_km2"].item() == pytest.approx(1.1)


def test_every_control_unit_has_a_row_for_every_species_also_when_it_is_zero() -> None:
    table = account_control_units(EMISSIONS, PLACED, CITY.control_units).table
    assert table.columns == [column.name for column in CONTROL_UNIT_EMISSIONS.columns]
    assert tonnes(table, "control_unit_code", "CO2") == pytest.approx({WEST_UNIT: 0.0, EAST_UNIT: 50.0})
    assert table.height == 4


def test_greenhouse_gases_have_equivalents_and_pollutants_have_none() -> None:
    table = account_control_units(EMISSIONS, PLACED, CITY.control_units).table
    carbon = table.filter(species="CO2").sort("control_unit_code")
    assert carbon["co2e_tco2e"].to_list() == pytest.approx([0.0, 50.0])
    assert carbon["gwp_set"].to_list() == ["AR5", "AR5"]
    assert table.filter(species="SO2")["co2e_tco2e"].to_list() == [None, None]


def test_zones_of_an_element_that_covers_the_city_lose_nothing() -> None:
    outcome = account_zones(EMISSIONS, PLACED, CITY.zones)
    assert outcome.table.columns == [column.name for column in ZONE_EMISSIONS.columns]
    air = outcome.table.filter(element="air")
    assert tonnes(air, "zone_code", "SO2") == pytest.approx({KEY_AIR: 50.0, GENERAL_AIR: 60.0})
    ledger = outcome.balance.filter(step="baseline.zone_emissions:air")
    assert set(ledger["why"]) == {CONSERVED}


def test_what_lies_outside_ecology_is_shown_as_lost_with_the_reason() -> None:
    ledger = account_zones(EMISSIONS, PLACED, CITY.zones).balance.filter(
        step="baseline.zone_emissions:ecology", species="SO2"
    )
    assert ledger["lost_t"].to_list() == pytest.approx([100.0])  # the point and 90 % of the area source
    assert "outside every zone" in ledger["why"].item()


def test_intervals_of_sources_with_one_factor_add() -> None:
    row = account_districts(EMISSIONS, PLACED, CITY.districts).table.filter(district_code=EAST, species="CO2")
    assert row["low_t"].item() < 50.0 < row["high_t"].item()


def test_a_source_without_placement_is_named() -> None:
    with pytest.raises(UnplacedEmissionError, match="facility:a"):
        account_districts(EMISSIONS, PLACED.filter(pl.col("spread_id") != "facility:a"), CITY.districts)


@settings(max_examples=25, deadline=None)
@given(
    points=st.lists(
        st.tuples(st.floats(0, 20), st.floats(0, 10), st.floats(0.0, 1e7)), min_size=1, max_size=8
    ),
    areas_t=st.tuples(st.floats(0.0, 1e7), st.floats(0.0, 1e7)),
)
def test_no_tonne_is_lost(points: list[tuple[float, float, float]], areas_t: tuple[float, float]) -> None:
    places = {str(number): (x, y) for number, (x, y, _) in enumerate(points)}
    emissions = pl.concat(
        [
            sources({f"facility:{number}": t for number, (_, _, t) in enumerate(points)}),
            sources({f"area:{WEST}:areal": areas_t[0], f"area:{EAST}:areal": areas_t[1]}),
            sources({f"area:{EAST}:areal": areas_t[0]}, species="CO2"),
        ]
    )
    placed = place(CITY, emissions, places)
    for outcome in (
        account_districts(emissions, placed, CITY.districts),
        account_control_units(emissions, placed, CITY.control_units),
    ):
        assert mass_gaps(emissions, outcome.table).is_empty()
        assert set(outcome.balance["why"]) == {CONSERVED}
    zones = account_zones(emissions, placed, CITY.zones).table
    for element in ("air", "resources"):
        assert mass_gaps(emissions, zones.filter(element=element)).is_empty()


def test_a_lost_tonne_is_found() -> None:
    after = account_districts(EMISSIONS, PLACED, CITY.districts).table
    short = after.with_columns(
        emission_t=pl.when(pl.col("species") == "SO2")
        .then(pl.col("emission_t") * 0.9)
        .otherwise("emission_t")
    )
    gaps = mass_gaps(EMISSIONS, short)
    assert gaps["species"].to_list() == ["SO2"]
    assert gaps["gap_t"].to_list() == pytest.approx([-11.0])


def test_the_order_of_sources_changes_nothing() -> None:
    straight = account_control_units(EMISSIONS, PLACED, CITY.control_units).table
    turned = account_control_units(EMISSIONS.reverse(), PLACED.reverse(), CITY.control_units).table
    assert straight.equals(turned)
