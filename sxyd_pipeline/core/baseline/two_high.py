"""Which facilities and industries are two-high (两高): high energy use, high emissions; a list decides."""

import polars as pl

FACILITY_SCHEMA: dict[str, type[pl.DataType]] = {
    "facility_id": pl.String, "industry_code": pl.String, "group": pl.String, "group_zh": pl.String,
    "group_en": pl.String, "is_two_high": pl.Boolean,
}  # fmt: skip


def list_of_province(two_high: pl.DataFrame, province: str) -> pl.DataFrame:
    """Return the list that holds in a province.

    Rows of the province (``province`` is how its name begins: ``广东`` for 广东省) replace the national
    rows of the same industry; a row with ``counts`` false takes the industry off the list.

    Args:
        two_high: ``province, group, group_zh, group_en, industry_code, counts, product_zh,
            activity_codes, cited_from, confidence``; ``industry_code`` may be 2 to 4 digits.
        province: name of the city's province.
    """
    begins = pl.col("province").fill_null("")
    own = two_high.filter((begins != "") & pl.lit(province).str.starts_with(begins))
    national = two_high.filter(begins == "").join(own, on="industry_code", how="anti")
    return pl.concat([own, national]).filter("counts").sort("industry_code", "group")


def find_two_high(source_emissions: pl.DataFrame, two_high: pl.DataFrame, province: str) -> pl.DataFrame:
    """Tell for every facility whether it is two-high, and of which group.

    A row without product counts the whole class. A row that names a product counts only facilities
    with one of its ``activity_codes`` (coal power burns coal); a product that is no activity of the
    vocabulary cannot be told from the data: unknown, to be checked by hand.

    Args:
        source_emissions: rows with ``facility_id``, ``industry_code``, ``activity_code``; area sources
            (no facility) are never two-high.
        two_high: see :func:`list_of_province`.
        province: name of the city's province.

    Returns:
        One row per facility: ``facility_id, industry_code, group, group_zh, group_en, is_two_high``
        (null = unknown); group is null where it is not two-high.
    """
    active = list_of_province(two_high, province)
    rows = (
        source_emissions.select("facility_id", "industry_code", "activity_code")
        .drop_nulls("facility_id")
        .unique()
    )
    # An entry with fewer digits holds for all classes below it; the longest one decides.
    lengths = active.select(pl.col("industry_code").str.len_chars().unique().sort(descending=True))
    candidates = [
        rows.with_columns(listed_code=pl.col("industry_code").str.slice(0, length)).join(
            active.filter(pl.col("industry_code").str.len_chars() == length),
            left_on="listed_code",
            right_on="industry_code",
            maintain_order="left",
        )
        for length in lengths.to_series().to_list()
    ]
    facilities = rows.select("facility_id", "industry_code").unique()
    if not candidates:
        return _without_group(facilities)
    names_product = pl.col("product_zh").fill_null("") != ""
    codes = pl.col("activity_codes").fill_null("")
    verdict = (
        pl.when(~names_product).then(pl.lit(value=True))
        .when(codes == "").then(None)
        .otherwise(codes.str.split(";").list.contains(pl.col("activity_code")).fill_null(value=False))
    )  # fmt: skip
    weight = pl.when(pl.col("verdict")).then(2).when(pl.col("verdict").is_null()).then(1).otherwise(0)
    decided = (
        pl.concat(candidates)
        .with_columns(verdict=verdict)
        .with_columns(weight=weight, length=pl.col("listed_code").str.len_chars())
        .sort(["facility_id", "length", "weight", "group"], descending=[False, True, True, False])
        .unique("facility_id", keep="first", maintain_order=True)
        .with_columns(
            pl.when(pl.col("weight") > 0).then(pl.col(name)).alias(name)
            for name in ("group", "group_zh", "group_en")
        )
        .select(
            "facility_id", "group", "group_zh", "group_en", is_two_high="verdict", listed=pl.lit(value=True)
        )
    )
    return (
        facilities.join(decided, on="facility_id", how="left", maintain_order="left")
        # Off the list means not two-high; on the list without verdict stays unknown.
        .with_columns(
            is_two_high=pl.when(pl.col("listed").is_null()).then(pl.lit(value=False)).otherwise("is_two_high")
        )
        .select(pl.col(name).cast(dtype) for name, dtype in FACILITY_SCHEMA.items())
        .sort("facility_id", "industry_code")
    )


def _without_group(facilities: pl.DataFrame) -> pl.DataFrame:
    return (
        facilities.with_columns(
            pl.lit(None, pl.String).alias(name) for name in ("group", "group_zh", "group_en")
        )
        .with_columns(is_two_high=pl.lit(value=False))
        .select(pl.col(name).cast(dtype) for name, dtype in FACILITY_SCHEMA.items())
        .sort("facility_id", "industry_code")
    )


def two_high_industries(facilities: pl.DataFrame) -> pl.DataFrame:
    """Sum the verdicts up per industry: true when one facility is, null when one may be, else false.

    Args:
        facilities: result of :func:`find_two_high`.

    Returns:
        ``industry_code, is_two_high, group_zh, group_en``.
    """
    return (
        facilities.drop_nulls("industry_code")
        .sort("industry_code", "group", nulls_last=True)
        .group_by("industry_code", maintain_order=True)
        .agg(
            any_true=pl.col("is_two_high").fill_null(value=False).any(),
            any_unknown=pl.col("is_two_high").is_null().any(),
            group_zh=pl.col("group_zh").first(),
            group_en=pl.col("group_en").first(),
        )
        .with_columns(
            is_two_high=pl.when("any_true").then(pl.lit(value=True)).when(~pl.col("any_unknown")).then(pl.lit(value=False))
        )
        .select("industry_code", "is_two_high", "group_zh", "group_en")
        .sort("industry_code")
    )  # fmt: skip
