"""``sxyd validate-delivery``: what is wrong with a delivery, ours or another team's, and where."""

from pathlib import Path

import polars as pl

from sxyd_pipeline.cli.findings_files import STRENGTHS, in_language, write_findings_csv, write_findings_page
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.deliverables.delivery_check.check import check_delivery
from sxyd_pipeline.io.durable import explained
from sxyd_pipeline.io.reference import load_reference
from sxyd_pipeline.io.workspace import Workspace, reference_folder

#: Rows on the screen; the files have all.
SCREEN_ROWS = 40
#: Findings in the JSON document; the CSV has all.
JSON_ROWS = 1000


def validate_delivery(
    screen: Screen, workspace: Workspace, folder: Path, version: str | None, out: Path | None
) -> int:
    """Check a delivery; exit code 1 when something blocks.

    Args:
        screen: where to tell.
        workspace: where the files with the findings go by default (``out/validate``).
        folder: folder of the delivery.
        version: version of the specification; None takes the newest.
        out: folder for ``findings.csv`` and ``findings.html``.

    Raises:
        NoDeliveryError: there is no such folder.
        UnknownSpecificationError: there is no such version.
    """
    found = check_delivery(folder.resolve(), load_reference(reference_folder()), version)
    target = (out or workspace.out / "validate" / folder.resolve().name).resolve()
    worded = in_language(found, screen.settings)
    with explained(target):
        target.mkdir(parents=True, exist_ok=True)
        write_findings_csv(target / "findings.csv", worded, screen.settings)
        name = folder.resolve().name
        write_findings_page(target / "findings.html", worded, name, screen.settings, ("成果", "delivery"))
    _show(screen, worded)
    counts = dict(found.group_by("strength", maintain_order=True).len().iter_rows())
    blocked = bool(counts.get("block"))
    numbers = {name: int(counts.get(name, 0)) for name in ("block", "warn")}
    zh = f"阻断 {numbers['block']} 处，提示 {numbers['warn']} 处"
    en = f"{numbers['block']} blocking, {numbers['warn']} warning(s)"
    if blocked:
        screen.say(f"不符合要求：{zh}", f"does not hold: {en}", "bold red")
    else:
        screen.say(f"符合要求：{zh}", f"holds: {en}", "green")
    screen.say(f"明细：{target / 'findings.html'}", f"details: {target / 'findings.html'}")
    screen.finish(
        ok=not blocked, verb="validate-delivery", folder=str(folder), counts=numbers,
        findings_total=found.height, findings=found.head(JSON_ROWS).to_dicts(),
        files=[str(target / "findings.csv"), str(target / "findings.html")],
    )  # fmt: skip
    return 1 if blocked else 0


def _show(screen: Screen, worded: pl.DataFrame) -> None:
    headings = (
        ("程度", "strength"), ("文件", "file"), ("图层/表", "layer"), ("要素/行", "row"), ("字段", "field"),
        ("值", "value"), ("问题", "what is wrong"), ("处理办法", "what to do"),
    )  # fmt: skip
    columns = (
        "strength", "source_file", "source_sheet", "source_row", "column_name", "value", "message", "remedy",
    )  # fmt: skip
    words = {code: screen.pick(*names) for code, names in STRENGTHS.items()}
    if worded.height:
        screen.table(
            [screen.pick(*one) for one in headings],
            worded.head(SCREEN_ROWS).select(columns).rows(),
            numeric=(3,),
            styles={words["block"]: "bold red", words["warn"]: "yellow"},
        )
    if worded.height > SCREEN_ROWS:
        more = worded.height - SCREEN_ROWS
        screen.say(f"另有 {more} 处，见明细", f"{more} more, see the details", "dim")
