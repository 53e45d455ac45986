"""Tables of measures, curve, coordination and conflicts of a city of one boiler, with the national library."""

import tomllib

import polars as pl
import pytest

from sxyd_pipeline.contracts.inputs import ACCESS_LIST, MEASURES
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.config_parsing import parse_config
from sxyd_pipeline.core.inputs.failures import InvalidConfigError
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.core.synergy.conflicts import list_conflicts
from sxyd_pipeline.core.synergy.coordination import judge_requirements, verdict_words
from sxyd_pipeline.core.synergy.mac import draw_curve
from sxyd_pipeline.core.synergy.measures import evaluate_measures
from sxyd_pipeline.core.synergy.measures_errors import PortfolioInfeasibleError, UnknownScenarioError
from sxyd_pipeline.core.synergy.overlaps import NOWHERE, place_reductions
from sxyd_pipeline.core.synergy.portfolio import choose_measures, judge_targets
from sxyd_pipeline.core.synergy.portfolio_options import list_options
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import reference_folder
from sxyd_pipeline_tests.core.synergy.measures_frames import emissions
from sxyd_pipeline_tests.packages import tiny_config

CITY = "321100"
UNIT = "ZH32110220001"
BOILER = {"SO2": 100.0, "NOx": 40.0, "PM10": 20.0, "PM2.5": 10.0, "CO2": 20000.0}
NO_MEASURES = pl.DataFrame(schema=MEASURES.schema)


@pytest.fixture(scope="module")
def reference() -> Reference:
    return load_reference(reference_folder())


def config(**methods: object) -> CityConfig:
    document = tomllib.loads(tiny_config())
    document["methods"] |= methods
    document["modules"] |= {"ecology": True, "water": True}
    return parse_config(document)


def sources() -> pl.DataFrame:
    return emissions(**BOILER).with_columns(amount=pl.lit(10000.0))


def placements() -> pl.DataFrame:
    return pl.DataFrame(
        {"spread_id": ["facility:F1"], "layer": ["control_unit"], "code": [UNIT], "share": [0.6]}
    )


ZONES = pl.DataFrame({"zone_code": ["Z1", "Z2"], "zone_type": ["114", "254"], "area_km2": [10.0, 5.0]})
BRIDGE = pl.DataFrame(
    {"control_unit_code": [UNIT, UNIT], "zone_code": ["Z1", "Z2"], "share_of_control_unit": [0.5, 0.25]}
)
KEY = pl.DataFrame({"code": ["2614"], "is_key": [True]})


@pytest.fixture(scope="module")
def evaluated(reference: Reference) -> pl.DataFrame:
    return evaluate_measures(sources(), ZONES, NO_MEASURES, reference, config())


def row(table: pl.DataFrame, measure: str, year: int = 2035) -> dict[str, object]:
    return table.filter((pl.col("measure_id") == measure) & (pl.col("year") == year)).row(0, named=True)


def test_wet_scrubbing_lowers_so2_and_raises_carbon(evaluated: pl.DataFrame) -> None:
    got = row(evaluated, "wet_fgd")
    assert got["delta_so2_t"] == pytest.approx(90.0)
    assert got["delta_co2e_tco2e"] == pytest.approx(-0.687 * 90.0)
    # 2,500 kWh per t of SO2 at the provincial factor of the year nearest to 2020 (0.6451 kg/kWh).
    assert got["delta_indirect_tco2"] == pytest.approx(-2500 * 90 * 0.6451e-3, rel=1e-3)
    assert (got["quadrant"], got["elasticity_state"]) == ("IV", "pollutant_only")
    assert got["cost_per_co2e_cny_per_t"] is None


def test_half_the_uptake_is_half_the_effect(evaluated: pl.DataFrame) -> None:
    near, far = row(evaluated, "wet_fgd", 2025), row(evaluated, "wet_fgd", 2035)
    assert (near["uptake_share"], far["uptake_share"]) == (0.5, 1.0)
    assert float(str(near["delta_so2_t"])) * 2 == pytest.approx(far["delta_so2_t"])
    assert float(str(near["annual_cost_cny"])) * 2 == pytest.approx(far["annual_cost_cny"])


def test_gas_instead_of_coal_lowers_both(evaluated: pl.DataFrame) -> None:
    got = row(evaluated, "coal_to_gas")
    # 42 % of CO2 less at 80 % uptake; leaked methane (2.9 kg per t of coal, 10,000 t) takes some back.
    assert got["delta_co2e_tco2e"] == pytest.approx(0.8 * (0.42 * 20000 - 0.0029 * 10000 * 28))
    assert got["quadrant"] == "I"


