"""Lints on factors that depend on year, region, kind or set: the grid, and warming potentials."""

import polars as pl

from sxyd_pipeline.core.lints.findings import gathered, near, prepared, report, shown, threshold
from sxyd_pipeline.core.lints.units import with_factor_units

NATION = "100000"
_AVERAGE = "electricity_average"
#: Species that stand for a family of gases: an implied potential between members is no fault.
_FAMILIES = ("HFCs", "PFCs")


def lint_grid_factors(
    frame: pl.DataFrame, grid_factors: pl.DataFrame, rules: pl.DataFrame, *, table_name: str = "table"
) -> pl.DataFrame:
    """Find electricity factors of another year, region or kind.

    Expected is the published average of the province in the year of use; where that year is not published,
    of the nearest year before, else after; the nation's where the province has none. A factor that differs
    from it is looked up: among values of other kinds (``grid_factor_kind``), the same region's other years
    (``grid_factor_year``), other regions (``grid_factor_region``), else it is ``grid_factor_unknown``.

    Args:
        frame: ``region`` (code of province or city, or name of the province), ``year``, ``factor``; optional
            ``factor_unit`` (else kgCO2/kWh) and ``factor_kind`` (``average``, ``OM``, ``footprint`` ...).
        grid_factors: ``data/reference/grid_factors.csv``.
        rules: ``data/reference/lint_rules.csv`` (rows of kind ``known_grid_factor``).
        table_name: name printed in the findings.

    Returns:
        Findings with :data:`LINT_SCHEMA`.
    """
    optional: dict[str, type[pl.DataType]] = {"factor_unit": pl.String, "factor_kind": pl.String}
    rows = prepared(frame, table_name, ("region", "year", "factor"), optional).with_row_index("_row")
    published = grid_factors.filter(pl.col("factor_kind") == _AVERAGE).select(
        "region_code", "region_name", published_year="year", published="value"
    )
    tolerance = threshold(rules, "grid_tolerance_share")
    # 1 kg/kWh is 1 t/MWh; the parsed scale is t per kWh.
    value = pl.col("factor").cast(pl.Float64) * (pl.col("factor_scale") * 1e3).fill_null(1.0)
    read = with_factor_units(rows).with_columns(
        per_mwh=value, region_code=_region_code(published), year=pl.col("year").cast(pl.Int32)
    )
    expected = _expected(read, published)
    judged = read.join(expected, on="_row", how="left", maintain_order="left").filter(
        pl.col("per_mwh").is_not_null() & ~near(pl.col("per_mwh"), pl.col("expected"), tolerance)
        | _is_other_kind()
    )
    matches = (
        judged.select("_row", "per_mwh", own="region_used")
        .join(published, how="cross")
        .filter(near(pl.col("per_mwh"), pl.col("published"), tolerance))
        .with_columns(is_own=pl.col("region_code") == pl.col("own"))
        .sort("_row", "is_own", "published_year", "region_code", descending=[False, True, True, False])
        .unique("_row", keep="first", maintain_order=True)
        .select("_row", "is_own", "published_year", found_name="region_name")
    )
    known = _known_kinds(judged, rules, tolerance)
    told = (
        judged.join(matches, on="_row", how="left", maintain_order="left")
        .join(known, on="_row", how="left", maintain_order="left")
        .sort("_row")
    )
    is_kind = _is_other_kind() | pl.col("kind_zh").is_not_null()
    is_year = ~is_kind & pl.col("is_own").fill_null(value=False)
    is_region = ~is_kind & ~is_year & pl.col("is_own").is_not_null()
    year, name = pl.col("published_year"), pl.col("found_name")
    own_year = (pl.format("{} 年的值", year), pl.format("the value of {}", year))
    elsewhere = (pl.format("{} {} 年的值", name, year), pl.format("the value of {} in {}", name, year))
    nowhere = (pl.lit("未见于公布值"), pl.lit("not among the published values"))
    kinds = (pl.coalesce("kind_zh", "factor_kind"), pl.coalesce("kind_en", "factor_kind"))
    return gathered(
        [
            _report_grid(told.filter(is_kind), "grid_factor_kind", table_name, kinds),
            _report_grid(told.filter(is_year), "grid_factor_year", table_name, own_year),
            _report_grid(told.filter(is_region), "grid_factor_region", table_name, elsewhere),
            _report_grid(
                told.filter(~is_kind & pl.col("is_own").is_null()), "grid_factor_unknown", table_name, nowhere
            ),
        ]
    )


