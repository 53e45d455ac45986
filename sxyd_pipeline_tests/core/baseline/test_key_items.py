import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sxyd_pipeline.contracts.analysis import KEY_AREAS, KEY_FIELDS, KEY_INDUSTRIES
from sxyd_pipeline.core.baseline.equivalents import (
    DUST,
    UnknownEquivalentError,
    choose_equivalents,
    sum_equivalents,
)
from sxyd_pipeline.core.baseline.key_areas import AREA_RULES, identify_key_areas, rank_areas
from sxyd_pipeline.core.baseline.key_items import (
    FIELD_RULES,
    INDUSTRY_RULES,
    identify_key_fields,
    identify_key_industries,
    with_cumulative,
)
from sxyd_pipeline.core.baseline.key_rules import MissingKeyRuleError, variants
from sxyd_pipeline_tests.core.baseline.little_city import (
    CITY,
    DISTRICTS,
    EQUIVALENTS,
    INDUSTRIES,
    RULES,
    TWO_HIGH,
    UNITS,
    ZONES,
    economy,
    sources,
)

WEIGHTS = choose_equivalents(EQUIVALENTS)
NONE_LISTED = TWO_HIGH.filter(pl.col("industry_code") == "2511")


def industries(
    emissions: pl.DataFrame | None = None, figures: pl.DataFrame | None = None,
    listed: pl.DataFrame = TWO_HIGH, rules: pl.DataFrame = RULES,
) -> pl.DataFrame:  # fmt: skip
    return identify_key_industries(
        sources() if emissions is None else emissions, economy() if figures is None else figures,
        listed, INDUSTRIES, WEIGHTS, rules, CITY,
    )  # fmt: skip


def rule(rule_id: str, value: float) -> pl.DataFrame:
    """The rules with one threshold fixed at a value."""
    is_it = pl.col("rule_id") == rule_id
    return RULES.with_columns(
        pl.when(is_it).then(value).otherwise(pl.col(name)).alias(name) for name in ("value", "low", "high")
    )


def key_codes(table: pl.DataFrame) -> list[str]:
    return table.filter("is_key")["code"].to_list()


def emissions_of(code: str, co2: list[float], apeq: list[float], codes: list[str]) -> pl.DataFrame:
    """Emissions of places: NOx 0.95 t is one tonne of equivalents."""
    return pl.concat(
        pl.DataFrame(
            {
                code: codes,
                "species": [species] * len(codes),
                "emission_t": values,
                "city_code": ["321100"] * len(codes),
            }
        )
        for species, values in (("CO2", co2), ("NOx", [0.95 * value for value in apeq]))
    ).with_columns(year=pl.lit(2020, pl.Int32))


def test_the_tables_are_the_ones_the_contract_promises() -> None:
    fields = identify_key_fields(sources(), WEIGHTS, RULES, CITY)
    places = areas([640.0, 360.0], [60.0, 40.0])
    for table, contract in ((industries(), KEY_INDUSTRIES), (fields, KEY_FIELDS), (places, KEY_AREAS)):
        assert dict(table.schema) == contract.schema
        assert not table.select(contract.key).is_duplicated().any()
        filled = [column.name for column in contract.columns if not column.nullable]
        assert table.select(filled).null_count().sum_horizontal()[0] == 0


def test_equivalents_weigh_each_tonne_once() -> None:
    tonnes = pl.DataFrame(
        {"city_code": ["x"] * 6, "species": ["SO2", "NOx", "PM10", "PM2.5", "VOCs", "CO2"],
         "emission_t": [0.95, 1.9, 2.18, 1.0, 0.95, 500.0]}
    )  # fmt: skip
    got = sum_equivalents(tonnes, WEIGHTS, ["city_code"]).row(0, named=True)
    assert got["apeq_t"] == pytest.approx(1 + 2 + 1 + 1)
    assert got["co2_t"] == 500.0


def test_the_choice_for_particles_and_vocs_is_made_once_and_said() -> None:
    dusty = choose_equivalents(EQUIVALENTS, particles=DUST, vocs_kg=0.5)
    weights = dict(dusty.weights.iter_rows())
    assert (weights["PM10"], weights["VOCs"]) == (0.25, 2.0)
    assert "一般性粉尘 4" in dusty.words_zh
    assert "VOCs 取替代值 0.5" in dusty.words_zh
    assert all("VOCs 取替代值 0.95" in reason for reason in industries()["reason_zh"])
    with pytest.raises(UnknownEquivalentError, match="石棉"):
        choose_equivalents(EQUIVALENTS, particles="石棉")


