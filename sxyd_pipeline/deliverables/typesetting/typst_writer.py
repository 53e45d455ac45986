"""PDF by Typst: a fixed template walks the block tree, which travels as JSON."""

import json
import re
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from sxyd_pipeline.deliverables.typesetting import fonts
from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    Cell,
    DataTable,
    Document,
    Figure,
    Heading,
    Orientation,
    PageBreak,
    Paragraph,
    Runs,
    document_texts,
)

#: Sizes in points: body 小四 on a pitch of 22 pt, tables 五号 and 小五. One place to change them.
THEME = {
    "body_pt": 12.0, "pitch_pt": 22.0, "h1_pt": 18.0, "h2_pt": 15.0, "h3_pt": 13.0, "caption_pt": 10.5,
    "table_pt": 10.0, "small_pt": 8.5,
}  # fmt: skip
CONTENTS_TITLE = {"zh": "目录", "en": "Contents"}
#: The clock stays out of the file: two builds of one release are the same bytes.
_TIMESTAMP = 946_684_800
#: Longer cells may break over pages; short ones stay whole.
_BREAKABLE_CHARACTERS = 160
_TEMPLATE = "document.typ"
#: A path as long as this has to break somewhere, or it runs into the next column. Queries have spaces, and
#: have to be copied from the page as they are.
_LONG_WORD = re.compile(r"[!-~]{18}")


@dataclass(frozen=True, slots=True)
class Layout:
    """A finished PDF and the page every heading came to stand on, by anchor."""

    pdf: bytes
    pages: dict[str, int]


def write_pdf(document: Document) -> Layout:
    """Set a numbered document.

    Returns:
        The PDF and the page numbers of its headings (the body starts at page 1).

    Raises:
        MissingGlyphError: a character that no bundled font can draw.
    """
    missing = fonts.missing_glyphs(document_texts(document))
    if missing:
        raise fonts.MissingGlyphError(missing)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        content = _content(document, folder)
        (folder / "document.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        template = resources.files(__package__).joinpath(_TEMPLATE).read_text(encoding="utf-8")
        (folder / _TEMPLATE).write_text(template, encoding="utf-8")
        compiler = typst.Compiler(
            str(folder / _TEMPLATE),
            root=str(folder),
            font_paths=[str(path) for path in fonts.folders()],
            ignore_system_fonts=True,
        )
        pdf = compiler.compile(format="pdf", timestamp=_TIMESTAMP)
        found = json.loads(compiler.query("<contents-entry>", field="value"))
    if not isinstance(pdf, bytes):
        raise TypeError(type(pdf))
    return Layout(pdf, {entry["anchor"]: int(entry["page"]) for entry in found})


def _content(document: Document, folder: Path) -> dict[str, Any]:
    parts: list[dict[str, Any]] = [{"landscape": False, "blocks": []}]
    for position, block in enumerate(document.blocks):
        if isinstance(block, Orientation):
            parts.append({"landscape": block.landscape, "blocks": []})
        else:
            content = _block(block, position, folder)
            # A turned sheet is a new page already.
            content["fresh"] = bool(parts[-1]["blocks"])
            parts[-1]["blocks"].append(content)
    cover = document.cover
    return {
        "title": document.title, "language": document.language, "author": "sxyd_pipeline", "theme": THEME,
        "keywords": [line for line in (*cover.lines, cover.mark) if line],
        "cover": {
            "title": cover.title, "subtitle": cover.subtitle, "lines": cover.lines, "mark": cover.mark,
            "small_print": cover.small_print,
        },
        "header": document.header, "footer": document.footer,
        "contents_title": CONTENTS_TITLE[document.language], "chapter_pages": document.chapter_pages,
        "parts": [part for part in parts if part["blocks"]],
    }  # fmt: skip


def _block(block: Block, position: int, folder: Path) -> dict[str, Any]:
    match block:
        case Heading():
            return {
                "kind": "heading",
                "level": block.level,
                "number": block.number,
                "anchor": block.anchor,
                "runs": _runs(block.runs),
            }
        case Paragraph():
            return {
                "kind": "paragraph",
                "style": block.style,
                "anchor": block.anchor,
                "runs": _runs(block.runs),
            }
        case Figure():
            picture = block.vector or block.png
            file = f"figure-{position}.{_suffix(picture)}"
            (folder / file).write_bytes(picture)
            return {
                "kind": "figure", "id": block.figure_id, "file": file, "width": block.width_share,
                "number": block.number, "caption": _runs(block.caption),
            }  # fmt: skip
        case DataTable():
            return _table(block)
        case PageBreak() | Orientation():
            return {"kind": "pagebreak"}


def _table(block: DataTable) -> dict[str, Any]:
    return {
        "kind": "table", "id": block.table_id, "number": block.number, "caption": _runs(block.caption),
        "note": _runs(block.note), "small": block.small, "rules": block.rules, "whole": block.stays_whole,
        "columns": [
            {"title": _runs(one.title), "unit": _runs(one.unit), "width": one.width, "align": [one.align]}
            for one in block.columns
        ],
        "rows": [_row(row) for row in block.rows],
    }  # fmt: skip


def _row(row: tuple[Cell | None, ...]) -> list[dict[str, Any] | None]:
    # One cell that must stay whole would keep its whole row on one page: a long row breaks in all cells.
    sizes = [sum(len(run.text) for paragraph in cell.paragraphs for run in paragraph) for cell in row if cell]
    breaks = max(sizes, default=0) > _BREAKABLE_CHARACTERS
    return [None if cell is None else _cell(cell, breaks=breaks) for cell in row]


def _cell(cell: Cell, *, breaks: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"ps": [_runs(paragraph) for paragraph in cell.paragraphs]}
    if cell.row_span > 1:
        found["s"] = cell.row_span
    if cell.column_span > 1:
        found["cs"] = cell.column_span
    if cell.bold:
        found["b"] = True
    if cell.anchor:
        found["a"] = cell.anchor
    if breaks or cell.row_span > 1:
        found["br"] = True
    return found


def _runs(runs: Runs) -> list[dict[str, Any]]:
    found = []
    for run in runs:
        entry: dict[str, Any] = {"t": run.text}
        if run.bold:
            entry["b"] = True
        if run.position:
            entry["p"] = run.position
        if run.code:
            entry["c"] = True
        elif _LONG_WORD.search(run.text):
            entry["w"] = True
        if run.link or run.ref:
            entry["l"] = run.link or run.ref
        found.append(entry)
    return found


def _suffix(picture: bytes) -> str:
    if picture.startswith(b"%PDF"):
        return "pdf"
    return "png" if picture.startswith(b"\x89PNG") else "svg"
