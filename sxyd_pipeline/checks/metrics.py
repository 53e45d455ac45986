"""Counts of rows that break a contract: one metric row per table, computed in one pass.

Great Expectations judges the metric row, not the data: its cost does not depend on the size of
the table, and Polars counts millions of rows in a blink.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import geopandas as gpd
import polars as pl
import shapely

from sxyd_pipeline.checks.frames import GEOMETRY, attributes_of
from sxyd_pipeline.checks.results import SAMPLE_ROWS
from sxyd_pipeline.contracts.model import Column, Table

STORED_CRS_EPSG = 4490
ROW = "row"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule that follows from a contract; one verdict per kind and table.

    ``panel`` is the check of the UI it is shown under: events cost, so neighbours share one.
    """

    name: str
    panel: str
    zh: str
    en: str


_ROWS, _VALUES = "rows_as_declared", "values_as_declared"


COLUMNS = Kind(
    "columns_as_declared", "columns_as_declared", "列与契约一致", "columns and types are as declared"
)
NOT_EMPTY = Kind("table_not_empty", _ROWS, "表不为空", "the table has rows")
CITY = Kind("rows_belong_to_the_city", _VALUES, "各行属于本城市", "every row is of this city")
REQUIRED = Kind("required_values_present", _VALUES, "必填值齐全", "required values are present")
BOUNDS = Kind(
    "values_within_bounds", _VALUES, "数值在允许范围内且有限", "numbers are finite and within their bounds"
)
ALLOWED = Kind("values_allowed", _VALUES, "取值在允许清单内", "values are of the closed list")
PATTERNS = Kind("texts_match_patterns", _VALUES, "编码符合格式", "codes match their pattern")
KEY = Kind("key_is_unique", _ROWS, "主键唯一", "the key is unique")
SHAPES = Kind(
    "geometry_is_valid", "geometry_is_valid", "图形有效", "geometries are valid polygons in EPSG:4490"
)


@dataclass(frozen=True, slots=True)
class Measurement:
    """Metrics of one kind: how many rows (or columns) break it, which ones, and where."""

    kind: Kind
    count: int
    sample: pl.DataFrame
    detail: str


def kinds_of(table: Table) -> tuple[Kind, ...]:
    """Return the kinds of rules a contract holds; the same for every result of the table."""
    held = [COLUMNS]
    if not table.may_be_empty:
        held.append(NOT_EMPTY)
    rules = tuple(_rules(table))
    held += [
        kind for kind in (CITY, REQUIRED, BOUNDS, ALLOWED, PATTERNS) if any(k is kind for k, _, _ in rules)
    ]
    held.append(KEY)
    if table.has_geometry:
        held.append(SHAPES)
    return tuple(held)


def measure(table: Table, frame: pl.DataFrame | gpd.GeoDataFrame, city: str) -> list[Measurement]:
    """Measure every kind of rule of a contract on one result.

    Args:
        table: the contract.
        frame: the result; rows of one city.
        city: adcode of the city the rows must belong to.

    Returns:
        One measurement per kind of :func:`kinds_of`. Rules on columns that are missing or of
        another type are left to ``columns_as_declared``, which counts them.
    """
    attributes = attributes_of(frame, table)
    wrong = _wrong_columns(table, frame, attributes)
    usable = {c.name for c in table.columns if attributes.schema.get(c.name) == c.dtype}
    found = {COLUMNS: Measurement(COLUMNS, len(wrong), pl.DataFrame({"problem": wrong}), "；".join(wrong))}
    if not table.may_be_empty:
        found[NOT_EMPTY] = Measurement(NOT_EMPTY, int(attributes.height == 0), pl.DataFrame(), "")

    rules = [(kind, name, rule) for kind, name, rule in _rules(table, city) if name in usable]
    if rules:
        counts = attributes.select(rule.sum().alias(f"{kind.name}.{name}") for kind, name, rule in rules).row(
            0, named=True
        )
        for kind in {kind for kind, _, _ in rules}:
            found[kind] = _row_rules(attributes, table, kind, rules, counts)
    if set(table.key) <= usable:
        repeated = attributes.filter(attributes.select(table.key).is_duplicated())
        found[KEY] = Measurement(KEY, repeated.height, repeated.head(SAMPLE_ROWS), "")
    if table.has_geometry and isinstance(frame, gpd.GeoDataFrame):
        found[SHAPES] = _shapes(table, frame, attributes)
    # A rule that could not be measured has no verdict of its own: the columns check has said why.
    return [found[kind] for kind in kinds_of(table) if kind in found]


