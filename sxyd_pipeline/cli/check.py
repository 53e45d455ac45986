"""``sxyd check``: everything that is wrong with a package, before anything is computed from it."""

from pathlib import Path

import polars as pl

from sxyd_pipeline.cli.cities import CityFolder, find_cities
from sxyd_pipeline.cli.findings_files import STRENGTHS, in_language, write_findings_csv, write_findings_page
from sxyd_pipeline.cli.rehearsal import ISSUE_SCHEMA, Rehearsal, issues_of_error, rehearse
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.contracts import inputs
from sxyd_pipeline.errors import SxydError
from sxyd_pipeline.io.package import open_package
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.shapes import OPTIONAL_TABLES, TABLE_LABELS, TABLE_MODULES
from sxyd_pipeline.io.workspace import Workspace, reference_folder

#: Rows of findings on the screen; the files have all.
SCREEN_ROWS = 30
#: Findings in the JSON document; the CSV has all.
JSON_ROWS = 1000


def check_city(screen: Screen, workspace: Workspace, city: str, out: Path | None) -> int:
    """Check one package, or every package of a folder; exit code 1 when something blocks."""
    blocked = False
    documents = []
    for found in find_cities(workspace, city):
        folder = (out or workspace.out / "check" / found.name).resolve()
        document = _check_one(screen, found, folder)
        documents.append(document)
        blocked |= bool(document["blocked"])
    screen.finish(ok=not blocked, verb="check", cities=documents)
    return 1 if blocked else 0


def _check_one(screen: Screen, found: CityFolder, folder: Path) -> dict[str, object]:
    try:
        rehearsal = rehearse(open_package(found.folder), load_reference(reference_folder()))
        issues, tables = rehearsal.issues, _table_states(rehearsal)
    except SxydError as error:
        issues, tables = issues_of_error(error, "city.toml"), pl.DataFrame()
    folder.mkdir(parents=True, exist_ok=True)
    worded = in_language(issues, screen.settings)
    write_findings_csv(folder / "findings.csv", worded, screen.settings)
    write_findings_page(folder / "findings.html", worded, found.name, screen.settings)
    _show(screen, found, issues, tables)
    blocked = bool((issues["strength"] == "block").any())
    if blocked:
        screen.say(f"{found.name}：有必须处理的问题", f"{found.name}: something blocks", "bold red")
    else:
        screen.say(f"{found.name}：可以运行", f"{found.name}: ready to run", "green")
    screen.say(f"明细：{folder / 'findings.html'}", f"details: {folder / 'findings.html'}")
    return {
        "city": found.name, "folder": str(found.folder), "blocked": blocked, "tables": tables.to_dicts(),
        "counts": dict(issues.group_by("strength").len().sort("strength").iter_rows()),
        "findings_total": issues.height, "findings": issues.head(JSON_ROWS).to_dicts(),
        "files": [str(folder / "findings.csv"), str(folder / "findings.html")],
    }  # fmt: skip


def _table_states(rehearsal: Rehearsal) -> pl.DataFrame:
    """Return one row per table of the package: its file, rows read and accepted, and its state."""
    english = {table.name: table.english for table in inputs.TABLES}
    rows = []
    for name, label in TABLE_LABELS.items():
        if TABLE_MODULES[name] and not rehearsal.view.config.has_module(TABLE_MODULES[name]):
            continue
        outcome = rehearsal.results.get(name)
        file = rehearsal.view.files.get(name, "")
        if outcome is not None:
            state = "absent" if not file else "ok" if rehearsal.view.rows[name] else "empty"
        elif name in rehearsal.waiting:
            state = "waiting"
        else:
            state = "blocked"
        accepted = None if outcome is None else len(outcome.table)
        rows.append(
            {
                "table": name, "label_zh": label, "label_en": english[name],
                "required": name not in OPTIONAL_TABLES, "file": file, "state": state,
                "rows_read": rehearsal.view.rows.get(name), "rows_accepted": accepted,
                "waits_for": rehearsal.waiting.get(name),
            }
        )  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def _show(screen: Screen, found: CityFolder, issues: pl.DataFrame, tables: pl.DataFrame) -> None:
    screen.say(f"数据包 {found.name}：{found.folder}", f"package {found.name}: {found.folder}", "bold")
    if tables.height:
        _show_tables(screen, tables)
    if issues.height:
        _show_issues(screen, issues)


def _show_tables(screen: Screen, tables: pl.DataFrame) -> None:
    states = {name: screen.pick(*words) for name, words in _STATES.items()}
    headings = (
        ("数据表", "table"), ("含义", "meaning"), ("必需", "required"), ("文件", "file"),
        ("读入行", "rows read"), ("接受行", "accepted"), ("状态", "state"), ("等待", "waits for"),
    )  # fmt: skip
    screen.table(
        [screen.pick(*words) for words in headings],
        [
            [
                row["table"], row[f"label_{screen.settings.language}"],
                screen.pick("是", "yes") if row["required"] else "", row["file"],
                row["rows_read"], row["rows_accepted"], states[row["state"]], row["waits_for"],
            ]
            for row in tables.iter_rows(named=True)
        ],
        numeric=(4, 5),
        styles={states["blocked"]: "bold red", states["ok"]: "green"},
    )  # fmt: skip


def _show_issues(screen: Screen, issues: pl.DataFrame) -> None:
    rank = pl.col("strength").replace({name: str(place) for place, name in enumerate(STRENGTHS)})
    kinds = (
        issues.group_by("source_file", "strength", "rule", maintain_order=True)
        .agg(pl.len().alias("number"), pl.col("source_row").drop_nulls().head(5), pl.first(*_WORDED))
        .sort("source_file", rank, "rule")
    )
    language = screen.settings.language
    headings = (
        ("文件", "file"), ("程度", "strength"), ("条数", "count"), ("行", "rows"), ("问题", "what is wrong"),
        ("处理办法", "what to do"),
    )  # fmt: skip
    screen.table(
        [screen.pick(*words) for words in headings],
        [
            [
                row["source_file"], screen.pick(*STRENGTHS[row["strength"]]), row["number"],
                _first_rows(row["source_row"], row["number"]),
                row[f"message_{language}"], row[f"remedy_{language}"],
            ]
            for row in kinds.head(SCREEN_ROWS).iter_rows(named=True)
        ],
        numeric=(2,),
        styles={screen.pick(*STRENGTHS["block"]): "bold red", screen.pick(*STRENGTHS["set_aside"]): "yellow"},
    )  # fmt: skip
    if kinds.height > SCREEN_ROWS:
        more = kinds.height - SCREEN_ROWS
        screen.say(f"另有 {more} 类问题，见明细文件", f"{more} more kinds of findings, see the files")


def _first_rows(rows: list[int], number: int) -> str:
    return ", ".join(map(str, rows)) + ("…" if number > len(rows) > 0 else "")


_STATES = {
    "ok": ("已读", "read"), "empty": ("空表", "empty"), "absent": ("未提供", "absent"),
    "blocked": ("未通过", "blocked"), "waiting": ("未检查", "not reached"),
}  # fmt: skip
_WORDED = tuple(name for name in ISSUE_SCHEMA if name.startswith(("message", "remedy")))
