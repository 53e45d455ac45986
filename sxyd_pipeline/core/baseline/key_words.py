"""Reasons in words, with the numbers behind them, for key industries and fields."""

from collections.abc import Mapping

import polars as pl

from sxyd_pipeline.core.baseline.equivalents import Equivalents
from sxyd_pipeline.core.baseline.key_rules import ROUNDING


def percent(column: str) -> pl.Expr:
    """Write a share as a percentage with one decimal."""
    return pl.format("{}%", (pl.col(column) * 100).round(1))


def times(column: str) -> pl.Expr:
    """Write a ratio with two decimals."""
    return pl.col(column).round(2).cast(pl.String)


def contribution(language: str) -> pl.Expr:
    """Say how much of the city an item emits."""
    words = (
        "CO2 占全市 {}（第 {} 位），污染当量占 {}（第 {} 位）" if language == "zh"
        else "{} of the city's CO2 (rank {}) and {} of its pollution equivalents (rank {})"
    )  # fmt: skip
    return pl.format(
        words, percent("co2_share"), pl.col("co2_rank"), percent("apeq_share"), pl.col("apeq_rank")
    )


def joined(*parts: pl.Expr, language: str) -> pl.Expr:
    """Join the parts that apply (missing ones fall out) to one sentence."""
    separator, end = ("；", "。") if language == "zh" else ("; ", ".")
    return pl.concat_str(pl.concat_str(*parts, separator=separator, ignore_nulls=True), pl.lit(end))


def _verdict(language: str) -> pl.Expr:
    yes, no = ("列为重点", "未列为重点") if language == "zh" else ("key", "not key")
    return pl.when("is_key").then(pl.lit(yes)).otherwise(pl.lit(no))


def _in_cut(name: str, cut: float, language: str) -> pl.Expr:
    """Say whether the item lies in the cumulative share of one quantity."""
    quantity = {"co2": ("CO2", "CO2"), "apeq": ("污染当量", "equivalents")}[name][language == "en"]
    words = (
        f"按{quantity}降序累计，之前各项合计 {{}}，低于 {cut:.0%}" if language == "zh"
        else f"by {quantity}, larger ones sum to {{}}, below {cut:.0%}"
    )  # fmt: skip
    is_in = (pl.col(f"{name}_before") < cut - ROUNDING) & (pl.col(f"{name}_t") > 0)
    return pl.when(is_in).then(pl.format(words, percent(f"{name}_before")))


def _out_of_cut(cut: float, language: str) -> pl.Expr:
    is_out = pl.all_horizontal(
        (pl.col(f"{name}_before") >= cut - ROUNDING) | (pl.col(f"{name}_t") <= 0) for name in ("co2", "apeq")
    )
    words = f"累计贡献未进入前 {cut:.0%}" if language == "zh" else f"outside the first {cut:.0%} of either"
    return pl.when(is_out).then(pl.lit(words))


def _robustness(language: str) -> pl.Expr:
    words = "阈值变动下 {} 的组合判为重点" if language == "zh" else "key in {} of the threshold variants"
    return pl.format(words, percent("robustness_share"))


def industry_reasons(
    table: pl.DataFrame, limit: Mapping[str, float], equivalents: Equivalents
) -> pl.DataFrame:
    """Add ``reason_zh`` and ``reason_en`` to judged industries."""
    cut, multiple = limit["industry_cumulative_share"], limit["industry_intensity_multiple"]
    ratio = pl.col("intensity_ratio")
    intensity = {
        "zh": pl.when(ratio.is_null())
        .then(pl.lit("无增加值数据，强度不能比较"))
        .otherwise(
            pl.format(
                f"单位增加值 CO2、污染当量为平均的 {{}}、{{}} 倍（门槛 {multiple:g}）",
                times("co2_ratio"),
                times("apeq_ratio"),
            )
        ),
        "en": pl.when(ratio.is_null())
        .then(pl.lit("no value added, so intensity cannot be compared"))
        .otherwise(
            pl.format(
                f"CO2 and equivalents per value added are {{}} and {{}} times the mean (cut {multiple:g})",
                times("co2_ratio"),
                times("apeq_ratio"),
            )
        ),
    }
    unknown = pl.col("is_two_high").is_null()
    listed = {
        "zh": pl.when(unknown).then(pl.lit("是否两高须核对产品"))
        .when("is_two_high").then(pl.format("列入两高（{}）", pl.col("group_zh")))
        .otherwise(pl.lit("不在两高名录")),
        "en": pl.when(unknown).then(pl.lit("two-high depends on the product, to be checked"))
        .when("is_two_high").then(pl.format("on the two-high list ({})", pl.col("group_en")))
        .otherwise(pl.lit("not on the two-high list")),
    }  # fmt: skip
    return _worded(table, cut, equivalents, {key: (intensity[key], listed[key]) for key in ("zh", "en")})


