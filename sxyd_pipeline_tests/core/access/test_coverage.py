import polars as pl

from sxyd_pipeline.core.access.coverage import measure_coverage

UNITS = pl.DataFrame(
    {
        "city_code": ["321100"] * 2,
        "control_unit_code": ["U1", "U2"],
        "control_unit_name": ["甲", "乙"],
        "control_class": [2, 3],
    }
)
KEY = pl.DataFrame({"code": ["3110", "2511"], "is_key": [True, False]})
NAMES = pl.DataFrame({"code": ["3110", "2511"], "name": ["炼铁 ", "炼油"]})


def listed(*rows: tuple[str, str, str | None, bool, bool, str]) -> pl.DataFrame:
    return pl.DataFrame([
        {"scope_type": "control_unit" if scope.startswith("U") else "city", "scope_code": scope, "dimension": dimension,
         "industry_codes": codes, "is_checkable": checkable, "is_carbon": carbon, "state": state}
        for scope, dimension, codes, checkable, carbon, state in rows
    ], schema_overrides={"industry_codes": pl.String})  # fmt: skip


BEFORE = listed(("U1", "space", None, False, False, "kept"), ("city", "emission", "31", True, True, "kept"))
AFTER = listed(
    ("U1", "space", None, True, False, "changed"), ("city", "emission", "31", True, True, "kept"),
    ("U2", "risk", "2511", False, False, "new"), ("U1", "risk", None, False, False, "withdrawn"),
)  # fmt: skip


def counted(breakdown: str, code: str) -> tuple[int, int, float | None, float | None]:
    rows = measure_coverage(BEFORE, AFTER, UNITS, KEY, NAMES)
    row = rows.filter(breakdown=breakdown, code=code).row(0, named=True)
    return (
        row["clause_count_before"],
        row["clause_count_after"],
        row["checkable_share_before"],
        row["checkable_share_after"],
    )


def test_shares_stand_before_and_after_without_what_is_withdrawn() -> None:
    assert counted("all", "all") == (2, 3, 0.5, 2 / 3)
    assert counted("dimension", "risk") == (0, 1, None, 0.0)
    assert counted("control_class", "2") == (1, 1, 0.0, 1.0)
    assert counted("control_unit", "U2") == (0, 1, None, 0.0)


def test_a_key_industry_is_covered_by_a_clause_on_the_group_above_it() -> None:
    assert counted("key_industry", "3110")[:2] == (1, 1)
    rows = measure_coverage(BEFORE, AFTER, UNITS, KEY, NAMES)
    assert rows.filter(breakdown="key_industry")["name"].to_list() == ["炼铁"]


def test_every_breakdown_of_units_and_dimensions_sums_to_its_clauses() -> None:
    rows = measure_coverage(BEFORE, AFTER, UNITS, KEY, NAMES)
    total = rows.group_by("breakdown").agg(pl.col("clause_count_after").sum())
    assert dict(total.rows())["dimension"] == dict(total.rows())["all"] == 3
    assert dict(total.rows())["control_unit"] == dict(total.rows())["control_class"] == 2
