"""What a persisted table promises. One declaration; schema, gate, dictionary and COMMENTs follow.

No conversions and no logic of the domain live here: a contract can be read by a user.
"""

from dataclasses import dataclass, field

import polars as pl

#: Groups of the graph, left to right. The same word names the folder in core, contracts and
#: assets, the Dagster group and the DuckDB schema.
GROUPS = ("inputs", "inventory", "zoning", "baseline", "projection", "synergy", "access", "published")

#: Schemas of the published database: the groups (``published`` has none of its own) and two more.
SCHEMAS = (*GROUPS[:-1], "quality", "meta")

DType = type[pl.DataType]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it means, in what it is measured, and within which bounds.

    Attributes:
        name: identifier; the suffix says the unit of measure (``_t``, ``_km2``, ``_share`` ...).
        dtype: Polars type of the stored column.
        label: short Chinese name; header of the Chinese view and accepted as a header in packages.
        english: meaning in English.
        measured_in: unit of measure, empty for text and counts.
        minimum: least value allowed.
        maximum: greatest value allowed.
        allowed: closed list of values.
        pattern: regular expression a text must match.
        nullable: whether a value may be missing.
        aliases: further headers accepted in packages (platform field names, older spellings).
        source: where the value comes from, when that is not obvious from the table.
    """

    name: str
    dtype: DType
    label: str
    english: str
    measured_in: str = ""
    minimum: float | None = None
    maximum: float | None = None
    allowed: tuple[str | int, ...] = ()
    pattern: str = ""
    nullable: bool = False
    aliases: tuple[str, ...] = ()
    source: str = ""

    @property
    def comment(self) -> str:
        """COMMENT of the column: Chinese meaning, unit, source."""
        parts = [self.label]
        if self.measured_in:
            parts.append(f"单位：{self.measured_in}")
        if self.source:
            parts.append(f"来源：{self.source}")
        return "；".join(parts)


@dataclass(frozen=True, slots=True)
class Table:
    """One persisted table.

    Attributes:
        group: schema of the database, and group of the graph.
        name: table name inside the schema.
        asset: name of the asset that makes it (unique over the graph).
        label: Chinese name; the Chinese view is ``"v_<label>"``.
        english: meaning in English.
        grain: what one row is.
        key: columns that identify a row within one city.
        columns: all columns, in order; ``city_code`` comes first.
        has_geometry: whether the last column is ``geometry`` (polygons in EPSG:4490).
        may_be_empty: whether a table without rows is a legal result.
        source: where the table's content comes from.
        module: optional module of ``city.toml`` the table belongs to; it exists only for cities that
            have the module on. Empty for tables every city has.
    """

    group: str
    name: str
    asset: str
    label: str
    english: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    has_geometry: bool = False
    may_be_empty: bool = False
    source: str = ""
    module: str = ""
    _by_name: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the columns by name."""
        object.__setattr__(self, "_by_name", {column.name: column for column in self.columns})

    def column(self, name: str) -> Column:
        """Return one column of the table."""
        return self._by_name[name]

    @property
    def full_name(self) -> str:
        """``schema.table``."""
        return f"{self.group}.{self.name}"

    @property
    def schema(self) -> dict[str, DType]:
        """Polars schema without the geometry, in contract order."""
        return {column.name: column.dtype for column in self.columns}

    def empty(self) -> pl.DataFrame:
        """Return a frame without rows that keeps the contract's columns."""
        return pl.DataFrame(schema=self.schema)
