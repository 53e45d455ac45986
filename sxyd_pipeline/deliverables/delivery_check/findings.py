"""What a check found, each with its place: file, layer, row, field and value."""

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from sxyd_pipeline.deliverables.delivery_check.specification import Specification

#: Columns of the findings; the files and the screen of ``sxyd check`` take the same.
SCHEMA: dict[str, type[pl.DataType]] = {
    "strength": pl.String, "table_name": pl.String, "source_file": pl.String, "source_sheet": pl.String,
    "source_row": pl.Int64, "column_name": pl.String, "value": pl.String, "rule": pl.String,
    "message_zh": pl.String, "message_en": pl.String, "remedy_zh": pl.String, "remedy_en": pl.String,
}  # fmt: skip
#: Rows told for one rule, file and field; the rest is counted.
MOST_ROWS = 500
_LONGEST_VALUE = 120


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something was found.

    Attributes:
        file: path within the delivery.
        layer: layer of the specification, or "".
        sheet: layer or sheet inside the file, or "".
        row: number of the feature or row, counted from 1; None for the whole.
        column: field, as it is called in the file.
    """

    file: str
    layer: str = ""
    sheet: str = ""
    row: int | None = None
    column: str = ""


@dataclass(slots=True)
class Findings:
    """Findings in the order they were made."""

    specification: Specification
    rows: list[dict[str, object]] = field(default_factory=list)
    _told: set[tuple[str, Spot, str]] = field(default_factory=set)
    _counts: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)

    def add(self, rule_id: str, spot: Spot, value: object = None, zh: str = "", en: str = "") -> None:
        """Add a finding, once.

        Args:
            rule_id: rule that is broken.
            spot: where.
            value: value found there.
            zh: what more there is to say in Chinese.
            en: the same in English.
        """
        exactly = (rule_id, spot, str(value))
        if exactly in self._told:
            return
        self._told.add(exactly)
        kind = (rule_id, spot.file, spot.sheet, spot.column)
        self._counts[kind] += 1
        if self._counts[kind] > MOST_ROWS:
            return
        rule = self.specification.rules[rule_id]
        self.rows.append(
            {
                "strength": rule.strength,
                "table_name": spot.layer,
                "source_file": spot.file,
                "source_sheet": spot.sheet or None,
                "source_row": spot.row,
                "column_name": spot.column or None,
                "value": None if value is None else _short(value),
                "rule": rule_id,
                "message_zh": rule.message_zh + (f"：{zh}" if zh else ""),
                "message_en": rule.message_en + (f": {en}" if en else ""),
                "remedy_zh": rule.remedy_zh,
                "remedy_en": rule.remedy_en,
            }
        )

    def frame(self) -> pl.DataFrame:
        """Return all findings, blocking ones first; a last row tells how many more there are of a kind."""
        rows = list(self.rows)
        for (rule_id, file, sheet, column), count in self._counts.items():
            if count > MOST_ROWS:
                last = next(
                    row for row in reversed(rows) if row["rule"] == rule_id and row["source_file"] == file
                )
                more = count - MOST_ROWS
                rows.append(
                    last
                    | {
                        "source_row": None,
                        "value": None,
                        "column_name": column or None,
                        "source_sheet": sheet or None,
                    }
                    | {"message_zh": f"同类问题另有 {more} 处", "message_en": f"{more} more of this kind"}
                )
        frame = pl.DataFrame(rows, schema=SCHEMA)
        blocking = pl.col("strength") != "block"
        return frame.sort(
            blocking, "source_file", "source_sheet", "rule", nulls_last=True, maintain_order=True
        )


def _short(value: object) -> str:
    text = f"{value:.10g}" if isinstance(value, float) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
