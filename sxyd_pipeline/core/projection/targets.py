"""Targets and caps: what each indicator limits, in which unit, and which national targets reach the city.

``inputs.targets`` already keeps ``value`` in the unit of the indicator's suffix (the group ``inputs`` is the
only one that converts). :func:`parse_target_units` is for frames that were not read by ``inputs``; it asks
for ``value_stated`` so that a value is never converted twice.
"""

import polars as pl

from sxyd_pipeline.core.projection.failures import TargetUnitError, UnknownIndicatorError
from sxyd_pipeline.errors import Place
from sxyd_pipeline.vocabulary.amounts import parse_amount_unit

#: Quantities the product can compute; others are listed with the target but have no gap.
COMPUTED = ("emission", "coal", "energy", "concentration")
KEY = ("scope_type", "scope_code", "indicator", "year")


def parse_target_units(stated: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Convert targets as people state them (``万吨``, ``%``) to the unit of their indicator.

    Args:
        stated: rows with ``indicator``, ``value_stated``, ``unit_stated`` and anything else; ``source_file``
            and ``source_row`` are named in errors where present.
        indicators: ``target_indicators``: ``indicator, unit`` and more.

    Returns:
        The same rows with ``value`` in the indicator's unit and ``unit`` set to that unit.

    Raises:
        UnknownIndicatorError: an indicator is not in ``indicators``.
        TargetUnitError: a unit is not known or of another dimension; names the row.
    """
    units = _units_of(stated, indicators)
    pairs = stated.select("indicator", "unit_stated").unique().sort("indicator", "unit_stated")
    factors = [(row[0], row[1], _factor(row[1], units[row[0]])) for row in pairs.rows()]
    table = pl.DataFrame(
        factors,
        schema={"indicator": pl.String, "unit_stated": pl.String, "_factor": pl.Float64},
        orient="row",
    )
    joined = stated.join(
        table, on=["indicator", "unit_stated"], how="left", maintain_order="left", nulls_equal=True
    )
    wrong = joined.with_row_index("_number", offset=1).filter(pl.col("_factor").is_null())
    if wrong.height:
        row = wrong.row(0, named=True)
        place = Place(
            file=str(row.get("source_file") or ""),
            row=int(row.get("source_row") or row["_number"]),
            column="unit",
            value=str(row["unit_stated"]),
        )
        raise TargetUnitError(str(row["indicator"]), units[str(row["indicator"])], place)
    unit = pl.col("indicator").replace_strict(units, return_dtype=pl.String)
    return joined.with_columns(value=pl.col("value_stated") * pl.col("_factor"), unit=unit).drop("_factor")


def _units_of(rows: pl.DataFrame, indicators: pl.DataFrame) -> dict[str, str]:
    units: dict[str, str] = dict(indicators.select("indicator", "unit").iter_rows())
    unknown = set(rows["indicator"].unique().to_list()) - set(units)
    if unknown:
        raise UnknownIndicatorError(unknown, tuple(units))
    return units


def _factor(text: str | None, wanted: str) -> float | None:
    unit, target = parse_amount_unit(text or ""), parse_amount_unit(wanted)
    if unit is None or target is None or unit.dimension != target.dimension:
        return None
    return unit.factor / target.factor


def known_targets(targets: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Return the targets whose indicator is known, with what it limits beside.

    Args:
        targets: ``inputs.targets``; ``value`` in the unit of the indicator's suffix.
        indicators: ``target_indicators``.

    Returns:
        ``scope_type, scope_code, indicator, year, value, basis, quantity, species, form, comparison, unit,
        method_id``, sorted by :data:`KEY`.
    """
    kinds = indicators.select("indicator", "quantity", "species", "form", "comparison", "unit", "method_id")
    return (
        targets.select(*KEY, pl.col("value").cast(pl.Float64), "basis")
        .join(kinds, on="indicator", how="inner", maintain_order="left")
        .with_columns(
            pl.col("species").fill_null("")
        )  # an indicator without a species limits a whole quantity
        .sort(KEY)
    )


def list_unassessed(targets: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Return the targets that get no gap, with the reason, so that none disappears unseen.

    Returns:
        ``scope_type, scope_code, indicator, year, value, reason_zh, reason_en``, sorted by :data:`KEY`.
    """
    is_known = pl.col("quantity").is_not_null()
    unknown = (
        pl.lit("指标不在 target_indicators.csv 中"),
        pl.lit("indicator is not in target_indicators.csv"),
    )
    uncomputed = (
        pl.lit("清单与情景不能给出该指标"),
        pl.lit("inventory and scenarios do not give this indicator"),
    )
    return (
        targets.select(*KEY, pl.col("value").cast(pl.Float64))
        .join(indicators.select("indicator", "quantity"), on="indicator", how="left", maintain_order="left")
        .filter(~is_known | ~pl.col("quantity").is_in(COMPUTED))
        .with_columns(
            reason_zh=pl.when(is_known).then(uncomputed[0]).otherwise(unknown[0]),
            reason_en=pl.when(is_known).then(uncomputed[1]).otherwise(unknown[1]),
        )
        .drop("quantity")
        .sort(KEY)
    )


def national_targets_for(
    national: pl.DataFrame, city_code: str, base_year: int, last_year: int, region: str | None = None
) -> pl.DataFrame:
    """Return the national targets that hold for the city, as rows like ``inputs.targets``.

    A reduction counted from another year than the base year cannot be judged with this inventory and is left
    out; a regional target counts only for the region named.

    Args:
        national: ``national_targets``: ``indicator, year, value, relative_to_year, region, applies_to_city,
            name_zh, cited_from``.
        city_code: city.
        base_year: year of the inventory.
        last_year: last projected year.
        region: key region of the city (京津冀及周边, 长三角, 汾渭平原) or None.

    Returns:
        ``scope_type`` (city), ``scope_code, indicator, year, value, basis``; where a regional and a national
        target name the same indicator and year, the regional one.
    """
    is_regional = (pl.col("region") == region) if region else pl.lit(value=False)
    from_base = pl.col("relative_to_year").is_null() | (pl.col("relative_to_year") == base_year)
    return (
        national.filter(
            pl.col("applies_to_city") | is_regional,
            from_base,
            pl.col("year") > base_year,
            pl.col("year") <= last_year,
        )
        .with_columns(_regional=is_regional)
        .sort("indicator", "year", "_regional", descending=[False, False, True])
        .unique(["indicator", "year"], keep="first", maintain_order=True)
        .select(
            scope_type=pl.lit("city"),
            scope_code=pl.lit(city_code),
            indicator="indicator",
            year=pl.col("year").cast(pl.Int32),
            value=pl.col("value").cast(pl.Float64),
            basis=pl.concat_str("name_zh", pl.lit("；"), "cited_from"),
        )
    )  # fmt: skip
