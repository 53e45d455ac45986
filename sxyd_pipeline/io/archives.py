"""Zip archives (also XLSX) are looked at before they are opened: size, names, hidden entities."""

import xml.etree.ElementTree as ET
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath

import defusedxml.ElementTree
from defusedxml.common import DefusedXmlException

from sxyd_pipeline.io.package_errors import UnreadableFileError, UnsafeArchiveError

_MOST_BYTES = 2 * 1024**3
_MOST_ENTRIES = 10_000
#: Tables of repeated words reach 100:1; archives made to burst reach 1000:1.
_MOST_RATIO = 300
#: Below this size a high ratio harms nobody.
_HARMLESS_BYTES = 64 * 1024**2
_XML_SUFFIXES = (".xml", ".rels", ".vml")


def check_archive(path: Path, file: str) -> None:
    """Refuse an archive that would burst or unpack outside its folder.

    The declared sizes are trusted here because the zip reader stops at them.

    Raises:
        UnreadableFileError: the file is no zip archive.
        UnsafeArchiveError: it is too large once unpacked, compressed beyond reason, or holds a path
            that leads out of the folder.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFileError(file, f"不是有效的压缩包 / not a zip archive ({error})") from error
    if len(entries) > _MOST_ENTRIES:
        raise UnsafeArchiveError(file, f"内含 {len(entries)} 个文件", f"it holds {len(entries)} files")
    unpacked = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if unpacked > _MOST_BYTES or (unpacked > _HARMLESS_BYTES and unpacked / packed > _MOST_RATIO):
        size = f"{unpacked / 1024**2:.0f} MB"
        raise UnsafeArchiveError(file, f"解压后达 {size}（压缩炸弹）", f"it unpacks to {size} (zip bomb)")
    for entry in entries:
        if _leads_out(entry.filename):
            raise UnsafeArchiveError(
                file, f"内含越界路径 {entry.filename}", f"it holds a path that leads out: {entry.filename}"
            )


def check_entities(path: Path, file: str) -> None:
    """Refuse an XLSX with a document type declaration in any of its parts (entity bombs live there).

    A declaration can only stand before the first element, so each part is read no further.

    Raises:
        UnsafeArchiveError: a part declares a document type.
        UnreadableFileError: a part is damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.filename.lower().endswith(_XML_SUFFIXES):
                    continue
                with archive.open(entry) as part:
                    next(defusedxml.ElementTree.iterparse(part, events=("start",), forbid_dtd=True), None)
    except DefusedXmlException as error:
        raise UnsafeArchiveError(
            file, "XML 中声明了文档类型或实体（实体炸弹）", "its XML declares a document type or entities"
        ) from error
    except (ET.ParseError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, OSError) as error:
        raise UnreadableFileError(file, str(error)) from error


def _leads_out(name: str) -> bool:
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    return (
        posix.is_absolute() or bool(windows.drive or windows.root) or ".." in {*posix.parts, *windows.parts}
    )
