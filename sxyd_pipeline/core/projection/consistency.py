"""Do bottom line, upper line and inventory agree? One row per test, with both sides and the tolerance.

A test whose inputs are missing has not passed: its row says what is missing.
"""

from collections.abc import Iterable, Sequence

import polars as pl

from sxyd_pipeline.core.projection.quantities import COAL_CODES
from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.vocabulary.activities import ACTIVITY_BY_CODE, FUEL_CODES
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

CONSISTENCY_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "test": pl.String, "scope_code": pl.String, "year": pl.Int32,
    "left_value": pl.Float64, "right_value": pl.Float64, "relative_difference": pl.Float64,
    "tolerance": pl.Float64, "passed": pl.Boolean, "message": pl.String,
}  # fmt: skip
_SIDES = ["test", "scope_code", "year", "left_value", "right_value", "tolerance", "kind", "message"]
#: Sectors of a balance table that repeat what the others say.
TOTAL_SECTORS = ("total", "合计", "总计")
_GASES_PER_UNIT = 1e4
#: Source category of mobile sources.
_MOBILE = 3
_WASTE = "municipal_solid_waste"
#: Position of the element digit in the code of an element zone.
_ELEMENT_AT = 9


class MissingToleranceError(SxydError):
    """A consistency test has no tolerance in the reference data."""

    def __init__(self, test: str) -> None:
        """Name the test."""
        super().__init__(
            f"一致性检验 {test} 没有容差",
            f"the consistency test {test} has no tolerance",
            remedy_zh="在 consistency_tests.csv 中补充该行",
            remedy_en="add the row to consistency_tests.csv",
            place=Place(file="consistency_tests.csv", column="test", value=test),
        )


def tolerance_of(tests: pl.DataFrame, test: str) -> float:
    """Return the tolerance of a test (share).

    Args:
        tests: ``consistency_tests``: ``test, tolerance``.
        test: name of the test.

    Raises:
        MissingToleranceError: the test has no row.
    """
    found = tests.filter(pl.col("test") == test)["tolerance"].to_list()
    if not found:
        raise MissingToleranceError(test)
    return float(found[0])


