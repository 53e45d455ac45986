"""Findings of ``sxyd check`` as files: a CSV for spreadsheets and one offline HTML page."""

import csv
import html
import io
import string
from importlib import resources
from pathlib import Path

import polars as pl

from sxyd_pipeline.cli.settings import Settings

#: Rows on the HTML page; browsers slow down beyond this. The CSV has all of them.
PAGE_ROWS = 2000

#: Columns of the files, with their headings.
HEADINGS = {
    "strength": ("程度", "strength"),
    "source_file": ("文件", "file"),
    "source_sheet": ("工作表", "sheet"),
    "source_row": ("行", "row"),
    "column_name": ("列", "column"),
    "value": ("值", "value"),
    "message": ("问题", "what is wrong"),
    "remedy": ("处理办法", "what to do"),
    "table_name": ("数据表", "table"),
    "rule": ("规则", "rule"),
}
STRENGTHS = {
    "block": ("阻断", "blocks"),
    "set_aside": ("隔离", "set aside"),
    "warn": ("提示", "warning"),
}
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def in_language(issues: pl.DataFrame, settings: Settings) -> pl.DataFrame:
    """Bring issues to the columns of the files, worded in the chosen language."""
    words = {code: settings.pick(*names) for code, names in STRENGTHS.items()}
    return issues.select(
        pl.col("strength").replace(words),
        "source_file",
        "source_sheet",
        "source_row",
        "column_name",
        "value",
        pl.col(f"message_{settings.language}").alias("message"),
        pl.col(f"remedy_{settings.language}").alias("remedy"),
        "table_name",
        "rule",
    )


def write_findings_csv(path: Path, worded: pl.DataFrame, settings: Settings) -> None:
    """Write all findings as UTF-8 with BOM; no cell can run as a formula in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(settings.pick(*HEADINGS[name]) for name in worded.columns)
    writer.writerows([without_formula(cell) for cell in row] for row in worded.iter_rows())
    path.write_text(text.getvalue(), encoding="utf-8-sig", newline="")


def write_findings_page(
    path: Path,
    worded: pl.DataFrame,
    name: str,
    settings: Settings,
    what: tuple[str, str] = ("数据包", "package"),
) -> None:
    """Write the findings as one page that needs no network; every value is escaped.

    Args:
        path: file to write.
        worded: findings in the chosen language.
        name: what was checked.
        settings: language.
        what: kind of thing that was checked, Chinese and English.
    """
    template = resources.files("sxyd_pipeline.cli").joinpath("findings.html").read_text(encoding="utf-8")
    shown = worded.head(PAGE_ROWS)
    cut = ""
    if worded.height > shown.height:
        cut = settings.pick(
            f"本页只列前 {shown.height} 条，全部 {worded.height} 条见 findings.csv。",
            f"This page lists the first {shown.height} findings; all {worded.height} are in findings.csv.",
        )
    heads = (
        f'<th scope="col"><button type="button">{html.escape(settings.pick(*HEADINGS[name]))}</button></th>'
        for name in shown.columns
    )
    page = string.Template(template).substitute(
        language={"zh": "zh-CN", "en": "en"}[settings.language],
        title=html.escape(settings.pick(f"{what[0]}校验结果：{name}", f"Findings of {what[1]} {name}")),
        summary=html.escape(
            settings.pick(f"共 {worded.height} 条。", f"{worded.height} findings. ")
            + "；".join(f"{name} {number}" for name, number in _counts(worded))
        ),
        cut=html.escape(cut),
        search=html.escape(settings.pick("筛选", "filter")),
        heads="".join(heads),
        rows="\n".join(_row(row) for row in shown.iter_rows()),
    )
    path.write_text(page, encoding="utf-8", newline="\n")


def without_formula(cell: object) -> object:
    """Return the cell so that a spreadsheet shows it as text instead of computing it."""
    if not isinstance(cell, str) or not cell.startswith(_FORMULA_STARTS) or _is_number(cell):
        return cell
    return f"'{cell}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _counts(worded: pl.DataFrame) -> list[tuple[str, int]]:
    counted = worded.group_by("strength", maintain_order=True).len()
    return [(str(name), int(number)) for name, number in counted.iter_rows()]


def _row(row: tuple[object, ...]) -> str:
    cells = "".join(f"<td>{'' if cell is None else html.escape(str(cell))}</td>" for cell in row)
    return f"<tr>{cells}</tr>"
