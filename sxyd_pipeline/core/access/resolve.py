"""The new list: parents, today's clauses and generated ones as one table; what replaces what, and why.

A generated clause on the subject of one in force takes its place and its id when it asks more, and is left
out when it asks no more: nothing in force is ever loosened by a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import polars as pl

from sxyd_pipeline.contracts.access import CLAUSE_EVIDENCE, CLAUSES, LEVELS
from sxyd_pipeline.core.access.compare import compare_lists, direction_of_change
from sxyd_pipeline.core.access.evidence import read_book
from sxyd_pipeline.core.access.evidence_book import plain_rows
from sxyd_pipeline.core.access.generate import GENERATED, Draft, Names, draw_up_clauses
from sxyd_pipeline.core.access.inherit import bridge_of
from sxyd_pipeline.core.access.inherit_parents import parents_of
from sxyd_pipeline.core.access.inherit_subjects import Limit, covers, limit_of
from sxyd_pipeline.core.access.likeness import normal_text
from sxyd_pipeline.core.access.metrics import Metric, is_checkable, is_stricter, metrics_of
from sxyd_pipeline.core.access.parse import parse_clauses
from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.reference import Reference

IN_FORCE = "in_force"
_OVERALL = "overall"
#: What names a generated clause besides its id: one rule makes one clause of one object in one scope.
_MADE_BY = ("rule_id", "scope_type", "scope_code", "object_key")
_LOCAL = ("zone_type", "control_unit")
_RANK = {level: rank for rank, level in enumerate(LEVELS)}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ground:
    """Where clauses hold: control units, element zones, the bridge between them; and measures by name."""

    control_units: pl.DataFrame | gpd.GeoDataFrame
    zones: pl.DataFrame | gpd.GeoDataFrame
    control_unit_zones: pl.DataFrame
    measures: pl.DataFrame

    @property
    def names(self) -> Names:
        """Names by code."""
        units, zones = plain_rows(self.control_units), plain_rows(self.zones)
        types = zones.select("zone_type", "zone_type_name").unique().sort("zone_type")
        measures = self.measures.select("measure_id", "measure_name").unique().sort("measure_id")
        return Names(
            dict(units.select("control_unit_code", "control_unit_name").iter_rows()),
            dict(types.iter_rows()),
            dict(measures.iter_rows()),
        )

    @property
    def bridge(self) -> pl.DataFrame:
        """Zones of every control unit with their type."""
        return bridge_layers(self.control_units, self.control_unit_zones, self.zones)


def bridge_layers(
    control_units: pl.DataFrame | gpd.GeoDataFrame,
    control_unit_zones: pl.DataFrame,
    zones: pl.DataFrame | gpd.GeoDataFrame,
) -> pl.DataFrame:
    """Return :func:`bridge_of` for layers, geometry left out."""
    return bridge_of(plain_rows(control_units), control_unit_zones, plain_rows(zones))


def draw_up_list(
    access_list: pl.DataFrame,
    rule_evidence: pl.DataFrame,
    ground: Ground,
    reference: Reference,
    config: CityConfig,
) -> pl.DataFrame:
    """Draw up the list of a city.

    Args:
        access_list: ``inputs.access_list``: today's clauses.
        rule_evidence: ``access.rule_evidence``.
        ground: units, zones, the bridge between them, and the measures.
        reference: rules, parents, limits and words.
        config: settings of the city.

    Returns:
        ``access.clauses``: every level sorted by level, scope, dimension and id, each kept, changed, new or
        withdrawn against today's list. Two clauses in force of one scope whose texts are the same leave
        one, the other is withdrawn.
    """
    in_force = read_in_force(access_list, reference, config)
    parents = parents_of(reference, config.adcode)
    draft = draw_up_clauses(read_book(rule_evidence), ground.names, reference, config)
    metrics = metrics_of(reference.clause_metrics)
    repeated = _repeated(in_force)
    kept = in_force.filter(~pl.col("clause_id").is_in(list(repeated)))
    above = _Above(parents.to_dicts(), kept.to_dicts(), ground.bridge)
    drafted = _merge(kept.to_dicts(), draft, above, metrics, reference)
    compared = compare_lists(in_force, drafted, _withdrawals(repeated))
    return _finished(in_force, drafted, parents, compared)


def prove_clauses(
    clauses: pl.DataFrame, rule_evidence: pl.DataFrame, names: Names, reference: Reference, config: CityConfig
) -> pl.DataFrame:
    """Return the evidence of the generated clauses of a list, under the ids they have there.

    Args:
        clauses: ``access.clauses``.
        rule_evidence: ``access.rule_evidence`` the clauses were drawn up from.
        names: names by code.
        reference: rules.
        config: settings of the city.

    Returns:
        ``access.clause_evidence``, sorted by its key.
    """
    draft = draw_up_clauses(read_book(rule_evidence), names, reference, config)
    made = draft.clauses.select(*_MADE_BY, made_id="clause_id")
    stood = clauses.filter(pl.col("origin") == GENERATED).select("clause_id", *_MADE_BY)
    ids = stood.join(made, on=_MADE_BY, how="inner", nulls_equal=True)
    renamed = draft.evidence.rename({"clause_id": "made_id"}).join(
        ids.select("made_id", "clause_id"), on="made_id"
    )
    return renamed.select(list(CLAUSE_EVIDENCE.schema)).sort(CLAUSE_EVIDENCE.key)


def read_in_force(access_list: pl.DataFrame, reference: Reference, config: CityConfig) -> pl.DataFrame:
    """Return today's clauses as rows of ``access.clauses``, parsed as far as their words go."""
    level = (
        pl.when(pl.col("level") != _OVERALL)
        .then(pl.lit("control_unit"))
        .when(pl.col("scope_type").is_in(LEVELS))
        .then(pl.col("scope_type"))
        .otherwise(pl.lit("city"))
    )
    metrics = metrics_of(reference.clause_metrics)
    parsed = parse_clauses(access_list, reference, config.province).with_columns(
        level=level,
        state=pl.lit("kept"),
        change=pl.lit("same"),
        origin=pl.lit(IN_FORCE),
        threshold_source=pl.when(pl.col("threshold").is_not_null()).then(
            pl.concat_str(pl.lit("现行清单："), pl.col("basis").fill_null("未写明依据"))
        ),
        reason_zh=pl.lit("现行清单条款"),
        reason_en=pl.lit("clause of the list in force"),
    )
    missing = [name for name in CLAUSES.schema if name not in parsed.columns]
    whole = parsed.with_columns(pl.lit(None).alias(name) for name in missing)
    checkable = [is_checkable(row, metrics) for row in whole.iter_rows(named=True)]
    return _typed(whole.with_columns(is_checkable=pl.Series(checkable, dtype=pl.Boolean)))


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.col(name).cast(dtype) for name, dtype in CLAUSES.schema.items())


