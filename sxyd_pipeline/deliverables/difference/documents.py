"""A comparison as Markdown, as one HTML page, and as blocks for the annex of a report."""

import html
import json
from collections.abc import Sequence

from sxyd_pipeline.deliverables.difference.compare import Difference
from sxyd_pipeline.deliverables.difference.wording import Part, word
from sxyd_pipeline.deliverables.edition import Language
from sxyd_pipeline.deliverables.typesetting.blocks import (
    Block,
    Cell,
    DataTable,
    Heading,
    Paragraph,
    TableColumn,
)
from sxyd_pipeline.deliverables.typesetting.inline import text_runs

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font:15px/1.7 'Source Han Sans SC','Noto Sans SC','Microsoft YaHei',sans-serif;"
    "margin:2rem auto;max-width:72rem;padding:0 1rem;color:#1f2a30}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:13px}"
    "th,td{border-bottom:1px solid #d5dee2;padding:.35rem .5rem;text-align:left;vertical-align:top}"
    "th{border-top:2px solid #1f2a30;border-bottom:1px solid #1f2a30}caption{text-align:left;font-weight:600}"
    ".mark{color:#9a3b00;font-weight:600}"
)


def title_of(difference: Difference, language: Language) -> str:
    """Return the title of a comparison."""
    after = difference.after
    return f"{after.city_name}：两次发布的变化" if language == "zh" else f"{after.city_name}: what changed"


def to_markdown(difference: Difference, language: Language) -> str:
    """Return the comparison as Markdown."""
    parts = word(difference, language)
    head = [f"# {title_of(difference, language)}", "", _between(difference)]
    if difference.after.data_label:
        head += ["", difference.after.data_label]
    return "\n".join([*head, *(_markdown(part, language) for part in parts)]) + "\n"


def _between(difference: Difference) -> str:
    return f"`{difference.before.release_id}` → `{difference.after.release_id}`"


def _markdown(part: Part, language: Language) -> str:
    lines = ["", f"## {part.title}", "", *(f"* {_plain(sentence)}" for sentence in part.sentences)]
    if part.rows:
        lines += [_line(part.headings), _line(["---"] * len(part.headings)), *map(_line, part.rows)]
    if part.left_out:
        lines += ["", _more(part, language)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """Return text that Markdown shows as it is: no markup, no line break, no column break."""
    escaped = html.escape(" ".join(text.split()), quote=False)
    return "".join(f"\\{character}" if character in "\\|*_`[]#$~" else character for character in escaped)


def _more(part: Part, language: Language) -> str:
    return f"另有 {part.left_out} 行。" if language == "zh" else f"{part.left_out} more row(s)."


def to_html(difference: Difference, language: Language) -> str:
    """Return the comparison as one page that needs no network; every value is escaped."""
    parts = word(difference, language)
    title = html.escape(title_of(difference, language))
    label = difference.after.data_label
    mark = f'<p class="mark">{html.escape(label)}</p>' if label else ""
    body = "".join(_section(part, language) for part in parts)
    return (
        f'<!DOCTYPE html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>"
        f"<p><code>{html.escape(difference.before.release_id)}</code> → "
        f"<code>{html.escape(difference.after.release_id)}</code></p>{mark}{body}</body></html>\n"
    )


def _section(part: Part, language: Language) -> str:
    sentences = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in part.sentences)
    text = f"<h2>{html.escape(part.title)}</h2>" + (f"<ul>{sentences}</ul>" if sentences else "")
    if not part.rows:
        return text
    heads = "".join(f'<th scope="col">{html.escape(one)}</th>' for one in part.headings)
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in part.rows
    )
    more = f"<p>{html.escape(_more(part, language))}</p>" if part.left_out else ""
    return f"{text}<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}"


def to_document(difference: Difference) -> str:
    """Return the whole comparison, all rows, as JSON."""
    frames = {
        name: getattr(difference, name).to_dicts()
        for name in ("sources", "totals", "units", "gaps", "clauses", "verdicts", "factors", "files")
    }
    document = {"before": difference.before.release_id, "after": difference.after.release_id, **frames}
    return json.dumps(document, ensure_ascii=False, allow_nan=False)


def annex_blocks(difference: Difference, language: Language) -> tuple[Block, ...]:
    """Return the comparison as blocks of a report: a heading, sentences and three-line tables."""
    blocks: list[Block] = [Heading(1, text_runs(title_of(difference, language)), annex=True)]
    between = f"{difference.before.release_id} → {difference.after.release_id}"
    blocks.append(Paragraph(text_runs(between)))
    for part in word(difference, language):
        blocks.append(Heading(2, text_runs(part.title)))
        blocks += [Paragraph(text_runs(sentence)) for sentence in part.sentences]
        if part.rows:
            blocks.append(
                DataTable(
                    table_id=f"difference-{part.name}",
                    caption=text_runs(part.title),
                    columns=tuple(TableColumn(text_runs(one)) for one in part.headings),
                    rows=tuple(tuple(Cell((text_runs(cell),)) for cell in row) for row in part.rows),
                    note=text_runs(_more(part, language)) if part.left_out else (),
                    small=True,
                )
            )
    return tuple(blocks)
