"""Rules on scores: contributions add up, ranks are permutations, quadrants follow, nothing is anonymous."""

import polars as pl

#: Contributions must sum to the score to this.
SUM_TOLERANCE = 1e-9
#: Rounding of shares that sum to one.
_SHARE_TOLERANCE = 1e-9
_PEERS = ["scenario_id", "year", "layer"]
_AREA = [*_PEERS, "code"]
#: Cut of the four quadrants as the grade scheme names it.
_CUT = r"quadrant_lq_cut_([0-9.]+)"


def contributions_off_score(
    result: pl.DataFrame, score_contributions: pl.DataFrame, synergy_indicators: pl.DataFrame
) -> pl.DataFrame:
    """Return areas whose contributions do not sum to the composite score."""
    layers = synergy_indicators.select("layer", "code").unique()
    sums = score_contributions.group_by(_AREA).agg(sum_of_parts=pl.col("contribution").sum())
    return (
        _as_areas(result)
        .join(layers, on="code", how="left")
        .join(sums, on=_AREA, how="left")
        .filter(
            pl.col("sum_of_parts").is_null()
            | ((pl.col("sum_of_parts") - pl.col("composite_score")).abs() > SUM_TOLERANCE)
        )
        .select(*_AREA, "composite_score", "sum_of_parts")
    )


def parts_off_product(result: pl.DataFrame) -> pl.DataFrame:
    """Return contributions that are not weight times normalised value."""
    product = pl.col("weight_share") * pl.col("normalised")
    return result.filter((pl.col("contribution") - product).abs() > SUM_TOLERANCE)


def weights_off_one(result: pl.DataFrame) -> pl.DataFrame:
    """Return schemes whose weights do not sum to one in a layer, and schemes without one main scheme."""
    sums = result.group_by("weight_scheme_id", "layer").agg(
        total=pl.col("weight_share").sum(), mains=pl.col("is_main").sum()
    )
    mains = result.filter("is_main").group_by("layer").agg(schemes=pl.col("weight_scheme_id").n_unique())
    return (
        sums.join(mains, on="layer", how="left")
        .filter(((pl.col("total") - 1.0).abs() > _SHARE_TOLERANCE) | (pl.col("schemes").fill_null(0) != 1))
        .sort("weight_scheme_id", "layer")
    )


def inconsistent_judgements(result: pl.DataFrame) -> pl.DataFrame:
    """Return weights by judgement whose consistency ratio is missing or above 0.1."""
    limit = 0.1
    is_judged = pl.col("method_id") == "weights_ahp"
    ratio = pl.col("consistency_ratio")
    return result.filter(is_judged & (ratio.is_null() | (ratio > limit)))


def ranks_of_units_off(result: pl.DataFrame) -> pl.DataFrame:
    """Return scenario-years in which the ranks of control units are no permutation of 1..n."""
    return _off_permutation(result, ["scenario_id", "year"])


def ranks_of_zones_off(result: pl.DataFrame) -> pl.DataFrame:
    """Return elements and scenario-years in which the ranks of zones are no permutation of 1..n."""
    return _off_permutation(result, ["scenario_id", "year", "element"])


def ranks_of_variants_off(result: pl.DataFrame) -> pl.DataFrame:
    """Return methods, layers and scenario-years whose ranks are no permutation of 1..n."""
    return _off_permutation(result, [*_PEERS, "method_id", "formula_variant"])


def _off_permutation(ranked: pl.DataFrame, peers: list[str]) -> pl.DataFrame:
    expected = pl.int_range(1, pl.len() + 1, dtype=pl.Int64)
    return (
        ranked.group_by(peers)
        .agg(areas=pl.len(), is_permutation=(pl.col("rank").sort() == expected).all())
        .filter(~pl.col("is_permutation"))
        .sort(peers)
    )


def ranks_outside_interval(result: pl.DataFrame) -> pl.DataFrame:
    """Return areas whose rank lies outside its own interval."""
    return result.filter((pl.col("rank_low") > pl.col("rank")) | (pl.col("rank") > pl.col("rank_high")))


def quadrants_off_quotients(result: pl.DataFrame, synergy_indicators: pl.DataFrame) -> pl.DataFrame:
    """Return areas whose quadrant contradicts their location quotients and the cut of the grade scheme."""
    schemes = synergy_indicators["grade_scheme_id"].drop_nulls().str.extract(_CUT).drop_nulls().unique()
    cuts = schemes.cast(pl.Float64).to_list()
    if len(cuts) != 1:
        return result
    carbon, pollution = ((pl.col(name) > cuts[0]).fill_null(value=False) for name in ("co2_lq", "apeq_lq"))
    said_carbon = pl.col("quadrant").is_in(["双高", "低污高碳"])
    said_pollution = pl.col("quadrant").is_in(["双高", "高污低碳"])
    return result.filter((said_carbon != carbon) | (said_pollution != pollution))


def quotients_off_mean(result: pl.DataFrame) -> pl.DataFrame:
    """Return layers whose area-weighted mean location quotient is not 1: tonnes or area went missing."""
    names = ("co2_lq", "apeq_lq", "iapeq_lq")
    wide = (
        result.filter(pl.col("indicator").is_in([*names, "area_km2"]))
        .pivot("indicator", index=_AREA, values="value", sort_columns=True)
        .drop_nulls()
    )
    return (
        wide.group_by(_PEERS)
        .agg((pl.col(name) * pl.col("area_km2")).sum() / pl.col("area_km2").sum() for name in names)
        .filter(pl.any_horizontal((pl.col(name) - 1.0).abs() > SUM_TOLERANCE for name in names))
        .sort(_PEERS)
    )


def scores_off_main_variant(result: pl.DataFrame, score_variants: pl.DataFrame) -> pl.DataFrame:
    """Return areas whose score or rank is not the one of the main method."""
    variants = score_variants.filter(pl.col("method_id") == "composite_score").select(
        "scenario_id", "year", "code", "formula_variant", variant_rank="rank", variant_score="score"
    )
    return (
        _as_areas(result)
        .join(variants, on=["scenario_id", "year", "code", "formula_variant"], how="left")
        .filter(
            pl.col("variant_rank").is_null()
            | (pl.col("variant_rank") != pl.col("rank"))
            | ((pl.col("variant_score") - pl.col("composite_score")).abs() > SUM_TOLERANCE)
        )
    )


def empty_without_reason(result: pl.DataFrame) -> pl.DataFrame:
    """Return indicators without a value whose variant does not say why, and values that are no number."""
    says_why = pl.col("formula_variant").str.starts_with("undefined")
    value = pl.col("value")
    return result.filter((value.is_null() != says_why) | value.is_nan().fill_null(value=False))


def anonymous_rows(result: pl.DataFrame) -> pl.DataFrame:
    """Return rows that do not say how they were made."""
    said = [
        pl.col(name).fill_null("").str.strip_chars()
        for name in ("method_id", "formula_variant", "inputs_hash")
    ]
    return result.filter(pl.any_horizontal(one == "" for one in said))


def _as_areas(result: pl.DataFrame) -> pl.DataFrame:
    """Name the code of control units and zones alike."""
    name = "zone_code" if "zone_code" in result.columns else "control_unit_code"
    return result.rename({name: "code"})
