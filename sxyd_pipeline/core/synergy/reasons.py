"""Reasons: what an official wants to read beside a score, in whole sentences with the numbers."""

import polars as pl

from sxyd_pipeline.vocabulary.activities import SOURCE_CATEGORIES, SOURCE_CATEGORIES_EN

#: Shape of ``top_sources``: largest sources behind a component.
TOP_SOURCE = pl.Struct(
    {
        "source_id": pl.String,
        "emitter": pl.String,
        "name": pl.String,
        "species": pl.String,
        "tonnes": pl.Float64,
        "share": pl.Float64,
    }
)
#: Densities from here on are written without decimals.
_WHOLE_FROM = 100.0
#: 万.
_MYRIAD = 10_000.0
#: Sources named in a sentence.
_NAMED = 2
#: Share from which a source is worth naming.
_LEAST_SHARE = 0.05
AREA_NAMES = {f"A{code}": name for code, name in SOURCE_CATEGORIES.items()}
_AREA_NAMES_EN = {f"A{code}": name for code, name in SOURCE_CATEGORIES_EN.items()}


def explain_scores(scored: pl.DataFrame, schemes: dict[str, tuple[str, str]]) -> pl.DataFrame:
    """Write the reason of every score in Chinese and English.

    Args:
        scored: one row per area: densities, location quotients, ``quadrant, homology, target_pressure,
            reduction_potential_share, composite_score, rank, rank_low, rank_high, top_class_probability,
            consensus_class, consensus_share, method_count, weight_scheme_id``; ``co2_sources`` and
            ``apeq_sources`` (``top_sources`` of both densities, JSON); ``covers_city`` (the layer covers the
            city, so its mean is the city's), ``first_year`` (year the base year's potential looks to).
        schemes: weight scheme -> (Chinese, English) name.

    Returns:
        ``scored`` with ``reason_zh`` and ``reason_en``.
    """
    return scored.with_columns(
        reason_zh=pl.concat_str(_zh_density(), _zh_sources(), _zh_parts(), _zh_rank(schemes)),
        reason_en=pl.concat_str(_en_density(), _en_sources(), _en_parts(), _en_rank(schemes)),
    )


def _fixed(column: str, digits: int) -> pl.Expr:
    return pl.col(column).round(digits).cast(pl.String)


def _share(column: str) -> pl.Expr:
    return (pl.col(column) * 100).round(0).cast(pl.Int64).cast(pl.String)


def _times(column: str) -> pl.Expr:
    return pl.col(column).round_sig_figs(3).cast(pl.String).str.strip_suffix(".0")


def _amount_zh(column: str) -> pl.Expr:
    """Write a density as people say it: 204.5 万."""
    many = (pl.col(column) / _MYRIAD).round_sig_figs(4).cast(pl.String) + " 万"
    return pl.when(pl.col(column) >= _MYRIAD).then(many).otherwise(_amount(column))


def _amount(column: str) -> pl.Expr:
    """Write a density with as many digits as it deserves."""
    value = pl.col(column)
    whole = value.round(0).cast(pl.Int64).cast(pl.String)
    return pl.when(value >= _WHOLE_FROM).then(whole).otherwise(value.round_sig_figs(3).cast(pl.String))


def _or(expression: pl.Expr, words: str) -> pl.Expr:
    return expression.fill_null(words)


def _zh_density() -> pl.Expr:
    mean = pl.when("covers_city").then(pl.lit("全市均值")).otherwise(pl.lit("本要素分区均值"))
    return pl.format(
        "{}：CO2 排放密度 {} t/km²，为{}的 {} 倍；污染当量密度 {} t/km²，为 {} 倍。",
        "quadrant", _amount_zh("co2_density_t_per_km2"), mean, _or(_times("co2_lq"), "—"),
        _amount_zh("apeq_density_t_per_km2"), _or(_times("apeq_lq"), "—"),
    )  # fmt: skip


def _en_density() -> pl.Expr:
    words = {
        "双高": "high in both",
        "高污低碳": "high in pollutants",
        "低污高碳": "high in carbon",
        "双低": "low in both",
    }
    mean = (
        pl.when("covers_city")
        .then(pl.lit("the city mean"))
        .otherwise(pl.lit("the mean of the element's zones"))
    )
    return pl.format(
        "{}: CO2 density {} t/km2, {} times {}; pollution equivalents {} t/km2, {} times. ",
        pl.col("quadrant").replace_strict(words, return_dtype=pl.String), _amount("co2_density_t_per_km2"),
        _or(_times("co2_lq"), "-"), mean, _amount("apeq_density_t_per_km2"), _or(_times("apeq_lq"), "-"),
    )  # fmt: skip


