"""How far a list reaches: clauses by dimension, key industry, control class and unit, before and after."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.contracts.access import LIST_COVERAGE
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ControlClass

_COUNTS = ("clause_count", "checkable_count", "carbon_count")


def measure_coverage(
    in_force: pl.DataFrame,
    drafted: pl.DataFrame,
    control_units: pl.DataFrame,
    key_industries: pl.DataFrame,
    industries: pl.DataFrame,
) -> pl.DataFrame:
    """Count clauses, checkable ones and carbon ones of both lists.

    A clause of a key industry is one that names it, a group above it or a class below it. Clauses of control
    units count for their unit and its class; clauses of wider scopes count in the other breakdowns only.

    Args:
        in_force: parsed clauses of today's list: ``scope_type, scope_code, dimension, industry_codes,
            is_checkable, is_carbon``.
        drafted: clauses of the new list, same columns; withdrawn ones (``state``) are left out.
        control_units: ``city_code, control_unit_code, control_unit_name, control_class``.
        key_industries: ``code, is_key``: the key industries of the baseline.
        industries: ``code, name``.

    Returns:
        ``access.list_coverage``: one row per breakdown and code; the share is null where there is no clause.
    """
    city = control_units["city_code"][0] if control_units.height else None
    after = drafted.filter(pl.col("state") != "withdrawn") if "state" in drafted.columns else drafted
    names = dict(zip(industries["code"], industries["name"], strict=True))
    key = key_industries.filter(pl.col("is_key"))["code"].unique().sort().to_list()
    units = control_units.select("control_unit_code", "control_unit_name", "control_class").sort(
        "control_unit_code"
    )
    parts = [
        _all(in_force, after), _dimensions(in_force, after), _industries(in_force, after, key, names),
        _classes(in_force, after, units), _units(in_force, after, units),
    ]  # fmt: skip
    share = {
        when: pl.when(pl.col(f"clause_count_{when}") > 0).then(
            pl.col(f"checkable_count_{when}") / pl.col(f"clause_count_{when}")
        )
        for when in ("before", "after")
    }
    return (
        pl.concat(parts)
        .with_columns(
            city_code=pl.lit(city, pl.String),
            **{f"checkable_share_{when}": expression for when, expression in share.items()},
        )
        .select(pl.col(name).cast(dtype) for name, dtype in LIST_COVERAGE.schema.items())
    )  # fmt: skip


def _counted(before: pl.DataFrame, after: pl.DataFrame) -> dict[str, int]:
    return {
        f"{what}_{when}": count
        for when, rows in (("before", before), ("after", after))
        for what, count in zip(
            _COUNTS,
            (rows.height, int(rows["is_checkable"].sum()), int(rows["is_carbon"].sum())),
            strict=True,
        )
    }


def _frame(rows: Sequence[dict[str, str | int]]) -> pl.DataFrame:
    text = dict.fromkeys(("breakdown", "code", "name"), pl.String)
    counts = {f"{what}_{when}": pl.Int64 for when in ("before", "after") for what in _COUNTS}
    return pl.DataFrame(rows, schema={**text, **counts}, orient="row")


def _all(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    return _frame([{"breakdown": "all", "code": "all", "name": "全部", **_counted(before, after)}])


def _dimensions(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    return _frame([
        {"breakdown": "dimension", "code": code, "name": name, **_counted(
            before.filter(pl.col("dimension") == code), after.filter(pl.col("dimension") == code)
        )}
        for code, name in DIMENSIONS.items()
    ])  # fmt: skip


def _industries(
    before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str], names: dict[str, str]
) -> pl.DataFrame:
    return _frame([
        {"breakdown": "key_industry", "code": code, "name": names.get(code, code).strip(), **_counted(
            before.filter(_names(code)), after.filter(_names(code))
        )}
        for code in key
    ])  # fmt: skip


def _names(code: str) -> pl.Expr:
    """Where a clause names an industry, what holds it, or what it holds."""
    listed = pl.col("industry_codes").fill_null("").str.split(";")
    one = pl.element()
    related = (one != "") & (pl.lit(code).str.starts_with(one) | one.str.starts_with(code))
    return listed.list.eval(related).list.any()


def _classes(before: pl.DataFrame, after: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    rows: list[dict[str, str | int]] = []
    for one in ControlClass:
        codes = units.filter(pl.col("control_class") == int(one))["control_unit_code"].to_list()
        own = (pl.col("scope_type") == "control_unit") & pl.col("scope_code").is_in(codes)
        counted = _counted(before.filter(own), after.filter(own))
        rows.append({"breakdown": "control_class", "code": str(int(one)), "name": one.zh, **counted})
    return _frame(rows)


def _units(before: pl.DataFrame, after: pl.DataFrame, units: pl.DataFrame) -> pl.DataFrame:
    counted = [_per_unit(rows, when) for rows, when in ((before, "before"), (after, "after"))]
    frame = units.select("control_unit_code", name="control_unit_name")
    for one in counted:
        frame = frame.join(one, on="control_unit_code", how="left", maintain_order="left")
    # A unit without clauses of its own has none: that absence is a count of zero.
    counts = [f"{what}_{when}" for when in ("before", "after") for what in _COUNTS]
    return frame.select(
        breakdown=pl.lit("control_unit"), code="control_unit_code", name="name",
        **{name: pl.col(name).fill_null(0).cast(pl.Int64) for name in counts},
    )  # fmt: skip


def _per_unit(rows: pl.DataFrame, when: str) -> pl.DataFrame:
    return (
        rows.filter(pl.col("scope_type") == "control_unit")
        .group_by("scope_code", maintain_order=True)
        .agg(
            pl.len().alias(f"clause_count_{when}"),
            pl.col("is_checkable").sum().alias(f"checkable_count_{when}"),
            pl.col("is_carbon").sum().alias(f"carbon_count_{when}"),
        )
        .rename({"scope_code": "control_unit_code"})
    )
