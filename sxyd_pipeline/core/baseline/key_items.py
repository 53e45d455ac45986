"""Key industries, fields and areas (重点行业、领域、区域): the rule, its reasons, and how firm the choice is.

Industry: in the cumulative share of CO2 or of pollution equivalents (descending, up to 80 %), and either
more intense than the mean of industries with value added, or on the two-high list. Field (source
category): in the cumulative share, and not below a least share. Area: dense in both CO2 and equivalents
(双高), or among the densest in integrated equivalents, or an industrial park above a CO2 threshold. All
thresholds are data (``key_item_rules.csv``); ``robustness_share`` is the share of all combinations of their
low, central and high values in which an item is key.
"""

from collections.abc import Callable, Mapping

import polars as pl

from sxyd_pipeline.core.baseline.equivalents import Equivalents, sum_equivalents
from sxyd_pipeline.core.baseline.figures import intensity_per_value_added
from sxyd_pipeline.core.baseline.key_rules import ROUNDING, thresholds, variants
from sxyd_pipeline.core.baseline.key_words import field_reasons, industry_reasons
from sxyd_pipeline.core.baseline.two_high import find_two_high, two_high_industries
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.vocabulary.activities import SOURCE_CATEGORIES, SOURCE_CATEGORIES_EN

KEY_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "scope_type": pl.String, "code": pl.String, "name": pl.String,
    "co2_t": pl.Float64, "apeq_t": pl.Float64, "co2_share": pl.Float64, "apeq_share": pl.Float64,
    "co2_rank": pl.Int64, "apeq_rank": pl.Int64, "intensity_ratio": pl.Float64, "is_two_high": pl.Boolean,
    "is_key": pl.Boolean, "robustness_share": pl.Float64, "reason_zh": pl.String, "reason_en": pl.String,
    "method_id": pl.String,
}  # fmt: skip

Rule = Callable[[Mapping[str, float]], pl.Expr]

INDUSTRY_RULES = ("industry_cumulative_share", "industry_intensity_multiple", "industry_two_high_alone")
FIELD_RULES = ("field_cumulative_share", "field_minimum_share")


def identify_key_industries(
    source_emissions: pl.DataFrame,
    economy: pl.DataFrame,
    two_high: pl.DataFrame,
    industries: pl.DataFrame,
    equivalents: Equivalents,
    rules: pl.DataFrame,
    config: CityConfig,
) -> pl.DataFrame:
    """Identify key industries of the base year.

    ``intensity_ratio`` is the larger of CO2 and equivalents per value added, each over the mean of all
    industries with value added; where only a division reports value added its classes share its mean.

    Args:
        source_emissions: ``inventory.emissions``; rows without industry are no industry.
        economy: ``inputs.economy`` with ``value_added`` of industries; may lack it.
        two_high: list of two-high industries.
        industries: list of industries.
        equivalents: weights of pollutants (:func:`choose_equivalents`).
        rules: ``key_item_rules.csv``: ``rule_id, value, low, high``.
        config: settings of the city (base year, province).

    Returns:
        ``baseline.key_industries``: every industry with emissions, key or not, sorted by code.

    Raises:
        MissingKeyRuleError: a threshold is not in the rules.
    """
    emitted = source_emissions.filter(pl.col("year") == config.base_year)
    verdicts = two_high_industries(find_two_high(emitted, two_high, config.province))
    of_industry = emitted.drop_nulls("industry_code")
    items = with_shares(
        sum_equivalents(of_industry, equivalents, ["industry_code"]).rename({"industry_code": "code"}),
        sum_equivalents(emitted, equivalents, ["city_code"]),
    )
    ratios = _intensity_ratios(items, economy, industries, config.base_year)
    names = dict(industries.select("code", "name").iter_rows())
    table = (
        with_cumulative(items)
        .join(ratios, on="code", how="left", maintain_order="left")
        .join(verdicts.rename({"industry_code": "code"}), on="code", how="left", maintain_order="left")
        .with_columns(
            name=pl.col("code").replace(names),
            intensity_ratio=pl.max_horizontal("co2_ratio", "apeq_ratio"),
        )
    )
    judged = judge(table, _industry_rule, rules, INDUSTRY_RULES)
    worded = industry_reasons(judged, thresholds(rules, INDUSTRY_RULES), equivalents)
    return finished(worded, "industry", "key_industry_rule", config).sort("code")


