"""Densities, location quotients, quadrants, pressure and potential: numbers by hand, and laws."""

from dataclasses import replace

import geopandas as gpd
import polars as pl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.core.projection.scenario import parse_scenario
from sxyd_pipeline.core.synergy import indices
from sxyd_pipeline.core.synergy.indices_choices import (
    MissingScoreParameterError,
    choose_scale,
    parameter_of,
    weigh_carbon,
)
from sxyd_pipeline_tests.core.synergy.score_frames import (
    BASE_YEAR,
    areas,
    config,
    emissions,
    reference,
    scale,
)

TONNES = st.floats(0.1, 1e6)


def test_equivalents_are_tonnes_over_their_value_and_carbon_is_weighed_by_price() -> None:
    got = indices.measure_areas(emissions(("a", "SO2", 95.0), ("a", "CO2", 1000.0)), areas(a=10.0), scale())
    assert got["apeq_t"][0] == pytest.approx(100.0)  # 95 / 0.95
    assert got["iapeq_t"][0] == pytest.approx(150.0)  # 100 + 0.05 x 1000
    assert got["co2_density_t_per_km2"][0] == 100.0


def test_sixty_yuan_a_tonne_over_one_point_two_an_equivalent_is_five_hundredths() -> None:
    assert weigh_carbon(60.0, 1.2) == pytest.approx(0.05)


def test_methane_counts_by_its_potential_only_when_the_module_is_on() -> None:
    rows = emissions(("a", "CO2", 100.0), ("a", "CH4", 10.0))
    on = indices.measure_areas(rows, areas(a=1.0), scale())
    assert on["co2e_tco2e"][0] == pytest.approx(380.0)  # 100 + 10 x 28
    facts = reference()
    off = choose_scale(
        facts.pollution_equivalents, facts.gwp, facts.score_parameters, replace(config(), modules={})
    )
    assert indices.measure_areas(rows, areas(a=1.0), off)["co2e_tco2e"][0] == pytest.approx(100.0)
    assert "CO2 only" in off.variant


def test_a_small_area_with_half_of_the_tonnes_has_a_quotient_above_one() -> None:
    # Half of the tonnes on a fifth of the area: 0.5 / 0.2; the other half on four fifths: 0.5 / 0.8.
    got = indices.measure_areas(emissions(("a", "CO2", 5.0), ("b", "CO2", 5.0)), areas(a=2.0, b=8.0), scale())
    assert got["co2_lq"].to_list() == [2.5, 0.625]


def test_the_four_quadrants_are_cut_at_one() -> None:
    table = pl.DataFrame({"co2_lq": [2.0, 2.0, 0.5, 1.0, None], "apeq_lq": [2.0, 0.5, 2.0, 1.0, None]})
    got = table.select(indices.quadrant())["quadrant" if "quadrant" in table.columns else "literal"]
    assert got.to_list() == ["双高", "低污高碳", "高污低碳", "双低", "双低"]


def test_an_area_without_emissions_stays_in_the_table_with_zero() -> None:
    got = indices.measure_areas(emissions(("a", "CO2", 5.0)), areas(a=1.0, b=1.0), scale())
    assert got.filter(pl.col("code") == "b").select("co2_t", "co2_lq", "quadrant").row(0) == (
        0.0,
        0.0,
        "双低",
    )


def test_nothing_emitted_anywhere_leaves_the_quotient_empty() -> None:
    got = indices.measure_areas(emissions(("a", "CO2", 0.0)), areas(a=1.0, b=1.0), scale())
    assert got["co2_lq"].to_list() == [None, None]


def test_what_lies_outside_every_zone_is_left_out() -> None:
    got = indices.measure_areas(emissions(("a", "CO2", 5.0), ("*", "CO2", 95.0)), areas(a=1.0), scale())
    assert got["co2_t"].sum() == 5.0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(TONNES, TONNES, st.floats(0.1, 1e3)), min_size=1, max_size=6), st.floats(0.01, 100.0)
)
def test_quotients_average_one_over_area_and_ignore_units_and_order(
    rows: list[tuple[float, float, float]], factor: float
) -> None:
    codes = [f"u{position}" for position in range(len(rows))]
    table = emissions(
        *(
            (code, species, t)
            for code, row in zip(codes, rows, strict=True)
            for species, t in zip(("CO2", "NOx"), row[:2], strict=True)
        )
    )
    own = areas(**dict(zip(codes, (row[2] for row in rows), strict=True)))
    got = indices.measure_areas(table, own, scale())
    mean = (got["co2_lq"] * got["area_km2"]).sum() / got["area_km2"].sum()
    assert mean == pytest.approx(1.0, abs=1e-9)
    turned = indices.measure_areas(table.reverse(), own.reverse(), scale())
    assert turned.equals(got)
    rescaled = indices.measure_areas(
        table.with_columns(pl.col("emission_t") * factor),
        own.with_columns(pl.col("area_km2") * factor),
        scale(),
    )
    assert rescaled["apeq_lq"].to_list() == pytest.approx(got["apeq_lq"].to_list())
    assert rescaled["co2_t"].sum() == pytest.approx(factor * got["co2_t"].sum())


