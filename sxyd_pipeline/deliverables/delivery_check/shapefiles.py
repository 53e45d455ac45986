"""Shapefiles: their parts, the names of their fields, texts that fill a field, and the mapping of codes."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sxyd_pipeline.deliverables.delivery_check.findings import Findings, Spot
from sxyd_pipeline.deliverables.delivery_check.reading import Delivered, Folder

_PARTS = (".shx", ".dbf", ".prj", ".cpg")
_HEADER_BYTES, _FIELD_BYTES, _END = 32, 32, 0x0D
_NAME_BYTES = 11
_CHARACTER = "C"


@dataclass(frozen=True, slots=True)
class DbfField:
    """A field as the DBF declares it: raw name, type letter, width in bytes, offset in the record."""

    name: bytes
    kind: str
    width: int
    offset: int


def check_shapefiles(folder: Folder, delivered: Sequence[Delivered], findings: Findings) -> None:
    """Check all shapefiles of a delivery, and that their codes are explained."""
    explained = _explained(delivered)
    names: list[str] = []
    for name, path in folder.of(".shp"):
        names.append(name)
        parts = {p.suffix.lower(): p for p in path.parent.iterdir() if p.stem == path.stem}
        for suffix in _PARTS:
            if suffix not in parts:
                findings.add("missing_sidecar", Spot(name), suffix, suffix, suffix)
        if ".dbf" in parts:
            _check_table(name, parts[".dbf"], explained, findings)
    if names and explained is None:
        findings.add("missing_mapping", Spot(names[0]))


def _explained(delivered: Sequence[Delivered]) -> set[str] | None:
    """Return the codes the mapping table explains; None when there is no such table."""
    tables = [one for one in delivered if one.rule.name == "mapping"]
    if not tables:
        return None
    codes: set[str] = set()
    for one in tables:
        texts = one.texts("shapefile_field")
        codes |= set() if texts is None else {text for text in texts.to_list() if text}
    return codes


def _check_table(name: str, path: Path, explained: set[str] | None, findings: Findings) -> None:
    data = path.read_bytes()
    try:
        fields = list(_fields(data))
        count, header, width = struct.unpack_from("<IHH", data, 4)
    except struct.error as error:
        findings.add("unreadable", Spot(name), None, str(error), str(error))
        return
    longest = findings.specification.tolerance("field_name_not_ascii")
    for one in fields:
        shown = one.name.decode("utf-8", errors="replace")
        if not one.name.isascii() or len(one.name) > longest:
            findings.add("field_name_not_ascii", Spot(name, column=shown), shown)
        elif explained is not None and shown not in explained:
            findings.add("field_not_mapped", Spot(name, column=shown), shown)
    # Characters of three bytes leave up to two bytes of a full field free.
    fullest = findings.specification.tolerance("text_cut") - 2
    texts = [one for one in fields if one.kind == _CHARACTER and one.width >= fullest]
    for row in range(count if texts else 0):
        record = data[header + row * width : header + (row + 1) * width]
        for one in texts:
            cell = record[one.offset : one.offset + one.width].rstrip(b" \0")
            if len(cell) >= fullest:
                spot = Spot(name, row=row + 1, column=one.name.decode("ascii", errors="replace"))
                findings.add("text_cut", spot, cell.decode("utf-8", errors="replace"))


def _fields(data: bytes) -> Iterator[DbfField]:
    place, offset = _HEADER_BYTES, 1
    while place < len(data) and data[place] != _END:
        raw, kind, width = struct.unpack_from(f"<{_NAME_BYTES}sc4xB", data, place)
        yield DbfField(raw.split(b"\0")[0], kind.decode("ascii", errors="replace"), width, offset)
        offset += width
        place += _FIELD_BYTES
