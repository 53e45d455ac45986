"""What a delivery must hold, from reference data: layers, tables, fields and rules of one version."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from sxyd_pipeline.core.reference import Reference
from sxyd_pipeline.errors import SxydError


class UnknownSpecificationError(SxydError):
    """A version of the specification is asked for that the reference data do not hold."""

    def __init__(self, version: str, known: list[str]) -> None:
        """Keep the version."""
        listed = "、".join(known)
        super().__init__(
            f"没有规范版本 {version}；可选：{listed}",
            f"there is no version {version} of the specification; known: {', '.join(known)}",
            remedy_zh="改用上列版本，或在 data/reference/delivery_fields.csv 中补充",
            remedy_en="use one of these, or add it to data/reference/delivery_fields.csv",
        )


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of a layer or table.

    Attributes:
        name: what the rules call it.
        names: names under which it may be delivered.
        mandatory: every feature needs it.
        kind: text, whole, number, unit_code, zone_code or adcode.
        minimum: least value allowed.
        maximum: greatest value allowed.
        allowed: closed list of values, as text.
    """

    name: str
    names: tuple[str, ...]
    mandatory: bool
    kind: str
    minimum: float | None
    maximum: float | None
    allowed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayerRule:
    """One layer or table of a delivery.

    Attributes:
        name: what the rules call it.
        is_layer: it has polygons.
        names: names of layers, sheets or files under which it may be delivered.
        required: a delivery without it is incomplete.
        fields: its fields.
    """

    name: str
    is_layer: bool
    names: tuple[str, ...]
    required: bool
    fields: tuple[FieldRule, ...]

    def is_called(self, name: str) -> bool:
        """Tell whether a layer, sheet or file of this name is meant."""
        asked = name.casefold()
        return any(
            asked == known or asked.startswith(f"{known}_") or asked.endswith(f"_{known}")
            for known in (one.casefold() for one in self.names)
        )


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the check: how strong it is, what it tolerates, and its words."""

    rule_id: str
    strength: str
    tolerance: float
    message_zh: str
    message_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class Specification:
    """One version of what a delivery must hold.

    Attributes:
        version: its name.
        layers: layers and tables.
        rules: rules by id.
        adcodes: area codes that exist.
        dimensions: words for the four dimensions of an access list, by the word.
    """

    version: str
    layers: tuple[LayerRule, ...]
    rules: Mapping[str, Rule]
    adcodes: frozenset[str]
    dimensions: Mapping[str, str]

    def tolerance(self, rule_id: str) -> float:
        """Return how much a rule tolerates."""
        return self.rules[rule_id].tolerance


def versions_of(reference: Reference) -> list[str]:
    """Return the versions the reference data hold, oldest first."""
    return sorted(set(reference.delivery_fields["spec_version"]))


def load_specification(reference: Reference, version: str | None) -> Specification:
    """Return one version of the specification; None takes the newest.

    Raises:
        UnknownSpecificationError: the reference data do not hold it.
    """
    known = versions_of(reference)
    chosen = version or known[-1]
    if chosen not in known:
        raise UnknownSpecificationError(chosen, known)
    fields = reference.delivery_fields.filter(pl.col("spec_version") == chosen)
    rules = reference.delivery_rules.filter(pl.col("spec_version") == chosen)
    words = dict(reference.dimension_aliases.select("alias", "dimension").iter_rows())
    own = {name: name for name in set(words.values())}
    return Specification(
        version=chosen,
        layers=tuple(_layer(part) for _, part in fields.group_by("layer", maintain_order=True)),
        rules={row["rule_id"]: _rule(row) for row in rules.iter_rows(named=True)},
        adcodes=frozenset(reference.adcodes["adcode"]),
        dimensions=words | own,
    )


def _layer(rows: pl.DataFrame) -> LayerRule:
    first = rows.row(0, named=True)
    return LayerRule(
        first["layer"],
        first["form"] == "layer",
        _split(first["layer_names"]),
        bool(first["required"]),
        tuple(
            FieldRule(
                row["field"], _split(row["field_names"]), bool(row["mandatory"]), row["kind"],
                row["minimum"], row["maximum"], _split(row["allowed"]),
            )
            for row in rows.iter_rows(named=True)
        ),
    )  # fmt: skip


def _rule(row: dict[str, object]) -> Rule:
    tolerance = row["tolerance"]
    return Rule(
        rule_id=str(row["rule_id"]),
        strength=str(row["strength"]),
        tolerance=float(str(tolerance)) if tolerance is not None else 0.0,
        message_zh=str(row["message_zh"]),
        message_en=str(row["message_en"]),
        remedy_zh=str(row["remedy_zh"]),
        remedy_en=str(row["remedy_en"]),
    )


def _split(text: object) -> tuple[str, ...]:
    return tuple(part.strip() for part in str(text or "").split(";") if part.strip())