def _repeated(in_force: pl.DataFrame) -> dict[str, str]:
    """Return clauses whose text stands in their scope already -> the clause that stays, the first by id."""
    first: dict[tuple[str, ...], str] = {}
    repeated = {}
    for row in in_force.sort("clause_id").iter_rows(named=True):
        key = (row["scope_type"], row["scope_code"], row["dimension"], normal_text(row["clause_text"]))
        if first.setdefault(key, row["clause_id"]) != row["clause_id"]:
            repeated[row["clause_id"]] = first[key]
    return repeated


def _withdrawals(repeated: Mapping[str, str]) -> pl.DataFrame:
    rows = [
        (one, f"与同一范围的条款 {other} 文字相同", f"says the same as {other} of its scope")
        for one, other in repeated.items()
    ]
    return pl.DataFrame(
        rows, schema={"clause_id": pl.String, "reason_zh": pl.String, "reason_en": pl.String}, orient="row"
    )


class _Above:
    """Clauses a scope inherits from, by level; generated ones of zone types join as they are made."""

    def __init__(self, parents: list[Row], in_force: list[Row], bridge: pl.DataFrame) -> None:
        self._everywhere = [row for row in (*parents, *in_force) if row["level"] not in _LOCAL]
        self._of_type: dict[str, list[Row]] = {}
        for row in in_force:
            self.add(row)
        pairs = bridge.select("control_unit_code", "zone_type").drop_nulls().unique(maintain_order=True)
        self._types: dict[str, list[str]] = {}
        for unit, zone_type in pairs.iter_rows():
            self._types.setdefault(unit, []).append(zone_type)

    def add(self, row: Row) -> None:
        if row["level"] == "zone_type":
            self._of_type.setdefault(row["scope_code"], []).append(row)

    def of(self, made: Row) -> list[Row]:
        types = self._types.get(made["scope_code"], ()) if made["level"] == "control_unit" else ()
        return self._everywhere + [row for name in types for row in self._of_type.get(name, ())]


