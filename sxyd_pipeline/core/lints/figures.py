"""Lints on figures: price bases, intensities, printed totals, balances, coal equivalent, and releases."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.core.baseline.figures import is_current
from sxyd_pipeline.core.lints.findings import gathered, near, prepared, report, shown, threshold
from sxyd_pipeline.core.lints.fuels import GJ_PER_TCE, with_fuel_codes
from sxyd_pipeline.core.lints.units import with_amount_units

_MONEY = ("gdp", "output")
_VALUE_ADDED = "value_added"
_SERIES = ("scope_type", "scope_code", "indicator")

#: Items of an energy balance table and the sign they enter ``supply + transformation - losses - use`` with.
ENERGY_BALANCE_SIGNS = {
    "可供本地区消费的能源量": 1,
    "可供量": 1,
    "加工转换投入产出量": 1,
    "加工转换投入(-)产出(+)量": 1,
    "损失量": -1,
    "终端消费量": -1,
    "平衡差额": -1,
    "supply": 1,
    "transformation": 1,
    "losses": -1,
    "final consumption": -1,
    "statistical difference": -1,
}


def lint_price_bases(
    frame: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "economy"
) -> pl.DataFrame:
    """Find money series that mix or mislabel current and constant prices.

    * ``price_base_unstated``: a series of several years without price base;
    * ``price_bases_mixed``: bases that share no year, so that only a splice would make one series;
    * ``constant_equals_current``: constant prices equal current ones in a year other than the base;
    * ``deflator_jumps``: current over constant changes by more than 15 % a year.

    Args:
        frame: ``indicator`` (``gdp``, ``value_added...``, ``output``), ``year``, ``value`` (one unit),
            ``price_base`` (``current`` or a year); optional ``scope_type``, ``scope_code``.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.
    """
    optional: dict[str, type[pl.DataType]] = {"scope_type": pl.String, "scope_code": pl.String}
    needed = ("indicator", "year", "value", "price_base")
    is_money = pl.col("indicator").is_in(list(_MONEY)) | pl.col("indicator").str.starts_with(_VALUE_ADDED)
    rows = (
        prepared(frame, table_name, needed, optional)
        .with_columns(
            pl.col("scope_type", "scope_code").cast(pl.String).fill_null(""),
            pl.col("price_base").cast(pl.String),
        )
        .filter(is_money)
    )
    series = rows.with_columns(years=pl.col("year").n_unique().over(*_SERIES))
    unstated = series.filter(pl.col("price_base").is_null() & (pl.col("years") > 1))
    name = pl.concat_str(*(pl.col(column) for column in _SERIES), separator=" ").str.strip_chars()
    printed = (name, pl.col("year"), shown(pl.col("value"), 6))
    return gathered(
        [
            report(
                unstated,
                "price_base_unstated",
                table_name,
                "price_base",
                value=pl.lit(None, pl.String),
                zh="{} {} 年 {} 未注明价格口径",
                en="{} {}: {} has no price base",
                told=printed,
            ),
            _spliced(rows, table_name, printed),
            *_against_current(rows, rules, table_name, printed),
        ]
    )


def _spliced(rows: pl.DataFrame, table_name: str, printed: tuple[pl.Expr, ...]) -> pl.DataFrame:
    """Find bases of a series that share no year with its longest one."""
    stated = rows.drop_nulls("price_base")
    bases = (
        stated.group_by(*_SERIES, "price_base", maintain_order=True)
        .agg(covered=pl.col("year").unique())
        .with_columns(size=pl.col("covered").list.len())
    )
    longest = (
        bases.sort(*_SERIES, "size", "price_base", descending=[False, False, False, True, True])
        .unique(_SERIES, keep="first", maintain_order=True)
        .select(*_SERIES, main_base="price_base", main_years="covered")
    )
    apart = bases.join(longest, on=_SERIES, maintain_order="left").filter(
        (pl.col("price_base") != pl.col("main_base"))
        & (pl.col("covered").list.set_intersection("main_years").list.len() == 0)
    )
    bad = stated.join(
        apart.select(*_SERIES, "price_base", "main_base"), on=[*_SERIES, "price_base"], maintain_order="left"
    )
    bases_printed = (*printed, pl.col("price_base"), pl.col("main_base"))
    return report(
        bad,
        "price_bases_mixed",
        table_name,
        "price_base",
        value=pl.col("price_base"),
        zh="{} {} 年 {} 为 {} 价，其余年份为 {} 价，两者没有重叠年份",
        en="{} {}: {} is in {} prices, other years in {} prices, without a common year",
        told=bases_printed,
    )


def _against_current(
    rows: pl.DataFrame, rules: pl.DataFrame, table_name: str, printed: tuple[pl.Expr, ...]
) -> list[pl.DataFrame]:
    current = rows.filter(is_current()).select(*_SERIES, "year", current="value")
    both = (
        rows.drop_nulls("price_base")
        .filter(~is_current())
        .join(current, on=[*_SERIES, "year"], maintain_order="left")
        .filter((pl.col("value") > 0) & (pl.col("current") > 0))
        .with_columns(deflator=pl.col("current") / pl.col("value"))
        .sort(*_SERIES, "price_base", "year")
    )
    own_year = pl.col("price_base") == pl.col("year").cast(pl.String)
    equal = both.filter(
        ~own_year & near(pl.col("value"), pl.col("current"), threshold(rules, "price_same_tolerance_share"))
    )
    over = (*_SERIES, "price_base")
    # A deflator that happens to pass 1 in one year is no mislabelled series; several years are.
    repeated = equal.filter(pl.len().over(*over) > 1)
    gap = pl.col("year") - pl.col("year").shift(1).over(*over)
    yearly = (pl.col("deflator") / pl.col("deflator").shift(1).over(*over)) ** (1.0 / gap) - 1.0
    jumps = both.with_columns(yearly=yearly).filter(
        pl.col("yearly").abs() > threshold(rules, "deflator_change_limit_share")
    )
    change = ((pl.col("yearly") * 100).round(1),)
    return [
        report(
            repeated,
            "constant_equals_current",
            table_name,
            "value",
            value=shown(pl.col("value"), 6),
            zh="{} {} 年 {} 标为 {} 年不变价，却与现价相同",
            en="{} {}: {} is said to be in {} prices but equals current prices",
            told=(*printed, "price_base"),
        ),
        report(
            jumps,
            "deflator_jumps",
            table_name,
            "value",
            value=shown(pl.col("value"), 6),
            zh="{} {} 年 {}：隐含平减指数年变化 {}%",
            en="{} {}: {}: the implied deflator changes by {} % a year",
            told=(*printed, *change),
        ),
    ]


def lint_intensity_prices(
    frame: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "table"
) -> pl.DataFrame:
    """Find printed intensities that divide by nominal GDP although they are compared over years.

    Args:
        frame: ``year``, ``pressure`` (emission or energy), ``intensity`` (pressure per GDP as printed, in the
            units of the columns), ``gdp_current``, ``gdp_constant``. The base year, in which both are
            alike, is passed over.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.
    """
    needed = ("year", "pressure", "intensity", "gdp_current", "gdp_constant")
    tolerance = threshold(rules, "product_tolerance_share") / 6.0
    implied = pl.col("pressure") / pl.col("intensity")
    rows = prepared(frame, table_name, needed, {}).with_columns(implied=implied)
    bad = rows.filter(
        near(pl.col("implied"), pl.col("gdp_current"), tolerance)
        & ~near(pl.col("implied"), pl.col("gdp_constant"), tolerance)
    )
    values = (
        pl.col("year"),
        shown(pl.col("intensity")),
        shown(pl.col("gdp_current"), 6),
        shown(pl.col("gdp_constant"), 6),
    )
    return gathered(
        [
            report(
                bad,
                "intensity_on_nominal_gdp",
                table_name,
                "intensity",
                value=shown(pl.col("intensity")),
                zh="{} 年强度 {} 由现价 GDP {} 算得，不变价为 {}",
                en="{}: intensity {} follows from nominal GDP {}; at constant prices it is {}",
                told=values,
            )
        ]
    )


def lint_release_jumps(
    current: pl.DataFrame,
    previous: pl.DataFrame,
    rules: pl.DataFrame,
    *,
    keys: Sequence[str] = ("year", "breakdown", "breakdown_code", "species"),
    value: str = "emission_t",
    table_name: str = "inventory.totals",
) -> pl.DataFrame:
    """Find totals that differ from the last release by about a power of ten: a slip of the unit.

    Args:
        current: ``keys`` and the value column.
        previous: the same of the last release; keys on one side only are passed over.
        rules: ``data/reference/lint_rules.csv``.
        keys: columns that identify a total.
        value: column of the total.
        table_name: name printed in the findings.
    """
    least = threshold(rules, "release_total_minimum_t")
    rows = prepared(current, table_name, (*keys, value), {})
    joined = rows.join(
        previous.select(*keys, previous=pl.col(value)), on=list(keys), maintain_order="left"
    ).filter((pl.col(value) >= least) & (pl.col("previous") >= least))
    power = (pl.col(value) / pl.col("previous")).log10()
    bad = joined.with_columns(power=power).filter(
        (pl.col("power").round() != 0)
        & ((pl.col("power") - pl.col("power").round()).abs() <= threshold(rules, "jump_tolerance_log10"))
    )
    key = pl.concat_str(*(pl.col(name).cast(pl.String) for name in keys), separator=" ")
    values = (
        key,
        shown(pl.col(value), 6),
        shown(pl.col("previous"), 6),
        pl.col("power").round().cast(pl.Int64),
    )
    return gathered(
        [
            report(
                bad,
                "total_jumps",
                table_name,
                value,
                value=shown(pl.col(value), 6),
                zh="{} 为 {}，上一版 {}，约差 10 的 {} 次幂",
                en="{} is {}, was {}: about 10 to the power of {}",
                told=values,
            )
        ]
    )


def lint_coal_equivalent(
    frame: pl.DataFrame, fuels: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "table"
) -> pl.DataFrame:
    """Recompute coal equivalents and find rows that differ.

    With a printed coefficient the product must agree within 2 %; without one, the reference calorific value
    serves and 12 % are allowed, since calorific values differ by region.

    Args:
        frame: ``fuel``, ``amount``, ``unit``, ``tce``; optional ``tce_unit`` (else ``tce``, or ``万tce``) and
            ``coefficient`` (tce per ``unit`` of amount).
        fuels: ``data/reference/fuels.csv``.
        rules: ``data/reference/lint_rules.csv``.
        table_name: name printed in the findings.
    """
    optional: dict[str, type[pl.DataType]] = {"coefficient": pl.Float64, "tce_unit": pl.String}
    rows = prepared(frame, table_name, ("fuel", "amount", "unit", "tce"), optional).with_columns(
        pl.col("tce_unit").fill_null("tce")
    )
    scale = with_amount_units(rows.select(pl.col("tce_unit").alias("unit")))["amount_scale"] / GJ_PER_TCE
    calorific = fuels.select(
        "fuel_code",
        fuel_dimension=pl.when(pl.col("amount_unit") == "t").then(pl.lit("mass")).otherwise(pl.lit("volume")),
        ncv_gj=pl.when(pl.col("amount_unit") == "t")
        .then("ncv_gj_per_unit")
        .otherwise(pl.col("ncv_gj_per_unit") / 1e4),
    )
    by_reference = pl.when(pl.col("amount_dimension") == pl.col("fuel_dimension")).then(
        pl.col("amount") * pl.col("amount_scale") * pl.col("ncv_gj") / GJ_PER_TCE
    )
    read = (
        with_amount_units(with_fuel_codes(rows.with_columns(tce_t=pl.col("tce") * scale)))
        .join(calorific, on="fuel_code", how="left", maintain_order="left")
        # A coefficient gives coal equivalent in the scale of the amount's unit (万t -> 万tce).
        .with_columns(
            by_coefficient=pl.col("amount")
            * pl.col("coefficient")
            * pl.when(pl.col("amount_dimension") == "mass").then("amount_scale").otherwise(1.0)
        )
        .with_columns(expected=pl.coalesce("by_coefficient", by_reference))
    )
    close, wide = threshold(rules, "tce_tolerance_share"), threshold(rules, "carbon_ratio_tolerance_share")
    is_off = (
        pl.when(pl.col("by_coefficient").is_not_null())
        .then(~near(pl.col("tce_t"), pl.col("expected"), close))
        .otherwise(pl.col("expected").is_not_null() & ~near(pl.col("tce_t"), pl.col("expected"), wide))
    )
    values = (pl.col("fuel"), shown(pl.col("tce_t"), 6), shown(pl.col("expected"), 6))
    return gathered(
        [
            report(
                read.filter(is_off & (pl.col("amount") != 0)),
                "tce_not_reconciled",
                table_name,
                "tce",
                value=shown(pl.col("tce")),
                zh="{} 打印 {} tce，复算 {} tce",
                en="{}: printed {} tce, recomputed {} tce",
                told=values,
            )
        ]
    )


def lint_printed_totals(
    frame: pl.DataFrame,
    *,
    value: str,
    is_total: str = "is_total",
    by: Sequence[str] = (),
    absolute: float = 0.0,
    relative: float = 1e-6,
    table_name: str = "table",
) -> pl.DataFrame:
    """Find printed totals that are not the sum of their parts.

    Args:
        frame: rows with ``value``, the flag ``is_total``, and the columns of ``by``; a group without a total
            or with several of them is compared for each total.
        value: column that adds up.
        is_total: boolean column that marks the printed totals.
        by: columns within which parts add up (year, table column).
        absolute: difference allowed, in the unit of the value (half a printed digit times the parts).
        relative: difference allowed, relative to the sum.
        table_name: name printed in the findings.
    """
    rows = prepared(frame, table_name, (value, is_total, *by), {}).with_columns(
        pl.col(value).cast(pl.Float64)
    )
    parts = pl.col(value).filter(~pl.col(is_total)).sum()
    summed = rows.with_columns(parts=parts.over(list(by)) if by else parts).filter(pl.col(is_total))
    gap = (pl.col(value) - pl.col("parts")).abs()
    bad = summed.filter(gap > absolute + relative * pl.col("parts").abs())
    where = _where(by)
    values = (where, shown(pl.col(value), 6), shown(pl.col("parts"), 6))
    return gathered(
        [
            report(
                bad,
                "total_not_sum",
                table_name,
                value,
                value=shown(pl.col(value), 6),
                zh="{}合计 {}，分项之和 {}",
                en="{}total {}, sum of parts {}",
                told=values,
            )
        ]
    )


def lint_balance(
    frame: pl.DataFrame,
    *,
    by: Sequence[str] = ("fuel",),
    item: str = "item",
    amount: str = "amount",
    sign: str = "sign",
    relative: float = 1e-3,
    absolute: float = 0.0,
    table_name: str = "energy_balance",
) -> pl.DataFrame:
    """Find columns of a balance whose signed items do not sum to zero.

    Without a column ``sign``, the items of a Chinese energy balance table are read by name
    (:data:`ENERGY_BALANCE_SIGNS`): supply + transformation - losses - final use - statistical difference;
    other items (parts of these) are passed over.

    Args:
        frame: ``item``, ``amount``, the columns of ``by``; optional ``sign`` (+1, -1, 0).
        by: columns of the balance (fuel, year).
        item: column of the item's name.
        amount: column of the amount, one unit within a balance.
        sign: column of the sign.
        relative: difference allowed, relative to the largest item.
        absolute: difference allowed, in the unit of the amount.
        table_name: name printed in the findings.
    """
    rows = prepared(frame, table_name, (item, amount, *by), {})
    if sign not in rows.columns:
        text = pl.col(item).str.strip_chars().str.to_lowercase()
        signs = pl.Series(list(ENERGY_BALANCE_SIGNS.values()), dtype=pl.Float64)
        rows = rows.with_columns(
            text.replace_strict(
                list(ENERGY_BALANCE_SIGNS), signs, default=0.0, return_dtype=pl.Float64
            ).alias(sign)
        )
    signed = pl.col(amount).cast(pl.Float64) * pl.col(sign)
    sums = rows.group_by(list(by), maintain_order=True).agg(
        left=signed.sum(),
        largest=signed.abs().max(),
        source_file=pl.col("source_file").first(),
        source_sheet=pl.col("source_sheet").first(),
        source_row=pl.col("source_row").first(),
    )
    bad = sums.filter(pl.col("left").abs() > absolute + relative * pl.col("largest"))
    values = (_where(by), shown(pl.col("left"), 6), shown(pl.col("largest"), 6))
    return gathered(
        [
            report(
                bad,
                "balance_not_closed",
                table_name,
                amount,
                value=shown(pl.col("left"), 6),
                zh="{}收支相差 {}（最大项 {}）",
                en="{}items leave {} (largest {})",
                told=values,
            )
        ]
    )


def _where(by: Sequence[str]) -> pl.Expr:
    if not by:
        return pl.lit("")
    return pl.concat_str(*(pl.col(name).cast(pl.String) for name in by), pl.lit(""), separator=" ")
