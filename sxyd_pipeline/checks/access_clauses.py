"""Rules on the access list: evidence exists, limits have a source, key units have every dimension."""

import polars as pl

from sxyd_pipeline.contracts.catalog import TABLE_BY_NAME
from sxyd_pipeline.vocabulary.elements import DIMENSIONS, ControlClass

_ROW = ("table_name", "row_key", "column_name")
#: Levels whose clauses are made for a place: a clause of the whole city does not fill a gap of a unit.
_LOCAL = ("zone_type", "control_unit")
_ROUNDING = 1e-9


def evidence_not_in_release(  # noqa: PLR0913, PLR0917 - one parameter for each table evidence may stand in
    result: pl.DataFrame,
    control_units: pl.DataFrame,
    zones: pl.DataFrame,
    control_unit_zones: pl.DataFrame,
    facilities: pl.DataFrame,
    facility_activity: pl.DataFrame,
    source_emissions: pl.DataFrame,
    control_unit_emissions: pl.DataFrame,
    structure: pl.DataFrame,
    permitted: pl.DataFrame,
    target_gaps: pl.DataFrame,
    control_unit_scores: pl.DataFrame,
    measure_reductions: pl.DataFrame,
    conflicts: pl.DataFrame,
) -> pl.DataFrame:
    """Return evidence whose row is not in its table, or whose number the row does not hold."""
    tables = {
        "zoning.control_units": control_units, "zoning.zones": zones,
        "zoning.control_unit_zones": control_unit_zones, "inputs.facilities": facilities,
        "inputs.facility_activity": facility_activity, "inventory.emissions": source_emissions,
        "baseline.control_unit_emissions": control_unit_emissions, "baseline.structure": structure,
        "projection.permitted": permitted, "projection.target_gaps": target_gaps,
        "synergy.control_unit_scores": control_unit_scores,
        "synergy.measure_reductions": measure_reductions, "synergy.conflicts": conflicts,
    }  # fmt: skip
    named = result.filter(pl.col("table_name").is_not_null())
    unknown = named.filter(~pl.col("table_name").is_in(list(tables)))
    parts = [
        _absent(named.filter(pl.col("table_name") == name), name, frame) for name, frame in tables.items()
    ]
    return pl.concat([unknown, *parts]).select(
        "scope_kind", "scope_code", "object_key", "name", *_ROW, "row_value"
    )


def _absent(evidence: pl.DataFrame, name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the evidence on one table that the table does not bear out."""
    keys = TABLE_BY_NAME[name].key
    decoded = evidence.with_columns(
        pl.col("row_key")
        .str.json_decode(pl.Struct({key: TABLE_BY_NAME[name].schema[key] for key in keys}))
        .alias("_key")
    ).unnest("_key", separator=".")
    parts = []
    for (column,), rows in decoded.partition_by("column_name", as_dict=True, maintain_order=True).items():
        held = frame.select(
            *(pl.col(key).alias(f"_key.{key}") for key in keys),
            _held=pl.col(str(column)).cast(pl.Float64, strict=False),
            _is_there=pl.lit(value=True),
        )
        joined = rows.join(
            held, on=[f"_key.{key}" for key in keys], how="left", nulls_equal=True, maintain_order="left"
        )
        differs = (pl.col("_held") - pl.col("row_value")).abs() > _ROUNDING * pl.max_horizontal(
            pl.col("row_value").abs(), pl.lit(1.0)
        )
        wrong = pl.col("_is_there").is_null() | (
            pl.col("row_value").is_not_null() & (pl.col("_held").is_null() | differs)
        )
        parts.append(joined.filter(wrong).select(evidence.columns))
    return pl.concat([evidence.clear(), *parts])


def proof_not_in_book(result: pl.DataFrame, rule_evidence: pl.DataFrame) -> pl.DataFrame:
    """Return evidence of clauses that is not in the book of evidence, whose rows are in the release."""
    return result.join(rule_evidence.select(_ROW).unique(), on=_ROW, how="anti").select("clause_id", *_ROW)


def clauses_without_evidence(result: pl.DataFrame, clauses: pl.DataFrame) -> pl.DataFrame:
    """Return generated clauses that nothing proves."""
    generated = clauses.filter(pl.col("origin") == "generated")
    return generated.join(result, on="clause_id", how="anti").select(
        "clause_id", "rule_id", "scope_code", "clause_text"
    )


def limits_without_source(result: pl.DataFrame) -> pl.DataFrame:
    """Return clauses with a threshold whose source is not said."""
    return result.filter(
        pl.col("threshold").is_not_null(), pl.col("threshold_source").fill_null("").str.strip_chars() == ""
    ).select("clause_id", "scope_code", "metric", "threshold", "clause_text")


def key_units_without_dimension(result: pl.DataFrame, control_units: pl.DataFrame) -> pl.DataFrame:
    """Return key control units and dimensions without a clause of their own or of their zones in effect."""
    units = control_units.filter(pl.col("control_class") == int(ControlClass.KEY)).select("control_unit_code")
    wanted = units.join(pl.DataFrame({"dimension": list(DIMENSIONS)}), how="cross")
    present = result.filter("is_effective", pl.col("level").is_in(list(_LOCAL)))
    return wanted.join(present, on=["control_unit_code", "dimension"], how="anti").sort(
        "control_unit_code", "dimension"
    )


def clauses_not_listed(result: pl.DataFrame, clauses: pl.DataFrame) -> pl.DataFrame:
    """Return rows that name a clause which is not in the list, or was withdrawn."""
    standing = clauses.filter(pl.col("state") != "withdrawn").select("clause_id")
    return result.join(standing, on="clause_id", how="anti").select("clause_id")