def _merge(
    in_force: list[Row], draft: Draft, above: _Above, metrics: Mapping[str, Metric], reference: Reference
) -> pl.DataFrame:
    """Return the drafted list without parents; a generated clause takes the id of the one it replaces."""
    words = dict(reference.clause_rules.select("rule_id", "matches_zh").iter_rows())
    own: dict[tuple[str, str], list[Row]] = {}
    for row in in_force:
        own.setdefault((row["scope_type"], row["scope_code"]), []).append(row)
    taken: dict[str, Row] = {}
    new = list[Row]()
    for made in sorted(draft.clauses.to_dicts(), key=lambda row: _RANK[row["level"]]):
        limit = limit_of(made, metrics)
        rivals = [
            row
            for row in own.get((made["scope_type"], made["scope_code"]), ())
            if row["clause_id"] not in taken
        ]
        old = _ancestor(made, limit, rivals, metrics, words[made["rule_id"]])
        if _adds_nothing(made, limit, old, above.of(made), metrics):
            continue
        if old is None:
            new.append(made)
            above.add(made)
            continue
        if direction_of_change(old, made)[0] == "looser":
            continue
        taken[old["clause_id"]] = {**made, "clause_id": old["clause_id"]}
    rows = [taken.get(row["clause_id"], row) for row in in_force] + new
    return pl.DataFrame(rows, schema=CLAUSES.schema, orient="row")


def _ancestor(
    made: Row, limit: Limit | None, rivals: list[Row], metrics: Mapping[str, Metric], words: str | None
) -> Row | None:
    """Return the clause in force that is about the same subject in the same scope."""
    for row in rivals:
        other = limit_of(row, metrics)
        if (
            limit is not None
            and other is not None
            and other.subject == limit.subject
            and _same_year(row, made)
        ):
            return row
    parts = [part for part in (words or "").split(";") if part]
    for row in rivals:
        is_limit_lost = row["threshold"] is not None and made["threshold"] is None
        alike = (
            parts and row["dimension"] == made["dimension"] and all(p in row["clause_text"] for p in parts)
        )
        if alike and not is_limit_lost and (row["metric"] in {None, made["metric"]}):
            return row
    return None


def _same_year(old: Row, made: Row) -> bool:
    """A limit in force without a year is the one of the nearest horizon; later years are further limits."""
    if old["target_year"] is None:
        return made["target_year"] is None or not str(made["rule_id"]).endswith("-far")
    return bool(old["target_year"] == made["target_year"])


def _adds_nothing(
    made: Row, limit: Limit | None, old: Row | None, above: list[Row], metrics: Mapping[str, Metric]
) -> bool:
    """Tell whether a generated limit is no stricter than what holds already in its scope or above it."""
    if limit is None:
        return False
    standing = None if old is None else limit_of(old, metrics)
    if standing is not None and standing.subject == limit.subject:
        return not is_stricter(limit.value, standing.value, limit.metric)
    for row in above:
        other = limit_of(row, metrics)
        if other is None or _RANK[row["level"]] >= _RANK[made["level"]] or limit.metric.is_total:
            continue
        if covers(other, limit) and is_stricter(other.value, limit.value, limit.metric):
            return True
    return False


def _finished(
    in_force: pl.DataFrame, drafted: pl.DataFrame, parents: pl.DataFrame, compared: pl.DataFrame
) -> pl.DataFrame:
    """Put state, change and reasons of the comparison beside the clauses; parents and withdrawn ones join."""
    gone = compared.filter(pl.col("state") == "withdrawn")["clause_id"]
    told = compared.select(
        "clause_id", "state", "change", "previous_text", told_zh="reason_zh", told_en="reason_en"
    )
    rows = pl.concat([drafted, in_force.filter(pl.col("clause_id").is_in(gone.to_list()))])
    joined = (
        rows.drop("state", "change", "previous_text")
        .join(told, on="clause_id", how="left", maintain_order="left")
        .with_columns(
            reason_zh=_both("reason_zh", "told_zh", "；"), reason_en=_both("reason_en", "told_en", "; ")
        )
    )
    order = pl.col("level").replace_strict(_RANK, return_dtype=pl.Int32)
    return (
        pl.concat([parents, _typed(joined)])
        .with_columns(_level=order)
        .sort("_level", "scope_type", "scope_code", "dimension", "clause_id")
        .drop("_level")
    )


def _both(reason: str, told: str, between: str) -> pl.Expr:
    generated = pl.col("origin") == GENERATED
    return (
        pl.when(generated & (pl.col("state") == "changed"))
        .then(pl.concat_str(reason, told, separator=between))
        .when(generated)
        .then(pl.col(reason))
        .otherwise(pl.col(told))
    )
