"""Find the encoding of a shapefile's attributes: what .cpg declares, else what the bytes allow."""

import struct
from collections.abc import Iterator
from pathlib import Path

from sxyd_pipeline.io.package_errors import CutFieldNameError, UndecodableFileError, UnreadableFileError

_UTF8, _GB = "utf-8", "gb18030"
#: Ways .cpg files name the two encodings in use.
_DECLARED = {
    **dict.fromkeys(("utf-8", "utf8", "65001"), _UTF8),
    **dict.fromkeys(("gbk", "gb2312", "gb18030", "936", "cp936", "ansi936", "ms936", "54936", "euc-cn"), _GB),
}
_HEADER_BYTES, _FIELD_BYTES, _END_OF_FIELDS = 32, 32, 0x0D
#: Room for a field name.
_NAME_BYTES = 10
#: A character cut at the end of a full field leaves at most three bytes.
_CUT_BYTES = 3


def find_attribute_encoding(shape: Path, file: str) -> str:
    """Return the encoding to read a shapefile's attributes with (``UTF-8`` or ``GB18030``).

    A ``.cpg`` is honoured if the bytes bear it out. Without one, bytes that are strictly UTF-8 are
    UTF-8, everything else must be GB18030.

    Args:
        shape: the .shp file; .dbf and .cpg stand beside it.
        file: path within the package, for messages.

    Raises:
        UndecodableFileError: the bytes contradict the declaration, or fit neither encoding.
        CutFieldNameError: a field name ends in the middle of a character.
        UnreadableFileError: the .dbf is missing or damaged, or .cpg names another encoding.
    """
    table = _beside(shape, ".dbf")
    if table is None:
        raise UnreadableFileError(file, "缺少 .dbf 文件 / the .dbf file is missing")
    texts = list(_texts(table.read_bytes(), file))
    declared = _read_declaration(_beside(shape, ".cpg"), file)
    is_utf8 = _first_misfit(texts, _UTF8) is None
    has_words = any(byte > 0x7F for _, _, text in texts for byte in text)  # noqa: PLR2004 - beyond ASCII
    if declared == _GB and is_utf8 and has_words:
        offset, _, text = next(entry for entry in texts if not entry[2].isascii())
        raise UndecodableFileError(file, offset, repr(text[:12]), (".cpg: GB18030",))
    encoding = declared or (_UTF8 if is_utf8 else _GB)
    misfit = _first_misfit(texts, encoding)
    if misfit is not None:
        tried = (f".cpg: {encoding}",) if declared else ("UTF-8", "GB18030")
        raise UndecodableFileError(file, misfit[0], misfit[1], tried)
    for _, size, name in texts:
        if size == _NAME_BYTES and _is_cut(name, size, encoding):
            raise CutFieldNameError(file, name.decode(encoding, errors="ignore"))
    return encoding.upper()


def _beside(shape: Path, suffix: str) -> Path | None:
    """Find a sidecar whatever the case of its suffix."""
    matches = [p for p in shape.parent.iterdir() if p.stem == shape.stem and p.suffix.lower() == suffix]
    return min(matches) if matches else None


def _read_declaration(path: Path | None, file: str) -> str | None:
    if path is None:
        return None
    text = path.read_bytes().decode("ascii", errors="backslashreplace").strip()
    if not text:
        return None
    key = text.casefold().replace(" ", "").replace("_", "-")
    if key not in _DECLARED:
        raise UnreadableFileError(file, f".cpg: {text[:40]}（UTF-8 | GBK | GB18030）")
    return _DECLARED[key]


def _texts(data: bytes, file: str) -> Iterator[tuple[int, int, bytes]]:
    """Yield offset, field width and bytes of every field name and every text cell."""
    if len(data) < _HEADER_BYTES:
        raise UnreadableFileError(file, ".dbf 不完整 / the .dbf is cut short")
    records, start, width = struct.unpack("<IHH", data[4:12])
    fields = []
    at, within = _HEADER_BYTES, 1
    while at + _FIELD_BYTES <= min(start, len(data)) and data[at] != _END_OF_FIELDS:
        name, kind, size = data[at : at + 11].split(b"\0")[0], data[at + 11 : at + 12], data[at + 16]
        yield at, _NAME_BYTES, name
        if kind == b"C":
            fields.append((within, size))
        within += size
        at += _FIELD_BYTES
    if start + records * width > len(data) + 1 or width == 0:
        raise UnreadableFileError(file, ".dbf 不完整 / the .dbf is cut short")
    for record in range(records):
        for within, size in fields:
            offset = start + record * width + within
            yield offset, size, data[offset : offset + size].rstrip(b" \0")


def _first_misfit(texts: list[tuple[int, int, bytes]], encoding: str) -> tuple[int, str] | None:
    for offset, size, text in texts:
        try:
            text.decode(encoding)
        except UnicodeDecodeError as error:
            if not _is_cut(text, size, encoding):
                return offset + error.start, f"0x{text[error.start]:02X}"
    return None


def _is_cut(text: bytes, size: int, encoding: str) -> bool:
    """Tell whether only the last character of a full field fails, because the field had no more room."""
    try:
        text.decode(encoding)
    except UnicodeDecodeError as error:
        left = len(text) - error.start
        return len(text) >= size - _CUT_BYTES and error.start > 0 and left <= _CUT_BYTES
    return False
