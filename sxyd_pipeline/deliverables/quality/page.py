"""The quality report of a release: one page for the people who sign, to be read before they do.

Everything on it stands in ``quality.*`` and ``meta.factors`` of the same release; nothing is computed
here but counts and sums. It asks no network for anything and carries no script.
"""

import html
import json
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import resources

import polars as pl

from sxyd_pipeline.contracts.catalog import TABLE_BY_NAME
from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.io.database import headers

FILE = "quality.html"
#: Rows of one table on the page; the database has all of them, and the page says how many it leaves out.
MOST_ROWS = 300
#: Share of what goes in that a step may not account for before its ledger is called broken.
_TOLERANCE = 1e-9
#: Numbers below this show decimals.
_PLAIN = 1e4
_GROUPS = {
    "inputs": ("输入", "inputs"), "inventory": ("清单", "inventory"), "zoning": ("分区", "zoning"),
    "baseline": ("现状", "baseline"), "projection": ("预测", "projection"), "synergy": ("协同", "synergy"),
    "access": ("准入", "access"), "quality": ("质量", "quality"), "meta": ("元数据", "metadata"),
}  # fmt: skip
_STRENGTHS = {
    "contract": ("契约（阻断）", "contract (blocks)"),
    "invariant": ("不变量（阻断）", "invariant (blocks)"),
    "plausibility": ("合理性（提示）", "plausibility (warns)"),
}
_CONFIDENCE = {
    "read": ("已查阅原文", "read in the source"), "computed": ("由原文计算", "computed from the source"),
    "recalled": ("凭记忆，须核对", "recalled, to be checked"), "default": ("编制者缺省", "default of ours"),
}  # fmt: skip
Cell = str | float | int | None