def _industry_rule(limit: Mapping[str, float]) -> pl.Expr:
    contributes = in_cumulative(limit["industry_cumulative_share"])
    is_intense = (pl.col("intensity_ratio") > limit["industry_intensity_multiple"] + ROUNDING).fill_null(
        value=False
    )
    # Unknown (a product must be checked by hand) does not count as being on the list.
    is_listed = pl.col("is_two_high").fill_null(value=False)
    is_listed_alone = is_listed & pl.lit(value=limit["industry_two_high_alone"] > 0)
    return (contributes & (is_intense | is_listed)) | is_listed_alone


def _intensity_ratios(
    items: pl.DataFrame, economy: pl.DataFrame, industries: pl.DataFrame, year: int
) -> pl.DataFrame:
    """Return CO2 and equivalents per value added over their means: ``code, co2_ratio, apeq_ratio``."""
    long = (
        items.select(industry_code="code", co2="co2_t", apeq="apeq_t")
        .unpivot(["co2", "apeq"], index="industry_code", variable_name="quantity", value_name="emission_t")
        .with_columns(year=pl.lit(year, pl.Int32))
    )
    intensity = intensity_per_value_added(long, economy, industries)
    # Value added of a division must not be counted again for each of its classes, nor inside its section.
    whole = intensity.unique(["matched_code", "quantity"], keep="first").sort("matched_code", "quantity")
    nested = _nested_codes(intensity["matched_code"].unique().to_list(), industries)
    means = (
        whole.filter(~pl.col("matched_code").is_in(nested))
        .group_by("quantity", maintain_order=True)
        .agg(mean=pl.col("matched_t").sum() / (pl.col("value_added_cny").sum() / 1e8))
    )
    ratios = (
        intensity.join(means, on="quantity", maintain_order="left")
        .with_columns(
            ratio=pl.when(pl.col("mean") > 0).then(pl.col("intensity_t_per_1e8cny") / pl.col("mean"))
        )
        .select("industry_code", "quantity", "ratio")
    )
    co2 = ratios.filter(pl.col("quantity") == "co2").select(code="industry_code", co2_ratio="ratio")
    apeq = ratios.filter(pl.col("quantity") == "apeq").select(code="industry_code", apeq_ratio="ratio")
    return co2.join(apeq, on="code", maintain_order="left")


def _nested_codes(codes: list[str], industries: pl.DataFrame) -> list[str]:
    """Return the codes that lie inside another one of the list."""
    section = dict(industries.select("code", "section").iter_rows())
    return [
        code
        for code in codes
        if any(other != code and (code.startswith(other) or section.get(code) == other) for other in codes)
    ]


def identify_key_fields(
    source_emissions: pl.DataFrame, equivalents: Equivalents, rules: pl.DataFrame, config: CityConfig
) -> pl.DataFrame:
    """Identify key fields: source categories of the base year.

    Args:
        source_emissions: ``inventory.emissions``.
        equivalents: weights of pollutants.
        rules: ``key_item_rules.csv``.
        config: settings of the city.

    Returns:
        ``baseline.key_fields``: every category with emissions, sorted by code; ``intensity_ratio`` is the
        CO2 share over the share of equivalents (above 1: rather a carbon field, below: rather pollution).

    Raises:
        MissingKeyRuleError: a threshold is not in the rules.
    """
    emitted = source_emissions.filter(pl.col("year") == config.base_year)
    items = with_shares(
        sum_equivalents(emitted, equivalents, ["source_category"]).select(
            pl.col("source_category").cast(pl.String).alias("code"), "co2_t", "apeq_t"
        ),
        sum_equivalents(emitted, equivalents, ["city_code"]),
    )
    table = with_cumulative(items).with_columns(
        name=pl.col("code").replace({str(code): name for code, name in SOURCE_CATEGORIES.items()}),
        name_en=pl.col("code").replace({str(code): name for code, name in SOURCE_CATEGORIES_EN.items()}),
        intensity_ratio=pl.when(pl.col("apeq_share") > 0).then(pl.col("co2_share") / pl.col("apeq_share")),
        is_two_high=pl.lit(None, pl.Boolean),
    )
    judged = judge(table, _field_rule, rules, FIELD_RULES)
    worded = field_reasons(judged, thresholds(rules, FIELD_RULES), equivalents)
    return finished(worded, "source_category", "key_field_rule", config).sort(pl.col("code").cast(pl.Int32))


