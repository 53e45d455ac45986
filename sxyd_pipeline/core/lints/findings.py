"""What lints return, and how rows become findings."""

from collections.abc import Sequence

import polars as pl

from sxyd_pipeline.errors import Place, SxydError
from sxyd_pipeline.vocabulary.lints import LINT_BY_ID

#: One row per finding: the lint, the place, the value, and what to say about it.
LINT_SCHEMA: dict[str, type[pl.DataType]] = {
    "lint_id": pl.String,
    "table_name": pl.String,
    "source_file": pl.String,
    "source_sheet": pl.String,
    "source_row": pl.Int64,
    "column_name": pl.String,
    "value": pl.String,
    "message_zh": pl.String,
    "message_en": pl.String,
    "remedy_zh": pl.String,
    "remedy_en": pl.String,
}

RULES_FILE = "data/reference/lint_rules.csv"


class MissingLintColumnError(SxydError):
    """A table handed to a lint lacks a column the lint reads."""

    def __init__(self, table_name: str, missing: Sequence[str], present: Sequence[str]) -> None:
        """Name the columns that are missing, and those that are there."""
        self.missing = list(missing)
        super().__init__(
            f"表 {table_name} 缺少列：{', '.join(missing)}（现有：{', '.join(present)}）",
            f"table {table_name} lacks column(s): {', '.join(missing)} (it has: {', '.join(present)})",
            remedy_zh="补充该列，或把已有的列改成该名称",
            remedy_en="add the column, or rename the one you have",
            place=Place(file=table_name, column=self.missing[0]),
        )


class MissingLintRuleError(SxydError):
    """A threshold of a lint is not in the rules file."""

    def __init__(self, rule_id: str) -> None:
        """Name it."""
        self.rule_id = rule_id
        super().__init__(
            f"误用检查缺少阈值 {rule_id}",
            f"the lint rules lack the threshold {rule_id}",
            remedy_zh=f"在 {RULES_FILE} 中补充该行并注明出处",
            remedy_en=f"add the row to {RULES_FILE} with its source",
            place=Place(file=RULES_FILE, column="rule_id", value=rule_id),
        )


def threshold(rules: pl.DataFrame, rule_id: str) -> float:
    """Return one threshold of ``lint_rules.csv``.

    Raises:
        MissingLintRuleError: the file lacks it.
    """
    found = rules.filter(pl.col("rule_id") == rule_id)["value"]
    if found.is_empty():
        raise MissingLintRuleError(rule_id)
    return float(found[0])


def no_lints() -> pl.DataFrame:
    """Return an empty frame of findings."""
    return pl.DataFrame(schema=LINT_SCHEMA)


def prepared(
    frame: pl.DataFrame, table_name: str, needed: Sequence[str], optional: dict[str, type[pl.DataType]]
) -> pl.DataFrame:
    """Check the columns of a table and complete those that may be absent.

    A table without ``source_row`` gets the position of the row, from 1.

    Raises:
        MissingLintColumnError: a needed column is not there.
    """
    missing = [name for name in needed if name not in frame.columns]
    if missing:
        raise MissingLintColumnError(table_name, missing, frame.columns)
    places: dict[str, type[pl.DataType]] = {"source_file": pl.String, "source_sheet": pl.String}
    numbered = frame if "source_row" in frame.columns else frame.with_row_index("source_row", offset=1)
    return numbered.with_columns(
        pl.lit(None, dtype).alias(name)
        for name, dtype in {**places, **optional}.items()
        if name not in frame.columns
    ).with_columns(pl.col("source_row").cast(pl.Int64))


def report(  # noqa: PLR0913 - one parameter per part of a finding; the words are called by keyword
    rows: pl.DataFrame,
    lint_id: str,
    table_name: str,
    column_name: str,
    *,
    value: pl.Expr,
    zh: str,
    en: str,
    told: Sequence[pl.Expr | str],
    told_en: Sequence[pl.Expr | str] | None = None,
) -> pl.DataFrame:
    """Turn rows that break a lint into findings.

    Args:
        rows: offending rows with ``source_file, source_sheet, source_row``.
        lint_id: the lint.
        table_name: table they stand in.
        column_name: column to look at.
        value: what stands there.
        zh: message in Chinese with a ``{}`` for each part.
        en: the same in English.
        told: parts of the message, columns or expressions; an empty one is shown as a dash.
        told_en: parts of the English message where they differ.
    """
    lint = LINT_BY_ID[lint_id]
    if rows.is_empty():
        return no_lints()
    # Text is put together from columns chunk by chunk, and polars 2.1 aborts where their chunks differ.
    return (
        rows.rechunk()
        .select(
            lint_id=pl.lit(lint_id),
            table_name=pl.lit(table_name),
            source_file="source_file",
            source_sheet="source_sheet",
            source_row="source_row",
            column_name=pl.lit(column_name),
            value=value.cast(pl.String),
            message_zh=pl.format(f"{lint.zh}：{zh}", *_as_text(told)),
            message_en=pl.format(f"{lint.en}: {en}", *_as_text(told if told_en is None else told_en)),
            remedy_zh=pl.lit(lint.remedy_zh),
            remedy_en=pl.lit(lint.remedy_en),
        )
        .select(pl.col(name).cast(dtype) for name, dtype in LINT_SCHEMA.items())
    )


def _as_text(parts: Sequence[pl.Expr | str]) -> list[pl.Expr]:
    expressions = (pl.col(part) if isinstance(part, str) else part for part in parts)
    return [expression.cast(pl.String).fill_null("—") for expression in expressions]


def gathered(findings: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Put findings together, in the order of table, place and lint."""
    return pl.concat([no_lints(), *findings]).sort(
        "table_name",
        "source_file",
        "source_sheet",
        "source_row",
        "lint_id",
        "column_name",
        "value",
        nulls_last=True,
    )


def near(value: pl.Expr, target: pl.Expr | float, tolerance: float) -> pl.Expr:
    """Tell whether a value is within a relative tolerance of a target; missing is not near."""
    return ((value / target - 1.0).abs() <= tolerance).fill_null(value=False)


def shown(expression: pl.Expr, digits: int = 4) -> pl.Expr:
    """Write a number for a message."""
    return expression.round_sig_figs(digits).cast(pl.String)
