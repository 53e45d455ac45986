"""Sift rows by rules: what goes on, what is set aside, and why, each row with its place."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from sxyd_pipeline.core.inputs.config import CityConfig
from sxyd_pipeline.core.inputs.failures import MissingYearError
from sxyd_pipeline.core.inputs.headers import HeaderMap, map_headers
from sxyd_pipeline.core.inputs.parse import (
    ERROR_CELLS,
    clean_text,
    to_number,
    to_share,
    to_share_of_percent,
    to_year,
)
from sxyd_pipeline.core.inputs.raw import RawTable
from sxyd_pipeline.core.inputs.shape import Shape
from sxyd_pipeline.core.outcome import AMOUNT_SCHEMA, FINDING_SCHEMA, Outcome, no_findings
from sxyd_pipeline.errors import Place
from sxyd_pipeline.vocabulary.rules import RULE_BY_CODE

#: Unit and activity written in the ledger of a table that has no amounts.
_ROWS, _ANY = "rows", "*"
_UNREADABLE = "?"
#: Scale of a share column whose header says %.
_PERCENT = 0.01


@dataclass(frozen=True, slots=True)
class Check:
    """A rule held against one field.

    Attributes:
        rule: code of the rule.
        field: field the finding points at.
        broken: true where the rule is broken; an unknown comparison counts as not broken.
        value: what the finding shows; the cell itself when left out.
    """

    rule: str
    field: str
    broken: pl.Expr
    value: pl.Expr | None = None


@dataclass(frozen=True, slots=True)
class Sifting:
    """Rows on their way from a file to a contract.

    Attributes:
        raw: the file as read, with ``_row`` counting its rows.
        name: table of the package.
        file: path within the package.
        header: which header means which field.
        shape: fields of the file, and the table it becomes.
        rows: rows that go on; fields under their own names.
        findings: places where a rule was broken so far.
        aside: rows set aside so far, with ``rule``.
    """

    raw: pl.DataFrame
    name: str
    file: str
    header: HeaderMap
    shape: Shape
    rows: pl.DataFrame
    findings: tuple[pl.DataFrame, ...] = ()
    aside: tuple[pl.DataFrame, ...] = field(default=())

    def add(self, *columns: pl.Expr | pl.Series, **named: pl.Expr | pl.Series) -> "Sifting":
        """Add or replace columns of the rows that go on."""
        # Lazily, so that parts shared by several expressions are computed once.
        return replace(self, rows=self.rows.lazy().with_columns(*columns, **named).collect())

    def with_rows(self, rows: pl.DataFrame) -> "Sifting":
        """Replace the rows that go on (same rows, further columns)."""
        return replace(self, rows=rows)

    def sift(self, checks: Sequence[Check]) -> "Sifting":
        """Hold rules against the rows; one finding per row and rule, first field first."""
        # An unknown comparison is null: the rule for the missing value speaks, not this one.
        flags = self.rows.select(
            "_row", *(check.broken.fill_null(value=False).alias(str(i)) for i, check in enumerate(checks))
        )
        broken = [i for i in range(len(checks)) if flags.get_column(str(i)).any()]
        found: list[pl.DataFrame] = []
        fatal: list[pl.DataFrame] = []
        for i in broken:
            check = checks[i]
            hits = self.rows.filter(flags.get_column(str(i)))
            found.append(self._locate(check, hits))
            if RULE_BY_CODE[check.rule].strength != "warn":
                fatal.append(hits.select("_row", rule=pl.lit(check.rule)))
        if not fatal:
            return replace(self, findings=(*self.findings, *found))
        reasons = pl.concat(fatal).unique("_row", keep="first", maintain_order=True)
        return replace(
            self,
            rows=self.rows.join(reasons, on="_row", how="anti", maintain_order="left"),
            findings=(*self.findings, *found),
            aside=(*self.aside, self.rows.join(reasons, on="_row", how="inner", maintain_order="left")),
        )

    def _locate(self, check: Check, hits: pl.DataFrame) -> pl.DataFrame:
        header = self.header.headers.get(check.field, check.field)
        originals = [name for name in self.raw.columns if name not in {"_row", "source_sheet", "source_row"}]
        shown = pl.col(header) if header in originals else pl.lit(None, dtype=pl.String)
        told = hits.select(
            "_row",
            _shown=pl.lit(None, dtype=pl.String) if check.value is None else check.value.cast(pl.String),
            _activity=_or_null(hits, "activity_code_standard", pl.String),
            _amount=_or_null(hits, "amount_standard", pl.Float64),
            _unit=_or_null(hits, "amount_unit_standard", pl.String),
        )
        return (
            told.join(self.raw, on="_row", how="left", maintain_order="left")
            .select(
                table_name=pl.lit(self.name),
                source_file=pl.lit(self.file),
                source_sheet="source_sheet",
                source_row="source_row",
                column_name=pl.lit(header),
                value=pl.coalesce("_shown", shown),
                rule=pl.lit(check.rule),
                strength=pl.lit(RULE_BY_CODE[check.rule].strength),
                row_json=pl.struct(originals).struct.json_encode(),
                activity_code="_activity",
                amount="_amount",
                amount_unit="_unit",
            )
            .cast(FINDING_SCHEMA)  # type: ignore[arg-type]  # the stub asks for an invariant dict
            .unique(["source_sheet", "source_row", "rule"], keep="first", maintain_order=True)
        )

    def all_findings(self) -> pl.DataFrame:
        """Return the findings sorted by place, each row and rule once."""
        if not self.findings:
            return no_findings()
        return (
            pl.concat(self.findings)
            .unique(["source_sheet", "source_row", "rule"], keep="first", maintain_order=True)
            .sort("source_sheet", "source_row", "rule", maintain_order=True)
        )

    def outcome(self, config: CityConfig, *, holds: bool = False) -> Outcome:
        """Finish: rows as the contract wants them, with findings, ledger and rows held.

        Args:
            config: city, for its code and the label of its data.
            holds: whether rows set aside by the last sift can still be computed and are handed on.
        """
        aside = pl.concat(self.aside, how="diagonal_relaxed") if self.aside else None
        # Only rows that came past the checks of their cells carry the mark.
        is_marked = aside is not None and "is_readable" in aside.columns
        held = aside.filter(pl.col("is_readable")) if holds and aside is not None and is_marked else None
        return Outcome(
            table=conform(self.rows, self.shape, config).sort(*self.shape.key, "source_row"),
            findings=self.all_findings(),
            amounts=self._ledger(aside),
            held=_hold(held, self.shape, config),
        )

    def _ledger(self, aside: pl.DataFrame | None) -> pl.DataFrame:
        parts = [_weigh(self.rows, is_kept=True)]
        if aside is not None:
            parts.append(_weigh(aside, is_kept=False))
        return (
            pl.concat(parts)
            .group_by("activity_code", "unit", maintain_order=True)
            .agg(
                in_rows=pl.len(),
                out_rows=pl.col("is_kept").sum(),
                in_amount=pl.col("amount").sum(),
                out_amount=pl.col("amount").filter(pl.col("is_kept")).sum(),
                lost_amount=pl.col("amount").filter(~pl.col("is_kept")).sum(),
            )
            .with_columns(table_name=pl.lit(self.name))
            .select(pl.col(column).cast(dtype) for column, dtype in AMOUNT_SCHEMA.items())
            .sort("activity_code", "unit")
        )


def _or_null(rows: pl.DataFrame, column: str, dtype: type[pl.DataType]) -> pl.Expr:
    return pl.col(column) if column in rows.columns else pl.lit(None, dtype=dtype)


def start_sifting(raw: RawTable) -> Sifting:
    """Map a file's headers and clean its cells; columns of no field are carried as JSON.

    Raises:
        MissingColumnError: a required column is not there.
        DuplicateColumnError: two headers mean one column.
    """
    originals = [name for name in raw.frame.columns if name not in {"source_sheet", "source_row"}]
    place = Place(raw.file, sheet=_first_sheet(raw.frame))
    # An optional table that was not brought has no headers and no rows.
    header = map_headers(raw.shape.fields, originals, place) if originals else HeaderMap({}, (), {}, {})
    frame = raw.frame.with_row_index("_row")
    extra = pl.lit(None, dtype=pl.String)
    if header.extra:
        extra = pl.struct(header.extra).struct.json_encode()
    fields = [
        clean_text(pl.col(header.headers[f.name])).alias(f.name)
        if f.name in header.headers
        else pl.lit(None, dtype=pl.String).alias(f.name)
        for f in raw.shape.fields
    ]
    rows = (
        frame.lazy()
        .select(
            "_row",
            *fields,
            extra.alias("extra"),
            pl.lit(raw.file).alias("source_file"),
            "source_sheet",
            "source_row",
        )
        .collect()
    )
    return Sifting(frame, raw.name, raw.file, header, raw.shape, rows)


def required_checks(sifting: Sifting) -> list[Check]:
    """Every required cell must be filled, and no cell may hold an error value of a spreadsheet."""
    fields = sifting.shape.fields
    return [
        *(Check("required_value_missing", f.name, pl.col(f.name).is_null()) for f in fields if f.is_required),
        *(Check("error_cell", f.name, pl.col(f.name).is_in(ERROR_CELLS)) for f in fields),
    ]


def read_numbers(sifting: Sifting, names: Sequence[str]) -> Sifting:
    """Read number columns into ``<name>_standard``, in the contract's unit; shares may carry a % sign."""
    shares = {f.name for f in sifting.shape.fields if f.measured_in == "1"}
    return sifting.add(*(_read_number(sifting, name, is_share=name in shares) for name in names))


