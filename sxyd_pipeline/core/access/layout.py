"""The published layout of unit lists: one row per control unit, the four dimensions side by side."""

from collections.abc import Mapping

import polars as pl

from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ControlClass

#: Columns of the published form, in order.
LAYOUT = (
    "control_unit_code", "control_unit_name", "province", "city", "district", "control_class", "area_km2",
    "zone_types", *DIMENSIONS, "remarks",
)  # fmt: skip
_BETWEEN = "\n"
_LEVELS = {"province": "省", "region": "区域", "city": "市", "zone_type": "要素", "control_unit": "单元"}
_NONE = pl.lit(None, pl.String)


def effective_clauses(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the clauses in force of every control unit, with what became of each.

    Args:
        tables: ``access.control_unit_lists`` and ``access.clauses`` by full name.

    Returns:
        Rows of ``control_unit_lists`` that are effective, with ``state, change, previous_text, threshold,
        unit, operator, metric, basis, threshold_source, reason_zh, reason_en`` of the clause, sorted by unit,
        dimension (in the order of the form) and position.
    """
    lists = tables["access.control_unit_lists"].filter("is_effective")
    facts = tables["access.clauses"].select(
        "clause_id", "state", "change", "previous_text", "metric", "operator", "threshold", "unit", "basis",
        "threshold_source", "reason_zh", "reason_en",
    )  # fmt: skip
    order = {code: position for position, code in enumerate(DIMENSIONS)}
    return (
        lists.join(facts, on="clause_id", how="left", maintain_order="left")
        .with_columns(
            pl.concat_str(name, "waiver", separator="；", ignore_nulls=True)
            for name in ("reason_zh", "reason_en")
        )
        .with_columns(_order=pl.col("dimension").replace_strict(order, return_dtype=pl.Int32))
        .sort("control_unit_code", "_order", "position", "clause_id")
        .drop("_order")
        # What a stricter limit replaces leaves no gap in the numbers.
        .with_columns(
            position=pl.int_range(1, pl.len() + 1, dtype=pl.Int64).over("control_unit_code", "dimension")
        )
    )


def unit_rows(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the published form: one row per control unit.

    Each dimension holds its effective clauses, numbered, one a line, with the level they come from in
    brackets; the text of a clause is as it stands. ``remarks`` name the data's nature where it is synthetic.

    Args:
        tables: ``access.control_unit_lists``, ``access.clauses``, ``zoning.control_units``,
            ``zoning.districts``, ``zoning.control_unit_zones``, ``zoning.zones`` and ``meta.release`` (for
            the names of province and city; empty without it) by full name.

    Returns:
        Columns of :data:`LAYOUT`, sorted by code.
    """
    units = tables["zoning.control_units"].select(
        "control_unit_code", "control_unit_name", "control_class", "district_code", "area_km2", "data_label"
    )
    classes = {int(one): f"{one.zh}单元" for one in ControlClass}
    districts = tables["zoning.districts"].select("district_code", district="district_name")
    place = _place(tables)
    frame = (
        units.join(districts, on="district_code", how="left", maintain_order="left")
        .join(_zone_types(tables), on="control_unit_code", how="left", maintain_order="left")
        .with_columns(
            province=pl.lit(place[0], pl.String), city=pl.lit(place[1], pl.String), remarks="data_label",
            control_class=pl.col("control_class").replace_strict(classes, return_dtype=pl.String),
        )
    )  # fmt: skip
    for dimension, texts in _dimensions(tables).items():
        frame = frame.join(texts, on="control_unit_code", how="left", maintain_order="left").with_columns(
            pl.col("_texts").alias(dimension)
        ).drop("_texts")  # fmt: skip
    return frame.select(LAYOUT).sort("control_unit_code")


def _place(tables: Mapping[str, pl.DataFrame]) -> tuple[str | None, str | None]:
    release = tables.get("meta.release")
    if release is None or release.is_empty():
        return None, None
    row = release.row(0, named=True)
    return row.get("province"), row.get("city_name")


def _zone_types(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    types = tables["zoning.zones"].select("zone_code", "zone_type", "zone_type_name")
    return (
        tables["zoning.control_unit_zones"]
        .join(types, on="zone_code", how="inner", maintain_order="left")
        .sort("control_unit_code", "zone_type")
        .unique(["control_unit_code", "zone_type"], keep="first", maintain_order=True)
        .group_by("control_unit_code", maintain_order=True)
        .agg(zone_types=pl.col("zone_type_name").str.join("；"))
    )


def _dimensions(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    level = pl.col("level").replace_strict(_LEVELS, return_dtype=pl.String)
    waived = pl.when(pl.col("waiver").is_null()).then(pl.lit("")).otherwise(pl.format("（{}）", "waiver"))
    numbered = effective_clauses(tables).with_columns(
        _line=pl.format("{}. [{}] {}{}", "position", level, "clause_text", waived)
    )
    return {
        dimension: numbered.filter(pl.col("dimension") == dimension)
        .group_by("control_unit_code", maintain_order=True)
        .agg(_texts=pl.col("_line").str.join(_BETWEEN))
        for dimension in DIMENSIONS
    }


def overall_rows(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the overall list with what became of each clause, by dimension and position.

    Args:
        tables: ``access.overall_list`` and ``access.clauses`` by full name.
    """
    order = {code: position for position, code in enumerate(DIMENSIONS)}
    facts = tables["access.clauses"].select(
        "clause_id", "change", "previous_text", "basis", "threshold_source", "reason_zh", "reason_en"
    )
    return (
        tables["access.overall_list"]
        .join(facts, on="clause_id", how="left", maintain_order="left")
        .with_columns(_order=pl.col("dimension").replace_strict(order, return_dtype=pl.Int32))
        .sort("_order", "position", "clause_id")
        .drop("_order")
    )


def withdrawn_rows(tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the clauses that are taken out, with the reason, sorted by id."""
    return tables["access.clauses"].filter(pl.col("state") == "withdrawn").sort("clause_id")