def _named(column: str, names: dict[str, str] | None, pattern: str, joint: str) -> pl.Expr:
    source = pl.element().struct
    name = source.field("name")
    if names is not None:
        # Facilities keep their own name; only categories of area sources are translated.
        emitter = source.field("emitter")
        name = pl.when(emitter.is_in(list(names))).then(emitter.replace(names)).otherwise(name)
    worth = (
        pl.col(column)
        .str.json_decode(pl.List(TOP_SOURCE))
        .list.filter(source.field("share") >= _LEAST_SHARE)
        .list.head(_NAMED)
    )
    percent = (source.field("share") * 100).round(0).cast(pl.Int64).cast(pl.String)
    text = worth.list.eval(pl.format(pattern, name, percent)).list.join(joint)
    return pl.when(text.str.len_chars() > 0).then(text)


def _zh_sources() -> pl.Expr:
    pattern = "{}（占 {}%）"
    return pl.format(
        "CO2 主要来自{}，污染当量主要来自{}。",
        _or(_named("co2_sources", None, pattern, "、"), "分散的小源"),
        _or(_named("apeq_sources", None, pattern, "、"), "分散的小源"),
    )


def _en_sources() -> pl.Expr:
    return pl.format(
        "CO2 comes mainly from {}, pollution equivalents from {}. ",
        _or(_named("co2_sources", _AREA_NAMES_EN, "{} ({} %)", ", "), "many small sources"),
        _or(_named("apeq_sources", _AREA_NAMES_EN, "{} ({} %)", ", "), "many small sources"),
    )


def _zh_parts() -> pl.Expr:
    target = pl.format("排放为允许量的 {} 倍（各指标均值）", _fixed("target_pressure", 2))
    potential = pl.format("措施可使综合当量减少 {}%", _share("reduction_potential_share"))
    return pl.format(
        "碳污结构重叠度 {}；{}；{}{}。",
        _or(_fixed("homology", 2), "无定义"), _or(target, "未定目标"),
        pl.when(pl.col("first_year") != pl.col("year"))
        .then(pl.format("到 {} 年", pl.col("first_year").cast(pl.String)))
        .otherwise(pl.lit("")),
        _or(potential, "减排潜力无定义"),
    )  # fmt: skip


def _en_parts() -> pl.Expr:
    target = pl.format(
        "emissions are {} times what is permitted (mean of the indicators)", _fixed("target_pressure", 2)
    )
    potential = pl.format(
        "measures can take {} % off the integrated equivalents", _share("reduction_potential_share")
    )
    return pl.format(
        "Overlap of carbon and pollution structure {}; {}; {}{}. ",
        _or(_fixed("homology", 2), "not defined"), _or(target, "no target"),
        _or(potential, "potential not defined"),
        pl.when(pl.col("first_year") != pl.col("year"))
        .then(pl.format(" by {}", pl.col("first_year").cast(pl.String)))
        .otherwise(pl.lit("")),
    )  # fmt: skip


def _zh_rank(schemes: dict[str, tuple[str, str]]) -> pl.Expr:
    name = pl.col("weight_scheme_id").replace_strict(
        {k: v[0] for k, v in schemes.items()}, return_dtype=pl.String
    )
    return pl.format(
        "综合得分 {}（{}），列第 {} 位（90% 区间 {}–{}），进入首档的概率 {}%；"
        "{} 种方法中 {}% 判为“{}”。",
        _fixed("composite_score", 3), name, "rank", "rank_low", "rank_high", _share("top_class_probability"),
        "method_count", _share("consensus_share"), "consensus_class",
    )  # fmt: skip


def _en_rank(schemes: dict[str, tuple[str, str]]) -> pl.Expr:
    name = pl.col("weight_scheme_id").replace_strict(
        {k: v[1] for k, v in schemes.items()}, return_dtype=pl.String
    )
    words = {
        "极显著": "very significant",
        "显著": "significant",
        "一般": "moderate",
        "不显著": "not significant",
    }
    return pl.format(
        "Composite score {} ({}), rank {} (90 % interval {} to {}), in the top class with probability {} %; "
        "{} % of {} methods call it {}.",
        _fixed("composite_score", 3), name, "rank", "rank_low", "rank_high", _share("top_class_probability"),
        _share("consensus_share"), "method_count",
        pl.col("consensus_class").replace_strict(words, return_dtype=pl.String),
    )  # fmt: skip