def press(projected: list[tuple[str, int, float]], permitted: list[tuple[str, int, float]]) -> pl.DataFrame:
    schema = {"indicator": pl.String, "year": pl.Int32, "projected": pl.Float64}
    return indices.press_on_targets(
        pl.DataFrame(projected, schema=schema, orient="row").with_columns(
            scenario_id=pl.lit("policy"), code=pl.lit("a")
        ),
        pl.DataFrame(
            permitted, schema={"indicator": pl.String, "year": pl.Int32, "target": pl.Float64}, orient="row"
        ).with_columns(code=pl.lit("a")),
        years=(2020, 2025, 2035),
        cap=3.0,
    )


def test_pressure_is_the_mean_of_projected_over_permitted() -> None:
    got = press(
        [("so2", 2025, 120.0), ("nox", 2025, 80.0)], [("so2", 2025, 100.0), ("nox", 2025, 100.0)]
    ).row(0, named=True)
    assert (got["target_pressure"], got["worst_indicator"], got["target_count"]) == (1.0, "so2", 2)


def test_the_base_year_looks_at_the_first_target_to_come() -> None:
    got = press([("so2", 2020, 200.0), ("so2", 2035, 50.0)], [("so2", 2025, 100.0), ("so2", 2035, 40.0)])
    assert got.select("year", "target_pressure", "target_year").rows() == [
        (2020, 2.0, 2025),
        (2035, 1.25, 2035),
    ]


def test_a_zero_cap_that_is_broken_presses_as_hard_as_anything_can() -> None:
    assert press([("so2", 2025, 1.0)], [("so2", 2025, 0.0)])["target_pressure"][0] == 3.0


def test_nothing_permitted_and_nothing_emitted_is_no_pressure() -> None:
    assert press([("so2", 2025, 0.0)], [("so2", 2025, 0.0)]).is_empty()


def measured(**iapeq_t: float) -> pl.DataFrame:
    """``scenario_year`` -> tonnes of one unit."""
    return pl.DataFrame(
        [(*name.rsplit("_", 1), "control_unit", "a", t) for name, t in iapeq_t.items()],
        schema=["scenario_id", "year", "layer", "code", "iapeq_t"],
        orient="row",
    ).with_columns(pl.col("year").cast(pl.Int32))


def test_the_strongest_scenario_emits_least_in_the_last_year() -> None:
    assert indices.find_strongest(measured(x_2025=1.0, y_2025=2.0, x_2035=9.0, y_2035=8.0)) == "y"


def test_potential_is_measured_against_the_same_activity_without_measures() -> None:
    got = indices.reduction_potential(
        measured(f_2020=80.0, f_2025=100.0, s_2020=80.0, s_2025=75.0),
        base_year=2020,
        strongest="s",
        reference="f",
    )
    assert got.select("year", "reduction_potential_share").rows() == [(2020, 0.25), (2025, 0.25)]


def test_a_frozen_scenario_keeps_its_growth_and_loses_its_measures() -> None:
    document = {
        "id": "own", "name_zh": "自定", "name_en": "own", "cited_from": "t",
        "levers": [
            {"lever": "activity_growth", "label": "增长", "values": {"2025": 0.1}, "cited_from": "t"},
            {"lever": "removal", "label": "治理", "species": ["SO2"], "values": {"2025": 0.5}, "cited_from": "t"},
        ],
    }  # fmt: skip
    frozen = indices.freeze_policy(parse_scenario(document, "own.toml"))
    assert [lever.label for lever in frozen.levers] == ["增长"]
    assert frozen.scenario_id == "own:frozen"


def test_only_areas_in_force_are_listed() -> None:
    box = shapely.box(0, 0, 1, 1)
    units = gpd.GeoDataFrame(
        {
            "control_unit_code": ["b", "a"], "control_unit_name": ["乙", "甲"], "area_km2": [2.0, 1.0],
            "control_class": [2, 1], "district_code": ["321102", "321102"], "valid_to": ["2021-01-01", None],
        },
        geometry=[box, box], crs="EPSG:4490",
    )  # fmt: skip
    got = indices.list_control_units(units)
    assert got.select("layer", "code", "name", "area_km2").rows() == [("control_unit", "a", "甲", 1.0)]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("pm_equivalent_kg", 3.0),
        ("vocs_equivalent_kg", -1),
        ("iapeq_carbon_weight", "much"),
        ("iapeq_carbon_weight", True),
    ],
)
def test_a_choice_that_is_not_allowed_is_named(key: str, value: object) -> None:
    with pytest.raises(InvalidConfigError, match=f"methods.{key}"):
        scale(**{key: value})


def test_choices_of_the_city_move_the_weights_and_stand_in_the_variant() -> None:
    chosen = scale(
        pm_equivalent_kg=4, vocs_equivalent_kg=2.0, carbon_price_cny_per_t=96, equivalent_price_cny_per_kg=4.8
    )
    assert chosen.carbon_weight == pytest.approx(0.02)  # 96 / 4800
    assert dict(chosen.equivalents.weights.iter_rows())["PM10"] == 0.25
    assert chosen.variant.startswith("w_c=0.02;PM10=4kg;VOCs=2kg")


def test_a_missing_parameter_is_named() -> None:
    with pytest.raises(MissingScoreParameterError, match="lq_cut"):
        parameter_of(reference().score_parameters.filter(pl.col("parameter") != "lq_cut"), "lq_cut")


def test_the_base_year_of_the_frames_is_that_of_the_city() -> None:
    assert config().base_year == BASE_YEAR