def _is_other_kind() -> pl.Expr:
    kind = pl.col("factor_kind").str.to_lowercase()
    is_average = kind.is_in(["average", _AVERAGE, "平均", "平均因子", "location_based"])
    return kind.is_not_null() & ~is_average.fill_null(value=True)


def _region_code(published: pl.DataFrame) -> pl.Expr:
    """Read a region: a code (cities take their province) or a name, long or short."""
    names = {
        str(name): str(code) for code, name in published.select("region_code", "region_name").iter_rows()
    }
    text = pl.col("region").cast(pl.String).str.strip_chars()
    short = text.str.replace(r"(省|市|壮族自治区|回族自治区|维吾尔自治区|自治区)$", "")
    province = pl.concat_str(text.str.slice(0, 2), pl.lit("0000"))
    return (
        pl.when(text.str.contains(r"^\d{6}$"))
        .then(province)
        .otherwise(
            pl.coalesce(
                text.replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String),
                short.replace_strict(list(names), list(names.values()), default=None, return_dtype=pl.String),
            )
        )
    )


def _expected(read: pl.DataFrame, published: pl.DataFrame) -> pl.DataFrame:
    """Return the published factor each row should use: ``_row, expected, expected_year, region_used``."""
    has_factor = pl.col("region_code").is_in(published["region_code"].unique().to_list())
    gap = pl.col("year") - pl.col("published_year")
    return (
        read.select(
            "_row", "year", region_used=pl.when(has_factor).then("region_code").otherwise(pl.lit(NATION))
        )
        .join(published, left_on="region_used", right_on="region_code", maintain_order="left")
        # Years before come first, nearest first; then years after.
        .sort("_row", gap < 0, gap.abs())
        .unique("_row", keep="first", maintain_order=True)
        .select("_row", "region_used", expected="published", expected_year="published_year")
    )


def _known_kinds(judged: pl.DataFrame, rules: pl.DataFrame, tolerance: float) -> pl.DataFrame:
    kinds = rules.filter(pl.col("kind") == "known_grid_factor").select(
        known="value", kind_zh="meaning_zh", kind_en="meaning_en"
    )
    return (
        judged.select("_row", "per_mwh")
        .join(kinds, how="cross")
        .filter(near(pl.col("per_mwh"), pl.col("known"), tolerance / 4.0))
        .unique("_row", keep="first", maintain_order=True)
        .select("_row", "kind_zh", "kind_en")
    )


def _report_grid(
    rows: pl.DataFrame, lint_id: str, table_name: str, found: tuple[pl.Expr, pl.Expr]
) -> pl.DataFrame:
    printed = ("region", "year", shown(pl.col("per_mwh")))
    expected = (shown(pl.col("expected")), "expected_year")
    return report(
        rows,
        lint_id,
        table_name,
        "factor",
        value=shown(pl.col("factor").cast(pl.Float64)),
        zh="{} {} 年用 {} tCO2/MWh（{}），应为 {}（{} 年公布值）",
        en="{} {} uses {} tCO2/MWh ({}); expected {} (published for {})",
        told=(*printed, found[0], *expected),
        told_en=(*printed, found[1], *expected),
    )