def gather_tests(city_code: str, parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Judge the sides that tests have put together.

    Args:
        city_code: city.
        parts: results of the functions below.

    Returns:
        ``projection.consistency``, sorted by its key. ``equal`` tests pass when
        ``|left - right| <= tolerance * |right|``, ``at_most`` tests when
        ``left <= right + tolerance * |right|`` (and rounding); a side that is missing does not pass.
    """
    rows = pl.concat([part.select(_SIDES) for part in parts])
    left, right = pl.col("left_value"), pl.col("right_value")
    # Sums of shares are exact only to rounding, so a tolerance of nothing still allows that.
    allowed = pl.max_horizontal(pl.col("tolerance"), pl.lit(1e-9)) * right.abs()
    difference = pl.when(pl.col("kind") == "equal").then((left - right).abs()).otherwise(left - right)
    return (
        rows.with_columns(
            city_code=pl.lit(city_code),
            relative_difference=pl.when(right != 0).then((left - right) / right.abs()),
            passed=(difference <= allowed).fill_null(value=False),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in CONSISTENCY_SCHEMA.items())
        .sort("test", "scope_code", "year")
    )


def check_parts_within_city(permitted: pl.DataFrame, tests: pl.DataFrame) -> pl.DataFrame:
    """Σ of permitted emissions over districts, control units or the zones of one element ≤ the city's.

    Args:
        permitted: ``projection.permitted``; only indicators of level with a value for the city are compared.
        tests: ``consistency_tests``.

    Returns:
        One row per indicator, layer and year; ``scope_code`` is district, control_unit, or zone with the
        digit of its element.
    """
    test = "parts_within_city"
    levels = permitted.filter(~pl.col("indicator").str.ends_with("_share") & ~_is_intensive())
    city = levels.filter(pl.col("scope_type") == "city").select("indicator", "year", right_value="target")
    element = pl.concat_str(pl.lit("zone:"), pl.col("scope_code").str.slice(_ELEMENT_AT, 1))
    layer = pl.when(pl.col("scope_type") == "zone").then(element).otherwise("scope_type")
    return (
        levels.filter(pl.col("scope_type") != "city")
        .group_by("indicator", "year", scope_code=layer, maintain_order=True)
        .agg(left_value=pl.col("target").sum(), count=pl.len())
        .join(city, on=["indicator", "year"], maintain_order="left")
        .with_columns(
            test=pl.concat_str(pl.lit(f"{test}:"), "indicator"),
            tolerance=pl.lit(tolerance_of(tests, test)),
            kind=pl.lit("at_most"),
            message=pl.format(
                "{} 的 {} 个 {} 合计 {}，全市 {}（单位见指标后缀）",
                "indicator", "count", "scope_code", pl.col("left_value").round(3),
                pl.col("right_value").round(3),
            ),
        )
        .select(_SIDES)
    )  # fmt: skip


def _is_intensive() -> pl.Expr:
    return pl.col("indicator").str.ends_with("_ug_per_m3")


def check_projected_within_permitted(
    gaps: pl.DataFrame, indicators: pl.DataFrame, tests: pl.DataFrame
) -> pl.DataFrame:
    """Projected emissions ≤ permitted: one row for the city, and one count per kind of smaller area.

    Args:
        gaps: ``projection.target_gaps``.
        indicators: ``target_indicators``.
        tests: ``consistency_tests``.

    Returns:
        ``test`` names scenario and indicator. Smaller areas stand in one row per kind: how many miss their
        cap (left) against none (right), with the first five codes; all of them are in the gaps.
    """
    test = "projected_within_permitted"
    caps = indicators.filter((pl.col("quantity") == "emission") & (pl.col("form") == "level"))["indicator"]
    rows = gaps.filter(pl.col("indicator").is_in(caps.to_list())).with_columns(
        test=pl.concat_str(pl.lit(test), "scenario_id", "indicator", separator=":"),
        tolerance=pl.lit(tolerance_of(tests, test)),
        kind=pl.lit("at_most"),
    )
    city = rows.filter(pl.col("scope_type") == "city").with_columns(
        left_value="projected",
        right_value="target",
        message=pl.format(
            "情景 {} 全市 {} t，允许 {} t",
            "scenario_id",
            pl.col("projected").round(3),
            pl.col("target").round(3),
        ),
    )
    missed = pl.col("scope_code").filter(~pl.col("is_met")).sort()
    areas = (
        rows.filter(pl.col("scope_type") != "city")
        .group_by("test", "scope_type", "year", "tolerance", "kind", maintain_order=True)
        .agg(
            left_value=(~pl.col("is_met")).sum().cast(pl.Float64),
            count=pl.len(),
            first=missed.head(5).str.join("、"),
        )
        .with_columns(
            scope_code="scope_type",
            right_value=pl.lit(0.0),
            message=pl.format(
                "{} 个 {} 中 {} 个超过允许排放量：{}（全部见 target_gaps）",
                "count", "scope_type", pl.col("left_value").cast(pl.Int64), "first",
            ),
        )
    )  # fmt: skip
    return pl.concat([city.select(_SIDES), areas.select(_SIDES)])


def balance_rows(energy_use: pl.DataFrame, basis: str) -> pl.DataFrame:
    """Return the rows of one basis without those that repeat the others as a total.

    Args:
        energy_use: ``inventory.energy_use``.
        basis: ``balance`` or ``inventory``.
    """
    rows = energy_use.filter(pl.col("basis") == basis)
    is_total = pl.col("sector_code").is_in(list(TOTAL_SECTORS))
    # A fuel that is stated as a total only keeps that total.
    return rows.filter(~is_total | is_total.all().over("fuel_code", "year"))


def check_coal_both_ways(
    energy_use: pl.DataFrame, city_code: str, years: Sequence[int], tests: pl.DataFrame
) -> pl.DataFrame:
    """Coal of the inventory's sources = coal of the energy balance.

    Args:
        energy_use: ``inventory.energy_use``.
        city_code: city.
        years: years to compare.
        tests: ``consistency_tests``.
    """
    test, coal = "coal_both_ways", pl.col("fuel_code").is_in(list(COAL_CODES))
    sides = [
        balance_rows(energy_use, basis)
        .filter(coal)
        .group_by("year", maintain_order=True)
        .agg(pl.col("amount").sum().alias(name))
        for basis, name in (("inventory", "left_value"), ("balance", "right_value"))
    ]
    return _both(
        years, sides, test, city_code, tests, ("清单煤炭", "能源平衡煤炭", "t", "能源平衡表或清单煤炭")
    )


def check_co2_both_ways(
    energy_use: pl.DataFrame,
    emissions: pl.DataFrame,
    fuels: pl.DataFrame,
    city_code: str,
    tests: pl.DataFrame,
) -> pl.DataFrame:
    """CO2 computed from the energy balance ≈ CO2 of the inventory's fuels.

    ``CO2 = sum of amount * NCV * carbon * oxidation * 44/12 * fossil share`` over the fuels of the balance,
    against the CO2 of sources that burn a fuel and of mobile sources. Process CO2, bought electricity and
    heat, and burnt waste (which energy balances leave out) are on neither side.

    Args:
        energy_use: ``inventory.energy_use``.
        emissions: ``inventory.emissions``.
        fuels: ``fuels`` of the reference data.
        city_code: city.
        tests: ``consistency_tests``.
    """
    test = "co2_both_ways"
    gases = [code for code in FUEL_CODES if ACTIVITY_BY_CODE[code].standard_unit == "m3"]
    per_unit = pl.when(pl.col("fuel_code").is_in(gases)).then(1.0 / _GASES_PER_UNIT).otherwise(1.0)
    carbon_t = pl.col("ncv_gj_per_unit") * pl.col("carbon_tc_per_gj") * pl.col("oxidation_share") * per_unit
    from_balance = (
        balance_rows(energy_use, "balance")
        .filter(pl.col("fuel_code") != _WASTE)
        .join(fuels, on="fuel_code", maintain_order="left")
        .group_by("year", maintain_order=True)
        .agg(left_value=(pl.col("amount") * carbon_t * CO2_PER_CARBON * pl.col("fossil_carbon_share")).sum())
    )
    # Road fuel stands in the balance, while the inventory counts vehicles by their kilometres.
    is_energy = pl.col("activity_code").is_in(list(FUEL_CODES)) | (pl.col("source_category") == _MOBILE)
    is_waste = pl.col("activity_code") == _WASTE
    from_sources = (
        emissions.filter(pl.col("species") == "CO2", is_energy, ~is_waste.fill_null(value=False))
        .group_by("year", maintain_order=True)
        .agg(right_value=pl.col("emission_t").sum())
    )
    years = emissions["year"].unique().sort().to_list()
    words = ("能源平衡计算 CO2", "清单燃料 CO2", "t", "能源平衡表或清单燃料排放")
    return _both(years, [from_balance, from_sources], test, city_code, tests, words)


def check_pm25_reachable(
    projected: pl.DataFrame, permitted: pl.DataFrame, city_code: str, tests: pl.DataFrame
) -> pl.DataFrame:
    """The lowest PM2.5 that any scenario reaches by rollback (粗略) ≤ the target.

    Args:
        projected: indicators (``scenario_id, scope_type, indicator, year, projected``).
        permitted: ``projection.permitted``.
        city_code: city.
        tests: ``consistency_tests``.
    """
    test, indicator = "pm25_reachable", "pm25_ug_per_m3"
    is_city = (pl.col("scope_type") == "city") & (pl.col("indicator") == indicator)
    targets = permitted.filter(is_city).select("year", right_value="target")
    lowest = (
        projected.filter(is_city)
        .group_by("year", maintain_order=True)
        .agg(left_value=pl.col("projected").min())
    )
    return (
        targets.join(lowest, on="year", how="left", maintain_order="left")
        .with_columns(
            test=pl.lit(test),
            scope_code=pl.lit(city_code),
            tolerance=pl.lit(tolerance_of(tests, test)),
            kind=pl.lit("at_most"),
            message=pl.when(pl.col("left_value").is_null())
            .then(pl.lit("未检验：该年没有比例回推浓度（缺少环境空气质量数据）"))
            .otherwise(
                pl.format(
                    "粗略：各情景最低 {} µg/m³，目标 {} µg/m³",
                    pl.col("left_value").round(2), pl.col("right_value").round(2),
                )
            ),
        )
        .select(_SIDES)
    )  # fmt: skip


def check_co2_cap_not_looser(
    permitted: pl.DataFrame, gdp: pl.DataFrame, city_code: str, tests: pl.DataFrame
) -> pl.DataFrame:
    """The cap of CO2 ≤ what the intensity target amounts to: ``C_0 * (1 - x) * GDP_t / GDP_0``.

    Args:
        permitted: ``projection.permitted``; years with both a cap and an intensity target are compared.
        gdp: ``year, gdp_ratio``.
        city_code: city.
        tests: ``consistency_tests``.
    """
    test = "co2_cap_not_looser"
    city = permitted.filter(pl.col("scope_type") == "city")
    caps = city.filter(pl.col("indicator") == "co2_cap_t").select("year", "base_value", left_value="target")
    shares = city.filter(pl.col("indicator") == "co2_per_gdp_reduction_share").select("year", share="target")
    return (
        caps.join(shares, on="year", maintain_order="left")
        .join(gdp, on="year", how="left", maintain_order="left")
        .with_columns(
            test=pl.lit(test),
            scope_code=pl.lit(city_code),
            right_value=pl.col("base_value") * (1.0 - pl.col("share")) * pl.col("gdp_ratio"),
            tolerance=pl.lit(tolerance_of(tests, test)),
            kind=pl.lit("at_most"),
        )
        .with_columns(
            message=pl.when(pl.col("right_value").is_null())
            .then(pl.lit("未检验：缺少该年 GDP 或基准年 CO2"))
            .otherwise(
                pl.format(
                    "CO2 总量 {} t，强度目标折算 {} t",
                    pl.col("left_value").round(1), pl.col("right_value").round(1),
                )
            )
        )
        .select(_SIDES)
    )  # fmt: skip


def _both(
    years: Sequence[int],
    sides: Sequence[pl.DataFrame],
    test: str,
    city_code: str,
    tests: pl.DataFrame,
    words: tuple[str, str, str, str],
) -> pl.DataFrame:
    """Put two sides of an equality beside each other, year by year."""
    left, right, unit, missing = words
    is_missing = pl.col("left_value").is_null() | pl.col("right_value").is_null()
    return (
        pl.DataFrame({"year": sorted(set(years))}, schema={"year": pl.Int32})
        .join(
            sides[0].with_columns(pl.col("year").cast(pl.Int32)),
            on="year", how="left", maintain_order="left",
        )
        .join(
            sides[1].with_columns(pl.col("year").cast(pl.Int32)),
            on="year", how="left", maintain_order="left",
        )
        .with_columns(
            test=pl.lit(test),
            scope_code=pl.lit(city_code),
            tolerance=pl.lit(tolerance_of(tests, test)),
            kind=pl.lit("equal"),
            message=pl.when(is_missing)
            .then(pl.lit(f"未检验：缺少{missing}"))
            .otherwise(
                pl.format(
                    "{} {} {}，{} {} {}", pl.lit(left), pl.col("left_value").round(1), pl.lit(unit),
                    pl.lit(right), pl.col("right_value").round(1), pl.lit(unit),
                )
            ),
        )
        .select(_SIDES)
    )  # fmt: skip
