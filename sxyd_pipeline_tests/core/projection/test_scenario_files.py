import numpy as np
import polars as pl
import pytest

from sxyd_pipeline.contracts.projection import DRIVERS
from sxyd_pipeline.core.projection.drivers import list_drivers
from sxyd_pipeline.core.projection.engine import list_actions, project_sources
from sxyd_pipeline.core.projection.peak import find_peak
from sxyd_pipeline.core.projection.scenario import parse_scenario
from sxyd_pipeline.vocabulary.activities import AREA_ACTIVITIES, FUELS, PRODUCTS
from sxyd_pipeline.vocabulary.levers import SHIPPED_SCENARIOS
from sxyd_pipeline_tests.core.projection.reference_files import BASE, CITY, YEARS, read_scenario

SCENARIOS = {name: read_scenario(name) for name in SHIPPED_SCENARIOS}

#: A city in miniature: source, kind, category, activity, industry, and tonnes of CO2, SO2, NOx, PM2.5, VOCs.
_CITY = [
    ("power", "point", 1, "bituminous_coal", "4411", 3.0e7, 3000, 6000, 600, 300),
    ("gas_power", "point", 1, "natural_gas", "4411", 8.0e5, 10, 600, 20, 20),
    ("kiln_fuel", "point", 1, "bituminous_coal", "3011", 1.0e6, 300, 1500, 100, 30),
    ("clinker", "point", 2, "cement_clinker", "3011", 1.6e6, 100, 2000, 900, 10),
    ("steel", "point", 2, "crude_steel_bof", "3120", 2.0e6, 1200, 2000, 1500, 100),
    ("chemicals", "point", 2, "ethylene", "2614", 6.0e5, 300, 500, 200, 4000),
    ("boilers", "point", 1, "bituminous_coal", "2221", 2.0e6, 2500, 2600, 900, 60),
    ("glass", "point", 2, "flat_glass", "3041", 1.0e5, 150, 500, 60, 5),
    ("copper", "point", 1, "natural_gas", "3211", 1.0e5, 5, 100, 10, 5),
    ("paint", "point", 4, "solvent_paint", "3311", 0.0, 0, 0, 0, 9000),
    ("homes_coal", "area", 1, "bituminous_coal", None, 2.0e5, 900, 200, 700, 300),
    ("homes_gas", "area", 1, "natural_gas", None, 5.0e5, 5, 400, 20, 30),
    ("cars", "area", 3, "vehicle_km_car", None, 1.5e6, 10, 2500, 60, 3000),
    ("trucks", "area", 3, "vehicle_km_heavy_truck", None, 1.2e6, 15, 9000, 400, 700),
    ("buses", "area", 3, "vehicle_km_bus", None, 1.5e5, 2, 800, 20, 60),
    ("machines", "area", 3, "construction_machinery_diesel", None, 2.0e5, 20, 2000, 120, 200),
    ("vessels", "area", 3, "vessel_diesel", None, 3.0e5, 300, 4000, 200, 150),
    ("coating", "area", 4, "architectural_coating", None, 0.0, 0, 0, 0, 2500),
    ("filling", "area", 8, "gasoline_sales", None, 0.0, 0, 0, 0, 500),
    ("road_dust", "area", 6, "road_dust", None, 0.0, 0, 0, 2500, 0),
    ("sites", "area", 6, "construction_area", None, 0.0, 0, 0, 1500, 0),
    ("straw", "area", 7, "straw_open_burning", None, 0.0, 30, 120, 500, 400),
    ("waste", "point", 9, "municipal_solid_waste", "4417", 2.0e5, 60, 400, 20, 5),
    ("cooking", "area", 10, "cooking_population", None, 0.0, 0, 0, 400, 500),
]
_SPECIES = ["CO2", "SO2", "NOx", "PM2.5", "VOCs"]


def sources() -> pl.DataFrame:
    columns = ["source_id", "source_kind", "source_category", "activity_code", "industry_code", *_SPECIES]
    wide = pl.DataFrame(_CITY, schema=columns, orient="row", strict=False)
    return (
        wide.unpivot(index=columns[:5], variable_name="species", value_name="emission_t")
        .with_columns(
            pl.col("emission_t").cast(pl.Float64),
            district_code=pl.lit("321102"),
            technology_code=pl.lit(None, pl.String),
            facility_id=pl.lit(None, pl.String),
            equipment_id=pl.lit(None, pl.String),
        )
        .sort("source_id", "species")
    )


def totals(name: str) -> pl.DataFrame:
    got = project_sources(sources(), SCENARIOS[name], YEARS, BASE)
    return got.group_by("scenario_id", "year", "species").agg(pl.col("emission_t").sum())


def total(name: str, species: str, year: int) -> float:
    row = totals(name).filter(pl.col("species") == species, pl.col("year") == year)
    return float(row["emission_t"][0])


@pytest.mark.parametrize("name", list(SHIPPED_SCENARIOS))
def test_a_shipped_scenario_carries_its_own_name(name: str) -> None:
    assert SCENARIOS[name].scenario_id == name
    assert SCENARIOS[name].name_zh == SHIPPED_SCENARIOS[name]


@pytest.mark.parametrize("name", ["policy", "strengthened"])
def test_every_shipped_lever_has_source_range_and_a_chinese_label(name: str) -> None:
    for lever in SCENARIOS[name].levers:
        assert lever.cited_from
        assert 0 < lever.range_share <= 0.5
        assert any("\u4e00" <= character <= "\u9fff" for character in lever.label)
        # A default figure says that it is one.
        assert lever.confidence != "default" or "缺省" in lever.cited_from, lever.label


