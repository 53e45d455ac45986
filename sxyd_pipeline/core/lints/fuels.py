"""Lints on tables of fuels: amounts, factors and the carbon or CO2 printed beside them."""

import polars as pl

from sxyd_pipeline.core.lints.findings import gathered, near, prepared, report, shown, threshold
from sxyd_pipeline.core.lints.units import (
    CARBON,
    CO2,
    with_amount_units,
    with_emission_units,
    with_factor_units,
)
from sxyd_pipeline.vocabulary.activities import ACTIVITY_ALIASES
from sxyd_pipeline.vocabulary.species import CO2_PER_CARBON

GJ_PER_TCE = 29.3076
#: Coal and what is made of it by washing and pressing; not coke.
COALS = (
    "anthracite",
    "bituminous_coal",
    "lignite",
    "coking_coal",
    "washed_coal",
    "briquette",
    "coal_gangue",
    "coal_slime",
)
_AGGREGATES = (
    "标准煤",
    "标煤",
    "综合能源",
    "综合能耗",
    "能源消费总量",
    "能源合计",
    "能源总量",
    "standard coal",
    "standard_coal",
    "tce",
    "total energy",
    "total_energy",
    "energy",
)
_GAS_UNIT = 1e4  # calorific values of gases are per 10^4 m3

_NEEDED = ("fuel", "amount", "unit", "emission", "emission_unit")
_OPTIONAL: dict[str, type[pl.DataType]] = {"factor": pl.Float64, "factor_unit": pl.String}


def with_fuel_codes(frame: pl.DataFrame, column: str = "fuel") -> pl.DataFrame:
    """Add ``fuel_code`` read from a code, or a Chinese or English name; empty where it is not known."""
    folded = pl.col(column).str.strip_chars().str.to_lowercase()
    names = list(ACTIVITY_ALIASES)
    codes = list(ACTIVITY_ALIASES.values())

    def looked_up(text: pl.Expr) -> pl.Expr:
        return text.replace_strict(names, codes, default=None, return_dtype=pl.String)

    return frame.with_columns(
        fuel_code=pl.coalesce(looked_up(folded), looked_up(folded.str.replace_all(r"[\s\-]+", "_")))
    )


def _carbon_of_fuels(fuels: pl.DataFrame) -> pl.DataFrame:
    """Carbon of each fuel per physical unit (t, or 10^4 m3), per GJ and per tce, from the reference."""
    per_gj = pl.col("carbon_tc_per_gj") * pl.col("oxidation_share")
    return fuels.select(
        "fuel_code",
        fuel_dimension=pl.when(pl.col("amount_unit") == "t").then(pl.lit("mass")).otherwise(pl.lit("volume")),
        carbon_per_gj=per_gj,
        carbon_per_physical=per_gj * pl.col("ncv_gj_per_unit"),
        # Tables of carbon per tce mostly print the content without oxidation.
        carbon_per_tce=pl.col("carbon_tc_per_gj") * GJ_PER_TCE,
    )


def _examined(frame: pl.DataFrame, fuels: pl.DataFrame, table_name: str) -> pl.DataFrame:
    """Bring a table of fuels to standard units, with the carbon expected of each amount."""
    rows = prepared(frame, table_name, _NEEDED, _OPTIONAL).with_columns(
        pl.col("amount", "emission", "factor").cast(pl.Float64)
    )
    read = with_factor_units(with_emission_units(with_amount_units(with_fuel_codes(rows))))
    units = pl.when(pl.col("fuel_dimension") == "mass").then(1.0).otherwise(_GAS_UNIT)
    matches = pl.col("factor_dimension") == pl.col("amount_dimension")
    raw = pl.col("emission") / (pl.col("amount") * pl.col("factor"))
    return (
        read.join(_carbon_of_fuels(fuels), on="fuel_code", how="left", maintain_order="left")
        .with_columns(
            amount_standard=pl.col("amount") * pl.col("amount_scale"),
            emission_t=pl.col("emission") * pl.col("emission_scale"),
            is_physical=pl.col("amount_dimension").is_in(["mass", "volume"]),
        )
        .with_columns(
            expected_carbon_t=pl.when(pl.col("amount_dimension") == pl.col("fuel_dimension"))
            .then(pl.col("amount_standard") / units * pl.col("carbon_per_physical"))
            .when(pl.col("amount_dimension") == "energy")
            .then(pl.col("amount_standard") * pl.col("carbon_per_gj")),
            # As printed, per physical unit of the reference (t, 10^4 m3), whatever substance it is of.
            factor_per_physical=pl.when(matches)
            .then(pl.col("factor") * pl.col("factor_scale") * units)
            .when(pl.col("factor_dimension").is_null())
            .then(pl.col("factor")),
            product_ratio=pl.when(matches)
            .then(
                pl.col("emission_t") / (pl.col("amount_standard") * pl.col("factor") * pl.col("factor_scale"))
            )
            # Units that do not fit cannot be converted: only the digits are compared, not the power of ten.
            .otherwise(raw / 10.0 ** raw.log10().round()),
        )
        .with_columns(
            product_ratio=pl.when(near(pl.col("product_ratio"), CO2_PER_CARBON / 10.0, 0.1))
            .then(pl.col("product_ratio") * 10.0)
            .otherwise("product_ratio")
        )
    )


