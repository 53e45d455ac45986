"""Two releases side by side: sources, totals, units, gaps and clauses that changed, with their causes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from sxyd_pipeline.deliverables.difference.causes import Causes, find_causes
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.errors import SxydError

#: Relative change below which numbers count as equal: the last digits of a sum.
EQUAL = 1e-9
_BASELINE = "baseline"
_SHORT_SUM = 1e-12
#: Scopes in the order a reader asks for them.
_SCOPES = {"city": 0, "district": 1, "control_unit": 2, "zone": 3}


class OtherCityError(SxydError):
    """Two releases of different cities are compared."""

    def __init__(self, before: str, after: str) -> None:
        """Keep the releases."""
        super().__init__(
            f"{before} 与 {after} 不是同一城市的发布",
            f"{before} and {after} are releases of different cities",
            remedy_zh="选择同一城市的两次发布",
            remedy_en="choose two releases of one city",
        )


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two releases of a city.

    Attributes:
        before: the earlier release.
        after: the later one.
        sources: kind, subject_id, subject_name, equipment_id, activity_code, year, unit, before, after,
            change_share; activity and measured emissions that changed, largest CO2 change first.
        files: file, role, change (added, removed, changed).
        factors: factor_id, kind, applies_to, species, unit, before, after.
        totals: scenario_id (empty for the inventory), year, species, before_t, after_t, change_share.
        units: control_unit_code, control_unit_name, class, quadrant, rank and score before and after, CO2
            before and after; units whose class, quadrant, rank or CO2 changed.
        gaps: scenario_id, scope_type, scope_code, indicator, year, gap and is_met before and after; targets
            that are met now and were not, or the other way round.
        clauses: clause_id, change (added, removed, reworded, limit, state), level, scope_type, scope_code,
            dimension, text before and after, state before and after, reason_zh, reason_en.
        verdicts: clause_id, scope_type, scope_code, scenario_id, year, verdict before and after, why.
        causes: which changed source stands behind which unit.
    """

    before: Edition
    after: Edition
    sources: pl.DataFrame
    files: pl.DataFrame
    factors: pl.DataFrame
    totals: pl.DataFrame
    units: pl.DataFrame
    gaps: pl.DataFrame
    clauses: pl.DataFrame
    verdicts: pl.DataFrame
    causes: Causes = field(repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether nothing a user would see differs."""
        frames = (
            self.sources, self.files, self.factors, self.totals, self.units, self.gaps, self.clauses,
            self.verdicts,
        )  # fmt: skip
        return all(frame.is_empty() for frame in frames)


def compare(before: Edition, after: Edition) -> Difference:
    """Compare two releases of a city.

    Raises:
        OtherCityError: they are of different cities.
    """
    if before.city_code != after.city_code:
        raise OtherCityError(before.release_id, after.release_id)
    causes = find_causes(before, after)
    return Difference(
        before,
        after,
        sources=causes.changed,
        files=_files(before, after),
        factors=_factors(before, after),
        totals=pl.concat([_totals(before, after), _projected_totals(before, after)]),
        units=_units(before, after),
        gaps=_gaps(before, after),
        clauses=_clauses(before, after),
        verdicts=_verdicts(before, after),
        causes=causes,
    )


def both(
    before: pl.DataFrame, after: pl.DataFrame, key: Sequence[str], values: Sequence[str]
) -> pl.DataFrame:
    """Return rows of two frames side by side by their key: ``<value>_before`` and ``<value>_after``."""
    sides = [
        frame.select(
            *key, *(pl.col(name).alias(f"{name}_{side}") for name in values), pl.lit(value=True).alias(side)
        )
        for frame, side in ((before, "before"), (after, "after"))
    ]
    joined = sides[0].join(
        sides[1], on=list(key), how="full", coalesce=True, nulls_equal=True, maintain_order="left_right"
    )
    return joined.with_columns(
        is_before=pl.col("before").fill_null(value=False), is_after=pl.col("after").fill_null(value=False)
    ).drop("before", "after")


def moved(name: str) -> pl.Expr:
    """Tell where a number changed by more than the last digits, or appeared, or went away."""
    old, new = pl.col(f"{name}_before"), pl.col(f"{name}_after")
    scale = pl.max_horizontal(old.abs(), new.abs())
    return ((new - old).abs() > EQUAL * scale + _SHORT_SUM).fill_null(value=False) | (
        old.is_null() != new.is_null()
    )


def change_share(name: str) -> pl.Expr:
    """Return the change relative to the earlier value; empty without one."""
    old, new = pl.col(f"{name}_before"), pl.col(f"{name}_after")
    return pl.when(old != 0).then((new - old) / old)


def _pair(before: Edition, after: Edition, name: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a table of both releases; a table only one of them has is empty in the other."""
    empty = after.contract(name).empty()
    return before.tables.get(name, empty), after.tables.get(name, empty)


def _files(before: Edition, after: Edition) -> pl.DataFrame:
    rows = both(*_pair(before, after, "meta.inputs"), ["file", "role"], ["sha256"])
    return (
        rows.filter(pl.col("sha256_before").ne_missing(pl.col("sha256_after")))
        .select(
            "file",
            "role",
            change=pl.when(~pl.col("is_before")).then(pl.lit("added"))
            .when(~pl.col("is_after")).then(pl.lit("removed")).otherwise(pl.lit("changed")),
        )
        .sort("role", "file")
    )  # fmt: skip


def _factors(before: Edition, after: Edition) -> pl.DataFrame:
    rows = both(
        *_pair(before, after, "meta.factors"),
        ["factor_id", "kind", "applies_to", "species", "unit"],
        ["value"],
    )
    return (
        rows.filter(moved("value")).drop("is_before", "is_after").sort("factor_id", "unit", nulls_last=True)
    )


def _totals(before: Edition, after: Edition) -> pl.DataFrame:
    frames = [
        frame.filter(pl.col("breakdown") == "city", pl.col("year") == after.base_year)
        for frame in _pair(before, after, "inventory.totals")
    ]
    rows = both(frames[0], frames[1], ["year", "species"], ["emission_t"])
    return _told_totals(rows.with_columns(scenario_id=pl.lit("")))


def _projected_totals(before: Edition, after: Edition) -> pl.DataFrame:
    frames = [
        frame.filter(pl.col("year").is_in(after.horizons), pl.col("species") == "CO2")
        for frame in _pair(before, after, "projection.totals")
    ]
    return _told_totals(both(frames[0], frames[1], ["scenario_id", "year", "species"], ["emission_t"]))


def _told_totals(rows: pl.DataFrame) -> pl.DataFrame:
    return (
        rows.filter(moved("emission_t"))
        .select(
            "scenario_id", "year", "species", before_t="emission_t_before", after_t="emission_t_after",
            change_share=change_share("emission_t"),
        )
        .sort("scenario_id", "year", "species")
    )  # fmt: skip


def _units(before: Edition, after: Edition) -> pl.DataFrame:
    key, told = "control_unit_code", ["score_class", "quadrant", "rank", "composite_score", "co2_t"]
    frames = [
        frame.filter(pl.col("scenario_id") == _BASELINE, pl.col("year") == after.base_year)
        for frame in _pair(before, after, "synergy.control_unit_scores")
    ]
    rows = both(frames[0], frames[1], [key], [*told, "control_unit_name"])

    def differs(*names: str) -> pl.Expr:
        return pl.any_horizontal(
            pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after")) for name in names
        )

    steps = (pl.col("rank_after") - pl.col("rank_before")).abs()
    return (
        rows.filter(differs("score_class", "quadrant", "rank") | moved("co2_t"))
        .with_columns(
            control_unit_name=pl.coalesce("control_unit_name_after", "control_unit_name_before"),
            class_changed=differs("score_class", "quadrant"),
            rank_changed=differs("rank"),
            rank_steps=steps,
            co2_steps=(pl.col("co2_t_after") - pl.col("co2_t_before")).abs(),
        )
        .select(
            key, "control_unit_name", "class_changed", "rank_changed",
            *(f"{name}_{side}" for name in told for side in ("before", "after")), "rank_steps", "co2_steps",
        )
        .sort(
            [~pl.col("class_changed"), -pl.col("rank_steps"), -pl.col("co2_steps"), pl.col(key)],
            nulls_last=True,
        )
    )  # fmt: skip


def _gaps(before: Edition, after: Edition) -> pl.DataFrame:
    key = ["scenario_id", "scope_type", "scope_code", "indicator", "year"]
    rows = both(*_pair(before, after, "projection.target_gaps"), key, ["gap", "is_met"])
    flipped = pl.col("is_met_before").ne_missing(pl.col("is_met_after"))
    place = pl.col("scope_type").replace_strict(_SCOPES, default=len(_SCOPES), return_dtype=pl.Int64)
    return rows.filter(flipped).drop("is_before", "is_after").sort(place, *key)


def _clauses(before: Edition, after: Edition) -> pl.DataFrame:
    values = [
        "level", "scope_type", "scope_code", "dimension", "clause_text", "state", "threshold", "reason_zh",
        "reason_en",
    ]  # fmt: skip
    rows = both(*_pair(before, after, "access.clauses"), ["clause_id"], values)

    def differs(name: str) -> pl.Expr:
        return pl.col(f"{name}_before").ne_missing(pl.col(f"{name}_after"))

    change = (
        pl.when(~pl.col("is_before")).then(pl.lit("added"))
        .when(~pl.col("is_after")).then(pl.lit("removed"))
        .when(moved("threshold")).then(pl.lit("limit"))
        .when(differs("clause_text")).then(pl.lit("reworded"))
        .when(differs("state")).then(pl.lit("state"))
    )  # fmt: skip
    kept = ("level", "scope_type", "scope_code", "dimension", "reason_zh", "reason_en")
    return (
        rows.with_columns(change=change)
        .filter(pl.col("change").is_not_null())
        .select(
            "clause_id", "change", *(pl.coalesce(f"{n}_after", f"{n}_before").alias(n) for n in kept),
            "clause_text_before", "clause_text_after", "state_before", "state_after",
        )
        .sort("change", "scope_type", "scope_code", "clause_id")
    )  # fmt: skip


def _verdicts(before: Edition, after: Edition) -> pl.DataFrame:
    key = ["clause_id", "scope_type", "scope_code", "scenario_id", "year"]
    rows = both(*_pair(before, after, "access.clause_checks"), key, ["verdict", "why_zh", "why_en"])
    # A clause that came or went is told among the clauses.
    flipped = rows.filter(
        pl.col("is_before") & pl.col("is_after"), pl.col("verdict_before") != pl.col("verdict_after")
    )
    return flipped.select(
        *key, "verdict_before", "verdict_after", why_zh="why_zh_after", why_en="why_en_after"
    ).sort(key)
