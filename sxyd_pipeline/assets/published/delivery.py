"""What an asset of a deliverable does: write its files into the staging folder and show them."""

import base64
import io
from collections.abc import Iterator
from typing import Any

import dagster as dg

from sxyd_pipeline.deliverables.catalogue import DELIVERABLES
from sxyd_pipeline.deliverables.stage import stage
from sxyd_pipeline.io.published import Prepared
from sxyd_pipeline.io.resources import Publisher
from sxyd_pipeline.io.staging import Staged

#: Pictures live in the event log, so they stay small.
_WIDTHS = (900, 600, 400)
_MOST_BYTES = 200_000
_MOST_PREVIEWS = 3
_LISTED_FILES = 200


def deliver(context: dg.AssetExecutionContext, publisher: Publisher, name: str) -> dg.MaterializeResult[None]:
    """Write one deliverable of the city and return what the UI shows of it."""
    label = DELIVERABLES[name].zh

    def tell(what: str, done: int, total: int) -> None:
        context.log.info("%s %d/%d：%s", label, done, total, what)
        context.resources.progress(f"{name} {done}/{total}", "working", 0.0)

    city = context.partition_key
    staged = stage(publisher.workspace.lake, publisher.prepare(city), name, tell)
    sizes = [int(facts["bytes"]) for facts in staged.files.values()]
    metadata: dict[str, Any] = {
        "file_count": len(sizes),
        "bytes": sum(sizes),
        "reused": staged.reused,
        "folder": dg.MetadataValue.path(str(staged.folder)),
        "files": dg.MetadataValue.md(_listing(staged)),
        **dict(_previews(staged)),
    }
    return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(staged.content_hash))


def describe_edition(ready: Prepared) -> dg.MaterializeResult[None]:
    """Return what the UI shows of an edition."""
    metadata: dict[str, Any] = {
        "edition_id": ready.release_id,
        "tables": len(ready.tables),
        "rows": sum(frame.height for frame in ready.tables.values()),
        "inputs_sha256": ready.content.prints.inputs_hash,
        "program_sha256": ready.content.prints.program_hash,
        "data_label": ready.content.data_label,
    }
    return dg.MaterializeResult(metadata=metadata, data_version=dg.DataVersion(ready.release_id))


def _listing(staged: Staged) -> str:
    rows = [f"| {name} | {facts['bytes']} | {facts['sha256']} |" for name, facts in staged.files.items()]
    shown = rows[:_LISTED_FILES]
    rest = [f"\n… {len(rows) - len(shown)}"] if len(rows) > len(shown) else []
    return "\n".join(["| 文件 file | 字节 bytes | sha256 |", "| --- | ---: | --- |", *shown, *rest])


def _previews(staged: Staged) -> Iterator[tuple[str, Any]]:
    """Yield the pages and pictures the writer made for the UI, else the first pictures it wrote."""
    for name in list(staged.previews)[:_MOST_PREVIEWS]:
        content = staged.preview(name)
        yield f"preview_{name}", _shown(name, content)
    if not staged.previews:
        pictures = [name for name in staged.files if name.endswith(".png")]
        for name in pictures[:_MOST_PREVIEWS]:
            yield f"preview_{name}", _shown(name, (staged.folder / name).read_bytes())


def _shown(name: str, content: bytes) -> dg.MarkdownMetadataValue:
    if name.endswith(".md"):
        return dg.MetadataValue.md(content.decode("utf-8"))
    return dg.MetadataValue.md(f"![{name}]({_data_uri(content)})")


def _data_uri(png: bytes) -> str:
    """Return a picture small enough for the event log."""
    from PIL import Image  # noqa: PLC0415 - only deliverables need it

    with Image.open(io.BytesIO(png)) as opened:
        picture = opened.convert("RGB")
    for width in _WIDTHS:
        if picture.width > width:
            picture = picture.resize((width, max(1, picture.height * width // picture.width)))
        buffer = io.BytesIO()
        picture.quantize(128).save(buffer, format="PNG", optimize=True)
        if buffer.tell() <= _MOST_BYTES:
            break
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode()}"
