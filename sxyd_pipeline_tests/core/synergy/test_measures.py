"""What a measure does to sources, and how the city's own measures meet the library."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.synergy.measures_effects import Fitted, cost_quantity, fit_measure
from sxyd_pipeline.core.synergy.measures_errors import (
    MeasureExceedsSourceError,
    UnknownSelectorError,
    UnreadableEffectError,
)
from sxyd_pipeline.core.synergy.measures_library import (
    Cost,
    Effect,
    Measure,
    Selector,
    capital_recovery_factor,
    combine_with_city,
    read_library,
)
from sxyd_pipeline.core.synergy.measures_sources import (
    SPECIES_AT,
    match_sources,
    sources_of_projection,
    tabulate_sources,
)
from sxyd_pipeline.core.synergy.overlaps import apply_in_sequence
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline_tests.core.synergy.measures_frames import (
    TECHNOLOGIES,
    emissions,
    measure,
    share,
    sources_frame,
    table,
)


def removed(one: Measure, species: str, uptake: float = 1.0, **tonnes: float) -> float:
    sources = table(**tonnes)
    return float(fit_measure(one, sources).alone(sources, uptake).delta_t[:, SPECIES_AT[species]].sum())


def test_a_share_is_taken_of_what_is_there() -> None:
    assert removed(measure("m", share("SO2", 0.9)), "SO2", 0.5, SO2=100.0) == pytest.approx(45.0)


def test_limestone_sets_free_0_687_tonnes_of_co2_per_tonne_of_so2_removed() -> None:
    scrubber = measure("fgd", share("SO2", 0.9), Effect("CO2", "t_per_t", -0.687, "SO2"))
    assert removed(scrubber, "CO2", SO2=100.0) == pytest.approx(-0.687 * 90.0)


def test_the_library_knows_the_limestone_number_from_the_masses() -> None:
    effects = load_reference(reference_folder()).measure_effects
    row = effects.filter(
        (pl.col("measure_id") == "wet_fgd") & (pl.col("species") == "CO2") & (pl.col("kind") == "t_per_t")
    )
    assert -row["value"].item() == pytest.approx(44.01 / 64.06, abs=5e-4)


def test_extra_energy_raises_what_the_measure_does_not_name() -> None:
    capture = measure("ccs", share("CO2", 0.875), Effect("energy", "share", -0.25))
    assert removed(capture, "NOx", NOx=8.0, CO2=100.0) == pytest.approx(-2.0)
    assert removed(capture, "CO2", NOx=8.0, CO2=100.0) == pytest.approx(87.5)


def test_activity_that_ends_takes_every_species_with_it() -> None:
    closed = measure("close", Effect("activity", "share", 1.0))
    for species in ("SO2", "CO2", "CO"):
        assert removed(closed, species, SO2=3.0, CO2=100.0, CO=7.0) == pytest.approx(
            {"SO2": 3, "CO2": 100, "CO": 7}[species]
        )


def test_power_is_counted_apart_and_follows_the_tonnes_removed() -> None:
    sources = table(SO2=100.0)
    scrubber = measure("fgd", share("SO2", 0.9), Effect("electricity", "t_per_t", -2500.0, "SO2"))
    assert fit_measure(scrubber, sources).alone(sources).saved_kwh.sum() == pytest.approx(-225000.0)


def test_particles_stay_in_order_when_only_some_are_named() -> None:
    sources = table(PM10=100.0, PM25=40.0, BC=10.0, OC=20.0)
    fine = fit_measure(measure("m", share("PM2.5", 0.5)), sources).alone(sources).delta_t[0]
    assert [fine[SPECIES_AT[s]] for s in ("PM10", "PM2.5", "BC", "OC")] == pytest.approx(
        [20.0, 20.0, 5.0, 10.0]
    )
    coarse = fit_measure(measure("m", share("PM10", 0.5)), sources).alone(sources).delta_t[0]
    assert [coarse[SPECIES_AT[s]] for s in ("PM10", "PM2.5", "BC", "OC")] == pytest.approx(
        [50.0, 20.0, 5.0, 10.0]
    )


def test_tonnes_per_unit_cannot_exceed_the_source() -> None:
    fits = measure("m", Effect("NOx", "per_unit", 0.05))
    assert removed(fits, "NOx", NOx=8.0) == pytest.approx(5.0)
    with pytest.raises(MeasureExceedsSourceError, match="F1/B1/coal"):
        fit_measure(measure("m", Effect("NOx", "per_unit", 0.09)), table(NOx=8.0))


def test_slip_and_limestone_do_not_count_the_coal_twice() -> None:
    slip = emissions(NH3=1.0).with_columns(
        source_id=pl.lit("F1/B1/coal/slip"), method=pl.lit("denitrification_slip")
    )
    sources = tabulate_sources(pl.concat([emissions(SO2=10.0), slip]), TECHNOLOGIES)
    assert sources.facts["amount"].to_list() == [100.0, 0.0]
    one = measure("m", share("SO2", 1.0), cost=Cost("activity:bituminous_coal", 0, 3.0, 0, 1))
    assert cost_quantity(fit_measure(one, sources), sources, np.zeros(len(SPECIES_AT))).sum() == 100.0


def test_technologies_match_with_their_variants_and_industries_by_prefix() -> None:
    sources = table(SO2=1.0)
    assert match_sources(Selector(technology_codes=("grate",)), sources).tolist() == [True]
    assert match_sources(Selector(technology_codes=("grate_boil",)), sources).tolist() == [False]
    assert match_sources(Selector(industry_codes=("26",)), sources).tolist() == [True]
    assert match_sources(Selector(industry_codes=("44",)), sources).tolist() == [False]
    assert match_sources(Selector(device="with_fgd"), sources).tolist() == [False]
    assert match_sources(Selector(), sources).tolist() == [False]


def test_amounts_of_a_projection_move_with_the_least_abated_species() -> None:
    base = emissions(SO2=10.0, CO2=100.0).with_columns(scenario_id=pl.lit("s"))
    later = pl.DataFrame(
        {
            "scenario_id": ["s", "s"], "year": [2035, 2035], "source_id": ["F1/B1/coal"] * 2,
            "species": ["SO2", "CO2"], "emission_t": [1.0, 80.0],
        }
    )  # fmt: skip
    rows = sources_of_projection(later, base, "s", 2035)
    assert rows["amount"].to_list() == pytest.approx([80.0, 80.0])


SHARE = st.floats(0, 1)


@settings(max_examples=60, deadline=None)
@given(
    shares=st.lists(st.tuples(SHARE, SHARE, st.floats(-0.5, 1)), min_size=1, max_size=6),
    tonnes=st.floats(0, 1e6),
)
def test_no_order_of_measures_removes_more_than_there_is(
    shares: list[tuple[float, float, float]], tonnes: float
) -> None:
    sources = table(SO2=tonnes, NOx=tonnes)
    fitted: list[Fitted] = [
        fit_measure(measure(f"m{i}", share("SO2", so2), share("NOx", nox)), sources)
        for i, (_, so2, nox) in enumerate(shares)
    ]
    uptakes = [uptake for uptake, _, _ in shares]
    changes, left = apply_in_sequence(fitted, uptakes, sources)
    total = np.sum([change.delta_t for change in changes], axis=0)
    assert (left >= -1e-9 * (1 + tonnes)).all()
    assert sources.emission_t - total == pytest.approx(left, abs=1e-6 * (1 + tonnes))
    backwards = apply_in_sequence(fitted[::-1], uptakes[::-1], sources)[1]
    assert backwards == pytest.approx(left, rel=1e-9, abs=1e-6)


def test_two_halves_leave_a_quarter() -> None:
    sources = table(SO2=100.0)
    fitted = [fit_measure(measure(f"m{i}", share("SO2", 0.5)), sources) for i in range(2)]
    changes, left = apply_in_sequence(fitted, [1.0, 1.0], sources)
    assert [float(c.delta_t.sum()) for c in changes] == pytest.approx([50.0, 25.0])
    assert float(left.sum()) == pytest.approx(25.0)


def test_the_capital_recovery_factor_is_that_of_the_tables() -> None:
    # 8 %, 20 years: 0.10185 in every textbook of engineering economy.
    assert capital_recovery_factor(0.08, 20) == pytest.approx(0.10185, abs=5e-6)
    assert capital_recovery_factor(0.0, 4) == 0.25
    assert Cost("area", 1000.0, 20.0, 50.0, 20).annualised(0.08) == pytest.approx(101.85 - 30.0, abs=0.01)


def test_uptake_grows_in_a_straight_line() -> None:
    one = measure("m", start_year=2021)
    assert [one.uptake(year) for year in (2019, 2020, 2025, 2030, 2035, 2040)] == pytest.approx(
        [0, 0, 0.5, 0.75, 1, 1]
    )
    late = measure("m", start_year=2026)
    assert late.uptake(2025) == 0.0
    assert late.uptake(2026) == pytest.approx(0.1)


@pytest.fixture(scope="module")
def library() -> tuple[Measure, ...]:
    reference = load_reference(reference_folder())
    return read_library(reference.measures, reference.measure_effects, ("water", "ecology"))


def own(**more: object) -> pl.DataFrame:
    row: dict[str, object] = {
        "measure_id": "X1", "name": "本市措施", "applies_to": "vehicle_km_car", "start_year": 2022,
        "uptake_2025_share": 0.1, "uptake_2035_share": 0.4, "effects": '{"NOx": {"share": 0.9}}',
        "energy_penalty_share": None, "capex_cny": 100.0, "opex_cny_per_year": None, "saving_cny_per_year": None,
        "lifetime_years": 10.0, "extra": None, "source_row": 2, **more,
    }  # fmt: skip
    return pl.DataFrame([row])


def test_a_measure_of_the_city_stands_beside_the_library(library: tuple[Measure, ...]) -> None:
    combined = combine_with_city(library, own(), [])
    assert len(combined) == len(library) + 1
    (added,) = (one for one in combined if one.origin == "package")
    assert (added.measure_id, added.rule_id) == ("X1", "X1")


def test_a_measure_that_replaces_keeps_what_it_leaves_open(library: tuple[Measure, ...]) -> None:
    combined = combine_with_city(library, own(extra=json.dumps({"replaces": "nev"})), [])
    assert len(combined) == len(library)
    (ours,) = (one for one in combined if one.origin == "package")
    assert ours.rule_id == "nev"
    values = {effect.subject: effect.value for effect in ours.effects if effect.kind == "share"}
    assert (values["NOx"], values["CO2"]) == (0.9, 1.0)
    assert any(effect.subject == "electricity" for effect in ours.effects)
    assert "措施库 nev" in ours.cited_from
    assert ours.cost == Cost("programme", 100.0, 0.0, 0.0, 10.0)


def test_without_figures_the_city_has_no_cost_unless_the_library_has(library: tuple[Measure, ...]) -> None:
    silent = own(capex_cny=None)
    (alone,) = (one for one in combine_with_city(library, silent, []) if one.origin == "package")
    assert alone.cost is None
    replacing = own(capex_cny=None, extra=json.dumps({"replaces": "nev"}))
    (ours,) = (one for one in combine_with_city(library, replacing, []) if one.origin == "package")
    assert ours.cost is not None


@pytest.mark.parametrize(
    ("more", "error", "word"),
    [
        ({"applies_to": "flying_carpet"}, UnknownSelectorError, "flying_carpet"),
        ({"effects": '{"SO9": {"share": 0.1}}'}, UnreadableEffectError, "SO9"),
        ({"effects": '{"SO2": {"share": 1.1}}'}, UnreadableEffectError, "1.1"),
        ({"effects": '{"SO2": {"shares": 0.1}}'}, UnreadableEffectError, "shares"),
    ],
)
def test_what_cannot_be_read_is_named(
    library: tuple[Measure, ...], more: dict[str, object], error: type[Exception], word: str
) -> None:
    with pytest.raises(error, match=word):
        combine_with_city(library, own(**more), [])


def test_activities_are_alternatives_and_industries_a_condition(library: tuple[Measure, ...]) -> None:
    rows = [("F1/B1/a", "bituminous_coal", {"SO2": 1.0}), ("F1/B2/b", "lignite", {"SO2": 1.0})]
    sources = tabulate_sources(sources_frame(rows), TECHNOLOGIES)
    (ours,) = (
        one
        for one in combine_with_city(library, own(applies_to="bituminous_coal;lignite;26"), [])
        if one.origin == "package"
    )
    assert match_sources(ours.selector, sources).tolist() == [True, True]


def test_modules_that_are_off_leave_nothing(library: tuple[Measure, ...]) -> None:
    reference = load_reference(reference_folder())
    bare = {one.measure_id for one in read_library(reference.measures, reference.measure_effects)}
    assert {one.measure_id for one in library} - bare == {
        "wwtp_upgrade",
        "afforestation",
        "pv_ecological_space",
    }


def test_the_library_has_every_kind_of_measure_and_marks_what_is_a_default(
    library: tuple[Measure, ...],
) -> None:
    assert {one.stage for one in library} == {
        "structure",
        "fuel",
        "process",
        "end_of_pipe",
        "capture",
        "sink",
    }
    assert len(library) == 31
    assert all("（default）" in one.cited_from for one in library)