def lint_fuel_carbon_table(
    frame: pl.DataFrame, fuels: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "table"
) -> pl.DataFrame:
    """Look for the four classic faults of a table that turns fuels into carbon or CO2.

    * ``physical_tonnes_by_tce``: the emission is amount x factor, the amount is physical (t, m3), and the
      factor is per tce (or GJ) by its unit, or by its value where its unit does not say so;
    * ``missing_44_12``: printed as CO2 (or as bare mass) but equal to the carbon: amount x carbon factor, or
      the fuel's expected CO2 is 3.667 times as much;
    * ``carbon_co2_confused``: a CO2 factor under a carbon heading, or converted twice;
    * ``coal_ratio_implausible``: none of these, yet t CO2 per t of coal lies outside 0.7 to 3.0.

    Args:
        frame: ``fuel`` (code or name), ``amount``, ``unit`` (``t``, ``万t``, ``tce`` ...), ``emission``,
            ``emission_unit`` (``tCO2``, ``万tC``, ``t`` where the table does not say); optional ``factor``,
            ``factor_unit`` (``tC/tce``, ``tCO2/t`` ...), ``source_file``, ``source_sheet``, ``source_row``.
        fuels: ``data/reference/fuels.csv``.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.

    Returns:
        Findings with :data:`LINT_SCHEMA`; none for a table that is right.

    Raises:
        MissingLintColumnError: a column is missing.
        MissingLintRuleError: a threshold is missing.
    """
    product = threshold(rules, "product_tolerance_share")
    ratio = threshold(rules, "carbon_ratio_tolerance_share")
    is_carbon_per_tce, is_per_tce = _per_tce_by_value(rules)
    rows = _examined(frame, fuels, table_name).with_columns(
        is_product=near(pl.col("product_ratio"), 1.0, product),
        is_product_times_ratio=near(pl.col("product_ratio"), CO2_PER_CARBON, product),
        is_carbon_per_tce_by_value=is_carbon_per_tce,
        is_per_tce_by_value=is_per_tce,
    )
    label, of_factor = pl.col("emission_substance"), pl.col("factor_substance")
    says_co2, says_carbon = label.is_in([CO2, ""]).fill_null(value=False), label == CARBON
    to_co2 = pl.col("expected_carbon_t") * CO2_PER_CARBON / pl.col("emission_t")
    is_carbon_factor = (of_factor == CARBON).fill_null(value=False)
    is_co2_factor = (of_factor == CO2).fill_null(value=False)
    by_tce = (
        pl.col("is_physical")
        & (pl.col("is_product") | pl.col("is_product_times_ratio"))
        & ((pl.col("factor_dimension") == "energy").fill_null(value=False) | pl.col("is_per_tce_by_value"))
    )
    missing = says_co2 & (
        (is_carbon_factor & pl.col("is_product"))
        | near(to_co2, CO2_PER_CARBON, ratio)
        | (pl.col("is_carbon_per_tce_by_value") & pl.col("is_product"))
    )
    confused = (
        (is_co2_factor & says_carbon & pl.col("is_product"))
        | (is_co2_factor & (label == CO2) & pl.col("is_product_times_ratio"))
        | ((label == CO2) & near(to_co2, 1.0 / CO2_PER_CARBON, ratio))
        | (says_carbon & near(to_co2, 1.0, ratio))
    ).fill_null(value=False)
    judged = rows.with_columns(
        by_tce=by_tce.fill_null(value=False),
        missing=(missing & ~confused).fill_null(value=False),
        confused=confused,
    )
    explained = pl.any_horizontal("by_tce", "missing", "confused")
    return gathered(
        [
            _report_by_tce(judged.filter("by_tce"), table_name),
            _report_missing(judged.filter("missing"), table_name),
            _report_confused(judged.filter("confused"), table_name),
            _coal_findings(
                judged.filter(~explained & says_co2 & (pl.col("amount_dimension") == "mass")),
                rules,
                table_name,
            ),
        ]
    )


