"""Put the page together: one file that asks the network for nothing."""

import base64
import gzip
import html
import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from sxyd_pipeline.deliverables.catalogue import Progress
from sxyd_pipeline.deliverables.edition import Edition, Language
from sxyd_pipeline.deliverables.explorer.content import content_of
from sxyd_pipeline.deliverables.explorer.tables import MOST_TABLE_BYTES, pack_tables

FILE = "explorer.html"
_STEPS = 3
#: Largest page that mail systems take as a rule. In a city of many control units the tables make room first.
MOST_BYTES = 15_000_000
#: What statements, comments and the list of tables take beside the rows (with the present contracts 0.24 MB).
_AROUND_TABLES = 400_000
#: Base64 writes three bytes as four characters.
_ENCODED = 4 / 3


def write(edition: Edition, language: Language, progress: Progress) -> Mapping[str, bytes]:
    """Write the explorer of an edition with its query engine.

    Args:
        edition: one release.
        language: language the page opens in; a button changes it.
        progress: told what is made.

    Returns:
        ``explorer.html``; the same edition gives the same bytes.
    """
    return write_explorer(edition, language, progress, with_sql=True)


def write_without_sql(edition: Edition, language: Language, progress: Progress) -> Mapping[str, bytes]:
    """Write the explorer without its query engine: small enough for any mailbox."""
    return write_explorer(edition, language, progress, with_sql=False)


def write_explorer(
    edition: Edition, language: Language, progress: Progress, *, with_sql: bool, most_bytes: int = MOST_BYTES
) -> Mapping[str, bytes]:
    """Write the explorer of an edition.

    Args:
        edition: one release.
        language: language the page opens in.
        progress: told what is made.
        with_sql: whether the page carries tables and query engine, which are nine tenths of it.
        most_bytes: size that tables and engine must not make the page exceed; tables without room are named
            on the page, and without room for the most important ones the engine stays out as well.
    """
    progress("页面数据" if language == "zh" else "data of the page", 1, _STEPS)
    content = content_of(edition, language)
    parts = [_part("sxyd-licences", _page("LICENSES.txt").decode("utf-8"), "text/plain")]
    scripts = [_page("app.min.js").decode("utf-8")]
    if with_sql:
        progress("查询引擎" if language == "zh" else "query engine", 2, _STEPS)
        engine = [
            _part("sxyd-worker", _base64(_page("worker.js.gz"))),
            _part("sxyd-engine", _base64(_page("duckdb-eh.wasm.gz"))),
        ]
        asking = _page("sql.min.js").decode("utf-8")
        taken = sum(map(len, (*parts, *engine, *scripts, asking, _packed(_json(content))))) + _AROUND_TABLES
        packed = pack_tables(edition, max(0, min(MOST_TABLE_BYTES, int((most_bytes - taken) / _ENCODED))))
        content |= {"tables": packed.listed, "left_out": packed.left_out}
        if packed.listed:
            release = {"opening": packed.opening, "tables": packed.statements, "macros": packed.macros}
            parts += [_part("sxyd-tables", _packed(_json(release))), *engine]
            scripts.insert(0, asking)
    parts.insert(0, _part("sxyd-data", _packed(_json(content))))
    progress("写出页面" if language == "zh" else "page", _STEPS, _STEPS)
    filled = {
        "title": html.escape(f"{edition.city_name} · {edition.release_id}"),
        "style": _page("style.css").decode("utf-8"),
        "parts": "\n".join(parts),
        # The one sequence that would end a script from inside a string.
        "scripts": "\n</script>\n<script>\n".join(
            script.replace("</script", "<\\/script") for script in scripts
        ),
    }
    page = _page("page.html").decode("utf-8")
    before, *rest = page.split("{{")
    pieces = [before]
    for part in rest:
        name, _, after = part.partition("}}")
        pieces += [filled[name], after]
    return {FILE: "".join(pieces).encode("utf-8")}


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def _packed(content: bytes) -> str:
    return _base64(gzip.compress(content, compresslevel=9, mtime=0))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _part(identifier: str, text: str, kind: str = "application/octet-stream") -> str:
    # Base64 holds no angle bracket, and of a licence nobody is to end the element early.
    inside = text.replace("</", "< /")
    return f'<script type="{kind}" id="{identifier}">{inside}</script>'


@cache
def _page(name: str) -> bytes:
    return files(__package__).joinpath("page", name).read_bytes()