def lint_gwp_sets(
    frame: pl.DataFrame,
    gwp: pl.DataFrame,
    rules: pl.DataFrame,
    *,
    declared: str | None = None,
    table_name: str = "table",
) -> pl.DataFrame:
    """Find CO2 equivalents made with potentials of another set than the rest of the table.

    The potential of a row is ``gwp`` where stated, else ``co2e / emission``. The table's set is ``declared``,
    else the set most gases agree with. A row that names another set in ``gwp_set``, or whose potential
    belongs to another set, is ``gwp_sets_mixed``; one that belongs to none is ``gwp_value_unknown``.

    Args:
        frame: ``gas`` (CH4, N2O, HFC-134a ...); and ``gwp``, or ``emission`` and ``co2e`` in the same unit of
            mass; optional ``gwp_set``.
        gwp: ``data/reference/gwp.csv``.
        rules: ``data/reference/lint_rules.csv``.
        declared: set the table says it uses.
        table_name: name printed in the findings.
    """
    numbers: dict[str, type[pl.DataType]] = {
        "gwp": pl.Float64,
        "emission": pl.Float64,
        "co2e": pl.Float64,
        "gwp_set": pl.String,
    }
    rows = prepared(frame, table_name, ("gas",), numbers).with_row_index("_row")
    implied = pl.coalesce(
        pl.col("gwp").cast(pl.Float64),
        pl.when(pl.col("emission") > 0).then(pl.col("co2e") / pl.col("emission")),
    )
    read = rows.with_columns(implied=implied).filter(
        pl.col("implied").is_not_null() & (pl.col("gas") != "CO2")
    )
    tolerance = threshold(rules, "gwp_tolerance_share")
    table = (
        pl.concat(
            [
                gwp.select("gwp_set", gas="gas", potential="value"),
                gwp.drop_nulls("species").select("gwp_set", gas="species", potential="value"),
            ]
        )
        .unique()
        .rename({"gwp_set": "set"})
    )
    candidates = read.join(table, on="gas", maintain_order="left").filter(
        near(pl.col("implied"), pl.col("potential"), tolerance)
    )
    votes = (
        candidates.group_by("set", maintain_order=True)
        .agg(gases=pl.col("gas").n_unique(), rows=pl.len())
        .sort("gases", "rows", "set", descending=True)
    )
    chosen = declared if declared is not None else (votes["set"][0] if votes.height else None)
    found = candidates.sort("_row", "set").group_by("_row", maintain_order=True).agg(sets=pl.col("set"))
    known_gases = table["gas"].unique().to_list()
    judged = read.join(found, on="_row", how="left", maintain_order="left").sort("_row")
    words = pl.col("sets").list.join("/")
    belongs = pl.col("sets").list.contains(pl.lit(chosen, pl.String)).fill_null(value=False)
    names_other = (pl.col("gwp_set") != pl.lit(chosen, pl.String)).fill_null(value=False)
    is_unknown = (
        pl.col("sets").is_null() & pl.col("gas").is_in(known_gases) & ~pl.col("gas").is_in(list(_FAMILIES))
    )
    mixed = judged.filter(pl.col("sets").is_not_null() & (~belongs | names_other))
    printed = (pl.col("gas"), shown(pl.col("implied")))
    return gathered(
        [
            report(
                mixed,
                "gwp_sets_mixed",
                table_name,
                "gwp",
                value=shown(pl.col("implied")),
                zh=f"{{}} 的 GWP {{}} 属于 {{}}，本表为 {chosen}",
                en=f"{{}} has a GWP of {{}} of {{}}, the table uses {chosen}",
                told=(*printed, words),
            ),
            report(
                judged.filter(is_unknown),
                "gwp_value_unknown",
                table_name,
                "gwp",
                value=shown(pl.col("implied")),
                zh="{} 的 GWP {} 不在 SAR、AR4、AR5、AR6 之内",
                en="{} has a GWP of {}, which is in none of SAR, AR4, AR5, AR6",
                told=printed,
            ),
        ]
    )