def test_baseline_reproduces_the_inventory_exactly() -> None:
    got = project_sources(sources(), SCENARIOS["baseline"], YEARS, BASE)
    for year in YEARS:
        one = got.filter(pl.col("year") == year).sort("source_id", "species")
        assert one["emission_t"].to_list() == sources()["emission_t"].to_list()


@pytest.mark.parametrize("name", ["policy", "strengthened"])
def test_the_base_year_is_the_inventory_in_every_scenario(name: str) -> None:
    got = project_sources(sources(), SCENARIOS[name], YEARS, BASE).filter(pl.col("year") == BASE)
    assert got.sort("source_id", "species")["emission_t"].to_list() == pytest.approx(
        sources()["emission_t"].to_list(), rel=1e-12
    )


@pytest.mark.parametrize("species", _SPECIES)
@pytest.mark.parametrize("year", [2025, 2030, 2035])
def test_strengthened_emits_no_more_than_policy(species: str, year: int) -> None:
    assert total("strengthened", species, year) <= total("policy", species, year)


@pytest.mark.parametrize("species", _SPECIES)
def test_policy_lies_below_the_base_year_in_2035(species: str) -> None:
    assert total("policy", species, 2035) < total("policy", species, BASE)


def test_co2_peaks_before_2030_and_earlier_when_strengthened() -> None:
    peaks = find_peak(pl.concat([totals("policy"), totals("strengthened")]), CITY)
    years = dict(peaks.select("scenario_id", "peak_year").iter_rows())
    assert peaks["is_within_horizon"].all()
    assert BASE <= years["strengthened"] < years["policy"] < 2030


def every_possible_source() -> pl.DataFrame:
    """Every activity at a plant of every division, and every area activity of the city."""
    divisions = [f"{division:02d}11" for division in range(6, 80)] + ["3021", "4620"]
    plants = [
        ("point", str(one.source_category), one.code, code)
        for one in (*FUELS, *PRODUCTS)
        for code in divisions
        # Whoever burns waste is a power or a waste plant.
        if one.code != "municipal_solid_waste" or code[:2] in {"44", "77", "78"}
    ]
    areas = [
        ("area", str(one.source_category), one.code, None) for one in (*FUELS, *PRODUCTS, *AREA_ACTIVITIES)
    ]
    names = ["source_kind", "source_category", "activity_code", "industry_code"]
    rows = pl.DataFrame(plants + areas, schema=names, orient="row")
    missing = dict.fromkeys(
        ("district_code", "technology_code", "facility_id", "equipment_id"), pl.lit(None, pl.String)
    )
    return rows.with_columns(**missing)


@pytest.mark.parametrize("name", ["policy", "strengthened"])
@pytest.mark.parametrize("species", _SPECIES)
def test_no_source_feels_two_levers_of_one_kind(name: str, species: str) -> None:
    """Two rates on one source would compound unseen."""
    rows = every_possible_source().with_columns(species=pl.lit(species))
    actions = list_actions(rows, SCENARIOS[name])
    kinds = {"activity_growth", "activity_level", "energy_intensity_change", "factor_change", "capture"}
    if species != "VOCs":  # replacing paints and treating what is left are two things
        kinds.add("removal")
    for kind in kinds:
        acting = np.sum([one.rows for one in actions if one.lever.kind.code == kind], axis=0)
        assert np.max(acting) <= 1, rows.filter(pl.Series(np.atleast_1d(acting) > 1)).head(3).rows()


@pytest.mark.parametrize("name", ["policy", "strengthened"])
def test_fine_particles_never_fall_slower_than_their_parts_rise(name: str) -> None:
    """PM10 >= PM2.5 >= BC + OC must survive: parts fall at least as fast as the whole."""
    rows = sources().filter(pl.col("species") == "PM2.5")
    whole = project_sources(rows, SCENARIOS[name], YEARS, BASE)["emission_t"]
    for other, holds in (("PM10", whole.le), ("BC", whole.ge), ("OC", whole.ge)):
        changed = rows.with_columns(species=pl.lit(other))
        part = project_sources(changed, SCENARIOS[name], YEARS, BASE)["emission_t"]
        assert holds(part + (1e-9 if other == "PM10" else -1e-9)).all()


def test_drivers_show_every_lever_in_every_year() -> None:
    got = list_drivers(list(SCENARIOS.values()), YEARS, BASE, CITY)
    levers = sum(len(one.levers) for one in SCENARIOS.values())
    assert got.schema == DRIVERS.schema
    assert got.height == levers * len(YEARS)
    assert not got.select(DRIVERS.key).is_duplicated().any()
    assert got.null_count().sum_horizontal()[0] == 0


def test_drivers_tell_rate_level_and_event_apart() -> None:
    levers = [
        {"lever": "activity_growth", "label": "a", "values": {"2025": 0.1, "2030": 0.2}, "cited_from": "t"},
        {"lever": "activity_level", "label": "b", "values": {"2030": 2.0}, "cited_from": "t"},
        {"lever": "retirement", "label": "c", "facility_id": "F", "year": 2028, "cited_from": "t"},
    ]
    document = {"id": "s", "name_zh": "情景", "name_en": "s", "cited_from": "t", "levers": levers}
    got = list_drivers([parse_scenario(document, "s.toml")], [2020, 2025, 2026, 2028, 2035], BASE, CITY)
    values = {
        label: part["value"].to_list() for (label,), part in got.partition_by("lever", as_dict=True).items()
    }
    assert values["a"] == [0.0, 0.1, 0.2, 0.2, 0.2]
    assert values["b"] == pytest.approx([1.0, 1.5, 1.6, 1.8, 2.0])
    assert values["c"] == [0.0, 0.0, 0.0, 1.0, 1.0]
    assert got.filter(pl.col("lever") == "c")["applies_to"][0] == '{"facility_id": "F", "year": 2028}'