def test_solar_on_ecological_space_is_scope_2_and_no_emission(evaluated: pl.DataFrame) -> None:
    got = row(evaluated, "pv_ecological_space")
    assert (got["delta_co2e_tco2e"], got["quadrant"]) == (0.0, "axis")
    # 2 % of 1,000 ha, 770 MWh per ha.
    assert got["delta_indirect_tco2"] == pytest.approx(20 * 770000 * 0.6451e-3, rel=1e-3)


def test_a_forest_is_a_sink_and_no_reduction(evaluated: pl.DataFrame) -> None:
    got = row(evaluated, "afforestation")
    assert got["delta_sink_tco2"] == pytest.approx(0.03 * 1000 * 4.5)
    assert (got["delta_co2e_tco2e"], got["cost_per_co2e_cny_per_t"]) == (0.0, None)


def test_what_lies_in_no_unit_is_kept_and_the_ledger_closes(reference: Reference) -> None:
    outcome = place_reductions(sources(), placements(), NO_MEASURES, reference, config())
    table = outcome.table
    assert isinstance(table, pl.DataFrame)
    so2 = table.filter((pl.col("year") == 2035) & (pl.col("species") == "SO2"))
    by_unit = dict(so2.group_by("control_unit_code").agg(pl.col("delta_t").sum()).iter_rows())
    assert by_unit[UNIT] / by_unit[NOWHERE] == pytest.approx(1.5)
    ledger = outcome.balance.filter((pl.col("year") == 2035) & (pl.col("species") == "SO2")).row(
        0, named=True
    )
    assert ledger["lost_t"] == pytest.approx(sum(by_unit.values()))
    assert 0 <= ledger["out_t"] < ledger["in_t"] == 100.0
    assert (so2.filter(pl.col("control_unit_code") == UNIT)["alone_t"].sum()) > by_unit[UNIT]


def test_the_curve_ascends_and_its_last_step_is_the_sum(
    reference: Reference, evaluated: pl.DataFrame
) -> None:
    table = place_reductions(sources(), placements(), NO_MEASURES, reference, config()).table
    curve = draw_curve(evaluated, pl.DataFrame(table), reference, config())
    co2e = curve.filter((pl.col("basis") == "co2e") & (pl.col("year") == 2035))
    assert co2e["unit_cost_cny_per_t"].is_sorted()
    assert co2e["cumulative_t"].to_list()[-1] == pytest.approx(co2e["width_t"].sum())
    assert "wet_fgd" not in co2e["measure_id"].to_list()


def coordination(reference: Reference, evaluated: pl.DataFrame) -> pl.DataFrame:
    given = (NO_MEASURES, reference, config())
    return judge_requirements(evaluated, sources(), placements(), BRIDGE, ZONES, KEY, given)


MUST = (
    "wet_fgd", "scr", "rto_rco", "ccus", "coal_to_gas", "scrap_eaf", "heat_pump", "nev", "wwtp_upgrade",
    "pv_ecological_space",
)  # fmt: skip


def test_the_matrix_names_the_measures_everybody_asks_about(
    reference: Reference, evaluated: pl.DataFrame
) -> None:
    got = coordination(reference, evaluated)
    objects = dict(
        got.filter(pl.col("object_type") == "measure").select("object_code", "verdict").iter_rows()
    )
    assert set(MUST) <= set(objects)
    assert (objects["wet_fgd"], objects["pv_ecological_space"], objects["coal_to_gas"]) == (-1.0, -2.0, 1.0)
    assert got["number_zh"].str.len_chars().min() > 10
    assert set(got.filter(pl.col("object_type") == "zone_type")["object_code"]) == {"114", "254"}
    assert set(got.filter(pl.col("object_type") == "industry")["object_code"]) == {"26"}


def test_the_heat_pump_is_decided_by_the_grid_of_the_city(
    reference: Reference, evaluated: pl.DataFrame
) -> None:
    got = coordination(reference, evaluated).filter(pl.col("object_code") == "heat_pump").row(0, named=True)
    # 0.6451 t/MWh / 2.8 is 0.064 t/GJ of heat, coal 0.0912 t/GJ / 0.45 is 0.203.
    assert (got["verdict"], got["verdict_zh"]) == (2.0, "条件强协同")
    assert "0.0640" in got["condition_zh"]
    assert "成立" in got["condition_zh"]


@pytest.mark.parametrize(
    ("verdict", "word"),
    [(2, "强协同"), (1, "协同"), (0, "中性"), (-0.5, "弱冲突"), (-1, "冲突"), (-2, "强冲突")],
)
def test_a_verdict_has_a_word(verdict: float, word: str) -> None:
    assert verdict_words(verdict, conditional=False) == word
    assert verdict_words(verdict, conditional=True) == f"条件{word}"


