import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sxyd_pipeline.contracts.projection import PERMITTED
from sxyd_pipeline.core.projection.failures import CapacityShareError, RollbackRangeError, RollbackWeightError
from sxyd_pipeline.core.projection.permitted import DerivationRules, settle_permitted
from sxyd_pipeline.core.projection.rollback import Rollback, project_concentration
from sxyd_pipeline.core.projection.targets import national_targets_for
from sxyd_pipeline_tests.core.projection.reference_files import BASE, CITY, INDICATORS, NATIONAL, PARAMETERS

ZONES = {"YS3211022310001": 30.0, "YS3211022340001": 20.0}


def base_values(city: float = 100.0, a: float = 60.0, b: float = 40.0) -> pl.DataFrame:
    rows = [
        ("city", CITY, "city", city),
        ("district", "321102", "district", a),
        ("district", "321111", "district", b),
        *(("zone", code, "air", value) for code, value in ZONES.items()),
    ]
    table = pl.DataFrame(rows, schema=["scope_type", "scope_code", "layer", "base_value"], orient="row")
    return table.join(pl.DataFrame({"indicator": ["permitted_so2_t", "permitted_nox_t"]}), how="cross")


def targets(*rows: tuple[str, str, str, float], year: int = 2025) -> pl.DataFrame:
    schema = {"scope_type": pl.String, "scope_code": pl.String, "indicator": pl.String, "year": pl.Int32,
              "value": pl.Float64, "basis": pl.String}  # fmt: skip
    full = [(scope, code, indicator, year, value, "规划") for scope, code, indicator, value in rows]
    return pl.DataFrame(full, schema=schema, orient="row")


def settle(
    given_targets: pl.DataFrame, rules: DerivationRules | None = None, **changes: object
) -> pl.DataFrame:
    arguments: dict[str, object] = {
        "city_code": CITY, "base_year": BASE, "national": None, "rules": rules, "base": base_values(), **changes
    }  # fmt: skip
    base = arguments.pop("base")
    return settle_permitted(given_targets, base, INDICATORS, **arguments)  # type: ignore[arg-type] # test shorthand


def target(got: pl.DataFrame, code: str, indicator: str = "permitted_so2_t", year: int = 2025) -> float:
    row = got.filter(pl.col("scope_code") == code, pl.col("indicator") == indicator, pl.col("year") == year)
    assert row.height == 1
    return float(row["target"][0])


def test_a_given_cap_is_kept_and_its_reduction_told() -> None:
    got = settle(targets(("city", CITY, "permitted_so2_t", 80.0)))
    row = got.filter(pl.col("scope_type") == "city").row(0, named=True)
    assert (row["target"], row["origin"], row["basis"]) == (80.0, "given", "规划")
    assert row["reduction_share"] == pytest.approx(0.2)
    assert got.schema == PERMITTED.schema


def test_areas_share_the_city_cap_in_equal_ratio() -> None:
    got = settle(targets(("city", CITY, "permitted_so2_t", 80.0)))
    assert target(got, "321102") == pytest.approx(48.0)
    assert target(got, "321111") == pytest.approx(32.0)
    # Zones do not cover the city: they sum to less.
    assert target(got, "YS3211022310001") == pytest.approx(24.0)
    assert not got.select(PERMITTED.key).is_duplicated().any()


def test_a_district_with_its_own_cap_leaves_the_rest_to_the_others() -> None:
    got = settle(
        targets(("city", CITY, "permitted_so2_t", 80.0), ("district", "321102", "permitted_so2_t", 60.0))
    )
    assert target(got, "321102") == 60.0
    assert target(got, "321111") == pytest.approx(20.0)


def test_a_district_that_takes_more_than_the_city_has_leaves_nothing() -> None:
    got = settle(
        targets(("city", CITY, "permitted_so2_t", 80.0), ("district", "321102", "permitted_so2_t", 90.0))
    )
    assert target(got, "321111") == 0.0


def test_capacity_shares_split_the_city_cap() -> None:
    codes = [*(("district", code) for code in ("321102", "321111")), *(("air", code) for code in ZONES)]
    shares = pl.DataFrame(
        [(layer, code, share) for (layer, code), share in zip(codes, [0.7, 0.3, 0.1, 0.2], strict=True)],
        schema=["layer", "scope_code", "capacity_share"], orient="row",
    )  # fmt: skip
    cap = targets(("city", CITY, "permitted_so2_t", 80.0))
    got = settle(cap, DerivationRules(areas="capacity_share", capacity_shares=shares))
    assert target(got, "321102") == pytest.approx(56.0)
    assert target(got, "YS3211022340001") == pytest.approx(16.0)
    for broken in (
        shares.with_columns(capacity_share=pl.col("capacity_share") * 2),
        shares.with_columns(capacity_share=-pl.col("capacity_share")),
        shares.head(2),
    ):
        with pytest.raises(CapacityShareError):
            settle(cap, DerivationRules(areas="capacity_share", capacity_shares=broken))
    with pytest.raises(CapacityShareError):
        settle(cap, DerivationRules(areas="capacity_share"))


def test_a_reduction_amounts_to_a_cap() -> None:
    got = settle(targets(("city", CITY, "nox_reduction_share", 0.1)))
    assert target(got, CITY, "nox_reduction_share") == 0.1
    assert target(got, CITY, "permitted_nox_t") == pytest.approx(90.0)
    assert target(got, "321102", "permitted_nox_t") == pytest.approx(54.0)