def test_the_item_that_crosses_the_cut_belongs_to_it() -> None:
    items = pl.DataFrame({"code": ["a", "b", "c"], "co2_t": [50.0, 40.0, 10.0], "apeq_t": [0.0, 0.0, 0.0]})
    got = with_cumulative(items)
    assert got["co2_before"].to_list() == pytest.approx([0.0, 0.5, 0.9])
    assert got["apeq_before"].to_list() == [1.0, 1.0, 1.0]


def test_big_and_listed_industries_are_key_and_small_ones_are_not() -> None:
    got = industries()
    # CO2: power 600/960, cement reaches 900/960 = 94 % and crosses the cut; cars stay out.
    assert key_codes(got) == ["3011", "4411"]
    assert got["co2_share"].to_list() == pytest.approx([0.3, 0.06, 0.6])
    assert got["co2_rank"].to_list() == [2, 3, 1]
    assert got["intensity_ratio"].null_count() == 3


def test_an_unlisted_industry_is_key_only_when_it_is_intense() -> None:
    figures = economy(
        ("industry", "4411", 2020, "value_added", 10e8, "2020"),
        ("industry", "3011", 2020, "value_added", 60e8, "2020"),
        ("industry", "3611", 2020, "value_added", 30e8, "2020"),
    )
    got = industries(figures=figures, listed=NONE_LISTED)
    # Mean CO2 9.6 t, NOx 0.9 t per 1e8 CNY; power 60 and 5, cement 5 and 0.5.
    assert key_codes(got) == ["4411"]
    assert got["intensity_ratio"].to_list() == pytest.approx([0.5 / 0.9, (10 / 30) / 0.9, 60 / 9.6])
    assert "不在两高名录" in got.filter(pl.col("code") == "4411")["reason_zh"][0]


def test_classes_that_share_a_division_share_its_mean() -> None:
    figures = economy(("industry", "C", 2020, "value_added", 10e8, "2020"))
    got = industries(figures=figures, listed=NONE_LISTED)
    assert got["intensity_ratio"].to_list() == [pytest.approx(1.0), pytest.approx(1.0), None]
    assert key_codes(got) == []


def test_value_added_of_a_division_inside_its_section_is_not_counted_twice() -> None:
    figures = economy(
        ("industry", "C", 2020, "value_added", 10e8, None), ("industry", "30", 2020, "value_added", 2e8, None)
    )
    got = dict(industries(figures=figures).select("code", "intensity_ratio").iter_rows())
    # Mean = 360 t over 10e8; division 30 = 300 t over 2e8.
    assert got["3011"] == pytest.approx(150 / 36)


def test_being_listed_can_be_made_enough_by_the_rules() -> None:
    tiny = sources().with_columns(
        emission_t=pl.when(pl.col("industry_code") == "3011").then(1.0).otherwise("emission_t")
    )
    assert "3011" not in key_codes(industries(tiny))
    assert "3011" in key_codes(industries(tiny, rules=rule("industry_two_high_alone", 1.0)))


def test_reasons_tell_the_numbers_and_the_rule() -> None:
    power = industries().filter(pl.col("code") == "4411").row(0, named=True)
    assert power["reason_zh"].startswith("列为重点；CO2 占全市 60.0%（第 1 位），污染当量占 50.0%（第 1 位）")
    assert "列入两高（煤电）" in power["reason_zh"]
    assert "无增加值数据" in power["reason_zh"]
    assert "on the two-high list (coal-fired power)" in power["reason_en"]
    cars = industries().filter(pl.col("code") == "3611").row(0, named=True)
    assert "累计贡献未进入前 80%" in cars["reason_zh"]


def test_robustness_is_the_share_of_variants_that_agree() -> None:
    assert len(list(variants(RULES, INDUSTRY_RULES))) == 18
    got = dict(industries().select("code", "robustness_share").iter_rows())
    # Power and cement (300 t after 62.5 %) are in at every cut; cars never: no list, no value added.
    assert got == {"4411": 1.0, "3011": 1.0, "3611": 0.0}
    # Equivalents too: power 50/90, cement before it 56 %; shift the cut below and cement drops out.
    low = rule("industry_cumulative_share", 0.5)
    assert dict(industries(rules=low).select("code", "robustness_share").iter_rows())[
        "3011"
    ] == pytest.approx(0.5)