def _per_tce_by_value(rules: pl.DataFrame) -> tuple[pl.Expr, pl.Expr]:
    """Tell by its value whether a factor is carbon per tce, or carbon or CO2 per tce.

    Near that, and far from the fuel's carbon and CO2 per physical unit, so that nothing is said where the
    two are alike (coke).
    """
    printed = pl.col("factor_per_physical")
    tolerance, distance = (threshold(rules, f"per_tce_{name}_share") for name in ("tolerance", "distance"))
    per_tce, per_physical = pl.col("carbon_per_tce"), pl.col("carbon_per_physical")
    is_far = pl.all_horizontal(
        ((printed / (per_physical * scale) - 1.0).abs() >= distance).fill_null(value=False)
        for scale in (1.0, CO2_PER_CARBON)
    ) & pl.col("is_physical").fill_null(value=False)
    is_carbon = near(printed, per_tce, tolerance)
    return is_carbon & is_far, (is_carbon | near(printed, per_tce * CO2_PER_CARBON, tolerance)) & is_far


def _report_by_tce(rows: pl.DataFrame, table_name: str) -> pl.DataFrame:
    values = (
        shown(pl.col("amount")),
        pl.col("unit"),
        shown(pl.col("factor")),
        "factor_unit",
    )
    per_tce, per_unit = shown(pl.col("carbon_per_tce")), shown(pl.col("carbon_per_physical"))
    told = (per_tce, per_unit)
    return report(
        rows,
        "physical_tonnes_by_tce",
        table_name,
        "factor",
        value=shown(pl.col("factor")),
        zh="{}：{} {} × {} {}；该燃料每吨标准煤含碳约 {} tC，每单位实物约 {} tC",
        en="{}: {} {} x {} {}; the fuel holds about {} tC per tce and {} tC per physical unit",
        told=("fuel", *values, *told),
    )


def _report_missing(rows: pl.DataFrame, table_name: str) -> pl.DataFrame:
    expected = shown(pl.col("expected_carbon_t") * CO2_PER_CARBON)
    printed = (pl.col("fuel"), shown(pl.col("emission")), pl.col("emission_unit"))
    return report(
        rows,
        "missing_44_12",
        table_name,
        "emission",
        value=shown(pl.col("emission")),
        zh="{} 的 {} {} 等于碳量；按缺省参数应约为 {} tCO2",
        en="{}: {} {} is the carbon; with default parameters about {} tCO2 are expected",
        told=(*printed, expected),
    )


def _report_confused(rows: pl.DataFrame, table_name: str) -> pl.DataFrame:
    carbon = shown(pl.col("expected_carbon_t"))
    co2 = shown(pl.col("expected_carbon_t") * CO2_PER_CARBON)
    printed = (pl.col("fuel"), shown(pl.col("emission")), pl.col("emission_unit"))
    return report(
        rows,
        "carbon_co2_confused",
        table_name,
        "emission",
        value=shown(pl.col("emission")),
        zh="{} 打印为 {} {}；按缺省参数碳约 {} t，二氧化碳约 {} t",
        en="{} is printed as {} {}; with default parameters carbon is about {} t, CO2 about {} t",
        told=(*printed, carbon, co2),
    )


def _coal_findings(rows: pl.DataFrame, rules: pl.DataFrame, table_name: str) -> pl.DataFrame:
    low, high = threshold(rules, "coal_tco2_per_t_low"), threshold(rules, "coal_tco2_per_t_high")
    per_tonne = pl.col("emission_t") / pl.col("amount_standard")
    is_coal = pl.col("fuel_code").is_in(list(COALS)) & (pl.col("amount_standard") > 0)
    bad = rows.filter(is_coal & ((per_tonne < low) | (per_tonne > high)))
    return report(
        bad,
        "coal_ratio_implausible",
        table_name,
        "emission",
        value=shown(pl.col("emission")),
        zh=f"{{}} 每吨 {{}} tCO2，应在 {low:g}–{high:g}",
        en=f"{{}}: {{}} tCO2 per tonne, expected {low:g} to {high:g}",
        told=("fuel", shown(per_tonne)),
    )


