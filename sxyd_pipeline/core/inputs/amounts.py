"""Amounts with units in Chinese or English, brought to the standard unit of their activity.

Within a dimension the conversion is a factor of the vocabulary. A fuel in energy units is brought
to tonnes (or cubic metres) with its calorific value: the row's own, else the reference value,
which is told as a warning.
"""

import polars as pl

from sxyd_pipeline.core.inputs.failures import HeaderUnitMismatchError
from sxyd_pipeline.core.inputs.parse import look_up, spelled, to_number
from sxyd_pipeline.core.inputs.sifting import Check, Sifting
from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import Place
from sxyd_pipeline.vocabulary.activities import ACTIVITY_ALIASES, ACTIVITY_BY_CODE, FUEL_CODES
from sxyd_pipeline.vocabulary.amounts import AmountUnit, parse_amount_unit

#: Calorific values of gases are stated per 10^4 m3.
_M3_PER_NCV_UNIT = 1e4
_ENERGY_CARRIERS = ("electricity", "heat")

find_activity = spelled(ACTIVITY_ALIASES)


def find_fuel(text: str) -> str | None:
    """Return the code of a fuel or energy carrier, else None."""
    code = find_activity(text)
    return code if code in FUEL_CODES or code in _ENERGY_CARRIERS else None


def read_amounts(sifting: Sifting, activity: str, reference: Reference) -> Sifting:
    """Convert ``amount`` and ``amount_unit`` to the standard unit of the activity.

    Adds ``amount_stated``, ``amount_unit_stated``, ``amount_standard``, ``amount_unit_standard``,
    ``conversion`` (``unit``, ``own_ncv``, ``default_ncv``, ``unknown_unit``, ``unit_not_of_activity``)
    and the columns of the ledger.

    Args:
        sifting: rows with ``amount``, ``amount_unit``, ``<activity>_standard`` and, where the table
            has it, ``ncv_gj_per_t_standard``.
        activity: field that names the activity.
        reference: calorific values of fuels (GJ per t, or per 10^4 m3 for gases).
    """
    code = f"{activity}_standard"
    rows = sifting.rows.with_columns(
        amount_stated=to_number(sifting.rows["amount"]), amount_unit_stated=pl.col("amount_unit")
    )
    refuse_contradicting_header(sifting, "amount", "amount_unit")
    routes = _find_routes(rows.select(code, "amount_unit").unique().drop_nulls(), code)
    values = reference.fuels.select(
        pl.col("fuel_code").alias(code), default_ncv=pl.col("ncv_gj_per_unit").cast(pl.Float64)
    )
    own = (
        pl.col("ncv_gj_per_t_standard")
        if "ncv_gj_per_t_standard" in rows.columns
        else pl.lit(None, pl.Float64)
    )
    ncv = pl.coalesce(own, "default_ncv")
    joined = (
        rows.join(routes, on=[code, "amount_unit"], how="left", maintain_order="left")
        .join(values, on=code, how="left", maintain_order="left")
        .with_columns(
            conversion=pl.when(pl.col("route") != "energy")
            .then("route")
            .when(own > 0)
            .then(pl.lit("own_ncv"))
            .when(pl.col("default_ncv") > 0)
            .then(pl.lit("default_ncv"))
            .when(pl.col("route") == "energy")
            .then(pl.lit("unit_not_of_activity")),
        )
        .with_columns(
            amount_standard=pl.when(pl.col("conversion") == "unit")
            .then(pl.col("amount_stated") * pl.col("factor"))
            .when(pl.col("conversion").is_in(["own_ncv", "default_ncv"]))
            .then(pl.col("amount_stated") * pl.col("factor") / ncv * pl.col("physical_per_ncv_unit")),
        )
        .with_columns(
            amount_unit_standard=pl.when(pl.col("amount_standard").is_not_null()).then("standard_unit"),
            ledger_activity=pl.coalesce(code, activity),
        )
        .with_columns(
            ledger_unit=pl.coalesce("amount_unit_standard", "amount_unit"),
            ledger_amount=pl.coalesce("amount_standard", "amount_stated"),
        )
        .drop("route", "factor", "physical_per_ncv_unit", "standard_unit", "default_ncv")
    )
    return sifting.with_rows(joined)


def amount_checks() -> list[Check]:
    """Amounts must be numbers, not negative, and in a unit of their activity."""
    conversion = pl.col("conversion")
    return [
        Check("not_a_number", "amount", pl.col("amount").is_not_null() & pl.col("amount_stated").is_null()),
        Check("negative_amount", "amount", pl.col("amount_stated") < 0),
        Check("unknown_unit", "amount_unit", conversion == "unknown_unit"),
        Check("unit_not_of_activity", "amount_unit", conversion == "unit_not_of_activity"),
        # A product may overflow although both factors are finite.
        Check("value_out_of_range", "amount", pl.col("amount_standard").is_infinite()),
        Check("amount_converted_by_default_ncv", "amount_unit", conversion == "default_ncv"),
    ]


def read_activity(sifting: Sifting, field: str = "activity_code") -> Sifting:
    """Translate the activity into its code (``activity_code_standard``)."""
    return sifting.add(look_up(sifting.rows, field, find_activity).alias(f"{field}_standard"))


def refuse_contradicting_header(sifting: Sifting, amount: str, unit: str) -> None:
    """Refuse a file whose amount header states one unit and whose unit column another.

    Raises:
        HeaderUnitMismatchError: multiplying twice and once differ by orders of magnitude.
    """
    stated = sifting.header.stated_units.get(amount, "")
    parsed = parse_amount_unit(stated) if stated else None
    if parsed is None:
        return
    for text in sifting.rows.get_column(unit).drop_nulls().unique().sort().to_list():
        other = parse_amount_unit(text)
        if other is not None and other != parsed:
            place = Place(sifting.file, column=sifting.header.headers[amount], value=text)
            raise HeaderUnitMismatchError(place, amount, stated, text)


def _find_routes(pairs: pl.DataFrame, code: str) -> pl.DataFrame:
    rows = [
        (activity, text, *_route(activity, parse_amount_unit(text)))
        for activity, text in pairs.sort(pairs.columns).rows()
    ]
    schema = {
        code: pl.String, "amount_unit": pl.String, "route": pl.String, "factor": pl.Float64,
        "physical_per_ncv_unit": pl.Float64, "standard_unit": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")


def _route(activity: str, unit: AmountUnit | None) -> tuple[str, float | None, float | None, str]:
    """Return how a unit comes to the standard unit of an activity, and the factors on the way."""
    known = ACTIVITY_BY_CODE[activity]
    standard = parse_amount_unit(known.standard_unit)
    if unit is None or standard is None:
        return "unknown_unit", None, None, known.standard_unit
    if unit.dimension == standard.dimension:
        return "unit", unit.factor / standard.factor, None, known.standard_unit
    if known.kind == "fuel" and unit.dimension == "energy":
        per_unit = _M3_PER_NCV_UNIT if standard.dimension == "volume" else 1.0
        return "energy", unit.factor, per_unit, known.standard_unit
    return "unit_not_of_activity", None, None, known.standard_unit
