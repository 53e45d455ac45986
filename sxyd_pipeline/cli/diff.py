"""``sxyd diff``: what changed between two releases of a city, in users' terms."""

import json
from pathlib import Path

from sxyd_pipeline.cli.export import find_release
from sxyd_pipeline.cli.screen import Screen
from sxyd_pipeline.deliverables.difference.compare import compare
from sxyd_pipeline.deliverables.difference.documents import to_document, to_html, to_markdown
from sxyd_pipeline.deliverables.difference.wording import word
from sxyd_pipeline.deliverables.edition import Edition
from sxyd_pipeline.io.durable import explained, replace_file
from sxyd_pipeline.io.workspace import Workspace

#: Rows of a table on the screen; the files have more.
SCREEN_ROWS = 12


def diff_releases(
    screen: Screen,
    workspace: Workspace,
    city: str,
    before: str,
    after: str,
    out: Path | None,
    *,
    annex: bool = False,
) -> int:
    """Compare two releases; write the comparison as Markdown and HTML.

    Args:
        screen: where to tell.
        workspace: where releases lie.
        city: adcode.
        before: id of a release, ``latest`` or ``previous``.
        after: the same.
        out: folder for ``diff.md`` and ``diff.html``; None takes ``out/diff/<before>..<after>``.
        annex: whether to write ``annex.docx`` and ``annex.pdf``, to be handed in with the report.

    Raises:
        NoReleaseError: there is no such release.
        TooOldReleaseError: a release lacks what covers need.
    """
    first, second = (find_release(workspace, city, one) for one in (before, after))
    difference = compare(Edition.of(first.read()), Edition.of(second.read()))
    language = screen.settings.language
    folder = (out or workspace.out / "diff" / f"{first.folder.name}..{second.folder.name}").resolve()
    files = {
        "diff.md": to_markdown(difference, language).encode(),
        "diff.html": to_html(difference, language).encode(),
    }
    if annex:
        from sxyd_pipeline.deliverables.difference.annex import annex_files  # noqa: PLC0415 - loads typesetting

        files |= annex_files(difference, language)
    with explained(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            replace_file(folder / name, content)
    screen.say(
        f"{first.folder.name} → {second.folder.name}", f"{first.folder.name} → {second.folder.name}", "bold"
    )
    for part in word(difference, language):
        screen.say(part.title, part.title, "bold cyan")
        for sentence in part.sentences:
            screen.say(sentence, sentence)
        if part.rows:
            screen.table(part.headings, part.rows[:SCREEN_ROWS])
            more = len(part.rows) + part.left_out - SCREEN_ROWS
            if more > 0:
                screen.say(f"另有 {more} 行，见文件", f"{more} more, see the files", "dim")
    screen.say(f"写出 {folder / 'diff.html'}", f"written: {folder / 'diff.html'}")
    written = [str(folder / name) for name in files]
    screen.finish(ok=True, verb="diff", written=written, **json.loads(to_document(difference)))
    return 0