def test_fields_need_a_share_worth_the_name() -> None:
    got = identify_key_fields(sources(), WEIGHTS, RULES, CITY)
    assert got["name"].to_list() == ["化石燃料固定燃烧源", "工艺过程源", "农业源"]
    assert key_codes(got) == ["1", "2"]
    assert "两项占比均低于" not in got["reason_zh"][0]
    strict = identify_key_fields(sources(), WEIGHTS, rule("field_minimum_share", 0.5), CITY)
    assert key_codes(strict) == ["1"]


def areas(co2: list[float], apeq: list[float]) -> pl.DataFrame:
    first, second = (list(DISTRICTS["district_code"]), list(UNITS["control_unit_code"]))
    zones = list(ZONES["zone_code"])
    return identify_key_areas(
        emissions_of("district_code", co2, apeq, first),
        emissions_of("zone_code", [*co2, co2[0]], [*apeq, apeq[0]], zones),
        emissions_of("control_unit_code", co2, apeq, second),
        DISTRICTS, ZONES, UNITS, WEIGHTS, RULES, CITY,
    )  # fmt: skip


def test_a_place_dense_in_both_is_key_and_elements_are_not_mixed() -> None:
    got = areas([640.0, 360.0], [60.0, 40.0])
    # West: 64 t/km2 over a mean of 25; resources have one zone, the first of its own kind.
    assert key_codes(got) == ["ZH32110220001", "321102", "YS3211022310001", "YS3211022540001"]
    west = got.filter(pl.col("code") == "321102").row(0, named=True)
    assert "CO2、污染当量密度为同类平均的 2.56、2.4 倍" in west["reason_zh"]
    assert "双高" in west["reason_zh"]
    assert got.filter(pl.col("code") == "YS3211113310001")["co2_rank"].to_list() == [2]


def test_a_park_with_much_co2_is_key_though_it_is_not_dense() -> None:
    frame = pl.DataFrame(
        {
            "code": ["a", "b", "c", "d", "e", "f"], "name": ["x"] * 6, "comparison_group": ["control_unit"] * 6,
            "area_km2": [1.0, 1.0, 1.0, 1.0, 1.0, 1000.0], "is_park": [False, False, False, False, False, True],
            "co2_t": [9e5, 8e5, 1.0, 1.0, 1.0, 2e5], "apeq_t": [9.0, 8.0, 0.0, 0.0, 0.0, 1.0],
        }
    )  # fmt: skip
    got = rank_areas(frame, frame.select(pl.col("co2_t", "apeq_t").sum()), RULES)
    # b is second of six: ceil(6 * 0.2) = 2.
    assert got.filter("is_key")["code"].to_list() == ["a", "b", "f"]
    assert got.filter(pl.col("code") == "f")["robustness_share"][0] == pytest.approx(1.0)
    assert len(list(variants(RULES, AREA_RULES))) == 81


def test_a_city_that_emits_nothing_has_no_key_area() -> None:
    got = areas([0.0, 0.0], [0.0, 0.0])
    assert key_codes(got) == []
    assert got["co2_share"].to_list() == [0.0] * got.height


def test_a_missing_threshold_is_named() -> None:
    with pytest.raises(MissingKeyRuleError, match="industry_cumulative_share"):
        industries(rules=RULES.filter(pl.col("rule_id") != "industry_cumulative_share"))


def test_every_threshold_has_a_source_and_a_range_around_it() -> None:
    assert {*INDUSTRY_RULES, *FIELD_RULES, *AREA_RULES} == set(RULES["rule_id"])
    assert RULES.filter((pl.col("low") > pl.col("value")) | (pl.col("high") < pl.col("value"))).is_empty()
    assert RULES.select("cited_from", "confidence").null_count().sum_horizontal()[0] == 0


@settings(max_examples=25, deadline=None)
@given(
    factor=st.floats(1e-3, 1e6),
    values=st.lists(st.floats(1.0, 1e6), min_size=8, max_size=8),
)
def test_another_unit_of_mass_changes_no_choice_and_no_rank(factor: float, values: list[float]) -> None:
    base = sources().with_columns(emission_t=pl.Series(values))
    figures = economy(
        ("industry", "C", 2020, "value_added", 10e8, None), ("industry", "D", 2020, "value_added", 3e8, None)
    )
    columns = ["code", "is_key", "co2_rank", "apeq_rank", "robustness_share"]
    scaled = base.with_columns(pl.col("emission_t") * factor)
    assert industries(scaled, figures).select(columns).equals(industries(base, figures).select(columns))
    one, other = (identify_key_fields(frame, WEIGHTS, RULES, CITY) for frame in (base, scaled))
    assert one.select(columns).equals(other.select(columns))