def _rules(table: Table, city: str = "") -> Iterator[tuple[Kind, str, pl.Expr]]:
    """Yield (kind, column, expression that is true where the column breaks the rule)."""
    for column in table.columns:
        if column.name == GEOMETRY:
            continue
        value = pl.col(column.name)
        if column.name == "city_code":
            yield CITY, column.name, value.ne_missing(city)
        if not column.nullable:
            yield REQUIRED, column.name, value.is_null()
        if (outside := _outside(column)) is not None:
            yield BOUNDS, column.name, outside.fill_null(value=False)
        if column.allowed:
            yield ALLOWED, column.name, (~value.is_in(list(column.allowed))).fill_null(value=False)
        if column.pattern:
            yield PATTERNS, column.name, (~value.str.contains(column.pattern)).fill_null(value=False)


def _outside(column: Column) -> pl.Expr | None:
    value = pl.col(column.name)
    parts = [~value.is_finite()] if column.dtype in (pl.Float64, pl.Float32) else []
    if column.minimum is not None:
        parts.append(value < column.minimum)
    if column.maximum is not None:
        parts.append(value > column.maximum)
    return pl.any_horizontal(parts) if parts else None


def _row_rules(
    attributes: pl.DataFrame,
    table: Table,
    kind: Kind,
    rules: list[tuple[Kind, str, pl.Expr]],
    counts: dict[str, int],
) -> Measurement:
    broken = {name: rule for k, name, rule in rules if k is kind and counts[f"{kind.name}.{name}"]}
    if not broken:
        return Measurement(kind, 0, pl.DataFrame(), "")
    rows = attributes.with_row_index(ROW).filter(pl.any_horizontal(list(broken.values())))
    shown = list(dict.fromkeys([*table.key, *broken]))
    detail = "；".join(
        f"{table.column(name).label} {name}: {counts[f'{kind.name}.{name}']}" for name in broken
    )
    present = [name for name in shown if name in attributes.columns]
    return Measurement(kind, rows.height, rows.select(present).head(SAMPLE_ROWS), detail)


def _wrong_columns(
    table: Table, frame: pl.DataFrame | gpd.GeoDataFrame, attributes: pl.DataFrame
) -> list[str]:
    declared = {name: dtype for name, dtype in table.schema.items() if name != GEOMETRY}
    got = attributes.schema
    problems = [f"缺少 / missing {name}" for name in declared if name not in got]
    problems += [f"多出 / extra {name}" for name in got if name not in declared]
    problems += [
        f"{name}: {got[name]} ≠ {dtype}"
        for name, dtype in declared.items()
        if name in got and got[name] != dtype
    ]
    if table.has_geometry != isinstance(frame, gpd.GeoDataFrame):
        problems.append(
            "缺少图形 / geometry is missing"
            if table.has_geometry
            else "不应有图形 / geometry is not declared"
        )
    return problems


def _shapes(table: Table, frame: gpd.GeoDataFrame, attributes: pl.DataFrame) -> Measurement:
    if frame.crs is None or frame.crs.to_epsg() != STORED_CRS_EPSG:
        return Measurement(SHAPES, max(len(frame), 1), pl.DataFrame(), f"CRS: {frame.crs}")
    shapes = frame.geometry.to_numpy()
    good = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & (shapely.get_dimensions(shapes) == 2)  # noqa: PLR2004 - a polygon
    # Layers as delivered may be invalid: repairing them is the first step of zoning, and is reported there.
    if table.group != "inputs":
        good &= shapely.is_valid(shapes)
    bad = ~good
    if not bad.any():
        return Measurement(SHAPES, 0, pl.DataFrame(), "")
    why = [str(reason) for reason in shapely.is_valid_reason(shapes[bad])]
    key = [name for name in table.key if name in attributes.columns]
    rows = attributes.filter(pl.Series(bad)).select(key).with_columns(reason=pl.Series(why, dtype=pl.String))
    return Measurement(SHAPES, rows.height, rows.head(SAMPLE_ROWS), "")