@dataclass(frozen=True, slots=True)
class _Voice:
    language: Language

    def pick(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def name(self, names: Mapping[str, tuple[str, str]], code: str) -> str:
        return self.pick(*names[code]) if code in names else code

    def side(self, text: str | None) -> str:
        """Return one language of a text that has both, written ``中文 / English``."""
        zh, _, en = (text or "").rpartition(" / ")
        return (zh or en) if self.language == "zh" else en


def write(edition: Edition, language: Language, progress: Progress) -> Mapping[str, bytes]:
    """Write the quality report of an edition.

    Args:
        edition: one release.
        language: language of headings and messages; data keep their own.
        progress: told what is made.

    Returns:
        ``quality.html``; the same edition gives the same bytes.
    """
    voice = _Voice(language)
    progress(voice.pick("质量报告", "quality report"), 1, 1)
    title = voice.pick(f"{edition.city_name}数据质量报告", f"{edition.city_name}: quality of the data")
    subtitle = voice.pick(
        f"发布编号 {edition.release_id} · 规则与判定随每次发布写入 quality.checks",
        f"Release {edition.release_id} · rules and verdicts are stored in quality.checks with every release",
    )
    mark = f'<p class="mark">{html.escape(edition.data_label)}</p>' if edition.data_label else ""
    body = [
        mark, _summary(edition, voice), _warnings(edition, voice), _set_aside(edition, voice),
        _notices(edition, voice), _ledger(edition, voice), _factors(edition, voice), _rules(edition, voice),
    ]  # fmt: skip
    template = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    page = string.Template(template).substitute(
        language={"zh": "zh-CN", "en": "en"}[language],
        title=html.escape(title),
        subtitle=html.escape(subtitle),
        body="\n".join(part for part in body if part),
    )
    return {FILE: page.encode("utf-8")}


def _summary(edition: Edition, voice: _Voice) -> str:
    checks = edition.table("quality.checks")
    tiles = []
    for code, names in _STRENGTHS.items():
        own = checks.filter(pl.col("strength") == code)
        tiles.append((f"{own['passed'].sum()} / {own.height}", voice.pick(*names)))
    tiles += [
        (
            str(_open_ledger(edition).height),
            voice.pick("质量账本未平的行", "rows of the ledger that are open"),
        ),
        (str(edition.table("quality.quarantine").height), voice.pick("隔离的行", "rows set aside")),
        (str(edition.table("quality.lints").height), voice.pick("误用提示", "lints")),
    ]
    told = "".join(
        f"<li><b>{html.escape(value)}</b>{html.escape(label)}</li>" for value, label in tiles
    )  # fmt: skip
    return f'<ul class="tiles">{told}</ul>'


def _warnings(edition: Edition, voice: _Voice) -> str:
    """Return the rules that do not hold; a release exists, so all of them warn only."""
    failed = edition.table("quality.checks").filter(~pl.col("passed")).sort("asset", "check_name")
    heads = [
        voice.pick("数据表", "table"), voice.pick("规则", "rule"), voice.pick("说明", "meaning"),
        voice.pick("不符行数", "rows"), voice.pick("样例", "sample"),
    ]  # fmt: skip
    rows = [
        [row["table_name"], row["check_name"], voice.side(row["description"]), row["offending_rows"],
         _sample(row["table_name"], row["sample"], voice)]
        for row in failed.iter_rows(named=True)
    ]  # fmt: skip
    nothing = voice.pick("全部规则通过。", "Every rule holds.")
    return _chapter(voice, voice.pick("未通过的规则", "Rules that do not hold"), heads, rows, nothing)


def _sample(table: str, sample: str | None, voice: _Voice) -> str:
    """Return the offending rows as lines; a message in two languages is told in one."""
    lost = "_en" if voice.language == "zh" else "_zh"
    contract = TABLE_BY_NAME.get(table)
    named = dict(zip((c.name for c in contract.columns), headers(contract), strict=True)) if contract else {}
    lines = []
    for row in json.loads(sample) if sample else []:
        kept = {key: value for key, value in row.items() if not key.endswith(lost) and value is not None}
        words = {named.get(key, key) if voice.language == "zh" else key: value for key, value in kept.items()}
        lines.append(" · ".join(f"{key}: {value}" for key, value in words.items()))
    return "\n".join(lines)


def _set_aside(edition: Edition, voice: _Voice) -> str:
    return _located(
        edition, voice, "quality.quarantine",
        voice.pick("隔离的行（不计入任何数字）", "Rows set aside, in no number"),
        voice.pick("没有隔离的行。", "No row was set aside."),
    )  # fmt: skip


def _notices(edition: Edition, voice: _Voice) -> str:
    return _located(
        edition, voice, "quality.lints", voice.pick("误用提示", "Lints"),
        voice.pick("没有误用提示。", "No lint."),
    )  # fmt: skip


def _located(edition: Edition, voice: _Voice, table: str, title: str, nothing: str) -> str:
    """Return a chapter of rows that stand somewhere in the package: where, what, how much, what to do."""
    frame = edition.table(table)
    weighs = "tonnes_at_stake" in frame.columns
    heads = [
        voice.pick("文件", "file"), voice.pick("工作表", "sheet"), voice.pick("行", "row"),
        voice.pick("列", "column"),
        voice.pick("值", "value"), voice.pick("问题", "what is wrong"), voice.pick("处理办法", "what to do"),
        *([voice.pick("所涉 CO2（t）", "CO2 at stake (t)")] if weighs else []),
    ]  # fmt: skip
    rows = [
        [row["source_file"], row["source_sheet"], row["source_row"], row["column_name"], row["value"],
         row[f"message_{voice.language}"], row[f"remedy_{voice.language}"],
         *([row["tonnes_at_stake"]] if weighs else [])]
        for row in frame.sort("source_file", "source_row", "column_name").iter_rows(named=True)
    ]  # fmt: skip
    return _chapter(voice, title, heads, rows, nothing)


def _open_ledger(edition: Edition) -> pl.DataFrame:
    """Return the rows of the ledger whose sides differ by more than they say is lost."""
    ledger = edition.table("quality.mass_balance")
    gap = (pl.col("in_t") - pl.col("out_t") - pl.col("lost_t")).abs()
    size = pl.max_horizontal(pl.col("in_t").abs(), pl.col("out_t").abs(), 1.0)
    return ledger.filter(gap > _TOLERANCE * size)


def _ledger(edition: Edition, voice: _Voice) -> str:
    """Return the ledger: what does not simply pass through, and how many rows do."""
    ledger = edition.table("quality.mass_balance").sort("step", "year", "species", "why")
    size = pl.max_horizontal(pl.col("in_t").abs(), pl.col("out_t").abs(), 1.0)
    moved = ledger.filter(pl.col("lost_t").abs() > _TOLERANCE * size)
    heads = [
        voice.pick("步骤", "step"), voice.pick("年份", "year"), voice.pick("物种", "species"),
        voice.pick("进入（t）", "in (t)"), voice.pick("输出（t）", "out (t)"),
        voice.pick("差额（t）", "difference (t)"), voice.pick("去向", "why"),
    ]  # fmt: skip
    amounts = ("in_t", "out_t", "lost_t")
    rows = [
        [_titled(row["step"], voice), row["year"], row["species"], *(row[name] for name in amounts),
         voice.side(row["why"])]
        for row in moved.iter_rows(named=True)
    ]  # fmt: skip
    passed, unsettled = ledger.height - moved.height, _open_ledger(edition).height
    told = voice.pick(
        f"账本共 {ledger.height} 行，其中 {passed} 行进出相等；其余逐行说明去向，未平 {unsettled} 行。",
        f"Of {ledger.height} rows of the ledger, {passed} go out as they came in; the others say where the "
        f"rest went. {unsettled} are open.",
    )
    return _chapter(voice, voice.pick("质量账本", "Ledger of tonnes"), heads, rows, "", told)


def _titled(table: str, voice: _Voice) -> str:
    """Return a table, or a part of one after a colon, with its Chinese name."""
    contract = TABLE_BY_NAME.get(table.partition(":")[0])
    return f"{table} {contract.label}" if contract and voice.language == "zh" else table


def _factors(edition: Edition, voice: _Voice) -> str:
    counted = edition.table("meta.factors").group_by("confidence").len().sort("len", descending=True)
    heads = [voice.pick("可信度", "confidence"), voice.pick("个数", "count")]
    rows = [[voice.name(_CONFIDENCE, code), count] for code, count in counted.iter_rows()]
    told = voice.pick(
        "因子与参数的出处逐条见 meta.factors；凭记忆与缺省的须在正式使用前核对。",
        "The source of each factor stands in meta.factors; check recalled ones and defaults before use.",
    )
    return _chapter(voice, voice.pick("因子与参数", "Factors and parameters"), heads, rows, "", told)


def _rules(edition: Edition, voice: _Voice) -> str:
    """Return every rule with what was observed, one fold per table in the order of the graph."""
    checks = edition.table("quality.checks")
    order = {name: place for place, name in enumerate(TABLE_BY_NAME)}
    parts = [f"<h2>{voice.pick('全部规则', 'All rules')}</h2>"]
    heads = [
        voice.pick("规则", "rule"), voice.pick("程度", "strength"), voice.pick("说明", "meaning"),
        voice.pick("观测值", "observed"), voice.pick("要求", "expected"), voice.pick("判定", "verdict"),
    ]  # fmt: skip
    words = {True: voice.pick("通过", "holds"), False: voice.pick("未通过", "does not hold")}
    tables = checks["table_name"].unique().to_list()
    for name in sorted(tables, key=lambda one: (order.get(one, len(order)), one)):
        own = checks.filter(pl.col("table_name") == name).sort("strength", "check_name")
        rows = [
            [row["check_name"], voice.name(_STRENGTHS, row["strength"]), voice.side(row["description"]),
             row["observed"], row["expected"], words[row["passed"]]]
            for row in own.iter_rows(named=True)
        ]  # fmt: skip
        passed = int(own["passed"].sum())
        label = TABLE_BY_NAME[name].label if name in TABLE_BY_NAME and voice.language == "zh" else ""
        group = voice.name(_GROUPS, name.partition(".")[0])
        caption = html.escape(
            " ".join(part for part in (group, name, label, f"{passed} / {own.height}") if part)
        )
        parts.append(f"<details><summary>{caption}</summary>{_table(heads, rows)}</details>")
    return "\n".join(parts)


def _chapter(
    voice: _Voice, title: str, heads: Iterable[str], rows: list[list[Cell]], nothing: str, told: str = ""
) -> str:
    parts = [f"<h2>{html.escape(title)}</h2>"]
    if told:
        parts.append(f'<p class="quiet">{html.escape(told)}</p>')
    if rows:
        parts.append(_table(heads, rows[:MOST_ROWS]))
    else:
        parts.append(f"<p>{html.escape(nothing)}</p>")
    if len(rows) > MOST_ROWS:
        left = len(rows) - MOST_ROWS
        rest = voice.pick(f"另有 {left} 行，见数据库", f"{left} more rows in the database")
        parts.append(f'<p class="quiet">{rest}</p>')
    return "\n".join(parts)


def _table(heads: Iterable[str], rows: list[list[Cell]]) -> str:
    columns = list(heads)
    styles = [
        ' class="n"' if any(isinstance(row[at], int | float) for row in rows) else ""
        for at in range(len(columns))
    ]
    head = "".join(
        f'<th scope="col"{style}>{html.escape(name)}</th>'
        for name, style in zip(columns, styles, strict=True)
    )
    lines = (
        "".join(f"<td{style}>{_cell(value)}</td>" for value, style in zip(row, styles, strict=True))
        for row in rows
    )
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _cell(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".") if abs(value) < _PLAIN else f"{value:,.0f}"
    if isinstance(value, int):
        return str(value)
    return html.escape(value).replace("\n", "<br>")
