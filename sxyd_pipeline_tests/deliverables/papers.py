"""Reading PDFs in tests: which fonts they use, and whether those are clean."""

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject


def fonts_of(content: bytes) -> list[tuple[str, str, bool]]:
    """Return ``(name, type, is embedded)`` of every font of a PDF, those of embedded pages too."""
    found: dict[int, tuple[str, str, bool]] = {}
    for page in PdfReader(io.BytesIO(content)).pages:
        for font in _fonts(page.get("/Resources"), set()):
            descendants = font.get("/DescendantFonts")
            base = descendants.get_object()[0].get_object() if descendants is not None else font
            descriptor = base.get("/FontDescriptor")
            files = descriptor.get_object() if descriptor is not None else {}
            embedded = any(f"/FontFile{kind}" in files for kind in ("", "2", "3"))
            found[id(font)] = (str(font["/BaseFont"]), str(base["/Subtype"]), embedded)
    return list(found.values())


def _fonts(resources: Any, seen: set[int]) -> Iterator[DictionaryObject]:
    if resources is None or id(resources.get_object()) in seen:
        return
    found = resources.get_object()
    seen.add(id(found))
    for font in found.get("/Font", {}).get_object().values() if "/Font" in found else ():
        yield font.get_object()
    for form in found["/XObject"].get_object().values() if "/XObject" in found else ():
        yield from _fonts(form.get_object().get("/Resources"), seen)
    for pattern in found["/Pattern"].get_object().values() if "/Pattern" in found else ():
        yield from _fonts(pattern.get_object().get("/Resources"), seen)