def lint_coal_ratio(frame: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "table") -> pl.DataFrame:
    """Find coal rows whose t CO2 per t lies outside the plausible range (0.7 to 3.0).

    Args:
        frame: ``fuel``, ``amount``, ``unit``, ``emission``, ``emission_unit``; rows of other fuels, in other
            dimensions than mass, or printed as carbon are passed over.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.
    """
    rows = prepared(frame, table_name, _NEEDED, {})
    read = with_emission_units(with_amount_units(with_fuel_codes(rows))).with_columns(
        amount_standard=pl.col("amount").cast(pl.Float64) * pl.col("amount_scale"),
        emission_t=pl.col("emission").cast(pl.Float64) * pl.col("emission_scale"),
    )
    is_co2 = pl.col("emission_substance").is_in([CO2, ""])
    return gathered(
        [_coal_findings(read.filter(is_co2 & (pl.col("amount_dimension") == "mass")), rules, table_name)]
    )


def lint_aggregate_factors(
    frame: pl.DataFrame,
    fuels: pl.DataFrame,
    rules: pl.DataFrame,
    *,
    by: tuple[str, ...] = (),
    table_name: str = "table",
) -> pl.DataFrame:
    """Find rows that use an aggregate factor (of total energy) among rows that use factors of fuels.

    A row is aggregate when its fuel is one (标准煤, 能源合计 ...) and it has a factor, or when its factor per
    tce is one of the known aggregates although the fuel's own differs by more than 5 %.

    Args:
        frame: ``fuel``, ``factor``, ``factor_unit``, and the columns of ``by``.
        fuels: ``data/reference/fuels.csv``.
        rules: ``data/reference/lint_rules.csv`` (rows of kind ``aggregate_factor``).
        by: columns within which a total is made (year, sector); none = the whole table.
        table_name: name printed in the findings.
    """
    rows = prepared(frame, table_name, ("fuel", "factor", "factor_unit", *by), {})
    read = with_factor_units(with_fuel_codes(rows)).join(
        _carbon_of_fuels(fuels), on="fuel_code", how="left", maintain_order="left"
    )
    per_tce = (
        pl.col("factor").cast(pl.Float64)
        * pl.col("factor_scale")
        * GJ_PER_TCE
        * pl.when(pl.col("factor_substance") == CARBON).then(CO2_PER_CARBON).otherwise(1.0)
    )
    known = rules.filter(pl.col("kind") == "aggregate_factor")["value"].to_list()
    tolerance = threshold(rules, "grid_tolerance_share")
    own = pl.col("carbon_per_gj") * GJ_PER_TCE * CO2_PER_CARBON
    is_known = pl.any_horizontal(near(per_tce, float(value), tolerance) for value in known)
    by_value = (pl.col("factor_dimension") == "energy") & is_known & ~near(own, per_tce, 0.05)
    by_name = pl.col("fuel").str.strip_chars().str.to_lowercase().is_in(list(_AGGREGATES))
    judged = read.filter(pl.col("factor").is_not_null()).with_columns(
        is_aggregate=(by_name | by_value.fill_null(value=False)), per_tce=per_tce
    )
    is_specific = ~pl.col("is_aggregate") & pl.col("fuel_code").is_not_null()
    beside = is_specific.any().over(list(by)) if by else is_specific.any()
    bad = judged.with_columns(beside=beside).filter(pl.col("is_aggregate") & pl.col("beside"))
    printed = (pl.col("fuel"), shown(pl.col("factor")), pl.col("factor_unit"))
    return gathered(
        [
            report(
                bad,
                "aggregate_factor_mixed",
                table_name,
                "factor",
                value=shown(pl.col("factor")),
                zh="{} 用综合因子 {} {}，同表其他行用分品种因子",
                en="{} uses the aggregate factor {} {} beside rows with factors of fuels",
                told=printed,
            )
        ]
    )