def test_national_targets_stand_in_but_never_override_the_city() -> None:
    national = national_targets_for(NATIONAL, CITY, BASE, 2035)
    got = settle(targets(("city", CITY, "permitted_nox_t", 70.0)), national=national)
    assert target(got, CITY, "permitted_nox_t") == 70.0
    row = got.filter(pl.col("indicator") == "co2_per_gdp_reduction_share").row(0, named=True)
    assert (row["origin"], row["target"], row["reduction_share"]) == ("national", 0.18, 0.18)
    # What no quantity answers has no cap.
    assert "non_fossil_share" not in set(got["indicator"])


def rollback(concentration: float = 45.0) -> Rollback:
    return Rollback(concentration, 15.0, {"SO2": 0.4, "NOx": 0.6})


def test_rollback_derives_caps_from_the_pm25_target() -> None:
    got = settle(targets(("city", CITY, "pm25_ug_per_m3", 30.0)), DerivationRules(rollback=rollback()))
    # E0 (30 - 15) / (45 - 15) = half of 100.
    assert target(got, CITY, "permitted_so2_t") == pytest.approx(50.0)
    assert target(got, "321102", "permitted_so2_t") == pytest.approx(30.0)
    row = got.filter(pl.col("origin") == "rollback").row(0, named=True)
    assert "粗略" in row["basis"]


def test_rollback_never_permits_more_than_the_base_year_nor_less_than_nothing() -> None:
    for concentration, expected in ((60.0, 100.0), (10.0, 0.0)):
        got = settle(
            targets(("city", CITY, "pm25_ug_per_m3", concentration)), DerivationRules(rollback=rollback())
        )
        assert target(got, CITY, "permitted_so2_t") == expected


def test_rollback_is_refused_where_it_is_not_defined() -> None:
    with pytest.raises(RollbackRangeError, match="background"):
        Rollback(14.0, 15.0, {"SO2": 1.0})
    with pytest.raises(RollbackWeightError, match="sum"):
        Rollback(45.0, 15.0, {"SO2": 0.5})
    with pytest.raises(RollbackWeightError, match="negative"):
        Rollback(45.0, 15.0, {"SO2": 1.5, "NOx": -0.5})


def emissions(ratio: float) -> pl.DataFrame:
    return pl.DataFrame(
        [("s", year, species, 100.0 * scale) for year, scale in ((2020, 1.0), (2030, ratio)) for species in ("SO2", "NOx")],
        schema=["scenario_id", "year", "species", "emission_t"], orient="row",
    )  # fmt: skip


@given(ratio=st.floats(0.0, 1.0))
def test_what_rollback_permits_brings_the_concentration_to_the_target(ratio: float) -> None:
    """The two directions are each other's inverse, and both are linear."""
    got = project_concentration(emissions(ratio), rollback(), BASE)["concentration_ug_per_m3"].to_list()
    assert got == pytest.approx([45.0, 15.0 + 30.0 * ratio])
    assert rollback().allowed_ratio(got[1]) == pytest.approx(ratio, abs=1e-12)


def test_a_weighted_species_without_emission_is_refused() -> None:
    with pytest.raises(RollbackWeightError, match="NOx"):
        project_concentration(emissions(0.5).filter(pl.col("species") == "SO2"), rollback(), BASE)


def test_guangdong_capacity_and_exceedance_agree() -> None:
    """SO2 680 kt exceeded by 10 % (李敏辉 2018, 环境科学 20180803): implied emission = cap * (1 + x)."""
    caps = {"permitted_so2_t": (680e3, 0.10), "permitted_nox_t": (1350e3, 0.12)}
    base = pl.DataFrame(
        [("city", CITY, "city", indicator, cap * (1 + excess)) for indicator, (cap, excess) in caps.items()],
        schema=["scope_type", "scope_code", "layer", "indicator", "base_value"], orient="row",
    )  # fmt: skip
    got = settle(targets(*(("city", CITY, name, cap) for name, (cap, _) in caps.items())), base=base)
    shares = got.sort("indicator")["reduction_share"].to_list()
    assert shares == pytest.approx([1 - 1 / 1.12, 1 - 1 / 1.10])


@given(
    cap=st.floats(0.0, 300.0), own=st.one_of(st.none(), st.floats(0.0, 300.0)), parts=st.lists(st.floats(0.0, 1e3), min_size=2, max_size=2)
)  # fmt: skip
def test_derived_districts_never_exceed_the_city_and_are_never_negative(
    cap: float, own: float | None, parts: list[float]
) -> None:
    rows = [("city", CITY, "permitted_so2_t", cap)]
    if own is not None:
        rows.append(("district", "321102", "permitted_so2_t", own))
    got = settle(targets(*rows), base=base_values(sum(parts), *parts))
    districts = got.filter(pl.col("scope_type") == "district", pl.col("indicator") == "permitted_so2_t")
    assert (districts["target"] >= 0).all()
    assert districts["target"].sum() <= max(cap, own or 0.0) * (1 + 1e-9) + 1e-9


def test_the_default_weights_of_the_rollback_sum_to_one() -> None:
    weights = PARAMETERS.filter(pl.col("parameter").str.starts_with("pm25_weight:"))
    assert weights["value"].sum() == pytest.approx(1.0)
    assert set(weights["confidence"]) == {"default"}