def test_a_conflict_names_unit_tonnes_and_clause(reference: Reference, evaluated: pl.DataFrame) -> None:
    clause = {
        "city_code": CITY, "clause_id": "C1", "level": "control_unit", "scope_type": "control_unit",
        "scope_code": UNIT, "dimension": "emission", "clause_text": "二氧化硫排放总量不超过50吨/年",
    }  # fmt: skip
    access = pl.DataFrame([{**dict.fromkeys(ACCESS_LIST.schema), **clause}], schema=ACCESS_LIST.schema)
    matrix = coordination(reference, evaluated)
    given = (NO_MEASURES, reference, config())
    got = list_conflicts(matrix, sources(), placements(), BRIDGE, ZONES, access, given)
    scrubber = got.filter(pl.col("object_code") == "wet_fgd").row(0, named=True)
    assert scrubber["control_unit_code"] == UNIT
    assert scrubber["co2e_at_stake_tco2e"] == pytest.approx(0.6 * 20000)
    assert scrubber["clause_ids"] == "C1"
    assert "涉及条款 C1" in scrubber["statement_zh"]
    assert got["verdict"].max() <= -1.0
    solar = got.filter(pl.col("object_code") == "pv_ecological_space")
    assert solar["clause_ids"].to_list() == [None]
    assert "没有对应条款" in solar["statement_zh"].item()


def projected() -> tuple[pl.DataFrame, pl.DataFrame]:
    base = sources().with_columns(scenario_id=pl.lit("policy"))
    years = pl.DataFrame({"year": [2025, 2035]})
    later = base.select("scenario_id", "source_id", "species", "emission_t").join(years, how="cross")
    return later, base


def caps(target: float) -> tuple[pl.DataFrame, pl.DataFrame]:
    key = {"scope_type": "city", "scope_code": CITY, "indicator": "permitted_so2_t"}
    gaps = [
        {**key, "scenario_id": "policy", "year": year, "projected": 100.0, "target": target}
        for year in (2025, 2035)
    ]
    permitted = [{**key, "year": year, "origin": "given"} for year in (2025, 2035)]
    return pl.DataFrame(gaps), pl.DataFrame(permitted)


def test_a_reachable_target_is_met_in_both_years(reference: Reference, evaluated: pl.DataFrame) -> None:
    options = list_options(*projected(), NO_MEASURES, reference, config())
    given = (evaluated, *caps(60.0), reference, config())
    chosen = choose_measures(options, *given)
    judged = judge_targets(options, chosen, *given)
    assert judged["is_met"].all()
    assert judged["achieved"].to_list() == pytest.approx([40.0, 40.0])
    assert (judged["shadow_price_cny_per_t"] > 0).all()


def test_an_impossible_target_stops_the_city_and_says_why(
    reference: Reference, evaluated: pl.DataFrame
) -> None:
    options = list_options(*projected(), NO_MEASURES, reference, config())
    with pytest.raises(PortfolioInfeasibleError, match="permitted_so2_t") as told:
        choose_measures(options, evaluated, *caps(0.0), reference, config())
    assert "portfolio_infeasible" in told.value.remedy_zh
    assert "2025" in told.value.zh
    assert "cannot reach" in told.value.en


def test_a_city_may_publish_its_shortfall(reference: Reference, evaluated: pl.DataFrame) -> None:
    options = list_options(*projected(), NO_MEASURES, reference, config())
    given = (evaluated, *caps(0.0), reference, config(portfolio_infeasible="report"))
    judged = judge_targets(options, choose_measures(options, *given), *given)
    assert not judged["is_met"].any()
    assert judged["shortfall"].to_list() == pytest.approx((100.0 - judged["achieved"]).to_list())
    assert judged["achieved"].to_list() == pytest.approx(judged["achievable"].to_list(), rel=1e-5)
    assert judged["statement_zh"].str.contains("仍缺").all()


def test_wrong_choices_of_the_city_are_named(reference: Reference, evaluated: pl.DataFrame) -> None:
    options = list_options(*projected(), NO_MEASURES, reference, config())
    with pytest.raises(UnknownScenarioError, match="policy"):
        choose_measures(options, evaluated, *caps(60.0), reference, config(portfolio_scenario="dream"))
    with pytest.raises(InvalidConfigError, match="portfolio_infeasible"):
        choose_measures(options, evaluated, *caps(60.0), reference, config(portfolio_infeasible="hide"))
    with pytest.raises(InvalidConfigError, match="elasticity_definition"):
        evaluate_measures(sources(), ZONES, NO_MEASURES, reference, config(elasticity_definition="mine"))