def field_reasons(table: pl.DataFrame, limit: Mapping[str, float], equivalents: Equivalents) -> pl.DataFrame:
    """Add ``reason_zh`` and ``reason_en`` to judged source categories."""
    cut, least = limit["field_cumulative_share"], limit["field_minimum_share"]
    below = pl.max_horizontal("co2_share", "apeq_share") < least
    extra = {
        "zh": pl.when(below).then(pl.lit(f"两项占比均低于 {least:.0%}")),
        "en": pl.when(below).then(pl.lit(f"both shares are below {least:.0%}")),
    }
    return _worded(table, cut, equivalents, {key: (extra[key],) for key in ("zh", "en")})


def _worded(
    table: pl.DataFrame, cut: float, equivalents: Equivalents, extra: Mapping[str, tuple[pl.Expr, ...]]
) -> pl.DataFrame:
    choices = {"zh": equivalents.words_zh, "en": equivalents.words_en}
    # Sentences join columns chunk by chunk; polars 2.1 aborts where chunks of columns differ.
    return table.rechunk().with_columns(
        joined(
            _verdict(language), contribution(language), _in_cut("co2", cut, language),
            _in_cut("apeq", cut, language), _out_of_cut(cut, language), *extra[language],
            _robustness(language), pl.lit(choices[language]), language=language,
        ).alias(f"reason_{language}")
        for language in ("zh", "en")
    )  # fmt: skip


def area_reasons(table: pl.DataFrame, limit: Mapping[str, float], equivalents: Equivalents) -> pl.DataFrame:
    """Add ``reason_zh`` and ``reason_en`` to judged areas."""
    multiple, top, park = (
        limit[name] for name in ("area_density_multiple", "area_top_share", "area_park_co2_t")
    )
    densities = {
        "zh": pl.format("CO2、污染当量密度为同类平均的 {}、{} 倍", times("co2_ratio"), times("apeq_ratio")),
        "en": pl.format(
            "densities of CO2 and equivalents are {} and {} times the mean of its kind",
            times("co2_ratio"),
            times("apeq_ratio"),
        ),
    }
    is_dense = pl.all_horizontal(pl.col(name) > multiple + ROUNDING for name in ("co2_ratio", "apeq_ratio"))
    is_top = pl.col("density_rank") <= (pl.col("group_size") * top).ceil()
    is_big = pl.col("is_park") & (pl.col("co2_t") >= park)
    found = {
        "zh": (
            pl.when(is_dense).then(pl.lit(f"双高（均高于 {multiple:g} 倍）")),
            pl.when(is_top).then(
                pl.format(
                    f"综合污染当量密度第 {{}} 位（共 {{}} 个，前 {top:.0%}）", "density_rank", "group_size"
                )
            ),
            pl.when(is_big).then(
                pl.format(f"园区 CO2 {{}} t，不低于 {park:g} t", pl.col("co2_t").round(0).cast(pl.Int64))
            ),
        ),
        "en": (
            pl.when(is_dense).then(pl.lit(f"high in both (above {multiple:g} times)")),
            pl.when(is_top).then(
                pl.format(
                    f"rank {{}} of {{}} by integrated density (top {top:.0%})", "density_rank", "group_size"
                )
            ),
            pl.when(is_big).then(
                pl.format(
                    f"a park with {{}} t CO2, at or above {park:g} t", pl.col("co2_t").round(0).cast(pl.Int64)
                )
            ),
        ),
    }
    choices = {"zh": equivalents.words_zh, "en": equivalents.words_en}
    # Sentences join columns chunk by chunk; polars 2.1 aborts where chunks of columns differ.
    return table.rechunk().with_columns(
        joined(
            _verdict(language), contribution(language), densities[language], *found[language],
            _robustness(language), pl.lit(choices[language]), language=language,
        ).alias(f"reason_{language}")
        for language in ("zh", "en")
    )  # fmt: skip