def _field_rule(limit: Mapping[str, float]) -> pl.Expr:
    cut, least = limit["field_cumulative_share"], limit["field_minimum_share"]
    return pl.any_horizontal(
        (pl.col(f"{name}_before") < cut - ROUNDING)
        & (pl.col(f"{name}_share") >= least)
        & (pl.col(f"{name}_t") > 0)
        for name in ("co2", "apeq")
    )


def with_shares(items: pl.DataFrame, city: pl.DataFrame) -> pl.DataFrame:
    """Add shares of the city's totals and ranks; equal items share the better rank.

    Args:
        items: ``code, co2_t, apeq_t``.
        city: totals of the city in one row (none: the city emits nothing).
    """
    totals = {name: float(city[f"{name}_t"].sum()) for name in ("co2", "apeq")}
    return items.with_columns(
        *(
            # Where the city emits nothing, nobody has a share of it.
            (pl.col(f"{name}_t") / total if total > 0 else pl.lit(0.0)).alias(f"{name}_share")
            for name, total in totals.items()
        ),
        *(
            pl.col(f"{name}_t").rank("min", descending=True).cast(pl.Int64).alias(f"{name}_rank")
            for name in ("co2", "apeq")
        ),
    )  # fmt: skip


def with_cumulative(items: pl.DataFrame) -> pl.DataFrame:
    """Add ``co2_before`` and ``apeq_before``: cumulative share, descending, of the items before this one.

    The item that crosses the cut belongs to it, so that the largest one always does. Ties go by code.
    """
    for name in ("co2", "apeq"):
        value = pl.col(f"{name}_t")
        items = items.sort([f"{name}_t", "code"], descending=[True, False]).with_columns(
            # Nothing emitted: no share of nothing.
            pl.when(value.sum() > 0)
            .then((value.cum_sum() - value) / value.sum())
            .otherwise(1.0)
            .alias(f"{name}_before")
        )  # fmt: skip
    return items.sort("code")


def in_cumulative(cut: float) -> pl.Expr:
    """Tell whether an item belongs to the cumulative share of CO2 or of equivalents."""
    return pl.any_horizontal(
        (pl.col(f"{name}_before") < cut - ROUNDING) & (pl.col(f"{name}_t") > 0) for name in ("co2", "apeq")
    )


def judge(table: pl.DataFrame, rule: Rule, rules: pl.DataFrame, needed: tuple[str, ...]) -> pl.DataFrame:
    """Add ``is_key`` by the central thresholds, and ``robustness_share`` over all their variants."""
    grid = [rule(variant) for variant in variants(rules, needed)]
    return table.with_columns(
        is_key=rule(thresholds(rules, needed)),
        robustness_share=pl.sum_horizontal(key.cast(pl.Float64) for key in grid) / len(grid),
    )


def finished(table: pl.DataFrame, scope_type: str, method_id: str, config: CityConfig) -> pl.DataFrame:
    """Bring a judged table to the stored columns."""
    return table.with_columns(
        city_code=pl.lit(config.adcode), scope_type=pl.lit(scope_type), method_id=pl.lit(method_id)
    ).select(pl.col(name).cast(dtype) for name, dtype in KEY_SCHEMA.items())