def _read_number(sifting: Sifting, name: str, *, is_share: bool) -> pl.Expr | pl.Series:
    target, cells = f"{name}_standard", sifting.rows.get_column(name)
    scale = sifting.header.scales.get(name, 1.0)
    if name not in sifting.header.headers:
        return pl.lit(None, dtype=pl.Float64).alias(target)
    if not is_share:
        return (to_number(cells) * scale).alias(target)
    if scale == _PERCENT:
        return to_share_of_percent(cells).alias(target)
    return to_share(cells).alias(target)


def number_checks(sifting: Sifting, names: Sequence[str]) -> list[Check]:
    """Numbers must be numbers and lie within the bounds of the contract."""
    checks = []
    for f in sifting.shape.fields:
        if f.name not in names:
            continue
        value = pl.col(f"{f.name}_standard")
        checks.append(Check("not_a_number", f.name, pl.col(f.name).is_not_null() & value.is_null()))
        least, most = f.minimum, f.maximum
        outside = pl.lit(value=False)
        if least is not None:
            outside |= value < least
        if most is not None:
            outside |= value > most
        rule = "share_out_of_range" if f.measured_in == "1" else "value_out_of_range"
        checks.append(Check(rule, f.name, outside))
    return checks


def read_year(sifting: Sifting, name: str = "year") -> Sifting:
    """Read the year into ``<name>_standard``."""
    return sifting.add(to_year(pl.col(name)).alias(f"{name}_standard"))


