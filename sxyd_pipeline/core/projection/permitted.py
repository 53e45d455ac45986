"""Permitted emissions and caps per city, district, zone and control unit: given, or derived by rule.

Order of precedence for the city: what the package gives, then national targets, then rollback from the
PM2.5 target (粗略). Areas without a value of their own share what the city has left.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from sxyd_pipeline.core.projection.failures import CapacityShareError
from sxyd_pipeline.core.projection.rollback import Rollback
from sxyd_pipeline.core.projection.targets import COMPUTED, KEY, known_targets

Derivation = Literal["equal_ratio", "capacity_share"]

#: Shares are rounded by those who state them.
_SHARE_TOLERANCE = 1e-6

PERMITTED_SCHEMA: dict[str, type[pl.DataType]] = {
    "city_code": pl.String, "scope_type": pl.String, "scope_code": pl.String, "year": pl.Int32,
    "indicator": pl.String, "base_value": pl.Float64, "target": pl.Float64, "reduction_share": pl.Float64,
    "origin": pl.String, "basis": pl.String, "method_id": pl.String,
}  # fmt: skip
_ROWS = [*KEY, "target", "origin", "basis", "method_id"]


@dataclass(frozen=True, slots=True)
class DerivationRules:
    """How caps that nobody gave are derived.

    Attributes:
        areas: how areas share the city's permitted emission.
        capacity_shares: for ``capacity_share``: ``layer, scope_code, capacity_share`` (of the city, 0 to 1).
        rollback: PM2.5 rollback for the city's caps of precursors; None derives none.
    """

    areas: Derivation = "equal_ratio"
    capacity_shares: pl.DataFrame | None = None
    rollback: Rollback | None = None


def settle_permitted(
    targets: pl.DataFrame,
    base_values: pl.DataFrame,
    indicators: pl.DataFrame,
    *,
    city_code: str,
    base_year: int,
    national: pl.DataFrame | None = None,
    rules: DerivationRules | None = None,
) -> pl.DataFrame:
    """Settle every cap and target: given, national, rollback (city), equal ratio or capacity share (areas).

    * given: the package's value. A reduction also gives the cap it amounts to, ``E_0 * (1 - x)``, where no
      cap is given.
    * national: the same with national targets, where the city gives none for the indicator and year.
    * rollback (粗略): where the city has a PM2.5 target but no cap of a precursor,
      ``E_allow = E_0 * min(1, (C_target - C_bg) / (C_0 - C_bg))``; never above the base year.
    * equal_ratio: areas of a layer without a value of their own get
      ``E_0 * max(0, T_city - sum of given) / (E_0,city - sum of E_0 of those given)``, so that a layer that
      covers the city sums to the city's cap, and one that does not stays below it. A ratio above one is
      kept: the city's cap then leaves room.
    * capacity_share: ``T_city * capacity_share``.

    Args:
        targets: ``inputs.targets``.
        base_values: ``scope_type, scope_code, layer, indicator, base_value`` of the base year (see
            :func:`~sxyd_pipeline.core.projection.quantities.base_values`).
        indicators: ``target_indicators``.
        city_code: city.
        base_year: year of the inventory; caps for it or for earlier years bind nothing and are left out.
        national: national targets of the city, rows like ``targets``
            (:func:`~sxyd_pipeline.core.projection.targets.national_targets_for`).
        rules: how missing caps are derived; equal ratio without rollback when None.

    Returns:
        ``projection.permitted``; ``reduction_share`` is ``1 - target / base`` of levels, the target itself of
        reductions. Sorted by its key. Targets that no quantity of the product answers are not in it
        (:func:`~sxyd_pipeline.core.projection.targets.list_unassessed` lists them).

    Raises:
        CapacityShareError: shares are missing, negative or sum to more than one.
    """
    chosen = rules or DerivationRules()
    given = _rows(targets, indicators, base_year, "given", "permitted_given")
    base = base_values.select("scope_type", "scope_code", "layer", "indicator", "base_value")
    given = _add_missing(given, _from_reductions(given, base, indicators))
    if national is not None:
        ours = _rows(national, indicators, base_year, "national", "permitted_national")
        given = _add_missing(given, ours)
        given = _add_missing(given, _from_reductions(ours, base, indicators))
    caps = indicators.filter(
        (pl.col("quantity") == "emission") & (pl.col("form") == "level") & (pl.col("comparison") == "at_most")
    ).select("indicator", "species")
    parts = [given]
    if chosen.rollback is not None:
        parts.append(_roll_back(given, base, caps, chosen.rollback, city_code))
    city = (
        pl.concat(parts)
        .filter(pl.col("scope_type") == "city")
        .join(caps, on="indicator", maintain_order="left")
    )
    areas = _derive_areas(city, given, base, chosen)
    forms = indicators.select("indicator", "form")
    is_level = pl.col("form") == "level"
    return (
        pl.concat([*parts, areas])
        .join(
            base.drop("layer"),
            on=["scope_type", "scope_code", "indicator"],
            how="left",
            maintain_order="left",
        )
        .join(forms, on="indicator", maintain_order="left")
        .with_columns(
            city_code=pl.lit(city_code),
            reduction_share=pl.when(~is_level)
            .then("target")
            .when(pl.col("base_value") > 0)
            .then(1.0 - pl.col("target") / pl.col("base_value")),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in PERMITTED_SCHEMA.items())
        .sort("scope_type", "scope_code", "indicator", "year")
    )


def _rows(
    targets: pl.DataFrame, indicators: pl.DataFrame, base_year: int, origin: str, method_id: str
) -> pl.DataFrame:
    return (
        known_targets(targets, indicators)
        .filter(pl.col("quantity").is_in(COMPUTED) & (pl.col("year") > base_year))
        .select(
            *KEY, target=pl.col("value"), origin=pl.lit(origin), basis="basis", method_id=pl.lit(method_id)
        )
        .with_columns(pl.col("year").cast(pl.Int32), pl.col("basis").cast(pl.String))
    )


def _add_missing(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([rows, others.join(rows, on=list(KEY), how="anti")])


def _from_reductions(rows: pl.DataFrame, base: pl.DataFrame, indicators: pl.DataFrame) -> pl.DataFrame:
    """Caps that reductions against the base year amount to."""
    kinds = indicators.select("indicator", "quantity", pl.col("species").fill_null(""), "form")
    reductions = kinds.filter(pl.col("form") == "reduction_share").drop("form")
    levels = kinds.filter(pl.col("form") == "level").drop("form").rename({"indicator": "cap"})
    pairs = reductions.join(levels, on=["quantity", "species"], maintain_order="left").select(
        "indicator", "cap"
    )
    caps = base.select("scope_type", "scope_code", "base_value", cap="indicator")
    return (
        rows.join(pairs, on="indicator", maintain_order="left")
        .join(caps, on=["scope_type", "scope_code", "cap"], maintain_order="left")
        .with_columns(
            indicator="cap",
            target=pl.col("base_value") * (1.0 - pl.col("target")).clip(lower_bound=0.0),
            basis=pl.concat_str(pl.lit("由下降比例折算；"), pl.col("basis").fill_null("未注明依据")),
        )
        .select(_ROWS)
    )


def _roll_back(
    given: pl.DataFrame, base: pl.DataFrame, caps: pl.DataFrame, rollback: Rollback, city_code: str
) -> pl.DataFrame:
    """Caps of the weighted species for every year with a PM2.5 target of the city."""
    c0, background = rollback.concentration, rollback.background
    weighted = [species for species, weight in rollback.weights.items() if weight > 0]
    years = given.filter((pl.col("scope_type") == "city") & (pl.col("indicator") == "pm25_ug_per_m3"))
    ratio = ((pl.col("concentration") - background) / (c0 - background)).clip(0.0, 1.0)
    city = base.filter((pl.col("scope_type") == "city") & (pl.col("scope_code") == city_code))
    return (
        city.join(caps.filter(pl.col("species").is_in(weighted)), on="indicator", maintain_order="left")
        .join(years.select("year", concentration="target"), how="cross")
        .join(given, on=list(KEY), how="anti")
        .with_columns(
            target=pl.col("base_value") * ratio,
            origin=pl.lit("rollback"),
            basis=pl.format(
                "粗略：比例回推，基准年 {} µg/m³，本底 {} µg/m³，目标 {} µg/m³；不高于基准年",
                pl.lit(round(c0, 2)), pl.lit(round(background, 2)), pl.col("concentration").round(2),
            ),
            method_id=pl.lit("permitted_rollback"),
        )
        .select(_ROWS)
    )  # fmt: skip


def _derive_areas(
    city: pl.DataFrame, given: pl.DataFrame, base: pl.DataFrame, rules: DerivationRules
) -> pl.DataFrame:
    """Caps of areas without a value of their own, from the caps of the city."""
    city_base = base.filter(pl.col("scope_type") == "city").select("indicator", city_base="base_value")
    open_areas = (
        base.filter(pl.col("scope_type") != "city")
        .join(
            city.select("indicator", "year", city_target="target", city_origin="origin"),
            on="indicator",
            maintain_order="left",
        )
        .join(given.select(*KEY, "target"), on=list(KEY), how="left", maintain_order="left")
    )
    if rules.areas == "capacity_share":
        return _by_capacity(open_areas.filter(pl.col("target").is_null()), rules.capacity_shares)
    layer = ["layer", "indicator", "year"]
    is_given = pl.col("target").is_not_null()
    # Sums over the given areas of a layer; none given leaves the whole cap to the others.
    return (
        open_areas.join(city_base, on="indicator", maintain_order="left")
        .with_columns(
            given_target=pl.col("target").sum().over(layer),
            given_base=pl.col("base_value").filter(is_given).sum().over(layer),
        )
        .filter(~is_given)
        .with_columns(
            left_target=(pl.col("city_target") - pl.col("given_target")).clip(lower_bound=0.0),
            left_base=pl.col("city_base") - pl.col("given_base"),
        )
        # Nothing emitted by the open areas: nothing to permit.
        .with_columns(
            target=pl.when(pl.col("left_base") > 0)
            # The share first: it is at most one, however small the emissions are.
            .then(pl.col("base_value") / pl.col("left_base") * pl.col("left_target"))
            .otherwise(0.0)
        )
        .with_columns(
            origin=pl.lit("equal_ratio"),
            basis=pl.format(
                "按等比例由全市允许排放量分解（全市：{}）", pl.col("city_origin").replace_strict(_ORIGINS)
            ),
            method_id=pl.lit("permitted_equal_ratio"),
        )
        .select(_ROWS)
    )


def _by_capacity(areas: pl.DataFrame, shares: pl.DataFrame | None) -> pl.DataFrame:
    if shares is None:
        raise CapacityShareError("没有给出", "none given", set(areas["scope_code"]))
    share = pl.col("capacity_share")
    negative = shares.filter(~((share >= 0) & share.is_finite()).fill_null(value=False))
    if negative.height:
        raise CapacityShareError("有负值或缺失", "negative or missing", set(negative["scope_code"]))
    sums = shares.group_by("layer", maintain_order=True).agg(pl.col("capacity_share").sum())
    above = sums.filter(pl.col("capacity_share") > 1.0 + _SHARE_TOLERANCE)
    if above.height:
        raise CapacityShareError("合计超过 1", "they sum to more than 1", set(above["layer"]))
    absent = areas.join(shares, on=["layer", "scope_code"], how="anti")
    if absent.height:
        raise CapacityShareError("缺失", "missing", set(absent["scope_code"]))
    return (
        areas.drop("target")
        .join(shares, on=["layer", "scope_code"], maintain_order="left")
        .with_columns(
            target=pl.col("city_target") * pl.col("capacity_share"),
            origin=pl.lit("capacity_share"),
            basis=pl.format(
                "按容量份额由全市允许排放量分解（全市：{}）", pl.col("city_origin").replace_strict(_ORIGINS)
            ),
            method_id=pl.lit("permitted_capacity_share"),
        )
        .select(_ROWS)
    )


_ORIGINS: Mapping[str, str] = {"given": "给定", "national": "国家目标", "rollback": "比例回推，粗略"}