def year_check(sifting: Sifting, name: str = "year") -> Check:
    """A year has four digits and lies within the bounds of the contract."""
    year = pl.col(f"{name}_standard")
    bounds = next(f for f in sifting.shape.fields if f.name == name)
    is_year = year.is_between(bounds.minimum or 0, bounds.maximum or float("inf")).fill_null(value=False)
    return Check("not_a_year", name, pl.col(name).is_not_null() & ~is_year)


def repeated(*names: str) -> pl.Expr:
    """True on every row whose key stood on an earlier row; gaps compare as equal."""
    return ~pl.struct(names).is_first_distinct()


def require_year(outcome: Outcome, sifting: Sifting, config: CityConfig) -> Outcome:
    """Return the outcome if it has a row of the base year.

    Raises:
        MissingYearError: no accepted row; the years present are named.
    """
    table = outcome.table
    years = pl.Series(table["year"]).unique().sort().to_list()
    if config.base_year in years:
        return outcome
    place = Place(
        sifting.file, sheet=_first_sheet(sifting.raw), column=sifting.header.headers.get("year", "year")
    )
    raise MissingYearError(place, config.base_year, years, outcome.findings)


def _first_sheet(frame: pl.DataFrame) -> str:
    sheets = frame.get_column("source_sheet").drop_nulls()
    return str(sheets[0]) if len(sheets) else ""


def _weigh(rows: pl.DataFrame, *, is_kept: bool) -> pl.DataFrame:
    if "ledger_amount" not in rows.columns:
        weights = {"activity_code": pl.lit(_ANY), "unit": pl.lit(_ROWS), "amount": pl.lit(1.0)}
    else:
        weights = {
            "activity_code": pl.col("ledger_activity").fill_null(_UNREADABLE),
            "unit": pl.col("ledger_unit").fill_null(_UNREADABLE),
            # A row whose amount cannot be read counts as a row; there is no amount to count.
            "amount": pl.col("ledger_amount").fill_null(0.0),
        }
    return rows.select("_row", **weights).with_columns(is_kept=pl.lit(is_kept)).drop("_row")


def conform(rows: pl.DataFrame, shape: Shape, config: CityConfig) -> pl.DataFrame:
    """Select the contract's columns; ``<name>_standard`` goes before the text as filled in."""
    label = pl.lit(config.data_label or None, dtype=pl.String)
    known = {"city_code": pl.lit(config.adcode), "data_label": pl.coalesce("data_label", label)}

    def pick(name: str) -> pl.Expr:
        if name in known:
            return known[name]
        if f"{name}_standard" in rows.columns:
            return pl.col(f"{name}_standard")
        return pl.col(name)

    return rows.select(pick(name).cast(dtype).alias(name) for name, dtype in shape.columns)


def _hold(held: pl.DataFrame | None, shape: Shape, config: CityConfig) -> pl.DataFrame:
    if held is None or held.is_empty():
        return shape.empty().with_columns(rule=pl.lit(None, dtype=pl.String))
    return pl.concat([conform(held, shape, config), held.select("rule")], how="horizontal").sort(
        *shape.key, "source_row"
    )
